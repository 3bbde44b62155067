// Package blob keeps small files in the database: logos, uploaded tables, documents.
//
// A blob is named by what is in it, so the same file put twice is stored once, and a name always stands for the same bytes:
//
//	logo, err := blob.Put(ctx, tx, "image/png", content) // "blb_9f86d081884c7d659a2feaa0c55ad015"
//	again, err := blob.Put(ctx, tx, "image/png", content) // the same name, nothing written
//	b, err := blob.Get(ctx, tx, logo)
//
// Laws kept here:
//   - Only media types of a short list are taken, and a picture must begin as its type does. SVG is refused: it carries scripts.
//   - At most MaxSize bytes, which keeps the transaction short. Larger things belong elsewhere.
//   - A name is no secret and no permission. Who may see a blob is decided by the thing that refers to it, and how it is handed out safely
//     (nosniff, disposition) by the edge.
package blob

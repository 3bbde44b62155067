package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
)

// MaxSize is the size of the largest blob, in bytes.
const MaxSize = 4 << 20

const prefix = "blb"

// The media types that are kept. A picture's first bytes must say the same.
var (
	pictures = []string{"image/png", "image/jpeg", "image/webp"}
	others   = []string{"text/csv", "application/octet-stream"}
)

// Blob is a kept file.
type Blob struct {
	ID        string
	MediaType string // without parameters
	SHA256    []byte // of the content
	Content   []byte
	CreatedAt time.Time // when it was first put
}

// Put keeps a file and returns its name. A file that is kept already is not written again.
func Put(ctx context.Context, tx *db.Tx, mediaType string, content []byte) (name string, err error) {
	mediaType, err = check(mediaType, content)
	if err != nil {
		return "", err
	}
	name, sum := nameOf(mediaType, content), sha256.Sum256(content)
	written, err := tx.Exec(ctx, `insert into blobs (id, media_type, sha256, size, content, created_at) values ($1, $2, $3, $4, $5, $6)
		on conflict (id) do nothing`, name, mediaType, sum[:], len(content), content, db.Micros(tx.Now()))
	if err != nil {
		return "", fmt.Errorf("cannot keep a blob: %w", err)
	}
	if written == 1 {
		return name, nil
	}
	kept, _, err := db.One(ctx, tx, db.Column[[]byte], `select sha256 from blobs where id = $1`, name)
	if err == nil && !bytes.Equal(kept, sum[:]) { // names hold half a hash, and somebody took the trouble to find two files with one name
		return "", fault.Conflict("blob_collision", "Another file has the same name. Change the file a little and send it again.")
	}
	return name, err
}

// Get returns a kept file.
func Get(ctx context.Context, tx *db.Tx, name string) (Blob, error) {
	if !id.Valid(prefix, name) {
		return Blob{}, fault.NotFound("file")
	}
	b, found, err := db.One(ctx, tx, scan, `select id, media_type, sha256, content, created_at from blobs where id = $1`, name)
	if err != nil {
		return Blob{}, fmt.Errorf("cannot read blob %s: %w", name, err)
	}
	if !found {
		return Blob{}, fault.NotFound("file")
	}
	return b, nil
}

func scan(s db.Scanner) (b Blob, err error) {
	err = s.Scan(&b.ID, &b.MediaType, &b.SHA256, &b.Content, db.ScanTime(&b.CreatedAt))
	return b, err
}

// nameOf takes the media type in, so that bytes first put as one type are not handed out as it when they come as another.
func nameOf(mediaType string, content []byte) string {
	h := sha256.New()
	h.Write([]byte(mediaType + "\n"))
	h.Write(content)
	return prefix + "_" + hex.EncodeToString(h.Sum(nil)[:16])
}

// check returns the media type without its parameters.
func check(mediaType string, content []byte) (string, error) {
	if len(content) > MaxSize {
		return "", fault.TooLarge(fmt.Sprintf("The file is too large: at most %d MiB are kept.", MaxSize>>20))
	}
	if len(content) == 0 {
		return "", fault.Invalid("the file is empty")
	}
	plain, _, err := mime.ParseMediaType(mediaType)
	if err != nil || !slices.Contains(slices.Concat(pictures, others), plain) {
		return "", fault.Invalid("files of this type are not kept: use PNG, JPEG or WebP for pictures, CSV for tables").WithCode("media_type")
	}
	if slices.Contains(pictures, plain) && http.DetectContentType(content) != plain {
		return "", fault.Invalid("the file is not the kind of picture it is said to be").WithCode("media_type")
	}
	return plain, nil
}

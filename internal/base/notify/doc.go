// Package notify owns the mails that are to leave the house: what they say, to whom, and what became of them.
//
// A mail is written in the transaction whose effect it tells of, and leaves after the commit:
//
//	err := d.Update(ctx, func(tx *db.Tx) error {
//		link, err := auth.LoginLink(ctx, tx, user, …)
//		…
//		return notify.Queue(ctx, tx, box, notify.Mail{Program: program, To: address, Subject: "Your way in", Text: "Open this page:\n\n" + link + "\n"})
//	})
//
// The words: a mail is queued, sending while one attempt holds it, and in the end sent or failed. An attempt that fails puts it back into the
// queue; after maxAttempts, or when the server refuses the mail itself (Refuse), it has failed.
//
// Laws kept here:
//   - Two attempts never hold a mail at a time, so it is not sent twice…
//   - …but for one case that mail itself leaves open: the server accepted it, and this process died, or the line broke, before we knew. It is
//     sent again then (at once after a broken line, after holdFor after a death), under the same Message-ID and date, by which many servers and
//     programs recognise the second copy. Mail is at least once.
//   - Recipient, subject, body and headers are sealed at rest; body and headers, which may hold a link that opens something, are dropped once the mail is sent or has failed.
//     Errors are stored and logged without the recipient's address.
//   - A mail is plain text, with every link on a line of its own.
//
// How mail travels (SMTP, files in a folder) is the edge's: it hands Deliver, through Work, a function that sends one mail.
package notify

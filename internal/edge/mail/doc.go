// Package mail carries mails out of the house: to a mail server by SMTP, or into a folder where none is configured.
//
// It makes the function that base/notify sends with:
//
//	send, err := mail.Open(mail.Config{Host: "smtp.shop.example", User: "rapport", PasswordFile: "/run/secrets/smtp", From: "Shop <hello@shop.example>"}, log)
//	notify.Work(runner, d, box, send)
//
// Laws kept here:
//   - Nothing of a mail can add a header, a recipient or a command: addresses and subject are checked again, and refused with a control
//     character in them.
//   - Without encryption nothing is sent, unless TLSOpportunistic was asked for; the password is never sent in the clear, except to this machine.
//   - Every step has a deadline, and the whole ends with the caller's context.
//   - A server's 5xx to the recipient or the content is a refusal: the mail has failed. Everything else, a wrong password included, may be
//     mended and is tried again. Once the server has taken the mail nothing that comes after makes it unsent.
//   - A file is complete or not there, and readable for its owner only: it may hold login links.
//
// A mail has the Message-ID and date of its queueing, so a second copy can be recognised, and in a folder replaces the first.
package mail

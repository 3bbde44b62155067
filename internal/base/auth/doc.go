// Package auth knows who is asking and what they may do.
//
// The words: a user is a person, either of the merchant's people or a creator. A principal is whoever acts in one request: a user through a
// session, a key, or the system itself. A role (owner, manager, finance, viewer) is held in one program or installation-wide; it grants
// permissions; a key's scopes cut them. A login link signs its holder in once.
//
// The laws:
//   - session tokens, keys and login links have 256 random bits and are stored as their SHA-256 only; passwords as argon2id only, hashed
//     outside transactions;
//   - a session's token is new at every login and dead after sign-out, after its idle time and after its absolute time;
//   - a link signs in once, however many use it at the same moment;
//   - what is refused at login reads and takes the same whether the account exists, is disabled or has another password, and guessing slows
//     down by account and by address;
//   - roles are read with every request; a key or a role that was taken away counts for one second more at most (see Keys);
//   - a program that has an owner keeps one, and so does the installation;
//   - whoever may not see a program is told that there is none.
//
// A worked example:
//
//	token, session, err := auth.SignIn(ctx, d, "anna@acme.example", password, "203.0.113.7", "Firefox")
//	p, session, err := auth.SessionBy(ctx, d, token)   // in every request
//	err = p.Require(program, auth.PermManage)          // nil, 403, or 404 where anna has no role
//
// Recording who did what is the room audit's; cookies, mails and the same-origin check are the edge's.
package auth

// Package secret keeps what must not be read: it seals data at rest, derives keys, signs and hashes, and stores passwords.
//
// Everything begins with one file of master keys, made with mode 0600 at the first run. A Box holds those keys and gives, for every purpose
// (a short constant text, "payout account"), keys of its own by HKDF-SHA256 (RFC 5869), so that what was sealed or signed for one purpose is
// worthless for another.
//
// The words: a key of the file is current (the first line) or older. The current one seals and signs; every one opens and checks. A rotation
// puts a new line at the top and keeps those below for as long as anything sealed with them is stored.
//
// The laws:
//   - who has the database and not the file learns nothing but lengths;
//   - a sealed text that was changed, cut, or moved to another purpose does not open;
//   - no error, log line or printed Box carries a key or a plain text;
//   - a token is stored as its hash only, a password as argon2id only.
//
// A worked example:
//
//	box, err := secret.Open("/var/lib/rapport/secret")    // made if absent
//	sealed, err := box.Seal("payout account", []byte(iban)) // 37 bytes longer than the IBAN
//	plain, err := box.Open("payout account", sealed)
//	token := secret.RandomToken(32)                       // to the user, once
//	hash := secret.HashToken(token)                       // into the database
package secret

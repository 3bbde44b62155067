package secret_test

// Computed with Python's hmac and cryptography from the definitions (RFC 2104, 5869, 9106; NIST SP 800-38D), for the master key of 32 letters a.
const (
	wantFingerprint = "f98fa236d582d797"
	wantMAC         = "0cb7ee70440cfe9e59836496f02ddce3bb3a3a3ac0a11cd991bb0e9b2a54f175"
	wantKey         = "fdd5410f2e0f2f6dba0432def9f9d63e"
	sealedOnce      = "01f98fa236d582d797000102030405060708090a0b2f70b1578e506bb9bc55c2349df3dd4bffb6e2641644"
	foreignHash     = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQxMjM0NTY3OA$KovyxkqWI8NiIbnVTsHJGtWda07axUqoJVIuPotqICc"
)

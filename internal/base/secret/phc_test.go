package secret

import "testing"

// FuzzParsePHC stands inside the package, since every hash that CheckPassword works on takes its time.
func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQxMjM0NTY3OA$KovyxkqWI8NiIbnVTsHJGtWda07axUqoJVIuPotqICc")
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$$")
	f.Add("$argon2id$v=19$m=+8,t=01,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, stored string) {
		h, ok := parsePHC(stored)
		if ok && (h.String() != stored || !h.within(limit) || len(h.salt) < 8 || len(h.hash) < 16) {
			t.Fatalf("%q was read as %+v", stored, h)
		}
	})
}

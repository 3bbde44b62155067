package secret

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// minToken is the least randomness of a token, in bytes: nobody guesses 128 bits.
const minToken = 16

// RandomToken returns n random bytes (at least 16) in base64url without padding: for sessions, API keys and links in mails.
func RandomToken(n int) string {
	if n < minToken {
		panic("BUG: a token that could be guessed")
	}
	return base64.RawURLEncoding.EncodeToString(random(n))
}

// HashToken returns what is stored of a token, its SHA-256. A plain hash will do, since tokens of RandomToken cannot be guessed; passwords can,
// and go through HashPassword.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Equal compares two secrets in a time that tells only whether their lengths agree.
func Equal(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

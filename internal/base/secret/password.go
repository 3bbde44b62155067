package secret

import (
	"encoding/base64"
	"fmt"
	"math"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"rapport/internal/base/fault"
)

// Bounds of a password in characters. NIST SP 800-63B asks for at least 8 and for 64 to be allowed; no rule about kinds of characters.
const (
	MinPassword = 10
	MaxPassword = 1000
)

// cost is what one hash takes.
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// today is the cost of new hashes: OWASP Password Storage Cheat Sheet, argon2id with 19 MiB, 2 passes, 1 thread.
var today = cost{memory: 19 * 1024, passes: 2, threads: 1}

// limit is the most that a stored hash may ask of us, so that a row from elsewhere cannot take the machine down.
var limit = cost{memory: 256 * 1024, passes: 16, threads: 16}

const (
	saltSize = 16
	hashSize = 32
)

// turns bounds how many hashes run at once, and so the memory they take: at today's cost 19 MiB each.
var turns = make(chan struct{}, min(runtime.GOMAXPROCS(0), 8))

// HashPassword returns what is stored of a password: argon2id in PHC form, $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>. It waits for its
// turn while others are hashed. A password outside the bounds is a fault in "password".
func HashPassword(password string) (string, error) {
	if err := checkPassword(password); err != nil {
		return "", err.In("password")
	}
	h := phc{cost: today, salt: random(saltSize)}
	h.hash = h.derive(password, hashSize)
	return h.String(), nil
}

func checkPassword(password string) *fault.Error {
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return fault.Invalid("a password must be text")
	case n < MinPassword:
		return fault.Invalidf("a password must have at least %d characters", MinPassword)
	case n > MaxPassword:
		return fault.Invalidf("a password must have at most %d characters", MaxPassword)
	default:
		return nil
	}
}

// CheckPassword reports whether the password is the one that was hashed. With a hash that cannot be read, such as "" for a user who does not
// exist, it works as long and says no, so that the time of a refusal does not tell which users exist.
func CheckPassword(hash, password string) bool {
	if len(password) > MaxPassword*utf8.UTFMax {
		return false
	}
	h, ok := parsePHC(hash)
	if !ok {
		h = phc{cost: today, salt: make([]byte, saltSize), hash: make([]byte, hashSize)}
	}
	same := Equal(h.hash, h.derive(password, len(h.hash)))
	return ok && same
}

// phc is a stored password hash.
type phc struct {
	cost
	salt, hash []byte
}

// derive hashes the password composed (NFC), since one keyboard sends é as one character and another as two.
func (h phc) derive(password string, n int) []byte {
	turns <- struct{}{}
	defer func() { <-turns }()
	return argon2.IDKey(norm.NFC.Bytes([]byte(password)), h.salt, h.passes, h.memory, h.threads, uint32(n)) //nolint:gosec // n is small
}

// String prints the PHC form: https://github.com/P-H-C/phc-string-format
func (h phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, h.memory, h.passes, h.threads, b64.EncodeToString(h.salt), b64.EncodeToString(h.hash))
}

// parsePHC reads what String prints and nothing else, within the limits.
func parsePHC(text string) (h phc, ok bool) {
	parts := strings.Split(text, "$")
	if len(text) > math.MaxUint8 || len(parts) != 6 {
		return phc{}, false
	}
	_, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.threads)
	if err != nil || !h.within(limit) {
		return phc{}, false
	}
	b64 := base64.RawStdEncoding.Strict()
	salt, badSalt := b64.DecodeString(parts[4])
	hash, badHash := b64.DecodeString(parts[5])
	if badSalt != nil || badHash != nil || len(salt) < saltSize/2 || len(hash) < saltSize {
		return phc{}, false
	}
	h.salt, h.hash = salt, hash
	return h, h.String() == text
}

func (c cost) within(most cost) bool {
	return c.passes >= 1 && c.threads >= 1 && c.memory >= 8*uint32(c.threads) &&
		c.memory <= most.memory && c.passes <= most.passes && c.threads <= most.threads
}

package clicks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// ErrForged says that a text is no token of ours: its length, alphabet, version, key or proof is wrong.
var ErrForged = errors.New("this is not a click token of ours")

// TokenLength is the length of every token as text.
const TokenLength = 36

// The layout of a token: version and key number share the first byte, four bits each.
const (
	tokenVersion = 1
	tokenBytes   = 27
	tokenSigned  = 20 // bytes before the proof: 1 + 8 link + 6 milliseconds + 4 random + 1 flags
	maxKeyNo     = 15
	maxMillis    = 1<<48 - 1 // the year 10889
)

// strict refuses texts whose unused bits are set; with 27 bytes there are none, so one token has exactly one text.
var strict = base64.RawURLEncoding.Strict()

// Token names one click. Its parts are what the log keeps of it, too.
type Token struct {
	LinkNo uint64
	At     time.Time // to the millisecond, UTC
	Random uint32    // tells apart clicks of one link in one millisecond
	Flags  Flags
}

// Key signs tokens. Numbers are 0 to 15; a number is given again only after every token signed with it is older than the longest window.
type Key struct {
	No     uint8
	Secret [32]byte
}

// Keys signs with the current key and also accepts the old ones.
type Keys struct {
	current uint8
	secrets [maxKeyNo + 1][]byte // nil where there is no key
}

// NewKeys refuses numbers above 15 and numbers given twice.
func NewKeys(current Key, old ...Key) (*Keys, error) {
	k := &Keys{current: current.No}
	for _, key := range append([]Key{current}, old...) {
		if key.No > maxKeyNo {
			return nil, fmt.Errorf("click key number %d is above %d", key.No, maxKeyNo)
		}
		if k.secrets[key.No] != nil {
			return nil, fmt.Errorf("click key number %d is given twice", key.No)
		}
		k.secrets[key.No] = key.Secret[:]
	}
	return k, nil
}

// Sign returns the token's text: 36 characters that pass through URLs and cookies unchanged.
func (k *Keys) Sign(t Token) string {
	var b [tokenBytes]byte
	b[0] = tokenVersion<<4 | k.current
	binary.BigEndian.PutUint64(b[1:9], t.LinkNo)
	putMillis(b[9:15], t.At)
	binary.BigEndian.PutUint32(b[15:19], t.Random)
	b[19] = byte(t.Flags)
	proof := prove(k.secrets[k.current], b[:tokenSigned])
	copy(b[tokenSigned:], proof[:])
	return strict.EncodeToString(b[:])
}

// Verify returns the token that text stands for, or ErrForged.
func (k *Keys) Verify(text string) (Token, error) {
	if len(text) != TokenLength {
		return Token{}, ErrForged
	}
	var b [tokenBytes]byte
	if n, err := strict.Decode(b[:], []byte(text)); err != nil || n != tokenBytes { // the decoder skips line ends, hence n
		return Token{}, ErrForged
	}
	secret := k.secrets[b[0]&maxKeyNo]
	if b[0]>>4 != tokenVersion || secret == nil {
		return Token{}, ErrForged
	}
	if proof := prove(secret, b[:tokenSigned]); !hmac.Equal(proof[:], b[tokenSigned:]) {
		return Token{}, ErrForged
	}
	return Token{
		LinkNo: binary.BigEndian.Uint64(b[1:9]),
		At:     millis(b[9:15]),
		Random: binary.BigEndian.Uint32(b[15:19]),
		Flags:  Flags(b[19]),
	}, nil
}

// prove cuts the HMAC to 56 bits: a forger who may try a million texts per second for a year is right with a chance of 1 in 2,300, and every try is
// an order that had to reach us.
func prove(secret, signed []byte) (proof [tokenBytes - tokenSigned]byte) {
	mac := hmac.New(sha256.New, secret)
	mac.Write(signed)
	var sum [sha256.Size]byte
	copy(proof[:], mac.Sum(sum[:0]))
	return proof
}

// putMillis writes six bytes; a clock before 1970 gives 1970.
func putMillis(b []byte, at time.Time) {
	ms := uint64(min(max(at.UnixMilli(), 0), maxMillis))
	binary.BigEndian.PutUint16(b[:2], uint16(ms>>32))
	binary.BigEndian.PutUint32(b[2:6], uint32(ms)) //nolint:gosec // the lower half
}

func millis(b []byte) time.Time {
	ms := int64(binary.BigEndian.Uint16(b[:2]))<<32 | int64(binary.BigEndian.Uint32(b[2:6]))
	return time.UnixMilli(ms).UTC()
}

package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// KeySize is the length of a master key in bytes.
const KeySize = 32

// A sealed text is: version (1 byte), key id (8), nonce (12), cipher text, tag (16). The first two are the header, bound in as additional data.
const (
	sealVersion = 1
	idSize      = 8
	headerSize  = 1 + idSize
	overhead    = headerSize + 12 + 16
)

// MaxPlain is the largest text that Seal takes, in bytes; larger things belong in files of their own.
const MaxPlain = 16 << 20

// ErrDamaged is a sealed text that does not open: cut, changed, or sealed for another purpose.
var ErrDamaged = errors.New("the sealed text is damaged or was sealed for another purpose")

// ErrUnknownKey is a sealed text whose master key is not in the file, as after a restore with the wrong secret file.
var ErrUnknownKey = errors.New("the key it was sealed with is not in the secret file")

// Box does everything that takes a master key. It is safe for concurrent use.
type Box struct {
	keys []key // the current one first
}

type key struct {
	id     [idSize]byte
	master []byte // pseudorandom key in the words of RFC 5869
}

// New makes a box of master keys of KeySize bytes, the current one first. Programs use Open; this is for keys that come from elsewhere, as in tests.
func New(current []byte, older ...[]byte) *Box {
	box := &Box{}
	for _, k := range append([][]byte{current}, older...) {
		box.keys = append(box.keys, newKey(k))
	}
	return box
}

func newKey(random []byte) key {
	if len(random) != KeySize {
		panic("BUG: a master key must have " + strconv.Itoa(KeySize) + " bytes")
	}
	master, err := hkdf.Extract(sha256.New, random, []byte("rapport-secret-v1"))
	if err != nil {
		panic("BUG: cannot extract a key: " + err.Error())
	}
	k := key{master: master}
	copy(k.id[:], k.derive("id", "", idSize))
	return k
}

// derive returns n bytes that depend on the use, the purpose and n.
func (k key) derive(use, purpose string, n int) []byte {
	derived, err := hkdf.Expand(sha256.New, k.master, use+"/"+strconv.Itoa(n)+":"+purpose, n)
	if err != nil {
		panic("BUG: cannot derive a key: " + err.Error())
	}
	return derived
}

// Seal encrypts and authenticates a text for a purpose (AES-256-GCM, random nonce). Under one key and purpose, seal fewer than 2^32 texts
// (NIST SP 800-38D, 8.3). It fails on texts above MaxPlain.
func (b *Box) Seal(purpose string, plain []byte) ([]byte, error) {
	if len(plain) > MaxPlain {
		return nil, fmt.Errorf("cannot seal more than %d bytes", MaxPlain)
	}
	current := b.keys[0]
	sealed := make([]byte, 0, overhead+len(plain))
	sealed = append(sealed, sealVersion)
	sealed = append(sealed, current.id[:]...)
	return append(sealed, current.aead(purpose).Seal(nil, nil, plain, sealed)...), nil
}

// Open returns the text that was sealed for the purpose, with any key of the box. The error is ErrDamaged or ErrUnknownKey.
func (b *Box) Open(purpose string, sealed []byte) ([]byte, error) {
	if len(sealed) < overhead || sealed[0] != sealVersion {
		return nil, ErrDamaged
	}
	header, body := sealed[:headerSize], sealed[headerSize:]
	k, ok := b.find(header[1:])
	if !ok {
		return nil, ErrUnknownKey
	}
	plain, err := k.aead(purpose).Open(nil, nil, body, header)
	if err != nil {
		return nil, ErrDamaged
	}
	return plain, nil
}

// NeedsResealing reports whether a sealed text was made with an older key, so that a rotation can tell what is left to do.
func (b *Box) NeedsResealing(sealed []byte) bool {
	return len(sealed) >= headerSize && string(sealed[1:headerSize]) != string(b.keys[0].id[:])
}

func (b *Box) find(id []byte) (key, bool) {
	i := slices.IndexFunc(b.keys, func(k key) bool { return string(k.id[:]) == string(id) })
	if i < 0 {
		return key{}, false
	}
	return b.keys[i], true
}

func (k key) aead(purpose string) cipher.AEAD {
	mustBePurpose(purpose)
	block, err := aes.NewCipher(k.derive("seal", purpose, 32))
	if err != nil {
		panic("BUG: cannot make a cipher: " + err.Error())
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("BUG: cannot make a cipher: " + err.Error())
	}
	return aead
}

// MAC returns the HMAC-SHA256 of some texts under the current key's key for the purpose: 32 bytes, for signing tokens and for hashing what
// must be recognised and not read (customers, addresses). Each text goes in behind its length, so ("ab", "c") differs from ("a", "bc").
func (b *Box) MAC(purpose string, texts ...[]byte) []byte { return b.keys[0].mac(purpose, texts) }

// MACs returns what MAC gives under each key, the current one first, to look up what may have been hashed before a rotation.
func (b *Box) MACs(purpose string, texts ...[]byte) [][]byte {
	macs := make([][]byte, len(b.keys))
	for i, k := range b.keys {
		macs[i] = k.mac(purpose, texts)
	}
	return macs
}

// CheckMAC reports, in constant time, whether any key of the box made the MAC.
func (b *Box) CheckMAC(purpose string, mac []byte, texts ...[]byte) bool {
	return slices.ContainsFunc(b.MACs(purpose, texts...), func(m []byte) bool { return hmac.Equal(m, mac) })
}

func (k key) mac(purpose string, texts [][]byte) []byte {
	mustBePurpose(purpose)
	h := hmac.New(sha256.New, k.derive("mac", purpose, sha256.Size))
	for _, text := range texts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(text))))
		h.Write(text)
	}
	return h.Sum(nil)
}

// Key returns n bytes (at most 8,160) derived from the current key for the purpose, for libraries that want a key of their own.
func (b *Box) Key(purpose string, n int) []byte {
	mustBePurpose(purpose)
	return b.keys[0].derive("key", purpose, n)
}

// Fingerprint names the current key without telling anything of it: 16 hexadecimal digits, to be stored and compared by every node at start.
func (b *Box) Fingerprint() string { return hex.EncodeToString(b.keys[0].id[:]) }

// Knows reports whether a fingerprint names a key of the box, current or older.
func (b *Box) Knows(fingerprint string) bool {
	id, err := hex.DecodeString(fingerprint)
	if err != nil {
		return false
	}
	_, ok := b.find(id)
	return ok
}

// Format prints the fingerprint whatever the verb, so that no log shows a key.
func (b *Box) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "secret box "+b.Fingerprint()) // fmt.State has nowhere to report to
}

func mustBePurpose(purpose string) {
	if purpose == "" {
		panic("BUG: a secret without a purpose")
	}
}

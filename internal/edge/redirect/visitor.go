package redirect

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"hash"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// visitors makes the pseudonyms of one day. Each day's key is drawn when it begins and forgotten when the next one does, and never leaves memory: what
// was hashed with it can then not be traced back by trying all addresses.
type visitors struct {
	today atomic.Pointer[dayKey]
	draw  sync.Mutex
}

type dayKey struct {
	day  int64 // since 1970-01-01, UTC
	macs sync.Pool
}

const (
	hashedAgent   = 512 // bytes of an agent that are looked at
	secondsPerDay = 24 * 60 * 60
)

// hash returns the visitor's pseudonym, zero where the address is unknown.
func (v *visitors) hash(now time.Time, address netip.Addr, agent string) (out [16]byte) {
	if !address.IsValid() {
		return out
	}
	k := v.key(now.Unix() / secondsPerDay)
	m := k.macs.Get().(*mac) //nolint:errcheck,forcetypeassert // only New makes them
	m.input = address.Unmap().AppendTo(m.input[:0])
	m.input = append(m.input, 0)
	m.input = append(m.input, agent[:min(len(agent), hashedAgent)]...)
	m.Reset()
	m.Write(m.input)
	m.sum = m.Sum(m.sum[:0])
	copy(out[:], m.sum)
	k.macs.Put(m)
	return out
}

// mac is a keyed hash with the memory it works in.
type mac struct {
	hash.Hash
	input, sum []byte
}

func (v *visitors) key(day int64) *dayKey {
	if k := v.today.Load(); k != nil && k.day == day {
		return k
	}
	v.draw.Lock()
	defer v.draw.Unlock()
	if k := v.today.Load(); k != nil && k.day == day {
		return k
	}
	k := newDayKey(day)
	v.today.Store(k)
	return k
}

func newDayKey(day int64) *dayKey {
	secret := make([]byte, sha256.Size)
	if _, err := rand.Read(secret); err != nil {
		panic("BUG: the system's random source failed: " + err.Error())
	}
	k := &dayKey{day: day}
	k.macs.New = func() any { return &mac{Hash: hmac.New(sha256.New, secret)} }
	return k
}

// hashAgent is FNV-1a (RFC 9923): it tells agents apart in lists of clicks and protects nothing.
func hashAgent(agent string) uint64 {
	h := uint64(14695981039346656037)
	for i := range min(len(agent), hashedAgent) {
		h = (h ^ uint64(agent[i])) * 1099511628211
	}
	return h
}

// hostOf returns the host of a referring page, without user, port and path.
func hostOf(referrer string) string {
	_, rest, ok := strings.Cut(referrer, "://")
	if !ok {
		return ""
	}
	if end := strings.IndexAny(rest, "/?#\\"); end >= 0 {
		rest = rest[:end]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if !strings.HasPrefix(rest, "[") {
		rest, _, _ = strings.Cut(rest, ":")
	}
	return strings.ToLower(rest)
}

package id

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"sync"
	"time"
)

const digits = 32

// counters makes ids of one process rise within their millisecond (RFC 9562, 6.2, method 1). Transactions date their ids by their own beginning, so
// several milliseconds are in use at the same time: each has a slot, found by its remainder.
var counters struct {
	sync.Mutex
	slots [4096]struct {
		millis int64
		next   uint32
	}
}

// counterBits is how much of an id counts: 12 bits before the variant and 14 behind it. 48 random bits remain.
const counterBits = 26

// New returns a fresh id with the prefix, dated at.
func New(prefix string, at time.Time) string {
	var b [16]byte
	if _, err := rand.Read(b[10:]); err != nil {
		panic("BUG: the system's random source failed: " + err.Error())
	}
	millis := at.UnixMilli()
	n := uint64(count(millis))
	binary.BigEndian.PutUint64(b[:8], uint64(millis)<<16|0x7000|n>>14) //nolint:gosec // times are after 1970; 7 is the version
	binary.BigEndian.PutUint16(b[8:10], 0x8000|uint16(n&0x3fff))       //nolint:gosec // 14 bits behind the variant of RFC 9562
	return prefix + "_" + hex.EncodeToString(b[:])
}

func count(millis int64) uint32 {
	counters.Lock()
	defer counters.Unlock()
	slot := &counters.slots[uint64(millis)%uint64(len(counters.slots))] //nolint:gosec // times are after 1970
	if slot.millis != millis {
		slot.millis, slot.next = millis, 0
	}
	n := slot.next
	slot.next = min(n+1, 1<<counterBits-1)
	return n
}

// Valid reports whether s is an id with the prefix. It says nothing about whether the thing exists.
func Valid(prefix, s string) bool {
	rest, ok := strings.CutPrefix(s, prefix+"_")
	if !ok || len(rest) != digits {
		return false
	}
	for _, c := range rest {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

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

// sequence makes ids of one process rise, also inside one millisecond (RFC 9562, 6.2, method 1).
var sequence struct {
	sync.Mutex
	millis  int64
	counter uint16
}

// New returns a fresh id with the prefix, dated at.
func New(prefix string, at time.Time) string {
	var b [16]byte
	if _, err := rand.Read(b[6:]); err != nil {
		panic("BUG: the system's random source failed: " + err.Error())
	}
	millis, counter := next(at.UnixMilli())
	binary.BigEndian.PutUint64(b[:8], uint64(millis)<<16|uint64(counter)) //nolint:gosec // times are after 1970
	b[6] = 0x70 | b[6]&0x0f                                               // version 7
	b[8] = 0x80 | b[8]&0x3f                                               // variant RFC 9562
	return prefix + "_" + hex.EncodeToString(b[:])
}

// next hands out (millisecond, 12-bit counter) pairs; the first 4,096 of a millisecond rise, later ones are told apart by their random part.
func next(millis int64) (int64, uint16) {
	sequence.Lock()
	defer sequence.Unlock()
	if millis != sequence.millis {
		sequence.millis, sequence.counter = millis, 0
		return millis, 0
	}
	if sequence.counter < 0x0fff {
		sequence.counter++
	}
	return millis, sequence.counter
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

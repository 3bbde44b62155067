package auth

import (
	"context"
	"sync"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/secret"
)

// How long and how much Keys remembers.
const (
	keyFreshness = time.Second
	keysKept     = 4096
)

// Keys answers KeyBy from memory for a second, so that shops which send many orders cost one look-up a second, and a key or a role that was taken
// away counts for one second more at most. Unknown keys are not remembered. It is safe for concurrent use.
type Keys struct {
	db    *db.DB
	mu    sync.Mutex
	known map[string]knownKey // by hash
}

type knownKey struct {
	principal Principal
	since     time.Time
}

// NewKeys makes an empty memory of keys.
func NewKeys(d *db.DB) *Keys { return &Keys{db: d, known: map[string]knownKey{}} }

// By is KeyBy, remembered. The principals of one key share their roles: do not change them.
func (m *Keys) By(ctx context.Context, key string) (Principal, error) {
	hash, now := string(secret.HashToken(key)), m.db.Now()
	if known, ok := m.recall(hash); ok && now.Sub(known.since) < keyFreshness && !now.Before(known.since) {
		return known.principal, nil
	}
	p, err := KeyBy(ctx, m.db, key)
	if err == nil {
		m.remember(hash, knownKey{p, now})
	}
	return p, err
}

func (m *Keys) recall(hash string) (known knownKey, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, ok = m.known[hash]
	return known, ok
}

func (m *Keys) remember(hash string, k knownKey) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.known) >= keysKept {
		clear(m.known)
	}
	m.known[hash] = k
}

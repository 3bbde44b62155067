package discovery

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"rapport/internal/recruit/discovery/meaning"
)

// service is a foreign service that places texts, with the words that it placed of late.
type service struct {
	remote meaning.Remote
	now    func() time.Time
	log    *slog.Logger
	asking chan struct{} // a place for each question under way
	mu     sync.Mutex
	words  []placedWords // the latest first
	rest   time.Time     // nobody is made to wait for it until then
}

type placedWords struct {
	words  string
	vector meaning.Vector
}

const (
	wordsDeadline = 2 * time.Second
	wordsRest     = 30 * time.Second // after a failure
	mostAsking    = 8
	mostPlaced    = 256 // words remembered
)

// Use lets a service place texts. It is called before Run, and at most once.
func (x *Index) Use(r meaning.Remote, now func() time.Time, log *slog.Logger) error {
	if err := r.Check(); err != nil {
		return err
	}
	x.service = &service{remote: r, now: now, log: log, asking: make(chan struct{}, mostAsking)}
	return nil
}

// Prepare asks the service where the words of a search stand, within two seconds, so that Search need not: it is called before the transaction. Without
// a service, or before it placed the creators, nothing is asked.
func (x *Index) Prepare(ctx context.Context, q Query) {
	if x == nil || x.service == nil {
		return
	}
	v := x.service
	if len(q.Words) > longestWords || q.isAddress() || !x.isSettled() {
		return
	}
	words := meaning.Sendable(q.Words)
	if words == "" || v.placed(words) != nil || !v.begin() {
		return
	}
	defer func() { <-v.asking }()
	within, cancel := context.WithTimeout(ctx, wordsDeadline)
	defer cancel()
	vector, err := v.remote.One(within, words)
	v.mu.Lock()
	defer v.mu.Unlock()
	if err != nil && ctx.Err() != nil {
		return // who asked is gone, which says nothing of the service
	}
	if err != nil {
		v.rest = v.now().Add(wordsRest)
		v.log.WarnContext(ctx, "the embeddings service does not place a search; the own space serves for half a minute", "error", err)
		return
	}
	v.words = slices.Insert(v.words, 0, placedWords{words, vector})
	v.words = v.words[:min(len(v.words), mostPlaced)]
}

// begin takes a place, if there is one and the service does not rest.
func (v *service) begin() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.now().Before(v.rest) {
		return false
	}
	select {
	case v.asking <- struct{}{}:
		return true
	default:
		return false
	}
}

// placed is where words stand; nil is unknown.
func (v *service) placed(words string) meaning.Vector {
	v.mu.Lock()
	defer v.mu.Unlock()
	at := slices.IndexFunc(v.words, func(p placedWords) bool { return p.words == words })
	if at < 0 {
		return nil
	}
	found := v.words[at]
	v.words = slices.Insert(slices.Delete(v.words, at, at+1), 0, found)
	return found.vector
}

func (x *Index) isSettled() bool {
	s := x.now.Load()
	if s == nil || s.foreign == nil {
		return false
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.foreign.vectors.Settled()
}

// abroad is where the service says that the words stand; own is that there is a service, and this search must do without.
func (x *Index) abroad(q Query) (v meaning.Vector, own bool) {
	if x.service == nil || q.isAddress() || q.Words == "" && len(q.Like) == 0 {
		return nil, false
	}
	words := meaning.Sendable(q.Words)
	if words != "" {
		v = x.service.placed(words)
	}
	return v, !x.isSettled() || words != "" && v == nil
}

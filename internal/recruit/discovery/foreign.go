package discovery

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery/meaning"
)

// digest tells the text and the model that a vector was made of.
type digest [16]byte

// foreign is what a service is to place, and what it placed. Its vectors take the place of the own ones in the share that vectors have in the nearness,
// once nearly everybody has one; vectors of two spaces are never compared. Whoever's new text is not placed yet stands where the old one stood.
type foreign struct {
	model   string   // and size
	want    []digest // by slot; zero is nothing to place
	have    []digest // by slot; zero is no vector
	vectors *meaning.Foreign
	stale   []creators.ID // whose vectors are stored and of no use any more
}

const (
	enoughForeign = 0.95    // of those who wrote something
	mostForeign   = 1 << 28 // numbers held, 1 GiB
	embedEvery    = 5 * time.Second
	embedAgain    = time.Minute // after a failure
	mostFailures  = 3           // batches in a row
	recallChunk   = 200
	mostStale     = 10_000
)

func newForeign(v *service) *foreign {
	if v == nil {
		return nil
	}
	return &foreign{model: fmt.Sprint(v.remote.Model, " ", v.remote.Dimensions)} // vectors of another length are others
}

// sendable is what a service reads of a creator.
func sendable(r *raw) string {
	names := []string{r.Name}
	for _, p := range r.Profiles {
		names = append(names, p.Handle, p.DisplayName)
	}
	return meaning.Sendable(documentOf(r).Text(), names...)
}

// digest is zero where there is nothing to send.
func (f *foreign) digest(r *raw) (d digest) {
	if f == nil {
		return d
	}
	if text := sendable(r); text != "" {
		sum := sha256.Sum256([]byte(f.model + "\x00" + text))
		copy(d[:], sum[:])
	}
	return d
}

// expect notes what a slot's text is now. The state's lock is held.
func (f *foreign) expect(at uint32, d digest) {
	if f == nil {
		return
	}
	for len(f.want) <= int(at) {
		f.want, f.have = append(f.want, digest{}), append(f.have, digest{})
	}
	if f.want[at] = d; d == (digest{}) && f.have[at] != d {
		f.have[at] = d
		f.vectors.Set(at, nil)
	}
}

// putForeign places somebody, if the vector is of the text they have now. The state's lock is held. False is that there is no room for the vector.
func (s *state) putForeign(of creators.ID, d digest, v meaning.Vector) bool {
	f := s.foreign
	at, known := s.byID[of]
	if !known || f.want[at] != d || d == (digest{}) || len(v) == 0 {
		return true
	}
	if f.vectors == nil {
		f.vectors = meaning.NewForeign(len(v), min(len(s.slots), mostForeign/len(v)))
	}
	if len(v) != f.vectors.Dimensions() || len(v)*len(s.slots) > mostForeign {
		return false
	}
	f.vectors.Set(at, v)
	f.have[at] = d
	return true
}

// settle lets the vectors be used once there are enough. The state's lock is held.
func (s *state) settle() {
	f := s.foreign
	written, placed := 0, 0
	for at := range f.want {
		if f.want[at] != (digest{}) {
			written++
		}
		if f.have[at] != (digest{}) {
			placed++
		}
	}
	if placed > 0 && float64(placed) >= enoughForeign*float64(written) && !f.vectors.Settled() {
		f.vectors.Settle()
		s.sense.crowd.Abroad(f.vectors)
	}
}

// recall takes the vectors that are stored, before anybody sees the state.
func (s *state) recall(ctx context.Context, d *db.DB) error {
	if s.foreign == nil {
		return nil
	}
	for after, more := "", true; more; {
		var rows []stored
		err := d.View(ctx, func(tx *db.Tx) (err error) { rows, err = storedAfter(ctx, tx, after, recallChunk); return err })
		if err != nil {
			return err
		}
		for _, one := range rows {
			s.putForeign(one.creator, one.digest, one.vector)
			if at, known := s.byID[one.creator]; (!known || s.foreign.want[at] == digest{}) && len(s.foreign.stale) < mostStale {
				s.foreign.stale = append(s.foreign.stale, one.creator)
			}
			after = string(one.creator)
		}
		more = len(rows) == recallChunk
	}
	s.settle()
	return nil
}

// keepEmbedded has the texts placed that are new or changed, until ctx ends.
func (x *Index) keepEmbedded(ctx context.Context, d *db.DB, log *slog.Logger) {
	for {
		wait := embedEvery
		if err := x.Embed(ctx, d); err != nil && ctx.Err() == nil {
			log.Warn("the embeddings service does not place creators; the own space serves", "error", err)
			wait = embedAgain
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// Embed has the texts placed by the service that are new or changed. Without a service it does nothing.
func (x *Index) Embed(ctx context.Context, d *db.DB) error {
	s := x.now.Load()
	if x.service == nil || s == nil || s.foreign == nil {
		return nil
	}
	ids, stale := s.missing()
	if err := forgetVectors(ctx, d, stale); err != nil {
		return err
	}
	var last error
	failures := 0
	for chunk := range slices.Chunk(ids, meaning.RemoteBatch) {
		if err := x.embed(ctx, d, s, chunk); err != nil {
			last, failures = err, failures+1
		} else {
			failures = 0
		}
		if failures == mostFailures || ctx.Err() != nil {
			break
		}
	}
	return last
}

// missing are those whose vector is not of their text, and those who need none any more.
func (s *state) missing() (ids, stale []creators.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for at, want := range s.foreign.want {
		if one := s.slots[at]; one.id != "" && want != (digest{}) && want != s.foreign.have[at] {
			ids = append(ids, one.id)
		}
	}
	stale, s.foreign.stale = s.foreign.stale, nil
	return ids, stale
}

// embed places some creators: those whose vector is stored by that, the others by asking.
func (x *Index) embed(ctx context.Context, d *db.DB, s *state, ids []creators.ID) error {
	var rows []raw
	var known []stored
	err := d.View(ctx, func(tx *db.Tx) error {
		all, err := creators.FindMany(ctx, tx, ids)
		if err != nil {
			return err
		}
		if rows, err = read(ctx, tx, all); err != nil {
			return err
		}
		known, err = storedOf(ctx, tx, ids)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot read the texts to be placed: %w", err)
	}
	have := map[creators.ID]digest{}
	for _, one := range known {
		have[one.creator] = one.digest
	}
	var texts []string
	var fresh []stored
	for i := range rows {
		if is := s.foreign.digest(&rows[i]); is != (digest{}) && have[rows[i].ID] != is {
			texts, fresh = append(texts, sendable(&rows[i])), append(fresh, stored{creator: rows[i].ID, digest: is})
		}
	}
	if len(texts) > 0 {
		vectors, err := x.service.remote.Embed(ctx, texts)
		if err != nil {
			return err
		}
		for i := range fresh {
			fresh[i].vector = vectors[i]
		}
		if err := store(ctx, d, x.service.remote.Model, fresh); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range append(known, fresh...) {
		if !s.putForeign(one.creator, one.digest, one.vector) {
			return fmt.Errorf("vectors of %d numbers for %d creators are more than 1 GiB, or not as long as the others: ask for shorter ones (--embeddings-size)", len(one.vector), len(s.slots))
		}
	}
	s.settle()
	return nil
}

package discovery

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/benchmarks"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery/meaning"
)

const (
	refreshEvery = 2 * time.Second
	touchedEvery = 250 * time.Millisecond // who changed something by hand looks for it at once
	wholeEvery   = 24 * time.Hour
	// Transactions that began earlier may commit later: each refresh looks back this far again.
	overlap = 15 * time.Second
	// More changes than this are not worth taking in one by one.
	mostChanges = 20_000
)

// Run fills the index and keeps it fresh until ctx ends.
func (x *Index) Run(ctx context.Context, d *db.DB, log *slog.Logger) {
	if x.service != nil {
		var embedding sync.WaitGroup
		embedding.Go(func() { x.keepEmbedded(ctx, d, log) })
		defer embedding.Wait()
	}
	for {
		if err := x.Refresh(ctx, d); err != nil && ctx.Err() == nil {
			log.Error("the search index is not refreshed", "error", err)
		}
		for waited := time.Duration(0); waited < refreshEvery && !x.isTouched(); waited += touchedEvery {
			select {
			case <-ctx.Done():
				return
			case <-time.After(touchedEvery):
			}
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// Refresh takes in what changed since the last time, or makes the index anew where there is none, it is a day old, an import came or went, or topics changed.
func (x *Index) Refresh(ctx context.Context, d *db.DB) error {
	x.fresh.Lock()
	defer x.fresh.Unlock()
	old := x.now.Load()
	var imports, topics string
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		if imports, err = visibleImports(ctx, tx); err != nil {
			return err
		}
		topics, err = topicsMark(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	if old == nil || d.Now().Sub(old.whole) > wholeEvery || old.imports != imports || old.topicsMark != topics {
		return x.rebuild(ctx, d)
	}
	changed, err := x.changes(ctx, d, old)
	if err != nil {
		return err
	}
	if len(changed.ids) > mostChanges {
		return x.rebuild(ctx, d)
	}
	return x.take(ctx, d, old, changed)
}

// Rebuild makes the index anew. Searches are answered from the old one until the new one is whole.
func (x *Index) Rebuild(ctx context.Context, d *db.DB) error {
	x.fresh.Lock()
	defer x.fresh.Unlock()
	return x.rebuild(ctx, d)
}

func (x *Index) rebuild(ctx context.Context, d *db.DB) error {
	began := d.Now()
	s := newState(d.Now())
	s.foreign = newForeign(x.service)
	if err := d.View(ctx, func(tx *db.Tx) (err error) {
		if s.imports, err = visibleImports(ctx, tx); err != nil {
			return err
		}
		return s.readTree(ctx, tx)
	}); err != nil {
		return err
	}
	docs, err := s.readEverybody(ctx, d)
	if err != nil {
		return err
	}
	if err := s.readPrograms(ctx, d); err != nil {
		return err
	}
	s.learn(docs, meaning.Options{Tree: s.tree})
	if err := s.recall(ctx, d); err != nil {
		return err
	}
	x.now.Store(s)
	x.builtIn.Store(int64(d.Now().Sub(began)))
	return nil
}

func newState(now time.Time) *state {
	return &state{
		tree: meaning.DefaultTree(),
		byID: map[creators.ID]uint32{}, text: newPostings(), by: map[programs.ID]*program{}, names: map[string]string{}, seen: now, whole: now,
		classAt: map[string]uint32{}, topicAt: map[string]uint16{}, audiences: map[uint32][]creators.Audience{},
		classes: []class{{}}, // of whoever is gone
		middles: &benchmarkCache{table: benchmarks.Published(), found: map[[4]string]*int64{}},
	}
}

// visibleImports names the imports that may be seen: when they change, creators came or went that no time tells.
func visibleImports(ctx context.Context, tx *db.Tx) (text string, err error) {
	var count int
	var last string
	err = tx.QueryRow(ctx, `select count(*), coalesce(max(id), '') from imports where state = 'visible'`).Scan(&count, &last)
	if err != nil {
		return "", fmt.Errorf("cannot read imports: %w", err)
	}
	return fmt.Sprint(count, " ", last), nil
}

// readEverybody reads all creators, a chunk per transaction. Reading and taking texts apart go on side by side.
func (s *state) readEverybody(ctx context.Context, d *db.DB) (docs []meaning.Document, err error) {
	ctx, cancel := context.WithCancel(ctx)
	chunks := make(chan []raw, 2)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(chunks)
		err = readChunks(ctx, d, chunks)
	})
	for rows := range chunks {
		for _, r := range rows {
			doc := s.prepare(r)
			at := s.put(&doc)
			docs = append(docs[:min(int(at), len(docs))], doc.meant)
		}
	}
	cancel()
	reading.Wait()
	return docs, err
}

func readChunks(ctx context.Context, d *db.DB, to chan<- []raw) error {
	for after, more := "", true; more; more = after != "" {
		var rows []raw
		err := d.View(ctx, func(tx *db.Tx) error {
			all, next, err := creators.List(ctx, tx, creators.Filter{Everywhere: true, Sort: creators.SortNewest}, db.Page{After: after, Limit: readChunk})
			if err != nil {
				return err
			}
			after = next
			rows, err = read(ctx, tx, all)
			return err
		})
		if err != nil {
			return err
		}
		to <- rows
	}
	return nil
}

// readPrograms reads what programs know, a chunk per transaction.
func (s *state) readPrograms(ctx context.Context, d *db.DB) error {
	after := ""
	for more := true; more; {
		err := d.View(ctx, func(tx *db.Tx) error {
			var last string
			rows, err := db.All(ctx, tx, func(row db.Scanner) (partnered, error) { return scanPartnered(row) },
				partneredColumns+` and p.id > $1 order by p.id limit 2000`, after)
			if err != nil {
				return fmt.Errorf("cannot read partnerships: %w", err)
			}
			for i := range rows {
				s.putPartnered(&rows[i])
			}
			last, _, err = db.One(ctx, tx, db.Column[string], `select coalesce(max(x.id), '') from (select p.id from partnerships p
				where p.import_id not in (select id from imports where state <> 'visible') and p.id > $1 order by p.id limit 2000) x`, after)
			more, after = len(rows) == 2000, last
			return err
		})
		if err != nil {
			return err
		}
	}
	return d.View(ctx, func(tx *db.Tx) error {
		all, err := readOwn(ctx, tx, nil)
		s.putOwn(all)
		return err
	})
}

// changed is whose facts must be read again, and when they changed, in microseconds.
type changed struct {
	ids  []creators.ID
	at   map[creators.ID]int64
	seen time.Time
}

const notHidden = ` and import_id not in (select id from imports where state <> 'visible')`

// changeQueries ask every table that tells a time what is new.
var changeQueries = []string{
	`select id, updated_at from creators where updated_at > $1` + notHidden + ` limit 30000`,
	`select creator_id, updated_at from partnerships where updated_at > $1` + notHidden + ` limit 30000`,
	`select creator_id, updated_at from creator_contacts where updated_at > $1` + notHidden + ` limit 30000`,
	`select creator_id, made_at from vetting_reports where made_at > $1 limit 30000`,
	`select creator_id, overruled_at from vetting_reports where overruled_at > $1 limit 30000`,
	`select creator_id, began_at from creator_erasures where began_at > $1 limit 30000`,
	`select creator_id, ended_at from creator_erasures where ended_at > $1 limit 30000`, // a refresh in between read what was still there
}

type change struct {
	id creators.ID
	at int64
}

// changes finds what is new. What was taken in already is not read again while refreshes look back over it.
func (x *Index) changes(ctx context.Context, d *db.DB, s *state) (c changed, err error) {
	c = changed{seen: d.Now(), at: map[creators.ID]int64{}}
	since := db.Micros(s.seen.Add(-overlap))
	touched := x.takeTouched()
	err = d.View(ctx, func(tx *db.Tx) error {
		for _, query := range changeQueries {
			found, err := db.All(ctx, tx, func(s db.Scanner) (c change, err error) { err = s.Scan(&c.id, &c.at); return c, err }, query, since)
			if err != nil {
				return fmt.Errorf("cannot read what changed: %w", err)
			}
			for _, one := range found {
				c.at[one.id] = max(c.at[one.id], one.at)
			}
		}
		return nil
	})
	if err != nil {
		x.Touch(slices.Collect(maps.Keys(touched))...) // for the next time
		return c, err
	}
	for id, at := range c.at {
		if s.taken[id] < at {
			touched[id] = true
		}
	}
	c.ids = slices.Sorted(maps.Keys(touched))
	return c, nil
}

func (x *Index) isTouched() bool {
	x.touched.Lock()
	defer x.touched.Unlock()
	return len(x.touch) > 0
}

func (x *Index) takeTouched() map[creators.ID]bool {
	x.touched.Lock()
	defer x.touched.Unlock()
	all := x.touch
	x.touch = nil
	if all == nil {
		all = map[creators.ID]bool{}
	}
	return all
}

// take reads changed creators again and puts them in the place of what was.
func (x *Index) take(ctx context.Context, d *db.DB, s *state, c changed) error {
	for chunk := range slices.Chunk(c.ids, postsPlaces) {
		var rows []raw
		var partners []partnered
		var owned []own
		err := d.View(ctx, func(tx *db.Tx) (err error) {
			all, err := creators.FindMany(ctx, tx, chunk)
			if err != nil {
				return err
			}
			if rows, err = read(ctx, tx, all); err != nil {
				return err
			}
			args := make([]any, len(chunk))
			for i, one := range chunk {
				args[i] = one
			}
			if partners, err = db.All(ctx, tx, scanPartnered, partneredColumns+` and p.creator_id in `+db.List(len(chunk), 0), args...); err != nil {
				return fmt.Errorf("cannot read partnerships: %w", err)
			}
			owned, err = readOwn(ctx, tx, chunk)
			return err
		})
		if err != nil {
			x.Touch(c.ids...) // read again next time
			return err
		}
		s.replace(chunk, rows, partners, owned)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen, s.taken = c.seen, c.at
	return nil
}

// replace puts new facts in the place of old ones at once.
func (s *state) replace(ids []creators.ID, rows []raw, partners []partnered, owned []own) {
	s.mu.Lock()
	defer s.mu.Unlock()
	there := map[creators.ID]bool{}
	for _, r := range rows {
		there[r.ID] = true
		doc := s.prepare(r)
		s.understand(s.put(&doc), doc.meant)
	}
	for _, id := range ids {
		at, known := s.byID[id]
		if known {
			for _, p := range s.by {
				if e := p.find(at); e != nil {
					*e = entry{slot: at}
				}
			}
		}
		if known && !there[id] {
			s.drop(id)
		}
	}
	for i := range partners {
		s.putPartnered(&partners[i])
	}
	s.putOwn(owned)
}

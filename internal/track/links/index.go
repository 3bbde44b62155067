package links

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

// Entry is all that a redirect and the click roll-ups need of a link.
type Entry struct {
	No          uint64
	Slug        string
	Program     programs.ID
	Partnership partnerships.ID
	Parameter   string         // the query parameter that carries the token
	Zone        *time.Location // the program's, for its days
	Ended       bool           // leads nowhere, but its clicks are still counted
	destination *url.URL
}

// Destination is a copy of where the link leads, for the caller to add to.
func (e *Entry) Destination() url.URL { return *e.destination }

// Index holds every link in memory. Look-ups take no lock that a refresh holds for long.
type Index struct {
	bySlug sync.Map // string → *Entry
	byNo   sync.Map // uint64 → *Entry
	count  atomic.Int64
	fresh  sync.Mutex // one refresh at a time
	seen   time.Time  // changes up to here are in the index
}

const (
	refreshEvery = time.Second
	loadChunk    = 5000
	// Transactions that began earlier may commit later: each refresh looks back this far again.
	overlap = 15 * time.Second
)

// BySlug returns a link by the last part of its address.
func (x *Index) BySlug(slug string) (*Entry, bool) {
	e, ok := x.bySlug.Load(slug)
	if !ok {
		return nil, false
	}
	return e.(*Entry), true //nolint:errcheck,forcetypeassert // only put stores here
}

// ByNo returns a link by the number that click tokens carry.
func (x *Index) ByNo(no uint64) (*Entry, bool) {
	e, ok := x.byNo.Load(no)
	if !ok {
		return nil, false
	}
	return e.(*Entry), true //nolint:errcheck,forcetypeassert // only put stores here
}

// Len is how many links are known.
func (x *Index) Len() int { return int(x.count.Load()) }

// Refresh reads what changed since the last time; the first time, everything.
func (x *Index) Refresh(ctx context.Context, d *db.DB) error {
	x.fresh.Lock()
	defer x.fresh.Unlock()
	since, now := time.Time{}, d.Now()
	if !x.seen.IsZero() {
		since = x.seen.Add(-overlap)
	}
	after := ""
	for {
		var found []Link
		known := map[programs.ID]programs.Program{}
		err := d.View(ctx, func(tx *db.Tx) (err error) {
			found, err = db.All(ctx, tx, scan, `select `+columns+` from links where (updated_at >= $1
				or program_id in (select id from programs where updated_at >= $1)) and id > $2 order by id limit $3`, db.Micros(since), after, loadChunk)
			if err != nil {
				return err
			}
			return x.loadPrograms(ctx, tx, found, known)
		})
		if err != nil {
			return fmt.Errorf("cannot read the links: %w", err)
		}
		for _, l := range found {
			x.put(l, known[l.Program])
		}
		if len(found) < loadChunk {
			x.seen = now
			return nil
		}
		after = string(found[len(found)-1].ID)
	}
}

func (x *Index) loadPrograms(ctx context.Context, tx *db.Tx, found []Link, into map[programs.ID]programs.Program) error {
	for _, l := range found {
		if _, ok := into[l.Program]; ok {
			continue
		}
		p, err := programs.Find(ctx, tx, l.Program)
		if err != nil {
			return err
		}
		into[l.Program] = p
	}
	return nil
}

func (x *Index) put(l Link, p programs.Program) {
	destination, err := url.Parse(l.Destination)
	if err != nil {
		panic("BUG: a link has a destination that was never checked: " + err.Error())
	}
	e := &Entry{
		No: l.No, Slug: l.Slug, Program: l.Program, Partnership: l.Partnership, Parameter: p.ClickParameter, Zone: p.Location(),
		Ended: !l.EndedAt.IsZero(), destination: destination,
	}
	if _, known := x.byNo.Swap(l.No, e); !known {
		x.count.Add(1)
	}
	x.bySlug.Store(l.Slug, e)
}

// Run refreshes the index until ctx ends. A database that is away only makes the index older.
func (x *Index) Run(ctx context.Context, d *db.DB, log *slog.Logger) {
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := x.Refresh(ctx, d); err != nil && ctx.Err() == nil {
			log.Error("links are not refreshed", "error", err)
		}
	}
}

// Now makes a link that was just written known at once: call it in the transaction that wrote it.
func (x *Index) Now(ctx context.Context, tx *db.Tx, l Link) error {
	p, err := programs.Find(ctx, tx, l.Program)
	if err != nil {
		return err
	}
	tx.AfterCommit(func() { x.put(l, p) })
	return nil
}

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
	Ended       bool           // earns no more; its clicks of before still count
	Foreign     bool           // its destination is no longer on a site of the program: nobody may be sent there
	Address     string         // where the link leads, without query and fragment
	Query       string         // the destination's own, still encoded
	Fragment    string         // the destination's own with its "#", still encoded, or ""
	changed     time.Time      // of the link or its program, whichever is later
}

// Index holds every link in memory. Look-ups take no lock that a refresh holds for long.
type Index struct {
	bySlug  sync.Map // string → *Entry
	byNo    sync.Map // uint64 → *Entry
	count   atomic.Int64
	fresh   sync.Mutex // one refresh at a time
	seen    time.Time  // changes up to here are in the index
	whole   time.Time  // when everything was read last
	putting sync.Mutex // so that an older state never replaces a newer one
}

const (
	refreshEvery = time.Second
	loadChunk    = 5000
	// Transactions that began earlier may commit later, and clocks of nodes differ: each refresh looks back this far again.
	overlap = 15 * time.Second
	// What clocks that differ by more have hidden is found by reading everything again this often.
	wholeEvery = 5 * time.Minute
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

// Refresh reads what changed since the last time; the first time, and every few minutes, everything.
func (x *Index) Refresh(ctx context.Context, d *db.DB) error {
	x.fresh.Lock()
	defer x.fresh.Unlock()
	now := d.Now()
	since := x.seen.Add(-overlap)
	whole := x.whole.IsZero() || now.Before(x.whole) || now.Sub(x.whole) >= wholeEvery
	if whole {
		since = time.Time{}
	} else if err := x.readMoved(ctx, d, since); err != nil {
		return err
	}
	if err := x.readChanged(ctx, d, since); err != nil {
		return err
	}
	if x.seen = now; whole {
		x.whole = now
	}
	return nil
}

// readChanged reads the links that were changed since.
func (x *Index) readChanged(ctx context.Context, d *db.DB, since time.Time) error {
	at, after := db.Micros(since), ""
	for {
		found, err := x.readChunk(ctx, d, `select `+columns+` from links where (updated_at, id) > ($1, $2) order by updated_at, id limit $3`, at, after, loadChunk)
		if err != nil || len(found) < loadChunk {
			return err
		}
		last := found[len(found)-1]
		at, after = db.Micros(last.UpdatedAt), string(last.ID)
	}
}

// readMoved reads the links of programs that were changed since: their zone, parameter or sites may be others.
func (x *Index) readMoved(ctx context.Context, d *db.DB, since time.Time) error {
	var moved []string
	if err := d.View(ctx, func(tx *db.Tx) (err error) {
		moved, err = db.All(ctx, tx, db.Column[string], `select id from programs where updated_at >= $1`, db.Micros(since))
		return err
	}); err != nil {
		return fmt.Errorf("cannot read the programs that changed: %w", err)
	}
	for _, program := range moved {
		for after := ""; ; {
			found, err := x.readChunk(ctx, d, `select `+columns+` from links where program_id = $1 and id > $2 order by id limit $3`, program, after, loadChunk)
			if err != nil {
				return err
			}
			if len(found) < loadChunk {
				break
			}
			after = string(found[len(found)-1].ID)
		}
	}
	return nil
}

// readChunk puts the links that a query finds into the index, with their programs as of the same moment.
func (x *Index) readChunk(ctx context.Context, d *db.DB, query string, args ...any) (found []Link, err error) {
	known := map[programs.ID]programs.Program{}
	err = d.View(ctx, func(tx *db.Tx) (err error) {
		if found, err = db.All(ctx, tx, scan, query, args...); err != nil {
			return err
		}
		return loadPrograms(ctx, tx, found, known)
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the links: %w", err)
	}
	for _, l := range found {
		x.put(l, known[l.Program])
	}
	return found, nil
}

func loadPrograms(ctx context.Context, tx *db.Tx, found []Link, into map[programs.ID]programs.Program) error {
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

// put makes a state of a link known, unless a newer one is: a refresh may bring what it read before somebody else's change.
func (x *Index) put(l Link, p programs.Program) {
	e := entryOf(l, p)
	x.putting.Lock()
	defer x.putting.Unlock()
	old, known := x.ByNo(l.No)
	if known && e.changed.Before(old.changed) {
		return
	}
	if !known {
		x.count.Add(1)
	}
	x.byNo.Store(l.No, e)
	x.bySlug.Store(l.Slug, e)
}

func entryOf(l Link, p programs.Program) *Entry {
	destination, err := url.Parse(l.Destination)
	if err != nil {
		panic("BUG: a link has a destination that was never checked: " + err.Error())
	}
	e := &Entry{
		No: l.No, Slug: l.Slug, Program: l.Program, Partnership: l.Partnership, Parameter: p.ClickParameter, Zone: p.Location(),
		Ended: !l.EndedAt.IsZero(), Query: destination.RawQuery, changed: later(l.UpdatedAt, p.UpdatedAt),
	}
	if fragment := destination.EscapedFragment(); fragment != "" {
		e.Fragment = "#" + fragment
	}
	_, err = p.CheckDestination(l.Destination)
	e.Foreign = err != nil
	destination.RawQuery, destination.ForceQuery, destination.Fragment, destination.RawFragment = "", false, "", ""
	e.Address = destination.String()
	return e
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
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
			log.ErrorContext(ctx, "links are not refreshed", "error", err)
		}
	}
}

// Now makes a link that was just made or ended known at once: call it in the transaction that wrote it, with what was written.
func (x *Index) Now(ctx context.Context, tx *db.Tx, l Link) error {
	p, err := programs.Find(ctx, tx, l.Program)
	if err != nil {
		return err
	}
	tx.AfterCommit(func() { x.put(l, p) })
	return nil
}

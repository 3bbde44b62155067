package clicks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"rapport/internal/base/db"
)

const (
	forwardChunk = 250 // clicks in one transaction: about 15 ms of the 50 that one may take
	forwardEvery = 300 * time.Millisecond
	longestPause = 10 * time.Second // between tries while the database is away
	drainTime    = 5 * time.Second  // for what is left when the forwarder is told to end; the rest goes on after the next start
	keepInLog    = 3 * 24 * time.Hour
	trimEvery    = 10 * time.Minute
	// A link made on another node is known here after the index has looked; a click on one that is unknown for longer belongs to nobody.
	patience    = time.Minute
	mostUnknown = 100_000 // links that were never known, kept in mind
)

// errOldLog says that the database has clicks of this log with higher numbers than the log has: new ones would take their numbers.
var errOldLog = errors.New("the click log is older than the database: it was restored from a copy. Move its folder away and start again, so that a new log gets a new name")

// forwarder carries the clicks of one log into the database.
type forwarder struct {
	db      *db.DB
	log     *Log
	resolve Resolve
	cursor  uint64               // the last click that is in the database
	found   bool                 // whether cursor was read
	unknown map[uint64]time.Time // links nobody knows: when each was first missed
}

func newForwarder(d *db.DB, log *Log, resolve Resolve) *forwarder {
	return &forwarder{db: d, log: log, resolve: resolve, unknown: map[uint64]time.Time{}}
}

// Forward copies the clicks of the log that are not in the database yet, rows and roll-ups together, in short transactions, and returns how many it
// added. It stops before a click whose link resolve does not know.
func Forward(ctx context.Context, d *db.DB, log *Log, resolve Resolve) (n int, err error) {
	return newForwarder(d, log, resolve).drain(ctx)
}

func (f *forwarder) drain(ctx context.Context) (n int, err error) {
	for ctx.Err() == nil {
		added, more, err := f.step(ctx)
		n += added
		if err != nil || !more {
			return n, err
		}
	}
	return n, ctx.Err()
}

// step copies one chunk. more is false when there is nothing left that could be copied now.
func (f *forwarder) step(ctx context.Context) (added int, more bool, err error) {
	if err := f.find(ctx); err != nil {
		return 0, false, err
	}
	clicks, err := f.log.Read(f.cursor+1, forwardChunk)
	if err != nil {
		return 0, false, err
	}
	rows := f.place(clicks)
	if len(rows) == 0 {
		return 0, false, nil
	}
	last := rows[len(rows)-1].No
	if err := f.db.Update(ctx, func(tx *db.Tx) (err error) {
		if added, err = store(ctx, tx, f.log.Origin, rows); err != nil {
			return err
		}
		return moveCursor(ctx, tx, f.log.Origin, last)
	}); err != nil {
		f.found = false // nobody knows which database answers next
		return 0, false, err
	}
	f.cursor = last
	f.log.Forwarded(last)
	return added, len(rows) == len(clicks), nil
}

// find reads where to go on.
func (f *forwarder) find(ctx context.Context) error {
	if f.found {
		return nil
	}
	err := f.db.View(ctx, func(tx *db.Tx) (err error) {
		f.cursor, err = cursor(ctx, tx, f.log.Origin)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot read how far clicks were forwarded: %w", err)
	}
	if f.cursor > f.log.LastNo() {
		return errOldLog
	}
	f.found = true
	f.log.Forwarded(f.cursor)
	return nil
}

// place returns the clicks with whose they are, up to the first one whose link may still become known.
func (f *forwarder) place(clicks []Click) []row {
	rows := make([]row, 0, len(clicks))
	now, waiting := f.db.Now(), false
	for _, c := range clicks {
		p, ok := f.resolve(c.LinkNo)
		if !ok && !f.givenUp(c.LinkNo, now) { // asked of the ones behind too: what is missing is missed from now on
			waiting = true
		}
		if !waiting {
			rows = append(rows, row{c, p})
		}
	}
	return rows
}

func (f *forwarder) givenUp(linkNo uint64, now time.Time) bool {
	since, missed := f.unknown[linkNo]
	if !missed {
		if len(f.unknown) >= mostUnknown {
			clear(f.unknown)
		}
		f.unknown[linkNo] = now
	}
	return missed && now.Sub(since) >= patience
}

// RunForwarder forwards clicks until ctx ends, and then what is left, for at most a few seconds: end it after the server that appends clicks and
// before the log and the database are closed. A database that is away only makes it wait. It also removes segments of the log whose clicks were
// forwarded and are older than three days.
func RunForwarder(ctx context.Context, d *db.DB, log *Log, resolve Resolve, logger *slog.Logger) {
	f := newForwarder(d, log, resolve)
	pause := forwardEvery
	var failing error
	var trimmed time.Time
	for alive := true; alive; {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			alive = false
		}
		if f.found && f.cursor == log.LastNo() && !trimDue(trimmed) {
			continue
		}
		err := f.turn(ctx)
		if alive && ctx.Err() != nil {
			continue // told to end in the middle: once more, for what is left
		}
		switch {
		case err == nil:
			pause = forwardEvery
		case failing == nil:
			logger.ErrorContext(ctx, "clicks are not forwarded; they wait in the click log", "error", err)
		default:
			pause = min(2*pause, longestPause)
		}
		if err == nil && failing != nil {
			logger.InfoContext(ctx, "clicks are forwarded again", "up_to", f.cursor)
		}
		if failing = err; err == nil && trimDue(trimmed) {
			trimmed = time.Now()
			f.trim(ctx, logger)
		}
	}
}

// turn drains the log, also when ctx has just ended.
func (f *forwarder) turn(ctx context.Context) error {
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
	}
	_, err := f.drain(ctx)
	return err
}

func trimDue(last time.Time) bool { return time.Since(last) >= trimEvery }

func (f *forwarder) trim(ctx context.Context, logger *slog.Logger) {
	if _, err := f.log.Trim(f.cursor, f.db.Now().Add(-keepInLog)); err != nil {
		logger.ErrorContext(ctx, "old segments of the click log stay", "error", err)
	}
}

const trimChunk = 500

// TrimClicks removes rows of clicks made before the time, and returns how many. The roll-ups stay.
func TrimClicks(ctx context.Context, d *db.DB, before time.Time) (removed int64, err error) {
	for {
		var n int64
		err := d.Update(ctx, func(tx *db.Tx) (err error) {
			n, err = removeOld(ctx, tx, before, trimChunk)
			return err
		})
		removed += n
		if err != nil || n == 0 {
			return removed, err
		}
	}
}

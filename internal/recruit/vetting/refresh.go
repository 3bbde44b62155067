package vetting

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/benchmarks"
	"rapport/internal/recruit/creators"
)

const (
	perChunk = 500                // creators whose data is in memory at a time
	stale    = 7 * 24 * time.Hour // reports are made again at least weekly
	atOnce   = 2                  // chunks at work
	// the longest a single round goes on; the next one goes on where it ended
	mostChunks = 2000
	mostRounds = 10_000 // programs
)

// candidates are partnerships of people who may still become or are partners.
const candidates = `p.status not in ('ended', 'lost') and p.import_id not in (select id from imports where state <> 'visible')`

// RefreshNew makes reports of those who came into a program since the last time: a new prospect has one within a minute.
func RefreshNew(ctx context.Context, d *db.DB) (made int, err error) {
	return eachProgram(ctx, d, refreshNew)
}

// RefreshDue makes reports that are missing, older than a week, or older than what is known of the creator or wanted by the program.
func RefreshDue(ctx context.Context, d *db.DB) (made int, err error) {
	return eachProgram(ctx, d, RefreshProgram)
}

func eachProgram(ctx context.Context, d *db.DB, refresh func(context.Context, *db.DB, programs.ID) (int, error)) (made int, err error) {
	page := db.Page{Limit: db.PageMost}
	for range mostRounds {
		var all []programs.Program
		var next string
		if err := d.View(ctx, func(tx *db.Tx) (err error) {
			all, next, err = programs.List(ctx, tx, nil, page)
			return err
		}); err != nil {
			return made, err
		}
		for _, p := range all {
			n, err := refresh(ctx, d, p.ID)
			if made += n; err != nil {
				return made, fmt.Errorf("cannot refresh the check-ups of program %s: %w", p.ID, err)
			}
		}
		if next == "" {
			return made, nil
		}
		page.After = next
	}
	return made, nil
}

// place is a partnership and its creator.
type place struct {
	partnership string
	creator     creators.ID
}

func scanPlace(s db.Scanner) (p place, err error) {
	err = s.Scan(&p.partnership, &p.creator)
	return p, err
}

// refreshNew follows the partnerships' ids, which rise with time. One that was committed late is found by RefreshProgram.
func refreshNew(ctx context.Context, d *db.DB, program programs.ID) (made int, err error) {
	for range mostChunks {
		var some []place
		if err := d.View(ctx, func(tx *db.Tx) error {
			s, err := settingsOf(ctx, tx, program)
			if err != nil {
				return err
			}
			some, err = db.All(ctx, tx, scanPlace, `select p.id, p.creator_id from partnerships p where p.id > $1 and p.program_id = $2 and `+candidates+`
				order by p.id limit $3`, s.Seen, program, perChunk)
			return err
		}); err != nil || len(some) == 0 {
			return made, err
		}
		n, err := makeSome(ctx, d, program, idsOf(some))
		if made += n; err != nil {
			return made, err
		}
		if err := d.Update(ctx, func(tx *db.Tx) error { return sawUpTo(ctx, tx, program, some[len(some)-1].partnership) }); err != nil {
			return made, err
		}
		if len(some) < perChunk {
			return made, nil
		}
	}
	return made, nil
}

func idsOf(places []place) []creators.ID {
	ids := make([]creators.ID, len(places))
	for i, p := range places {
		ids[i] = p.creator
	}
	return ids
}

func sawUpTo(ctx context.Context, tx *db.Tx, program programs.ID, partnership string) error {
	if _, err := tx.Exec(ctx, `insert into vetting_settings (program_id, wanted, seen, changed_at) values ($1, '', $2, 0)
		on conflict (program_id) do update set seen = excluded.seen`, program, partnership); err != nil {
		return fmt.Errorf("cannot note how far check-ups are: %w", err)
	}
	return nil
}

// RefreshProgram makes a program's reports that are due, and then its own benchmarks. One chunk is read and judged while another is written.
func RefreshProgram(ctx context.Context, d *db.DB, program programs.ID) (made int, err error) {
	var work errgroup.Group
	var total atomic.Int64
	work.SetLimit(atOnce)
	after := creators.ID("")
	for range mostChunks {
		some, err := due(ctx, d, program, after)
		if err != nil {
			return int(total.Load()), errors.Join(err, work.Wait())
		}
		work.Go(func() error {
			n, err := makeSome(ctx, d, program, some)
			total.Add(int64(n))
			return err
		})
		if len(some) < perChunk {
			break
		}
		after = some[len(some)-1]
	}
	if err := work.Wait(); err != nil || total.Load() == 0 {
		return int(total.Load()), err
	}
	return int(total.Load()), RefreshBenchmarks(ctx, d, program)
}

// due are creators after one whose reports are missing or out of date.
func due(ctx context.Context, d *db.DB, program programs.ID, after creators.ID) (some []creators.ID, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		s, err := settingsOf(ctx, tx, program)
		if err != nil {
			return err
		}
		some, err = db.All(ctx, tx, db.Column[creators.ID], `select p.creator_id from partnerships p join creators c on c.id = p.creator_id
			left join vetting_reports v on v.program_id = p.program_id and v.creator_id = p.creator_id
			where p.program_id = $1 and p.creator_id > $2 and `+candidates+` and exists (select 1 from profiles f where f.creator_id = c.id)
			and (v.made_at is null or v.made_at < c.updated_at or v.made_at < $3 or v.made_at < $4) order by p.creator_id limit $5`,
			program, after, db.Micros(tx.Now().Add(-stale)), db.Micros(s.Changed), perChunk)
		if err != nil {
			return fmt.Errorf("cannot find out whose check-ups are due: %w", err)
		}
		return nil
	})
	return some, err
}

// RefreshBenchmarks computes a program's own benchmarks from its reports.
func RefreshBenchmarks(ctx context.Context, d *db.DB, program programs.ID) error {
	var own []benchmarks.Benchmark
	if err := d.View(ctx, func(tx *db.Tx) error {
		p, err := programs.Find(ctx, tx, program)
		if err != nil {
			return err
		}
		all, err := figures(ctx, tx, program)
		own = benchmarks.Own(all, p.Name, tx.Now())
		return err
	}); err != nil {
		return err
	}
	return d.Update(ctx, func(tx *db.Tx) error { return benchmarks.SetOwn(ctx, tx, program, own) })
}

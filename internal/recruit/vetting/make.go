package vetting

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"sync"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/benchmarks"
	"rapport/internal/recruit/creators"
)

// ground is what all reports of a program stand on.
type ground struct {
	program    programs.ID
	now        time.Time
	wanted     []Slice
	words      *Words
	ours       *Ours
	exclusive  []Exclusivity
	benchmarks benchmarks.Table
	norms      *norms
	derived    bool
}

// derivedTerms are YouTube's derived-metrics terms in the table of terms that the operator accepted.
const derivedTerms = "youtube_derived_metrics"

func groundOf(ctx context.Context, tx *db.Tx, program programs.ID) (g ground, err error) {
	g = ground{program: program, now: tx.Now()}
	lists, err := Lists(ctx, tx, program)
	if err != nil {
		return g, err
	}
	g.words, g.exclusive = Compile(lists), exclusivities(lists, g.now)
	if g.ours, err = oursOf(ctx, tx, program); err != nil {
		return g, err
	}
	if g.wanted, err = Wanted(ctx, tx, program); err != nil {
		return g, err
	}
	if g.benchmarks, err = benchmarks.All(ctx, tx, program); err != nil {
		return g, err
	}
	g.norms = &norms{table: g.benchmarks}
	if _, g.derived, err = db.One(ctx, tx, db.Column[string], `select terms from platform_terms where terms = $1`, derivedTerms); err != nil {
		return g, fmt.Errorf("cannot read which terms were accepted: %w", err)
	}
	return g, nil
}

// inputs reads what is known of creators' main accounts. Creators without an account have no report.
func (g ground) inputs(ctx context.Context, tx *db.Tx, ids []creators.ID) ([]Input, error) {
	found, err := creators.FindMany(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var profiles, talkative []creators.ProfileID
	for _, c := range found {
		if len(c.Profiles) > 0 {
			profiles = append(profiles, c.Main)
			if p := c.Profiles[0].Platform; p == creators.PlatformYouTube || p == creators.PlatformInstagram {
				talkative = append(talkative, c.Main) // no other platform hands out comments
			}
		}
	}
	snapshots, err := creators.SnapshotsOf(ctx, tx, profiles, "")
	if err != nil {
		return nil, err
	}
	posts, err := creators.RecentPosts(ctx, tx, profiles, postsLooked)
	if err != nil {
		return nil, err
	}
	audiences, err := creators.AudienceOf(ctx, tx, g.program, profiles)
	if err != nil {
		return nil, err
	}
	worked, err := creators.CollaborationsOf(ctx, tx, g.program, ids)
	if err != nil {
		return nil, err
	}
	comments, err := commentsOf(ctx, tx, talkative, posts)
	if err != nil {
		return nil, err
	}
	all := make([]Input, 0, len(found))
	for _, c := range found {
		if len(c.Profiles) == 0 {
			continue
		}
		in := Input{
			Now: g.now, Creator: c, Profile: c.Profiles[0], Snapshots: snapshots[c.Main], Posts: posts[c.Main], Audience: audiences[c.Main], Wanted: g.wanted,
			Words: g.words, Ours: g.ours, Exclusivities: g.exclusive, Collaborations: worked[c.ID], Benchmarks: g.benchmarks, YouTubeDerived: g.derived,
			norms: g.norms,
		}
		in.Comments = map[creators.PostID][]creators.Comment{}
		for _, p := range in.Posts[:min(commentedPosts, len(in.Posts))] {
			if len(comments[p.ID]) > 0 {
				in.Comments[p.ID] = comments[p.ID]
			}
		}
		all = append(all, in)
	}
	return all, nil
}

func commentsOf(ctx context.Context, tx *db.Tx, profiles []creators.ProfileID, posts map[creators.ProfileID][]creators.Post) (map[creators.PostID][]creators.Comment, error) {
	var ids []creators.PostID
	for _, profile := range profiles {
		for _, p := range posts[profile][:min(commentedPosts, len(posts[profile]))] {
			ids = append(ids, p.ID)
		}
	}
	return creators.Comments(ctx, tx, ids, commentsLooked)
}

// finished is a report as it is stored.
type finished struct {
	Report
	text string
}

// assess judges all inputs, on all cores: a report needs nothing of another.
func assess(inputs []Input) ([]finished, error) {
	out, errs := make([]finished, len(inputs)), make([]error, len(inputs))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(inputs)) {
		workers.Go(func() {
			for i := range next {
				r := Assess(inputs[i])
				text, err := json.Marshal(r)
				out[i], errs[i] = finished{r, string(text)}, err
			}
		})
	}
	for i := range inputs {
		next <- i
	}
	close(next)
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("cannot write a check-up down: %w", err)
		}
	}
	return out, nil
}

// The writer is shared with clicks and orders, and no write transaction may take longer than 50 ms.
const (
	savingTime = 5 * time.Millisecond // no report is begun later than this; the commit comes on top
	savingMost = 32                   // reports: on PostgreSQL statements are put off, so that a clock alone would not see them. About 200 kB
)

func keep(ctx context.Context, d *db.DB, program programs.ID, all []finished) error {
	for len(all) > 0 {
		saved := 0
		if err := d.Update(ctx, func(tx *db.Tx) (err error) {
			saved, err = saveSome(ctx, tx, program, all)
			return err
		}); err != nil {
			return err
		}
		all = all[saved:]
	}
	return nil
}

// saveSome stores at least the first of the reports and as many more as one transaction has time for.
func saveSome(ctx context.Context, tx *db.Tx, program programs.ID, all []finished) (saved int, err error) {
	for began := stopwatch(); saved < min(savingMost, len(all)) && (saved == 0 || stopwatch().Sub(began) < savingTime); saved++ {
		if err := save(ctx, tx, program, all[saved].Report, all[saved].text); err != nil {
			return saved, err
		}
	}
	return saved, nil
}

// stopwatch reads the machine's clock. It measures work; nothing that is stored depends on it.
func stopwatch() time.Time {
	return time.Now() //nolint:forbidigo // a stopwatch: the transaction's clock stands still inside a transaction
}

// Make makes the report of one creator now, and keeps it.
func Make(ctx context.Context, d *db.DB, program programs.ID, creator creators.ID) (s Stored, err error) {
	if _, err = makeSome(ctx, d, program, []creators.ID{creator}); err != nil {
		return s, err
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		var found bool
		if s, found, err = Of(ctx, tx, program, creator); err == nil && !found {
			err = errNoAccount
		}
		return err
	})
	return s, err
}

// Look returns the report that is kept, or one made now that is not kept: for readers.
func Look(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID) (s Stored, err error) {
	s, found, err := Of(ctx, tx, program, creator)
	if err != nil || found {
		return s, err
	}
	g, err := groundOf(ctx, tx, program)
	if err != nil {
		return s, err
	}
	inputs, err := g.inputs(ctx, tx, []creators.ID{creator})
	if err != nil {
		return s, err
	}
	if len(inputs) == 0 {
		return s, errNoAccount
	}
	return Stored{Report: Assess(inputs[0]), Program: program, MadeAt: tx.Now()}, nil
}

// Keep makes the report of a creator and keeps it inside the caller's transaction, unless there is one.
func Keep(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID) (Stored, error) {
	s, found, err := Of(ctx, tx, program, creator)
	if err != nil || found {
		return s, err
	}
	if s, err = Look(ctx, tx, program, creator); err != nil {
		return s, err
	}
	text, err := json.Marshal(s.Report)
	if err != nil {
		return s, fmt.Errorf("cannot write a check-up down: %w", err)
	}
	return s, save(ctx, tx, program, s.Report, string(text))
}

var errNoAccount = fault.Conflict("no_account", "There is no account to look at yet: add one of the creator's accounts.")

// makeSome makes the reports of some creators and returns how many.
func makeSome(ctx context.Context, d *db.DB, program programs.ID, ids []creators.ID) (int, error) {
	var inputs []Input
	if err := d.View(ctx, func(tx *db.Tx) error {
		g, err := groundOf(ctx, tx, program)
		if err != nil {
			return err
		}
		inputs, err = g.inputs(ctx, tx, ids)
		return err
	}); err != nil {
		return 0, err
	}
	reports, err := assess(inputs)
	if err != nil {
		return 0, err
	}
	return len(reports), keep(ctx, d, program, reports)
}

package partnerships_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

func TestAPairHasOnePartnershipHoweverManyAskAtOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for _, c := range []struct {
			status partnerships.Status
			made   int // how many are not refused
		}{{partnerships.StatusProspect, 16}, {partnerships.StatusActive, 1}} {
			creator := w.newCreator(string(c.status))
			var wg sync.WaitGroup
			var ids sync.Map
			results := make([]error, 16)
			for i := range results {
				wg.Go(func() {
					p, err := w.create(partnerships.New{Creator: creator, Status: c.status})
					if results[i] = err; err == nil {
						ids.Store(p.ID, true)
					}
				})
			}
			wg.Wait()
			made, different := 0, 0
			for _, err := range results {
				if err == nil {
					made++
				} else if f, _ := fault.As(err); f == nil || f.Code != "partnership_exists" || f.Field != "creator_id" {
					t.Error(err)
				}
			}
			ids.Range(func(any, any) bool { different++; return true })
			if rows := len(w.listed(partnerships.Filter{Program: w.program, Creator: creator})); made != c.made || different != 1 || rows != 1 {
				t.Errorf("%s: %d succeeded with %d ids and %d rows", c.status, made, different, rows)
			}
		}
	})
}

func TestConcurrentMovesFollowOneAnother(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := w.partner("zoe", partnerships.StatusActive)
		var wg sync.WaitGroup
		results := make([]error, 8) // four end it, four pause it: what has ended cannot be paused
		for i := range results {
			wg.Go(func() {
				results[i] = w.setStatus(p.ID, []partnerships.Status{partnerships.StatusEnded, partnerships.StatusPaused}[i%2])
			})
		}
		wg.Wait()
		for i := 0; i < len(results); i += 2 {
			if results[i] != nil {
				t.Errorf("it could not be ended: %v", results[i])
			}
		}
		if now, err := w.find(p.ID); err != nil || now.Status != partnerships.StatusEnded {
			t.Errorf("it is %s, %v", now.Status, err)
		}
		ends := slices.DeleteFunc(w.timeline(p.ID), func(line string) bool { return !strings.HasSuffix(line, "→ ended") })
		if len(ends) != 1 {
			t.Errorf("it ended %d times: %v", len(ends), ends)
		}
	})
}

func TestAskingAgainGoesOnWithThePartnershipThereIs(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := w.partner("zoe", partnerships.StatusApplied)
		for _, c := range []struct{ asked, want partnerships.Status }{
			{partnerships.StatusProspect, partnerships.StatusApplied}, // an open one is a prospect already
			{partnerships.StatusNegotiating, partnerships.StatusNegotiating},
			{partnerships.StatusActive, partnerships.StatusActive},
		} {
			got, err := w.create(partnerships.New{Creator: p.Creator, Status: c.asked})
			if err != nil || got.ID != p.ID || got.Status != c.want {
				t.Errorf("asked for %s: %+v, %v", c.asked, got, err)
			}
		}
		_, err := w.create(partnerships.New{Creator: p.Creator, Status: partnerships.StatusActive})
		wrong(t, err, fault.KindConflict, "creator_id")
		if err := w.setStatus(p.ID, partnerships.StatusEnded); err != nil {
			t.Fatal(err)
		}
		_, err = w.create(partnerships.New{Creator: p.Creator})
		wrong(t, err, fault.KindConflict, "status")
		if got, err := w.create(partnerships.New{Creator: p.Creator, Status: partnerships.StatusActive}); err != nil || got.ID != p.ID {
			t.Errorf("a former partner could not come back: %v", err)
		}
		want := []string{"status: ended → active", "status: active → ended", "status: negotiating → active", "status: applied → negotiating", "created: applied"}
		if diff := cmp.Diff(want, w.timeline(p.ID)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]partnerships.Status{"applied", "negotiating", "active", "ended", "active"}, w.told()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAPartnershipIsRefusedByTheFieldThatIsWrong(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		creator := w.newCreator("zoe")
		var foreign partnerships.Group
		w.must(func(ctx context.Context, tx *db.Tx) (err error) {
			foreign, err = partnerships.CreateGroup(ctx, tx, partnerships.NewGroup{Program: w.newProgramIn(ctx, tx), Name: "VIP"})
			return err
		})
		for _, c := range []struct {
			new   partnerships.New
			kind  fault.Kind
			field string
		}{
			{partnerships.New{Program: "prg_none", Creator: creator}, fault.KindNotFound, "program_id"},
			{partnerships.New{Creator: "cre_none"}, fault.KindNotFound, "creator_id"},
			{partnerships.New{Creator: creator, Group: "grp_none"}, fault.KindNotFound, "group_id"},
			{partnerships.New{Creator: creator, Group: foreign.ID}, fault.KindNotFound, "group_id"},
			{partnerships.New{Creator: creator, Status: "asleep"}, fault.KindInvalid, "status"},
			{partnerships.New{Creator: creator, Status: partnerships.StatusEnded}, fault.KindInvalid, "status"},
		} {
			_, err := w.create(c.new)
			wrong(t, err, c.kind, c.field)
		}
		if n := len(w.listed(partnerships.Filter{Everywhere: true})); n != 0 {
			t.Errorf("%d rows were left behind", n)
		}
	})
}

func (w world) newProgramIn(ctx context.Context, tx *db.Tx) programs.ID {
	p, err := programs.Create(ctx, tx, programs.New{Name: "Other", Currency: "EUR"})
	if err != nil {
		w.Error(err)
	}
	return p.ID
}

func TestEveryChangeIsToldWithItsActor(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := w.partner("zoe", partnerships.StatusActive)
		ctx := auth.With(t.Context(), auth.Principal{Kind: auth.KindMerchant, Name: "Anna"})
		err := d.Update(ctx, func(tx *db.Tx) error {
			vip, err := partnerships.CreateGroup(ctx, tx, partnerships.NewGroup{Program: w.program, Name: "VIP"})
			if err != nil {
				return err
			}
			for _, change := range []func() (partnerships.Partnership, error){
				func() (partnerships.Partnership, error) { return partnerships.SetGroup(ctx, tx, p.ID, vip.ID) },
				func() (partnerships.Partnership, error) {
					return partnerships.SetTerms(ctx, tx, p.ID, percent(t, "20"))
				},
				func() (partnerships.Partnership, error) {
					return partnerships.SetNote(ctx, tx, p.ID, " calls\r\nback ")
				},
				func() (partnerships.Partnership, error) {
					return partnerships.SetStatus(ctx, tx, p.ID, partnerships.StatusActive)
				}, // nothing changes
			} {
				if p, err = change(); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"note: ", "terms: 20 %", "group: VIP", "created: active"}, w.timeline(p.ID)); diff != "" {
			t.Error(diff)
		}
		if n := len(w.told()); n != 4 {
			t.Errorf("%d events, want 4", n)
		}
		stored, err := w.find(p.ID)
		if diff := cmp.Diff(p, stored); err != nil || diff != "" || stored.Note != "calls\nback" {
			t.Error("what is stored differs", diff, err)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			events, next, err := partnerships.Timeline(ctx, tx, p.ID, db.Page{Limit: 1})
			if len(events) != 1 || events[0].Actor != "Anna" || next == "" {
				t.Errorf("%+v, %q", events, next)
			}
			return err
		})
		err = w.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := partnerships.SetNote(ctx, tx, p.ID, strings.Repeat("x", 2001))
			return err
		})
		wrong(t, err, fault.KindInvalid, "note")
		wrong(t, w.setStatus("par_none", partnerships.StatusEnded), fault.KindNotFound, "")
	})
}

func TestAListIsCutToTheCallersPrograms(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		other := w.newProgram("USD")
		zoe, ann, bob := w.partner("Zoë Đặng", "active"), w.partner("ann_50%", "applied"), w.partner("bob", "active")
		foreign, err := w.create(partnerships.New{Program: other, Creator: zoe.Creator, Status: "active"})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name   string
			filter partnerships.Filter
			want   []partnerships.ID
		}{
			{"nobody", partnerships.Filter{}, nil},
			{"no programs", partnerships.Filter{Programs: []programs.ID{}}, nil},
			{"no programs, one asked", partnerships.Filter{Programs: []programs.ID{}, Program: w.program}, nil},
			{"another's program", partnerships.Filter{Programs: []programs.ID{other}, Program: w.program}, nil},
			{"everywhere", partnerships.Filter{Everywhere: true}, []partnerships.ID{zoe.ID, ann.ID, bob.ID, foreign.ID}},
			{"two programs", partnerships.Filter{Programs: []programs.ID{w.program, other}, Creator: zoe.Creator}, []partnerships.ID{zoe.ID, foreign.ID}},
			{"a creator, cut", partnerships.Filter{Programs: []programs.ID{other}, Creator: zoe.Creator}, []partnerships.ID{foreign.ID}},
			{"status", partnerships.Filter{Program: w.program, Status: "applied"}, []partnerships.ID{ann.ID}},
			{"statuses", partnerships.Filter{Program: w.program, Statuses: []partnerships.Status{"applied", "active"}}, []partnerships.ID{zoe.ID, ann.ID, bob.ID}},
			{"a name without its marks", partnerships.Filter{Program: w.program, Query: "DANG zoe"}, []partnerships.ID{zoe.ID}},
			{"a sign of like", partnerships.Filter{Program: w.program, Query: "50%"}, []partnerships.ID{ann.ID}},
			{"no pattern", partnerships.Filter{Program: w.program, Query: "b%b"}, nil},
			{"a handle", partnerships.Filter{Program: w.program, Query: "@bob\x00"}, []partnerships.ID{bob.ID}},
		} {
			if diff := cmp.Diff(c.want, w.listed(c.filter)); diff != "" {
				t.Error(c.name, diff)
			}
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			counts, err := partnerships.Count(ctx, tx, partnerships.Filter{Program: w.program})
			if diff := cmp.Diff(map[partnerships.Status]int{"active": 2, "applied": 1}, counts); diff != "" {
				t.Error(diff)
			}
			return err
		})
		err = w.update(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := partnerships.List(ctx, tx, partnerships.Filter{Program: w.program, Query: strings.Repeat("x", 201)}, db.Page{})
			return err
		})
		wrong(t, err, fault.KindInvalid, "q")
	})
}

func TestAnImportedProspectIsUnseenUntilItsImportIsVisible(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.newImport("imp_1", "reading")
		quiet, taken, asked := w.newCreator("quiet"), w.newCreator("taken"), w.newCreator("asked")
		for _, first := range []bool{true, false} { // a repeated row changes nothing
			for _, creator := range []creators.ID{quiet, taken, asked} {
				if w.prospect(creator, "imp_1") != first {
					t.Error("a repeated row made another prospect, or the first one none")
				}
			}
		}
		if n := len(w.listed(partnerships.Filter{Everywhere: true})); n != 0 {
			t.Fatalf("%d hidden rows are listed", n)
		}
		dbtest.Clock(d).Advance(time.Hour)
		p, err := w.create(partnerships.New{Creator: asked, Status: partnerships.StatusContacted}) // somebody asks before the import is seen
		if err != nil || !p.CreatedAt.Equal(dbtest.Start.Add(time.Hour)) || len(w.listed(partnerships.Filter{Everywhere: true})) != 1 {
			t.Errorf("%+v, %v", p, err)
		}
		w.setImport("imp_1", "visible")
		if n := len(w.listed(partnerships.Filter{Everywhere: true})); n != 3 {
			t.Errorf("%d of 3 are listed", n)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			p, err := partnerships.Of(ctx, tx, w.program, taken)
			if err != nil {
				return err
			}
			_, err = partnerships.SetStatus(ctx, tx, p.ID, partnerships.StatusContacted)
			return err
		})
		w.setImport("imp_1", "undone")
		if diff := cmp.Diff(2, len(w.listed(partnerships.Filter{Everywhere: true}))); diff != "" {
			t.Error("what was touched belongs to no import", diff)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			for _, want := range []int64{1, 0} {
				if gone, err := partnerships.RemoveProspects(ctx, tx, "imp_1", 10); gone != want || err != nil {
					t.Errorf("%d were removed, want the untouched one, once: %v", gone, err)
				}
			}
			return nil
		})
		if diff := cmp.Diff([]partnerships.Status{"contacted", "contacted"}, w.told()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAProspectMadeByHandIsToldOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		creator := w.newCreator("zoe")
		if !w.prospect(creator, "") || w.prospect(creator, "") || w.prospect(w.partner("ann", "active").Creator, "") {
			t.Error("made is wrong")
		}
		if diff := cmp.Diff([]partnerships.Status{"prospect", "active"}, w.told()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestLookUps(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		zoe, ann := w.partner("zoe", "active"), w.partner("ann", "applied")
		other, err := w.create(partnerships.New{Program: w.newProgram("USD"), Creator: zoe.Creator})
		if err != nil {
			t.Fatal(err)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			many := make([]partnerships.ID, 1200)
			for i := range many {
				many[i] = "par_none"
			}
			many[0], many[1199] = zoe.ID, ann.ID
			found, err := partnerships.FindMany(ctx, tx, many)
			if diff := cmp.Diff(map[partnerships.ID]partnerships.Partnership{zoe.ID: zoe, ann.ID: ann}, found); err != nil || diff != "" {
				t.Error(diff, err)
			}
			all, err := partnerships.ListByCreator(ctx, tx, zoe.Creator)
			if diff := cmp.Diff([]partnerships.Partnership{zoe, other}, all); err != nil || diff != "" {
				t.Error(diff, err)
			}
			_, err = partnerships.Of(ctx, tx, other.Program, ann.Creator)
			wrong(t, err, fault.KindNotFound, "")
			return nil
		})
	})
}

package content_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/content"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

type world struct {
	*testing.T
	d *db.DB
}

func (w world) update(f func(ctx context.Context, tx *db.Tx) error) error {
	return w.d.Update(w.Context(), func(tx *db.Tx) error { return f(w.Context(), tx) })
}

func (w world) must(f func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	if err := w.update(f); err != nil {
		w.Fatal(err)
	}
}

func (w world) newProgram() (program programs.ID) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		p, err := programs.Create(ctx, tx, programs.New{Name: "Acme", Currency: "EUR"})
		program = p.ID
		return err
	})
	return program
}

func (w world) partner(program programs.ID, status partnerships.Status) (p partnerships.Partnership) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		c, err := creators.Create(ctx, tx, creators.New{Name: "Zoe"})
		if err != nil {
			return err
		}
		p, err = partnerships.Create(ctx, tx, partnerships.New{Program: program, Creator: c.ID, Status: status})
		return err
	})
	return p
}

func (w world) create(n content.New) (c content.Campaign, err error) {
	err = w.update(func(ctx context.Context, tx *db.Tx) error {
		c, err = content.Create(ctx, tx, n)
		return err
	})
	return c, err
}

func (w world) campaign(program programs.ID, name string) content.Campaign {
	w.Helper()
	c, err := w.create(content.New{Program: program, Name: name})
	if err != nil {
		w.Fatal(err)
	}
	return c
}

func (w world) change(c content.CampaignID, change content.Change) error {
	return w.update(func(ctx context.Context, tx *db.Tx) error {
		_, err := content.Update(ctx, tx, c, change)
		return err
	})
}

func (w world) invite(c content.CampaignID, ids ...partnerships.ID) (tasks []content.Task, err error) {
	err = w.update(func(ctx context.Context, tx *db.Tx) error {
		tasks, err = content.Invite(ctx, tx, c, content.Invitation{Partnerships: ids})
		return err
	})
	return tasks, err
}

func (w world) task(c content.CampaignID, p partnerships.ID) content.Task {
	w.Helper()
	tasks, err := w.invite(c, p)
	if err != nil {
		w.Fatal(err)
	}
	return tasks[0]
}

func wrong(t *testing.T, err error, kind fault.Kind, field string) {
	t.Helper()
	if f, ok := fault.As(err); !ok || f.Kind != kind || f.Field != field {
		t.Errorf("got %v, want a fault of kind %d in %q", err, kind, field)
	}
}

func TestATaskMovesOnlyAlongItsPath(t *testing.T) {
	all := []content.TaskStatus{content.TaskOpen, content.TaskPosted, content.TaskChanges, content.TaskAccepted}
	allowed := map[content.TaskStatus]string{ // open posted changes accepted
		content.TaskOpen: ".p..", content.TaskPosted: ".pca", content.TaskChanges: ".p..", content.TaskAccepted: "....",
	}
	for _, from := range all {
		for i, to := range all {
			if err := content.Move(from, to); (err == nil) != (allowed[from][i] != '.') {
				t.Errorf("%s to %s: %v", from, to, err)
			}
		}
	}
	wrong(t, content.Move(content.TaskOpen, "lost"), fault.KindInvalid, "status")
}

func TestATaskGoesFromInvitationToAcceptance(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program := w.newProgram()
		task := w.task(w.campaign(program, "Spring").ID, w.partner(program, "active").ID)
		var told []content.TaskStatus
		for _, step := range []struct {
			do     func(ctx context.Context, tx *db.Tx) (content.Task, error)
			want   content.TaskStatus
			url    string
			note   string
			refuse bool
		}{
			{do: func(ctx context.Context, tx *db.Tx) (content.Task, error) { return content.Accept(ctx, tx, task.ID) }, refuse: true},
			{do: func(ctx context.Context, tx *db.Tx) (content.Task, error) {
				return content.Post(ctx, tx, task.ID, " https://www.tiktok.com/@zoe/video/1 ")
			}, want: content.TaskPosted, url: "https://www.tiktok.com/@zoe/video/1"},
			{do: func(ctx context.Context, tx *db.Tx) (content.Task, error) {
				return content.AskChanges(ctx, tx, task.ID, "Say that it is an advertisement.")
			}, want: content.TaskChanges, url: "https://www.tiktok.com/@zoe/video/1", note: "Say that it is an advertisement."},
			{do: func(ctx context.Context, tx *db.Tx) (content.Task, error) { return content.Accept(ctx, tx, task.ID) }, refuse: true},
			{do: func(ctx context.Context, tx *db.Tx) (content.Task, error) {
				return content.Post(ctx, tx, task.ID, "https://www.tiktok.com/@zoe/video/2")
			}, want: content.TaskPosted, url: "https://www.tiktok.com/@zoe/video/2", note: "Say that it is an advertisement."},
			{
				do:   func(ctx context.Context, tx *db.Tx) (content.Task, error) { return content.Accept(ctx, tx, task.ID) },
				want: content.TaskAccepted, url: "https://www.tiktok.com/@zoe/video/2", note: "Say that it is an advertisement.",
			},
			{do: func(ctx context.Context, tx *db.Tx) (content.Task, error) {
				return content.Post(ctx, tx, task.ID, "https://www.tiktok.com/@zoe/video/3")
			}, refuse: true},
		} {
			dbtest.Clock(d).Advance(time.Hour)
			err := w.update(func(ctx context.Context, tx *db.Tx) error {
				got, err := step.do(ctx, tx)
				if err != nil {
					return err
				}
				stored, err := content.FindTask(ctx, tx, task.ID)
				if diff := cmp.Diff(got, stored); diff != "" || got.Status != step.want || got.URL != step.url || got.Note != step.note {
					t.Errorf("%+v: %s", got, diff)
				}
				return err
			})
			if step.refuse {
				wrong(t, err, fault.KindConflict, "status")
			} else if err != nil {
				t.Error(err)
			}
		}
		consumer := db.Consumer{Name: "test", Topics: []string{content.TopicTask}, Handle: func(_ context.Context, _ *db.Tx, e db.Event) error {
			var c content.TaskChanged
			err := e.Decode(&c)
			told = append(told, c.Status)
			return err
		}}
		if err := d.DrainOutbox(t.Context(), consumer); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]content.TaskStatus{"open", "posted", "changes", "posted", "accepted"}, told); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAnInvitationRepeatedOrRacingMakesOneTask(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program := w.newProgram()
		c, a, b := w.campaign(program, "Spring"), w.partner(program, "active"), w.partner(program, "agreed")
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				ids := []partnerships.ID{a.ID, b.ID, a.ID}
				if i%2 == 1 {
					ids = []partnerships.ID{b.ID, a.ID, b.ID}
				}
				tasks, err := w.invite(c.ID, ids...)
				if err != nil || tasks[0].ID != tasks[2].ID || tasks[0].Partnership != ids[0] || tasks[1].Partnership != ids[1] {
					t.Errorf("%+v, %v", tasks, err)
				}
			})
		}
		wg.Wait()
		w.must(func(ctx context.Context, tx *db.Tx) error {
			progress, err := content.Progress(ctx, tx, []content.CampaignID{c.ID})
			if diff := cmp.Diff(map[content.CampaignID]map[content.TaskStatus]int{c.ID: {content.TaskOpen: 2}}, progress); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

func TestOnlyPartnersOfTheProgramAreInvitedIntoAnOpenCampaign(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program := w.newProgram()
		c, partner := w.campaign(program, "Spring"), w.partner(program, "active")
		foreign, prospect := w.partner(w.newProgram(), "active"), w.partner(program, "prospect")
		for _, asked := range []struct {
			ids   []partnerships.ID
			kind  fault.Kind
			field string
		}{
			{nil, fault.KindInvalid, "partnership_ids"},
			{make([]partnerships.ID, 201), fault.KindInvalid, "partnership_ids"},
			{[]partnerships.ID{partner.ID, foreign.ID}, fault.KindNotFound, "partnership_ids[1]"},
			{[]partnerships.ID{"par_none"}, fault.KindNotFound, "partnership_ids[0]"},
			{[]partnerships.ID{partner.ID, prospect.ID}, fault.KindConflict, "partnership_ids[1]"},
		} {
			_, err := w.invite(c.ID, asked.ids...)
			wrong(t, err, asked.kind, asked.field)
		}
		_, err := w.invite("cmp_none", partner.ID)
		wrong(t, err, fault.KindNotFound, "")
		err = w.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := content.Invite(ctx, tx, c.ID, content.Invitation{Partnerships: []partnerships.ID{partner.ID}, DueAt: time.Date(20260, 1, 1, 0, 0, 0, 0, time.UTC)})
			return err
		})
		wrong(t, err, fault.KindInvalid, "due_at")
		if err := w.change(c.ID, content.Change{Status: new(content.CampaignEnded)}); err != nil {
			t.Fatal(err)
		}
		_, err = w.invite(c.ID, partner.ID)
		wrong(t, err, fault.KindConflict, "")
		w.must(func(ctx context.Context, tx *db.Tx) error {
			tasks, _, err := content.ListTasks(ctx, tx, content.TaskFilter{Of: partnerships.Filter{Everywhere: true}}, db.Page{})
			if len(tasks) != 0 {
				t.Errorf("left behind: %+v", tasks)
			}
			return err
		})
	})
}

func TestACampaignIsStoredAsItWasSaid(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program := w.newProgram()
		start := dbtest.Start.Add(1500 * time.Nanosecond)
		made, err := w.create(content.New{Program: program, Name: " Spring  sale ", Brief: "Shoes.\r\nRain.", StartsAt: start, EndsAt: start.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		want := content.Campaign{
			ID: made.ID, Program: program, Name: "Spring sale", Brief: "Shoes.\nRain.", Status: content.CampaignOpen, CreatedAt: dbtest.Start,
			StartsAt: dbtest.Start.Add(time.Microsecond), EndsAt: dbtest.Start.Add(time.Hour + time.Microsecond), UpdatedAt: dbtest.Start,
		}
		find := func() (c content.Campaign) {
			w.must(func(ctx context.Context, tx *db.Tx) (err error) { c, err = content.Find(ctx, tx, made.ID); return err })
			return c
		}
		if diff := cmp.Diff(want, made) + cmp.Diff(want, find()); diff != "" {
			t.Error(diff)
		}
		dbtest.Clock(d).Advance(time.Hour)
		if err := w.change(made.ID, content.Change{Name: new("Summer"), EndsAt: new(time.Time{})}); err != nil {
			t.Fatal(err)
		}
		want.Name, want.EndsAt, want.UpdatedAt = "Summer", time.Time{}, dbtest.Start.Add(time.Hour)
		if diff := cmp.Diff(want, find()); diff != "" {
			t.Error(diff)
		}
		for _, c := range []struct {
			change content.Change
			field  string
		}{
			{content.Change{Name: new(" ")}, "name"},
			{content.Change{Name: new(strings.Repeat("x", 121))}, "name"},
			{content.Change{Brief: new("a\x00")}, "brief"},
			{content.Change{Status: new(content.CampaignStatus("asleep"))}, "status"},
			{content.Change{EndsAt: new(start.Add(-time.Hour))}, "ends_at"},
			{content.Change{StartsAt: new(start.AddDate(500, 0, 0))}, "starts_at"},
		} {
			wrong(t, w.change(made.ID, c.change), fault.KindInvalid, c.field)
		}
		if diff := cmp.Diff(want, find()); diff != "" {
			t.Error("a refused change left something behind", diff)
		}
		wrong(t, w.change("cmp_none", content.Change{}), fault.KindNotFound, "")
		_, err = w.create(content.New{Program: "prg_none", Name: "x"})
		wrong(t, err, fault.KindNotFound, "program_id")
	})
}

func TestListsAreCutToWhoAsks(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program, other := w.newProgram(), w.newProgram()
		spring, summer, foreign := w.campaign(program, "Spring"), w.campaign(program, "Summer"), w.campaign(other, "Foreign")
		zoe, ann, stranger := w.partner(program, "active"), w.partner(program, "active"), w.partner(other, "active")
		zoes, anns, zoes2, theirs := w.task(spring.ID, zoe.ID), w.task(spring.ID, ann.ID), w.task(summer.ID, zoe.ID), w.task(foreign.ID, stranger.ID)
		w.must(func(ctx context.Context, tx *db.Tx) error {
			_, err := content.Post(ctx, tx, anns.ID, "https://blog.example/shoes")
			return err
		})
		if err := w.change(summer.ID, content.Change{Status: new(content.CampaignEnded)}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name   string
			filter content.Filter
			want   []content.CampaignID
		}{
			{"nobody", content.Filter{}, nil},
			{"no programs, one asked", content.Filter{Programs: []programs.ID{}, Program: program}, nil},
			{"a foreign one asked", content.Filter{Programs: []programs.ID{other}, Program: program}, nil},
			{"one program", content.Filter{Program: program}, []content.CampaignID{summer.ID, spring.ID}},
			{"several", content.Filter{Programs: []programs.ID{program, other}}, []content.CampaignID{foreign.ID, summer.ID, spring.ID}},
			{"everywhere, open", content.Filter{Everywhere: true, Status: content.CampaignOpen}, []content.CampaignID{foreign.ID, spring.ID}},
		} {
			var got []content.CampaignID
			w.must(func(ctx context.Context, tx *db.Tx) error {
				return pages(func(page db.Page) (string, error) {
					items, next, err := content.List(ctx, tx, c.filter, page)
					for _, one := range items {
						got = append(got, one.ID)
					}
					return next, err
				})
			})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(c.name, diff)
			}
		}
		ours := partnerships.Filter{Programs: []programs.ID{program}}
		for _, c := range []struct {
			name   string
			filter content.TaskFilter
			want   []content.TaskID
		}{
			{"nobody", content.TaskFilter{}, nil},
			{"one program", content.TaskFilter{Of: ours}, []content.TaskID{zoes2.ID, anns.ID, zoes.ID}},
			{"another's partnership", content.TaskFilter{Of: ours, Partnership: stranger.ID}, nil},
			{"a campaign", content.TaskFilter{Of: ours, Campaign: spring.ID}, []content.TaskID{anns.ID, zoes.ID}},
			{"to look at", content.TaskFilter{Of: ours, Statuses: []content.TaskStatus{content.TaskPosted}}, []content.TaskID{anns.ID}},
			{"a creator's own", content.TaskFilter{Of: partnerships.Filter{Everywhere: true, Creator: zoe.Creator}}, []content.TaskID{zoes2.ID, zoes.ID}},
			{"everywhere", content.TaskFilter{Of: partnerships.Filter{Everywhere: true}}, []content.TaskID{theirs.ID, zoes2.ID, anns.ID, zoes.ID}},
		} {
			var got []content.TaskID
			w.must(func(ctx context.Context, tx *db.Tx) error {
				counts, err := content.CountTasks(ctx, tx, c.filter)
				if n := counts[content.TaskOpen] + counts[content.TaskPosted]; err != nil || n != len(c.want) {
					t.Errorf("%s: %d are counted, %v", c.name, n, err)
				}
				return pages(func(page db.Page) (string, error) {
					items, next, err := content.ListTasks(ctx, tx, c.filter, page)
					for _, one := range items {
						got = append(got, one.ID)
					}
					return next, err
				})
			})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(c.name, diff)
			}
		}
	})
}

// pages walks a list in pages of one.
func pages(list func(db.Page) (string, error)) error {
	for page := (db.Page{Limit: 1}); ; {
		next, err := list(page)
		if err != nil || next == "" {
			return err
		}
		page.After = next
	}
}

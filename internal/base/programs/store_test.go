package programs_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
)

func create(t *testing.T, d *db.DB, n programs.New) (p programs.Program) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *db.Tx) (err error) {
		p, err = programs.Create(t.Context(), tx, n)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func find(t *testing.T, d *db.DB, program programs.ID) (p programs.Program) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		p, err = programs.Find(t.Context(), tx, program)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return p
}

func update(t *testing.T, d *db.DB, program programs.ID, c programs.Change) (p programs.Program, err error) {
	t.Helper()
	err = d.Update(t.Context(), func(tx *db.Tx) (err error) {
		p, err = programs.Update(t.Context(), tx, program, c)
		return err
	})
	return p, err
}

func TestANameAndACurrencyAreEnough(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		p := create(t, d, programs.New{Name: " Acme ", Currency: "EUR", Sites: []string{"https://Acme.example/x", "acme.example"}})
		want := programs.Program{
			ID: p.ID, Name: "Acme", Currency: "EUR", Timezone: "UTC", Colour: "#1f6feb", Sites: []string{"acme.example"},
			Attribution: programs.Attribution{Model: programs.ModelLastTouch, WindowDays: 30, Prefer: programs.PreferCode},
			HoldDays:    30, PayoutSchedule: programs.ScheduleManual, PayoutMinimum: money.Zero("EUR"), ClickParameter: "rp_click",
			CreatedAt: dbtest.Start, UpdatedAt: dbtest.Start,
		}
		if !id.Valid("prg", string(p.ID)) {
			t.Errorf("the id is %q", p.ID)
		}
		if diff := cmp.Diff(want, p); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want, find(t, d, p.ID)); diff != "" {
			t.Error("what is stored differs", diff)
		}
	})
}

func TestEveryFaultOfAProgramIsToldAtOnceByItsField(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := programs.Create(t.Context(), tx, programs.New{
				Name: "a\nb", Currency: "eur", Timezone: "Local", Colour: "red", LogoBlob: "x", Sites: []string{"ok.example", "10.0.0.1"},
				Attribution: programs.Attribution{Model: "linear", WindowDays: -1, Prefer: "luck"}, HoldDays: new(366), PayoutSchedule: "daily",
				PayoutMinimum: money.Amount{Minor: -1, Currency: "eur"}, ClickParameter: "1&",
			})
			return err
		})
		want := []string{"sites[1]", "name", "currency", "timezone", "colour", "logo_blob", "attribution.model", "attribution.window_days",
			"attribution.prefer", "hold_days", "payout_schedule", "payout_minimum.amount", "click_parameter"}
		if diff := cmp.Diff(want, fields(err)); diff != "" {
			t.Error(diff)
		}
		if n := len(list(t, d, nil)); n != 0 {
			t.Errorf("%d programs were left behind", n)
		}
	})
}

func fields(err error) (all []string) {
	f, ok := fault.As(err)
	if !ok {
		return nil
	}
	all = append(all, f.Field)
	for _, o := range f.Others {
		all = append(all, o.Field)
	}
	return all
}

func TestBoundsOfAProgram(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	p := create(t, d, programs.New{Name: "Acme", Currency: "JPY"})
	many := make([]string, programs.MaxSites+1)
	for i := range many {
		many[i] = "shop.example"
	}
	cases := map[string]struct {
		change programs.Change
		field  string // empty: taken
	}{
		"no name":         {programs.Change{Name: new(" ")}, "name"},
		"long name":       {programs.Change{Name: new(strings.Repeat("ü", 101))}, "name"},
		"longest name":    {programs.Change{Name: new(strings.Repeat("ü", 100))}, ""},
		"foreign minimum": {programs.Change{PayoutMinimum: &money.Amount{Minor: 1, Currency: "EUR"}}, "payout_minimum.currency"},
		"minimum":         {programs.Change{PayoutMinimum: &money.Amount{Minor: 2500, Currency: "JPY"}}, ""},
		"no hold":         {programs.Change{HoldDays: new(0)}, ""},
		"endless window":  {programs.Change{Attribution: programs.AttributionChange{WindowDays: new(366)}}, "attribution.window_days"},
		"many sites":      {programs.Change{Sites: &many}, "sites"},
		"zone outside":    {programs.Change{Timezone: new("../etc/passwd")}, "timezone"},
		"colour folded":   {programs.Change{Colour: new("#ABCDEF")}, ""},
		"a picture":       {programs.Change{LogoBlob: new(id.New("blb", dbtest.Start))}, ""},
		"zone":            {programs.Change{Timezone: new("Europe/Berlin")}, ""},
	}
	for name, c := range cases {
		_, err := update(t, d, p.ID, c.change)
		if got := strings.Join(fields(err), " "); got != c.field {
			t.Errorf("%s: got a fault in %q (%v), want one in %q", name, got, err, c.field)
		}
	}
	after := find(t, d, p.ID)
	if after.HoldDays != 0 || after.PayoutMinimum.String() != "2500" || after.Colour != "#abcdef" || after.Location().String() != "Europe/Berlin" || after.LogoBlob == "" {
		t.Errorf("got %+v", after)
	}
}

func TestAChangeLeavesTheRestAndDatesItself(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		before := create(t, d, programs.New{Name: "Acme", Currency: "EUR", Sites: []string{"acme.example"}})
		dbtest.Clock(d).Advance(time.Hour)
		want := before
		want.Attribution.Model, want.UpdatedAt = programs.ModelFirstTouch, before.UpdatedAt.Add(time.Hour)
		got, err := update(t, d, before.ID, programs.Change{Attribution: programs.AttributionChange{Model: new(programs.ModelFirstTouch)}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]programs.Program{want, want}, []programs.Program{got, find(t, d, before.ID)}); diff != "" {
			t.Error(diff)
		}
		if _, err := update(t, d, "prg_none", programs.Change{}); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("an unknown program gave %v", err)
		}
	})
}

// Eight people change eight different settings at once; none may undo another's.
func TestChangesBesideEachOtherAllStay(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		p := create(t, d, programs.New{Name: "Acme", Currency: "EUR"})
		changes := []programs.Change{
			{Name: new("New")}, {Colour: new("#000000")}, {Timezone: new("Asia/Tokyo")}, {HoldDays: new(7)}, {Sites: &[]string{"new.example"}},
			{PayoutSchedule: new(programs.ScheduleWeekly)}, {ClickParameter: new("via")}, {Attribution: programs.AttributionChange{WindowDays: new(7)}},
		}
		var wg sync.WaitGroup
		for _, c := range changes {
			wg.Go(func() {
				if _, err := update(t, d, p.ID, c); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		want := p
		want.Name, want.Colour, want.Timezone, want.HoldDays, want.Sites = "New", "#000000", "Asia/Tokyo", 7, []string{"new.example"}
		want.PayoutSchedule, want.ClickParameter, want.Attribution.WindowDays = programs.ScheduleWeekly, "via", 7
		if diff := cmp.Diff(want, find(t, d, p.ID)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestMakingAndChangingAProgramIsAnEvent(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		p := create(t, d, programs.New{Name: "Acme", Currency: "EUR"})
		if _, err := update(t, d, p.ID, programs.Change{Name: new("Other")}); err != nil {
			t.Fatal(err)
		}
		var got []string
		consumer := db.Consumer{Name: "test", Topics: []string{programs.TopicChanged}, Handle: func(_ context.Context, _ *db.Tx, e db.Event) error {
			got = append(got, e.Program+" "+string(e.Payload))
			return nil
		}}
		if err := d.DrainOutbox(t.Context(), consumer); err != nil {
			t.Fatal(err)
		}
		one := string(p.ID) + ` {"program_id":"` + string(p.ID) + `"}`
		if diff := cmp.Diff([]string{one, one}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// list walks all pages of two.
func list(t *testing.T, d *db.DB, ids []programs.ID) (names []string) {
	t.Helper()
	page := db.Page{Limit: 2}
	for {
		var items []programs.Program
		if err := d.View(t.Context(), func(tx *db.Tx) (err error) {
			items, page.After, err = programs.List(t.Context(), tx, ids, page)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for _, p := range items {
			names = append(names, p.Name)
		}
		if page.After == "" {
			return names
		}
	}
}

func TestAListShowsTheNamedProgramsPageByPage(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		var ids []programs.ID
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			ids = append(ids, create(t, d, programs.New{Name: name, Currency: "EUR"}).ID)
		}
		for _, c := range []struct {
			ids  []programs.ID
			want string
		}{{nil, "abcde"}, {[]programs.ID{}, ""}, {[]programs.ID{ids[3], ids[0], ids[1]}, "abd"}, {[]programs.ID{"prg_none"}, ""}} {
			if got := strings.Join(list(t, d, c.ids), ""); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		}
	})
}

func TestAnUnknownProgramIsNotFound(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	err := d.View(t.Context(), func(tx *db.Tx) error {
		_, err := programs.Find(t.Context(), tx, "prg_none")
		return err
	})
	if f := (*fault.Error)(nil); !errors.As(err, &f) || f.Kind != fault.KindNotFound {
		t.Fatalf("got %v", err)
	}
}

package audit_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
)

var anna = auth.Principal{Kind: auth.KindMerchant, ID: "usr_anna", Name: "Anna", UserID: "usr_anna"}

func record(t *testing.T, d *db.DB, program programs.ID, subject string, before, after any, note string) {
	t.Helper()
	if err := d.Update(t.Context(), func(tx *db.Tx) error {
		return audit.Record(t.Context(), tx, anna, program, "thing.change", subject, before, after, note)
	}); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, d *db.DB, f audit.Filter, page db.Page) (items []audit.Entry, next string) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		items, next, err = audit.List(t.Context(), tx, f, page)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return items, next
}

func TestAnEntryTellsWhoDidWhatAndWhatItWas(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		record(t, d, "prg_a", "com_1", map[string]any{"status": "pending"}, map[string]any{"status": "rejected"}, "a test order")
		items, _ := list(t, d, audit.Filter{Program: "prg_a"}, db.Page{})
		want := audit.Entry{At: dbtest.Start, Program: "prg_a", ActorKind: auth.KindMerchant, ActorID: "usr_anna", ActorName: "Anna",
			Action: "thing.change", Subject: "com_1", Before: json.RawMessage(`{"status":"pending"}`), After: json.RawMessage(`{"status":"rejected"}`), Note: "a test order"}
		if len(items) != 1 {
			t.Fatalf("got %d entries", len(items))
		}
		want.ID = items[0].ID
		if diff := cmp.Diff(want, items[0]); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAnActThatFailedLeavesNoEntry(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			if err := audit.Record(t.Context(), tx, anna, "prg_a", "thing.change", "x", nil, nil, ""); err != nil {
				return err
			}
			return fault.Invalid("no")
		})
		if items, _ := list(t, d, audit.Filter{}, db.Page{}); err == nil || len(items) != 0 {
			t.Fatalf("%v and %d entries", err, len(items))
		}
	})
}

func TestTheListIsCutByProgramAndSubjectAndReadsBackwards(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for i := range 5 {
			record(t, d, "prg_a", fmt.Sprint("a", i), nil, nil, "")
			dbtest.Clock(d).Advance(time.Second)
		}
		record(t, d, "prg_b", "a1", nil, nil, "")
		for _, c := range []struct {
			filter audit.Filter
			want   string
		}{
			{audit.Filter{Program: "prg_a"}, "a4 a3 a2 a1 a0"},
			{audit.Filter{Program: "prg_a", Subject: "a1"}, "a1"},
			{audit.Filter{Subject: "a1"}, "a1 a1"},
			{audit.Filter{}, "a1 a4 a3 a2 a1 a0"},
			{audit.Filter{Program: "prg_c"}, ""},
		} {
			var got []string
			page := db.Page{Limit: 2}
			for more := true; more; more = page.After != "" {
				var items []audit.Entry
				items, page.After = list(t, d, c.filter, page)
				for _, e := range items {
					got = append(got, e.Subject)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%+v: got %q, want %q", c.filter, got, c.want)
			}
		}
	})
}

type inner struct {
	IBAN  string `json:"iban" audit:"secret"`
	Label string `json:"label"`
}

type Base struct {
	Token string `audit:"secret"`
}

type outer struct {
	Base
	Name    string                `json:"name"`
	Secret  *string               `json:"secret,omitempty" audit:"secret"`
	Many    []inner               `json:"many"`
	ByName  map[programs.ID]inner `json:"by_name"`
	ByDay   map[time.Weekday]inner
	Any     any       `json:"any"`
	At      time.Time `json:"at"`
	Large   int64     `json:"large"`
	Next    *outer    `json:"next,omitempty"`
	private string    `audit:"secret"`
}

func TestNoSecretIsEverWritten(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	hush := "hush-5"
	one := inner{"hush-1", "seen-1"}
	value := outer{
		Base: Base{"hush-2"}, Name: "seen-2", Secret: &hush, Many: []inner{one, {"hush-3", "seen-3"}}, ByName: map[programs.ID]inner{"k": one},
		ByDay: map[time.Weekday]inner{time.Monday: one}, Any: &inner{"hush-4", "seen-4"}, Large: 1<<53 + 1, private: "hush-6",
		Next: &outer{Base: Base{"hush-7"}, Any: map[string]any{"deep": []any{one}}},
	}
	record(t, d, "prg_a", "x", value, &value, "")
	items, _ := list(t, d, audit.Filter{}, db.Page{})
	for _, text := range []string{string(items[0].Before), string(items[0].After)} {
		if strings.Contains(text, "hush") {
			t.Errorf("a secret is in %s", text)
		}
		for _, seen := range []string{"seen-1", "seen-2", "seen-3", "seen-4", "9007199254740993", audit.Hidden} {
			if !strings.Contains(text, seen) {
				t.Errorf("%s is missing in %s", seen, text)
			}
		}
	}
}

func TestALargeDocumentIsToldByItsHash(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	record(t, d, "prg_a", "x", nil, strings.Repeat("a", 70_000), "")
	items, _ := list(t, d, audit.Filter{}, db.Page{})
	if after := string(items[0].After); !strings.HasPrefix(after, `{"bytes":70002,"sha256":"`) {
		t.Fatalf("got %.80s", after)
	}
}

func TestALongNoteIsRefused(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		return audit.Record(t.Context(), tx, anna, "", "a", "b", nil, nil, strings.Repeat("a", audit.MaxNote+1))
	})
	if f, ok := fault.As(err); !ok || f.Field != "note" {
		t.Fatalf("got %v", err)
	}
}

package partnerships_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/recruit/creators"
)

// world is a program with its database.
type world struct {
	*testing.T
	d       *db.DB
	program programs.ID
}

func newWorld(t *testing.T, d *db.DB) world {
	t.Helper()
	w := world{t, d, ""}
	w.program = w.newProgram("EUR")
	return w
}

func (w world) newProgram(currency money.Currency) (program programs.ID) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		p, err := programs.Create(ctx, tx, programs.New{Name: "Acme", Currency: currency, Sites: []string{"acme.example"}})
		program = p.ID
		return err
	})
	return program
}

func (w world) newCreator(name string) (creator creators.ID) {
	w.Helper()
	handle := strings.NewReplacer(" ", "", "%", "").Replace(creators.Fold(name))
	w.must(func(ctx context.Context, tx *db.Tx) error {
		c, err := creators.Create(ctx, tx, creators.New{Name: name, Profiles: []creators.NewProfile{{Platform: creators.PlatformTikTok, Handle: handle}}})
		creator = c.ID
		return err
	})
	return creator
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

func (w world) create(n partnerships.New) (p partnerships.Partnership, err error) {
	n.Program = orElse(n.Program, w.program)
	err = w.update(func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = partnerships.Create(ctx, tx, n)
		return err
	})
	return p, err
}

func orElse(v, usual programs.ID) programs.ID {
	if v == "" {
		return usual
	}
	return v
}

func (w world) partner(name string, status partnerships.Status) partnerships.Partnership {
	w.Helper()
	p, err := w.create(partnerships.New{Creator: w.newCreator(name), Status: status})
	if err != nil {
		w.Fatal(err)
	}
	return p
}

func (w world) setStatus(p partnerships.ID, to partnerships.Status) error {
	return w.update(func(ctx context.Context, tx *db.Tx) error {
		_, err := partnerships.SetStatus(ctx, tx, p, to)
		return err
	})
}

func (w world) find(p partnerships.ID) (found partnerships.Partnership, err error) {
	err = w.update(func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = partnerships.Find(ctx, tx, p)
		return err
	})
	return found, err
}

// timeline is the partnership's events, the latest first.
func (w world) timeline(p partnerships.ID) (lines []string) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		events, _, err := partnerships.Timeline(ctx, tx, p, db.Page{})
		for _, e := range events {
			lines = append(lines, fmt.Sprintf("%s: %s", e.Kind, e.Text))
		}
		return err
	})
	return lines
}

// told is the statuses of the program's events in the outbox, the oldest first.
func (w world) told() (statuses []partnerships.Status) {
	w.Helper()
	consumer := db.Consumer{Name: "test", Topics: []string{partnerships.TopicChanged}, Handle: func(_ context.Context, _ *db.Tx, e db.Event) error {
		var c partnerships.Changed
		err := e.Decode(&c)
		statuses = append(statuses, c.Status)
		return err
	}}
	if err := w.d.DrainOutbox(w.Context(), consumer); err != nil {
		w.Fatal(err)
	}
	return statuses
}

// listed is the partnerships that a filter holds, page by page of two.
func (w world) listed(f partnerships.Filter) (ids []partnerships.ID) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		for page := (db.Page{Limit: 2}); ; {
			items, next, err := partnerships.List(ctx, tx, f, page)
			if err != nil {
				return err
			}
			for _, p := range items {
				ids = append(ids, p.ID)
			}
			if next == "" {
				return nil
			}
			page.After = next
		}
	})
	return ids
}

// newImport makes an import row in a state.
func (w world) newImport(id, state string) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into imports (id, program_id, kind, source, mapping, state, rows_read, rows_taken, rows_known, rows_refused, made_by,
			lease_until, settled, created_at) values ($1, $2, 'creators', 'x.csv', '', $3, 0, 0, 0, 0, 'test', 0, '', 0)`, id, w.program, state)
		return err
	})
}

func (w world) setImport(id, state string) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update imports set state = $2 where id = $1`, id, state)
		return err
	})
}

func (w world) prospect(creator creators.ID, importID string) (made bool) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = partnerships.MakeProspect(ctx, tx, w.program, creator, importID)
		return err
	})
	return made
}

func percent(t *testing.T, value string) terms.Terms {
	t.Helper()
	c, err := terms.ParseCommission("percent", value, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return terms.Terms{Commission: &c}
}

func flat(t *testing.T, value string, currency money.Currency) terms.Terms {
	t.Helper()
	c, err := terms.ParseCommission("flat", value, currency)
	if err != nil {
		t.Fatal(err)
	}
	return terms.Terms{Commission: &c}
}

// wrong demands a fault of a kind that speaks of a field.
func wrong(t *testing.T, err error, kind fault.Kind, field string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Kind != kind || f.Field != field {
		t.Errorf("got %v, want a fault of kind %d in %q", err, kind, field)
	}
}

package outreach_test

import (
	"context"
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
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

type world struct {
	*testing.T
	d *db.DB
}

func (w world) must(f func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	if err := w.d.Update(w.Context(), func(tx *db.Tx) error { return f(w.Context(), tx) }); err != nil {
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

func (w world) newCreator(name string) (creator creators.ID) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		c, err := creators.Create(ctx, tx, creators.New{Name: name})
		creator = c.ID
		return err
	})
	return creator
}

func (w world) partner(program programs.ID, creator creators.ID, status partnerships.Status) (id partnerships.ID) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		p, err := partnerships.Create(ctx, tx, partnerships.New{Program: program, Creator: creator, Status: status})
		id = p.ID
		return err
	})
	return id
}

func (w world) send(to partnerships.ID, from outreach.Side, body string) (m outreach.Message, err error) {
	ctx := auth.With(w.Context(), auth.Principal{Name: string(from)})
	err = w.d.Update(ctx, func(tx *db.Tx) error {
		m, err = outreach.Send(ctx, tx, outreach.New{Partnership: to, From: from, Body: body})
		return err
	})
	return m, err
}

func (w world) sent(to partnerships.ID, from outreach.Side, body string) outreach.Message {
	w.Helper()
	m, err := w.send(to, from, body)
	if err != nil {
		w.Fatal(err)
	}
	return m
}

func (w world) read(p partnerships.ID, reader outreach.Side, upTo outreach.ID) (n int64) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = outreach.MarkRead(ctx, tx, p, reader, upTo)
		return err
	})
	return n
}

func (w world) unread(reader outreach.Side, f partnerships.Filter) (n int) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = outreach.Unread(ctx, tx, reader, f)
		return err
	})
	return n
}

type line struct {
	Partnership partnerships.ID
	Last        string
	Unread      int
}

// inbox is all conversations, read in pages of one.
func (w world) inbox(reader outreach.Side, f partnerships.Filter, onlyUnread bool) (lines []line) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) error {
		for page := (db.Page{Limit: 1}); ; {
			items, next, err := outreach.Inbox(ctx, tx, reader, f, onlyUnread, page)
			if err != nil {
				return err
			}
			for _, c := range items {
				lines = append(lines, line{c.Partnership, c.Last.Body, c.Unread})
			}
			if next == "" {
				return nil
			}
			page.After = next
		}
	})
	return lines
}

func TestAConversationIsReadAsItWasWritten(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		p := w.partner(w.newProgram(), w.newCreator("zoe"), partnerships.StatusActive)
		first := w.sent(p, outreach.SideBrand, " Hello\r\nZoë ")
		dbtest.Clock(d).Advance(time.Minute)
		second := w.sent(p, outreach.SideCreator, "Hi")
		if first.Body != "Hello\nZoë" || first.Author != "brand" || first.At.IsZero() || !first.ReadAt.IsZero() {
			t.Errorf("%+v", first)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			items, next, err := outreach.Thread(ctx, tx, p, db.Page{Limit: 1})
			if diff := cmp.Diff([]outreach.Message{second}, items); err != nil || diff != "" {
				t.Error(diff, err)
			}
			items, next, err = outreach.Thread(ctx, tx, p, db.Page{Limit: 1, After: next})
			if diff := cmp.Diff([]outreach.Message{first}, items); err != nil || diff != "" || next != "" {
				t.Error(diff, err, next)
			}
			return err
		})
	})
}

func TestOnlyTheOtherSidesMessagesAreUnread(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program, other := w.newProgram(), w.newProgram()
		zoeID := w.newCreator("zoe")
		zoe, ann, foreign := w.partner(program, zoeID, "active"), w.partner(program, w.newCreator("ann"), "active"), w.partner(other, zoeID, "active")
		silent := w.partner(program, w.newCreator("silent"), "active")
		w.sent(zoe, outreach.SideBrand, "1")
		seen := w.sent(zoe, outreach.SideCreator, "2")
		w.sent(ann, outreach.SideBrand, "3")
		w.sent(foreign, outreach.SideCreator, "4")
		w.sent(zoe, outreach.SideCreator, "5")
		ours, zoes := partnerships.Filter{Programs: []programs.ID{program}}, partnerships.Filter{Everywhere: true, Creator: zoeID}

		if diff := cmp.Diff([]line{{zoe, "5", 2}, {ann, "3", 0}}, w.inbox(outreach.SideBrand, ours, false)); diff != "" {
			t.Error("the brand's inbox", diff)
		}
		if diff := cmp.Diff([]line{{zoe, "5", 2}}, w.inbox(outreach.SideBrand, ours, true)); diff != "" {
			t.Error("what waits for the brand", diff)
		}
		if diff := cmp.Diff([]line{{zoe, "5", 1}, {foreign, "4", 0}}, w.inbox(outreach.SideCreator, zoes, false)); diff != "" {
			t.Error("the creator's inbox", diff)
		}
		if lines := w.inbox(outreach.SideBrand, partnerships.Filter{}, false); lines != nil {
			t.Errorf("somebody without a program sees %v", lines)
		}
		if brand, creator := w.unread(outreach.SideBrand, ours), w.unread(outreach.SideCreator, zoes); brand != 2 || creator != 1 {
			t.Errorf("unread: %d for the brand, %d for the creator", brand, creator)
		}
		if n := w.read(zoe, outreach.SideBrand, seen.ID); n != 1 || w.unread(outreach.SideBrand, ours) != 1 {
			t.Errorf("%d were marked; a message that came later must stay unread", n)
		}
		if n := w.read(zoe, outreach.SideBrand, "") + w.read(zoe, outreach.SideBrand, "") + w.read(silent, outreach.SideBrand, ""); n != 1 {
			t.Errorf("%d were marked", n)
		}
		if brand, creator := w.unread(outreach.SideBrand, ours), w.unread(outreach.SideCreator, zoes); brand != 0 || creator != 1 {
			t.Errorf("after reading: %d for the brand, %d for the creator", brand, creator)
		}
	})
}

func TestThePipelineFollowsWhatWasSaid(t *testing.T) {
	for _, status := range partnerships.Statuses {
		for _, side := range []outreach.Side{outreach.SideBrand, outreach.SideCreator} {
			to := outreach.Follow(status, side)
			if err := partnerships.Move(status, to); err != nil {
				t.Errorf("%s by %s: %v", status, side, err)
			}
			if status != partnerships.StatusProspect && status != partnerships.StatusContacted && to != status {
				t.Errorf("%s became %s by talking", status, to)
			}
		}
	}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		p := w.partner(w.newProgram(), w.newCreator("zoe"), partnerships.StatusProspect)
		for _, c := range []struct {
			from outreach.Side
			want partnerships.Status
		}{{outreach.SideBrand, "contacted"}, {outreach.SideBrand, "contacted"}, {outreach.SideCreator, "replied"}, {outreach.SideCreator, "replied"}} {
			w.sent(p, c.from, "hi")
			w.must(func(ctx context.Context, tx *db.Tx) error {
				now, err := partnerships.Find(ctx, tx, p)
				if now.Status != c.want {
					t.Errorf("after the %s wrote it is %s, want %s", c.from, now.Status, c.want)
				}
				return err
			})
		}
	})
}

// An answer and a change of status at the same moment: neither may be lost, whichever comes first.
func TestAMessageIsNeverRefusedByAMove(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		program := w.newProgram()
		for range 8 {
			p := w.partner(program, w.newCreator("zoe"), partnerships.StatusContacted)
			var wg sync.WaitGroup
			wg.Go(func() {
				if _, err := w.send(p, outreach.SideCreator, "hi"); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() {
				if err := d.Update(t.Context(), func(tx *db.Tx) error {
					_, err := partnerships.SetStatus(t.Context(), tx, p, partnerships.StatusActive)
					return err
				}); err != nil {
					t.Error(err)
				}
			})
			wg.Wait()
			w.must(func(ctx context.Context, tx *db.Tx) error {
				now, err := partnerships.Find(ctx, tx, p)
				if now.Status != partnerships.StatusActive {
					t.Errorf("it is %s", now.Status)
				}
				return err
			})
		}
	})
}

func TestAWrongMessageIsRefusedAndLeavesNothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		p := w.partner(w.newProgram(), w.newCreator("zoe"), partnerships.StatusProspect)
		for _, c := range []struct {
			to    partnerships.ID
			body  string
			kind  fault.Kind
			field string
		}{
			{p, " \n ", fault.KindInvalid, "body"},
			{p, "a\x00b", fault.KindInvalid, "body"},
			{p, strings.Repeat("ä", 5001), fault.KindInvalid, "body"},
			{"par_none", "hi", fault.KindNotFound, ""},
		} {
			_, err := w.send(c.to, outreach.SideBrand, c.body)
			if f, ok := fault.As(err); !ok || f.Kind != c.kind || f.Field != c.field {
				t.Errorf("got %v", err)
			}
		}
		if lines := w.inbox(outreach.SideBrand, partnerships.Filter{Everywhere: true}, false); lines != nil {
			t.Errorf("left behind: %v", lines)
		}
	})
}

func TestTheEventSaysNothingOfWhatWasWritten(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := world{t, d}
		m := w.sent(w.partner(w.newProgram(), w.newCreator("zoe"), "active"), outreach.SideCreator, "secret words")
		var got []outreach.Sent
		consumer := db.Consumer{Name: "test", Topics: []string{outreach.TopicSent}, Handle: func(_ context.Context, _ *db.Tx, e db.Event) error {
			var s outreach.Sent
			if strings.Contains(string(e.Payload), "secret") {
				t.Errorf("the event holds %s", e.Payload)
			}
			err := e.Decode(&s)
			got = append(got, s)
			return err
		}}
		if err := d.DrainOutbox(t.Context(), consumer); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]outreach.Sent{{ID: m.ID, ProgramID: m.Program, PartnershipID: m.Partnership, From: outreach.SideCreator}}, got); diff != "" {
			t.Error(diff)
		}
	})
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/audit"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/edge/edgetest"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/intake"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/links"
)

// known is a creator of whom everything is known that can be known.
type known struct {
	id    creators.ID
	texts []string // that name the person
}

// learnEverything gives the world's first creator a name, an account and an address of their own, and all kinds of knowledge with them.
func learnEverything(t *testing.T, w *edgetest.World) known {
	t.Helper()
	first := w.Victim.First.Partnership.Creator
	k := known{id: first, texts: []string{"Quendolin Ziervogel", "quendolinzier", "quendolin@ziervogel.example"}}
	ctx := t.Context()
	err := w.DB.Update(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `update creators set name = $2 where id = $1`, first, k.texts[0]); err != nil {
			return err
		}
		c, err := creators.AddProfile(ctx, tx, first, creators.NewProfile{
			Platform: creators.PlatformInstagram, Handle: k.texts[1], Counts: creators.Counts{Followers: new(int64(70_000))},
			Details: creators.Details{DisplayName: k.texts[0], Bio: "write to " + k.texts[2]},
		})
		if err != nil {
			return err
		}
		return learn(ctx, tx, w, c, k)
	})
	if err != nil {
		t.Fatal(err)
	}
	orderByHandle(t, w, k)
	return k
}

// orderByHandle books an order that came by a code which is the person's handle.
func orderByHandle(t *testing.T, w *edgetest.World, k known) {
	t.Helper()
	err := w.DB.Update(t.Context(), func(tx *db.Tx) error {
		if _, err := links.CreateCode(t.Context(), tx, links.NewCode{Partnership: w.Victim.First.Partnership.ID, Code: k.texts[1]}); err != nil {
			return err
		}
		r, err := w.Door.Order(t.Context(), tx, intake.Order{
			Program: w.Victim.Program.ID, ExternalID: "90001", Amount: money.Amount{Minor: 1000, Currency: "EUR"}, Source: "api",
			OccurredAt: tx.Now(), Touches: []intake.Touch{{Code: strings.ToLower(k.texts[1])}}, Customer: intake.Customer{Email: "buyer@mail.example"},
		})
		if err == nil && len(r.Commissions) != 1 {
			t.Errorf("the code earned nothing: %+v", r)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func learn(ctx context.Context, tx *db.Tx, w *edgetest.World, c creators.Creator, k known) error {
	program, all := w.Victim.Program.ID, strings.Join(k.texts, " ")
	posts := []creators.Post{{Profile: c.Main, PlatformID: "p1", PostedAt: tx.Now(), SeenAt: tx.Now(), Caption: all, URL: "https://www.instagram.com/" + k.texts[1] + "/p/1"}}
	if _, err := creators.AddPosts(ctx, tx, posts); err != nil {
		return err
	}
	recent, err := creators.RecentPosts(ctx, tx, []creators.ProfileID{c.Main}, 1)
	if err != nil {
		return err
	}
	list, err := creators.CreateList(ctx, tx, program, "spring", "Ana")
	if err != nil {
		return err
	}
	for _, err := range []error{
		creators.AddComments(ctx, tx, []creators.Comment{{Post: recent[c.Main][0].ID, PlatformID: "c1", Text: all, SeenAt: tx.Now()}}),
		creators.SetContact(ctx, tx, program, c.ID, creators.Contact{Email: k.texts[2], Phone: "+49 151 000", Note: all}),
		creators.AddCollaboration(ctx, tx, creators.Collaboration{Program: program, Creator: c.ID, Brand: "Plain Soap", Note: all, Source: creators.SourceEntered}),
		creators.SetAudience(ctx, tx, creators.Audience{Profile: c.Main, Program: program, TakenAt: tx.Now(), Source: k.texts[1] + "'s media kit", Slices: []creators.Slice{{Dimension: creators.DimensionCity, Key: "Bonn", ShareBP: 100}}}),
		creators.SetPrice(ctx, tx, creators.Price{Program: program, Creator: c.ID, Minor: 100, Currency: "EUR", Source: all}),
		audit.Record(ctx, tx, commandLine, program, "creator.contact", string(c.ID), map[string]string{"name": k.texts[0]}, map[string]string{"mail": k.texts[2]}, all),
	} {
		if err != nil {
			return err
		}
	}
	if _, err := creators.AddTags(ctx, tx, program, []creators.Tag{{Creator: c.ID, Kind: creators.TagFree, Text: k.texts[0], Source: creators.SourceEntered}}); err != nil {
		return err
	}
	if _, err := creators.AddNote(ctx, tx, program, c.ID, all, "Ana"); err != nil {
		return err
	}
	if _, err := creators.AddToList(ctx, tx, program, list.ID, []creators.ID{c.ID}, "Ana"); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into idempotency (principal, key, request_hash, status, body, created_at) values ('key_1', 'k', $1, 201, $2, $3)`,
		[]byte{1}, `{"name":"`+k.texts[0]+`"}`, db.Micros(tx.Now()))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update users set email = $2, email_folded = $2, name = $3 where creator_id = $1`, c.ID, k.texts[2], k.texts[0])
	return err
}

// TestNothingNamesAPersonWhoWasErased is the law of erasure: it walks all tables of the database, also those of rooms that nobody thought of.
func TestNothingNamesAPersonWhoWasErased(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := edgetest.New(t, d)
		k := learnEverything(t, w)
		k.texts = append(k.texts, "zqxone Mira", "zqxonemira")
		if found := naming(w.Rows(t), k.texts); len(found) < 15 {
			t.Fatalf("only %d rows name the person before: the test tests nothing", len(found))
		}
		sums := books(t, w, k.id)
		if err := creators.EraseAll(t.Context(), d, w.Box, k.id, parts()); err != nil {
			t.Fatal(err)
		}
		for _, row := range naming(w.Rows(t), k.texts) {
			t.Errorf("still there: %s", row)
		}
		if after := books(t, w, k.id); after != sums || sums == "" {
			t.Errorf("the books were %s and are %s", sums, after)
		}
		again(t, w, k)
	})
}

// again brings the person back by hand, which is refused, and erases once more, which changes nothing.
func again(t *testing.T, w *edgetest.World, k known) {
	t.Helper()
	err := w.DB.View(t.Context(), func(tx *db.Tx) error {
		c, err := creators.Find(t.Context(), tx, k.id)
		if err != nil || c.Name != creators.RemovedName || len(c.Profiles) != 0 {
			t.Errorf("%+v, %v", c, err)
		}
		found, err := creators.Suppressed(t.Context(), tx, w.Box, w.Other.Program.ID, []string{k.texts[2]}, []creators.Account{{Platform: creators.PlatformInstagram, Handle: k.texts[1]}})
		if !found.Email(k.texts[2]) || !found.Account(creators.Account{Platform: creators.PlatformInstagram, Handle: "QuendolinZier"}) {
			t.Error("the person is not recognised")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	before := fmt.Sprint(w.Rows(t))
	dbtest.Clock(w.DB).Advance(time.Hour)
	if err := creators.EraseAll(t.Context(), w.DB, w.Box, k.id, parts()); err != nil {
		t.Error(err)
	}
	if err := creators.ResumeErasures(t.Context(), w.DB, w.Box, parts()); err != nil {
		t.Error(err)
	}
	if after := w.Rows(t); len(before) == 0 || len(after) == 0 {
		t.Error("nothing is left")
	}
}

// naming are the rows that hold one of the texts.
func naming(rows []edgetest.Row, texts []string) (found []edgetest.Row) {
	for _, r := range rows {
		for _, text := range texts {
			if strings.Contains(strings.ToLower(r.String()), strings.ToLower(text)) {
				found = append(found, r)
				break
			}
		}
	}
	return found
}

// books sums up what the creator earned and was paid.
func books(t *testing.T, w *edgetest.World, of creators.ID) (sums string) {
	t.Helper()
	err := w.DB.View(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `select cast(count(*) as text) || ' ' || cast(sum(abs(amount_minor)) as text) from ledger_entries where creator_id = $1`, of).Scan(&sums)
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

func TestAnExportHoldsWhatThisProgramKnowsAndNoOthers(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	w := edgetest.New(t, d)
	k := learnEverything(t, w)
	for program, want := range map[string]bool{"": true, string(w.Victim.Program.ID): true, string(w.Other.Program.ID): false} {
		text, err := creators.ExportAll(t.Context(), d, k.id, w.Victim.Program.ID, parts())
		if program != string(w.Victim.Program.ID) {
			text, err = creators.ExportAll(t.Context(), d, k.id, w.Other.Program.ID, parts())
		}
		if program == "" {
			text, err = creators.ExportAll(t.Context(), d, k.id, "", parts())
		}
		if err != nil || !json.Valid(text) {
			t.Fatalf("%v", err)
		}
		for _, private := range []string{"media kit", `"spring"`, "+49 151 000", "zqxone note", "commission"} {
			if private != "commission" && strings.Contains(string(text), private) != want {
				t.Errorf("program %q: %s is there: %v", program, private, !want)
			}
		}
	}
}

func TestPartnersAreJoinedUnlessBothHaveAHistory(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := edgetest.New(t, d)
		first, second := w.Victim.First.Partnership.Creator, w.Victim.Second.Partnership.Creator
		var fresh creators.Creator
		err := d.Update(t.Context(), func(tx *db.Tx) (err error) {
			if _, err := creators.Merge(t.Context(), tx, first, second, parts()); fault.KindOf(err) != fault.KindConflict {
				t.Errorf("two with books were joined: %v", err)
			}
			fresh, err = creators.Create(t.Context(), tx, creators.New{Name: "Mira Zacharias", Profiles: []creators.NewProfile{{Platform: creators.PlatformInstagram, Handle: "mirazach"}}})
			if err != nil {
				return err
			}
			_, err = partnerships.Create(t.Context(), tx, partnerships.New{Program: w.Victim.Program.ID, Creator: fresh.ID})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Update(t.Context(), func(tx *db.Tx) error {
			left, err := creators.Merge(t.Context(), tx, fresh.ID, first, parts())
			if err != nil || left != first {
				t.Errorf("%s is left, %v", left, err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range w.Rows(t) {
			if strings.Contains(row.String(), string(fresh.ID)) && row.Table != "outbox" && row.Table != "audit" {
				t.Errorf("still names who is gone: %s", row)
			}
		}
	})
}

package desk_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/secret"
	"rapport/internal/pay/payouts"
)

func TestMoneyLeavesOnceAndBySomebodyElse(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		s.get("/payouts").shows("Approved commissions appear here.")
		s.fill() // Maya 18.90, Maximiliana 1,000,000.00, Mallory 2.00, which is below the minimum of 5.00
		s.get("/payouts").shows("€1,000,018.90", "to 2 creators", "Waits for €5.00")
		s.get("/payouts/new").shows("2 creators are to be paid €1,000,018.90 in all.", "1 creator below the minimum", "€2.00")
		b := s.prepared()
		s.post("olga", "/payouts/new", "currency", "EUR", "rail", "csv").is(http.StatusUnprocessableEntity).shows("There is nothing to pay")
		run := "/payouts/" + string(b.ID)
		s.get(run).shows("€1,000,018.90 to 2 creators", "nobody releases what they prepared", "Olga")
		s.post("olga", run+"/approve").is(http.StatusUnprocessableEntity).shows("Somebody else has to approve it")
		s.post("fritz", run+"/send").is(http.StatusConflict)
		s.post("vera", run+"/approve").is(http.StatusForbidden)
		for range 2 {
			s.post("fritz", run+"/approve").is(http.StatusSeeOther)
		}
		for range 2 {
			s.post("olga", run+"/send").is(http.StatusSeeOther)
		}
		s.get(run).shows("It was sent.", "Fritz", "Download the file")
		if b := s.money(maya); b.Paid != eur(1890) || b.InTransit.Minor != 0 {
			t.Errorf("%+v", b)
		}
		file := s.get(run + "/file")
		if !strings.Contains(file.body, "Maya Ortiz 18.90") || !strings.Contains(file.header.Get("Content-Disposition"), "attachment; filename=") {
			t.Errorf("the file: %q %q", file.body, file.header)
		}
		s.get(run).shows("File downloaded")
		s.ask("vera", http.MethodGet, s.at(run+"/file"), nil).is(http.StatusForbidden)
		s.post("olga", run+"/cancel").is(http.StatusConflict)
		for _, path := range []string{run, run + "/file"} {
			s.ask("max", http.MethodGet, "/p/"+string(s.other.ID)+path, nil).is(http.StatusNotFound)
		}
	})
}

func TestAPaymentThatCameBackIsPaidAgain(t *testing.T) {
	s := newShop(t, dbtest.New(t, db.EngineSQLite))
	s.partner("Maya Ortiz", maya)
	s.approve(s.sell("1001", 10000, maya))
	b := s.prepared()
	item := "/payout-items/" + string(s.items(b)[0].ID)
	s.post("fritz", "/payouts/"+string(b.ID)+"/approve").is(http.StatusSeeOther)
	s.post("fritz", "/payouts/"+string(b.ID)+"/send").is(http.StatusSeeOther)
	s.get(item).shows("Why €10.00 for Maya Ortiz?", "1001", "/why/commission/")
	s.get(item + "/return").shows("Did €10.00 for Maya Ortiz come back?")
	s.post("olga", item+"/return").is(http.StatusUnprocessableEntity)
	for range 2 {
		s.post("olga", item+"/return", "reason", "Account closed").is(http.StatusSeeOther)
	}
	if m := s.money(maya); m.Available != eur(1000) || m.Paid.Minor != 0 {
		t.Errorf("%+v", m)
	}
	s.get("/payouts/"+string(b.ID)).shows("Came back", "Account closed")
}

func TestACancelledRunGivesItsMoneyBack(t *testing.T) {
	s := newShop(t, dbtest.New(t, db.EngineSQLite))
	s.partner("Maya Ortiz", maya)
	s.approve(s.sell("1001", 10000, maya))
	b := s.prepared()
	s.get("/").shows("1 payment run waits for approval")
	for range 2 {
		s.post("fritz", "/payouts/"+string(b.ID)+"/cancel").is(http.StatusSeeOther)
	}
	if m := s.money(maya); m.Available != eur(1000) || m.InTransit.Minor != 0 {
		t.Errorf("%+v", m)
	}
	s.get("/payouts/runs?status=cancelled").shows("Cancelled")
}

// A single person who may release money signs in again and types the total.
func TestOnePersonAloneProvesItself(t *testing.T) {
	s := newShop(t, dbtest.New(t, db.EngineSQLite))
	s.partner("Maya Ortiz", maya)
	s.approve(s.sell("1001", 12345600, maya))
	hash, err := secret.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	s.do("root", func(ctx context.Context, tx *db.Tx) error {
		for _, name := range []string{"fritz"} {
			if err := auth.Disable(ctx, tx, s.people[name].UserID); err != nil {
				return err
			}
		}
		return auth.SetPassword(ctx, tx, s.people["olga"].UserID, hash, s.people["olga"].SessionID)
	})
	b := s.prepared()
	run := "/payouts/" + string(b.ID)
	s.get(run+"/approve").shows("Type 12345.60.", "Your password")
	dbtest.Clock(s.d).Advance(6 * time.Minute)
	s.post("olga", run+"/approve", "total", "12345.60").is(http.StatusUnprocessableEntity).shows("Type your password")
	s.post("olga", run+"/approve", "total", "12345.60", "password", "wrong").is(http.StatusUnprocessableEntity).shows("That is not your password.")
	s.post("olga", run+"/approve", "total", "12345.6x", "password", password).is(http.StatusUnprocessableEntity).shows("Type the total")
	s.post("olga", run+"/approve", "password", password).is(http.StatusUnprocessableEntity).shows("Type the total")
	s.post("olga", run+"/approve", "total", "12345.60", "password", password).is(http.StatusSeeOther)
	s.do("root", func(ctx context.Context, tx *db.Tx) error {
		after, err := payouts.Find(ctx, tx, b.ID)
		if after.Status != payouts.StatusApproved {
			t.Errorf("%s", after.Status)
		}
		return err
	})
}

func TestReportsSumAndSayWhyTheyCannot(t *testing.T) {
	s := newShop(t, dbtest.New(t, db.EngineSQLite))
	s.get("/reports").shows("What does it all come to?", "There are no figures for these days.")
	s.fill()
	s.get("/reports?by=code").shows("MAYA10 · Maya Ortiz")
	s.get("/reports?by=link").shows("Without a link")
	s.get("/reports?by=day&when=7&show=conversions").shows("How many orders came each day?", "2 Mar 2026")
	s.get("/reports?by=tier&cols=name&cols=ctr").shows("Not counted yet: no views")
	for _, wrong := range []string{"?from=x&to=2026-03-01", "?from=2026-03-02&to=2026-03-01", "?from=2001-01-01&to=2026-03-01", "?by=moon"} {
		s.ask("olga", http.MethodGet, s.at("/reports"+wrong), nil).is(http.StatusUnprocessableEntity)
	}
	s.get("/reports?sort=drop+table&after=-7").shows("Maya Ortiz")
	s.get("/reports/report.csv?by=creator").shows("creator,name,creator,clicks", "Maya Ortiz", "18.90")
}

func TestHomeSaysWhatWaitsAndWhetherOrdersArrive(t *testing.T) {
	s := newShop(t, dbtest.New(t, db.EngineSQLite))
	s.get("/").shows("Nothing waits for you.", "No link was clicked yet.", "No order was received yet.", "Get ready for your first sale")
	s.fill()
	s.get("/").shows("1 commission is kept back", "2 creators can be paid", "1 message is unread", "3 with a wrong signature", shopShown)
	if a := s.ask("vera", http.MethodGet, s.at("/"), nil).is(http.StatusOK); strings.Contains(a.body, "Get ready for your first sale") {
		t.Error("a viewer is told to set up")
	}
}

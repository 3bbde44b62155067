package desk_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/ledger"
	"rapport/internal/pay/payouts"
	"rapport/internal/pay/reviews"
	"rapport/internal/track/conversions"
)

// money tells where a partner's money stands.
func (s *shop) money(code string) (b ledger.Balance) {
	s.Helper()
	s.do("root", func(ctx context.Context, tx *db.Tx) error {
		all, err := ledger.Balances(ctx, tx, s.program.ID, s.partners[code].Creator)
		if len(all) > 0 {
			b = all[0]
		}
		return err
	})
	return b
}

func (s *shop) commission(of conversions.ID) (c commissions.Commission) {
	s.Helper()
	s.do("root", func(ctx context.Context, tx *db.Tx) error {
		all, err := commissions.OfConversion(ctx, tx, of)
		if len(all) > 0 {
			c = all[0]
		}
		return err
	})
	return c
}

func TestSalesAreListedFilteredAndLeadToTheirWhy(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		s.get("/sales").shows("Orders that your creators bring appear here")
		s.fill()
		s.get("/sales").shows("1001", "Maya Ortiz", "€18.90", "/why/commission/", "Nobody", longest, arabic, "€10,000,000.00", "Test")
		s.get("/sales?q=%231001").shows("€18.90").hides("Nobody", ">1003<")
		s.get("/sales?status=held").shows("€70.00").hides("€18.90")
		s.get("/sales?status=uncredited").shows("1005", "1008").hides("€18.90")
		s.get("/sales?creator=" + string(s.partners[layla].ID)).shows("1003").hides("€18.90")
		s.get("/sales?when=today").shows("1001")
		s.get("/sales?from=2020-01-01&to=2020-01-02").shows("Nothing matches").hides("€18.90")
		s.get("/sales/held").shows("€70.00").hides("€18.90")
		s.ask("olga", http.MethodGet, s.at("/sales?creator=par_of_nobody"), nil).is(http.StatusNotFound)
	})
}

func TestExportsKeepFormulasFromRunning(t *testing.T) {
	s := newShop(t, dbtest.New(t, db.EngineSQLite))
	s.fill()
	for path, want := range map[string]string{"/sales/orders.csv": "'" + formula, "/sales/commissions.csv": "'" + formula, "/reports/report.csv": "'" + formula} {
		a := s.get(path)
		if !strings.Contains(a.body, want) || strings.Contains(a.body, ","+formula) || !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	s.get("/sales/orders.csv?status=held").shows("1006").hides("1001")
}

func TestADecisionIsMadeOnceAndCarriesItsReason(t *testing.T) {
	s := newShop(t, dbtest.New(t, db.EngineSQLite))
	s.partner("Maya Ortiz", maya)
	one, two := s.sell("1001", 10000, maya), s.sell("1002", 10000, maya)
	act := func(r conversions.ID, act string) string {
		return "/sales/commissions/" + string(s.commission(r).ID) + "/" + act
	}
	s.get(act(one.Conversion.ID, "reject")).shows("Reject €10.00 of Maya Ortiz?", "This cannot be undone.")
	s.post("olga", act(one.Conversion.ID, "reject")).is(http.StatusUnprocessableEntity).shows("Say why")
	s.post("olga", act(one.Conversion.ID, "hold")).is(http.StatusUnprocessableEntity).shows("Say why")
	for range 2 { // a double click
		s.post("olga", act(one.Conversion.ID, "approve")).is(http.StatusSeeOther)
	}
	if b := s.money(maya); b.Available != eur(1000) || b.Pending != eur(1000) {
		t.Errorf("approved twice: %+v", b)
	}
	for range 2 {
		s.post("olga", act(one.Conversion.ID, "reverse"), "reason", "The parcel came back.").is(http.StatusSeeOther)
	}
	s.get("/sales/"+string(one.Conversion.ID)).shows("Taken back", "The parcel came back.", "Olga")
	s.post("olga", act(two.Conversion.ID, "hold"), "reason", "Odd address").is(http.StatusSeeOther)
	s.post("olga", act(two.Conversion.ID, "reverse"), "reason", "x").is(http.StatusUnprocessableEntity).shows("Only an approved or paid commission can be reversed")
	s.post("olga", act(two.Conversion.ID, "reject"), "reason", "Bought by herself").is(http.StatusSeeOther)
	if b := s.money(maya); b.Available.Minor != 0 || b.Pending.Minor != 0 {
		t.Errorf("after a rejection: %+v", b)
	}
	s.post("olga", act(two.Conversion.ID, "burn"), "reason", "x").is(http.StatusNotFound)
}

func TestAViewerLooksAndOthersSeeNothing(t *testing.T) {
	s := newShop(t, dbtest.New(t, db.EngineSQLite))
	s.fill()
	order := s.sell("2001", 10000, maya)
	com := string(order.Commissions[0].ID)
	sale := "/sales/" + string(order.Conversion.ID)
	s.ask("vera", http.MethodGet, s.at(sale), nil).is(http.StatusOK).hides("/approve", "/cancel")
	for _, path := range []string{"/sales/commissions/" + com + "/approve", sale + "/cancel", sale + "/credit", "/sales/new", "/payouts/new"} {
		s.post("vera", path, "reason", "x").is(http.StatusForbidden)
		s.post("max", path, "reason", "x").is(http.StatusNotFound)
	}
	for _, path := range []string{"/", "/sales", sale, "/why/commission/" + com, "/why/order/" + string(order.Conversion.ID), "/payouts", "/payouts/runs", "/reports", "/reviews", "/check", "/sales/orders.csv"} {
		s.ask("max", http.MethodGet, s.at(path), nil).is(http.StatusNotFound)
	}
	// The other program's owner under their own address, with ids of this one.
	elsewhere := "/p/" + string(s.other.ID)
	for _, path := range []string{sale, "/why/commission/" + com, "/why/order/" + string(order.Conversion.ID), "/sales/commissions/" + com + "/approve"} {
		s.ask("max", http.MethodGet, elsewhere+path, nil).is(http.StatusNotFound)
		s.ask("max", http.MethodPost, elsewhere+path, map[string][]string{"reason": {"x"}})
	}
	if c := s.commission(order.Conversion.ID); c.Status != commissions.StatusPending {
		t.Errorf("somebody from elsewhere moved it: %s", c.Status)
	}
}

func TestAnOrderIsAddedByHandOnce(t *testing.T) {
	s := newShop(t, dbtest.New(t, db.EngineSQLite))
	s.partner("Maya Ortiz", maya)
	s.get("/sales/new").shows("Which order do you want to add?")
	s.post("olga", "/sales/new", "external_id", " # ", "amount", "12,5", "occurred_at", "").is(http.StatusUnprocessableEntity)
	order := []string{"external_id", "A-77", "amount", "49.90", "occurred_at", "2026-03-01", "code", "maya10"}
	first := s.post("olga", "/sales/new", order...).is(http.StatusSeeOther)
	again := s.post("olga", "/sales/new", order...).is(http.StatusSeeOther)
	if first.to != again.to || s.money(maya).Pending != eur(499) {
		t.Errorf("%s, %s, %+v", first.to, again.to, s.money(maya))
	}
	s.ask("olga", http.MethodGet, first.to, nil).is(http.StatusOK).shows("Added by hand.", "€4.99", "This order counts for Maya Ortiz.")
	s.post("olga", "/sales/new", "external_id", "A-78", "amount", "10.00", "occurred_at", "2026-03-20").is(http.StatusUnprocessableEntity)
}

func TestACancelTakesEverythingBackOnce(t *testing.T) {
	s := newShop(t, dbtest.New(t, db.EngineSQLite))
	s.partner("Maya Ortiz", maya)
	sale := "/sales/" + string(s.sell("1001", 10000, maya).Conversion.ID)
	s.get(sale + "/cancel").shows("All that was earned on it is taken back.")
	s.post("olga", sale+"/cancel").is(http.StatusUnprocessableEntity)
	for range 2 {
		s.post("olga", sale+"/cancel", "reason", "Ordered twice").is(http.StatusSeeOther)
	}
	if b := s.money(maya); b.Pending.Minor != 0 {
		t.Errorf("%+v", b)
	}
	s.get(sale).shows("It was cancelled, so nothing of it is left.").hides("Cancel the order")
}

func TestAQuestionEndsInACreditWithANote(t *testing.T) {
	s := newShop(t, dbtest.New(t, db.EngineSQLite))
	s.fill()
	var id reviews.ID
	s.do("root", func(ctx context.Context, tx *db.Tx) error {
		open, _, err := reviews.List(ctx, tx, reviews.Filter{Program: s.program.ID, Open: true}, db.Page{})
		id = open[0].ID
		return err
	})
	before := s.money(maya).Pending
	page := "/reviews/" + string(id)
	s.get("/").shows("1 question about an order waits for an answer")
	s.get("/reviews").shows("My sister bought this with my link.")
	s.get(page).shows("The order came 41 days after the click, and the program’s window is 30 days.", "My sister bought this")
	s.post("olga", page+"/credit", "creator", "", "note", "x").is(http.StatusUnprocessableEntity).shows("Choose the creator")
	s.post("olga", page+"/credit", "creator", string(s.partners[maya].ID), "note", " ").is(http.StatusUnprocessableEntity).shows("the creator will read it")
	s.post("olga", page+"/credit", "creator", string(s.partners[maya].ID), "note", "She showed the receipt.").is(http.StatusSeeOther)
	s.post("olga", page+"/credit", "creator", string(s.partners[maya].ID), "note", "Again.").is(http.StatusUnprocessableEntity)
	if now := s.money(maya).Pending; now.Minor-before.Minor != 500 {
		t.Errorf("credited %s", now)
	}
	s.get(page).shows("She showed the receipt.", "Credited by Olga: She showed the receipt.").hides("Decline")
	s.get("/").hides("waits for an answer")
	s.post("olga", page+"/decline", "note", "Too late").is(http.StatusUnprocessableEntity).shows("Somebody has answered this already.")
}

func TestAnOrderNumberTellsWhetherItWasCounted(t *testing.T) {
	s := newShop(t, dbtest.New(t, db.EngineSQLite))
	s.fill()
	s.get("/check").shows("Was this order counted?")
	s.get("/check?number=1001").shows("This order counts for Maya Ortiz.", "Open the order").hides("Ask for a review")
	s.get("/check?number=1008").shows("41 days", "Credit by hand", "Ask for a review")
	s.get("/check?number=9999").shows("No order of this number was received.")
	s.ask("olga", http.MethodGet, s.at("/check?number=%20"), nil).is(http.StatusUnprocessableEntity).shows("Enter the number of the order")
	first := s.post("olga", "/check/review", "number", "9999", "question", "A buyer called.").is(http.StatusSeeOther)
	again := s.post("olga", "/check/review", "number", "#9999", "question", "A buyer called.").is(http.StatusSeeOther)
	if first.to != again.to {
		t.Errorf("two questions about one order: %s, %s", first.to, again.to)
	}
	s.ask("olga", http.MethodGet, first.to, nil).is(http.StatusOK).shows("A buyer called.", "add the order first")
	s.post("olga", strings.TrimPrefix(first.to, s.at(""))+"/decline", "note", "It never came.").is(http.StatusSeeOther)
}

// Every page is drawn whole, for the frame and for a panel, full and empty; the browser stumbles over none.
func TestEveryPageIsDrawnInEveryForm(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		paths := []string{"/", "/sales", "/sales/held", "/sales/new", "/payouts", "/payouts/runs", "/payouts/new", "/reports", "/check", "/check?number=1001", "/reviews", "/reviews?state=all"}
		for _, by := range []string{"creator", "group", "link", "code", "day", "platform", "tier"} {
			paths = append(paths, "/reports?by="+by+"&show=clicks")
		}
		s.drawn(paths)
		s.fill()
		run := s.prepared()
		sale := string(s.sell("3001", 100, maya).Conversion.ID)
		com := string(s.commission(conversions.ID(sale)).ID)
		s.drawn(append(paths, "/sales/"+sale, "/sales/"+sale+"/credit", "/sales/"+sale+"/credit?q=maya", "/sales/"+sale+"/cancel", "/why/commission/"+com, "/why/order/"+sale,
			"/sales/commissions/"+com+"/reject", "/payouts/"+string(run.ID), "/payout-items/"+string(s.items(run)[0].ID), "/payout-items/"+string(s.items(run)[0].ID)+"/return"))
	})
}

func (s *shop) drawn(paths []string) {
	s.Helper()
	for _, path := range paths {
		s.get(path)
		s.get(path, "HX-Request", "true", "HX-Target", "main#main")
		s.get(path, "HX-Request", "true", "HX-Target", "div#panel-body")
	}
}

// prepared is a payment run of everything that can be paid.
func (s *shop) prepared() (b payouts.Batch) {
	s.Helper()
	a := s.post("olga", "/payouts/new", "currency", "EUR", "rail", "csv").is(http.StatusSeeOther)
	s.do("root", func(ctx context.Context, tx *db.Tx) (err error) {
		b, err = payouts.Find(ctx, tx, payouts.ID(a.to[strings.LastIndex(a.to, "/")+1:]))
		return err
	})
	return b
}

func (s *shop) items(b payouts.Batch) (items []payouts.Item) {
	s.Helper()
	s.do("root", func(ctx context.Context, tx *db.Tx) (err error) {
		items, _, err = payouts.Items(ctx, tx, b.ID, db.Page{})
		return err
	})
	return items
}

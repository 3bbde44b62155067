package desk_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/browsertest"
	"rapport/internal/edge/web/ui"
	"rapport/internal/pay/intake"
	"rapport/internal/track/clicks"
)

// open serves the desk to browsers. /be/{name} makes a browser that person's.
func (s *shop) open() string {
	s.Helper()
	mux := http.NewServeMux()
	mux.Handle("/assets/", ui.Assets())
	mux.HandleFunc("/be/{name}", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "rapport_session", Value: s.tokens[r.PathValue("name")], Path: "/"})
		http.Redirect(w, r, s.at("/"), http.StatusSeeOther)
	})
	mux.Handle("/", s.handler)
	server := httptest.NewServer(mux)
	s.Cleanup(server.Close)
	return server.URL
}

// trade gives the month before some clicks and orders, so that charts and comparisons have something to show.
func (s *shop) trade() {
	s.Helper()
	if err := s.index.Refresh(s.Context(), s.d); err != nil {
		s.Fatal(err)
	}
	var past []clicks.Past
	for day := range 40 {
		for n := range 3 + day%5 {
			past = append(past, clicks.Past{LinkNo: s.link.No, At: s.d.Now().Add(-time.Duration(day)*24*time.Hour - time.Duration(n)*time.Minute), Device: clicks.DevicePhone})
		}
		s.sell(strconv.Itoa(5000+day), int64(1990+day*310), maya, func(o *intake.Order) { o.OccurredAt = s.d.Now().Add(-time.Duration(day) * 24 * time.Hour) })
	}
	if _, err := clicks.Backfill(s.Context(), s.d, s.door.Tokens, clicks.ByIndex(s.index), past); err != nil {
		s.Fatal(err)
	}
}

func TestTheDeskIsReadableEverywhere(t *testing.T) {
	browser := browsertest.Open(t)
	s := newShop(t, dbtest.New(t, db.EngineSQLite))
	url := s.open()
	empty := browser.NewPage(browsertest.Phone)
	empty.Go(url + "/be/olga")
	empty.Screenshot("desk-home-empty-phone")
	for _, path := range []string{"/sales", "/payouts", "/reports", "/reviews"} {
		empty.Go(url + s.at(path))
		empty.CheckAccessible()
		empty.Screenshot("desk-empty" + strings.ReplaceAll(path, "/", "-") + "-phone")
	}
	s.fill()
	s.trade()
	run := s.prepared()
	item := string(s.items(run)[0].ID)
	order := s.sell("6001", 39800, maya)
	s.refund("6001", 20900)
	sale, com := string(order.Conversion.ID), string(order.Commissions[0].ID)
	var review string
	s.do("root", func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `select id from reviews limit 1`).Scan(&review)
	})
	pages := map[string]string{
		"home": "/", "sales": "/sales", "held": "/sales/held", "sale": "/sales/" + sale, "why": "/why/commission/" + com, "credit": "/sales/" + sale + "/credit", "new": "/sales/new",
		"payouts": "/payouts", "runs": "/payouts/runs", "run": "/payouts/" + string(run.ID), "prepare": "/payouts/new", "item": "/payout-items/" + item,
		"reports": "/reports?when=90", "reports-day": "/reports?by=day&when=7&show=clicks", "check": "/check?number=1008", "reviews": "/reviews", "review": "/reviews/" + review,
	}
	look := func(page *browsertest.Page, name string, shots ...string) {
		for _, shot := range shots {
			page.Go(url + s.at(pages[shot]))
			page.CheckAccessible()
			page.Screenshot("desk-" + shot + "-" + name)
		}
	}
	wide, phone := browser.NewPage(browsertest.Desktop), browser.NewPage(browsertest.Phone)
	wide.Go(url + "/be/olga")
	phone.Go(url + "/be/olga")
	look(wide, "wide", slices.Sorted(maps.Keys(pages))...)
	look(phone, "phone", "home", "sale", "run", "review", "reports-day")
	phone.Dark(true)
	look(phone, "phone-dark", "home", "sale", "reports-day")
}

// A manager finds why an amount is what it is, approves it and prepares a run; finance releases it; the file is taken.
func TestMoneyIsFollowedFromTheOrderToTheFile(t *testing.T) {
	browser := browsertest.Open(t)
	s := newShop(t, dbtest.New(t, db.EngineSQLite))
	s.partner("Maya Ortiz", maya)
	s.sell("1001", 39800, maya)
	s.refund("1001", 20900)
	url := s.open()
	olga := browser.NewPage(browsertest.Desktop)
	olga.Go(url + "/be/olga")
	olga.Click("Sales")
	olga.Click("€18.90")
	olga.WaitText("€39.80 × €209.00 ÷ €398.00 = €20.90")
	olga.CheckAccessible()
	olga.Screenshot("desk-why-panel")
	olga.Click("Open the order")
	olga.WaitText("What became of order 1001?")
	olga.Click("Approve")
	olga.WaitText("You can take it back later")
	olga.Screenshot("desk-approve-dialog")
	olga.ClickCSS("dialog[open] button[type=submit]")
	olga.WaitText("€18.90 for Maya Ortiz is approved.")
	olga.Click("Payouts")
	olga.Click("Prepare a payment run")
	olga.WaitText("Whom would this pay?")
	olga.Click("Prepare a payment run")
	olga.WaitText("Somebody has to approve it.")
	fritz := browser.NewPage(browsertest.Phone)
	fritz.Go(url + "/be/fritz")
	fritz.Click("1 payment run waits for approval")
	fritz.ClickCSS("#runs tbody a")
	fritz.Click("Approve")
	fritz.WaitText("Approve €18.90 to 1 creator?")
	fritz.Screenshot("desk-approve-run-phone")
	fritz.ClickCSS("dialog[open] button[type=submit]")
	fritz.WaitText("Send it when you are ready to pay.")
	fritz.Click("Send")
	fritz.WaitText("Send this payment run?")
	fritz.ClickCSS("dialog[open] button[type=submit]")
	fritz.WaitText("Download the file and pay from it.")
	file := fritz.Download(func() { fritz.Click("Download the file") })
	if !strings.Contains(string(file.Data), "Maya Ortiz 18.90") {
		t.Errorf("%s: %s", file.Name, file.Data)
	}
	olga.Go(url + s.at("/sales"))
	olga.WaitText("Paid")
	t.Logf("%d clicks for the manager, %d for finance", olga.Clicks(), fritz.Clicks())
}

package portal_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/notify"
	"rapport/internal/partner/content"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/reviews"
	"rapport/internal/track/links"
)

func TestWhoHasNothingIsToldWhatToShareFirst(t *testing.T) {
	inWorld(t, func(w *world) {
		w.wantText(w.get("/"), "Share first, earn from there", "You earn 10 % of the goods", w.maya.link.Slug)
		w.order("1001", 10000, coded(w.maya))
		page := w.get("/")
		if strings.Contains(page, "Share first") {
			t.Error("who has earned is still welcomed")
		}
		w.wantText(page, "Orders of Mar 2026", "€10.00", "Say where your money should go")
	})
}

func TestALinkIsMadeOnceAndWorksAtOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		first := w.post("/share", "destination", " shop.example/teas/jasmine?size=50 ")
		again := w.post("/share", "destination", "https://shop.example/teas/jasmine?size=50")
		to := first.Header().Get("Location")
		if first.Code != http.StatusSeeOther || again.Header().Get("Location") != to {
			t.Fatalf("made %d %s, then %s", first.Code, to, again.Header().Get("Location"))
		}
		made := w.linkAt(to)
		if entry, known := w.Mux.Links.BySlug(made.Slug); !known || entry.Partnership != w.maya.of.ID {
			t.Errorf("the link is known at once: %v", known)
		}
		w.wantText(w.page(to, w.maya.token), "It leads to shop.example/teas/jasmine.", "http://rapport.example/r/"+made.Slug, "Ad · I earn a commission if you buy.")
		picture := w.Ask(to+"/qr.png", w.maya.token, nil)
		if picture.Header().Get("Content-Type") != "image/png" || !strings.HasPrefix(picture.Body.String(), "\x89PNG") {
			t.Errorf("the picture is %s", picture.Header().Get("Content-Type"))
		}
	})
}

func (w *world) linkAt(address string) (l links.Link) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		l, err = links.Find(ctx, tx, links.ID(address[strings.LastIndex(address, "/")+1:]))
		return err
	})
	return l
}

func TestLinksToElsewhereAreRefusedInPlainWords(t *testing.T) {
	inWorld(t, func(w *world) {
		for entered, says := range map[string]string{
			"https://evil.example/serum":            "This page is not on a site of Fernwood Tea",
			"https://shop.example.evil.example/":    "This page is not on a site of Fernwood Tea",
			"javascript:alert(1)":                   "",
			"javascript://shop.example/%0aalert(1)": "",
			"https://shop.example@evil.example/":    "",
			"":                                      "",
			"https://shop.example/" + strings.Repeat("a", 3000): "",
		} {
			answer := w.post("/share", "destination", entered)
			if answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), "rp-error") {
				t.Errorf("%.60q is answered %d", entered, answer.Code)
			}
			w.wantText(answer.Body.String(), says)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := partnerships.SetStatus(ctx, tx, w.maya.of.ID, partnerships.StatusEnded)
			return err
		})
		w.wantText(w.post("/share", "destination", "https://shop.example/").Body.String(), "has ended")
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, _, err := links.List(ctx, tx, links.Filter{Program: w.program.ID, Partnership: w.maya.of.ID}, db.Page{})
			if len(all) != 1 {
				t.Errorf("%d links are left behind", len(all))
			}
			return err
		})
	})
}

func TestATaskIsHandedInCorrectedAndAccepted(t *testing.T) {
	inWorld(t, func(w *world) {
		task := w.asks("Spring teas", "Show how you brew it.\nSay that it is an ad.", w.DB.Now().Add(48*time.Hour))
		path := "/tasks/" + string(task.ID)
		w.wantText(w.get("/tasks"), "Spring teas", "Until 4 Mar 2026", "To do")
		w.wantText(w.get(path), "Show how you brew it.<br>Say that it is an ad.")
		if bad := w.post(path, "url", "not an address"); bad.Code != http.StatusUnprocessableEntity || !strings.Contains(bad.Body.String(), "not an address") {
			t.Errorf("a wrong address is answered %d", bad.Code)
		}
		for range 2 { // a second tap changes nothing
			if done := w.post(path, "url", "www.tiktok.com/@maya/video/1"); done.Code != http.StatusSeeOther {
				t.Fatalf("handing in is answered %d", done.Code)
			}
		}
		w.wantText(w.get(path), "You handed this in. Fernwood Tea will look at it", "https://www.tiktok.com/@maya/video/1")
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := content.AskChanges(ctx, tx, task.ID, "Say that it is an ad.")
			return err
		})
		w.wantText(w.get("/"), "Fernwood Tea asks for a change in “Spring teas”")
		w.wantText(w.get(path), "What should be changed")
		w.post(path, "url", "https://www.tiktok.com/@maya/video/2")
		w.Do(func(ctx context.Context, tx *db.Tx) error { _, err := content.Accept(ctx, tx, task.ID); return err })
		page := w.get(path)
		w.wantText(page, "accepted your post")
		if strings.Contains(page, `name="url"`) {
			t.Error("an accepted task can be handed in again")
		}
	})
}

func TestAMessageIsSentOnceAndReadByAPost(t *testing.T) {
	inWorld(t, func(w *world) {
		w.says(outreach.SideBrand, "Hello Maya")
		w.get("/messages")
		if n := w.unread(); n != 1 {
			t.Errorf("looking read %d messages", 1-n)
		}
		w.wantText(w.get("/"), "1 new message from Fernwood Tea")
		for range 2 {
			if sent := w.post("/messages", "body", "Two\r\nlines "); sent.Code != http.StatusSeeOther {
				t.Fatalf("sending is answered %d", sent.Code)
			}
		}
		page := w.get("/messages")
		w.wantText(page, "Two<br>lines")
		if n := strings.Count(page, "Two<br>lines"); n != 1 {
			t.Errorf("the message was sent %d times", n)
		}
		if empty := w.post("/messages", "body", " \r\n"); empty.Code != http.StatusUnprocessableEntity {
			t.Errorf("an empty message is answered %d", empty.Code)
		}
		w.post("/messages/read")
		if n := w.unread(); n != 0 {
			t.Errorf("%d messages wait after they were marked", n)
		}
	})
}

func TestTheAccountIsChangedByWhoJustSignedIn(t *testing.T) {
	inWorld(t, func(w *world) {
		bank := []string{"method", "bank", "payee", "Maya Ortiz", "details", "DE89 3704 0044 0532 0130 00"}
		if wrong := w.post("/earnings/account", "method", "bank", "payee", "Maya", "details", "DE12"); wrong.Code != http.StatusUnprocessableEntity {
			t.Errorf("a wrong IBAN is answered %d", wrong.Code)
		}
		if done := w.post("/earnings/account", bank...); done.Code != http.StatusSeeOther {
			t.Fatalf("a good account is answered %d: %s", done.Code, done.Body)
		}
		w.wantText(w.get("/earnings"), "IBAN …3000")
		if page := w.get("/earnings/account"); strings.Contains(page, "0532") {
			t.Error("the account is shown in the clear")
		}
		w.wantMails(1)
		dbtest.Clock(w.DB).Advance(16 * time.Minute)
		page := w.get("/earnings/account")
		w.wantText(page, "sign in once more", "Send me a link")
		if late := w.post("/earnings/account", "method", "other", "payee", "Somebody", "details", "elsewhere"); late.Code != http.StatusUnprocessableEntity {
			t.Errorf("who signed in long ago is answered %d", late.Code)
		}
		w.wantText(w.get("/earnings"), "IBAN …3000")
		w.post("/earnings/account/prove")
		w.wantMails(2)
	})
}

func TestWithoutAMailServerTheBrandHandsOutTheLink(t *testing.T) {
	inWorld(t, func(w *world) {
		w.Mux.MailSent = false
		dbtest.Clock(w.DB).Advance(time.Hour)
		w.wantText(w.get("/earnings/account"), "Ask Fernwood Tea for a new link")
	})
}

func (w *world) wantMails(n int64) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		c, err := notify.Count(ctx, tx)
		if c.Queued != n {
			w.Errorf("%d mails are queued, want %d", c.Queued, n)
		}
		return err
	})
}

func TestAnOrderIsCheckedAndAskedAbout(t *testing.T) {
	inWorld(t, func(w *world) {
		w.full()
		for number, says := range map[string]string{
			"#1001": "This order counts for Maya Ortiz.", "1002": "all of its goods were refunded", "1003": "was cancelled", "1010": "This order counts for Maya Ortiz.",
			"1011": "credited to another creator", "1012": "counts for nobody", "9999": "No order of this number was received.",
		} {
			w.wantText(w.post("/check", "number", number).Body.String(), says, "Ask Fernwood Tea to look at order "+strings.TrimPrefix(number, "#"))
		}
		if empty := w.post("/check", "number", " "); empty.Code != http.StatusUnprocessableEntity {
			t.Errorf("no number is answered %d", empty.Code)
		}
		for range 2 {
			w.post("/check/review", "number", "#1012", "question", "She told me\nin a message.")
		}
		var asked []reviews.Review
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			asked, _, err = reviews.List(ctx, tx, reviews.Filter{Program: w.program.ID}, db.Page{})
			return err
		})
		if len(asked) != 1 || asked[0].Partnership != w.maya.of.ID || asked[0].Conversion != w.conversion("1012").ID || asked[0].AskedBy != "Maya Ortiz" {
			t.Fatalf("asked: %+v", asked)
		}
		w.wantText(w.get("/check"), "Being looked at", "She told me<br>in a message.")
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := reviews.Answer(ctx, tx, w.olga, asked[0].ID, reviews.OutcomeDeclined, "It came by our newsletter.")
			return err
		})
		w.wantText(w.get("/check"), "Not changed", "It came by our newsletter.", "Olga")
	})
}

func TestNobodyTriesOrderNumbersAllDay(t *testing.T) {
	inWorld(t, func(w *world) {
		for i := range 100 {
			if answer := w.post("/check", "number", fmt.Sprint(i)); answer.Code == http.StatusTooManyRequests {
				return
			}
		}
		t.Error("a hundred numbers were tried")
	})
}

func TestListsGoOnAndAreCut(t *testing.T) {
	inWorld(t, func(w *world) {
		for i := range 35 {
			w.order(fmt.Sprint("A", i), 1000, coded(w.maya))
		}
		dbtest.Clock(w.DB).Advance(31 * 24 * time.Hour)
		w.maya.token = w.Session(w.maya.user, auth.PurposeCreator)
		w.order("B1", 2000, coded(w.maya))
		first := w.get("/earnings")
		w.wantText(first, "Order B1", "/earnings?after=com_")
		_, rest, _ := strings.Cut(first, "/earnings?after=")
		after, _, _ := strings.Cut(rest, `"`)
		w.wantText(w.get("/earnings?after="+after), "Order A0")
		april := w.get("/earnings?month=2026-04&show=waiting")
		w.wantText(april, "Orders of Apr 2026", "Order B1", "Show all months")
		if strings.Contains(april, "Order A1") {
			t.Error("April shows an order of March")
		}
		w.wantText(w.get("/earnings?show=paid"), "There is nothing of this kind.")
	})
}

func TestASessionThatEndedIsAskedToSignIn(t *testing.T) {
	inWorld(t, func(w *world) {
		w.Must(auth.SignOut(t.Context(), w.DB, w.maya.token))
		if answer := w.Ask(w.maya.base()+"/earnings", w.maya.token, nil); answer.Code != http.StatusSeeOther {
			t.Errorf("answered %d", answer.Code)
		}
	})
}

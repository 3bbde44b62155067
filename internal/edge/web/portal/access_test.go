package portal_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/edge/web/ui"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/intake"
	"rapport/internal/track/links"
)

// foreignThings are addresses of what belongs to Jo in the same program and to Sam in another one, put below Maya's portal, by method.
func (w *world) foreignThings() (gets, posts []string) {
	w.Helper()
	joOrder := w.conversion("1011")
	sam := w.orderOfSam()
	for _, link := range []links.ID{w.jo.link.ID, w.sam.link.ID} {
		gets = append(gets, "/share/links/"+string(link), "/share/links/"+string(link)+"/qr.png")
	}
	gets = append(gets, "/why/commission/"+string(w.commission("1011").ID), "/why/order/"+string(joOrder.ID), "/why/order/"+string(w.conversion("1012").ID),
		"/why/commission/"+string(sam.Commissions[0].ID), "/why/order/"+string(sam.Conversion.ID), "/tasks/"+string(w.foreign[0].ID),
		"/earnings/payouts/"+string(w.payoutOf(w.jo.of.Creator).ID), "/share/links/lnk_0", "/why/commission/x", "/why/order/x", "/tasks/x", "/earnings/payouts/x",
		"/earnings?show=all", "/earnings?month=2026", "/earnings?month=x", "/nothing")
	return gets, []string{"/tasks/" + string(w.foreign[0].ID), "/tasks/x"}
}

func (w *world) orderOfSam() (result intake.Result) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		result, err = w.door.Order(ctx, tx, intake.Order{Program: w.other.ID, ExternalID: "S1", Amount: eur(5000), Touches: []intake.Touch{coded(w.sam)}, Source: "api", OccurredAt: tx.Now()})
		return err
	})
	return result
}

// shared is a world in which Jo was paid too.
func (w *world) shared() {
	w.Helper()
	w.busy()
	w.decide(commissions.Approve, w.order("1020", 30000, coded(w.jo)))
	w.pay()
}

func TestNobodySeesWhatBelongsToAnother(t *testing.T) {
	inWorld(t, func(w *world) {
		w.shared()
		gets, posts := w.foreignThings()
		for _, path := range gets {
			if answer := w.Ask(w.maya.base()+path, w.maya.token, nil); answer.Code != http.StatusNotFound {
				t.Errorf("GET %s: %d", path, answer.Code)
			}
		}
		for _, path := range posts {
			if answer := w.post(path, "url", "https://www.tiktok.com/@maya/video/1"); answer.Code != http.StatusNotFound {
				t.Errorf("POST %s: %d", path, answer.Code)
			}
		}
	})
}

// actions are all addresses that take a POST, with a form that would be good.
func (w *world) actions() map[string]url.Values {
	return map[string]url.Values{
		"/share": form("destination", "https://shop.example/new"), "/tasks/" + string(w.tasks[0].ID): form("url", "https://www.tiktok.com/@maya/video/9"),
		"/messages": form("body", "hello"), "/messages/read": form(), "/earnings/account": form("method", "other", "payee", "Me", "details", "cash"),
		"/earnings/account/prove": form(), "/check": form("number", "1001"), "/check/review": form("number", "1001"),
	}
}

// TestNobodyWalksIntoAnothersPortal: another creator, of this program or another, one of the merchant's people who does not look as the creator,
// and nobody at all.
func TestNobodyWalksIntoAnothersPortal(t *testing.T) {
	inWorld(t, func(w *world) {
		w.shared()
		for name, token := range map[string]string{"Jo": w.jo.token, "Sam": w.sam.token, "an owner": w.owner} {
			for _, path := range w.everyPage() {
				if answer := w.Ask(w.maya.base()+path, token, nil); answer.Code != http.StatusNotFound {
					t.Errorf("%s at %s: %d", name, path, answer.Code)
				}
			}
			for path, entered := range w.actions() {
				if answer := w.Ask(w.maya.base()+path, token, entered); answer.Code != http.StatusNotFound {
					t.Errorf("%s posts to %s: %d", name, path, answer.Code)
				}
			}
		}
		if answer := w.Ask(w.maya.base()+"/", "x", nil); answer.Code != http.StatusSeeOther || !strings.HasPrefix(answer.Header().Get("Location"), "/sign-in") {
			t.Errorf("nobody is answered %d", answer.Code)
		}
	})
}

// TestNothingOfBuyersOrOtherCreatorsShows on any page, in any explanation, or in the answer about an order of somebody else.
func TestNothingOfBuyersOrOtherCreatorsShows(t *testing.T) {
	inWorld(t, func(w *world) {
		w.shared()
		seen := map[string]string{}
		for _, path := range w.everyPage() {
			seen[path] = w.get(path)
		}
		for _, c := range w.commissionsOfMaya() {
			path := "/why/commission/" + string(c.ID)
			seen[path] = w.get(path)
		}
		for _, number := range []string{"1001", "1011", "1012", "1020", "S1", "7"} {
			seen["check "+number] = w.post("/check", "number", number).Body.String()
		}
		for path, page := range seen {
			for _, secret := range []string{"Secretname", "JO10", w.jo.link.Slug, "buyer.person", "Sam Elsewhere", "SAM10", "Otherwood", string(w.jo.of.ID), string(w.jo.of.Creator)} {
				if strings.Contains(page, secret) {
					t.Errorf("%s shows %s", path, secret)
				}
			}
		}
		w.wantText(seen["check 1011"], "credited to another creator")
		w.wantText(seen["check S1"], "No order of this number was received")
	})
}

func (w *world) commissionsOfMaya() (all []commissions.Commission) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		all, _, err = commissions.List(ctx, tx, commissions.Filter{Program: w.program.ID, Partnership: w.maya.of.ID}, db.Page{Limit: 100})
		return err
	})
	return all
}

// TestWhoLooksAsTheCreatorChangesNothing and sees no forms to do so.
func TestWhoLooksAsTheCreatorChangesNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		w.shared()
		_, s, err := auth.SessionBy(t.Context(), w.DB, w.owner)
		w.Must(err)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return auth.ViewAs(ctx, tx, s.ID, string(w.maya.of.Creator))
		})
		for _, path := range w.everyPage() {
			page := w.page(w.maya.base()+path, w.owner)
			if forms := strings.Count(page, "<form") - strings.Count(page, `action="/sign-out"`) - strings.Count(page, "view-as/stop"); forms != 0 {
				t.Errorf("%s has %d forms", path, forms)
			}
			w.wantText(page, "You see this as the creator does")
		}
		for path, entered := range w.actions() {
			if answer := w.Ask(w.maya.base()+path, w.owner, entered); answer.Code != http.StatusForbidden {
				t.Errorf("POST %s: %d", path, answer.Code)
			}
		}
		if w.unread() == 0 {
			t.Error("the creator's messages are read")
		}
	})
}

func TestThePortalOnPostgreSQL(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.EnginePostgres))
	w.busy()
	for _, path := range w.everyPage() {
		w.get(path)
	}
	for path, entered := range w.actions() {
		if answer := w.Ask(w.maya.base()+path, w.maya.token, entered); answer.Code >= http.StatusBadRequest {
			t.Errorf("POST %s: %d %s", path, answer.Code, ui.Lint(answer.Body.String()))
		}
	}
}

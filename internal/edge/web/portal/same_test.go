package portal_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// explained are the addresses of all explanations that the portal's pages lead to, below its base.
func (w *world) explained() (paths []string) {
	w.Helper()
	opens := regexp.MustCompile(`hx-get="` + w.maya.base() + `(/why/[^"]+)"`)
	for _, path := range append([]string{"/earnings?show=lost", "/earnings?show=paid"}, pathsOf(w.everyPage())...) {
		for _, m := range opens.FindAllStringSubmatch(w.get(path), -1) {
			paths = append(paths, m[1])
		}
	}
	for _, number := range []string{"1001", "1002", "1003", "1010"} {
		for _, m := range opens.FindAllStringSubmatch(w.post("/check", "number", number).Body.String(), -1) {
			paths = append(paths, m[1])
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

func pathsOf(pages map[string]string) (paths []string) {
	for _, path := range pages {
		paths = append(paths, path)
	}
	return paths
}

// panel is how a page is asked for the panel beside it.
var panel = []string{"HX-Request", "true", "HX-Target", "div#panel-body"}

// words are what a person reads of a panel, without its buttons: those differ, since the two can do different things.
func (w *world) words(base, path, token string) string {
	w.Helper()
	answer := w.Ask(base+path, token, nil, panel...)
	if answer.Code != http.StatusOK {
		w.Fatalf("%s: %d", base+path, answer.Code)
	}
	return w.wordsOf(answer.Body.String())
}

func (w *world) wordsOf(markup string) string {
	w.Helper()
	root, err := html.Parse(strings.NewReader(markup))
	w.Must(err)
	var words []string
	read(root, &words)
	return strings.Join(words, " ")
}

func read(n *html.Node, words *[]string) {
	for _, a := range n.Attr {
		if a.Key == "class" && a.Val == "rp-actions" {
			return
		}
	}
	if n.Type == html.TextNode {
		*words = append(*words, strings.Fields(n.Data)...)
	}
	for c := range n.ChildNodes() {
		read(c, words)
	}
}

// TestEveryAmountIsExplainedAlikeOnBothSides: a code against a click, refunds of a part and of all, a cancel, a rejection, a reversal, what is
// held, paid, sent back after it was paid, and credited by hand. The desk names other creators; that is all that differs.
func TestEveryAmountIsExplainedAlikeOnBothSides(t *testing.T) {
	inWorld(t, func(w *world) {
		w.busy()
		hide := strings.NewReplacer("Click on /"+w.jo.link.Slug+" of Jo Secretname", "Click on a link of another creator",
			"Code JO10 of Jo Secretname", "A code of another creator", "Jo Secretname", "another creator")
		paths := w.explained()
		if len(paths) < 10 {
			t.Fatalf("only %d explanations are led to: %v", len(paths), paths)
		}
		differs := false
		for _, path := range paths {
			portal, desk := w.words(w.maya.base(), path, w.maya.token), w.words("/p/"+string(w.program.ID), path, w.owner)
			if portal != hide.Replace(desk) {
				t.Errorf("%s\n the creator reads %s\n the merchant reads %s", path, portal, desk)
			}
			differs = differs || portal != desk
		}
		if !differs {
			t.Error("no explanation names another creator, so hiding was not tried")
		}
	})
}

// TestEveryAmountOfACommissionLeadsToItsExplanation: all of Maya's commissions are led to.
func TestEveryAmountOfACommissionLeadsToItsExplanation(t *testing.T) {
	inWorld(t, func(w *world) {
		w.busy()
		paths := w.explained()
		for _, c := range w.commissionsOfMaya() {
			if !slices.Contains(paths, "/why/commission/"+string(c.ID)) {
				t.Errorf("no page leads to the explanation of %s (%s)", c.ID, c.Amount())
			}
		}
	})
}

// TestAPayoutIsExplainedAlikeOnBothSides: what the merchant reads of its sum stands in the creator's explanation, word for word.
func TestAPayoutIsExplainedAlikeOnBothSides(t *testing.T) {
	inWorld(t, func(w *world) {
		w.shared()
		item := string(w.payout().ID)
		portal := w.words(w.maya.base(), "/earnings/payouts/"+item, w.maya.token)
		desk := w.Ask("/p/"+string(w.program.ID)+"/payout-items/"+item, w.owner, nil, panel...).Body.String()
		sums := regexp.MustCompile(`(?s)<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>`).FindAllStringSubmatch(desk, -1)
		if len(sums) < 3 {
			t.Fatalf("the desk's explanation has %d facts", len(sums))
		}
		for _, m := range sums[:len(sums)-1] { // the last one is the status, a badge on both sides
			fact := w.wordsOf(m[1]) + " " + w.wordsOf(m[2])
			if !strings.Contains(portal, fact) {
				t.Errorf("the merchant reads %q, the creator %q", fact, portal)
			}
		}
	})
}

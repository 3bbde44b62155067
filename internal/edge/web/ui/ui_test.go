package ui

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/edge/web/text"
)

func newSet(t *testing.T, main string) *Set {
	t.Helper()
	s, err := New(fstest.MapFS{"hello.html": {Data: []byte(`{{define "main"}}` + main + `{{end}}`)}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func deskPage(body any) *Page {
	return &Page{Layout: Desk, Title: "Hello", Nav: DeskNav("en", ""), Active: "home", Body: body}
}

func render(t *testing.T, s *Set, p *Page, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/hello?a=1", nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	if err := s.Render(w, r, http.StatusOK, "hello", p); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestHTMXGetsOnlyWhatItAsksFor(t *testing.T) {
	s := newSet(t, `<p>words</p>`)
	whole := render(t, s, deskPage(nil)).Body.String()
	boosted := render(t, s, deskPage(nil), "HX-Request", "true", "HX-Target", "main#main").Body.String()
	part := render(t, s, deskPage(nil), "HX-Request", "true", "HX-Target", "section#rows").Body.String()
	panel := render(t, s, deskPage(nil), "HX-Request", "true", "HX-Target", "div#panel-body").Body.String()
	back := render(t, s, deskPage(nil), "HX-Request", "true", "HX-Target", "body", "HX-History-Restore-Request", "true").Body.String()
	if !strings.HasPrefix(whole, "<!doctype html>") || !strings.HasPrefix(back, "<!doctype html>") {
		t.Error("a plain request or a step back is not answered with a whole page")
	}
	if strings.Contains(boosted, "<html") || !strings.Contains(boosted, "<title>Hello</title>") || !strings.Contains(boosted, `hx-swap-oob="true"`) {
		t.Errorf("a boosted link gets %s", boosted)
	}
	if part != "<p>words</p>" {
		t.Errorf("another target gets %s", part)
	}
	if strings.Contains(panel, "<nav") || !strings.Contains(panel, ">Hello</h2><p>words</p>") {
		t.Errorf("the panel gets %s", panel)
	}
}

func TestAnotherFrameIsLoadedWhole(t *testing.T) {
	s := newSet(t, `<p>words</p>`)
	w := render(t, s, deskPage(nil), "HX-Request", "true", "HX-Target", "main#main", "Rapport-Frame", "portal|Other||")
	if got := w.Header().Get("HX-Redirect"); got != "/hello?a=1" {
		t.Errorf("a page with another frame is sent to %q", got)
	}
	same := deskPage(nil)
	same.Program.Name = "شاي الشمال"
	if strings.ContainsFunc(same.Frame(), func(r rune) bool { return r > 126 }) {
		t.Errorf("a browser cannot send %q in a header", same.Frame())
	}
	w = render(t, s, same, "HX-Request", "true", "HX-Target", "main#main", "Rapport-Frame", same.Frame())
	if got := w.Header().Get("HX-Redirect"); got != "" {
		t.Errorf("the same frame is sent to %q", got)
	}
}

func TestAFailingTemplateWritesNothing(t *testing.T) {
	s := newSet(t, `<p>begun</p>{{.NoSuch}}`)
	w := httptest.NewRecorder()
	if err := s.Render(w, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusOK, "hello", deskPage(nil)); err == nil {
		t.Fatal("a template that fails renders")
	}
	if w.Body.Len() > 0 {
		t.Errorf("%d bytes were written before the error", w.Body.Len())
	}
}

func TestFiguresFollowTheProgramsZone(t *testing.T) {
	s := newSet(t, `{{date .Body}}|{{datetime .Body}}`)
	p := deskPage(time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC))
	p.Zone = time.FixedZone("Two", 2*3600)
	if body := render(t, s, p).Body.String(); !strings.Contains(body, "23 Nov 2026|23 Nov 2026, 01:30") {
		t.Error(body)
	}
	p.Zone = time.UTC
	if body := render(t, s, p).Body.String(); !strings.Contains(body, "22 Nov 2026|22 Nov 2026, 23:30") {
		t.Error("the zone of the first reader stays for the second")
	}
}

func TestTheThemeCookieIsWrittenIntoThePage(t *testing.T) {
	s := newSet(t, ``)
	for cookie, want := range map[string]bool{"rp_theme=dark": true, `rp_theme=evil"`: false, "": false} {
		if got := strings.Contains(render(t, s, deskPage(nil), "Cookie", cookie).Body.String(), `data-bs-theme="dark"`); got != want {
			t.Errorf("cookie %q: dark is %v", cookie, got)
		}
	}
}

func TestTheSwitcherComesWithTheSecondProgram(t *testing.T) {
	s := newSet(t, ``)
	p := deskPage(nil)
	p.Programs = []Link{{Label: "One", URL: "/1"}}
	if strings.Contains(render(t, s, p).Body.String(), "rp-switch") {
		t.Error("one program has a switcher")
	}
	p.Programs = append(p.Programs, Link{Label: "Two", URL: "/2"})
	if !strings.Contains(render(t, s, p).Body.String(), "rp-switch") {
		t.Error("two programs have no switcher")
	}
}

func TestEveryAccentCanBeRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Colour{rapid.Byte().Draw(t, "r"), rapid.Byte().Draw(t, "g"), rapid.Byte().Draw(t, "b")}
		a := AccentFor(c)
		for _, p := range []struct {
			name   string
			on, by Colour
			ratio  float64
		}{
			{"words on the button", a.OnFill, a.Fill, 4.5}, {"words on light", a.TextLight, lightGround, 4.5}, {"words on white", a.TextLight, white, 4.5},
			{"words on dark", a.TextDark, darkGround, 4.5}, {"lines on light", a.LineLight, lightGround, 3}, {"lines on dark", a.LineDark, darkGround, 3},
		} {
			if got := p.on.Contrast(p.by); got < p.ratio {
				t.Fatalf("%v: %s has a contrast of %.2f", c, p.name, got)
			}
		}
	})
}

func TestAccentStylesheetsAreServedForColoursOnly(t *testing.T) {
	for file, want := range map[string]int{"0f766e.css": 200, "0F766E.css": 200, "0f766e": 404, "red.css": 404, "}body{}.css": 404, "0f766e0.css": 404} {
		w := httptest.NewRecorder()
		Assets().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/assets/accent/"+url.PathEscape(file), nil))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", file, w.Code, want)
		}
	}
}

func TestFaultsStandBesideTheirFields(t *testing.T) {
	f := Form{Fields: []Field{{Name: "amount"}, {Name: "name"}}}
	f.Fail(fault.Join(fault.Invalid("too small").In("amount"), fault.Invalid("unheard of").In("elsewhere")))
	if f.Fields[0].Error != "Too small." || f.Fields[1].Error != "" || f.Error != "Unheard of." {
		t.Errorf("%+v", f)
	}
}

func TestTableLinksKeepTheViewAndDropTheCursor(t *testing.T) {
	table := Table{ID: "t", Path: "/c", Query: url.Values{"q": {"mira"}, "status": {"active"}, "after": {"xyz"}, "sort": {"name"}}, Filters: []Filter{{Key: "status", Options: []Choice{{"active", "Active"}}}}}
	for got, want := range map[string]string{
		table.SortURL(Column{Key: "name"}):                "/c?q=mira&sort=-name&status=active",
		table.SortURL(Column{Key: "sales", Figure: true}): "/c?q=mira&sort=-sales&status=active",
		table.Without("status"):                           "/c?q=mira&sort=name",
		table.Clear():                                     "/c?sort=name",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestValuesAreEscapedEverywhere(t *testing.T) {
	const evil = `<script>alert(1)</script>`
	s := newSet(t, `{{range .Body}}{{show .}}{{end}}`)
	body := render(t, s, deskPage([]any{
		evil, Person{Name: evil, Sub: evil, URL: "javascript:alert(1)"}, Badge{Label: evil, Hint: evil}, CopyField{Label: evil, Value: evil}, EmptyState{Text: evil},
		Chart{ID: "c", Title: evil, Steps: []string{evil}, Series: []Series{{Name: evil, Values: Values(1)}}}, Why{Title: evil, Summary: evil},
		Table{ID: "t", Caption: evil, Path: "/", Columns: []Column{{Key: "a", Label: evil}}, Rows: []Row{{Label: evil, Cells: []any{evil}}}},
		SentenceEditor{ID: "s", Text: evil + " {a}", Fields: []Field{{Name: "a", Label: evil, Value: evil}}},
	})).Body.String()
	if strings.Contains(body, "<script>alert") || strings.Contains(body, "javascript:") {
		t.Error("a value became markup")
	}
}

func TestMoneyOpensItsExplanation(t *testing.T) {
	s := newSet(t, `{{show .Body}}`)
	body := render(t, s, deskPage(Money{Amount: money.Amount{Minor: 1240, Currency: "USD"}, Why: "/why/1"})).Body.String()
	if !strings.Contains(body, `href="/why/1"`) || !strings.Contains(body, "$12.40") {
		t.Error(body)
	}
}

func TestEveryStatusHasItsWord(t *testing.T) {
	for s := range statuses {
		if !text.Has("status." + string(s)) {
			t.Errorf("status %s has no word", s)
		}
	}
}

func TestLintSeesWhatIsWrong(t *testing.T) {
	for page, want := range map[string]string{
		`<p style="color:red">x</p>`: "style", `<button onclick="x()">x</button>`: "onclick", `<script>x()</script>`: "inline script", `<i id="a"></i><i id="a"></i>`: "twice",
		`<img src="/x">`: "alt", `<input name="q">`: "label", `<b>[home.title]</b>`: "missing key", `<a href="#ZgotmplZ">x</a>`: "unsafe",
	} {
		if faults := Lint(page); len(faults) == 0 || !strings.Contains(faults[0].Error(), want) {
			t.Errorf("%s: %v", page, faults)
		}
	}
	if faults := Lint(`<label>x <input name="q"></label>`); len(faults) > 0 {
		t.Error(faults)
	}
}

func TestOurOwnColourIsTheOneInTheStylesheet(t *testing.T) {
	css, err := os.ReadFile("../assets/src/app.css")
	if err != nil {
		t.Fatal(err)
	}
	c, _ := ParseColour(DefaultAccent)
	for rule := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(AccentFor(c).CSS(), ":root{"), "}\n"), ";") {
		name, value, _ := strings.Cut(rule, ":")
		want := name + ": " + strings.ReplaceAll(value, ",", ", ") + ";"
		if !strings.Contains(string(css), want) {
			t.Errorf("app.css lacks %q", want)
		}
	}
}

package portal_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rapport/internal/edge/web/portal"
	"rapport/internal/edge/web/ui"
)

// TestEveryPageIsExecutedInEveryForm: whole, as the inside of the frame, and beside a page; with nothing, much, and awkward things to show.
func TestEveryPageIsExecutedInEveryForm(t *testing.T) {
	for name, prepare := range map[string]func(w *world){"empty": func(*world) {}, "full": (*world).busy, "awkward": (*world).awkward} {
		inWorld(t, func(w *world) {
			prepare(w)
			for at, path := range w.everyPage() {
				for _, target := range []string{"", "main#main", "div#panel-body"} {
					answer := w.form(path, target)
					if faults := ui.Lint(answer.Body.String()); answer.Code != http.StatusOK || len(faults) > 0 {
						t.Errorf("%s, %s for %q: %d %v", name, at, target, answer.Code, faults)
					}
				}
			}
		})
	}
}

// form is a page of Maya's portal as htmx asks for it.
func (w *world) form(path, target string) *httptest.ResponseRecorder {
	w.Helper()
	if target == "" {
		return w.Ask(w.maya.base()+path, w.maya.token, nil)
	}
	return w.Ask(w.maya.base()+path, w.maya.token, nil, "HX-Request", "true", "HX-Target", target)
}

// TestNoTemplateIsForgotten: each is a page that the tests visit.
func TestNoTemplateIsForgotten(t *testing.T) {
	set, err := ui.New(portal.Templates)
	if err != nil {
		t.Fatal(err)
	}
	inWorld(t, func(w *world) {
		w.busy()
		visited := w.everyPage()
		for _, name := range set.Pages() {
			if _, ok := visited[strings.TrimPrefix(name, "portal_")]; !ok {
				t.Errorf("no test visits %s", name)
			}
		}
	})
}

package browsertest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed find.js
var finder string

// library evaluates to the functions of find.js; they leave nothing behind in the page.
var library = "(" + strings.TrimSpace(finder) + ")()"

// Scope is a part of a page in which to look: the page itself, or what Within names.
type Scope struct {
	p         *Page
	css, text string
}

// Within narrows the search to the innermost element that matches the CSS selector and contains the text; either may be empty.
func (s Scope) Within(css, text string) Scope { return Scope{s.p, css, text} }

// query is how an element is named; find.js reads it.
type query struct {
	Within string `json:"within,omitempty"`
	Having string `json:"having,omitempty"`
	CSS    string `json:"css,omitempty"`
	Role   string `json:"role,omitempty"`
	Name   string `json:"name,omitempty"`
	Field  bool   `json:"field,omitempty"` // only what can be filled in
}

func (s Scope) named(q query) query {
	q.Within, q.Having = s.css, s.text
	return q
}

// Click clicks the control with that visible name: a link, button, tab, menu entry, checkbox or other thing to press. The whole name
// counts first, then a part of it.
func (s Scope) Click(name string) {
	s.p.t.Helper()
	s.p.press(s.named(query{Name: name}))
}

// ClickRole clicks the control with that ARIA role and name, where two share a name: ClickRole("tab", "Payouts").
func (s Scope) ClickRole(role, name string) {
	s.p.t.Helper()
	s.p.press(s.named(query{Role: role, Name: name}))
}

// ClickCSS clicks the element a selector names. People do not see selectors: names are better where there is one.
func (s Scope) ClickCSS(css string) {
	s.p.t.Helper()
	s.p.press(s.named(query{CSS: css}))
}

// Check ticks the checkbox, switch or radio button with that label, if it is not ticked yet.
func (s Scope) Check(label string) { s.p.t.Helper(); s.tick(label, true) }

// Uncheck takes the tick away.
func (s Scope) Uncheck(label string) { s.p.t.Helper(); s.tick(label, false) }

func (s Scope) tick(label string, want bool) {
	s.p.t.Helper()
	q := s.named(query{Name: label, Field: true})
	if is := s.p.do("ticked", q, nil); is.Done != want {
		s.p.press(q)
	}
}

// Fill types a value over what the field with that label holds.
func (s Scope) Fill(label, value string) {
	s.p.t.Helper()
	p := s.p
	if p.do("fill", s.named(query{Name: label, Field: true}), value).Done {
		p.settle() // dates, colours and the like are set, not typed
		return
	}
	if value == "" {
		p.Press("Backspace")
		return
	}
	send(p, input.InsertText, input.InsertTextParams{Text: value})
	p.settle()
}

// Select chooses from a list by the label of the list and the text of the choice. It counts as one click.
func (s Scope) Select(label, choice string) {
	s.p.t.Helper()
	s.p.clicks++
	s.p.do("select", s.named(query{Name: label, Field: true}), choice)
	s.p.settle()
}

// Upload puts files into the file field with that label. The field may be hidden behind a nicer button. It counts as one click.
func (s Scope) Upload(label string, files ...string) {
	s.p.t.Helper()
	p := s.p
	p.clicks++
	var paths []string
	for _, f := range files {
		path, err := filepath.Abs(f)
		if err != nil {
			p.t.Fatal(err)
		}
		paths = append(paths, path)
	}
	found := send(p, runtime.Evaluate, runtime.EvaluateParams{Expression: call("file", s.named(query{Name: label}), nil)})
	if found.ExceptionDetails != nil || found.Result.ObjectID == "" {
		p.t.Fatalf("there is no file field %q\n%s", label, p.describe())
	}
	send(p, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: paths, ObjectID: found.Result.ObjectID})
	p.settle()
}

// Press presses a key where the focus is: Tab, Shift+Tab, Enter, Escape, Space, Backspace, the arrows, or a single character.
func (p *Page) Press(key string) {
	p.t.Helper()
	keys := map[string]string{
		"Tab": kb.Tab, "Enter": kb.Enter, "Escape": kb.Escape, "Space": " ", "Backspace": kb.Backspace,
		"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight, "Home": kb.Home, "End": kb.End,
	}
	plain, shifted := strings.CutPrefix(key, "Shift+")
	text, known := keys[plain]
	if !known {
		text = plain
	}
	var options []chromedp.KeyOption
	if shifted {
		options = append(options, chromedp.KeyModifiers(chromedp.ModifierShift))
	}
	if err := chromedp.Do(p.ctx, chromedp.KeyEvent(text, options...)); err != nil {
		p.t.Fatalf("cannot press %s: %v", key, err)
	}
	p.settle()
}

// Focused says where the keyboard is, as "role name": "button Approve".
func (p *Page) Focused() string {
	p.t.Helper()
	return eval[string](p, library+`.focused()`)
}

// Text is what a person reads in the first visible element that matches the selector; it is waited for.
func (s Scope) Text(css string) string {
	s.p.t.Helper()
	return s.p.do("text", s.named(query{CSS: css}), nil).Text
}

// Texts are the texts of all visible elements that match, now; none is an empty answer, so wait for something before.
func (s Scope) Texts(css string) []string {
	s.p.t.Helper()
	s.p.settle()
	return eval[[]string](s.p, call("texts", s.named(query{CSS: css}), nil))
}

// Value is what the field with that label holds.
func (s Scope) Value(label string) string {
	s.p.t.Helper()
	return s.p.do("value", s.named(query{Name: label, Field: true}), nil).Text
}

// Has says whether a person can read the text, now.
func (s Scope) Has(text string) bool {
	s.p.t.Helper()
	s.p.settle()
	return eval[bool](s.p, call("reads", s.named(query{}), text))
}

// WaitText waits until a person can read the text.
func (s Scope) WaitText(text string) { s.p.t.Helper(); s.waitText(text, true) }

// WaitGone waits until the text cannot be read any more.
func (s Scope) WaitGone(text string) { s.p.t.Helper(); s.waitText(text, false) }

func (s Scope) waitText(text string, want bool) {
	s.p.t.Helper()
	s.p.until(func() (string, bool) {
		got, err := try[bool](s.p, call("reads", s.named(query{}), text))
		return fmt.Sprintf("the text %q: shown is %v, wanted is %v (%v)", text, got, want, err), err == nil && got == want
	})
	s.p.settle()
}

// outcome is what find.js answers: a reason why the act is not possible yet, or what it gave.
type outcome struct {
	Reason string  `json:"reason"`
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Done   bool    `json:"done"`
	Text   string  `json:"text"`
}

// do lets find.js act on the element once it is there and the page has settled.
func (p *Page) do(act string, q query, argument any) outcome {
	p.t.Helper()
	var got outcome
	p.settle()
	p.until(func() (string, bool) {
		var err error
		if got, err = try[outcome](p, call(act, q, argument)); err != nil {
			return err.Error(), false
		}
		return got.Reason, got.Reason == ""
	})
	return got
}

// press clicks, or on a phone taps, the middle of the element with real input, so that whatever covers it gets the click in its place.
func (p *Page) press(q query) {
	p.t.Helper()
	at := p.do("place", q, nil)
	p.clicks++
	if p.viewport.Phone {
		send(p, input.DispatchTouchEvent, input.DispatchTouchEventParams{
			Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: at.X, Y: at.Y}},
		})
		send(p, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
	} else {
		for _, kind := range []input.DispatchMouseEventType{
			input.DispatchMouseEventTypeMouseMoved, input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased,
		} {
			p.mouse(kind, at)
		}
	}
	p.settle()
}

func (p *Page) mouse(kind input.DispatchMouseEventType, at outcome) {
	p.t.Helper()
	params := input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y}
	if kind != input.DispatchMouseEventTypeMouseMoved {
		params.Button, params.ClickCount = input.MouseButtonLeft, 1
	}
	send(p, input.DispatchMouseEvent, params)
}

// call writes the call of a function of find.js.
func call(function string, q query, argument any) string {
	args, err := json.Marshal([]any{q, argument})
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return fmt.Sprintf("%s.%s(...%s)", library, function, args)
}

// settle waits until nothing is on its way: no navigation, no request, no swap of htmx, and two frames were drawn without anything new.
// What the page does later by itself (a search that waits for the typing to stop, a refresh by the clock) is waited for with WaitText.
func (p *Page) settle() {
	p.t.Helper()
	p.until(func() (string, bool) {
		what, before := p.seen.busy()
		if what != "" {
			return what, false
		}
		waiting, err := try[string](p, library+`.unsettled()`)
		if err != nil {
			return err.Error(), false
		}
		what, after := p.seen.busy()
		if waiting == "" && what == "" && before != after {
			what = "new requests keep coming"
		}
		return waiting + what, waiting+what == ""
	})
}

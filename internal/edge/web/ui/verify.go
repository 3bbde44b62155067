package ui

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/html"

	"rapport/internal/edge/web/assets"
)

// Verify executes every page with the samples a test gives it, in every form it is served in, and reports what a browser or reader would stumble over:
// template errors, unknown keys and icons, ids that stand twice, inline styles and scripts, fields without a label. A page without a sample is an error.
func (s *Set) Verify(samples map[string][]*Page) error {
	var errs []error
	for _, name := range s.Pages() {
		if len(samples[name]) == 0 {
			errs = append(errs, fmt.Errorf("page %q has no sample", name))
		}
		for i, p := range samples[name] {
			if err := s.verifyPage(name, p); err != nil {
				errs = append(errs, fmt.Errorf("page %q, sample %d: %w", name, i, err))
			}
		}
	}
	return errors.Join(errs...)
}

func (s *Set) verifyPage(name string, p *Page) error {
	v, err := s.view(name, p.locale())
	if err != nil {
		return err
	}
	var errs []error
	for _, form := range []string{"layout/" + string(p.Layout), "fragment", "main"} {
		var out bytes.Buffer
		if err := v.tmpl.ExecuteTemplate(&out, form, p); err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, Lint(out.String())...)
	}
	return errors.Join(errs...)
}

// Lint reads one page or fragment as a browser does and lists what is wrong with it.
func Lint(page string) (faults []error) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []error{err}
	}
	l := linter{ids: map[string]bool{}, labels: map[string]bool{}}
	l.collect(root)
	l.walk(root, false)
	return l.faults
}

type linter struct {
	ids, labels map[string]bool
	faults      []error
}

func (l *linter) fail(format string, args ...any) {
	l.faults = append(l.faults, fmt.Errorf(format, args...))
}

func (l *linter) collect(n *html.Node) {
	if id := attr(n, "id"); id != "" {
		if l.ids[id] {
			l.fail("id %q stands twice", id)
		}
		l.ids[id] = true
	}
	if n.Data == "label" {
		l.labels[attr(n, "for")] = true
	}
	for c := range n.ChildNodes() {
		l.collect(c)
	}
}

func (l *linter) walk(n *html.Node, inLabel bool) {
	switch n.Type {
	case html.ElementNode:
		l.element(n, inLabel)
	case html.TextNode:
		if strings.Contains(n.Data, "#ZgotmplZ") {
			l.fail("an unsafe value was filtered: %q", n.Data)
		}
	}
	for c := range n.ChildNodes() {
		l.walk(c, inLabel || n.Data == "label")
	}
}

func (l *linter) element(n *html.Node, inLabel bool) {
	for _, a := range n.Attr {
		switch {
		case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
			l.fail("<%s> has %s, which the content security policy forbids", n.Data, a.Key)
		case strings.Contains(a.Val, "ZgotmplZ"):
			l.fail("<%s %s> holds an unsafe value", n.Data, a.Key)
		case strings.HasPrefix(a.Val, "["):
			l.fail("<%s %s> shows the missing key %s", n.Data, a.Key, a.Val)
		}
	}
	l.rules(n, inLabel)
}

func (l *linter) rules(n *html.Node, inLabel bool) {
	switch n.Data {
	case "style":
		l.fail("<style> is forbidden by the content security policy")
	case "script":
		if attr(n, "src") == "" && attr(n, "type") != "application/json" {
			l.fail("an inline script is forbidden by the content security policy")
		}
	case "img", "iframe":
		if !has(n, "alt") && !has(n, "title") {
			l.fail("<%s src=%q> has neither alt nor title", n.Data, attr(n, "src"))
		}
	case "input", "select", "textarea":
		if attr(n, "type") != "hidden" && !inLabel && attr(n, "aria-label") == "" && !l.labels[attr(n, "id")] {
			l.fail("<%s name=%q> has no label", n.Data, attr(n, "name"))
		}
	case "use":
		if _, icon, ok := strings.Cut(attr(n, "href"), "#"); ok && !assets.HasIcon(icon) {
			l.fail("icon %q is not in the sprite: build the assets again", icon)
		}
	}
	if text := n.FirstChild; text != nil && text.Type == html.TextNode && missingKey(text.Data) {
		l.fail("<%s> shows the missing key %s", n.Data, text.Data)
	}
}

// missingKey recognises what text.T returns for a key it does not know.
func missingKey(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") && strings.Contains(s, ".") && !strings.ContainsAny(s, " \"{")
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

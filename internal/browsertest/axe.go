package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Violation is one rule of accessibility that the page breaks, as axe-core reports it.
type Violation struct {
	ID      string // color-contrast
	Impact  string // minor, moderate, serious, critical
	Help    string // the rule in a sentence
	HelpURL string
	Nodes   []Node
}

// Node is one element that breaks the rule.
type Node struct {
	HTML           string
	FailureSummary string
}

func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s (%s)", v.Impact, v.ID, v.Help, v.HelpURL)
	for i, n := range v.Nodes {
		if i == 5 {
			fmt.Fprintf(&b, "\n  … and %d more", len(v.Nodes)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %.200s\n    %s", n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", "\n    "))
	}
	return b.String()
}

// AxeViolations runs axe-core over the page as it stands, with the rules of WCAG 2.2 A and AA.
func (p *Page) AxeViolations() []Violation {
	p.t.Helper()
	p.settle()
	if !eval[bool](p, `typeof window.axe === 'object'`) {
		if _, err := try[any](p, axeSource(p.t)+"\n;undefined"); err != nil {
			p.t.Fatalf("cannot load axe: %v", err)
		}
	}
	found, err := try[[]Violation](p, `axe.run(document, {
		resultTypes: ['violations'],
		runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']},
	}).then(r => r.violations.map(v => ({ID: v.id, Impact: v.impact, Help: v.help, HelpURL: v.helpUrl,
		Nodes: v.nodes.map(n => ({HTML: n.html, FailureSummary: n.failureSummary}))})))`)
	if err != nil {
		p.t.Fatalf("axe: %v", err)
	}
	return found
}

// CheckAccessible fails the test for every serious or critical violation and logs the others.
func (p *Page) CheckAccessible() {
	p.t.Helper()
	for _, v := range p.AxeViolations() {
		if v.Impact == "serious" || v.Impact == "critical" {
			p.t.Errorf("%s is not accessible: %s", p.URL(), v)
		} else {
			p.t.Logf("%s: %s", p.URL(), v)
		}
	}
}

// axeSource reads axe-core from where npm put it.
func axeSource(t testing.TB) string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root(t), "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		missing(t, "axe-core is missing, run make web: %v", err)
	}
	return string(source)
}

// root is the folder of go.mod, above the folder in which the test runs.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, absent := os.Stat(filepath.Join(dir, "go.mod")); absent == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			err = os.ErrNotExist
		}
		dir = filepath.Dir(dir)
	}
	t.Fatalf("cannot find the folder of go.mod: %v", err)
	return ""
}

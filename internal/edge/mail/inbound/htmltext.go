package inbound

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlText is what a page says, as text: no marks, no scripts, no styles; quoted parts get the sign that quoted lines of text have.
func htmlText(page string) string {
	t := flow{}
	z := html.NewTokenizer(strings.NewReader(page))
	z.SetMaxBuf(maxText)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(tidy(t.text.String()))
		case html.TextToken:
			if t.silent == 0 {
				t.write(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			t.open(atom.Lookup(name))
		case html.EndTagToken:
			name, _ := z.TagName()
			t.close(atom.Lookup(name))
		case html.CommentToken, html.DoctypeToken:
		}
	}
}

// flow writes text line by line.
type flow struct {
	text          strings.Builder
	silent, depth int
	inLine, space bool
}

// maxQuoteDepth bounds the signs before one line.
const maxQuoteDepth = 5

func (t *flow) open(tag atom.Atom) {
	switch tag {
	case atom.Script, atom.Style, atom.Title, atom.Head, atom.Template, atom.Noscript:
		t.silent++
	case atom.Blockquote:
		t.line()
		t.depth++
	case atom.Br:
		t.text.WriteString("\n")
		t.inLine, t.space = false, false
	case atom.P, atom.Div, atom.Tr, atom.Li, atom.Ul, atom.Ol, atom.Table, atom.H1, atom.H2, atom.H3, atom.H4, atom.Hr, atom.Pre:
		t.line()
	case atom.Body:
		t.silent = 0 // a head that nobody closed
	}
}

func (t *flow) close(tag atom.Atom) {
	switch tag {
	case atom.Script, atom.Style, atom.Title, atom.Head, atom.Template, atom.Noscript:
		t.silent = max(0, t.silent-1)
	case atom.Blockquote:
		t.line()
		t.depth = max(0, t.depth-1)
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4:
		t.line()
		t.text.WriteString("\n")
	case atom.Div, atom.Tr, atom.Li, atom.Ul, atom.Ol, atom.Table, atom.Pre:
		t.line()
	}
}

// line ends the line, if one was begun.
func (t *flow) line() {
	if t.inLine {
		t.text.WriteString("\n")
	}
	t.inLine, t.space = false, false
}

// write sets words; white space of any length is one space.
func (t *flow) write(words string) {
	for i, word := range strings.FieldsFunc(words, isSpace) {
		if !t.inLine {
			t.text.WriteString(strings.Repeat(">", min(t.depth, maxQuoteDepth)))
			if t.depth > 0 {
				t.text.WriteString(" ")
			}
		} else if i > 0 || t.space || isSpace(rune(words[0])) {
			t.text.WriteString(" ")
		}
		t.text.WriteString(word)
		t.inLine, t.space = true, false
	}
	if words != "" && isSpace(rune(words[len(words)-1])) {
		t.space = true
	}
}

func isSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' }

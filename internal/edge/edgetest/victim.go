package edgetest

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"
)

// Victim is what a stranger must not see or change: rows that name one of its ids, texts with its stems, amounts in its rows.
type Victim struct {
	ids     map[string]bool
	stems   []string
	amounts []string
}

// ProgramVictim is all of the victim's program; creators who are in both programs are nobody's own.
func (w *World) ProgramVictim(t *testing.T) Victim {
	t.Helper()
	s := w.Victim
	seeds := []string{string(s.Program.ID), string(s.First.Partnership.Creator), string(s.Second.Partnership.Creator), s.First.User, s.Second.User, s.IDs["blob"][0]}
	for _, p := range s.People {
		seeds = append(seeds, p.User)
	}
	return w.victim(t, seeds, stemProgram, stemFirst)
}

// CreatorVictim is the victim's first creator, for the others of the same program.
func (w *World) CreatorVictim(t *testing.T) Victim {
	t.Helper()
	p := w.Victim.First
	return w.victim(t, []string{string(p.Partnership.ID), string(p.Partnership.Creator), p.User}, stemFirst)
}

// victim finds what hangs on the seeds: every row that names one of them, and every row that names such a row, and so on.
func (w *World) victim(t *testing.T, seeds []string, stems ...string) Victim {
	t.Helper()
	v := Victim{ids: map[string]bool{}, stems: stems}
	for _, id := range seeds {
		v.ids[id] = true
	}
	rows := w.Rows(t)
	for found := true; found; {
		found = false
		for _, r := range rows {
			if own := r.own(); own != "" && !v.ids[own] && v.names(r) {
				v.ids[own], found = true, true
			}
		}
	}
	v.amounts = v.amountsOf(rows)
	return v
}

// names reports whether a row names one of the victim's ids.
func (v Victim) names(r Row) bool {
	return slices.ContainsFunc(r.idsIn(), func(id string) bool { return v.ids[id] })
}

// smallest is the smallest amount that is looked for; smaller ones are on pages for other reasons.
const smallest = 10_000

// amountsOf are the amounts, as text, that stand in the victim's rows only.
func (v Victim) amountsOf(rows []Row) (texts []string) {
	own, others := map[int64]bool{}, map[int64]bool{}
	for _, r := range rows {
		for i, c := range r.Columns {
			if n, ok := r.Values[i].(int64); ok && strings.HasSuffix(c, "_minor") && n >= smallest {
				if v.names(r) {
					own[n] = true
				} else {
					others[n] = true
				}
			}
		}
	}
	for n := range own {
		if !others[n] {
			texts = append(texts, fmt.Sprintf("%d.%02d", n/100, n%100), fmt.Sprintf("%d,%03d.%02d", n/100_000, n/100%1000, n%100))
		}
	}
	return texts
}

// Seen are the victim's things in an answer, apart from what was sent: texts of the request.
func (v Victim) Seen(body string, sent ...string) (found []string) {
	body = strings.ToLower(html.UnescapeString(body))
	for _, id := range idPattern.FindAllString(body, -1) {
		if v.ids[id] && !slices.Contains(sent, id) {
			found = append(found, "id "+id)
		}
	}
	for _, s := range sent {
		if s != "" && !idPattern.MatchString(s) {
			body = strings.ReplaceAll(body, strings.ToLower(s), "…")
		}
	}
	for _, stem := range v.stems {
		if i := strings.Index(body, stem); i >= 0 {
			found = append(found, "text "+body[max(0, i-40):min(len(body), i+40)])
		}
	}
	for _, amount := range v.amounts {
		if i := strings.Index(body, amount); i >= 0 && !besideDigit(body, i, i+len(amount)) {
			found = append(found, "amount "+amount)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func besideDigit(s string, from, to int) bool {
	digit := func(i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }
	return digit(from-1) || digit(to)
}

// Changed are the victim's rows that came, went or are different now.
func (v Victim) Changed(before, after []Row) (found []string) {
	had, has := texts(before), texts(after)
	for _, r := range before {
		if text := r.String(); !has[text] && v.names(r) {
			found = append(found, "gone: "+text)
		}
	}
	for _, r := range after {
		if text := r.String(); !had[text] && v.names(r) {
			found = append(found, "new: "+text)
		}
	}
	return found
}

func texts(rows []Row) map[string]bool {
	all := make(map[string]bool, len(rows))
	for _, r := range rows {
		all[r.String()] = true
	}
	return all
}

package recruit

import (
	"net/url"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
	"rapport/internal/recruit/creators"
)

// likeBest stands in the place of a creator's id: whoever is like the program's best by return.
const likeBest = "best"

// alike is whom others are to be like.
type alike struct {
	asked  string // as the address says it
	name   string // of the one creator
	best   []analytics.Row
	enough int // who sold often enough to be one of the best
}

// likes reads whom others are to be like.
func (f *found) likes(r *frame.Request, tx *db.Tx, asked string) error {
	if asked == "" {
		return nil
	}
	f.like.asked = asked
	if asked != likeBest {
		c, err := seenCreator(r, tx, creators.ID(asked))
		f.query.Like, f.like.name = []creators.ID{c.ID}, c.Name
		return err
	}
	var tail []analytics.TailCount
	var err error
	if r.Deps().Tail != nil {
		if tail, err = r.Deps().Tail(r.Context(), tx); err != nil {
			return err
		}
	}
	if f.like.best, f.like.enough, err = analytics.Best(r.Context(), tx, r.Program.ID, tail); err != nil {
		return err
	}
	for _, b := range f.like.best {
		f.query.Like = append(f.query.Like, b.Creator)
	}
	return nil
}

// likeParts say whom others are like, and why these were taken.
func (f *found) likeParts(r *frame.Request) ui.Stack {
	switch {
	case f.like.asked == "":
		return nil
	case f.like.asked != likeBest:
		return ui.Stack{ui.Words(r.T("search.like", "name", f.like.name))}
	case len(f.like.best) == 0:
		return ui.Stack{ui.Words(r.T("search.best.none", "n", analytics.BestLeast, "sales", analytics.BestSales, "days", analytics.BestDays, "have", f.like.enough))}
	}
	t := ui.Table{ID: "best", Caption: r.T("search.best"), Path: r.To("/creators"), Plain: true, Columns: []ui.Column{
		{Key: "name", Label: r.T("creators.column.name"), Fixed: true}, {Key: "sales", Label: r.T("search.best.sales"), Figure: true}, {Key: "revenue", Label: r.T("search.best.revenue"), Figure: true},
		{Key: "cost", Label: r.T("search.best.cost"), Figure: true}, {Key: "return", Label: r.T("search.best.return"), Figure: true, Hint: r.T("search.best.return.hint")},
	}}
	for _, b := range f.like.best {
		t.Rows = append(t.Rows, ui.Row{ID: string(b.Creator), Label: b.Name, URL: r.To("/creators/" + url.PathEscape(string(b.Creator))), Cells: []any{
			b.Name, b.Conversions, b.Revenue, b.Cost, r.Locale().Percent(*b.ROI),
		}})
	}
	sub := r.T("search.best.sub", "n", len(f.like.best), "sales", analytics.BestSales, "days", analytics.BestDays)
	return ui.Stack{ui.Card{Title: r.T("search.best"), Sub: sub, Body: t, Flush: true}}
}

// likeFilter offers the best by return, and keeps the creator whom others are to be like now.
func (f *found) likeFilter(r *frame.Request) ui.Filter {
	one := ui.Filter{Key: "like", Label: r.T("search.alike_to"), Options: []ui.Choice{{Value: likeBest, Label: r.T("search.best.choice")}}}
	if f.like.name != "" {
		one.Options = slices.Insert(one.Options, 0, ui.Choice{Value: f.like.asked, Label: f.like.name})
	}
	return one
}

package recruit

import (
	"slices"
	"strconv"

	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/benchmarks"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
)

// body is the report: the verdict with its reasons, the figures, both judgements apart, what the score is made of, and what it was measured by.
func (c checkup) body(r *frame.Request) ui.Stack {
	s := c.report
	parts := ui.Stack{c.verdict(r), c.tiles(r)}
	if s.Unscored == vetting.UnscoredYouTube {
		return append(parts, c.countsChart(r), c.rawPosts(r))
	}
	parts = append(parts, ui.Columns{{c.accountCard(r)}, {c.audienceCard(r)}})
	if s.Scored() {
		parts = append(parts, c.partsTable(r))
	}
	parts = append(parts, c.benchmarksTable(r), c.countsChart(r))
	if s.Engagement.Formula != "" { // without one there is nothing to draw posts by
		parts = append(parts, c.postsChart(r))
	}
	if s.Sponsored.Compared {
		parts = append(parts, c.paidChart(r))
	}
	return append(parts, c.safetyTable(r), c.brandsTable(r), c.matchCard(r))
}

func (c checkup) tiles(r *frame.Request) ui.Tiles {
	s, l := c.report, r.Locale()
	followers := ui.Tile{Label: r.T("checkup.followers"), Unknown: r.T("creators.followers.unknown"), URL: c.home(r) + "/profile"}
	if s.Followers != nil {
		followers.Value, followers.Small = *s.Followers, r.T("checkup.counted", "day", l.Date(s.CountedAt))
	}
	if s.Unscored == vetting.UnscoredYouTube {
		return ui.Tiles{followers, c.lastTile(r)}
	}
	return ui.Tiles{c.engagementTile(r), c.viewsTile(r), c.lastTile(r), followers}
}

func (c checkup) engagementTile(r *frame.Request) ui.Tile {
	e := c.report.Engagement
	t := ui.Tile{Label: r.T("checkup.engagement"), Unknown: r.T("creators.engagement.unknown"), Small: e.Formula}
	if e.Known {
		t.Value = r.Locale().Percent(e.Rate)
	}
	return t
}

func (c checkup) viewsTile(r *frame.Request) ui.Tile {
	v := c.report.Views
	t := ui.Tile{Label: r.T("checkup.views"), Unknown: r.T("checkup.views.unknown"), Small: benchmarks.FormulaViewRate}
	if v.Known && v.Rate > 0 {
		t.Value = r.Locale().Percent(v.Rate)
	}
	return t
}

func (c checkup) lastTile(r *frame.Request) ui.Tile {
	h := c.report.Rhythm
	t := ui.Tile{Label: r.T("checkup.rhythm"), Unknown: r.T("checkup.rhythm.unknown")}
	switch {
	case h.Known:
		t.Value, t.Unit = r.Locale().Number(float64(int(h.PerWeek*10+0.5))/10), r.T("checkup.rhythm.unit")
		last := r.T("checkup.rhythm.today")
		if h.DaysSince > 0 {
			last = r.T("checkup.rhythm.ago", "n", h.DaysSince)
		}
		t.Small = last + ", " + r.T("checkup.rhythm.gap", "n", h.LongestGap)
	case h.Posts > 0:
		t.Label, t.Value = r.T("checkup.last"), h.Last
	}
	return t
}

func unknown(r *frame.Request, key string) ui.Nothing { return ui.Nothing{Because: r.T(key)} }

// accountCard is the judgement of the account alone, with everything it is made of.
func (c checkup) accountCard(r *frame.Request) ui.Card {
	a, l := c.report.Account, r.Locale()
	words := r.T("checkup.account.unknown")
	if a.Known {
		words = r.T("checkup.account.words", "p", l.Percent(a.Probability), "low", l.Percent(a.Low), "high", l.Percent(a.High))
	}
	body := ui.Stack{ui.Words(words)}
	for _, d := range a.Doubts {
		body = append(body, ui.Words(r.T("checkup.doubt."+d)))
	}
	t := ui.Table{ID: "account", Caption: r.T("checkup.account"), Path: c.url(r, ""), Plain: true, Columns: []ui.Column{
		{Key: "name", Label: r.T("checkup.feature")}, {Key: "value", Label: r.T("checkup.value"), Figure: true}, {Key: "adds", Label: r.T("checkup.adds"), Figure: true, Hint: r.T("checkup.adds.hint")},
	}, Empty: ui.EmptyState{Text: words}}
	for _, f := range a.Signals {
		row := []any{r.T("checkup.feature." + f.Name), unknown(r, "creators.unknown"), unknown(r, "checkup.adds.none")}
		if f.Known {
			row[1], row[2] = grouped(r, f.Value), signed(f.Adds)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row, Muted: !f.Known})
	}
	return ui.Card{Title: r.T("checkup.account"), Sub: r.T("checkup.account.sub"), Body: append(body, t)}
}

// grouped writes a whole number as the reader's other numbers are written, and leaves everything else as it is.
func grouped(r *frame.Request, value string) string {
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		return r.Locale().Number(n)
	}
	return value
}

var signLooks = map[vetting.Sign]ui.Badge{
	vetting.SignGood: {Tone: ui.Good}, vetting.SignOdd: {Tone: ui.Warn, Icon: "eye"}, vetting.SignBad: {Tone: ui.Bad}, vetting.SignUnknown: {},
}

// audienceCard is the judgement of the audience, by behaviour.
func (c checkup) audienceCard(r *frame.Request) ui.Card {
	a := c.report.Audience
	body := ui.Stack{ui.Words(r.T("checkup.standing." + string(a.Standing))), ui.Words(r.T("checkup.sure." + string(a.Sure)))}
	t := ui.Table{ID: "audience", Caption: r.T("checkup.audience"), Path: c.url(r, ""), Plain: true, Columns: []ui.Column{
		{Key: "name", Label: r.T("checkup.signal")}, {Key: "figure", Label: r.T("checkup.value")}, {Key: "sign", Label: r.T("checkup.sign")},
	}, Empty: ui.EmptyState{Text: r.T("checkup.standing.cannot_tell")}}
	for _, s := range a.Signals {
		badge := signLooks[s.Sign]
		badge.Label = r.T("checkup.sign." + orUnknown(string(s.Sign)))
		row := []any{r.T("checkup.signal." + s.Name), unknown(r, "checkup.signal.unknown"), badge}
		if s.Sign != vetting.SignUnknown {
			row[1] = r.T("checkup.figure."+s.Name, area.CheckupPairs(r, s.Args)...)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row, Muted: s.Sign == vetting.SignUnknown})
	}
	return ui.Card{Title: r.T("checkup.audience"), Sub: r.T("checkup.audience.sub"), Body: append(body, t)}
}

func orUnknown(sign string) string {
	if sign == "" {
		return "unknown"
	}
	return sign
}

// partsTable shows what the score is the sum of.
func (c checkup) partsTable(r *frame.Request) ui.Card {
	t := ui.Table{ID: "parts", Caption: r.T("checkup.parts"), Path: c.url(r, ""), Plain: true, Columns: []ui.Column{
		{Key: "part", Label: r.T("checkup.part")}, {Key: "points", Label: r.T("checkup.points"), Figure: true}, {Key: "most", Label: r.T("checkup.most"), Figure: true}, {Key: "why", Label: r.T("checkup.because")},
	}}
	for _, p := range c.report.Parts {
		row := []any{r.T("checkup.part." + p.Name), p.Points, p.Most, r.T("checkup.why."+area.CheckupCode(p.Because, p.Args), area.CheckupPairs(r, p.Args)...)}
		if p.Most == 0 {
			row[1], row[2] = unknown(r, "checkup.part.unknown"), unknown(r, "checkup.part.unknown")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row, Muted: p.Most == 0})
	}
	t.Rows = append(t.Rows, ui.Row{Cells: []any{r.T("checkup.sum"), c.report.Score, 100, r.T("checkup.sum.why")}})
	return ui.Card{Title: r.T("checkup.parts"), Sub: r.T("checkup.parts.sub"), Body: t, Flush: true}
}

// benchmarksTable shows every benchmark for accounts like this one, and which of them may be compared.
func (c checkup) benchmarksTable(r *frame.Request) ui.Card {
	s := c.report
	country := ""
	for _, p := range c.creator.Profiles {
		if p.ID == s.Profile {
			country = p.Country
		}
	}
	found := c.benchmarks.About(benchmarks.Question{Platform: string(s.Platform), Tier: string(s.Tier), Country: country, Metric: benchmarks.MetricEngagement})
	beside := benchmarks.Compare(100*s.Engagement.Rate, s.Engagement.Formula, found)
	t := ui.Table{ID: "measured", Caption: r.T("checkup.measured"), Path: c.url(r, ""), Plain: true, Columns: []ui.Column{
		{Key: "source", Label: r.T("checkup.source")}, {Key: "as_of", Label: r.T("checkup.as_of")}, {Key: "range", Label: r.T("checkup.range"), Figure: true},
		{Key: "formula", Label: r.T("checkup.formula")}, {Key: "compared", Label: r.T("checkup.compared")},
	}, Empty: ui.EmptyState{Text: r.T("checkup.measured.none")}}
	for _, b := range beside.Comparable {
		compared := any(r.T("checkup.place."+string(b.Place), "times", r.Locale().Number(float64(int(b.Ratio*10+0.5))/10)))
		if !s.Engagement.Known {
			compared = unknown(r, "creators.engagement.unknown")
		}
		t.Rows = append(t.Rows, benchmarkRow(r, b.Benchmark, compared))
	}
	for _, b := range beside.Others {
		why := "checkup.other_formula"
		if b.Formula == benchmarks.FormulaNotStated {
			why = "checkup.not_stated"
		}
		row := benchmarkRow(r, b, r.T(why))
		row.Muted = true
		t.Rows = append(t.Rows, row)
	}
	sub := r.T("checkup.measured.sub")
	if len(beside.Comparable) == 0 {
		sub = r.T("checkup.no_comparable")
	}
	return ui.Card{Title: r.T("checkup.measured"), Sub: sub, Body: t, Flush: true, Action: &ui.Action{Label: r.T("checkup.benchmarks"), URL: r.To("/benchmarks")}}
}

func benchmarkRow(r *frame.Request, b benchmarks.Benchmark, compared any) ui.Row {
	return ui.Row{Cells: []any{benchmarkSource(r, b), b.AsOf, rangeOf(r, b), formulaOf(r, b), compared}}
}

func benchmarkSource(r *frame.Request, b benchmarks.Benchmark) any {
	switch {
	case b.Own:
		return r.T("checkup.own", "n", b.Sample)
	case b.URL != "":
		return ui.Part{Template: "checkup/link", Data: area.CheckupProof{Label: b.Source, URL: b.URL}}
	default:
		return b.Source
	}
}

func rangeOf(r *frame.Request, b benchmarks.Benchmark) string {
	low, high := b.Low, b.High
	if b.Own { // computed to more digits than anybody reads
		low, high = twoDigits(low), twoDigits(high)
	}
	text := low
	if high != low {
		text = r.T("checkup.from_to", "low", low, "high", high)
	}
	if b.Unit == "percent" {
		return text + " %"
	}
	return text + " " + b.Unit
}

func twoDigits(number string) string {
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return number
	}
	return strconv.FormatFloat(f, 'f', 2, 64)
}

func formulaOf(r *frame.Request, b benchmarks.Benchmark) any {
	switch b.Formula {
	case "":
		return unknown(r, "checkup.formula.none")
	case benchmarks.FormulaNotStated:
		return r.T("checkup.formula.not_stated")
	default:
		return b.Formula
	}
}

// safetyTable lists what was found, with the post as proof.
func (c checkup) safetyTable(r *frame.Request) ui.Card {
	t := ui.Table{ID: "safety", Caption: r.T("checkup.safety"), Path: c.url(r, ""), Plain: true, Columns: []ui.Column{
		{Key: "topic", Label: r.T("checkup.topic")}, {Key: "weight", Label: r.T("checkup.weight")}, {Key: "n", Label: r.T("checkup.in"), Figure: true}, {Key: "proof", Label: r.T("checkup.proof")},
	}, Empty: ui.EmptyState{Text: r.T("checkup.safety.none", "n", c.report.Safety.Searched)}}
	for _, h := range c.report.Safety.Hits {
		proof := area.CheckupProofs(r, h.Evidence)
		t.Rows = append(t.Rows, ui.Row{Cells: []any{area.CheckupTopic(r, h.Category), r.T("checkup.weight." + string(h.Weight)), h.Posts, ui.Part{Template: "checkup/proof", Data: proof}}})
	}
	return ui.Card{Title: r.T("checkup.safety"), Sub: r.T("checkup.safety.sub"), Body: t, Flush: true, Action: &ui.Action{Label: r.T("checkup.lists"), URL: r.To("/creators/safety")}}
}

// brandsTable lists for whom the creator worked.
func (c checkup) brandsTable(r *frame.Request) ui.Card {
	s := c.report.Sponsored
	sub := r.T("checkup.sponsored.unknown")
	if s.Known {
		sub = r.T("checkup.sponsored.sub", "share", r.Locale().Percent(s.Share), "n", s.Posts)
	}
	if s.Known && s.ForYou > 0 {
		sub += " " + r.T("checkup.sponsored.own", "n", s.ForYou)
	}
	t := ui.Table{ID: "brands", Caption: r.T("checkup.brands"), Path: c.url(r, ""), Plain: true, Columns: []ui.Column{
		{Key: "brand", Label: r.T("checkup.brand")}, {Key: "times", Label: r.T("checkup.times"), Figure: true}, {Key: "last", Label: r.T("checkup.last")}, {Key: "proof", Label: r.T("checkup.proof")},
	}, Empty: ui.EmptyState{Text: r.T("checkup.brands.none")}}
	for _, b := range c.report.Brands {
		last := any(unknown(r, "creators.unknown"))
		if !b.Last.IsZero() {
			last = b.Last
		}
		proof := area.CheckupProofs(r, b.Evidence)
		t.Rows = append(t.Rows, ui.Row{Cells: []any{b.Name, b.Times, last, ui.Part{Template: "checkup/proof", Data: proof}}})
	}
	if s.ForYou > 0 && len(s.YourOwn) > 0 {
		t.Rows = append(t.Rows, ui.Row{Muted: true, Cells: []any{
			r.T("checkup.sponsored.own.row", "program", r.Program.Name), s.ForYou, s.YourOwn[0].At, ui.Part{Template: "checkup/proof", Data: area.CheckupProofs(r, s.YourOwn)},
		}})
	}
	return ui.Card{Title: r.T("checkup.brands"), Sub: sub, Body: t, Flush: true}
}

// matchCard shows the wanted audience beside the actual one.
func (c checkup) matchCard(r *frame.Request) ui.Card {
	m := c.report.Match
	t := ui.Table{ID: "match", Caption: r.T("checkup.match"), Path: c.url(r, ""), Plain: true, Columns: []ui.Column{
		{Key: "share", Label: r.T("checkup.match.share")}, {Key: "wanted", Label: r.T("checkup.match.wanted"), Figure: true}, {Key: "actual", Label: r.T("checkup.match.actual"), Figure: true},
	}, Empty: ui.EmptyState{Text: r.T("checkup.match.none")}}
	for _, s := range m.Shares {
		actual := any(unknown(r, "checkup.match.unknown"))
		if s.Known {
			actual = r.Locale().Percent(float64(s.ActualBP) / 1e4)
		}
		key := s.Key
		if s.Dimension == creators.DimensionCountry {
			key = area.CountryName(key)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []any{r.T("checkup.dimension."+string(s.Dimension), "key", key), r.Locale().Percent(float64(s.WantedBP) / 1e4), actual}})
	}
	sub := r.T("checkup.match.sub")
	if m.Known {
		sub = r.T("checkup.match.score", "share", r.Locale().Percent(m.Score), "source", area.CheckupSource(r, m.Source), "day", r.Locale().Date(m.At))
	}
	return ui.Card{Title: r.T("checkup.match"), Sub: sub, Body: t, Flush: true}
}

// countsChart shows followers over time, the last count of each day.
func (c checkup) countsChart(r *frame.Request) ui.Chart {
	chart := ui.Chart{ID: "counts", Title: r.T("checkup.growth"), Kind: ui.Line, Unit: r.T("checkup.growth.unit"), XTitle: r.T("checkup.day")}
	if c.report.Unscored != vetting.UnscoredYouTube {
		chart.Note = growthWords(r, c.report.Growth)
	}
	followers := ui.Series{Name: r.T("checkup.followers")}
	for _, s := range slices.Backward(c.snapshots) {
		if s.Counts.Followers == nil {
			continue
		}
		day, value := r.Locale().Date(s.TakenAt), float64(*s.Counts.Followers)
		if n := len(chart.Steps); n > 0 && chart.Steps[n-1] == day {
			followers.Values[n-1] = &value
			continue
		}
		chart.Steps, followers.Values = append(chart.Steps, day), append(followers.Values, &value)
	}
	chart.Series = []ui.Series{followers}
	return chart
}

// postsChart shows how each post did, by the platform's formula.
func (c checkup) postsChart(r *frame.Request) ui.Chart {
	chart := ui.Chart{ID: "posts", Title: r.T("checkup.perpost"), Kind: ui.Bar, Unit: "%", XTitle: r.T("checkup.day"), Note: r.T("checkup.perpost.note", "formula", c.report.Engagement.Formula)}
	s := ui.Series{Name: r.T("checkup.engagement")}
	for _, p := range slices.Backward(c.posts) {
		if rate, ok := c.rateOf(p.Counts); ok {
			chart.Steps, s.Values = append(chart.Steps, r.Locale().Date(p.PostedAt)), append(s.Values, &rate)
		}
	}
	chart.Series = []ui.Series{s}
	return chart
}

// rateOf is one post's engagement in percent.
func (c checkup) rateOf(counts creators.PostCounts) (float64, bool) {
	likes, comments, below := counts.Likes, counts.Comments, counts.Views
	if c.report.Platform == creators.PlatformInstagram {
		below = c.report.Followers
	}
	if likes == nil || comments == nil || below == nil || *below <= 0 {
		return 0, false
	}
	above := *likes + *comments
	if c.report.Platform == creators.PlatformTikTok {
		if counts.Shares == nil {
			return 0, false
		}
		above += *counts.Shares
	}
	return float64(int(1e4*float64(above)/float64(*below)+0.5)) / 100, true
}

func (c checkup) paidChart(r *frame.Request) ui.Chart {
	s := c.report.Sponsored
	return ui.Chart{
		ID: "paid", Title: r.T("checkup.paid"), Kind: ui.Bar, Unit: "%", XTitle: r.T("checkup.kind"), Steps: []string{r.T("checkup.paid.free"), r.T("checkup.paid.paid")},
		Series: []ui.Series{{Name: r.T("checkup.engagement"), Values: ui.Values(hundredths(s.RateFree), hundredths(s.RatePaid))}}, Note: r.T("checkup.paid.note", "share", r.Locale().Percent(s.Relative)),
	}
}

// hundredths is a fraction in percent with two decimals.
func hundredths(f float64) float64 { return float64(int(f*1e4+0.5)) / 100 }

// rawPosts are a YouTube channel's posts as they are, without anything computed from them.
func (c checkup) rawPosts(r *frame.Request) ui.Card {
	t := ui.Table{ID: "raw", Caption: r.T("checkup.raw"), Path: c.url(r, ""), Plain: true, Columns: []ui.Column{
		{Key: "day", Label: r.T("checkup.day")}, {Key: "views", Label: r.T("checkup.raw.views"), Figure: true}, {Key: "likes", Label: r.T("checkup.raw.likes"), Figure: true}, {Key: "comments", Label: r.T("checkup.raw.comments"), Figure: true},
	}, Empty: ui.EmptyState{Text: r.T("checkup.raw.none")}}
	for _, p := range c.posts {
		row := []any{p.PostedAt}
		for _, n := range []*int64{p.Counts.Views, p.Counts.Likes, p.Counts.Comments} {
			if n == nil {
				row = append(row, unknown(r, "creators.unknown"))
			} else {
				row = append(row, *n)
			}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row})
	}
	return ui.Card{Title: r.T("checkup.raw"), Body: t, Flush: true}
}

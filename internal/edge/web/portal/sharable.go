package portal

import (
	"slices"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/track/links"
)

// mostCodes is how many codes a creator is shown, far above what one has.
const mostCodes = 20

// sharable is what a creator can give to their audience.
type sharable struct {
	links []links.Link // current, newest first
	codes []links.Code // current, newest first
	terms terms.Offer  // what holds where a code says nothing else
}

func readSharable(r *frame.Request, tx *db.Tx) (s sharable, err error) {
	of := currentLinks(r)
	if s.links, _, err = links.List(r.Context(), tx, of, db.Page{Limit: mostLinks}); err != nil {
		return s, err
	}
	if s.codes, _, err = links.ListCodes(r.Context(), tx, of, db.Page{Limit: mostCodes}); err != nil {
		return s, err
	}
	deal, err := partnerships.EffectiveTerms(r.Context(), tx, r.Partnership)
	s.terms = deal.Offer
	return s, err
}

// first is the link to share where none was chosen: the oldest, which the brand made.
func (s sharable) first() links.Link {
	if len(s.links) == 0 {
		return links.Link{}
	}
	return s.links[len(s.links)-1]
}

// offer is what a buyer gets with a code.
func (s sharable) offer(c links.Code) terms.Offer {
	if c.Offer != nil {
		return *c.Offer
	}
	return s.terms
}

// caption is a text to post: that it is an advertisement stands first and in plain words (FTC, "Disclosures 101 for Social Media Influencers").
func (s sharable) caption(r *frame.Request, l links.Link) *ui.CopyField {
	lines := []string{r.T("share.caption.disclosure")}
	program := r.Program.Name
	switch {
	case len(s.codes) == 0:
		lines = append(lines, r.T("share.caption.link", "program", program))
	case s.offer(s.codes[0]).Text() == "":
		lines = append(lines, r.T("share.caption.code", "program", program, "code", s.codes[0].Code))
	default:
		lines = append(lines, r.T("share.caption.offer", "program", program, "code", s.codes[0].Code, "offer", s.offer(s.codes[0]).Text()))
	}
	if l.ID != "" {
		lines = append(lines, l.URL(r.Deps().LinkBase))
	}
	return &ui.CopyField{Label: r.T("share.caption"), Multiline: true, Value: strings.Join(lines, "\n"), Share: true, ShareTitle: program, Hint: r.T("share.caption.hint")}
}

func linkField(r *frame.Request, l links.Link) *ui.CopyField {
	return &ui.CopyField{Label: r.T("share.link"), Value: l.URL(r.Deps().LinkBase), Share: true, ShareTitle: r.Program.Name}
}

func codeField(r *frame.Request, c links.Code, o terms.Offer) *ui.CopyField {
	f := &ui.CopyField{Label: r.T("share.code"), Value: c.Code, Share: true, ShareTitle: r.Program.Name, Hint: r.T("share.code.hint")}
	if text := o.Text(); text != "" {
		f.Hint = r.T("share.offer", "offer", text)
	}
	return f
}

// picture is a link as a QR code with the way to keep it.
type picture struct {
	QR   ui.QR
	Take ui.Action
}

func linkQR(r *frame.Request, l links.Link) *picture {
	return &picture{QR: ui.QR{Text: l.URL(r.Deps().LinkBase), Caption: r.T("share.qr")},
		Take: ui.Action{Label: r.T("share.qr.take"), Icon: "download", URL: r.To("/share/links/" + string(l.ID) + "/qr.png"), Download: true, Full: true}}
}

// longestShort is how many letters of an address stand as a title: two lines on a phone.
const longestShort = 60

// shortAddress is an address as people say it: "shop.example/serum"; a long one loses its middle.
func shortAddress(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	rest, _, _ = strings.Cut(rest, "?")
	short := []rune(strings.TrimSuffix(rest, "/"))
	if len(short) > longestShort {
		short = slices.Concat(short[:longestShort-16], []rune("…"), short[len(short)-15:])
	}
	return string(short)
}

// readBrought returns the last 30 days' figures by the id of the link or code.
func readBrought(r *frame.Request, tx *db.Tx) (map[string]analytics.Row, error) {
	brought := map[string]analytics.Row{}
	tail, err := r.Deps().Tail(r.Context(), tx)
	if err != nil {
		return nil, err
	}
	for _, by := range []analytics.Dimension{analytics.ByLink, analytics.ByCode} {
		report, err := analytics.Make(r.Context(), tx, analytics.Query{Program: r.Program.ID, Partnership: r.Partnership.ID, GroupBy: by, Tail: tail})
		if err != nil {
			return nil, err
		}
		for _, row := range report.Rows {
			brought[row.Key] = row
		}
	}
	return brought, nil
}

// broughtLine says what a link or code did lately; a code has no clicks.
func broughtLine(r *frame.Request, row analytics.Row, clicks bool) string {
	sales := r.T("share.sales", "sales", row.Conversions)
	if row.Conversions == 1 {
		sales = r.T("share.sale")
	}
	if !clicks {
		return r.T("share.brought.code", "sales", sales)
	}
	return r.T("share.brought", "n", row.Clicks, "sales", sales)
}

package imports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/recruit/creators"
)

// about is what a row says of a person beyond figures.
type about struct {
	tags   []creators.Tag
	work   []creators.Collaboration
	slices []creators.Slice
	price  money.Amount // no currency: none is named
}

// The limits of what one row may say.
const (
	mostWords  = 50
	mostShares = 100
)

// tagColumns are the columns of tags, by what they are about.
var tagColumns = []struct {
	field Field
	kind  creators.TagKind
}{{FieldTopics, creators.TagTopic}, {FieldValues, creators.TagValue}, {FieldTags, creators.TagFree}}

func (p *parser) about() (a about) {
	for _, c := range tagColumns {
		for _, word := range p.words(c.field) {
			tag, err := creators.Tag{Kind: c.kind, Text: word}.Check()
			if err != nil {
				p.fail(c.field, fmt.Errorf("has a word that is no tag: at most %d characters on one line", creators.LongestTag))
			}
			a.tags = append(a.tags, tag)
		}
	}
	a.work = p.work()
	a.slices = p.shares()
	a.price = p.price()
	return a
}

// words are the parts of a cell, separated by semicolons, bars or commas.
func (p *parser) words(f Field) (all []string) {
	cell := p.cell(f)
	if cell == "" || isNothing(cell) {
		return nil
	}
	for part := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(";|,\n", r) }) {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	if len(all) > mostWords {
		p.fail(f, fmt.Errorf("has more than %d parts", mostWords))
		return nil
	}
	return all
}

// told is a collaboration as a JSON file may tell it.
type told struct {
	Brand string `json:"brand"`
	Date  string `json:"date"`
	Note  string `json:"note"`
}

// work reads brands: words, or a list of objects with brand, date and note.
func (p *parser) work() (all []creators.Collaboration) {
	var list []told
	if cell := p.cell(FieldCollaborations); strings.HasPrefix(cell, "[") {
		if err := json.Unmarshal([]byte(cell), &list); err != nil || len(list) > mostWords {
			p.fail(FieldCollaborations, errors.New("is not a list of brands, or of objects with brand, date and note"))
		}
	} else {
		for _, word := range p.words(FieldCollaborations) {
			list = append(list, told{Brand: word})
		}
	}
	for _, t := range list {
		at, err := parseTime(t.Date, p.now)
		p.fail(FieldCollaborations, err)
		c, err := creators.Collaboration{Brand: t.Brand, At: at, Note: t.Note}.Check()
		if err != nil {
			p.fail(FieldCollaborations, errors.New("has a brand that is no name"))
		}
		all = append(all, c)
	}
	return all
}

var (
	errShares = errors.New("is not a list of shares such as “DE 40 %; AT 10 %”")
	errWhole  = errors.New("has shares that sum to more than 100 %")
)

// shares reads the audience from its columns: one with all of it as JSON, or one per dimension.
func (p *parser) shares() (all []creators.Slice) {
	for _, c := range []struct {
		field     Field
		dimension creators.Dimension
	}{
		{FieldAudience, ""}, {FieldAudienceCountries, creators.DimensionCountry}, {FieldAudienceAges, creators.DimensionAge}, {FieldAudienceGenders, creators.DimensionGender},
	} {
		cell := p.cell(c.field)
		if cell == "" || isNothing(cell) {
			continue
		}
		found, err := parseShares(cell, c.dimension)
		p.fail(c.field, err)
		all = append(all, found...)
	}
	if len(all) == 0 || p.err != nil {
		return nil
	}
	checked, err := creators.Audience{Source: creators.SourceImport, Slices: all}.Check()
	if err != nil {
		p.fail(FieldAudience, errWhole)
		return nil
	}
	return checked.Slices
}

// ParseShares reads an audience that somebody wrote down, as a file may have it: "DE 40 %; AT 10".
func ParseShares(text string, dimension creators.Dimension) ([]creators.Slice, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	all, err := parseShares(strings.TrimSpace(text), dimension)
	if err != nil {
		return nil, fault.Invalid("Write shares such as “DE 40; AT 10”.").In(string(dimension)).Because(err)
	}
	return all, nil
}

// parseShares reads "DE 40 %; AT 10", {"DE": 40}, or, without a dimension, {"country": {"DE": 40}, "gender": {"female": 70}}.
func parseShares(cell string, dimension creators.Dimension) (all []creators.Slice, err error) {
	named := map[creators.Dimension]map[string]string{}
	switch {
	case dimension == "":
		nested := map[creators.Dimension]map[string]json.RawMessage{}
		if err := json.Unmarshal([]byte(cell), &nested); err != nil {
			return nil, errors.New(`is not JSON such as {"country": {"DE": 40}, "gender": {"female": 70}}`)
		}
		for d, shares := range nested {
			named[d] = plainShares(shares)
		}
	case strings.HasPrefix(cell, "{"):
		var flat map[string]json.RawMessage
		if err := json.Unmarshal([]byte(cell), &flat); err != nil {
			return nil, errShares
		}
		named[dimension] = plainShares(flat)
	default:
		if named[dimension], err = listedShares(cell); err != nil {
			return nil, err
		}
	}
	for d, shares := range named {
		if len(shares) > mostShares {
			return nil, fmt.Errorf("has more than %d shares", mostShares)
		}
		part, err := slicesOf(d, shares)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	slices.SortFunc(all, func(a, b creators.Slice) int {
		return strings.Compare(string(a.Dimension)+a.Key, string(b.Dimension)+b.Key)
	})
	return all, nil
}

func plainShares(raw map[string]json.RawMessage) map[string]string {
	out := make(map[string]string, len(raw))
	for key, value := range raw {
		out[key] = cellOf(value)
	}
	return out
}

// listedShares reads "DE 40 %; AT 10" and "female: 70, male: 30".
func listedShares(cell string) (map[string]string, error) {
	out := map[string]string{}
	for part := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(";|\n,", r) }) {
		part = strings.TrimSpace(strings.ReplaceAll(part, "%", ""))
		at := strings.LastIndexAny(part, " :=")
		if at <= 0 {
			return nil, errShares
		}
		key, share := strings.TrimRight(part[:at], " :="), part[at+1:]
		if _, twice := out[key]; twice || key == "" {
			return nil, errShares
		}
		out[key] = share + "%"
	}
	return out, nil
}

// slicesOf turns percentages into basis points. Shares that all lie between 0 and 1 are fractions: 0.4 is 40 %; a text with % is never one.
func slicesOf(d creators.Dimension, shares map[string]string) (all []creators.Slice, err error) {
	numbers, fractions, sum := map[string]float64{}, true, 0.0
	for key, text := range shares {
		bare := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%"))
		n, err := strconv.ParseFloat(bare, 64)
		if err != nil || n < 0 || n > 100 {
			return nil, errShares
		}
		fractions = fractions && n <= 1 && !strings.HasSuffix(strings.TrimSpace(text), "%")
		numbers[key], sum = n, sum+n
	}
	scale := 100.0
	if fractions && sum > 0 {
		scale = 10_000
	}
	for key, n := range numbers {
		all = append(all, creators.Slice{Dimension: d, Key: key, ShareBP: int(n*scale + 0.5)})
	}
	return all, nil
}

// price reads "250", "250.00 EUR" or "EUR 250"; without a currency of its own it is in the price's column, else the program's.
func (p *parser) price() (a money.Amount) {
	cell := p.cell(FieldPrice)
	if cell == "" || isNothing(cell) {
		return a
	}
	currency, number := p.currency, cell
	if named := p.cell(FieldPriceCurrency); named != "" {
		c, err := money.ParseCurrency(strings.ToUpper(named))
		if err != nil {
			p.fail(FieldPriceCurrency, errors.New("is no currency such as EUR"))
		}
		currency = c
	}
	for word := range strings.FieldsSeq(cell) {
		if c, err := money.ParseCurrency(strings.ToUpper(word)); err == nil {
			currency, number = c, strings.TrimSpace(strings.Replace(cell, word, "", 1))
		}
	}
	if currency == "" {
		return a // without a program prices are left out, which the report says
	}
	a, err := money.ParseRounded(number, currency)
	if err != nil || a.IsNegative() {
		p.fail(FieldPrice, errors.New("is not an amount such as 250.00 or 250.00 EUR"))
		return money.Amount{}
	}
	return a
}

// tell plans what a row says of a person beyond figures.
func (d *decider) tell(r row, ref creators.Ref) {
	for _, t := range r.about.tags {
		t.Creator, t.Source, t.MadeBy, t.At, t.Import = ref.Creator, creators.SourceImport, d.madeBy, r.snapshot.TakenAt, string(d.importID)
		d.plan.tags = append(d.plan.tags, t)
	}
	for _, c := range r.about.work {
		c.Program, c.Creator, c.Source, c.MadeBy, c.Import = d.program, ref.Creator, creators.SourceImport, d.madeBy, string(d.importID)
		d.plan.work = append(d.plan.work, c)
	}
	if len(r.about.slices) > 0 {
		d.plan.audiences = append(d.plan.audiences, creators.Audience{
			Profile: ref.Profile, Program: d.program, TakenAt: r.snapshot.TakenAt, Source: creators.SourceImport, MadeBy: d.madeBy, Slices: r.about.slices, Import: string(d.importID),
		})
	}
	if d.program != "" && r.about.price.Currency != "" {
		d.plan.prices = append(d.plan.prices, creators.Price{
			Program: d.program, Creator: ref.Creator, Minor: r.about.price.Minor, Currency: string(r.about.price.Currency), Source: creators.SourceImport,
			At: r.snapshot.TakenAt, Import: string(d.importID),
		})
	}
}

// writeKnowledge stores what the step says of people beyond figures.
func (p *plan) writeKnowledge(ctx context.Context, tx *db.Tx) error {
	if len(p.tags) > 0 {
		if _, err := creators.AddTags(ctx, tx, p.program, p.tags); err != nil {
			return err
		}
	}
	if len(p.work) > 0 {
		if _, err := creators.AddCollaborations(ctx, tx, p.work); err != nil {
			return err
		}
	}
	if len(p.audiences) > 0 {
		if err := creators.AddAudiences(ctx, tx, p.audiences); err != nil {
			return err
		}
	}
	if len(p.prices) == 0 {
		return nil
	}
	return creators.AddPrices(ctx, tx, p.prices)
}

package benchmarks

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// ID names a benchmark: bmk_… for a program's row, else the key of a published one.
type ID string

// Prefix begins the ids of a program's rows.
const Prefix = "bmk"

// Metric is what a benchmark measures.
type Metric string

// The metrics that the house compares. Others are kept and shown, compared with nothing.
const (
	MetricEngagement Metric = "engagement_rate"
	MetricViewRate   Metric = "view_rate"          // median views / followers
	MetricLikes      Metric = "likes_per_comment"  // median of likes / comments
	MetricReach      Metric = "reach_of_followers" // share of followers a post reaches
	MetricFee        Metric = "fee_per_post"
	MetricCPM        Metric = "cpm_feed"
)

// FormulaNotStated is the formula of a source that does not say how it counted. It equals nothing, not even itself.
const FormulaNotStated = "not stated"

// The formulas of the metrics that have one only.
const (
	FormulaViewRate = "median views / followers"
	FormulaLikes    = "median of likes / comments"
)

// Any stands for every platform or tier.
const Any = "any"

// Benchmark is one range. Figures are decimals as text, as their source gave them.
type Benchmark struct {
	ID        ID
	Program   programs.ID // "" for a published one
	Replaces  ID          // the published one this row stands for
	Own       bool        // computed from the program's creators
	Platform  string      // or Any
	Tier      string      // or Any, or nano_micro
	Country   string      // "" is everywhere
	Metric    Metric
	Formula   string // "" where the metric has none
	Low       string
	Median    string // "" where the source gives none
	High      string
	Unit      string // percent, USD, times …
	Note      string
	AsOf      string // 2025, 2025-06 or 2025-06-30
	Source    string
	URL       string
	Sample    int // how many creators, for own ones
	UpdatedAt time.Time
}

// Bounds of what can be entered.
const (
	mostSource = 200
	mostNote   = 500
	mostURL    = 500
	mostShort  = 60
	figures    = 18 // digits of a figure
)

var (
	dates   = regexp.MustCompile(`^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$`)
	metrics = regexp.MustCompile(`^[a-z][a-z0-9_]{0,59}$`)
	number  = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
)

// Tiers are what a benchmark may speak of.
var Tiers = []string{Any, string(creators.TierNano), string(creators.TierMicro), nanoMicro, string(creators.TierMacro), string(creators.TierMega)}

const nanoMicro = "nano_micro"

// Check cleans what was entered and refuses what cannot be a benchmark.
func (b Benchmark) Check() (Benchmark, error) {
	for _, s := range []*string{&b.Platform, &b.Tier, &b.Country, &b.Formula, &b.Low, &b.Median, &b.High, &b.Unit, &b.Note, &b.AsOf, &b.Source, &b.URL} {
		*s = strings.Join(strings.Fields(*s), " ")
	}
	b.Platform, b.Tier = cmp.Or(b.Platform, Any), cmp.Or(b.Tier, Any)
	if b.Country != "" {
		b.Country = creators.Country(b.Country)
	}
	b.High = cmp.Or(b.High, b.Low)
	return b, fault.Join(b.checkPlace(), b.checkFigure("low", b.Low), b.checkFigure("high", b.High), b.checkMedian(), b.checkOrder(), b.checkSource())
}

func (b Benchmark) checkPlace() *fault.Error {
	_, known := creators.ParsePlatform(b.Platform)
	switch {
	case b.Platform != Any && !known:
		return fault.Invalid("Choose a platform, or any.").In("platform")
	case !slices.Contains(Tiers, b.Tier):
		return fault.Invalid("Choose a tier, or any.").In("tier")
	case utf8.RuneCountInString(b.Country) > mostShort:
		return fault.Invalid("Write the country's two letters or its name.").In("country")
	case !metrics.MatchString(string(b.Metric)):
		return fault.Invalid("A metric is written in small letters and _, such as engagement_rate.").In("metric")
	case utf8.RuneCountInString(b.Formula) > mostNote || utf8.RuneCountInString(b.Unit) > mostShort || b.Unit == "":
		return fault.Invalid("Say the unit, such as percent or USD, in a word.").In("unit")
	}
	return nil
}

func (b Benchmark) checkFigure(field, text string) *fault.Error {
	if !number.MatchString(text) || len(text) > figures {
		return fault.Invalid("A figure is a decimal number, such as 2.71.").In(field)
	}
	return nil
}

func (b Benchmark) checkMedian() *fault.Error {
	if b.Median == "" {
		return nil
	}
	return b.checkFigure("median", b.Median)
}

func (b Benchmark) checkOrder() *fault.Error {
	if low, high := value(b.Low), value(b.High); low > high {
		return fault.Invalid("The higher figure must not be below the lower one.").In("high")
	}
	return nil
}

func (b Benchmark) checkSource() *fault.Error {
	switch {
	case b.Source == "" || utf8.RuneCountInString(b.Source) > mostSource:
		return fault.Invalidf("Say where the figure is from, in at most %d characters.", mostSource).In("source")
	case !dates.MatchString(b.AsOf):
		return fault.Invalid("Say of when the figure is: 2025, 2025-06 or 2025-06-30.").In("as_of")
	case b.URL != "" && (len(b.URL) > mostURL || !strings.HasPrefix(b.URL, "https://") && !strings.HasPrefix(b.URL, "http://")):
		return fault.Invalid("The address of the source begins with https://.").In("url")
	case utf8.RuneCountInString(b.Note) > mostNote:
		return fault.Invalidf("A note has at most %d characters.", mostNote).In("note")
	}
	return nil
}

// value is a figure as a number; figures were checked when they were stored.
func value(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return f
}

// Middle is the figure that others are measured by: the median where it is known, else the middle of the range.
func (b Benchmark) Middle() float64 {
	if b.Median != "" {
		return value(b.Median)
	}
	return (value(b.Low) + value(b.High)) / 2
}

// Range is the lower and the higher figure as numbers.
func (b Benchmark) Range() (low, high float64) { return value(b.Low), value(b.High) }

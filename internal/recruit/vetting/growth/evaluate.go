package growth

import (
	"fmt"
	"math"
	"math/rand/v2"

	"rapport/internal/recruit/creators"
)

// Line is one line of an evaluation's table.
type Line struct {
	Name      string
	Series    map[Kind]int
	Flagged   int // series called bought-looking
	Right     int // of them, those that were bought, on the right day
	Found     int // bought series called so on the right day
	Doubted   int // bought series answered with "cannot tell"
	Verdicts  map[Kind]map[Verdict]int
	Manner    Manner
	EveryDays int
}

// Precision is the share of flagged series that were bought; 1 where nothing was flagged.
func (l Line) Precision() float64 {
	if l.Flagged == 0 {
		return 1
	}
	return float64(l.Right) / float64(l.Flagged)
}

// Recall is the share of bought series that were found.
func (l Line) Recall() float64 { return float64(l.Found) / float64(max(1, l.Series[KindPurchased])) }

// Share is how often series of a kind got a verdict.
func (l Line) Share(k Kind, v Verdict) float64 {
	return float64(l.Verdicts[k][v]) / float64(max(1, l.Series[k]))
}

// Tiers in the order of tables.
var tiers = []creators.Tier{creators.TierNano, creators.TierMicro, creators.TierMacro, creators.TierMega}

// Sizes are the ranges of purchases, as shares of the followers, that are shown apart.
var Sizes = [][2]float64{{0.01, 0.03}, {0.03, 0.05}, {0.05, 0.1}, {0.1, 0.2}, {0.2, 0.3}}

// usual is the range of purchases that must be found.
var usual = [2]float64{0.05, 0.3}

func (p posting) String() string {
	if p.onDay {
		return fmt.Sprintf("one in %d days, bought on the day of a post", p.days)
	}
	return fmt.Sprintf("one in %d days, bought on any day", p.days)
}

// Evaluation is what Judge does on made series.
type Evaluation struct {
	Tiers    []Line // purchases of 5–30 %, lists in turn
	Lists    []Line // the same, one list each, tiers in turn
	Sizes    []Line // all series bought, one line per range of sizes
	Weekly   Line   // counted once a week only
	Sparse   []Line // one post in four, seven, ten days
	Restless []Line // per list, every day drawn on its own
}

// Evaluate makes series of every kind with the growth measured, and judges them. accounts is how many for each line.
func Evaluate(measured []Variance, accounts int, seed uint64) (e Evaluation) {
	for i, t := range tiers {
		e.Tiers = append(e.Tiers, run{string(t), measured, tiers[i : i+1], MannerSpread, 1, usual, false, posting{}}.line(accounts, seed))
	}
	for i, v := range measured {
		one := measured[i : i+1]
		e.Lists = append(e.Lists, run{v.List, one, tiers, MannerSpread, 1, usual, false, posting{}}.line(accounts, seed))
		e.Restless = append(e.Restless, run{v.List, one, tiers, MannerIndependent, 1, usual, false, posting{}}.line(accounts, seed))
	}
	for _, s := range Sizes {
		e.Sizes = append(e.Sizes, run{"", measured, tiers, MannerSpread, 1, s, true, posting{}}.line(accounts, seed))
	}
	for _, p := range []posting{{4, false}, {4, true}, {7, false}, {7, true}, {10, false}, {10, true}} {
		e.Sparse = append(e.Sparse, run{p.String(), measured, tiers, MannerSpread, 1, usual, false, p}.line(accounts, seed))
	}
	e.Weekly = run{"weekly counts", measured, tiers, MannerSpread, 7, usual, false, posting{}}.line(accounts, seed)
	return e
}

// run is one line's recipe.
type run struct {
	name     string
	measured []Variance
	tiers    []creators.Tier
	manner   Manner
	every    int
	sizes    [2]float64
	bought   bool // all of them
	posting  posting
}

func (r run) line(accounts int, seed uint64) Line {
	l := Line{Name: r.name, Series: map[Kind]int{}, Verdicts: map[Kind]map[Verdict]int{}, Manner: r.manner, EveryDays: r.every}
	random := rand.New(rand.NewPCG(seed, 0x9407)) //nolint:gosec // a market that must repeat
	for i := range accounts {
		tier := r.tiers[i%len(r.tiers)]
		m := maker{random, r.measured[i/len(r.tiers)%len(r.measured)], tier, r.manner, r.every, r.posting}
		kind := r.kind(random)
		size := 0.0
		if kind == KindPurchased {
			size = r.sizes[0] + (r.sizes[1]-r.sizes[0])*random.Float64()
		}
		c := m.make(kind, size)
		l.add(c, Judge(c.Points, tier))
	}
	return l
}

func (r run) kind(random *rand.Rand) Kind {
	switch u := random.Float64(); {
	case r.bought || u < 0.25:
		return KindPurchased
	case u < 0.45:
		return KindViral
	case u < 0.5:
		return KindGiveaway
	}
	return KindClean
}

func (l *Line) add(c Case, f Finding) {
	l.Series[c.Kind]++
	if l.Verdicts[c.Kind] == nil {
		l.Verdicts[c.Kind] = map[Verdict]int{}
	}
	l.Verdicts[c.Kind][f.Verdict]++
	if f.Verdict == VerdictCannotTell && c.Kind == KindPurchased {
		l.Doubted++
	}
	if f.Verdict != VerdictBought {
		return
	}
	l.Flagged++
	if c.Kind == KindPurchased && f.names(c) {
		l.Right++
		l.Found++
	}
}

// names says whether a bought-looking spike lies at the purchase; where that day was missed, the next count shows it.
func (f Finding) names(c Case) bool {
	for _, s := range f.Spikes {
		if s.Because == BecauseNoViews && math.Abs(s.At.Sub(c.At).Hours()) <= 48 {
			return true
		}
	}
	return false
}

package account

import (
	"math"
	"slices"
)

// Signal is one line of the sum.
type Signal struct {
	Name         string
	Value        string // as a person reads it; "" where unknown
	Known        bool
	Contribution float64 // log-odds; above 0 speaks for genuine
}

// Doubt says why a judgement should not be leaned on.
type Doubt string

// The doubts.
const (
	DoubtFewSignals Doubt = "few_signals"    // fewer than leastKnown signals are known
	DoubtWide       Doubt = "wide"           // the interval reaches from "probably not" to "probably"
	DoubtLarge      Doubt = "large_account"  // more followers than nearly all accounts of the training set
	DoubtElsewhere  Doubt = "other_platform" // trained on Instagram
)

// Judgement is the probability that an account looks genuine, with everything it is made of.
type Judgement struct {
	Probability float64
	Low, High   float64 // 90 % interval: how sure the fit is, and what unknown signals leave open
	Prior       float64 // log-odds before any signal
	Signals     []Signal
	Unsure      bool
	Doubts      []Doubt
}

const (
	leastKnown = 5
	mostWide   = 0.6   // of probability
	mostLogit  = 5.0   // ±: 0.7 % to 99.3 %. A few hundred rows cannot support more.
	ninety     = 1.645 // standard deviations on either side
)

// Score judges with the shipped model.
func Score(f Features) Judgement { return Shipped().Score(f) }

// Score adds up what the known signals say. It is pure: the same features and model give the same judgement.
func (m *Model) Score(f Features) Judgement {
	j := Judgement{Prior: m.Coefficients[0]}
	z, open, known := j.Prior, 0.0, 0
	for i, s := range signals {
		c, ok := m.contribution(i, f)
		line := Signal{Name: s.name, Known: ok, Contribution: c}
		if ok {
			x, _ := s.of(f)
			line.Value = s.text(x)
			known++
		} else {
			open += m.Spread[i] * m.Spread[i]
		}
		z += c
		j.Signals = append(j.Signals, line)
	}
	off := ninety * math.Sqrt(m.variance(f)+open)
	j.Probability, j.Low, j.High = bounded(z), bounded(z-off), bounded(z+off)
	j.doubt(m, f, known)
	return j
}

func bounded(z float64) float64 { return sigmoid(min(mostLogit, max(-mostLogit, z))) }

func (m *Model) probability(f Features) float64 {
	return bounded(dot(m.Coefficients, m.columns(f)))
}

// variance is how much the resampled fits disagree about this account, log-odds squared.
func (m *Model) variance(f Features) float64 {
	if len(m.Bootstrap) < 2 {
		return 0
	}
	x := m.columns(f)
	var sum, squares float64
	for _, b := range m.Bootstrap {
		z := dot(b, x)
		sum, squares = sum+z, squares+z*z
	}
	n := float64(len(m.Bootstrap))
	return max(0, (squares-sum*sum/n)/(n-1))
}

func (j *Judgement) doubt(m *Model, f Features, known int) {
	for _, d := range []struct {
		doubt Doubt
		holds bool
	}{
		{DoubtFewSignals, known < leastKnown},
		{DoubtWide, j.High-j.Low > mostWide},
		{DoubtLarge, f.Followers != nil && *f.Followers > m.MostFollowers},
		{DoubtElsewhere, f.Elsewhere},
	} {
		if d.holds {
			j.Doubts = append(j.Doubts, d.doubt)
		}
	}
	j.Doubts = slices.Clip(j.Doubts)
	j.Unsure = len(j.Doubts) > 0
}

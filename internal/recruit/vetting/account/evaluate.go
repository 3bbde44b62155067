package account

import (
	"math"

	"rapport/internal/base/fault"
)

// Use says how far a file supports one signal, and how much the signal said.
type Use struct {
	Signal string
	Known  int     // rows that have it
	Lack   int     // rows that lack it
	Said   float64 // mean of |contribution| over the rows that have it, log-odds
}

// Measure is how well guesses meet the truth.
type Measure struct {
	AUC     float64
	Ranked  bool // AUC means something: both kinds are there
	Brier   float64
	Bins    []Bin
	Guesses []Guess
}

// MeasureOf measures guesses.
func MeasureOf(guesses []Guess) Measure {
	m := Measure{Brier: Brier(guesses), Bins: Calibration(guesses), Guesses: guesses}
	m.AUC, m.Ranked = AUC(guesses)
	return m
}

// Evaluation is what a model does on a labelled file.
type Evaluation struct {
	Rows, Fakes, Unsure int
	Uses                []Use
	Measure             Measure
}

// Evaluate judges every row of a labelled file.
func (m *Model) Evaluate(f *File) (Evaluation, error) {
	if !f.Labels {
		return Evaluation{}, fault.Invalid("The file has no column “fake” (1 for fake, 0 for genuine), so there is no truth to measure against.").In("file")
	}
	e := Evaluation{Rows: len(f.Rows), Uses: make([]Use, len(signals))}
	guesses := make([]Guess, len(f.Rows))
	for i, r := range f.Rows {
		j := m.Score(r.Features)
		guesses[i] = Guess{j.Probability, r.Genuine}
		if !r.Genuine {
			e.Fakes++
		}
		if j.Unsure {
			e.Unsure++
		}
		for k, s := range j.Signals {
			e.Uses[k].see(s)
		}
	}
	for k := range e.Uses {
		e.Uses[k].Said /= math.Max(1, float64(e.Uses[k].Known))
	}
	e.Measure = MeasureOf(guesses)
	return e, nil
}

func (u *Use) see(s Signal) {
	u.Signal = s.Name
	if !s.Known {
		u.Lack++
		return
	}
	u.Known++
	u.Said += math.Abs(s.Contribution)
}

// Folds is cross-validation repeated with several ways of dealing the rows: one dealing can be lucky.
type Folds struct {
	AUC, Brier []float64 // one per seed
	First      Measure   // of the first seed, for its calibration table
}

// CrossValidated repeats cross-validation with the seeds 1 to n.
func CrossValidated(f *File, folds, n int) (Folds, error) {
	if !f.Labels {
		return Folds{}, fault.Invalid("The file has no column “fake”, and cross-validation trains on it.").In("file")
	}
	if folds < 2 || folds > 100 || n < 1 || n > 100 {
		return Folds{}, fault.Invalid("Cross-validation takes 2 to 100 folds and 1 to 100 seeds.").In("folds")
	}
	var all Folds
	for seed := range n {
		guesses, err := CrossValidate(f.Rows, folds, uint64(seed)+1) //nolint:gosec // at most 100
		if err != nil {
			return Folds{}, err
		}
		m := MeasureOf(guesses)
		all.AUC, all.Brier = append(all.AUC, m.AUC), append(all.Brier, m.Brier)
		if seed == 0 {
			all.First = m
		}
	}
	return all, nil
}

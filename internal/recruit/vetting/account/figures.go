package account

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Guess is a probability beside the truth.
type Guess struct {
	Probability float64 // that the account is genuine
	Genuine     bool
}

// AUC is the chance that a genuine account is given a higher probability than a fake one; ties count half. ok is false without both kinds.
func AUC(guesses []Guess) (auc float64, ok bool) {
	sorted := slices.SortedFunc(slices.Values(guesses), func(a, b Guess) int { return cmp.Compare(a.Probability, b.Probability) })
	var fakes, genuine, won float64
	for i := 0; i < len(sorted); {
		var f, g float64
		j := i
		for ; j < len(sorted) && sorted[j].Probability == sorted[i].Probability; j++ {
			if sorted[j].Genuine {
				g++
			} else {
				f++
			}
		}
		won += g * (fakes + f/2)
		fakes, genuine, i = fakes+f, genuine+g, j
	}
	if fakes == 0 || genuine == 0 {
		return 0, false
	}
	return won / (fakes * genuine), true
}

// Brier is the mean squared distance between probability and truth: 0 is perfect, 0.25 is what "50 %" for everybody gets.
func Brier(guesses []Guess) (sum float64) {
	for _, g := range guesses {
		d := g.Probability
		if g.Genuine {
			d--
		}
		sum += d * d
	}
	return sum / float64(max(1, len(guesses)))
}

// Bin is one line of a calibration table: of the accounts given about Predicted, Observed were genuine.
type Bin struct {
	From, To            float64
	N                   int
	Predicted, Observed float64
}

// Calibration sorts guesses into ten bins of equal width; empty ones stay, with N 0.
func Calibration(guesses []Guess) []Bin {
	bins := make([]Bin, 10)
	for i := range bins {
		bins[i].From, bins[i].To = float64(i)/10, float64(i+1)/10
	}
	for _, g := range guesses {
		b := &bins[min(9, max(0, int(g.Probability*10)))]
		b.N++
		b.Predicted += g.Probability
		if g.Genuine {
			b.Observed++
		}
	}
	for i := range bins {
		if n := float64(bins[i].N); n > 0 {
			bins[i].Predicted /= n
			bins[i].Observed /= n
		}
	}
	return bins
}

// CrossValidate cuts the rows into folds with as many fakes in each, and guesses every fold with a model trained on the others alone.
func CrossValidate(rows []Labelled, folds int, seed uint64) ([]Guess, error) {
	if err := enough(rows); err != nil {
		return nil, err
	}
	fold := deal(rows, folds, seed)
	guesses := make([]Guess, len(rows))
	for k := range folds {
		var others []Labelled
		for i, r := range rows {
			if fold[i] != k {
				others = append(others, r)
			}
		}
		m := fitted(others, seed+uint64(k)) //nolint:gosec // folds are few
		for i, r := range rows {
			if fold[i] == k {
				guesses[i] = Guess{m.probability(r.Features), r.Genuine}
			}
		}
	}
	return guesses, nil
}

// deal gives every row a fold, each kind shuffled and dealt on its own.
func deal(rows []Labelled, folds int, seed uint64) []int {
	random := rand.New(rand.NewPCG(seed, 0xf01d)) //nolint:gosec // a shuffle that must repeat
	order := random.Perm(len(rows))
	fold, next := make([]int, len(rows)), map[bool]int{}
	for _, i := range order {
		kind := rows[i].Genuine
		fold[i] = next[kind] % folds
		next[kind]++
	}
	return fold
}

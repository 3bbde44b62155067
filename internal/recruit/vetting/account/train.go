package account

import (
	"math"
	"math/rand/v2"
	"slices"

	"rapport/internal/base/fault"
)

// Labelled is an account whose truth is known.
type Labelled struct {
	Features Features
	Genuine  bool
}

// How the model is trained. These were chosen once, for what they mean, and are no search's result: docs/vetting-models.md shows that figures
// hardly move when they are halved or doubled.
const (
	penalty    = 0.5  // ridge on every coefficient, in rows' worth of evidence
	copies     = 6    // masked copies of every row
	maskWeight = 0.5  // how much of a row's weight its masked copies share
	mostMasked = 0.7  // of a masked copy's features, up to this share is hidden
	smoothing  = 0.01 // of the labels is believed to be wrong
	bootstraps = 20
	leastRows  = 50 // of each kind
)

// Train fits a model. The same rows and seed make the same model.
func Train(rows []Labelled, seed uint64) (*Model, error) {
	if err := enough(rows); err != nil {
		return nil, err
	}
	m := fitted(rows, seed)
	m.Spread = m.spreads(rows)
	m.MostFollowers = mostFollowers(rows)
	random := rand.New(rand.NewPCG(seed, 0xb007)) //nolint:gosec // a draw that must repeat
	for range bootstraps {
		m.Bootstrap = append(m.Bootstrap, m.refitted(resampled(rows, random), random.Uint64()).Coefficients)
	}
	m.round()
	return m, nil
}

func enough(rows []Labelled) error {
	var genuine int
	for _, r := range rows {
		if r.Genuine {
			genuine++
		}
	}
	if genuine < leastRows || len(rows)-genuine < leastRows {
		return fault.Invalidf("Training needs at least %d genuine and %d fake accounts; here are %d and %d.", leastRows, leastRows, genuine, len(rows)-genuine)
	}
	return nil
}

// fitted is a model without its uncertainty, as cross-validation needs it.
func fitted(rows []Labelled, seed uint64) *Model {
	m := &Model{Rows: len(rows), Seed: seed, Centres: centres(rows)}
	for _, r := range rows {
		if !r.Genuine {
			m.Fakes++
		}
	}
	return m.refitted(rows, seed)
}

// refitted is the model with coefficients of its own and the same centres.
func (m *Model) refitted(rows []Labelled, seed uint64) *Model {
	next := *m
	random := rand.New(rand.NewPCG(seed, 0x3a5c)) //nolint:gosec // a draw that must repeat
	next.Coefficients = fit(m.lines(rows, random), directions(), penalty)
	return &next
}

func directions() (bounds []direction) {
	for _, s := range signals {
		bounds = append(bounds, slices.Repeat([]direction{s.dir}, s.width())...)
	}
	return bounds
}

// centres are the means of all ramps over the rows that know them: with them taken away, an unknown signal's 0 says "as the average account".
func centres(rows []Labelled) []float64 {
	sum, known := make([]float64, columns()), make([]float64, columns())
	for _, r := range rows {
		eachKnown(r.Features, func(at int, ramps []float64) {
			for k, v := range ramps {
				sum[at+k] += v
				known[at+k]++
			}
		})
	}
	for i := range sum {
		sum[i] /= max(1, known[i])
	}
	return sum
}

// eachKnown hands over the ramps of every signal that is known, with its first column.
func eachKnown(f Features, do func(at int, ramps []float64)) {
	var buffer [8]float64
	at := 0
	for _, s := range signals {
		if x, ok := s.of(f); ok {
			s.ramps(x, buffer[:s.width()])
			do(at, buffer[:s.width()])
		}
		at += s.width()
	}
}

func (m *Model) columns(f Features) []float64 {
	x := make([]float64, len(m.Centres))
	eachKnown(f, func(at int, ramps []float64) {
		for k, v := range ramps {
			x[at+k] = v - m.Centres[at+k]
		}
	})
	return x
}

// lines turns rows into training lines: each as it is, and copies with a random part of the features hidden, so that the coefficients serve
// whichever signals a later account has.
func (m *Model) lines(rows []Labelled, random *rand.Rand) []line {
	lines := make([]line, 0, len(rows)*(copies+1))
	for _, r := range rows {
		y := smoothing
		if r.Genuine {
			y = 1 - smoothing
		}
		lines = append(lines, line{m.columns(r.Features), y, 1 - maskWeight})
		for range copies {
			lines = append(lines, line{m.columns(masked(r.Features, random)), y, maskWeight / copies})
		}
	}
	return lines
}

// masked hides each feature with a chance that is itself drawn anew for each copy.
func masked(f Features, random *rand.Rand) Features {
	chance := mostMasked * random.Float64()
	hide := func() bool { return random.Float64() < chance }
	for _, p := range []**bool{&f.HasPicture, &f.HasURL, &f.Private, &f.NameIsUsername} {
		if hide() {
			*p = nil
		}
	}
	for _, p := range []**float64{&f.UsernameDigitShare, &f.FullnameDigitShare} {
		if hide() {
			*p = nil
		}
	}
	for _, p := range []**int64{&f.FullnameWords, &f.BioLength, &f.Posts, &f.Followers, &f.Following} {
		if hide() {
			*p = nil
		}
	}
	return f
}

func resampled(rows []Labelled, random *rand.Rand) []Labelled {
	drawn := make([]Labelled, len(rows))
	for i := range drawn {
		drawn[i] = rows[random.IntN(len(rows))]
	}
	return drawn
}

// spreads is how far each signal's contribution strays (standard deviation, log-odds): what an unknown signal leaves open.
func (m *Model) spreads(rows []Labelled) []float64 {
	spread := make([]float64, len(signals))
	for i := range signals {
		var n, sum, squares float64
		for _, r := range rows {
			if c, known := m.contribution(i, r.Features); known {
				n, sum, squares = n+1, sum+c, squares+c*c
			}
		}
		if n > 0 {
			spread[i] = math.Sqrt(max(0, squares/n-sum/n*(sum/n)))
		}
	}
	return spread
}

// mostFollowers is the 98th percentile of the genuine accounts' followers: above it, hardly anybody was there to learn from.
func mostFollowers(rows []Labelled) int64 {
	var known []int64
	for _, r := range rows {
		if r.Genuine && r.Features.Followers != nil {
			known = append(known, *r.Features.Followers)
		}
	}
	if len(known) == 0 {
		return 0
	}
	slices.Sort(known)
	return known[len(known)*98/100]
}

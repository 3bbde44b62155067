package account

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"sync"
)

//go:embed model.json
var embedded []byte

// Model is everything a score is made of. Coefficients[0] is the prior's log-odds; the others follow the signals and their stretches in order.
type Model struct {
	Rows          int         `json:"rows"`
	Fakes         int         `json:"fakes"`
	Seed          uint64      `json:"seed"`
	MostFollowers int64       `json:"most_followers"` // above this the training set has hardly anybody
	Signals       []string    `json:"signals"`
	Centres       []float64   `json:"centres"`
	Coefficients  []float64   `json:"coefficients"`
	Spread        []float64   `json:"spread"`    // per signal, log-odds: what not knowing it leaves open
	Bootstrap     [][]float64 `json:"bootstrap"` // coefficients fitted to resampled rows: how sure the fit is
}

var shipped = sync.OnceValue(func() *Model {
	m := new(Model)
	if err := json.Unmarshal(embedded, m); err != nil {
		panic(fmt.Sprintf("BUG: the embedded model cannot be read: %v", err))
	}
	if err := m.check(); err != nil {
		panic(fmt.Sprintf("BUG: the embedded model does not fit the program: %v", err))
	}
	return m
})

// Shipped is the model inside the program.
func Shipped() *Model { return shipped() }

// check refuses a model that was trained with other signals or knots.
func (m *Model) check() error {
	if len(m.Signals) != len(signals) || len(m.Spread) != len(signals) || len(m.Centres) != columns() || len(m.Coefficients) != columns()+1 {
		return fmt.Errorf("%d signals and %d coefficients, want %d and %d", len(m.Signals), len(m.Coefficients), len(signals), columns()+1)
	}
	for i, s := range signals {
		if m.Signals[i] != s.name {
			return fmt.Errorf("signal %d is %q, want %q", i, m.Signals[i], s.name)
		}
	}
	for _, b := range m.Bootstrap {
		if len(b) != columns()+1 {
			return fmt.Errorf("a resampled fit has %d coefficients, want %d", len(b), columns()+1)
		}
	}
	return nil
}

// round keeps four digits: more say nothing and make the file's differences unreadable.
func (m *Model) round() {
	m.Signals = nil
	for _, s := range signals {
		m.Signals = append(m.Signals, s.name)
	}
	for _, list := range append([][]float64{m.Centres, m.Coefficients, m.Spread}, m.Bootstrap...) {
		for i, v := range list {
			list[i] = math.Round(v*1e4) / 1e4
		}
	}
}

// Write writes the model as model.json has it, one list a line.
func (m *Model) Write(w io.Writer) error {
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("cannot write the model: %w", err)
	}
	lined := bytes.ReplaceAll(text, []byte("],"), []byte("],\n"))
	if _, err = w.Write(append(lined, '\n')); err != nil {
		return fmt.Errorf("cannot write the model: %w", err)
	}
	return nil
}

// contribution is what a signal adds to the log-odds, 0 where it is unknown.
func (m *Model) contribution(i int, f Features) (sum float64, known bool) {
	return m.contributionBy(m.Coefficients, i, f)
}

func (m *Model) contributionBy(coefficients []float64, i int, f Features) (sum float64, known bool) {
	s, at := signals[i], 0
	for _, before := range signals[:i] {
		at += before.width()
	}
	x, known := s.of(f)
	if !known {
		return 0, false
	}
	var ramps [8]float64
	s.ramps(x, ramps[:s.width()])
	for k := range s.width() {
		sum += coefficients[at+k+1] * (ramps[k] - m.Centres[at+k])
	}
	return sum, true
}

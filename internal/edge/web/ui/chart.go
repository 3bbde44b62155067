package ui

import "strings"

// Chart is at most four series over the same steps, with the table behind it. It is drawn by script; without it the table stands open.
type Chart struct {
	ID     string
	Title  string // the question the chart answers
	Kind   ChartKind
	Unit   string   // on the axis: "clicks", "USD"
	XTitle string   // head of the table's first column: "Day"
	Steps  []string // labels along the x axis
	Series []Series
	Note   string
}

// ChartKind is line or bar.
type ChartKind string

// The kinds. Bars start at zero.
const (
	Line ChartKind = "line"
	Bar  ChartKind = "bar"
)

// Series is one line or set of bars. A nil value is a gap.
type Series struct {
	Name     string     `json:"name"`
	Values   []*float64 `json:"values"`
	Previous bool       `json:"previous,omitempty"` // the period before: dashed
	Low      []*float64 `json:"low,omitempty"`      // interval of an estimate: shaded
	High     []*float64 `json:"high,omitempty"`
}

// Values makes the values of a series without gaps.
func Values(values ...float64) []*float64 {
	out := make([]*float64, len(values))
	for i := range values {
		out[i] = &values[i]
	}
	return out
}

func (c Chart) part() (string, any) {
	if len(c.Series) > 4 {
		panic("BUG: chart " + c.ID + " has more than four series")
	}
	return "ui/chart", c
}

// Data is what the script draws from.
func (c Chart) Data() any {
	return struct {
		Kind   ChartKind `json:"kind"`
		Unit   string    `json:"unit"`
		Title  string    `json:"title"`
		Steps  []string  `json:"steps"`
		Series []Series  `json:"series"`
	}{c.Kind, c.Unit, c.Title, c.Steps, c.Series}
}

// At is a series' value at a step, nil if there is none.
func (s Series) At(step int) any {
	if step >= len(s.Values) || s.Values[step] == nil {
		return nil
	}
	return *s.Values[step]
}

// Empty says that there is nothing to draw.
func (c Chart) Empty() bool { return len(c.Steps) == 0 || len(c.Series) == 0 }

// Summary is the chart in words, for its accessible name.
func (c Chart) Summary() string {
	names := make([]string, len(c.Series))
	for i, s := range c.Series {
		names[i] = s.Name
	}
	return strings.Join(names, ", ")
}

package imports

import (
	"time"

	"rapport/internal/base/programs"
)

// ID names an import: imp_….
type ID string

// Prefix begins the id of every import.
const Prefix = "imp"

// State is how far an import is.
type State string

// The states. Only a visible import's rows exist for anybody.
const (
	StateLoading State = "loading"
	StateVisible State = "visible"
	StateFailed  State = "failed"
	StateUndone  State = "undone"
)

// Tally counts rows and what they brought. Rows = Taken + Known + Refused.
type Tally struct {
	Rows      int64 `json:"rows"`
	Taken     int64 `json:"taken"`
	Known     int64 `json:"known"`
	Refused   int64 `json:"refused"`
	Creators  int64 `json:"creators"`  // new ones
	Snapshots int64 `json:"snapshots"` // new ones, the first of new creators included
	Posts     int64 `json:"posts"`     // new ones
}

func (t *Tally) add(o Tally) {
	t.Rows += o.Rows
	t.Taken += o.Taken
	t.Known += o.Known
	t.Refused += o.Refused
	t.Creators += o.Creators
	t.Snapshots += o.Snapshots
	t.Posts += o.Posts
}

// Refusal is a row that was not taken, by its line in the file. The reason never repeats what stands in the row.
type Refusal struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// RefusalsKept is how many refusals a report lists; all are counted.
const RefusalsKept = 10_000

// Report is what became of a file.
type Report struct {
	ID       ID // "" for a dry run
	Kind     Kind
	Mapping  Mapping  // as it was applied, every field named
	Ignored  []string // titles of columns that were not read
	Notes    []string // sentences a person should read
	Tally    Tally
	Refusals []Refusal
}

// Import is what is stored of an import.
type Import struct {
	ID         ID
	Program    programs.ID
	Kind       Kind
	Source     string
	Mapping    Mapping
	State      State
	Tally      Tally // rows only
	MadeBy     string
	CreatedAt  time.Time
	FinishedAt time.Time // zero while it works
}

// Phase is what an import is doing.
type Phase string

// The phases.
const (
	PhaseReading  Phase = "reading"  // rows are read and stored, unseen
	PhaseSettling Phase = "settling" // figures are made anew, prospects made
)

// Progress is told after each chunk.
type Progress struct {
	Phase         Phase
	Tally         Tally
	BytesRead     int64
	Size          int64 // of the file, 0 if unknown
	Settled       int64 // profiles, in PhaseSettling
	RowsPerSecond float64
}

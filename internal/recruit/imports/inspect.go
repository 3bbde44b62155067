package imports

import (
	"errors"
	"io"
	"slices"
)

// Inspection is what a page shows of a file before it is imported.
type Inspection struct {
	Columns   []string
	Separator string // "," ";" "|" or a tab; "" for JSON
	Kind      Kind
	Mapping   Mapping    // suggested: every field that was found by its column's title
	Ignored   []string   // columns that are no field
	Sample    [][]string // the first rows, as wide as Columns
	Problem   error      // why the suggested mapping does not do yet, or nil
}

// sampled is how many rows are shown.
const sampled = 5

// Inspect reads the start of a file. An error means that the file cannot be read at all.
func Inspect(r io.Reader) (Inspection, error) {
	file, err := open(r)
	if err != nil {
		return Inspection{}, err
	}
	titles := file.titles()
	laid, problem := Mapping{}.apply(titles)
	seen := Inspection{
		Columns: titles, Separator: file.separator(), Kind: laid.kind, Mapping: laid.mapping(titles), Ignored: laid.ignored, Problem: problem,
	}
	for range sampled {
		record, err := file.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return seen, err
		}
		cells := slices.Clone(record.cells[:min(len(record.cells), len(titles))])
		seen.Sample = append(seen.Sample, append(cells, make([]string, len(titles)-len(cells))...))
	}
	return seen, nil
}

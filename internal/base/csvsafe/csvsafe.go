package csvsafe

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// Guard returns the cell as it may stand in a file.
func Guard(cell string) string {
	if isDangerous(strings.TrimLeft(cell, "'")) && !isNegativeNumber(cell) {
		return "'" + cell
	}
	return cell
}

// Unguard returns what Guard was given.
func Unguard(cell string) string {
	rest, ok := strings.CutPrefix(cell, "'")
	if ok && isDangerous(strings.TrimLeft(rest, "'")) && !isNegativeNumber(rest) {
		return rest
	}
	return cell
}

func isDangerous(cell string) bool {
	for _, start := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(cell, start) {
			return true
		}
	}
	return false
}

// isNegativeNumber knows -5 and -20.90, the only cells of ours that may begin with a minus and stay what they are.
func isNegativeNumber(cell string) bool {
	digits, ok := strings.CutPrefix(cell, "-")
	whole, fraction, hasPoint := strings.Cut(digits, ".")
	return ok && isDigits(whole) && (!hasPoint || isDigits(fraction))
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Writer writes guarded records, comma between cells, CRLF after lines (RFC 4180), UTF-8 with the mark that makes Excel read it as such.
type Writer struct {
	csv   *csv.Writer
	guard []string
}

// NewWriter begins a file.
func NewWriter(w io.Writer) (*Writer, error) {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return nil, fmt.Errorf("cannot begin a CSV file: %w", err)
	}
	inner := csv.NewWriter(w)
	inner.UseCRLF = true
	return &Writer{csv: inner}, nil
}

// Write writes one record.
func (w *Writer) Write(record ...string) error {
	w.guard = w.guard[:0]
	for _, cell := range record {
		w.guard = append(w.guard, Guard(cell))
	}
	return w.csv.Write(w.guard)
}

// Flush writes out what is buffered and returns the first error of all writes.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

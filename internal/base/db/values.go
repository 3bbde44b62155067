package db

import (
	"strconv"
	"strings"
)

// Values writes the placeholders of several rows for an insert: Values(2, 3) is "($1, $2, $3), ($4, $5, $6)". Keep rows few: every number of them is
// a statement of its own to the engine.
func Values(rows, columns int) string {
	var b strings.Builder
	for i := range rows * columns {
		switch {
		case i == 0:
			b.WriteString("($")
		case i%columns == 0:
			b.WriteString("), ($")
		default:
			b.WriteString(", $")
		}
		b.WriteString(strconv.Itoa(i + 1))
	}
	return b.String() + ")"
}

// List writes the placeholders of a list for "in", after those that are taken: List(2, 3) is "($4, $5)" with three taken.
func List(count, taken int) string {
	marks := make([]string, count)
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(taken+i+1)
	}
	return "(" + strings.Join(marks, ", ") + ")"
}

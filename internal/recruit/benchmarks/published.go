package benchmarks

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"
)

//go:embed published.csv
var publishedFile string

// Published returns the rows that come with the software. The file is ours, so a row that cannot be read is a defect.
var Published = sync.OnceValue(func() Table {
	rows, err := csv.NewReader(strings.NewReader(publishedFile)).ReadAll()
	if err != nil {
		panic("BUG: published.csv cannot be read: " + err.Error())
	}
	table := make(Table, 0, len(rows)-1)
	for _, r := range rows[1:] {
		b, err := Benchmark{
			ID: ID(r[0]), Platform: r[1], Tier: r[2], Country: r[3], Metric: Metric(r[4]), Formula: r[5], Low: r[6], High: r[7], Unit: r[8],
			Note: r[9], AsOf: r[10], Source: r[11], URL: r[12],
		}.Check()
		if err != nil {
			panic("BUG: published.csv, " + r[0] + ": " + err.Error())
		}
		table = append(table, b)
	}
	return table
})

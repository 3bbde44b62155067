package ui

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Table is a list that can be searched, filtered, sorted, paged, selected from and exported. All its state lives in the address: q, sort ("name" or
// "-name"), one parameter per filter, cols, after, before. The handler reads them and fills Rows; Table makes the links.
type Table struct {
	ID      string // unique on the page, "sales"
	Caption string // for screen readers: "Sales"
	Path    string // the page's address without query
	Query   url.Values

	Search  string // placeholder of the search field; "" has none
	Wide    bool   // the search field takes a line of its own: sentences are typed there
	Note    any    // what show takes, between the tools and the rows: how the search was understood
	Filters []Filter
	Columns []Column
	Rows    []Row
	Choose  bool // offer the choice of columns

	Total  string // "1,204 creators"
	Prev   string // cursors, "" at the ends
	Next   string
	Export string // address of the file; the current filters are appended
	Bulk   []BulkAction
	Empty  EmptyState // when there is nothing at all; with filters on, the table offers to clear them
	Plain  bool       // no card around it
}

// Column is one column. Cells of hidden columns are still given.
type Column struct {
	Key, Label string
	Sort       bool // its header sorts
	Figure     bool // right aligned, tabular
	Optional   bool // hidden until chosen
	Fixed      bool // cannot be hidden
	Hint       string
}

// Row is one line: as many cells as columns.
type Row struct {
	ID    string // sent as "id" when selected
	Label string // what the checkbox selects, for screen readers
	URL   string // the first cell becomes this link
	Cells []any  // what show takes
	Muted bool
}

// Filter narrows the rows by one parameter.
type Filter struct {
	Key, Label string
	Options    []Choice
	More       bool // stands in the panel of more filters; what is chosen there is a chip that can be taken off
}

// Choice is one value of a filter or select.
type Choice struct{ Value, Label string }

// BulkAction posts the selected ids. With Dialog the answer, usually a Confirm page, opens in a dialog.
type BulkAction struct {
	Label, Icon, URL string
	Look             Look
	Dialog           bool
	Hidden           []Pair
}

func (t Table) part() (string, any) { return "ui/table", &t }

// Value is the chosen value of a filter.
func (t *Table) Value(f Filter) string { return t.Query.Get(f.Key) }

// Chosen is the label of the chosen value of a filter, or "".
func (t *Table) Chosen(f Filter) string {
	value := t.Query.Get(f.Key)
	i := slices.IndexFunc(f.Options, func(c Choice) bool { return c.Value == value && value != "" })
	if i < 0 {
		return ""
	}
	return f.Options[i].Label
}

// Few are the filters beside the search, Rest those of the panel.
func (t *Table) Few() []Filter { return t.filters(false) }

// Rest are the filters of the panel.
func (t *Table) Rest() []Filter { return t.filters(true) }

func (t *Table) filters(more bool) (some []Filter) {
	for _, f := range t.Filters {
		if f.More == more {
			some = append(some, f)
		}
	}
	return some
}

// Chips are the filters of the panel that are chosen.
func (t *Table) Chips() []Filter {
	return slices.DeleteFunc(t.Rest(), func(f Filter) bool { return t.Chosen(f) == "" })
}

// Without is the address with one filter taken off.
func (t *Table) Without(key string) string { return with(t.Path, t.Query, key, "") }

// Clear is the address with search and filters taken off, order and columns kept.
func (t *Table) Clear() string {
	pairs := []string{"q", ""}
	for _, f := range t.Filters {
		pairs = append(pairs, f.Key, "")
	}
	return with(t.Path, t.Query, pairs...)
}

// Filtered says whether search or a filter hides rows.
func (t *Table) Filtered() bool {
	return t.Query.Get("q") != "" || slices.ContainsFunc(t.Filters, func(f Filter) bool { return t.Chosen(f) != "" })
}

// SortURL turns the order of a column round, or starts with it: figures from the largest, words from A.
func (t *Table) SortURL(c Column) string {
	first, second := c.Key, "-"+c.Key
	if c.Figure {
		first, second = second, first
	}
	if t.Query.Get("sort") == first {
		return with(t.Path, t.Query, "sort", second)
	}
	return with(t.Path, t.Query, "sort", first)
}

// Sorted is the value of aria-sort.
func (t *Table) Sorted(c Column) string {
	switch t.Query.Get("sort") {
	case c.Key:
		return "ascending"
	case "-" + c.Key:
		return "descending"
	default:
		return ""
	}
}

// Shows says whether the column is on view: chosen by "cols", else all but the optional ones.
func (t *Table) Shows(c Column) bool {
	chosen := t.Query["cols"]
	if len(chosen) == 0 || c.Fixed {
		return !c.Optional
	}
	return slices.Contains(strings.Split(strings.Join(chosen, ","), ","), c.Key)
}

// Cell is a shown cell with its column.
type Cell struct {
	Column
	Value any
	First bool
}

// Cells pairs the shown columns with a row's cells.
func (t *Table) Cells(r Row) []Cell {
	if len(r.Cells) != len(t.Columns) {
		panic("BUG: table " + t.ID + " has a row with more or fewer cells than columns")
	}
	var cells []Cell
	for i, c := range t.Columns {
		if t.Shows(c) {
			cells = append(cells, Cell{Column: c, Value: r.Cells[i], First: len(cells) == 0})
		}
	}
	return cells
}

// Pager leads to the pages before and after.
func (t *Table) Pager() Pager {
	p := Pager{Info: t.Total}
	if t.Prev != "" {
		p.Prev = with(t.Path, t.Query, "before", t.Prev)
	}
	if t.Next != "" {
		p.Next = with(t.Path, t.Query, "after", t.Next)
	}
	return p
}

// ExportURL carries the current search, filters and order to the file.
func (t *Table) ExportURL() string { return with(t.Export, t.Query) }

// Kept lists what the filter form sends along: order, columns and everything the table does not own.
func (t *Table) Kept() []Pair {
	own := []string{"q"}
	for _, f := range t.Few() {
		own = append(own, f.Key)
	}
	return t.kept(own...)
}

// KeptByPanel lists what the panel of more filters sends along.
func (t *Table) KeptByPanel() []Pair {
	var own []string
	for _, f := range t.Rest() {
		own = append(own, f.Key)
	}
	return t.kept(own...)
}

// KeptByColumns lists what the form of columns sends along: all but the columns.
func (t *Table) KeptByColumns() []Pair { return t.kept("cols") }

func (t *Table) kept(but ...string) []Pair {
	but = append(but, "after", "before")
	var kept []Pair
	for _, name := range slices.Sorted(maps.Keys(t.Query)) {
		for _, value := range t.Query[name] {
			if value != "" && !slices.Contains(but, name) {
				kept = append(kept, Pair{Label: name, Value: value})
			}
		}
	}
	return kept
}

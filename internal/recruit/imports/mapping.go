package imports

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"rapport/internal/base/fault"
	"rapport/internal/recruit/creators"
)

// Kind is what the rows of a file are.
type Kind string

// The kinds.
const (
	KindCreators Kind = "creators"
	KindPosts    Kind = "posts"
)

// Mapping says which column is which field, where names alone do not tell.
type Mapping struct {
	// Columns names a column for a field: by its title, or by its place as "#1" for the first. "" leaves the field out though a title would
	// match. Fields that are not named here are found by title.
	Columns map[Field]string `json:"columns,omitempty"`
	// Platform is assumed for rows that name none.
	Platform creators.Platform `json:"platform,omitempty"`
}

// layout is a mapping that was applied to a header.
type layout struct {
	columns  map[Field]int
	platform creators.Platform
	kind     Kind
	width    int
	ignored  []string // titles of columns that are no field
}

// apply finds each field's column. Faults name the field as "mapping.FIELD".
func (m Mapping) apply(header []string) (layout, error) {
	l := layout{columns: map[Field]int{}, platform: m.Platform, kind: KindCreators, width: len(header)}
	taken := map[int]Field{}
	for _, field := range slices.Sorted(maps.Keys(m.Columns)) {
		if err := l.place(field, m.Columns[field], header, taken); err != nil {
			return l, err
		}
	}
	for i, title := range header {
		field, known := byName[foldColumn(title)]
		_, placed := taken[i]
		_, byHand := m.Columns[field]
		switch before, twice := l.columns[field]; {
		case placed:
		case !known || byHand:
			l.ignored = append(l.ignored, title)
		case twice:
			return l, fault.Invalidf("Columns %d and %d could both be “%s”: say which one it is.", before+1, i+1, field).In("mapping." + string(field))
		default:
			l.columns[field], taken[i] = i, field
		}
	}
	if _, ok := l.columns[FieldPost]; ok {
		l.kind = KindPosts
	}
	l.settleTags(header)
	return l, l.check(header)
}

// settleTags reads a column "tags" in a list of creators as their tags; in a list of posts it holds hashtags.
func (l *layout) settleTags(header []string) {
	i, placed := l.columns[FieldHashtags]
	if _, taken := l.columns[FieldTags]; placed && !taken && l.kind == KindCreators && foldColumn(header[i]) == "tags" {
		delete(l.columns, FieldHashtags)
		l.columns[FieldTags] = i
	}
}

// grow takes in columns that a JSON file turned out to have, by their titles. A field that has its column keeps it, and one that was left out by
// hand stays out.
func (l *layout) grow(header []string, m Mapping) {
	for i := l.width; i < len(header); i++ {
		field, known := byName[foldColumn(header[i])]
		if field == FieldHashtags && l.kind == KindCreators {
			field = FieldTags
		}
		_, placed := l.columns[field]
		_, byHand := m.Columns[field]
		if !known || placed || byHand || field == FieldPost {
			l.ignored = append(l.ignored, header[i])
			continue
		}
		l.columns[field] = i
	}
	l.width = len(header)
}

// place puts one field on the column that was named for it.
func (l *layout) place(field Field, column string, header []string, taken map[int]Field) error {
	in := "mapping." + string(field)
	if !slices.Contains(Fields, field) {
		return fault.Invalid("There is no such field.").In("mapping")
	}
	if column == "" {
		return nil
	}
	i, err := findColumn(column, header)
	if err != nil {
		return err.In(in)
	}
	if other, ok := taken[i]; ok {
		return fault.Invalidf("The same column is mapped to “%s” already.", other).In(in)
	}
	l.columns[field], taken[i] = i, field
	return nil
}

func findColumn(column string, header []string) (int, *fault.Error) {
	if place, ok := strings.CutPrefix(column, "#"); ok {
		if n, err := strconv.Atoi(place); err == nil && n >= 1 && n <= len(header) {
			return n - 1, nil
		}
	}
	if i := slices.Index(header, column); i >= 0 {
		return i, nil
	}
	if i := slices.IndexFunc(header, func(title string) bool { return foldColumn(title) == foldColumn(column) }); i >= 0 {
		return i, nil
	}
	return 0, fault.Invalid("The file has no such column.")
}

// check refuses a layout whose rows could not name an account.
func (l layout) check(header []string) error {
	_, handle := l.columns[FieldHandle]
	_, url := l.columns[FieldURL]
	if !handle && !url {
		return fault.Invalidf("No column of this file holds the account. Its columns are: %s. Map the one with the handle or the profile's address.",
			shown(header)).In("mapping.handle")
	}
	if l.platform != "" && !slices.Contains(creators.Platforms, l.platform) {
		return fault.Invalid("The platform must be tiktok, instagram, youtube, pinterest or other.").In("mapping.platform")
	}
	return nil
}

// shown names columns to a person, shortened.
func shown(header []string) string {
	const most = 12
	var titles []string
	for _, title := range header[:min(most, len(header))] {
		runes := []rune(title)
		titles = append(titles, "“"+string(runes[:min(40, len(runes))])+"”")
	}
	if len(header) > most {
		titles = append(titles, "…")
	}
	return strings.Join(titles, ", ")
}

// mapping is the layout as a mapping that names every field, by title where titles are unique.
func (l layout) mapping(header []string) Mapping {
	m := Mapping{Columns: map[Field]string{}, Platform: l.platform}
	for field, i := range l.columns {
		m.Columns[field] = "#" + strconv.Itoa(i+1)
		if title := header[i]; title != "" && slices.Index(header, title) == i && !strings.HasPrefix(title, "#") {
			m.Columns[field] = title
		}
	}
	return m
}

package text

import (
	"embed"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed catalogue
var embedded embed.FS

// Default is the language used where another lacks a key.
const Default = "en"

// message is one entry: a plain sentence, or one per plural form ("one", "other", …).
type message struct {
	plain string
	forms map[string]string
}

var catalogues = mustLoad(embedded)

func mustLoad(files fs.FS) map[string]map[string]message {
	all, err := load(files)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return all
}

func load(files fs.FS) (map[string]map[string]message, error) {
	names, err := fs.Glob(files, "catalogue/*/*.json")
	if err != nil {
		return nil, fmt.Errorf("cannot list the catalogue: %w", err)
	}
	all := map[string]map[string]message{}
	for _, name := range names {
		lang := path.Base(path.Dir(name))
		if all[lang] == nil {
			all[lang] = map[string]message{}
		}
		if err := loadFile(files, name, all[lang]); err != nil {
			return nil, fmt.Errorf("cannot load %s: %w", name, err)
		}
	}
	return all, nil
}

func loadFile(files fs.FS, name string, into map[string]message) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	var entries map[string]message
	if err := json.Unmarshal(raw, &entries); err != nil {
		return err
	}
	area := strings.TrimSuffix(path.Base(name), ".json")
	for key, m := range entries {
		into[area+"."+key] = m
	}
	return nil
}

// UnmarshalJSON takes a string or an object of plural forms.
func (m *message) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, &m.plain)
	}
	return json.Unmarshal(raw, &m.forms)
}

// Languages lists what can be read, sorted.
func Languages() []string {
	var langs []string
	for lang := range catalogues {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	return langs
}

// Keys lists the keys of a language, sorted.
func Keys(lang string) []string {
	var keys []string
	for key := range catalogues[lang] {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Has says whether the default language has the key.
func Has(key string) bool {
	_, ok := catalogues[Default][key]
	return ok
}

// T returns the sentence for key with its placeholders filled from name, value pairs. A missing key shows itself in brackets: tests find it.
func T(lang, key string, pairs ...any) string {
	m, ok := catalogues[lang][key]
	if !ok {
		m, ok = catalogues[Default][key]
		lang = Default
	}
	if !ok {
		return "[" + key + "]"
	}
	return fill(lang, m.choose(lang, pairs), pairs)
}

// HTML is T for a sentence with **bold** words; the values are escaped.
func HTML(lang, key string, pairs ...any) template.HTML {
	escaped := html.EscapeString(T(lang, key, pairs...))
	return template.HTML(bold.ReplaceAllString(escaped, "<strong>$1</strong>")) //nolint:gosec // escaped on the line above
}

var bold = regexp.MustCompile(`\*\*(.+?)\*\*`)

// choose picks the plural form for the value named "n".
func (m message) choose(lang string, pairs []any) string {
	if m.forms == nil {
		return m.plain
	}
	form := "other"
	if n, ok := whole(lookup(pairs, "n")); ok {
		form = formName(lang, n)
	}
	if s, ok := m.forms[form]; ok {
		return s
	}
	return m.forms["other"]
}

func formName(lang string, n int64) string {
	if n < 0 {
		n = -n
	}
	form := plural.Cardinal.MatchPlural(language.Make(lang), int(n%1_000_000), 0, 0, 0, 0)
	return [...]string{
		plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many",
	}[form]
}

func lookup(pairs []any, name string) any {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return pairs[i+1]
		}
	}
	return nil
}

func fill(lang, sentence string, pairs []any) string {
	if len(pairs) == 0 {
		return sentence
	}
	var oldnew []string
	for i := 0; i+1 < len(pairs); i += 2 {
		oldnew = append(oldnew, "{"+fmt.Sprint(pairs[i])+"}", show(lang, pairs[i+1]))
	}
	return strings.NewReplacer(oldnew...).Replace(sentence)
}

// show writes a value inside a sentence: whole numbers grouped, amounts as money, the rest as it prints.
func show(lang string, v any) string {
	if n, ok := whole(v); ok {
		return Locale{Lang: lang}.Number(n)
	}
	if d, ok := v.(interface{ Display() string }); ok {
		return d.Display()
	}
	return fmt.Sprint(v)
}

func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int32:
		return int64(n), true
	case int64:
		return n, true
	case uint32:
		return int64(n), true
	default:
		return 0, false
	}
}

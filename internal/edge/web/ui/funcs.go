package ui

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"html/template"
	"math"
	"reflect"
	"strings"
	"time"

	"rapport/internal/base/money"
	"rapport/internal/edge/web/assets"
	"rapport/internal/edge/web/text"
)

// funcs are what templates may call; doc.go lists them.
func (v *view) funcs() template.FuncMap {
	return template.FuncMap{
		"t": v.locale.T,
		"tk": func(prefix string, suffix any, pairs ...any) string {
			return v.locale.T(prefix+fmt.Sprint(suffix), pairs...)
		},
		"th":       func(key string, pairs ...any) template.HTML { return text.HTML(v.locale.Lang, key, pairs...) },
		"money":    func(a money.Amount) string { return a.Display() },
		"number":   v.locale.Number,
		"unit":     v.locale.Unit,
		"short":    func(n any) string { return v.locale.Short(reflect.ValueOf(n).Int()) },
		"percent":  v.locale.Percent,
		"change":   v.locale.Change,
		"date":     func(at any) string { return v.locale.Date(instant(at)) },
		"datetime": func(at any) string { return v.locale.DateTime(instant(at)) },
		"ago":      v.ago,
		"icon":     icon,
		"asset":    assets.URL,
		"whyLink":  v.whyLink,
		"ui":       v.component,
		"show":     v.show,
		"initials": initials,
		"avatar":   func(name, url, size string) Avatar { return Avatar{Name: name, URL: url, Size: size} },
		"person": func(name, sub, url, face string) Person {
			return Person{Name: name, Sub: sub, URL: url, AvatarURL: face}
		},
		"nothing":  func(because string) Nothing { return Nothing{Because: because} },
		"frame":    (*Page).Frame,
		"list":     func(items ...any) []any { return items },
		"dict":     dict,
		"idFor":    idFor,
		"accent":   accentURL,
		"absolute": math.Abs,
	}
}

// instant takes a time or microseconds since 1970, as they are stored; 0 is no time.
func instant(at any) time.Time {
	switch t := at.(type) {
	case time.Time:
		return t
	case *time.Time:
		if t != nil {
			return *t
		}
	case int64:
		if t != 0 {
			return time.UnixMicro(t)
		}
	}
	return time.Time{}
}

// ago says "3 hours ago" with the exact moment on hover and for machines.
func (v *view) ago(at any) template.HTML {
	t := instant(at)
	if t.IsZero() {
		return text.Unknown
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`, //nolint:gosec // escaped
		t.UTC().Format(time.RFC3339), template.HTMLEscapeString(v.locale.DateTime(t)), template.HTMLEscapeString(v.locale.Ago(t, v.set.Now()))))
}

// icon draws from the sprite; it is decoration, so words stand beside it.
func icon(name string) template.HTML {
	sprite := assets.URL("icons.svg")
	if sprite == "" || name == "" {
		return ""
	}
	return template.HTML(fmt.Sprintf(`<svg class="icon" aria-hidden="true"><use href="%s#%s"></use></svg>`, //nolint:gosec // escaped
		sprite, template.HTMLEscapeString(name)))
}

// whyLink makes any figure or verdict a link that opens its explanation beside the page.
func (v *view) whyLink(url string, what any) (template.HTML, error) {
	return v.component(WhyLink{URL: url, Label: what})
}

// component renders a component with the template its type names.
func (v *view) component(c Component) (template.HTML, error) {
	if c == nil || (reflect.ValueOf(c).Kind() == reflect.Pointer && reflect.ValueOf(c).IsNil()) {
		return "", nil
	}
	name, data := c.part()
	var out bytes.Buffer
	if err := v.tmpl.ExecuteTemplate(&out, name, data); err != nil {
		return "", err
	}
	return template.HTML(out.String()), nil //nolint:gosec // written by a template
}

// show writes anything a cell may hold: nothing as a dash, amounts and numbers in the reader's form, components as themselves.
func (v *view) show(value any) (template.HTML, error) {
	switch x := value.(type) {
	case nil:
		return v.component(Nothing{})
	case Component:
		return v.component(x)
	case template.HTML:
		return x, nil
	case money.Amount:
		return v.component(Money{Amount: x})
	case time.Time:
		return escaped(v.locale.Date(x)), nil
	case int, int32, int64, float64:
		return escaped(v.locale.Number(x)), nil
	case string:
		return "<bdi>" + escaped(x) + "</bdi>", nil // a name in another script must not turn its line round
	default:
		return escaped(fmt.Sprint(x)), nil
	}
}

func escaped(s string) template.HTML {
	return template.HTML(template.HTMLEscapeString(s)) //nolint:gosec // escaped
}

// initials are the first letters of the first and last word of a name.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return "?"
	}
	first := firstLetter(words[0])
	if len(words) > 1 {
		first += firstLetter(words[len(words)-1])
	}
	return strings.ToUpper(first)
}

func firstLetter(word string) string {
	for _, r := range strings.TrimLeft(word, "@#_.-") {
		return string(r)
	}
	return ""
}

func dict(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m
}

// idFor makes a short element id that is the same on every rendering.
func idFor(prefix string, parts ...any) string {
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, parts...) // a hash never fails to write
	return fmt.Sprintf("%s-%08x", prefix, h.Sum32())
}

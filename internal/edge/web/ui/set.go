package ui

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"
	"time"

	"rapport/internal/edge/web/text"
)

//go:embed layouts/*.html components/*.html
var own embed.FS

// Set holds every page, parsed once. Make one with New when the server starts; it may be used from many goroutines.
type Set struct {
	Now func() time.Time // for "3 hours ago"; time.Now unless a test sets another

	pages map[string]*template.Template // pristine: cloned per reader's locale, never executed
	bound sync.Map                      // viewKey → *view
}

type viewKey struct{ page, lang, zone string }

// view is one page's templates with functions bound to one locale.
type view struct {
	set    *Set
	locale text.Locale
	tmpl   *template.Template
}

// New parses the layouts, the components and the pages of every source. A file of a source is the page named by its path without ".html"; a file whose
// name begins with "_" is no page: its blocks can be used by all pages of the same source.
func New(sources ...fs.FS) (*Set, error) {
	s := &Set{Now: time.Now, pages: map[string]*template.Template{}}
	base, err := template.New("").Funcs((&view{set: s}).funcs()).ParseFS(own, "layouts/*.html", "components/*.html")
	if err != nil {
		return nil, fmt.Errorf("cannot parse the layouts and components: %w", err)
	}
	s.pages[""] = base
	for _, source := range sources {
		if err := s.add(base, source); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Set) add(base *template.Template, source fs.FS) error {
	shared, err := base.Clone()
	if err != nil {
		return fmt.Errorf("cannot copy the base templates: %w", err)
	}
	var pages []string
	err = fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil || entry.IsDir() || path.Ext(name) != ".html":
			return err
		case strings.HasPrefix(path.Base(name), "_"):
			return parseFile(shared, source, name)
		default:
			pages = append(pages, name)
			return nil
		}
	})
	if err != nil {
		return fmt.Errorf("cannot read page templates: %w", err)
	}
	for _, name := range pages {
		if err := s.addPage(shared, source, name); err != nil {
			return err
		}
	}
	return nil
}

func (s *Set) addPage(shared *template.Template, source fs.FS, file string) error {
	name := strings.TrimSuffix(file, ".html")
	if _, taken := s.pages[name]; taken {
		return fmt.Errorf("cannot add page %q: the name is taken", name)
	}
	page, err := shared.Clone()
	if err != nil {
		return fmt.Errorf("cannot copy the base templates: %w", err)
	}
	if err := parseFile(page, source, file); err != nil {
		return err
	}
	if page.Lookup("main") == nil {
		return fmt.Errorf(`cannot add page %q: it defines no block "main"`, name)
	}
	s.pages[name] = page
	return nil
}

func parseFile(into *template.Template, source fs.FS, name string) error {
	body, err := fs.ReadFile(source, name)
	if err != nil {
		return fmt.Errorf("cannot read template %s: %w", name, err)
	}
	if _, err := into.New(name).Parse(string(body)); err != nil {
		return fmt.Errorf("cannot parse template: %w", err)
	}
	return nil
}

// Pages lists the names of all pages, in no order.
func (s *Set) Pages() []string {
	var names []string
	for name := range s.pages {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// view returns the page bound to the locale, made on first use.
func (s *Set) view(page string, l text.Locale) (*view, error) {
	key := viewKey{page: page, lang: l.Lang}
	if l.Zone != nil {
		key.zone = l.Zone.String()
	}
	if v, ok := s.bound.Load(key); ok {
		return v.(*view), nil
	}
	pristine, ok := s.pages[page]
	if !ok {
		return nil, fmt.Errorf("cannot render page %q: there is none of that name", page)
	}
	clone, err := pristine.Clone()
	if err != nil {
		return nil, fmt.Errorf("cannot copy page %q: %w", page, err)
	}
	v := &view{set: s, locale: l, tmpl: clone}
	clone.Funcs(v.funcs())
	stored, _ := s.bound.LoadOrStore(key, v)
	return stored.(*view), nil
}

package ui

import (
	"bytes"
	"fmt"
	"net/http"

	"rapport/internal/edge/web/assets"
	"rapport/internal/edge/web/text"
)

// Render writes the page whole, or only what htmx asked for: the inside of <main> with title and navigation after a boosted link; heading and main block
// for the side panel and the dialog; the bare main block for any other target. Nothing is written before the template ran to its end, so after an error the caller can still answer with another page.
func (s *Set) Render(w http.ResponseWriter, r *http.Request, status int, name string, p *Page) error {
	v, err := s.view(name, p.locale())
	if err != nil {
		return err
	}
	if p.Theme == "" {
		p.Theme = themeOf(r)
	}
	h := w.Header()
	if strange(r, p) {
		h.Set("HX-Redirect", r.URL.RequestURI())
		w.WriteHeader(http.StatusOK)
		return nil
	}
	var out bytes.Buffer
	if err := v.tmpl.ExecuteTemplate(&out, form(r, p), p); err != nil {
		return fmt.Errorf("cannot render page %q: %w", name, err)
	}
	if status >= 400 && r.Method != http.MethodGet {
		h.Set("HX-Push-Url", "false") // the address of a refused form is not a place to come back to
	}
	send(w, status, &out)
	return nil
}

// Part writes one component alone, for htmx.
func (s *Set) Part(w http.ResponseWriter, status int, l text.Locale, c Component) error {
	v, err := s.view("", l)
	if err != nil {
		return err
	}
	html, err := v.component(c)
	if err != nil {
		return err
	}
	send(w, status, bytes.NewBufferString(string(html)))
	return nil
}

func send(w http.ResponseWriter, status int, body *bytes.Buffer) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Vary", "HX-Request, HX-Target, Cookie")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-store")
	}
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // a browser that went away is no fault of ours
}

// form names the template that answers this request.
func form(r *http.Request, p *Page) string {
	switch {
	case r.Header.Get("HX-Request") == "" || r.Header.Get("HX-History-Restore-Request") != "" || r.Header.Get("HX-Target") == "body":
		return "layout/" + string(p.Layout)
	case r.Header.Get("HX-Target") == "main#main":
		return "fragment"
	case r.Header.Get("HX-Target") == "div#panel-body" || r.Header.Get("HX-Target") == "div#dialog-body":
		return "inset"
	default:
		return "main"
	}
}

// strange says that the reader's open page has another frame than the answer (another layout, program colour or version of the assets), so that the
// answer must be loaded as a whole. The script sends what it has in a header.
func strange(r *http.Request, p *Page) bool {
	frame := r.Header.Get("Rapport-Frame")
	target := r.Header.Get("HX-Target")
	return r.Method == http.MethodGet && frame != "" && (target == "main#main" || target == "body") && frame != p.Frame()
}

// Frame identifies everything around <main>. It is hashed, since it travels in a header and a program's name may be in any script.
func (p *Page) Frame() string {
	return idFor("frame", p.Layout, "|", p.Program.Name, "|", p.Program.Accent, "|", assets.Version())
}

func themeOf(r *http.Request) Theme {
	cookie, err := r.Cookie("rp_theme")
	if err != nil {
		return ThemeAuto
	}
	if t := Theme(cookie.Value); t == ThemeLight || t == ThemeDark {
		return t
	}
	return ThemeAuto
}

// SecurityPolicy is the Content-Security-Policy every page is written for: nothing inline, nothing from elsewhere but pictures.
const SecurityPolicy = "default-src 'self'; img-src 'self' data: https:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

package frame

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"rapport/internal/base/fault"
	"rapport/internal/edge/web/ui"
)

// askToSignIn sends a reader to the sign-in page and back afterwards. A POST is not repeated.
func (m *Mux) askToSignIn(w http.ResponseWriter, r *Request) error {
	to := "/sign-in"
	if r.Method == http.MethodGet {
		to += "?to=" + url.QueryEscape(r.URL.RequestURI())
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}

// ErrorBody is what the page "frame_error" shows.
type ErrorBody struct {
	Text string
}

// fail makes a page of an error. What is not a fault is logged here, once, and told to nobody.
func (m *Mux) fail(w http.ResponseWriter, r *Request, err error) {
	f, ok := fault.As(err)
	if !ok || f.Kind == fault.KindInternal {
		m.Log.Error("a page failed", "page", r.Pattern, "program", string(r.Program.ID), "error", err) // the path may hold a login link
		f = &fault.Error{Kind: fault.KindInternal, Message: r.T("error.internal")}
	}
	status := f.Kind.Status()
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds())+1))
	}
	p := &ui.Page{Layout: ui.Plain, Title: r.T("error.title." + strconv.Itoa(status)), Lang: Lang, Program: ui.Program{Name: r.Program.Name, Accent: r.Program.Colour}}
	if r.P.Kind != "" {
		p.Primary = &ui.Action{Label: r.T("error.back"), URL: "/"}
	}
	body := ErrorBody{Text: messages(f)}
	if drawErr := r.Render(w, status, "frame_error", p, body); drawErr != nil {
		m.Log.Error("the error page failed", "error", errors.Join(drawErr, err))
		http.Error(w, body.Text, status)
	}
}

func messages(f *fault.Error) string {
	text := ui.Sentence(f.Message)
	for _, o := range f.Others {
		text += " " + ui.Sentence(o.Message)
	}
	return text
}

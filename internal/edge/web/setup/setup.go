package setup

import (
	"net/http"
	"strconv"
	"time"

	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
)

// Register puts the pages of this package on m.
func Register(m *frame.Mux) {
	registerEntry(m)
	registerAccount(m)
	registerStart(m)
	registerSettings(m)
	m.Desk("POST /view-as", viewPermission, startViewing)
	m.Desk("POST /view-as/stop", viewPermission, stopViewing)
	m.Signed("GET /logo/{program}", logo)
}

func ways(links ...ui.Link) ui.Component { return ui.Part{Template: "setup/links", Data: links} }

func show(w http.ResponseWriter, r *frame.Request, p *ui.Page, parts ...ui.Component) error {
	return r.Render(w, http.StatusOK, "setup_page", p, ui.Stack(parts))
}

// at is a moment with its time of day.
func at(moment time.Time) ui.Component { return ui.Part{Template: "setup/at", Data: moment} }

// mistakes are the faults that are shown in the form they were made in, with the status of the answer.
var mistakes = map[fault.Kind]int{
	fault.KindInvalid: http.StatusUnprocessableEntity, fault.KindConflict: http.StatusUnprocessableEntity, fault.KindTooLarge: http.StatusRequestEntityTooLarge,
	fault.KindUnauthenticated: http.StatusUnprocessableEntity, fault.KindTooMany: http.StatusTooManyRequests,
}

// mistake returns the status for a form that is shown again, and false for what is no mistake of the reader.
func mistake(err error) (status int, ok bool) {
	f, isFault := fault.As(err)
	if !isFault {
		return 0, false
	}
	status, ok = mistakes[f.Kind]
	return status, ok
}

// again shows a page with the form that was refused; the form's place among the parts is given by put.
func again(w http.ResponseWriter, r *frame.Request, p *ui.Page, form ui.Form, err error, put func(ui.Form) ui.Stack) error {
	status, ok := mistake(err)
	if !ok {
		return err
	}
	form.Fail(saysWhen(w, r, err))
	return r.Render(w, status, "setup_page", p, put(form))
}

// saysWhen tells who was refused for trying too often when to try again.
func saysWhen(w http.ResponseWriter, r *frame.Request, err error) error {
	f, _ := fault.As(err)
	if f.Kind != fault.KindTooMany || f.RetryAfter <= 0 {
		return err
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds())+1))
	return fault.TooMany(r.T("setup.wait", "n", int(f.RetryAfter.Minutes())+1), f.RetryAfter)
}

package portal

import (
	"net/http"
	"slices"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/vetting"
)

// registerCheckup brings what the brand sees of the creator's account.
func registerCheckup(m *frame.Mux) {
	m.Portal("GET /seen", showCheckup)
}

func checkupAction(r *frame.Request) ui.Action {
	return ui.Action{Label: r.T("checkup.mine"), Icon: "eye", URL: r.To("/seen")}
}

// showCheckup shows the creator the reasons the brand got, in the same words. They are made of public facts; what the brand's people wrote, their
// promises to others and whom they look for stay theirs.
func showCheckup(w http.ResponseWriter, r *frame.Request) error {
	var report vetting.Stored
	var found bool
	p, err := see(r, "earnings", "checkup.mine", func(tx *db.Tx) (err error) {
		report, found, err = vetting.Of(r.Context(), tx, r.Program.ID, r.Partnership.Creator)
		return err
	})
	if err != nil {
		return err
	}
	p.Breadcrumb = back(r, "/earnings/account", "earnings.account.title")
	if !found {
		return r.Render(w, http.StatusOK, "portal_checkup", p, checkupBody{Lead: r.T("checkup.mine.none")})
	}
	return r.Render(w, http.StatusOK, "portal_checkup", p, checkupBody{
		Lead: r.T("checkup.mine.lead", "program", r.Program.Name), Said: r.T("checkup.mine.said", "verdict", r.T("checkup.verdict."+string(report.Report.Verdict))),
		Handle: report.Handle, Reasons: area.CheckupReasons(r, ofPublicFacts(report.Reasons)),
		Wrong: ui.Action{Label: r.T("checkup.mine.wrong", "program", r.Program.Name), URL: r.To("/messages")},
	})
}

// checkupBody is what "portal_checkup" shows.
type checkupBody struct {
	Lead, Said, Handle string
	Reasons            []area.CheckupReason
	Wrong              ui.Action
}

func ofPublicFacts(all []vetting.Reason) []vetting.Reason {
	return slices.DeleteFunc(slices.Clone(all), func(one vetting.Reason) bool {
		return strings.HasPrefix(one.Code, "conflict_") || strings.HasPrefix(one.Code, "match_")
	})
}

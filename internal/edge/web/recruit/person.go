package recruit

import (
	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// registerPerson brings what is known of one creator and where it comes from, and the list of those who asked to be left alone.
func registerPerson(m *frame.Mux) {
	m.Desk("GET /partners/{partnership}/known", auth.PermView, showKnown)
	m.Desk("POST /partners/{partnership}/tags", auth.PermManage, addTag)
	m.Desk("POST /partners/{partnership}/tags/remove", auth.PermManage, removeTag)
	m.Desk("POST /partners/{partnership}/notes", auth.PermManage, addNote)
	m.Desk("POST /partners/{partnership}/notes/remove", auth.PermManage, removeNote)
	m.Desk("POST /partners/{partnership}/audience", auth.PermManage, setAudience)
	m.Desk("POST /partners/{partnership}/work", auth.PermManage, addWork)
	m.Desk("POST /partners/{partnership}/work/remove", auth.PermManage, removeWork)
	m.Desk("POST /partners/{partnership}/price", auth.PermManage, setPrice)
	m.Desk("POST /partners/{partnership}/accounts", auth.PermManage, addAccount)
	m.Desk("POST /partners/{partnership}/accounts/main", auth.PermManage, setMain)
	m.Desk("POST /partners/{partnership}/accounts/remove", auth.PermManage, removeAccount)
	m.Desk("GET /partners/{partnership}/merge", auth.PermManage, askMerge)
	m.Desk("POST /partners/{partnership}/merge", auth.PermManage, merge)
	m.Desk("GET /partners/{partnership}/known.json", auth.PermManage, exportPerson)
	m.Desk("POST /partners/{partnership}/erase", auth.PermSettings, erase)
	m.Desk("GET /creators/left-alone", auth.PermView, showAlone)
	m.Desk("POST /creators/left-alone", auth.PermManage, addAlone)
	m.Desk("POST /creators/left-alone/check", auth.PermManage, checkAlone)
	m.Desk("POST /creators/left-alone/remove", auth.PermManage, takeOff)
}

// person is a creator in the program at hand.
type person struct {
	partnerships.Partnership
	Creator creators.Creator
}

func (p person) url(r *frame.Request, section string) string {
	return area.PartnerURL(r, p.ID, section)
}

// findPerson reads the creator whose page it is. One of another program does not exist.
func findPerson(r *frame.Request, tx *db.Tx) (person, error) {
	return personIn(r, tx, partnerships.ID(r.PathValue("partnership")))
}

func personIn(r *frame.Request, tx *db.Tx, id partnerships.ID) (who person, err error) {
	if who.Partnership, err = partnerships.Find(r.Context(), tx, id); err != nil {
		return who, err
	}
	if who.Program != r.Program.ID {
		return who, fault.NotFound("partnership")
	}
	who.Creator, err = creators.Find(r.Context(), tx, who.Partnership.Creator)
	return who, err
}

// knownPage begins the page of what is known of somebody.
func knownPage(r *frame.Request, who person) *ui.Page {
	p := r.Page("creators", "person.title", "name", who.Creator.Name)
	p.Lead = r.T("person.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}, {Label: who.Creator.Name, URL: who.url(r, "")}}
	p.Tabs = area.PartnerTabs(r, who.ID, "/known")
	return p
}

func keepAudit(r *frame.Request, tx *db.Tx, action, subject string) error {
	return audit.Record(r.Context(), tx, r.P, r.Program.ID, action, subject, nil, nil, "") // what was said of a person is nobody's who reads the audit
}

// mayChange reports whether the reader has the permission in every program of the people: what is shared about them is not one program's alone.
func mayChange(r *frame.Request, tx *db.Tx, perm auth.Permission, ids ...creators.ID) (bool, error) {
	in, err := creators.ProgramsOf(r.Context(), tx, ids)
	for _, program := range in {
		if !r.P.Can(program, perm) {
			return false, err
		}
	}
	return err == nil, err
}

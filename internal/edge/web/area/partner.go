package area

import (
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
)

// PartnerTabs are the sections of one creator's page; section is the end of the address of the one that is shown.
func PartnerTabs(r *frame.Request, id partnerships.ID, section string) (tabs []ui.Link) {
	for _, s := range []struct{ key, label string }{
		{"", r.T("partners.tab.overview")}, {"/known", r.T("person.tab")}, {"/links", r.T("partners.tab.links")}, {"/money", r.T("partners.tab.money")},
		{"/deal", r.T("partners.tab.deal")}, {"/messages", r.T("partners.tab.messages")}, {"/profile", r.T("partners.tab.profile")},
		{"/timeline", r.T("partners.tab.timeline")},
	} {
		tabs = append(tabs, ui.Link{Label: s.label, URL: PartnerURL(r, id, s.key), Active: s.key == section})
	}
	return tabs
}

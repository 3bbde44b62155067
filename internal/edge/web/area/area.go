package area

import (
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
)

// CreatorTabs are the views of the people of a program. active is the last part of a tab's key in the catalogue.
func CreatorTabs(r *frame.Request, active string, counts map[partnerships.Status]int) []ui.Link {
	return []ui.Link{
		{Label: r.T("creators.tab.find"), URL: r.To("/creators"), Active: active == "find"},
		{Label: r.T("creators.tab.applications"), URL: r.To("/applications"), Active: active == "applications", Count: counts[partnerships.StatusApplied]},
		{Label: r.T("creators.tab.pipeline"), URL: r.To("/creators/pipeline"), Active: active == "pipeline"},
		{Label: r.T("creators.tab.partners"), URL: r.To("/creators/partners"), Active: active == "partners"},
		{Label: r.T("talking.tab"), URL: r.To("/creators/talking"), Active: active == "talking"},
		{Label: r.T("connect.tab"), URL: r.To("/platforms"), Active: active == "platforms"},
	}
}

package portal

import (
	"embed"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/content"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
)

// Templates are the pages of this package.
//
//go:embed *.html
var Templates embed.FS

// Register puts the pages of this package on m.
func Register(m *frame.Mux) {
	m.Portal("GET /", home)
	registerShare(m)
	registerTasks(m)
	registerEarnings(m)
	registerMessages(m)
	registerCheckup(m)
}

// see reads what a page shows in one state of the database, with what waits behind the entries of the bar.
func see(r *frame.Request, active, titleKey string, read func(tx *db.Tx) error) (*ui.Page, error) {
	var unread, open int
	err := r.View(func(tx *db.Tx) (err error) {
		if unread, err = outreach.Unread(r.Context(), tx, outreach.SideCreator, own(r)); err != nil {
			return err
		}
		counts, err := content.CountTasks(r.Context(), tx, tasksOf(r, todo...))
		if err != nil {
			return err
		}
		open = counts[content.TaskOpen] + counts[content.TaskChanges]
		return read(tx)
	})
	if err != nil {
		return nil, err
	}
	p := r.Page(active, titleKey, "program", r.Program.Name)
	count(p, "messages", unread)
	count(p, "tasks", open)
	return p, nil
}

// count says how much waits behind an entry of the bar.
func count(p *ui.Page, key string, n int) {
	if i := slices.IndexFunc(p.Nav, func(item ui.NavItem) bool { return item.Key == key }); i >= 0 {
		p.Nav[i].Count = n
	}
}

// own is this partnership alone, as a filter.
func own(r *frame.Request) partnerships.Filter {
	return partnerships.Filter{Program: r.Program.ID, Creator: r.Partnership.Creator}
}

// back leads from a page behind an entry to the entry.
func back(r *frame.Request, path, labelKey string) []ui.Link {
	return []ui.Link{{Label: r.T(labelKey), URL: r.To(path)}}
}

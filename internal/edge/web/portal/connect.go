package portal

import (
	"rapport/internal/base/db"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/web/frame"
)

// readLost are the accounts of the creator that have to be connected again: only they can do it.
func readLost(r *frame.Request, tx *db.Tx) ([]platforms.Connection, error) {
	all, _, err := platforms.List(r.Context(), tx, platforms.Filter{Program: r.Program.ID, Creator: r.Partnership.Creator}, db.Page{Limit: db.PageUsual})
	var lost []platforms.Connection
	for _, c := range all {
		if c.State == platforms.StateExpired || c.State == platforms.StateRevoked {
			lost = append(lost, c)
		}
	}
	return lost, err
}

func lostRow(r *frame.Request, c platforms.Connection) row {
	return row{Icon: "plug", Title: r.T("portal.next.connect", "handle", c.Handle), Sub: r.T("portal.next.connect.why", "program", r.Program.Name), URL: r.To("/accounts")}
}

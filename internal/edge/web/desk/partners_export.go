package desk

import (
	"net/http"
	"strconv"

	"rapport/internal/base/csvsafe"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// exportPartners writes the list with its filters as a file that a spreadsheet opens without running anything.
func exportPartners(w http.ResponseWriter, r *frame.Request) error {
	var lines [][]string
	err := r.View(func(tx *db.Tx) (err error) {
		lines, err = partnerLines(r, tx)
		return err
	})
	if err != nil {
		return err
	}
	return sendCSV(w, "partners.csv", append([][]string{{
		"id", "name", "accounts", "followers", "tier", "country", "group", "status", "since", "clicks_30_days", "sales_30_days", "revenue_30_days", "commission_30_days", "currency",
	}}, lines...))
}

func partnerLines(r *frame.Request, tx *db.Tx) (lines [][]string, err error) {
	figures, err := lastResults(r, tx)
	if err != nil {
		return nil, err
	}
	groups, _, err := groupNames(r, tx)
	if err != nil {
		return nil, err
	}
	all, err := allPartners(r, tx)
	if err != nil {
		return nil, err
	}
	people, err := area.CreatorsByID(r.Context(), tx, all)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		lines = append(lines, partnerLine(r, p, people[p.Creator], groups[p.Group], figures))
	}
	return lines, nil
}

func partnerLine(r *frame.Request, p partnerships.Partnership, c creators.Creator, group string, figures results) []string {
	row := figures.of(p.ID, r.Program.Currency)
	followers := ""
	if c.Followers != nil {
		followers = strconv.FormatInt(*c.Followers, 10)
	}
	return []string{
		string(p.ID), c.Name, area.Accounts(r, c), followers, string(c.Tier), c.Country, group, string(p.Status), p.CreatedAt.In(r.Program.Location()).Format("2006-01-02"),
		strconv.FormatInt(row.Clicks, 10), strconv.FormatFloat(row.Conversions, 'f', -1, 64), row.Revenue.String(), row.Commission.String(), string(r.Program.Currency),
	}
}

// sendCSV writes a file to be downloaded. Its first error before anything was sent becomes a page.
func sendCSV(w http.ResponseWriter, name string, lines [][]string) error {
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	file, err := csvsafe.NewWriter(w)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if err := file.Write(line...); err != nil {
			return err
		}
	}
	return file.Flush()
}

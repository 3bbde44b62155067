package desk

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/why"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
	"rapport/internal/track/conversions"
)

// mostExported bounds a file; it fits a spreadsheet and this process.
const mostExported = 100_000

// exportSales writes the list with its filters as a file.
func exportSales(w http.ResponseWriter, r *frame.Request) error {
	lines := [][]string{{
		"id", "order", "kind", "status", "test", "occurred_at", "received_at", "goods", "refunded", "currency", "creators", "share_percent", "because", "earned", "reversed", "left", "commission_status", "source",
	}}
	f := saleFilter(r)
	after := ""
	for {
		var found []sale
		if err := r.View(func(tx *db.Tx) (err error) {
			found, after, err = findSales(r.Context(), tx, f, db.Page{After: after, Limit: db.PageMost})
			return err
		}); err != nil {
			return err
		}
		for _, s := range found {
			lines = append(lines, saleLine(s))
		}
		if after == "" {
			return sendCSV(w, "orders.csv", lines)
		}
		if len(lines) > mostExported {
			return tooManyLines(r)
		}
	}
}

func tooManyLines(r *frame.Request) error {
	return fault.TooLarge(r.T("sales.export.many", "most", mostExported))
}

func saleLine(s sale) []string {
	c := s.Order
	var people, shares, because, earned, reversed, left, status []string
	for _, credit := range s.Credits {
		people = append(people, s.Names[credit.Partnership])
		shares = append(shares, strconv.FormatFloat(float64(credit.Share)/100, 'f', -1, 64))
		because = append(because, credit.Because)
	}
	for _, m := range s.Commissions {
		earned, reversed, left = append(earned, m.Earned.String()), append(reversed, m.Reversed.String()), append(left, m.Amount().String())
		status = append(status, string(m.Status))
	}
	return []string{
		string(c.ID), s.Number, string(c.Kind), string(c.Status), strconv.FormatBool(c.Test), stamp(c.OccurredAt), stamp(c.ReceivedAt), c.Amount.String(), c.Refunded.String(),
		string(c.Amount.Currency), joined(people), joined(shares), joined(because), joined(earned), joined(reversed), joined(left), joined(status), c.Source,
	}
}

func joined(parts []string) string { return strings.Join(parts, "; ") }

// stamp is a moment as machines write it; none is empty.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// exportCommissions writes a program's commissions as a file, those of a status where the address names one.
func exportCommissions(w http.ResponseWriter, r *frame.Request) error {
	lines := [][]string{{
		"id", "order", "creator", "rule", "rule_from", "goods", "share_percent", "earned", "reversed", "left", "currency", "status", "reason", "hold_until", "created_at", "approved_at", "paid_at",
	}}
	f := commissions.Filter{Program: r.Program.ID, Status: commissions.Status(r.FormValue("status"))}
	after := ""
	for {
		if err := r.View(func(tx *db.Tx) error {
			found, next, err := commissions.List(r.Context(), tx, f, db.Page{After: after, Limit: db.PageMost})
			if err != nil {
				return err
			}
			after = next
			some, err := commissionLines(r, tx, found)
			lines = append(lines, some...)
			return err
		}); err != nil {
			return err
		}
		if after == "" {
			return sendCSV(w, "commissions.csv", lines)
		}
		if len(lines) > mostExported {
			return tooManyLines(r)
		}
	}
}

func commissionLines(r *frame.Request, tx *db.Tx, found []commissions.Commission) (lines [][]string, err error) {
	var orders []conversions.ID
	var partners []partnerships.ID
	for _, c := range found {
		orders, partners = append(orders, c.Conversion), append(partners, c.Partnership)
	}
	numbers, err := conversions.NumbersOf(r.Context(), tx, orders)
	if err != nil {
		return nil, err
	}
	names, err := why.Names(r.Context(), tx, partners)
	if err != nil {
		return nil, err
	}
	for _, c := range found {
		lines = append(lines, []string{
			string(c.ID), numbers[c.Conversion], names[c.Partnership], c.Rule.Commission.Text(), string(c.Rule.From), c.Rule.Base.String(),
			strconv.FormatFloat(float64(c.Rule.Share)/100, 'f', -1, 64), c.Earned.String(), c.Reversed.String(), c.Amount().String(), string(c.Earned.Currency),
			string(c.Status), c.Reason, stamp(c.HoldUntil), stamp(c.CreatedAt), stamp(c.ApprovedAt), stamp(c.PaidAt),
		})
	}
	return lines, nil
}

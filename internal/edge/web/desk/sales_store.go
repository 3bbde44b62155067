package desk

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/web/why"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
	"rapport/internal/track/conversions"
)

// mostOffered bounds a list of partners to pick from.
const mostOffered = 100

// sale is a conversion with who is credited, what they earn and what they are called.
type sale struct {
	Order       conversions.Conversion
	Number      string
	Credits     []conversions.Credit
	Commissions []commissions.Commission
	Names       map[partnerships.ID]string
}

// salesFilter narrows the list of sales. Status is one of a commission or of a conversion.
type salesFilter struct {
	Program  programs.ID
	Number   string
	Status   string
	Partner  partnerships.ID
	From, To time.Time // occurred in [From, To)
}

// saleFilter reads the filter from the address: q, status, creator, and either when or from and to.
func saleFilter(r *frame.Request) salesFilter {
	f := salesFilter{Program: r.Program.ID, Number: r.Text("q"), Status: r.FormValue("status"), Partner: partnerships.ID(r.FormValue("creator"))}
	f.From, f.To = period(r)
	return f
}

// period is the time that the address names, in the program's days; the zero times are all of it.
func period(r *frame.Request) (from, to time.Time) {
	zone := r.Program.Location()
	year, month, day := r.Deps().DB.Now().In(zone).Date()
	today := time.Date(year, month, day, 0, 0, 0, 0, zone)
	switch r.FormValue("when") {
	case "today":
		return today, time.Time{}
	case "7", "30", "90":
		days := map[string]int{"7": 7, "30": 30, "90": 90}[r.FormValue("when")]
		return today.AddDate(0, 0, 1-days), time.Time{}
	case "month":
		return time.Date(year, month, 1, 0, 0, 0, 0, zone), time.Time{}
	case "last_month":
		return time.Date(year, month-1, 1, 0, 0, 0, 0, zone), time.Date(year, month, 1, 0, 0, 0, 0, zone)
	}
	if to = dayStart(r.FormValue("to"), zone); !to.IsZero() {
		to = to.AddDate(0, 0, 1) // the last day is part of it
	}
	return dayStart(r.FormValue("from"), zone), to
}

// dayStart is the midnight at which a day begins, or the zero time for what is no day.
func dayStart(text string, zone *time.Location) time.Time {
	day, err := analytics.ParseDay(text)
	if err != nil {
		return time.Time{}
	}
	year, month, dayOfMonth := day.Date().Date()
	return time.Date(year, month, dayOfMonth, 0, 0, 0, 0, zone)
}

// commissionStatuses are those by which sales can be filtered, beside the conversions' own.
var commissionStatuses = []commissions.Status{
	commissions.StatusPending, commissions.StatusHeld, commissions.StatusApproved, commissions.StatusPaid, commissions.StatusRejected, commissions.StatusReversed,
}

// findSales returns a page of sales, the latest received first. It joins conversions with their commissions, which neither room could do for the other.
func findSales(ctx context.Context, tx *db.Tx, f salesFilter, p db.Page) ([]sale, string, error) {
	query, args := `select id from conversions where program_id = $1`, []any{f.Program}
	add := func(condition string, value any) {
		args = append(args, value)
		query += fmt.Sprintf(" and "+condition, len(args))
	}
	if p.After != "" {
		add(`id < $%d`, p.After)
	}
	if f.Number != "" {
		add(`id in (select conversion_id from conversion_keys where program_id = $1 and key = $%d)`, conversions.Fold(f.Number))
	}
	switch {
	case f.Status == "":
	case slices.Contains(commissionStatuses, commissions.Status(f.Status)):
		add(`id in (select conversion_id from commissions where program_id = $1 and status = $%d)`, f.Status)
	default:
		add(`status = $%d`, f.Status)
	}
	if f.Partner != "" {
		add(`id in (select conversion_id from credits where partnership_id = $%d)`, f.Partner)
	}
	if !f.From.IsZero() {
		add(`occurred_at >= $%d`, db.Micros(f.From))
	}
	if !f.To.IsZero() {
		add(`occurred_at < $%d`, db.Micros(f.To))
	}
	args = append(args, p.Bound()+1)
	ids, err := db.All(ctx, tx, db.Column[conversions.ID], query+fmt.Sprintf(` order by id desc limit $%d`, len(args)), args...)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list sales: %w", err)
	}
	ids, next := db.Cut(ids, p, func(id conversions.ID) string { return string(id) })
	found, err := readSales(ctx, tx, ids)
	return found, next, err
}

// readSales reads everything that a list shows of sales, each kind of thing at once.
func readSales(ctx context.Context, tx *db.Tx, ids []conversions.ID) ([]sale, error) {
	orders, err := conversions.FindMany(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	numbers, err := conversions.NumbersOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	credits, err := conversions.CreditsOfMany(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	earned, err := commissions.OfConversions(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var partners []partnerships.ID
	for _, some := range credits {
		for _, c := range some {
			partners = append(partners, c.Partnership)
		}
	}
	names, err := why.Names(ctx, tx, partners)
	if err != nil {
		return nil, err
	}
	found := make([]sale, 0, len(ids))
	for _, id := range ids {
		found = append(found, sale{Order: orders[id], Number: cmp.Or(numbers[id], orders[id].ExternalID), Credits: credits[id], Commissions: earned[id], Names: names})
	}
	return found, nil
}

// salesFilters are the chips over the list.
func salesFilters(r *frame.Request, tx *db.Tx, held bool) ([]ui.Filter, error) {
	chosen := partnerships.ID(r.FormValue("creator"))
	if chosen != "" {
		if _, err := partnershipIn(r, tx, chosen); err != nil {
			return nil, err
		}
	}
	people, _, err := partnersToChoose(r, tx, "", chosen)
	if err != nil {
		return nil, err
	}
	when := ui.Filter{Key: "when", Label: r.T("sales.filter.when")}
	for _, value := range []string{"today", "7", "30", "90", "month", "last_month"} {
		when.Options = append(when.Options, ui.Choice{Value: value, Label: r.T("sales.when." + value)})
	}
	filters := []ui.Filter{when, {Key: "creator", Label: r.T("sales.column.creator"), Options: people}}
	if !held {
		filters = slices.Insert(filters, 0, statusFilter(r))
	}
	return append(filters, dayFilters(r)...), nil
}

func statusFilter(r *frame.Request) ui.Filter {
	f := ui.Filter{Key: "status", Label: r.T("sales.column.status")}
	for _, s := range commissionStatuses {
		f.Options = append(f.Options, ui.Choice{Value: string(s), Label: r.T("status." + string(s))})
	}
	for _, s := range []conversions.Status{conversions.StatusUncredited, conversions.StatusRefunded, conversions.StatusCancelled, conversions.StatusTest} {
		f.Options = append(f.Options, ui.Choice{Value: string(s), Label: r.T("status." + string(why.OrderStatus(s)))})
	}
	return f
}

// dayFilters show the days that an address names, so that they can be taken off.
func dayFilters(r *frame.Request) (filters []ui.Filter) {
	for _, key := range []string{"from", "to"} {
		if day, err := analytics.ParseDay(r.FormValue(key)); err == nil {
			filters = append(filters, ui.Filter{Key: key, Label: r.T("sales.filter." + key), Options: []ui.Choice{{Value: day.String(), Label: r.Locale().Date(day.Date())}}})
		}
	}
	return filters
}

// namedPartners are partners as choices, by name.
func namedPartners(r *frame.Request, tx *db.Tx, ids []partnerships.ID) ([]ui.Choice, error) {
	names, err := why.Names(r.Context(), tx, ids)
	if err != nil {
		return nil, err
	}
	choices := make([]ui.Choice, 0, len(names))
	for id, name := range names {
		choices = append(choices, ui.Choice{Value: string(id), Label: name})
	}
	slices.SortFunc(choices, func(a, b ui.Choice) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label)), cmp.Compare(a.Value, b.Value))
	})
	return choices, nil
}

// query writes an address with values.
func query(path string, pairs ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return path + "?" + values.Encode()
}

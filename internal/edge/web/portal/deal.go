package portal

import (
	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
)

// readDeal returns the terms that hold and the name of the partnership's group, "" for none.
func readDeal(r *frame.Request, tx *db.Tx) (deal terms.Effective, group string, err error) {
	if deal, err = partnerships.EffectiveTerms(r.Context(), tx, r.Partnership); err != nil || r.Partnership.Group == "" {
		return deal, "", err
	}
	g, err := partnerships.FindGroup(r.Context(), tx, r.Partnership.Group)
	return deal, g.Name, err
}

// dealFrom says whose terms they are.
func dealFrom(r *frame.Request, deal terms.Effective, group string) string {
	if deal.CommissionFrom == terms.LevelNone {
		return ""
	}
	return r.T("earnings.deal.from."+string(deal.CommissionFrom), "group", group, "program", r.Program.Name)
}

// dealPaid says when money moves: "Each order becomes payable 30 days after it was placed. You are paid once a month, from €25.00 on."
func dealPaid(r *frame.Request) string {
	text := r.T("earnings.hold.none")
	if r.Program.HoldDays > 0 {
		text = r.T("earnings.hold", "n", r.Program.HoldDays)
	}
	text += " " + r.T("earnings.schedule."+string(r.Program.PayoutSchedule), "program", r.Program.Name)
	if r.Program.PayoutMinimum.IsPositive() {
		text += " " + r.T("earnings.least", "least", r.Program.PayoutMinimum)
	}
	return text
}

package welcome

import (
	"context"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/text"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
)

// Deal is the terms as the one sentence that a creator says yes to: "You earn 15 % of …".
func Deal(program programs.Program, deal terms.Effective) string {
	if deal.CommissionFrom == terms.LevelNone {
		return text.T(lang, "earnings.deal.none", "program", program.Name)
	}
	return text.T(lang, "earnings.deal."+string(deal.Commission.Kind), "rate", deal.Commission.Text(), "window", program.Attribution.WindowDays, "program", program.Name)
}

// ProgramDeal is the sentence that holds for everybody who has no terms of their own.
func ProgramDeal(ctx context.Context, tx *db.Tx, program programs.Program) (string, error) {
	t, err := partnerships.ProgramTerms(ctx, tx, program.ID)
	return Deal(program, terms.Choose(terms.Terms{}, terms.Terms{}, t)), err
}

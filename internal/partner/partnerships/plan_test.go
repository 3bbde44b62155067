package partnerships_test

import (
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

func TestWhatIsDueComesFirstAndIsCounted(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		err := d.Update(ctx, func(tx *db.Tx) error {
			program, err := programs.Create(ctx, tx, programs.New{Name: "Acme", Currency: "EUR"})
			if err != nil {
				return err
			}
			var all [3]partnerships.ID
			for i := range all {
				c, err := creators.Create(ctx, tx, creators.New{Name: "Maya"})
				if err != nil {
					return err
				}
				p, err := partnerships.Create(ctx, tx, partnerships.New{Program: program.ID, Creator: c.ID})
				if err != nil {
					return err
				}
				all[i] = p.ID
			}
			plan := partnerships.Plan{Owner: "usr_1", Step: "Ask for sizes", StepAt: tx.Now().Add(-time.Hour)}
			if err := partnerships.SetPlan(ctx, tx, all[2], plan); err != nil {
				return err
			}
			if err := partnerships.SetPlan(ctx, tx, all[1], partnerships.Plan{Step: "Call", StepAt: tx.Now().Add(time.Hour)}); err != nil {
				return err
			}
			due, err := partnerships.CountDue(ctx, tx, program.ID, tx.Now())
			if due != 1 || err != nil {
				t.Errorf("%d are due: %v", due, err)
			}
			listed, err := partnerships.ListUrgent(ctx, tx, partnerships.Filter{Program: program.ID}, 10)
			if err != nil || len(listed) != 3 || listed[0].ID != all[2] || listed[1].ID != all[1] || listed[2].ID != all[0] {
				t.Errorf("%v %v", listed, err)
			}
			mine, err := partnerships.ListUrgent(ctx, tx, partnerships.Filter{Program: program.ID, Owner: "usr_1"}, 10)
			if err != nil || len(mine) != 1 {
				t.Errorf("of one owner: %v %v", mine, err)
			}
			plans, err := partnerships.PlansOf(ctx, tx, all[:])
			if got := plans[all[2]]; err != nil || got.Step != plan.Step || !got.Due(tx.Now()) || plans[all[1]].Due(tx.Now()) || plans[all[0]].Due(tx.Now()) {
				t.Errorf("%+v %v", plans, err)
			}
			if err := partnerships.SetPlan(ctx, tx, all[0], partnerships.Plan{StepAt: tx.Now()}); fault.KindOf(err) != fault.KindInvalid {
				t.Errorf("a day without a step: %v", err)
			}
			if _, err := partnerships.SetStatus(ctx, tx, all[2], partnerships.StatusLost); err != nil {
				return err
			}
			if due, err = partnerships.CountDue(ctx, tx, program.ID, tx.Now()); due != 0 {
				t.Errorf("what came to nothing is still due: %d", due)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

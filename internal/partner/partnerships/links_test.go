package partnerships_test

import (
	"context"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/partner/partnerships"
)

// A creator has one way in for all programs, so a link that one program's manager made and kept must not open the next program.
func TestALinkKeptByAnotherProgramsManagerIsOverOnceTheCreatorWorksHere(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for name, begin := range map[string]func(w world, p partnerships.Partnership) error{
			"made a partner": func(w world, p partnerships.Partnership) error {
				_, err := w.create(partnerships.New{Program: w.newProgram("EUR"), Creator: p.Creator, Status: partnerships.StatusActive})
				return err
			},
			"a prospect that is spoken with": func(w world, p partnerships.Partnership) error {
				there, err := w.create(partnerships.New{Program: w.newProgram("EUR"), Creator: p.Creator})
				if err != nil {
					return err
				}
				return w.setStatus(there.ID, partnerships.StatusContacted)
			},
		} {
			w := newWorld(t, d)
			p := w.partner("Ada "+name[:6], partnerships.StatusActive)
			var kept, ofAll string
			w.must(func(ctx context.Context, tx *db.Tx) (err error) {
				kept, ofAll, err = twoLinks(ctx, tx, p, name)
				return err
			})
			if err := begin(w, p); err != nil {
				t.Fatal(err)
			}
			if _, _, err := auth.UseLoginLink(t.Context(), d, kept, ""); fault.KindOf(err) != fault.KindUnauthenticated {
				t.Errorf("%s: the kept link: %v", name, err)
			}
			if _, _, err := auth.UseLoginLink(t.Context(), d, ofAll, ""); err != nil {
				t.Errorf("%s: the link of somebody who sees all programs: %v", name, err)
			}
		}
	})
}

// twoLinks are made by a manager of the partnership's program and by the owner of the installation.
func twoLinks(ctx context.Context, tx *db.Tx, p partnerships.Partnership, name string) (manager, owner string, err error) {
	user, err := auth.EnsureCreatorUser(ctx, tx, string(p.Creator), "", name, "")
	if err != nil {
		return "", "", err
	}
	mia, err := auth.CreateUser(ctx, tx, auth.NewUser{Email: "mia@acme.example", Role: auth.RoleManager, Program: p.Program})
	if err != nil {
		return "", "", err
	}
	olga, err := auth.CreateUser(ctx, tx, auth.NewUser{Email: "olga@acme.example", Role: auth.RoleOwner})
	if err != nil {
		return "", "", err
	}
	if manager, err = auth.LoginLink(ctx, tx, user, auth.PurposeInvite, time.Hour, mia.ID); err != nil {
		return "", "", err
	}
	owner, err = auth.LoginLink(ctx, tx, user, auth.PurposeInvite, time.Hour, olga.ID)
	return manager, owner, err
}

package auth_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
)

func link(t *testing.T, d *db.DB, userID string) (token string) {
	t.Helper()
	do(t, d, func(tx *db.Tx) (err error) {
		token, err = auth.LoginLink(t.Context(), tx, userID, auth.PurposeInvite, auth.LinkByHand, "usr_manager")
		return err
	})
	return token
}

func useLink(t *testing.T, d *db.DB, token string) string {
	t.Helper()
	session, _, err := auth.UseLoginLink(t.Context(), d, token, "Safari")
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func TestOneOfThirtyTwoUsesALink(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		token := link(t, d, creator(t, d, "cre_1", "cleo@mail.example"))
		var won atomic.Int64
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				session, s, err := auth.UseLoginLink(t.Context(), d, token, "Safari")
				if err != nil {
					if fault.KindOf(err) != fault.KindUnauthenticated || session != "" || s.ID != "" {
						t.Error(session, err)
					}
					return
				}
				won.Add(1)
				if p := principal(t, d, session); p.Kind != auth.KindCreator || p.CreatorID != "cre_1" || p.Name != "Cleo" {
					t.Errorf("got %+v", p)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d signed in", won.Load())
		}
	})
}

func TestALinkDiesWithItsTimeAndItsUser(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		user(t, d, "chief@shop.example", auth.RoleOwner, "")
		u := user(t, d, "anna@shop.example", auth.RoleViewer, "")
		owner := func(token string) error {
			return d.View(t.Context(), func(tx *db.Tx) error {
				got, purpose, err := auth.LinkOwner(t.Context(), tx, token)
				if err == nil && (got.ID != u.ID || purpose != auth.PurposeInvite) {
					t.Errorf("got %+v for %s", got, purpose)
				}
				return err
			})
		}
		token := link(t, d, u.ID)
		dbtest.Clock(d).Advance(auth.LinkByHand - time.Second)
		if err := owner(token); err != nil { // looking does not use it
			t.Fatal(err)
		}
		dbtest.Clock(d).Advance(time.Second)
		_, _, err := auth.UseLoginLink(t.Context(), d, token, "")
		mustBe(t, "too old", err, fault.KindUnauthenticated)
		mustBe(t, "too old to look at", owner(token), fault.KindUnauthenticated)

		token = link(t, d, u.ID)
		do(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `update users set disabled_at = 1 where id = $1`, u.ID)
			return err
		})
		_, _, err = auth.UseLoginLink(t.Context(), d, token, "")
		mustBe(t, "a disabled user", err, fault.KindUnauthenticated)
		err = d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := auth.LoginLink(t.Context(), tx, u.ID, auth.PurposeReset, auth.LinkByMail, "")
			return err
		})
		mustBe(t, "a link for a disabled user", err, fault.KindConflict)
	})
}

func request(t *testing.T, d *db.DB, email string, purpose auth.Purpose) (all []auth.Requested, err error) {
	t.Helper()
	err = d.Update(t.Context(), func(tx *db.Tx) (err error) {
		all, err = auth.RequestLinks(t.Context(), tx, email, "203.0.113.7", purpose)
		return err
	})
	return all, err
}

func TestEveryCreatorBehindAnAddressGetsALink(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		one, two := creator(t, d, "cre_1", "agency@mail.example"), creator(t, d, "cre_2", "Agency@Mail.example")
		creator(t, d, "cre_3", "other@mail.example")
		owner := user(t, d, "agency@mail.example", auth.RoleOwner, "")
		got, err := request(t, d, "AGENCY@mail.example", auth.PurposeCreator)
		if err != nil || len(got) != 2 || got[0].User.ID != one || got[1].User.ID != two {
			t.Fatalf("got %+v, %v", got, err)
		}
		if p := principal(t, d, useLink(t, d, got[1].Token)); p.CreatorID != "cre_2" {
			t.Errorf("signed in as %s", p.CreatorID)
		}
		got, err = request(t, d, "agency@mail.example", auth.PurposeReset)
		if err != nil || len(got) != 1 || got[0].User.ID != owner.ID {
			t.Fatalf("got %+v, %v", got, err)
		}
		if got, err = request(t, d, "nobody@mail.example", auth.PurposeReset); err != nil || len(got) != 0 {
			t.Fatalf("got %+v, %v", got, err)
		}
		_, err = request(t, d, "no address", auth.PurposeCreator)
		mustBe(t, "no address", err, fault.KindInvalid)
		dbtest.Clock(d).Advance(auth.LinkByMail)
	})
}

func TestLinksCannotBeRequestedWithoutEnd(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	for range 5 {
		if _, err := request(t, d, "nobody@mail.example", auth.PurposeCreator); err != nil {
			t.Fatal(err)
		}
	}
	_, err := request(t, d, "nobody@mail.example", auth.PurposeCreator)
	mustBe(t, "the sixth", err, fault.KindTooMany)
}

// meanwhile runs second while first's transaction is open, and returns second's error. It waits until second stands before a lock or is through.
func meanwhile(t *testing.T, d *db.DB, first func(tx *db.Tx) error, second func() error) error {
	t.Helper()
	done := make(chan error, 1)
	do(t, d, func(tx *db.Tx) error {
		if err := first(tx); err != nil {
			return err
		}
		go func() { done <- second() }()
		for waiting := 0; waiting == 0 && len(done) == 0; { // a view each time, since a transaction keeps what it saw of the others
			if err := d.View(t.Context(), func(tx *db.Tx) error {
				return tx.QueryRow(t.Context(), `select count(*) from pg_stat_activity
					where datname = current_database() and wait_event_type = 'Lock'`).Scan(&waiting)
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return <-done
}

func TestALinkThatIsBeingUsedIsSpent(t *testing.T) {
	d := dbtest.New(t, db.EnginePostgres) // SQLite runs one update at a time
	token := link(t, d, creator(t, d, "cre_1", ""))
	spend := func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `update login_links set used_at = 1`)
		return err
	}
	err := meanwhile(t, d, spend, func() error {
		_, _, err := auth.UseLoginLink(t.Context(), d, token, "")
		return err
	})
	mustBe(t, "the second use", err, fault.KindUnauthenticated)
}

func TestAnOwnerWhoIsBeingRemovedCannotBeReliedOn(t *testing.T) {
	d := dbtest.New(t, db.EnginePostgres)
	one, two := user(t, d, "1@shop.example", auth.RoleOwner, ""), user(t, d, "2@shop.example", auth.RoleOwner, "")
	remove := func(tx *db.Tx) error { return auth.RemoveRole(t.Context(), tx, one.ID, "") }
	err := meanwhile(t, d, remove, func() error {
		return d.Update(t.Context(), func(tx *db.Tx) error { return auth.RemoveRole(t.Context(), tx, two.ID, "") })
	})
	mustBe(t, "removing the other one", err, fault.KindConflict)
}

// An owner of one program may make a link for somebody who has no part elsewhere; kept until they have, it would lend the owner those rights.
func TestALinkMadeByAnotherDiesWhenItsUserMayDoMore(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		one, two := program(t, d, "One"), program(t, d, "Two")
		for email, grant := range map[string]func(tx *db.Tx, u auth.User) error{
			"anna@shop.example": func(tx *db.Tx, u auth.User) error { return auth.SetRole(t.Context(), tx, u.ID, two, auth.RoleOwner) },
			"bert@shop.example": func(tx *db.Tx, u auth.User) error { return auth.SetRole(t.Context(), tx, u.ID, "", auth.RoleOwner) },
			"cleo@shop.example": func(tx *db.Tx, u auth.User) error {
				_, err := auth.CreateUser(t.Context(), tx, auth.NewUser{Email: u.Email, Role: auth.RoleManager, Program: two})
				return err
			},
		} {
			u := user(t, d, email, auth.RoleManager, one)
			kept := link(t, d, u.ID)
			own, err := request(t, d, email, auth.PurposeReset)
			if err != nil || len(own) != 1 {
				t.Fatal(own, err)
			}
			do(t, d, func(tx *db.Tx) error { return grant(tx, u) })
			_, _, err = auth.UseLoginLink(t.Context(), d, kept, "")
			mustBe(t, "kept by an owner of the first program", err, fault.KindUnauthenticated)
			useLink(t, d, own[0].Token) // what they asked for themselves lives on
		}
	})
}

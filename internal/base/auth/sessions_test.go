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

func TestASessionLivesUntilSignOut(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		u := user(t, d, "anna@shop.example", auth.RoleOwner, "")
		one, two := signIn(t, d, "ANNA@shop.example"), signIn(t, d, "anna@shop.example")
		if one == two || len(one) < 43 {
			t.Fatal("the token is not new at every login")
		}
		p, s, err := auth.SessionBy(t.Context(), d, one)
		if err != nil || p.UserID != u.ID || p.Kind != auth.KindMerchant || p.SessionID != s.ID || !p.AuthenticatedAt.Equal(dbtest.Start) || s.Agent != "Firefox" {
			t.Fatalf("got %+v %+v %v", p, s, err)
		}
		if err := auth.SignOut(t.Context(), d, one); err != nil {
			t.Fatal(err)
		}
		for _, dead := range []string{one, "", "x", s.ID, one + "x"} {
			_, _, err := auth.SessionBy(t.Context(), d, dead)
			mustBe(t, "token "+dead, err, fault.KindUnauthenticated)
		}
		principal(t, d, two)
	})
}

func TestSessionsEndIdleAndAltogether(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		user(t, d, "anna@shop.example", auth.RoleOwner, "")
		id := creator(t, d, "cre_1", "cleo@mail.example")
		for name, c := range map[string]struct {
			open           func() string
			idle, absolute time.Duration
		}{
			"merchant": {func() string { return signIn(t, d, "anna@shop.example") }, auth.MerchantIdle, auth.MerchantAbsolute},
			"creator":  {func() string { return useLink(t, d, link(t, d, id)) }, auth.CreatorIdle, auth.CreatorAbsolute},
		} {
			idle, used := c.open(), c.open()
			for spent := time.Duration(0); spent+c.idle/2 < c.absolute; spent += c.idle / 2 {
				dbtest.Clock(d).Advance(c.idle / 2)
				principal(t, d, used)
			}
			_, _, err := auth.SessionBy(t.Context(), d, idle)
			mustBe(t, name+" idle", err, fault.KindUnauthenticated)
			dbtest.Clock(d).Advance(c.idle / 2)
			_, _, err = auth.SessionBy(t.Context(), d, used)
			mustBe(t, name+" in use for too long", err, fault.KindUnauthenticated)
		}
	})
}

func TestReadingDoesNotWriteMoreThanOnceAMinute(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	user(t, d, "anna@shop.example", auth.RoleOwner, "")
	token := signIn(t, d, "anna@shop.example")
	_, before, _ := d.GroupStats()
	for range 60 {
		principal(t, d, token)
		dbtest.Clock(d).Advance(time.Second)
	}
	principal(t, d, token)
	if _, after, _ := d.GroupStats(); after != before+1 {
		t.Fatalf("%d writes", after-before)
	}
}

func TestRolesAndDisablingCountAtOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		a := program(t, d, "A")
		user(t, d, "chief@shop.example", auth.RoleOwner, "")
		u := user(t, d, "anna@shop.example", auth.RoleManager, a)
		token := signIn(t, d, "anna@shop.example")
		do(t, d, func(tx *db.Tx) error { return auth.SetRole(t.Context(), tx, u.ID, a, auth.RoleViewer) })
		if p := principal(t, d, token); p.Roles[a] != auth.RoleViewer {
			t.Errorf("still %s", p.Roles[a])
		}
		do(t, d, func(tx *db.Tx) error { return auth.RemoveRole(t.Context(), tx, u.ID, a) })
		if p := principal(t, d, token); p.Can(a, auth.PermView) {
			t.Error("still sees the program")
		}
		do(t, d, func(tx *db.Tx) error { return auth.Disable(t.Context(), tx, u.ID) })
		_, _, err := auth.SessionBy(t.Context(), d, token)
		mustBe(t, "the session of a disabled user", err, fault.KindUnauthenticated)
		_, _, err = auth.SignIn(t.Context(), d, "anna@shop.example", password, "", "")
		mustBe(t, "signing in disabled", err, fault.KindUnauthenticated)
		do(t, d, func(tx *db.Tx) error { return auth.Enable(t.Context(), tx, u.ID) })
		dbtest.Clock(d).Advance(time.Hour)
		signIn(t, d, "anna@shop.example")
	})
}

// The time is held equal by comparing with a dummy hash; here the answers are.
func TestARefusedLoginTellsNothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		user(t, d, "anna@shop.example", auth.RoleOwner, "")
		gone := user(t, d, "gone@shop.example", auth.RoleViewer, "")
		creator(t, d, "cre_1", "cleo@mail.example")
		do(t, d, func(tx *db.Tx) error { return auth.Disable(t.Context(), tx, gone.ID) })
		do(t, d, func(tx *db.Tx) error {
			_, err := auth.CreateUser(t.Context(), tx, auth.NewUser{Email: "invited@shop.example", Role: auth.RoleViewer})
			return err
		})
		for _, c := range [][2]string{{"anna@shop.example", "wrong"}, {"nobody@shop.example", password}, {"gone@shop.example", password},
			{"cleo@mail.example", password}, {"invited@shop.example", ""}, {"", ""}, {"no address", password}} {
			_, _, err := auth.SignIn(t.Context(), d, c[0], c[1], "", "")
			if f, _ := fault.As(err); f == nil || f.Code != "wrong_login" || f.Message != "the e-mail address or the password is wrong" {
				t.Errorf("%v: %v", c, err)
			}
		}
	})
}

func try(t *testing.T, d *db.DB, email, pass, remote string) *fault.Error {
	t.Helper()
	_, _, err := auth.SignIn(t.Context(), d, email, pass, remote, "")
	if err == nil {
		return nil
	}
	f, ok := fault.As(err)
	if !ok {
		t.Fatal(err)
	}
	return f
}

func TestGuessingAnAccountSlowsDown(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		user(t, d, "anna@shop.example", auth.RoleOwner, "")
		for _, email := range []string{"anna@shop.example", "nobody@shop.example"} { // the same whether the account exists
			for range 5 {
				if f := try(t, d, email, "wrong", ""); f.Kind != fault.KindUnauthenticated {
					t.Fatal(f)
				}
			}
			for _, wait := range []time.Duration{15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
				f := try(t, d, " "+email, password, "")
				if f == nil || f.Kind != fault.KindTooMany || f.RetryAfter != wait {
					t.Fatalf("%s: got %+v, want a wait of %v", email, f, wait)
				}
				dbtest.Clock(d).Advance(wait)
				if f := try(t, d, email, "wrong", ""); f.Kind != fault.KindUnauthenticated {
					t.Fatalf("%s after %v: %v", email, wait, f)
				}
			}
		}
		dbtest.Clock(d).Advance(15 * time.Minute)
		signIn(t, d, "anna@shop.example") // and success forgets
		for range 5 {
			if f := try(t, d, "anna@shop.example", "wrong", ""); f.Kind != fault.KindUnauthenticated {
				t.Fatal(f)
			}
		}
	})
}

func TestAClockThatIsSetBackLocksNobodyOut(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	user(t, d, "anna@shop.example", auth.RoleOwner, "")
	try(t, d, "anna@shop.example", "wrong", "")
	dbtest.Clock(d).Advance(-time.Hour)
	signIn(t, d, "anna@shop.example")
}

func TestOneAddressCannotGuessManyAccounts(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	user(t, d, "anna@shop.example", auth.RoleOwner, "")
	for i := range 50 {
		remote := []string{"[2001:db8::1]:443", "2001:db8::2", "2001:db8::ffff:0:1"}[i%3] // one subscriber
		if f := try(t, d, string(rune('a'+i))+"@x.example", "wrong", remote); f.Kind != fault.KindUnauthenticated {
			t.Fatal(i, f)
		}
	}
	if f := try(t, d, "anna@shop.example", password, "2001:db8::9"); f == nil || f.Kind != fault.KindTooMany || f.RetryAfter != 15*time.Minute {
		t.Fatalf("got %v", f)
	}
	if f := try(t, d, "anna@shop.example", password, "2001:db8:1::9"); f != nil {
		t.Fatalf("another address: %v", f)
	}
	dbtest.Clock(d).Advance(15 * time.Minute)
	if f := try(t, d, "anna@shop.example", password, "2001:db8::9"); f != nil {
		t.Fatalf("in the next window: %v", f)
	}
}

func TestAnOfficeThatSignsInAllDayIsNotRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("hashes sixty passwords")
	}
	d := dbtest.New(t, db.EngineSQLite)
	user(t, d, "anna@shop.example", auth.RoleOwner, "")
	for range 60 {
		if f := try(t, d, "anna@shop.example", password, "203.0.113.7"); f != nil {
			t.Fatal(f)
		}
	}
}

// Attempts are counted before the password is looked at, so that no more than five get that far at once.
func TestThirtyTwoGuessesAtOnceGetFiveAnswers(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		user(t, d, "anna@shop.example", auth.RoleOwner, "")
		var answered atomic.Int64
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				if f := try(t, d, "anna@shop.example", "wrong", "203.0.113.7"); f.Kind == fault.KindUnauthenticated {
					answered.Add(1)
				}
			})
		}
		wg.Wait()
		if answered.Load() != 5 {
			t.Fatalf("%d were answered", answered.Load())
		}
	})
}

func TestSigningInAgainIsNoted(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		user(t, d, "anna@shop.example", auth.RoleOwner, "")
		token := signIn(t, d, "anna@shop.example")
		dbtest.Clock(d).Advance(time.Hour)
		mustBe(t, "a wrong password", auth.Reauthenticate(t.Context(), d, token, "wrong"), fault.KindUnauthenticated)
		if p := principal(t, d, token); p.AuthenticatedWithin(time.Minute, d.Now()) {
			t.Error("a wrong password counts")
		}
		if err := auth.Reauthenticate(t.Context(), d, token, password); err != nil {
			t.Fatal(err)
		}
		if p := principal(t, d, token); !p.AuthenticatedWithin(time.Minute, d.Now()) {
			t.Error("the right one does not count")
		}
		mustBe(t, "no session", auth.Reauthenticate(t.Context(), d, "x", password), fault.KindUnauthenticated)
	})
}

func TestANewPasswordEndsOtherSessionsAndLinks(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		u := user(t, d, "anna@shop.example", auth.RoleOwner, "")
		mine, stolen, open := signIn(t, d, "anna@shop.example"), signIn(t, d, "anna@shop.example"), link(t, d, u.ID)
		other := user(t, d, "ben@shop.example", auth.RoleViewer, "")
		bens := useLink(t, d, link(t, d, other.ID))
		p := principal(t, d, mine)
		do(t, d, func(tx *db.Tx) error { return auth.SetPassword(t.Context(), tx, u.ID, hashed(), p.SessionID) })
		principal(t, d, mine)
		principal(t, d, bens)
		_, _, err := auth.SessionBy(t.Context(), d, stolen)
		mustBe(t, "another session", err, fault.KindUnauthenticated)
		_, _, err = auth.UseLoginLink(t.Context(), d, open, "")
		mustBe(t, "an open link", err, fault.KindUnauthenticated)
		do(t, d, func(tx *db.Tx) error { return auth.SignOutEverywhere(t.Context(), tx, u.ID, "") })
		_, _, err = auth.SessionBy(t.Context(), d, mine)
		mustBe(t, "signed out everywhere", err, fault.KindUnauthenticated)
	})
}

func TestLookingAsACreatorIsKeptInTheSession(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		user(t, d, "anna@shop.example", auth.RoleOwner, "")
		token := signIn(t, d, "anna@shop.example")
		view := func(session, creator string) error {
			return d.Update(t.Context(), func(tx *db.Tx) error { return auth.ViewAs(t.Context(), tx, session, creator) })
		}
		for _, creator := range []string{"cre_1", ""} {
			p := principal(t, d, token)
			if err := view(p.SessionID, creator); err != nil {
				t.Fatal(err)
			}
			if p, s, err := auth.SessionBy(t.Context(), d, token); err != nil || s.ViewingAs != creator || p.ReadOnly {
				t.Fatalf("got %+v, %v", s, err)
			}
		}
		creators := principal(t, d, useLink(t, d, link(t, d, creator(t, d, "cre_2", "c@mail.example"))))
		mustBe(t, "a creator looks as another", view(creators.SessionID, "cre_1"), fault.KindNotFound)
		mustBe(t, "no session", view("%%", "cre_1"), fault.KindNotFound)
	})
}

func TestSessionsAreListedAndTrimmed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		u := user(t, d, "anna@shop.example", auth.RoleOwner, "")
		signIn(t, d, "anna@shop.example")
		link(t, d, u.ID)
		try(t, d, "x@y.example", "wrong", "")
		dbtest.Clock(d).Advance(time.Hour)
		signIn(t, d, "anna@shop.example")
		count := func() (n int) {
			do(t, d, func(tx *db.Tx) error {
				all, err := auth.ListSessions(t.Context(), tx, u.ID)
				n = len(all)
				return err
			})
			return n
		}
		if n := count(); n != 2 {
			t.Errorf("%d sessions", n)
		}
		dbtest.Clock(d).Advance(auth.MerchantIdle - time.Minute)
		if n := count(); n != 1 {
			t.Errorf("%d sessions", n)
		}
		dbtest.Clock(d).Advance(30 * 24 * time.Hour)
		var removed int64
		do(t, d, func(tx *db.Tx) (err error) {
			removed, err = auth.Trim(t.Context(), tx, 100)
			return err
		})
		if removed != 2+1+2 { // the link too, the attempt at x@y.example, the count of the address 203.0.113.7
			t.Errorf("%d removed", removed)
		}
	})
}

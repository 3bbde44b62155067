package auth_test

import (
	"slices"
	"sync"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
)

const password = "correct horse battery"

// hashed is made once: hashing is slow on purpose.
var hashed = sync.OnceValue(func() string {
	hash, err := secret.HashPassword(password)
	if err != nil {
		panic(err)
	}
	return hash
})

// do runs one update and fails the test on an error.
func do(t *testing.T, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func program(t *testing.T, d *db.DB, name string) (id programs.ID) {
	t.Helper()
	do(t, d, func(tx *db.Tx) error {
		p, err := programs.Create(t.Context(), tx, programs.New{Name: name, Currency: "EUR"})
		id = p.ID
		return err
	})
	return id
}

func user(t *testing.T, d *db.DB, email string, role auth.Role, program programs.ID) (u auth.User) {
	t.Helper()
	do(t, d, func(tx *db.Tx) (err error) {
		u, err = auth.CreateUser(t.Context(), tx, auth.NewUser{Email: email, PasswordHash: hashed(), Role: role, Program: program})
		return err
	})
	return u
}

func creator(t *testing.T, d *db.DB, creatorID, email string) (userID string) {
	t.Helper()
	do(t, d, func(tx *db.Tx) (err error) {
		userID, err = auth.EnsureCreatorUser(t.Context(), tx, creatorID, email, "Cleo", "")
		return err
	})
	return userID
}

func signIn(t *testing.T, d *db.DB, email string) string {
	t.Helper()
	token, _, err := auth.SignIn(t.Context(), d, email, password, "203.0.113.7:4711", "Firefox")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func principal(t *testing.T, d *db.DB, token string) auth.Principal {
	t.Helper()
	p, _, err := auth.SessionBy(t.Context(), d, token)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func mustBe(t *testing.T, what string, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("%s: got %v, want kind %d", what, err, kind)
	}
}

func TestAKnownAddressGetsTheRoleBesides(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		a, b := program(t, d, "A"), program(t, d, "B")
		first := user(t, d, "Anna@Shop.example", auth.RoleManager, a)
		again := user(t, d, " anna@shop.EXAMPLE ", auth.RoleViewer, b)
		same := user(t, d, "anna@shop.example", auth.RoleViewer, b)
		if first.ID != again.ID || first.ID != same.ID || again.Email != "Anna@Shop.example" {
			t.Fatalf("three users: %v %v %v", first, again, same)
		}
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := auth.CreateUser(t.Context(), tx, auth.NewUser{Email: "anna@shop.example", Role: auth.RoleOwner, Program: b})
			return err
		})
		mustBe(t, "another role in the same place", err, fault.KindConflict)
		p := principal(t, d, signIn(t, d, "anna@shop.example"))
		if p.Roles[a] != auth.RoleManager || p.Roles[b] != auth.RoleViewer || p.InstallationWide() {
			t.Errorf("got %+v", p)
		}
	})
}

func TestFaultsOfANewUserNameTheirFields(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		_, err := auth.CreateUser(t.Context(), tx, auth.NewUser{Email: "Anna <anna@shop.example>", Name: "a\nb", Role: "boss"})
		return err
	})
	f, _ := fault.As(err)
	if f == nil || f.Field != "email" || len(f.Others) != 2 || f.Others[0].Field != "name" || f.Others[1].Field != "role" {
		t.Fatalf("got %v", err)
	}
	err = d.Update(t.Context(), func(tx *db.Tx) error {
		_, err := auth.CreateUser(t.Context(), tx, auth.NewUser{Email: "a@b.example", Role: auth.RoleOwner, Program: "prg_none"})
		return err
	})
	mustBe(t, "an unknown program", err, fault.KindNotFound)
}

func TestACreatorHasOneUserWhoseAddressNobodyElseCanChange(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		id := creator(t, d, "cre_1", "")
		if creator(t, d, "cre_1", "cleo@mail.example") != id || creator(t, d, "cre_1", "thief@mail.example") != id {
			t.Fatal("a creator has several users")
		}
		if creator(t, d, "cre_2", "Cleo@mail.example") == id {
			t.Fatal("two creators share a user")
		}
		do(t, d, func(tx *db.Tx) error {
			u, found, err := auth.FindCreatorUser(t.Context(), tx, "cre_1")
			if !found || u.Email != "cleo@mail.example" || u.ID != id || u.Language != "en" {
				t.Errorf("got %+v", u)
			}
			return err
		})
	})
}

func TestTheLastOwnerStays(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		a := program(t, d, "A")
		owner, helper := user(t, d, "o@shop.example", auth.RoleOwner, a), user(t, d, "h@shop.example", auth.RoleManager, a)
		acts := map[string]func(tx *db.Tx) error{
			"removed":  func(tx *db.Tx) error { return auth.RemoveRole(t.Context(), tx, owner.ID, a) },
			"demoted":  func(tx *db.Tx) error { return auth.SetRole(t.Context(), tx, owner.ID, a, auth.RoleFinance) },
			"disabled": func(tx *db.Tx) error { return auth.Disable(t.Context(), tx, owner.ID) },
		}
		for name, act := range acts {
			mustBe(t, "the only owner "+name, d.Update(t.Context(), act), fault.KindConflict)
		}
		do(t, d, func(tx *db.Tx) error { return auth.SetRole(t.Context(), tx, helper.ID, a, auth.RoleOwner) })
		do(t, d, acts["removed"])
		mustBe(t, "a role that is not there", d.Update(t.Context(), acts["removed"]), fault.KindNotFound)

		chief := user(t, d, "chief@shop.example", auth.RoleOwner, "")
		do(t, d, func(tx *db.Tx) error { return auth.Disable(t.Context(), tx, helper.ID) }) // the installation's owner owns A too
		mustBe(t, "the installation's only owner", d.Update(t.Context(), func(tx *db.Tx) error { return auth.RemoveRole(t.Context(), tx, chief.ID, "") }), fault.KindConflict)
	})
}

func TestTwoOwnersWhoRemoveEachOtherLeaveOne(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		a := program(t, d, "A")
		one, two := user(t, d, "1@shop.example", auth.RoleOwner, a), user(t, d, "2@shop.example", auth.RoleOwner, a)
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i, target := range []string{one.ID, two.ID} {
			wg.Go(func() {
				errs[i] = d.Update(t.Context(), func(tx *db.Tx) error { return auth.RemoveRole(t.Context(), tx, target, a) })
			})
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("got %v and %v", errs[0], errs[1])
		}
	})
}

func TestWhoMayReleaseMoney(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		a, b := program(t, d, "A"), program(t, d, "B")
		owner, finance := user(t, d, "o@shop.example", auth.RoleOwner, a), user(t, d, "f@shop.example", auth.RoleFinance, a)
		user(t, d, "m@shop.example", auth.RoleManager, a)
		chief := user(t, d, "c@shop.example", auth.RoleFinance, "")
		gone := user(t, d, "g@shop.example", auth.RoleFinance, a)
		user(t, d, "other@shop.example", auth.RoleOwner, b)
		creator(t, d, "cre_1", "f@shop.example")
		do(t, d, func(tx *db.Tx) error { return auth.Disable(t.Context(), tx, gone.ID) })
		do(t, d, func(tx *db.Tx) error {
			got, err := auth.Releasers(t.Context(), tx, a)
			if want := []string{owner.ID, finance.ID, chief.ID}; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			return err
		})
	})
}

func TestThePeopleOfAProgram(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		a, b := program(t, d, "A"), program(t, d, "B")
		owner := user(t, d, "o@shop.example", auth.RoleOwner, a)
		chief := user(t, d, "c@shop.example", auth.RoleOwner, "")
		user(t, d, "b@shop.example", auth.RoleOwner, b)
		creator(t, d, "cre_1", "x@shop.example")
		for place, want := range map[programs.ID]int{a: 2, b: 2, "": 3} {
			var got []auth.Person
			page := db.Page{Limit: 1}
			for more := true; more; more = page.After != "" {
				do(t, d, func(tx *db.Tx) error {
					items, next, err := auth.ListUsers(t.Context(), tx, place, page)
					got, page.After = append(got, items...), next
					return err
				})
			}
			if len(got) != want {
				t.Errorf("%q has %d people, want %d", place, len(got), want)
			}
			if place == a && (got[0].ID != owner.ID || got[0].Role != auth.RoleOwner || got[1].ID != chief.ID || got[1].Role != "" || got[1].Installation != auth.RoleOwner) {
				t.Errorf("got %+v", got)
			}
		}
	})
}

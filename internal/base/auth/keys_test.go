package auth_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
)

func key(t *testing.T, d *db.DB, userID string, scopes ...auth.Scope) (secret string, k auth.Key) {
	t.Helper()
	do(t, d, func(tx *db.Tx) (err error) {
		secret, k, err = auth.NewKey(t.Context(), tx, "till", userID, scopes)
		return err
	})
	return secret, k
}

func revoke(t *testing.T, d *db.DB, id string) {
	t.Helper()
	do(t, d, func(tx *db.Tx) error { return auth.RevokeKey(t.Context(), tx, id) })
}

func TestAKeyActsAsItsUserCutToItsScopes(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		a := program(t, d, "A")
		user(t, d, "chief@shop.example", auth.RoleOwner, "")
		u := user(t, d, "anna@shop.example", auth.RoleManager, a)
		secret, k := key(t, d, u.ID, auth.ScopeRead)
		if !regexp.MustCompile(`^rk_[0-9A-Za-z]{43}$`).MatchString(secret) || k.Shown != secret[:7]+"…"+secret[len(secret)-4:] {
			t.Errorf("the key is %s, shown as %s", secret, k.Shown)
		}
		p, err := auth.KeyBy(t.Context(), d, secret)
		if err != nil || p.Kind != auth.KindKey || p.ID != k.ID || p.Name != "till" || p.UserID != u.ID || !p.Can(a, auth.PermView) || p.Can(a, auth.PermManage) || p.InstallationWide() {
			t.Fatalf("got %+v, %v", p, err)
		}
		do(t, d, func(tx *db.Tx) error { return auth.RemoveRole(t.Context(), tx, u.ID, a) })
		if p, err := auth.KeyBy(t.Context(), d, secret); err != nil || p.Can(a, auth.PermView) {
			t.Errorf("after the role is gone: %+v, %v", p, err)
		}
		do(t, d, func(tx *db.Tx) error { return auth.Disable(t.Context(), tx, u.ID) })
		_, err = auth.KeyBy(t.Context(), d, secret)
		mustBe(t, "the key of a disabled user", err, fault.KindUnauthenticated)
	})
}

func TestAKeyOfTheCommandLineIsAPrincipalOfItsOwn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		secret, k := key(t, d, "")
		p, err := auth.KeyBy(t.Context(), d, secret)
		if err != nil || p.ID != k.ID || p.UserID != "" || !p.InstallationWide() || !p.Can("prg_any", auth.PermSettings) || p.Scopes != nil {
			t.Fatalf("got %+v, %v", p, err)
		}
		revoke(t, d, k.ID)
		revoke(t, d, k.ID)
		_, err = auth.KeyBy(t.Context(), d, secret)
		mustBe(t, "a revoked key", err, fault.KindUnauthenticated)
	})
}

func TestOnlyTheWholeKeyOpens(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	secret, k := key(t, d, "")
	for _, wrong := range []string{"", "rk_", secret[:len(secret)-1], secret + "0", strings.ToLower(secret), secret[3:], k.Shown, k.ID, strings.Repeat("rk_", 1000)} {
		_, err := auth.KeyBy(t.Context(), d, wrong)
		mustBe(t, wrong, err, fault.KindUnauthenticated)
	}
}

func TestARememberedKeyIsForgottenWithinASecond(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		keys := auth.NewKeys(d)
		secret, k := key(t, d, "")
		if _, err := keys.By(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		revoke(t, d, k.ID)
		if _, err := keys.By(t.Context(), secret); err != nil {
			t.Fatal("it is not remembered", err)
		}
		dbtest.Clock(d).Advance(time.Second)
		_, err := keys.By(t.Context(), secret)
		mustBe(t, "a second later", err, fault.KindUnauthenticated)
		dbtest.Clock(d).Advance(-time.Hour)
		_, err = keys.By(t.Context(), secret)
		mustBe(t, "with the clock set back", err, fault.KindUnauthenticated)
	})
}

func TestKeysAreListedWithoutSecretsAndWithTheirUse(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		u := user(t, d, "anna@shop.example", auth.RoleOwner, "")
		secret, mine := key(t, d, u.ID, auth.ScopeRead, auth.ScopeMoney)
		_, other := key(t, d, "")
		if _, err := auth.KeyBy(t.Context(), d, secret); err != nil {
			t.Fatal(err)
		}
		for owner, want := range map[string][]string{u.ID: {mine.ID}, "": {mine.ID, other.ID}} {
			var got []string
			page := db.Page{Limit: 1}
			for more := true; more; more = page.After != "" {
				do(t, d, func(tx *db.Tx) error {
					items, next, err := auth.ListKeys(t.Context(), tx, owner, page)
					for _, k := range items {
						got = append(got, k.ID)
						if k.ID == mine.ID && (!k.UsedAt.Equal(dbtest.Start) || !slices.Equal(k.Scopes, mine.Scopes)) {
							t.Errorf("got %+v", k)
						}
					}
					page.After = next
					return err
				})
			}
			if !slices.Equal(got, want) {
				t.Errorf("of %q: got %v, want %v", owner, got, want)
			}
		}
	})
}

func TestFaultsOfANewKey(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	make := func(name, user string, scopes ...auth.Scope) error {
		return d.Update(t.Context(), func(tx *db.Tx) error {
			_, _, err := auth.NewKey(t.Context(), tx, name, user, scopes)
			return err
		})
	}
	err := make("", "", "all")
	f, _ := fault.As(err)
	if f == nil || f.Field != "name" || len(f.Others) != 1 || f.Others[0].Field != "scopes" {
		t.Errorf("got %v", err)
	}
	mustBe(t, "an unknown user", make("n", "usr_none"), fault.KindNotFound)
	mustBe(t, "a creator", make("n", creator(t, d, "cre_1", "")), fault.KindConflict)
}

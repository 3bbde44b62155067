package auth_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/base/auth"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
)

var permissions = map[auth.Permission]string{
	auth.PermView: "view", auth.PermManage: "manage", auth.PermMoney: "money", auth.PermRelease: "release", auth.PermSettings: "settings",
}

func granted(allows func(auth.Permission) bool) string {
	var all []string
	for perm := auth.PermView; perm <= auth.PermSettings; perm++ {
		if allows(perm) {
			all = append(all, permissions[perm])
		}
	}
	return strings.Join(all, " ")
}

func TestWhatEachRoleMayDo(t *testing.T) {
	for role, want := range map[auth.Role]string{
		auth.RoleOwner:   "view manage money release settings",
		auth.RoleManager: "view manage money",
		auth.RoleFinance: "view money release",
		auth.RoleViewer:  "view",
		"":               "",
		"admin":          "",
	} {
		if got := granted(role.Allows); got != want {
			t.Errorf("%q may %q, want %q", role, got, want)
		}
	}
	if auth.RoleOwner.Allows(0) || auth.RoleOwner.Allows(99) {
		t.Error("an owner may do what does not exist")
	}
}

func TestWhatEachScopeLetsThrough(t *testing.T) {
	for scope, want := range map[auth.Scope]string{
		auth.ScopeRead: "view", auth.ScopeWrite: "view manage", auth.ScopeMoney: "money release", auth.ScopeSettings: "settings", "all": "",
	} {
		if got := granted(scope.Allows); got != want {
			t.Errorf("%q lets %q through, want %q", scope, got, want)
		}
	}
}

func TestRightsOfPrincipals(t *testing.T) {
	const a, b = programs.ID("prg_a"), programs.ID("prg_b")
	manager := auth.Principal{Kind: auth.KindMerchant, ID: "usr_1", Roles: map[programs.ID]auth.Role{a: auth.RoleManager}}
	owner := auth.Principal{Kind: auth.KindMerchant, ID: "usr_2", Installation: auth.RoleOwner}
	key := owner
	key.Kind, key.Scopes = auth.KindKey, []auth.Scope{auth.ScopeRead, auth.ScopeMoney}
	narrow := manager
	narrow.Scopes = []auth.Scope{auth.ScopeSettings}
	creator := auth.Principal{Kind: auth.KindCreator, ID: "usr_3", CreatorID: "cre_1", Installation: auth.RoleOwner, Roles: manager.Roles}
	both := auth.Principal{Kind: auth.KindMerchant, ID: "usr_4", Installation: auth.RoleViewer, Roles: map[programs.ID]auth.Role{a: auth.RoleFinance}}
	for name, c := range map[string]struct {
		p                 auth.Principal
		inA, inB, all     string
		seesAll           bool
		sees              []programs.ID
		foreign, settings fault.Kind // of Require(b, view) and Require(a, settings); KindInternal for none
	}{
		"nobody":            {auth.Principal{}, "", "", "", false, []programs.ID{}, fault.KindUnauthenticated, fault.KindUnauthenticated},
		"manager of a":      {manager, "view manage money", "", "", false, []programs.ID{a}, fault.KindNotFound, fault.KindForbidden},
		"owner of all":      {owner, "view manage money release settings", "view manage money release settings", "view manage money release settings", true, nil, 0, 0},
		"system":            {auth.System(), "view manage money release settings", "view manage money release settings", "view manage money release settings", true, nil, 0, 0},
		"owner's key":       {key, "view money release", "view money release", "view money release", true, nil, 0, fault.KindForbidden},
		"useless key":       {narrow, "", "", "", false, []programs.ID{}, fault.KindNotFound, fault.KindForbidden},
		"creator":           {creator, "", "", "", false, []programs.ID{}, fault.KindNotFound, fault.KindNotFound},
		"looking as":        {owner.As("cre_1"), "view", "view", "view", true, nil, 0, fault.KindForbidden},
		"manager looks as":  {manager.As("cre_1"), "view", "", "", false, []programs.ID{a}, fault.KindNotFound, fault.KindForbidden},
		"viewer and more":   {both, "view money release", "view", "view", true, nil, 0, fault.KindForbidden},
		"key without scope": {auth.Principal{Kind: auth.KindKey, ID: "key_1", Installation: auth.RoleOwner, Scopes: []auth.Scope{}}, "", "", "", false, []programs.ID{}, fault.KindForbidden, fault.KindForbidden},
	} {
		for program, want := range map[programs.ID]string{a: c.inA, b: c.inB, "": c.all} {
			if got := granted(func(perm auth.Permission) bool { return c.p.Can(program, perm) }); got != want {
				t.Errorf("%s in %q may %q, want %q", name, program, got, want)
			}
		}
		if ids, all := c.p.Visible(); all != c.seesAll || !slices.Equal(ids, c.sees) || (ids == nil) != all {
			t.Errorf("%s sees %v, %v", name, ids, all)
		}
		for _, want := range []struct {
			err  error
			kind fault.Kind
		}{{c.p.Require(b, auth.PermView), c.foreign}, {c.p.Require(a, auth.PermSettings), c.settings}} {
			if fault.KindOf(want.err) != want.kind || (want.err == nil) != (want.kind == 0) {
				t.Errorf("%s: got %v, want kind %d", name, want.err, want.kind)
			}
		}
	}
	if creator.InstallationWide() || manager.InstallationWide() || !both.InstallationWide() {
		t.Error("who is installation-wide is wrong")
	}
	if got := auth.From(auth.With(t.Context(), manager)).ID; got != "usr_1" || auth.From(t.Context()).Kind != "" {
		t.Error("the context lost its principal")
	}
}

// Whatever the roles: a key with scopes can do nothing that its user cannot, and Require agrees with Can.
func TestScopesOnlyCut(t *testing.T) {
	places := []programs.ID{"", "prg_a", "prg_b"}
	roles := append(auth.Roles(), "")
	rapid.Check(t, func(t *rapid.T) {
		user := auth.Principal{Kind: auth.KindMerchant, ID: "u", Installation: rapid.SampledFrom(roles).Draw(t, "installation"),
			Roles: map[programs.ID]auth.Role{"prg_a": rapid.SampledFrom(roles).Draw(t, "role")}}
		key := user
		key.Scopes = rapid.SliceOfN(rapid.SampledFrom(auth.Scopes()), 0, 4).Draw(t, "scopes")
		place, perm := rapid.SampledFrom(places).Draw(t, "place"), auth.Permission(rapid.IntRange(0, 6).Draw(t, "permission"))
		if key.Can(place, perm) && !user.Can(place, perm) {
			t.Fatal("a key may do more than its user")
		}
		for _, p := range []auth.Principal{user, key, user.As("cre_1")} {
			if (p.Require(place, perm) == nil) != p.Can(place, perm) {
				t.Fatal("Require and Can disagree")
			}
		}
	})
}

func TestAStepUpIsForgottenAfterItsTime(t *testing.T) {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	p := auth.Principal{AuthenticatedAt: now.Add(-10 * time.Minute)}
	if !p.AuthenticatedWithin(10*time.Minute, now) || p.AuthenticatedWithin(9*time.Minute, now) || (auth.Principal{}).AuthenticatedWithin(time.Hour, now) {
		t.Fatal("wrong")
	}
	if p.AuthenticatedWithin(10*time.Minute, now.Add(-time.Hour)) {
		t.Fatal("a clock that was set back made a step-up last")
	}
}

package auth

import (
	"slices"

	"rapport/internal/base/fault"
)

// Role is what a person is in a program or in the whole installation. The empty role grants nothing.
type Role string

// The roles.
const (
	RoleOwner   Role = "owner"
	RoleManager Role = "manager"
	RoleFinance Role = "finance"
	RoleViewer  Role = "viewer"
)

// Roles lists the roles, the widest first.
func Roles() []Role { return []Role{RoleOwner, RoleManager, RoleFinance, RoleViewer} }

// Valid reports whether r is one of the roles.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// Permission is a kind of act.
type Permission int

// The permissions. PermRelease is apart from PermMoney so that whoever prepares a payout need not be able to send it off.
const (
	PermView     Permission = iota + 1 // see
	PermManage                         // creators, partnerships, links, codes, campaigns, messages, reviews, credits by hand
	PermMoney                          // approve, reject and reverse commissions; prepare and send payouts
	PermRelease                        // approve a payout batch
	PermSettings                       // the program's settings, people, keys, store connections
)

// Allows reports whether the role grants the permission.
func (r Role) Allows(perm Permission) bool {
	switch r {
	case RoleOwner:
		return perm >= PermView && perm <= PermSettings
	case RoleManager:
		return perm == PermView || perm == PermManage || perm == PermMoney
	case RoleFinance:
		return perm == PermView || perm == PermMoney || perm == PermRelease
	case RoleViewer:
		return perm == PermView
	default: // no role, or one of a later version
		return false
	}
}

// Scope is what a key may be used for. Scopes only cut: a key can never do more than its user.
type Scope string

// The scopes.
const (
	ScopeRead     Scope = "read"
	ScopeWrite    Scope = "write"
	ScopeMoney    Scope = "money"
	ScopeSettings Scope = "settings"
)

// Scopes lists the scopes.
func Scopes() []Scope { return []Scope{ScopeRead, ScopeWrite, ScopeMoney, ScopeSettings} }

// Allows reports whether the scope lets the permission through.
func (s Scope) Allows(perm Permission) bool {
	switch s {
	case ScopeRead:
		return perm == PermView
	case ScopeWrite:
		return perm == PermView || perm == PermManage
	case ScopeMoney:
		return perm == PermMoney || perm == PermRelease
	case ScopeSettings:
		return perm == PermSettings
	default:
		return false
	}
}

func checkScopes(scopes []Scope) *fault.Error {
	for _, s := range scopes {
		if !slices.Contains(Scopes(), s) {
			return fault.Invalid(`a scope must be "read", "write", "money" or "settings"`).In("scopes")
		}
	}
	return nil
}

func checkRole(r Role) *fault.Error {
	if r.Valid() {
		return nil
	}
	return fault.Invalid(`a role must be "owner", "manager", "finance" or "viewer"`).In("role")
}

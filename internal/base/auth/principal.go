package auth

import (
	"context"
	"maps"
	"slices"
	"time"

	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
)

// Kind sorts principals.
type Kind string

// The kinds of principals. Users are of kind merchant or creator.
const (
	KindMerchant Kind = "merchant"
	KindCreator  Kind = "creator"
	KindKey      Kind = "key"
	KindSystem   Kind = "system"
)

// Principal is whoever acts. The zero value is nobody, who may do nothing.
type Principal struct {
	Kind            Kind
	ID              string // usr_…, key_… or "system"
	Name            string
	UserID          string // the user behind a session or a key; "" for keys of the command line and the system
	CreatorID       string // cre_…, of a creator or of one whose portal is looked at
	Installation    Role   // held in every program; "" if none
	Roles           map[programs.ID]Role
	Scopes          []Scope // of a key; nil: all of the user's rights
	ReadOnly        bool    // looking at the portal as a creator sees it
	AuthenticatedAt time.Time
	SessionID       string
}

// System is the principal of work that nobody asked for: jobs, rules, approvals when a hold ends.
func System() Principal {
	return Principal{Kind: KindSystem, ID: "system", Name: "Rapport", Installation: RoleOwner}
}

// Can reports whether the principal may do that kind of act in a program. With an empty program it asks for the whole installation, as for
// making a program.
func (p Principal) Can(program programs.ID, perm Permission) bool {
	switch {
	case p.Kind == KindCreator, p.ReadOnly && perm != PermView:
		return false
	case p.Scopes != nil && !slices.ContainsFunc(p.Scopes, func(s Scope) bool { return s.Allows(perm) }):
		return false
	default:
		return p.holds(program, perm)
	}
}

// holds is Can without a key's scopes.
func (p Principal) holds(program programs.ID, perm Permission) bool {
	return p.Installation.Allows(perm) || program != "" && p.Roles[program].Allows(perm)
}

// Require is Can as an error: where the principal holds no role at all the program does not exist for them.
func (p Principal) Require(program programs.ID, perm Permission) error {
	switch {
	case p.Can(program, perm):
		return nil
	case p.Kind == "":
		return fault.Unauthenticated("sign in first")
	case program != "" && (p.Kind == KindCreator || !p.holds(program, PermView)):
		return fault.NotFound("program")
	case p.holds(program, perm) && !p.ReadOnly:
		return fault.Forbidden("this key's scopes do not allow that").WithCode("scope_missing")
	default:
		return fault.Forbidden("your role does not allow that")
	}
}

// Visible returns the programs the principal may see, sorted, or all=true for one who sees all there are.
func (p Principal) Visible() (ids []programs.ID, all bool) {
	if p.Can("", PermView) {
		return nil, true
	}
	ids = []programs.ID{}
	for _, program := range slices.Sorted(maps.Keys(p.Roles)) {
		if p.Can(program, PermView) {
			ids = append(ids, program)
		}
	}
	return ids, false
}

// InstallationWide reports whether the principal holds a role in every program.
func (p Principal) InstallationWide() bool { return p.Kind != KindCreator && p.Installation != "" }

// As is the principal looking at a creator's portal: it may only look, and sees of the creator what lies in its own programs. ViewAs keeps this
// in the session.
func (p Principal) As(creatorID string) Principal {
	p.CreatorID, p.ReadOnly = creatorID, true
	return p
}

// AuthenticatedWithin reports whether the person proved who they are in the time before now, as sensitive acts ask for (OWASP ASVS 5.0, V7.5.3). A
// proof from the future, as after the clock was set back, is none; a minute is forgiven, since the clocks of several machines differ.
func (p Principal) AuthenticatedWithin(d time.Duration, now time.Time) bool {
	ago := now.Sub(p.AuthenticatedAt)
	return !p.AuthenticatedAt.IsZero() && ago >= -time.Minute && ago <= d
}

type contextKey struct{}

// With returns a context that carries the principal of the request.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// From returns the principal of the request; the zero value is nobody.
func From(ctx context.Context) Principal {
	p, _ := ctx.Value(contextKey{}).(Principal)
	return p
}

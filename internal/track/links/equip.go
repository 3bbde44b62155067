package links

import (
	"context"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

// Equipment is what a partner can share from the first minute. A part that was not needed or not possible has no id: a program without a site has
// no page to lead to.
type Equipment struct {
	Link Link
	Code Code
}

// Equip gives a partner a code made of their name and the offer's figure, and a link to the shop's first page. What they have already stays, so it
// may be called again.
func Equip(ctx context.Context, tx *db.Tx, program programs.Program, p partnerships.Partnership, name string) (e Equipment, err error) {
	of := Filter{Program: program.ID, Partnership: p.ID, Current: true}
	codes, _, err := ListCodes(ctx, tx, of, db.Page{Limit: 1})
	if err != nil {
		return e, err
	}
	if len(codes) == 0 {
		if e.Code, err = firstCode(ctx, tx, p, name); err != nil {
			return e, err
		}
	}
	found, _, err := List(ctx, tx, of, db.Page{Limit: 1})
	if err != nil || len(found) > 0 || len(program.Sites) == 0 {
		return e, err
	}
	e.Link, err = firstLink(ctx, tx, New{Partnership: p.ID, Destination: rootOf(program.Sites[0]), Slug: strings.ToLower(e.Code.Code)})
	return e, err
}

func firstCode(ctx context.Context, tx *db.Tx, p partnerships.Partnership, name string) (Code, error) {
	t, err := partnerships.EffectiveTerms(ctx, tx, p)
	if err != nil {
		return Code{}, err
	}
	figure := strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, t.Offer.Value())
	text, err := Suggest(ctx, tx, p.Program, name, figure)
	if err != nil {
		return Code{}, err
	}
	return CreateCode(ctx, tx, NewCode{Partnership: p.ID, Code: text})
}

// firstLink gives the link the name asked for, or a random one where that is taken in another program.
func firstLink(ctx context.Context, tx *db.Tx, n New) (Link, error) {
	l, err := Create(ctx, tx, n)
	if fault.KindOf(err) == fault.KindConflict {
		n.Slug = ""
		l, err = Create(ctx, tx, n)
	}
	return l, err
}

// rootOf is the first page of a site. Shops speak https; only a shop on this machine may not.
func rootOf(site string) string {
	if strings.HasPrefix(site, "127.0.0.1") || strings.HasPrefix(site, "localhost") {
		return "http://" + site + "/"
	}
	return "https://" + site + "/"
}

package applications

import (
	"context"
	"errors"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// applicant finds the creator an application speaks of, or makes one. claimed is true where the account is somebody's whom we know under another
// address, or none: anybody can write a well-known handle into a form.
func applicant(ctx context.Context, tx *db.Tx, box *secret.Box, program programs.ID, s Submission) (who creators.ID, claimed bool, err error) {
	if err := leftAlone(ctx, tx, box, program, s); err != nil {
		return "", false, err
	}
	var fresh []creators.NewProfile
	for _, account := range s.Accounts {
		known, found, err := creators.FindByAccount(ctx, tx, account)
		switch {
		case err != nil:
			return "", false, err
		case !found:
			fresh = append(fresh, creators.NewProfile{Platform: account.Platform, Handle: account.Handle, Details: creators.Details{Country: s.Country}})
		case who == "" || who == known.ID:
			who = known.ID
		default: // accounts of two people
			claimed = true
		}
	}
	if who == "" {
		c, err := creators.Create(ctx, tx, creators.New{Name: s.Name, Profiles: fresh, Contact: creators.Contact{Email: s.Email}, Program: program})
		return c.ID, claimed, err
	}
	contact, err := creators.ContactOf(ctx, tx, program, who)
	return who, claimed || !strings.EqualFold(contact.Email, s.Email), err
}

// leftAlone refuses who asked never to be added: anybody can write somebody else's handle into a form.
func leftAlone(ctx context.Context, tx *db.Tx, box *secret.Box, program programs.ID, s Submission) error {
	n := creators.New{Name: s.Name, Contact: creators.Contact{Email: s.Email}, Program: program}
	for _, a := range s.Accounts {
		n.Profiles = append(n.Profiles, creators.NewProfile{Platform: a.Platform, Handle: a.Handle})
	}
	err := creators.CheckSuppressed(ctx, tx, box, n)
	if errors.Is(err, creators.ErrSuppressed) {
		return fault.Conflict(creators.ErrSuppressed.Code, "You, or the owner of one of these accounts, asked to be left alone. Write to the brand if that has changed.")
	}
	return err
}

// apply makes the creator an applicant. Who works with the program already is told so.
func apply(ctx context.Context, tx *db.Tx, program programs.ID, who creators.ID) (partnerships.Partnership, error) {
	p, err := partnerships.Create(ctx, tx, partnerships.New{Program: program, Creator: who, Status: partnerships.StatusApplied})
	if f, ok := fault.As(err); ok && f.Code == "partnership_exists" {
		return p, fault.Conflict("partnership_exists", "You work together already: sign in with your mail address.")
	}
	return p, err
}

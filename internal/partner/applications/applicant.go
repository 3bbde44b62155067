package applications

import (
	"context"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// applicant finds the creator an application speaks of, or makes one. claimed is true where the account is somebody's whom we know under another
// address, or none: anybody can write a well-known handle into a form.
func applicant(ctx context.Context, tx *db.Tx, program programs.ID, s Submission) (who creators.ID, claimed bool, err error) {
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

// apply makes the creator an applicant. Who works with the program already is told so.
func apply(ctx context.Context, tx *db.Tx, program programs.ID, who creators.ID) (partnerships.Partnership, error) {
	p, err := partnerships.Create(ctx, tx, partnerships.New{Program: program, Creator: who, Status: partnerships.StatusApplied})
	if f, ok := fault.As(err); ok && f.Code == "partnership_exists" {
		return p, fault.Conflict("partnership_exists", "You work together already: sign in with your mail address.")
	}
	return p, err
}

package outreach

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/notify"
	"rapport/internal/base/secret"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

const leavePurpose = "the way out of a program's messages"

// LeaveToken is what stands in the link by which a creator asks to be left alone. It proves itself and never expires.
func LeaveToken(box *secret.Box, partnership partnerships.ID) string {
	return string(partnership) + "." + base64.RawURLEncoding.EncodeToString(box.MAC(leavePurpose, []byte(partnership)))
}

// ReadLeaveToken returns whom a link is for.
func ReadLeaveToken(box *secret.Box, token string) (partnerships.ID, error) {
	partnership, proof, _ := strings.Cut(token, ".")
	mac, err := base64.RawURLEncoding.DecodeString(proof)
	if err != nil || !box.CheckMAC(leavePurpose, mac, []byte(partnership)) {
		return "", fault.NotFound("page")
	}
	return partnerships.ID(partnership), nil
}

// leftBecause stands in the reasons of those who left; it names nobody.
const leftBecause = "asked to be left alone"

// Leave keeps the program from writing to a creator again: every address and account it knows goes on the list of those who are left alone, and
// talks that had not begun anything are over. Doing it twice does nothing more.
func Leave(ctx context.Context, tx *db.Tx, box *secret.Box, partnership partnerships.ID) error {
	p, err := partnerships.Hold(ctx, tx, partnership)
	if err != nil {
		return err
	}
	c, err := creators.Find(ctx, tx, p.Creator)
	if err != nil {
		return err
	}
	contact, err := creators.ContactOf(ctx, tx, p.Program, p.Creator)
	if err != nil {
		return err
	}
	var all []creators.Suppression
	if contact.Email != "" {
		all = append(all, creators.Suppression{Program: p.Program, Email: contact.Email, Reason: leftBecause})
	}
	for _, profile := range c.Profiles {
		all = append(all, creators.Suppression{Program: p.Program, Account: creators.Account{Platform: profile.Platform, Handle: profile.Handle}, Reason: leftBecause})
	}
	if _, err := creators.Suppress(ctx, tx, box, all); err != nil {
		return err
	}
	if err := withdraw(ctx, tx, `select mail_id from sequence_sends where partnership_id = $1`, p.ID); err != nil {
		return err
	}
	if _, err := StopEnrolments(ctx, tx, p.ID, StopAlone); err != nil || !p.Status.Open() {
		return err
	}
	if _, err := partnerships.SetStatus(ctx, tx, p.ID, partnerships.StatusLost); err != nil {
		return err
	}
	return partnerships.SetPlan(ctx, tx, p.ID, partnerships.Plan{LostBecause: leftBecause})
}

// Alone reports whether a creator asked the program to be left alone, by any address or account it knows.
func Alone(ctx context.Context, tx *db.Tx, box *secret.Box, p partnerships.Partnership, c creators.Creator) (bool, error) {
	contact, err := creators.ContactOf(ctx, tx, p.Program, p.Creator)
	if err != nil {
		return false, err
	}
	var accounts []creators.Account
	for _, profile := range c.Profiles {
		accounts = append(accounts, creators.Account{Platform: profile.Platform, Handle: profile.Handle})
	}
	left, err := creators.Suppressed(ctx, tx, box, p.Program, []string{contact.Email}, accounts)
	return left.Any(), err
}

// withdraw takes back the mails of sequences that a query finds and that have not left yet.
func withdraw(ctx context.Context, tx *db.Tx, query string, args ...any) error {
	mails, err := db.All(ctx, tx, db.Column[string], query, args...)
	if err == nil {
		_, err = notify.Withdraw(ctx, tx, mails)
	}
	if err != nil {
		return fmt.Errorf("cannot take mails back: %w", err)
	}
	return nil
}

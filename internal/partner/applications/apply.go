package applications

import (
	"context"
	"encoding/json"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/secret"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// sealedFor is the purpose applications are sealed for.
const sealedFor = "application"

// check cleans a submission and answers, or says what is wrong by field: name, email, accounts[0], answers[1], accepted.
func (s Submission) check(f Form) (Submission, []Answer, error) {
	var faults []*fault.Error
	add := func(err error, field string) {
		if broken, ok := fault.As(err); ok {
			faults = append(faults, broken.In(field))
		}
	}
	name, err := partnerships.Line(s.Name, 100, "name")
	add(err, "name")
	s.Name = name
	s.Email, err = creators.ParseEmail(s.Email)
	if err == nil && s.Email == "" {
		err = fault.Invalid("Give the mail address at which you can be reached.")
	}
	add(err, "email")
	if s.Country != "" {
		if s.Country = creators.Country(s.Country); len(s.Country) != 2 {
			add(fault.Invalid("Choose the country you live in."), "country")
		}
	}
	switch {
	case len(s.Accounts) == 0:
		add(fault.Invalid("Name at least one account."), "accounts[0]")
	case len(s.Accounts) > mostAccounts:
		add(fault.Invalidf("At most %d accounts.", mostAccounts), "accounts")
	}
	if !s.Accepted {
		add(fault.Invalid("Please accept the terms, or write to us about them."), "accepted")
	}
	answers, err := f.answers(s.Sent)
	if broken, ok := fault.As(err); ok {
		faults = append(faults, append([]*fault.Error{broken}, broken.Others...)...)
	}
	return s, answers, fault.Join(faults...)
}

// Submit keeps an application, sealed, until the token comes back from the mail address it names. The token is returned once and stored as its hash.
func Submit(ctx context.Context, tx *db.Tx, box *secret.Box, f Form, s Submission) (a Application, token string, err error) {
	if !f.Open {
		return a, "", fault.Conflict("closed", "Nobody can apply at the moment.")
	}
	s, _, err = s.check(f)
	if err != nil {
		return a, "", err
	}
	plain, err := json.Marshal(s)
	if err != nil {
		return a, "", fmt.Errorf("cannot write an application: %w", err)
	}
	sealed, err := box.Seal(sealedFor, plain)
	if err != nil {
		return a, "", err
	}
	token = secret.RandomToken(32)
	a = Application{ID: ID(id.New(Prefix, tx.Now())), Program: f.Program, State: StateUnconfirmed, Terms: s.Terms, CreatedAt: tx.Now()}
	return a, token, insert(ctx, tx, a, secret.HashToken(token), sealed)
}

// Confirm makes an application real whose token came back from its mail address: its creator is found or made, and becomes an applicant of the
// program. Called again it returns what there is. An account that we know already is only claimed, unless the mail address is the one the program
// has for its creator.
func Confirm(ctx context.Context, tx *db.Tx, box *secret.Box, token string) (Application, error) {
	return begin(ctx, tx, box, token, true)
}

func begin(ctx context.Context, tx *db.Tx, box *secret.Box, token string, shown bool) (Application, error) {
	r, err := byToken(ctx, tx, token)
	if err != nil || r.State != StateUnconfirmed {
		return r.Application, err
	}
	s, err := r.submission(box)
	if err != nil {
		return Application{}, err
	}
	f, _, err := FormOf(ctx, tx, r.Program)
	if err != nil {
		return Application{}, err
	}
	if s, r.Answers, err = s.check(f); err != nil {
		return Application{}, fault.Conflict("form_changed", "The questions have changed since. Please apply again.").Because(err)
	}
	who, claimed, err := applicant(ctx, tx, box, r.Program, s)
	if err != nil {
		return Application{}, err
	}
	p, err := apply(ctx, tx, r.Program, who)
	if err != nil {
		return Application{}, err
	}
	r.Creator, r.Partnership, r.State, r.ConfirmedAt, r.Claimed, r.Address = who, p.ID, StateWaiting, tx.Now(), claimed, shown
	if !claimed {
		r.sealed = nil
	}
	return r.Application, update(ctx, tx, r)
}

func byToken(ctx context.Context, tx *db.Tx, token string) (row, error) {
	hash := secret.HashToken(token)
	if err := tx.Lock(ctx, fmt.Sprintf("application:%x", hash[:8])); err != nil {
		return row{}, err
	}
	r, found, err := db.One(ctx, tx, scan, `select `+columns+` from applications where token_hash = $1`, hash)
	if err == nil && !found {
		err = fault.NotFound("application")
	}
	return r, err
}

// ByToken returns the application whose applicant holds the token, and their submission while it is unconfirmed.
func ByToken(ctx context.Context, tx *db.Tx, box *secret.Box, token string) (a Application, s Submission, err error) {
	r, found, err := db.One(ctx, tx, scan, `select `+columns+` from applications where token_hash = $1`, secret.HashToken(token))
	if err == nil && !found {
		err = fault.NotFound("application")
	}
	if err != nil || r.State != StateUnconfirmed {
		return r.Application, s, err
	}
	s, err = r.submission(box)
	return r.Application, s, err
}

func (r row) submission(box *secret.Box) (s Submission, err error) {
	plain, err := box.Open(sealedFor, r.sealed)
	if err == nil {
		err = json.Unmarshal(plain, &s)
	}
	if err != nil {
		return s, fmt.Errorf("cannot open application %s: %w", r.ID, err)
	}
	return s, nil
}

// Address is where a claimed application's sender says they can be reached.
func Address(ctx context.Context, tx *db.Tx, box *secret.Box, of ID) (string, error) {
	r, err := find(ctx, tx, of)
	if err != nil || r.sealed == nil {
		return "", err
	}
	s, err := r.submission(box)
	return s.Email, err
}

// Enter takes an application that somebody trusted hands over (the brand's own site, through the interface), without the way over the mail. shown
// says whether they have seen that the address is the applicant's.
func Enter(ctx context.Context, tx *db.Tx, box *secret.Box, f Form, s Submission, shown bool) (Application, error) {
	_, token, err := Submit(ctx, tx, box, f, s)
	if err != nil {
		return Application{}, err
	}
	return begin(ctx, tx, box, token, shown)
}

package mentions

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/conversions"
)

// Arrived is what became of what was found.
type Arrived struct {
	New       int // wait for a person
	Prospects int // became prospects, or are known already
	Again     int // were found before
	LeftAlone int // asked to be left alone
	Unclear   int // name no account that could be reached
	IDs       []ID
}

// Store takes in what was found, at most mostSeen at a time.
func Store(ctx context.Context, tx *db.Tx, box *secret.Box, program programs.ID, all []Seen) (a Arrived, err error) {
	if len(all) > mostSeen {
		panic("BUG: more mentions than one transaction takes")
	}
	var accounts []creators.Account
	for _, s := range all {
		accounts = append(accounts, s.Account)
	}
	alone, err := creators.Suppressed(ctx, tx, box, program, nil, accounts)
	if err != nil {
		return a, err
	}
	for _, s := range all {
		s, ok := s.clean()
		switch {
		case !ok:
			a.Unclear++
			continue
		case alone.Account(s.Account):
			a.LeftAlone++
			continue
		}
		if err := a.take(ctx, tx, program, s); err != nil {
			return a, err
		}
	}
	return a, nil
}

func (a *Arrived) take(ctx context.Context, tx *db.Tx, program programs.ID, s Seen) error {
	m, fresh, err := insert(ctx, tx, program, s)
	if err != nil {
		return err
	}
	if !fresh {
		a.Again++
		return a.lookAgain(ctx, tx, program, s)
	}
	a.IDs = append(a.IDs, m.ID)
	before, err := judgedBefore(ctx, tx, m)
	if err != nil {
		return err
	}
	switch {
	case before == StateDismissed && s.Kind != KindSearch:
		return setState(ctx, tx, m, StateDismissed, "", "")
	case before == StateProspect || Arrive(s).State == StateProspect:
		a.Prospects++
		_, err := promote(ctx, tx, m, "")
		return err
	}
	a.New++
	return nil
}

// lookAgain promotes what waited: the same video found by a word of what is sold may later be found by one of the brand.
func (a *Arrived) lookAgain(ctx context.Context, tx *db.Tx, program programs.ID, s Seen) error {
	if Arrive(s).State != StateProspect {
		return nil
	}
	m, found, err := db.One(ctx, tx, scan, `select `+columns+` from mentions where program_id = $1 and platform = $2 and handle_folded = $3 and evidence = $4 and state = 'new'`,
		program, s.Account.Platform, s.Account.Key().Handle, s.Evidence)
	if err != nil || !found {
		return err
	}
	a.Prospects++
	_, err = promote(ctx, tx, m, "")
	return err
}

// insert stores a mention unless it is there.
func insert(ctx context.Context, tx *db.Tx, program programs.ID, s Seen) (m Mention, fresh bool, err error) {
	m = Mention{ID: ID(id.New(Prefix, tx.Now())), Program: program, Account: s.Account, AccountID: s.AccountID, Name: s.Name, Kind: s.Kind, Evidence: s.Evidence,
		URL: s.URL, Excerpt: s.Excerpt, Word: s.Word, Source: s.Source, PostedAt: s.PostedAt, FoundAt: tx.Now(), RefreshedAt: tx.Now(), State: StateNew}
	n, err := tx.Exec(ctx, `insert into mentions (id, program_id, platform, handle, handle_folded, account, name, kind, evidence, url, excerpt, word, source, posted_at,
			found_at, refreshed_at, state, creator_id, decided_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, 'new', '', '')
		on conflict (program_id, platform, handle_folded, evidence) do nothing`, m.ID, m.Program, m.Account.Platform, m.Account.Handle, m.Account.Key().Handle,
		m.AccountID, m.Name, m.Kind, m.Evidence, m.URL, m.Excerpt, m.Word, m.Source, db.MicrosOrNull(m.PostedAt), db.Micros(m.FoundAt))
	if err != nil {
		return m, false, fmt.Errorf("cannot store a mention: %w", err)
	}
	return m, n == 1, nil
}

// judgedBefore is what became of the account's other mentions in the program: a decision holds for the account.
func judgedBefore(ctx context.Context, tx *db.Tx, m Mention) (State, error) {
	state, _, err := db.One(ctx, tx, db.Column[State], `select state from mentions where program_id = $1 and platform = $2 and handle_folded = $3 and id <> $4
		and state <> 'new' order by coalesce(decided_at, 0) desc, id desc limit 1`, m.Program, m.Account.Platform, m.Account.Key().Handle, m.ID)
	if err != nil {
		return "", fmt.Errorf("cannot look for other mentions: %w", err)
	}
	return state, nil
}

// promote makes the account's creator a prospect with the evidence. Somebody who has a partnership in the program keeps it as it is, ended or not.
func promote(ctx context.Context, tx *db.Tx, m Mention, by string) (partnerships.Partnership, error) {
	creator, err := creatorOf(ctx, tx, m)
	if err != nil {
		return partnerships.Partnership{}, err
	}
	here, err := partnerships.OfMany(ctx, tx, m.Program, []creators.ID{creator})
	if err != nil {
		return partnerships.Partnership{}, err
	}
	p, known := here[creator]
	if !known {
		if p, err = partnerships.Create(ctx, tx, partnerships.New{Program: m.Program, Creator: creator, Status: partnerships.StatusProspect}); err != nil {
			return p, err
		}
	}
	evidence := m.URL
	if evidence == "" {
		evidence = m.Evidence
	}
	if err := partnerships.Record(ctx, tx, p.ID, partnerships.EventFound, evidence); err != nil {
		return p, err
	}
	return p, setState(ctx, tx, m, StateProspect, creator, by)
}

// creatorOf finds whose account it is, or makes a creator of it.
func creatorOf(ctx context.Context, tx *db.Tx, m Mention) (creators.ID, error) {
	c, found, err := creators.FindByAccount(ctx, tx, m.Account)
	if err != nil || found {
		return c.ID, err
	}
	name := m.Name
	if creators.CheckName(name) != nil {
		name = m.Account.Handle
	}
	c, err = creators.Create(ctx, tx, creators.New{Name: name, Program: m.Program, Profiles: []creators.NewProfile{{Platform: m.Account.Platform, Handle: m.Account.Handle}}})
	return c.ID, err
}

func setState(ctx context.Context, tx *db.Tx, m Mention, to State, creator creators.ID, by string) error {
	_, err := tx.Exec(ctx, `update mentions set state = $2, creator_id = $3, decided_by = $4, decided_at = $5,
		excerpt = case when $2 = 'dismissed' then '' else excerpt end, name = case when $2 = 'dismissed' then '' else name end where id = $1`, m.ID, to, creator, by, db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot note what became of mention %s: %w", m.ID, err)
	}
	return nil
}

// Add makes a prospect of a mention's account, because a person said so. All mentions of the account follow. Saying so twice does nothing twice.
func Add(ctx context.Context, tx *db.Tx, box *secret.Box, program programs.ID, mention ID, by string) (partnerships.Partnership, error) {
	m, err := hold(ctx, tx, program, mention)
	if err != nil {
		return partnerships.Partnership{}, err
	}
	if m.State == StateProspect && m.Creator != "" {
		return partnerships.Of(ctx, tx, program, m.Creator)
	}
	alone, err := creators.Suppressed(ctx, tx, box, program, nil, []creators.Account{m.Account})
	if err != nil {
		return partnerships.Partnership{}, err
	}
	if alone.Account(m.Account) {
		return partnerships.Partnership{}, creators.ErrSuppressed
	}
	p, err := promote(ctx, tx, m, by)
	if err != nil {
		return p, err
	}
	_, err = tx.Exec(ctx, `update mentions set state = 'prospect', creator_id = $4, decided_by = $5, decided_at = $6
		where program_id = $1 and platform = $2 and handle_folded = $3 and state <> 'prospect'`, program, m.Account.Platform, m.Account.Key().Handle, p.Creator, by,
		db.Micros(tx.Now()))
	if err != nil {
		return p, fmt.Errorf("cannot add the other mentions of an account: %w", err)
	}
	return p, nil
}

// Dismiss says that an account is not for us: all its mentions, now and later. One that was only a prospect is lost with it; who works with the
// program is refused.
func Dismiss(ctx context.Context, tx *db.Tx, program programs.ID, mention ID, by string) (Mention, error) {
	m, err := hold(ctx, tx, program, mention)
	if err != nil || m.State == StateDismissed {
		return m, err
	}
	if m.Creator != "" {
		p, err := partnerships.Of(ctx, tx, program, m.Creator)
		switch {
		case fault.KindOf(err) == fault.KindNotFound:
		case err != nil:
			return m, err
		case p.Status == partnerships.StatusProspect:
			if _, err := partnerships.SetStatus(ctx, tx, p.ID, partnerships.StatusLost); err != nil {
				return m, err
			}
		case p.Status != partnerships.StatusLost && p.Status != partnerships.StatusEnded:
			return m, fault.Conflict("in_talks", "You are talking to this person already. Change their status on their own page.")
		}
	}
	_, err = tx.Exec(ctx, `update mentions set state = 'dismissed', excerpt = '', name = '', decided_by = $4, decided_at = $5
		where program_id = $1 and platform = $2 and handle_folded = $3`, program, m.Account.Platform, m.Account.Key().Handle, by, db.Micros(tx.Now()))
	if err != nil {
		return m, fmt.Errorf("cannot dismiss an account: %w", err)
	}
	return m, nil
}

// FromOrder takes in a buyer who told their name after an order, as a prospect with the order as evidence. An order that the program does not know is
// refused as not found; saying it twice does nothing twice.
func FromOrder(ctx context.Context, tx *db.Tx, box *secret.Box, program programs.ID, order string, platform creators.Platform, handle string) error {
	account, err := creators.ParseAccount(platform, handle)
	if err != nil {
		return err
	}
	found, err := conversions.FindByNumber(ctx, tx, program, order)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fault.NotFound("order")
	}
	_, err = Store(ctx, tx, box, program, []Seen{{Account: account, Kind: KindOrder, Evidence: order, Source: "order", PostedAt: found[0].OccurredAt}})
	return err
}

package mentions

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

const columns = `id, program_id, platform, handle, account, name, kind, evidence, url, excerpt, word, source, posted_at, found_at, refreshed_at, state, creator_id,
	decided_by, decided_at`

func scan(s db.Scanner) (m Mention, err error) {
	err = s.Scan(&m.ID, &m.Program, &m.Account.Platform, &m.Account.Handle, &m.AccountID, &m.Name, &m.Kind, &m.Evidence, &m.URL, &m.Excerpt, &m.Word, &m.Source,
		db.ScanTime(&m.PostedAt), db.ScanTime(&m.FoundAt), db.ScanTime(&m.RefreshedAt), &m.State, &m.Creator, &m.DecidedBy, db.ScanTime(&m.DecidedAt))
	return m, err
}

// Find returns a mention of a program; another program's does not exist.
func Find(ctx context.Context, tx *db.Tx, program programs.ID, mention ID) (Mention, error) {
	m, found, err := db.One(ctx, tx, scan, `select `+columns+` from mentions where id = $1 and program_id = $2`, mention, program)
	if err != nil {
		return m, fmt.Errorf("cannot read mention %s: %w", mention, err)
	}
	if !found {
		return m, fault.NotFound("mention")
	}
	return m, nil
}

// hold is Find for whoever decides: nobody else decides on the program's mentions meanwhile.
func hold(ctx context.Context, tx *db.Tx, program programs.ID, mention ID) (Mention, error) {
	if err := tx.Lock(ctx, "mentions:"+string(program)); err != nil {
		return Mention{}, err
	}
	return Find(ctx, tx, program, mention)
}

// Filter says which mentions a list holds; empty fields do not filter.
type Filter struct {
	State    State
	Kind     Kind
	Platform creators.Platform
}

// List returns a page of the program's mentions, the newest first.
func List(ctx context.Context, tx *db.Tx, program programs.ID, f Filter, page db.Page) ([]Mention, string, error) {
	after := page.After
	if after == "" {
		after = "~" // behind every id
	}
	all, err := db.All(ctx, tx, scan, `select `+columns+` from mentions where program_id = $1 and ($2 = '' or state = $2) and ($3 = '' or kind = $3)
		and ($4 = '' or platform = $4) and id < $5 order by id desc limit $6`, program, string(f.State), string(f.Kind), string(f.Platform), after, page.Bound()+1)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list mentions: %w", err)
	}
	items, next := db.Cut(all, page, func(m Mention) string { return string(m.ID) })
	return items, next, nil
}

// Counts are how many mentions of a program there are in each state.
func Counts(ctx context.Context, tx *db.Tx, program programs.ID) (map[State]int, error) {
	type row struct {
		state State
		n     int
	}
	rows, err := db.All(ctx, tx, func(s db.Scanner) (r row, err error) { err = s.Scan(&r.state, &r.n); return r, err },
		`select state, count(*) from mentions where program_id = $1 group by state`, program)
	if err != nil {
		return nil, fmt.Errorf("cannot count mentions: %w", err)
	}
	counts := map[State]int{}
	for _, r := range rows {
		counts[r.state] = r.n
	}
	return counts, nil
}

// Decided are those of the accounts on which the program decided already, by the key of the account.
func Decided(ctx context.Context, tx *db.Tx, program programs.ID, accounts []creators.Account) (map[creators.Account]State, error) {
	all := map[creators.Account]State{}
	for len(accounts) > 0 {
		n := min(len(accounts), mostSeen)
		args := []any{program}
		for _, a := range accounts[:n] {
			args = append(args, a.Key().Handle)
		}
		found, err := db.All(ctx, tx, scan, `select `+columns+` from mentions where program_id = $1 and state <> 'new' and handle_folded in `+db.List(n, 1)+` order by id`, args...)
		if err != nil {
			return nil, fmt.Errorf("cannot read what was decided: %w", err)
		}
		for _, m := range found {
			all[m.Account.Key()] = m.State
		}
		accounts = accounts[n:]
	}
	return all, nil
}

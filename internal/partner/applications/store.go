package applications

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

const formColumns = `program_id, slug, open, intro, questions, rules, updated_at`

func scanForm(s db.Scanner) (f Form, err error) {
	var questions, rules string
	if err := s.Scan(&f.Program, &f.Slug, &f.Open, &f.Intro, &questions, &rules, db.ScanTime(&f.UpdatedAt)); err != nil {
		return f, err
	}
	if err := json.Unmarshal([]byte(questions), &f.Questions); err != nil {
		return f, fmt.Errorf("cannot read the questions of %s: %w", f.Program, err)
	}
	if err := json.Unmarshal([]byte(rules), &f.Rules); err != nil {
		return f, fmt.Errorf("cannot read the rules of %s: %w", f.Program, err)
	}
	return f, nil
}

// FormOf returns a program's form; found is false where it never had one.
func FormOf(ctx context.Context, tx *db.Tx, program programs.ID) (f Form, found bool, err error) {
	return db.One(ctx, tx, scanForm, `select `+formColumns+` from application_forms where program_id = $1`, program)
}

// FormBySlug returns the form at a public address.
func FormBySlug(ctx context.Context, tx *db.Tx, slug string) (Form, error) {
	f, found, err := db.One(ctx, tx, scanForm, `select `+formColumns+` from application_forms where slug = $1`, slug)
	if err == nil && !found {
		err = fault.NotFound("page")
	}
	return f, err
}

// SaveForm stores a program's form.
func SaveForm(ctx context.Context, tx *db.Tx, f Form) (Form, error) {
	f, err := f.Check()
	if err != nil {
		return f, err
	}
	f.UpdatedAt = tx.Now()
	other, taken, err := db.One(ctx, tx, db.Column[programs.ID], `select program_id from application_forms where slug = $1`, f.Slug)
	if err != nil {
		return f, err
	}
	if taken && other != f.Program {
		return f, fault.Conflict("slug_taken", "That address is taken. Choose another.").In("slug")
	}
	_, err = tx.Exec(ctx, `insert into application_forms (`+formColumns+`) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (program_id) do update set slug = excluded.slug, open = excluded.open, intro = excluded.intro, questions = excluded.questions,
			rules = excluded.rules, updated_at = excluded.updated_at`,
		f.Program, f.Slug, f.Open, f.Intro, asJSON(f.Questions), asJSON(f.Rules), db.Micros(f.UpdatedAt))
	if db.IsUnique(err) {
		return f, fault.Conflict("slug_taken", "That address is taken. Choose another.").In("slug")
	}
	return f, err
}

const columns = `id, program_id, creator_id, partnership_id, state, sealed, shown, answers, terms_said, decision, decided_by, reason, created_at, confirmed_at, decided_at`

// row is an application with what is sealed of it.
type row struct {
	Application
	sealed []byte
}

func scan(s db.Scanner) (r row, err error) {
	var answers, decision string
	if err := s.Scan(&r.ID, &r.Program, &r.Creator, &r.Partnership, &r.State, &r.sealed, &r.Address, &answers, &r.Terms, &decision, &r.DecidedBy, &r.Reason,
		db.ScanTime(&r.CreatedAt), db.ScanTime(&r.ConfirmedAt), db.ScanTime(&r.DecidedAt)); err != nil {
		return r, err
	}
	if err := json.Unmarshal([]byte(answers), &r.Answers); err != nil {
		return r, fmt.Errorf("cannot read the answers of %s: %w", r.ID, err)
	}
	if decision != "" {
		if err := json.Unmarshal([]byte(decision), &r.Decision); err != nil {
			return r, fmt.Errorf("cannot read the decision on %s: %w", r.ID, err)
		}
	}
	r.Claimed = r.State == StateWaiting && r.sealed != nil
	return r, nil
}

// Filter says which applications a list holds. Program is required; unconfirmed ones are never among them.
type Filter struct {
	Program programs.ID
	State   State
	Creator creators.ID
}

// List returns a page of applications, the oldest first, so that nobody waits behind others.
func List(ctx context.Context, tx *db.Tx, f Filter, page db.Page) (items []Application, next string, err error) {
	rows, err := db.All(ctx, tx, scan, `select `+columns+` from applications where program_id = $1 and state <> 'unconfirmed'
		and (cast($2 as text) = '' or state = $2) and (cast($3 as text) = '' or creator_id = $3) and id > $4 order by id limit $5`,
		f.Program, f.State, f.Creator, page.After, page.Bound()+1)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list applications: %w", err)
	}
	for _, r := range rows {
		items = append(items, r.Application)
	}
	if len(items) > page.Bound() {
		items = items[:page.Bound()]
		next = string(items[len(items)-1].ID)
	}
	return items, next, nil
}

// Find returns a confirmed application.
func Find(ctx context.Context, tx *db.Tx, of ID) (Application, error) {
	r, err := find(ctx, tx, of)
	return r.Application, err
}

func find(ctx context.Context, tx *db.Tx, of ID) (row, error) {
	r, found, err := db.One(ctx, tx, scan, `select `+columns+` from applications where id = $1 and state <> 'unconfirmed'`, of)
	if err == nil && !found {
		err = fault.NotFound("application")
	}
	return r, err
}

func insert(ctx context.Context, tx *db.Tx, a Application, tokenHash, sealed []byte) error {
	_, err := tx.Exec(ctx, `insert into applications (`+columns+`, token_hash) values ($1, $2, '', '', $3, $4, $5, $6, $7, '', '', '', $8, null, null, $9)`,
		a.ID, a.Program, a.State, sealed, a.Address, asJSON(a.Answers), a.Terms, db.Micros(a.CreatedAt), tokenHash)
	return err
}

func update(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `update applications set creator_id = $1, partnership_id = $2, state = $3, sealed = $4, answers = $5, decision = $6, decided_by = $7, reason = $8,
		confirmed_at = $9, decided_at = $10, shown = $11 where id = $12`, r.Creator, r.Partnership, r.State, r.sealed, asJSON(r.Answers), asJSON(r.Decision), r.DecidedBy, r.Reason,
		db.MicrosOrNull(r.ConfirmedAt), db.MicrosOrNull(r.DecidedAt), r.Address, r.ID)
	return err
}

// keepUnconfirmed is how long somebody has to show that a mail address is theirs.
const keepUnconfirmed = 7 * 24 * time.Hour

// Trim forgets applications that were never confirmed.
func Trim(ctx context.Context, tx *db.Tx, limit int) (int64, error) {
	return tx.Exec(ctx, `delete from applications where id in (select id from applications where state = 'unconfirmed' and created_at < $1 order by created_at limit $2)`,
		db.Micros(tx.Now().Add(-keepUnconfirmed)), limit)
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: cannot write a document: " + err.Error())
	}
	if string(b) == "null" {
		return "[]"
	}
	return string(b)
}

// OfPartnerships returns the latest application of each partnership that has one.
func OfPartnerships(ctx context.Context, tx *db.Tx, these []partnerships.ID) (map[partnerships.ID]Application, error) {
	if len(these) == 0 {
		return nil, nil
	}
	args := make([]any, len(these))
	for i, p := range these {
		args[i] = p
	}
	rows, err := db.All(ctx, tx, scan, `select `+columns+` from applications where state <> 'unconfirmed' and partnership_id in `+db.List(len(these), 0)+` order by id`, args...)
	found := map[partnerships.ID]Application{}
	for _, r := range rows {
		found[r.Partnership] = r.Application
	}
	return found, err
}

// Waiting lists applications of all programs that wait for facts or a person, the oldest first: rules look at them again.
func Waiting(ctx context.Context, tx *db.Tx, after ID, limit int) (items []Application, err error) {
	rows, err := db.All(ctx, tx, scan, `select `+columns+` from applications where state = $1 and id > $2 order by id limit $3`, StateWaiting, after, limit)
	for _, r := range rows {
		items = append(items, r.Application)
	}
	return items, err
}

package outreach

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
)

// mostTemplates bounds the templates of a program.
const mostTemplates = 200

// Templates lists a program's templates, its own first, then the ones we bring.
func Templates(ctx context.Context, tx *db.Tx, program programs.ID) ([]Template, error) {
	own, err := db.All(ctx, tx, scanTemplate, `select id, program_id, name, subject, body from message_templates where program_id = $1 order by id limit $2`, program, mostTemplates)
	if err != nil {
		return nil, fmt.Errorf("cannot list the templates of %s: %w", program, err)
	}
	return append(own, Starters()...), nil
}

func scanTemplate(s db.Scanner) (t Template, err error) {
	err = s.Scan(&t.ID, &t.Program, &t.Name, &t.Subject, &t.Body)
	return t, err
}

// SaveTemplate stores a template of a program: a new one where it has no id. One that is not the program's does not exist.
func SaveTemplate(ctx context.Context, tx *db.Tx, t Template) (Template, error) {
	t, err := t.check()
	if err != nil {
		return t, err
	}
	if t.ID != "" {
		changed, err := tx.Exec(ctx, `update message_templates set name = $3, subject = $4, body = $5, updated_at = $6 where id = $1 and program_id = $2`,
			t.ID, t.Program, t.Name, t.Subject, t.Body, db.Micros(tx.Now()))
		if err == nil && changed == 0 {
			err = fault.NotFound("template")
		}
		return t, err
	}
	all, err := Templates(ctx, tx, t.Program)
	if err != nil {
		return t, err
	}
	if len(all)-len(Starters()) >= mostTemplates {
		return t, fault.Invalidf("A program has at most %d templates.", mostTemplates).In("name")
	}
	t.ID = TemplateID(id.New(TemplatePrefix, tx.Now()))
	_, err = tx.Exec(ctx, `insert into message_templates (id, program_id, name, subject, body, updated_at) values ($1, $2, $3, $4, $5, $6)`,
		t.ID, t.Program, t.Name, t.Subject, t.Body, db.Micros(tx.Now()))
	if err != nil {
		return t, fmt.Errorf("cannot store a template: %w", err)
	}
	return t, nil
}

// RemoveTemplate takes a program's template away.
func RemoveTemplate(ctx context.Context, tx *db.Tx, program programs.ID, template TemplateID) error {
	gone, err := tx.Exec(ctx, `delete from message_templates where id = $1 and program_id = $2`, template, program)
	if err == nil && gone == 0 {
		err = fault.NotFound("template")
	}
	return err
}

// FindTemplate reads a template somebody made, of any program: the caller looks whose it is.
func FindTemplate(ctx context.Context, tx *db.Tx, template TemplateID) (t Template, found bool, err error) {
	t, found, err = db.One(ctx, tx, scanTemplate, `select id, program_id, name, subject, body from message_templates where id = $1`, template)
	if err != nil {
		return t, false, fmt.Errorf("cannot read template %s: %w", template, err)
	}
	return t, found, nil
}

package outreach

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// LetterID names a letter that is kept: ltr_…
type LetterID string

// LetterPrefix begins the id of every letter that is kept.
const LetterPrefix = "ltr"

// Kept is a letter that nothing proves to be anybody's. It waits for a person, for KeepLetters.
type Kept struct {
	ID          LetterID
	Program     programs.ID     // "": for those who may see every program
	Partnership partnerships.ID // whose address it names, which proves nothing; "" where that says nothing either
	From        string
	FromName    string
	Subject     string
	Body        string
	At          time.Time // when it came
}

// How long things are kept: letters nobody claimed, and the marks by which a letter is known that comes again.
const (
	KeepLetters = 30 * 24 * time.Hour
	KeepTaken   = 90 * 24 * time.Hour
)

const letterColumns = `id, coalesce(program_id, ''), coalesce(partnership_id, ''), sender, sender_name, subject, body, at`

func scanLetter(s db.Scanner) (k Kept, err error) {
	err = s.Scan(&k.ID, &k.Program, &k.Partnership, &k.From, &k.FromName, &k.Subject, &k.Body, db.ScanTime(&k.At))
	return k, err
}

func insertLetter(ctx context.Context, tx *db.Tx, l Letter, guess partnerships.Partnership) error {
	_, err := tx.Exec(ctx, `insert into letters (id, program_id, partnership_id, sender, sender_name, subject, body, at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id.New(LetterPrefix, tx.Now()), orNull(string(guess.Program)), orNull(string(guess.ID)), l.From, l.FromName, l.Subject, l.body(), db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot keep a letter: %w", err)
	}
	return nil
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// Letters returns a page of the letters that wait for a program, the latest first; everybody's lists those of no program, too.
func Letters(ctx context.Context, tx *db.Tx, program programs.ID, everybodys bool, page db.Page) (all []Kept, next string, err error) {
	all, err = db.All(ctx, tx, scanLetter, `select `+letterColumns+` from letters where (program_id = $1 or $2 and program_id is null) and ($3 = '' or id < $3) order by id desc limit $4`,
		program, everybodys, page.After, page.Bound()+1)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list the letters of %s: %w", program, err)
	}
	if len(all) > page.Bound() {
		all = all[:page.Bound()]
		next = string(all[len(all)-1].ID)
	}
	return all, next, nil
}

// CountLetters is how many wait.
func CountLetters(ctx context.Context, tx *db.Tx, program programs.ID, everybodys bool) (n int64, err error) {
	if err = tx.QueryRow(ctx, `select count(*) from letters where program_id = $1 or $2 and program_id is null`, program, everybodys).Scan(&n); err != nil {
		return 0, fmt.Errorf("cannot count the letters of %s: %w", program, err)
	}
	return n, nil
}

// takeLetter takes one of the letters that a program's people may see out of those that wait.
func takeLetter(ctx context.Context, tx *db.Tx, program programs.ID, everybodys bool, letter LetterID) (Kept, error) {
	k, found, err := db.One(ctx, tx, scanLetter, `delete from letters where id = $1 and (program_id = $2 or $3 and program_id is null) returning `+letterColumns, letter, program, everybodys)
	if err != nil {
		return k, fmt.Errorf("cannot take letter %s: %w", letter, err)
	}
	if !found {
		return k, fault.NotFound("letter")
	}
	return k, nil
}

// GiveLetter says whose a letter is: it becomes a message of that creator.
func GiveLetter(ctx context.Context, tx *db.Tx, program programs.ID, everybodys bool, letter LetterID, to partnerships.ID) (Message, error) {
	k, err := takeLetter(ctx, tx, program, everybodys, letter)
	if err != nil {
		return Message{}, err
	}
	p, err := partnerships.Find(ctx, tx, to)
	if err != nil {
		return Message{}, err
	}
	if p.Program != program {
		return Message{}, fault.NotFound("partnership")
	}
	c, err := creators.Find(ctx, tx, p.Creator)
	if err != nil {
		return Message{}, err
	}
	return Send(ctx, tx, New{Partnership: to, From: SideCreator, Body: k.Body, Channel: ChannelMail, Author: cmp.Or(c.Name, k.FromName, k.From)})
}

// DismissLetter forgets a letter.
func DismissLetter(ctx context.Context, tx *db.Tx, program programs.ID, everybodys bool, letter LetterID) error {
	_, err := takeLetter(ctx, tx, program, everybodys, letter)
	return err
}

// TrimLetters forgets what is older than it may be, at most so many of each kind, and says how many went.
func TrimLetters(ctx context.Context, tx *db.Tx, limit int) (gone int64, err error) {
	for _, one := range []struct {
		statement string
		before    time.Time
	}{
		{`delete from letters where id in (select id from letters where at < $1 order by at limit $2)`, tx.Now().Add(-KeepLetters)},
		{`delete from letters_taken where hash in (select hash from letters_taken where at < $1 order by at limit $2)`, tx.Now().Add(-KeepTaken)},
	} {
		n, err := tx.Exec(ctx, one.statement, db.Micros(one.before), limit)
		if err != nil {
			return gone, fmt.Errorf("cannot forget old letters: %w", err)
		}
		gone += n
	}
	return gone, nil
}

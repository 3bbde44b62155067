package mentions

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// About says whose word it is.
type About string

// What a word is about.
const (
	AboutBrand    About = "brand"    // the brand's name, its products, its own hashtag
	AboutCategory About = "category" // what it sells
)

// Word is something that videos are looked for, once a day.
type Word struct {
	Program programs.ID
	Text    string
	About   About
	AddedBy string
	AddedAt time.Time
	AskedAt time.Time // zero: not yet
	Found   int64     // videos that it brought so far
	Failure string    // kind of what went wrong last time, or ""
}

const (
	longestWord = 60
	mostWords   = 10 // of a program: 1,000 units a day
)

func scanWord(s db.Scanner) (w Word, err error) {
	err = s.Scan(&w.Program, &w.Text, &w.About, &w.AddedBy, db.ScanTime(&w.AddedAt), db.ScanTime(&w.AskedAt), &w.Found, &w.Failure)
	return w, err
}

const wordColumns = `program_id, word, about, added_by, added_at, asked_at, found, failure`

// Words are what is looked for in the name of a program.
func Words(ctx context.Context, tx *db.Tx, program programs.ID) ([]Word, error) {
	all, err := db.All(ctx, tx, scanWord, `select `+wordColumns+` from mention_words where program_id = $1 order by about, word_folded`, program)
	if err != nil {
		return nil, fmt.Errorf("cannot read words: %w", err)
	}
	return all, nil
}

// AddWord lets a word be looked for. One that is there takes the new kind.
func AddWord(ctx context.Context, tx *db.Tx, program programs.ID, text string, about About, by string) error {
	text = strings.Join(strings.Fields(text), " ")
	switch {
	case about != AboutBrand && about != AboutCategory:
		return fault.Invalid("A word is about your brand or about what you sell.").In("about")
	case strings.Trim(creators.Fold(text), "# ") == "" || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }):
		return fault.Invalid("Write a word, a few words or a hashtag.").In("word")
	case utf8.RuneCountInString(text) > longestWord:
		return fault.Invalidf("At most %d characters.", longestWord).In("word")
	}
	if err := tx.Lock(ctx, "mentions:"+string(program)); err != nil {
		return err
	}
	var have int
	err := tx.QueryRow(ctx, `select count(*) from mention_words where program_id = $1 and word_folded <> $2`, program, creators.Fold(text)).Scan(&have)
	if err != nil {
		return fmt.Errorf("cannot count words: %w", err)
	}
	if have >= mostWords {
		return fault.Invalidf("At most %d words: each costs a search a day. Remove one first.", mostWords).In("word")
	}
	_, err = tx.Exec(ctx, `insert into mention_words (program_id, word, word_folded, about, added_by, added_at, found, failure) values ($1, $2, $3, $4, $5, $6, 0, '')
		on conflict (program_id, word_folded) do update set about = excluded.about`, program, text, creators.Fold(text), about, by, db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot store a word: %w", err)
	}
	return nil
}

// RemoveWord stops looking for a word. What it found stays. A word that is gone already is fine.
func RemoveWord(ctx context.Context, tx *db.Tx, program programs.ID, text string) error {
	if _, err := tx.Exec(ctx, `delete from mention_words where program_id = $1 and word_folded = $2`, program, creators.Fold(text)); err != nil {
		return fmt.Errorf("cannot remove a word: %w", err)
	}
	return nil
}

// noteAsked writes down that a word was asked, however it ended: so it is not asked again before tomorrow.
func noteAsked(ctx context.Context, tx *db.Tx, w Word, found int, failure string) error {
	_, err := tx.Exec(ctx, `update mention_words set asked_at = $3, found = found + $4, failure = $5 where program_id = $1 and word_folded = $2`,
		w.Program, creators.Fold(w.Text), db.Micros(tx.Now()), found, failure)
	if err != nil {
		return fmt.Errorf("cannot note that a word was asked: %w", err)
	}
	return nil
}

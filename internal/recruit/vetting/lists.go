package vetting

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Rivals is the list of brands that partners must not have worked for lately. Its words are brands or their accounts.
const Rivals = "rivals"

// rivalsSince is how far back work for a rival counts.
const rivalsSince = 365 * day

// Bounds of lists.
const (
	mostLists    = 60
	mostWords    = 1000
	longestWord  = 80 // characters
	mostWanted   = 60
	mostWantedBP = 10_000
)

var categories = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{Nd}_]{1,40}$`)

// Lists returns a program's lists: the starter lists as it changed them, its own, and the rivals.
func Lists(ctx context.Context, tx *db.Tx, program programs.ID) ([]List, error) {
	stored, err := db.All(ctx, tx, func(s db.Scanner) (l List, err error) {
		var words string
		err = s.Scan(&l.Category, &l.Weight, &words)
		l.Words = lines(words)
		return l, err
	}, `select category, weight, words from vetting_lists where program_id = $1 order by category limit $2`, program, mostLists)
	if err != nil {
		return nil, fmt.Errorf("cannot read a program's word lists: %w", err)
	}
	lists := startLists()
	for _, l := range stored {
		if i := slices.IndexFunc(lists, func(o List) bool { return o.Category == l.Category }); i >= 0 {
			lists[i] = l
		} else {
			lists = append(lists, l)
		}
	}
	return lists, nil
}

func lines(text string) (all []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" && !slices.Contains(all, line) {
			all = append(all, line)
		}
	}
	return all
}

// ReadWords takes a list from a text field: a word or phrase a line.
func ReadWords(text string) []string { return lines(text) }

// Check cleans a list and refuses what cannot be one.
func (l List) Check() (List, error) {
	l.Category = strings.ReplaceAll(creators.Fold(l.Category), " ", "_")
	l.Words = lines(strings.Join(l.Words, "\n"))
	switch {
	case !categories.MatchString(l.Category):
		return l, fault.Invalid("A topic's name has at most 40 letters.").In("topic")
	case !l.Weight.Valid():
		return l, fault.Invalid("Choose what it means when a word is found.").In("weight")
	case len(l.Words) > mostWords:
		return l, fault.Invalidf("A list has at most %d words.", mostWords).In("words")
	}
	for _, word := range l.Words {
		if utf8.RuneCountInString(word) > longestWord || len(tokensOf(word, false, nil)) == 0 {
			return l, fault.Invalidf("Each line is a word or phrase of at most %d characters, with a letter in it.", longestWord).In("words")
		}
	}
	return l, nil
}

// SetList stores a list of a program and has its reports made again.
func SetList(ctx context.Context, tx *db.Tx, program programs.ID, l List) (List, error) {
	l, err := l.Check()
	if err != nil {
		return l, err
	}
	all, err := Lists(ctx, tx, program)
	if err != nil {
		return l, err
	}
	if len(all) >= mostLists && !slices.ContainsFunc(all, func(o List) bool { return o.Category == l.Category }) {
		return l, fault.Invalidf("A program has at most %d lists.", mostLists).In("topic")
	}
	if _, err = tx.Exec(ctx, `insert into vetting_lists (program_id, category, weight, words, updated_at) values ($1, $2, $3, $4, $5)
		on conflict (program_id, category) do update set weight = excluded.weight, words = excluded.words, updated_at = excluded.updated_at`,
		program, l.Category, l.Weight, strings.Join(l.Words, "\n"), db.Micros(tx.Now())); err != nil {
		return l, fmt.Errorf("cannot store a word list: %w", err)
	}
	return l, outdate(ctx, tx, program)
}

// ResetList brings a starter list back as it came, or removes one of the program's own.
func ResetList(ctx context.Context, tx *db.Tx, program programs.ID, category string) error {
	if _, err := tx.Exec(ctx, `delete from vetting_lists where program_id = $1 and category = $2`, program, category); err != nil {
		return fmt.Errorf("cannot reset a word list: %w", err)
	}
	return outdate(ctx, tx, program)
}

// settings are what a program wants, and how far its reports are.
type settings struct {
	Wanted  []Slice
	Seen    string    // the partnership up to which new ones have a report
	Changed time.Time // reports made before this are out of date
}

func settingsOf(ctx context.Context, tx *db.Tx, program programs.ID) (s settings, err error) {
	var wanted string
	s, _, err = db.One(ctx, tx, func(row db.Scanner) (s settings, err error) {
		err = row.Scan(&wanted, &s.Seen, db.ScanTime(&s.Changed))
		return s, err
	}, `select wanted, seen, changed_at from vetting_settings where program_id = $1`, program)
	if err == nil && wanted != "" {
		err = json.Unmarshal([]byte(wanted), &s.Wanted)
	}
	if err != nil {
		return s, fmt.Errorf("cannot read what program %s wants: %w", program, err)
	}
	return s, nil
}

// Wanted is the audience that a program wants to reach.
func Wanted(ctx context.Context, tx *db.Tx, program programs.ID) ([]Slice, error) {
	s, err := settingsOf(ctx, tx, program)
	return s.Wanted, err
}

// SetWanted says which audience a program wants to reach, and has its reports made again if that is another one than before. Nothing is no wish.
func SetWanted(ctx context.Context, tx *db.Tx, program programs.ID, wanted []Slice) error {
	if len(wanted) > mostWanted {
		return fault.Invalidf("At most %d shares can be wanted.", mostWanted).In("wanted")
	}
	for _, w := range wanted {
		if !slices.Contains(creators.Dimensions, w.Dimension) || w.Key == "" || utf8.RuneCountInString(w.Key) > longestWord || w.ShareBP <= 0 || w.ShareBP > mostWantedBP {
			return fault.Invalid("A wanted share names a country, an age or a gender, and more than 0 and at most 100 %.").In("wanted")
		}
	}
	if before, err := Wanted(ctx, tx, program); err != nil || slices.Equal(before, wanted) {
		return err
	}
	text, err := json.Marshal(wanted)
	if err != nil {
		return fmt.Errorf("cannot write down what is wanted: %w", err)
	}
	if _, err := tx.Exec(ctx, `insert into vetting_settings (program_id, wanted, seen, changed_at) values ($1, $2, '', $3)
		on conflict (program_id) do update set wanted = excluded.wanted, changed_at = excluded.changed_at`, program, string(text), db.Micros(tx.Now())); err != nil {
		return fmt.Errorf("cannot store what is wanted: %w", err)
	}
	return nil
}

// outdate has a program's reports made again.
func outdate(ctx context.Context, tx *db.Tx, program programs.ID) error {
	if _, err := tx.Exec(ctx, `insert into vetting_settings (program_id, wanted, seen, changed_at) values ($1, '', '', $2)
		on conflict (program_id) do update set changed_at = excluded.changed_at`, program, db.Micros(tx.Now())); err != nil {
		return fmt.Errorf("cannot have reports made again: %w", err)
	}
	return nil
}

// exclusivities are the promises that a program's lists hold: none of its rivals within a year.
func exclusivities(lists []List, now time.Time) []Exclusivity {
	x := Exclusivity{Ours: true, From: now.Add(-rivalsSince)}
	for _, l := range lists {
		if l.Category == Rivals && l.Weight != WeightOff {
			for _, brand := range l.Words {
				x.Brands = append(x.Brands, creators.FoldBrand(brand))
			}
		}
	}
	if len(x.Brands) == 0 {
		return nil
	}
	return []Exclusivity{x}
}

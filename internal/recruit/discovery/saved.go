package discovery

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// SearchID names a saved search: ssr_….
type SearchID string

// SearchPrefix begins the ids of saved searches.
const SearchPrefix = "ssr"

// Saved is a search that somebody wants to hear of when it finds new creators.
type Saved struct {
	ID      SearchID
	Program programs.ID
	User    string // who saved it
	Name    string
	Query   Query  // without page and cut: those are the program's
	Address string // as the page that saved it says it
	New     int    // matches that nobody has looked at
	Told    time.Time
}

const (
	mostSaved    = 50  // per person and program
	mostRemember = 500 // of a search's best matches
	looksEvery   = 10 * time.Minute
	tellEvery    = 24 * time.Hour
)

// SaveSearch stores a search of a person in a program. Its first matches count as known.
func SaveSearch(ctx context.Context, tx *db.Tx, program programs.ID, user, name string, q Query, address string) (Saved, error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || utf8.RuneCountInString(name) > longestName || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
		return Saved{}, fault.Invalidf("A saved search needs a name of at most %d characters.", longestName).In("name")
	}
	if len(address) > 4000 {
		return Saved{}, fault.Invalid("This search is too long to be saved.").In("search")
	}
	if err := q.check(); err != nil {
		return Saved{}, err
	}
	s := Saved{ID: SearchID(id.New(SearchPrefix, tx.Now())), Program: program, User: user, Name: name, Query: q.bare(), Address: address}
	made, err := tx.Exec(ctx, `insert into saved_searches (id, program_id, user_id, name, query, address, primed, looked_at, told_at, created_at)
		select $1, $2, $3, $4, $5, $9, $8, 0, 0, $6 where (select count(*) from saved_searches where program_id = $2 and user_id = $3) < $7`,
		s.ID, program, user, name, s.Query.text(), db.Micros(tx.Now()), mostSaved, false, address)
	if err != nil {
		return s, fmt.Errorf("cannot save a search: %w", err)
	}
	if made == 0 {
		return s, fault.Conflict("too_many_searches", "There are too many saved searches. Remove one first.")
	}
	return s, nil
}

// bare is the query without what depends on who asks and when.
func (q Query) bare() Query {
	q.Everywhere, q.Programs, q.Program, q.Page = false, nil, "", db.Page{}
	return q
}

func (q Query) text() string {
	written, err := json.Marshal(q)
	if err != nil {
		panic("BUG: a query cannot be written: " + err.Error())
	}
	return string(written)
}

const savedColumns = `select s.id, s.program_id, s.user_id, s.name, s.query, s.address, s.told_at,
	(select count(*) from saved_search_hits h where h.search_id = s.id and h.state <> 'known') from saved_searches s`

func scanSaved(row db.Scanner) (s Saved, err error) {
	var query string
	if err = row.Scan(&s.ID, &s.Program, &s.User, &s.Name, &query, &s.Address, db.ScanTime(&s.Told), &s.New); err != nil {
		return s, err
	}
	return s, json.Unmarshal([]byte(query), &s.Query)
}

// Searches returns what a person saved in a program, by age.
func Searches(ctx context.Context, tx *db.Tx, program programs.ID, user string) ([]Saved, error) {
	all, err := db.All(ctx, tx, scanSaved, savedColumns+` where s.program_id = $1 and s.user_id = $2 order by s.id limit $3`, program, user, mostSaved)
	if err != nil {
		return nil, fmt.Errorf("cannot read saved searches: %w", err)
	}
	return all, nil
}

// FindSearch returns a search that a person saved in the program.
func FindSearch(ctx context.Context, tx *db.Tx, program programs.ID, user string, search SearchID) (Saved, error) {
	s, found, err := db.One(ctx, tx, scanSaved, savedColumns+` where s.id = $1 and s.program_id = $2 and s.user_id = $3`, search, program, user)
	if err != nil {
		return s, fmt.Errorf("cannot read saved search %s: %w", search, err)
	}
	if !found {
		return s, fault.NotFound("search")
	}
	return s, nil
}

// RemoveSearch forgets a search that a person saved.
func RemoveSearch(ctx context.Context, tx *db.Tx, program programs.ID, user string, search SearchID) error {
	if _, err := FindSearch(ctx, tx, program, user, search); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from saved_search_hits where search_id = $1`, search); err != nil {
		return fmt.Errorf("cannot forget the matches of search %s: %w", search, err)
	}
	if _, err := tx.Exec(ctx, `delete from saved_searches where id = $1`, search); err != nil {
		return fmt.Errorf("cannot remove saved search %s: %w", search, err)
	}
	return nil
}

// LookedAt says that the person has seen a search's new matches.
func LookedAt(ctx context.Context, tx *db.Tx, search SearchID) error {
	if _, err := tx.Exec(ctx, `update saved_search_hits set state = 'known' where search_id = $1 and state <> 'known'`, search); err != nil {
		return fmt.Errorf("cannot note what was looked at: %w", err)
	}
	return nil
}

// News is what the job found for one person's search since they were told last.
type News struct {
	Saved
	Creators []creators.ID // new since the last mail
}

// LookAgain runs the saved searches that were not run for a while, remembers who is new, and hands what a person should hear of to tell, at most
// daily for each search. tell runs inside the transaction that notes it.
func (x *Index) LookAgain(ctx context.Context, d *db.DB, tell func(tx *db.Tx, n News) error) error {
	if !x.Ready() {
		return nil
	}
	var due []Saved
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		due, err = db.All(ctx, tx, scanSaved, savedColumns+` where s.looked_at < $1 order by s.looked_at limit 200`, db.Micros(tx.Now().Add(-looksEvery)))
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot read saved searches: %w", err)
	}
	for _, s := range due {
		if err := x.lookAgain(ctx, d, s, tell); err != nil {
			return err
		}
	}
	return nil
}

func (x *Index) lookAgain(ctx context.Context, d *db.DB, s Saved, tell func(tx *db.Tx, n News) error) error {
	q := s.Query
	q.Program, q.Programs, q.Page.Limit = s.Program, []programs.ID{s.Program}, mostRemember
	var found Result
	x.Prepare(ctx, q)
	err := d.View(ctx, func(tx *db.Tx) (err error) { found, err = x.Search(ctx, tx, q); return err })
	if err != nil && fault.KindOf(err) != fault.KindNotFound && fault.KindOf(err) != fault.KindInvalid { // a list of the search may be gone
		return err
	}
	return d.Update(ctx, func(tx *db.Tx) error { return s.remember(ctx, tx, found.Items, tell) })
}

// remember stores who matches. The first time everybody is known already.
func (s Saved) remember(ctx context.Context, tx *db.Tx, hits []Hit, tell func(tx *db.Tx, n News) error) error {
	var primed bool
	if err := tx.QueryRow(ctx, `select primed from saved_searches where id = $1`, s.ID).Scan(&primed); err != nil {
		return fmt.Errorf("cannot read saved search %s: %w", s.ID, err)
	}
	state := "new"
	if !primed {
		state = "known"
	}
	for _, h := range hits {
		if _, err := tx.Exec(ctx, `insert into saved_search_hits (search_id, creator_id, state, at) values ($1, $2, $3, $4)
			on conflict (search_id, creator_id) do nothing`, s.ID, h.Creator, state, db.Micros(tx.Now())); err != nil {
			return fmt.Errorf("cannot store a match: %w", err)
		}
	}
	if _, err := tx.Exec(ctx, `update saved_searches set primed = $2, looked_at = $3 where id = $1`, s.ID, true, db.Micros(tx.Now())); err != nil {
		return fmt.Errorf("cannot note a search: %w", err)
	}
	if tx.Now().Sub(s.Told) < tellEvery {
		return nil
	}
	fresh, err := db.All(ctx, tx, db.Column[creators.ID], `select creator_id from saved_search_hits where search_id = $1 and state = 'new' order by creator_id`, s.ID)
	if err != nil || len(fresh) == 0 {
		return err
	}
	if err := tell(tx, News{Saved: s, Creators: fresh}); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update saved_search_hits set state = 'told' where search_id = $1 and state = 'new'`, s.ID); err != nil {
		return fmt.Errorf("cannot note what was told: %w", err)
	}
	_, err = tx.Exec(ctx, `update saved_searches set told_at = $2 where id = $1`, s.ID, db.Micros(tx.Now()))
	return err
}

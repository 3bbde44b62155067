package creators

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
)

// ListID names a shortlist: lst_….
type ListID string

// ListPrefix begins the ids of shortlists.
const ListPrefix = "lst"

// Shortlist is a named list of creators, kept by a program.
type Shortlist struct {
	ID        ListID
	Program   programs.ID
	Name      string
	MadeBy    string
	CreatedAt time.Time
	Members   int
}

const (
	longestList = 100
	mostLists   = 1000
	mostMembers = 100_000
	mostAdded   = 10_000
)

func checkListName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case name == "":
		return name, fault.Invalid("A list needs a name.").In("name")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, isControl):
		return name, fault.Invalid(problemsOfNames).In("name")
	case utf8.RuneCountInString(name) > longestList:
		return name, fault.Invalidf("A list's name has at most %d characters.", longestList).In("name")
	}
	return name, nil
}

// CreateList makes a shortlist. A program's lists have different names.
func CreateList(ctx context.Context, tx *db.Tx, program programs.ID, name, by string) (Shortlist, error) {
	name, err := checkListName(name)
	if err != nil {
		return Shortlist{}, err
	}
	l := Shortlist{ID: ListID(id.New(ListPrefix, tx.Now())), Program: program, Name: name, MadeBy: by, CreatedAt: tx.Now()}
	made, err := tx.Exec(ctx, `insert into creator_lists (id, program_id, name, name_folded, made_by, created_at)
		select $1, $2, $3, $4, $5, $6 where (select count(*) from creator_lists where program_id = $2) < $7 on conflict (program_id, name_folded) do nothing`,
		l.ID, program, name, sortKey(name), by, db.Micros(tx.Now()), mostLists)
	if err != nil {
		return l, fmt.Errorf("cannot make a list: %w", err)
	}
	if made == 0 {
		return l, fault.Conflict("list_exists", "There is a list of this name already, or there are too many lists.").In("name")
	}
	return l, nil
}

// RenameList gives a list of the program another name.
func RenameList(ctx context.Context, tx *db.Tx, program programs.ID, list ListID, name string) error {
	name, err := checkListName(name)
	if err != nil {
		return err
	}
	if _, err := FindList(ctx, tx, program, list); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update creator_lists set name = $3, name_folded = $4 where id = $1 and program_id = $2`, list, program, name, sortKey(name))
	if db.IsUnique(err) {
		return fault.Conflict("list_exists", "There is a list of this name already.").In("name")
	}
	return err
}

// RemoveList takes a list of the program away; the creators stay.
func RemoveList(ctx context.Context, tx *db.Tx, program programs.ID, list ListID) error {
	if _, err := FindList(ctx, tx, program, list); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from creator_list_members where list_id = $1`, list); err != nil {
		return fmt.Errorf("cannot empty list %s: %w", list, err)
	}
	if _, err := tx.Exec(ctx, `delete from creator_lists where id = $1`, list); err != nil {
		return fmt.Errorf("cannot remove list %s: %w", list, err)
	}
	return nil
}

const listColumns = `l.id, l.program_id, l.name, l.made_by, l.created_at, (select count(*) from creator_list_members m where m.list_id = l.id)`

func scanList(s db.Scanner) (l Shortlist, err error) {
	err = s.Scan(&l.ID, &l.Program, &l.Name, &l.MadeBy, db.ScanTime(&l.CreatedAt), &l.Members)
	return l, err
}

// FindList returns a list of the program.
func FindList(ctx context.Context, tx *db.Tx, program programs.ID, list ListID) (Shortlist, error) {
	l, found, err := db.One(ctx, tx, scanList, `select `+listColumns+` from creator_lists l where l.id = $1 and l.program_id = $2`, list, program)
	if err != nil {
		return l, fmt.Errorf("cannot read list %s: %w", list, err)
	}
	if !found {
		return l, fault.NotFound("list")
	}
	return l, nil
}

// Lists returns the lists of a program by name.
func Lists(ctx context.Context, tx *db.Tx, program programs.ID) ([]Shortlist, error) {
	all, err := db.All(ctx, tx, scanList, `select `+listColumns+` from creator_lists l where l.program_id = $1 order by l.name_folded limit $2`, program, mostLists)
	if err != nil {
		return nil, fmt.Errorf("cannot read lists: %w", err)
	}
	return all, nil
}

// ListsOf returns the lists of a program that hold the creator.
func ListsOf(ctx context.Context, tx *db.Tx, program programs.ID, creator ID) ([]Shortlist, error) {
	all, err := db.All(ctx, tx, scanList, `select `+listColumns+` from creator_lists l join creator_list_members h on h.list_id = l.id
		where h.creator_id = $1 and l.program_id = $2 order by l.name_folded`, creator, program)
	if err != nil {
		return nil, fmt.Errorf("cannot read the lists of creator %s: %w", creator, err)
	}
	return all, nil
}

// AddToList puts creators on a list and returns how many were not on it yet. That the caller may see them is the caller's to check.
func AddToList(ctx context.Context, tx *db.Tx, program programs.ID, list ListID, creators []ID, by string) (added int64, err error) {
	l, err := FindList(ctx, tx, program, list)
	if err != nil {
		return 0, err
	}
	if len(creators) > mostAdded || l.Members+len(creators) > mostMembers {
		return 0, fault.Invalidf("At most %d creators can be added at a time, and a list holds at most %d.", mostAdded, mostMembers).In("creators")
	}
	rows := make([][]any, len(creators))
	for i, c := range creators {
		rows[i] = []any{list, c, by, db.Micros(tx.Now())}
	}
	added, err = insertRows(ctx, tx, `insert into creator_list_members (list_id, creator_id, made_by, at)`, 4, `on conflict (list_id, creator_id) do nothing`, rows)
	if err != nil {
		return added, fmt.Errorf("cannot put creators on list %s: %w", list, err)
	}
	return added, nil
}

// RemoveFromList takes creators off a list.
func RemoveFromList(ctx context.Context, tx *db.Tx, program programs.ID, list ListID, creators []ID) error {
	if _, err := FindList(ctx, tx, program, list); err != nil {
		return err
	}
	if len(creators) > mostAdded {
		return fault.Invalidf("At most %d creators can be taken off at a time.", mostAdded).In("creators")
	}
	for _, c := range creators {
		if _, err := tx.Exec(ctx, `delete from creator_list_members where list_id = $1 and creator_id = $2`, list, c); err != nil {
			return fmt.Errorf("cannot take creators off list %s: %w", list, err)
		}
	}
	return nil
}

// Member is a creator on a list.
type Member struct {
	Creator ID
	MadeBy  string
	At      time.Time
}

// ListMembers returns who is on a list of the program, in the order of their ids.
func ListMembers(ctx context.Context, tx *db.Tx, program programs.ID, list ListID, page db.Page) ([]Member, string, error) {
	all, err := db.All(ctx, tx, func(s db.Scanner) (m Member, err error) {
		err = s.Scan(&m.Creator, &m.MadeBy, db.ScanTime(&m.At))
		return m, err
	}, `select m.creator_id, m.made_by, m.at from creator_list_members m join creator_lists l on l.id = m.list_id
		join creators c on c.id = m.creator_id where m.list_id = $1 and l.program_id = $2 and m.creator_id > $3 and `+visible("c.import_id")+`
		order by m.creator_id limit $4`, list, program, page.After, page.Bound()+1)
	if err != nil {
		return nil, "", fmt.Errorf("cannot read list %s: %w", list, err)
	}
	all, next := db.Cut(all, page, func(m Member) string { return string(m.Creator) })
	return all, next, nil
}

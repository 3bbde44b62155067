package partnerships

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/partner/terms"
	"rapport/internal/recruit/creators"
)

// The bounds of groups.
const (
	longestGroupName = 60 // characters
	mostGroups       = 200
)

// Group is a set of partnerships that share terms.
type Group struct {
	ID        GroupID
	Program   programs.ID
	Name      string
	Terms     terms.Terms
	CreatedAt time.Time
	UpdatedAt time.Time
}

// NewGroup is what a group is made of.
type NewGroup struct {
	Program programs.ID
	Name    string
	Terms   terms.Terms
}

// GroupChange is what of a group is to be changed; nil leaves it as it is.
type GroupChange struct {
	Name  *string
	Terms *terms.Terms
}

// CreateGroup makes a group. Names are unique in a program, without case.
func CreateGroup(ctx context.Context, tx *db.Tx, n NewGroup) (Group, error) {
	name, err := Line(n.Name, longestGroupName, "name")
	if err != nil {
		return Group{}, err
	}
	if err := checkTerms(ctx, tx, n.Program, n.Terms); err != nil {
		return Group{}, err
	}
	groups, err := ListGroups(ctx, tx, n.Program)
	if err != nil {
		return Group{}, err
	}
	if len(groups) >= mostGroups {
		return Group{}, fault.Conflict("too_many_groups", fmt.Sprintf("A program has at most %d groups.", mostGroups))
	}
	n.Name = name
	g, made, err := insertGroup(ctx, tx, n)
	if err == nil && !made {
		err = nameTaken()
	}
	return g, err
}

// defaultGroups are what a program begins with. They say nothing until the merchant gives them terms.
var defaultGroups = []string{"Starter", "Ambassador", "VIP"}

// CreateDefaultGroups makes the groups that a program begins with, and leaves those that exist.
func CreateDefaultGroups(ctx context.Context, tx *db.Tx, program programs.ID) error {
	for _, name := range defaultGroups {
		if _, _, err := insertGroup(ctx, tx, NewGroup{Program: program, Name: name}); err != nil {
			return err
		}
	}
	return nil
}

func insertGroup(ctx context.Context, tx *db.Tx, n NewGroup) (g Group, made bool, err error) {
	g = Group{ID: GroupID(id.New(GroupPrefix, tx.Now())), Program: n.Program, Name: n.Name, Terms: n.Terms, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
	rows, err := tx.Exec(ctx, `insert into partner_groups (id, program_id, name, name_folded, terms, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $6) on conflict (program_id, name_folded) do nothing`,
		g.ID, g.Program, g.Name, creators.Fold(g.Name), encode(g.Terms), db.Micros(g.CreatedAt))
	if err != nil {
		return Group{}, false, fmt.Errorf("cannot store a group: %w", err)
	}
	return g, rows == 1, nil
}

// UpdateGroup changes what c names. Partnerships of the group without terms of their own follow from now on; what was earned stays.
func UpdateGroup(ctx context.Context, tx *db.Tx, group GroupID, c GroupChange) (Group, error) {
	g, found, err := db.One(ctx, tx, scanGroup, `update partner_groups set updated_at = $2 where id = $1 returning `+groupColumns, group, db.Micros(tx.Now()))
	if err != nil {
		return Group{}, fmt.Errorf("cannot hold group %s: %w", group, err)
	}
	if !found {
		return Group{}, fault.NotFound("group")
	}
	if c.Name != nil {
		if g.Name, err = Line(*c.Name, longestGroupName, "name"); err != nil {
			return Group{}, err
		}
	}
	if c.Terms != nil {
		if err := checkTerms(ctx, tx, g.Program, *c.Terms); err != nil {
			return Group{}, err
		}
		g.Terms = *c.Terms
	}
	return g, saveGroup(ctx, tx, g)
}

// saveGroup writes unless another group has the name; the index settles it between two who take a name at the same moment.
func saveGroup(ctx context.Context, tx *db.Tx, g Group) error {
	folded := creators.Fold(g.Name)
	rows, err := tx.Exec(ctx, `update partner_groups set name = $2, name_folded = $3, terms = $4 where id = $1
		and not exists (select 1 from partner_groups o where o.program_id = partner_groups.program_id and o.name_folded = $3 and o.id <> $1)`,
		g.ID, g.Name, folded, encode(g.Terms))
	switch {
	case db.IsUnique(err), err == nil && rows == 0:
		return nameTaken()
	case err != nil:
		return fmt.Errorf("cannot change group %s: %w", g.ID, err)
	default:
		return nil
	}
}

func nameTaken() error {
	return fault.Conflict("group_exists", "The program has a group of this name.").In("name")
}

const groupColumns = `id, program_id, name, terms, created_at, updated_at`

func scanGroup(s db.Scanner) (g Group, err error) {
	var shared string
	if err := s.Scan(&g.ID, &g.Program, &g.Name, db.Nullable(&shared), db.ScanTime(&g.CreatedAt), db.ScanTime(&g.UpdatedAt)); err != nil {
		return g, err
	}
	g.Terms, err = decode(shared)
	return g, err
}

// FindGroup returns a group.
func FindGroup(ctx context.Context, tx *db.Tx, group GroupID) (Group, error) {
	g, found, err := db.One(ctx, tx, scanGroup, `select `+groupColumns+` from partner_groups where id = $1`, group)
	if err == nil && !found {
		err = fault.NotFound("group")
	}
	return g, err
}

// ListGroups returns all groups of a program, the oldest first; there are at most a few hundred.
func ListGroups(ctx context.Context, tx *db.Tx, program programs.ID) ([]Group, error) {
	groups, err := db.All(ctx, tx, scanGroup, `select `+groupColumns+` from partner_groups where program_id = $1 order by id limit $2`,
		program, mostGroups+len(defaultGroups))
	if err != nil {
		return nil, fmt.Errorf("cannot list the groups of %s: %w", program, err)
	}
	return groups, nil
}

// checkGroup sees that the group, if one is named, belongs to the program.
func checkGroup(ctx context.Context, tx *db.Tx, program programs.ID, group GroupID) error {
	if group == "" {
		return nil
	}
	g, err := FindGroup(ctx, tx, group)
	if err == nil && g.Program != program {
		err = fault.NotFound("group")
	}
	return in(err, "group_id")
}

package creators

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
)

// Likeness is why two creators may be one person.
type Likeness string

// The reasons. Each alone is a hint for a person to look at, never enough to join two without one.
const (
	LikenessEmail  Likeness = "email"  // the program has the same address for both
	LikenessHandle Likeness = "handle" // the same name, and the same handle on two platforms
	LikenessBio    Likeness = "bio"    // the one's profile names the other's account
)

// Duplicate is a pair that may be one person.
type Duplicate struct {
	One, Other ID
	Because    Likeness
}

// inProgram is the condition that a creator has a partnership in program $1: nobody hears of others.
func inProgram(creator string) string {
	return `exists (select 1 from partnerships t where t.program_id = $1 and t.creator_id = ` + creator + ` and ` + visible("t.import_id") + `)`
}

// Duplicates returns pairs of the program's creators that may be one person, at most limit of each kind.
func Duplicates(ctx context.Context, tx *db.Tx, program programs.ID, limit int) ([]Duplicate, error) {
	byEmail, err := db.All(ctx, tx, scanPair(LikenessEmail), `select a.creator_id, b.creator_id from creator_contacts a
		join creator_contacts b on b.program_id = a.program_id and b.email_folded = a.email_folded and b.creator_id > a.creator_id
		where a.program_id = $1 and a.email_folded <> '' and `+visible("a.import_id")+` and `+visible("b.import_id")+`
			and `+inProgram("a.creator_id")+` and `+inProgram("b.creator_id")+` order by a.creator_id, b.creator_id limit $2`, program, limit)
	if err != nil {
		return nil, fmt.Errorf("cannot look for the same address: %w", err)
	}
	byHandle, err := db.All(ctx, tx, scanPair(LikenessHandle), `select a.creator_id, b.creator_id from partnerships s
		join creators c on c.id = s.creator_id
		join profiles a on a.creator_id = c.id
		join profiles b on b.platform in ('tiktok', 'instagram', 'youtube', 'pinterest', 'other') and b.handle_folded = a.handle_folded and b.creator_id > a.creator_id
		join creators e on e.id = b.creator_id and e.name_folded = c.name_folded
		where s.program_id = $1 and `+visible("c.import_id")+` and `+visible("e.import_id")+` and `+inProgram("e.id")+`
		order by a.creator_id, b.creator_id limit $2`, program, limit)
	if err != nil {
		return nil, fmt.Errorf("cannot look for the same handle: %w", err)
	}
	return slices.Compact(append(byEmail, byHandle...)), nil
}

func scanPair(why Likeness) func(db.Scanner) (Duplicate, error) {
	return func(s db.Scanner) (d Duplicate, err error) {
		d.Because = why
		err = s.Scan(&d.One, &d.Other)
		return d, err
	}
}

// DuplicatesOf returns who else in the program may be the creator.
func DuplicatesOf(ctx context.Context, tx *db.Tx, program programs.ID, c Creator) (found []Duplicate, err error) {
	pairs, err := db.All(ctx, tx, scanPair(LikenessEmail), `select a.creator_id, b.creator_id from creator_contacts a
		join creator_contacts b on b.program_id = a.program_id and b.email_folded = a.email_folded and b.creator_id <> a.creator_id
		where a.program_id = $1 and a.creator_id = $2 and a.email_folded <> '' and `+visible("b.import_id")+` and `+inProgram("b.creator_id")+`
		order by b.creator_id limit 20`, program, c.ID)
	if err != nil {
		return nil, fmt.Errorf("cannot look for the same address: %w", err)
	}
	accounts, because := linkedAccounts(c)
	refs, err := Known(ctx, tx, accounts)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		if ref, ok := refs[a.Key()]; ok && !ref.Hidden && ref.Creator != c.ID {
			pairs = append(pairs, Duplicate{c.ID, ref.Creator, because[a]})
		}
	}
	return keepVisible(ctx, tx, program, c, pairs)
}

// keepVisible drops pairs whose other creator is not in the program, or has the same handle but another name.
func keepVisible(ctx context.Context, tx *db.Tx, program programs.ID, c Creator, pairs []Duplicate) (kept []Duplicate, err error) {
	seen := map[ID]bool{}
	for _, p := range pairs {
		other, err := FindIn(ctx, tx, p.Other, []programs.ID{program})
		if isNotFound(err) || err == nil && (seen[p.Other] || p.Because == LikenessHandle && sortKey(other.Name) != sortKey(c.Name)) {
			continue
		}
		if err != nil {
			return nil, err
		}
		seen[p.Other] = true
		kept = append(kept, p)
	}
	return kept, nil
}

// mostLinked bounds the accounts that are looked up for one creator.
const mostLinked = 40

// linkedAccounts are accounts that may be the creator's as well: those its bios name, and its handles on the other platforms.
func linkedAccounts(c Creator) (all []Account, because map[Account]Likeness) {
	because = map[Account]Likeness{}
	add := func(a Account, why Likeness) {
		if _, known := because[a]; !known && len(all) < mostLinked {
			because[a] = why
			all = append(all, a)
		}
	}
	for _, p := range c.Profiles {
		for _, a := range AccountsIn(p.Bio) {
			add(a, LikenessBio)
		}
	}
	for _, p := range c.Profiles {
		for _, platform := range Platforms {
			if a, err := ParseAccount(platform, p.Handle); err == nil && platform != p.Platform {
				add(a, LikenessHandle)
			}
		}
	}
	return all, because
}

// AccountsIn reads the accounts that a text names: addresses of profiles, and "ig: name", "tiktok @name" and the like.
func AccountsIn(text string) (all []Account) {
	var platform Platform
	named := false // the platform stood before a colon
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" \t\n\r,;|()•·", r) }) {
		word = strings.TrimRight(word, ".!")
		if a, isURL, err := accountOfURL(word); isURL && err == nil {
			if a, err = checkAccount(a); err == nil {
				all = append(all, a)
			}
			continue
		}
		name, handle, hasColon := strings.Cut(word, ":")
		if p, ok := ParsePlatform(name); ok && p != PlatformOther {
			if platform, named = p, hasColon; handle == "" {
				continue
			}
			word = handle
		}
		if platform != "" && (named || strings.HasPrefix(word, "@")) {
			if a, err := ParseAccount(platform, word); err == nil {
				all = append(all, a)
			}
		}
		platform, named = "", false
	}
	return all[:min(mostLinked, len(all))]
}

// ProgramsOf returns the programs that any of the creators has a partnership in: who may change what is shared about them must have rights in all.
func ProgramsOf(ctx context.Context, tx *db.Tx, ids []ID) ([]programs.ID, error) {
	found, err := selectIn(ctx, tx, db.Column[programs.ID], `select distinct program_id from partnerships where creator_id in`, 1, ``, keysOf(ids))
	if err != nil {
		return nil, fmt.Errorf("cannot read the programs of creators: %w", err)
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

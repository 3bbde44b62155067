package creators

import (
	"context"
	"fmt"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
)

// AddProfile gives a creator one more account. One that belongs to another creator is refused as profile_exists: see MoveProfile and Merge.
func AddProfile(ctx context.Context, tx *db.Tx, creator ID, n NewProfile) (Creator, error) {
	c, err := Find(ctx, tx, creator)
	if err != nil {
		return c, err
	}
	if len(c.Profiles) >= mostProfiles {
		return c, fault.Invalidf("A creator has at most %d profiles.", mostProfiles).In("profiles")
	}
	e, err := n.check(tx.Now())
	if err != nil {
		return c, err
	}
	if err := insertProfile(ctx, tx, creator, e); err != nil {
		return c, err
	}
	if err := refreshCreators(ctx, tx, []ID{creator}, ""); err != nil {
		return c, err
	}
	return Find(ctx, tx, creator)
}

// ownerOf finds the creator, whose profile it must be.
func ownerOf(ctx context.Context, tx *db.Tx, creator ID, profile ProfileID) (Creator, error) {
	c, err := Find(ctx, tx, creator)
	if err == nil && !slices.ContainsFunc(c.Profiles, func(p Profile) bool { return p.ID == profile }) {
		err = fault.NotFound("profile")
	}
	return c, err
}

// mostErased is how many posts a profile may have to be removed in one transaction; more go with an erasure.
const mostErased = 2000

// RemoveProfile takes an account off a creator, with all that it showed. A creator's last account stays: without one they could not be told from
// anybody else.
func RemoveProfile(ctx context.Context, tx *db.Tx, creator ID, profile ProfileID) error {
	c, err := ownerOf(ctx, tx, creator, profile)
	if err != nil {
		return err
	}
	if len(c.Profiles) == 1 {
		return fault.Conflict("last_profile", "This is the only account of this person. Add another one first.")
	}
	var posts int64
	if err := tx.QueryRow(ctx, `select count(*) from posts where profile_id = $1`, profile).Scan(&posts); err != nil {
		return fmt.Errorf("cannot count the posts of profile %s: %w", profile, err)
	}
	if posts > mostErased {
		return fault.Conflict("profile_too_large", "We know too many posts of this account to take it off at once. Move it to another person instead.")
	}
	return Erase(ctx, tx, []ProfileID{profile})
}

// MoveProfile gives an account, with all that it showed, to another creator. The giver keeps at least one.
func MoveProfile(ctx context.Context, tx *db.Tx, profile ProfileID, from, to ID) error {
	c, err := ownerOf(ctx, tx, from, profile)
	if err != nil {
		return err
	}
	taker, err := Find(ctx, tx, to)
	switch {
	case err != nil:
		return err
	case from == to:
		return nil
	case len(c.Profiles) == 1:
		return fault.Conflict("last_profile", "This is the only account of this person. Join the two people instead.")
	case len(taker.Profiles) >= mostProfiles:
		return fault.Invalidf("A creator has at most %d profiles.", mostProfiles).In("profiles")
	}
	return moveProfiles(ctx, tx, []ProfileID{profile}, from, to)
}

// moveProfiles changes whose the profiles are; they stop being an import's to take away.
func moveProfiles(ctx context.Context, tx *db.Tx, profiles []ProfileID, from, to ID) error {
	for _, p := range profiles {
		if _, err := tx.Exec(ctx, `update profiles set creator_id = $2, import_id = '' where id = $1`, p, to); err != nil {
			return fmt.Errorf("cannot move profile %s: %w", p, err)
		}
		if _, err := tx.Exec(ctx, `update creators set main_profile_id = null where id = $1 and main_profile_id = $2`, from, p); err != nil {
			return fmt.Errorf("cannot move profile %s: %w", p, err)
		}
	}
	return refreshCreators(ctx, tx, []ID{from, to}, "")
}

// Languages are those of the creator's accounts, the main one's first, each once.
func (c Creator) Languages() (all []string) {
	seen := map[string]bool{"": true}
	for _, p := range c.Profiles {
		if !seen[p.Language] {
			seen[p.Language], all = true, append(all, p.Language)
		}
	}
	return all
}

// SetPlace enters the country and language of creators by hand: a snapshot of their main accounts, with its source and time, like any other
// figure. What is empty is left as it is.
func SetPlace(ctx context.Context, tx *db.Tx, ids []ID, country, language string) (changed int, err error) {
	d := Details{Country: Country(country), Language: Language(language)}
	if err := d.Check(); err != nil {
		return 0, err
	}
	if d == (Details{}) {
		return 0, fault.Invalid("Say a country or a language.").In("country")
	}
	all, err := FindMany(ctx, tx, ids)
	if err != nil {
		return 0, err
	}
	for _, c := range all {
		if c.Main == "" {
			continue
		}
		if err := AddSnapshot(ctx, tx, Snapshot{Profile: c.Main, TakenAt: tx.Now(), Source: SourceEntered, Details: d}); err != nil {
			return changed, err
		}
		changed++
	}
	return changed, nil
}

package creators

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
)

// NoteNamed notes which profiles a file named, and which of them must be refreshed for it.
func NoteNamed(ctx context.Context, tx *db.Tx, importID string, stale map[ProfileID]bool) error {
	rows := make([][]any, 0, len(stale))
	for profile, is := range stale {
		rows = append(rows, []any{importID, profile, is})
	}
	_, err := insertRows(ctx, tx, `insert into import_profiles (import_id, profile_id, stale)`, 3,
		`on conflict (import_id, profile_id) do update set stale = excluded.stale or import_profiles.stale`, rows)
	if err != nil {
		return fmt.Errorf("cannot note the profiles of import %s: %w", importID, err)
	}
	return nil
}

// Forget removes what an import said of the profiles. Of the profiles it made, those that nothing else knows go; one that another import knows
// becomes that import's, one whose creator has a partnership becomes nobody's. The others show again what they showed before.
func Forget(ctx context.Context, tx *db.Tx, importID string, profiles []ProfileID) error {
	keys := keysOf(profiles)
	if err := eachIn(ctx, tx, `delete from snapshots where import_id = '`+importID+`' and profile_id in`, ``, keys); err != nil {
		return fmt.Errorf("cannot remove the snapshots of import %s: %w", importID, err)
	}
	owned, err := selectIn(ctx, tx, scanOwned, `select p.id, p.creator_id, c.import_id,
			coalesce((select min(s.import_id) from snapshots s where s.profile_id = p.id), (select min(s.import_id) from posts s where s.profile_id = p.id), ''),
			exists (select 1 from snapshots s where s.profile_id = p.id) or exists (select 1 from posts s where s.profile_id = p.id)
				or exists (select 1 from partnerships t where t.creator_id = p.creator_id)
		from profiles p join creators c on c.id = p.creator_id where p.import_id = '`+importID+`' and p.id in`, 1, ``, keys)
	if err != nil {
		return fmt.Errorf("cannot read the profiles of import %s: %w", importID, err)
	}
	gone := map[ProfileID]bool{}
	for _, o := range owned {
		if !o.kept {
			gone[o.profile] = true
		} else if err := o.hand(ctx, tx, importID); err != nil {
			return err
		}
	}
	var erase, refresh []ProfileID
	for _, p := range profiles {
		if gone[p] {
			erase = append(erase, p)
		} else {
			refresh = append(refresh, p)
		}
	}
	if err := Erase(ctx, tx, erase); err != nil {
		return err
	}
	return Refresh(ctx, tx, refresh, "")
}

// owned is a profile that an import made, and what else holds it.
type owned struct {
	profile       ProfileID
	creator       ID
	creatorImport string
	heir          string // whose it becomes if it is kept
	kept          bool
}

func scanOwned(s db.Scanner) (o owned, err error) {
	err = s.Scan(&o.profile, &o.creator, &o.creatorImport, &o.heir, &o.kept)
	return o, err
}

// hand gives the profile, and its creator if that was the import's too, to the heir.
func (o owned) hand(ctx context.Context, tx *db.Tx, importID string) error {
	if _, err := tx.Exec(ctx, `update profiles set import_id = $2 where id = $1`, o.profile, o.heir); err != nil {
		return fmt.Errorf("cannot keep profile %s: %w", o.profile, err)
	}
	if _, err := tx.Exec(ctx, `update creators set import_id = $3 where id = $1 and import_id = $2`, o.creator, importID, o.heir); err != nil {
		return fmt.Errorf("cannot keep creator %s: %w", o.creator, err)
	}
	return nil
}

package creators

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
)

// visible is the condition that a row's import may be seen. The list of hidden imports is short: those at work and those being taken away.
func visible(column string) string {
	return column + ` not in (select id from imports where state <> 'visible')`
}

// visibleOr is visible, or of the one import whose id is in also, which must be our own text (an id) or "".
func visibleOr(column, also string) string {
	if also == "" {
		return visible(column)
	}
	return `(` + column + ` = '` + also + `' or ` + visible(column) + `)`
}

const creatorColumns = `c.id, c.name, c.tier, c.followers, c.country, c.language, coalesce(c.main_profile_id, ''), c.created_at, c.updated_at`

func scanCreator(s db.Scanner) (c Creator, err error) {
	err = s.Scan(&c.ID, &c.Name, &c.Tier, &c.Followers, &c.Country, &c.Language, &c.Main, db.ScanTime(&c.CreatedAt), db.ScanTime(&c.UpdatedAt))
	return c, err
}

const profileColumns = `id, creator_id, platform, handle, url, display_name, bio, country, language, category, verified,
	followers, following, posts_total, likes_total, tier, engagement_ppm, engagement_formula, counted_at`

func scanProfile(s db.Scanner) (p Profile, err error) {
	err = s.Scan(&p.ID, &p.Creator, &p.Platform, &p.Handle, &p.URL, &p.DisplayName, &p.Bio, &p.Country, &p.Language, &p.Category, &p.Verified,
		&p.Followers, &p.Following, &p.Posts, &p.Likes, &p.Tier, &p.EngagementPPM, &p.Formula, db.ScanTime(&p.CountedAt))
	return p, err
}

// Find returns a creator with its profiles. It asks nobody's rights: an answer to a caller is cut with FindIn.
func Find(ctx context.Context, tx *db.Tx, id ID) (Creator, error) {
	found, err := FindMany(ctx, tx, []ID{id})
	if err != nil {
		return Creator{}, err
	}
	if len(found) == 0 {
		return Creator{}, fault.NotFound("creator")
	}
	return found[0], nil
}

// FindIn returns a creator that has a partnership in one of the programs; any other does not exist for the caller.
func FindIn(ctx context.Context, tx *db.Tx, id ID, in []programs.ID) (Creator, error) {
	w := Filter{Programs: in}.where()
	w.add(`c.id = ` + w.arg(id))
	_, found, err := db.One(ctx, tx, db.Column[string], `select c.id from creators c where `+w.text(), w.args...)
	if err != nil {
		return Creator{}, fmt.Errorf("cannot look creator %s up: %w", id, err)
	}
	if !found {
		return Creator{}, fault.NotFound("creator")
	}
	return Find(ctx, tx, id)
}

// FindMany returns those of the creators that exist, with their profiles, in the order asked for.
func FindMany(ctx context.Context, tx *db.Tx, ids []ID) ([]Creator, error) {
	found, err := selectIn(ctx, tx, scanCreator, `select `+creatorColumns+` from creators c where `+visible("c.import_id")+` and c.id in`, 1, ``, keysOf(ids))
	if err != nil {
		return nil, fmt.Errorf("cannot read creators: %w", err)
	}
	order := make(map[ID]int, len(ids))
	for i, id := range ids {
		order[id] = i
	}
	slices.SortFunc(found, func(a, b Creator) int { return order[a.ID] - order[b.ID] })
	found = slices.CompactFunc(found, func(a, b Creator) bool { return a.ID == b.ID })
	return found, attachProfiles(ctx, tx, found, "")
}

// attachProfiles reads the profiles of the creators and finds each one's main.
func attachProfiles(ctx context.Context, tx *db.Tx, all []Creator, also string) error {
	at := make(map[ID]int, len(all))
	for i, c := range all {
		at[c.ID] = i
	}
	profiles, err := selectIn(ctx, tx, scanProfile, `select `+profileColumns+` from profiles where `+visibleOr("import_id", also)+` and creator_id in`, 1, ``,
		keysOf(slices.Collect(maps.Keys(at))))
	if err != nil {
		return fmt.Errorf("cannot read profiles: %w", err)
	}
	seen := make(map[ProfileID]bool, len(profiles)) // a block is filled up by repeating keys, which an engine may answer twice
	for _, p := range profiles {
		if c := &all[at[p.Creator]]; !seen[p.ID] {
			c.Profiles, seen[p.ID] = append(c.Profiles, p), true
		}
	}
	for i := range all {
		all[i].settleMain()
	}
	return nil
}

// settleMain orders the profiles, the main one first, then by followers, and names the main one.
func (c *Creator) settleMain() {
	slices.SortFunc(c.Profiles, func(a, b Profile) int { return compareProfiles(a, b, c.Main) })
	c.Main = ""
	if len(c.Profiles) > 0 {
		c.Main = c.Profiles[0].ID
	}
}

// compareProfiles puts the chosen profile first, then the one with more followers, unknown last, then the older.
func compareProfiles(a, b Profile, chosen ProfileID) int {
	switch {
	case (a.ID == chosen) != (b.ID == chosen):
		if a.ID == chosen {
			return -1
		}
		return 1
	case known(a.Followers) != known(b.Followers):
		if known(a.Followers) > known(b.Followers) {
			return -1
		}
		return 1
	}
	return strings.Compare(string(a.ID), string(b.ID))
}

// known is a count, or -1.
func known(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}

// Ref is where an account is stored.
type Ref struct {
	Account Account // its key
	Profile ProfileID
	Creator ID
	Import  string
	Hidden  bool // its import is not visible
}

// Known returns where the accounts are stored, by their keys; hidden ones too.
func Known(ctx context.Context, tx *db.Tx, accounts []Account) (map[Account]Ref, error) {
	keys := make([][]any, len(accounts))
	for i, a := range accounts {
		k := a.Key()
		keys[i] = []any{string(k.Platform), k.Handle}
	}
	refs, err := selectIn(ctx, tx, func(s db.Scanner) (r Ref, err error) {
		err = s.Scan(&r.Account.Platform, &r.Account.Handle, &r.Profile, &r.Creator, &r.Import, &r.Hidden)
		return r, err
	}, `select platform, handle_folded, id, creator_id, import_id, import_id in (select id from imports where state <> 'visible')
		from profiles where (platform, handle_folded) in`, 2, ``, keys)
	if err != nil {
		return nil, fmt.Errorf("cannot look accounts up: %w", err)
	}
	found := make(map[Account]Ref, len(refs))
	for _, r := range refs {
		found[r.Account] = r
	}
	return found, nil
}

// FindByAccount returns the creator an account belongs to.
func FindByAccount(ctx context.Context, tx *db.Tx, a Account) (c Creator, found bool, err error) {
	refs, err := Known(ctx, tx, []Account{a})
	if err != nil {
		return c, false, err
	}
	ref, found := refs[a.Key()]
	if !found || ref.Hidden {
		return c, false, nil
	}
	c, err = Find(ctx, tx, ref.Creator)
	return c, err == nil, err
}

// readCursor reads what writeCursor wrote; the empty cursor stands for the start, before first.
func readCursor[T int64 | string](text string, first T) (T, string, error) {
	if text == "" {
		return first, "\U0010FFFF", nil
	}
	var c struct {
		Key T
		ID  string
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil {
		return first, "", fault.Invalid("This is not a cursor of this list.").In("after")
	}
	return c.Key, c.ID, nil
}

func writeCursor[T int64 | string](key T, id string) string {
	raw, err := json.Marshal(struct {
		Key T
		ID  string
	}{key, id})
	if err != nil {
		panic("BUG: a cursor cannot be written: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func isNotFound(err error) bool { return fault.KindOf(err) == fault.KindNotFound }

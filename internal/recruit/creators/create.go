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
)

// The limits of what may be said of a creator.
const (
	LongestName     = 200
	LongestBio      = 5000
	LongestText     = 100 // countries, languages, categories
	LongestURL      = 2000
	mostProfiles    = 20
	problemsOfNames = "A name is one line of text."
)

// Create stores a creator. An account that belongs to another creator already is refused as profile_exists; FindByAccount tells whose it is.
func Create(ctx context.Context, tx *db.Tx, n New) (Creator, error) {
	e, err := n.check(tx.Now())
	if err != nil {
		return Creator{}, err
	}
	made := ID(id.New(Prefix, tx.Now()))
	if err := insertCreator(ctx, tx, made, n.Name); err != nil {
		return Creator{}, err
	}
	for i, p := range e {
		if err := insertProfile(ctx, tx, made, p); err != nil {
			return Creator{}, inProfile(i, err)
		}
	}
	if err := refreshCreators(ctx, tx, []ID{made}, ""); err != nil {
		return Creator{}, err
	}
	if n.Contact != (Contact{}) {
		if err := SetContact(ctx, tx, n.Program, made, n.Contact); err != nil {
			return Creator{}, err
		}
	}
	return Find(ctx, tx, made)
}

// SetMain chooses the main profile; "" goes back to the one with the most followers.
func SetMain(ctx context.Context, tx *db.Tx, creator ID, main ProfileID) error {
	done, err := tx.Exec(ctx, `update creators set main_profile_id = $2 where id = $1 and ($3 = '' or exists
		(select 1 from profiles p where p.id = $3 and p.creator_id = creators.id and `+visible("p.import_id")+`))`, creator, db.OrNull(main), string(main))
	if err != nil {
		return fmt.Errorf("cannot choose the main profile of %s: %w", creator, err)
	}
	if done == 0 {
		return fault.NotFound("profile")
	}
	return refreshCreators(ctx, tx, []ID{creator}, "")
}

// entered is a profile that was checked.
type entered struct {
	account  Account
	snapshot Snapshot
}

func (n *New) check(now time.Time) ([]entered, error) {
	n.Name = strings.Join(strings.Fields(n.Name), " ")
	var all []entered
	for i, p := range n.Profiles {
		e, err := p.check(now)
		if err != nil {
			return nil, inProfile(i, err)
		}
		all = append(all, e)
	}
	if n.Name == "" && len(all) > 0 {
		n.Name = all[0].account.Handle
	}
	if err := CheckName(n.Name); err != nil {
		return nil, err
	}
	if len(all) > mostProfiles {
		return nil, fault.Invalidf("A creator has at most %d profiles.", mostProfiles).In("profiles")
	}
	var err error
	n.Contact, err = n.Contact.Check()
	return all, err
}

// CheckName refuses what is no name.
func CheckName(name string) error {
	switch {
	case name == "":
		return fault.Invalid("A creator needs a name.").In("name")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fault.Invalid(problemsOfNames).In("name")
	case utf8.RuneCountInString(name) > LongestName:
		return fault.Invalidf("A name has at most %d characters.", LongestName).In("name")
	}
	return nil
}

func (p NewProfile) check(now time.Time) (e entered, err error) {
	if e.account, err = ParseAccount(p.Platform, p.Handle); err != nil {
		return e, err
	}
	if err := p.Counts.Check(); err != nil {
		return e, err
	}
	d := p.Details
	d.Country, d.Language = Country(d.Country), Language(d.Language)
	if err := d.Check(); err != nil {
		return e, err
	}
	e.snapshot = Snapshot{TakenAt: now, Source: SourceEntered, Counts: p.Counts, Details: d}
	return e, nil
}

// Check refuses details that are too long or no text.
func (d Details) Check() error {
	var wrong []*fault.Error
	for _, f := range []struct {
		field, text string
		most        int
	}{
		{"url", d.URL, LongestURL}, {"display_name", d.DisplayName, LongestName}, {"bio", d.Bio, LongestBio}, {"country", d.Country, LongestText},
		{"language", d.Language, LongestText}, {"category", d.Category, LongestText}, {"subcategory", d.Subcategory, LongestText},
	} {
		switch {
		case !utf8.ValidString(f.text) || strings.Contains(f.text, "\x00"):
			wrong = append(wrong, fault.Invalid("This is not text.").In(f.field))
		case utf8.RuneCountInString(f.text) > f.most:
			wrong = append(wrong, fault.Invalidf("At most %d characters fit here.", f.most).In(f.field))
		}
	}
	return fault.Join(wrong...)
}

// inProfile puts the field of a fault below profiles[i].
func inProfile(i int, err error) error {
	f, ok := fault.As(err)
	if !ok {
		return err
	}
	inside := func(f *fault.Error) *fault.Error { return f.In(fmt.Sprintf("profiles[%d].%s", i, f.Field)) }
	placed := inside(f)
	placed.Others = nil
	for _, o := range f.Others {
		placed.Others = append(placed.Others, inside(o))
	}
	return placed
}

func insertCreator(ctx context.Context, tx *db.Tx, made ID, name string) error {
	at := db.Micros(tx.Now())
	_, err := tx.Exec(ctx, `insert into creators (id, name, name_folded, tier, country, language, search, import_id, created_at, updated_at)
		values ($1, $2, $3, '', '', '', '', '', $4, $4)`, made, name, sortKey(name), at)
	if err != nil {
		return fmt.Errorf("cannot store a creator: %w", err)
	}
	return nil
}

func insertProfile(ctx context.Context, tx *db.Tx, creator ID, e entered) error {
	refs, err := Known(ctx, tx, []Account{e.account})
	if err != nil {
		return err
	}
	if ref, ok := refs[e.account.Key()]; ok && ref.Hidden {
		return takeOver(ctx, tx, creator, ref, e)
	}
	s := e.snapshot
	s.Profile = ProfileID(id.New(ProfilePrefix, tx.Now()))
	taken, err := insertEntries(ctx, tx, []Entry{{Creator: creator, Account: e.account, Snapshot: s}})
	if err != nil {
		return err
	}
	if taken == 0 {
		return fault.Conflict("profile_exists", "This account is known already.").In("handle")
	}
	if s.IsEmpty() {
		return nil
	}
	_, err = AddSnapshots(ctx, tx, []Snapshot{s})
	return err
}

// takeOver makes a profile that an import holds unseen the creator's own. For people it does not exist, so it must not stand in their way; what
// the import says of it stays with the import.
func takeOver(ctx context.Context, tx *db.Tx, creator ID, hidden Ref, e entered) error {
	if _, err := tx.Exec(ctx, `update profiles set creator_id = $2, handle = $3, import_id = '' where id = $1`, hidden.Profile, creator,
		e.account.Handle); err != nil {
		return fmt.Errorf("cannot take profile %s over: %w", hidden.Profile, err)
	}
	if _, err := tx.Exec(ctx, `update import_profiles set stale = true where import_id = $1 and profile_id = $2`, hidden.Import, hidden.Profile); err != nil {
		return fmt.Errorf("cannot take profile %s over: %w", hidden.Profile, err)
	}
	s := e.snapshot
	s.Profile = hidden.Profile
	if !s.IsEmpty() {
		if _, err := AddSnapshots(ctx, tx, []Snapshot{s}); err != nil {
			return err
		}
	}
	if err := Refresh(ctx, tx, []ProfileID{s.Profile}, ""); err != nil {
		return err
	}
	return eraseLeft(ctx, tx, []ID{hidden.Creator})
}

package creators

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
)

// Dimension is what an audience is divided by.
type Dimension string

// The dimensions.
const (
	DimensionCountry Dimension = "country" // keys are ISO 3166 alpha-2 codes
	DimensionAge     Dimension = "age"     // "18-24", "65+"
	DimensionGender  Dimension = "gender"  // female, male, other
	DimensionCity    Dimension = "city"
)

// Dimensions lists them in the order people read them.
var Dimensions = []Dimension{DimensionCountry, DimensionAge, DimensionGender, DimensionCity}

// Slice is a share of an audience.
type Slice struct {
	Dimension Dimension
	Key       string
	ShareBP   int // basis points: 2,500 is a quarter
}

// Audience is who follows a profile, as a source said at a time.
type Audience struct {
	Profile ProfileID
	Program programs.ID // "" from a public list; else it was told to this program and is shown to no other
	TakenAt time.Time
	Source  string
	MadeBy  string // the name of the person who entered it
	Slices  []Slice
	Import  string
}

// The limits of an audience.
const (
	mostSlices     = 200
	longestSlice   = 60
	LongestSource  = 100
	wholeBP        = 10_000
	problemsOfSums = "The shares of one kind sum to more than 100 %."
)

// Check cleans an audience and refuses shares that cannot be: each dimension sums to at most 100 %, since what is left over is unknown.
func (a Audience) Check() (Audience, error) {
	a.Source = strings.Join(strings.Fields(a.Source), " ")
	a.Slices = slices.Clone(a.Slices)
	switch {
	case a.Source == "" || utf8.RuneCountInString(a.Source) > LongestSource:
		return a, fault.Invalidf("Say where the shares come from, in at most %d characters.", LongestSource).In("source")
	case len(a.Slices) == 0:
		return a, fault.Invalid("An audience needs at least one share.").In("slices")
	case len(a.Slices) > mostSlices:
		return a, fault.Invalidf("An audience has at most %d shares.", mostSlices).In("slices")
	}
	sums, seen := map[Dimension]int{}, map[Slice]bool{}
	for i := range a.Slices {
		s, err := a.Slices[i].check()
		if err != nil {
			return a, err
		}
		key := Slice{Dimension: s.Dimension, Key: s.Key}
		if sums[s.Dimension] += s.ShareBP; seen[key] {
			return a, fault.Invalid("The same share is named twice.").In("slices")
		}
		if sums[s.Dimension] > wholeBP {
			return a, fault.Invalid(problemsOfSums).In("slices")
		}
		a.Slices[i], seen[key] = s, true
	}
	return a, nil
}

func (s Slice) check() (Slice, error) {
	s.Key = strings.Join(strings.Fields(s.Key), " ")
	switch {
	case !slices.Contains(Dimensions, s.Dimension):
		return s, fault.Invalid("A share is of country, age, gender or city.").In("slices")
	case s.Key == "" || utf8.RuneCountInString(s.Key) > longestSlice || strings.ContainsFunc(s.Key, isControl):
		return s, fault.Invalid("A share needs a name, such as US, 18-24 or female.").In("slices")
	case s.ShareBP < 0 || s.ShareBP > wholeBP:
		return s, fault.Invalid("A share lies between 0 and 100 %.").In("slices")
	}
	switch s.Dimension {
	case DimensionCountry:
		s.Key = Country(s.Key)
	case DimensionGender, DimensionAge:
		s.Key = strings.ReplaceAll(strings.ToLower(s.Key), "–", "-")
	case DimensionCity:
	}
	return s, nil
}

// SetAudience stores an audience. One from the same source for the same moment and program is replaced.
func SetAudience(ctx context.Context, tx *db.Tx, a Audience) error {
	a, err := a.Check()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from profile_audiences where profile_id = $1 and program_id = $2 and source = $3 and taken_at = $4`,
		a.Profile, a.Program, a.Source, db.Micros(a.TakenAt)); err != nil {
		return fmt.Errorf("cannot replace an audience: %w", err)
	}
	// Searches and check-ups look at what changed since.
	if _, err := tx.Exec(ctx, `update creators set updated_at = $2 where id = (select creator_id from profiles where id = $1)`, a.Profile, db.Micros(tx.Now())); err != nil {
		return fmt.Errorf("cannot note that an audience changed: %w", err)
	}
	return AddAudiences(ctx, tx, []Audience{a})
}

// AddAudiences stores audiences that were checked; shares that are there already stay as they are.
func AddAudiences(ctx context.Context, tx *db.Tx, all []Audience) error {
	var rows [][]any
	for _, a := range all {
		for _, s := range a.Slices {
			rows = append(rows, []any{a.Profile, a.Program, a.Source, db.Micros(a.TakenAt), s.Dimension, s.Key, s.ShareBP, a.MadeBy, a.Import})
		}
	}
	_, err := insertRows(ctx, tx, `insert into profile_audiences (profile_id, program_id, source, taken_at, dimension, key, share_bp, made_by, import_id)`, 9,
		`on conflict (profile_id, program_id, source, taken_at, dimension, key) do nothing`, rows)
	if err != nil {
		return fmt.Errorf("cannot store audiences: %w", err)
	}
	return nil
}

// share is one row of an audience.
type share struct {
	profile ProfileID
	program programs.ID
	source  string
	takenAt time.Time
	slice   Slice
	madeBy  string
	imp     string
}

func scanShare(s db.Scanner) (r share, err error) {
	err = s.Scan(&r.profile, &r.program, &r.source, db.ScanTime(&r.takenAt), &r.slice.Dimension, &r.slice.Key, &r.slice.ShareBP, &r.madeBy, &r.imp)
	return r, err
}

// AudienceOf returns the newest audience of each source that the program may see, its own and public ones, for each profile; the newest first,
// shares from the largest down.
func AudienceOf(ctx context.Context, tx *db.Tx, program programs.ID, profiles []ProfileID) (map[ProfileID][]Audience, error) {
	var keys [][]any
	for _, p := range profiles {
		if keys = append(keys, []any{string(p), ""}); program != "" {
			keys = append(keys, []any{string(p), string(program)})
		}
	}
	rows, err := selectIn(ctx, tx, scanShare, `select a.profile_id, a.program_id, a.source, a.taken_at, a.dimension, a.key, a.share_bp, a.made_by, a.import_id
		from profile_audiences a where `+visible("a.import_id")+` and a.taken_at = (select max(x.taken_at) from profile_audiences x
			where x.profile_id = a.profile_id and x.program_id = a.program_id and x.source = a.source and `+visible("x.import_id")+`)
		and (a.profile_id, a.program_id) in`, 2, `order by a.taken_at desc, a.source, a.program_id, a.dimension, a.share_bp desc, a.key`, keys)
	if err != nil {
		return nil, fmt.Errorf("cannot read audiences: %w", err)
	}
	return audiencesOf(gather(rows, func(r share) (ProfileID, share) { return r.profile, r })), nil
}

// audiencesOf puts shares that were told together into one audience.
func audiencesOf(shares map[ProfileID][]share) map[ProfileID][]Audience {
	by := make(map[ProfileID][]Audience, len(shares))
	for profile, rows := range shares {
		var all []Audience
		for _, r := range rows {
			last := len(all) - 1
			if last < 0 || all[last].Source != r.source || all[last].Program != r.program || !all[last].TakenAt.Equal(r.takenAt) {
				all = append(all, Audience{Profile: profile, Program: r.program, TakenAt: r.takenAt, Source: r.source, MadeBy: r.madeBy, Import: r.imp})
				last++
			}
			all[last].Slices = append(all[last].Slices, r.slice)
		}
		by[profile] = all
	}
	return by
}

package vetting

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/benchmarks"
	"rapport/internal/recruit/creators"
)

// Stored is a report as it is kept, with a person's word if somebody overruled it.
type Stored struct {
	Report
	Program  programs.ID
	MadeAt   time.Time
	Overrule *Overruled
}

// Overruled is a person's word on a report.
type Overruled struct {
	Verdict Verdict
	Note    string
	By      string
	At      time.Time
}

// Holds is the verdict that counts: a person's, else the machine's.
func (s Stored) Holds() Verdict {
	if s.Overrule != nil {
		return s.Overrule.Verdict
	}
	return s.Report.Verdict
}

// CreatorVerdict is what the report of a creator comes to.
type CreatorVerdict struct {
	Creator creators.ID
	Verdict Verdict
	Score   *int // nil where there is none
	MadeAt  time.Time
}

// holds is the verdict that counts, in SQL.
const holds = `case when v.overruled = '' then v.verdict else v.overruled end`

// Of returns the report of a creator in a program.
func Of(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID) (s Stored, found bool, err error) {
	s, found, err = db.One(ctx, tx, scanStored, `select v.report, v.made_at, v.overruled, v.overruled_note, v.overruled_by, v.overruled_at from vetting_reports v
		where v.program_id = $1 and v.creator_id = $2`, program, creator)
	if err != nil {
		return s, false, fmt.Errorf("cannot read the check-up of creator %s: %w", creator, err)
	}
	s.Program = program
	return s, found, nil
}

func scanStored(row db.Scanner) (s Stored, err error) {
	var report string
	var o Overruled
	if err = row.Scan(&report, db.ScanTime(&s.MadeAt), &o.Verdict, &o.Note, &o.By, db.ScanTime(&o.At)); err != nil {
		return s, err
	}
	if o.Verdict != "" {
		s.Overrule = &o
	}
	return s, json.Unmarshal([]byte(report), &s.Report)
}

// asked is how many creators one query asks for.
const asked = 64

// Verdicts returns the verdicts that count for those of the creators that have a report.
func Verdicts(ctx context.Context, tx *db.Tx, program programs.ID, ids []creators.ID) (map[creators.ID]Verdict, error) {
	found := make(map[creators.ID]Verdict, len(ids))
	for len(ids) > 0 {
		n := min(asked, len(ids))
		args := []any{program}
		for i := range asked { // one text, whatever the number
			args = append(args, ids[min(i, n-1)])
		}
		some, err := db.All(ctx, tx, scanVerdict, `select v.creator_id, `+holds+`, v.score, v.made_at from vetting_reports v where v.program_id = $1 and v.creator_id in `+askedPlaces, args...)
		if err != nil {
			return nil, fmt.Errorf("cannot read verdicts: %w", err)
		}
		for _, one := range some {
			found[one.Creator] = one.Verdict
		}
		ids = ids[n:]
	}
	return found, nil
}

// askedPlaces is ($2, $3, …) for asked values.
var askedPlaces = func() string {
	places := make([]string, asked)
	for i := range places {
		places[i] = "$" + strconv.Itoa(i+2)
	}
	return "(" + strings.Join(places, ", ") + ")"
}()

func scanVerdict(row db.Scanner) (c CreatorVerdict, err error) {
	err = row.Scan(&c.Creator, &c.Verdict, &c.Score, db.ScanTime(&c.MadeAt))
	return c, err
}

// AllVerdicts returns verdicts in the order of creators' ids, those after a creator first, at most limit of them.
func AllVerdicts(ctx context.Context, tx *db.Tx, program programs.ID, after creators.ID, limit int) ([]CreatorVerdict, error) {
	all, err := db.All(ctx, tx, scanVerdict, `select v.creator_id, `+holds+`, v.score, v.made_at from vetting_reports v
		where v.program_id = $1 and v.creator_id > $2 order by v.creator_id limit $3`, program, after, limit)
	if err != nil {
		return nil, fmt.Errorf("cannot list verdicts: %w", err)
	}
	return all, nil
}

// longestNote is how many characters a person's reason has.
const longestNote = 2000

// Overrule puts a person's verdict above the machine's, which stays beside it. The empty verdict takes it back. The caller records who did it.
func Overrule(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID, verdict Verdict, note, by string) (Stored, error) {
	note = strings.TrimSpace(note)
	switch {
	case verdict != "" && !verdict.Valid():
		return Stored{}, fault.Invalid("Choose a verdict.").In("verdict")
	case verdict != "" && note == "":
		return Stored{}, fault.Invalid("Say why: whoever looks next must understand it.").In("note")
	case utf8.RuneCountInString(note) > longestNote:
		return Stored{}, fault.Invalidf("A note has at most %d characters.", longestNote).In("note")
	}
	at := any(db.Micros(tx.Now()))
	if verdict == "" {
		note, by, at = "", "", nil
	}
	done, err := tx.Exec(ctx, `update vetting_reports set overruled = $3, overruled_note = $4, overruled_by = $5, overruled_at = $6
		where program_id = $1 and creator_id = $2`, program, creator, verdict, note, by, at)
	if err != nil {
		return Stored{}, fmt.Errorf("cannot overrule the check-up of creator %s: %w", creator, err)
	}
	if done == 0 {
		return Stored{}, fault.NotFound("check-up")
	}
	s, _, err := Of(ctx, tx, program, creator)
	return s, err
}

// save writes a report; a person's word on the one before stays.
func save(ctx context.Context, tx *db.Tx, program programs.ID, r Report, text string) error {
	err := tx.Later(ctx, `insert into vetting_reports (program_id, creator_id, profile_id, platform, tier, country, verdict, score, formula, engagement_ppm,
		view_rate_ppm, likes_milli, report, made_at, overruled, overruled_note, overruled_by) select $1, $2, $3, $4, $5, $6, $7, cast($8 as bigint), $9,
		cast($10 as bigint), cast($11 as bigint), cast($12 as bigint), $13, cast($14 as bigint), '', '', ''
		where exists (select 1 from creators where id = $2) and not exists (select 1 from creator_erasures where creator_id = $2)
		on conflict (program_id, creator_id) do update set profile_id = excluded.profile_id, platform = excluded.platform, tier = excluded.tier,
		country = excluded.country, verdict = excluded.verdict, score = excluded.score, formula = excluded.formula,
		engagement_ppm = excluded.engagement_ppm, view_rate_ppm = excluded.view_rate_ppm, likes_milli = excluded.likes_milli, report = excluded.report,
		made_at = excluded.made_at`,
		program, r.Creator, r.Profile, r.Platform, r.Tier, r.country, r.Verdict, orNull(r.Scored(), int64(r.Score)), r.Engagement.Formula,
		orNull(r.Engagement.Known, int64(r.Engagement.Rate*1e6)), orNull(r.Views.Known && r.Views.Rate > 0, int64(r.Views.Rate*1e6)),
		orNull(r.Ratio.Known, int64(r.Ratio.Likes*1e3)), text, db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot store the check-up of creator %s: %w", r.Creator, err)
	}
	return nil
}

func orNull(known bool, n int64) any {
	if !known {
		return nil
	}
	return n
}

// figures are what a program's own benchmarks are computed from.
func figures(ctx context.Context, tx *db.Tx, program programs.ID) (all []benchmarks.Figure, err error) {
	type row struct {
		place                  benchmarks.Figure
		formula                string
		engaged, viewed, liked *int64
	}
	rows, err := db.All(ctx, tx, func(s db.Scanner) (r row, err error) {
		err = s.Scan(&r.place.Platform, &r.place.Tier, &r.place.Country, &r.formula, &r.engaged, &r.viewed, &r.liked)
		return r, err
	}, `select platform, tier, country, formula, engagement_ppm, view_rate_ppm, likes_milli from vetting_reports
		where program_id = $1 and tier <> ''`, program)
	if err != nil {
		return nil, fmt.Errorf("cannot read the figures of program %s: %w", program, err)
	}
	for _, r := range rows {
		for _, f := range []struct {
			value   *int64
			divisor float64
			metric  benchmarks.Metric
			formula string
			unit    string
		}{
			{r.engaged, 1e4, benchmarks.MetricEngagement, r.formula, "percent"},
			{r.viewed, 1e4, benchmarks.MetricViewRate, benchmarks.FormulaViewRate, "percent"},
			{r.liked, 1e3, benchmarks.MetricLikes, benchmarks.FormulaLikes, "likes"},
		} {
			if f.value != nil {
				one := r.place
				one.Metric, one.Formula, one.Unit, one.Value = f.metric, f.formula, f.unit, float64(*f.value)/f.divisor
				all = append(all, one)
			}
		}
	}
	return all, nil
}

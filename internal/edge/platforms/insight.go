package platforms

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

const mostInsights = 50 // of one fetch

func (t target) insights(ctx context.Context, tx *db.Tx, all []Insight, at time.Time) error {
	if t.program == "" {
		return nil // nobody consented, so it is no owner's figure
	}
	for _, i := range all[:min(len(all), mostInsights)] {
		_, err := tx.Exec(ctx, `insert into platform_insights (profile_id, program_id, origin, metric, value, is_rate, from_at, to_at, fetched_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (profile_id, origin, metric, from_at, to_at) do update set value = excluded.value,
			is_rate = excluded.is_rate, fetched_at = excluded.fetched_at`,
			t.profile, t.program, t.origin, i.Metric, i.Value, i.Rate, db.Micros(i.From), db.Micros(i.To), db.Micros(at))
		if err != nil {
			return fmt.Errorf("cannot store an insight of profile %s: %w", t.profile, err)
		}
	}
	return nil
}

// InsightsOf are the newest figure of each metric that the owners of the profiles let the program see, by profile and in the order of their names.
func InsightsOf(ctx context.Context, tx *db.Tx, program programs.ID, profiles []creators.ProfileID) (map[creators.ProfileID][]Insight, error) {
	found := map[creators.ProfileID][]Insight{}
	if len(profiles) == 0 {
		return found, nil
	}
	args := []any{program}
	for _, p := range profiles {
		args = append(args, p)
	}
	type row struct {
		profile creators.ProfileID
		Insight
	}
	all, err := db.All(ctx, tx, func(s db.Scanner) (r row, err error) {
		err = s.Scan(&r.profile, &r.Metric, &r.Value, &r.Rate, db.ScanTime(&r.From), db.ScanTime(&r.To))
		return r, err
	}, `select q.profile_id, q.metric, q.value, q.is_rate, q.from_at, q.to_at from (select i.*, row_number() over
		(partition by i.profile_id, i.metric order by i.to_at desc, i.fetched_at desc) as n from platform_insights i
		where i.program_id = $1 and i.profile_id in `+db.List(len(profiles), 1)+`) q where q.n = 1 order by q.profile_id, q.metric`, args...)
	if err != nil {
		return nil, fmt.Errorf("cannot read insights: %w", err)
	}
	for _, r := range all {
		found[r.profile] = append(found[r.profile], r.Insight)
	}
	return found, nil
}

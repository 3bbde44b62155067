package outreach

import (
	"context"
	"fmt"
	"slices"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// More reasons why somebody is passed over.
const (
	SkipPrepared Stop = "already_prepared"
	SkipAccount  Stop = "no_account" // none that takes direct messages
)

// Prepare puts chosen partnerships of a program at the front of the queue of direct messages, each once, and says what became of everybody. Whoever
// runs, ended or asked to be left alone is passed over.
func Prepare(ctx context.Context, tx *db.Tx, box *secret.Box, program programs.ID, these []partnerships.ID) (all []Outcome, err error) {
	if len(these) > MostEnrolled {
		return nil, fault.Invalidf("Prepare at most %d messages at once.", MostEnrolled).In("partnership_ids")
	}
	these = slices.Clone(these)
	slices.Sort(these)
	for _, one := range slices.Compact(these) {
		skip, err := prepare(ctx, tx, box, program, one)
		if err != nil {
			return nil, err
		}
		all = append(all, Outcome{one, skip})
	}
	return all, nil
}

func prepare(ctx context.Context, tx *db.Tx, box *secret.Box, program programs.ID, one partnerships.ID) (Stop, error) {
	c, err := FindCandidate(ctx, tx, one)
	if err != nil {
		return "", err
	}
	if c.Partnership.Program != program {
		return "", fault.NotFound("partnership")
	}
	alone, err := Alone(ctx, tx, box, c.Partnership, c.Creator)
	switch {
	case err != nil:
		return "", err
	case alone:
		return StopAlone, nil
	case !c.Partnership.Status.Open():
		return StopStatus, nil
	case !slices.ContainsFunc(c.Creator.Profiles, func(p creators.Profile) bool { return TakesDirect(p.Platform) }):
		return SkipAccount, nil
	}
	fresh, err := tx.Exec(ctx, `insert into outreach_prepared (partnership_id, program_id, prepared_by, prepared_at) values ($1, $2, $3, $4) on conflict (partnership_id) do nothing`,
		one, program, auth.From(ctx).Name, db.Micros(tx.Now()))
	if err != nil {
		return "", fmt.Errorf("cannot prepare a message to %s: %w", one, err)
	}
	if fresh == 0 {
		return SkipPrepared, nil
	}
	return "", nil
}

// prepared lists those somebody chose, in the order in which they were chosen.
func prepared(ctx context.Context, tx *db.Tx, program programs.ID) ([]partnerships.ID, error) {
	var open []any // with the others nobody talks any more
	for _, s := range partnerships.Statuses {
		if s.Open() {
			open = append(open, s)
		}
	}
	ids, err := db.All(ctx, tx, db.Column[partnerships.ID], `select w.partnership_id from outreach_prepared w join partnerships p on p.id = w.partnership_id
		where w.program_id = $1 and not exists (select 1 from outreach_skips s where s.partnership_id = p.id and s.until_at > $2)
		and exists (select 1 from profiles a where a.creator_id = p.creator_id and a.platform <> $3)
		and p.status in `+db.List(len(open), 4)+`
		order by w.prepared_at, w.partnership_id limit $4`, append([]any{program, db.Micros(tx.Now()), creators.PlatformYouTube, MostEnrolled}, open...)...)
	if err != nil {
		return nil, fmt.Errorf("cannot list who was chosen in %s: %w", program, err)
	}
	return ids, nil
}

// PreparedIn counts those somebody chose who wait for their message.
func PreparedIn(ctx context.Context, tx *db.Tx, program programs.ID) (int, error) {
	ids, err := prepared(ctx, tx, program)
	return len(ids), err
}

// written takes somebody out of the front of the queue.
func written(ctx context.Context, tx *db.Tx, partnership partnerships.ID) error {
	if _, err := tx.Exec(ctx, `delete from outreach_prepared where partnership_id = $1`, partnership); err != nil {
		return fmt.Errorf("cannot take %s out of the queue: %w", partnership, err)
	}
	return nil
}

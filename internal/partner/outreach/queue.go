package outreach

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// Candidate is who is next to write to by hand.
type Candidate struct {
	Partnership partnerships.Partnership
	Creator     creators.Creator
}

// Bounds of a look for one who may be written to: so many prospects at once, and so many times.
const (
	lookedAtOnce = 100
	mostLooks    = 20
)

// TakesDirect reports whether strangers can be written to on a platform: YouTube has had no messages between its users since September 2019
// (support.google.com/youtube, "Changes to YouTube Messages").
func TakesDirect(p creators.Platform) bool { return p != creators.PlatformYouTube }

// NextUp returns who is next to write to: first those somebody chose (Prepare), then the prospects after another one. Nobody is offered who has no
// account that takes messages, was put off or asked to be left alone. After 2,000 who did, nobody is found: more prospects than that are not written
// to by hand.
func NextUp(ctx context.Context, tx *db.Tx, box *secret.Box, program programs.ID, after partnerships.ID) (c Candidate, found bool, err error) {
	first, err := prepared(ctx, tx, program)
	if err != nil {
		return c, false, err
	}
	if c, found, err = firstReachable(ctx, tx, box, first); err != nil || found {
		return c, found, err
	}
	for range mostLooks {
		ids, err := waiting(ctx, tx, program, after)
		if err != nil || len(ids) == 0 {
			return Candidate{}, false, err
		}
		if c, found, err = firstReachable(ctx, tx, box, ids); err != nil || found {
			return c, found, err
		}
		after = ids[len(ids)-1]
	}
	return Candidate{}, false, nil
}

// firstReachable returns the first with whom talks are open and who did not ask to be left alone.
func firstReachable(ctx context.Context, tx *db.Tx, box *secret.Box, ids []partnerships.ID) (c Candidate, found bool, err error) {
	for _, one := range ids {
		if c, err = FindCandidate(ctx, tx, one); err != nil {
			return c, false, err
		}
		if !c.Partnership.Status.Open() {
			continue
		}
		if alone, err := Alone(ctx, tx, box, c.Partnership, c.Creator); err != nil || !alone {
			return c, err == nil, err
		}
	}
	return Candidate{}, false, nil
}

// waiting lists the next prospects of a program who could be written to, whatever they asked for.
func waiting(ctx context.Context, tx *db.Tx, program programs.ID, after partnerships.ID) ([]partnerships.ID, error) {
	held, args, err := partnerships.Filter{Program: program, Status: partnerships.StatusProspect}.Holds("p.id", []any{after, db.Micros(tx.Now()), lookedAtOnce, creators.PlatformYouTube})
	if err != nil {
		return nil, err
	}
	ids, err := db.All(ctx, tx, db.Column[partnerships.ID], `select p.id from partnerships p where p.id > $1 and `+held+`
		and exists (select 1 from profiles a where a.creator_id = p.creator_id and a.platform <> $4)
		and not exists (select 1 from outreach_skips s where s.partnership_id = p.id and s.until_at > $2) order by p.id limit $3`, args...)
	if err != nil {
		return nil, fmt.Errorf("cannot find who is next in %s: %w", program, err)
	}
	return ids, nil
}

// FindCandidate reads a partnership with its creator.
func FindCandidate(ctx context.Context, tx *db.Tx, id partnerships.ID) (c Candidate, err error) {
	if c.Partnership, err = partnerships.Find(ctx, tx, id); err != nil {
		return c, err
	}
	c.Creator, err = creators.Find(ctx, tx, c.Partnership.Creator)
	return c, err
}

// PutOff keeps somebody out of the queue until a moment.
func PutOff(ctx context.Context, tx *db.Tx, partnership partnerships.ID, until time.Time) error {
	_, err := tx.Exec(ctx, `insert into outreach_skips (partnership_id, until_at) values ($1, $2) on conflict (partnership_id) do update set until_at = excluded.until_at`,
		partnership, db.Micros(until))
	if err != nil {
		return fmt.Errorf("cannot put off %s: %w", partnership, err)
	}
	return nil
}

// twiceWithin is how long the same words to the same person are one message: a second click, a second tab.
const twiceWithin = 10 * time.Minute

// Note keeps a direct message that a person sent or received on a platform. Noting the same words again within twiceWithin changes nothing.
func Note(ctx context.Context, tx *db.Tx, n New) (noted bool, err error) {
	if _, err := partnerships.Hold(ctx, tx, n.Partnership); err != nil {
		return false, err
	}
	last, _, err := Thread(ctx, tx, n.Partnership, db.Page{Limit: 1})
	if err != nil {
		return false, err
	}
	body, err := partnerships.Prose(n.Body, longestBody, "body")
	if err != nil {
		return false, err
	}
	if len(last) == 1 && last[0].From == n.From && last[0].Body == body && tx.Now().Sub(last[0].At) < twiceWithin {
		return false, nil
	}
	n.Channel = ChannelDM
	m, err := Send(ctx, tx, n)
	if err == nil && n.From == SideCreator {
		_, err = MarkRead(ctx, tx, n.Partnership, SideBrand, m.ID) // who notes it has read it
	}
	if err == nil { // either way the message that was prepared is not the next one to write
		err = written(ctx, tx, n.Partnership)
	}
	return err == nil, err
}

// SentSince counts the direct messages that a program's people sent since a moment.
func SentSince(ctx context.Context, tx *db.Tx, program programs.ID, since time.Time) (n int64, err error) {
	err = tx.QueryRow(ctx, `select count(*) from messages where program_id = $1 and channel = $2 and from_creator = $3 and at >= $4`,
		program, ChannelDM, false, db.Micros(since)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("cannot count the direct messages of %s: %w", program, err)
	}
	return n, nil
}

// LongestDM is how many characters a direct message has here: Instagram's messaging takes 1,000 (developers.facebook.com, "Send API"), and where a
// platform names no bound nobody reads more either.
const LongestDM = 1000

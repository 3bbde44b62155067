package outreach

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
)

// Pace bounds the mails of a program's sequences.
type Pace struct{ PerDay, PerHour int64 }

// UsualPace is what a program has that chose none; rampStart is its first day. Both are ours: mail services want new senders to begin small and to grow
// by steps (support.google.com/a, "Email sender guidelines": "increase the sending volume slowly"), and name no number.
var UsualPace = Pace{PerDay: 100, PerHour: 20}

const rampStart = 20

// Bounds of a pace.
const (
	MostPerDay  = 1000
	MostPerHour = 200
)

func (p Pace) check() error {
	if p.PerDay < 1 || p.PerDay > MostPerDay {
		return fault.Invalidf("1 to %d mails a day.", MostPerDay).In("per_day")
	}
	if p.PerHour < 1 || p.PerHour > MostPerHour {
		return fault.Invalidf("1 to %d mails an hour.", MostPerHour).In("per_hour")
	}
	return nil
}

// Traffic is what a program's sequences have sent.
type Traffic struct {
	Days     int64 // earlier days on which anything was sent
	Today    int64
	LastHour int64
	LastAt   time.Time // zero: nothing yet
}

// Allowance is how many mails may leave now.
type Allowance struct {
	Room  int64
	Today int64 // the day's bound, which grows from day to day until it is the pace's
}

// Allow is pure. The first day has 20 mails, each further day on which something is sent half as many again (20, 30, 45, 67 …), until the pace's bound
// for a day is reached; mails are spaced evenly over the hour.
func Allow(p Pace, t Traffic, now time.Time) Allowance {
	a := Allowance{Today: rampStart}
	for range min(t.Days, 20) {
		a.Today += a.Today / 2
	}
	a.Today = min(a.Today, p.PerDay)
	gap := time.Hour / time.Duration(p.PerHour)
	spaced := int64(1)
	if !t.LastAt.IsZero() {
		spaced = int64(min(now.Sub(t.LastAt), time.Minute+gap) / gap) // what was not sent during a pause is not caught up with at once
	}
	a.Room = max(0, min(a.Today-t.Today, p.PerHour-t.LastHour, spaced))
	return a
}

// PaceOf returns the pace of a program.
func PaceOf(ctx context.Context, tx *db.Tx, program programs.ID) (Pace, error) {
	p, found, err := db.One(ctx, tx, scanPace, `select per_day, per_hour from sending_pace where program_id = $1`, program)
	if err != nil {
		return p, fmt.Errorf("cannot read the pace of %s: %w", program, err)
	}
	if !found {
		return UsualPace, nil
	}
	return p, nil
}

func scanPace(s db.Scanner) (p Pace, err error) {
	err = s.Scan(&p.PerDay, &p.PerHour)
	return p, err
}

// SetPace chooses the pace of a program. Faults speak of per_day and per_hour.
func SetPace(ctx context.Context, tx *db.Tx, program programs.ID, p Pace) error {
	if err := p.check(); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `insert into sending_pace (program_id, per_day, per_hour, held_at) values ($1, $2, $3, $4)
		on conflict (program_id) do update set per_day = excluded.per_day, per_hour = excluded.per_hour`, program, p.PerDay, p.PerHour, db.Micros(tx.Now()))
	return err
}

// holdPace lets nobody else send for the program until the transaction ends, and returns its pace.
func holdPace(ctx context.Context, tx *db.Tx, program programs.ID) (Pace, error) {
	p, _, err := db.One(ctx, tx, scanPace, `insert into sending_pace (program_id, per_day, per_hour, held_at) values ($1, $2, $3, $4)
		on conflict (program_id) do update set held_at = excluded.held_at returning per_day, per_hour`, program, UsualPace.PerDay, UsualPace.PerHour, db.Micros(tx.Now()))
	if err != nil {
		return p, fmt.Errorf("cannot hold the sending of %s: %w", program, err)
	}
	return p, nil
}

// mostRampDays is how many earlier days are looked at: after so many the ramp is above every pace.
const mostRampDays = 12

// TrafficOf counts what a program's sequences have sent. A day is one of the program's zone.
func TrafficOf(ctx context.Context, tx *db.Tx, program programs.Program) (t Traffic, err error) {
	now := tx.Now().In(program.Location())
	year, month, day := now.Date()
	today := time.Date(year, month, day, 0, 0, 0, 0, program.Location())
	err = tx.QueryRow(ctx, `select count(*) filter (where at >= $2), count(*) filter (where at > $3), max(at) from sequence_sends where program_id = $1 and at >= $4`,
		program.ID, db.Micros(today), db.Micros(now.Add(-time.Hour)), db.Micros(today.AddDate(0, 0, -1))).Scan(&t.Today, &t.LastHour, db.ScanTime(&t.LastAt))
	if err != nil {
		return t, fmt.Errorf("cannot count what was sent for %s: %w", program.ID, err)
	}
	for t.Days < mostRampDays { // one look at the index for each earlier day
		var last time.Time
		err := tx.QueryRow(ctx, `select max(at) from sequence_sends where program_id = $1 and at < $2`, program.ID, db.Micros(today)).Scan(db.ScanTime(&last))
		if err != nil {
			return t, fmt.Errorf("cannot count the sending days of %s: %w", program.ID, err)
		}
		if last.IsZero() {
			return t, nil
		}
		year, month, day = last.In(program.Location()).Date()
		today = time.Date(year, month, day, 0, 0, 0, 0, program.Location())
		t.Days++
	}
	return t, nil
}

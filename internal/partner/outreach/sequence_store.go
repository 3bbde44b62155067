package outreach

import (
	"context"
	"encoding/json"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
)

const sequenceColumns = `id, program_id, name, steps, sender, created_at, stopped_at`

func scanSequence(s db.Scanner) (q Sequence, err error) {
	var steps string
	if err := s.Scan(&q.ID, &q.Program, &q.Name, &steps, &q.Sender, db.ScanTime(&q.CreatedAt), db.ScanTime(&q.StoppedAt)); err != nil {
		return q, err
	}
	return q, json.Unmarshal([]byte(steps), &q.Steps)
}

// CreateSequence makes a sequence. Faults speak of name and steps.
func CreateSequence(ctx context.Context, tx *db.Tx, q Sequence) (Sequence, error) {
	q, err := q.check()
	if err != nil {
		return q, err
	}
	all, err := Sequences(ctx, tx, q.Program)
	if err != nil {
		return q, err
	}
	if len(all) >= mostSequences {
		return q, fault.Invalidf("A program has at most %d sequences.", mostSequences).In("name")
	}
	steps, err := json.Marshal(q.Steps)
	if err != nil {
		return q, fmt.Errorf("cannot write the steps of a sequence: %w", err)
	}
	q.ID, q.CreatedAt = SequenceID(id.New(SequencePrefix, tx.Now())), tx.Now()
	_, err = tx.Exec(ctx, `insert into sequences (`+sequenceColumns+`) values ($1, $2, $3, $4, $5, $6, null)`,
		q.ID, q.Program, q.Name, string(steps), q.Sender, db.Micros(q.CreatedAt))
	if err != nil {
		return q, fmt.Errorf("cannot store a sequence: %w", err)
	}
	return q, nil
}

// Sequences lists a program's sequences, the newest first.
func Sequences(ctx context.Context, tx *db.Tx, program programs.ID) ([]Sequence, error) {
	all, err := db.All(ctx, tx, scanSequence, `select `+sequenceColumns+` from sequences where program_id = $1 order by id desc limit $2`, program, mostSequences)
	if err != nil {
		return nil, fmt.Errorf("cannot list the sequences of %s: %w", program, err)
	}
	return all, nil
}

// FindSequence reads a sequence of any program: the caller looks whose it is.
func FindSequence(ctx context.Context, tx *db.Tx, sequence SequenceID) (Sequence, error) {
	q, found, err := db.One(ctx, tx, scanSequence, `select `+sequenceColumns+` from sequences where id = $1`, sequence)
	if err != nil {
		return q, fmt.Errorf("cannot read sequence %s: %w", sequence, err)
	}
	if !found {
		return q, fault.NotFound("sequence")
	}
	return q, nil
}

// StopSequence ends a sequence: nobody gets another mail of it. Stopping it twice changes nothing more.
func StopSequence(ctx context.Context, tx *db.Tx, program programs.ID, sequence SequenceID) error {
	changed, err := tx.Exec(ctx, `update sequences set stopped_at = coalesce(stopped_at, $3) where id = $1 and program_id = $2`, sequence, program, db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot stop sequence %s: %w", sequence, err)
	}
	if changed == 0 {
		return fault.NotFound("sequence")
	}
	return nil
}

// Progress is how far those enrolled in a sequence have come.
type Progress struct{ Running, Done, Stopped, Replied, Sent int64 }

// ProgressOf returns the progress of a program's sequences; those nobody is enrolled in are left out.
func ProgressOf(ctx context.Context, tx *db.Tx, program programs.ID) (map[SequenceID]Progress, error) {
	type line struct {
		sequence SequenceID
		Progress
	}
	lines, err := db.All(ctx, tx, func(s db.Scanner) (l line, err error) {
		err = s.Scan(&l.sequence, &l.Running, &l.Done, &l.Stopped, &l.Replied, &l.Sent)
		return l, err
	}, `select sequence_id, count(*) filter (where state = $2), count(*) filter (where state = $3), count(*) filter (where state = $4),
			count(*) filter (where reason = $5), coalesce(sum(step), 0) from enrolments where program_id = $1 group by sequence_id limit $6`,
		program, Running, Done, Stopped, StopReplied, mostSequences)
	if err != nil {
		return nil, fmt.Errorf("cannot count the enrolments of %s: %w", program, err)
	}
	of := make(map[SequenceID]Progress, len(lines))
	for _, l := range lines {
		of[l.sequence] = l.Progress
	}
	return of, nil
}

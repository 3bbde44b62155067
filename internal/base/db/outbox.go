package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"rapport/internal/base/id"
)

// Event is something that happened and was committed. It holds no personal data: ids, amounts and times only.
type Event struct {
	ID      string
	Seq     int64 // position among all events; rises in the order in which commits became visible
	Topic   string
	Program string // the program it belongs to, or ""
	Payload json.RawMessage
	At      time.Time
}

// Decode reads the event's payload into v.
func (e Event) Decode(v any) error {
	if err := json.Unmarshal(e.Payload, v); err != nil {
		return fmt.Errorf("cannot read event %s of %s: %w", e.ID, e.Topic, err)
	}
	return nil
}

// Emit makes an event part of the transaction. Consumers see it after the commit, each once.
//
// The row carries no sequence yet: a number taken now could become visible after a higher one of a quicker transaction, and a consumer whose
// cursor has passed would never see it. One sequencer numbers rows that are committed.
func (tx *Tx) Emit(ctx context.Context, topic, program string, payload any) error {
	body, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("cannot write event %s: %w", topic, err)
	}
	tx.events = append(tx.events, id.New("evt", tx.now), topic, program, string(body), Micros(tx.now))
	tx.emitted = true
	if len(tx.events) >= mostEvents*eventColumns {
		return tx.writeEvents(ctx)
	}
	return nil
}

const (
	eventColumns = 5
	mostEvents   = 8 // written by one statement
)

// writeEvents writes what was emitted. It runs when the closure has returned, so that an update's events cost one statement.
func (tx *Tx) writeEvents(ctx context.Context) error {
	if len(tx.events) == 0 {
		return nil
	}
	err := tx.Later(ctx, `insert into outbox (id, topic, program_id, payload, created_at) values `+Values(len(tx.events)/eventColumns, eventColumns), tx.events...)
	tx.events = nil
	if err != nil {
		return fmt.Errorf("cannot emit: %w", err)
	}
	return nil
}

// Consumer reacts to events in order. Handle and the cursor's step share one transaction, so an event's effect happens once. Handle must not
// emit into its own topic.
type Consumer struct {
	Name   string // stable: it names the cursor
	Topics []string
	Handle func(ctx context.Context, tx *Tx, e Event) error
}

const (
	sequenceChunk = 500
	consumeChunk  = 100
	consumeTries  = 5                      // then the event is parked with an alarm
	outboxPause   = 500 * time.Millisecond // how often other processes' commits are looked for
)

// RunOutbox numbers committed events and hands them to the consumers until ctx ends. Every process may run it; per consumer one at a time works.
func (d *DB) RunOutbox(ctx context.Context, consumers ...Consumer) {
	tick := time.NewTicker(outboxPause)
	defer tick.Stop()
	for {
		if err := d.DrainOutbox(ctx, consumers...); err != nil && ctx.Err() == nil {
			d.log.Error("events are not moving", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-d.committed.c:
		case <-tick.C:
		}
	}
}

// DrainOutbox numbers what is committed and lets every consumer catch up. Tests call it instead of waiting.
func (d *DB) DrainOutbox(ctx context.Context, consumers ...Consumer) error {
	for more := true; more; {
		var err error
		if more, err = d.sequence(ctx); err != nil {
			return err
		}
	}
	var errs []error
	for _, c := range consumers {
		for more := true; more && ctx.Err() == nil; {
			var err error
			if more, err = d.consume(ctx, c); err != nil {
				errs = append(errs, fmt.Errorf("consumer %s: %w", c.Name, err))
				more = false
			}
		}
	}
	return errors.Join(errs...)
}

// sequence numbers a chunk of committed events. It reports whether there may be more.
func (d *DB) sequence(ctx context.Context) (more bool, err error) {
	var waiting bool
	if err := d.View(ctx, func(tx *Tx) error {
		return tx.QueryRow(ctx, `select exists (select 1 from outbox where seq is null)`).Scan(&waiting)
	}); err != nil || !waiting {
		return false, err
	}
	var numbered int64
	err = d.Update(ctx, func(tx *Tx) (err error) {
		if err := tx.Lock(ctx, "outbox sequencer"); err != nil {
			return err
		}
		var last int64
		if err := tx.QueryRow(ctx, `select last from outbox_sequence where id = 1`).Scan(&last); err != nil {
			return err
		}
		if numbered, err = tx.Exec(ctx, `update outbox set seq = n.seq from
				(select id, $1 + row_number() over (order by created_at, id) as seq from outbox where seq is null order by created_at, id limit $2) n
			where outbox.id = n.id`, last, sequenceChunk); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update outbox_sequence set last = $1 where id = 1`, last+numbered)
		return err
	})
	return numbered == sequenceChunk, err
}

// consume hands the consumer its next chunk, one transaction an event. It reports whether there may be more.
func (d *DB) consume(ctx context.Context, c Consumer) (more bool, err error) {
	var cursor, end int64
	var events []Event
	err = d.View(ctx, func(tx *Tx) (err error) {
		if cursor, _, err = One(ctx, tx, Column[int64], `select seq from outbox_cursors where consumer = $1`, c.Name); err != nil {
			return err
		}
		if events, err = All(ctx, tx, scanEvent, `select id, seq, topic, program_id, payload, created_at from outbox
			where seq > $1 order by seq limit $2`, cursor, consumeChunk); err != nil || len(events) == 0 {
			return err
		}
		end = events[len(events)-1].Seq
		return nil
	})
	if err != nil || len(events) == 0 {
		return false, err
	}
	for _, e := range events {
		if !c.wants(e.Topic) {
			continue
		}
		if err := d.handle(ctx, c, e); err != nil {
			return false, err
		}
	}
	err = d.Update(ctx, func(tx *Tx) error { return moveCursor(ctx, tx, c.Name, end) })
	return len(events) == consumeChunk, err
}

func (c Consumer) wants(topic string) bool {
	for _, t := range c.Topics {
		if t == topic {
			return true
		}
	}
	return false
}

// handle runs one event, tries a failing one again, and parks it when it stays poisonous so that those behind it go on.
func (d *DB) handle(ctx context.Context, c Consumer, e Event) error {
	var failed error
	for range consumeTries {
		failed = d.Update(ctx, func(tx *Tx) error {
			if done, err := alreadyPast(ctx, tx, c.Name, e.Seq); done || err != nil {
				return err
			}
			if err := c.Handle(ctx, tx, e); err != nil {
				return err
			}
			return moveCursor(ctx, tx, c.Name, e.Seq)
		})
		if failed == nil || ctx.Err() != nil {
			return failed
		}
	}
	d.log.Error("an event is parked", "consumer", c.Name, "event", e.ID, "topic", e.Topic, "error", failed)
	return d.Update(ctx, func(tx *Tx) error {
		if done, err := alreadyPast(ctx, tx, c.Name, e.Seq); done || err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `insert into outbox_parked (consumer, event_id, error, parked_at) values ($1, $2, $3, $4)`,
			c.Name, e.ID, failed.Error(), Micros(tx.Now())); err != nil {
			return err
		}
		return moveCursor(ctx, tx, c.Name, e.Seq)
	})
}

func alreadyPast(ctx context.Context, tx *Tx, consumer string, seq int64) (bool, error) {
	if err := tx.Lock(ctx, "outbox consumer "+consumer); err != nil {
		return false, err
	}
	cursor, _, err := One(ctx, tx, Column[int64], `select seq from outbox_cursors where consumer = $1`, consumer)
	return cursor >= seq, err
}

// moveCursor never moves back, so a slower process cannot undo a quicker one.
func moveCursor(ctx context.Context, tx *Tx, consumer string, seq int64) error {
	_, err := tx.Exec(ctx, `insert into outbox_cursors (consumer, seq) values ($1, $2)
		on conflict (consumer) do update set seq = excluded.seq where outbox_cursors.seq < excluded.seq`, consumer, seq)
	return err
}

func scanEvent(s Scanner) (e Event, err error) {
	var payload string
	err = s.Scan(&e.ID, &e.Seq, &e.Topic, &e.Program, &payload, ScanTime(&e.At))
	e.Payload = json.RawMessage(payload)
	return e, err
}

// OutboxState is what an operator needs to know about events.
type OutboxState struct {
	Waiting int64 // committed, not numbered yet
	Parked  int64 // given up on; each needs a look
}

// Outbox reports the state of events.
func Outbox(ctx context.Context, tx *Tx) (s OutboxState, err error) {
	err = tx.QueryRow(ctx, `select (select count(*) from outbox where seq is null), (select count(*) from outbox_parked)`).
		Scan(&s.Waiting, &s.Parked)
	return s, err
}

// TrimOutbox removes at most limit events older than before that every known consumer has passed.
func TrimOutbox(ctx context.Context, tx *Tx, before time.Time, limit int) (int64, error) {
	return tx.Exec(ctx, `delete from outbox where id in (select id from outbox where created_at < $1
		and seq <= (select coalesce(min(seq), 0) from outbox_cursors) order by seq limit $2)`, Micros(before), limit)
}

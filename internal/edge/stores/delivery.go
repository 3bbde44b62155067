package stores

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/track/conversions"
)

// Outcome is what became of a delivery.
type Outcome string

// The outcomes.
const (
	OutcomeTaken   Outcome = "taken"   // it brought an order, a refund or a cancel
	OutcomeIgnored Outcome = "ignored" // it says nothing that counts; Detail says why
)

// Delivery is one request of a shop.
type Delivery struct {
	ID         string
	Connection ConnectionID
	Program    programs.ID
	Source     Store
	Key        string // the same when it is delivered again
	Topic      string
	ReceivedAt time.Time
	Outcome    Outcome
	Detail     string
	Conversion conversions.ID
}

// KeepRaw is how long raw bodies and headers are kept.
const KeepRaw = 30 * 24 * time.Hour

const deliveryPurpose = "delivery"

// Receive keeps a delivery once. It returns false for one that was received before.
func Receive(ctx context.Context, tx *db.Tx, box *secret.Box, c Connection, key, topic string, raw, headers []byte) (d Delivery, first bool, err error) {
	sum := sha256.Sum256(raw)
	if key == "" { // a sender without ids: the same content on the same topic is the same delivery
		key = topic + " " + hex.EncodeToString(sum[:])
	}
	sealedRaw, err := box.Seal(deliveryPurpose, raw)
	if err != nil {
		return d, false, err
	}
	sealedHeaders, err := box.Seal(deliveryPurpose, headers)
	if err != nil {
		return d, false, err
	}
	d = Delivery{ID: id.New("dlv", tx.Now()), Connection: c.ID, Program: c.Program, Source: c.Store, Key: key, Topic: topic, ReceivedAt: tx.Now()}
	rows, err := tx.Exec(ctx, `insert into deliveries (id, program_id, connection_id, source, delivery_key, topic, received_at, raw, headers, body_sha256, outcome, detail)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '') on conflict (connection_id, delivery_key) do nothing`,
		d.ID, d.Program, d.Connection, d.Source, d.Key, d.Topic, db.Micros(d.ReceivedAt), sealedRaw, sealedHeaders, sum[:])
	if err != nil {
		return d, false, fmt.Errorf("cannot keep a delivery: %w", err)
	}
	return d, rows == 1, nil
}

// Finish notes what became of a delivery, and that its connection is alive.
func Finish(ctx context.Context, tx *db.Tx, d Delivery, outcome Outcome, detail string, conversion conversions.ID) error {
	if _, err := tx.Exec(ctx, `update deliveries set outcome = $1, detail = $2, conversion_id = $3 where id = $4`, outcome, detail, db.OrNull(conversion), d.ID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update store_connections set last_seen_at = $1 where id = $2`, db.Micros(tx.Now()), d.Connection)
	return err
}

// Deliveries lists what a program's shops sent, newest first. The cursor is a delivery's id.
func Deliveries(ctx context.Context, tx *db.Tx, program programs.ID, p db.Page) ([]Delivery, string, error) {
	before := p.After
	if before == "" {
		before = "~" // sorts after every id
	}
	found, err := db.All(ctx, tx, func(s db.Scanner) (d Delivery, err error) {
		err = s.Scan(&d.ID, &d.Connection, &d.Program, &d.Source, &d.Key, &d.Topic, db.ScanTime(&d.ReceivedAt), &d.Outcome, &d.Detail, db.Nullable(&d.Conversion))
		return d, err
	}, `select id, connection_id, program_id, source, delivery_key, topic, received_at, outcome, detail, conversion_id from deliveries
		where program_id = $1 and id < $2 order by id desc limit $3`, program, before, p.Bound()+1)
	if err != nil {
		return nil, "", err
	}
	found, next := db.Cut(found, p, func(d Delivery) string { return d.ID })
	return found, next, nil
}

// ForgetRaw removes at most limit raw bodies received before. Their hashes stay.
func ForgetRaw(ctx context.Context, tx *db.Tx, before time.Time, limit int) (int64, error) {
	return tx.Exec(ctx, `update deliveries set raw = null, headers = null
		where id in (select id from deliveries where received_at < $1 and raw is not null order by received_at limit $2)`, db.Micros(before), limit)
}

package ledger

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"rapport/internal/base/db"
)

// sealDeadline is how long a transaction may stay unsealed before something is wrong with the sealer.
const sealDeadline = 10 * time.Second

const (
	verifyChunk  = 1000
	mostFindings = 100
)

// Report is what Verify found. No findings is a healthy ledger.
type Report struct {
	Transactions int64 // sealed and checked
	Findings     []string
}

func (r *Report) found(format string, args ...any) {
	if len(r.Findings) < mostFindings {
		r.Findings = append(r.Findings, fmt.Sprintf(format, args...))
	}
}

// Verify walks the whole chain, sums every transaction and builds every balance again from its entries, all on one state of the database.
func Verify(ctx context.Context, d *db.DB) (r Report, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		if err := verifyChain(ctx, tx, &r); err != nil {
			return err
		}
		for _, check := range []func(context.Context, *db.Tx, *Report) error{verifyUnsealed, verifySums, verifyBalances} {
			if err := check(ctx, tx, &r); err != nil {
				return err
			}
		}
		return nil
	})
	return r, err
}

func verifyChain(ctx context.Context, tx *db.Tx, r *Report) error {
	end, endHash, err := sealedSoFar(ctx, tx)
	if err != nil {
		return err
	}
	last := genesis
	position := int64(0)
	for position < end {
		chunk, err := transactions(ctx, tx, `position > $1 order by position limit $2`, position, verifyChunk)
		if err != nil {
			return err
		}
		stored, err := db.All(ctx, tx, scanLink, `select prev_hash, hash from ledger_transactions where position > $1 order by position limit $2`,
			position, verifyChunk)
		if err != nil {
			return err
		}
		if len(chunk) == 0 || len(chunk) != len(stored) {
			r.found("the chain ends at %d, but %d transactions were sealed", position, end)
			return nil
		}
		for i, s := range chunk {
			if position++; s.Position != position {
				r.found("transaction %d of the chain is missing", position)
				position = s.Position
			}
			previous := last
			last = s.hash(previous)
			if !bytes.Equal(previous, stored[i].previous) || !bytes.Equal(last, stored[i].hash) {
				r.found("transaction %s at position %d is not what was sealed", s.ID, s.Position)
				last = stored[i].hash // go on from what is stored, so that one change is one finding
			}
			r.Transactions++
		}
	}
	if !bytes.Equal(last, endHash) {
		r.found("the chain does not end in the sealed hash")
	}
	return nil
}

// link is what a sealed transaction says of its place in the chain.
type link struct{ previous, hash []byte }

func scanLink(s db.Scanner) (l link, err error) { return l, s.Scan(&l.previous, &l.hash) }

func verifyUnsealed(ctx context.Context, tx *db.Tx, r *Report) error {
	var late int64
	err := tx.QueryRow(ctx, `select count(*) from ledger_transactions where position is null and at < $1`, db.Micros(tx.Now().Add(-sealDeadline))).Scan(&late)
	if late > 0 {
		r.found("%d transactions wait for longer than %s to be sealed", late, sealDeadline)
	}
	return err
}

func verifySums(ctx context.Context, tx *db.Tx, r *Report) error {
	off, err := db.All(ctx, tx, db.Column[string], `select transaction_id from ledger_entries group by transaction_id, currency
		having sum(amount_minor) <> 0 order by transaction_id limit $1`, mostFindings)
	for _, t := range off {
		r.found("transaction %s does not sum to zero", t)
	}
	return err
}

// verifyBalances compares every balance row with the sum of its entries, in both directions.
func verifyBalances(ctx context.Context, tx *db.Tx, r *Report) error {
	off, err := db.All(ctx, tx, db.Column[string], `
		select s.program_id || ' ' || s.creator_id || ' ' || s.currency
		from (select program_id, creator_id, currency,
				coalesce(sum(amount_minor) filter (where account = 'pending'), 0) as pending,
				coalesce(sum(amount_minor) filter (where account = 'available'), 0) as available,
				coalesce(sum(amount_minor) filter (where account = 'in_transit'), 0) as in_transit,
				coalesce(sum(amount_minor) filter (where account = 'paid'), 0) as paid
			from ledger_entries where creator_id <> '' group by program_id, creator_id, currency) s
		left join balances b on b.program_id = s.program_id and b.creator_id = s.creator_id and b.currency = s.currency
		where b.creator_id is null or b.pending_minor <> s.pending or b.available_minor <> s.available
			or b.in_transit_minor <> s.in_transit or b.paid_minor <> s.paid
		order by 1 limit $1`, mostFindings)
	if err != nil {
		return err
	}
	for _, balance := range off {
		r.found("the balance of %s is not the sum of its entries", balance)
	}
	alone, err := db.All(ctx, tx, db.Column[string], `select b.program_id || ' ' || b.creator_id || ' ' || b.currency from balances b
		where not exists (select 1 from ledger_entries e where e.program_id = b.program_id and e.creator_id = b.creator_id and e.currency = b.currency)
		order by 1 limit $1`, mostFindings)
	for _, balance := range alone {
		r.found("the balance of %s has no entries", balance)
	}
	return err
}

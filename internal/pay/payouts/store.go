package payouts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/pay/commissions"
	"rapport/internal/recruit/creators"
)

func insertBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	_, err := tx.Exec(ctx, `insert into payout_batches (id, program_id, currency, rail, status, total_minor, items, prepared_by, prepared_name, approved_by,
			approved_name, created_at, sent_by, sent_name, reached, file_name, file_type)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', $10, '', '', '', '', '')`,
		b.ID, b.Program, b.Currency, b.Rail, b.Status, b.Total.Minor, b.Items, b.PreparedBy, b.PreparedName, db.Micros(b.CreatedAt))
	if err != nil {
		return fmt.Errorf("cannot store a batch: %w", err)
	}
	return nil
}

// saveBatch stores how far a batch has come. The file is stored by saveFile alone.
func saveBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	_, err := tx.Exec(ctx, `update payout_batches set status = $1, total_minor = $2, items = $3, approved_by = $4, approved_name = $5, approved_at = $6,
			sent_by = $7, sent_name = $8, sent_at = $9, cancelled_at = $10, reached = $11 where id = $12`,
		b.Status, b.Total.Minor, b.Items, b.ApprovedBy, b.ApprovedName, db.MicrosOrNull(b.ApprovedAt), b.SentBy, b.SentName, db.MicrosOrNull(b.SentAt),
		db.MicrosOrNull(b.CancelledAt), b.reached, b.ID)
	if err != nil {
		return fmt.Errorf("cannot store batch %s: %w", b.ID, err)
	}
	return nil
}

const batchColumns = `id, program_id, currency, rail, status, total_minor, items, prepared_by, prepared_name, approved_by, approved_name, sent_by, sent_name,
	created_at, approved_at, sent_at, cancelled_at, file_name, file_sha256, reached, file_sha256 is not null`

func scanBatch(s db.Scanner) (b Batch, err error) {
	err = s.Scan(&b.ID, &b.Program, &b.Currency, &b.Rail, &b.Status, &b.Total.Minor, &b.Items, &b.PreparedBy, &b.PreparedName, &b.ApprovedBy, &b.ApprovedName,
		&b.SentBy, &b.SentName, db.ScanTime(&b.CreatedAt), db.ScanTime(&b.ApprovedAt), db.ScanTime(&b.SentAt), db.ScanTime(&b.CancelledAt), &b.FileName,
		&b.FileSHA256, &b.reached, &b.hasFile)
	b.Total.Currency = b.Currency
	return b, err
}

// Find returns a batch of any program; the caller checks access to its program.
func Find(ctx context.Context, tx *db.Tx, id ID) (Batch, error) {
	b, found, err := db.One(ctx, tx, scanBatch, `select `+batchColumns+` from payout_batches where id = $1`, id)
	if err == nil && !found {
		err = fault.NotFound("payout")
	}
	return b, err
}

// Filter narrows List. Program is required.
type Filter struct {
	Program programs.ID
	Status  Status
}

// List returns batches of a program, newest first. The cursor is a batch's id.
func List(ctx context.Context, tx *db.Tx, f Filter, p db.Page) ([]Batch, string, error) {
	found, err := db.All(ctx, tx, scanBatch, `select `+batchColumns+` from payout_batches
		where program_id = $1 and ($2 or id < $3) and ($4 or status = $5) order by id desc limit $6`,
		f.Program, p.After == "", p.After, f.Status == "", f.Status, p.Bound()+1)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list payouts: %w", err)
	}
	found, next := db.Cut(found, p, func(b Batch) string { return string(b.ID) })
	return found, next, nil
}

func saveFile(ctx context.Context, tx *db.Tx, id ID, file File, sealed []byte) error {
	rows, err := tx.Exec(ctx, `update payout_batches set file = $1, file_name = $2, file_type = $3, file_sha256 = $4 where id = $5 and file is null`,
		sealed, file.Name, file.MediaType, file.SHA256, id)
	if err != nil {
		return fmt.Errorf("cannot keep the file of %s: %w", id, err)
	}
	if rows != 1 {
		panic("BUG: a second file for one batch")
	}
	return nil
}

func storedFile(ctx context.Context, tx *db.Tx, id ID) (f File, sealed []byte, err error) {
	err = tx.QueryRow(ctx, `select file_name, file_type, file_sha256, file from payout_batches where id = $1`, id).Scan(&f.Name, &f.MediaType, &f.SHA256, &sealed)
	return f, sealed, err
}

func insertItem(ctx context.Context, tx *db.Tx, i Item) error {
	_, err := tx.Exec(ctx, `insert into payout_items (id, batch_id, program_id, creator_id, currency, amount_minor, status, provider_key, method, payee, details,
			shown, fresh, failure, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', $14)`,
		i.ID, i.Batch, i.Program, i.Creator, i.Amount.Currency, i.Amount.Minor, i.Status, i.ProviderKey, i.Method, i.payee, i.details, i.Shown, i.Fresh,
		db.Micros(i.UpdatedAt))
	if err != nil {
		return fmt.Errorf("cannot store an item of %s: %w", i.Batch, err)
	}
	return nil
}

func saveItem(ctx context.Context, tx *db.Tx, i Item) error {
	if _, err := tx.Exec(ctx, `update payout_items set amount_minor = $1, status = $2, failure = $3, updated_at = $4 where id = $5`,
		i.Amount.Minor, i.Status, i.Failure, db.Micros(tx.Now()), i.ID); err != nil {
		return fmt.Errorf("cannot store item %s: %w", i.ID, err)
	}
	return nil
}

// setItem stores an item's new status and tells whoever listens, the creator among them.
func setItem(ctx context.Context, tx *db.Tx, i Item, status ItemStatus) error {
	i.Status = status
	if err := saveItem(ctx, tx, i); err != nil {
		return err
	}
	return tx.Emit(ctx, TopicItem, string(i.Program), ItemChanged{i.ID, i.Batch, i.Program, i.Creator, i.Status, i.Amount})
}

const itemColumns = `id, batch_id, program_id, creator_id, currency, amount_minor, status, provider_key, method, payee, details, shown, fresh, failure, updated_at`

func scanItem(s db.Scanner) (i Item, err error) {
	err = s.Scan(&i.ID, &i.Batch, &i.Program, &i.Creator, &i.Amount.Currency, &i.Amount.Minor, &i.Status, &i.ProviderKey, &i.Method, &i.payee, &i.details,
		&i.Shown, &i.Fresh, &i.Failure, db.ScanTime(&i.UpdatedAt))
	return i, err
}

// FindItem returns an item of any program; the caller checks access to its program.
func FindItem(ctx context.Context, tx *db.Tx, id ItemID) (Item, error) {
	i, found, err := db.One(ctx, tx, scanItem, `select `+itemColumns+` from payout_items where id = $1`, id)
	if err == nil && !found {
		err = fault.NotFound("payout")
	}
	return i, err
}

// Items returns the items of a batch. The cursor is an item's id.
func Items(ctx context.Context, tx *db.Tx, batch ID, p db.Page) ([]Item, string, error) {
	found, err := db.All(ctx, tx, scanItem, `select `+itemColumns+` from payout_items where batch_id = $1 and id > $2 order by id limit $3`,
		batch, p.After, p.Bound()+1)
	return cutItems(found, p, err)
}

// ItemsOfCreator returns what a creator was paid in a program, newest first: items that were paid or came back. The cursor is an item's id.
func ItemsOfCreator(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID, p db.Page) ([]Item, string, error) {
	found, err := db.All(ctx, tx, scanItem, `select `+itemColumns+` from payout_items where program_id = $1 and creator_id = $2
		and ($3 or id < $4) and status in ('paid', 'returning', 'returned') order by id desc limit $5`,
		program, creator, p.After == "", p.After, p.Bound()+1)
	return cutItems(found, p, err)
}

func cutItems(found []Item, p db.Page, err error) ([]Item, string, error) {
	if err != nil {
		return nil, "", fmt.Errorf("cannot list payouts: %w", err)
	}
	found, next := db.Cut(found, p, func(i Item) string { return string(i.ID) })
	return found, next, nil
}

func itemsIn(ctx context.Context, tx *db.Tx, batch ID, status ItemStatus, limit int) ([]Item, error) {
	return db.All(ctx, tx, scanItem, `select `+itemColumns+` from payout_items where batch_id = $1 and status = $2 order by id limit $3`, batch, status, limit)
}

func anyOpen(ctx context.Context, tx *db.Tx, batch ID) (bool, error) {
	_, open, err := db.One(ctx, tx, db.Column[ItemID], `select id from payout_items where batch_id = $1 and status in ('reserving', 'reserved', 'releasing') limit 1`, batch)
	return open, err
}

func onItsWayBack(ctx context.Context, tx *db.Tx, b Batch, creator creators.ID) (bool, error) {
	_, found, err := db.One(ctx, tx, db.Column[ItemID], `select id from payout_items where program_id = $1 and creator_id = $2 and currency = $3
		and status in ('releasing', 'returning') limit 1`, b.Program, creator, b.Currency)
	return found, err
}

func insertSkip(ctx context.Context, tx *db.Tx, b Batch, s Skipped) error {
	if _, err := tx.Exec(ctx, `insert into payout_skips (batch_id, creator_id, amount_minor, reason) values ($1, $2, $3, $4)`,
		b.ID, s.Creator, s.Amount.Minor, s.Reason); err != nil {
		return fmt.Errorf("cannot note who is left out of %s: %w", b.ID, err)
	}
	return nil
}

// Skips returns who has money and is not in a batch, and why. The cursor is a creator's id.
func Skips(ctx context.Context, tx *db.Tx, batch ID, p db.Page) ([]Skipped, string, error) {
	found, err := db.All(ctx, tx, func(s db.Scanner) (k Skipped, err error) {
		return k, s.Scan(&k.Creator, &k.Amount.Currency, &k.Amount.Minor, &k.Reason)
	}, `select s.creator_id, b.currency, s.amount_minor, s.reason from payout_skips s join payout_batches b on b.id = s.batch_id
		where s.batch_id = $1 and s.creator_id > $2 order by s.creator_id limit $3`, batch, p.After, p.Bound()+1)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list who is left out: %w", err)
	}
	found, next := db.Cut(found, p, func(s Skipped) string { return string(s.Creator) })
	return found, next, nil
}

func insertParts(ctx context.Context, tx *db.Tx, item ItemID, parts []commissions.Linked) error {
	for some := range slices.Chunk(parts, 100) {
		var rows []string
		var args []any
		for _, part := range some {
			n := len(args)
			rows = append(rows, fmt.Sprintf("($%d, $%d, $%d)", n+1, n+2, n+3))
			args = append(args, item, part.ID, part.Amount.Minor)
		}
		if _, err := tx.Exec(ctx, `insert into payout_parts (item_id, commission_id, amount_minor) values `+strings.Join(rows, ", "), args...); err != nil {
			return fmt.Errorf("cannot keep what %s carries: %w", item, err)
		}
	}
	return nil
}

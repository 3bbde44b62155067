package content

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
)

// Create makes an open campaign. Nobody but the merchant sees it until somebody is invited.
func Create(ctx context.Context, tx *db.Tx, n New) (Campaign, error) {
	if _, err := programs.Find(ctx, tx, n.Program); err != nil {
		return Campaign{}, in(err, "program_id")
	}
	c := Campaign{Program: n.Program, Name: n.Name, Brief: n.Brief, Status: CampaignOpen, StartsAt: n.StartsAt, EndsAt: n.EndsAt}
	c, err := c.check()
	if err != nil {
		return Campaign{}, err
	}
	c.ID, c.CreatedAt, c.UpdatedAt = CampaignID(id.New(CampaignPrefix, tx.Now())), tx.Now(), tx.Now()
	_, err = tx.Exec(ctx, `insert into campaigns (id, program_id, name, brief, status, starts_at, ends_at, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
		c.ID, c.Program, c.Name, c.Brief, c.Status, db.MicrosOrNull(c.StartsAt), db.MicrosOrNull(c.EndsAt), db.Micros(c.CreatedAt))
	if err != nil {
		return Campaign{}, fmt.Errorf("cannot store a campaign: %w", err)
	}
	return c, c.emit(ctx, tx)
}

// Update changes what a change names. Tasks stay as they are when a campaign ends: a late post still counts.
func Update(ctx context.Context, tx *db.Tx, campaign CampaignID, change Change) (Campaign, error) {
	c, err := holdCampaign(ctx, tx, campaign)
	if err != nil {
		return Campaign{}, err
	}
	if c, err = change.apply(c).check(); err != nil {
		return Campaign{}, err
	}
	c.UpdatedAt = tx.Now()
	_, err = tx.Exec(ctx, `update campaigns set name = $2, brief = $3, status = $4, starts_at = $5, ends_at = $6, updated_at = $7 where id = $1`,
		c.ID, c.Name, c.Brief, c.Status, db.MicrosOrNull(c.StartsAt), db.MicrosOrNull(c.EndsAt), db.Micros(c.UpdatedAt))
	if err != nil {
		return Campaign{}, fmt.Errorf("cannot change campaign %s: %w", campaign, err)
	}
	return c, c.emit(ctx, tx)
}

func (c Campaign) emit(ctx context.Context, tx *db.Tx) error {
	return tx.Emit(ctx, TopicCampaign, string(c.Program), CampaignChanged{c.ID, c.Program, c.Status})
}

const campaignColumns = `id, program_id, name, brief, status, starts_at, ends_at, created_at, updated_at`

func scanCampaign(s db.Scanner) (c Campaign, err error) {
	err = s.Scan(&c.ID, &c.Program, &c.Name, &c.Brief, &c.Status, db.ScanTime(&c.StartsAt), db.ScanTime(&c.EndsAt),
		db.ScanTime(&c.CreatedAt), db.ScanTime(&c.UpdatedAt))
	return c, err
}

// holdCampaign reads a campaign and keeps it: no other transaction changes it before this one ends.
func holdCampaign(ctx context.Context, tx *db.Tx, campaign CampaignID) (Campaign, error) {
	return oneCampaign(db.One(ctx, tx, scanCampaign, `update campaigns set updated_at = updated_at where id = $1 returning `+campaignColumns, campaign))
}

// Find returns a campaign.
func Find(ctx context.Context, tx *db.Tx, campaign CampaignID) (Campaign, error) {
	return oneCampaign(db.One(ctx, tx, scanCampaign, `select `+campaignColumns+` from campaigns where id = $1`, campaign))
}

func oneCampaign(c Campaign, found bool, err error) (Campaign, error) {
	switch {
	case err != nil:
		return Campaign{}, fmt.Errorf("cannot read a campaign: %w", err)
	case !found:
		return Campaign{}, fault.NotFound("campaign")
	default:
		return c, nil
	}
}

// Filter says which campaigns a list holds. Whoever asks is cut to Programs, or to Program where the caller was found to have rights in it; a
// filter with neither holds none, unless Everywhere is set.
type Filter struct {
	Everywhere bool
	Programs   []programs.ID
	Program    programs.ID
	Status     CampaignStatus // "": any
}

// List returns a page of campaigns, the newest first.
func List(ctx context.Context, tx *db.Tx, f Filter, page db.Page) (items []Campaign, next string, err error) {
	if !f.Everywhere && len(f.Programs) == 0 && (f.Programs != nil || f.Program == "") {
		return nil, "", nil
	}
	args := []any{page.Bound() + 1}
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	where := `true`
	if !f.Everywhere && len(f.Programs) > 0 {
		where += ` and program_id in (` + bind(f.Programs, arg) + `)`
	}
	for _, is := range [][2]string{{`program_id = `, string(f.Program)}, {`status = `, string(f.Status)}, {`id < `, page.After}} {
		if is[1] != "" {
			where += ` and ` + is[0] + arg(is[1])
		}
	}
	items, err = db.All(ctx, tx, scanCampaign, `select `+campaignColumns+` from campaigns where `+where+` order by id desc limit $1`, args...)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list campaigns: %w", err)
	}
	items, next = db.Cut(items, page, func(c Campaign) string { return string(c.ID) })
	return items, next, nil
}

// bind binds each value and writes their placeholders.
func bind[T any](values []T, arg func(any) string) string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = arg(v)
	}
	return strings.Join(all, ", ")
}

// in puts a fault into a field; other errors stay as they are.
func in(err error, field string) error {
	if f, ok := fault.As(err); ok {
		return f.In(field)
	}
	return err
}

package conversions

import (
	"context"
	"fmt"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/base/money"
)

// block is how many keys are looked up in one statement.
const block = 500

// in writes the placeholders of a list for "in", and what stands there.
func in(ids []ID) (list string, args []any) {
	for _, id := range ids {
		args = append(args, id)
	}
	return db.List(len(ids), 0), args
}

// FindMany returns those of the conversions that exist, by id.
func FindMany(ctx context.Context, tx *db.Tx, ids []ID) (map[ID]Conversion, error) {
	found := make(map[ID]Conversion, len(ids))
	for some := range slices.Chunk(ids, block) {
		list, args := in(some)
		rows, err := db.All(ctx, tx, scan, `select `+columns+` from conversions where id in `+list, args...)
		if err != nil {
			return nil, fmt.Errorf("cannot read conversions: %w", err)
		}
		for _, c := range rows {
			found[c.ID] = c
		}
	}
	return found, nil
}

// CreditsOfMany lists who is credited with each of the conversions, the largest share first.
func CreditsOfMany(ctx context.Context, tx *db.Tx, ids []ID) (map[ID][]Credit, error) {
	found := make(map[ID][]Credit, len(ids))
	for some := range slices.Chunk(ids, block) {
		list, args := in(some)
		rows, err := db.All(ctx, tx, scanCredit, `select `+creditColumns+` from credits where conversion_id in `+list+` order by conversion_id, share_bp desc, partnership_id`, args...)
		if err != nil {
			return nil, fmt.Errorf("cannot read credits: %w", err)
		}
		for _, c := range rows {
			found[c.Conversion] = append(found[c.Conversion], c)
		}
	}
	return found, nil
}

// NumbersOf tells what people call each of the conversions: the shortest of its names, as a shop's 1001 and not its 450789469.
func NumbersOf(ctx context.Context, tx *db.Tx, ids []ID) (map[ID]string, error) {
	type name struct {
		of  ID
		key string
	}
	found := make(map[ID]string, len(ids))
	for some := range slices.Chunk(ids, block) {
		list, args := in(some)
		rows, err := db.All(ctx, tx, func(s db.Scanner) (n name, err error) {
			err = s.Scan(&n.of, &n.key)
			return n, err
		}, `select conversion_id, key from conversion_keys where conversion_id in `+list+` order by conversion_id, length(key), key`, args...)
		if err != nil {
			return nil, fmt.Errorf("cannot read the names of conversions: %w", err)
		}
		for _, n := range rows {
			if _, shorter := found[n.of]; !shorter {
				found[n.of] = n.key
			}
		}
	}
	return found, nil
}

const creditColumns = `conversion_id, partnership_id, share_bp, because, link_no, code_id, by_hand`

func scanCredit(s db.Scanner) (c Credit, err error) {
	var share, no int64
	err = s.Scan(&c.Conversion, &c.Partnership, &share, &c.Because, db.Nullable(&no), db.Nullable(&c.CodeID), &c.ByHand)
	c.Share, c.LinkNo = money.BasisPoints(share), uint64(no) //nolint:gosec // see linkNoOrNull
	return c, err
}

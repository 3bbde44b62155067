package discovery

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery/meaning"
)

// stored is a vector that a service gave for a creator's text.
type stored struct {
	creator creators.ID
	digest  digest
	vector  meaning.Vector
}

const storedColumns = `select creator_id, digest, vector from creator_vectors`

func scanStored(s db.Scanner) (one stored, err error) {
	var made, numbers []byte
	if err = s.Scan(&one.creator, &made, &numbers); err != nil {
		return one, err
	}
	copy(one.digest[:], made)
	one.vector = make(meaning.Vector, len(numbers)/4)
	for i := range one.vector {
		one.vector[i] = math.Float32frombits(binary.LittleEndian.Uint32(numbers[4*i:]))
	}
	return one, nil
}

func storedAfter(ctx context.Context, tx *db.Tx, after string, limit int) ([]stored, error) {
	all, err := db.All(ctx, tx, scanStored, storedColumns+` where creator_id > $1 order by creator_id limit $2`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("cannot read vectors: %w", err)
	}
	return all, nil
}

func storedOf(ctx context.Context, tx *db.Tx, ids []creators.ID) ([]stored, error) {
	args := make([]any, len(ids))
	for i, one := range ids {
		args[i] = one
	}
	all, err := db.All(ctx, tx, scanStored, storedColumns+` where creator_id in `+db.List(len(ids), 0), args...)
	if err != nil {
		return nil, fmt.Errorf("cannot read vectors: %w", err)
	}
	return all, nil
}

// store keeps vectors, but for those of whom somebody is gone or being erased.
func store(ctx context.Context, d *db.DB, model string, all []stored) error {
	for some := range slices.Chunk(all, meaning.RemoteBatch) {
		err := d.Update(ctx, func(tx *db.Tx) error {
			for _, one := range some {
				numbers := make([]byte, 0, 4*len(one.vector))
				for _, x := range one.vector {
					numbers = binary.LittleEndian.AppendUint32(numbers, math.Float32bits(x))
				}
				if _, err := tx.Exec(ctx, `insert into creator_vectors (creator_id, model, digest, vector, made_at) select c.id, $2, $3, $4, $5 from creators c
					where c.id = $1 and not exists (select 1 from creator_erasures e where e.creator_id = $1)
					on conflict (creator_id) do update set model = excluded.model, digest = excluded.digest, vector = excluded.vector, made_at = excluded.made_at`,
					one.creator, model, one.digest[:], numbers, db.Micros(tx.Now())); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("cannot store vectors: %w", err)
		}
	}
	return nil
}

// forgetVectors removes those of creators who are gone or wrote nothing any more.
func forgetVectors(ctx context.Context, d *db.DB, ids []creators.ID) error {
	for some := range slices.Chunk(ids, postsPlaces) {
		args := make([]any, len(some))
		for i, one := range some {
			args[i] = one
		}
		err := d.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `delete from creator_vectors where creator_id in `+db.List(len(some), 0), args...)
			return err
		})
		if err != nil {
			return fmt.Errorf("cannot remove vectors: %w", err)
		}
	}
	return nil
}

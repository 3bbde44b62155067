package clicks

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"rapport/internal/base/db"
)

// Past is a click that is told of afterwards.
type Past struct {
	LinkNo   uint64
	At       time.Time
	Flags    Flags
	Device   Device
	Country  string
	Referrer string
	Query    string
}

// Backfill writes clicks of the past into the database and its roll-ups, in short transactions under a node name of its own, and returns their tokens:
// one for each click, carrying the click's own moment, or "" where nobody knows the link. It is for simulations and for moving in from another system;
// no log stands behind these clicks.
func Backfill(ctx context.Context, d *db.DB, keys *Keys, resolve Resolve, past []Past) (tokens []string, err error) {
	node := "backfill:" + hex.EncodeToString(random(8))
	tokens = make([]string, len(past))
	rows := make([]row, 0, min(len(past), forwardChunk))
	flush := func() error {
		if err := d.Update(ctx, func(tx *db.Tx) error { _, err := store(ctx, tx, node, rows); return err }); err != nil {
			return fmt.Errorf("cannot write clicks of the past: %w", err)
		}
		rows = rows[:0]
		return nil
	}
	for i, p := range past {
		place, ok := resolve(p.LinkNo)
		if !ok {
			continue
		}
		c := p.click(uint64(i) + 1)
		tokens[i] = keys.Sign(c.Token())
		if rows = append(rows, row{c, place}); len(rows) < forwardChunk {
			continue
		}
		if err := flush(); err != nil {
			return nil, err
		}
	}
	if len(rows) == 0 {
		return tokens, nil
	}
	return tokens, flush()
}

func (p Past) click(no uint64) Click {
	return Click{
		No: no, LinkNo: p.LinkNo, At: p.At, Random: binary.BigEndian.Uint32(random(4)), Flags: p.Flags, Device: p.Device,
		Country: p.Country, Referrer: p.Referrer, Query: p.Query,
	}.kept()
}

func random(n int) []byte {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic("BUG: the system's random source failed: " + err.Error())
	}
	return b
}

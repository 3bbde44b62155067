package clicks

import (
	"context"

	"rapport/internal/base/db"
)

// TailCount is how many clicks are in the log and not in the roll-ups yet: what a report adds to its cell.
type TailCount struct {
	LinkNo uint64
	Place
	Day            int64 // as Day counts
	Device         Device
	People, Marked int64
}

// TailCounts counts the clicks that the roll-ups, as the transaction sees them, do not have yet. Read in one View with the roll-ups the sum is exact:
// every click that was answered before is in one of the two, none in both. Clicks of unknown links are left out, as the roll-ups leave them out.
func TailCounts(ctx context.Context, tx *db.Tx, log *Log, resolve Resolve) ([]TailCount, error) {
	after, err := cursor(ctx, tx, log.Origin)
	if err != nil {
		return nil, err
	}
	t := tailCounter{resolve: resolve, at: map[tailKey]int{}, places: map[uint64]Place{}}
	for b, err := range log.Tail(after) {
		if err != nil {
			return nil, err
		}
		t.add(b)
	}
	return t.out, nil
}

type tailKey struct {
	link   uint64
	day    int64
	device Device
}

type tailCounter struct {
	resolve Resolve
	places  map[uint64]Place // each link is looked up once, so that its place does not change within one report
	at      map[tailKey]int
	out     []TailCount
}

func (t *tailCounter) add(b Brief) {
	p, asked := t.places[b.LinkNo]
	if !asked {
		p, _ = t.resolve(b.LinkNo)
		t.places[b.LinkNo] = p
	}
	if !p.known() {
		return
	}
	key := tailKey{b.LinkNo, Day(b.At, p.Zone), b.Device}
	i, ok := t.at[key]
	if !ok {
		i = len(t.out)
		t.at[key] = i
		t.out = append(t.out, TailCount{LinkNo: b.LinkNo, Place: p, Day: key.day, Device: b.Device})
	}
	if b.Flags.Person() {
		t.out[i].People++
	} else {
		t.out[i].Marked++
	}
}

// Waiting counts the clicks of the log that the database does not have yet.
func Waiting(ctx context.Context, tx *db.Tx, log *Log) (uint64, error) {
	after, err := cursor(ctx, tx, log.Origin)
	if last := log.LastNo(); err == nil && last > after {
		return last - after, nil
	}
	return 0, err
}

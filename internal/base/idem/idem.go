package idem

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
)

// Keep is how long answers are kept for replay; Trim them after that.
const Keep = 30 * 24 * time.Hour

// MaxKey bounds an Idempotency-Key, in characters.
const MaxKey = 255

// Request is what makes two requests the same.
type Request struct {
	Principal string // the ID of the principal that sent it
	Key       string // of the header Idempotency-Key; "" if there was none
	Method    string
	Path      string // with its query, if that changes what happens
	Body      []byte // raw, as it came
}

// inFlight holds the keys whose first request runs in this process. On PostgreSQL a lock tells other processes.
var inFlight sync.Map // flight → struct{}

type flight struct {
	db             *db.DB
	principal, key string
}

var errInProgress = fault.Conflict("idempotency_in_progress", "a request with this key is being worked on; try again in a moment")

// Run runs do in one update and stores its answer under the request's key, or replays the answer that was stored before. Without a key it only runs do.
// As with every update, do may run again and has no outside effects. Never call Run inside a transaction.
func Run(ctx context.Context, d *db.DB, r Request, do func(tx *db.Tx) (status int, body []byte, err error)) (
	status int, body []byte, replayed bool, err error,
) {
	if err := checkKey(r.Key); err != nil {
		return 0, nil, false, err
	}
	if r.Key != "" {
		f := flight{d, r.Principal, r.Key}
		if _, running := inFlight.LoadOrStore(f, struct{}{}); running {
			return 0, nil, false, errInProgress
		}
		defer inFlight.Delete(f)
	}
	var a answer
	err = d.Update(ctx, func(tx *db.Tx) (err error) {
		a, replayed, err = r.once(ctx, tx, do)
		return err
	})
	if err != nil {
		return 0, nil, false, err
	}
	return a.status, a.body, replayed, nil
}

type answer struct {
	status int
	body   []byte
}

func (r Request) once(ctx context.Context, tx *db.Tx, do func(tx *db.Tx) (int, []byte, error)) (a answer, replayed bool, err error) {
	if r.Key == "" {
		a.status, a.body, err = do(tx)
		a.body, _ = unframe(a.body)
		return a, false, err
	}
	switch taken, err := tx.TryLock(ctx, "idempotency:"+r.Principal+":"+r.Key); {
	case err != nil:
		return answer{}, false, err
	case !taken:
		return answer{}, false, errInProgress
	}
	if a, replayed, err = r.replay(ctx, tx); replayed || err != nil {
		return a, replayed, err
	}
	status, framed, err := do(tx)
	if err != nil {
		return answer{}, false, err
	}
	given, stored := unframe(framed)
	return answer{status, given}, false, r.keep(ctx, tx, status, stored)
}

// replay returns the stored answer, if there is one.
func (r Request) replay(ctx context.Context, tx *db.Tx) (a answer, found bool, err error) {
	var hash []byte
	scan := func(s db.Scanner) (a answer, err error) {
		var body string
		err = s.Scan(&hash, &a.status, &body)
		a.body = []byte(body)
		return a, err
	}
	a, found, err = db.One(ctx, tx, scan, `select request_hash, status, body from idempotency where principal = $1 and key = $2`, r.Principal, r.Key)
	switch {
	case err != nil:
		return answer{}, false, fmt.Errorf("cannot look for an earlier answer: %w", err)
	case found && !bytes.Equal(hash, r.hash()):
		return answer{}, false, fault.Conflict("idempotency_mismatch", "this key was used before for another request").In("Idempotency-Key")
	}
	return a, found, nil
}

func (r Request) keep(ctx context.Context, tx *db.Tx, status int, body []byte) error {
	if !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0 {
		panic("BUG: an answer to be kept for replay must be text")
	}
	err := tx.Later(ctx, `insert into idempotency (principal, key, request_hash, status, body, created_at) values ($1, $2, $3, $4, $5, $6)`,
		r.Principal, r.Key, r.hash(), status, string(body), db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot keep an answer: %w", err)
	}
	return nil
}

// hash covers method, path and body, each behind its length.
func (r Request) hash() []byte {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(r.Method), []byte(r.Path), r.Body} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	return h.Sum(nil)
}

func checkKey(key string) error {
	if len(key) > MaxKey {
		return fault.Invalidf("the key must have at most %d characters", MaxKey).In("Idempotency-Key")
	}
	for i := range len(key) {
		if key[i] < 0x20 || key[i] > 0x7e {
			return fault.Invalid("the key must be printable ASCII").In("Idempotency-Key")
		}
	}
	return nil
}

// Trim removes at most limit answers older than before.
func Trim(ctx context.Context, tx *db.Tx, before time.Time, limit int) (removed int64, err error) {
	removed, err = tx.Exec(ctx, `delete from idempotency where (principal, key) in
		(select principal, key from idempotency where created_at < $1 order by created_at limit $2)`, db.Micros(before), limit)
	if err != nil {
		err = fmt.Errorf("cannot trim answers: %w", err)
	}
	return removed, err
}

package idem_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/idem"
)

var request = idem.Request{Principal: "key_1", Key: "order-77", Method: "POST", Path: "/api/v1/conversions", Body: []byte(`{"a":1}`)}

// effect writes a row that can exist once, and answers.
func effect(t *testing.T, value string) func(tx *db.Tx) (int, []byte, error) {
	return func(tx *db.Tx) (int, []byte, error) {
		_, err := tx.Exec(t.Context(), `insert into installation (key, value) values ($1, $2)`, "effect "+value, value)
		return 201, []byte(`{"value":"` + value + `"}`), err
	}
}

func effects(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `select count(*) from installation where key like 'effect %'`).Scan(&n)
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func code(err error) string {
	if f, ok := fault.As(err); ok {
		return f.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestTheSameRequestAgainGetsTheFirstAnswer(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for i := range 3 {
			status, body, replayed, err := idem.Run(t.Context(), d, request, effect(t, "one"))
			if err != nil || status != 201 || string(body) != `{"value":"one"}` || replayed != (i > 0) {
				t.Errorf("request %d: %d %s %v %v", i, status, body, replayed, err)
			}
		}
		if n := effects(t, d); n != 1 {
			t.Errorf("it happened %d times", n)
		}
	})
}

func TestAnotherRequestUnderTheKeyIsRefusedWithoutEffect(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		if _, _, _, err := idem.Run(t.Context(), d, request, effect(t, "one")); err != nil {
			t.Fatal(err)
		}
		body, path, method := request, request, request
		body.Body, path.Path, method.Method = []byte(`{"a": 1}`), "/api/v1/refunds", "PUT"
		for _, other := range []idem.Request{body, path, method} {
			_, _, _, err := idem.Run(t.Context(), d, other, effect(t, "two"))
			if code(err) != "idempotency_mismatch" || fault.KindOf(err) != fault.KindConflict {
				t.Errorf("%s %s %s: %v", other.Method, other.Path, other.Body, err)
			}
		}
		if n := effects(t, d); n != 1 {
			t.Errorf("%d effects", n)
		}
	})
}

func TestKeysBelongToTheirPrincipalAndNoKeyMeansNoMemory(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		other, none := request, request
		other.Principal, none.Key = "key_2", ""
		for i, r := range []idem.Request{request, other, none, none} {
			if _, _, replayed, err := idem.Run(t.Context(), d, r, effect(t, string(rune('a'+i)))); err != nil || replayed {
				t.Errorf("request %d: %v %v", i, replayed, err)
			}
		}
		if n := effects(t, d); n != 4 {
			t.Errorf("%d effects", n)
		}
	})
}

func TestARefusalIsNotRemembered(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		refuse := func(tx *db.Tx) (int, []byte, error) {
			if _, _, err := effect(t, "one")(tx); err != nil {
				return 0, nil, err
			}
			return 0, nil, fault.Invalid("no")
		}
		if _, _, _, err := idem.Run(t.Context(), d, request, refuse); code(err) != "invalid" {
			t.Fatal(err)
		}
		if _, _, replayed, err := idem.Run(t.Context(), d, request, effect(t, "one")); err != nil || replayed {
			t.Fatalf("after a refusal: %v %v", replayed, err)
		}
	})
}

func TestASecretIsAnsweredOnceAndNeverStored(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		do := func(*db.Tx) (int, []byte, error) {
			return 201, idem.Secret([]byte(`{"key":"rk_hush"}`), []byte(`{"key":null}`)), nil
		}
		none := request
		none.Key = ""
		for i, c := range []struct {
			r    idem.Request
			want string
		}{{none, `{"key":"rk_hush"}`}, {request, `{"key":"rk_hush"}`}, {request, `{"key":null}`}} {
			if _, body, _, err := idem.Run(t.Context(), d, c.r, do); err != nil || string(body) != c.want {
				t.Errorf("answer %d: %s, %v", i, body, err)
			}
		}
		var stored string
		if err := d.View(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), `select body from idempotency`).Scan(&stored)
		}); err != nil || strings.Contains(stored, "hush") {
			t.Errorf("stored %q, %v", stored, err)
		}
	})
}

func TestSecretsAreGivenAsTheyAre(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	rapid.Check(t, func(r *rapid.T) {
		body, stored := rapid.String().Draw(r, "body"), rapid.String().Draw(r, "stored")
		none := idem.Request{}
		_, given, _, err := idem.Run(t.Context(), d, none, func(*db.Tx) (int, []byte, error) { return 200, idem.Secret([]byte(body), []byte(stored)), nil })
		if err != nil || string(given) != body {
			r.Fatalf("got %q, %v", given, err)
		}
	})
}

// While the first request runs, the same again is told so; it neither waits nor happens.
func TestARequestInFlightIsToldSo(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		running, finish := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			_, _, _, err := idem.Run(t.Context(), d, request, func(tx *db.Tx) (int, []byte, error) {
				close(running)
				<-finish
				return effect(t, "one")(tx)
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-running
		_, _, _, err := idem.Run(t.Context(), d, request, effect(t, "two"))
		close(finish)
		wg.Wait()
		if code(err) != "idempotency_in_progress" || effects(t, d) != 1 {
			t.Fatalf("got %v and %d effects", err, effects(t, d))
		}
		if _, _, replayed, err := idem.Run(t.Context(), d, request, effect(t, "two")); !replayed || err != nil {
			t.Fatalf("afterwards: %v %v", replayed, err)
		}
	})
}

// The lock of another process is played by a transaction that holds the same key.
func TestAnotherProcessIsSeenOnPostgreSQL(t *testing.T) {
	d := dbtest.New(t, db.EnginePostgres)
	if err := d.Update(t.Context(), func(tx *db.Tx) error {
		if taken, err := tx.TryLock(t.Context(), "idempotency:key_1:order-77"); !taken || err != nil {
			t.Fatalf("%v %v", taken, err)
		}
		_, _, _, err := idem.Run(t.Context(), d, request, effect(t, "two"))
		if code(err) != "idempotency_in_progress" {
			t.Errorf("got %v", err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestThirtyTwoAtOnceHappenOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		var first, replays, busy atomic.Int64
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				status, body, replayed, err := idem.Run(t.Context(), d, request, effect(t, "one"))
				switch {
				case code(err) == "idempotency_in_progress":
					busy.Add(1)
				case err != nil || status != 201 || string(body) != `{"value":"one"}`:
					t.Errorf("%d %s %v", status, body, err)
				case replayed:
					replays.Add(1)
				default:
					first.Add(1)
				}
			})
		}
		wg.Wait()
		if first.Load() != 1 || first.Load()+replays.Load()+busy.Load() != 32 || effects(t, d) != 1 {
			t.Fatalf("first %d, replayed %d, busy %d, effects %d", first.Load(), replays.Load(), busy.Load(), effects(t, d))
		}
	})
}

func TestAPanicLetsGoOfTheKey(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	func() {
		defer func() { _ = recover() }()
		_, _, _, _ = idem.Run(t.Context(), d, request, func(*db.Tx) (int, []byte, error) { panic("boom") })
	}()
	if _, _, _, err := idem.Run(t.Context(), d, request, effect(t, "one")); err != nil {
		t.Fatal(err)
	}
}

func TestKeysAreBounded(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	for key, ok := range map[string]bool{strings.Repeat("k", 255): true, strings.Repeat("k", 256): false, "a\nb": false, "ü": false, "a b~": true, "\x7f": false} {
		r := request
		r.Key = key
		_, _, _, err := idem.Run(t.Context(), d, r, func(*db.Tx) (int, []byte, error) { return 200, []byte(`{}`), nil })
		f, _ := fault.As(err)
		if (err == nil) != ok || !ok && (f == nil || f.Field != "Idempotency-Key" || f.Kind != fault.KindInvalid) {
			t.Errorf("%q: %v", key, err)
		}
	}
}

func TestTrimForgetsOnlyTheOld(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		old := request
		for _, key := range []string{"old-1", "old-2", "old-3"} {
			old.Key = key
			if _, _, _, err := idem.Run(t.Context(), d, old, effect(t, key)); err != nil {
				t.Fatal(err)
			}
		}
		dbtest.Clock(d).Advance(idem.Keep + 1)
		if _, _, _, err := idem.Run(t.Context(), d, request, effect(t, "one")); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int64{2, 1, 0} {
			var n int64
			if err := d.Update(t.Context(), func(tx *db.Tx) (err error) {
				n, err = idem.Trim(t.Context(), tx, tx.Now().Add(-idem.Keep+1000), 2)
				return err
			}); err != nil || n != want {
				t.Fatalf("removed %d, %v, want %d", n, err, want)
			}
		}
		if _, _, replayed, err := idem.Run(t.Context(), d, request, effect(t, "two")); err != nil || !replayed {
			t.Fatalf("the young one is gone: %v", errors.Join(err))
		}
	})
}

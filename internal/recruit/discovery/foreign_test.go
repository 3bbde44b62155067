package discovery

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery/meaning"
)

// elsewhere is an embeddings service that knows two subjects: what is drunk, and all else.
type elsewhere struct {
	*httptest.Server
	mu    sync.Mutex
	sent  []string // texts, in the order they came
	calls int
	wrong []string
	down  bool
}

func newElsewhere(t *testing.T) *elsewhere {
	t.Helper()
	e := &elsewhere{}
	e.Server = httptest.NewServer(e)
	t.Cleanup(e.Close)
	return e
}

func (e *elsewhere) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var asked struct {
		Model      string
		Dimensions int
		Input      []string
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Model != "small" || asked.Dimensions != 3 || len(asked.Input) > 64 ||
		r.Header.Get("Authorization") != "Bearer key" {
		e.wrong = append(e.wrong, fmt.Sprint(asked.Model, asked.Dimensions, len(asked.Input), err))
	}
	if e.calls++; e.down {
		w.WriteHeader(http.StatusBadRequest) // not worth asking again
		return
	}
	e.sent = append(e.sent, asked.Input...)
	var data []string
	for i, text := range asked.Input {
		drinks := 0.0
		if strings.Contains(text, "tea") || strings.Contains(text, "matcha") || strings.Contains(text, "brew") {
			drinks = 1
		}
		data = append(data, fmt.Sprintf(`{"index":%d,"embedding":[2,%g,%g]}`, i, drinks, 1-drinks))
	}
	fmt.Fprintf(w, `{"data":[%s]}`, strings.Join(data, ","))
}

// turn lets the service fail, or answer again.
func (e *elsewhere) turn(down bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.down = down
}

func (e *elsewhere) told() (calls int, sent []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.calls, slices.Clone(e.sent)
}

func (e *elsewhere) remote() meaning.Remote {
	return meaning.Remote{URL: e.URL + "/v1/embeddings", Model: "small", Key: "key", Dimensions: 3}
}

// drinkers fills a world with creators of two subjects.
func (w *world) drinkers() {
	all := []programs.ID{w.mine}
	for i := range 20 {
		w.creator(fmt.Sprintf("Drinker%c", 'a'+i), "DE", 5000, all, "a cup of #tea in the morning", "brew slowly")
		w.creator(fmt.Sprintf("Lifter%c", 'a'+i), "DE", 5000, all, "lifting a #barbell", "deadlift day")
	}
	w.creator("MiaMoss", "DE", 5000, all, "whisking #matcha at dawn, MiaMoss here, mail mia@moss.example")
	w.creator("Rex", "DE", 5000, all, "sprint at dawn")
}

func (w *world) use(e *elsewhere) {
	w.t.Helper()
	if err := w.index.Use(e.remote(), w.d.Now, slog.New(slog.DiscardHandler)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) embed() error { return w.index.Embed(w.t.Context(), w.d) }

func (w *world) count(of creators.ID) (n int) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `select count(*) from creator_vectors where $1 = '' or creator_id = $1`, string(of)).Scan(&n)
	})
	return n
}

// found is what a search says, in an order that can be compared.
func (w *world) found(q Query) (string, bool) {
	w.t.Helper()
	w.index.Prepare(w.t.Context(), q)
	names, result := w.search(q)
	var b strings.Builder
	for i, h := range result.Items {
		fmt.Fprintf(&b, "%s %v %v\n", names[i], h.Relevance, h.Why)
	}
	return fmt.Sprint(result.Total, result.Next, "\n", b.String()), result.Own
}

func TestAServiceSaysWhoMeansAlike(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, e := newWorld(t, d), newElsewhere(t)
		w.drinkers()
		w.refresh()
		q := in(w.mine)
		q.Words, q.Page.Limit = "tea dawn", 50
		before, own := w.found(q)
		if own {
			t.Error("there is no service, and the search misses it")
		}
		without := w.index
		w.index = &Index{}
		w.use(e)
		w.refresh()
		if got, own := w.found(q); got != before || !own {
			t.Errorf("before anybody was placed:\n%s\nwithout a service:\n%s", got, before)
		}
		if calls, _ := e.told(); calls != 0 {
			t.Error("a search was sent of which nothing can be made yet")
		}
		if err := w.embed(); err != nil {
			t.Fatal(err)
		}
		got, own := w.found(q)
		if got == before || own || strings.Index(got, "MiaMoss") > strings.Index(got, "Rex") {
			t.Errorf("with the service (%v):\n%s", own, got)
		}
		calls, sent := e.told()
		if calls != 2 || len(sent) != 43 || w.count("") != 42 || !slices.Contains(sent, "tea dawn") {
			t.Errorf("%d calls, %d texts, %d stored", calls, len(sent), w.count(""))
		}
		for _, text := range sent {
			if strings.Contains(text, "Moss") || strings.Contains(text, "@") || strings.Contains(text, "Drinker") {
				t.Errorf("a name or an address was sent: %q", text)
			}
		}
		w.found(q) // the words are known
		if again, _ := e.told(); again != calls || len(e.wrong) > 0 {
			t.Error(again, e.wrong)
		}
		w.index = without
		if got, _ := w.found(q); got != before {
			t.Errorf("without it again:\n%s", got)
		}
	})
}

func TestTextsAreAskedForOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, e := newWorld(t, d), newElsewhere(t)
		w.drinkers()
		changing := w.creator("Zoë", "DE", 5000, []programs.ID{w.mine}, "sourdough")
		silent := w.creator("Silent", "DE", 5000, []programs.ID{w.mine})
		w.use(e)
		w.refresh()
		if err := w.embed(); err != nil {
			t.Fatal(err)
		}
		calls, _ := e.told()
		if other := newForeign(&service{remote: meaning.Remote{Model: "small", Dimensions: 4}}); other.model == w.index.now.Load().foreign.model {
			t.Error("vectors of another length would be taken for these")
		}
		w.index = &Index{} // as after a start
		w.use(e)
		w.refresh()
		if err := w.embed(); err != nil || !w.index.isSettled() {
			t.Fatal(err)
		}
		if again, _ := e.told(); again != calls || w.count(silent.ID) != 0 {
			t.Errorf("%d calls, then %d", calls, again)
		}
		w.update(func(ctx context.Context, tx *db.Tx) error { return w.write(ctx, tx, changing, []string{"now I brew"}) })
		w.index.Touch(changing.ID)
		w.refresh()
		if err := w.embed(); err != nil {
			t.Fatal(err)
		}
		again, sent := e.told()
		if last := sent[len(sent)-1]; again != calls+1 || !strings.Contains(last, "now I brew") || w.count(changing.ID) != 1 {
			t.Errorf("%d calls, the last text %q", again, last)
		}
	})
}

func TestWhenTheServiceFailsTheOwnSpaceServes(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, e := newWorld(t, d), newElsewhere(t)
		w.drinkers()
		w.refresh()
		q := in(w.mine)
		q.Words, q.Page.Limit = "tea dawn", 50
		want, _ := w.found(q)
		w.index = &Index{}
		w.use(e)
		w.refresh()
		e.turn(true)
		if err := w.embed(); err == nil || w.count("") != 0 {
			t.Error("nobody hears that the service fails")
		}
		if got, own := w.found(q); got != want || !own {
			t.Errorf("nobody is placed:\n%s\nwant\n%s", got, want)
		}
		e.turn(false)
		if err := w.embed(); err != nil {
			t.Fatal(err)
		}
		e.turn(true)
		before, _ := e.told()
		for range 3 {
			if got, own := w.found(q); got != want || !own {
				t.Errorf("the words are not placed:\n%s\nwant\n%s", got, want)
			}
		}
		if calls, _ := e.told(); calls != before+1 {
			t.Errorf("a service that fails was asked %d times within half a minute", calls-before)
		}
		e.turn(false)
		w.index.service.rest = time.Time{}
		if _, own := w.found(q); own {
			t.Error("the service is there again and is not asked")
		}
	})
}

func TestVectorsOfSomebodyErasedAreGone(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, e := newWorld(t, d), newElsewhere(t)
		w.drinkers()
		ana := w.creator("Ana", "DE", 5000, nil, "a pot of tea")
		ben := w.creator("Ben", "DE", 5000, nil, "a pot of tea")
		w.use(e)
		w.refresh()
		if err := w.embed(); err != nil || w.count(ana.ID) != 1 {
			t.Fatal(err, w.count(ana.ID))
		}
		part := Private()
		w.update(func(ctx context.Context, tx *db.Tx) error {
			held, err := part.Export(ctx, tx, ana.ID, "")
			if written, _ := json.Marshal(held); err != nil || !strings.Contains(string(written), `"model":"small"`) {
				t.Errorf("%s %v", written, err)
			}
			if gone, err := part.Erase(ctx, tx, ana.ID, 100); err != nil || gone != 1 {
				t.Error(gone, err)
			}
			if gone, err := part.Erase(ctx, tx, ana.ID, 100); err != nil || gone != 0 {
				t.Error(gone, err)
			}
			if moved, err := part.Merge(ctx, tx, ana.ID, ben.ID, 100); err != nil || moved != 1 {
				t.Error(moved, err)
			}
			_, err = tx.Exec(ctx, `insert into creator_erasures (creator_id, began_at) values ($1, $2)`, ana.ID, db.Micros(tx.Now()))
			return err
		})
		w.refresh()
		// An answer that was under way comes too late.
		if err := store(t.Context(), d, "small", []stored{{creator: ana.ID, vector: meaning.Vector{1, 0, 0}}, {creator: "cre_nobody", vector: meaning.Vector{1, 0, 0}}}); err != nil {
			t.Fatal(err)
		}
		if w.count(ana.ID) != 0 || w.count("cre_nobody") != 0 {
			t.Error("an erased creator has a vector again")
		}
	})
}

// With foreign vectors too, the quick search answers what a search without tables and bounds answers.
func TestTheQuickSearchFindsWhatThePlainOneFindsAbroad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := someState(t), someQuery(t)
		some := rapid.SliceOfN(rapid.Float32Range(-1, 1), 20, 20)
		f := meaning.NewForeign(20, len(s.slots))
		for at := range s.slots {
			if v := meaning.Mean(some.Draw(t, "vector")); rapid.IntRange(0, 5).Draw(t, "placed") > 0 {
				f.Set(uint32(at), v) //nolint:gosec // few
			}
		}
		f.Settle()
		s.sense.crowd.Abroad(f)
		q.abroad = meaning.Mean(some.Draw(t, "words"))
		want := s.plainly(q)
		q.Page = db.Page{Limit: 100}
		var got []creators.ID
		for _, h := range s.run(day, q, nil).hits {
			got = append(got, h.Creator)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("found\n%v, plainly\n%v", got, want)
		}
	})
}

// A browser that goes on to another page takes its request back. That is no failure of the service, which the others still use.
func TestSomebodyWhoLeavesDoesNotRestTheService(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	w, e := newWorld(t, d), newElsewhere(t)
	w.drinkers()
	w.use(e)
	if err := w.index.Refresh(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if err := w.embed(); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	w.index.Prepare(gone, Query{Words: "brew"})
	before, _ := e.told()
	w.index.Prepare(t.Context(), Query{Words: "barbell"})
	if after, _ := e.told(); after != before+1 {
		t.Errorf("somebody else's search was not asked for: %d calls before, %d after", before, after)
	}
}

package meaning

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// service answers as the documented interface does: one vector per text, not necessarily in order.
func service(t *testing.T, dims int, before func(call int, w http.ResponseWriter) bool) (Remote, *atomic.Int32) {
	t.Helper()
	var calls atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int(calls.Add(1))
		if before != nil && before(n, w) {
			return
		}
		var asked struct {
			Model string
			Input []string
		}
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Model != "small" || len(asked.Input) > remoteBatch || r.Header.Get("Authorization") != "Bearer key" ||
			slices.Contains(asked.Input, "") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		var data []string
		for i, text := range asked.Input {
			v := make([]float32, dims)
			v[len(text)%dims] = 2
			b, _ := json.Marshal(v)
			data = append(data, fmt.Sprintf(`{"object":"embedding","index":%d,"embedding":%s}`, i, b))
		}
		slices.Reverse(data)
		fmt.Fprintf(w, `{"object":"list","data":[%s],"model":"small"}`, strings.Join(data, ","))
	}))
	t.Cleanup(s.Close)
	return Remote{URL: s.URL + "/v1/embeddings", Model: "small", Key: "key", Client: s.Client()}, &calls
}

func TestRemoteVectorsComeInOrder(t *testing.T) {
	r, calls := service(t, 8, nil)
	texts := make([]string, 150)
	for i := range texts {
		texts[i] = strings.Repeat("x", i%20)
	}
	all, err := r.Embed(context.Background(), texts)
	if err != nil || len(all) != 150 || calls.Load() != 3 {
		t.Fatal(err, len(all), calls.Load())
	}
	for i, v := range all {
		if v[max(1, i%20)%8] != 1 {
			t.Fatalf("text %d stands at %v", i, v)
		}
	}
}

func TestRemoteFailuresAreBoundedAndSaid(t *testing.T) {
	answers := func(status int, body string) func(int, http.ResponseWriter) bool {
		return func(_ int, w http.ResponseWriter) bool {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
			return true
		}
	}
	for name, before := range map[string]func(int, http.ResponseWriter) bool{
		"wrong key": answers(401, "{}"), "nonsense": answers(200, "<html>"), "too few": answers(200, `{"data":[]}`),
		"index": answers(200, `{"data":[{"index":9,"embedding":[1]}]}`), "no numbers": answers(200, `{"data":[{"index":0,"embedding":[]}]}`),
	} {
		r, calls := service(t, 4, before)
		if _, err := r.Embed(context.Background(), []string{"a"}); err == nil || calls.Load() != 1 || strings.Contains(err.Error(), "key\"") {
			t.Errorf("%s: %v after %d calls", name, err, calls.Load())
		}
	}
	r, _ := service(t, 4, nil)
	r.Dimensions = 5
	if _, err := r.Embed(context.Background(), []string{"a"}); err == nil || !strings.Contains(err.Error(), "4 numbers") {
		t.Error(err)
	}
}

func TestABusyRemoteIsAskedAgainAndThenTheOwnSpaceServes(t *testing.T) {
	r, calls := service(t, 4, func(call int, w http.ResponseWriter) bool {
		if call == 1 {
			w.WriteHeader(http.StatusTooManyRequests)
		}
		return call == 1
	})
	if _, err := r.Embed(context.Background(), []string{"a"}); err != nil || calls.Load() != 2 {
		t.Error(err, calls.Load())
	}
	w := invented(30, 8)
	down := Remote{URL: "http://127.0.0.1:1/v1/embeddings", Model: "small"}
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // nobody waits for its retries here
	placed := w.space.PlaceBy(ctx, &down, w.docs)
	if placed.By != "own" || placed.Because == "" || len(placed.Vectors) != 30 || len(placed.Vectors[0]) != w.space.Dimensions() {
		t.Errorf("%s %q %d", placed.By, placed.Because, len(placed.Vectors))
	}
	if placed = w.space.PlaceBy(context.Background(), nil, w.docs); placed.By != "own" || placed.Because != "" {
		t.Errorf("%+v", placed.Because)
	}
	if placed = w.space.PlaceBy(context.Background(), &r, w.docs[:3]); placed.By != "small" || len(placed.Vectors) != 3 {
		t.Errorf("%+v", placed)
	}
}

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
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Model != "small" || len(asked.Input) > RemoteBatch || r.Header.Get("Authorization") != "Bearer key" ||
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

func TestABusyRemoteIsAskedAgain(t *testing.T) {
	r, calls := service(t, 4, func(call int, w http.ResponseWriter) bool {
		if call == 1 {
			w.WriteHeader(http.StatusTooManyRequests)
		}
		return call == 1
	})
	if _, err := r.Embed(context.Background(), []string{"a"}); err != nil || calls.Load() != 2 {
		t.Error(err, calls.Load())
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // nobody waits for its retries here
	if _, err := (Remote{URL: "http://127.0.0.1:1/v1/embeddings", Model: "small"}).Embed(ctx, []string{"a"}); err == nil {
		t.Error("a service that is not there answered")
	}
}

func TestTextsGoNowhereElse(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(other.Close)
	r, calls := service(t, 4, func(_ int, w http.ResponseWriter) bool {
		w.Header().Set("Location", other.URL)
		w.WriteHeader(http.StatusTemporaryRedirect)
		return true
	})
	if _, err := r.One(context.Background(), "a"); err == nil || calls.Load() != 1 || elsewhere.Load() != 0 {
		t.Error(err, calls.Load(), elsewhere.Load())
	}
	for address, right := range map[string]bool{
		"https://embeddings.example/v1/embeddings": true, "http://127.0.0.1:11434/v1/embeddings": true, "http://localhost:8080/v1": true, "http://[::1]:80/v1": true,
		"http://embeddings.example/v1": false, "http://10.0.0.7/v1": false, "http://127.0.0.1.example/v1": false, "https://user:pass@embeddings.example/v1": false,
		"": false, "ftp://embeddings.example/v1": false, "/v1/embeddings": false,
	} {
		if err := (Remote{URL: address, Model: "small"}).Check(); (err == nil) != right {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestNumbersOfTheRemoteAreChecked(t *testing.T) {
	for _, numbers := range []string{`[0,0]`, `[1e39,0]`, `[1,"x"]`, `[null]`, `[]`, `null`, "[" + strings.Repeat("1,", MostForeign) + "1]"} {
		r, _ := service(t, 4, func(_ int, w http.ResponseWriter) bool {
			fmt.Fprintf(w, `{"data":[{"index":0,"embedding":%s}]}`, numbers)
			return true
		})
		if v, err := r.One(context.Background(), "a"); err == nil {
			t.Errorf("%.20s is taken for %v", numbers, v[:min(len(v), 4)])
		}
	}
}

func TestWhatIsSentNamesAndReachesNobody(t *testing.T) {
	for text, want := range map[string]string{
		"Hi, Ana Lee here! Serum tests, write to ana@mail.example":   "Hi, here! Serum tests, write to",
		"tea with @ben.writes and #analee #tea":                      "tea with and #tea",
		"Call +49 (151) 234 56 78 now, 3 cups 2 sugars":              "Call now, 3 cups 2 sugars",
		"all at https://x.example/a or linktr.ee/ana, www.a.example": "all at or",
		"by ana_lee\nthe second line":                                "by\nthe second line",
		"ana alone is a word":                                        "ana alone is a word",
		"":                                                           "",
	} {
		if got := Sendable(text, "Ana Lee", "ana_lee", ""); got != want {
			t.Errorf("%q is sent as %q, want %q", text, got, want)
		}
	}
}

func TestForeignVectorsLoseWhatTheyHaveInCommon(t *testing.T) {
	f := NewForeign(3, 4)
	for i := range uint32(200) { // all close together, two subjects
		f.Set(i, unit([]float32{5, float32(i % 2), float32(1 - i%2)}))
	}
	if f.Settled() {
		t.Error("settled by itself")
	}
	f.Settle()
	if same, other := Dot(f.Vector(0), f.Vector(2)), Dot(f.Vector(0), f.Vector(1)); same < 0.99 || other > 0.3 {
		t.Errorf("of one subject %.2f, of two %.2f", same, other)
	}
	f.Set(1, nil)
	if f.Vector(1) != nil || f.Vector(900) != nil {
		t.Error("somebody stands where nobody was put")
	}
	f.Set(300, unit([]float32{5, 1, 0}))
	if Dot(f.Vector(300), f.Vector(3)) < 0.99 {
		t.Error("who came later stands elsewhere")
	}
}

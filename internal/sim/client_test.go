package sim

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"
)

// patient makes a client whose pauses are noted and not waited for.
func patient(base string) (*Client, *[]time.Duration) {
	c := NewClient(base, "rk_test", 2)
	pauses := &[]time.Duration{}
	c.wait = func(_ context.Context, d time.Duration) error { *pauses = append(*pauses, d); return nil }
	return c, pauses
}

func TestBusyServerIsAskedAgainWithTheSameKey(t *testing.T) {
	var keys []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		switch len(keys) {
		case 1:
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusTooManyRequests)
		case 2:
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			_, _ = w.Write([]byte(`{"id":"cre_1"}`))
		}
	}))
	defer server.Close()
	c, pauses := patient(server.URL)
	var got made
	if err := c.Post(t.Context(), "/creators", "k1", struct{}{}, &got); err != nil || got.ID != "cre_1" {
		t.Fatalf("got %v, %v", got, err)
	}
	if !slices.Equal(keys, []string{"k1", "k1", "k1"}) || len(*pauses) != 2 || (*pauses)[0] != 7*time.Second {
		t.Fatalf("keys %v, pauses %v", keys, *pauses)
	}
}

func TestPatienceEnds(t *testing.T) {
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls++
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	c, _ := patient(server.URL)
	if err := c.Get(t.Context(), "/creators", nil, nil); !refusedWith(err, 503) || calls != attempts {
		t.Fatalf("%d calls, %v", calls, err)
	}
}

func TestRefusalCarriesCodeAndFields(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = w.Write([]byte(`{"status":422,"title":"Unprocessable Entity","code":"invalid","errors":[{"code":"invalid","location":"name","message":"too short"}]}`))
	}))
	defer server.Close()
	c, pauses := patient(server.URL)
	err := c.Post(t.Context(), "/creators", "k", struct{}{}, nil)
	var p *Problem
	if !errors.As(err, &p) || p.Code != "invalid" || len(p.Errors) != 1 || p.Errors[0].Location != "name" || len(*pauses) != 0 {
		t.Fatalf("got %v after %v", err, *pauses)
	}
}

func TestVisitDoesNotFollowTheRedirect(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://fernwood.example/?rp_click=T", http.StatusFound)
	}))
	defer server.Close()
	c, _ := patient(server.URL)
	to, err := c.Visit(t.Context(), "maren", http.Header{})
	if err != nil || to.Query().Get("rp_click") != "T" {
		t.Fatalf("got %v, %v", to, err)
	}
}

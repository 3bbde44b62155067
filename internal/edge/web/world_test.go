package web_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/secret"
	"rapport/internal/edge/web"
	"rapport/internal/learn/analytics"
	"rapport/internal/pay/intake"
	"rapport/internal/pay/payouts"
	"rapport/internal/track/clicks"
	"rapport/internal/track/links"
)

// installation is the whole of the pages over a fresh database, and nobody in it.
type installation struct {
	d   *db.DB
	box *secret.Box
	url string
}

func install(t *testing.T) installation {
	t.Helper()
	tokens, err := clicks.NewKeys(clicks.Key{No: 1, Secret: [32]byte{7}})
	if err != nil {
		t.Fatal(err)
	}
	d, box := dbtest.New(t, db.EngineSQLite), secret.New(bytes.Repeat([]byte{1}, secret.KeySize))
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	handler, err = web.New(web.Config{DB: d, Box: box, Door: intake.Door{Tokens: tokens, Box: box}, Links: &links.Index{}, Cashier: payouts.Cashier{}, BaseURL: server.URL,
		LinkBase: server.URL + "/r", Tail: nothingYet, Log: slog.New(slog.NewTextHandler(testLog{t}, nil)), ClientIP: func(*http.Request) string { return "203.0.113.9" }})
	if err != nil {
		t.Fatal(err)
	}
	return installation{d, box, server.URL}
}

// nothingYet is the tail of a click log without clicks.
func nothingYet(context.Context, *db.Tx) ([]analytics.TailCount, error) { return nil, nil }

// testLog lets the server speak through the test.
type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Helper()
	l.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// fernwood is a shop on this machine, and its host.
func fernwood(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><title>Fine tea | Fernwood</title><meta property="og:site_name" content="Fernwood Tea">
			<link rel="apple-touch-icon" href="/logo.png"><script>Shopify.currency = {"active":"EUR","rate":"1.0"};</script>`))
	})
	mux.HandleFunc("GET /logo.png", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(leaf(t))
	})
	shop := httptest.NewServer(mux)
	t.Cleanup(shop.Close)
	return strings.TrimPrefix(shop.URL, "http://")
}

// leaf is the shop's logo: a green square.
func leaf(t *testing.T) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		picture.Set(i%64, i/64, color.RGBA{0x0f, 0x76, 0x6e, 0xff})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

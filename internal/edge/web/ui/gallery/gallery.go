package main

import (
	"context"
	"embed"
	"flag"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"time"

	"rapport/internal/edge/web/ui"
)

//go:embed pages
var pages embed.FS

func main() {
	listen := flag.String("listen", "127.0.0.1:8099", "address on this machine")
	flag.Parse()
	if err := serve(*listen); err != nil {
		slog.ErrorContext(context.Background(), "the gallery stopped", "error", err)
		os.Exit(1) //nolint:forbidigo // a command of its own
	}
}

func serve(listen string) error {
	handler, err := newHandler()
	if err != nil {
		return err
	}
	slog.InfoContext(context.Background(), "the gallery is open", "address", "http://"+listen+"/")
	server := &http.Server{Addr: listen, Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	return server.ListenAndServe()
}

func newSet() (*ui.Set, error) {
	source, err := fs.Sub(pages, "pages")
	if err != nil {
		return nil, err
	}
	return ui.New(source)
}

// sample is one page of the gallery.
type sample struct {
	template string
	page     func(*http.Request) *ui.Page
}

func newHandler() (http.Handler, error) {
	set, err := newSet()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/assets/", ui.Assets())
	for path, s := range samples() {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if err := set.Render(w, r, http.StatusOK, s.template, s.page(r)); err != nil {
				slog.ErrorContext(r.Context(), "a sample fails", "path", path, "error", err)
				http.Error(w, "this sample cannot be shown", http.StatusInternalServerError)
			}
		})
	}
	mux.HandleFunc("GET /broken.png", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write([]byte("no picture")) // a face that cannot be drawn
	})
	return policy(mux), nil
}

func policy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", ui.SecurityPolicy)
		next.ServeHTTP(w, r)
	})
}

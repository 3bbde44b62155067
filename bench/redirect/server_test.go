package redirect

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"path/filepath"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/edge/redirect"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/clicks"
	"rapport/internal/track/links"
)

// serve is the server's part: the real handler over a real index, with the log in dir or, where durable is false, with none.
func serve(dir string, durable bool) int {
	if err := tryServe(dir, durable); err != nil {
		fmt.Fprintln(os.Stderr, "the server of the measurement:", err)
		return 1
	}
	return 0
}

func tryServe(dir string, durable bool) error {
	index, err := oneLink(filepath.Join(dir, "db"))
	if err != nil {
		return err
	}
	log, err := clicks.Open(filepath.Join(dir, "clicks"), clicks.Options{})
	if err != nil {
		return err
	}
	keys, err := clicks.NewKeys(clicks.Key{No: 1, Secret: [32]byte{1}})
	if err != nil {
		return err
	}
	add := log.Append
	if !durable {
		add = func(context.Context, clicks.Click) (uint64, error) { return 1, nil }
	}
	mux := http.NewServeMux()
	mux.Handle("/r/", redirect.New(redirect.Config{Index: index, Append: add, Keys: keys}))
	mux.HandleFunc("/stats", func(w http.ResponseWriter, _ *http.Request) {
		s := log.Stats()
		log.Forwarded(s.LastNo) // nothing forwards here
		_ = json.NewEncoder(w).Encode(s)
	})
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	return server.Serve(l)
}

// oneLink is an index of the link /r/glow.
func oneLink(dir string) (*links.Index, error) {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx); err != nil {
		return nil, err
	}
	if err := d.Update(ctx, func(tx *db.Tx) error {
		p, err := programs.Create(ctx, tx, programs.New{Name: "Acme", Currency: "EUR", Sites: []string{"acme.example"}})
		if err != nil {
			return err
		}
		c, err := creators.Create(ctx, tx, creators.New{Name: "Maya", Profiles: []creators.NewProfile{{Platform: creators.PlatformTikTok, Handle: "maya"}}})
		if err != nil {
			return err
		}
		partner, err := partnerships.Create(ctx, tx, partnerships.New{Program: p.ID, Creator: c.ID, Status: partnerships.StatusActive})
		if err != nil {
			return err
		}
		_, err = links.Create(ctx, tx, links.New{Partnership: partner.ID, Destination: "https://acme.example/serum?size=30", Slug: "glow"})
		return err
	}); err != nil {
		return nil, err
	}
	index := new(links.Index)
	return index, index.Refresh(ctx, d)
}

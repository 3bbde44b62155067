package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/jobs"
	"rapport/internal/base/notify"
	"rapport/internal/base/secret"
	"rapport/internal/edge/api"
	"rapport/internal/edge/mail"
	"rapport/internal/edge/mail/inbound"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/rails/csvfile"
	"rapport/internal/edge/redirect"
	"rapport/internal/edge/stores/shopify"
	"rapport/internal/edge/web"
	"rapport/internal/edge/web/frame"
	"rapport/internal/learn/analytics"
	"rapport/internal/pay/intake"
	"rapport/internal/pay/ledger"
	"rapport/internal/pay/payouts"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
	"rapport/internal/recruit/discovery/meaning"
	"rapport/internal/recruit/imports"
	"rapport/internal/track/clicks"
	"rapport/internal/track/links"
)

// server is everything that runs behind one address.
type server struct {
	settings  settings
	log       *slog.Logger
	d         *db.DB
	box       *secret.Box
	tokens    *clicks.Keys
	clicks    *clicks.Log
	index     *links.Index
	search    *discovery.Index
	cashier   payouts.Cashier
	platforms *platforms.Switchboard
	door      intake.Door
	inbound   inbound.Ways
	runner    *jobs.Runner
	metrics   *prometheus.Registry
	handler   http.Handler
}

// settings are what a server is told from outside.
type settings struct {
	Place    place
	BaseURL  string // without a slash at the end
	LinkBase string // "" is BaseURL/r; else the root of a link domain of its own
	Proxies  redirect.Proxies
	Mail     mail.Config
	Inbound  inbound.Config

	Embeddings *meaning.Remote // nil: the search asks no foreign service
}

// openServer opens everything and answers nothing yet.
func openServer(e *environment, s settings) (_ *server, err error) {
	v := &server{settings: s, log: e.log, metrics: prometheus.NewRegistry(), index: &links.Index{}, search: &discovery.Index{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, v.close())
		}
	}()
	if v.d, err = s.Place.migrated(e); err != nil {
		return nil, err
	}
	if v.box, err = s.Place.box(e.ctx, v.d); err != nil {
		return nil, err
	}
	if v.tokens, err = tokenKeys(v.box); err != nil {
		return nil, err
	}
	if v.clicks, err = clicks.Open(filepath.Join(s.Place.Data, "clicks"), clicks.Options{Logger: e.log}); err != nil {
		return nil, err
	}
	if err := v.index.Refresh(e.ctx, v.d); err != nil {
		return nil, err
	}
	if s.Embeddings != nil {
		if err := v.search.Use(*s.Embeddings, v.d.Now, e.log); err != nil {
			return nil, err
		}
		address, _, _ := strings.Cut(s.Embeddings.URL, "?") // what follows may be a key
		e.log.Info("captions, hashtags, biographies and searched words are sent to an embeddings service", "address", address, "model", s.Embeddings.Model)
	}
	v.door = intake.Door{Tokens: v.tokens, Box: v.box}
	v.cashier = payouts.Cashier{Box: v.box, Rails: payouts.Rails{csvfile.Rail{}}}
	v.openPlatforms()
	if err := v.work(); err != nil {
		return nil, err
	}
	v.handler, err = v.routes()
	return v, err
}

func (v *server) close() error {
	var errs []error
	if v.clicks != nil {
		errs = append(errs, v.clicks.Close())
	}
	if v.d != nil {
		errs = append(errs, v.d.Close())
	}
	return errors.Join(errs...)
}

// work prepares what runs in the background.
func (v *server) work() error {
	if v.settings.Mail.Host == "" && v.settings.Mail.Folder == "" {
		v.settings.Mail.Folder = filepath.Join(v.settings.Place.Data, "mails")
	}
	send, err := mail.Open(v.settings.Mail, v.log)
	if err != nil {
		return err
	}
	if v.inbound, err = inbound.Open(v.settings.Inbound, v.d, v.box, v.log); err != nil {
		return err
	}
	v.runner = jobs.New(v.d, v.log)
	notify.Work(v.runner, v.d, v.box, send)
	v.periodic()
	return nil
}

// tail is what reports add to the roll-ups that a transaction sees.
func (v *server) tail(ctx context.Context, tx *db.Tx) ([]analytics.TailCount, error) {
	counts, err := clicks.TailCounts(ctx, tx, v.clicks, clicks.ByIndex(v.index))
	out := make([]analytics.TailCount, len(counts))
	for i, c := range counts {
		out[i] = analytics.TailCount{
			LinkNo: c.LinkNo, Partnership: c.Partnership, Day: analytics.Day(c.Day), People: c.People, Marked: c.Marked, Device: c.Device.String(),
		}
	}
	return out, err
}

// routes puts every part of the edge at its address.
func (v *server) routes() (http.Handler, error) {
	rest := api.New(api.Config{
		DB: v.d, Keys: auth.NewKeys(v.d), Door: v.door, Links: v.index, Search: v.search, Fit: v.search.BestFit, Box: v.box, Cashier: v.cashier, Tail: v.tail,
		Parts: parts(), LinkBase: v.linkBase(), BaseURL: v.settings.BaseURL, Log: v.log,
	})
	pages, err := web.New(frame.Deps{
		DB: v.d, Box: v.box, Door: v.door, Links: v.index, Search: v.search, Fit: v.search.BestFit, Cashier: v.cashier, Platforms: v.platforms, Tail: v.tail,
		Lost: func() uint64 { return v.clicks.Stats().Lost }, BaseURL: v.settings.BaseURL, LinkBase: v.linkBase(),
		Parts: parts(), MailSent: v.settings.Mail.Host != "", Mailbox: v.inbound.Mailbox, Version: version, Log: v.log,
		ClientIP: func(r *http.Request) string { return v.settings.Proxies.Client(r).String() },
	})
	if err != nil {
		return nil, fmt.Errorf("cannot make the pages: %w", err)
	}
	redirects := redirect.New(redirect.Config{
		Index: v.index, Append: v.clicks.Append, Keys: v.tokens, Proxies: v.settings.Proxies, Logger: v.log, Metrics: v.metrics,
	})
	v.metrics.MustRegister(redirect.LogMetrics(v.clicks))
	mux := http.NewServeMux()
	mux.Handle("/r/", redirects)
	mux.Handle("/api/", rest)
	mux.Handle("POST /hooks/shopify/{connection}", &shopify.Handler{DB: v.d, Box: v.box, Door: v.door, Log: v.log, Refuse: rest.Refuse})
	if v.inbound.Hook != nil {
		v.inbound.Hook.Refuse = rest.Refuse
		mux.Handle("POST /hooks/mail", v.inbound.Hook)
	}
	mux.HandleFunc("/hooks/", rest.NotFound)
	v.health(mux)
	mux.Handle("/", pages)
	return v.onLinkDomain(redirects, mux), nil
}

func (v *server) linkBase() string {
	if v.settings.LinkBase != "" {
		return v.settings.LinkBase
	}
	return v.settings.BaseURL + "/r"
}

// onLinkDomain answers a link domain of its own with redirects alone, so that no log-in cookie ever belongs to the host that leads elsewhere.
func (v *server) onLinkDomain(redirects, rest http.Handler) http.Handler {
	u, err := url.Parse(v.settings.LinkBase)
	if err != nil || u.Host == "" || strings.HasPrefix(v.settings.LinkBase, v.settings.BaseURL+"/") {
		return rest
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.EqualFold(r.Host, u.Host) {
			redirects.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	})
}

// run keeps the background loops going until ctx ends, then waits for them.
func (v *server) run(ctx context.Context) {
	var loops sync.WaitGroup
	loops.Go(func() { v.resume(ctx) })
	loops.Go(func() { v.d.RunOutbox(ctx, v.host().FirstSale()) })
	loops.Go(func() { ledger.RunSealer(ctx, v.d, v.log) })
	loops.Go(func() { v.index.Run(ctx, v.d, v.log) })
	loops.Go(func() { v.search.Run(ctx, v.d, v.log) })
	loops.Go(func() { clicks.RunForwarder(ctx, v.d, v.clicks, clicks.ByIndex(v.index), v.log) })
	<-ctx.Done()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopDeadline)
	defer cancel()
	if err := v.runner.Stop(stopping); err != nil {
		v.log.Warn("jobs were cut short", "error", err)
	}
	loops.Wait()
}

// resume takes up at once what the process before left half done. It may take long, so the books and the clicks do not wait for it.
func (v *server) resume(ctx context.Context) {
	if err := v.cashier.FinishAll(ctx, v.d); err != nil && ctx.Err() == nil {
		v.log.Error("payouts are not finished", "error", err)
	}
	if err := imports.CleanAbandoned(ctx, v.d, prospectsOf); err != nil && ctx.Err() == nil {
		v.log.Error("abandoned imports are not cleaned", "error", err)
	}
	if err := creators.ResumeErasures(ctx, v.d, v.box, parts()); err != nil && ctx.Err() == nil {
		v.log.Error("erasures are not finished", "error", err)
	}
}

// parseProxies reads addresses and ranges: 10.0.0.0/8,192.0.2.7.
func parseProxies(texts []string) (proxies redirect.Proxies, err error) {
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			address, addressErr := netip.ParseAddr(text)
			if addressErr != nil {
				return nil, fmt.Errorf("%q is neither an address nor a range such as 10.0.0.0/8", text)
			}
			prefix = netip.PrefixFrom(address, address.BitLen())
		}
		proxies = append(proxies, prefix.Masked())
	}
	return proxies, nil
}

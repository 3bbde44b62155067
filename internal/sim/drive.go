package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"rapport/internal/base/fault"
)

// Options say how a market is played into a running server.
type Options struct {
	BaseURL string
	Key     string             // an API key for the whole installation or for Program
	Program string             // id; "" makes a program named after the shop
	Shopify *ShopifyConnection // nil tells every order by POST /conversions

	Past       Way               // how orders before Market.Now are told; "" is WayShopify with a connection, else WayAPI
	Groups     map[string]string // Group.Name → the server's group id, sent with partnerships
	Speed      float64           // simulated seconds per real second in the live phase; 0 is as fast as possible
	Workers    int               // requests at a time; 0 is 8
	WindowDays int               // of the program's attribution; 0 is 30
	Repeats    float64           // share of orders that are delivered a second time, as shops do

	Backfill Backfill                                     // nil: past clicks are left out
	Known    func(context.Context, *Creator, Party) error // called once per creator in Setup: posts, snapshots, log-ins; may run concurrently
	Truth    io.Writer                                    // JSON lines of CreatorTruth, then of Truth; nil writes none
	Progress func(Progress)                               // called after every step, one call at a time
	OnError  func(error)                                  // live phase only: report and go on; nil stops at the first error
	Clock    Clock
}

// ShopifyConnection is a connection of the server that we can sign for.
type ShopifyConnection struct {
	Path   string // /hooks/shopify/con_…
	Secret string
	Domain string // the shop's myshopify.com name
}

// PastClick is a click that happened before now. The redirect stamps with its own clock and cannot be told of it.
type PastClick struct {
	Slug     string
	At       time.Time
	Agent    string // User-Agent
	Language string // Accept-Language
	Referrer string
	Mark     Mark
}

// Backfill writes past clicks, in order of time, to where the server's reports and attribution find them, and returns their tokens, one for each
// click and "" where it makes none. cmd hands it in, since only the server's own rooms can date a click back. A token must carry the click's own
// moment; an order of the past then brings it like any other.
type Backfill func(ctx context.Context, clicks []PastClick) (tokens []string, err error)

// Clock is the driver's time; the zero value is the real one.
type Clock struct {
	Now  func() time.Time
	Wait func(context.Context, time.Duration) error
}

// Progress counts what was done so far.
type Progress struct {
	Phase     string
	Creators  int
	Clicks    int
	Orders    int
	Refunds   int
	Cancels   int
	Failures  int
	Simulated time.Time // how far the market's own time has come
}

// Driver plays one market into one server. Its phases run in order: Setup, History, Settle if wanted, Live.
type Driver struct {
	Program string
	Parties []Party // by Creator.No

	opts   Options
	market *Market
	client *Client
	store  Storefront
	owners map[string]string // folded code → partnership

	mu       sync.Mutex
	progress Progress
	tokens   map[int64]SentTouch // by Click.No, until the order takes them
	truths   map[int64]Truth     // by Order.ID
	truthOut *json.Encoder
}

// NewDriver checks the options.
func NewDriver(opts Options, m *Market) (*Driver, error) {
	if opts.Workers == 0 {
		opts.Workers = 8
	}
	if opts.WindowDays == 0 {
		opts.WindowDays = 30
	}
	if opts.Past == "" {
		opts.Past = WayAPI
		if opts.Shopify != nil {
			opts.Past = WayShopify
		}
	}
	if opts.Clock.Now == nil {
		opts.Clock = Clock{Now: time.Now, Wait: sleep}
	}
	if err := opts.check(); err != nil {
		return nil, err
	}
	d := &Driver{
		opts: opts, market: m, client: NewClient(opts.BaseURL, opts.Key, opts.Workers), Parties: make([]Party, len(m.Creators)),
		owners: map[string]string{}, tokens: map[int64]SentTouch{}, truths: map[int64]Truth{},
	}
	if opts.Shopify != nil {
		d.store = Storefront{Domain: opts.Shopify.Domain, Secret: opts.Shopify.Secret}
	}
	if opts.Truth != nil {
		d.truthOut = json.NewEncoder(opts.Truth)
	}
	return d, nil
}

func (o Options) check() error {
	var faults []*fault.Error
	check := func(ok bool, field, message string) {
		if !ok {
			faults = append(faults, fault.Invalid(message).In(field))
		}
	}
	check(strings.HasPrefix(o.BaseURL, "http://") || strings.HasPrefix(o.BaseURL, "https://"), "base_url", "the server's address must begin with http:// or https://")
	check(o.Key != "", "key", "an API key is needed")
	check(within(o.Speed, 0, 1e9), "speed", "speed must be between 0 and 1,000,000,000")
	check(o.Workers >= 1 && o.Workers <= 256, "workers", "workers must be between 1 and 256")
	check(o.WindowDays >= 1 && o.WindowDays <= 3650, "window_days", "window_days must be between 1 and 3,650")
	check(within(o.Repeats, 0, 1), "repeats", "repeats is a share and must be between 0 and 1")
	check(o.Past == WayAPI || o.Past == WayShopify, "past", "past must be api or shopify")
	check(o.Past != WayShopify || o.Shopify != nil, "past", "past orders can only be sent as webhooks over a connection")
	if c := o.Shopify; c != nil {
		check(strings.HasPrefix(c.Path, "/"), "shopify.path", "the connection's path must begin with /")
		check(c.Secret != "" && c.Domain != "", "shopify", "the connection needs a secret and the shop's domain")
	}
	return fault.Join(faults...)
}

// Run plays the whole market: set-up, history, live. It ends when the market does or ctx is cancelled, which is no error in the live phase.
func Run(ctx context.Context, opts Options, m *Market) (*Driver, error) {
	d, err := NewDriver(opts, m)
	if err != nil {
		return nil, err
	}
	for _, phase := range []func(context.Context) error{d.Setup, d.History, d.Live} {
		if err := phase(ctx); err != nil {
			return d, err
		}
	}
	return d, nil
}

// phase announces what comes next.
func (d *Driver) phase(name string) { d.count(func(p *Progress) { p.Phase = name }) }

func (d *Driver) count(change func(*Progress)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(&d.progress)
	if d.opts.Progress != nil {
		d.opts.Progress(d.progress)
	}
}

// recordCreator writes what a creator truly is.
func (d *Driver) recordCreator(c *Creator, party Party) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.truthOut == nil {
		return nil
	}
	t := CreatorTruth{Creator: party.CreatorID, Account: c.Account, Growth: c.Growth, Fit: c.Fit}
	for _, p := range c.Profiles {
		t.Profiles = append(t.Profiles, ProfileTruth{p.Platform, p.Handle, p.Jump})
	}
	if err := d.truthOut.Encode(t); err != nil {
		return fmt.Errorf("cannot write the truth file: %w", err)
	}
	return nil
}

// record keeps the truth about an order that was sent.
func (d *Driver) record(t Truth) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.truths[t.Order] = t
	if d.truthOut == nil {
		return nil
	}
	if err := d.truthOut.Encode(t); err != nil {
		return fmt.Errorf("cannot write the truth file: %w", err)
	}
	return nil
}

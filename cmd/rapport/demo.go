package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/mail"
	"rapport/internal/edge/stores"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/recruit/creators"
	"rapport/internal/sim"
	"rapport/internal/track/clicks"
)

type demoCmd struct {
	Listen string  `default:"127.0.0.1:8080" env:"RAPPORT_LISTEN" help:"Address to listen on; another free port is taken where this one is not free."`
	Seed   uint64  `default:"1" help:"The same seed makes the same market."`
	Params string  `help:"JSON file with what differs from the default market." type:"existingfile"`
	Speed  float64 `default:"720" help:"Simulated seconds per second: 720 plays a day in two minutes."`
	Keep   bool    `help:"Keep the temporary folder."`
}

const (
	demoMerchant = "merchant@demo.example"
	demoSecond   = "finance@demo.example"
	demoShop     = "demo.myshopify.com"
	demoSender   = "Rapport <rapport@demo.example>"
	demoLinkFor  = 7 * 24 * time.Hour
)

// demo is a running demonstration.
type demo struct {
	*server
	base       string
	program    programs.Program
	connection stores.Connection
	shopSecret string
	password   string
	prepareKey string // two keys, since nobody releases what they prepared
	releaseKey string
	groups     map[string]string
	merchant   auth.User
}

// Run starts a server in a temporary folder and plays a market into it, through the same interfaces a real shop uses.
func (c *demoCmd) Run(e *environment) (err error) {
	params := sim.Default()
	if c.Params != "" {
		if params, err = sim.ReadParams(c.Params); err != nil {
			return err
		}
	}
	market, err := sim.New(params, c.Seed, time.Now().UTC())
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "rapport-demo-")
	if err != nil {
		return err
	}
	if !c.Keep {
		defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	}
	listener, err := listenSomewhere(e.ctx, c.Listen)
	if err != nil {
		return err
	}
	d := &demo{base: "http://" + listener.Addr().String(), shopSecret: randomSecret()}
	if d.server, err = openServer(e, settings{Place: place{Data: folder}, BaseURL: d.base, Mail: mail.Config{From: demoSender}}); err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := d.prepare(e.ctx, market); err != nil {
		return errors.Join(err, listener.Close(), d.close())
	}
	ctx, stop := context.WithCancel(e.ctx)
	played := make(chan error, 1)
	go func() {
		played <- d.play(ctx, market, c.Speed)
		stop()
	}()
	err = d.serve(ctx, listener)
	stop()
	return errors.Join(err, <-played)
}

func listenSomewhere(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err == nil {
		return listener, nil
	}
	host, _, splitErr := net.SplitHostPort(address)
	if splitErr != nil {
		return nil, err
	}
	return config.Listen(ctx, "tcp", net.JoinHostPort(host, "0"))
}

// prepare makes what a shop would have set up by hand: the program, people, keys and the connection to the shop.
func (d *demo) prepare(ctx context.Context, market *sim.Market) error {
	d.password = strings.ToLower(secret.RandomToken(16))[:14]
	hash, err := secret.HashPassword(d.password)
	if err != nil {
		return err
	}
	return d.d.Update(ctx, func(tx *db.Tx) error {
		if err := d.makeProgram(ctx, tx, market); err != nil {
			return err
		}
		for _, person := range []auth.NewUser{
			{Email: demoMerchant, Name: "Robin Marsh", PasswordHash: hash, Role: auth.RoleOwner},
			{Email: demoSecond, Name: "Sam Okafor", PasswordHash: hash, Role: auth.RoleFinance, Program: d.program.ID},
		} {
			made, err := auth.CreateUser(ctx, tx, person)
			if err != nil {
				return err
			}
			if person.Email == demoMerchant {
				d.merchant = made
			}
		}
		if err := d.openDoor(ctx, tx); err != nil {
			return err
		}
		if d.prepareKey, _, err = auth.NewKey(ctx, tx, "Shop", "", nil); err != nil {
			return err
		}
		if d.releaseKey, _, err = auth.NewKey(ctx, tx, "Finance", "", nil); err != nil {
			return err
		}
		d.connection, err = stores.Connect(ctx, tx, d.box, stores.New{
			Program: d.program.ID, Store: stores.StoreShopify, Shop: demoShop, Secret: d.shopSecret,
		})
		return err
	})
}

func (d *demo) makeProgram(ctx context.Context, tx *db.Tx, market *sim.Market) (err error) {
	shop := market.Params.Shop
	if d.program, err = programs.Create(ctx, tx, programs.New{
		Name: shop.Name, Currency: shop.Currency, Sites: []string{shop.Host}, Colour: "#2f6f4f", PayoutSchedule: programs.ScheduleMonthly,
	}); err != nil {
		return err
	}
	ten, err := terms.ParseCommission("percent", "10", d.program.Currency)
	if err != nil {
		return err
	}
	off, err := terms.ParseOffer("percent", "10", d.program.Currency)
	if err != nil {
		return err
	}
	if err := partnerships.SetProgramTerms(ctx, tx, d.program.ID, terms.Terms{Commission: &ten, Offer: &off}); err != nil {
		return err
	}
	d.groups = map[string]string{}
	for _, g := range market.Groups {
		commission, err := terms.ParseCommission("percent", strconv.Itoa(g.Percent), d.program.Currency)
		if err != nil {
			return err
		}
		group, err := partnerships.CreateGroup(ctx, tx, partnerships.NewGroup{Program: d.program.ID, Name: g.Name, Terms: terms.Terms{Commission: &commission}})
		if err != nil {
			return err
		}
		d.groups[g.Name] = string(group.ID)
	}
	return nil
}

// play tells the market's history, then stays live until ctx ends.
func (d *demo) play(ctx context.Context, market *sim.Market, speed float64) error {
	fmt.Fprintf(os.Stderr, "Preparing %d creators and %d days of history…\n", len(market.Creators), market.Params.Days)
	settlement := sim.DefaultSettlement
	settlement.Release = d.release
	options := sim.Options{
		BaseURL: d.base, Key: d.prepareKey, Program: string(d.program.ID), Groups: d.groups, Speed: speed, Repeats: 0.02,
		Shopify:  &sim.ShopifyConnection{Path: "/hooks/shopify/" + string(d.connection.ID), Secret: d.shopSecret, Domain: d.connection.Shop},
		Backfill: d.backfill, Known: d.known, Progress: simulationOnTerminal(),
		OnError: func(err error) { d.log.Warn("the market stumbled", "error", err) },
	}
	err := sim.Demo(ctx, options, market, settlement, func(driver *sim.Driver) error {
		if err := errors.Join(d.talk(ctx, market, driver), d.know(ctx)); err != nil {
			return err
		}
		d.welcome(ctx, market, driver)
		return nil
	})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// backfill writes clicks of the past, which no redirect can be told of.
func (d *demo) backfill(ctx context.Context, past []sim.PastClick) ([]string, error) {
	all := make([]clicks.Past, len(past))
	for i, p := range past {
		header := http.Header{"User-Agent": {p.Agent}, "Accept-Language": {p.Language}}
		all[i] = clicks.Past{At: p.At, Flags: clicks.Classify(http.MethodGet, header), Device: clicks.DeviceOf(p.Agent), Referrer: hostOf(p.Referrer)}
		if p.Mark == sim.MarkPrefetch {
			all[i].Flags |= clicks.Prefetch
		}
		if entry, ok := d.index.BySlug(p.Slug); ok {
			all[i].LinkNo = entry.No
		}
	}
	return clicks.Backfill(ctx, d.d, d.tokens, clicks.ByIndex(d.index), all)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// known writes what is known of a creator's accounts; the REST interface has no call for history.
func (d *demo) known(ctx context.Context, c *sim.Creator, party sim.Party) error {
	return d.d.Update(ctx, func(tx *db.Tx) error {
		stored, err := creators.Find(ctx, tx, creators.ID(party.CreatorID))
		if err != nil {
			return err
		}
		for _, profile := range stored.Profiles {
			for _, p := range c.Profiles {
				if string(p.Platform) != string(profile.Platform) || !strings.EqualFold(p.Handle, profile.Handle) {
					continue
				}
				if err := addHistory(ctx, tx, profile.ID, p); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func addHistory(ctx context.Context, tx *db.Tx, profile creators.ProfileID, p sim.Profile) error {
	snapshots := make([]creators.Snapshot, 0, len(p.Snapshots))
	for _, s := range p.Snapshots {
		snapshots = append(snapshots, creators.Snapshot{
			Profile: profile, TakenAt: s.At, Source: "demo",
			Counts: creators.Counts{Followers: new(s.Followers), Following: new(s.Following), Posts: new(s.Posts)},
		})
	}
	if _, err := creators.AddSnapshots(ctx, tx, snapshots); err != nil {
		return err
	}
	posts := make([]creators.Post, 0, len(p.Posts))
	for _, post := range p.Posts {
		posts = append(posts, creators.Post{
			Profile: profile, PlatformID: post.ID, PostedAt: post.At, Caption: post.Caption, SeenAt: tx.Now(),
			Hashtags: strings.Join(post.Hashtags(), " "),
			Counts:   creators.PostCounts{Views: new(post.Views), Likes: new(post.Likes), Comments: new(post.Comments), Shares: new(post.Shares)},
		})
	}
	_, err := creators.AddPosts(ctx, tx, posts) // refreshes the profile with its snapshots
	return err
}

// release lets the second key approve and send what the first one prepared.
func (d *demo) release(ctx context.Context, batch string) error {
	client := sim.NewClient(d.base, d.releaseKey, 1)
	for _, act := range []string{"approve", "send"} {
		if err := client.Post(ctx, "/payouts/"+batch+"/"+act, act+" "+batch, struct{}{}, nil); err != nil {
			return err
		}
	}
	return nil
}

// welcome prints where to look and how to get in.
func (d *demo) welcome(ctx context.Context, market *sim.Market, driver *sim.Driver) {
	if onTerminal() {
		fmt.Fprint(os.Stderr, "\r\033[K")
	}
	creator, link := d.creatorLink(ctx, market, driver)
	fmt.Printf(`
Rapport is running with a synthetic market: %s

  Merchant   %s/sign-in
             %s    password %s
             (%s, same password, releases what the first one prepares)
  Creator    %s, signed in by this link once:
             %s
  Find creators: %s
             search for a sentence such as "%s", then open a check-up

Clicks and orders keep coming. Press Ctrl-C to stop; the folder is removed.
`, d.base, d.base, demoMerchant, d.password, demoSecond, creator, link, d.base+"/p/"+string(d.program.ID)+"/creators", demoSearch)
}

// creatorLink makes a log-in link for the partner who earned most of late, and so has something to look at.
func (d *demo) creatorLink(ctx context.Context, market *sim.Market, driver *sim.Driver) (name, link string) {
	var best *sim.Creator
	err := d.d.Update(ctx, func(tx *db.Tx) error {
		top, _, err := analytics.Performance(ctx, tx, analytics.Query{
			Program: d.program.ID, GroupBy: analytics.ByCreator, Sort: "-commission", Page: db.Page{Limit: 1},
		})
		if err != nil || len(top) == 0 {
			return err
		}
		for _, c := range market.Partners() {
			if driver.Parties[c.No].CreatorID == string(top[0].Creator) {
				best = c
			}
		}
		if best == nil {
			return nil
		}
		user, err := auth.EnsureCreatorUser(ctx, tx, driver.Parties[best.No].CreatorID, best.Email, best.Name, "en")
		if err != nil {
			return err
		}
		token, err := auth.LoginLink(ctx, tx, user, auth.PurposeCreator, demoLinkFor, "system")
		link = d.base + "/enter/" + token
		return err
	})
	if err != nil || best == nil {
		d.log.Error("there is no log-in for a creator", "error", err)
		return "–", "–"
	}
	return best.Name, link
}

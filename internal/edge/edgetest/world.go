package edgetest

import (
	"bytes"
	"context"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/tiktok"
	"rapport/internal/edge/rails/csvfile"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/intake"
	"rapport/internal/pay/payouts"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/clicks"
	"rapport/internal/track/links"
)

// World is an installation with two programs.
type World struct {
	DB        *db.DB
	Box       *secret.Box
	Door      intake.Door
	Cashier   payouts.Cashier
	Links     *links.Index
	Platforms *platforms.Switchboard // of a TikTok that does not answer
	Victim    Side                   // whose things strangers try to see and to change
	Other     Side                   // where the strangers are at home
}

// Person is somebody who can come in.
type Person struct {
	User    string
	Session string // token of a session
	Key     string // API key; creators have none
}

// Partner is a creator in a program.
type Partner struct {
	Person
	Partnership partnerships.Partnership
	Link        links.Link
	Code        links.Code
}

// Side is one of the programs with all that lies in it. IDs holds, by kind, the ids of one thing in each of its states: IDs["commission"]; the
// first one is First's where a creator has it. Texts holds what things are called by in words: an order's number, a code.
type Side struct {
	Program programs.Program
	People  map[auth.Role]Person // each has a role in this program only
	Scoped  map[auth.Scope]Person
	First   Partner
	Second  Partner
	Both    Partner // who is in the other program, too
	IDs     map[string][]string
	Ours    map[string][]string // those of IDs that First has a part in
	Texts   map[string]string
}

// Stems begin every text of the sides. What belongs to the victim's first creator alone has a stem of its own.
const (
	stemProgram = "zqxtwo"
	stemFirst   = "zqxone"
	stemOther   = "plain"
)

// New fills a database.
func New(t *testing.T, d *db.DB) *World {
	t.Helper()
	tokens, err := clicks.NewKeys(clicks.Key{No: 1, Secret: [32]byte{7}})
	must(t, err)
	box := secret.New(bytes.Repeat([]byte{3}, secret.KeySize))
	w := &World{
		DB: d, Box: box, Door: intake.Door{Tokens: tokens, Box: box}, Links: new(links.Index),
		Cashier: payouts.Cashier{Box: box, Rails: payouts.Rails{csvfile.Rail{}}},
	}
	w.Platforms = &platforms.Switchboard{Box: box, BaseURL: "http://rapport.example", Pace: time.Millisecond, Platforms: []platforms.Platform{tiktok.Platform{API: "http://127.0.0.1:1"}}}
	b := builder{T: t, World: w}
	both := b.creator("Shared Sam", "sharedsam", creators.Contact{}, "")
	w.Victim = b.side(stemProgram, stemFirst, both, 731111)
	w.Other = b.side(stemOther, stemOther, both, 20011)
	must(t, w.Links.Refresh(t.Context(), d))
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type builder struct {
	*testing.T
	*World
}

func (b builder) do(f func(ctx context.Context, tx *db.Tx) error) {
	b.Helper()
	ctx := context.WithoutCancel(b.Context())
	must(b, b.DB.Update(ctx, func(tx *db.Tx) error { return f(ctx, tx) }))
}

// as is do in the name of somebody.
func (b builder) as(user string, f func(ctx context.Context, tx *db.Tx, p auth.Principal) error) {
	b.Helper()
	b.do(func(ctx context.Context, tx *db.Tx) error {
		p, err := auth.PrincipalOf(ctx, tx, user)
		if err != nil {
			return err
		}
		p.AuthenticatedAt = tx.Now()
		return f(auth.With(ctx, p), tx, p)
	})
}

func (b builder) creator(name, handle string, contact creators.Contact, program programs.ID) (id creators.ID) {
	b.Helper()
	b.do(func(ctx context.Context, tx *db.Tx) error {
		c, err := creators.Create(ctx, tx, creators.New{
			Name: name, Contact: contact, Program: program,
			Profiles: []creators.NewProfile{{
				Platform: creators.PlatformTikTok, Handle: handle, Counts: creators.Counts{Followers: new(int64(8200))},
				Details: creators.Details{Bio: handle + " writes about tea", Country: "US"},
			}},
		})
		id = c.ID
		return err
	})
	return id
}

func eur(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }

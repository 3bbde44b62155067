package analytics

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

// world is a program as a test knows it, apart from the database: what reports are computed from a second time.
type world struct {
	program  programs.Program
	partners []fakePartner
	links    []fakeLink
	codes    []fakeCode
	clicks   []fakeClick
	facts    []fakeFact
}

type fakePartner struct {
	id, creator, name, group, tier, platform string
	ppm                                      *int64
}

type fakeLink struct {
	no       uint64
	id, slug string
	partner  int
}

type fakeCode struct {
	id, text string
	partner  int
}

type fakeClick struct {
	link   int
	at     time.Time
	marked bool
}

type fakeCredit struct {
	partner int
	share   int64
	link    int // -1: none
	code    int // -1: none
	earned  int64
	taken   int64
	status  string // "" without a commission
}

type fakeFact struct {
	at               time.Time
	currency         money.Currency
	amount, refunded int64
	test, cancelled  bool
	credits          []fakeCredit
}

// draw makes a world of random facts within some days of a zone around begin.
func draw(r *rand.Rand, zone string, begin time.Time, days, clicks, facts int) *world {
	w := &world{program: programs.Program{Timezone: zone, Currency: "EUR"}}
	moment := func() time.Time {
		return begin.Add(time.Duration(r.Int64N(int64(days)*24*60*60*1000)) * time.Millisecond).UTC()
	}
	for i := range 7 {
		p := fakePartner{name: fmt.Sprintf("Creator %d", i), group: pick(r, "", "grp_a", "grp_b"), tier: pick(r, "", "nano", "micro"), platform: pick(r, "", "tiktok", "youtube")}
		if p.platform != "" && r.IntN(2) == 0 {
			p.ppm = new(r.Int64N(100_000))
		}
		w.partners = append(w.partners, p)
	}
	for i := range 10 {
		w.links = append(w.links, fakeLink{no: max(r.Uint64(), 1), partner: i % 6}) // the last partner has none
		w.codes = append(w.codes, fakeCode{partner: i % 5})
	}
	for range clicks {
		w.clicks = append(w.clicks, fakeClick{link: r.IntN(len(w.links)), at: moment(), marked: r.IntN(5) == 0})
	}
	for range facts {
		w.facts = append(w.facts, w.drawFact(r, moment()))
	}
	return w
}

func (w *world) drawFact(r *rand.Rand, at time.Time) fakeFact {
	f := fakeFact{at: at, currency: pick[money.Currency](r, "EUR", "EUR", "EUR", "USD"), amount: r.Int64N(30_000), test: r.IntN(8) == 0, cancelled: r.IntN(8) == 0}
	if r.IntN(3) == 0 {
		f.refunded = r.Int64N(f.amount + 1)
	}
	if r.IntN(10) == 0 {
		f.refunded = f.amount
	}
	shares := pick(r, []int64{10_000}, []int64{10_000}, []int64{3_333, 6_667}, nil)
	for i, p := range r.Perm(len(w.partners))[:len(shares)] {
		c := fakeCredit{partner: p, share: shares[i], link: -1, code: -1}
		if r.IntN(3) > 0 {
			c.link = r.IntN(len(w.links))
		} else if r.IntN(4) > 0 {
			c.code = r.IntN(len(w.codes))
		}
		if !f.test && r.IntN(6) > 0 {
			c.earned, c.status = 1+r.Int64N(3000), pick(r, "pending", "held", "approved", "paid", "rejected", "reversed")
			c.taken = r.Int64N(c.earned)
			if f.cancelled || c.status == "rejected" || c.status == "reversed" {
				c.taken = c.earned
			}
		}
		f.credits = append(f.credits, c)
	}
	return f
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// store writes the world into the database. The clicks for which tail says so are not rolled up.
func (w *world) store(t *testing.T, d *db.DB, tag string, tail func(i int) bool) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *db.Tx) (err error) {
		currency, zone := w.program.Currency, w.program.Timezone
		if w.program, err = programs.Create(t.Context(), tx, programs.New{Name: "Glow " + tag, Currency: currency, Timezone: zone}); err != nil {
			return err
		}
		x := inserter{t.Context(), tx, nil}
		w.storeSupply(&x, tag)
		w.storeClicks(&x, tail)
		for i, f := range w.facts {
			w.storeFact(&x, fmt.Sprintf("cnv_%s_%d", tag, i), f)
		}
		return x.err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// inserter writes rows until the first error.
type inserter struct {
	ctx context.Context
	tx  *db.Tx
	err error
}

func (x *inserter) into(table, columns string, values ...any) {
	if x.err != nil {
		return
	}
	places := make([]string, len(values))
	for i := range values {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	_, x.err = x.tx.Exec(x.ctx, fmt.Sprintf(`insert into %s (%s) values (%s)`, table, columns, strings.Join(places, ",")), values...)
	if x.err != nil {
		x.err = fmt.Errorf("%s: %w", table, x.err)
	}
}

func (w *world) storeSupply(x *inserter, tag string) {
	prefix := func(s string) string {
		if s == "" {
			return ""
		}
		return s + "_" + tag
	}
	for _, g := range []string{"grp_a", "grp_b"} {
		x.into("partner_groups", "id, program_id, name, name_folded, created_at, updated_at", prefix(g), w.program.ID, prefix(g)+" name", g, 1, 1)
	}
	for i := range w.partners {
		p := &w.partners[i]
		p.id, p.creator, p.group = fmt.Sprintf("par_%s_%d", tag, i), fmt.Sprintf("cre_%s_%d", tag, i), prefix(p.group)
		profile := ""
		if p.platform != "" {
			profile = fmt.Sprintf("prf_%s_%d", tag, i)
		}
		x.into("creators", "id, name, name_folded, main_profile_id, tier, country, language, import_id, created_at, updated_at",
			p.creator, p.name, p.name, db.OrNull(profile), p.tier, "", "", "", 1, 1)
		if profile != "" {
			x.into("profiles", `id, creator_id, platform, handle, handle_folded, url, display_name, bio, country, language, category, verified, tier,
				engagement_ppm, import_id, created_at, updated_at`, profile, p.creator, p.platform, profile, profile, "", "", "", "", "", "", false, p.tier, p.ppm, "", 1, 1)
		}
		x.into("partnerships", "id, program_id, creator_id, group_id, status, note, import_id, created_at, updated_at",
			p.id, w.program.ID, p.creator, db.OrNull(p.group), "active", "", "", 1, 1)
	}
	for i := range w.links {
		l := &w.links[i]
		l.id, l.slug = fmt.Sprintf("lnk_%s_%d", tag, i), fmt.Sprintf("%s-%d", tag, i)
		x.into("links", "id, no, slug, program_id, partnership_id, destination, created_at, updated_at",
			l.id, int64(l.no), l.slug, w.program.ID, w.partners[l.partner].id, "https://glow.example/", 1, 1)
	}
	for i := range w.codes {
		c := &w.codes[i]
		c.id, c.text = fmt.Sprintf("cod_%s_%d", tag, i), fmt.Sprintf("CODE%d", i)
		x.into("codes", "id, program_id, partnership_id, code, code_folded, created_at", c.id, w.program.ID, w.partners[c.partner].id, c.text, c.text, 1)
	}
}

func (w *world) storeClicks(x *inserter, tail func(i int) bool) {
	type count struct{ people, marked int64 }
	byLink, byPartner := map[string]count{}, map[string]count{}
	zone := w.program.Location()
	for i, c := range w.clicks {
		if tail(i) {
			continue
		}
		l := w.links[c.link]
		one := count{1, 0}
		if c.marked {
			one = count{0, 1}
		}
		link, partner := fmt.Sprintf("%d %d", int64(l.no), civil(c.at, zone)), fmt.Sprintf("%s %d", w.partners[l.partner].id, civil(c.at, zone))
		byLink[link] = count{byLink[link].people + one.people, byLink[link].marked + one.marked}
		byPartner[partner] = count{byPartner[partner].people + one.people, byPartner[partner].marked + one.marked}
	}
	for key, c := range byLink {
		no, day, _ := strings.Cut(key, " ")
		x.into("clicks_by_link", "link_no, day, program_id, people, marked", number(no), number(day), w.program.ID, c.people, c.marked)
	}
	for key, c := range byPartner {
		partner, day, _ := strings.Cut(key, " ")
		x.into("clicks_by_partnership", "partnership_id, day, program_id, people, marked", partner, number(day), w.program.ID, c.people, c.marked)
	}
}

// tail is what the store left out, one count for each click, as a log that lags would tell.
func (w *world) tail(left func(i int) bool) (counts []TailCount) {
	for i, c := range w.clicks {
		if !left(i) {
			continue
		}
		l := w.links[c.link]
		t := TailCount{LinkNo: l.no, Partnership: partnerships.ID(w.partners[l.partner].id), Day: Day(civil(c.at, w.program.Location())), People: 1}
		if c.marked {
			t.People, t.Marked = 0, 1
		}
		counts = append(counts, t)
	}
	return counts
}

func (w *world) storeFact(x *inserter, id string, f fakeFact) {
	var cancelled any
	if f.cancelled {
		cancelled = f.at.UnixMicro() + 1
	}
	x.into("conversions", `id, program_id, namespace, kind, action, external_id, status, test, currency, amount_minor, refunded_minor, cancelled_at, occurred_at,
		received_at, source, input, decision, content_sha256, updated_at`, id, w.program.ID, "", "sale", "", id, "credited", f.test, f.currency, f.amount, f.refunded,
		cancelled, f.at.UnixMicro(), f.at.UnixMicro(), "api", "{}", "{}", []byte{1}, 1)
	for _, c := range f.credits {
		var link, code any
		if c.link >= 0 {
			link = int64(w.links[c.link].no)
		}
		if c.code >= 0 {
			code = w.codes[c.code].id
		}
		p := w.partners[c.partner]
		x.into("credits", "conversion_id, partnership_id, share_bp, because, link_no, code_id, by_hand", id, p.id, c.share, "", link, code, false)
		if c.status != "" {
			x.into("commissions", `id, program_id, conversion_id, partnership_id, creator_id, kind, currency, earned_minor, reversed_minor, status, rule, reason,
				hold_until, created_at, updated_at`, "com_"+id+p.id, w.program.ID, id, p.id, p.creator, "conversion", f.currency, c.earned, c.taken, c.status, "{}", "", 1, 1, 1)
		}
	}
}

// civil is the day of a moment, counted by walking the calendar, not by the arithmetic under test.
func civil(at time.Time, zone *time.Location) int64 {
	y, m, d := at.In(zone).Date()
	return int64(time.Date(y, m, d, 12, 0, 0, 0, time.UTC).Sub(time.Date(1970, 1, 1, 12, 0, 0, 0, time.UTC)) / (24 * time.Hour))
}

func number(text string) (n int64) {
	if _, err := fmt.Sscan(text, &n); err != nil {
		panic(err)
	}
	return n
}

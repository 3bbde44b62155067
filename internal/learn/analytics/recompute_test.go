package analytics

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/money"
	"rapport/internal/partner/partnerships"
)

// brief is what the second computation says of a row: exact numbers as text.
type brief struct {
	Clicks, Marked                    int64
	Shares                            int64
	Revenue, Pending, Approved, Paid  int64
	OtherShares, OtherRevenue, OtherC int64
}

type sums struct {
	brief
	revenue, other *big.Rat
}

func (w *world) expect(by Dimension, from, to Day, only string) map[string]brief {
	zone, rows := w.program.Location(), map[string]*sums{}
	at := func(key string) *sums {
		if rows[key] == nil {
			rows[key] = &sums{revenue: new(big.Rat), other: new(big.Rat)}
		}
		return rows[key]
	}
	within := func(t time.Time) bool { return civil(t, zone) >= int64(from) && civil(t, zone) < int64(to) }
	if by == ByDay {
		for d := from; d < to; d++ {
			at(d.String())
		}
	}
	for _, c := range w.clicks {
		l := w.links[c.link]
		if !within(c.at) || (only != "" && w.partners[l.partner].id != only) {
			continue
		}
		s := at(w.key(by, c.at, l.partner, c.link, -1))
		if c.marked {
			s.Marked++
		} else {
			s.Clicks++
		}
	}
	for _, f := range w.facts {
		for _, c := range f.credits {
			if !within(f.at) || f.test || (only != "" && w.partners[c.partner].id != only) {
				continue
			}
			if !f.cancelled || c.status != "" {
				w.expectFact(at(w.key(by, f.at, c.partner, c.link, c.code)), f, c)
			}
		}
	}
	out := map[string]brief{}
	for key, s := range rows {
		s.Revenue, s.OtherRevenue = rounded(s.revenue), rounded(s.other)
		out[key] = s.brief
	}
	return out
}

func (w *world) expectFact(s *sums, f fakeFact, c fakeCredit) {
	revenue := big.NewRat((f.amount-f.refunded)*c.share, 10_000)
	shares := c.share
	if f.amount > 0 && f.refunded == f.amount {
		shares = 0
	}
	if f.cancelled {
		shares, revenue = 0, new(big.Rat)
	}
	s.Shares += shares
	if f.currency != w.program.Currency {
		s.OtherShares += shares
		s.other.Add(s.other, revenue)
		s.OtherC += c.earned - c.taken
		return
	}
	s.revenue.Add(s.revenue, revenue)
	switch c.status {
	case "pending", "held":
		s.Pending += c.earned - c.taken
	case "approved":
		s.Approved += c.earned - c.taken
	case "paid":
		s.Paid += c.earned - c.taken
	}
}

// rounded is half away from zero, of what is never negative.
func rounded(r *big.Rat) int64 {
	twice := new(big.Int).Mul(r.Num(), big.NewInt(2))
	twice.Add(twice, r.Denom())
	return twice.Div(twice, new(big.Int).Mul(r.Denom(), big.NewInt(2))).Int64()
}

func (w *world) key(by Dimension, at time.Time, partner, link, code int) string {
	p := w.partners[partner]
	switch by {
	case ByCreator:
		return p.creator
	case ByPartnership:
		return p.id
	case ByGroup:
		return p.group
	case ByPlatform:
		return p.platform
	case ByTier:
		return p.tier
	case ByDay:
		return at.In(w.program.Location()).Format(time.DateOnly)
	case ByLink:
		if link >= 0 {
			return w.links[link].id
		}
	case ByCode:
		if code >= 0 {
			return w.codes[code].id
		}
	}
	return ""
}

func briefOf(r Row) brief {
	b := brief{Clicks: r.Clicks, Marked: r.Marked, Shares: int64(r.Conversions*10_000 + 0.5), Revenue: r.Revenue.Minor,
		Pending: r.Pending.Minor, Approved: r.Approved.Minor, Paid: r.Paid.Minor}
	for _, o := range r.Other {
		b.OtherShares += int64(o.Conversions*10_000 + 0.5)
		b.OtherRevenue += o.Revenue.Minor
		b.OtherC += o.Commission.Minor
	}
	return b
}

func TestEveryFigureMatchesASecondComputation(t *testing.T) {
	begin := time.Date(2025, 3, 20, 5, 0, 0, 0, time.UTC) // the European clocks change on the 30th, Havana's changed on the 9th
	for i, zone := range []string{"UTC", "Europe/Berlin", "Pacific/Auckland", "America/Havana"} {
		t.Run(zone, func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				r := rand.New(rand.NewPCG(uint64(i), 7))
				w, other := draw(r, zone, begin, 25, 600, 300), draw(r, zone, begin, 25, 100, 50)
				left := func(i int) bool { return i%9 == 0 }
				w.store(t, d, "one", left)
				other.store(t, d, "two", left)
				tail := append(other.tail(left), w.tail(left)...) // a careless caller must not mix programs
				from := DayOf(begin, w.program.Location())
				for _, by := range Dimensions {
					compare(t, d, w, Query{Program: w.program.ID, GroupBy: by, From: from - 2, To: from + 30, Tail: tail})
					part := Query{Program: w.program.ID, GroupBy: by, From: from + Day(r.IntN(12)), Tail: tail}
					part.To = part.From + 1 + Day(r.IntN(12))
					compare(t, d, w, part)
					part.Partnership = partnerships.ID(w.partners[r.IntN(len(w.partners))].id)
					compare(t, d, w, part)
				}
			})
		})
	}
}

func compare(t *testing.T, d *db.DB, w *world, q Query) {
	t.Helper()
	name := fmt.Sprintf("%s %s–%s %s", q.GroupBy, q.From, q.To, q.Partnership)
	report := made(t, d, q)
	got := map[string]brief{}
	for _, r := range report.Rows {
		if _, twice := got[r.Key]; twice {
			t.Errorf("%s: two rows for %q", name, r.Key)
		}
		got[r.Key] = briefOf(r)
		if sum := r.Pending.Minor + r.Approved.Minor + r.Paid.Minor; r.Commission.Minor != sum || r.Cost.Minor != sum {
			t.Errorf("%s %s: commission %s and cost %s, want %d", name, r.Key, r.Commission, r.Cost, sum)
		}
	}
	if diff := cmp.Diff(w.expect(q.GroupBy, q.From, q.To, string(q.Partnership)), got); diff != "" {
		t.Errorf("%s: second computation (-), report (+):\n%s", name, diff)
	}
	var whole brief
	for _, one := range w.expect(ByPartnership, q.From, q.To, string(q.Partnership)) {
		whole.Clicks, whole.Marked, whole.Shares, whole.Paid = whole.Clicks+one.Clicks, whole.Marked+one.Marked, whole.Shares+one.Shares, whole.Paid+one.Paid
	}
	total := briefOf(report.Totals)
	if total.Clicks != whole.Clicks || total.Marked != whole.Marked || total.Shares != whole.Shares || total.Paid != whole.Paid {
		t.Errorf("%s: totals %+v, want the sum of all partners %+v", name, total, whole)
	}
}

func made(t *testing.T, d *db.DB, q Query) (report Report) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) (err error) { report, err = Make(t.Context(), tx, q); return err }); err != nil {
		t.Fatalf("%s: %v", q.GroupBy, err)
	}
	return report
}

func TestLargeAmountsAreNotLostInTheProduct(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := draw(rand.New(rand.NewPCG(1, 1)), "UTC", dbtest.Start, 1, 0, 0)
		const amount = 4_000_000_000_000_000_001 // times 10,000 it is far beyond 64 bits
		w.facts = []fakeFact{{at: dbtest.Start, currency: "EUR", amount: amount, credits: []fakeCredit{
			{partner: 0, share: 5_000, link: -1, code: -1}, {partner: 1, share: 5_000, link: -1, code: -1},
		}}}
		w.store(t, d, "one", func(int) bool { return false })
		report := made(t, d, Query{Program: w.program.ID, GroupBy: ByPartnership})
		if got := report.Totals.Revenue; got != (money.Amount{Minor: amount, Currency: "EUR"}) {
			t.Errorf("two halves of %d sum to %d", int64(amount), got.Minor)
		}
		if got := report.Rows[0].Revenue.Minor; got != amount/2+1 {
			t.Errorf("half is %d, want %d, rounded away from zero", got, int64(amount/2+1))
		}
	})
}

package sim

import (
	"math"
	"strings"

	"rapport/internal/base/fault"
)

// Validate returns every mistake of the parameters at once, each with its field.
func (p Params) Validate() error {
	var faults []*fault.Error
	check := func(ok bool, field, message string) {
		if !ok {
			faults = append(faults, fault.Invalid(message).In(field))
		}
	}
	check(p.Creators >= 1 && p.Creators <= 100_000, "creators", "creators must be between 1 and 100,000")
	check(p.Days >= 0 && p.Days <= 3650, "days", "days must be between 0 and 3,650")
	check(p.LiveDays >= 0 && p.LiveDays <= 3650, "live_days", "live_days must be between 0 and 3,650")
	check(p.Days+p.LiveDays > 0, "days", "days and live_days must not both be 0")
	check(within(p.BuyersADay, 0, 1e6), "buyers_day", "buyers_day must be between 0 and 1,000,000")
	check(within(p.Organic, 0, 1e6), "organic_day", "organic_day must be between 0 and 1,000,000")
	check(p.Applicants >= 0 && p.Applicants <= p.Creators, "applicants", "applicants must be between 0 and the number of creators")
	check(p.Scouted >= 0 && p.Scouted <= 100_000, "scouted", "scouted must be between 0 and 100,000")
	check(p.Fakes+p.MassFollowers+p.Bought+p.Viral <= 1, "fakes", "fakes, mass_followers, bought_followers and viral together must not be above 1")
	check(within(p.Lines, 1, 6), "lines", "lines must be between 1 and 6")
	check(within(p.ExtraTouches, 0, 9), "extra_touches", "extra_touches must be between 0 and 9")
	check(within(p.HoursToOrder, 0.01, 1000), "hours_to_order", "hours_to_order must be between 0.01 and 1,000")
	check(within(p.PostSpread, 0, 2), "post_spread", "post_spread must be between 0 and 2")
	check(within(p.CreatorLuck, 0, 2), "creator_spread", "creator_spread must be between 0 and 2")
	check(p.FirstNumber >= 1 && p.FirstNumber <= 1e12, "first_number", "first_number must be between 1 and 1,000,000,000,000")
	p.checkShop(check)
	p.checkShares(check)
	p.checkRanges(check)
	return fault.Join(faults...)
}

type checker func(ok bool, field, message string)

func (p Params) checkShop(check checker) {
	s := p.Shop
	check(s.Name != "" && len(s.Name) <= 100, "shop.name", "the shop needs a name of at most 100 bytes")
	check(hostLike(s.Host), "shop.host", "the shop's host must be a host name without scheme and path")
	check(known(s.Currency), "shop.currency", "we have no price list in this currency; take USD, EUR, GBP, JPY or KWD")
	check(within(s.TaxPercent, 0, 50), "shop.tax_percent", "tax_percent must be between 0 and 50")
	check(s.CodePercent >= 0 && s.CodePercent <= 90, "shop.code_percent", "code_percent must be between 0 and 90")
	check(s.Shipping >= 0 && s.Shipping <= 1e9, "shop.shipping_minor", "shipping_minor must be between 0 and 1,000,000,000")
	check(s.FreeShipping >= 0, "shop.free_from_minor", "free_from_minor must not be negative")
	checkWeights(check, "currencies", p.Currencies, known)
}

func (p Params) checkShares(check checker) {
	checkWeights(check, "tier_share", p.TierShare, Tier.known)
	checkWeights(check, "platform_share", p.PlatformShare, Platform.known)
	for _, s := range []struct {
		field string
		share float64
	}{
		{"watched", p.Watched}, {"audiences", p.Audiences}, {"advertise", p.Advertise}, {"risky", p.Risky}, {"fakes", p.Fakes},
		{"mass_followers", p.MassFollowers}, {"bought_followers", p.Bought}, {"viral", p.Viral}, {"partner_share", p.PartnerShare}, {"code_used", p.CodeUsed}, {"code_without_link", p.CodeWithoutLink},
		{"cookie_lost", p.CookieLost}, {"new_customer", p.NewCustomer}, {"cannibalised", p.Cannibalised}, {"refunds", p.Refunds},
		{"full_refunds", p.FullRefunds}, {"cancels", p.Cancels}, {"bots", p.Bots}, {"prefetches", p.Prefetches},
	} {
		check(within(s.share, 0, 1), s.field, s.field+" is a share and must be between 0 and 1")
	}
	check(p.Bots+p.Prefetches < 0.95, "bots", "bots and prefetches together must leave at least 5 % of the clicks to people")
}

func (p Params) checkRanges(check checker) {
	checkRange(check, "posts_month", p.PostsAMonth, 0.1, 300)
	checkRange(check, "season", p.Season, 0.01, 100)
	checkRange(check, "refund_days", p.RefundDays, 0, 365)
	for _, t := range Tiers {
		checkRange(check, "view_rate."+string(t), p.ViewRate[t], 0.0001, 20)
		checkRange(check, "click_through."+string(t), p.ClickThrough[t], 0.00001, 1)
		checkRange(check, "conversion."+string(t), p.Conversion[t], 0.0001, 1)
		for _, pl := range Platforms {
			checkRange(check, "engagement."+string(pl)+"."+string(t), p.Engagement[pl][t], 0.00001, 1)
		}
	}
}

func checkRange(check checker, field string, r Range, low, high float64) {
	check(within(r.Low, low, high) && within(r.High, low, high), field, "low and high are outside what makes sense here")
	check(r.Low <= r.High, field, "low must not be above high")
}

// checkWeights asks that every key is known, no weight is negative and at least one is positive.
func checkWeights[K ~string](check checker, field string, weights map[K]float64, known func(K) bool) {
	var sum float64
	for k, w := range weights {
		check(known(k), field, field+" names something unknown")
		check(within(w, 0, 1e6), field, "a weight in "+field+" must be between 0 and 1,000,000")
		sum += w
	}
	check(sum > 0, field, field+" needs at least one positive weight")
}

// within is false for NaN.
func within(x, low, high float64) bool { return x >= low && x <= high && !math.IsNaN(x) }

func hostLike(s string) bool {
	return s != "" && len(s) <= 253 && strings.Contains(s, ".") && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '-'
	}) < 0
}

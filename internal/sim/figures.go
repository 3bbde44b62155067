package sim

import (
	"slices"

	"rapport/internal/base/money"
)

// Tier is a creator's size by the followers of the main profile.
type Tier string

// The tiers, with their upper bounds (not included).
const (
	TierNano  Tier = "nano"  // 10,000
	TierMicro Tier = "micro" // 100,000
	TierMacro Tier = "macro" // 1,000,000
	TierMega  Tier = "mega"
)

// Tiers lists the tiers from small to large.
var Tiers = []Tier{TierNano, TierMicro, TierMacro, TierMega}

func (t Tier) known() bool { return slices.Contains(Tiers, t) }

// followers is where sizes are drawn from inside the tier. Nano starts at 1,200: nobody recruits smaller accounts.
func (t Tier) followers() Range {
	switch t {
	case TierNano:
		return Range{1_200, 9_900}
	case TierMicro:
		return Range{10_000, 98_000}
	case TierMacro:
		return Range{100_000, 700_000}
	case TierMega:
		return Range{1_000_000, 2_500_000}
	}
	panic("BUG: tier without followers")
}

// Platform is where a profile lives.
type Platform string

// The platforms of the market.
const (
	PlatformTikTok    Platform = "tiktok"
	PlatformInstagram Platform = "instagram"
	PlatformYouTube   Platform = "youtube"
	PlatformPinterest Platform = "pinterest"
)

// Platforms lists the platforms in a fixed order.
var Platforms = []Platform{PlatformTikTok, PlatformInstagram, PlatformYouTube, PlatformPinterest}

func (p Platform) known() bool { return slices.Contains(Platforms, p) }

// byViews says that engagement is counted against a post's views: (likes + comments + shares) / views on TikTok, as HypeAuditor does
// (help.hypeauditor.com/en/articles/4089895), and likes and comments per view on YouTube. Elsewhere it is (likes + comments) / followers
// (HypeAuditor and GRIN for Instagram; support.grin.co/en/articles/2403207).
func (p Platform) byViews() bool { return p == PlatformTikTok || p == PlatformYouTube }

// engagement gives the range of a creator's engagement rate. Where sources disagree the range spans them; "assumed" marks our own judgement.
//
//   - TikTok: HypeAuditor 2023 via busycontinent.com (nano 12.6 %), sociavault.com 2026 (nano 7.84 %, mega 1.84 %), Post Affiliate Pro "What is
//     a Micro-Influencer?" 2025 (micro 8.7 %, macro 5.3 %), organicmediabuying.com 2025 (micro from 6.3 %, macro 5.5 %, mega 4.9 %).
//   - Instagram: HypeAuditor 2023 via busycontinent.com (nano 2.78 %), organicmediabuying.com 2025 (nano 4.8 %, micro 1.8–2.4 %, macro 1.5 %,
//     mega 1.2 %), Post Affiliate Pro 2025 over all platforms (macro 1.2 %, mega from 0.5 %).
//   - YouTube: organicmediabuying.com 2025 (nano 3.2 %, micro 1.5–2.1 %, macro 1.2 %, mega 0.9 %), sociavault.com 2026 (nano 5.23 %, mega 1.41 %).
//   - Pinterest: sociavault.com 2026 (nano 3.24 %, mega 0.84 %); micro and macro between them are assumed.
func engagement() map[Platform]map[Tier]Range {
	return map[Platform]map[Tier]Range{
		PlatformTikTok:    {TierNano: {0.0784, 0.126}, TierMicro: {0.063, 0.087}, TierMacro: {0.053, 0.055}, TierMega: {0.0184, 0.049}},
		PlatformInstagram: {TierNano: {0.0278, 0.048}, TierMicro: {0.018, 0.024}, TierMacro: {0.012, 0.015}, TierMega: {0.005, 0.012}},
		PlatformYouTube:   {TierNano: {0.032, 0.0523}, TierMicro: {0.015, 0.021}, TierMacro: {0.012, 0.012}, TierMega: {0.009, 0.0141}},
		PlatformPinterest: {TierNano: {0.030, 0.0324}, TierMicro: {0.018, 0.026}, TierMacro: {0.010, 0.014}, TierMega: {0.0084, 0.0084}},
	}
}

// viewRates: thecirqle.com 2026 puts Instagram reach at 15.7 % of followers for 10–50 thousand and 3.2 % for macro; the ranges around are assumed.
func viewRates() map[Tier]Range {
	return map[Tier]Range{TierNano: {0.15, 0.60}, TierMicro: {0.08, 0.35}, TierMacro: {0.03, 0.20}, TierMega: {0.01, 0.12}}
}

// clickThrough: Post Affiliate Pro 2025 gives nano and micro three to five times the click-through of macro; the level is assumed.
func clickThrough() map[Tier]Range {
	return map[Tier]Range{TierNano: {0.006, 0.025}, TierMicro: {0.004, 0.018}, TierMacro: {0.0015, 0.006}, TierMega: {0.0008, 0.004}}
}

// conversion of clicks to orders: assumed, falling with size; kept in the upper half so that the demo's click log stays small.
func conversion() map[Tier]Range {
	return map[Tier]Range{TierNano: {0.025, 0.050}, TierMicro: {0.022, 0.045}, TierMacro: {0.012, 0.030}, TierMega: {0.008, 0.025}}
}

// halfLifeHours is how long a post keeps half of its pull. Assumed, from hours on feeds to months on search-like platforms.
func (p Platform) halfLifeHours() Range {
	switch p {
	case PlatformTikTok:
		return Range{10, 72}
	case PlatformInstagram:
		return Range{10, 48}
	case PlatformYouTube:
		return Range{72, 900}
	case PlatformPinterest:
		return Range{400, 3000}
	}
	panic("BUG: platform without a half-life")
}

// priceFactor turns the price list's USD figures into minor units of a currency at a fixed, invented rate.
var priceFactor = map[money.Currency]float64{"USD": 100, "EUR": 92, "GBP": 79, "JPY": 150, "KWD": 307}

func known(currency money.Currency) bool { return priceFactor[currency] > 0 }

package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"rapport/internal/base/fault"
	"rapport/internal/base/money"
)

// maxParamsBytes is the largest file of parameters we read.
const maxParamsBytes = 1 << 20

// Params describe a market. All shares are fractions (0.25 is 25 %). A map of shares holds weights; they need not sum to one.
type Params struct {
	Creators   int     `json:"creators"`    // people in the market; some are partners, see PartnerShare
	Days       int     `json:"days"`        // history before now
	LiveDays   int     `json:"live_days"`   // simulated days after now
	BuyersADay float64 `json:"buyers_day"`  // mean orders a day that creators touch
	Organic    float64 `json:"organic_day"` // mean orders a day that no creator touches

	Scouted       int     `json:"scouted"`          // further people, whom nobody has spoken to yet
	Watched       float64 `json:"watched"`          // of all: their accounts are counted every day
	Audiences     float64 `json:"audiences"`        // of all: they told who follows them
	Advertise     float64 `json:"advertise"`        // of all: they advertise for other companies too
	Risky         float64 `json:"risky"`            // of all: they have a post that a brand may want to read first
	Fakes         float64 `json:"fakes"`            // of the scouted: made to be sold
	MassFollowers float64 `json:"mass_followers"`   // of the scouted: follow thousands to be followed
	Bought        float64 `json:"bought_followers"` // of the scouted: bought followers in a day
	Viral         float64 `json:"viral"`            // of the scouted: had a week in which many looked

	FirstNumber int64 `json:"first_number"` // number of the shop's first order; choose another for a second market in one program
	Shop        Shop  `json:"shop"`

	TierShare     map[Tier]float64     `json:"tier_share"`
	PlatformShare map[Platform]float64 `json:"platform_share"`
	PartnerShare  float64              `json:"partner_share"` // of the creators; the others are prospects and applicants
	Applicants    int                  `json:"applicants"`    // creators who applied and wait for an answer

	Engagement   map[Platform]map[Tier]Range `json:"engagement"`    // see figures.go for the formula of each platform
	ViewRate     map[Tier]Range              `json:"view_rate"`     // mean views of a post / followers
	ClickThrough map[Tier]Range              `json:"click_through"` // clicks / views of a post about the shop
	Conversion   map[Tier]Range              `json:"conversion"`    // orders / clicks
	PostsAMonth  Range                       `json:"posts_month"`
	PostSpread   float64                     `json:"post_spread"`    // standard deviation of log views between posts of one creator
	CreatorLuck  float64                     `json:"creator_spread"` // the same between creators of one tier
	Season       Range                       `json:"season"`         // factor on a month's demand

	Lines           float64                    `json:"lines"`             // mean different products in a basket
	CodeUsed        float64                    `json:"code_used"`         // of touched orders
	CodeWithoutLink float64                    `json:"code_without_link"` // of those with a code: no click came before
	ExtraTouches    float64                    `json:"extra_touches"`     // mean further clicks in a journey
	HoursToOrder    float64                    `json:"hours_to_order"`    // median from last click to order
	CookieLost      float64                    `json:"cookie_lost"`       // of journeys: the shop no longer knows the clicks
	NewCustomer     float64                    `json:"new_customer"`
	Cannibalised    float64                    `json:"cannibalised"` // of touched orders: bought anyway, nobody caused it
	Refunds         float64                    `json:"refunds"`
	FullRefunds     float64                    `json:"full_refunds"` // of refunds
	RefundDays      Range                      `json:"refund_days"`
	Cancels         float64                    `json:"cancels"`
	Bots            float64                    `json:"bots"`       // of clicks: previews and crawlers that name themselves
	Prefetches      float64                    `json:"prefetches"` // of clicks: a browser that fetches ahead
	Currencies      map[money.Currency]float64 `json:"currencies"`
}

// Shop is the merchant of the market.
type Shop struct {
	Name          string         `json:"name"`
	Host          string         `json:"host"`     // where links lead; must be a site of the program
	Currency      money.Currency `json:"currency"` // of the price list
	TaxPercent    float64        `json:"tax_percent"`
	TaxesIncluded bool           `json:"taxes_included"` // prices contain the tax, as in Europe
	CodePercent   int            `json:"code_percent"`   // what the buyer gets with a creator's code
	Shipping      int64          `json:"shipping_minor"` // minor units of Currency
	FreeShipping  int64          `json:"free_from_minor"`
}

// Default is the market of the demo: a small skin-care shop with about 120 creators, mostly nano and micro, as many whom it might ask, and three months of history.
func Default() Params {
	return Params{
		Creators: 120, Days: 90, LiveDays: 365, BuyersADay: 18, Organic: 7, FirstNumber: 1001,
		Scouted: 120, Watched: 0.3, Audiences: 0.5, Advertise: 0.25, Risky: 0.06, Fakes: 0.04, MassFollowers: 0.04, Bought: 0.05, Viral: 0.05,
		Shop: Shop{
			Name: "Fernwood Skincare", Host: "fernwood.example", Currency: "USD",
			TaxPercent: 7, CodePercent: 10, Shipping: 590, FreeShipping: 6000,
		},
		TierShare:     map[Tier]float64{TierNano: 0.66, TierMicro: 0.27, TierMacro: 0.06, TierMega: 0.01},
		PlatformShare: map[Platform]float64{PlatformTikTok: 0.44, PlatformInstagram: 0.38, PlatformYouTube: 0.12, PlatformPinterest: 0.06},
		PartnerShare:  0.72, Applicants: 4,
		Engagement: engagement(), ViewRate: viewRates(), ClickThrough: clickThrough(), Conversion: conversion(),
		PostsAMonth: Range{4, 18}, PostSpread: 0.6, CreatorLuck: 0.6, Season: Range{0.85, 1.25},
		Lines: 1.7, CodeUsed: 0.5, CodeWithoutLink: 0.4, ExtraTouches: 0.7, HoursToOrder: 3, CookieLost: 0.12,
		NewCustomer: 0.7, Cannibalised: 0.15, Refunds: 0.07, FullRefunds: 0.55, RefundDays: Range{2, 30}, Cancels: 0.015,
		Bots: 0.05, Prefetches: 0.03,
		Currencies: map[money.Currency]float64{"USD": 1},
	}
}

// ReadParams reads a JSON file over the defaults: what the file does not name keeps its default.
func ReadParams(path string) (Params, error) {
	f, err := os.Open(path) //nolint:gosec // a file the operator names
	if err != nil {
		return Params{}, fmt.Errorf("cannot read the parameters: %w", err)
	}
	defer func() { _ = f.Close() }() // opened for reading only
	raw, err := io.ReadAll(io.LimitReader(f, maxParamsBytes+1))
	if err != nil {
		return Params{}, fmt.Errorf("cannot read the parameters: %w", err)
	}
	return ParseParams(raw)
}

// ParseParams is ReadParams for bytes.
func ParseParams(raw []byte) (Params, error) {
	if len(raw) > maxParamsBytes {
		return Params{}, fault.TooLarge("the parameters are larger than 1 MiB")
	}
	p, err := defaultsWithout(raw)
	if err != nil {
		return Params{}, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return Params{}, fault.Malformed("the parameters are not the JSON we expect: " + err.Error())
	}
	if dec.More() {
		return Params{}, fault.Malformed("the parameters hold more than one JSON document")
	}
	return p, p.Validate()
}

// defaultsWithout empties the shares that raw sets, since JSON would otherwise mix them with the default ones.
func defaultsWithout(raw []byte) (Params, error) {
	p := Default()
	var named map[string]json.RawMessage
	if err := json.Unmarshal(raw, &named); err != nil {
		return p, fault.Malformed("the parameters are not a JSON object: " + err.Error())
	}
	if _, ok := named["tier_share"]; ok {
		p.TierShare = nil
	}
	if _, ok := named["platform_share"]; ok {
		p.PlatformShare = nil
	}
	if _, ok := named["currencies"]; ok {
		p.Currencies = nil
	}
	return p, nil
}

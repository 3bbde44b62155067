package intake

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
	"rapport/internal/track/attribution"
	"rapport/internal/track/clicks"
	"rapport/internal/track/conversions"
)

// Door holds the keys that intake needs: to prove click tokens and to hash customers.
type Door struct {
	Tokens *clicks.Keys
	Box    *secret.Box
}

// mostTouches bounds what one order may bring.
const mostTouches = 50

// Order is a fact as a shop or a program tells it.
type Order struct {
	Program    programs.ID
	Namespace  string
	Kind       conversions.Kind // "" is a sale
	Action     string
	ExternalID string
	OtherKeys  []string
	Test       bool
	Excluded   string // a sentence: why this order can earn nothing ("an exchange"), or ""
	Amount     money.Amount
	Lines      []conversions.Line
	Notes      []string // how the commissionable amount came about
	Touches    []Touch
	Customer   Customer
	OccurredAt time.Time // zero: now
	Source     string
}

// Touch is a click token or a code as it arrived. At is only needed where it is known to differ from the token's own time or the order's.
type Touch struct {
	Click string    `json:"click,omitempty"`
	Code  string    `json:"code,omitempty"`
	At    time.Time `json:"at,omitzero"`
}

// Customer is who bought. It is stored as a keyed hash only.
type Customer struct {
	ID    string
	Email string
	New   *bool
}

// Result is what became of an order.
type Result struct {
	Conversion  conversions.Conversion
	Credits     []conversions.Credit
	Commissions []commissions.Commission
	Repeated    bool // it was known before
	Differs     bool // and what came now is not what came first
}

// Topic is the event of a conversion that was recorded or changed; its payload is Changed.
const Topic = "conversion.changed"

// Changed is the payload of Topic.
type Changed struct {
	ID        conversions.ID     `json:"id"`
	ProgramID programs.ID        `json:"program_id"`
	Kind      conversions.Kind   `json:"kind"`
	Status    conversions.Status `json:"status"`
	Amount    money.Amount       `json:"amount"`
	Refunded  money.Amount       `json:"refunded"`
}

// Input is the canonical input of a decision, kept so that it can be explained and replayed.
type Input struct {
	attribution.Input
	Amount   money.Amount       `json:"amount"`
	Lines    []conversions.Line `json:"lines,omitempty"`
	Notes    []string           `json:"notes,omitempty"`
	Excluded string             `json:"excluded,omitempty"`
	HoldDays int                `json:"hold_days"`
}

// Decision is the attribution's decision and, for a test or an excluded order, what it would have earned.
type Decision struct {
	attribution.Decision
	WouldEarn []WouldEarn `json:"would_earn,omitempty"`
}

// WouldEarn is what a partnership would earn if the order were real.
type WouldEarn struct {
	Partnership partnerships.ID  `json:"partnership_id"`
	Amount      money.Amount     `json:"amount"`
	Rule        commissions.Rule `json:"rule"`
}

// Order records a fact, credits it and books what it earns. A repeat returns what stands and changes nothing, but that refunds which came under a name
// it tells first are applied.
func (d Door) Order(ctx context.Context, tx *db.Tx, o Order) (Result, error) {
	program, err := programs.Find(ctx, tx, o.Program)
	if err != nil {
		return Result{}, err
	}
	return d.OrderIn(ctx, tx, program, o)
}

// OrderIn is Order for callers that have read the program in this transaction; it is o's.
func (d Door) OrderIn(ctx context.Context, tx *db.Tx, program programs.Program, o Order) (Result, error) {
	o.Program = program.ID
	if o.Kind == "" {
		o.Kind = conversions.KindSale
	}
	fact := d.fact(o)
	if err := check(o, fact, tx.Now()); err != nil {
		return Result{}, err
	}
	if err := tx.Lock(ctx, fact.Locks()...); err != nil {
		return Result{}, err
	}
	entry, err := conversions.Look(ctx, tx, fact)
	if err != nil {
		return Result{}, err
	}
	if entry.Repeated {
		result, err := repeated(ctx, tx, entry)
		result.Repeated, result.Differs = true, entry.Differs
		return result, err
	}
	return d.credit(ctx, tx, program, o, entry)
}

// repeated is how a known fact stands. A refund may have come under a name that nobody had told was this fact's: it lowers it now.
func repeated(ctx context.Context, tx *db.Tx, entry conversions.Entry) (Result, error) {
	if !entry.Changed {
		return Standing(ctx, tx, entry.Conversion)
	}
	if err := tx.Lock(ctx, conversions.LockOf(entry.Conversion.ID)); err != nil {
		return Result{}, err
	}
	if err := entry.Adopt(ctx, tx); err != nil {
		return Result{}, err
	}
	return settle(ctx, tx, entry.Conversion, "refunded or cancelled under another number of the order")
}

// credit decides on a fresh fact, books it, and lets earlier refunds lower it.
func (d Door) credit(ctx context.Context, tx *db.Tx, program programs.Program, o Order, entry conversions.Entry) (Result, error) {
	conversion, known := entry.Conversion, partners{}
	touches, err := d.resolve(ctx, tx, program, o.Touches, conversion.OccurredAt, known)
	if err != nil {
		return Result{}, err
	}
	in := attribution.Input{
		Model: program.Attribution.Model, Prefer: program.Attribution.Prefer, WindowDays: program.Attribution.WindowDays,
		OccurredAt: conversion.OccurredAt, Touches: touches,
	}
	decision := Decision{Decision: attribution.Decide(in)}
	credits := creditsOf(conversion.ID, decision.Decision)
	claims, err := claimsOf(ctx, tx, credits, known)
	if err != nil {
		return Result{}, err
	}
	if o.Test || o.Excluded != "" {
		if decision.WouldEarn, err = wouldEarn(conversion, claims); err != nil {
			return Result{}, err
		}
		claims = nil
	}
	input := Input{Input: in, Amount: o.Amount, Lines: o.Lines, Notes: o.Notes, Excluded: o.Excluded, HoldDays: program.HoldDays}
	if conversion, err = entry.Keep(ctx, tx, conversions.Verdict{Input: input, Decision: decision, Credits: credits}); err != nil {
		return Result{}, err
	}
	earned, err := commissions.Earn(ctx, tx, program, conversion, claims)
	if err != nil {
		return Result{}, err
	}
	if !entry.Changed {
		return told(ctx, tx, Result{Conversion: conversion, Credits: credits, Commissions: earned})
	}
	return settle(ctx, tx, conversion, "refunded or cancelled before the order was known")
}

func creditsOf(conversion conversions.ID, d attribution.Decision) []conversions.Credit {
	credits := make([]conversions.Credit, 0, len(d.Credits))
	for _, c := range d.Credits {
		touch := d.Considered[c.Touch]
		credits = append(credits, conversions.Credit{
			Conversion: conversion, Partnership: c.Partnership, Share: c.Share, Because: d.Because(c), LinkNo: touch.LinkNo, CodeID: touch.CodeID,
		})
	}
	return credits
}

func claimsOf(ctx context.Context, tx *db.Tx, credits []conversions.Credit, known partners) ([]commissions.Claim, error) {
	claims := make([]commissions.Claim, 0, len(credits))
	for _, c := range credits {
		partnership, err := known.find(ctx, tx, c.Partnership)
		if err != nil {
			return nil, err
		}
		effective, err := partnerships.EffectiveTerms(ctx, tx, partnership)
		if err != nil {
			return nil, err
		}
		claims = append(claims, commissions.Claim{Partnership: partnership, Share: c.Share, Terms: effective})
	}
	return claims, nil
}

func wouldEarn(conversion conversions.Conversion, claims []commissions.Claim) ([]WouldEarn, error) {
	var would []WouldEarn
	for _, claim := range claims {
		amount, rule, err := commissions.Earns(conversion, claim.Share, claim.Terms)
		if err != nil {
			return nil, err
		}
		would = append(would, WouldEarn{claim.Partnership.ID, amount, rule})
	}
	return would, nil
}

// settle works out what refunds and cancels leave of a conversion, adjusts its commissions and tells the other rooms.
func settle(ctx context.Context, tx *db.Tx, conversion conversions.Conversion, reason string) (Result, error) {
	credits, err := conversions.CreditsOf(ctx, tx, conversion.ID)
	if err != nil {
		return Result{}, err
	}
	if conversion, err = conversions.Settle(ctx, tx, conversion, len(credits) > 0); err != nil {
		return Result{}, err
	}
	earned, err := commissions.Adjust(ctx, tx, conversion, reason)
	if err != nil {
		return Result{}, err
	}
	return told(ctx, tx, Result{Conversion: conversion, Credits: credits, Commissions: earned})
}

// told tells the other rooms of a result.
func told(ctx context.Context, tx *db.Tx, r Result) (Result, error) {
	conversion := r.Conversion
	event := Changed{conversion.ID, conversion.Program, conversion.Kind, conversion.Status, conversion.Amount, conversion.Refunded}
	if err := tx.Emit(ctx, Topic, string(conversion.Program), event); err != nil {
		return Result{}, err
	}
	return r, nil
}

// Standing is how a conversion stands now.
func Standing(ctx context.Context, tx *db.Tx, conversion conversions.Conversion) (Result, error) {
	credits, err := conversions.CreditsOf(ctx, tx, conversion.ID)
	if err != nil {
		return Result{}, err
	}
	earned, err := commissions.OfConversion(ctx, tx, conversion.ID)
	return Result{Conversion: conversion, Credits: credits, Commissions: earned}, err
}

func check(o Order, fact conversions.New, now time.Time) error {
	var faults []*fault.Error
	if f, ok := fault.As(fact.Check(now)); ok {
		faults = append(faults, f)
	}
	if len(o.Touches) > mostTouches {
		faults = append(faults, fault.Invalidf("An order has at most %d touches.", mostTouches).In("touches"))
	}
	for i, t := range o.Touches {
		if (t.Click == "") == (t.Code == "") {
			faults = append(faults, fault.Invalid("A touch is either a click or a code.").In(fmt.Sprintf("touches[%d]", i)))
		}
	}
	return fault.Join(faults...)
}

// fact is the order as conversions keep it: the customer as a keyed hash, the content as a fingerprint.
func (d Door) fact(o Order) conversions.New {
	return conversions.New{
		Program: o.Program, Namespace: o.Namespace, Kind: o.Kind, Action: o.Action, ExternalID: strings.TrimSpace(o.ExternalID), OtherKeys: o.OtherKeys,
		Test: o.Test, Amount: o.Amount, Lines: o.Lines, Customer: d.customer(o), CustomerNew: o.Customer.New, OccurredAt: o.OccurredAt,
		Source: o.Source, Fingerprint: fingerprint(o),
	}
}

// customer tells buyers of one program apart without knowing who they are. The mail address comes first: it is the same in every channel.
func (d Door) customer(o Order) []byte {
	who := strings.ToLower(strings.TrimSpace(o.Customer.Email))
	if who == "" {
		who = o.Customer.ID
	}
	if who == "" {
		return nil
	}
	return d.Box.MAC("customer", []byte(o.Program), []byte(who))
}

// fingerprint is a hash over what makes two tellings of a fact the same. The time is left out unless it was told, and so is the way it came.
func fingerprint(o Order) []byte {
	text, err := json.Marshal(struct {
		Amount   money.Amount
		Test     bool
		Lines    []conversions.Line
		Touches  []Touch
		Occurred time.Time
	}{o.Amount, o.Test, o.Lines, o.Touches, o.OccurredAt.UTC()})
	if err != nil {
		panic("BUG: an order cannot be written as JSON: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return sum[:]
}

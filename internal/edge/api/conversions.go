package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/intake"
	"rapport/internal/track/attribution"
	"rapport/internal/track/conversions"
)

// Conversion is a fact worth crediting, who is credited, and what that earned.
type Conversion struct {
	ID          string             `json:"id"`
	ProgramID   string             `json:"program_id"`
	Kind        string             `json:"kind"`
	Action      string             `json:"action,omitempty"`
	ExternalID  string             `json:"external_id"`
	Status      string             `json:"status" enum:"credited,uncredited,refunded,cancelled,test"`
	Test        bool               `json:"test"`
	Amount      Money              `json:"amount" doc:"Commissionable: goods after discounts, without tax, shipping, tips and gift cards"`
	Refunded    Money              `json:"refunded"`
	OccurredAt  time.Time          `json:"occurred_at"`
	ReceivedAt  time.Time          `json:"received_at"`
	CancelledAt *time.Time         `json:"cancelled_at"`
	Source      string             `json:"source"`
	Credits     []Credit           `json:"credits"`
	Commissions []CommissionOf     `json:"commissions"`
	Explanation *ConversionBecause `json:"explanation,omitempty"`
	Differs     bool               `json:"differs,omitempty" doc:"It was known already, and its content is another now; what is shown is what came first"`
}

// Credit is the share of a conversion given to a partnership.
type Credit struct {
	PartnershipID string `json:"partnership_id"`
	ShareBP       int    `json:"share_bp" doc:"Basis points; all credits of a conversion sum to 10,000"`
	Because       string `json:"because" example:"code MAYA10 was used"`
}

// CommissionOf is what a credit earned.
type CommissionOf struct {
	ID            string `json:"id"`
	PartnershipID string `json:"partnership_id"`
	Earned        Money  `json:"earned"`
	Reversed      Money  `json:"reversed"`
	Amount        Money  `json:"amount" doc:"Earned less reversed"`
	Status        string `json:"status" enum:"pending,held,approved,paid,rejected,reversed"`
}

// ConversionBecause is how the decision came about.
type ConversionBecause struct {
	Version    string       `json:"version"`
	Model      string       `json:"model"`
	Prefer     string       `json:"prefer"`
	WindowDays int          `json:"window_days"`
	Touches    []Considered `json:"touches"`
	Notes      []string     `json:"notes" doc:"How the commissionable amount came about"`
	Excluded   string       `json:"excluded,omitempty" doc:"Why the order can earn nothing"`
	WouldEarn  []WouldEarn  `json:"would_earn,omitempty" doc:"What a test or an excluded order would have earned"`
}

// Considered is a touch and what became of it.
type Considered struct {
	Kind          string    `json:"kind" enum:"click,code"`
	At            time.Time `json:"at"`
	PartnershipID string    `json:"partnership_id,omitempty"`
	Code          string    `json:"code,omitempty"`
	Reason        string    `json:"reason"`
}

// WouldEarn is what a partnership would earn if the order were real.
type WouldEarn struct {
	PartnershipID string `json:"partnership_id"`
	Amount        Money  `json:"amount"`
}

type newConversion struct {
	Body struct {
		ProgramID  string     `json:"program_id" maxLength:"64"`
		Kind       string     `json:"kind,omitempty" enum:"sale,lead,install,action" default:"sale"`
		Action     string     `json:"action,omitempty" maxLength:"255"`
		ExternalID string     `json:"external_id" maxLength:"255"`
		Amount     *Money     `json:"amount,omitempty" doc:"Commissionable; a sale needs one"`
		Click      string     `json:"click,omitempty" maxLength:"2000" doc:"Click token; several are joined by dots"`
		Touches    []NewTouch `json:"touches,omitempty" maxItems:"50"`
		Code       string     `json:"code,omitempty" maxLength:"255"`
		Test       bool       `json:"test,omitempty" doc:"Explained in full, never money and never in reports"`
		Customer   *Customer  `json:"customer,omitempty"`
		Lines      []NewLine  `json:"lines,omitempty" maxItems:"1000"`
		OccurredAt *time.Time `json:"occurred_at,omitempty"`
	}
}

// NewTouch is a click token or a code in the buyer's journey.
type NewTouch struct {
	Click string     `json:"click,omitempty" maxLength:"255"`
	Code  string     `json:"code,omitempty" maxLength:"255"`
	At    *time.Time `json:"at,omitempty" doc:"Of a code; a click's token carries its own time"`
}

// Customer is who bought. Only a keyed hash of it is kept.
type Customer struct {
	ID    string `json:"id,omitempty" maxLength:"255"`
	Email string `json:"email,omitempty" maxLength:"254"`
	New   *bool  `json:"new,omitempty"`
}

// NewLine is one line of an order.
type NewLine struct {
	SKU      string `json:"sku,omitempty" maxLength:"255"`
	Category string `json:"category,omitempty" maxLength:"255"`
	Quantity int64  `json:"quantity,omitempty" minimum:"0" default:"1"`
	Amount   Money  `json:"amount"`
}

type conversionFilter struct {
	Paging
	ProgramID     string    `query:"program_id" required:"true" maxLength:"64"`
	ExternalID    string    `query:"external_id" maxLength:"255"`
	PartnershipID string    `query:"partnership_id" maxLength:"64"`
	Status        string    `query:"status" enum:"credited,uncredited,refunded,cancelled,test"`
	From          time.Time `query:"from"`
	To            time.Time `query:"to"`
}

type newRefundOf struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		ExternalID string     `json:"external_id" maxLength:"255"`
		Amount     Money      `json:"amount" doc:"By how much the commissionable amount is lowered"`
		OccurredAt *time.Time `json:"occurred_at,omitempty"`
	}
}

type newRefund struct {
	Body struct {
		ProgramID            string     `json:"program_id" maxLength:"64"`
		ConversionExternalID string     `json:"conversion_external_id" maxLength:"255"`
		Kind                 string     `json:"kind,omitempty" enum:"sale,lead,install,action" default:"sale"`
		Action               string     `json:"action,omitempty" maxLength:"255"`
		ExternalID           string     `json:"external_id" maxLength:"255"`
		Amount               Money      `json:"amount"`
		OccurredAt           *time.Time `json:"occurred_at,omitempty"`
	}
}

// RefundAnswer is the conversion a refund belongs to, once it is known.
type RefundAnswer struct {
	Waiting bool `json:"waiting,omitempty" doc:"The sale is not known yet; the refund will be applied when it comes"`
	*Conversion
}

type cancelConversion struct {
	ID   string  `path:"id" maxLength:"64"`
	Body *reason `required:"false"`
}

type reason struct {
	Reason string `json:"reason,omitempty" maxLength:"1000"`
}

type creditByHand struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		PartnershipID string `json:"partnership_id" maxLength:"64"`
		Note          string `json:"note" maxLength:"1000"`
	}
}

func (a *API) conversions() {
	tag := "Conversions"
	write(a, operation(http.MethodPost, "/conversions", "create-conversion", tag, "Report a sale, lead, install or action"), http.StatusCreated, a.createConversion)
	read(a, operation(http.MethodGet, "/conversions", "list-conversions", tag, "List conversions"), a.listConversions)
	read(a, operation(http.MethodGet, "/conversions/{id}", "get-conversion", tag, "Look at a conversion, with its explanation"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (Conversion, error) {
			c, err := seenConversion(ctx, tx, p, in.ID, auth.PermView)
			if err != nil {
				return Conversion{}, err
			}
			standing, err := intake.Standing(ctx, tx, c)
			if err != nil {
				return Conversion{}, err
			}
			return explained(standing)
		})
	write(a, operation(http.MethodPost, "/conversions/{id}/cancel", "cancel-conversion", tag, "Call a conversion off"), http.StatusOK, a.cancelConversion)
	write(a, operation(http.MethodPost, "/conversions/{id}/refunds", "refund-conversion", tag, "Report a refund of a conversion"), http.StatusCreated, a.refundConversion)
	write(a, operation(http.MethodPost, "/conversions/{id}/credit", "credit-conversion", tag, "Credit an uncredited conversion by hand"), http.StatusOK, a.creditConversion)
	write(a, operation(http.MethodPost, "/refunds", "create-refund", tag, "Report a refund, also before its sale is known"), http.StatusCreated, a.createRefund)
}

func seenConversion(ctx context.Context, tx *db.Tx, p auth.Principal, id string, perm auth.Permission) (conversions.Conversion, error) {
	c, err := conversions.Find(ctx, tx, conversions.ID(id))
	if err != nil {
		return c, err
	}
	return c, hidden(p.Require(c.Program, perm), "conversion")
}

func (a *API) createConversion(ctx context.Context, tx *db.Tx, p auth.Principal, in *newConversion) (int, Conversion, error) {
	b := in.Body
	program, err := seenProgram(ctx, tx, p, b.ProgramID, auth.PermManage, "program_id")
	if err != nil {
		return 0, Conversion{}, err
	}
	o := intake.Order{
		Program: program.ID, Kind: conversions.Kind(b.Kind), Action: b.Action, ExternalID: b.ExternalID, Test: b.Test, OccurredAt: orZero(b.OccurredAt), Source: "api",
		Amount: money.Zero(program.Currency),
	}
	if b.Customer != nil {
		o.Customer = intake.Customer{ID: b.Customer.ID, Email: b.Customer.Email, New: b.Customer.New}
	}
	var faults []*fault.Error
	switch {
	case b.Amount != nil:
		var f *fault.Error
		o.Amount, f = b.Amount.parse("amount")
		faults = append(faults, f)
	case b.Kind == "sale":
		faults = append(faults, fault.Invalid("A sale needs its commissionable amount.").In("amount"))
	}
	for i, l := range b.Lines {
		amount, f := l.Amount.parse(at("lines", i, "amount"))
		faults = append(faults, f)
		o.Lines = append(o.Lines, conversions.Line{SKU: l.SKU, Category: l.Category, Quantity: l.Quantity, Amount: amount})
	}
	if err := fault.Join(faults...); err != nil {
		return 0, Conversion{}, err
	}
	for _, t := range b.Touches {
		o.Touches = append(o.Touches, intake.Touch{Click: t.Click, Code: t.Code, At: orZero(t.At)})
	}
	o.Touches = append(o.Touches, intake.Clicks(b.Click)...)
	if b.Code != "" {
		o.Touches = append(o.Touches, intake.Touch{Code: b.Code})
	}
	result, err := a.Door.OrderIn(ctx, tx, program, o)
	if err != nil {
		return 0, Conversion{}, err
	}
	status := http.StatusCreated
	if result.Repeated {
		status = http.StatusOK
	}
	out, err := explained(result)
	return status, out, err
}

func (a *API) listConversions(ctx context.Context, tx *db.Tx, p auth.Principal, in *conversionFilter) (List[Conversion], error) {
	program, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, "program_id")
	if err != nil {
		return List[Conversion]{}, err
	}
	found, next, err := conversions.List(ctx, tx, conversions.Filter{
		Program: program.ID, ExternalID: in.ExternalID, Status: conversions.Status(in.Status), Partnership: partnerships.ID(in.PartnershipID), From: in.From, To: in.To,
	}, in.page())
	if err != nil {
		return List[Conversion]{}, err
	}
	out := List[Conversion]{Items: make([]Conversion, 0, len(found)), Next: next}
	for _, c := range found {
		standing, err := intake.Standing(ctx, tx, c)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, shapeConversion(standing))
	}
	return out, nil
}

func (a *API) cancelConversion(ctx context.Context, tx *db.Tx, p auth.Principal, in *cancelConversion) (int, Conversion, error) {
	c, err := seenConversion(ctx, tx, p, in.ID, auth.PermManage)
	if err != nil {
		return 0, Conversion{}, err
	}
	note := orZero(in.Body).Reason
	result, err := a.Door.Cancel(ctx, tx, intake.Cancel{
		Program: c.Program, Namespace: c.Namespace, Kind: c.Kind, Action: c.Action, Conversion: c.ExternalID, Detail: note, Source: "api",
	}, c.Amount.Currency)
	if err != nil {
		return 0, Conversion{}, err
	}
	if err := audit.Record(ctx, tx, p, c.Program, "conversion.cancel", string(c.ID), nil, nil, note); err != nil {
		return 0, Conversion{}, err
	}
	out, err := explained(result.Result)
	return http.StatusOK, out, err
}

func (a *API) refundConversion(ctx context.Context, tx *db.Tx, p auth.Principal, in *newRefundOf) (int, Conversion, error) {
	c, err := seenConversion(ctx, tx, p, in.ID, auth.PermManage)
	if err != nil {
		return 0, Conversion{}, err
	}
	amount, f := in.Body.Amount.parse("amount")
	if f != nil {
		return 0, Conversion{}, f
	}
	result, err := a.Door.Refund(ctx, tx, intake.Refund{
		Program: c.Program, Namespace: c.Namespace, Kind: c.Kind, Action: c.Action, Conversion: c.ExternalID, ExternalID: in.Body.ExternalID,
		Amount: amount, OccurredAt: orZero(in.Body.OccurredAt), Source: "api",
	})
	if err != nil {
		return 0, Conversion{}, err
	}
	if result.Change.Conversion != c.ID {
		return 0, Conversion{}, fault.Conflict("refund_known", "A refund of this number belongs to another order.").In("external_id")
	}
	out, err := explained(result.Result)
	out.Differs = result.Differs
	return statusOf(result), out, err
}

func (a *API) createRefund(ctx context.Context, tx *db.Tx, p auth.Principal, in *newRefund) (int, RefundAnswer, error) {
	b := in.Body
	program, err := seenProgram(ctx, tx, p, b.ProgramID, auth.PermManage, "program_id")
	if err != nil {
		return 0, RefundAnswer{}, err
	}
	amount, f := b.Amount.parse("amount")
	if f != nil {
		return 0, RefundAnswer{}, f
	}
	result, err := a.Door.Refund(ctx, tx, intake.Refund{
		Program: program.ID, Kind: conversions.Kind(b.Kind), Action: b.Action, Conversion: b.ConversionExternalID, ExternalID: b.ExternalID,
		Amount: amount, OccurredAt: orZero(b.OccurredAt), Source: "api",
	})
	if err != nil {
		return 0, RefundAnswer{}, err
	}
	if !result.Known {
		return statusOf(result), RefundAnswer{Waiting: true}, nil
	}
	out, err := explained(result.Result)
	out.Differs = result.Differs
	return statusOf(result), RefundAnswer{Conversion: &out}, err
}

func statusOf(r intake.ChangeResult) int {
	if r.Repeated {
		return http.StatusOK
	}
	return http.StatusCreated
}

func (a *API) creditConversion(ctx context.Context, tx *db.Tx, p auth.Principal, in *creditByHand) (int, Conversion, error) {
	c, err := seenConversion(ctx, tx, p, in.ID, auth.PermMoney)
	if err != nil {
		return 0, Conversion{}, err
	}
	to, err := seenPartnership(ctx, tx, p, in.Body.PartnershipID, auth.PermView, "partnership_id")
	if err != nil {
		return 0, Conversion{}, err
	}
	result, err := a.Door.CreditByHand(ctx, tx, p, c.ID, to.ID, in.Body.Note)
	if err != nil {
		return 0, Conversion{}, err
	}
	out, err := explained(result)
	return http.StatusOK, out, err
}

func shapeConversion(r intake.Result) Conversion {
	c := r.Conversion
	out := Conversion{
		ID: string(c.ID), ProgramID: string(c.Program), Kind: string(c.Kind), Action: c.Action, ExternalID: c.ExternalID, Status: string(c.Status),
		Test: c.Test, Amount: moneyOf(c.Amount), Refunded: moneyOf(c.Refunded), OccurredAt: c.OccurredAt, ReceivedAt: c.ReceivedAt,
		CancelledAt: timeOrNull(c.CancelledAt), Source: c.Source, Credits: []Credit{}, Commissions: []CommissionOf{}, Differs: r.Differs,
	}
	for _, credit := range r.Credits {
		out.Credits = append(out.Credits, Credit{string(credit.Partnership), int(credit.Share), credit.Because})
	}
	for _, m := range r.Commissions {
		out.Commissions = append(out.Commissions, CommissionOf{
			ID: string(m.ID), PartnershipID: string(m.Partnership), Earned: moneyOf(m.Earned), Reversed: moneyOf(m.Reversed),
			Amount: moneyOf(m.Amount()), Status: string(m.Status),
		})
	}
	return out
}

// explained is a conversion with the reasons of its decision.
func explained(r intake.Result) (Conversion, error) {
	out := shapeConversion(r)
	var input intake.Input
	var decision intake.Decision
	if err := json.Unmarshal(r.Conversion.Input, &input); err != nil {
		return out, fmt.Errorf("cannot read the input of conversion %s: %w", r.Conversion.ID, err)
	}
	if err := json.Unmarshal(r.Conversion.Decision, &decision); err != nil {
		return out, fmt.Errorf("cannot read the decision on conversion %s: %w", r.Conversion.ID, err)
	}
	out.Explanation = &ConversionBecause{
		Version: decision.Version, Model: string(decision.Model), Prefer: string(decision.Prefer), WindowDays: decision.WindowDays,
		Touches: considered(decision.Considered), Notes: append([]string{}, input.Notes...), Excluded: input.Excluded,
	}
	for _, w := range decision.WouldEarn {
		out.Explanation.WouldEarn = append(out.Explanation.WouldEarn, WouldEarn{string(w.Partnership), moneyOf(w.Amount)})
	}
	return out, nil
}

func considered(all []attribution.Considered) []Considered {
	out := make([]Considered, 0, len(all))
	for _, c := range all {
		out = append(out, Considered{string(c.Kind), c.At, string(c.Partnership), c.Code, string(c.Reason)})
	}
	return out
}

package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/stores"
	"rapport/internal/pay/intake"
	"rapport/internal/track/conversions"
)

// Handler takes deliveries at POST /hooks/shopify/{connection}.
//
// It answers 200 only after the commit; Shopify repeats everything else for four hours, so a delivery is lost only if we cannot write for longer.
type Handler struct {
	DB     *db.DB
	Box    *secret.Box
	Door   intake.Door
	Log    *slog.Logger
	Refuse func(w http.ResponseWriter, err error) // answers a problem document

	mu      sync.Mutex
	refused map[stores.ConnectionID]*refusals
}

// refusals are counted in memory and written at most once a second per connection, so that somebody who guesses secrets does not fill the log of
// the database.
type refusals struct {
	waiting int64
	written time.Time
}

const (
	handleDeadline = 5 * time.Second // Shopify hangs up after five seconds
	refusalsEvery  = time.Second
)

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), handleDeadline)
	defer cancel()
	if err := h.take(ctx, w, r); err != nil {
		h.Refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusOK)
}

func (h *Handler) take(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	connection, program, err := h.find(ctx, stores.ConnectionID(r.PathValue("connection")))
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return fault.TooLarge("A delivery has at most 2 MiB.")
		}
		return fault.Malformed("The delivery ended before its body was complete.").Because(err)
	}
	secrets, err := connection.Secrets(h.Box)
	if err != nil {
		return err
	}
	if !Verify(secrets, r.Header, raw) {
		return errors.Join(fault.Unauthenticated("The signature is wrong.").WithCode("wrong_signature"), h.countRefused(ctx, connection.ID))
	}
	headers, err := json.Marshal(r.Header)
	if err != nil {
		return err
	}
	return h.DB.Update(ctx, func(tx *db.Tx) error {
		return h.process(ctx, tx, connection, program, ParseDelivery(r.Header), raw, headers)
	})
}

func (h *Handler) find(ctx context.Context, id stores.ConnectionID) (c stores.Connection, p programs.Program, err error) {
	err = h.DB.View(ctx, func(tx *db.Tx) error {
		if c, err = stores.Find(ctx, tx, id); err != nil {
			return err
		}
		if c.Store != stores.StoreShopify || !c.EndedAt.IsZero() {
			return fault.NotFound("connection")
		}
		p, err = programs.Find(ctx, tx, c.Program)
		return err
	})
	return c, p, err
}

func (h *Handler) countRefused(ctx context.Context, id stores.ConnectionID) error {
	h.mu.Lock()
	if h.refused == nil {
		h.refused = map[stores.ConnectionID]*refusals{}
	}
	r := h.refused[id]
	if r == nil {
		r = &refusals{}
		h.refused[id] = r
	}
	r.waiting++
	if time.Since(r.written) < refusalsEvery {
		h.mu.Unlock()
		return nil
	}
	n := r.waiting
	r.waiting, r.written = 0, time.Now()
	h.mu.Unlock()
	h.Log.Warn("a delivery with a wrong signature was refused", "connection", id, "count", n)
	return h.DB.Update(ctx, func(tx *db.Tx) error { return stores.CountRefused(ctx, tx, id, n) })
}

// process keeps a delivery and hands what it says to intake, in one transaction.
func (h *Handler) process(ctx context.Context, tx *db.Tx, c stores.Connection, program programs.Program, about Delivery, raw, headers []byte) error {
	d, first, err := stores.Receive(ctx, tx, h.Box, c, about.ID, string(about.Topic), raw, headers)
	if err != nil || !first {
		return err
	}
	outcome, detail, conversion := stores.OutcomeTaken, "", conversions.ID("")
	switch about.Topic {
	case TopicOrdersPaid, TopicOrdersCreate, TopicOrdersUpdated, TopicOrdersCancelled:
		outcome, detail, conversion, err = h.order(ctx, tx, c, program, about, raw)
	case TopicRefundsCreate:
		outcome, detail, conversion, err = h.refund(ctx, tx, c, raw)
	case TopicCustomersDataRequest, TopicCustomersRedact, TopicShopRedact, TopicAppUninstalled:
		outcome, detail = stores.OutcomeIgnored, "The delivery was kept for a person to act on."
	case TopicOther:
		outcome, detail = stores.OutcomeIgnored, about.Ignored
	}
	if err != nil {
		return err
	}
	return stores.Finish(ctx, tx, d, outcome, detail, conversion)
}

// order takes what an order says: that it was paid, that it was cancelled, and the refunds it lists.
func (h *Handler) order(ctx context.Context, tx *db.Tx, c stores.Connection, program programs.Program, about Delivery, raw []byte) (stores.Outcome, string, conversions.ID, error) {
	o, err := ParseOrder(raw, program.ClickParameter)
	if err != nil {
		return "", "", "", err
	}
	var conversion conversions.ID
	var did []string
	if about.Topic == TopicOrdersPaid || o.FinancialStatus == "paid" {
		result, err := h.Door.Order(ctx, tx, orderOf(c, o, about))
		if err != nil {
			return "", "", "", err
		}
		conversion, did = result.Conversion.ID, append(did, "order")
	}
	for _, r := range o.Refunds {
		taken, id, err := h.takeRefund(ctx, tx, c, o.ID, r)
		if err != nil {
			return "", "", "", err
		}
		if taken {
			conversion, did = id, append(did, "refund "+r.ID)
		}
	}
	if about.Topic == TopicOrdersCancelled || !o.CancelledAt.IsZero() {
		result, err := h.Door.Cancel(ctx, tx, intake.Cancel{
			Program: c.Program, Namespace: c.Namespace, Conversion: o.ID, OccurredAt: o.CancelledAt, Source: string(stores.StoreShopify),
		}, o.Currency)
		if err != nil {
			return "", "", "", err
		}
		conversion, did = result.Conversion.ID, append(did, "cancel")
	}
	if len(did) == 0 {
		return stores.OutcomeIgnored, "The order is not paid yet; it counts when it is.", "", nil
	}
	return stores.OutcomeTaken, strings.Join(did, ", "), conversion, nil
}

func orderOf(c stores.Connection, o Order, about Delivery) intake.Order {
	amount := o.Commissionable()
	order := intake.Order{
		Program: c.Program, Namespace: c.Namespace, ExternalID: o.ID, OtherKeys: []string{o.Name, o.Number}, Test: o.Test || about.Test,
		Amount: amount.Amount, Notes: append(amount.Because, o.Remarks...), Customer: intake.Customer{ID: o.Customer.ID, Email: o.Customer.Email, New: o.Customer.New},
		OccurredAt: o.PlacedAt(), Source: string(stores.StoreShopify),
	}
	if excluded, why := o.Excluded(); excluded != ExclusionNone && excluded != ExclusionTest {
		order.Excluded = why
	}
	for i, part := range amount.Parts {
		line := o.Lines[i]
		order.Lines = append(order.Lines, conversions.Line{SKU: line.SKU, Category: line.Category, Quantity: int64(line.Sold()), Amount: part.Amount})
	}
	for _, token := range o.Clicks {
		order.Touches = append(order.Touches, intake.Touch{Click: token})
	}
	for _, code := range o.Codes {
		order.Touches = append(order.Touches, intake.Touch{Code: code})
	}
	return order
}

func (h *Handler) refund(ctx context.Context, tx *db.Tx, c stores.Connection, raw []byte) (stores.Outcome, string, conversions.ID, error) {
	r, err := ParseRefund(raw)
	if err != nil {
		return "", "", "", err
	}
	taken, conversion, err := h.takeRefund(ctx, tx, c, r.OrderID, r)
	if err != nil {
		return "", "", "", err
	}
	if !taken {
		return stores.OutcomeIgnored, "The money has not gone back yet; the refund counts when it has.", conversion, nil
	}
	return stores.OutcomeTaken, "refund " + r.ID, conversion, nil
}

// takeRefund hands a refund to intake, unless its money is still on the way: then a later delivery tells of it under the same number.
func (h *Handler) takeRefund(ctx context.Context, tx *db.Tx, c stores.Connection, order string, r Refund) (taken bool, conversion conversions.ID, err error) {
	lowering := r.Lowering()
	if lowering.Pending.IsPositive() || r.Currency == "" || r.Test {
		return false, "", nil
	}
	result, err := h.Door.Refund(ctx, tx, intake.Refund{
		Program: c.Program, Namespace: c.Namespace, Conversion: order, ExternalID: r.ID, Amount: lowering.Amount,
		Detail: strings.Join(lowering.Because, " "), OccurredAt: r.CreatedAt, Source: string(stores.StoreShopify),
	})
	if err != nil {
		return false, "", fmt.Errorf("cannot take refund %s: %w", r.ID, err)
	}
	return true, result.Conversion.ID, nil
}

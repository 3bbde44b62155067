package shopify

import (
	"time"

	"rapport/internal/base/money"
)

// Order is what counts of a Shopify order. All amounts are in Currency, the shop's own. Of the buyer it holds no more than tells a new
// customer from a known one; callers keep the customer as a keyed hash only.
type Order struct {
	ID            string // Shopify's number
	Name          string // "#1001", as the shop and the buyer call it
	Number        string // "1001"
	CheckoutToken string // what a pixel on the checkout page knows before there is an order; may be ""

	CreatedAt   time.Time
	ProcessedAt time.Time // when it counts as placed; differs for imported orders; zero if absent
	UpdatedAt   time.Time
	CancelledAt time.Time // zero if it stands

	Currency        money.Currency
	Presentment     money.Currency // what the buyer saw and paid in; "" if not told
	FinancialStatus string         // "paid", "pending", "refunded" …
	SourceName      string         // "web", "pos", "shopify_draft_order", or an app's number
	ReferringHost   string
	Test            bool
	Exchange        bool // goods given for goods that came back
	TaxesIncluded   bool // prices contain tax

	Lines            []Line
	Subtotal         *money.Amount // lines after discounts; with tax where TaxesIncluded; nil if not told
	CurrentSubtotal  *money.Amount // the same after edits and refunds; nil if not told
	Total            *money.Amount
	Tax              *money.Amount // of lines and shipping
	Shipping         money.Amount
	ShippingTax      money.Amount
	ShippingDiscount money.Amount
	Discounts        money.Amount // of lines and shipping
	Tips             money.Amount

	Codes    []string // discount codes as typed, each once
	Clicks   []string // click tokens, oldest first; not yet checked
	Customer Customer
	Refunds  []Refund // what the order already knows of its refunds
	Remarks  []string // what was left out of the body while reading, and why
}

// Line is one line of an order. Discount and Tax are for the whole Quantity.
type Line struct {
	ID, ProductID, VariantID string
	SKU, Title, Category     string
	Vendor                   string
	Quantity                 int
	Removed                  int // of Quantity: taken off the order without money going back
	Price                    money.Amount
	Discount                 money.Amount
	Tax                      money.Amount
	GiftCard, Tip            bool
	RequiresShipping         bool
}

// Sold is the quantity that was paid for.
func (l Line) Sold() int { return l.Quantity - l.Removed }

// Customer is the buyer as far as attribution needs one.
type Customer struct {
	ID    string
	Email string
	New   *bool // whether this is the first order; nil if the body does not tell
}

// PlacedAt is when the buyer ordered.
func (o Order) PlacedAt() time.Time {
	if o.ProcessedAt.IsZero() {
		return o.CreatedAt
	}
	return o.ProcessedAt
}

// Exclusion is why an order earns nothing, whatever it is worth.
type Exclusion string

// The exclusions, in the order in which they are looked for.
const (
	ExclusionNone     Exclusion = ""
	ExclusionTest     Exclusion = "test"
	ExclusionDraft    Exclusion = "draft"
	ExclusionExchange Exclusion = "exchange"
	ExclusionZero     Exclusion = "zero"
)

// Excluded says whether the order earns nothing, and why in a sentence. A cancelled order is none of these: it was a sale and is reversed.
func (o Order) Excluded() (Exclusion, string) {
	switch {
	case o.Test:
		return ExclusionTest, "This is a test order, so nothing is earned on it."
	case o.SourceName == "shopify_draft_order":
		return ExclusionDraft, "The shop wrote this order itself, from a draft, so nothing is earned on it."
	case o.Exchange:
		return ExclusionExchange, "Goods were exchanged and not sold, so nothing is earned on this order."
	case o.Total != nil && o.Total.IsZero(), o.Commissionable().Amount.IsZero():
		return ExclusionZero, "Nothing was paid for goods that count, so nothing is earned on this order."
	default:
		return ExclusionNone, ""
	}
}

package sim

import "encoding/json"

// The shapes of Shopify's Admin REST order and refund, as far as a receiver of webhooks can use them
// (shopify.dev/docs/api/admin-rest, resources Order and Refund). Amounts are decimal text.

type shopOrder struct {
	ID                int64            `json:"id"`
	AdminID           string           `json:"admin_graphql_api_id"`
	Name              string           `json:"name"`
	Number            int64            `json:"number"`
	OrderNumber       int64            `json:"order_number"`
	Token             string           `json:"token"`
	CheckoutToken     string           `json:"checkout_token"`
	CreatedAt         string           `json:"created_at"`
	ProcessedAt       string           `json:"processed_at"`
	UpdatedAt         string           `json:"updated_at"`
	CancelledAt       *string          `json:"cancelled_at"`
	CancelReason      *string          `json:"cancel_reason"`
	ClosedAt          *string          `json:"closed_at"`
	Confirmed         bool             `json:"confirmed"`
	Test              bool             `json:"test"`
	SourceName        string           `json:"source_name"`
	Currency          string           `json:"currency"`
	PresentmentCur    string           `json:"presentment_currency"`
	FinancialStatus   string           `json:"financial_status"`
	FulfillmentStatus *string          `json:"fulfillment_status"`
	TaxesIncluded     bool             `json:"taxes_included"`
	TotalLineItems    string           `json:"total_line_items_price"`
	TotalDiscounts    string           `json:"total_discounts"`
	Subtotal          string           `json:"subtotal_price"`
	TotalTax          string           `json:"total_tax"`
	TotalTip          string           `json:"total_tip_received"`
	TotalPrice        string           `json:"total_price"`
	TotalOutstanding  string           `json:"total_outstanding"`
	TotalWeight       int              `json:"total_weight"`
	TotalShipping     priceSet         `json:"total_shipping_price_set"`
	Email             string           `json:"email"`
	ContactEmail      string           `json:"contact_email"`
	Phone             *string          `json:"phone"`
	BuyerAccepts      bool             `json:"buyer_accepts_marketing"`
	CustomerLocale    string           `json:"customer_locale"`
	LandingSite       string           `json:"landing_site"`
	LandingSiteRef    *string          `json:"landing_site_ref"`
	ReferringSite     string           `json:"referring_site"`
	BrowserIP         *string          `json:"browser_ip"`
	Note              *string          `json:"note"`
	Tags              string           `json:"tags"`
	Gateways          []string         `json:"payment_gateway_names"`
	DiscountCodes     []shopCode       `json:"discount_codes"`
	DiscountApplied   []shopDiscount   `json:"discount_applications"`
	NoteAttributes    []nameValue      `json:"note_attributes"`
	TaxLines          []taxLine        `json:"tax_lines"`
	LineItems         []shopLine       `json:"line_items"`
	ShippingLines     []shippingLine   `json:"shipping_lines"`
	Refunds           []shopRefund     `json:"refunds"`
	Fulfillments      []map[string]any `json:"fulfillments"`
	Customer          shopCustomer     `json:"customer"`
	ShippingAddress   address          `json:"shipping_address"`
	BillingAddress    address          `json:"billing_address"`
	ClientDetails     clientDetails    `json:"client_details"`
}

type shopLine struct {
	ID                int64        `json:"id"`
	ProductID         *int64       `json:"product_id"`
	VariantID         *int64       `json:"variant_id"`
	SKU               string       `json:"sku"`
	Title             string       `json:"title"`
	Name              string       `json:"name"`
	VariantTitle      *string      `json:"variant_title"`
	Vendor            string       `json:"vendor"`
	Quantity          int64        `json:"quantity"`
	CurrentQuantity   int64        `json:"current_quantity"`
	Fulfillable       int64        `json:"fulfillable_quantity"`
	FulfillmentStatus *string      `json:"fulfillment_status"`
	Price             string       `json:"price"`
	TotalDiscount     string       `json:"total_discount"`
	Grams             int          `json:"grams"`
	GiftCard          bool         `json:"gift_card"`
	Taxable           bool         `json:"taxable"`
	RequiresShipping  bool         `json:"requires_shipping"`
	ProductExists     bool         `json:"product_exists"`
	Properties        []nameValue  `json:"properties"`
	TaxLines          []taxLine    `json:"tax_lines"`
	Allocations       []allocation `json:"discount_allocations"`
}

type shopRefund struct {
	ID           int64            `json:"id"`
	AdminID      string           `json:"admin_graphql_api_id"`
	OrderID      int64            `json:"order_id"`
	CreatedAt    string           `json:"created_at"`
	ProcessedAt  string           `json:"processed_at"`
	Note         string           `json:"note"`
	Restock      bool             `json:"restock"`
	UserID       *int64           `json:"user_id"`
	Lines        []shopRefundLine `json:"refund_line_items"`
	Transactions []transaction    `json:"transactions"`
	Adjustments  []adjustment     `json:"order_adjustments"`
}

type shopRefundLine struct {
	ID          int64       `json:"id"`
	LineItemID  int64       `json:"line_item_id"`
	Quantity    int64       `json:"quantity"`
	RestockType string      `json:"restock_type"`
	Subtotal    json.Number `json:"subtotal"` // the one place where Shopify sends numbers
	TotalTax    json.Number `json:"total_tax"`
	SubtotalSet priceSet    `json:"subtotal_set"`
	TotalTaxSet priceSet    `json:"total_tax_set"`
	LineItem    shopLine    `json:"line_item"`
}

type transaction struct {
	ID        int64  `json:"id"`
	OrderID   int64  `json:"order_id"`
	Kind      string `json:"kind"`
	Gateway   string `json:"gateway"`
	Status    string `json:"status"`
	Amount    string `json:"amount"`
	Currency  string `json:"currency"`
	CreatedAt string `json:"created_at"`
	Test      bool   `json:"test"`
}

// adjustment is how Shopify shows money that goes back without goods; amounts are negative.
type adjustment struct {
	ID        int64  `json:"id"`
	OrderID   int64  `json:"order_id"`
	RefundID  int64  `json:"refund_id"`
	Amount    string `json:"amount"`
	TaxAmount string `json:"tax_amount"`
	Kind      string `json:"kind"`
	Reason    string `json:"reason"`
}

type priceSet struct {
	Shop        priceIn `json:"shop_money"`
	Presentment priceIn `json:"presentment_money"`
}

type priceIn struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency_code"`
}

type shopCode struct {
	Code   string `json:"code"`
	Amount string `json:"amount"`
	Type   string `json:"type"`
}

type shopDiscount struct {
	Type      string `json:"type"`
	Code      string `json:"code"`
	Value     string `json:"value"`
	ValueType string `json:"value_type"`
	Target    string `json:"target_type"`
	Selection string `json:"target_selection"`
	Method    string `json:"allocation_method"`
}

type allocation struct {
	Amount string `json:"amount"`
	Index  int    `json:"discount_application_index"`
}

type nameValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type taxLine struct {
	Title string  `json:"title"`
	Price string  `json:"price"`
	Rate  float64 `json:"rate"`
}

type shippingLine struct {
	ID          int64        `json:"id"`
	Code        string       `json:"code"`
	Title       string       `json:"title"`
	Source      string       `json:"source"`
	Price       string       `json:"price"`
	Discounted  string       `json:"discounted_price"`
	TaxLines    []taxLine    `json:"tax_lines"`
	Allocations []allocation `json:"discount_allocations"`
}

type shopCustomer struct {
	ID          int64  `json:"id"`
	Email       string `json:"email"`
	FirstName   string `json:"first_name"`
	LastName    string `json:"last_name"`
	OrdersCount int    `json:"orders_count"`
	State       string `json:"state"`
	Tags        string `json:"tags"`
}

type address struct {
	FirstName   string `json:"first_name"`
	LastName    string `json:"last_name"`
	Name        string `json:"name"`
	Address1    string `json:"address1"`
	City        string `json:"city"`
	Zip         string `json:"zip"`
	CountryCode string `json:"country_code"`
}

type clientDetails struct {
	UserAgent      string  `json:"user_agent"`
	AcceptLanguage string  `json:"accept_language"`
	BrowserIP      *string `json:"browser_ip"`
}

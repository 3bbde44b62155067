package shopify

import (
	"encoding/json"
	"errors"
	"strings"
)

// The shapes below name only what is read. Shopify adds, drops and retypes fields every quarter, so scalars may come as text, number or null.

// scalar is a text, number, truth value or null, kept as text; null and absent are "".
type scalar string

var errNotScalar = errors.New("a list or an object stands where a single value belongs")

func (s *scalar) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case 'n':
		*s = ""
	case '{', '[':
		return errNotScalar
	case '"':
		return json.Unmarshal(b, (*string)(s))
	default:
		*s = scalar(b)
	}
	return nil
}

func (s scalar) yes() bool { return strings.EqualFold(string(s), "true") || s == "1" }

type wireMoney struct {
	Amount   scalar `json:"amount"`
	Currency scalar `json:"currency_code"`
}

// wireSet is one amount in the shop's currency and in the one the buyer saw.
type wireSet struct {
	Shop        wireMoney `json:"shop_money"`
	Presentment wireMoney `json:"presentment_money"`
}

type wireTax struct {
	Price scalar  `json:"price"`
	Rate  scalar  `json:"rate"`
	Set   wireSet `json:"price_set"`
}

type wireAllocation struct {
	Amount scalar  `json:"amount"`
	Set    wireSet `json:"amount_set"`
}

type wireLine struct {
	ID               scalar           `json:"id"`
	GID              scalar           `json:"admin_graphql_api_id"`
	ProductID        scalar           `json:"product_id"`
	VariantID        scalar           `json:"variant_id"`
	SKU              scalar           `json:"sku"`
	Title            scalar           `json:"title"`
	Vendor           scalar           `json:"vendor"`
	ProductType      scalar           `json:"product_type"`
	Quantity         scalar           `json:"quantity"`
	CurrentQuantity  scalar           `json:"current_quantity"`
	Price            scalar           `json:"price"`
	PriceSet         wireSet          `json:"price_set"`
	TotalDiscount    scalar           `json:"total_discount"`
	TotalDiscountSet wireSet          `json:"total_discount_set"`
	Allocations      []wireAllocation `json:"discount_allocations"`
	Taxes            []wireTax        `json:"tax_lines"`
	GiftCard         scalar           `json:"gift_card"`
	RequiresShipping scalar           `json:"requires_shipping"`
	TipGateway       scalar           `json:"tip_payment_gateway"`
	TipMethod        scalar           `json:"tip_payment_method"`
}

type wireShipping struct {
	Price       scalar           `json:"price"`
	PriceSet    wireSet          `json:"price_set"`
	Discounted  scalar           `json:"discounted_price"`
	Taxes       []wireTax        `json:"tax_lines"`
	Allocations []wireAllocation `json:"discount_allocations"`
}

type wireOrder struct {
	ID                 scalar         `json:"id"`
	GID                scalar         `json:"admin_graphql_api_id"`
	Name               scalar         `json:"name"`
	Number             scalar         `json:"order_number"`
	CheckoutToken      scalar         `json:"checkout_token"`
	CreatedAt          scalar         `json:"created_at"`
	ProcessedAt        scalar         `json:"processed_at"`
	UpdatedAt          scalar         `json:"updated_at"`
	CancelledAt        scalar         `json:"cancelled_at"`
	Currency           scalar         `json:"currency"`
	Presentment        scalar         `json:"presentment_currency"`
	Test               scalar         `json:"test"`
	FinancialStatus    scalar         `json:"financial_status"`
	SourceName         scalar         `json:"source_name"`
	ReferringSite      scalar         `json:"referring_site"`
	LandingSite        scalar         `json:"landing_site"`
	Tags               scalar         `json:"tags"`
	Gateways           []scalar       `json:"payment_gateway_names"`
	TaxesIncluded      scalar         `json:"taxes_included"`
	Subtotal           scalar         `json:"subtotal_price"`
	SubtotalSet        wireSet        `json:"subtotal_price_set"`
	CurrentSubtotal    scalar         `json:"current_subtotal_price"`
	CurrentSubtotalSet wireSet        `json:"current_subtotal_price_set"`
	Total              scalar         `json:"total_price"`
	TotalSet           wireSet        `json:"total_price_set"`
	TotalTax           scalar         `json:"total_tax"`
	TotalTaxSet        wireSet        `json:"total_tax_set"`
	Discounts          scalar         `json:"total_discounts"`
	DiscountsSet       wireSet        `json:"total_discounts_set"`
	ShippingSet        wireSet        `json:"total_shipping_price_set"`
	Tips               scalar         `json:"total_tip_received"`
	Lines              []wireLine     `json:"line_items"`
	ShippingLines      []wireShipping `json:"shipping_lines"`
	Refunds            []wireRefund   `json:"refunds"`
	Email              scalar         `json:"email"`
	ContactEmail       scalar         `json:"contact_email"`
	Codes              []struct {
		Code scalar `json:"code"`
	} `json:"discount_codes"`
	Applications []struct {
		Type  scalar `json:"type"`
		Code  scalar `json:"code"`
		Title scalar `json:"title"`
	} `json:"discount_applications"`
	Notes []struct {
		Name  scalar `json:"name"`
		Value scalar `json:"value"`
	} `json:"note_attributes"`
	Customer struct {
		ID     scalar `json:"id"`
		Email  scalar `json:"email"`
		Orders scalar `json:"orders_count"`
	} `json:"customer"`
}

type wireRefund struct {
	ID        scalar  `json:"id"`
	GID       scalar  `json:"admin_graphql_api_id"`
	OrderID   scalar  `json:"order_id"`
	CreatedAt scalar  `json:"created_at"`
	Duties    wireSet `json:"total_duties_set"` // zero in most refunds, and still names the shop's currency
	Lines     []struct {
		LineID      scalar   `json:"line_item_id"`
		Quantity    scalar   `json:"quantity"`
		Subtotal    scalar   `json:"subtotal"`
		SubtotalSet wireSet  `json:"subtotal_set"`
		Tax         scalar   `json:"total_tax"`
		TaxSet      wireSet  `json:"total_tax_set"`
		Line        wireLine `json:"line_item"`
	} `json:"refund_line_items"`
	ShippingLines []struct {
		Subtotal wireSet `json:"subtotal_amount_set"`
		Tax      wireSet `json:"tax_amount_set"`
	} `json:"refund_shipping_lines"`
	Adjustments []struct {
		Kind      scalar  `json:"kind"`
		Reason    scalar  `json:"reason"`
		Amount    scalar  `json:"amount"`
		AmountSet wireSet `json:"amount_set"`
		Tax       scalar  `json:"tax_amount"`
		TaxSet    wireSet `json:"tax_amount_set"`
	} `json:"order_adjustments"`
	Transactions []struct {
		Kind     scalar `json:"kind"`
		Status   scalar `json:"status"`
		Amount   scalar `json:"amount"`
		Currency scalar `json:"currency"`
		Test     scalar `json:"test"`
	} `json:"transactions"`
}

package sim

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"rapport/internal/base/money"
)

// Storefront renders what the invented shop sends: Shopify webhooks, signed.
type Storefront struct {
	Domain string // of the shop at Shopify: fernwood-skincare.myshopify.com
	Secret string // of the app; signs the bodies
	Param  string // query parameter and note attribute that carry click tokens; "" is rp_click
}

func (s Storefront) param() string {
	if s.Param == "" {
		return "rp_click"
	}
	return s.Param
}

// Paid is the webhook orders/paid of an order made at the moment at. tokens are the click tokens the shop still knows, oldest first.
func (s Storefront) Paid(o *Order, tokens []string, at time.Time) (Webhook, error) {
	return s.deliver(TopicPaid, o.ID, s.order(o, tokens, at), at)
}

// Cancelled is the webhook orders/cancelled; the body is the whole order, as Shopify sends it.
func (s Storefront) Cancelled(o *Order, tokens []string, made, cancelled time.Time) (Webhook, error) {
	body := s.order(o, tokens, made)
	when, reason := timeText(cancelled), "customer"
	body.CancelledAt, body.CancelReason, body.ClosedAt, body.UpdatedAt, body.FinancialStatus = &when, &reason, &when, when, "refunded"
	return s.deliver(TopicCancelled, o.ID, body, cancelled)
}

// Refunded is the webhook refunds/create.
func (s Storefront) Refunded(r *Refund, at time.Time) (Webhook, error) {
	return s.deliver(TopicRefund, r.ID, s.refund(r, at), at)
}

func (s Storefront) deliver(topic string, subject int64, body any, at time.Time) (Webhook, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return Webhook{}, fmt.Errorf("cannot write the body of %s: %w", topic, err)
	}
	return sign(topic, subject, raw, s.Secret, s.Domain, at), nil
}

func (s Storefront) order(o *Order, tokens []string, at time.Time) shopOrder {
	when, b, digest := timeText(at), o.Buyer, uuidOf("cart", s.Domain, "", o.ID)
	text := func(minor int64) string { return decimal(minor, o.Currency) }
	body := shopOrder{
		ID: o.ID, AdminID: "gid://shopify/Order/" + number(o.ID), Name: "#" + number(o.Number), Number: o.Number, OrderNumber: o.Number,
		Token: strings.ReplaceAll(digest, "-", ""), CheckoutToken: strings.ReplaceAll(uuidOf("checkout", s.Domain, "", o.ID), "-", ""),
		CreatedAt: when, ProcessedAt: when, UpdatedAt: when, Confirmed: true, SourceName: "web",
		Currency: string(o.Currency), PresentmentCur: string(o.Currency), FinancialStatus: "paid", TaxesIncluded: o.Included,
		TotalLineItems: text(o.Gross()), TotalDiscounts: text(o.Discounts()), Subtotal: text(o.Gross() - o.Discounts()),
		TotalTax: text(o.Tax()), TotalTip: text(0), TotalPrice: text(o.Total()), TotalOutstanding: text(0), TotalShipping: both(o.Shipping, o.Currency),
		Email: b.Email, ContactEmail: b.Email, CustomerLocale: homeOf(b.Country).language,
		LandingSite: s.landing(o, tokens), ReferringSite: referrerOf(o), Gateways: []string{"shopify_payments"},
		DiscountCodes: []shopCode{}, DiscountApplied: []shopDiscount{}, NoteAttributes: []nameValue{}, TaxLines: taxLines(o.Tax(), o),
		ShippingLines: []shippingLine{shipping(o)}, Refunds: []shopRefund{}, Fulfillments: []map[string]any{},
		Customer:        shopCustomer{ID: b.ID, Email: b.Email, FirstName: b.First, LastName: b.Last, OrdersCount: b.Orders, State: "disabled"},
		ShippingAddress: addressOf(b), BillingAddress: addressOf(b), ClientDetails: deviceOf(o),
	}
	for i, l := range o.Lines {
		body.LineItems = append(body.LineItems, s.line(o, i, l))
		body.TotalWeight += l.Grams * int(l.Quantity)
	}
	if o.Code != "" {
		body.DiscountCodes = append(body.DiscountCodes, shopCode{o.Code, text(o.Discounts()), "percentage"})
		body.DiscountApplied = append(body.DiscountApplied, discountOf(o))
	}
	if len(tokens) > 0 {
		body.NoteAttributes = append(body.NoteAttributes, nameValue{s.param(), strings.Join(tokens, ".")})
	}
	return body
}

func (s Storefront) line(o *Order, i int, l Line) shopLine {
	product, variant := 8_100_000_000+int64(len(l.SKU)), o.ID/1000+int64(i)
	line := shopLine{
		ID: l.ID, ProductID: &product, VariantID: &variant, SKU: l.SKU, Title: l.Title, Name: l.Title, Vendor: "Fernwood",
		Quantity: l.Quantity, CurrentQuantity: l.Quantity, Fulfillable: l.Quantity, Price: decimal(l.Price, o.Currency), TotalDiscount: decimal(0, o.Currency),
		Grams: l.Grams, GiftCard: l.GiftCard, Taxable: !l.GiftCard, RequiresShipping: !l.GiftCard, ProductExists: true,
		Properties: []nameValue{}, TaxLines: taxLines(l.Tax, o), Allocations: []allocation{},
	}
	if l.Discount > 0 {
		line.Allocations = append(line.Allocations, allocation{Amount: decimal(l.Discount, o.Currency)})
	}
	return line
}

func (s Storefront) refund(r *Refund, at time.Time) shopRefund {
	o, when := r.Order, timeText(at)
	body := shopRefund{
		ID: r.ID, AdminID: "gid://shopify/Refund/" + number(r.ID), OrderID: o.ID, CreatedAt: when, ProcessedAt: when, Note: r.Note, Restock: true,
		Lines: []shopRefundLine{}, Adjustments: []adjustment{},
		Transactions: []transaction{{
			ID: r.ID + 1, OrderID: o.ID, Kind: "refund", Gateway: "shopify_payments", Status: "success",
			Amount: decimal(r.Money(), o.Currency), Currency: string(o.Currency), CreatedAt: when,
		}},
	}
	for i, l := range r.Lines {
		body.Lines = append(body.Lines, shopRefundLine{
			ID: r.ID*10 + int64(i), LineItemID: o.Lines[l.Line].ID, Quantity: l.Quantity, RestockType: "return",
			Subtotal: json.Number(decimal(l.Subtotal, o.Currency)), TotalTax: json.Number(decimal(l.Tax, o.Currency)),
			SubtotalSet: both(l.Subtotal, o.Currency), TotalTaxSet: both(l.Tax, o.Currency), LineItem: s.line(o, l.Line, o.Lines[l.Line]),
		})
	}
	if r.Shipping > 0 {
		body.Adjustments = append(body.Adjustments, adjustment{
			ID: r.ID + 2, OrderID: o.ID, RefundID: r.ID, Amount: decimal(-r.Shipping, o.Currency), TaxAmount: decimal(0, o.Currency),
			Kind: "shipping_refund", Reason: "Shipping refund",
		})
	}
	return body
}

// landing is where the visit began, with the last token in its query, as the redirect left it.
func (s Storefront) landing(o *Order, tokens []string) string {
	u, err := url.Parse(o.Landing)
	if err != nil {
		panic("BUG: destination of our own making is no URL: " + err.Error())
	}
	if len(tokens) > 0 {
		u.RawQuery = url.Values{s.param(): {tokens[len(tokens)-1]}}.Encode()
	}
	return u.RequestURI()
}

func referrerOf(o *Order) string {
	if len(o.Clicks) == 0 {
		return ""
	}
	return o.Clicks[len(o.Clicks)-1].Referrer
}

func deviceOf(o *Order) clientDetails {
	if len(o.Clicks) == 0 {
		return clientDetails{UserAgent: browsers[int(o.Visitor)%len(browsers)], AcceptLanguage: homeOf(o.Buyer.Country).accept}
	}
	last := o.Clicks[len(o.Clicks)-1]
	return clientDetails{UserAgent: last.Agent, AcceptLanguage: last.Language}
}

func discountOf(o *Order) shopDiscount {
	var gross, off int64
	for _, l := range o.Lines {
		if l.Discount > 0 {
			gross, off = gross+l.Price*l.Quantity, off+l.Discount
		}
	}
	percent := int64(0)
	if gross > 0 {
		percent = portion(100, off, gross)
	}
	return shopDiscount{"discount_code", o.Code, number(percent) + ".0", "percentage", "line_item", "all", "across"}
}

func taxLines(tax int64, o *Order) []taxLine {
	if tax == 0 {
		return []taxLine{}
	}
	return []taxLine{{"Sales tax", decimal(tax, o.Currency), o.TaxRate}}
}

func shipping(o *Order) shippingLine {
	title := "Standard"
	if o.Shipping == 0 {
		title = "Free shipping"
	}
	price := decimal(o.Shipping, o.Currency)
	return shippingLine{o.ID*10 + 9, title, title, "shopify", price, price, []taxLine{}, []allocation{}}
}

func addressOf(b Buyer) address {
	street := fmt.Sprintf("%d Birch Lane", 1+b.ID%180)
	return address{b.First, b.Last, b.First + " " + b.Last, street, b.City, fmt.Sprintf("%05d", 10000+b.ID%80000), b.Country}
}

func both(minor int64, c money.Currency) priceSet {
	p := priceIn{decimal(minor, c), string(c)}
	return priceSet{p, p}
}

func decimal(minor int64, c money.Currency) string {
	return money.Amount{Minor: minor, Currency: c}.String()
}

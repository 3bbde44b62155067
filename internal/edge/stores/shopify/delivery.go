package shopify

import (
	"net/http"
	"strings"
	"time"
)

// Topic is what a delivery speaks of, as in the header X-Shopify-Topic.
type Topic string

// The topics a connection subscribes to, and TopicOther for all that we did not ask for.
const (
	TopicOrdersCreate         Topic = "orders/create"
	TopicOrdersPaid           Topic = "orders/paid"
	TopicOrdersUpdated        Topic = "orders/updated"
	TopicOrdersCancelled      Topic = "orders/cancelled"
	TopicRefundsCreate        Topic = "refunds/create"
	TopicAppUninstalled       Topic = "app/uninstalled"
	TopicCustomersDataRequest Topic = "customers/data_request"
	TopicCustomersRedact      Topic = "customers/redact"
	TopicShopRedact           Topic = "shop/redact"
	TopicOther                Topic = ""
)

// ParseTopic reads the header. A topic we do not know is TopicOther with the reason why its delivery is ignored: refusing it would make Shopify
// repeat it for hours and then drop the subscription.
func ParseTopic(header string) (Topic, string) {
	switch t := Topic(strings.ToLower(strings.TrimSpace(header))); t {
	case TopicOrdersCreate, TopicOrdersPaid, TopicOrdersUpdated, TopicOrdersCancelled, TopicRefundsCreate,
		TopicAppUninstalled, TopicCustomersDataRequest, TopicCustomersRedact, TopicShopRedact:
		return t, ""
	case TopicOther:
		return TopicOther, "The delivery names no topic, so it was kept and nothing was done with it."
	default:
		return TopicOther, "The delivery's topic is none that counts towards sales, so nothing was done with it."
	}
}

// Delivery is what the headers of one request say. None of them is covered by the signature: they order and tell apart, they prove nothing.
type Delivery struct {
	Topic       Topic
	Ignored     string    // why it is ignored, for TopicOther
	ID          string    // of this delivery; the same on a retry
	EventID     string    // of the event; the same over several subscriptions
	Shop        string    // example.myshopify.com
	TriggeredAt time.Time // zero if absent or unreadable
	Test        bool      // sent by hand from Shopify's admin
}

// ParseDelivery reads the headers of a request.
func ParseDelivery(h http.Header) Delivery {
	d := Delivery{
		ID:      clip(h.Get("X-Shopify-Webhook-Id"), maxKey),
		EventID: clip(h.Get("X-Shopify-Event-Id"), maxKey),
		Shop:    strings.ToLower(clip(h.Get("X-Shopify-Shop-Domain"), maxHost)),
		Test:    strings.EqualFold(h.Get("X-Shopify-Test"), "true"),
	}
	d.Topic, d.Ignored = ParseTopic(h.Get("X-Shopify-Topic"))
	if at, err := time.Parse(time.RFC3339Nano, h.Get("X-Shopify-Triggered-At")); err == nil {
		d.TriggeredAt = at
	}
	return d
}

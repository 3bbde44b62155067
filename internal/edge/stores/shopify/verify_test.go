package shopify

import (
	"net/http"
	"testing"
	"time"
)

func signed(value string) http.Header { return http.Header{SignatureHeader: {value}} }

func TestOnlyTheSecretsHolderCanSign(t *testing.T) {
	raw, secret, old := []byte(`{"id":1}`), []byte("new"), []byte("old")
	for name, c := range map[string]struct {
		secrets [][]byte
		header  string
		raw     []byte
		want    bool
	}{
		"known answer":   {[][]byte{[]byte("key")}, "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg=", []byte("The quick brown fox jumps over the lazy dog"), true},
		"own":            {[][]byte{secret}, Sign(secret, raw), raw, true},
		"after rotation": {[][]byte{secret, old}, Sign(old, raw), raw, true},
		"retired":        {[][]byte{secret}, Sign(old, raw), raw, false},
		"other body":     {[][]byte{secret}, Sign(secret, raw), []byte(`{"id":2}`), false},
		"none":           {[][]byte{secret}, "", raw, false},
		"not base64":     {[][]byte{secret}, "%%%", raw, false},
		"cut":            {[][]byte{secret}, Sign(secret, raw)[:20], raw, false},
		"no secret":      {nil, Sign(nil, raw), raw, false},
		"empty secret":   {[][]byte{{}}, Sign(nil, raw), raw, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Verify(c.secrets, signed(c.header), c.raw); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestUnknownTopicsAreIgnoredWithAReason(t *testing.T) {
	for header, want := range map[string]Topic{
		"orders/paid": TopicOrdersPaid, " Refunds/Create ": TopicRefundsCreate, "shop/redact": TopicShopRedact, "carts/update": TopicOther, "": TopicOther,
	} {
		got, why := ParseTopic(header)
		if got != want || (why == "") != (want != TopicOther) {
			t.Errorf("%q: got %q, %q", header, got, why)
		}
	}
}

func TestDeliveryReadsItsHeaders(t *testing.T) {
	h := http.Header{}
	for name, value := range map[string]string{
		"X-Shopify-Topic": "orders/paid", "X-Shopify-Webhook-Id": "w1", "X-Shopify-Event-Id": "e1", "X-Shopify-Shop-Domain": "Shop.myshopify.com",
		"X-Shopify-Triggered-At": "2026-11-22T10:00:00.123456789Z", "X-Shopify-Test": "true",
	} {
		h.Set(name, value)
	}
	want := Delivery{
		Topic: TopicOrdersPaid, ID: "w1", EventID: "e1", Shop: "shop.myshopify.com", Test: true,
		TriggeredAt: time.Date(2026, 11, 22, 10, 0, 0, 123456789, time.UTC),
	}
	if got := ParseDelivery(h); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

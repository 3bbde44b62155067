package sim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"time"
)

// shopifyVersion is the version of the shop's interface the bodies are shaped after.
const shopifyVersion = "2026-07"

// Webhook is one signed delivery of the shop, ready to be sent.
type Webhook struct {
	Topic   string
	Body    []byte
	Headers http.Header
}

// Shopify topics the market sends.
const (
	TopicPaid      = "orders/paid"
	TopicCancelled = "orders/cancelled"
	TopicRefund    = "refunds/create"
)

// sign wraps a body as Shopify does: the signature is the base64 HMAC-SHA256 over the raw body with the app's secret
// (shopify.dev/docs/apps/build/webhooks/verify-deliveries). The delivery's id is the same for the same subject, so that a repeat can be told.
func sign(topic string, subject int64, body []byte, secret, domain string, triggered time.Time) Webhook {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "Shopify-Captain-Hook")
	h.Set("X-Shopify-Topic", topic)
	h.Set("X-Shopify-Hmac-Sha256", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	h.Set("X-Shopify-Shop-Domain", domain)
	h.Set("X-Shopify-Api-Version", shopifyVersion)
	h.Set("X-Shopify-Webhook-Id", uuidOf("delivery", topic, domain, subject))
	h.Set("X-Shopify-Event-Id", uuidOf("event", topic, domain, subject))
	h.Set("X-Shopify-Triggered-At", triggered.UTC().Format(time.RFC3339Nano))
	return Webhook{Topic: topic, Body: body, Headers: h}
}

// uuidOf is a UUIDv8 made of what it names.
func uuidOf(kind, topic, domain string, subject int64) string {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(kind+"|"+topic+"|"+domain+"|"), uint64(subject))) //nolint:gosec // ids are positive
	b := sum[:16]
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	x := hex.EncodeToString(b)
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}

package shopify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/stores"
	"rapport/internal/edge/stores/shopify"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/intake"
	"rapport/internal/pay/ledger"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/clicks"
	"rapport/internal/track/conversions"
	"rapport/internal/track/links"
)

const secretText = "shpss_a secret of a test"

// shop is a program at 10 % with a connected shop and a partner whose code is TENOFF.
type shop struct {
	d          *db.DB
	program    programs.Program
	partner    partnerships.Partnership
	connection stores.Connection
	server     *httptest.Server
}

func openShop(t *testing.T, d *db.DB) shop {
	t.Helper()
	ctx := t.Context()
	tokens, err := clicks.NewKeys(clicks.Key{No: 1, Secret: [32]byte{7}})
	if err != nil {
		t.Fatal(err)
	}
	box := secret.New(bytes.Repeat([]byte{1}, secret.KeySize))
	s := shop{d: d}
	err = d.Update(ctx, func(tx *db.Tx) error {
		if s.program, err = programs.Create(ctx, tx, programs.New{Name: "Sample", Currency: "USD", Sites: []string{"shop.example"}}); err != nil {
			return err
		}
		ten, err := terms.ParseCommission("percent", "10", "USD")
		if err != nil {
			return err
		}
		if err := partnerships.SetProgramTerms(ctx, tx, s.program.ID, terms.Terms{Commission: &ten}); err != nil {
			return err
		}
		c, err := creators.Create(ctx, tx, creators.New{Name: "Ada", Profiles: []creators.NewProfile{{Platform: creators.PlatformTikTok, Handle: "ada"}}})
		if err != nil {
			return err
		}
		if s.partner, err = partnerships.Create(ctx, tx, partnerships.New{Program: s.program.ID, Creator: c.ID, Status: partnerships.StatusActive}); err != nil {
			return err
		}
		if _, err := links.CreateCode(ctx, tx, links.NewCode{Partnership: s.partner.ID, Code: "TENOFF"}); err != nil {
			return err
		}
		s.connection, err = stores.Connect(ctx, tx, box, stores.New{Program: s.program.ID, Store: stores.StoreShopify, Shop: "sample.myshopify.com", Secret: secretText})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	handler := &shopify.Handler{
		DB: d, Box: box, Door: intake.Door{Tokens: tokens, Box: box}, Log: slog.New(slog.DiscardHandler),
		Refuse: func(w http.ResponseWriter, err error) {
			switch fault.KindOf(err) { //nolint:exhaustive // the rest is our own failure
			case fault.KindUnauthenticated:
				w.WriteHeader(http.StatusUnauthorized)
			case fault.KindInvalid, fault.KindMalformed:
				w.WriteHeader(http.StatusUnprocessableEntity)
			case fault.KindNotFound:
				w.WriteHeader(http.StatusNotFound)
			case fault.KindTooLarge:
				w.WriteHeader(http.StatusRequestEntityTooLarge)
			default:
				t.Errorf("the handler failed: %v", err)
				w.WriteHeader(http.StatusInternalServerError)
			}
		},
	}
	mux := http.NewServeMux()
	mux.Handle("POST /hooks/shopify/{connection}", handler)
	s.server = httptest.NewServer(mux)
	t.Cleanup(s.server.Close)
	return s
}

type message struct {
	topic shopify.Topic
	body  []byte
}

// deliver sends a message under a delivery id and returns the status.
func (s shop) deliver(ctx context.Context, m message, id, key string) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.server.URL+"/hooks/shopify/"+string(s.connection.ID), bytes.NewReader(m.body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Shopify-Topic", string(m.topic))
	r.Header.Set("X-Shopify-Webhook-Id", id)
	r.Header.Set(shopify.SignatureHeader, shopify.Sign([]byte(key), m.body))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

// sample reads one of the bodies that Shopify publishes, without the wrapper its documentation puts around it.
func sample(t *testing.T, file, wrapper string) []byte {
	t.Helper()
	folder := os.Getenv("RAPPORT_SHARED")
	if folder == "" {
		folder = "../../../../../shared"
	}
	text, err := os.ReadFile(filepath.Join(folder, "data", "payloads", file))
	if err != nil {
		t.Skipf("the published samples are not here: %v", err)
	}
	var wrapped map[string]json.RawMessage
	if err := json.Unmarshal(text, &wrapped); err != nil {
		t.Fatal(err)
	}
	return wrapped[wrapper]
}

// standing is how the shop's one order ended.
func (s shop) standing(t *testing.T) string {
	t.Helper()
	ctx := t.Context()
	var text string
	err := s.d.View(ctx, func(tx *db.Tx) error {
		all, _, err := conversions.List(ctx, tx, conversions.Filter{Program: s.program.ID}, db.Page{})
		if err != nil {
			return err
		}
		for _, c := range all {
			changes, err := conversions.ChangesOf(ctx, tx, c.ID)
			if err != nil {
				return err
			}
			earned, err := commissions.OfConversion(ctx, tx, c.ID)
			if err != nil {
				return err
			}
			text += fmt.Sprintf("%s %s goods %s, %d changes;", c.ExternalID, c.Status, c.Amount, len(changes))
			for _, m := range earned {
				text += fmt.Sprintf(" earned %s reversed %s left %s", m.Earned, m.Reversed, m.Amount())
			}
		}
		balances, err := ledger.Balances(ctx, tx, s.program.ID, s.partner.Creator)
		for _, b := range balances {
			text += fmt.Sprintf("; pending %s", b.Pending)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := ledger.Seal(ctx, s.d); err != nil {
		t.Fatal(err)
	}
	if report, err := ledger.Verify(ctx, s.d); err != nil || len(report.Findings) > 0 {
		t.Fatalf("the books: %v %v", report.Findings, err)
	}
	return text
}

// The published order and refund, eight at a time, ten times, beginning with either, under the same and under other delivery ids.
func TestPublishedSamplesCountOnceHoweverTheyArrive(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		order := message{shopify.TopicOrdersPaid, sample(t, "shopify_order.json", "order")}
		refund := message{shopify.TopicRefundsCreate, sample(t, "shopify_refund.json", "refund")}
		for name, messages := range map[string][]message{"order first": {order, refund}, "refund first": {refund, order}} {
			t.Run(name, func(t *testing.T) {
				s := openShop(t, dbtest.New(t, d.Engine()))
				// The first of each arrives alone, so that the order of arrival is what the test says.
				for i, m := range messages {
					s.expect(t, m, fmt.Sprint("first-", i), http.StatusOK)
				}
				var wg sync.WaitGroup
				for worker := range 8 {
					wg.Go(func() {
						for round := range 10 {
							i := (worker + round) % 2
							id := fmt.Sprint("first-", i) // the same delivery again
							if round%2 == 1 {
								id = fmt.Sprint("other-", worker, round) // the same fact in another delivery
							}
							if status, err := s.deliver(t.Context(), messages[i], id, secretText); err != nil || status != http.StatusOK {
								t.Errorf("status %d, %v", status, err)
							}
						}
					})
				}
				wg.Wait()
				const want = "450789469 credited goods 398.00, 1 changes; earned 39.80 reversed 20.90 left 18.90; pending 18.90"
				if got := s.standing(t); got != want {
					t.Fatalf("got  %s\nwant %s", got, want)
				}
			})
		}
	})
}

// All of it at once, with nothing there before.
func TestPublishedSamplesMayRaceFromTheStart(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		order := message{shopify.TopicOrdersPaid, sample(t, "shopify_order.json", "order")}
		refund := message{shopify.TopicRefundsCreate, sample(t, "shopify_refund.json", "refund")}
		s := openShop(t, d)
		var wg sync.WaitGroup
		for worker := range 8 {
			wg.Go(func() {
				for round := range 10 {
					m := order
					if (worker+round)%2 == 1 {
						m = refund
					}
					if status, err := s.deliver(t.Context(), m, fmt.Sprint(worker, "-", round), secretText); err != nil || status != http.StatusOK {
						t.Errorf("status %d, %v", status, err)
					}
				}
			})
		}
		wg.Wait()
		const want = "450789469 credited goods 398.00, 1 changes; earned 39.80 reversed 20.90 left 18.90; pending 18.90"
		if got := s.standing(t); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

func (s shop) expect(t *testing.T, m message, id string, want int) {
	t.Helper()
	if status, err := s.deliver(t.Context(), m, id, secretText); err != nil || status != want {
		t.Fatalf("%s: status %d, %v; want %d", m.topic, status, err, want)
	}
}

const invented = `{"id": 77, "name": "#7", "order_number": 7, "currency": "USD", "created_at": "2026-03-01T10:00:00Z", "financial_status": "paid",
	"subtotal_price": "50.00", "total_price": "50.00", "total_tax": "0.00", "discount_codes": [{"code": "tenoff"}],
	"line_items": [{"id": 1, "quantity": 1, "price": "50.00", "sku": "A"}]}`

func TestACancelBeforeOrAfterThePaymentTakesAllBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		paid := message{shopify.TopicOrdersPaid, []byte(invented)}
		cancelled := message{shopify.TopicOrdersCancelled, []byte(`{"id": 77, "name": "#7", "currency": "USD", "financial_status": "refunded", "cancelled_at": "2026-03-01T12:00:00Z", "line_items": []}`)}
		for _, messages := range [][]message{{paid, cancelled}, {cancelled, paid}} {
			s := openShop(t, dbtest.New(t, d.Engine()))
			for i, m := range messages {
				s.expect(t, m, fmt.Sprint(i), http.StatusOK)
			}
			const want = "77 cancelled goods 50.00, 1 changes; earned 5.00 reversed 5.00 left 0.00; pending 0.00"
			if got := s.standing(t); got != want {
				t.Fatalf("%s first: got %s", messages[0].topic, got)
			}
		}
	})
}

func TestAWrongSignatureLeavesNothingButACount(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := openShop(t, d)
		m := message{shopify.TopicOrdersPaid, []byte(invented)}
		if status, err := s.deliver(t.Context(), m, "1", "another secret"); err != nil || status != http.StatusUnauthorized {
			t.Fatalf("status %d, %v", status, err)
		}
		var deliveries []stores.Delivery
		var connection stores.Connection
		err := d.View(t.Context(), func(tx *db.Tx) (err error) {
			if deliveries, _, err = stores.Deliveries(t.Context(), tx, s.program.ID, db.Page{}); err != nil {
				return err
			}
			connection, err = stores.Find(t.Context(), tx, s.connection.ID)
			return err
		})
		if err != nil || len(deliveries) != 0 || connection.Refused != 1 || s.standing(t) != "" {
			t.Fatalf("%d deliveries, %d refused, %v", len(deliveries), connection.Refused, err)
		}
		s.expect(t, m, "1", http.StatusOK)
	})
}

func TestABadBodyIsRefusedAndLeavesNothing(t *testing.T) {
	s := openShop(t, dbtest.New(t, db.EngineSQLite))
	for _, body := range []string{``, `{`, `[]`, `{"id": "x y"}`, `{"id": 5, "currency": "???", "line_items": []}`} {
		s.expect(t, message{shopify.TopicOrdersPaid, []byte(body)}, "bad", http.StatusUnprocessableEntity)
	}
	s.expect(t, message{shopify.TopicOrdersPaid, bytes.Repeat([]byte(" "), shopify.MaxBody+1)}, "large", http.StatusRequestEntityTooLarge)
	if s.standing(t) != "" {
		t.Fatal("something stayed")
	}
	s.expect(t, message{"products/update", []byte(`{}`)}, "other", http.StatusOK)
}

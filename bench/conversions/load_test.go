package conversions

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// result is what one run measured.
type result struct {
	Rate     float64 // committed per second
	P50, P99 time.Duration
}

// run lets every client do its work again and again for a while.
func run(b *testing.B, work func(client int) func() error) result {
	b.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	var took []time.Duration
	var failed error
	end := time.Now().Add(runTime)
	for client := range clients {
		all.Go(func() {
			own, err := repeat(end, work(client))
			mu.Lock()
			defer mu.Unlock()
			took, failed = append(took, own...), errors.Join(failed, err)
		})
	}
	began := time.Now()
	all.Wait()
	if failed != nil {
		b.Fatal(failed)
	}
	spent := time.Since(began)
	slices.Sort(took)
	return result{Rate: float64(len(took)) / spent.Seconds(), P50: took[len(took)/2], P99: took[len(took)*99/100]}
}

func repeat(end time.Time, once func() error) (took []time.Duration, err error) {
	for began := time.Now(); began.Before(end); {
		if err := once(); err != nil {
			return took, err
		}
		now := time.Now()
		took = append(took, now.Sub(began))
		began = now
	}
	return took, nil
}

// orders counts what was sent, and numbers it.
var orders atomic.Int64

// client returns a function that sends one order more over a connection that stays open.
func (s shop) client(b *testing.B) func() error {
	connection, err := net.Dial("tcp", s.address)
	if err != nil {
		return func() error { return err }
	}
	b.Cleanup(func() { _ = connection.Close() })
	in := bufio.NewReader(connection)
	return func() error {
		if _, err := io.WriteString(connection, s.request(orders.Add(1))); err != nil {
			return err
		}
		response, err := http.ReadResponse(in, nil)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err == nil && response.StatusCode != http.StatusCreated {
			err = fmt.Errorf("answered %s: %s", response.Status, text)
		}
		return err
	}
}

// request is an order of two lines as a shop reports it.
func (s shop) request(n int64) string {
	body := fmt.Sprintf(`{"program_id":%q,"kind":"sale","external_id":"%d","amount":{"amount":"49.90","currency":"EUR"},"code":%q,`+
		`"customer":{"email":"buyer%d@mail.example"},"lines":[{"sku":"SERUM-30","category":"care","quantity":1,"amount":{"amount":"29.90","currency":"EUR"}},`+
		`{"sku":"SOAP","category":"care","quantity":2,"amount":{"amount":"20.00","currency":"EUR"}}]}`, s.program, 100_000+n, codeOf(int(n)), n)
	return fmt.Sprintf("POST /api/v1/conversions HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nIdempotency-Key: order-%d\r\n"+
		"Content-Length: %d\r\n\r\n", s.address, s.key, n, len(body)) + body
}

// row returns a function that commits one row more, as fast as the driver can.
func (s shop) row(b *testing.B, client int) func() error {
	n := 0
	text := strings.Repeat("x", 36)
	return func() error {
		n++
		_, err := s.d.Handle().ExecContext(b.Context(), `insert into peer_rows (id, program_id, external_id, amount_minor, at) values ($1, $2, $3, $4, $5)`,
			fmt.Sprintf("%d-%d-%d", time.Now().UnixNano(), client, n), string(s.program), text, 4990, time.Now().UnixMicro())
		return err
	}
}

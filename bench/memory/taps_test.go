package memory

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const connections = 64

// tap makes a link and taps it. The forwarder carries the clicks into the database meanwhile.
func (p *program) tap(b *testing.B) {
	b.Helper()
	program := p.call(b, http.MethodPost, "/api/v1/programs", `{"name": "Acme", "currency": "EUR", "sites": ["acme.example"]}`)["id"]
	creator := p.call(b, http.MethodPost, "/api/v1/creators", fmt.Sprintf(`{"program_id": %q, "name": "Maya"}`, program))["id"]
	partner := p.call(b, http.MethodPost, "/api/v1/partnerships", fmt.Sprintf(`{"program_id": %q, "creator_id": %q, "status": "active"}`, program, creator))["id"]
	p.call(b, http.MethodPost, "/api/v1/links", fmt.Sprintf(`{"partnership_id": %q, "destination": "https://acme.example/", "slug": "glow"}`, partner))
	began := time.Now()
	var left atomic.Int64
	left.Store(taps)
	var all sync.WaitGroup
	for range connections {
		all.Go(func() {
			if err := p.taps(&left); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
	fmt.Printf("memory, %d taps took %v\n", taps, time.Since(began).Round(100*time.Millisecond))
}

func (p *program) taps(left *atomic.Int64) error {
	connection, err := net.Dial("tcp", p.address)
	if err != nil {
		return err
	}
	defer connection.Close()
	in := bufio.NewReader(connection)
	request := "GET /r/glow HTTP/1.1\r\nHost: " + p.address + "\r\nUser-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 " +
		"(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1\r\n\r\n"
	for left.Add(-1) >= 0 {
		if _, err := io.WriteString(connection, request); err != nil {
			return err
		}
		response, err := http.ReadResponse(in, nil)
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			return err
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusFound {
			return fmt.Errorf("a tap was answered %s", response.Status)
		}
	}
	return nil
}

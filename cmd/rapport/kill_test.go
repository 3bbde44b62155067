package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/pay/ledger"
)

// TestMain lets the test program be the real program: started with this variable it runs main with the arguments it was given.
func TestMain(m *testing.M) {
	if os.Getenv("RAPPORT_TEST_MAIN") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const (
	answerWithin = 2 * time.Second // after a restart
	clickers     = 6
	sellers      = 4
)

// victim is a server that is killed and started again on the same data.
type victim struct {
	t       *testing.T
	data    string
	url     string // PostgreSQL, or ""
	address string
	process *exec.Cmd
	log     bytes.Buffer
}

func (v *victim) command(args ...string) *exec.Cmd {
	if v.url != "" {
		args = append(args, "--db", v.url)
	}
	c := exec.Command(os.Args[0], append(args, "--data", v.data)...) //nolint:gosec // the test program itself
	c.Env = append(os.Environ(), "RAPPORT_TEST_MAIN=1")
	return c
}

// start runs the server and returns how long it took to its first answer.
func (v *victim) start() time.Duration {
	v.t.Helper()
	v.process = v.command("serve", "--listen", v.address)
	v.log.Reset()
	v.process.Stderr = &v.log
	began := time.Now()
	if err := v.process.Start(); err != nil {
		v.t.Fatal(err)
	}
	for time.Since(began) < 30*time.Second {
		if response, err := http.Get("http://" + v.address + "/healthz"); err == nil {
			_ = response.Body.Close()
			return time.Since(began)
		}
		time.Sleep(2 * time.Millisecond)
	}
	v.t.Fatalf("the server does not answer:\n%s", v.log.String())
	return 0
}

func (v *victim) kill() {
	_ = v.process.Process.Kill()
	_ = v.process.Wait()
}

// acknowledged is what the server said it had done.
type acknowledged struct {
	mu     sync.Mutex
	tokens map[string]bool
	sales  map[string]bool
	sent   int // clicks asked for, answered or not
}

func (v *victim) call(ctx context.Context, key, method, path, body string) (int, map[string]any, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+v.address+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, nil, err
	}
	var out map[string]any
	return response.StatusCode, out, json.Unmarshal(text, &out)
}

func (v *victim) must(key, path, body string) map[string]any {
	v.t.Helper()
	status, out, err := v.call(v.t.Context(), key, http.MethodPost, path, body)
	if err != nil || status >= 300 {
		v.t.Fatalf("%s: %d %v %v", path, status, out, err)
	}
	return out
}

// load clicks and sells until the server dies, and notes what was acknowledged.
func (v *victim) load(ctx context.Context, round int, key, program, slug string, acked *acknowledged) *sync.WaitGroup {
	var wg sync.WaitGroup
	noRedirect := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for range clickers {
		wg.Go(func() {
			for ctx.Err() == nil {
				acked.mu.Lock()
				acked.sent++
				acked.mu.Unlock()
				r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+v.address+"/r/"+slug, nil)
				r.Header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1")
				response, err := noRedirect.Do(r)
				if err != nil {
					return
				}
				_ = response.Body.Close()
				to, err := url.Parse(response.Header.Get("Location"))
				if token := to.Query().Get("rp_click"); err == nil && token != "" {
					acked.mu.Lock()
					acked.tokens[token] = true
					acked.mu.Unlock()
				}
			}
		})
	}
	for seller := range sellers {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				no := fmt.Sprintf("%d-%d-%d", round, seller, i)
				status, _, err := v.call(ctx, key, http.MethodPost, "/api/v1/conversions",
					`{"program_id": "`+program+`", "external_id": "`+no+`", "amount": {"amount": "10.00", "currency": "EUR"}, "code": "KILL10"}`)
				if err != nil {
					return
				}
				if status == http.StatusCreated {
					acked.mu.Lock()
					acked.sales[no] = true
					acked.mu.Unlock()
				}
			}
		})
	}
	return &wg
}

func TestNothingAcknowledgedIsLostWhenTheServerIsKilled(t *testing.T) {
	for _, c := range []struct {
		name   string
		engine db.Engine
		kills  int
	}{{"sqlite", db.EngineSQLite, 50}, {"postgres", db.EnginePostgres, 15}} {
		t.Run(c.name, func(t *testing.T) {
			v := &victim{t: t, data: t.TempDir(), address: freeAddress(t)}
			if c.engine == db.EnginePostgres {
				v.url = dbtest.EmptyPostgres(t)
			}
			key := v.output("apikey", "add", "--name", "test")
			slowest := v.start()
			t.Cleanup(func() { v.kill() })
			program, slug := v.setUp(key)
			acked := &acknowledged{tokens: map[string]bool{}, sales: map[string]bool{}}
			for round := range c.kills {
				ctx, stop := context.WithCancel(t.Context())
				wg := v.load(ctx, round, key, program, slug, acked)
				time.Sleep(time.Duration(60+rand.IntN(240)) * time.Millisecond) //nolint:gosec // any moment will do
				v.kill()
				stop()
				wg.Wait()
				if took := v.start(); took > slowest {
					slowest = took
				}
			}
			t.Logf("%d kills: %d clicks and %d sales were acknowledged, the slowest restart answered after %v", c.kills, len(acked.tokens), len(acked.sales), slowest)
			if slowest > answerWithin {
				t.Errorf("a restart took %v, at most %v is allowed", slowest, answerWithin)
			}
			if len(acked.tokens) < c.kills || len(acked.sales) < c.kills {
				t.Errorf("too little happened to say anything: %d clicks, %d sales", len(acked.tokens), len(acked.sales))
			}
			v.checkClicks(key, program, acked)
			v.checkSales(key, program, acked)
			v.checkBooks()
		})
	}
}

func (v *victim) output(args ...string) string {
	v.t.Helper()
	c := v.command(args...)
	var failed bytes.Buffer
	c.Stderr = &failed
	out, err := c.Output()
	if err != nil {
		v.t.Fatalf("%v: %v\n%s", args, err, failed.String())
	}
	return strings.TrimSpace(string(out))
}

func (v *victim) setUp(key string) (program, slug string) {
	program, _ = v.must(key, "/api/v1/programs", `{"name": "Kill", "currency": "EUR", "sites": ["shop.example"], "commission": {"kind": "percent", "value": "10"}}`)["id"].(string)
	creator, _ := v.must(key, "/api/v1/creators", `{"program_id": "`+program+`", "name": "Ada", "profiles": [{"platform": "tiktok", "handle": "ada"}]}`)["id"].(string)
	partnership, _ := v.must(key, "/api/v1/partnerships", `{"program_id": "`+program+`", "creator_id": "`+creator+`", "status": "active"}`)["id"].(string)
	v.must(key, "/api/v1/codes", `{"partnership_id": "`+partnership+`", "code": "KILL10"}`)
	slug, _ = v.must(key, "/api/v1/links", `{"partnership_id": "`+partnership+`", "destination": "https://shop.example/"}`)["slug"].(string)
	return program, slug
}

// checkClicks counts at once: what was answered is in the report, whether the forwarder has carried it or not.
func (v *victim) checkClicks(key, program string, acked *acknowledged) {
	v.t.Helper()
	_, report, err := v.call(v.t.Context(), key, http.MethodGet, "/api/v1/reports/performance?group_by=creator&program_id="+program, "")
	if err != nil {
		v.t.Fatal(err)
	}
	items, _ := report["items"].([]any)
	if len(items) != 1 {
		v.t.Fatalf("the report: %v", report)
	}
	counted, _ := items[0].(map[string]any)["clicks"].(float64)
	if int(counted) < len(acked.tokens) || int(counted) > acked.sent {
		v.t.Errorf("%d clicks were answered, %d are counted, %d were asked for", len(acked.tokens), int(counted), acked.sent)
	}
}

func (v *victim) checkSales(key, program string, acked *acknowledged) {
	v.t.Helper()
	found := map[string]bool{}
	for cursor := ""; ; {
		_, page, err := v.call(v.t.Context(), key, http.MethodGet, "/api/v1/conversions?limit=1000&program_id="+program+"&cursor="+cursor, "")
		if err != nil {
			v.t.Fatal(err)
		}
		items, _ := page["items"].([]any)
		for _, item := range items {
			sale, _ := item.(map[string]any)
			no, _ := sale["external_id"].(string)
			if earned, _ := sale["commissions"].([]any); found[no] || len(earned) != 1 {
				v.t.Errorf("sale %s is there twice or without its commission: %v", no, sale)
			}
			found[no] = true
		}
		if cursor, _ = page["next"].(string); cursor == "" {
			break
		}
	}
	for no := range acked.sales {
		if !found[no] {
			v.t.Errorf("sale %s was acknowledged and is lost", no)
		}
	}
}

// checkBooks holds the ledger against the commissions: every one has its entry, and the chain holds.
func (v *victim) checkBooks() {
	v.t.Helper()
	v.kill()
	ctx := v.t.Context()
	d, err := db.Open(ctx, db.Config{Dir: v.data, URL: v.url})
	if err != nil {
		v.t.Fatal(err)
	}
	defer d.Close()
	if err := ledger.Seal(ctx, d); err != nil {
		v.t.Fatal(err)
	}
	report, err := ledger.Verify(ctx, d)
	if err != nil || len(report.Findings) > 0 {
		v.t.Fatalf("the books: %v %v", report.Findings, err)
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		var earned, posted int64
		if err := tx.QueryRow(ctx, `select (select count(*) from commissions), (select count(*) from ledger_transactions where kind = 'earned')`).Scan(&earned, &posted); err != nil {
			return err
		}
		if earned != posted {
			v.t.Errorf("%d commissions and %d postings", earned, posted)
		}
		return nil
	})
	if err != nil {
		v.t.Fatal(err)
	}
}

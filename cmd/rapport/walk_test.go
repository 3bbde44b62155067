package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/internal/browsertest"
)

// shown is what the demo prints, while it prints it.
type shown struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *shown) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *shown) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

const demoReady = 2 * time.Minute

// startDemo runs a small demo and returns what it printed once it is ready.
func startDemo(t *testing.T) string {
	t.Helper()
	params := filepath.Join(t.TempDir(), "market.json")
	if err := os.WriteFile(params, []byte(`{"creators": 24, "scouted": 36, "days": 40, "buyers_day": 8, "organic_day": 2}`), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0], "demo", "--listen", freeAddress(t), "--params", params, "--speed", "60") //nolint:gosec // the test program itself
	c.Env = append(os.Environ(), "RAPPORT_TEST_MAIN=1")
	var out, failed shown
	c.Stdout, c.Stderr = io.Writer(&out), &failed
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(os.Interrupt)
		if err := c.Wait(); err != nil {
			t.Errorf("the demo ended with %v\n%s", err, failed.String())
		}
	})
	for began := time.Now(); time.Since(began) < demoReady; time.Sleep(50 * time.Millisecond) {
		if strings.Contains(out.String(), "Ctrl-C") {
			return out.String()
		}
	}
	t.Fatalf("the demo is not ready:\n%s\n%s", out.String(), failed.String())
	return ""
}

func find(t *testing.T, text, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no %s in:\n%s", pattern, text)
	}
	return found[1]
}

// The README's walk: from a sale and its why to the payment run, released by a second person, to the creator's payout on a phone.
func TestAReaderFollowsAnOrderToTheCreatorsPayout(t *testing.T) {
	browser := browsertest.Open(t)
	printed := startDemo(t)
	base := find(t, printed, `(http://\S+)/sign-in`)
	password := find(t, printed, `password (\S+)`)
	creator := find(t, printed, `Creator +(.+), signed in`)
	signIn := func(mail string) *browsertest.Page {
		p := browser.NewPage(browsertest.Desktop)
		p.Go(base + "/sign-in")
		p.Fill("E-mail", mail)
		p.Fill("Password", password)
		p.Click("Sign in")
		p.WaitText("What needs you today?")
		p.CheckAccessible()
		return p
	}
	merchant := signIn(demoMerchant)
	merchant.Click("Sales")
	merchant.WaitText("What was sold, and who gets credit?")
	row := pendingRow(t, merchant.Texts("tbody tr"))
	merchant.Within("tbody tr", row.order).Click(row.commission)
	merchant.WaitText("Why " + row.commission + "?")
	merchant.CheckAccessible()
	merchant.Screenshot("walk-why")

	merchant.Go(strings.TrimSuffix(merchant.URL(), "/sales") + "/payouts")
	merchant.WaitText("Who can be paid now?")
	merchant.Click("Prepare a payment run")
	merchant.WaitText("Whom would this pay?")
	merchant.Click("Prepare a payment run")
	merchant.WaitText("Somebody has to approve it.")

	finance := signIn(demoSecond)
	finance.Click("1 payment run waits for approval")
	finance.ClickCSS("#runs tbody tr:first-child a")
	finance.Click("Approve")
	finance.WaitText("Approve $")
	finance.ClickCSS("dialog[open] button[type=submit]")
	finance.WaitText("Send it when you are ready to pay.")
	finance.Click("Send")
	finance.WaitText("Send this payment run?")
	finance.ClickCSS("dialog[open] button[type=submit]")
	finance.WaitText("Download the file and pay from it.")
	file := finance.Download(func() { finance.Click("Download the file") })
	finance.CheckAccessible()
	line := find(t, string(file.Data), `(?m)^(.*`+regexp.QuoteMeta(creator)+`.*)$`)
	paid := "$" + find(t, line, `,(\d+\.\d\d),USD`)

	phone := browser.NewPage(browsertest.Phone)
	phone.Go(find(t, printed, `(http://\S+/enter/\S+)`))
	phone.Click("Continue")
	phone.Click("Earnings")
	phone.WaitText("What have you earned?")
	if payouts := phone.Text("main"); !strings.Contains(payouts, paid) {
		t.Errorf("%s was paid %s, and Earnings does not say so:\n%s", creator, paid, payouts)
	}
	phone.CheckAccessible()
	phone.Screenshot("walk-earnings")
}

type soldRow struct{ order, commission string }

// pendingRow is the first row that shows a sale with a commission: an order number and two amounts.
func pendingRow(t *testing.T, rows []string) soldRow {
	t.Helper()
	amounts, number := regexp.MustCompile(`\$[\d,.]+\d`), regexp.MustCompile(`^\s*(\d+)`)
	for _, row := range rows {
		both, order := amounts.FindAllString(row, -1), number.FindStringSubmatch(row)
		if len(both) == 2 && order != nil && both[0] != both[1] {
			return soldRow{order[1], both[1]}
		}
	}
	t.Fatalf("no row with a commission in %q", rows)
	return soldRow{}
}

// The README's second walk: from a sentence to somebody who never wrote its words, to the check-up with its reasons, to one's own word above it.
func TestAReaderFindsAndJudgesACreator(t *testing.T) {
	browser := browsertest.Open(t)
	printed := startDemo(t)
	page := browser.NewPage(browsertest.Desktop)
	page.Go(find(t, printed, `(http://\S+)/sign-in`) + "/sign-in")
	page.Fill("E-mail", demoMerchant)
	page.Fill("Password", find(t, printed, `password (\S+)`))
	page.Click("Sign in")
	page.WaitText("What needs you today?")

	page.Go(find(t, printed, `Find creators: (\S+)`) + "?q=" + strings.ReplaceAll(find(t, printed, `sentence such as "(.+)"`), " ", "+"))
	page.WaitText("Who could work with you?")
	rows := strings.Join(page.Texts("tbody tr"), "\n")
	if !strings.Contains(rows, "Wrote") || !strings.Contains(rows, "Close to") {
		t.Errorf("nobody was found by what they wrote and by what is close to it:\n%s", rows)
	}
	page.CheckAccessible()
	page.Screenshot("walk-find")

	page.ClickCSS("tbody tr:first-child a")
	page.Click("Check-up")
	page.WaitText("The three reasons that matter most")
	page.CheckAccessible()
	page.Screenshot("walk-check-up")
	page.Check("Not for us")
	page.Fill("Why", "Sells a tea of their own")
	page.Click("Save your word")
	page.WaitText("Sells a tea of their own")
}

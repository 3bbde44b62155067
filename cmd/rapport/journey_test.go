package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"rapport/internal/browsertest"
)

// brand is a server with one program, its owner in a browser, and a key; nothing of it is made in the database directly.
type brand struct {
	*testing.T
	victim
	key     string
	program string
	owner   *browsertest.Page
}

const (
	ownerMail     = "ada@fernwood.example"
	ownerPassword = "a long enough password"
	mostTaps      = 6
	mostWait      = time.Minute
)

// openBrand starts the real program on an empty folder and signs its owner in.
func openBrand(t *testing.T, browser *browsertest.Browser) *brand {
	t.Helper()
	b := &brand{T: t, victim: victim{t: t, data: t.TempDir(), address: freeAddress(t)}}
	add := b.command("user", "add", "--email", ownerMail, "--name", "Ada Marsh", "--role", "owner")
	add.Stdin = strings.NewReader(ownerPassword + "\n")
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := b.command("apikey", "add", "--name", "journey").Output()
	if err != nil {
		t.Fatal(err)
	}
	b.key = strings.TrimSpace(string(out))
	b.start()
	t.Cleanup(func() {
		_ = b.process.Process.Signal(os.Interrupt)
		if err := b.process.Wait(); err != nil {
			t.Errorf("the server ended with %v\n%s", err, b.log.String())
		}
	})
	b.program, _ = b.must(b.key, "/api/v1/programs", `{"name": "Fernwood Tea", "currency": "EUR", "sites": ["fernwood.example"], "hold_days": 30,
		"attribution": {"model": "last_touch", "window_days": 30, "prefer": "code"}, "commission": {"kind": "percent", "value": "12"}}`)["id"].(string)
	if browser != nil {
		b.owner = browser.NewPage(browsertest.Desktop)
		b.owner.Go("http://" + b.address + "/sign-in")
		b.owner.Fill("E-mail", ownerMail)
		b.owner.Fill("Password", ownerPassword)
		b.owner.Click("Sign in")
		b.owner.WaitText("What needs you today?")
	}
	return b
}

func (b *brand) at(path string) string { return "http://" + b.address + "/p/" + b.program + path }

// letter waits for a mail with the subject; without a mail server mails are files in a folder.
func (b *brand) letter(subject string) string {
	b.Helper()
	for began := time.Now(); time.Since(began) < mostWait; time.Sleep(50 * time.Millisecond) {
		files, err := filepath.Glob(filepath.Join(b.data, "mails", "*.eml"))
		if err != nil {
			b.Fatal(err)
		}
		for _, file := range files {
			if text := readLetter(b.T, file, subject); text != "" {
				return text
			}
		}
	}
	b.Fatalf("within %v nobody got a mail %q\n%s", mostWait, subject, b.log.String())
	return ""
}

// readLetter returns the text of a mail if it has the subject.
func readLetter(t *testing.T, file, subject string) string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := mail.ReadMessage(f)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(m.Header.Get("Subject"), subject) {
		return ""
	}
	return letterText(t, m)
}

// On a phone: the invitation's link, the terms in one sentence, yes, and link, code, QR and caption are there, without a password. The first sale is
// told within a minute.
func TestACreatorIsReadyInSixTapsAndHearsOfTheFirstSale(t *testing.T) {
	browser := browsertest.Open(t)
	b := openBrand(t, browser)
	creator, _ := b.must(b.key, "/api/v1/creators", `{"program_id": "`+b.program+`", "name": "Maya Ortiz", "email": "maya@mail.example",
		"profiles": [{"platform": "instagram", "handle": "maya.glow", "followers": 12400, "country": "DE"}]}`)["id"].(string)
	status, found, err := b.call(t.Context(), b.key, http.MethodGet, "/api/v1/partnerships?program_id="+b.program+"&creator_id="+creator, "")
	if err != nil || status != http.StatusOK {
		t.Fatal(status, found, err)
	}
	partnership := found["items"].([]any)[0].(map[string]any)["id"].(string)
	b.owner.Go(b.at("/partners/" + partnership + "/invite"))
	b.owner.Click("Make the invitation")
	b.owner.WaitText("shown here only now")
	invitation := regexp.MustCompile(`http://\S+/enter/[A-Za-z0-9_-]+`).FindString(b.owner.Value("The link alone"))

	phone := browser.NewPage(browsertest.Phone)
	began := time.Now()
	phone.Go(invitation)
	phone.Click("Continue")
	phone.WaitText("You earn 12 %")
	phone.CheckAccessible()
	phone.Screenshot("journey-offer")
	phone.Click("Accept")
	phone.WaitText("Your link, your code and a caption are below")
	took := time.Since(began)
	t.Logf("ready after %d taps and %v, the machine's part of it", phone.Clicks(), took)
	if phone.Clicks() > mostTaps || took > mostWait {
		t.Errorf("%d taps and %v are more than %d and %v", phone.Clicks(), took, mostTaps, mostWait)
	}
	page := phone.Text("main")
	for _, part := range []string{"Your code", "Your link", "Caption", "QR"} {
		if !strings.Contains(page, part) {
			t.Errorf("there is no %q:\n%s", part, page)
		}
	}
	code := phone.Value("Your code")
	phone.CheckAccessible()
	phone.Screenshot("journey-share")

	sold := time.Now()
	b.must(b.key, "/api/v1/conversions", fmt.Sprintf(`{"program_id": %q, "kind": "sale", "external_id": "1001", "amount": {"amount": "49.90", "currency": "EUR"}, "code": %q}`, b.program, code))
	if text := b.letter("Your first sale"); !strings.Contains(text, "€5.99") {
		t.Errorf("the first sale says %q", text)
	}
	t.Logf("told %v after the sale", time.Since(sold))
}

// letterText is the text of a mail, whatever way it travels.
func letterText(t *testing.T, m *mail.Message) string {
	t.Helper()
	body := m.Body
	switch strings.ToLower(m.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

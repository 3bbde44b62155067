package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/edge/mail"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/links"
)

const (
	testBase = "https://rapport.example"
	testLink = "https://go.example"
)

func quiet(t *testing.T) *environment {
	t.Helper()
	return &environment{ctx: t.Context(), log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))}
}

func testServer(t *testing.T) *server {
	t.Helper()
	v, err := openServer(quiet(t), settings{
		Place: place{Data: t.TempDir()}, BaseURL: testBase, LinkBase: testLink, Mail: mail.Config{From: "Rapport <rapport@rapport.example>"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.close(); err != nil {
			t.Error(err)
		}
	})
	return v
}

// ask sends a request to the handler as it would arrive for a host.
func (v *server) ask(t *testing.T, address string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	r.Header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1")
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	return w.Result()
}

func (v *server) makeLink(t *testing.T) (link links.Link) {
	t.Helper()
	ctx := t.Context()
	err := v.d.Update(ctx, func(tx *db.Tx) error {
		p, err := programs.Create(ctx, tx, programs.New{Name: "Fernwood", Currency: "EUR", Sites: []string{"shop.example"}})
		if err != nil {
			return err
		}
		c, err := creators.Create(ctx, tx, creators.New{Name: "Ada"})
		if err != nil {
			return err
		}
		partner, err := partnerships.Create(ctx, tx, partnerships.New{Program: p.ID, Creator: c.ID, Status: partnerships.StatusActive})
		if err != nil {
			return err
		}
		link, err = links.Create(ctx, tx, links.New{Partnership: partner.ID, Destination: "https://shop.example/serum", Slug: "ada"})
		if err != nil {
			return err
		}
		return v.index.Now(ctx, tx, link)
	})
	if err != nil {
		t.Fatal(err)
	}
	return link
}

func TestALinkDomainRedirectsAndDoesNothingElse(t *testing.T) {
	v := testServer(t)
	v.makeLink(t)
	for address, want := range map[string]int{
		testLink + "/ada":                 http.StatusFound,
		testBase + "/r/ada":               http.StatusFound,
		testLink + "/sign-in":             http.StatusNotFound,
		testLink + "/api/v1/programs":     http.StatusNotFound,
		testBase + "/sign-in":             http.StatusOK,
		testBase + "/ada":                 http.StatusNotFound,
		testBase + "/healthz":             http.StatusOK,
		testBase + "/readyz":              http.StatusOK,
		testBase + "/metrics":             http.StatusOK,
		testBase + "/hooks/none":          http.StatusNotFound,
		testBase + "/api/v1/openapi.yaml": http.StatusOK,
	} {
		answer := v.ask(t, address)
		if answer.StatusCode != want {
			t.Errorf("%s: %d, want %d", address, answer.StatusCode, want)
		}
		if want == http.StatusFound && !strings.HasPrefix(answer.Header.Get("Location"), "https://shop.example/serum?rp_click=") {
			t.Errorf("%s leads to %s", address, answer.Header.Get("Location"))
		}
	}
}

func TestAnotherMasterKeyIsRefused(t *testing.T) {
	folder := t.TempDir()
	e := quiet(t)
	at := place{Data: folder}
	use := func() error {
		d, err := at.migrated(e)
		if err != nil {
			return err
		}
		_, err = at.box(e.ctx, d)
		return errors.Join(err, d.Close())
	}
	if err := use(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(folder, "secret")); err != nil {
		t.Fatal(err)
	}
	if err := use(); err == nil || !strings.Contains(err.Error(), "master key") {
		t.Fatalf("a new key was accepted: %v", err)
	}
}

// The commands an operator types, on a folder nobody has touched before.
func TestCommandsWorkOnAFreshFolder(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(file, []byte("\ufeffplatform;handle;followers\r\ntiktok;=cmd;12\r\ntiktok;ada.glow;1,2K\r\nnowhere;bea;5\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(input string, args ...string) (string, error) {
		v := &victim{t: t, data: folder}
		c := v.command(args...)
		c.Stdin = strings.NewReader(input)
		out, err := c.CombinedOutput()
		return string(out), err
	}
	for _, c := range []struct {
		input string
		args  []string
		fails bool
		says  string
	}{
		{"", []string{"migrate"}, false, "version"},
		{"", []string{"doctor"}, false, "books: 0 transactions"},
		{"short\n", []string{"user", "add", "--email", "a@shop.example", "--role", "owner"}, true, "password"},
		{"a long enough one\n", []string{"user", "add", "--email", "a@shop.example", "--role", "owner"}, false, "owner"},
		{"a long enough one\n", []string{"user", "add", "--email", "a@shop.example", "--role", "king"}, true, "role"},
		{"a long enough one\n", []string{"user", "add", "--email", "b@shop.example", "--role", "viewer", "--program", "prg_none"}, true, "program"},
		{"", []string{"apikey", "add", "--name", "shop"}, false, "rk_"},
		{"", []string{"import", "creators", file, "--dry-run"}, false, "3 rows read"},
		{"", []string{"import", "creators", filepath.Join(folder, "none.csv")}, true, "none.csv"},
	} {
		out, err := run(c.input, c.args...)
		if (err != nil) != c.fails || !strings.Contains(out, c.says) {
			t.Errorf("%v: %v\n%s", c.args, err, out)
		}
	}
}

// What begins is finished: a request in flight when the server is told to stop gets its answer.
func TestAServerThatIsToldToStopFinishesWhatBegan(t *testing.T) {
	e := quiet(t)
	v, err := openServer(e, settings{Place: place{Data: t.TempDir()}, BaseURL: "http://127.0.0.1", Mail: mail.Config{From: "Rapport <rapport@rapport.example>"}})
	if err != nil {
		t.Fatal(err)
	}
	entered, leave := make(chan struct{}), make(chan struct{})
	v.handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-leave
		plainText(w, http.StatusOK, "done")
	})
	listener, err := listenSomewhere(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- v.serve(ctx, listener) }()
	answered := make(chan string, 1)
	go func() {
		response, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer response.Body.Close()
		text, _ := io.ReadAll(response.Body)
		answered <- string(text)
	}()
	<-entered
	stop()
	close(leave)
	if got := <-answered; got != "done\n" {
		t.Errorf("the request got %q", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

func TestTheFirstAccountIsOfferedUntilThereIsOne(t *testing.T) {
	v := testServer(t)
	var told strings.Builder
	v.log = slog.New(slog.NewTextHandler(&told, nil))
	if err := v.tellHowToBegin(t.Context()); err != nil || !strings.Contains(told.String(), testBase+"/first-run?token=") {
		t.Fatalf("%v %s", err, told.String())
	}
	told.Reset()
	err := v.d.Update(t.Context(), func(tx *db.Tx) error {
		_, err := auth.CreateUser(t.Context(), tx, auth.NewUser{Email: "a@shop.example", Role: auth.RoleOwner})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.tellHowToBegin(t.Context()); err != nil || told.Len() > 0 {
		t.Fatalf("%v %s", err, told.String())
	}
}

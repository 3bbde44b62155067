package pinterest_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/pinterest"
)

// prism starts Stoplight's Prism from node_modules on Pinterest's own OpenAPI file. It refuses a parameter, header or body that the description does
// not allow, and makes its answers of the description. Starting takes about four seconds: the description has 169 paths.
func prism(t *testing.T) (address string) {
	t.Helper()
	root := "../../../.."
	shared := os.Getenv("RAPPORT_SHARED")
	if shared == "" {
		shared = filepath.Join(root, "..", "shared")
	}
	spec, err := filepath.Abs(filepath.Join(shared, "data", "specs", "pinterest-v5.openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(spec); err != nil {
		t.Skip("Pinterest's OpenAPI file is not here; set RAPPORT_SHARED to the folder that holds data/specs/pinterest-v5.openapi.json")
	}
	command, err := filepath.Abs(filepath.Join(root, "node_modules", ".bin", "prism"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(command); err != nil {
		t.Skip("Prism is not installed: make web fetches it")
	}
	address = freeAddress(t)
	host, port, _ := net.SplitHostPort(address)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	server := exec.CommandContext(ctx, command, "mock", "-h", host, "-p", port, spec) //nolint:gosec // our own folder
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	server.Stderr = server.Stdout
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = server.Wait() }) // it was killed, and says so
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Prism is listening") {
			go func() { _, _ = io.Copy(io.Discard, out) }() // until it ends
			return "http://" + address
		}
	}
	t.Fatalf("Prism did not start: %v", lines.Err())
	return ""
}

func freeAddress(t *testing.T) string {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestPinterestsOwnDescriptionTakesEveryRequest(t *testing.T) {
	p := pinterest.Platform{API: prism(t)}
	c := platforms.Caller{Rules: p.Rules(), Transport: http.DefaultTransport}
	app := platforms.App{ClientID: "1234567", ClientSecret: "hush"}
	ctx := t.Context()
	token, err := p.Exchange(ctx, c, app, platforms.Grant{Redirect: "https://rapport.example/connect/pinterest/callback"}, "code")
	if err != nil || token.Access == "" {
		t.Fatalf("the code is not exchanged: %v", err)
	}
	if _, err := c.Do(ctx, platforms.Call{URL: p.API + "/pins", Query: url.Values{"page_size": {"999"}}, Header: http.Header{"Authorization": {"Bearer x"}}}, nil); err == nil {
		t.Fatal("Prism let a page of 999 Pins through, so it proves nothing")
	}
	token.Refresh = "again"
	if _, err := p.RefreshToken(ctx, c, app, token); err != nil {
		t.Errorf("the token is not renewed: %v", err)
	}
	token.Scopes = p.Rules().Scopes
	who, err := p.Who(ctx, c, app, token)
	if err != nil || who.Handle == "" {
		t.Errorf("nobody: %v", err)
	}
	got, err := p.Fetch(ctx, c, app, token, platforms.Want{MostPosts: 1})
	if err != nil || got.Counts.Followers == nil || len(got.Posts) == 0 {
		t.Errorf("fetched %+v: %v", got, err)
	}
}

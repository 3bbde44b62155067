package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is how long anything may take before the test fails: generous, because tests share two cores with databases.
const patience = 30 * time.Second

// Browser is the Chromium of this test process, seen from one test.
type Browser struct {
	t   testing.TB
	ctx context.Context
}

// Open starts Chromium, or takes the one that an earlier test of this process started. Without a Chromium the test is skipped, except
// where the browser is required (CI=true or RAPPORT_REQUIRE_BROWSER=1, as in make test): there it fails.
func Open(t testing.TB) *Browser {
	t.Helper()
	path, err := findChromium()
	if err != nil {
		missing(t, "%v", err)
	}
	ctx, err := launch(path)
	if err != nil {
		t.Fatalf("cannot start %s: %v", path, err)
	}
	return &Browser{t: t, ctx: ctx}
}

// missing ends the test: in red where the browser tests are required, skipped elsewhere.
func missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" || os.Getenv("RAPPORT_REQUIRE_BROWSER") == "1" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// findChromium looks for the same names in the same order as scripts/need-chromium.
var findChromium = sync.OnceValues(func() (string, error) {
	names := []string{"chromium", "google-chrome-stable", "google-chrome", "chromium-browser"}
	if named := os.Getenv("RAPPORT_CHROMIUM"); named != "" {
		names = append([]string{named}, names...)
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil && works(path) {
			return path, nil
		}
	}
	return "", fmt.Errorf("no Chromium that starts was found (looked for %s): run scripts/need-chromium, or name one in RAPPORT_CHROMIUM",
		strings.Join(names, ", "))
})

var versionLine = regexp.MustCompile(`^(Chromium|Google Chrome) `)

// works tells a browser from Ubuntu's empty package, which only says that a snap should be installed.
func works(path string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	return err == nil && versionLine.Match(out)
}

var process struct {
	sync.Mutex
	ctx context.Context
}

// launch starts the browser at the first call. It lives as long as the test process: the kernel ends it with us (Pdeathsig), and the next
// launch on this machine clears its profile away.
func launch(path string) (context.Context, error) {
	process.Lock()
	defer process.Unlock()
	if process.ctx != nil && process.ctx.Err() == nil {
		return process.ctx, nil
	}
	clearLeftovers()
	profile, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", profilePrefix, os.Getpid()))
	if err != nil {
		return nil, err
	}
	alloc, _ := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(profile),
		chromedp.Flag("headless", "new"),
		chromedp.Flag("no-sandbox", os.Geteuid() == 0), // Chromium's sandbox refuses root
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true), // screenshots are compared by eye
		chromedp.Flag("lang", "en-US"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"),
	)...)
	ctx, cancel := chromedp.NewContext(alloc)
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		return nil, err
	}
	process.ctx = ctx
	return ctx, nil
}

const profilePrefix = "rapport-browser-"

// clearLeftovers removes the profiles of test processes that are gone.
func clearLeftovers() {
	dirs, err := filepath.Glob(filepath.Join(os.TempDir(), profilePrefix+"*"))
	if err != nil {
		panic("BUG: " + err.Error())
	}
	for _, dir := range dirs {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), profilePrefix), "-")
		pid, err := strconv.Atoi(owner)
		if err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
			os.RemoveAll(dir)
		}
	}
}

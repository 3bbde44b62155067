package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Viewport is the screen a person looks at, in CSS pixels. A phone is touched, not clicked, and says that it is one.
type Viewport struct {
	Width, Height int64
	Phone         bool
}

var (
	Desktop    = Viewport{Width: 1440, Height: 900}
	Laptop     = Viewport{Width: 1024, Height: 768}
	Phone      = Viewport{Width: 390, Height: 844, Phone: true}
	SmallPhone = Viewport{Width: 320, Height: 640, Phone: true}
)

// Page is one person's window, with cookies of its own. It is used from one goroutine, its test's.
type Page struct {
	Scope // the whole page

	t         testing.TB
	ctx       context.Context // of the tab; its end closes the tab and forgets its cookies
	viewport  Viewport
	clicks    int
	dark      bool
	downloads string // folder
	seen      *events
}

// NewPage opens a window that shares nothing with other windows. It is closed, and its problems are reported, when the test ends.
func (b *Browser) NewPage(v Viewport) *Page {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	p := &Page{t: b.t, viewport: v, ctx: ctx, seen: newEvents(), downloads: b.t.TempDir()}
	p.Scope = Scope{p: p}
	b.t.Cleanup(func() { p.close(cancel) })
	if err := chromedp.Do(ctx); err != nil {
		b.t.Fatalf("cannot open a page: %v", err)
	}
	p.seen.frame = cdp.FrameID(p.target().TargetID)
	if err := errors.Join(chromedp.Listen(ctx, p.hear), chromedp.ListenBrowser(ctx, p.seen.hearDownload)); err != nil {
		b.t.Fatalf("cannot listen to the page: %v", err)
	}
	p.dress()
	return p
}

// dress gives the tab its screen, its touch, the stand-ins for clipboard and share sheet, and a folder for downloads.
func (p *Page) dress() {
	p.t.Helper()
	v := p.viewport
	send(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: v.Width, Height: v.Height, DeviceScaleFactor: 1, Mobile: v.Phone,
	})
	p.setMedia()
	if v.Phone {
		send(p, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true, MaxTouchPoints: 5})
		send(p, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: phoneAgent})
	}
	send(p, runtime.AddBinding, runtime.AddBindingParams{Name: sharedBinding})
	send(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: standIns})
	c := chromedp.FromContext(p.ctx)
	_, err := cdp.Call(p.ctx, c.Browser, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, BrowserContextID: c.BrowserContextID,
		DownloadPath: p.downloads, EventsEnabled: new(true),
	})
	if err != nil {
		p.t.Fatalf("cannot catch downloads: %v", err)
	}
}

const phoneAgent = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"

// Dark asks the page for its dark colours, or with false for its light ones.
func (p *Page) Dark(dark bool) {
	p.t.Helper()
	p.dark = dark
	p.setMedia()
}

// setMedia also asks for less motion: nothing is clicked or looked at while it still moves.
func (p *Page) setMedia() {
	p.t.Helper()
	scheme := map[bool]string{false: "light", true: "dark"}[p.dark]
	send(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-reduced-motion", Value: "reduce"},
		{Name: "prefers-color-scheme", Value: scheme},
	}})
}

// Go opens an address, as if typed, and waits until the page has settled.
func (p *Page) Go(url string) {
	p.t.Helper()
	res := send(p, page.Navigate, page.NavigateParams{URL: url})
	if res.ErrorText != "" && !res.IsDownload {
		p.t.Fatalf("cannot open %s: %s", url, res.ErrorText)
	}
	p.settle()
}

// Reload asks the server for the page again.
func (p *Page) Reload() {
	p.t.Helper()
	p.Go(p.URL())
}

// Back goes one page back.
func (p *Page) Back() {
	p.t.Helper()
	eval[any](p, `history.back()`)
	p.settle()
}

// URL is the address the window shows.
func (p *Page) URL() string {
	p.t.Helper()
	return eval[string](p, `location.href`)
}

// Clicks is how often this person clicked, tapped, or chose from a list or a file dialog. Typing is not counted: fields are reached with Tab.
func (p *Page) Clicks() int { return p.clicks }

// ExpectProblem says that a problem whose description contains text will come: it is not held against the page, and the test fails if it
// never came. A form that is answered with 422 gives one: ExpectProblem("422").
func (p *Page) ExpectProblem(text string) { p.seen.expect(text) }

// Problems are the unexpected problems so far, for tests that want to look before the end.
func (p *Page) Problems() []string { return p.seen.unexpected() }

func (p *Page) close(cancel context.CancelFunc) {
	p.t.Helper()
	if p.t.Failed() && p.ctx.Err() == nil {
		p.keepEvidence()
	}
	for _, problem := range p.seen.unexpected() {
		p.t.Errorf("the page has a problem: %s", problem)
	}
	for _, text := range p.seen.unmet() {
		p.t.Errorf("the page was expected to have a problem with %q, and had none", text)
	}
	cancel()
}

func (p *Page) target() *chromedp.Target { return chromedp.FromContext(p.ctx).Target }

// send runs one command of the devtools protocol and fails the test if it fails.
func send[P, R any](p *Page, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	res, err := cdp.Call(ctx, p.target(), command, params)
	if err != nil {
		p.t.Fatalf("%s: %v", command.Method, err)
	}
	return res
}

// try evaluates an expression in the page and reads its value. Policies of the page do not bind it. A promise is awaited.
func try[T any](p *Page, expression string) (T, error) {
	var value T
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	res, err := cdp.Call(ctx, p.target(), runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, ReturnByValue: new(true), AwaitPromise: new(true), UserGesture: new(true),
	})
	switch {
	case err != nil:
		return value, err
	case res.ExceptionDetails != nil:
		return value, errors.New(exceptionText(res.ExceptionDetails))
	case len(res.Result.Value) == 0:
		return value, nil
	}
	if err := json.Unmarshal(res.Result.Value, &value); err != nil {
		return value, fmt.Errorf("the page answered %s: %w", res.Result.Value, err)
	}
	return value, nil
}

// eval is try that may be interrupted by a navigation: it asks again until the deadline.
func eval[T any](p *Page, expression string) T {
	p.t.Helper()
	var value T
	p.until(func() (string, bool) {
		got, err := try[T](p, expression)
		if err != nil {
			return err.Error(), false
		}
		value = got
		return "", true
	})
	return value
}

// until asks again and again until the answer is yes. The page is woken for it by nothing, so a short tick stands between two questions. At the
// deadline the test fails with the last reason.
func (p *Page) until(ask func() (reason string, ok bool)) {
	p.t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for {
		reason, ok := ask()
		if ok {
			return
		}
		if p.ctx.Err() != nil {
			p.t.Fatalf("the page is gone: %s", reason)
		}
		select {
		case <-tick.C:
		case <-deadline:
			p.t.Fatalf("after %v: %s\n%s", patience, reason, p.describe())
		}
	}
}

// describe shows what a person sees, for the message of a failed test.
func (p *Page) describe() string {
	type view struct {
		URL, Title, Text string
		Controls         []string
	}
	v, err := try[view](p, library+`.describe()`)
	if err != nil {
		return "the page cannot be described: " + err.Error()
	}
	return fmt.Sprintf("on %s %q\ncontrols: %s\ntext: %s", v.URL, v.Title, strings.Join(v.Controls, " · "), v.Text)
}

package browsertest

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// events is what the browser told about one page. It is written by the browser's reader and read by the test.
type events struct {
	frame cdp.FrameID // the page's main frame

	mu         sync.Mutex
	navigating bool                           // a navigation was asked for and has not arrived
	pending    map[network.RequestID]*request // requests on their way
	turns      int                            // grows with every request and navigation
	problems   []string
	expected   map[string]int // text → how many problems it covered
	shared     []shared
	downloads  map[string]*download // by the browser's id
	begun      []string             // ids in the order in which they began
}

type request struct {
	url    string
	kind   network.ResourceType
	loader cdp.LoaderID
}

type download struct {
	name  string
	state browser.DownloadProgressState
}

func newEvents() *events {
	return &events{
		pending: map[network.RequestID]*request{}, expected: map[string]int{}, downloads: map[string]*download{},
	}
}

// hear is called by the reader of the browser's messages, in their order. It must not wait.
func (p *Page) hear(event any) {
	e := p.seen
	e.mu.Lock()
	defer e.mu.Unlock()
	switch ev := event.(type) {
	case *network.EventRequestWillBeSent, *network.EventResponseReceived, *network.EventLoadingFinished, *network.EventLoadingFailed:
		e.hearNetwork(ev)
	case *page.EventFrameRequestedNavigation, *page.EventFrameNavigated, *page.EventNavigatedWithinDocument, *page.EventFrameStoppedLoading:
		e.hearNavigation(ev)
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeAssert {
			e.problem("console: %s", consoleText(ev.Args))
		}
	case *runtime.EventExceptionThrown:
		e.problem("script: %s", exceptionText(ev.ExceptionDetails))
	case *log.EventEntryAdded:
		// Failed requests are told by the network events, with more detail.
		if ev.Entry.Level == log.EntryLevelError && ev.Entry.Source != log.EntrySourceNetwork {
			e.problem("%s: %s %s", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL)
		}
	case *page.EventJavascriptDialogOpening:
		e.problem("dialog: the browser asked %q", ev.Message)
		go p.closeDialog()
	case *inspector.EventTargetCrashed:
		e.problem("the page crashed")
	case *runtime.EventBindingCalled:
		if ev.Name == sharedBinding {
			e.hearShared(ev.Payload)
		}
	}
}

func (e *events) hearNetwork(event any) {
	switch ev := event.(type) {
	case *network.EventRequestWillBeSent:
		if !endless(ev.Type) {
			e.turns++
			e.pending[ev.RequestID] = &request{ev.Request.URL, ev.Type, ev.LoaderID}
		}
	case *network.EventResponseReceived:
		// Browsers ask for an icon where a document names none, such as a file; that is nobody's mistake.
		if ev.Response.Status >= 400 && !strings.HasSuffix(ev.Response.URL, "/favicon.ico") {
			e.problem("answer: %d for %s (%s)", ev.Response.Status, ev.Response.URL, strings.ToLower(ev.Type.String()))
		}
		if ev.Response.MimeType == "text/event-stream" {
			delete(e.pending, ev.RequestID)
		}
	case *network.EventLoadingFinished:
		delete(e.pending, ev.RequestID)
	case *network.EventLoadingFailed:
		if ev.Type == network.ResourceTypeDocument {
			e.navigating = false
		}
		// A request that the page or a newer navigation gave up is not a problem.
		if r := e.pending[ev.RequestID]; r != nil && !ev.Canceled && ev.ErrorText != "net::ERR_ABORTED" {
			e.problem("request: %s %s for %s (%s)", ev.ErrorText, ev.BlockedReason, r.url, strings.ToLower(r.kind.String()))
		}
		delete(e.pending, ev.RequestID)
	}
}

// endless requests stay open on purpose, or nobody waits for them.
func endless(kind network.ResourceType) bool {
	return slices.Contains([]network.ResourceType{
		network.ResourceTypeEventSource, network.ResourceTypeWebSocket, network.ResourceTypePing, network.ResourceTypePrefetch,
		network.ResourceTypeCSPViolationReport,
	}, kind)
}

func (e *events) hearNavigation(event any) {
	switch ev := event.(type) {
	case *page.EventFrameRequestedNavigation:
		if ev.FrameID == e.frame && ev.Disposition == page.ClientNavigationDispositionCurrentTab {
			e.navigating, e.turns = true, e.turns+1
		}
	case *page.EventFrameNavigated:
		if ev.Frame.ID == e.frame {
			e.navigating, e.turns = false, e.turns+1
			// What the old document still waited for concerns nobody any more.
			for id, r := range e.pending {
				if r.loader != ev.Frame.LoaderID {
					delete(e.pending, id)
				}
			}
		}
	case *page.EventNavigatedWithinDocument:
		e.navigating = e.navigating && ev.FrameID != e.frame
	case *page.EventFrameStoppedLoading:
		e.navigating = e.navigating && ev.FrameID != e.frame
	}
}

func (e *events) hearDownload(event any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch ev := event.(type) {
	case *browser.EventDownloadWillBegin:
		if ev.FrameID == e.frame {
			e.downloads[ev.GUID] = &download{name: ev.SuggestedFilename}
			e.begun = append(e.begun, ev.GUID)
		}
	case *browser.EventDownloadProgress:
		if d := e.downloads[ev.GUID]; d != nil {
			d.state = ev.State
		}
	}
}

// busy says what the page still waits for; empty means nothing.
func (e *events) busy() (what string, turns int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.navigating {
		return "a navigation was asked for and has not arrived", e.turns
	}
	for _, r := range e.pending {
		return fmt.Sprintf("%d requests are on their way, such as %s (%s)", len(e.pending), r.url, strings.ToLower(r.kind.String())), e.turns
	}
	return "", e.turns
}

// problem notes a problem; the caller holds the lock.
func (e *events) problem(format string, args ...any) {
	e.problems = append(e.problems, strings.TrimSpace(fmt.Sprintf(format, args...)))
}

func (e *events) expect(text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.expected[text] += 0
}

func (e *events) unexpected() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(e.problems), func(problem string) bool {
		for text := range e.expected {
			if strings.Contains(problem, text) {
				return true
			}
		}
		return false
	})
}

func (e *events) unmet() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var unmet []string
	for text := range e.expected {
		if !slices.ContainsFunc(e.problems, func(problem string) bool { return strings.Contains(problem, text) }) {
			unmet = append(unmet, text)
		}
	}
	return unmet
}

// closeDialog lets the page go on; the dialog itself has been noted as a problem.
func (p *Page) closeDialog() {
	_, err := cdp.Call(p.ctx, chromedp.FromContext(p.ctx).Target, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
	if err != nil && p.ctx.Err() == nil {
		p.seen.mu.Lock()
		defer p.seen.mu.Unlock()
		p.seen.problem("dialog: it cannot be closed: %v", err)
	}
}

func consoleText(args []*runtime.RemoteObject) string {
	var parts []string
	for _, a := range args {
		if a.Description != "" {
			parts = append(parts, a.Description)
		} else {
			parts = append(parts, strings.Trim(string(a.Value), `"`))
		}
	}
	return strings.Join(parts, " ")
}

func exceptionText(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Exception.Description
	}
	return fmt.Sprintf("%s (%s:%d)", d.Text, d.URL, d.LineNumber+1)
}

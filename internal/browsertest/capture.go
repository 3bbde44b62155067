package browsertest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/page"
)

// Screenshot saves the whole page, also below the fold, as name.png in $RAPPORT_SCREENSHOTS, else in a temporary folder. It gives the path.
func (p *Page) Screenshot(name string) string {
	p.t.Helper()
	p.settle()
	return p.save(name)
}

func (p *Page) save(name string) string {
	p.t.Helper()
	folder := os.Getenv("RAPPORT_SCREENSHOTS")
	if folder == "" {
		folder = p.t.TempDir()
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		p.t.Fatal(err)
	}
	size := eval[struct{ W, H float64 }](p, `({W: document.documentElement.clientWidth, H: document.documentElement.scrollHeight})`)
	shot := send(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
		CaptureBeyondViewport: new(true),
		Clip:                  &page.Viewport{Width: size.W, Height: max(size.H, float64(p.viewport.Height)), Scale: 1},
	})
	path := filepath.Join(folder, unsafeInNames.ReplaceAllString(name, "-")+".png")
	if err := os.WriteFile(path, shot.Data, 0o644); err != nil {
		p.t.Fatal(err)
	}
	return path
}

var unsafeInNames = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// keepEvidence saves what the page looked like when its test failed, where screenshots are kept at all.
func (p *Page) keepEvidence() {
	p.t.Helper()
	if os.Getenv("RAPPORT_SCREENSHOTS") == "" {
		return
	}
	if _, err := try[any](p, `0`); err == nil {
		p.t.Logf("the page as it was: %s", p.save("failed-"+p.t.Name()))
	}
}

// File is a file that the browser downloaded.
type File struct {
	Name string // as the server or the page suggested
	Data []byte
}

// Download does what starts a download and waits for the file.
func (p *Page) Download(start func()) File {
	p.t.Helper()
	_, before := p.seen.download(0)
	start()
	var file File
	p.until(func() (string, bool) {
		d, begun := p.seen.download(before)
		switch {
		case begun == before:
			return "no download has begun", false
		case d.state == browser.DownloadProgressStateCanceled:
			p.t.Fatalf("the download of %s was cancelled", d.name)
			return "", false
		case d.state != browser.DownloadProgressStateCompleted:
			return "the download of " + d.name + " has not ended", false
		}
		data, err := os.ReadFile(filepath.Join(p.downloads, d.id))
		if err != nil {
			return err.Error(), false
		}
		file = File{d.name, data}
		return "", true
	})
	return file
}

// download gives the download with that number and how many have begun.
func (e *events) download(number int) (d struct {
	download
	id string
}, begun int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if number < len(e.begun) {
		d.id = e.begun[number]
		d.download = *e.downloads[d.id]
	}
	return d, len(e.begun)
}

// sharedBinding is the function that the stand-ins below call.
const sharedBinding = "rapportShared"

// standIns take the place of the clipboard, which all windows of the machine would share, and of a phone's share sheet, which a test could not
// see.
const standIns = `(() => {
  const tell = (kind, text) => ` + sharedBinding + `(JSON.stringify({kind, text}));
  if (navigator.clipboard) navigator.clipboard.writeText = async (text) => tell('copy', String(text));
  if (/Mobile/.test(navigator.userAgent)) {
    navigator.share = async (data) => tell('share', [data.title, data.text, data.url].filter(Boolean).join('\n'));
    navigator.canShare = () => true;
  }
})()`

type shared struct {
	Kind string `json:"kind"` // copy, share
	Text string `json:"text"`
}

func (e *events) hearShared(payload string) {
	var s shared
	if err := json.Unmarshal([]byte(payload), &s); err != nil {
		e.problem("shared: %v", err)
		return
	}
	e.shared = append(e.shared, s)
}

// Clipboard is what the page copied last; it is waited for.
func (p *Page) Clipboard() string { p.t.Helper(); return p.lastShared("copy") }

// Shared is what the page gave to the phone's share sheet last: title, text and address on lines of their own. It is waited for.
func (p *Page) Shared() string { p.t.Helper(); return p.lastShared("share") }

func (p *Page) lastShared(kind string) string {
	p.t.Helper()
	var text string
	p.until(func() (string, bool) {
		p.seen.mu.Lock()
		defer p.seen.mu.Unlock()
		for _, s := range p.seen.shared {
			if s.Kind == kind {
				text = s.Text
			}
		}
		return "nothing was given to " + kind, strings.TrimSpace(text) != ""
	})
	return text
}

package browsertest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shop is a small site under a policy as strict as ours: scripts from itself only.
func shop(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	page := func(path, body string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:")
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,">
				<meta name="viewport" content="width=device-width, initial-scale=1"><script src="/app.js" defer></script></head><body><main>%s</main></body></html>`, body)
		})
	}
	page("/{$}", home)
	page("/next", `<h1>Next page</h1><a href="/">Home</a>`)
	page("/console", `<h1>Console</h1><button id="complain">Complain</button>`)
	page("/inline", `<h1>Inline</h1><script>document.title = "broken policy"</script>`)
	page("/lost", `<h1>Lost</h1><script src="/no-such.js"></script>`)
	page("/foreign", `<h1>Foreign</h1><button id="foreign">Call home</button>`)
	page("/bad", `<h1>Bad</h1><img src="/dot.png"><input type="text"><button aria-label="Fine">x</button>`)
	mux.HandleFunc("GET /app.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, script)
	})
	mux.HandleFunc("GET /dot.png", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		io.WriteString(w, `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>`)
	})
	mux.HandleFunc("GET /list.csv", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", `attachment; filename="partners.csv"`)
		io.WriteString(w, "name\nAda\n")
	})
	mux.HandleFunc("GET /part", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "Grace is a partner") })
	mux.HandleFunc("POST /save", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "who", Value: r.FormValue("who")})
		http.Redirect(w, r, "/who", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /who", func(w http.ResponseWriter, r *http.Request) {
		who, err := r.Cookie("who")
		if err != nil {
			http.Error(w, "Say who you are", http.StatusUnprocessableEntity)
			return
		}
		fmt.Fprintf(w, `<!doctype html><title>Who</title><link rel="icon" href="data:,"><p>Hello %s</p>`, who.Value)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

const home = `<h1>Shop</h1>
<p><a href="/next">Next</a> <a href="/list.csv">Export</a></p>
<form method="post" action="/save"><label>Your name <input name="who"></label><label for="day">Day</label> <input type="date" id="day">
<label>Kind <select id="kind"><option>Percent</option><option>Flat</option></select></label><label><input type="checkbox"> Agree</label>
<label>File <input type="file" id="file"></label> <output id="said"></output><button>Save</button></form>
<table><tr><td>Ada</td><td><button class="approve">Approve</button></td></tr><tr><td>Grace</td><td><button class="approve">Approve</button></td></tr></table>
<button id="copy">Copy link</button> <button id="share">Share</button> <button disabled>Closed</button> <p id="result">nothing</p>`

const script = `
const on = (css, what, act) => document.querySelectorAll(css).forEach(e => e.addEventListener(what, () => act(e)));
on('#complain', 'click', () => console.error('the till', {is: 'empty'}));
on('#foreign', 'click', () => fetch('https://tracker.example/').catch(() => {}));
on('#kind', 'change', e => { said.textContent = e.value; });
on('#file', 'change', e => { said.textContent = e.files[0].name; });
on('#copy', 'click', () => navigator.clipboard.writeText('https://shop.example/r/ada'));
on('#share', 'click', () => navigator.share({title: 'Mugs', url: 'https://shop.example/r/ada'}));
on('.approve', 'click', async e => {
  e.classList.add('htmx-request');
  const text = await (await fetch('/part')).text();
  setTimeout(() => {
    document.querySelector('#result').textContent = e.closest('tr').cells[0].textContent + ': ' + text;
    e.classList.remove('htmx-request');
  }, 200);
});`

func TestClicksAreCountedAndPagesAreWaitedFor(t *testing.T) {
	p := Open(t).NewPage(Desktop)
	url := shop(t)
	p.Go(url)
	p.Click("Next")
	if got := p.Text("h1"); got != "Next page" || p.URL() != url+"/next" {
		t.Errorf("after the click on Next: %q at %s", got, p.URL())
	}
	p.Click("Home")
	p.Within("tr", "Grace").Click("Approve") // answered late, as htmx would swap it
	if got := p.Text("#result"); got != "Grace: Grace is a partner" {
		t.Errorf("after the swap: %q", got)
	}
	p.Fill("Your name", "Ada")
	p.Fill("Your name", "Grace")
	p.Fill("Day", "2026-02-28")
	p.Select("Kind", "Flat")
	p.Check("Agree")
	p.Check("Agree") // already ticked: nothing to click
	if p.Value("Your name") != "Grace" || p.Value("Day") != "2026-02-28" || p.Text("#said") != "Flat" {
		t.Errorf("the form holds %q, %q, %q", p.Value("Your name"), p.Value("Day"), p.Text("#said"))
	}
	p.Click("Save")
	p.WaitText("Hello Grace")
	if p.Clicks() != 6 {
		t.Errorf("Next, Home, Approve, Flat, Agree and Save were counted as %d clicks", p.Clicks())
	}
	p.Back()
	p.WaitText("Approve")
}

func TestPagesShareNoCookiesAndPhonesAreTouched(t *testing.T) {
	browser, url := Open(t), shop(t)
	merchant, creator := browser.NewPage(Desktop), browser.NewPage(Phone)
	merchant.Go(url)
	merchant.Fill("Your name", "Merchant")
	merchant.Click("Save")
	creator.ExpectProblem("422") // nobody is known on that page
	creator.Go(url + "/who")
	creator.Go(url)
	creator.Fill("Your name", "Creator")
	creator.Click("Save")
	merchant.Reload()
	if m, c := merchant.Text("p"), creator.Text("p"); m != "Hello Merchant" || c != "Hello Creator" {
		t.Errorf("the pages say %q and %q", m, c)
	}
	creator.Go(url)
	creator.Click("Share")
	if got := creator.Shared(); got != "Mugs\nhttps://shop.example/r/ada" {
		t.Errorf("shared %q", got)
	}
	if width := eval[int](creator, `innerWidth`); width != 390 {
		t.Errorf("the phone is %d pixels wide", width)
	}
}

func TestFilesClipboardKeyboardAndScreenshots(t *testing.T) {
	p := Open(t).NewPage(Desktop)
	p.Go(shop(t))
	if file := p.Download(func() { p.Click("Export") }); file.Name != "partners.csv" || string(file.Data) != "name\nAda\n" {
		t.Errorf("downloaded %s: %q", file.Name, file.Data)
	}
	up := filepath.Join(t.TempDir(), "creators.csv")
	if err := os.WriteFile(up, []byte("name\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Upload("File", up)
	if got := p.Text("#said"); got != "creators.csv" {
		t.Errorf("uploaded %q", got)
	}
	p.Click("Copy link")
	if got := p.Clipboard(); got != "https://shop.example/r/ada" {
		t.Errorf("copied %q", got)
	}
	p.Reload()
	p.Press("Tab")
	p.Press("Tab")
	p.Press("Shift+Tab")
	if got := p.Focused(); got != "link Next" {
		t.Errorf("the focus is on %q", got)
	}
	p.Press("Enter")
	p.WaitText("Next page")
	shot, err := os.ReadFile(p.Screenshot("shop, next page"))
	if err != nil || !strings.HasPrefix(string(shot), "\x89PNG") {
		t.Errorf("the screenshot: %v, %d bytes", err, len(shot))
	}
}

func TestAxeFindsPlantedViolationsUnderAStrictPolicy(t *testing.T) {
	p := Open(t).NewPage(Desktop)
	url := shop(t)
	p.Go(url)
	p.CheckAccessible()
	p.Go(url + "/bad")
	var found []string
	for _, v := range p.AxeViolations() {
		found = append(found, v.Impact+" "+v.ID)
		if len(v.Nodes) == 0 || !strings.Contains(v.String(), v.Nodes[0].HTML) {
			t.Errorf("the violation does not show its element: %s", v)
		}
	}
	for _, want := range []string{"critical image-alt", "critical label"} {
		if !slices.Contains(found, want) {
			t.Errorf("axe found %v, not %s", found, want)
		}
	}
}

// TestProblemsFailTheTest runs pages under a test that only takes notes.
func TestProblemsFailTheTest(t *testing.T) {
	url := shop(t)
	cases := []struct {
		path, click, want string
	}{
		{"/", "", ""},
		{"/console", "Complain", "console: the till"},
		{"/inline", "", "Content Security Policy"},
		{"/lost", "", "answer: 404"},
		{"/foreign", "Call home", "https://tracker.example/"},
		{"/nowhere", "", "answer: 404"},
	}
	for _, c := range cases {
		notes := &notes{TB: t}
		p := Open(notes).NewPage(Desktop)
		p.Go(url + c.path)
		if c.click != "" {
			p.Click(c.click)
		}
		notes.end()
		got := strings.Join(notes.errors, "\n")
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want something with %q", c.path, got, c.want)
		}
	}
}

func TestAnExpectedProblemThatNeverComesFailsTheTest(t *testing.T) {
	notes := &notes{TB: t}
	p := Open(notes).NewPage(Desktop)
	p.ExpectProblem("422")
	p.Go(shop(t))
	notes.end()
	if got := strings.Join(notes.errors, "\n"); !strings.Contains(got, `"422"`) {
		t.Errorf("got %q", got)
	}
}

// TestWhatAPersonCannotClickIsRefused asks the finder alone, which would otherwise wait until the deadline.
func TestWhatAPersonCannotClickIsRefused(t *testing.T) {
	p := Open(t).NewPage(Desktop)
	p.Go(shop(t))
	for name, want := range map[string]string{
		"Approve":   "could be any of 2",
		"Closed":    "is disabled",
		"Elsewhere": "there is no",
	} {
		got, err := try[outcome](p, call("place", p.named(query{Name: name}), nil))
		if err != nil || !strings.Contains(got.Reason, want) {
			t.Errorf("%s: got %q, %v, want %q", name, got.Reason, err, want)
		}
	}
	eval[any](p, `document.body.insertAdjacentHTML('beforeend', '<dialog><button>Close</button></dialog>'), document.querySelector('dialog').showModal()`)
	for name, want := range map[string]string{"Next": "there is no", "Close": ""} {
		got, err := try[outcome](p, call("place", p.named(query{Name: name}), nil))
		if err != nil || (want == "") != (got.Reason == "") || !strings.Contains(got.Reason, want) {
			t.Errorf("behind a dialog, %s: got %q, %v", name, got.Reason, err)
		}
	}
}

// notes is a test that writes down its errors and lets its owner decide when it ends.
type notes struct {
	testing.TB
	errors   []string
	cleanups []func()
}

func (n *notes) Errorf(format string, args ...any) {
	n.errors = append(n.errors, fmt.Sprintf(format, args...))
}
func (n *notes) Cleanup(f func()) { n.cleanups = append(n.cleanups, f) }
func (n *notes) Failed() bool     { return len(n.errors) > 0 }

func (n *notes) end() {
	for _, f := range slices.Backward(n.cleanups) {
		f()
	}
}

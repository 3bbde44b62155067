package assets

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"testing/fstest"
)

func sampleBundle(t *testing.T) *Bundle {
	t.Helper()
	b, err := Open(fstest.MapFS{
		"manifest.json": {Data: []byte(`{"files": {"app.js": "app-1.js", "f.woff2": "f-2.woff2"}, "icons": ["home"]}`)},
		"app-1.js":      {Data: []byte("plain")}, "app-1.js.br": {Data: []byte("brotli")}, "app-1.js.gz": {Data: []byte("gzip")}, "f-2.woff2": {Data: []byte("font")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func ask(b *Bundle, file, accept string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, Prefix+file, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}

func TestTheBrowserGetsTheSmallestFormItTakes(t *testing.T) {
	b := sampleBundle(t)
	for _, c := range []struct{ file, accept, body, encoding, kind string }{
		{"app-1.js", "gzip, deflate, br, zstd", "brotli", "br", "text/javascript; charset=utf-8"},
		{"app-1.js", "gzip, br;q=0", "gzip", "gzip", "text/javascript; charset=utf-8"},
		{"app-1.js", "", "plain", "", "text/javascript; charset=utf-8"},
		{"f-2.woff2", "br", "font", "", "font/woff2"},
	} {
		w := ask(b, c.file, c.accept)
		if w.Code != 200 || w.Body.String() != c.body || w.Header().Get("Content-Encoding") != c.encoding || w.Header().Get("Content-Type") != c.kind {
			t.Errorf("%s for %q: %d %q %v", c.file, c.accept, w.Code, w.Body, w.Header())
		}
		if !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s may be asked for again: %v", c.file, w.Header())
		}
	}
}

func TestOnlyFilesOfTheManifestAreServed(t *testing.T) {
	b := sampleBundle(t)
	for _, file := range []string{"", "manifest.json", "app.js", "app-1.js.br", "../assets.go", "no-such"} {
		if w := ask(b, file, "br"); w.Code != http.StatusNotFound {
			t.Errorf("%q is served with %d", file, w.Code)
		}
	}
}

func TestAFreshCloneServesWithoutABuild(t *testing.T) {
	b, err := Open(fstest.MapFS{".keep": {}})
	if err != nil {
		t.Fatal(err)
	}
	if got := b.URL("app.css"); got != "" {
		t.Errorf("an unbuilt file has the address %q", got)
	}
}

// firstLoad is the budget of a first visit, compressed, in bytes: what every page loads before it is usable. Charts and the Latin-Extended font come
// later, where they are needed.
const firstLoad = 150 * 1024

func TestFirstLoadStaysWithinItsBudget(t *testing.T) {
	if !Built() {
		t.Skip("there is no build to measure: run `npm ci && npm run build`")
	}
	total := 0
	for _, name := range []string{"app.css", "app.js", "icons.svg", "inter-latin.woff2"} {
		size := compressed(t, path.Base(URL(name)))
		t.Logf("%-18s %6d bytes", name, size)
		total += size
	}
	if t.Logf("%-18s %6d bytes of %d", "together", total, firstLoad); total > firstLoad {
		t.Errorf("the first load is %d bytes, more than %d", total, firstLoad)
	}
}

// compressed is the gzip size, the larger of the two, so that the budget holds for every browser.
func compressed(t *testing.T, file string) int {
	t.Helper()
	for _, name := range []string{file + ".gz", file} {
		if body, err := fs.ReadFile(built.files, name); err == nil {
			return len(body)
		}
	}
	t.Fatalf("%s was not built", file)
	return 0
}

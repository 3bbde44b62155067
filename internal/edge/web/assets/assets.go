package assets

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed all:dist
var embedded embed.FS

// Prefix is where Handler expects to be mounted.
const Prefix = "/assets/"

// Bundle is one finished build.
type Bundle struct {
	files    fs.FS
	manifest manifest
}

type manifest struct {
	Files map[string]string `json:"files"` // plain name → hashed name
	Icons []string          `json:"icons"` // names in the sprite, sorted
}

var built = mustOpen()

func mustOpen() *Bundle {
	dist, err := fs.Sub(embedded, "dist")
	if err != nil {
		panic("BUG: " + err.Error())
	}
	b, err := Open(dist)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return b
}

// Open reads the manifest of a build. A folder without one is an empty build, not an error.
func Open(dist fs.FS) (*Bundle, error) {
	b := &Bundle{files: dist}
	raw, err := fs.ReadFile(dist, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the asset manifest: %w", err)
	}
	if err := json.Unmarshal(raw, &b.manifest); err != nil {
		return nil, fmt.Errorf("cannot read the asset manifest: %w", err)
	}
	return b, nil
}

// Built says whether this binary carries built assets.
func Built() bool { return len(built.manifest.Files) > 0 }

// URL returns the address of the file with this plain name, or "" if it was not built.
func URL(name string) string { return built.URL(name) }

// HasIcon says whether the built sprite holds the icon. Without a build every name is taken as held.
func HasIcon(name string) bool {
	return !Built() || slices.Contains(built.manifest.Icons, name)
}

// Version changes whenever any asset changes. Pages carry it, so that one loaded before an upgrade reloads as a whole afterwards.
func Version() string { return path.Base(URL("app.js")) + path.Base(URL("app.css")) }

// Handler serves the embedded build below Prefix and logs once if there is none.
func Handler() http.Handler {
	if !Built() {
		slog.Warn("pages are unstyled: this binary was built without assets; run `npm ci && npm run build` and build it again")
	}
	return built
}

// URL is the address of one file of this bundle.
func (b *Bundle) URL(name string) string {
	hashed, ok := b.manifest.Files[name]
	if !ok {
		return ""
	}
	return Prefix + hashed
}

// ServeHTTP answers with the smallest form the browser takes, to be kept for ever.
func (b *Bundle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, Prefix)
	if !b.holds(name) {
		http.NotFound(w, r)
		return
	}
	body, encoding, err := b.read(name, r.Header.Get("Accept-Encoding"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a browser that went away is no fault of ours
	}
}

func (b *Bundle) holds(name string) bool {
	for _, hashed := range b.manifest.Files {
		if hashed == name {
			return true
		}
	}
	return false
}

var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

func (b *Bundle) read(name, accepted string) (body []byte, encoding string, err error) {
	for _, e := range encodings {
		if !accepts(accepted, e.name) {
			continue
		}
		if body, err := fs.ReadFile(b.files, name+e.suffix); err == nil {
			return body, e.name, nil
		}
	}
	body, err = fs.ReadFile(b.files, name)
	return body, "", err
}

// accepts reads an Accept-Encoding header far enough for browsers: names, and "q=0" for "no".
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}

// contentType does not ask the machine's MIME table first: it differs between machines.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	default:
		return mime.TypeByExtension(ext)
	}
}

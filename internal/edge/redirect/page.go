package redirect

import (
	"bytes"
	"html/template"
	"net/http"
	"strconv"
)

// page is a small page that needs nothing else: people see it who followed a link that leads nowhere.
type page struct {
	status int
	body   []byte
	length []string
}

var pageTemplate = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>
body{font:1.125rem/1.5 system-ui,sans-serif;margin:20vh auto;max-width:32rem;padding:0 1.5rem;color:#1d2433;background:#fff}
h1{font-size:1.5rem;line-height:1.25}
@media (prefers-color-scheme:dark){body{color:#e6e9ef;background:#14181f}}
</style>
<main>
<h1>{{.Title}}</h1>
<p>{{.Text}}</p>
</main>
</html>
`))

func newPage(status int, title, text string) page {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, struct{ Title, Text string }{title, text}); err != nil {
		panic("BUG: the page of a link that leads nowhere cannot be drawn: " + err.Error())
	}
	return page{status: status, body: b.Bytes(), length: []string{strconv.Itoa(b.Len())}}
}

func (p page) serve(w http.ResponseWriter) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header["Content-Length"] = p.length
	w.WriteHeader(p.status)
	_, _ = w.Write(p.body) // to a HEAD request the server sends none; whoever has gone needs none
}

package setup

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"rapport/internal/base/money"
	"rapport/internal/base/programs"
)

// saying is what a shop's page says of the shop; logos are candidates, the likeliest first.
type saying struct {
	name, currency string
	logos          []*url.URL
}

// page collects what stands in different places of a page before it is decided which place is believed.
type page struct {
	base   *url.URL
	meta   map[string]string // by property, name or itemprop; the first of each
	title  string
	icons  map[string][]string // by rel: "apple-touch-icon", "icon"
	linked []any               // JSON-LD
	script string              // the currency that Shopify's own script names
}

// shopifyCurrency is what every Shopify theme writes into its head: Shopify.currency = {"active":"EUR","rate":"1.0"}.
var shopifyCurrency = regexp.MustCompile(`Shopify\.currency\s*=\s*\{[^{}]{0,200}?"active"\s*:\s*"([A-Z]{3})"`)

// readShop reads a page as it came from outside. It never fails: what cannot be read says nothing.
func readShop(body []byte, at *url.URL) saying {
	p := page{base: at, meta: map[string]string{}, icons: map[string][]string{}}
	p.collect(html.NewTokenizer(bytes.NewReader(body)))
	return saying{name: p.shopName(), currency: p.currency(), logos: p.logos()}
}

func (p *page) collect(z *html.Tokenizer) {
	z.SetMaxBuf(maxPage)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return // the end, or what cannot be read any further
		case html.StartTagToken, html.SelfClosingTagToken:
			p.tag(z)
		case html.TextToken, html.EndTagToken, html.CommentToken, html.DoctypeToken:
		}
	}
}

func (p *page) tag(z *html.Tokenizer) {
	name, more := z.TagName()
	tag, attrs := string(name), map[string]string{}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		attrs[string(key)] = string(value)
	}
	switch tag {
	case "meta":
		for _, by := range []string{"property", "name", "itemprop"} {
			if key := strings.ToLower(attrs[by]); key != "" && p.meta[key] == "" {
				p.meta[key] = attrs["content"]
			}
		}
	case "link":
		for rel := range strings.FieldsSeq(strings.ToLower(attrs["rel"])) {
			p.icons[rel] = append(p.icons[rel], attrs["href"])
		}
	case "title":
		if p.title == "" && z.Next() == html.TextToken {
			p.title = string(z.Text())
			p.title = html.UnescapeString(p.title)
		}
	case "script":
		if z.Next() == html.TextToken {
			p.readScript(strings.ToLower(attrs["type"]), z.Raw())
		}
	}
}

func (p *page) readScript(kind string, text []byte) {
	if kind == "application/ld+json" {
		var document any
		if json.NewDecoder(io.LimitReader(bytes.NewReader(text), maxPage)).Decode(&document) == nil {
			p.linked = append(p.linked, document)
		}
		return
	}
	if m := shopifyCurrency.FindSubmatch(text); m != nil && p.script == "" {
		p.script = string(m[1])
	}
}

// shopName prefers what a page calls the site over what it calls itself; of a title the part before a separator is taken.
func (p *page) shopName() string {
	for _, candidate := range []string{p.meta["og:site_name"], p.organization("name"), p.meta["application-name"], firstPart(p.meta["og:title"]), firstPart(p.title)} {
		if name := tidyName(candidate); name != "" {
			return name
		}
	}
	return ""
}

func firstPart(title string) string {
	for _, separator := range []string{" | ", " – ", " — ", " - ", " · "} {
		title, _, _ = strings.Cut(title, separator)
	}
	return title
}

func tidyName(name string) string {
	name = strings.Join(strings.Fields(strings.ToValidUTF8(name, "")), " ")
	if utf8.RuneCountInString(name) > programs.MaxName || strings.ContainsFunc(name, unicode.IsControl) {
		return ""
	}
	return name
}

func (p *page) currency() string {
	for _, candidate := range []string{p.script, p.meta["og:price:currency"], p.meta["product:price:currency"], p.meta["pricecurrency"], findText(p.linked, "priceCurrency", 0)} {
		if c, err := money.ParseCurrency(strings.ToUpper(strings.TrimSpace(candidate))); err == nil {
			return string(c)
		}
	}
	return ""
}

func (p *page) organization(key string) string {
	for _, document := range p.linked {
		if o := organization(document, 0); o != nil {
			return findText(o[key], "url", 0)
		}
	}
	return ""
}

const deepest = 20 // levels of a document that are looked into

func organization(v any, depth int) map[string]any {
	if depth > deepest {
		return nil
	}
	switch v := v.(type) {
	case []any:
		for _, each := range v {
			if o := organization(each, depth+1); o != nil {
				return o
			}
		}
	case map[string]any:
		switch v["@type"] {
		case "Organization", "OnlineStore", "Store", "WebSite", "Corporation", "LocalBusiness":
			return v
		}
		return organization(v["@graph"], depth+1)
	}
	return nil
}

// findText returns v itself if it is text, else the first text under the key at any depth.
func findText(v any, key string, depth int) string {
	if depth > deepest {
		return ""
	}
	switch v := v.(type) {
	case string:
		if depth == 0 {
			return v
		}
	case []any:
		for _, each := range v {
			if s := findText(each, key, depth+1); s != "" {
				return s
			}
		}
	case map[string]any:
		if s, ok := v[key].(string); ok {
			return s
		}
		for _, name := range slices.Sorted(maps.Keys(v)) { // the same page always says the same
			if s := findText(v[name], key, depth+1); s != "" {
				return s
			}
		}
	}
	return ""
}

func (p *page) logos() []*url.URL {
	var all []*url.URL
	candidates := append([]string{p.organization("logo")}, p.icons["apple-touch-icon"]...)
	candidates = append(candidates, p.icons["icon"]...)
	for _, raw := range append(candidates, p.meta["og:image"]) {
		if at, err := p.base.Parse(strings.TrimSpace(raw)); err == nil && raw != "" && len(raw) <= programs.MaxAddress && (at.Scheme == "https" || at.Scheme == "http") {
			all = append(all, at)
		}
	}
	return all
}

package inbound

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // mails in the charsets of the world
	"github.com/emersion/go-message/mail"

	"rapport/internal/base/fault"
	"rapport/internal/partner/outreach"
)

// Limits of one mail.
const (
	MaxSize      = 10 << 20 // bytes of the whole
	maxHeader    = 256 << 10
	maxDepth     = 8
	maxParts     = 100
	maxText      = 512 << 10 // bytes of one text part
	maxLetter    = 50_000    // characters of the text that is kept
	maxIDs       = 50
	maxIDLength  = 250
	maxAddresses = 100
	maxSubject   = 300 // characters
	maxName      = 100
)

// Parse reads a mail (RFC 5322, MIME). It fails on what is too large or has no header of a mail.
func Parse(raw []byte) (l outreach.Letter, err error) {
	if len(raw) > MaxSize {
		return l, fault.TooLarge("A mail has at most 10 MiB.")
	}
	entity, err := message.ReadWithOptions(bytes.NewReader(raw), &message.ReadOptions{MaxHeaderBytes: maxHeader})
	if entity == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		return l, fault.Malformed("This is not a mail.") // the cause quotes it
	}
	h := mail.Header{Header: entity.Header}
	if !h.Has("From") && !h.Has("Message-Id") && !h.Has("Subject") && !h.Has("Received") {
		return l, fault.Malformed("This is not a mail.")
	}
	l = letterOf(h)
	if l.MessageID == "" {
		sum := sha256.Sum256(raw)
		l.MessageID = "sha256:" + hex.EncodeToString(sum[:])
	}
	w := walk{letter: &l}
	w.entity(entity, 0)
	l.Text = w.text()
	l.Shown = Display(l.Text)
	return l, nil
}

func letterOf(h mail.Header) (l outreach.Letter) {
	if ids := messageIDs(h, "Message-Id"); len(ids) > 0 {
		l.MessageID = ids[0]
	}
	l.InReplyTo, l.References = messageIDs(h, "In-Reply-To"), messageIDs(h, "References")
	if from := addresses(h, "From"); len(from) > 0 {
		l.From, l.FromName = from[0].Address, oneLine(from[0].Name, maxName)
	}
	seen := map[string]bool{}
	for _, key := range []string{"To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"} {
		for _, a := range addresses(h, key) {
			if !seen[a.Address] && len(l.To) < maxAddresses {
				seen[a.Address] = true
				l.To = append(l.To, a.Address)
			}
		}
	}
	subject, err := h.Subject()
	if err != nil { // a charset nobody knows: the raw text says more than nothing
		subject = h.Get("Subject")
	}
	l.Subject = oneLine(subject, maxSubject)
	if at, err := h.Date(); err == nil && at.After(time.Unix(0, 0)) {
		l.At = at.UTC()
	}
	l.AutoReply = automatic(h, l.Subject)
	return l
}

var bracketed = regexp.MustCompile(`<([^<>\s[:cntrl:]]+)>`)

// messageIDs are those of a header, which may stand in it several times. References end with the mail that is answered, so the last are kept.
func messageIDs(h mail.Header, key string) (ids []string) {
	for _, value := range h.Values(key) {
		for _, found := range bracketed.FindAllStringSubmatch(value, 1000) {
			if len(found[1]) <= maxIDLength && utf8.ValidString(found[1]) {
				ids = append(ids, found[1])
			}
		}
	}
	return ids[max(0, len(ids)-maxIDs):]
}

// walk goes through the parts of a mail.
type walk struct {
	letter      *outreach.Letter
	parts       int
	plain, html []string
	size        int
}

func (w *walk) entity(e *message.Entity, depth int) {
	w.parts++
	if w.parts > maxParts || depth > maxDepth {
		return
	}
	kind, params, err := e.Header.ContentType()
	if err != nil || kind == "" {
		kind = "text/plain" // RFC 2045, 5.2
	}
	kind = strings.ToLower(kind)
	if kind == "multipart/report" {
		w.report(e, strings.ToLower(params["report-type"]))
		return
	}
	if parts := e.MultipartReader(); parts != nil {
		for range maxParts {
			part, err := next(parts)
			if part == nil || err != nil {
				return
			}
			w.entity(part, depth+1)
		}
		return
	}
	w.leaf(e, kind)
}

// next is the next part, or nil behind the last one and behind what cannot be read.
func next(parts message.MultipartReader) (*message.Entity, error) {
	part, err := parts.NextPart()
	if message.IsUnknownCharset(err) || message.IsUnknownEncoding(err) {
		err = nil
	}
	if errors.Is(err, io.EOF) {
		return nil, nil //nolint:nilnil // the end is no part and no failure
	}
	return part, err
}

func (w *walk) leaf(e *message.Entity, kind string) {
	if place, _, err := e.Header.ContentDisposition(); err == nil && strings.EqualFold(place, "attachment") {
		return
	}
	switch kind {
	case "text/plain":
		w.plain = append(w.plain, readText(e.Body, &w.size))
	case "text/html":
		w.html = append(w.html, readText(e.Body, &w.size))
	}
}

// text is what the mail says: its plain parts, or the others as text where it has none.
func (w *walk) text() string {
	plain := strings.TrimSpace(strings.Join(w.plain, "\n"))
	if plain == "" {
		var parts []string
		for _, h := range w.html {
			parts = append(parts, htmlText(h))
		}
		plain = strings.TrimSpace(strings.Join(parts, "\n"))
	}
	if runes := []rune(plain); len(runes) > maxLetter {
		plain = string(runes[:maxLetter])
	}
	return strings.TrimSpace(plain)
}

// readText reads a text and makes it one that can be stored. A body that breaks off is kept as far as it goes. All texts of a mail share one bound.
func readText(r io.Reader, size *int) string {
	raw, err := io.ReadAll(io.LimitReader(r, int64(max(0, maxText-*size))))
	*size += len(raw)
	if err != nil && len(raw) == 0 {
		return ""
	}
	return tidy(string(raw))
}

// tidy drops what is no text: invalid bytes, control characters, and the signs that turn the direction of writing around.
func tidy(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ").Replace(strings.ToValidUTF8(text, "\ufffd"))
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\ufeff' {
			return -1
		}
		return r
	}, text)
}

// oneLine is a header's text without line breaks, at most so many characters of it.
func oneLine(text string, most int) string {
	runes := []rune(strings.Join(strings.Fields(tidy(text)), " "))
	return string(runes[:min(len(runes), most)])
}

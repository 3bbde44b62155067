package notify

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/secret"
)

// Headers are what a mail says beside its words. The zero Headers say nothing more.
type Headers struct {
	ReplyTo     string   `json:"reply_to,omitempty"`    // an address alone
	Unsubscribe string   `json:"unsubscribe,omitempty"` // a page that a POST of "List-Unsubscribe=One-Click" takes at its word (RFC 8058)
	After       []string `json:"after,omitempty"`       // what this mail follows, oldest first: ids of our mails, or Message-IDs of others without brackets
}

// Bounds of headers. A line of a mail has at most 998 bytes (RFC 5322, 2.1.1), which a Message-ID and an address must share with their names.
const (
	maxURL       = 900 // bytes
	maxMessageID = 250 // bytes
	maxAfter     = 20
)

// messageID is the strict form of RFC 5322, 3.6.4: dots and letters on both sides of one @.
var messageID = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+/=?^_{|}~.\x60-]+@[A-Za-z0-9.\[\]:_-]+$`)

// IsMessageID reports whether a text can be named as somebody's Message-ID, without its brackets.
func IsMessageID(text string) bool { return len(text) <= maxMessageID && messageID.MatchString(text) }

func (h Headers) check() *fault.Error {
	if _, ok := ParseAddress(h.ReplyTo); h.ReplyTo != "" && !ok {
		return fault.Invalid("the address for answers is not a mail address").In("headers")
	}
	if h.Unsubscribe != "" && !isPage(h.Unsubscribe) {
		return fault.Invalid("the way to be left alone is not the address of a page").In("headers")
	}
	if len(h.After) > maxAfter {
		return fault.Invalidf("a mail follows at most %d others", maxAfter).In("headers")
	}
	for _, one := range h.After {
		if !id.Valid(prefix, one) && !IsMessageID(one) {
			return fault.Invalid("what the mail follows is not a Message-ID").In("headers")
		}
	}
	return nil
}

// Usable reports whether nothing in the headers can break out of its line.
func (h Headers) Usable() bool { return h.check() == nil }

func isPage(text string) bool {
	page, err := url.Parse(text)
	return err == nil && len(text) <= maxURL && (page.Scheme == "https" || page.Scheme == "http") && page.Host != "" && page.User == nil &&
		strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("<>,\"", r) }) < 0
}

func (h Headers) empty() bool { return h.ReplyTo == "" && h.Unsubscribe == "" && len(h.After) == 0 }

// seal returns nil where there is nothing to say.
func (h Headers) seal(box *secret.Box, mail string) ([]byte, error) {
	if h.empty() {
		return nil, nil
	}
	text, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("cannot write the headers of a mail: %w", err)
	}
	sealed, err := box.Seal(purpose(mail, "headers"), text)
	if err != nil {
		return nil, fmt.Errorf("cannot seal the headers of a mail: %w", err)
	}
	return sealed, nil
}

func openHeaders(box *secret.Box, mail string, sealed []byte) (h Headers, err error) {
	if sealed == nil {
		return h, nil
	}
	text, err := box.Open(purpose(mail, "headers"), sealed)
	if err != nil {
		return h, err
	}
	return h, json.Unmarshal(text, &h)
}

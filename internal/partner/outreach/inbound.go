package outreach

import (
	"slices"
	"strings"
	"time"

	"rapport/internal/base/id"
)

// Letter is a mail that came from outside, as its parser understood it. Nothing in it is proven: whoever can reach the mailbox can write anything.
type Letter struct {
	MessageID  string // without brackets; where a mail has none, one made of its bytes
	InReplyTo  []string
	References []string
	From       string // an address, or ""
	FromName   string
	To         []string // the addresses it came to, with what stands behind a plus
	Subject    string
	Text       string // the whole text
	Shown      string // the text without what it quotes
	At         time.Time
	AutoReply  bool // no person wrote it
	Bounce     *Bounce
	Complaint  *Complaint
}

// Bounce says that a mail of ours did not arrive, for good (RFC 3464).
type Bounce struct {
	Recipients []string // where it was to arrive, as we wrote it where the report says so
	Status     string   // "5.1.1"
	Mails      []string // Message-IDs of what came back
}

// Complaint says that somebody called a mail of ours unwanted (RFC 5965).
type Complaint struct {
	Recipients []string
	Mails      []string
}

// Nature is what a letter is to us.
type Nature string

// The natures.
const (
	NatureReply     Nature = "reply"
	NatureAuto      Nature = "auto"
	NatureBounce    Nature = "bounce"
	NatureComplaint Nature = "complaint"
)

// Nature says what a letter is. A report about a mail is never an answer to it, whatever else it says.
func (l Letter) Nature() Nature {
	switch {
	case l.Complaint != nil:
		return NatureComplaint
	case l.Bounce != nil:
		return NatureBounce
	case l.AutoReply:
		return NatureAuto
	default:
		return NatureReply
	}
}

// mailPrefix begins the ids of our mails, which are the left part of their Message-IDs.
const mailPrefix = "mal"

// ours are the ids of our mails that a letter speaks of, the likeliest first.
func (l Letter) ours() (mails []string) {
	all := slices.Concat(l.InReplyTo, l.References)
	switch {
	case l.Complaint != nil:
		all = l.Complaint.Mails
	case l.Bounce != nil:
		all = l.Bounce.Mails
	}
	for _, one := range all {
		left, _, _ := strings.Cut(one, "@")
		if id.Valid(mailPrefix, left) && !slices.Contains(mails, left) {
			mails = append(mails, left)
		}
	}
	return mails
}

// body is what stands in the conversation.
func (l Letter) body() string {
	body := strings.TrimSpace(l.Shown)
	if body == "" {
		body = strings.TrimSpace(l.Text)
	}
	if body == "" {
		return "(A mail without words. Subject: " + l.Subject + ")"
	}
	return cut(body, longestBody)
}

// cut shortens a text to at most so many characters.
func cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return strings.TrimSpace(string(runes[:most-1])) + "…"
}

package inbound

import (
	"bufio"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-message/textproto"

	"rapport/internal/partner/outreach"
)

// automatic reports whether no person wrote a mail: RFC 3834 for the first header, practice for the others.
func automatic(h mail.Header, subject string) bool {
	if said := word(h.Get("Auto-Submitted")); said != "" && said != "no" {
		return true
	}
	switch word(h.Get("Precedence")) {
	case "bulk", "auto_reply", "junk", "list":
		return true
	}
	for _, key := range []string{"X-Autoreply", "X-Autorespond", "X-Autoresponder"} {
		if said := word(h.Get(key)); said != "" && said != "no" {
			return true
		}
	}
	if h.Has("Return-Path") && strings.TrimSpace(h.Get("Return-Path")) == "<>" { // RFC 5321, 4.5.5: whoever sends this wants no answer
		return true
	}
	return slices.ContainsFunc(autoSubjects, func(begin string) bool { return strings.HasPrefix(strings.ToLower(subject), begin) })
}

// autoSubjects begin the subjects of answers that mail programs send while somebody is away. No person begins one with them: "Auto:" alone may be about a car.
var autoSubjects = []string{
	"automatic reply:", "autoreply:", "auto-reply:", "auto reply:", "out of office:", "out of the office:", "automatische antwort:", "abwesenheitsnotiz:",
	"abwesend:", "réponse automatique", "respuesta automática", "risposta automatica", "automatisch antwoord:", "resposta automática", "autosvar:", "automatiskt svar:", "odpowiedź automatyczna",
}

// word is the first word of a header, small.
func word(value string) string {
	value, _, _ = strings.Cut(value, ";")
	value, _, _ = strings.Cut(strings.TrimSpace(value), " ")
	return strings.ToLower(value)
}

// maxGroups bounds the recipients of one report.
const maxGroups = 50

// report reads a multipart/report (RFC 6522): words for people, the report itself, and what it is about.
func (w *walk) report(e *message.Entity, about string) {
	parts := e.MultipartReader()
	if parts == nil {
		return
	}
	var groups []textproto.Header
	var mails []string
	for range maxParts {
		part, err := next(parts)
		if part == nil || err != nil {
			break
		}
		switch kind, _, _ := part.Header.ContentType(); strings.ToLower(kind) {
		case "message/delivery-status", "message/global-delivery-status", "message/feedback-report":
			groups = readGroups(part.Body)
		case "message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers":
			mails = messageIDOf(part.Body)
		case "text/plain", "":
			w.leaf(part, "text/plain")
		}
	}
	switch about {
	case "feedback-report":
		w.letter.Complaint = complaint(groups, mails)
	case "delivery-status":
		w.letter.Bounce = bounce(groups, mails)
	}
	w.letter.AutoReply = true // also a report that says nothing final is no person's word
}

// readGroups reads groups of header fields with empty lines between them. What cannot be read ends it.
func readGroups(body io.Reader) (groups []textproto.Header) {
	r := bufio.NewReader(io.LimitReader(body, maxHeader))
	for range maxGroups {
		h, err := textproto.ReadHeader(r)
		if h.Len() > 0 {
			groups = append(groups, h)
		}
		if err != nil {
			return groups
		}
		if _, err := r.Peek(1); errors.Is(err, io.EOF) {
			return groups
		}
	}
	return groups
}

// messageIDOf is the Message-ID of the mail that a report is about.
func messageIDOf(body io.Reader) []string {
	h, err := textproto.ReadHeader(bufio.NewReader(io.LimitReader(body, maxHeader)))
	if err != nil && h.Len() == 0 {
		return nil
	}
	return messageIDs(mail.Header{Header: message.Header{Header: h}}, "Message-Id")
}

// forGood is a status of what will not arrive whenever it is sent again (RFC 3463, 2).
var forGood = regexp.MustCompile(`^5\.\d{1,3}\.\d{1,3}$`)

// bounce is nil where nothing failed for good: a delay is no bounce.
func bounce(groups []textproto.Header, mails []string) *outreach.Bounce {
	b := outreach.Bounce{Mails: mails}
	for _, g := range groups {
		status := word(g.Get("Status"))
		if word(g.Get("Action")) != "failed" || !forGood.MatchString(status) {
			continue
		}
		to := bare(g.Get("Original-Recipient")) // as we wrote it, before it was forwarded
		if to == "" {
			to = bare(g.Get("Final-Recipient"))
		}
		if to != "" && !slices.Contains(b.Recipients, to) {
			b.Recipients = append(b.Recipients, to)
		}
		if b.Status == "" {
			b.Status = status
		}
	}
	if b.Status == "" {
		return nil
	}
	return &b
}

func complaint(groups []textproto.Header, mails []string) *outreach.Complaint {
	c := outreach.Complaint{Mails: mails}
	for _, g := range groups {
		if kind := word(g.Get("Feedback-Type")); kind == "not-spam" {
			return nil // RFC 6430: somebody took it out of the spam folder
		}
		for _, value := range g.Values("Original-Rcpt-To") {
			if to := bare(value); to != "" && len(c.Recipients) < maxGroups {
				c.Recipients = append(c.Recipients, to)
			}
		}
	}
	return &c
}

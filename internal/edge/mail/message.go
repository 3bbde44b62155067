package mail

import (
	"errors"
	netmail "net/mail"
	"strings"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"rapport/internal/base/id"
	"rapport/internal/base/notify"
)

// message makes the mail that travels. Its errors are refusals: what cannot be written down today cannot be tomorrow.
func message(m notify.Mail, from netmail.Address) (*gomail.Msg, error) {
	to, ok := notify.ParseAddress(m.To)
	switch {
	case !ok:
		return nil, notify.Refuse(errors.New("the recipient's address cannot be used"))
	case strings.ContainsFunc(m.Subject, unicode.IsControl):
		return nil, notify.Refuse(errors.New("the subject holds a control character"))
	case !id.Valid("mal", m.ID):
		return nil, notify.Refuse(errors.New("the mail has no id"))
	case !m.Headers.Usable():
		return nil, notify.Refuse(errors.New("a header of the mail cannot be used"))
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP))
	msg.FromMailAddress(&from)
	msg.ToMailAddress(&netmail.Address{Address: to})
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.At)
	msg.SetMessageIDWithValue(messageID(m.ID, from))
	setHeaders(msg, m.Headers, from)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers, please
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	return msg, nil
}

// messageID is the same for every copy of a mail.
func messageID(mail string, from netmail.Address) string {
	return mail + from.Address[strings.LastIndexByte(from.Address, '@'):]
}

// setHeaders writes what was checked to be usable. Both unsubscribe headers are those of RFC 2369 and RFC 8058, threads those of RFC 5322, 3.6.4.
func setHeaders(msg *gomail.Msg, h notify.Headers, from netmail.Address) {
	if h.ReplyTo != "" {
		msg.ReplyToMailAddress(&netmail.Address{Address: h.ReplyTo})
	}
	if h.Unsubscribe != "" {
		msg.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribe, "<"+h.Unsubscribe+">") // not folded: programs take it apart at white space
		msg.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	if len(h.After) == 0 {
		return
	}
	all := make([]string, len(h.After))
	for i, one := range h.After {
		if id.Valid("mal", one) {
			one = messageID(one, from)
		}
		all[i] = "<" + one + ">"
	}
	msg.SetGenHeader(gomail.HeaderInReplyTo, all[len(all)-1])
	msg.SetGenHeaderPreformatted(gomail.HeaderReferences, strings.Join(all, "\r\n "))
}

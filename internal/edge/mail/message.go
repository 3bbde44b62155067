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
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP))
	msg.FromMailAddress(&from)
	msg.ToMailAddress(&netmail.Address{Address: to})
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.At)
	msg.SetMessageIDWithValue(m.ID + from.Address[strings.LastIndexByte(from.Address, '@'):])
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers, please
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	return msg, nil
}

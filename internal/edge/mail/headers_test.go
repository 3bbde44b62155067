package mail

import (
	"bytes"
	netmail "net/mail"
	"strings"
	"testing"

	"rapport/internal/base/notify"
)

var headers = notify.Headers{
	ReplyTo: "answers@shop.example", Unsubscribe: "https://shop.example/leave/par_0123456789abcdef0123456789abcdef." + strings.Repeat("A", 43),
	After: []string{"mal_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "CA+1=x@mail.example"},
}

func written(t interface{ Fatal(...any) }, m notify.Mail) []byte {
	msg, err := message(m, from)
	if err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		t.Fatal(err)
	}
	return raw.Bytes()
}

func TestAMailSaysHowToAnswerToLeaveAndWhatItFollows(t *testing.T) {
	m := letter
	m.Headers = headers
	raw := written(t, m)
	read, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Reply-To": "<answers@shop.example>", "List-Unsubscribe": "<" + headers.Unsubscribe + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"In-Reply-To": "<CA+1=x@mail.example>", "References": "<mal_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@shop.example> <CA+1=x@mail.example>",
	} {
		if got := read.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if !bytes.Contains(raw, []byte("List-Unsubscribe: <"+headers.Unsubscribe+">\r\n")) {
		t.Error("the address is folded, and some programs read no further")
	}
	for line := range bytes.Lines(raw) {
		if len(line) > 1000 { // RFC 5322, 2.1.1, with the line's end
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}

func TestAMailWithoutHeadersHasNone(t *testing.T) {
	read, err := netmail.ReadMessage(bytes.NewReader(written(t, letter)))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post", "In-Reply-To", "References"} {
		if got := read.Header.Get(name); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestNothingInAHeaderBecomesAnother(t *testing.T) {
	for name, h := range map[string]notify.Headers{
		"answer": {ReplyTo: "a@b.example\r\nBcc: eve@example.com"}, "two answers": {ReplyTo: "a@b.example, eve@example.com"},
		"way out": {Unsubscribe: "https://x.example/\r\nBcc: eve@example.com"}, "two ways": {Unsubscribe: "https://x.example/>, <https://y.example/"},
		"script": {Unsubscribe: "javascript:alert(1)"}, "follows": {After: []string{"a@b>\r\nBcc: eve@example.com"}},
		"folded": {After: []string{"a@b\r\n c"}}, "too many": {After: make([]string, 21)}, "long": {After: []string{strings.Repeat("a", 300) + "@b"}},
	} {
		m := letter
		m.Headers = h
		if _, err := message(m, from); !isRefusal(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever is taken stands in its own header and nowhere else.
func FuzzHeaders(f *testing.F) {
	f.Add("answers@shop.example", "https://shop.example/leave/x", "a@b.example")
	f.Add("a@b.example\r\nBcc: eve@example.com", "https://x/\nBcc:x", "a@b\r c")
	f.Fuzz(func(t *testing.T, reply, leave, after string) {
		h := notify.Headers{ReplyTo: reply, Unsubscribe: leave, After: []string{after}}
		if !h.Usable() {
			return
		}
		m := letter
		m.Headers = h
		read, err := netmail.ReadMessage(bytes.NewReader(written(t, m)))
		if err != nil {
			t.Fatal(err)
		}
		for name := range read.Header {
			if !strings.Contains(" Auto-Submitted Content-Transfer-Encoding Content-Type Date From In-Reply-To List-Unsubscribe List-Unsubscribe-Post Message-Id Mime-Version References Reply-To Subject To ", " "+name+" ") {
				t.Errorf("a header %q came in by %q", name, h)
			}
		}
	})
}

package inbound_test

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/base/fault"
	"rapport/internal/edge/mail/inbound"
	"rapport/internal/partner/outreach"
)

// crlf writes a mail as it travels.
func crlf(text string) []byte { return []byte(strings.ReplaceAll(text, "\n", "\r\n")) }

func parsed(t *testing.T, text string) outreach.Letter {
	t.Helper()
	l, err := inbound.Parse(crlf(text))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

const answer = `Return-Path: <maya@mail.example>
From: =?utf-8?q?Maya_Ortiz?= <maya@mail.example>
To: "Fernwood" <answers+tok@shop.example>, other@shop.example
Cc: answers+tok@shop.example
Subject: =?iso-8859-1?q?Re=3A_Gr=FCn?=
Date: Tue, 3 Mar 2026 10:00:00 +0100
Message-ID: <abc@mail.example>
In-Reply-To: <mal_0@shop.example>
References: <first@shop.example>
 <mal_0@shop.example>
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Sch=F6n, gern!

On Mon, 2 Mar 2026 at 09:00, Fernwood Tea <hello@shop.example>
wrote:
> Would you try our tea?
--b
Content-Type: text/html; charset=utf-8

<p>Something else</p>
--b--
`

func TestAnAnswerIsUnderstood(t *testing.T) {
	want := outreach.Letter{
		MessageID: "abc@mail.example", InReplyTo: []string{"mal_0@shop.example"}, References: []string{"first@shop.example", "mal_0@shop.example"},
		From: "maya@mail.example", FromName: "Maya Ortiz", To: []string{"answers+tok@shop.example", "other@shop.example"}, Subject: "Re: Grün",
		Text:  "Schön, gern!\n\nOn Mon, 2 Mar 2026 at 09:00, Fernwood Tea <hello@shop.example>\nwrote:\n> Would you try our tea?",
		Shown: "Schön, gern!", At: time.Date(2026, 3, 2+1, 9, 0, 0, 0, time.UTC),
	}
	got := parsed(t, answer)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.Nature() != outreach.NatureReply {
		t.Error(got.Nature())
	}
}

func TestTextComesInTheCharsetsOfTheWorld(t *testing.T) {
	for charset, body := range map[string]string{
		"windows-1252": "\x93Gr\xfc\xdfe\x94", "koi8-r": "\xf0\xd2\xc9\xd7\xc5\xd4", "shift_jis": "\x82\xcd\x82\xa2", "utf-8": "Grüße", "no-such-charset": "plain words", "us-ascii": "caf\xe9",
	} {
		want := map[string]string{"windows-1252": "“Grüße”", "koi8-r": "Привет", "shift_jis": "はい", "utf-8": "Grüße", "no-such-charset": "plain words", "us-ascii": "caf\ufffd"}[charset]
		l := parsed(t, "From: a@b.example\nContent-Type: text/plain; charset="+charset+"\nContent-Transfer-Encoding: 8bit\n\n"+body)
		if l.Text != want {
			t.Errorf("%s: %q, want %q", charset, l.Text, want)
		}
	}
}

func TestAPageBecomesText(t *testing.T) {
	l := parsed(t, `From: a@b.example
Content-Type: text/html; charset=utf-8

<html><head><title>no</title><style>p{x:y}</style></head><body><p>Yes,&nbsp;I <b>would</b>.<br>Really &lt;3</p><script>steal()</script>
<div>Maya</div><div class="gmail_quote">On 2 March 2026 Fernwood wrote:<blockquote>Would you <i>try</i> it?<p>Fernwood</p></blockquote></div></body></html>`)
	if want := "Yes, I would.\nReally <3\n\nMaya"; l.Shown != want {
		t.Errorf("%q, want %q", l.Shown, want)
	}
	if !strings.Contains(l.Text, "> Would you try it?") || strings.Contains(l.Text, "steal") || strings.Contains(l.Text, "x:y") {
		t.Errorf("%q", l.Text)
	}
}

func TestAttachmentsAreNotWords(t *testing.T) {
	l := parsed(t, "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nSee the sheet.\n--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nsecret sheet\n--x\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAAA\n--x--\n")
	if l.Text != "See the sheet." {
		t.Errorf("%q", l.Text)
	}
}

func TestWhatNoPersonWroteIsToldApart(t *testing.T) {
	for header, want := range map[string]bool{
		"Auto-Submitted: auto-replied": true, "Auto-Submitted: auto-generated (vacation)": true, "Auto-Submitted: no": false, "X-Autoreply: yes": true, "X-Autoreply: no": false,
		"Precedence: bulk": true, "Precedence: auto_reply": true, "Precedence: first-class": false, "Return-Path: <>": true, "Return-Path: <a@b.example>": false,
		"Subject: Automatic reply: tea": true, "Subject: Abwesenheitsnotiz: Tee": true, "Subject: Out of office: tea": true, "Subject: Automatic watering of tea": false, "Subject: Re: automatic reply: no": false,
	} {
		if l := parsed(t, header+"\nFrom: a@b.example\n\nHi"); l.AutoReply != want || (l.Nature() == outreach.NatureAuto) != want {
			t.Errorf("%s: %v, %s", header, l.AutoReply, l.Nature())
		}
	}
}

const failure = `From: MAILER-DAEMON@mx.example
To: hello@shop.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <b1@mx.example>
Return-Path: <>
Content-Type: multipart/report; report-type=delivery-status; boundary=r

--r
Content-Type: text/plain

I am sorry to have to inform you.
--r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Tue, 3 Mar 2026 10:00:00 +0000

Final-Recipient: rfc822; moved@elsewhere.example
Original-Recipient: rfc822;Maya@mail.example
Action: ACTION
Status: STATUS
Diagnostic-Code: smtp; 550 5.1.1 no such user

--r
Content-Type: message/rfc822

Message-ID: <mal_00000000000000000000000000000001@shop.example>
From: hello@shop.example
To: Maya@mail.example
Subject: Hello

Hi Maya
--r--
`

func TestOnlyAFailureForGoodIsABounce(t *testing.T) {
	for _, c := range []struct {
		action, status string
		bounce         bool
	}{{"failed", "5.1.1", true}, {"Failed (bad)", "5.7.1", true}, {"delayed", "4.4.1", false}, {"failed", "4.4.7", false}, {"delivered", "2.0.0", false}, {"failed", "511", false}} {
		l := parsed(t, strings.NewReplacer("ACTION", c.action, "STATUS", c.status).Replace(failure))
		if (l.Bounce != nil) != c.bounce {
			t.Errorf("%s %s: %+v", c.action, c.status, l.Bounce)
			continue
		}
		if !c.bounce {
			if l.Nature() != outreach.NatureAuto {
				t.Errorf("%s %s is a person's answer", c.action, c.status)
			}
			continue
		}
		want := outreach.Bounce{Recipients: []string{"Maya@mail.example"}, Status: c.status, Mails: []string{"mal_00000000000000000000000000000001@shop.example"}}
		if diff := cmp.Diff(&want, l.Bounce); diff != "" || l.Nature() != outreach.NatureBounce {
			t.Error(diff, l.Nature())
		}
	}
}

const unwanted = `From: staff@provider.example
Subject: FW: Hello
Message-ID: <c1@provider.example>
Content-Type: multipart/report; report-type=feedback-report; boundary=r

--r
Content-Type: text/plain

This is an email abuse report.
--r
Content-Type: message/feedback-report

Feedback-Type: KIND
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: maya@mail.example

--r
Content-Type: text/rfc822-headers

Message-ID: <mal_00000000000000000000000000000001@shop.example>
Subject: Hello
--r--
`

func TestAComplaintIsTold(t *testing.T) {
	l := parsed(t, strings.ReplaceAll(unwanted, "KIND", "abuse"))
	want := &outreach.Complaint{Recipients: []string{"maya@mail.example"}, Mails: []string{"mal_00000000000000000000000000000001@shop.example"}}
	if diff := cmp.Diff(want, l.Complaint); diff != "" || l.Nature() != outreach.NatureComplaint {
		t.Error(diff, l.Nature())
	}
	if l := parsed(t, strings.ReplaceAll(unwanted, "KIND", "not-spam")); l.Complaint != nil || l.Nature() != outreach.NatureAuto {
		t.Errorf("%+v", l)
	}
}

func TestAMailWithoutAnIDHasOneOfItsBytes(t *testing.T) {
	one, two := parsed(t, "From: a@b.example\n\nHi"), parsed(t, "From: a@b.example\n\nHo")
	if one.MessageID == two.MessageID || !strings.HasPrefix(one.MessageID, "sha256:") || one.MessageID != parsed(t, "From: a@b.example\n\nHi").MessageID {
		t.Error(one.MessageID, two.MessageID)
	}
}

func TestWhatIsNoMailIsRefused(t *testing.T) {
	for what, raw := range map[string][]byte{"nothing": nil, "words": []byte("hello there"), "another head": []byte("Content-Type: text/plain\r\n\r\nx"), "too large": make([]byte, inbound.MaxSize+1)} {
		if _, err := inbound.Parse(raw); fault.KindOf(err) != fault.KindInvalid && fault.KindOf(err) != fault.KindMalformed && fault.KindOf(err) != fault.KindTooLarge {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestALetterThatEndsTheParserIsPassedOver(t *testing.T) {
	l, err := inbound.Unharmed(func(raw []byte) (outreach.Letter, error) { panic("cannot read " + string(raw)) }, []byte("mia@mail.example"))
	if fault.KindOf(err) != fault.KindMalformed || strings.Contains(err.Error(), "mia") || l.MessageID != "" {
		t.Errorf("%+v, %v", l, err)
	}
	if l, err := inbound.Unharmed(inbound.Parse, crlf(answer)); err != nil || l.MessageID == "" {
		t.Errorf("a letter as any other: %v", err)
	}
}

func TestDepthAndPartsAreBounded(t *testing.T) {
	var deep strings.Builder
	deep.WriteString("From: a@b.example\n")
	for range 2000 {
		deep.WriteString("Content-Type: multipart/mixed; boundary=x\n\n--x\n")
	}
	deep.WriteString("Content-Type: text/plain\n\nfound\n")
	if l := parsed(t, deep.String()); l.Text != "" {
		t.Errorf("%.100q", l.Text)
	}
	wide := "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--x\n\nword\n", 5000) + "--x--\n"
	if n := strings.Count(parsed(t, wide).Text, "word"); n == 0 || n > 100 {
		t.Errorf("%d parts were read", n)
	}
	long := "From: a@b.example\n\n" + strings.Repeat("long words ", 500_000)
	if n := utf8.RuneCountInString(parsed(t, long).Text); n > 50_000 {
		t.Errorf("%d characters were kept", n)
	}
}

func TestQuotesAreLeftOut(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing quoted", "Yes!\n\nMaya", "Yes!\n\nMaya"},
		{"english", "Yes!\n\nOn 3 March 2026, A <a@b.example> wrote:\n> Would you?\n>\n> A", "Yes!"},
		{"german", "Gern.\n\nAm 3. März 2026 um 10:00 schrieb A <a@b.example>:\n\n> Hast du Lust?", "Gern."},
		{"french", "Oui\n\nLe mar. 3 mars 2026 à 10:00, A <a@b.example> a écrit :\n> Voulez-vous ?", "Oui"},
		{"between the lines", "On 3 March 2026, A <a@b.example> wrote:\n> Would you?\nYes!\n> When?\nIn May.", "Yes!\nIn May."},
		{"outlook", "Yes\n\n-----Original Message-----\nFrom: A\nWould you?", "Yes"},
		{"outlook in german", "Ja\n\n-----Ursprüngliche Nachricht-----\nVon: A\nHast du?", "Ja"},
		{"outlook on the web", "Yes\n\nFrom: A <a@b.example>\nSent: Tuesday\nTo: Maya\nSubject: Hello\n\nWould you?", "Yes"},
		{"without signs", "Yes\n\nOn 3 March 2026, A <a@b.example> wrote:\n\nWould you?", "Yes"},
		{"somebody tells a story", "On Monday my friend wrote:\nhe would come too.", "On Monday my friend wrote:\nhe would come too."},
		{"only a quote", "> Would you?", "> Would you?"},
		{"empty", "", ""},
		{"an arrow", "a > b\n-> so", "a > b\n-> so"},
	} {
		if got := inbound.Display(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{answer, failure, unwanted, "From: a\n\n", "Subject: =?x?q?=ff?=\nContent-Type: multipart/report; boundary=\"\"\n\n"} {
		f.Add(crlf(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := inbound.Parse(raw)
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Fatalf("an error that is no fault: %v", err)
			}
			return
		}
		if l.MessageID == "" || len(l.References) > 50 || len(l.To) > 100 || utf8.RuneCountInString(l.Text) > 50_000 || utf8.RuneCountInString(l.Subject) > 300 {
			t.Fatalf("%+v", l)
		}
		for _, text := range append([]string{l.MessageID, l.From, l.FromName, l.Subject, l.Text, l.Shown}, l.To...) {
			if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
				t.Fatalf("this is no text: %q", text)
			}
		}
		if (l.Text == "") != (l.Shown == "") {
			t.Fatalf("%q is shown as %q", l.Text, l.Shown)
		}
	})
}

package outreach

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

// TemplateID names a template: tpl_…; the ones we bring have names of their own.
type TemplateID string

// TemplatePrefix begins the id of a program's own template.
const TemplatePrefix = "tpl"

// Template is a message with gaps: "Hello {{first_name|there}}". One with a subject is a mail, one without is a direct message.
type Template struct {
	ID      TemplateID
	Program programs.ID // "" for one of Starters
	Name    string
	Subject string
	Body    string
}

// Channel is the way its messages take.
func (t Template) Channel() Channel {
	if t.Subject != "" {
		return ChannelMail
	}
	return ChannelDM
}

// By returns those templates whose messages take a way.
func By(c Channel, all []Template) (some []Template) {
	for _, t := range all {
		if t.Channel() == c {
			some = append(some, t)
		}
	}
	return some
}

// variables are the gaps a template may have, and whether we always know what goes into them. One we may not know needs a fallback.
var variables = map[string]bool{
	"first_name": false, "handle": false, "platform": false, "post": false, "terms_sentence": false,
	"name": true, "brand": true, "sender": true, "invitation_link": true,
}

// Variables lists the names of the gaps.
func Variables() []string { return slices.Sorted(maps.Keys(variables)) }

var gap = regexp.MustCompile(`\{\{([^{}|]*)(\|[^{}]*)?\}\}`)

// Bounds of a template, in characters. Programs show some 60 of a subject; a filled one is cut to what a mail takes.
const (
	longestTemplateName = 100
	longestSubject      = 120
)

// check cleans a template. Faults name the gap that is wrong.
func (t Template) check() (Template, error) {
	name, nameErr := partnerships.Prose(t.Name, longestTemplateName, "name")
	body, bodyErr := partnerships.Prose(t.Body, longestBody, "body")
	subject, subjectErr := t.Subject, error(nil)
	if subject != "" {
		subject, subjectErr = partnerships.Line(subject, longestSubject, "subject")
	}
	switch {
	case subjectErr != nil:
		return t, subjectErr
	case nameErr != nil:
		return t, nameErr
	case bodyErr != nil:
		return t, bodyErr
	case name == "":
		return t, fault.Invalid("Give the template a name.").In("name")
	case body == "":
		return t, fault.Invalid("Write something first.").In("body")
	}
	t.Name, t.Subject, t.Body = name, subject, body
	if err := checkGaps(subject, "subject"); err != nil {
		return t, err
	}
	return t, checkGaps(body, "body")
}

func checkGaps(body, field string) error {
	for _, found := range gap.FindAllStringSubmatch(body, -1) {
		name := strings.TrimSpace(found[1])
		always, known := variables[name]
		switch {
		case !known:
			return fault.Invalidf("There is no {{%s}}. These can be filled in: %s.", name, strings.Join(Variables(), ", ")).In(field)
		case !always && len(strings.TrimPrefix(found[2], "|")) == 0:
			return fault.Invalidf("{{%s}} is not known of everybody. Say what stands there then: {{%s|…}}.", name, name).In(field)
		}
	}
	if rest := gap.ReplaceAllString(body, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		return fault.Invalid("A gap begins with {{ and ends with }}; one of them is missing.").In(field)
	}
	return nil
}

// Fill puts values into the gaps of a template, and its fallbacks where there is no value. Missing names the gaps that took a fallback, each once.
// Values are put in as they are: a name that looks like a gap is not filled again.
func (t Template) Fill(values map[string]string) (text string, missing []string) {
	return fill(t.Body, values)
}

// FillSubject does the same with the subject, on one line and cut to what a mail takes.
func (t Template) FillSubject(values map[string]string) string {
	text, _ := fill(t.Subject, values)
	line := []rune(strings.Join(strings.Fields(text), " "))
	return string(line[:min(len(line), mostSubject)])
}

// mostSubject is how many characters a mail's subject has (package notify).
const mostSubject = 200

func fill(body string, values map[string]string) (text string, missing []string) {
	text = gap.ReplaceAllStringFunc(body, func(found string) string {
		parts := gap.FindStringSubmatch(found)
		name := strings.TrimSpace(parts[1])
		if v := values[name]; v != "" {
			return v
		}
		if !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
		return strings.TrimPrefix(parts[2], "|")
	})
	return text, missing
}

// Asks reports whether the template has a gap of that name.
func (t Template) Asks(name string) bool {
	return slices.ContainsFunc(gap.FindAllStringSubmatch(t.Subject+t.Body, -1), func(found []string) bool { return strings.TrimSpace(found[1]) == name })
}

// Starters are the templates every program begins with.
func Starters() []Template {
	return []Template{
		{ID: "first-gifted", Name: "First contact, with a gift", Body: "Hi {{first_name|there}}, I really like {{post|what you make}}. We would love to send you something of {{brand}} to try. No strings: post only if you want to. May I send it?\n\n{{sender}}"},
		{ID: "first-affiliate", Name: "First contact, with a commission", Body: "Hi {{first_name|there}}, I really like {{post|what you make}}. Would you like to be a partner of {{brand}}? {{terms_sentence|You earn a share of every sale.}} Everything is here: {{invitation_link}}\n\n{{sender}}"},
		{ID: "follow-up-1", Name: "First reminder", Body: "Hi {{first_name|there}}, I wrote a few days ago about working with {{brand}}. Is it of interest? A short no is fine, too.\n\n{{sender}}"},
		{ID: "follow-up-2", Name: "Last reminder", Body: "Hi {{first_name|there}}, this is my last note about {{brand}}. If it suits you later, this is the way in: {{invitation_link}}\n\n{{sender}}"},
		{ID: "after-reply", Name: "After their answer", Body: "Great to hear from you, {{first_name|and thank you}}! {{terms_sentence|We agree the details together.}} If that is fine, you can start here: {{invitation_link}}\n\n{{sender}}"},
		{ID: "mail-first", Name: "First mail", Subject: "{{first_name|Hello}}, would {{brand}} suit you?", Body: "Hi {{first_name|there}},\n\nI really like {{post|what you make}}. Would you like to be a partner of {{brand}}? {{terms_sentence|You earn a share of every sale.}}\n\nJust answer this mail: with a question, or with a yes.\n\n{{sender}}, {{brand}}"},
		{ID: "mail-follow-up-1", Name: "First reminder by mail", Subject: "{{brand}} and you", Body: "Hi {{first_name|there}},\n\nI wrote a few days ago about working with {{brand}}. Is it of interest? A short no is fine, too: just answer.\n\n{{sender}}, {{brand}}"},
		{ID: "mail-follow-up-2", Name: "Last reminder by mail", Subject: "My last note about {{brand}}", Body: "Hi {{first_name|there}},\n\nthis is my last note. If {{brand}} suits you later, answer this mail, whenever that is.\n\n{{sender}}, {{brand}}"},
		{ID: "renewal", Name: "Going on together", Body: "Hi {{first_name|there}}, thank you for all you did for {{brand}}. Shall we go on? {{terms_sentence|Tell me what you would like.}}\n\n{{sender}}"},
	}
}

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

// Template is a message with gaps: "Hello {{first_name|there}}".
type Template struct {
	ID      TemplateID
	Program programs.ID // "" for one of Starters
	Name    string
	Body    string
}

// variables are the gaps a template may have, and whether we always know what goes into them. One we may not know needs a fallback.
var variables = map[string]bool{
	"first_name": false, "handle": false, "platform": false, "post": false, "terms_sentence": false,
	"name": true, "brand": true, "sender": true, "invitation_link": true,
}

// Variables lists the names of the gaps.
func Variables() []string { return slices.Sorted(maps.Keys(variables)) }

var gap = regexp.MustCompile(`\{\{([^{}|]*)(\|[^{}]*)?\}\}`)

const longestTemplateName = 100

// check cleans a template. Faults name the gap that is wrong.
func (t Template) check() (Template, error) {
	name, nameErr := partnerships.Prose(t.Name, longestTemplateName, "name")
	body, bodyErr := partnerships.Prose(t.Body, longestBody, "body")
	switch {
	case nameErr != nil:
		return t, nameErr
	case bodyErr != nil:
		return t, bodyErr
	case name == "":
		return t, fault.Invalid("Give the template a name.").In("name")
	case body == "":
		return t, fault.Invalid("Write something first.").In("body")
	}
	t.Name, t.Body = name, body
	return t, checkGaps(body)
}

func checkGaps(body string) error {
	for _, found := range gap.FindAllStringSubmatch(body, -1) {
		name := strings.TrimSpace(found[1])
		always, known := variables[name]
		switch {
		case !known:
			return fault.Invalidf("There is no {{%s}}. These can be filled in: %s.", name, strings.Join(Variables(), ", ")).In("body")
		case !always && len(strings.TrimPrefix(found[2], "|")) == 0:
			return fault.Invalidf("{{%s}} is not known of everybody. Say what stands there then: {{%s|…}}.", name, name).In("body")
		}
	}
	if rest := gap.ReplaceAllString(body, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		return fault.Invalid("A gap begins with {{ and ends with }}; one of them is missing.").In("body")
	}
	return nil
}

// Fill puts values into the gaps of a template, and its fallbacks where there is no value. Missing names the gaps that took a fallback, each once.
// Values are put in as they are: a name that looks like a gap is not filled again.
func (t Template) Fill(values map[string]string) (text string, missing []string) {
	text = gap.ReplaceAllStringFunc(t.Body, func(found string) string {
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
	return slices.ContainsFunc(gap.FindAllStringSubmatch(t.Body, -1), func(found []string) bool { return strings.TrimSpace(found[1]) == name })
}

// Starters are the templates every program begins with.
func Starters() []Template {
	return []Template{
		{ID: "first-gifted", Name: "First contact, with a gift", Body: "Hi {{first_name|there}}, I really like {{post|what you make}}. We would love to send you something of {{brand}} to try. No strings: post only if you want to. May I send it?\n\n{{sender}}"},
		{ID: "first-affiliate", Name: "First contact, with a commission", Body: "Hi {{first_name|there}}, I really like {{post|what you make}}. Would you like to be a partner of {{brand}}? {{terms_sentence|You earn a share of every sale.}} Everything is here: {{invitation_link}}\n\n{{sender}}"},
		{ID: "follow-up-1", Name: "First reminder", Body: "Hi {{first_name|there}}, I wrote a few days ago about working with {{brand}}. Is it of interest? A short no is fine, too.\n\n{{sender}}"},
		{ID: "follow-up-2", Name: "Last reminder", Body: "Hi {{first_name|there}}, this is my last note about {{brand}}. If it suits you later, this is the way in: {{invitation_link}}\n\n{{sender}}"},
		{ID: "after-reply", Name: "After their answer", Body: "Great to hear from you, {{first_name|and thank you}}! {{terms_sentence|We agree the details together.}} If that is fine, you can start here: {{invitation_link}}\n\n{{sender}}"},
		{ID: "renewal", Name: "Going on together", Body: "Hi {{first_name|there}}, thank you for all you did for {{brand}}. Shall we go on? {{terms_sentence|Tell me what you would like.}}\n\n{{sender}}"},
	}
}

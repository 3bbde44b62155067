package sim

import (
	"fmt"
	"strings"
)

// phrases are the sentences of a language around a thing: how a caption opens, where and when, and how it ends.
type phrases struct{ openers, moments, endings []string }

var phrasesOf = map[string]phrases{
	tongueEnglish: {
		openers: []string{"Today: %s", "You asked, here it is: %s", "Still my favourite: %s", "Trying again: %s", "What nobody tells you about this: %s", "A small thing that helps: %s",
			"I was wrong about this one: %s", "Three months later: %s", "For everyone starting out: %s", "Saved for the weekend: %s", "Honest opinion: %s", "In real time: %s"},
		moments: []string{"on a rainy Tuesday", "before anybody is awake", "with what I had at home", "in our tiny flat", "after work", "with my sister", "on a budget", "in under an hour", "for the second time this week",
			"while the kettle boils", "in the garden", "with the window open", "between two meetings"},
		endings: []string{"Tell me what you would change.", "More in the next one.", "Save it for later.", "It took me years.", "Questions below, I read all of them.", "Worth it.", "I would do it again.",
			"Not perfect, and fine.", "Which one is yours?", "Part two on Sunday.", "Details at the end."},
	},
	tongueGerman: {
		openers: []string{"Heute: %s", "Ihr habt gefragt, also: %s", "Immer noch mein Liebling: %s", "Noch ein Versuch: %s", "Was euch niemand sagt: %s", "Eine Kleinigkeit, die hilft: %s", "Da lag ich falsch: %s",
			"Drei Monate später: %s", "Für alle, die anfangen: %s", "Ehrliche Meinung: %s"},
		moments: []string{"an einem verregneten Dienstag", "bevor jemand wach ist", "mit dem, was da war", "in unserer kleinen Wohnung", "nach der Arbeit", "mit meiner Schwester", "für wenig Geld", "in unter einer Stunde",
			"bei offenem Fenster", "zwischen zwei Terminen", "im Garten"},
		endings: []string{"Was würdet ihr anders machen?", "Mehr im nächsten Video.", "Speichert es euch.", "Fragen gern unten.", "Hat sich gelohnt.", "Würde ich wieder machen.", "Nicht perfekt, aber gut.", "Welcher Typ seid ihr?",
			"Teil zwei am Sonntag."},
	},
}

// brands are invented companies that others advertise for.
var brands = []string{"@northleaf.tea", "@lumo.lamps", "@kestrel.outdoor", "@pebbleandpine", "@hafen.kaffee", "@motherwort.studio", "@quillbooks", "@oatyard"}

// risky are sentences with words that a brand may not want to stand beside.
var risky = map[string][]string{
	tongueEnglish: {"A glass of wine after the last guest left", "We tried the casino on the boat and lost four pounds", "Somebody offered me a vape at the school gate", "Two cocktails and one karaoke song later"},
	tongueGerman:  {"Ein Glas Wein, nachdem alle gegangen waren", "Im Casino auf dem Schiff vier Euro verloren", "Erst Bier, dann Karaoke"},
}

// tongueOf is what a creator writes in.
func tongueOf(language string) string {
	if language == tongueGerman {
		return tongueGerman
	}
	return tongueEnglish
}

// subjectOf is what a creator writes about in their language.
func subjectOf(language, topic string) subject {
	s, ok := subjects[tongueOf(language)][topic]
	if !ok {
		panic("BUG: nothing is written about the topic " + topic)
	}
	return s
}

// caption writes a sentence that nobody else in the market has written; seen remembers all of them.
func caption(d dice, c *Creator, seen map[string]bool) string {
	topic := c.Topics[0]
	if len(c.Topics) > 1 && d.chance(0.25) {
		topic = c.Topics[1]
	}
	about, around := subjectOf(c.Language, topic), phrasesOf[tongueOf(c.Language)]
	text := ""
	for n := 1; text == "" || seen[text]; n++ {
		thing, tail := pick(d, about.things), hashtags(d, about)
		text = fmt.Sprintf(pick(d, around.openers), thing) + " " + pick(d, around.moments) + ". " + pick(d, around.endings)
		if n > 4 { // a large market runs out of sentences: number them
			text += fmt.Sprintf(" (%d)", len(seen))
		}
		text += tail
	}
	seen[text] = true
	return text
}

// hashtags are two of the topic's, or one.
func hashtags(d dice, about subject) string {
	first := d.IntN(len(about.tags))
	text := " #" + about.tags[first]
	if second := d.IntN(len(about.tags)); second != first {
		text += " #" + about.tags[second]
	}
	return text
}

// advert is a disclosed post for another company.
func advert(d dice, c *Creator, seen map[string]bool) string {
	mark := "#ad in paid partnership with "
	if tongueOf(c.Language) == tongueGerman {
		mark = "Anzeige, bezahlte Partnerschaft mit "
	}
	return mark + pick(d, brands) + ". " + caption(d, c, seen)
}

// riskyCaption is a post a brand may want to read before it decides.
func riskyCaption(d dice, c *Creator) string {
	return pick(d, risky[tongueOf(c.Language)]) + ". " + strings.TrimSpace(hashtags(d, subjectOf(c.Language, c.Topics[0])))
}

// Hashtags are a post's, without #.
func (p Post) Hashtags() (list []string) {
	for word := range strings.FieldsSeq(p.Caption) {
		if tag, ok := strings.CutPrefix(word, "#"); ok {
			list = append(list, strings.Trim(tag, ".,"))
		}
	}
	return list
}

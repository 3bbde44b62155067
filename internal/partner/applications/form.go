package applications

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

// The limits of a form.
const (
	MostQuestions   = 12
	MostChoices     = 20
	MostRules       = 30
	LongestQuestion = 300
	LongestChoice   = 100
	LongestIntro    = 2000
	LongestAnswer   = 2000
	LongestReason   = 1000
)

// QuestionKind is how a question is answered.
type QuestionKind string

// The kinds of questions.
const (
	QuestionText   QuestionKind = "text"
	QuestionChoice QuestionKind = "choice" // one of Choices
	QuestionYesNo  QuestionKind = "yes_no" // "yes" or "no"
)

// Question is asked of everybody who applies.
type Question struct {
	Text     string       `json:"text"`
	Kind     QuestionKind `json:"kind"`
	Choices  []string     `json:"choices,omitempty"`
	Required bool         `json:"required,omitempty"`
}

// Form is a program's way in.
type Form struct {
	Program   programs.ID
	Slug      string // part of its address: a–z, digits, dashes
	Open      bool   // false: nobody can apply now
	Intro     string // what the brand says of itself
	Questions []Question
	Rules     []Rule // the first that holds decides
	UpdatedAt time.Time
}

var goodSlug = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$`)

// Check brings a form into its stored shape, or says what is wrong, by field: slug, intro, questions[2].text, rules[0].reason.
func (f Form) Check() (Form, error) {
	var faults []*fault.Error
	add := func(err error) {
		if broken, ok := fault.As(err); ok {
			faults = append(faults, broken)
		}
	}
	if f.Slug = strings.ToLower(strings.TrimSpace(f.Slug)); !goodSlug.MatchString(f.Slug) {
		add(fault.Invalid("The address has 1 to 64 letters a–z, digits or dashes, and begins and ends with a letter or digit.").In("slug"))
	}
	intro, err := partnerships.Prose(f.Intro, LongestIntro, "intro")
	add(err)
	f.Intro = intro
	if len(f.Questions) > MostQuestions {
		add(fault.Invalidf("At most %d questions: the more you ask, the fewer answer.", MostQuestions).In("questions"))
	}
	f.Questions = slices.Clone(f.Questions)
	for i := range f.Questions {
		add(f.Questions[i].check(at("questions", i)))
	}
	if len(f.Rules) > MostRules {
		add(fault.Invalidf("At most %d rules.", MostRules).In("rules"))
	}
	f.Rules = slices.Clone(f.Rules)
	for i := range f.Rules {
		add(f.Rules[i].check(at("rules", i)))
	}
	return f, fault.Join(faults...)
}

func (q *Question) check(field string) (err error) {
	if q.Text, err = partnerships.Line(q.Text, LongestQuestion, field+".text"); err != nil {
		return err
	}
	switch q.Kind {
	case QuestionText, QuestionYesNo:
		q.Choices = nil
		return nil
	case QuestionChoice:
		return q.checkChoices(field + ".choices")
	default:
		return fault.Invalid("A question is answered by a text, a choice, or yes or no.").In(field + ".kind")
	}
}

func (q *Question) checkChoices(field string) error {
	if len(q.Choices) < 2 || len(q.Choices) > MostChoices {
		return fault.Invalidf("Give 2 to %d answers to choose from.", MostChoices).In(field)
	}
	var seen []string
	for _, choice := range q.Choices {
		choice, err := partnerships.Line(choice, LongestChoice, field)
		if err != nil {
			return err
		}
		if slices.Contains(seen, choice) {
			return fault.Invalid("An answer is there twice.").In(field)
		}
		seen = append(seen, choice)
	}
	q.Choices = seen
	return nil
}

// Answer is what somebody answered; the question's words are kept, since a form may change.
type Answer struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// answers matches what was sent, by the question's place, with the questions.
func (f Form) answers(sent []string) ([]Answer, error) {
	var all []Answer
	var faults []*fault.Error
	for i, q := range f.Questions {
		text := ""
		if i < len(sent) {
			text = sent[i]
		}
		text, err := q.answer(text, at("answers", i))
		if broken, ok := fault.As(err); ok {
			faults = append(faults, broken)
		}
		if text != "" {
			all = append(all, Answer{Question: q.Text, Answer: text})
		}
	}
	return all, fault.Join(faults...)
}

func (q Question) answer(text, field string) (string, error) {
	text, err := partnerships.Prose(text, LongestAnswer, field)
	switch {
	case err != nil:
		return "", err
	case text == "" && q.Required:
		return "", fault.Invalid("Please answer this.").In(field)
	case text == "" || q.Kind == QuestionText:
		return text, nil
	case q.Kind == QuestionYesNo && (text == "yes" || text == "no"), q.Kind == QuestionChoice && slices.Contains(q.Choices, text):
		return text, nil
	default:
		return "", fault.Invalid("Choose one of the answers.").In(field)
	}
}

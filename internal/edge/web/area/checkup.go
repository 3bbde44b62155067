package area

import (
	"time"

	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/vetting"
)

// CheckupReason is a reason of a check-up as the desk and the portal show it, in the same words.
type CheckupReason struct {
	Tone  ui.Badge
	Text  string
	Proof []CheckupProof
	More  string // address of the figures behind it, or "" where the page has none
}

// CheckupProof is a post or a count a reason rests on.
type CheckupProof struct {
	Label, URL string
}

//icons: eye

var checkupTones = map[vetting.Tone]ui.Badge{
	vetting.ToneGood: {Tone: ui.Good}, vetting.ToneNeutral: {Tone: ui.Neutral}, vetting.ToneWarn: {Tone: ui.Warn, Icon: "alert-triangle"}, vetting.ToneBad: {Tone: ui.Bad, Icon: "circle-x"},
}

// CheckupReasons writes reasons in words.
func CheckupReasons(r *frame.Request, reasons []vetting.Reason) []CheckupReason {
	all := make([]CheckupReason, len(reasons))
	for i, one := range reasons {
		badge := checkupTones[one.Tone]
		badge.Label = r.T("checkup.tone." + string(one.Tone))
		all[i] = CheckupReason{Tone: badge, Text: r.T("checkup.reason."+CheckupCode(one.Code, one.Args), CheckupPairs(r, one.Args)...), Proof: CheckupProofs(r, one.Evidence)}
	}
	return all
}

// CheckupCode is the sentence for a code: what happened today has one of its own.
func CheckupCode(code string, args vetting.Args) string {
	if n, ok := args["n"]; ok && n.Number == 0 && (code == "rhythm_steady" || code == "rhythm_figures") {
		return code + ".today"
	}
	return code
}

// CheckupProofs writes what something rests on in words.
func CheckupProofs(r *frame.Request, evidence []vetting.Evidence) []CheckupProof {
	all := make([]CheckupProof, len(evidence))
	for i, e := range evidence {
		all[i] = CheckupProof{Label: proofLabel(r, e), URL: e.URL}
	}
	return all
}

// proofLabel says what a proof is: the post's words and day, or the count with its source and day.
func proofLabel(r *frame.Request, e vetting.Evidence) string {
	day := r.T("checkup.proof.undated")
	if !e.At.IsZero() {
		day = r.Locale().Date(e.At)
	}
	switch {
	case e.Word != "" && e.Text != "":
		return r.T("checkup.proof.word", "word", e.Word, "text", e.Text, "day", day)
	case e.Post != "" && e.Text != "":
		return r.T("checkup.proof.post", "text", e.Text, "day", day)
	case e.Post != "":
		return r.T("checkup.proof.bare", "day", day)
	case e.Count != nil:
		return r.T("checkup.proof.count", "n", int(*e.Count), "source", CheckupSource(r, e.Source), "day", day)
	default:
		return r.T("checkup.proof.source", "source", CheckupSource(r, e.Source), "day", day)
	}
}

// CheckupSource says where figures come from: our own sources in words, a list or a publication by its name.
func CheckupSource(r *frame.Request, source string) string {
	switch source {
	case "entered", "creator", "import", "profile", "posts", "biography", "agreement":
		return r.T("checkup.source." + source)
	default:
		return source
	}
}

// CheckupPairs are a reason's values as the reader's forms write them, by name.
func CheckupPairs(r *frame.Request, args vetting.Args) []any {
	pairs := make([]any, 0, 2*len(args))
	for name, v := range args {
		pairs = append(pairs, name, checkupValue(r, name, v))
	}
	return pairs
}

func checkupValue(r *frame.Request, name string, v vetting.Value) any {
	switch v.As {
	case vetting.FormPercent:
		return r.Locale().Percent(v.Number)
	case vetting.FormCount:
		if name == "n" {
			return int(v.Number) // picks the plural
		}
		return r.Locale().Number(v.Number)
	case vetting.FormTimes:
		return r.Locale().Number(float64(int(v.Number*10+0.5)) / 10)
	case vetting.FormDate:
		if at, err := time.Parse(time.RFC3339, v.Text); err == nil {
			return r.Locale().Date(at)
		}
	case vetting.FormKey:
		return CheckupTopic(r, v.Text)
	case vetting.FormText:
		if name == "source" {
			return CheckupSource(r, v.Text)
		}
	}
	return v.Text
}

// checkupTopics are the topics and sizes that have words of their own; a program's topics are their own words.
var checkupTopics = map[string]bool{
	"adult": true, "hate": true, "drugs": true, "gambling": true, "weapons": true, "alcohol": true, "tobacco": true, "politics": true, "violence": true,
	"health_claims": true, "get_rich": true, "profanity": true, vetting.Rivals: true, "nano": true, "micro": true, "macro": true, "mega": true, "": true,
}

// CheckupTopic is the name of a topic of the word lists, or of a size.
func CheckupTopic(r *frame.Request, topic string) string {
	if checkupTopics[topic] {
		return r.T("checkup.topic." + orNone(topic))
	}
	return topic
}

func orNone(topic string) string {
	if topic == "" {
		return "none"
	}
	return topic
}

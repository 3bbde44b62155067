package recruit

import (
	"strconv"
	"strings"
	"time"

	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/vetting"
)

// verdictLooks are the tones of verdicts.
var verdictLooks = map[vetting.Verdict]ui.Tone{vetting.VerdictFits: ui.Good, vetting.VerdictLookCloser: ui.Warn, vetting.VerdictNotForUs: ui.Bad}

func verdictBadge(r *frame.Request, v vetting.Verdict) ui.Badge {
	b := ui.Badge{Label: r.T("checkup.verdict." + string(v)), Tone: verdictLooks[v]}
	if v == vetting.VerdictLookCloser {
		b.Icon = "eye"
	}
	return b
}

// verdictPart is what the block "checkup/verdict" shows.
type verdictPart struct {
	Verdict     ui.Badge
	Score       string
	Handle, URL string
	Platform    string
	MadeAt      time.Time
	Note, By    string // of the person who overruled
	WordAt      time.Time
	Machine     *ui.Badge
	Reasons     []area.CheckupReason
	Unscored    string
}

func (c checkup) verdict(r *frame.Request) ui.Part {
	s := c.report
	v := verdictPart{
		Verdict: verdictBadge(r, s.Holds()), Handle: s.Handle, URL: c.profileURL(), Platform: r.T("creators.platform." + string(s.Platform)), MadeAt: s.MadeAt,
		Reasons: area.CheckupReasons(r, s.Reasons),
	}
	if s.Scored() {
		v.Score = r.T("checkup.score", "score", s.Score)
	} else {
		v.Unscored = r.T("checkup.unscored." + s.Unscored)
	}
	if o := s.Overrule; o != nil {
		machine := verdictBadge(r, s.Report.Verdict)
		v.Note, v.By, v.WordAt, v.Machine = o.Note, o.By, o.At, &machine
	}
	return ui.Part{Template: "checkup/verdict", Data: v}
}

func (c checkup) profileURL() string {
	for _, p := range c.creator.Profiles {
		if p.ID == c.report.Profile {
			return p.URL
		}
	}
	return ""
}

// growthWords say how followers came, and why that is the judgement.
func growthWords(r *frame.Request, g vetting.Growth) string {
	words := r.T("checkup.growth." + g.Verdict)
	for _, because := range g.Because {
		words += " " + r.T("checkup.because."+because)
	}
	return words
}

// signed writes log-odds with their sign.
func signed(f float64) string {
	text := strconv.FormatFloat(f, 'f', 2, 64)
	if f > 0 {
		return "+" + text
	}
	return strings.Replace(text, "-", "−", 1)
}

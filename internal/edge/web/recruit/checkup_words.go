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
	Printed     bool // without what a sheet of paper cannot do: links within it, time that passes
}

func (c checkup) verdict(r *frame.Request) ui.Part {
	s := c.report
	v := verdictPart{
		Verdict: verdictBadge(r, s.Holds()), Handle: s.Handle, URL: c.profileURL(), Platform: r.T("creators.platform." + string(s.Platform)), MadeAt: s.MadeAt,
		Reasons: area.CheckupReasons(r, s.Reasons), Printed: c.printed,
	}
	for i, one := range s.Reasons {
		if section := c.sectionOf(one.Code); section != "" && !c.printed {
			v.Reasons[i].More = "#" + section
		}
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

// sections are where the figures behind a reason stand on the page, by the first word of its code.
var sections = map[string]string{
	"safety": "safety", "account": "account", "audience": "audience", "comments": "audience", "engagement": "measured", "growth": "counts", "match": "match",
	"rhythm": "posts", "posts": "posts", "sponsored": "brands", "conflict": "brands", "followers": "counts", "too": "counts",
}

// sectionOf is the part of the page that a reason's figures stand in. A YouTube channel's page has counts and posts as they are, and nothing else.
func (c checkup) sectionOf(code string) string {
	about, _, _ := strings.Cut(code, "_")
	switch section := sections[about]; {
	case c.report.Unscored != vetting.UnscoredYouTube && section == "posts" && c.report.Engagement.Formula == "":
		return "" // the chart is not drawn
	case c.report.Unscored != vetting.UnscoredYouTube:
		return section
	case about == "youtube" || section == "posts":
		return "raw"
	case section == "counts":
		return section
	default:
		return ""
	}
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
	for _, s := range g.Spikes {
		words += " " + r.T("checkup.jump", "day", r.Locale().Date(s.At), "gain", signedCount(r, s.Gain), "expected", signedCount(r, s.Expected))
	}
	return words
}

// signedCount is a gain or loss of followers.
func signedCount(r *frame.Request, n int64) string {
	if n > 0 {
		return "+" + r.Locale().Number(n)
	}
	return r.Locale().Number(n)
}

// signed writes log-odds with their sign.
func signed(f float64) string {
	text := strconv.FormatFloat(f, 'f', 2, 64)
	if f > 0 {
		return "+" + text
	}
	return strings.Replace(text, "-", "−", 1)
}

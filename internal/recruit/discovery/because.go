package discovery

import (
	"time"

	"rapport/internal/recruit/creators"
)

// explain says in a code, which pages have words for, why a part scored what it did, and what it rests on.
func explain(t Target, f *Facts, name PartName, m measured) (because string, evidence []Evidence) {
	if !m.known {
		return string(name) + ".unknown", nil
	}
	grade := "none"
	switch {
	case m.score >= 0.75:
		grade = "full"
	case m.score >= 0.25:
		grade = "some"
	}
	return string(name) + "." + grade, evidenceOf(t, f, name)
}

func evidenceOf(t Target, f *Facts, name PartName) (all []Evidence) {
	text := func(s string) {
		if s != "" {
			all = append(all, Evidence{Text: s})
		}
	}
	switch name {
	case PartTopic:
		for _, topic := range f.Topics[:min(3, len(f.Topics))] {
			text(topic.ID)
		}
	case PartAudience:
		return audienceEvidence(t, f)
	case PartCountry:
		text(f.Country)
	case PartLanguage:
		text(f.Language)
	case PartVerdict:
		text(string(f.Verdict))
	case PartValues:
		for i, v := range Values {
			if f.Values&(1<<i) != 0 && ask(t).values&(1<<i) != 0 {
				text(v.ID)
			}
		}
	case PartRecency:
		all = append(all, Evidence{At: at(f.LastPost)})
	case PartSize:
		text(string(f.Tier))
	case PartPrice:
		all = append(all, Evidence{Source: f.Price.Source, At: at(f.Price.At)})
	case PartEngagement:
	}
	return all
}

func at(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// audienceEvidence says the wanted share by dimension, with source and day.
func audienceEvidence(t Target, f *Facts) (all []Evidence) {
	a := ask(t)
	for _, d := range []creators.Dimension{creators.DimensionCountry, creators.DimensionAge, creators.DimensionGender} {
		if share, from, ok := a.audienceShare(viewOf(f), d); ok {
			all = append(all, Evidence{Text: string(d), Share: share, Source: from.Source, At: at(from.TakenAt)})
		}
	}
	return all
}

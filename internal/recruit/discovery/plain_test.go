package discovery

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery/meaning"
	"rapport/internal/recruit/vetting"
)

// plainly searches without tables, bounds and shares: every creator's facts are gathered, measured as they are shown, and all are sorted.
func (s *state) plainly(q Query) (ids []creators.ID) {
	near := s.plainNearness(q)
	m := s.match(day, q)
	defer m.done()
	var all []ranked
	s.candidates(q, func(at uint32, e *entry) {
		f := m.facts(at, e)
		if one := s.slots[at]; one.id != "" && plainlyKept(&q, s.figures[at].followers, &f, e, s.facts(at).Audience) && plainlyHeld(m, near, at) {
			all = append(all, plainlyRanked(m, &q, near, at, &f))
		}
	})
	for _, r := range (&top{heap: all}).sorted() {
		ids = append(ids, r.id)
	}
	return ids
}

// plainNearness asks everybody one by one, with topics by their names.
func (s *state) plainNearness(q Query) (near struct {
	by    []float64
	topic []float64
	best  float64
}) {
	near.by, near.topic = make([]float64, len(s.slots)), make([]float64, len(s.slots))
	var like []meaning.Place
	liked := map[uint32]bool{}
	for _, id := range q.Like {
		if at, known := s.byID[id]; known {
			like, liked[at] = append(like, s.sense.crowd.Place(at)), true
		}
	}
	asked := s.sense.space.Ask(q.Words, like...)
	s.sense.crowd.AskAbroad(&asked, q.abroad, q.Words != "", like...)
	for at := range s.slots {
		place := s.sense.crowd.Place(uint32(at)) //nolint:gosec // few
		if !liked[uint32(at)] && (q.Words != "" || len(like) > 0) && s.sense.dimensions() > 0 {
			near.by[at] = float64(float32(asked.Nearness(&place)))
		}
		near.best = max(near.best, near.by[at])
		for _, has := range s.facts(uint32(at)).Topics {
			for _, named := range topicsOf(s.tree)(q.Words) {
				if has.ID == named.ID || strings.HasPrefix(has.ID, named.ID+".") {
					near.topic[at] = max(near.topic[at], has.Score)
				}
			}
		}
	}
	return near
}

func plainlyKept(q *Query, followers int64, f *Facts, e *entry, public []creators.Audience) bool {
	if e == nil {
		e = &entry{}
	}
	below := func(t TopicFact) bool { return t.ID == q.Topic || strings.HasPrefix(t.ID, q.Topic+".") }
	return (q.Tier == "" || f.Tier == q.Tier) && (q.Country == "" || f.Country == q.Country) &&
		(q.Language == "" || f.Language == q.Language || strings.HasPrefix(f.Language, q.Language+"-")) &&
		(q.MinFollowers == nil || followers >= *q.MinFollowers) && (q.MaxFollowers == nil || followers >= 0 && followers <= *q.MaxFollowers) &&
		(q.MinEngagementPPM == 0 || f.EngagementPPM != nil && *f.EngagementPPM >= q.MinEngagementPPM) &&
		(q.PostedSince.IsZero() || !f.LastPost.IsZero() && !f.LastPost.Before(q.PostedSince)) &&
		(q.Platform == "" || slices.Contains(f.Platforms, q.Platform)) && (q.Topic == "" || slices.ContainsFunc(f.Topics, below)) &&
		(!q.NotContacted || e.status == "" || e.status == "prospect") && (q.HasContact == nil || e.contact == *q.HasContact) &&
		(q.Verdict == "" || e.verdict == q.Verdict) && (q.MaxPriceMinor == nil || e.price != nil && e.price.Minor <= *q.MaxPriceMinor) &&
		q.reaches(e.audience, public)
}

func plainlyHeld(m *match, near struct {
	by    []float64
	topic []float64
	best  float64
}, at uint32,
) bool {
	wrote := m.cover != nil && m.cover[at] > 0
	return !m.filter || wrote || m.named(at) || near.by[at] >= nearEnough || topicMost*near.topic[at] >= ofTopic
}

func plainlyRanked(m *match, q *Query, near struct {
	by    []float64
	topic []float64
	best  float64
}, at uint32, f *Facts,
) ranked {
	r := ranked{slot: at, id: m.s.slots[at].id}
	relevance := plainRelevance(m, max(meaning.Relative(near.by[at], near.best), topicMost*near.topic[at]), at)
	switch q.order() {
	case SortFit:
		measured := ask(*q.Target).measure(viewOf(f))
		if r.key = measured.floor() * 1000; m.filter {
			r.key += relevance / 1000
		}
	case SortRelevance:
		r.key = relevance
	case SortFollowers:
		r.key = float64(m.s.figures[at].followers)
	case SortEngagement:
		if r.key = -1; f.EngagementPPM != nil {
			r.key = float64(*f.EngagementPPM)
		}
	case SortName:
		r.name = m.s.slots[at].search[:m.s.slots[at].name]
	case SortNewest:
		r.name = invert(string(r.id))
	}
	return r
}

func plainRelevance(m *match, near float64, at uint32) float64 {
	blended := meaning.Match{Nearness: near}
	if m.cover != nil {
		if blended.Coverage = float64(m.cover[at]); blended.Coverage > 0.9999 {
			blended.Coverage = 1
		}
		if m.best > 0 {
			blended.Words = float64(m.plain[at] / m.best)
		}
	}
	if rank := meaning.Blend(blended); m.named(at) {
		return (3 + rank/3) / 4
	} else {
		return rank / 4
	}
}

var someWords = strings.Fields("skincare #skincare serum vegan #vegan tea #tea gaming #gaming travel flour sourdough deadlift barbell crueltyfree ana ben lighthouse")

// someState is an index with creators that came, changed and went.
func someState(t *rapid.T) *state {
	s := newState(day)
	texts := rapid.SliceOfN(rapid.SampledFrom(someWords), 0, 8)
	make1 := func(i int, name string) raw {
		r := raw{Creator: creators.Creator{
			ID: creators.ID(fmt.Sprintf("cre_%03d", i)), Name: rapid.SampledFrom([]string{"Ana", "Ben", "Skincare Cleo"}).Draw(t, name), Main: "prf",
			Country: rapid.SampledFrom([]string{"", "DE", "AT"}).Draw(t, "country"), Language: rapid.SampledFrom([]string{"", "de", "de-AT"}).Draw(t, "language"),
			Tier: rapid.SampledFrom([]creators.Tier{"nano", "micro"}).Draw(t, "tier"),
		}}
		p := creators.Profile{ID: "prf", Platform: rapid.SampledFrom([]creators.Platform{"tiktok", "instagram"}).Draw(t, "platform"), Handle: "ana", Formula: "(likes + comments) / followers"}
		if rapid.Bool().Draw(t, "rated") {
			p.EngagementPPM, r.Followers = new(rapid.Int64Range(0, 90_000).Draw(t, "engagement")), new(rapid.Int64Range(0, 9).Draw(t, "followers"))
		}
		r.Profiles = []creators.Profile{p}
		for range rapid.IntRange(0, 2).Draw(t, "posts") {
			words := texts.Draw(t, "caption")
			r.posts = append(r.posts, post{at: day.Add(-time.Duration(rapid.IntRange(0, 4800).Draw(t, "hours")) * time.Hour), caption: strings.Join(words, " ")})
		}
		if rapid.IntRange(0, 4).Draw(t, "heard") == 0 {
			r.audience = someFacts(t).Audience
		}
		return r
	}
	var docs []meaning.Document
	n := rapid.IntRange(1, 60).Draw(t, "creators")
	for i := range n {
		doc := s.prepare(make1(i, "name"))
		s.put(&doc)
		docs = append(docs, doc.meant)
	}
	s.learn(docs, meaning.Options{Dimensions: 6})
	for range rapid.IntRange(0, 5).Draw(t, "changes") {
		i := rapid.IntRange(0, n+1).Draw(t, "whom")
		if i < n && rapid.Bool().Draw(t, "gone") {
			s.drop(creators.ID(fmt.Sprintf("cre_%03d", i)))
			continue
		}
		doc := s.prepare(make1(i, "name"))
		s.understand(s.put(&doc), doc.meant)
	}
	somePartners(t, s)
	return s
}

func somePartners(t *rapid.T, s *state) {
	for _, p := range []programs.ID{"prg_1", "prg_2"} {
		for at, one := range s.slots {
			if one.id == "" || rapid.IntRange(0, 3).Draw(t, "partner") == 0 {
				continue
			}
			e := s.program(p).entry(uint32(at)) //nolint:gosec // few
			f := someFacts(t)
			e.status, e.contact = rapid.SampledFrom([]string{"", "prospect", "active"}).Draw(t, "status"), rapid.Bool().Draw(t, "contact")
			e.verdict, e.price, e.values = f.Verdict, f.Price, f.Values&rapid.SampledFrom([]uint16{0, 3}).Draw(t, "own values")
			if rapid.IntRange(0, 3).Draw(t, "told") == 0 {
				e.audience = f.Audience
			}
		}
	}
}

func someQuery(t *rapid.T) (q Query) {
	maybe := func(name string) bool { return rapid.IntRange(0, 4).Draw(t, name) == 0 }
	if q.Everywhere = rapid.Bool().Draw(t, "everywhere"); !q.Everywhere {
		q.Programs = rapid.SampledFrom([][]programs.ID{{"prg_1"}, {"prg_1", "prg_2"}, {"prg_2"}, {}}).Draw(t, "programs")
	}
	q.Program = "prg_1"
	if rapid.Bool().Draw(t, "worded") {
		q.Words = strings.Join(rapid.SliceOfN(rapid.SampledFrom(someWords), 1, 3).Draw(t, "words"), " ")
	}
	if maybe("alike") {
		q.Like = []creators.ID{"cre_000", "cre_001"}
	}
	if rapid.Bool().Draw(t, "aimed") {
		target := someTarget(t)
		target.Words = []string{"skincare"}
		q.Target = &target
	}
	orders := []Sort{"", SortRelevance, SortFollowers, SortEngagement, SortName, SortNewest}
	if q.Target != nil {
		orders = append(orders, SortFit, SortFit)
	}
	q.Sort = rapid.SampledFrom(orders).Draw(t, "order")
	someFilters(&q, maybe)
	return q
}

func someFilters(q *Query, maybe func(string) bool) {
	for _, one := range []struct {
		name string
		set  func()
	}{
		{"by platform", func() { q.Platform = "tiktok" }}, {"by tier", func() { q.Tier = "nano" }}, {"by country", func() { q.Country = "DE" }},
		{"by language", func() { q.Language = "de" }}, {"at least", func() { q.MinFollowers = new(int64(4)) }}, {"at most", func() { q.MaxFollowers = new(int64(7)) }},
		{"by engagement", func() { q.MinEngagementPPM = 20_000 }}, {"by day", func() { q.PostedSince = day.AddDate(0, 0, -60) }}, {"by topic", func() { q.Topic = "beauty" }},
		{"by contact", func() { q.HasContact = new(true) }}, {"by status", func() { q.NotContacted = true }}, {"by verdict", func() { q.Verdict = vetting.VerdictFits }},
		{"by price", func() { q.MaxPriceMinor = new(int64(250_000)) }}, {"by audience", func() { q.AudienceCountry = "DE" }}, {"by its gender", func() { q.AudienceGender = "female" }},
	} {
		if maybe(one.name) && maybe("really "+one.name) {
			one.set()
		}
	}
}

// The quick search (columns, tables, bounds, lists by term) answers what a search without any of it answers, page after page.
func TestTheQuickSearchFindsWhatThePlainOneFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := someState(t), someQuery(t)
		want := s.plainly(q)
		q.Page = db.Page{Limit: rapid.IntRange(1, 30).Draw(t, "page")}
		var got []creators.ID
		for more := true; more; more = q.Page.After != "" {
			r := s.run(day, q, nil)
			if r.wrong != nil || r.total != len(want) {
				t.Fatalf("%d in all, the plain search finds %d (%v)", r.total, len(want), r.wrong)
			}
			for _, h := range r.hits {
				got = append(got, h.Creator)
			}
			q.Page.After = r.next
		}
		if !slices.Equal(got, want) {
			t.Fatalf("found\n%v, plainly\n%v", got, want)
		}
	})
}

// What everybody is ranked by is measured from figures, what is shown from facts.
func TestTheQuickRankIsTheFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, target := someState(t), someTarget(t)
		m := s.match(day, Query{Program: "prg_1", Target: &target})
		defer m.done()
		for at, one := range s.slots {
			if one.id == "" {
				continue
			}
			e := s.by["prg_1"].find(uint32(at))                                                    //nolint:gosec // few
			f := m.facts(uint32(at), e)                                                            //nolint:gosec // few
			quick := m.lens.measure(uint32(at), e)                                                 //nolint:gosec // few
			if similar, ok := m.near.similar(uint32(at)); ok && quick[0].asked && quick[0].known { //nolint:gosec // few
				quick[0].score = min(1, max(quick[0].score, similar))
			}
			if slow := m.lens.asked.measure(viewOf(&f)); scored(quick) != scored(slow) {
				t.Fatalf("%s: quick %+v, slow %+v", one.id, quick, slow)
			}
		}
	})
}

// scored leaves out what a part that takes no part scored.
func scored(m measures) measures {
	for i := range m {
		if !m[i].asked || !m[i].known {
			m[i].score = 0
		}
	}
	return m
}

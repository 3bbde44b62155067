package discovery

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery/meaning"
	"rapport/internal/recruit/vetting"
)

var day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func someTarget(t *rapid.T) Target {
	pick := func(name string, all ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(all), 0, 2, rapid.ID[string]).Draw(t, name)
	}
	return Target{
		Topics: pick("topics", "beauty", "beauty.skincare", "food"), Countries: pick("countries", "DE", "AT"), Languages: pick("languages", "de", "en"),
		Values: pick("values", "vegan", "fair"), Genders: pick("genders", "female", "male"), Price: PriceLevel(rapid.SampledFrom([]string{"", "low", "high"}).Draw(t, "price")),
		Ages: rapid.SliceOfN(rapid.Just(AgeBand{25, 40}), 0, 1).Draw(t, "ages"), Tiers: []creators.Tier{"nano"}[:rapid.IntRange(0, 1).Draw(t, "tiers")],
	}
}

func someFacts(t *rapid.T) Facts {
	f := Facts{
		Now: day, Country: rapid.SampledFrom([]string{"", "DE", "FR"}).Draw(t, "country"), Language: rapid.SampledFrom([]string{"", "de-AT", "fr"}).Draw(t, "language"),
		Tier: "nano", Written: rapid.Bool().Draw(t, "written"), Values: rapid.Uint16().Draw(t, "values"),
		Verdict: rapid.SampledFrom(append([]vetting.Verdict{""}, vetting.AllVerdictValues...)).Draw(t, "verdict"),
	}
	if rapid.Bool().Draw(t, "similar") {
		f.Similarity = new(rapid.Float64Range(0, 1).Draw(t, "similarity"))
	}
	if rapid.Bool().Draw(t, "posted") {
		f.LastPost = day.Add(-time.Duration(rapid.IntRange(0, 300).Draw(t, "days")) * 24 * time.Hour)
	}
	if rapid.Bool().Draw(t, "rated") {
		f.EngagementPPM, f.BenchmarkPPM = new(rapid.Int64Range(0, 90_000).Draw(t, "rate")), new(int64(27_100))
	}
	if rapid.Bool().Draw(t, "heard") {
		f.Audience = []creators.Audience{{Source: "media kit", TakenAt: day, Slices: []creators.Slice{
			{Dimension: "country", Key: "DE", ShareBP: rapid.IntRange(0, 10_000).Draw(t, "share")}, {Dimension: "age", Key: "25-34", ShareBP: 4000}, {Dimension: "gender", Key: "female", ShareBP: 7000},
		}}}
	}
	if rapid.Bool().Draw(t, "asks") {
		f.Price = &creators.Price{Minor: rapid.Int64Range(0, 500_000).Draw(t, "price"), Currency: "EUR"}
	}
	return f
}

func TestPartsSumToTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fit := Fit(someTarget(t), someFacts(t))
		sum := 0
		for _, p := range fit.Parts {
			sum += p.Points
			if p.Points < 0 || !p.Known && (p.Points != 0 || p.Score != 0) {
				t.Fatalf("%s is %+v", p.Name, p)
			}
		}
		if sum != fit.Score || fit.Score < 0 || fit.Score > 100 || fit.Sure < 0 || fit.Sure > 100 {
			t.Fatalf("parts sum to %d, the score is %d, sure %d", sum, fit.Score, fit.Sure)
		}
	})
}

func TestWhatIsUnknownLowersOnlyHowSureWeAre(t *testing.T) {
	target := Target{Countries: []string{"DE"}, Genders: []string{"female"}}
	known := Facts{Now: day, Country: "DE", LastPost: day, Audience: []creators.Audience{{Source: "media kit", Slices: []creators.Slice{{Dimension: "country", Key: "DE", ShareBP: 8000}}}}}
	unknown := known
	unknown.Audience = nil
	a, b := Fit(target, known), Fit(target, unknown)
	if a.Score != 100 || b.Score != 100 || b.Sure >= a.Sure {
		t.Errorf("known %d (%d %% sure), unknown %d (%d %% sure)", a.Score, a.Sure, b.Score, b.Sure)
	}
}

func TestASentenceIsUnderstoodAndShowsFromWhichWords(t *testing.T) {
	r := ReadSentence("We sell vegan skincare for sensitive skin to women 25–40 in Germany and Austria who care about animal welfare, mid price", nil)
	got := r.Target
	if !slices.Equal(got.Countries, []string{"DE", "AT"}) || !slices.Equal(got.Genders, []string{"female"}) || !slices.Equal(got.Ages, []AgeBand{{25, 40}}) ||
		!slices.Equal(got.Values, []string{"vegan", "animal_welfare"}) || got.Price != PriceMiddle || !slices.Equal(got.Words, []string{"skincare", "sensitive", "skin"}) {
		t.Errorf("understood %+v", got)
	}
	for field, words := range map[string]string{"ages": "25 - 40", "values": "vegan", "price": "mid price", "genders": "women"} {
		if !slices.ContainsFunc(r.Parts, func(p Recognised) bool { return p.Field == field && p.Words == words }) {
			t.Errorf("%s was not read from %q: %+v", field, words, r.Parts)
		}
	}
}

func TestSentencesInOtherLanguages(t *testing.T) {
	for text, want := range map[string]Target{
		"Vegane Naturkosmetik für Frauen ab 30 in Deutschland, Österreich und der Schweiz": {
			Countries: []string{"DE", "AT", "CH"}, Genders: []string{"female"}, Ages: []AgeBand{{30, 0}}, Values: []string{"vegan", "organic"},
		},
		"thé bio pour femmes en France, haut de gamme": {Countries: []string{"FR"}, Genders: []string{"female"}, Price: PriceHigh, Words: []string{"bio"}},
		"gaming chairs for men under 30 in the US on YouTube": {
			Countries: []string{"US"}, Genders: []string{"male"}, Ages: []AgeBand{{13, 29}}, Platforms: []creators.Platform{"youtube"}, Words: []string{"gaming", "chairs"},
		},
		"in us or it": {},
	} {
		got := ReadSentence(text, nil).Target
		got.About = ""
		if got.body() != want.body() && !(len(want.Words) == 0 && sameBut(got, want)) {
			t.Errorf("%q: understood %+v, want %+v", text, got, want)
		}
	}
}

func sameBut(a, b Target) bool {
	a.Words, b.Words = nil, nil
	return a.body() == b.body()
}

func FuzzReadSentence(f *testing.F) {
	f.Add("We sell vegan skincare to women 25–40 in Germany, mid price")
	f.Add("– 25 + , - 40")
	f.Fuzz(func(t *testing.T, text string) {
		r := ReadSentence(text, nil)
		r.Target.Name = "x"
		if _, err := r.Target.Check(); err != nil && len([]rune(text)) <= LongestAbout {
			t.Errorf("a sentence made a target that is refused: %v", err)
		}
	})
}

// What many are ranked by and what one is shown must come of the same parts.
func TestTheRankIsOfTheFactsThatAreShown(t *testing.T) {
	texts := []string{"vegan #skincare in the morning", "deadlift and #barbell", "", "skincare #crueltyfree serum", "vegan bread and flour"}
	s := written(texts)
	for i := range s.slots {
		f := s.facts(uint32(i)) //nolint:gosec // few
		f.Country, f.LastPost = []string{"DE", "", "AT"}[i%3], day.AddDate(0, 0, -30*i)
		f.EngagementPPM, f.BenchmarkPPM, f.ratio = new(int64(10_000*i)), new(int64(27_100)), float64(10_000*i)/27_100
		g := s.figuresOf(&f)
		g.pairs, g.doc, g.followers = s.figures[i].pairs, s.figures[i].doc, s.figures[i].followers
		s.figures[i] = g
	}
	target := ReadSentence("vegan skincare for women in Germany", topicsOf(meaning.DefaultTree())).Target
	r := s.run(day, Query{Everywhere: true, Target: &target}, nil)
	last := 2.0
	for i, h := range r.hits {
		measured := ask(target).measure(viewOf(&r.facts[i]))
		if floor := measured.floor(); floor > last {
			t.Errorf("%s fits with %.3f and stands after %.3f", h.Creator, floor, last)
		} else {
			last = floor
		}
		if len(h.Why) == 0 && len(r.facts[i].Topics) > 0 && r.facts[i].Topics[0].ID == "beauty.skincare" {
			t.Errorf("%s was found without a reason", h.Creator)
		}
	}
	if len(r.hits) != len(texts) {
		t.Errorf("%d of %d", len(r.hits), len(texts))
	}
}

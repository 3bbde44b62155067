package account

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rapport/internal/recruit/creators"
)

// labelled reads the shared training file, which holds real people's accounts and is never copied.
func labelled(t *testing.T) *File {
	t.Helper()
	dir := os.Getenv("RAPPORT_SHARED")
	if dir == "" {
		dir = "../../../../../shared"
	}
	path := filepath.Join(dir, "data", "authenticity", "instagram_fake_genuine_train.csv")
	in, err := os.Open(path)
	if err != nil {
		t.Skipf("no labelled accounts at %s (set RAPPORT_SHARED to the folder that holds data/authenticity)", path)
	}
	defer in.Close()
	f, err := ReadFile(in)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTenFoldsOnTheTrainingFileHoldForEverySeed(t *testing.T) {
	all, err := CrossValidated(labelled(t), 10, 5)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Min(all.AUC) < 0.975 || slices.Max(all.Brier) > 0.06 {
		t.Errorf("AUC %v, Brier %v", all.AUC, all.Brier)
	}
}

// Half the file trains, the other half lacks what the first had: whole columns, as in files of other people.
func TestFewerColumnsCostLittle(t *testing.T) {
	f := labelled(t)
	half := deal(f.Rows, 2, 3)
	var train []Labelled
	for i, r := range f.Rows {
		if half[i] == 0 {
			train = append(train, r)
		}
	}
	m := fitted(train, 1)
	for name, c := range map[string]struct {
		hide       func(*Features)
		auc, brier float64
	}{
		"everything": {func(*Features) {}, 0.97, 0.06},
		"no full name": {func(f *Features) {
			f.FullnameWords, f.FullnameDigitShare, f.NameIsUsername, f.HasURL = nil, nil, nil, nil
		}, 0.965, 0.065},
		"no followers": {func(f *Features) { f.Followers = nil }, 0.95, 0.08},
		"no counts":    {func(f *Features) { f.Followers, f.Following, f.Posts = nil, nil, nil }, 0.92, 0.11},
		"counts only": {func(f *Features) {
			*f = Features{Followers: f.Followers, Following: f.Following, Posts: f.Posts}
		}, 0.93, 0.11},
	} {
		t.Run(name, func(t *testing.T) {
			var guesses []Guess
			for i, r := range f.Rows {
				if half[i] == 1 {
					c.hide(&r.Features)
					guesses = append(guesses, Guess{m.probability(r.Features), r.Genuine})
				}
			}
			if got := MeasureOf(guesses); got.AUC < c.auc || got.Brier > c.brier {
				t.Errorf("AUC %.4f, Brier %.4f, want %.3f and %.3f", got.AUC, got.Brier, c.auc, c.brier)
			} else {
				t.Logf("AUC %.4f, Brier %.4f", got.AUC, got.Brier)
			}
		})
	}
}

func TestTheShippedModelIsWhatTrainingMakes(t *testing.T) {
	f := labelled(t)
	m, err := Train(f.Rows, Shipped().Seed)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range m.Coefficients {
		// another processor may round the last digit differently
		if math.Abs(c-Shipped().Coefficients[i]) > 2e-3 {
			t.Errorf("coefficient %d is %v, shipped %v: run `rapport train account FILE`", i, c, Shipped().Coefficients[i])
		}
	}
}

// invented is a made-up population: genuine accounts post and are followed, fakes have digits and follow others.
func invented(n int, fakes float64, seed uint64) []Labelled {
	random := rand.New(rand.NewPCG(seed, 1))
	big := func(median, spread float64) *int64 {
		return number(math.Round(median * math.Exp(spread*random.NormFloat64())))
	}
	likely := func(p float64) *bool { b := random.Float64() < p; return &b }
	part := func(most float64) *float64 { s := most * random.Float64() * random.Float64(); return &s }
	rows := make([]Labelled, n)
	for i := range rows {
		if random.Float64() < fakes {
			rows[i] = Labelled{Features{HasPicture: likely(0.5), HasURL: likely(0.02), Private: likely(0.4), NameIsUsername: likely(0.1), UsernameDigitShare: part(0.9),
				FullnameDigitShare: part(0.3), FullnameWords: big(1, 0.5), BioLength: big(3, 1), Posts: big(3, 1.5), Followers: big(60, 1.2), Following: big(200, 1.3)}, false}
			continue
		}
		rows[i] = Labelled{Features{HasPicture: likely(0.97), HasURL: likely(0.3), Private: likely(0.4), NameIsUsername: likely(0.02), UsernameDigitShare: part(0.2),
			FullnameDigitShare: part(0.02), FullnameWords: big(2, 0.3), BioLength: big(40, 1), Posts: big(90, 1.2), Followers: big(700, 1.4), Following: big(400, 0.9)}, true}
	}
	return rows
}

func TestAnInventedPopulationIsLearntAndCalibrated(t *testing.T) {
	m, err := Train(invented(500, 0.5, 1), 7)
	if err != nil {
		t.Fatal(err)
	}
	e, err := m.Evaluate(&File{Rows: invented(3000, 0.5, 2), Labels: true})
	if err != nil {
		t.Fatal(err)
	}
	if e.Measure.AUC < 0.98 || e.Measure.Brier > 0.05 {
		t.Errorf("AUC %.4f, Brier %.4f", e.Measure.AUC, e.Measure.Brier)
	}
	for _, b := range e.Measure.Bins {
		if b.N >= 100 && math.Abs(b.Predicted-b.Observed) > 0.12 {
			t.Errorf("of those given %.2f, %.2f are genuine (%d accounts)", b.Predicted, b.Observed, b.N)
		}
	}
}

var drawnFeatures = rapid.Custom(func(t *rapid.T) Features {
	n := func(name string) *int64 { return rapid.Ptr(rapid.Int64Range(-1, 1e13), true).Draw(t, name) }
	b := func(name string) *bool { return rapid.Ptr(rapid.Bool(), true).Draw(t, name) }
	s := func(name string) *float64 { return rapid.Ptr(rapid.Float64Range(0, 1), true).Draw(t, name) }
	return Features{HasPicture: b("picture"), HasURL: b("url"), Private: b("private"), NameIsUsername: b("same"), UsernameDigitShare: s("digits"), FullnameDigitShare: s("name digits"),
		FullnameWords: n("words"), BioLength: n("bio"), Posts: n("posts"), Followers: n("followers"), Following: n("following"), Elsewhere: rapid.Bool().Draw(t, "elsewhere")}
})

func TestTheSumOfWhatIsShownIsTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := Score(drawnFeatures.Draw(t, "features"))
		z := j.Prior
		for _, s := range j.Signals {
			if !s.Known && (s.Contribution != 0 || s.Value != "") {
				t.Fatalf("%s is unknown and says %v %q", s.Name, s.Contribution, s.Value)
			}
			z += s.Contribution
		}
		if want := bounded(z); math.Abs(j.Probability-want) > 1e-12 || j.Probability <= 0 || j.Probability >= 1 || j.Low > j.Probability || j.High < j.Probability {
			t.Fatalf("%+v, the lines sum to %v", j, want)
		}
		if j.Unsure != (len(j.Doubts) > 0) {
			t.Fatalf("unsure %v with %v", j.Unsure, j.Doubts)
		}
	})
}

func TestAMissingSignalLeavesTheOthersAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawnFeatures.Draw(t, "features")
		less := masked(f, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)))
		all, some := Score(f), Score(less)
		for i, s := range some.Signals {
			if s.Known && s != all.Signals[i] {
				t.Fatalf("%+v became %+v", all.Signals[i], s)
			}
		}
	})
}

func TestMoreOfAGoodSignNeverHarms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawnFeatures.Draw(t, "features")
		a, b := rapid.Int64Range(0, 1e9).Draw(t, "a"), rapid.Int64Range(0, 1e9).Draw(t, "b")
		low, high := min(a, b), max(a, b)
		few, many := float64(low)/1e9, float64(high)/1e9
		for name, set := range map[string]func(*Features, bool){
			"posts": func(f *Features, more bool) { f.Posts = pick(more, &high, &low) }, "followers": func(f *Features, more bool) { f.Followers = pick(more, &high, &low) },
			"bio": func(f *Features, more bool) { f.BioLength = pick(more, &high, &low) }, "picture": func(f *Features, more bool) { f.HasPicture = &more },
			"fewer digits":      func(f *Features, more bool) { f.UsernameDigitShare = pick(more, &few, &many) },
			"fewer name digits": func(f *Features, more bool) { f.FullnameDigitShare = pick(more, &few, &many) },
		} {
			worse, better := f, f
			set(&worse, false)
			set(&better, true)
			if Score(better).Probability < Score(worse).Probability {
				t.Fatalf("%s: %v < %v", name, Score(better).Probability, Score(worse).Probability)
			}
		}
	})
}

func pick[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}

func TestUnknownIsNotZero(t *testing.T) {
	zero, no := int64(0), false
	nothing := Score(Features{})
	if !nothing.Unsure || !slices.Contains(nothing.Doubts, DoubtFewSignals) || math.Abs(nothing.Probability-0.5) > 0.1 {
		t.Errorf("of nothing known: %+v", nothing)
	}
	empty := Score(Features{Posts: &zero, Followers: &zero, HasPicture: &no})
	if empty.Probability > nothing.Probability/2 {
		t.Errorf("no posts, no followers, no picture: %v, unknown: %v", empty.Probability, nothing.Probability)
	}
	if wide, narrow := nothing.High-nothing.Low, Score(invented(1, 0, 1)[0].Features); wide <= narrow.High-narrow.Low {
		t.Errorf("knowing nothing leaves %v open, knowing all %v", wide, narrow.High-narrow.Low)
	}
}

func TestWhatTrainingNeverSawIsDoubted(t *testing.T) {
	f := invented(1, 0, 4)[0].Features
	if j := Score(f); j.Unsure {
		t.Fatalf("an ordinary account: %v", j.Doubts)
	}
	f.Followers = number(40_000_000)
	if j := Score(f); !slices.Equal(j.Doubts, []Doubt{DoubtLarge}) {
		t.Errorf("forty million followers: %v", j.Doubts)
	}
	f.Followers, f.Elsewhere = number(900), true
	if j := Score(f); !slices.Equal(j.Doubts, []Doubt{DoubtElsewhere}) {
		t.Errorf("another platform: %v", j.Doubts)
	}
}

func TestFeaturesTellEmptyFromUnknown(t *testing.T) {
	name, bio := "Mara 7", ""
	f := FeaturesOf(Seen{Platform: creators.PlatformInstagram, Handle: "mara_2024", Name: &name, Bio: &bio})
	if *f.UsernameDigitShare != 4.0/9 || *f.FullnameDigitShare != 1.0/6 || *f.FullnameWords != 2 || *f.BioLength != 0 || *f.NameIsUsername || f.Posts != nil || f.Elsewhere {
		t.Errorf("%+v", f)
	}
	f = OfProfile(creators.Profile{Platform: creators.PlatformTikTok, Handle: "mara"}, nil)
	if f.BioLength != nil || f.FullnameWords != nil || f.HasPicture != nil || !f.Elsewhere {
		t.Errorf("%+v", f)
	}
}

func TestFilesThatCannotBeUsedSayWhy(t *testing.T) {
	for text, says := range map[string]string{
		"": "empty", "fake,posts\n": "no rows", "a,b\n1,2\n": "None of the columns", "posts,posts,fake\n1,1,1\n": "twice",
		"posts,fake\nmany,1\n": "Line 2: “many”", "posts,fake\n1,\n": "“fake”", "posts,fake\n1,2\n": "0 or 1", "username_digit_share,fake\n40,1\n": "share from 0 to 1",
		"posts,fake\n1\n": "line 2", "posts,fake\n-1,0\n": "count from 0 up",
	} {
		if _, err := ReadFile(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want something with %q", text, err, says)
		}
	}
	f, err := ReadFile(strings.NewReader("\ufeffFollowers,colour,fake,has_picture\n12,red,1,\n7,,0,yes\n"))
	if err != nil || len(f.Rows) != 2 || f.Rows[0].Features.HasPicture != nil || !*f.Rows[1].Features.HasPicture || len(f.Absent) != 9 || len(f.Ignored) != 1 || f.Without["has_picture"] != 1 {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := Shipped().Evaluate(&File{Rows: f.Rows}); err == nil {
		t.Error("a file without labels was measured")
	}
}

// The same account in seven spellings is the same account.
func TestOneTableInManySpellingsReadsTheSame(t *testing.T) {
	for name, text := range map[string]string{
		"plain":             "has_picture,username_digit_share,followers,fake\n1,0.25,1200,0\n",
		"other order":       "fake,followers,username_digit_share,has_picture\n0,1200,0.25,1\n",
		"semicolons":        "has_picture;username_digit_share;followers;fake\r\ntrue;0.25;1200;no\r\n",
		"tabs":              "has_picture\tusername_digit_share\tfollowers\tfake\nY\t0.25\t1200\tN\n",
		"percent":           "has_picture,username_digit_share,followers,fake\nYes,25 %,1200,False\n",
		"floats":            "has_picture,username_digit_share,followers,fake\n1.0,.25,1.2e3,0.0\n",
		"headers of people": "\ufeffHas Picture,Username-Digit-Share,FOLLOWERS,Fake\n1,0.25,1200,0\n",
	} {
		f, err := ReadFile(strings.NewReader(text))
		if err != nil || len(f.Rows) != 1 {
			t.Errorf("%s: %+v, %v", name, f, err)
			continue
		}
		r := f.Rows[0]
		if !r.Genuine || !*r.Features.HasPicture || *r.Features.UsernameDigitShare != 0.25 || *r.Features.Followers != 1200 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if _, err := ReadFile(strings.NewReader("followers,fake\n12%,1\n")); err == nil || !strings.Contains(err.Error(), "followers") {
		t.Errorf("a count in percent: %v", err)
	}
}

func TestFiguresOfKnownGuesses(t *testing.T) {
	guesses := []Guess{{0.1, false}, {0.4, true}, {0.4, false}, {0.9, true}}
	if auc, ok := AUC(guesses); !ok || auc != 0.875 {
		t.Errorf("AUC %v", auc)
	}
	if b := Brier(guesses); math.Abs(b-(0.01+0.36+0.16+0.01)/4) > 1e-12 {
		t.Errorf("Brier %v", b)
	}
	if _, ok := AUC(guesses[:1]); ok {
		t.Error("one kind cannot be ranked")
	}
	if bins := Calibration(guesses); bins[4].N != 2 || bins[4].Observed != 0.5 || bins[9].N != 1 {
		t.Errorf("%+v", bins)
	}
}

func TestAModelIsWrittenAsItIsRead(t *testing.T) {
	var text bytes.Buffer
	if err := Shipped().Write(&text); err != nil || !bytes.Equal(text.Bytes(), embedded) {
		t.Errorf("the embedded model is written differently (%v)", err)
	}
	var m Model
	if err := json.Unmarshal(text.Bytes(), &m); err != nil || m.check() != nil {
		t.Errorf("%v %v", err, m.check())
	}
	m.Signals[0] = "charm"
	if m.check() == nil {
		t.Error("a model of other signals passes")
	}
}

func FuzzReadFile(f *testing.F) {
	f.Add("posts,fake\n1,0\n")
	f.Add("has_picture;fake\n\"1,0\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := ReadFile(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, r := range file.Rows {
			if j := Score(r.Features); !(j.Probability > 0 && j.Probability < 1) {
				t.Errorf("%+v: %v", r.Features, j.Probability)
			}
		}
	})
}

package meaning

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"rapport/internal/base/fault"

	"pgregory.net/rapid"
)

func TestVeganSkincareIsFoundInOtherWords(t *testing.T) {
	docs := []Document{
		{Key: "cleansers", Texts: []string{"my evening routine", "third week on this moisturizer"}, Hashtags: []string{"crueltyfree", "serum"}},
		{Key: "german", Texts: []string{"meine liebste Feuchtigkeitscreme"}, Hashtags: []string{"Naturkosmetik"}, Bio: "Gesichtspflege"},
		{Key: "vietnamese", Texts: []string{"cách dùng sữa rửa mặt"}, Hashtags: []string{"mỹphẩmthiênnhiên"}},
		{Key: "lipstick", Texts: []string{"a red lipstick for the evening"}, Hashtags: []string{"mua"}},
		{Key: "games", Texts: []string{"new minecraft world", "evening stream"}, Hashtags: []string{"gaming"}},
		{Key: "money", Texts: []string{"how I save for my first etf"}, Hashtags: []string{"FinanzTipps", "aktien"}},
		{Key: "dogs", Texts: []string{"our puppy in the evening"}, Hashtags: []string{"hundetraining"}},
		{Key: "cars", Texts: []string{"a porsche for the week"}, Hashtags: []string{"jdm"}},
	}
	space := Train(slices.Values(docs), Options{})
	for _, sentence := range []string{"vegan skincare for sensitive skin", "vegane Hautpflege für empfindliche Haut", "mỹ phẩm thuần chay cho da nhạy cảm"} {
		q := space.EmbedQuery(sentence)
		places := space.PlaceAll(docs)
		found := near(q, places, func(int) bool { return false })
		if len(found) < 3 {
			t.Fatalf("%s: %+v", sentence, found)
		}
		var first []string
		for _, f := range found[:3] {
			first = append(first, docs[f.doc].Key)
		}
		slices.Sort(first)
		if !slices.Equal(first, []string{"cleansers", "german", "vietnamese"}) {
			t.Errorf("%s finds %v", sentence, first)
		}
	}
}

func TestMeaningIsNotWorseThanPlainWordsAtAnySize(t *testing.T) {
	for _, size := range []struct{ creators, queries, worlds int }{{50, 100, 3}, {200, 100, 3}, {1500, 40, 1}} {
		sums := map[string]row{}
		for seed := range uint64(size.worlds) {
			for _, r := range invented(size.creators, seed).rows(size.queries, seed) {
				s := sums[r.kind]
				sums[r.kind] = row{r.kind, s.queries + r.queries, s.plain + r.plain, s.semantic + r.semantic, s.blend + r.blend}
			}
		}
		for _, s := range sums {
			t.Logf("%5d creators, %-16s plain %5.0f  meaning %5.0f  search %5.0f", size.creators, s.kind, s.plain, s.semantic, s.blend)
			if s.blend < s.plain {
				t.Errorf("%d creators, %s: the search finds %v, plain words %v", size.creators, s.kind, s.blend, s.plain)
			}
			if s.blend < 2*s.plain && size.creators == 200 && s.kind == "two words" {
				t.Errorf("%d creators: meaning adds too little: %+v", size.creators, s)
			}
		}
	}
}

// shared finds data that is not part of this repository.
func shared(t *testing.T, path string) string {
	t.Helper()
	root := os.Getenv("RAPPORT_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	path = filepath.Join(root, path)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the sample data is not here: %v", err)
	}
	return path
}

func TestHiddenHashtagsLeadBackFiveTimesAsOftenAsWords(t *testing.T) {
	in, err := os.Open(shared(t, "data/creators/tiktok_posts_2025.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	docs, err := ReadPosts(in)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(2) {
		e := Evaluate(docs, 5, 1000+seed, Options{})
		t.Logf("seed %d: %+v", 1000+seed, e)
		if e.Queries < 100 || e.Semantic.Hits < 5*e.Plain.Hits || e.Blend.Hits < 5*e.Plain.Hits {
			t.Errorf("seed %d: %+v", 1000+seed, e)
		}
		if e.Semantic.Recall < 5*e.Plain.Recall || e.Blend.MRR < 3*e.Plain.MRR || e.Blend.Hits < 10*e.Chance {
			t.Errorf("seed %d: %+v", 1000+seed, e)
		}
	}
}

func TestNothingOfTheHiddenHashtagIsLeft(t *testing.T) {
	w := invented(300, 3)
	h := Hide(w.docs, 9)
	again := Hide(w.docs, 9)
	other, same := Hide(w.docs, 10), 0
	for i, d := range h.Documents {
		tag := h.Tags[i]
		if tag == "" || slices.Contains(foldedTags(d), tag) || !slices.Contains(foldedTags(w.docs[i]), tag) {
			t.Fatalf("%q of %v", tag, d.Hashtags)
		}
		if again.Tags[i] != tag {
			t.Fatal("the same seed hides another")
		}
		if other.Tags[i] == tag {
			same++
		}
	}
	if same > 100 {
		t.Errorf("another seed hides %d of 300 alike", same)
	}
}

func TestTheSameTextsGiveTheSameSpace(t *testing.T) {
	w := invented(600, 4)
	var first, second bytes.Buffer
	if err := w.space.Save(&first); err != nil {
		t.Fatal(err)
	}
	before := runtime.GOMAXPROCS(1)
	one := Train(slices.Values(w.docs), Options{Seed: 4})
	runtime.GOMAXPROCS(before)
	if err := one.Save(&second); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("one processor learns another space than many")
	}
	loaded, err := Load(&first)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		a, b := w.space.Embed(w.docs[i]), loaded.Embed(w.docs[i])
		if !slices.Equal(a, b) {
			t.Fatalf("a loaded space places %d elsewhere", i)
		}
		p, q := w.places[i], loaded.EmbedQuery(w.words[0][1]+" "+w.words[3][2])
		r := w.space.EmbedQuery(w.words[0][1] + " " + w.words[3][2])
		if q.Nearness(&p) != r.Nearness(&p) {
			t.Fatal("a loaded space answers otherwise")
		}
	}
}

func TestADamagedSpaceIsRefused(t *testing.T) {
	w := invented(60, 5)
	var out bytes.Buffer
	if err := w.space.Save(&out); err != nil {
		t.Fatal(err)
	}
	good := out.Bytes()
	for name, b := range map[string][]byte{
		"empty": nil, "cut": good[:len(good)-1], "longer": append(slices.Clone(good), 0), "version": bytes.Replace(good, []byte("meaning 1"), []byte("meaning 2"), 1),
		"changed": func() []byte { b := slices.Clone(good); b[len(b)/2] ^= 1; return b }(),
	} {
		if _, err := Load(bytes.NewReader(b)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEmptyAndPoorCorpora(t *testing.T) {
	for name, docs := range map[string][]Document{
		"none": nil, "empty": {{}, {}}, "one": {{Texts: []string{"skincare"}}}, "nothing in common": {{Texts: []string{"abc"}}, {Texts: []string{"def"}}},
		"all alike": {{Texts: []string{"tea tea"}}, {Texts: []string{"tea"}}, {Texts: []string{"tea"}}},
	} {
		space := Train(slices.Values(docs), Options{})
		q := space.EmbedQuery("skincare and tea")
		for _, p := range append(space.PlaceAll(docs), Place{}) {
			if n := q.Nearness(&p); n < 0 || n > 1.0001 || n != n {
				t.Errorf("%s: %v", name, n)
			}
		}
		var out bytes.Buffer
		if err := space.Save(&out); err != nil {
			t.Fatal(name, err)
		}
		if _, err := Load(&out); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBlendLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.Float64Range(0, 1)
		any := rapid.Float64()
		a, b := Match{unit.Draw(t, "words"), unit.Draw(t, "coverage"), unit.Draw(t, "near")}, Match{any.Draw(t, "w"), any.Draw(t, "c"), any.Draw(t, "n")}
		if x := Blend(b); !(x >= 0 && x <= 2.5) {
			t.Fatalf("%+v ranks %v", b, x)
		}
		all, none := a, Match{Nearness: b.Nearness}
		all.Coverage = 1
		if Blend(all) < Blend(none) {
			t.Fatalf("%+v stands below %+v", all, none)
		}
		up := a
		switch rapid.IntRange(0, 2).Draw(t, "which") {
		case 0:
			up.Words = min(1, up.Words+unit.Draw(t, "more"))
		case 1:
			up.Coverage = min(1, up.Coverage+unit.Draw(t, "more"))
		case 2:
			up.Nearness = min(1, up.Nearness+unit.Draw(t, "more"))
		}
		if Blend(up) < Blend(a) {
			t.Fatalf("%+v ranks below %+v", up, a)
		}
	})
}

func TestPlacesDoNotDependOnTheOrderOfTexts(t *testing.T) {
	w := invented(200, 6)
	rapid.Check(t, func(t *rapid.T) {
		d := w.docs[rapid.IntRange(0, 199).Draw(t, "doc")]
		turned := d
		turned.Texts = rapid.Permutation(d.Texts).Draw(t, "texts")
		turned.Hashtags = rapid.Permutation(d.Hashtags).Draw(t, "tags")
		if n := Dot(w.space.Embed(d), w.space.Embed(turned)); n < 0.9999 {
			t.Fatalf("the same texts are %v alike", n)
		}
	})
}

func TestNeighbours(t *testing.T) {
	w := invented(800, 7)
	right := 0
	for s := range 20 {
		for _, n := range w.space.Neighbours(w.words[s][5], 5) {
			if slices.Contains(w.words[s], n.Term) {
				right++
			}
			if n.Term == w.words[s][5] {
				t.Error("a word is its own neighbour")
			}
		}
	}
	if right < 90 {
		t.Errorf("%d of 100 neighbours are of the subject", right)
	}
	if got := w.space.Neighbours("nobodywrotethis", 5); len(got) > 0 {
		t.Errorf("an unknown word has neighbours %v", got)
	}
}

func TestLookalikesWriteOfTheSameSubject(t *testing.T) {
	w := invented(800, 11)
	right, all := 0, 0
	for asked := range 30 {
		q := w.space.Ask("", w.places[asked])
		for _, f := range near(q, w.places, func(doc int) bool { return doc == asked })[:10] {
			all++
			if w.subject[f.doc] == w.subject[asked] {
				right++
			}
		}
	}
	if right*10 < all*8 { // one in forty by chance
		t.Errorf("%d of %d lookalikes write of the same subject", right, all)
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"Zoë's #VeganSkincare — Größe 38": "zoe #veganskincare grosse 38",
		"chăm sóc da ĐẸP":                 "cham soc da dep",
		"敏感肌 ok":                          "敏感 感肌 ok",
		"茶":                               "茶",
		"a b 5 cc":                        "cc",
		strings.Repeat("x", 65):           "",
		"":                                "",
		"Ελλάδα МОСКВА":                   "ελλαδα москва",
	} {
		if got := strings.Join(Words(text), " "); got != strings.ReplaceAll(want, "#", "") {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestCompoundsArePartedWhereTheirPartsAreWritten(t *testing.T) {
	d := dictionary{"vegan": 3, "skincare": 4, "skin": 3, "care": 3, "summer": 4, "some": 2}
	for word, want := range map[string]string{
		"veganskincare": "vegan skincare", "skincare": "skin care", "veganxyz": "", "vegan": "", "summervegan": "summer vegan", strings.Repeat("skin", 11): "",
	} {
		if got := strings.Join(d.compound(word), " "); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
	if got := camel("VeganSkincareTips2Go"); got != "Vegan Skincare Tips2 Go" {
		t.Error(got)
	}
}

func TestTopicsAreEditedAndChecked(t *testing.T) {
	own := Merge(DefaultTopics(), []Topic{{ID: "beauty.soap", Name: "Soap", Parent: "beauty", Words: []string{"Olive soap", "savon d alep"}}, {ID: "cars", Name: "Cars", Words: []string{"brummi"}}})
	tree, err := NewTree(own)
	if err != nil {
		t.Fatal(err)
	}
	found := tree.Match(Document{Texts: []string{"My Brummi and olive SOAP"}, Hashtags: []string{"OliveSoap"}})
	if len(found) != 2 || found[0].Topic.ID != "beauty.soap" || !slices.Equal(found[0].Words, []string{"olive soap", "olivesoap"}) || found[1].Topic.ID != "cars" {
		t.Errorf("%+v", found)
	}
	if len(DefaultTree().Match(Document{Texts: []string{"brummi"}})) > 0 {
		t.Error("a program's topics leak into the built-in ones")
	}
	for name, topics := range map[string][]Topic{
		"circle": {{ID: "a", Name: "A", Parent: "b"}, {ID: "b", Name: "B", Parent: "a"}}, "orphan": {{ID: "a.b", Name: "B", Parent: "a"}},
		"twice": {{ID: "a", Name: "A"}, {ID: "a", Name: "A"}}, "id": {{ID: "A b", Name: "A"}}, "name": {{ID: "a"}},
		"phrase": {{ID: "a", Name: "A", Words: []string{"one two three four five"}}}, "many": {{ID: "a", Name: "A", Words: make([]string, MostTopicWords+1)}},
	} {
		if _, err := NewTree(topics); err == nil {
			t.Errorf("%s is taken", name)
		} else if _, ok := fault.As(err); !ok {
			t.Errorf("%s: people cannot read %v", name, err)
		}
	}
}

func TestBuiltInTopicsAreFoundInManyLanguages(t *testing.T) {
	for text, want := range map[string]string{
		"slow fashion haul": "fashion.sustainable", "nachhaltige Mode": "fashion.sustainable", "moda sostenible": "fashion.sustainable", "mode éthique": "fashion.sustainable",
		"brechó online": "fashion.sustainable", "thời trang bền vững": "fashion.sustainable", "#GlutenFree #VeganRecipes": "food.vegan", "コーヒー": "food.coffee",
		"meal prep with my air fryer": "food.cooking", "我家的猫咪": "pets.cats", "Programmieren lernen": "tech.software", "mẹ bỉm sữa": "parenting",
	} {
		found := DefaultTree().Match(Document{Texts: []string{text}})
		if !slices.ContainsFunc(found, func(s TopicScore) bool { return s.Topic.ID == want }) {
			t.Errorf("%q: %+v, want %s", text, found, want)
		}
	}
	if n := len(DefaultTopics()); n < 60 {
		t.Errorf("%d topics", n)
	}
}

// Words that everybody writes in some language must not tell of a topic in another.
func TestCommonWordsTellOfNoTopic(t *testing.T) {
	common := `the and for you that with this have from your they will what about when make like time just know take people into year good some could them see other than then now
		look only come its over think also back after use two how our work first well way even new want because any these give day most us
		der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über
		de la que el en y a los del se las por un para con no una su al lo como más pero sus le ya o este sí porque esta entre cuando muy sin sobre también me hasta hay donde
		le les des et est dans qui pour pas sur ce plus par je avec tout faire son mettre autre on mais nous comme ou si leur dire elle
		não uma os no na por mais as dos mas foi ao ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso ela
		il che è di un per non una sono mi ho lo ha le si ti i con cosa se io come da ci no questo qui e hai sei del bene tu sì me più al mio
		không của này anh người cho làm quá bạn rồi con được thì cái ngày lại cũng nào các mình khi phải tôi một mới như với lời còn luôn biết trong trả chỉ nói chị`
	for _, w := range strings.Fields(common) {
		if found := DefaultTree().Match(Document{Texts: []string{w}}); len(found) > 0 {
			t.Errorf("%q tells of %s", w, found[0].Topic.ID)
		}
	}
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"#VeganSkincare", "敏感肌のスキンケア", "chăm sóc da", "ﬁ\u0301\xff#", "สกินแคร์ดี", "e\u0301_ü"} {
		f.Add(s)
	}
	space := Train(slices.Values([]Document{{Texts: []string{"vegan skincare tea"}}, {Texts: []string{"vegan skincare tea"}}, {Texts: []string{"vegan skincare"}}}), Options{})
	f.Fuzz(func(t *testing.T, text string) {
		for _, w := range Words(text) {
			if w == "" || len(w) > longestTerm || len(Words(w)) != 1 || Words(w)[0] != w {
				t.Fatalf("%q gives %q, which gives %q", text, w, Words(w))
			}
		}
		q := space.EmbedQuery(text)
		p := space.Embedder().Place(Document{Texts: []string{text}, Hashtags: []string{text}, Bio: text})
		if n := q.Nearness(&p); !(n >= 0 && n < 1.001) {
			t.Fatalf("%q stands at %v to itself", text, n)
		}
	})
}

func FuzzLoad(f *testing.F) {
	small, err := NewTree([]Topic{{ID: "tea", Name: "Tea"}, {ID: "tea.green", Name: "Green tea", Parent: "tea"}})
	if err != nil {
		f.Fatal(err)
	}
	var out bytes.Buffer
	if err := Train(slices.Values([]Document{{Texts: []string{"vegan tea"}}, {Texts: []string{"vegan tea"}}}), Options{Tree: small}).Save(&out); err != nil {
		f.Fatal(err)
	}
	body := out.Bytes()[len(saved) : out.Len()-32]
	f.Add(body)
	f.Add(body[:len(body)/2])
	f.Add([]byte("\x02[]\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		in := &taker{from: body} // past the sum, which no mutation would pass
		if s := in.space(); !in.bad {
			s.EmbedQuery("vegan tea")
			s.Neighbours("vegan", 3)
		}
	})
}

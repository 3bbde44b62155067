package meaning

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// world is an invented corpus whose truth is known: every creator writes mostly of one subject, in some of its words, among noise that all share.
type world struct {
	docs    []Document
	subject []int      // of each creator
	words   [][]string // of each subject
	noise   []string
	space   *Space
	places  []Place
	plain   *plain
}

// invented makes so many creators with about ten posts each. Half of the words of every second subject are words of the topic tree, all others are made
// up: the tree knows real subjects in part, and nothing of the rest.
func invented(creators int, seed uint64) *world {
	w := &world{}
	w.make(creators, seed)
	w.space = Train(slices.Values(w.docs), Options{Seed: seed})
	w.places, w.plain = w.space.PlaceAll(w.docs), plainOf(w.docs)
	return w
}

func (w *world) make(creators int, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	w.docs, w.subject = make([]Document, creators), make([]int, creators)
	made := map[string]bool{}
	for range 40 {
		w.words = append(w.words, subjectWords(r, len(w.words), made))
	}
	for range 2000 {
		w.noise = append(w.noise, word(r, made))
	}
	for i := range w.docs {
		w.subject[i] = r.IntN(len(w.words))
		w.docs[i] = w.creator(r, i)
	}
}

// subjectWords are sixty words of a subject.
func subjectWords(r *rand.Rand, subject int, made map[string]bool) (words []string) {
	topics := DefaultTopics()
	if subject%2 == 0 {
		for _, known := range topics[subject*2].Words {
			if len(words) < 30 && len(Words(known)) == 1 && Words(known)[0] == known && !made[known] {
				made[known] = true
				words = append(words, known)
			}
		}
	}
	for len(words) < 60 {
		words = append(words, word(r, made))
	}
	r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	return words
}

// word makes up a word that was not there before.
func word(r *rand.Rand, made map[string]bool) string {
	for {
		var b strings.Builder
		for range 2 + r.IntN(2) {
			b.WriteByte("bdfgklmnprstvz"[r.IntN(14)])
			b.WriteByte("aeiou"[r.IntN(5)])
			b.WriteByte("lmnrsx"[r.IntN(6)])
		}
		if w := b.String(); !made[w] {
			made[w] = true
			return w
		}
	}
}

// zipf draws a place: early ones often, late ones seldom.
func zipf(r *rand.Rand, n int) int { return int(math.Pow(float64(n+1), r.Float64())) - 1 }

// creator writes in fifteen of the subject's words, and now and then in a word of any other subject.
func (w *world) creator(r *rand.Rand, i int) Document {
	d := Document{Key: fmt.Sprintf("invented-%06d", i)}
	own := make([]string, 15)
	for j := range own {
		own[j] = w.words[w.subject[i]][r.IntN(60)]
	}
	pick := func() string {
		switch x := r.Float64(); {
		case x < 0.3:
			return own[r.IntN(len(own))]
		case x < 0.4:
			return w.words[r.IntN(len(w.words))][r.IntN(60)]
		default:
			return w.noise[zipf(r, len(w.noise))]
		}
	}
	for range 4 + r.IntN(12) {
		var text []string
		for range 8 {
			text = append(text, pick())
		}
		d.Texts = append(d.Texts, strings.Join(text, " "))
		for range 1 + r.IntN(3) {
			d.Hashtags = append(d.Hashtags, pick())
		}
	}
	d.Bio = pick() + " " + pick()
	return d
}

// row is one line of the table: queries of one kind, right creators among the first ten.
type row struct {
	kind                   string
	queries                int
	plain, semantic, blend float64
}

// ask searches with so many words of a subject; right is whoever writes of the subject.
func (w *world) ask(kind string, queries int, seed uint64, text func(r *rand.Rand, subject int) string) row {
	space, places, words := w.space, w.places, w.plain
	r := rand.New(rand.NewPCG(seed, 2))
	out := row{kind: kind, queries: queries}
	texts, subjects := make([]string, queries), make([]int, queries)
	for i := range texts {
		subjects[i] = r.IntN(len(w.words))
		texts[i] = text(r, subjects[i])
	}
	results := make([]row, queries)
	nobody := func(int) bool { return false }
	together(queries, func(i int) {
		right := func(doc int) bool { return w.subject[doc] == subjects[i] }
		byWords := words.search(Words(texts[i]), nobody)
		byMeaning := near(space.EmbedQuery(texts[i]), places, nobody)
		results[i].plain = measured(byWords, right, 1).Hits
		results[i].semantic = measured(byMeaning, right, 1).Hits
		results[i].blend = measured(blended(byWords, byMeaning), right, 1).Hits
	})
	for _, one := range results {
		out.plain += one.plain
		out.semantic += one.semantic
		out.blend += one.blend
	}
	return out
}

// rows are the kinds of queries of the table.
func (w *world) rows(queries int, seed uint64) []row {
	of := func(r *rand.Rand, s int) string { return w.words[s][r.IntN(60)] }
	return []row{
		w.ask("one word", queries, seed, of),
		w.ask("two words", queries, seed, func(r *rand.Rand, s int) string { return of(r, s) + " " + of(r, s) }),
		w.ask("four words", queries, seed, func(r *rand.Rand, s int) string {
			return of(r, s) + " " + of(r, s) + " " + of(r, s) + " " + of(r, s)
		}),
		w.ask("a word and noise", queries, seed, func(r *rand.Rand, s int) string { return of(r, s) + " " + w.noise[zipf(r, len(w.noise))] }),
		w.ask("#compound", queries, seed, func(r *rand.Rand, s int) string { return "#" + of(r, s) + of(r, s) }),
	}
}

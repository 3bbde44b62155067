package meaning

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// BenchmarkHundredThousand learns a space of 100,000 invented creators with 950,000 posts, places them all and asks: seconds for each step, and the
// table of hits at that size. Run it with -benchtime 1x.
func BenchmarkHundredThousand(b *testing.B) {
	w := &world{}
	w.make(100_000, 1)
	for b.Loop() {
		start := b.Elapsed()
		w.space = Train(slices.Values(w.docs), Options{})
		trained := b.Elapsed()
		w.places = w.space.PlaceAll(w.docs)
		placed := b.Elapsed()
		b.ReportMetric((trained - start).Seconds(), "s/train")
		b.ReportMetric((placed - trained).Seconds(), "s/place")
	}
	b.Logf("%d terms, %d dimensions", w.space.Vocabulary(), w.space.Dimensions())
	w.plain = plainOf(w.docs)
	for _, r := range w.rows(40, 1) {
		b.Logf("%-18s plain %4.0f  semantic %4.0f  blend %4.0f of %d", r.kind, r.plain, r.semantic, r.blend, 10*r.queries)
		if r.blend < r.plain {
			b.Errorf("%s: blend finds %v, plain words %v", r.kind, r.blend, r.plain)
		}
	}
}

func BenchmarkPlace(b *testing.B) {
	w := invented(500, 1)
	e := w.space.Embedder()
	for i := 0; b.Loop(); i++ {
		e.Place(w.docs[i%len(w.docs)])
	}
}

// BenchmarkNearness asks one query of 100,000 places.
func BenchmarkNearness(b *testing.B) {
	w := invented(500, 1)
	places := make([]Place, 100_000)
	for i := range places {
		places[i] = w.places[rand.IntN(len(w.places))]
	}
	for b.Loop() {
		q := w.space.EmbedQuery(w.words[0][0] + " " + w.words[0][1])
		for i := range places {
			q.Nearness(&places[i])
		}
	}
}

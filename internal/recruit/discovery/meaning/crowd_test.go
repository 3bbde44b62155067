package meaning

import (
	"slices"
	"testing"
)

// The crowd lays places out anew; what it answers must not differ in a bit.
func TestACrowdAnswersWhatItsMembersAnswerOneByOne(t *testing.T) {
	w := invented(300, 1)
	c := w.space.Crowd(w.docs)
	places := slices.Clone(w.places)
	for member := 0; member < len(w.docs); member += 7 { // some write anew, some newcomers
		places[member] = w.space.Embedder().Place(w.docs[(member+1)%len(w.docs)])
		c.Set(uint32(member), places[member]) //nolint:gosec // few
	}
	for _, d := range []Document{w.docs[5], {}, {Texts: []string{"nothingknown"}}} {
		places = append(places, w.space.Embedder().Place(d))
		c.Set(uint32(len(places)-1), places[len(places)-1]) //nolint:gosec // few
	}
	if c.Members() != len(places) {
		t.Fatalf("%d members, want %d", c.Members(), len(places))
	}
	for _, q := range []Query{w.space.Ask(w.words[0][0] + " " + w.words[1][1]), w.space.Ask("", c.Place(3), c.Place(7)), w.space.Ask("nothingknown"), w.space.Ask("")} {
		along := make([]float32, c.Members())
		c.Along(&q, along)
		for member, p := range places {
			near := c.Nearness(&q, uint32(member), along[member]) //nolint:gosec // few
			if want := q.Nearness(&p); near != want {
				t.Fatalf("member %d is near by %v, alone by %v", member, near, want)
			}
			if least, most := NearnessBounds(along[member]); near < least || near > most {
				t.Fatalf("member %d is near by %v, outside of %v to %v", member, near, least, most)
			}
			if most := c.NearnessAtMost(&q, Tail(q.Vector), uint32(member), along[member]); near > most { //nolint:gosec // few
				t.Fatalf("member %d is near by %v, more than %v", member, near, most)
			}
		}
	}
	for member, p := range places {
		if got := c.Place(uint32(member)); !slices.Equal(got.Vector, p.Vector) || !slices.Equal(got.terms, p.terms) { //nolint:gosec // few
			t.Fatalf("member %d stands elsewhere", member)
		}
	}
}

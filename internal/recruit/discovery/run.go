package discovery

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"rapport/internal/base/fault"
	"rapport/internal/recruit/creators"
)

// ran is a page as memory has it.
type ran struct {
	hits  []Hit
	facts []Facts
	total int
	next  string
	wrong error
}

// ranked is a creator with what it is sorted by.
type ranked struct {
	slot uint32
	key  float64 // the larger the earlier; unused where names decide
	name string
	id   creators.ID
}

func before(a, b ranked) bool {
	if a.key != b.key {
		return a.key > b.key
	}
	if a.name != b.name {
		return a.name < b.name
	}
	return a.id < b.id
}

// run searches in memory.
func (s *state) run(now time.Time, q Query, only map[creators.ID]bool) (r ran) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	after, err := readCursor(q.Page.After)
	if err != nil {
		return ran{wrong: err}
	}
	m := s.match(now, q)
	defer m.done()
	s.candidates(q, func(at uint32, e *entry) { m.lent.all = append(m.lent.all, candidate{at, e}) })
	found, total := m.first(q, m.lent.all, after, only)
	r.total = total
	if len(found) > q.Page.Bound() {
		found = found[:q.Page.Bound()]
		r.next = writeCursor(found[len(found)-1])
	}
	for _, c := range found {
		one := &s.slots[c.slot]
		r.hits = append(r.hits, Hit{Creator: one.id, Relevance: m.relevance(c.slot), Why: m.why(c.slot)})
		r.facts = append(r.facts, m.facts(c.slot, s.by[q.Program].find(c.slot)))
	}
	return r
}

// candidate is a creator that the caller may see.
type candidate struct {
	slot uint32
	here *entry
}

// leastShare is how many candidates are worth a processor of their own.
const leastShare = 5000

// first filters and ranks candidates, on all processors where there are many, and returns the first of those that stand after a cursor, and how
// many passed the filters.
func (m *match) first(q Query, all []candidate, after ranked, only map[creators.ID]bool) (best []ranked, total int) {
	share := max(leastShare, len(all)/runtime.GOMAXPROCS(0)+1)
	var parts []*found
	var workers sync.WaitGroup
	f := m.s.filter(&q)
	for some := range slices.Chunk(all, share) {
		p := &found{top: newTop(q.Page.Bound() + 1)}
		parts = append(parts, p)
		workers.Go(func() { p.rank(m, f, some, after, only) })
	}
	workers.Wait()
	whole := newTop(q.Page.Bound() + 1)
	for _, p := range parts {
		total += p.total
		for _, one := range p.heap {
			whole.add(one)
		}
	}
	return whole.sorted(), total
}

// found is what one processor found.
type found struct {
	*top
	total int
}

func (p *found) rank(m *match, f *filter, some []candidate, after ranked, only map[creators.ID]bool) {
	order := f.order()
	for _, c := range some {
		if m.s.figures[c.slot].marks&markThere == 0 || only != nil && !only[m.s.slots[c.slot].id] || !f.keeps(m.s, c.slot, c.here) || !m.holds(c.slot) {
			continue
		}
		p.total++
		if r, ok := m.rank(order, c.slot, c.here, p.worst()); ok && (f.Page.After == "" || before(after, r)) {
			p.add(r)
		}
	}
}

// candidates calls f for every creator the caller may see, once each, with what Program knows of it.
func (s *state) candidates(q Query, f func(at uint32, e *entry)) {
	here := s.by[q.Program]
	if q.Everywhere {
		for at := range s.slots {
			f(uint32(at), here.find(uint32(at))) //nolint:gosec // slots are counted in uint32
		}
		return
	}
	var seen []uint64
	if len(q.Programs) > 1 {
		seen = make([]uint64, len(s.slots)/64+1)
	}
	for _, id := range q.Programs {
		p := s.by[id]
		if p == nil {
			continue
		}
		for i := range p.entries {
			e := &p.entries[i]
			if e.status == "" {
				continue
			}
			if seen != nil {
				if seen[e.slot/64]&(1<<(e.slot%64)) != 0 {
					continue
				}
				seen[e.slot/64] |= 1 << (e.slot % 64)
			}
			mine := e
			if id != q.Program {
				mine = here.find(e.slot)
			}
			f(e.slot, mine)
		}
	}
}

func sameLanguage(has, wanted string) bool {
	return has == wanted || strings.HasPrefix(has, wanted+"-")
}

// top keeps the best few of many.
type top struct {
	most int
	heap []ranked // the worst first
}

func newTop(most int) *top { return &top{most: most} }

// worst is whom a better one would push out; nil as long as there is room.
func (t *top) worst() *ranked {
	if len(t.heap) < t.most {
		return nil
	}
	return &t.heap[0]
}

func (t *top) add(c ranked) {
	if len(t.heap) < t.most {
		t.heap = append(t.heap, c)
		for i := len(t.heap) - 1; i > 0 && before(t.heap[(i-1)/2], t.heap[i]); i = (i - 1) / 2 {
			t.heap[i], t.heap[(i-1)/2] = t.heap[(i-1)/2], t.heap[i]
		}
		return
	}
	if !before(c, t.heap[0]) {
		return
	}
	t.heap[0] = c
	for i := 0; ; {
		worst := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < len(t.heap) && before(t.heap[worst], t.heap[child]) {
				worst = child
			}
		}
		if worst == i {
			return
		}
		t.heap[i], t.heap[worst], i = t.heap[worst], t.heap[i], worst
	}
}

func (t *top) sorted() []ranked {
	slices.SortFunc(t.heap, func(a, b ranked) int {
		switch {
		case before(a, b):
			return -1
		case before(b, a):
			return 1
		}
		return 0
	})
	return t.heap
}

// cursor is where a page ended. The key travels as its bits: a cursor must come back exactly.
type cursor struct {
	Key  uint64 `json:"k"`
	Name string `json:"n"`
	ID   string `json:"i"`
}

func writeCursor(r ranked) string {
	written, err := json.Marshal(cursor{math.Float64bits(r.key), hex.EncodeToString([]byte(r.name)), string(r.id)})
	if err != nil {
		panic("BUG: a cursor cannot be written: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(written)
}

func readCursor(text string) (r ranked, err error) {
	if text == "" {
		return r, nil
	}
	var c cursor
	read, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(read, &c)
	}
	name, wrong := hex.DecodeString(c.Name) // a name may be cut within a character
	if err != nil || wrong != nil || math.IsNaN(math.Float64frombits(c.Key)) {
		return r, fault.Invalid("This is not a cursor of this list.").In("after")
	}
	return ranked{key: math.Float64frombits(c.Key), name: string(name), id: creators.ID(c.ID)}, nil
}

package discovery

import (
	"sync"
	"sync/atomic"
	"time"

	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery/meaning"
	"rapport/internal/recruit/vetting"
)

// Index holds everything that is searched for, in memory. The zero value is empty and not ready; Run fills it and keeps it fresh.
type Index struct {
	now     atomic.Pointer[state]
	fresh   sync.Mutex // one refresh or rebuild at a time
	touched sync.Mutex
	touch   map[creators.ID]bool
	builtIn atomic.Int64 // how long the last rebuild took, in nanoseconds
	service *service     // that places texts; nil without
}

// state is the index of a moment. Rebuilding makes a new one; a refresh changes the one there is, under its lock.
type state struct {
	mu sync.RWMutex

	slots     []slot
	figures   []figures // by slot
	byID      map[creators.ID]uint32
	classes   []class
	classAt   map[string]uint32
	topics    []topicScore // of all creators; figures say where theirs begin
	topicIDs  []string
	topicAt   map[string]uint16
	audiences map[uint32][]creators.Audience // public ones, by slot

	tree       *meaning.Tree // the topics there were when everything was read
	topicsMark string

	text    postings
	sense   *sense
	foreign *foreign // nil without a service
	by      map[programs.ID]*program
	middles *benchmarkCache
	names   map[string]string     // statuses, held once
	seen    time.Time             // changes up to here are in it
	whole   time.Time             // when everything was read
	imports string                // which were visible then
	taken   map[creators.ID]int64 // changes that refreshes look back on and need not read again
}

// slot is who a creator is. Slots are never taken away: a creator that is gone leaves an empty one until the next rebuild.
type slot struct {
	id     creators.ID // "" is gone
	search string      // folded name and handles
	name   uint16      // how much of search is the name, in bytes, as far as names are sorted by
}

// program holds what a program alone knows of creators.
type program struct {
	entries []entry
	at      map[uint32]int32 // by slot
}

// entry is a creator in a program.
type entry struct {
	slot     uint32
	status   string // "" where the partnership is gone
	contact  bool
	values   uint16
	verdict  vetting.Verdict
	price    *creators.Price
	audience []creators.Audience
}

// Touch says that something of creators changed that no time tells: the next refresh reads them again.
func (x *Index) Touch(ids ...creators.ID) {
	x.touched.Lock()
	defer x.touched.Unlock()
	if x.touch == nil {
		x.touch = map[creators.ID]bool{}
	}
	for _, id := range ids {
		x.touch[id] = true
	}
}

// Ready reports whether there is something to search.
func (x *Index) Ready() bool { return x != nil && x.now.Load() != nil }

// Stats is how large the index is.
type Stats struct {
	Creators int
	Terms    int
	Postings int
	Programs int
	Vectors  int // dimensions
	Built    time.Duration
	BuiltAt  time.Time
}

// Stats counts what is held.
func (x *Index) Stats() (s Stats) {
	now := x.now.Load()
	if now == nil {
		return s
	}
	now.mu.RLock()
	defer now.mu.RUnlock()
	s = Stats{Creators: len(now.byID), Terms: len(now.text.lists), Programs: len(now.by), Vectors: now.sense.dimensions(), Built: time.Duration(x.builtIn.Load()), BuiltAt: now.whole}
	for _, list := range now.text.lists {
		s.Postings += len(list)
	}
	return s
}

// intern keeps one copy of a text that repeats. It is called with the lock held, or before the state is seen.
func (s *state) intern(text string) string {
	if kept, ok := s.names[text]; ok {
		return kept
	}
	s.names[text] = text
	return text
}

// pairsOf marks the pairs of letters in a text, 64 classes of them: a text can hold a word only if it has all of the word's marks. It saves the look
// into a hundred thousand names.
func pairsOf(text string) (marks uint64) {
	for i := 1; i < len(text); i++ {
		if text[i-1] != ' ' && text[i] != ' ' {
			marks |= 1 << ((uint(text[i-1])*31 + uint(text[i])) % 64)
		}
	}
	return marks
}

func (s *state) program(id programs.ID) *program {
	p := s.by[id]
	if p == nil {
		p = &program{at: map[uint32]int32{}}
		s.by[id] = p
	}
	return p
}

// entry finds or makes what a program knows of a creator.
func (p *program) entry(slot uint32) *entry {
	if i, ok := p.at[slot]; ok {
		return &p.entries[i]
	}
	p.at[slot] = int32(len(p.entries)) //nolint:gosec // at most one per creator
	p.entries = append(p.entries, entry{slot: slot})
	return &p.entries[len(p.entries)-1]
}

func (p *program) find(slot uint32) *entry {
	if p == nil {
		return nil
	}
	if i, ok := p.at[slot]; ok {
		return &p.entries[i]
	}
	return nil
}

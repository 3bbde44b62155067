package discovery

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"

	"rapport/bench"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
)

func size(b *testing.B, name string, usual int) int {
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func BenchmarkSearch(b *testing.B) {
	if testing.Short() {
		b.Skip("takes minutes")
	}
	all, posts := size(b, "RAPPORT_BENCH_CREATORS", 100_000), size(b, "RAPPORT_BENCH_POSTS", 10)
	d, filling := dbtest.New(b, db.EngineSQLite), time.Now()
	program := fill(b, d, all, posts)
	fmt.Printf("\ndiscovery: %s; %d creators with %d posts each, filled in %.0f s\n", bench.Machine(), all, posts, time.Since(filling).Seconds())
	for b.Loop() {
		index := &discovery.Index{}
		before, _, _ := bench.Memory()
		began, used := time.Now(), bench.CPUTime()
		if err := index.Rebuild(b.Context(), d); err != nil {
			b.Fatal(err)
		}
		took, cpu := time.Since(began), bench.CPUTime()-used
		live, resident, most := bench.Memory()
		held := live - before
		s := index.Stats()
		fmt.Printf("discovery, index made: %.1f s, %.1f s of CPU; %d MB held (%d bytes a creator), the process has %d MB, had %d MB at most; %d terms, %d postings, %d dimensions\n",
			took.Seconds(), cpu.Seconds(), held>>20, held/uint64(all), resident>>20, most>>20, s.Terms, s.Postings, s.Vectors) //nolint:gosec // positive
		b.ReportMetric(took.Seconds(), "s/rebuild")
		b.ReportMetric(cpu.Seconds(), "cpu-s/rebuild")
		b.ReportMetric(float64(held>>20), "MB")
		searches(b, d, index, program)
		runtime.KeepAlive(index)
	}
	if all <= 100_000 {
		peer(b, all, posts)
	}
}

var asked = []string{"skincare", "vegan tea", "sourdough", "fitnessdaily", "gaming travel pottery"}

// searches measures each kind of search many times.
func searches(b *testing.B, d *db.DB, index *discovery.Index, program programs.ID) {
	b.Helper()
	target := index.Read("vegan skincare for women 25-40 in Germany and Austria who care about animal welfare, mid price").Target
	base := discovery.Query{Programs: []programs.ID{program}, Program: program}
	for _, kind := range []struct {
		name string
		make func(q *discovery.Query, i int)
	}{
		{"words", func(q *discovery.Query, i int) { q.Words = asked[i%len(asked)] }},
		{"filters, by followers", func(q *discovery.Query, _ int) {
			q.Country, q.Tier, q.Sort = "DE", creators.TierMicro, discovery.SortFollowers
		}},
		{"words, filters and fit", func(q *discovery.Query, i int) {
			q.Words, q.Target, q.Tier, q.MinEngagementPPM = asked[i%len(asked)], &target, creators.TierNano, 20_000
		}},
		{"fit of everybody", func(q *discovery.Query, _ int) { q.Target = &target }},
		{"like one creator", func(q *discovery.Query, i int) { q.Like = []creators.ID{creators.ID(fmt.Sprintf("cre_%08d", i*17))} }},
	} {
		took, used := make([]time.Duration, 200), bench.CPUTime()
		for i := range took {
			q := base
			kind.make(&q, i)
			began := time.Now()
			err := d.View(b.Context(), func(tx *db.Tx) error { _, err := index.Search(b.Context(), tx, q); return err })
			if err != nil {
				b.Fatal(err)
			}
			took[i] = time.Since(began)
		}
		tell(kind.name, took, bench.CPUTime()-used)
	}
}

func tell(name string, took []time.Duration, used time.Duration) {
	each := float64(used.Microseconds()) / 1000 / float64(len(took))
	fmt.Printf("discovery, %-24s %s, %6.1f ms of CPU each\n", name+":", bench.Spread(took), each)
}

// peer is bleve over the same captions.
func peer(b *testing.B, all, posts int) {
	b.Helper()
	index, err := bleve.New(b.TempDir()+"/peer", bleve.NewIndexMapping())
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := index.Close(); err != nil {
			b.Error(err)
		}
	}()
	m, began := newMarket(), time.Now()
	for first := 0; first < all; first += 1000 {
		batch := index.NewBatch()
		for i := first; i < min(first+1000, all); i++ {
			text, subject := "", m.pick.IntN(subjects)
			for range posts {
				caption, _ := m.caption(subject)
				text += caption
			}
			if err := batch.Index(fmt.Sprintf("cre_%08d", i), map[string]any{"text": text}); err != nil {
				b.Fatal(err)
			}
		}
		if err := index.Batch(batch); err != nil {
			b.Fatal(err)
		}
	}
	fmt.Printf("discovery, peer made: %.1f s\n", time.Since(began).Seconds())
	took, used := make([]time.Duration, 200), bench.CPUTime()
	for i := range took {
		began := time.Now()
		request := bleve.NewSearchRequestOptions(bleve.NewMatchQuery(asked[i%len(asked)]), 51, 0, false)
		if _, err := index.SearchInContext(context.WithoutCancel(b.Context()), request); err != nil {
			b.Fatal(err)
		}
		took[i] = time.Since(began)
	}
	tell("peer, words alone", took, bench.CPUTime()-used)
}

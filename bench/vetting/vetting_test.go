package vetting

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"rapport/bench"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
)

const (
	usual    = 100_000
	postsOf  = 10
	perWrite = 500
	singles  = 200
)

func BenchmarkCheckUps(b *testing.B) {
	if testing.Short() {
		b.Skip("takes minutes")
	}
	many := usual
	if text := os.Getenv("RAPPORT_BENCH_CREATORS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		many = n
	}
	for _, engine := range []db.Engine{db.EngineSQLite, db.EnginePostgres} {
		b.Run(engine.String(), func(b *testing.B) {
			for b.Loop() {
				measure(b, dbtest.Durable(b, engine), many)
			}
		})
	}
}

func measure(b *testing.B, d *db.DB, many int) {
	b.Helper()
	began := time.Now()
	program, ids := market(b, d, many)
	fmt.Printf("\nvetting, %s: %s; %d creators with %d posts each made in %.0f s\n", d.Engine(), bench.Machine(), many, postsOf, time.Since(began).Seconds())
	before, _ := d.GroupTimes()
	began, used := time.Now(), bench.CPUTime()
	made, err := vetting.RefreshProgram(b.Context(), d, program)
	if err != nil || made != many {
		b.Fatalf("%d reports: %v", made, err)
	}
	all, cpu := time.Since(began), bench.CPUTime()-used
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	fmt.Printf("vetting, %s: all in %.1f s, %.1f s of this process's CPU, %.0f a second; from the system %d MB; %s\n",
		d.Engine(), all.Seconds(), cpu.Seconds(), float64(many)/all.Seconds(), memory.Sys>>20, writes(d, before))
	began, used = time.Now(), bench.CPUTime()
	for i := range singles {
		if _, err := vetting.Make(b.Context(), d, program, ids[i*len(ids)/singles]); err != nil {
			b.Fatal(err)
		}
	}
	one, oneCPU := time.Since(began)/singles, (bench.CPUTime()-used)/singles
	fmt.Printf("vetting, %s: one in %v with reading and storing, %v of CPU\n", d.Engine(), one.Round(time.Microsecond), oneCPU.Round(time.Microsecond))
	b.ReportMetric(all.Seconds(), "s-all")
	b.ReportMetric(cpu.Seconds()*usual/float64(many), "cpu-s-100k")
	b.ReportMetric(float64(one.Microseconds())/1000, "ms-one")
	b.ReportMetric(float64(oneCPU.Microseconds())/1000, "cpu-ms-one")
}

// writes says how long the write transactions since before were, with their commits. PostgreSQL keeps its own account.
func writes(d *db.DB, before [len(db.GroupBounds) + 1]int64) string {
	if d.Engine() == db.EnginePostgres {
		return "its own account of write transactions"
	}
	counts, _ := d.GroupTimes()
	total, long := int64(0), int64(0)
	for i := range counts {
		n := counts[i] - before[i]
		if total += n; i == len(db.GroupBounds) || db.GroupBounds[i] > longest {
			long += n
		}
	}
	return fmt.Sprintf("%d write transactions, %d of them over %v", total, long, longest)
}

// longest is how long a write transaction may be.
const longest = 50 * time.Millisecond

// market invents creators: accounts on TikTok and Instagram, posts of a few words.
func market(b *testing.B, d *db.DB, many int) (program programs.ID, ids []creators.ID) {
	b.Helper()
	update := func(f func(ctx context.Context, tx *db.Tx) error) {
		b.Helper()
		if err := d.Update(b.Context(), func(tx *db.Tx) error { return f(b.Context(), tx) }); err != nil {
			b.Fatal(err)
		}
	}
	update(func(ctx context.Context, tx *db.Tx) error {
		p, err := programs.Create(ctx, tx, programs.New{Name: "Fernwood", Currency: "EUR", Sites: []string{"shop.example"}})
		program = p.ID
		return err
	})
	r := rand.New(rand.NewPCG(7, 7))
	for len(ids) < many {
		update(func(ctx context.Context, tx *db.Tx) error {
			some, err := batch(ctx, tx, r, program, len(ids), min(perWrite, many-len(ids)))
			ids = append(ids, some...)
			return err
		})
	}
	return program, ids
}

func batch(ctx context.Context, tx *db.Tx, r *rand.Rand, program programs.ID, from, n int) (ids []creators.ID, err error) {
	words := []string{"tea", "morning", "skin", "care", "green", "walk", "recipe", "home", "light", "new", "favourite", "sunday", "with", "and", "the", "a", "cocktails", "#ad", "anzeige"}
	var entries []creators.Entry
	var posts []creators.Post
	for i := range n {
		followers, following, total := int64(500+r.IntN(80_000)), int64(r.IntN(2000)), int64(20+r.IntN(900))
		platform := creators.PlatformTikTok
		if r.IntN(2) == 0 {
			platform = creators.PlatformInstagram
		}
		e := creators.Entry{
			Creator: creators.ID(id.New(creators.Prefix, tx.Now())), Name: fmt.Sprintf("Creator %d", from+i), Account: creators.Account{Platform: platform, Handle: fmt.Sprintf("creator%d", from+i)},
			Snapshot: creators.Snapshot{
				Profile: creators.ProfileID(id.New(creators.ProfilePrefix, tx.Now())), TakenAt: tx.Now(), Source: creators.SourceEntered,
				Counts: creators.Counts{Followers: &followers, Following: &following, Posts: &total}, Details: creators.Details{Bio: "tea and walks, mail below", Country: "DE"},
			},
		}
		entries, ids = append(entries, e), append(ids, e.Creator)
		for j := range postsOf {
			views := int64(float64(followers) * (0.05 + r.Float64()))
			likes, comments, shares := views/int64(8+r.IntN(20)), int64(1+r.IntN(60)), int64(r.IntN(30))
			caption := ""
			for range 12 {
				caption += words[r.IntN(len(words))] + " "
			}
			posts = append(posts, creators.Post{
				ID: creators.PostID(id.New(creators.PostPrefix, tx.Now())), Profile: e.Snapshot.Profile, PlatformID: strconv.Itoa(j), PostedAt: tx.Now().AddDate(0, 0, -4*j-r.IntN(4)),
				SeenAt: tx.Now(), Caption: caption, Hashtags: "tea home", Counts: creators.PostCounts{Views: &views, Likes: &likes, Comments: &comments, Shares: &shares},
			})
		}
	}
	if _, err := creators.Insert(ctx, tx, entries); err != nil {
		return nil, err
	}
	if _, err := creators.InsertPosts(ctx, tx, posts); err != nil {
		return nil, err
	}
	if _, err := creators.InsertPostCounts(ctx, tx, posts); err != nil {
		return nil, err
	}
	for _, creator := range ids {
		if _, err := partnerships.Create(ctx, tx, partnerships.New{Program: program, Creator: creator}); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

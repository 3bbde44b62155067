package discovery

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
)

// market invents creators. Each writes of one of the subjects, in its words and in words that everybody uses.
type market struct {
	pick     *rand.Rand
	subjects [][]string
	common   []string
}

const (
	subjects        = 40
	wordsOfSubject  = 80
	wordsOfEverbody = 8000
)

func newMarket() *market {
	m := &market{pick: rand.New(rand.NewPCG(7, 11))}
	for s := range subjects {
		words := []string{[]string{"skincare", "fitness", "tea", "sourdough", "gaming", "vegan", "pottery", "travel"}[s%8] + []string{"", "ista", "daily", "tips", "diary"}[s/8]}
		for len(words) < wordsOfSubject {
			words = append(words, m.word())
		}
		m.subjects = append(m.subjects, words)
	}
	for range wordsOfEverbody {
		m.common = append(m.common, m.word())
	}
	return m
}

// word is an invented word of two to four syllables.
func (m *market) word() string {
	var b strings.Builder
	for range 2 + m.pick.IntN(3) {
		b.WriteByte("bdfgklmnprstvz"[m.pick.IntN(14)])
		b.WriteByte("aeiou"[m.pick.IntN(5)])
	}
	return b.String()
}

// often picks early words much more often than late ones.
func (m *market) often(words []string) string {
	f := m.pick.Float64()
	return words[int(f*f*f*float64(len(words)))]
}

func (m *market) caption(subject int) (caption, hashtags string) {
	var b, tags strings.Builder
	for i := range 12 {
		if i%4 == 0 {
			b.WriteString(m.often(m.subjects[subject]))
		} else {
			b.WriteString(m.often(m.common))
		}
		b.WriteByte(' ')
	}
	for range 3 {
		tag := m.often(m.subjects[subject])
		b.WriteString("#" + tag + " ")
		tags.WriteString(tag + " ")
	}
	return b.String(), tags.String()
}

// fill writes creators with their accounts, posts and partnerships, 200 creators in a commit.
func fill(b *testing.B, d *db.DB, creators, posts int) (program programs.ID) {
	b.Helper()
	err := d.Update(b.Context(), func(tx *db.Tx) error {
		p, err := programs.Create(b.Context(), tx, programs.New{Name: "Nordic Tea", Currency: "EUR"})
		program = p.ID
		return err
	})
	m := newMarket()
	for first := 0; first < creators && err == nil; first += 200 {
		err = d.Update(b.Context(), func(tx *db.Tx) error {
			w := writer{b: b, tx: tx, m: m, now: db.Micros(tx.Now()), program: program}
			for i := first; i < min(first+200, creators); i++ {
				w.creator(i, posts)
			}
			return w.err
		})
	}
	if err != nil {
		b.Fatal(err)
	}
	return program
}

type writer struct {
	b       *testing.B
	tx      *db.Tx
	m       *market
	now     int64
	program programs.ID
	err     error
}

func (w *writer) run(query string, args ...any) {
	if w.err == nil {
		_, w.err = w.tx.Exec(w.b.Context(), query, args...)
	}
}

func (w *writer) creator(i, posts int) {
	creator, profile, name := fmt.Sprintf("cre_%08d", i), fmt.Sprintf("prf_%08d", i), fmt.Sprintf("%s %s %d", w.m.word(), w.m.word(), i)
	country := []string{"DE", "AT", "FR", "US", "GB", "IT", "ES", "NL"}[w.m.pick.IntN(8)]
	tier, followers := "nano", int64(w.m.pick.IntN(10_000))
	if i%3 == 0 {
		tier, followers = "micro", 10_000+int64(w.m.pick.IntN(90_000))
	}
	w.run(`insert into creators (id, name, name_folded, main_profile_id, tier, followers, country, language, search, import_id, created_at, updated_at)
		values ($1, $2, $2, $3, $4, $5, $6, 'en', $2, '', $7, $7)`, creator, name, profile, tier, followers, country, w.now)
	w.run(`insert into profiles (id, creator_id, platform, handle, handle_folded, url, display_name, bio, country, language, category, verified, followers, tier, engagement_ppm,
		engagement_formula, import_id, created_at, updated_at) values ($1, $2, 'tiktok', $1, $1, '', $3, $4, $5, 'en', '', $9, $6, $7, 40000, '(likes + comments + shares) / views', '', $8, $8)`,
		profile, creator, name, w.m.often(w.m.common), country, followers, tier, w.now, false)
	w.run(`insert into partnerships (id, program_id, creator_id, status, note, import_id, created_at, updated_at) values ($1, $2, $3, 'prospect', '', '', $4, $4)`,
		fmt.Sprintf("par_%08d", i), w.program, creator, w.now)
	subject := w.m.pick.IntN(subjects)
	for n := range posts {
		caption, tags := w.m.caption(subject)
		post := fmt.Sprintf("pst_%08d_%02d", i, n)
		w.run(`insert into posts (id, profile_id, platform_id, posted_at, caption, hashtags, import_id) values ($1, $2, $1, $3, $4, $5, '')`,
			post, profile, w.now-int64(n)*86_400_000_000, caption, tags)
	}
}

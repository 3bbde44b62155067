package vetting

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"rapport/internal/recruit/creators"
)

// How much of what was found a report keeps.
const (
	mostEvidence = 3
	mostHits     = 30
	mostBrands   = 20
	excerpt      = 140 // characters of a caption
)

// read is a post with what its words say.
type read struct {
	creators.Post
	sponsored bool
	ours      bool   // paid for by the program itself
	because   string // the word that says so, or "" for the platform's own flag
	tokens    []token
}

// readPosts takes the captions apart once, for everything that looks for words.
func (in *Input) readPosts() []read {
	all := make([]read, len(in.Posts))
	for i, p := range in.Posts {
		tokens := tokensOf(p.Caption, false, make([]token, 0, len(p.Caption)/6+8))
		all[i] = read{Post: p, tokens: tokensOf(p.Hashtags, true, tokens)}
		all[i].disclose()
		all[i].ours = all[i].sponsored && in.Ours.paidFor(&all[i])
	}
	return all
}

// disclose finds out whether a post says that it was paid for: by the platform's flag, or by a word.
func (r *read) disclose() {
	unpaid := false
	sponsoredWords().find(r.tokens, func(p phrase) {
		switch p.category {
		case ofUnpaid:
			unpaid = true
		default:
			if r.because == "" {
				r.because = p.word
			}
		}
	})
	flagged := r.Sponsored != nil && *r.Sponsored
	if unpaid || flagged {
		r.because = ""
	}
	r.sponsored = flagged || r.because != ""
}

// evidence is the post as proof.
func (r *read) evidence(in *Input, word string) Evidence {
	return Evidence{Post: r.ID, At: r.PostedAt, URL: linkOf(in.Profile, r.Post), Text: short(r.Caption), Word: word}
}

// short is the beginning of a text, on one line.
func short(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= excerpt {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:excerpt-1])) + "…"
}

// linkOf is where a post can be read: what the platform told, else the address its own number makes, where the platform has such addresses.
func linkOf(p creators.Profile, post creators.Post) string {
	switch {
	case post.URL != "":
		return post.URL
	case p.Platform == creators.PlatformTikTok && digits(post.PlatformID) && len(post.PlatformID) >= 15:
		return "https://www.tiktok.com/@" + p.Handle + "/video/" + post.PlatformID
	case p.Platform == creators.PlatformPinterest && digits(post.PlatformID):
		return "https://www.pinterest.com/pin/" + post.PlatformID + "/"
	default:
		return p.URL
	}
}

func digits(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

// Sponsored is how much of the posts others paid for, and how those do. Posts for the program itself stand apart: they are neither paid work for
// others nor free of pay. Paid posts that do not say so cannot be seen.
type Sponsored struct {
	Known    bool       `json:"known"`
	Posts    int        `json:"posts"`
	Paid     int        `json:"paid"`     // by others
	ForYou   int        `json:"for_you"`  // paid for by the program itself
	Share    float64    `json:"share"`    // paid ÷ posts
	Compared bool       `json:"compared"` // at least three posts of each kind have a rate
	RatePaid float64    `json:"rate_paid"`
	RateFree float64    `json:"rate_free"`
	Relative float64    `json:"relative"` // paid ÷ organic; 0.8 is a fifth less
	Evidence []Evidence `json:"evidence,omitempty"`
	YourOwn  []Evidence `json:"your_own,omitempty"` // posts for the program itself
}

func (in *Input) sponsored(posts []read) (s Sponsored) {
	var paid, free []creators.PostCounts
	for i := range posts {
		p := &posts[i]
		switch {
		case !p.sponsored:
			free = append(free, p.Counts)
		case p.ours:
			if s.ForYou++; len(s.YourOwn) < mostEvidence {
				s.YourOwn = append(s.YourOwn, p.evidence(in, p.because))
			}
		default:
			if paid = append(paid, p.Counts); len(s.Evidence) < mostEvidence {
				s.Evidence = append(s.Evidence, p.evidence(in, p.because))
			}
		}
	}
	s.Posts, s.Paid = len(posts), len(paid)
	if s.Posts < leastPosts {
		return s
	}
	s.Known, s.Share = true, float64(s.Paid)/float64(s.Posts)
	p, ok := creators.RateOf(in.Profile.Platform, in.Profile.Followers, creators.Averages{}, paid)
	f, also := creators.RateOf(in.Profile.Platform, in.Profile.Followers, creators.Averages{}, free)
	if ok && also && f.PPM > 0 {
		s.Compared, s.RatePaid, s.RateFree = true, float64(p.PPM)/1e6, float64(f.PPM)/1e6
		s.Relative = s.RatePaid / s.RateFree
	}
	return s
}

// Safety is what was found of a program's lists.
type Safety struct {
	Known    bool  `json:"known"` // there was text to search
	Searched int   `json:"searched"`
	Hits     []Hit `json:"hits,omitempty"`
}

// Hit is one category, with the posts it was found in.
type Hit struct {
	Category string     `json:"category"`
	Weight   Weight     `json:"weight"`
	Posts    int        `json:"posts"` // in how many; the biography counts as one
	Evidence []Evidence `json:"evidence"`
}

func (in *Input) safety(posts []read) (s Safety) {
	if in.Words == nil {
		return s
	}
	hits := map[int]*Hit{}
	texts, seenIn := 0, make([]int, len(in.Words.lists)) // in which text a topic was found last: one counts once
	search := func(tokens []token, proof func(word string) Evidence) {
		texts++
		in.Words.find.find(tokens, func(p phrase) {
			if seenIn[p.category] < texts {
				seenIn[p.category] = texts
				in.Words.note(hits, p, proof)
			}
		})
	}
	if in.Profile.Bio != "" {
		s.Known = true
		search(tokensOf(in.Profile.Bio, false, nil), func(word string) Evidence {
			return Evidence{At: in.Profile.CountedAt, URL: in.Profile.URL, Text: short(in.Profile.Bio), Word: word, Source: sourceBio}
		})
	}
	for i := range posts {
		if len(posts[i].tokens) > 0 {
			s.Known, s.Searched = true, s.Searched+1
			search(posts[i].tokens, func(word string) Evidence { return posts[i].evidence(in, word) })
		}
	}
	for i := range in.Words.lists {
		if h := hits[i]; h != nil && len(s.Hits) < mostHits {
			s.Hits = append(s.Hits, *h)
		}
	}
	return s
}

// sourceBio marks evidence that stands in the biography.
const sourceBio = "biography"

func (w *Words) note(hits map[int]*Hit, p phrase, proof func(string) Evidence) {
	h := hits[p.category]
	if h == nil {
		h = &Hit{Category: w.lists[p.category].Category, Weight: w.lists[p.category].Weight}
		hits[p.category] = h
	}
	if h.Posts++; len(h.Evidence) < mostEvidence {
		h.Evidence = append(h.Evidence, proof(p.word))
	}
}

// Brand is somebody the creator worked for.
type Brand struct {
	Name     string     `json:"name"`
	Folded   string     `json:"folded"`
	Times    int        `json:"times"`
	Last     time.Time  `json:"last,omitzero"` // zero is unknown
	Source   string     `json:"source"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// brands are known collaborations and those that sponsored posts name: by a mention, or as "paid partnership with …". The program itself is none
// of them.
func (in *Input) brands(posts []read) []Brand {
	found := map[string]*Brand{}
	add := func(name, source string, at time.Time, proof *Evidence) {
		folded := creators.FoldBrand(name)
		if folded == "" || folded == creators.FoldBrand(in.Profile.Handle) || in.Ours.named(name) {
			return
		}
		b := found[folded]
		if b == nil {
			b = &Brand{Name: name, Folded: folded, Source: source}
			found[folded] = b
		}
		if b.Times++; at.After(b.Last) {
			b.Last = at
		}
		if proof != nil && len(b.Evidence) < mostEvidence {
			b.Evidence = append(b.Evidence, *proof)
		}
	}
	told := in.told(posts)
	for _, c := range in.Collaborations {
		if c.Source == creators.SourceCaption && told[work{c.Post, creators.FoldBrand(c.Brand)}] {
			continue
		}
		add(c.Brand, c.Source, c.At, &Evidence{Post: c.Post, At: c.At, Text: short(c.Note), Source: c.Source})
	}
	for i := range posts {
		if !posts[i].sponsored {
			continue
		}
		if names := posts[i].names(); len(names) > 0 {
			proof := posts[i].evidence(in, posts[i].because)
			for _, name := range names {
				add(name, sourcePosts, posts[i].PostedAt, &proof)
			}
		}
	}
	return sortedBrands(found)
}

// work is one post for one brand.
type work struct {
	post   creators.PostID
	folded string
}

// told is the work that the posts tell of themselves. Where it was also noted when the caption came in, it is one work and not two.
func (in *Input) told(posts []read) map[work]bool {
	if len(in.Collaborations) == 0 {
		return nil
	}
	all := map[work]bool{}
	for i := range posts {
		if posts[i].sponsored {
			for _, name := range posts[i].names() {
				all[work{posts[i].ID, creators.FoldBrand(name)}] = true
			}
		}
	}
	return all
}

const sourcePosts = "posts"

func sortedBrands(found map[string]*Brand) []Brand {
	all := make([]Brand, 0, len(found))
	for _, b := range found {
		all = append(all, *b)
	}
	slices.SortFunc(all, func(a, b Brand) int {
		if c := b.Last.Compare(a.Last); c != 0 {
			return c
		}
		return strings.Compare(a.Folded, b.Folded)
	})
	return all[:min(len(all), mostBrands)]
}

// names are the brands that a post names. Few posts name any: their words tell before the caption is taken apart once more.
func (r *read) names() []string {
	named := strings.Contains(r.Caption, "@")
	withWords().find(r.tokens, func(phrase) { named = true })
	if !named {
		return nil
	}
	return namesIn(r.Caption)
}

// namesIn are the accounts a caption mentions, and the name behind "paid partnership with".
func namesIn(caption string) (names []string) {
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	fields := strings.Fields(caption)
	folded := make([]string, len(fields))
	for i, f := range fields {
		folded[i] = creators.Fold(strings.Trim(f, ".,:;!"))
	}
	for i, f := range fields {
		add(mentioned(f))
		for _, with := range withPhrases()[folded[i]] {
			if rest := folded[i:]; len(rest) > len(with) && slices.Equal(rest[:len(with)], with) {
				add(nameAt(fields[i+len(with):]))
			}
		}
	}
	return names[:min(len(names), mostBrands)]
}

// withPhrases are the phrases a brand's name follows, by their first words.
var withPhrases = sync.OnceValue(func() map[string][][]string {
	by := map[string][][]string{}
	for _, phrase := range starters().With {
		words := strings.Fields(phrase)
		by[words[0]] = append(by[words[0]], words)
	}
	return by
})

// mentioned is the account in "@nordic.tea!", or "".
func mentioned(field string) string {
	_, name, ok := strings.Cut(field, "@")
	if !ok {
		return ""
	}
	end := strings.IndexFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '_' })
	if end >= 0 {
		name = name[:end]
	}
	return strings.Trim(name, ".")
}

// nameAt is a name of up to three words that begin with a capital.
func nameAt(fields []string) string {
	var name []string
	for _, f := range fields[:min(3, len(fields))] {
		first, _ := utf8.DecodeRuneInString(f)
		if !unicode.IsUpper(first) {
			break
		}
		plain := strings.TrimRight(f, ".,:;!?)")
		if name = append(name, plain); plain != f {
			break
		}
	}
	return strings.Join(name, " ")
}

// Conflict is a promise that stands in the way.
type Conflict struct {
	Ours     bool       `json:"ours"` // ours: worked for a rival. Else bound to somebody else
	Brand    string     `json:"brand"`
	Until    time.Time  `json:"until,omitzero"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

func (in *Input) conflicts(brands []Brand) (all []Conflict) {
	for _, x := range in.Exclusivities {
		if !x.Ours {
			if !x.From.After(in.Now) && (x.Until.IsZero() || x.Until.After(in.Now)) {
				all = append(all, Conflict{Brand: x.Holder, Until: x.Until, Evidence: []Evidence{{At: x.From, Text: x.Holder, Source: sourceAgreement}}})
			}
			continue
		}
		for _, b := range brands {
			if slices.Contains(x.Brands, b.Folded) && (b.Last.IsZero() || !b.Last.Before(x.From)) {
				all = append(all, Conflict{Ours: true, Brand: b.Name, Until: x.Until, Evidence: b.Evidence})
			}
		}
	}
	return all
}

const sourceAgreement = "agreement"

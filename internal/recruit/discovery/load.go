package discovery

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/benchmarks"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery/meaning"
	"rapport/internal/recruit/vetting"
)

const (
	readChunk   = 500 // creators read in one transaction, so that none keeps the database's log from beginning anew
	postsPlaces = 64  // profiles asked about in one query
	postsLooked = 30  // the newest of each profile, as check-ups look at
	mostTerms   = 1500
)

// raw is a creator as the database told it.
type raw struct {
	creators.Creator
	posts    []post
	tags     []creators.Tag
	audience []creators.Audience // public
}

type post struct {
	profile           creators.ProfileID
	at                time.Time
	caption, hashtags string
}

// read reads what is public of creators.
func read(ctx context.Context, tx *db.Tx, all []creators.Creator) ([]raw, error) {
	rows, ids, owner, mains := make([]raw, len(all)), make([]creators.ID, len(all)), map[creators.ProfileID]int{}, make([]creators.ProfileID, 0, len(all))
	var profiles []creators.ProfileID
	for i, c := range all {
		rows[i].Creator, ids[i] = c, c.ID
		for _, p := range c.Profiles {
			owner[p.ID], profiles = i, append(profiles, p.ID)
		}
		if c.Main != "" {
			mains = append(mains, c.Main)
		}
	}
	posts, err := readPosts(ctx, tx, profiles)
	if err != nil {
		return nil, err
	}
	for _, p := range posts {
		rows[owner[p.profile]].posts = append(rows[owner[p.profile]].posts, p)
	}
	tags, err := creators.TagsOf(ctx, tx, "", ids)
	if err != nil {
		return nil, err
	}
	audiences, err := creators.AudienceOf(ctx, tx, "", mains)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].tags, rows[i].audience = tags[rows[i].ID], audiences[rows[i].Main]
	}
	return rows, nil
}

// readPosts reads what the newest posts of profiles say.
func readPosts(ctx context.Context, tx *db.Tx, profiles []creators.ProfileID) (all []post, err error) {
	for chunk := range slices.Chunk(profiles, postsPlaces) {
		args := make([]any, 0, postsPlaces)
		for i := range postsPlaces { // one text, whatever the number
			args = append(args, chunk[min(i, len(chunk)-1)])
		}
		some, err := db.All(ctx, tx, func(s db.Scanner) (p post, err error) {
			err = s.Scan(&p.profile, db.ScanTime(&p.at), &p.caption, &p.hashtags)
			return p, err
		}, `select q.profile_id, q.posted_at, q.caption, q.hashtags from (select p.profile_id, p.posted_at, p.caption, p.hashtags,
			row_number() over (partition by p.profile_id order by p.posted_at desc) as n from posts p
			where p.import_id not in (select id from imports where state <> 'visible') and p.profile_id in `+db.List(postsPlaces, 0)+`) q where q.n <= `+fmt.Sprint(postsLooked), args...)
		if err != nil {
			return nil, fmt.Errorf("cannot read what posts say: %w", err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// document is a creator's text made ready outside of the index's lock.
type document struct {
	raw
	text  text
	fact  Facts
	meant meaning.Document
	sent  digest // of what a service is to place; zero without one
}

// prepare takes the texts apart. It is pure but for what the sense knows.
func (s *state) prepare(r raw) document {
	d := document{raw: r, text: newText()}
	for _, p := range r.posts {
		if len(d.text.found) < mostTerms {
			d.text.addPost(p.caption, p.hashtags)
		}
		if p.at.After(d.fact.LastPost) {
			d.fact.LastPost = p.at
		}
	}
	for _, p := range r.Profiles {
		d.text.addWords(p.Bio+" "+p.Category, inBio)
		d.fact.Platforms = append(d.fact.Platforms, p.Platform)
	}
	for _, t := range r.tags {
		d.text.addWords(t.Text, inTag)
		if t.Kind == creators.TagValue {
			d.fact.Values |= valuesOfTag(t.Text)
		}
	}
	d.fact.Written = len(d.text.found) > 0
	d.meant, d.sent = documentOf(&r), s.foreign.digest(&r)
	d.fact.Topics = topicFacts(s.tree, d.meant)
	d.fact.Topics = slices.Clip(d.fact.Topics[:min(mostTopics, len(d.fact.Topics))])
	d.fact.Values |= d.text.values()
	d.fact.Country, d.fact.Language, d.fact.Tier, d.fact.Audience = r.Country, r.Language, r.Tier, r.audience
	for _, p := range r.Profiles {
		if p.ID == r.Main {
			d.fact.EngagementPPM = p.EngagementPPM
			d.fact.BenchmarkPPM = s.middles.middle(p, r.Tier)
			if engagement(viewOf(&d.fact)).known {
				d.fact.ratio = d.fact.engaged()
			}
		}
	}
	return d
}

// values reads the values whose words stand in the text.
func (t *text) values() (bits uint16) {
	of := valueTerms()
	for i := range t.found {
		bits |= of[t.found[i].term]
	}
	return bits
}

// valueTerms are the values by the words that show them. Phrases are written as hashtags are; in running text they are not looked for.
var valueTerms = sync.OnceValue(func() map[string]uint16 {
	of := map[string]uint16{}
	for i, v := range Values {
		for _, phrase := range v.Words {
			of[strings.ReplaceAll(phrase, " ", "")] |= 1 << i
		}
	}
	return of
})

// put places a prepared creator. The lock is held, or nobody sees the state yet.
func (s *state) put(d *document) uint32 {
	at, known := s.byID[d.ID]
	if !known {
		at = uint32(len(s.slots)) //nolint:gosec // memory ends first
		s.slots, s.figures = append(s.slots, slot{}), append(s.figures, figures{})
		s.byID[d.ID] = at
	}
	name := creators.Fold(d.Name)
	search := name
	for _, p := range d.Profiles {
		search += " " + creators.Fold(p.Handle)
	}
	s.slots[at] = slot{id: d.ID, search: search, name: uint16(min(len(name), sortedBy))} //nolint:gosec // bounded
	g := s.figuresOf(&d.fact)
	g.pairs, g.doc = pairsOf(search), s.text.put(&d.text, at)
	if d.Followers != nil {
		g.followers = *d.Followers
	}
	if delete(s.audiences, at); len(d.fact.Audience) > 0 {
		s.audiences[at] = d.fact.Audience
		g.marks |= markAudience
	}
	s.figures[at] = g
	s.foreign.expect(at, d.sent)
	return at
}

func (s *state) drop(id creators.ID) {
	if at, known := s.byID[id]; known {
		s.slots[at], s.figures[at] = slot{}, figures{}
		delete(s.audiences, at)
		delete(s.byID, id)
		s.foreign.expect(at, digest{})
	}
}

// benchmarkCache remembers the middle of the published engagement of accounts that are alike.
type benchmarkCache struct {
	table benchmarks.Table
	found map[[4]string]*int64
}

func (c *benchmarkCache) middle(p creators.Profile, tier creators.Tier) *int64 {
	if p.EngagementPPM == nil {
		return nil
	}
	key := [4]string{string(p.Platform), string(tier), p.Country, string(p.Formula)}
	if known, ok := c.found[key]; ok {
		return known
	}
	q := benchmarks.Question{Platform: key[0], Tier: key[1], Country: key[2], Metric: benchmarks.MetricEngagement}
	c.found[key] = nil
	if best, ok := benchmarks.Compare(float64(*p.EngagementPPM)/1e4, key[3], c.table.About(q)).Best(); ok {
		c.found[key] = new(int64(best.Middle() * 1e4)) // percent to parts per million
	}
	return c.found[key]
}

// partnered is what a program knows of one creator.
type partnered struct {
	program programs.ID
	creator creators.ID
	status  string
	contact bool
	verdict vetting.Verdict
	price   *creators.Price
}

const partneredColumns = `select p.program_id, p.creator_id, p.status,
	exists (select 1 from creator_contacts c where c.creator_id = p.creator_id and (c.program_id = p.program_id or c.program_id = '') and c.email <> ''
		and c.import_id not in (select id from imports where state <> 'visible')),
	coalesce(case when v.overruled = '' then v.verdict else v.overruled end, ''), a.asking_minor, coalesce(a.asking_currency, ''), coalesce(a.source, ''), a.at
	from partnerships p left join vetting_reports v on v.program_id = p.program_id and v.creator_id = p.creator_id
	left join creator_prices a on a.program_id = p.program_id and a.creator_id = p.creator_id and a.import_id not in (select id from imports where state <> 'visible')
	where p.import_id not in (select id from imports where state <> 'visible')`

func scanPartnered(s db.Scanner) (p partnered, err error) {
	var price creators.Price
	var minor *int64
	if err = s.Scan(&p.program, &p.creator, &p.status, &p.contact, &p.verdict, &minor, &price.Currency, &price.Source, db.ScanTime(&price.At)); err != nil {
		return p, err
	}
	if minor != nil {
		price.Minor, price.Program, price.Creator = *minor, p.program, p.creator
		p.price = &price
	}
	return p, nil
}

// putPartnered places what a program knows.
func (s *state) putPartnered(p *partnered) {
	at, known := s.byID[p.creator]
	if !known {
		return
	}
	e := s.program(p.program).entry(at)
	e.status, e.contact, e.verdict, e.price = s.intern(p.status), p.contact, p.verdict, p.price
}

// own is what a program alone was told: audiences and values.
type own struct {
	program  programs.ID
	creator  creators.ID
	values   uint16
	audience []creators.Audience
}

// readOwn reads the tags and audiences of programs for creators; nil is everybody.
func readOwn(ctx context.Context, tx *db.Tx, ids []creators.ID) (all []own, err error) {
	only, args := "", []any{}
	if ids != nil {
		only = ` and t.creator_id in ` + db.List(len(ids), 0)
		for _, one := range ids {
			args = append(args, one)
		}
	}
	tags, err := db.All(ctx, tx, func(s db.Scanner) (o own, err error) {
		var text string
		err = s.Scan(&o.program, &o.creator, &text)
		o.values = valuesOfTag(text)
		return o, err
	}, `select t.program_id, t.creator_id, t.text from creator_tags t where t.program_id <> '' and t.kind = 'value'
		and t.import_id not in (select id from imports where state <> 'visible')`+only, args...)
	if err != nil {
		return nil, fmt.Errorf("cannot read values: %w", err)
	}
	pairs, err := db.All(ctx, tx, func(s db.Scanner) (o ownProfile, err error) {
		err = s.Scan(&o.program, &o.creator, &o.profile)
		return o, err
	}, `select distinct a.program_id, t.creator_id, a.profile_id from profile_audiences a join profiles t on t.id = a.profile_id where a.program_id <> ''
		and a.import_id not in (select id from imports where state <> 'visible')`+only, args...)
	if err != nil {
		return nil, fmt.Errorf("cannot read whose audiences are known: %w", err)
	}
	audiences, err := ownAudiences(ctx, tx, pairs)
	return append(tags, audiences...), err
}

type ownProfile struct {
	program programs.ID
	creator creators.ID
	profile creators.ProfileID
}

func ownAudiences(ctx context.Context, tx *db.Tx, pairs []ownProfile) (all []own, err error) {
	by := map[programs.ID][]creators.ProfileID{}
	for _, p := range pairs {
		by[p.program] = append(by[p.program], p.profile)
	}
	for program, profiles := range by {
		found, err := creators.AudienceOf(ctx, tx, program, profiles)
		if err != nil {
			return nil, err
		}
		for _, p := range pairs {
			if p.program == program {
				all = append(all, own{program: program, creator: p.creator, audience: found[p.profile]})
			}
		}
	}
	return all, nil
}

func (s *state) putOwn(all []own) {
	for _, o := range all {
		if at, known := s.byID[o.creator]; known {
			e := s.program(o.program).entry(at)
			e.values |= o.values
			if o.audience != nil {
				e.audience = o.audience
			}
		}
	}
}

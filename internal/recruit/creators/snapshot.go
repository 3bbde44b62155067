package creators

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"rapport/internal/base/fault"
)

// MaxCount is the largest count of followers, views or likes that is believed: a thousand times the people on Earth.
const MaxCount int64 = 10_000_000_000_000

// Counts are a profile's public totals; nil is unknown, never zero.
type Counts struct {
	Followers, Following, Posts, Likes *int64
}

// Averages are per post, as monthly lists publish them; nil is unknown.
type Averages struct {
	Engagement, AuthenticEngagement, Views, Likes, Comments, Shares *int64
}

// Details are what a profile says about itself; empty is unknown.
type Details struct {
	URL         string `json:"url,omitempty"`
	DisplayName string `json:"display_name,omitempty"`
	Bio         string `json:"bio,omitempty"`
	Country     string `json:"country,omitempty"`
	Language    string `json:"language,omitempty"`
	Category    string `json:"category,omitempty"`
	Subcategory string `json:"subcategory,omitempty"`
	Verified    *bool  `json:"verified,omitempty"`
	HasBioLink  *bool  `json:"has_bio_link,omitempty"`
}

// The sources of snapshots.
const (
	SourceEntered = "entered" // typed in, or sent through the API
	SourceImport  = "import"  // from a file
)

// Snapshot is what a profile showed at a moment.
type Snapshot struct {
	Profile         ProfileID
	TakenAt         time.Time
	Source          string
	Counts          Counts
	Averages        Averages
	AudienceCountry string
	Details         Details
	Import          string // the import that brought it, or ""
}

// text is the details as stored; nothing known is "".
func (d Details) text() string {
	if d == (Details{}) {
		return ""
	}
	b, err := json.Marshal(d)
	if err != nil {
		panic("BUG: details cannot be written: " + err.Error())
	}
	return string(b)
}

func detailsOf(text string) (d Details, err error) {
	if text == "" {
		return d, nil
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return d, fmt.Errorf("cannot read a snapshot's details: %w", err)
	}
	return d, nil
}

// Project returns the newest known value of each figure: what the profile looks like after all these snapshots. Their order does not matter.
func Project(snapshots []Snapshot) Snapshot {
	var p Snapshot
	newest := slices.SortedFunc(slices.Values(snapshots), func(a, b Snapshot) int {
		return cmp.Or(b.TakenAt.Compare(a.TakenAt), cmp.Compare(a.Source, b.Source))
	})
	for _, s := range newest {
		if p.TakenAt.IsZero() {
			p.Profile, p.TakenAt, p.Source = s.Profile, s.TakenAt, s.Source
		}
		p.learn(s)
	}
	return p
}

// learn takes from an older snapshot what s does not know yet.
func (s *Snapshot) learn(older Snapshot) {
	for _, f := range [][2]**int64{
		{&s.Counts.Followers, &older.Counts.Followers}, {&s.Counts.Following, &older.Counts.Following},
		{&s.Counts.Posts, &older.Counts.Posts}, {&s.Counts.Likes, &older.Counts.Likes},
	} {
		*f[0] = cmp.Or(*f[0], *f[1])
	}
	if s.Averages == (Averages{}) {
		s.Averages = older.Averages // one list's averages belong together: a rate made of two months would be neither's
	}
	s.AudienceCountry = cmp.Or(s.AudienceCountry, older.AudienceCountry)
	d, e := &s.Details, &older.Details
	d.URL, d.DisplayName, d.Bio = cmp.Or(d.URL, e.URL), cmp.Or(d.DisplayName, e.DisplayName), cmp.Or(d.Bio, e.Bio)
	d.Country, d.Language = cmp.Or(d.Country, e.Country), cmp.Or(d.Language, e.Language)
	d.Category, d.Subcategory = cmp.Or(d.Category, e.Category), cmp.Or(d.Subcategory, e.Subcategory)
	d.Verified, d.HasBioLink = cmp.Or(d.Verified, e.Verified), cmp.Or(d.HasBioLink, e.HasBioLink)
}

// Says reports whether s holds anything that p, the projection of older ones, does not say already.
func (s Snapshot) Says(p Snapshot) bool {
	learned := s
	learned.Profile, learned.TakenAt, learned.Source, learned.Import = p.Profile, p.TakenAt, p.Source, p.Import
	learned.learn(p)
	if s.Averages == (Averages{}) {
		learned.Averages = p.Averages
	}
	return !learned.Same(p)
}

// IsEmpty reports whether s shows nothing at all.
func (s Snapshot) IsEmpty() bool { return s.Same(Snapshot{}) }

// Same reports whether two snapshots show the same figures; moments and sources are not compared.
func (s Snapshot) Same(o Snapshot) bool { return s.Fingerprint() == o.Fingerprint() }

// Fingerprint is a text that is equal for snapshots that show the same.
func (s Snapshot) Fingerprint() string {
	b := make([]byte, 0, 128)
	for _, n := range s.figures() {
		if n != nil {
			b = fmt.Appendf(b, "%d", *n)
		}
		b = append(b, ' ')
	}
	return string(b) + s.AudienceCountry + "\x00" + s.Details.text()
}

func (s Snapshot) figures() []*int64 {
	return []*int64{
		s.Counts.Followers, s.Counts.Following, s.Counts.Posts, s.Counts.Likes,
		s.Averages.Engagement, s.Averages.AuthenticEngagement, s.Averages.Views, s.Averages.Likes, s.Averages.Comments, s.Averages.Shares,
	}
}

// Check refuses figures that cannot be.
func (c Counts) Check() error {
	return fault.Join(
		checkCount("followers", c.Followers), checkCount("following", c.Following), checkCount("posts", c.Posts), checkCount("likes", c.Likes))
}

func checkCount(field string, n *int64) *fault.Error {
	switch {
	case n == nil:
		return nil
	case *n < 0:
		return fault.Invalid("A count must not be negative.").In(field)
	case *n > MaxCount:
		return fault.Invalid("The count is larger than any account's.").In(field)
	default:
		return nil
	}
}

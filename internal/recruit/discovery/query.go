package discovery

import (
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery/meaning"
	"rapport/internal/recruit/vetting"
)

// Sort is the order of hits.
type Sort string

// The orders. The usual one is fit where a target is given, else relevance where words or others to be like are, else name.
const (
	SortFit        Sort = "fit"
	SortRelevance  Sort = "relevance"
	SortFollowers  Sort = "followers"
	SortEngagement Sort = "engagement"
	SortName       Sort = "name"
	SortNewest     Sort = "newest"
)

// Query is what is searched for. Whoever asks is cut to creators of Programs, unless Everywhere is set; Program is the one whose facts (status,
// contact, price, verdict, lists, audiences) count, and must be one that the caller may see. Other empty fields do not filter.
type Query struct {
	Everywhere bool
	Programs   []programs.ID
	Program    programs.ID

	Words  string
	Target *Target
	Like   []creators.ID

	Platform         creators.Platform
	Tier             creators.Tier
	MinFollowers     *int64
	MaxFollowers     *int64
	MinEngagementPPM int64
	Country          string
	Language         string
	AudienceCountry  string // at least a quarter of the audience lives there
	AudienceAge      string // a band of AudienceAges: at least a quarter of the audience is of that age
	AudienceGender   string // female or male: at least half of the audience
	Topic            string // of the tree, or one below it
	MaxPriceMinor    *int64
	Verdict          vetting.Verdict
	PostedSince      time.Time
	HasContact       *bool
	NotContacted     bool // no partnership in Program, or still a prospect
	List             creators.ListID
	Status           string

	Sort Sort
	Page db.Page

	abroad meaning.Vector // where a service says that the words stand; nil without
}

// Hit is one creator found.
type Hit struct {
	Creator   creators.ID
	Fit       *Fitness
	Relevance float64 // 0 to 1
	Why       []Why
}

// Why is one reason why a creator was found.
type Why struct {
	Code  string // wrote, hashtag, bio, name, close, topic, like
	Words []string
	Posts int
}

// Result is a page of hits.
type Result struct {
	Items []Hit
	Total int // how many match
	Next  string

	Making bool // the index is being made: names and handles were searched alone
	Own    bool // there is an embeddings service, and it did not say in time what is meant: the own space did
}

const (
	longestWords = 500 // bytes
	mostLike     = 20
	audienceBP   = 2500
	genderBP     = 5000
	mostWords    = 24
)

func (q Query) check() error {
	var wrong []*fault.Error
	switch q.Sort {
	case "", SortFit, SortRelevance, SortFollowers, SortEngagement, SortName, SortNewest:
	default:
		wrong = append(wrong, fault.Invalid("Creators are sorted by fit, relevance, followers, engagement, name or newest.").In("sort"))
	}
	if q.Sort == SortFit && q.Target == nil {
		wrong = append(wrong, fault.Invalid("Sorting by fit needs customers to fit to: target_id or about.").In("sort"))
	}
	if len(q.Words) > longestWords {
		wrong = append(wrong, fault.Invalidf("A search has at most %d bytes.", longestWords).In("q"))
	}
	if len(q.Like) > mostLike {
		wrong = append(wrong, fault.Invalidf("At most %d creators to be like.", mostLike).In("like"))
	}
	if q.Verdict != "" && !q.Verdict.Valid() {
		wrong = append(wrong, fault.Invalid("The verdict must be fits, look_closer or not_for_us.").In("verdict"))
	}
	if _, known := bandOf(q.AudienceAge); q.AudienceAge != "" && !known {
		wrong = append(wrong, fault.Invalid("The age of an audience is one of 13-17, 18-24, 25-34, 35-44, 45-54, 55-64, 65+.").In("audience_age"))
	}
	if q.AudienceGender != "" && q.AudienceGender != "female" && q.AudienceGender != "male" {
		wrong = append(wrong, fault.Invalid("The gender of an audience is female or male.").In("audience_gender"))
	}
	return fault.Join(wrong...)
}

func (q Query) order() Sort {
	switch {
	case q.Sort != "":
		return q.Sort
	case q.Target != nil && !q.Target.Empty():
		return SortFit
	case q.Words != "" || len(q.Like) > 0:
		return SortRelevance
	}
	return SortName
}

// hears reports whether one source's audience is what was asked for, in every dimension asked.
func (q *Query) hears(a *creators.Audience) bool {
	country, age, gender := 0.0, 0.0, 0.0
	wanted, _ := bandOf(q.AudienceAge)
	for _, s := range a.Slices {
		switch {
		case s.Dimension == creators.DimensionCountry && s.Key == q.AudienceCountry:
			country += float64(s.ShareBP)
		case s.Dimension == creators.DimensionGender && s.Key == q.AudienceGender:
			gender += float64(s.ShareBP)
		case s.Dimension == creators.DimensionAge && q.AudienceAge != "":
			if band, ok := parseBand(s.Key); ok {
				age += float64(s.ShareBP) * ageShare([]AgeBand{wanted}, band)
			}
		}
	}
	return (q.AudienceCountry == "" || country >= audienceBP) && (q.AudienceAge == "" || age >= audienceBP) && (q.AudienceGender == "" || gender >= genderBP)
}

// reaches reports whether what the program or everybody was told of an audience is what was asked for.
func (q *Query) reaches(told ...[]creators.Audience) bool {
	if q.AudienceCountry == "" && q.AudienceAge == "" && q.AudienceGender == "" {
		return true
	}
	for _, all := range told {
		for i := range all {
			if q.hears(&all[i]) {
				return true
			}
		}
	}
	return false
}

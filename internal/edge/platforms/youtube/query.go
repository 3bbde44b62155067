package youtube

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/fault"
)

// The units that calls cost (https://developers.google.com/youtube/v3/determine_quota_cost).
const (
	SearchCost = 100
	ListCost   = 1
)

// Finds says what a search looks for.
type Finds string

// What can be found.
const (
	FindsVideos   Finds = "video"
	FindsChannels Finds = "channel"
)

// Order is how YouTube sorts what it found.
type Order string

// The orders that make sense for finding people.
const (
	OrderRelevance Order = "relevance"
	OrderDate      Order = "date"
	OrderViews     Order = "viewCount"
)

// Orders lists them.
var Orders = []Order{OrderRelevance, OrderDate, OrderViews}

// Query is one search.
type Query struct {
	Words    string // keywords, or a hashtag with its #
	Finds    Finds
	Region   string // ISO 3166 alpha-2
	Language string // ISO 639-1
	Topic    string // a topic's id, see Topics
	Order    Order
	After    time.Time // published after
	Channel  string    // of this channel only
	Paid     bool      // only videos that YouTube lists as paid product placement
	Page     string
}

// Topic is one of the curated topics that a search can be kept to.
type Topic struct{ ID, Name string }

// Topics are those of lifestyle, which micro-creators publish in, and their neighbours (search.list, "topicId").
var Topics = []Topic{
	{"/m/032tl", "fashion"}, {"/m/019_rr", "lifestyle"}, {"/m/041xxh", "beauty"}, {"/m/027x7n", "fitness"}, {"/m/02wbm", "food"}, {"/m/03glg", "hobby"},
	{"/m/068hy", "pets"}, {"/m/07c1v", "technology"}, {"/m/07bxq", "tourism"}, {"/m/07yv9", "vehicles"}, {"/m/0kt51", "health"}, {"/m/01k8wb", "knowledge"},
	{"/m/0bzvm2", "gaming"}, {"/m/04rlf", "music"}, {"/m/06ntj", "sports"},
}

// longestWords bounds what is searched for, in characters.
const longestWords = 200

// pageMost is how many a page of any list holds, and how many ids a call takes.
const pageMost = 50

// Check fills in what is usual and refuses what YouTube would refuse after counting it.
func (q Query) Check() (Query, error) {
	q.Words = strings.Join(strings.Fields(q.Words), " ")
	if q.Finds == "" {
		q.Finds = FindsVideos
	}
	if q.Order == "" {
		q.Order = OrderRelevance
	}
	q.Region, q.Language = strings.ToUpper(q.Region), strings.ToLower(q.Language)
	switch {
	case q.Words == "" && q.Channel == "":
		return q, fault.Invalid("Say what to search for: a word, a few words or a hashtag.").In("q")
	case !utf8.ValidString(q.Words) || utf8.RuneCountInString(q.Words) > longestWords:
		return q, fault.Invalidf("A search has at most %d characters.", longestWords).In("q")
	case q.Finds != FindsVideos && q.Finds != FindsChannels:
		return q, fault.Invalid("A search finds videos or channels.").In("type")
	case !slices.Contains(Orders, q.Order):
		return q, fault.Invalid("Results are sorted by relevance, date or views.").In("order")
	case q.Region != "" && !isLetters(q.Region, 2):
		return q, fault.Invalid("A country is two letters: DE, US.").In("country")
	case q.Language != "" && !isLetters(q.Language, 2):
		return q, fault.Invalid("A language is two letters: de, en.").In("language")
	case q.Topic != "" && !slices.ContainsFunc(Topics, func(t Topic) bool { return t.ID == q.Topic }):
		return q, fault.Invalid("Choose one of the topics.").In("topic")
	case q.Paid && q.Finds != FindsVideos:
		return q, fault.Invalid("Only videos can be paid placements.").In("paid")
	}
	return q, nil
}

func isLetters(text string, n int) bool {
	return len(text) == n && !strings.ContainsFunc(text, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
}

// Key is equal for searches that get the same answer, so that asking twice on one day costs once. After counts to the day.
func (q Query) Key() string {
	v := url.Values{"q": {strings.ToLower(q.Words)}, "type": {string(q.Finds)}, "order": {string(q.Order)}}
	for name, text := range map[string]string{"region": q.Region, "language": q.Language, "topic": q.Topic, "channel": q.Channel, "page": q.Page} {
		if text != "" {
			v.Set(name, text)
		}
	}
	if !q.After.IsZero() {
		v.Set("after", q.After.UTC().Format(time.DateOnly))
	}
	if q.Paid {
		v.Set("paid", "true")
	}
	return v.Encode()
}

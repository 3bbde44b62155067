package instagram

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"rapport/internal/base/fault"
	"rapport/internal/recruit/creators"
)

// Wish is a search in Meta's creator marketplace. Empty fields do not filter.
type Wish struct {
	Query          string
	Usernames      []string
	SimilarTo      []string
	Countries      []string // ISO 3166 alpha-2
	Gender         string   // female, male
	Ages           []string // "18_to_24"
	Interests      []string
	MinFollowers   int64
	MaxFollowers   int64
	MinEngaged     int64
	MaxEngaged     int64
	Growth         string
	LatestPost     string
	ReelsRate      string
	HasEmail       bool
	Onboarded      bool
	MajorCountries []string // of the audience
	MajorGender    string
	MajorAges      []string
	MajorDevice    string
	After          string
}

// Interests are the marketplace's own subjects.
var Interests = []string{
	"ANIMALS_AND_PETS", "BOOKS_AND_LITERATURE", "BUSINESS_FINANCE_AND_ECONOMICS", "EDUCATION_AND_LEARNING", "BEAUTY", "FASHION", "FITNESS_AND_WORKOUTS",
	"FOOD_AND_DRINK", "GAMES_PUZZLES_AND_PLAY", "HISTORY_AND_PHILOSOPHY", "HOLIDAYS_AND_CELEBRATIONS", "HOME_AND_GARDEN", "MUSIC_AND_AUDIO",
	"PERFORMING_ARTS", "SCIENCE_AND_TECH", "SPORTS", "TV_AND_MOVIES", "TRAVEL_AND_LEISURE_ACTIVITIES", "VEHICLES_AND_TRANSPORTATION",
	"VISUAL_ARTS_ARCHITECTURE_AND_CRAFTS",
}

// Ages are the marketplace's bands.
var Ages = []string{"18_to_24", "25_to_34", "35_to_44", "45_to_54", "55_to_64", "65_and_above"}

const (
	longestQuery = 200
	mostWished   = 20
)

// Check refuses what Meta would.
func (w Wish) Check() (Wish, error) {
	w.Query = strings.Join(strings.Fields(w.Query), " ")
	for i, n := range w.Usernames {
		w.Usernames[i] = strings.TrimPrefix(strings.TrimSpace(n), "@")
	}
	bad := func(all []string, ok func(string) bool) bool {
		return len(all) > mostWished || slices.ContainsFunc(all, func(s string) bool { return !ok(s) })
	}
	oneOf := func(list []string) func(string) bool { return func(s string) bool { return slices.Contains(list, s) } }
	isCountry := func(s string) bool {
		return len(s) == 2 && strings.ToUpper(s) == s && s[0] >= 'A' && s[1] >= 'A' && s[0] <= 'Z' && s[1] <= 'Z'
	}
	switch {
	case len([]rune(w.Query)) > longestQuery:
		return w, fault.Invalidf("A search has at most %d characters.", longestQuery).In("q")
	case w.isEmpty():
		return w, fault.Invalid("Say what to search for: words, names, or at least one filter.").In("q")
	case bad(w.Usernames, username.MatchString), bad(w.SimilarTo, username.MatchString):
		return w, fault.Invalidf("Up to %d Instagram names: letters, digits, dots and underscores.", mostWished).In("names")
	case bad(w.Countries, isCountry), bad(w.MajorCountries, isCountry):
		return w, fault.Invalid("A country is two letters: DE, US.").In("country")
	case bad(w.Interests, oneOf(Interests)):
		return w, fault.Invalid("Choose one of the interests.").In("interest")
	case bad(w.Ages, oneOf(Ages)), bad(w.MajorAges, oneOf(Ages)):
		return w, fault.Invalid("Choose one of the ages.").In("age")
	case w.MinFollowers < 0 || w.MaxFollowers < 0 || w.MaxFollowers > 0 && w.MinFollowers > w.MaxFollowers:
		return w, fault.Invalid("The smallest number of followers is above the largest.").In("min_followers")
	}
	return w, nil
}

func (w Wish) isEmpty() bool {
	q := w.values()
	q.Del("fields")
	q.Del("limit")
	q.Del("after")
	return len(q) == 0
}

const marketplaceFields = "id,username,biography,country,gender,age_bucket,email,is_account_verified,onboarded_status,has_brand_partnership_experience," +
	"past_brand_partnership_partners,portfolio_url"

// values writes the parameters as creator_marketplace_creators has them; lists are JSON arrays, as everywhere in the Graph API.
func (w Wish) values() url.Values {
	q := url.Values{"fields": {marketplaceFields}, "limit": {strconv.Itoa(marketplacePage)}}
	one := func(name, text string) {
		if text != "" {
			q.Set(name, text)
		}
	}
	list := func(name string, all []string) {
		if len(all) > 0 {
			q.Set(name, `["`+strings.Join(all, `","`)+`"]`)
		}
	}
	number := func(name string, n int64) {
		if n > 0 {
			q.Set(name, strconv.FormatInt(n, 10))
		}
	}
	flag := func(name string, on bool) {
		if on {
			q.Set(name, "true")
		}
	}
	one("query", w.Query)
	list("usernames", w.Usernames)
	list("similar_to_creators", w.SimilarTo)
	list("creator_countries", w.Countries)
	one("creator_gender", w.Gender)
	list("creator_age_bucket", w.Ages)
	list("creator_interests", w.Interests)
	number("creator_min_followers", w.MinFollowers)
	number("creator_max_followers", w.MaxFollowers)
	number("creator_min_engaged_accounts", w.MinEngaged)
	number("creator_max_engaged_accounts", w.MaxEngaged)
	one("creator_follower_growth", w.Growth)
	one("creator_latest_post_activity", w.LatestPost)
	one("reels_interaction_rate", w.ReelsRate)
	flag("has_public_contact_email", w.HasEmail)
	flag("show_onboarded_creators_only", w.Onboarded)
	list("major_audience_countries", w.MajorCountries)
	one("major_audience_gender", w.MajorGender)
	list("major_audience_age_bucket", w.MajorAges)
	one("major_audience_device_type", w.MajorDevice)
	one("after", w.After)
	return q
}

const marketplacePage = 25

// Key is equal for wishes that get the same answer.
func (w Wish) Key() string { return w.values().Encode() }

// Creator is somebody the marketplace shows.
type Creator struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	Biography  string `json:"biography"`
	Country    string `json:"country"`
	Email      string `json:"email"`
	Verified   bool   `json:"is_account_verified"`
	Onboarded  string `json:"onboarded_status"`
	Experience bool   `json:"has_brand_partnership_experience"`
	Portfolio  string `json:"portfolio_url"`
}

// Search asks the marketplace; next is the cursor of the page after. With standard access Meta answers with made-up test data.
func (c Client) Search(ctx context.Context, w Wish) (all []Creator, next string, err error) {
	if w, err = w.Check(); err != nil {
		return nil, "", err
	}
	var answer struct {
		Data   []Creator `json:"data"`
		Paging page      `json:"paging"`
	}
	if err := c.get(ctx, c.Token.Account+"/creator_marketplace_creators", w.values(), Marketplace, &answer); err != nil {
		return nil, "", err
	}
	for _, found := range answer.Data[:min(len(answer.Data), 2*marketplacePage)] {
		if username.MatchString(found.Username) {
			all = append(all, found)
		}
	}
	return all, answer.Paging.after(), nil
}

// Details are what the marketplace says of an account. Gender and age are for filtering and are not kept.
func (c Creator) Details() creators.Details {
	verified := c.Verified
	d := creators.Details{URL: creators.Account{Platform: name, Handle: c.Username}.URL(), Bio: cut(c.Biography, creators.LongestBio),
		Country: creators.Country(c.Country), Verified: &verified}
	if d.Check() != nil {
		return creators.Details{URL: d.URL}
	}
	return d
}

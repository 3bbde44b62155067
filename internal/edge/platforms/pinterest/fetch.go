package pinterest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"rapport/internal/edge/platforms"
	"rapport/internal/recruit/creators"
)

const (
	perPage  = 100 // of at most 250
	mostPage = 4   // of one fetch, whatever the bookmarks say
	longest  = 500 // characters of a bookmark
	daysBack = 30  // of analytics
)

// account is schema Account.
type account struct {
	ID        string `json:"id"`
	Username  string `json:"username"`
	About     string `json:"about"`
	Business  string `json:"business_name"`
	Type      string `json:"account_type"`
	Website   string `json:"website_url"`
	Followers *int64 `json:"follower_count"`
	Following *int64 `json:"following_count"`
	Pins      *int64 `json:"pin_count"`
	Views     *int64 `json:"monthly_views"`
}

// pin is schema Pin, without what we do not keep.
type pin struct {
	ID          string          `json:"id"`
	CreatedAt   string          `json:"created_at"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
	IsOwner     *bool           `json:"is_owner"`
	Promoted    *bool           `json:"has_been_promoted"`
	Metrics     json.RawMessage `json:"pin_metrics"`
}

// metrics are the figures of a Pin over its life.
type metrics struct {
	Lifetime struct {
		Impression *int64 `json:"impression"`
		Reaction   *int64 `json:"reaction"`
		Comment    *int64 `json:"comment"`
		Save       *int64 `json:"save"`
	} `json:"lifetime_metrics"`
}

func bearer(t platforms.Token) http.Header {
	return http.Header{"Authorization": {"Bearer " + t.Access}}
}

func (p Platform) get(ctx context.Context, c platforms.Caller, t platforms.Token, path string, query url.Values, into any) error {
	_, err := c.Do(ctx, platforms.Call{
		URL: or(p.API, api) + path, Query: query, Header: bearer(t), Judge: judge, Cost: platforms.Cost{Bucket: bucket, Units: 1},
	}, into)
	return err
}

// Who says whose token it is.
func (p Platform) Who(ctx context.Context, c platforms.Caller, _ platforms.App, t platforms.Token) (platforms.Identity, error) {
	a, err := p.account(ctx, c, t)
	return a.identity(), err
}

func (p Platform) account(ctx context.Context, c platforms.Caller, t platforms.Token) (a account, err error) {
	if err := p.get(ctx, c, t, "/user_account", nil, &a); err != nil {
		return a, err
	}
	if a.Username == "" {
		return a, platforms.Failed(platforms.FailureNonsense, creators.PlatformPinterest, "an account without a name")
	}
	return a, nil
}

// Fetch reads the account, its Pins and its analytics.
func (p Platform) Fetch(ctx context.Context, c platforms.Caller, _ platforms.App, t platforms.Token, want platforms.Want) (platforms.Fetched, error) {
	a, err := p.account(ctx, c, t)
	if err != nil {
		return platforms.Fetched{}, err
	}
	got := a.fetched(c.Clock())
	if !slices.Contains(t.Scopes, "pins:read") || !slices.Contains(t.Scopes, "boards:read") {
		got.Notes = append(got.Notes, "no_posts")
	} else if got.Posts, got.Cursor, err = p.pins(ctx, c, t, want); err != nil {
		return got, err
	}
	insights, err := p.analytics(ctx, c, t)
	if f, ok := platforms.FailureOf(err); ok && f.Kind == platforms.FailurePermissionMissing {
		got.Notes = append(got.Notes, "no_insights") // Pinterest gives them to business accounts only
		return got, nil
	}
	got.Insights = append(got.Insights, insights...)
	return got, err
}

// pins reads pages until one is the last, the Pins are older than wanted, or enough came.
func (p Platform) pins(ctx context.Context, c platforms.Caller, t platforms.Token, want platforms.Want) (posts []creators.Post, bookmark string, err error) {
	bookmark = want.Cursor
	for range mostPage {
		query := url.Values{"pin_metrics": {"true"}, "page_size": {strconv.Itoa(perPage)}}
		if bookmark != "" {
			query.Set("bookmark", bookmark)
		}
		var page struct {
			Items    []pin  `json:"items"`
			Bookmark string `json:"bookmark"`
		}
		if err := p.get(ctx, c, t, "/pins", query, &page); err != nil {
			return posts, bookmark, err
		}
		if page.Items == nil || len(page.Items) > perPage {
			return posts, bookmark, platforms.Failed(platforms.FailureNonsense, creators.PlatformPinterest, "an answer without a list of Pins")
		}
		old := false
		for _, item := range page.Items {
			post := item.post()
			old = !post.PostedAt.IsZero() && post.PostedAt.Before(want.Since)
			if !old && (item.IsOwner == nil || *item.IsOwner) { // what others made and this account saved is theirs
				posts = append(posts, post)
			}
		}
		switch {
		case page.Bookmark == "", len(page.Items) == 0, old, want.MostPosts > 0 && len(posts) >= want.MostPosts:
			return posts, "", nil
		case page.Bookmark == bookmark, len(page.Bookmark) > longest:
			return posts, "", platforms.Failed(platforms.FailureNonsense, creators.PlatformPinterest, "the same page again")
		}
		bookmark = page.Bookmark
	}
	return posts, "", nil
}

// analyticsMetrics are those of user_account/analytics that are counts or rates of an account, with what they are called here.
var analyticsMetrics = map[string]platforms.Insight{
	"IMPRESSION": {Metric: "impressions"}, "ENGAGEMENT": {Metric: "engagements"}, "ENGAGEMENT_RATE": {Metric: "engagement_rate", Rate: true},
	"PIN_CLICK": {Metric: "pin_clicks"}, "OUTBOUND_CLICK": {Metric: "outbound_clicks"}, "SAVE": {Metric: "saves"},
}

// analytics reads the account's figures of the last thirty whole days. Pinterest's days are UTC.
func (p Platform) analytics(ctx context.Context, c platforms.Caller, t platforms.Token) (all []platforms.Insight, err error) {
	to := c.Clock().UTC().Truncate(24*time.Hour).AddDate(0, 0, -1)
	from := to.AddDate(0, 0, 1-daysBack)
	var names []string
	for name := range analyticsMetrics {
		names = append(names, name)
	}
	slices.Sort(names)
	var a map[string]struct {
		Summary map[string]float64 `json:"summary_metrics"`
	}
	err = p.get(ctx, c, t, "/user_account/analytics", url.Values{
		"start_date": {from.Format(time.DateOnly)}, "end_date": {to.Format(time.DateOnly)}, "metric_types": {strings.Join(names, ",")},
	}, &a)
	if err != nil {
		return nil, err
	}
	summary := a["all"].Summary // the key of an answer that is not split
	for _, name := range names {
		value, known := summary[name]
		i := analyticsMetrics[name]
		if i.From, i.To = from, to; i.Rate {
			value *= 1e6
		}
		if known && value >= 0 && value <= float64(creators.MaxCount) {
			i.Value = int64(value + 0.5)
			all = append(all, i)
		}
	}
	return all, nil
}

func (a account) identity() platforms.Identity {
	id := a.ID
	if id == "" {
		id = a.Username // older answers name no id
	}
	return platforms.Identity{Account: id, Handle: a.Username, DisplayName: a.Business}
}

func (a account) fetched(now time.Time) platforms.Fetched {
	f := platforms.Fetched{
		Identity: a.identity(),
		Counts:   creators.Counts{Followers: a.Followers, Following: a.Following, Posts: a.Pins},
		Details:  creators.Details{DisplayName: a.Business, Bio: a.About},
	}
	if a.Website != "" {
		yes := true
		f.Details.HasBioLink = &yes
	}
	if a.Views != nil && *a.Views >= 0 {
		f.Insights = append(f.Insights, platforms.Insight{Metric: "monthly_views", Value: *a.Views, From: now.AddDate(0, 0, -daysBack), To: now})
	}
	return f
}

func (p pin) post() creators.Post {
	post := creators.Post{PlatformID: p.ID, Caption: strings.TrimSpace(p.Title + "\n" + p.Description), Sponsored: onlyTrue(p.Promoted)}
	if at, err := time.Parse("2006-01-02T15:04:05", strings.TrimSuffix(p.CreatedAt, "Z")); err == nil {
		post.PostedAt = at // their own examples come with and without the Z
	}
	if p.ID != "" {
		post.URL = "https://www.pinterest.com/pin/" + url.PathEscape(p.ID) + "/"
	}
	var m metrics
	if json.Unmarshal(p.Metrics, &m) == nil {
		post.Counts = creators.PostCounts{Views: m.Lifetime.Impression, Likes: m.Lifetime.Reaction, Comments: m.Lifetime.Comment, Saves: m.Lifetime.Save}
	}
	return post
}

// onlyTrue keeps that a Pin was promoted; one that was not may still be sponsored.
func onlyTrue(b *bool) *bool {
	if b != nil && *b {
		return b
	}
	return nil
}

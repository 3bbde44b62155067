package instagram

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"rapport/internal/edge/platforms"
	"rapport/internal/recruit/creators"
)

const (
	ownFields      = "id,caption,like_count,comments_count,media_type,media_product_type,permalink,timestamp"
	ownInsights    = ",insights.metric(views,shares,saved)"
	ownPage        = 50
	commentedPosts = 3
	commentPage    = 50
	mostResults    = 200 // slices of one breakdown
)

// Fetch reads a connected creator's account: what it shows, its posts, what is written below the newest, and who follows. An error leaves what came
// before it, and the cursor to go on with.
func (p Platform) Fetch(ctx context.Context, c platforms.Caller, app platforms.App, t platforms.Token, want platforms.Want) (f platforms.Fetched, err error) {
	client := Open(c, app, t, p.Host)
	f.Cursor = want.Cursor
	var a Account
	if err := client.get(ctx, t.Account, url.Values{"fields": {accountFields}}, Calls, &a); err != nil {
		return f, err
	}
	if f.Identity, err = a.identity(t); err != nil {
		return f, err
	}
	f.Counts, f.Details = a.Counts(), a.Details()
	if err := client.fetchMedia(ctx, want, &f); err != nil {
		return f, err
	}
	if want.Cursor != "" {
		return f, nil
	}
	if err := client.fetchComments(ctx, &f); err != nil {
		return f, err
	}
	return f, client.fetchAudience(ctx, &f)
}

// fetchMedia walks the posts until enough came, or the older ones begin.
func (c Client) fetchMedia(ctx context.Context, want platforms.Want, f *platforms.Fetched) error {
	fields := ownFields + ownInsights
	for range want.MostPosts/ownPage + 2 {
		q := url.Values{"fields": {fields}, "limit": {strconv.Itoa(ownPage)}}
		if f.Cursor != "" {
			q.Set("after", f.Cursor)
		}
		var answer struct {
			Data   []Media `json:"data"`
			Paging page    `json:"paging"`
		}
		err := c.get(ctx, c.Token.Account+"/media", q, Calls, &answer)
		if fields != ownFields && withoutInsights(err) {
			fields, f.Notes = ownFields, append(f.Notes, "no_insights")
			continue
		}
		if err != nil {
			return err
		}
		older := false
		for _, m := range answer.Data[:min(len(answer.Data), ownPage)] {
			if at := m.PostedAt(); !at.IsZero() && at.Before(want.Since) {
				older = true
			} else if m.ID != "" && len(f.Posts) < want.MostPosts {
				f.Posts = append(f.Posts, m.Post())
			}
		}
		if f.Cursor = answer.Paging.after(); older || f.Cursor == "" || len(f.Posts) >= want.MostPosts {
			break
		}
	}
	f.Cursor = ""
	return nil
}

// withoutInsights are the refusals that only the figures of a post's owner meet: a post from before the account was professional, or a permission
// that was not ticked.
func withoutInsights(err error) bool {
	var e graphError
	return errors.As(err, &e) && (e.Subcode == subNoInsights || e.Code == 10)
}

// fetchComments reads what is written below the newest posts that have any.
func (c Client) fetchComments(ctx context.Context, f *platforms.Fetched) error {
	read := 0
	for _, p := range f.Posts {
		if p.Counts.Comments == nil || *p.Counts.Comments == 0 || !digits(p.PlatformID) {
			continue
		}
		if read++; read > commentedPosts {
			return nil
		}
		var answer struct {
			Data []struct {
				ID        string `json:"id"`
				Text      string `json:"text"`
				Username  string `json:"username"`
				Timestamp string `json:"timestamp"`
			} `json:"data"`
		}
		q := url.Values{"fields": {"id,text,username,timestamp"}, "limit": {strconv.Itoa(commentPage)}}
		err := c.get(ctx, p.PlatformID+"/comments", q, Calls, &answer)
		switch failure, ok := platforms.FailureOf(err); {
		case ok && failure.Kind == platforms.FailurePermissionMissing:
			f.Notes = append(f.Notes, "no_comments")
			return nil
		case isGone(err):
			continue
		case err != nil:
			return err
		}
		for _, w := range answer.Data[:min(len(answer.Data), commentPage)] {
			if w.Text != "" && w.Username != "" {
				f.Comments = append(f.Comments, platforms.Comment{Post: p.PlatformID, ID: w.ID, At: moment(w.Timestamp), Text: cut(w.Text, longestComment), Author: w.Username})
			}
		}
	}
	return nil
}

// breakdowns are asked one by one: Meta gives one dimension a call.
var breakdowns = []struct{ breakdown, dimension string }{{"country", "country"}, {"city", "city"}, {"age", "age"}, {"gender", "gender"}}

// fetchAudience reads who follows. Accounts below 100 followers get nothing (instagram-platform/api-reference/instagram-user/insights).
func (c Client) fetchAudience(ctx context.Context, f *platforms.Fetched) error {
	for _, b := range breakdowns {
		var answer demographics
		q := url.Values{"metric": {"follower_demographics"}, "period": {"lifetime"}, "metric_type": {"total_value"}, "timeframe": {"this_month"}, "breakdown": {b.breakdown}}
		err := c.get(ctx, c.Token.Account+"/insights", q, Calls, &answer)
		if failure, ok := platforms.FailureOf(err); ok && (failure.Kind == platforms.FailurePermissionMissing || failure.Kind == platforms.FailureAppRefused) {
			f.Notes = append(f.Notes, "no_audience")
			return nil
		}
		if err != nil {
			return err
		}
		f.Audience = append(f.Audience, answer.slices(b.dimension)...)
	}
	return nil
}

type demographics struct {
	Data []struct {
		Total struct {
			Breakdowns []struct {
				Results []struct {
					Dimensions []string `json:"dimension_values"`
					Value      int64    `json:"value"`
				} `json:"results"`
			} `json:"breakdowns"`
		} `json:"total_value"`
	} `json:"data"`
}

// slices turns numbers of followers into shares, rounded down so that they never come to more than the whole. Meta names the 45 largest countries and
// cities, so for those the rest is unknown and shares are of what it named.
func (d demographics) slices(dimension string) (all []platforms.Slice) {
	for _, data := range d.Data[:min(len(d.Data), 1)] {
		for _, b := range data.Total.Breakdowns[:min(len(data.Total.Breakdowns), 1)] {
			var sum int64
			results := b.Results[:min(len(b.Results), mostResults)]
			for _, r := range results {
				if r.Value > 0 && r.Value <= creators.MaxCount {
					sum += r.Value
				}
			}
			for _, r := range results {
				if len(r.Dimensions) != 1 || r.Value <= 0 || r.Value > creators.MaxCount {
					continue
				}
				key, share := audienceKey(dimension, r.Dimensions[0]), int(r.Value*10_000/sum)
				if key != "" && share > 0 {
					all = append(all, platforms.Slice{Dimension: dimension, Key: key, ShareBP: share})
				}
			}
		}
	}
	return all
}

// audienceKey writes Meta's values as audiences have them: genders are F, M and U.
func audienceKey(dimension, value string) string {
	if dimension != "gender" {
		return cut(value, creators.LongestText)
	}
	switch value {
	case "F":
		return "female"
	case "M":
		return "male"
	}
	return "other"
}

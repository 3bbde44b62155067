package tiktok

import (
	"context"
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
	perPage  = 20 // tiktok-api-v2-video-list: "max_count … maximum is 20"
	mostPage = 10 // of one fetch, whatever the answer says of more
)

// The fields, by the scope that gives them: tiktok-api-v2-get-user-info. Avatars are not kept.
var fieldsOf = []struct {
	scope  string
	fields []string
}{
	{"user.info.basic", []string{"open_id", "display_name"}},
	{"user.info.profile", []string{"username", "bio_description", "profile_deep_link", "is_verified"}},
	{"user.info.stats", []string{"follower_count", "following_count", "likes_count", "video_count"}},
}

// videoFields are those of tiktok-api-v2-video-object that we keep.
const videoFields = "id,create_time,share_url,video_description,duration,title,like_count,comment_count,share_count,view_count"

type user struct {
	OpenID      string `json:"open_id"`
	DisplayName string `json:"display_name"`
	Username    string `json:"username"`
	Bio         string `json:"bio_description"`
	Link        string `json:"profile_deep_link"`
	Verified    *bool  `json:"is_verified"`
	Followers   *int64 `json:"follower_count"`
	Following   *int64 `json:"following_count"`
	Likes       *int64 `json:"likes_count"`
	Videos      *int64 `json:"video_count"`
}

type video struct {
	ID          string `json:"id"`
	CreateTime  int64  `json:"create_time"` // seconds
	ShareURL    string `json:"share_url"`
	Description string `json:"video_description"`
	Title       string `json:"title"`
	Duration    *int64 `json:"duration"` // seconds
	Likes       *int64 `json:"like_count"`
	Comments    *int64 `json:"comment_count"`
	Shares      *int64 `json:"share_count"`
	Views       *int64 `json:"view_count"`
}

// Who says whose token it is.
func (p Platform) Who(ctx context.Context, c platforms.Caller, _ platforms.App, t platforms.Token) (platforms.Identity, error) {
	u, err := p.user(ctx, c, t)
	return u.identity(), err
}

// Fetch reads the profile and the newest videos. A creator who did not tick a scope is read without it, and the notes say so.
func (p Platform) Fetch(ctx context.Context, c platforms.Caller, _ platforms.App, t platforms.Token, want platforms.Want) (platforms.Fetched, error) {
	u, err := p.user(ctx, c, t)
	if err != nil {
		return platforms.Fetched{}, err
	}
	got := u.fetched()
	if !slices.Contains(t.Scopes, "user.info.stats") {
		got.Notes = append(got.Notes, "no_stats")
	}
	if !slices.Contains(t.Scopes, "video.list") {
		got.Notes = append(got.Notes, "no_posts")
		return got, nil
	}
	got.Posts, got.Cursor, err = p.videos(ctx, c, t, want)
	return got, err
}

func bearer(t platforms.Token) http.Header {
	return http.Header{"Authorization": {"Bearer " + t.Access}}
}

func (p Platform) user(ctx context.Context, c platforms.Caller, t platforms.Token) (u user, err error) {
	var fields []string
	for _, f := range fieldsOf {
		if slices.Contains(t.Scopes, f.scope) {
			fields = append(fields, f.fields...)
		}
	}
	var a struct {
		Data struct {
			User *user `json:"user"`
		} `json:"data"`
		Error *trouble `json:"error"`
	}
	_, err = c.Do(ctx, platforms.Call{
		URL: or(p.API, api) + "/v2/user/info/", Query: url.Values{"fields": {strings.Join(fields, ",")}}, Header: bearer(t), Judge: judge,
		Cost: platforms.Cost{Bucket: bucketUser, Units: 1},
	}, &a)
	switch {
	case err != nil:
		return u, err
	case a.Data.User == nil || a.Error == nil || a.Data.User.OpenID == "":
		return u, platforms.Failed(platforms.FailureNonsense, creators.PlatformTikTok, "an answer without a user")
	}
	return *a.Data.User, nil
}

// videos reads pages until one is the last, the videos are older than wanted, or enough came.
func (p Platform) videos(ctx context.Context, c platforms.Caller, t platforms.Token, want platforms.Want) (posts []creators.Post, cursor string, err error) {
	at, err := strconv.ParseInt(want.Cursor, 10, 64)
	if want.Cursor != "" && err != nil {
		at = 0 // a cursor of another version of us: from the newest
	}
	for range mostPage {
		page, err := p.page(ctx, c, t, at)
		if err != nil {
			return posts, text(at), err
		}
		for _, v := range page.Videos {
			if post := v.post(); !post.PostedAt.Before(want.Since) {
				posts = append(posts, post)
			}
		}
		switch {
		case !page.HasMore, len(page.Videos) == 0, page.last().Before(want.Since), want.MostPosts > 0 && len(posts) >= want.MostPosts:
			return posts, "", nil
		case page.Cursor == at:
			return posts, "", platforms.Failed(platforms.FailureNonsense, creators.PlatformTikTok, "the same page again")
		}
		at = page.Cursor
	}
	return posts, "", nil
}

type page struct {
	Videos  []video `json:"videos"`
	Cursor  int64   `json:"cursor"` // milliseconds
	HasMore bool    `json:"has_more"`
}

func (p page) last() time.Time { return p.Videos[len(p.Videos)-1].post().PostedAt }

func (p Platform) page(ctx context.Context, c platforms.Caller, t platforms.Token, cursor int64) (page, error) {
	body := map[string]any{"max_count": perPage}
	if cursor > 0 {
		body["cursor"] = cursor
	}
	var a struct {
		Data  *page    `json:"data"`
		Error *trouble `json:"error"`
	}
	_, err := c.Do(ctx, platforms.Call{
		Method: http.MethodPost, Read: true, URL: or(p.API, api) + "/v2/video/list/", Query: url.Values{"fields": {videoFields}}, Header: bearer(t), JSON: body,
		Judge: judge, Cost: platforms.Cost{Bucket: bucketVideo, Units: 1},
	}, &a)
	switch {
	case err != nil:
		return page{}, err
	case a.Data == nil || a.Error == nil || len(a.Data.Videos) > perPage:
		return page{}, platforms.Failed(platforms.FailureNonsense, creators.PlatformTikTok, "an answer without a list of videos")
	}
	return *a.Data, nil
}

func (u user) identity() platforms.Identity {
	return platforms.Identity{Account: u.OpenID, Handle: u.Username, DisplayName: u.DisplayName}
}

func (u user) fetched() platforms.Fetched {
	return platforms.Fetched{
		Identity: u.identity(),
		Counts:   creators.Counts{Followers: u.Followers, Following: u.Following, Posts: u.Videos, Likes: u.Likes},
		Details:  creators.Details{DisplayName: u.DisplayName, Bio: u.Bio, Verified: u.Verified},
	}
}

func (v video) post() creators.Post {
	caption := v.Description
	if caption == "" {
		caption = v.Title
	}
	var at time.Time
	if v.CreateTime > 0 && v.CreateTime < 1<<33 {
		at = time.Unix(v.CreateTime, 0).UTC()
	}
	return creators.Post{
		PlatformID: v.ID, PostedAt: at, Caption: caption, Seconds: v.Duration, URL: v.ShareURL,
		Counts: creators.PostCounts{Views: v.Views, Likes: v.Likes, Comments: v.Comments, Shares: v.Shares},
	}
}

func text(cursor int64) string {
	if cursor == 0 {
		return ""
	}
	return strconv.FormatInt(cursor, 10)
}

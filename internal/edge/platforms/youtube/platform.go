package youtube

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rapport/internal/edge/platforms"
)

// Platform lets creators connect their channel. Its addresses are "" for Google's own.
type Platform struct {
	Endpoint  string // of the Data API
	Consent   string // where people are asked
	TokenHost string // https://oauth2.googleapis.com
}

const (
	consentURL = "https://accounts.google.com/o/oauth2/v2/auth"
	tokenHost  = "https://oauth2.googleapis.com" //nolint:gosec // an address, no secret
	scopeRead  = "https://www.googleapis.com/auth/youtube.readonly"
)

// Rules are YouTube's as its documents say.
func (Platform) Rules() platforms.Rules { return Rules() }

// Rules are YouTube's as its documents say.
func Rules() platforms.Rules {
	return platforms.Rules{
		Name: name, Title: "YouTube", Source: Source, Scopes: []string{scopeRead}, Needed: []string{scopeRead}, PKCE: true,
		Keep: 30 * 24 * time.Hour, Every: 7 * 24 * time.Hour, Ahead: 5 * time.Minute, ForgetAll: true,
		Buckets:   []platforms.Bucket{{Name: Units, Limit: 10_000, Window: platforms.WindowDayPacific}},
		RevokeURL: "https://myaccount.google.com/permissions", Console: "https://console.cloud.google.com/apis/library/youtube.googleapis.com",
		Docs: []string{
			"https://developers.google.com/youtube/v3/determine_quota_cost", "https://developers.google.com/youtube/terms/developer-policies",
			"https://developers.google.com/youtube/terms/derived-metrics-policy", "https://developers.google.com/identity/protocols/oauth2/web-server",
		},
		Fields: []platforms.AppField{platforms.FieldAPIKey, platforms.FieldClientID, platforms.FieldClientSecret},
	}
}

// Source marks what was read from YouTube.
const Source = "youtube_api"

func or(text, usual string) string {
	if text == "" {
		return usual
	}
	return text
}

// AuthURL asks for a refresh token too (access_type, prompt): the refresh job works while the creator sleeps.
func (p Platform) AuthURL(app platforms.App, g platforms.Grant) string {
	q := url.Values{"client_id": {app.ClientID}, "redirect_uri": {g.Redirect}, "response_type": {"code"}, "scope": {scopeRead}, "state": {g.State},
		"access_type": {"offline"}, "prompt": {"consent"}, "code_challenge": {g.Challenge}, "code_challenge_method": {"S256"}}
	return or(p.Consent, consentURL) + "?" + q.Encode()
}

type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	ExpiresIn    int64  `json:"expires_in"`
	// Google names it so for apps in testing, whose refresh tokens end after seven days.
	RefreshExpiresIn int64  `json:"refresh_token_expires_in"`
	Scope            string `json:"scope"`
}

// Exchange turns the code into a token.
func (p Platform) Exchange(ctx context.Context, c platforms.Caller, app platforms.App, g platforms.Grant, code string) (platforms.Token, error) {
	return p.token(ctx, c, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {g.Redirect}, "code_verifier": {g.Verifier},
		"client_id": {app.ClientID}, "client_secret": {app.ClientSecret}})
}

// RefreshToken gets another hour; Google keeps the refresh token as it is.
func (p Platform) RefreshToken(ctx context.Context, c platforms.Caller, app platforms.App, t platforms.Token) (platforms.Token, error) {
	return p.token(ctx, c, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {t.Refresh}, "client_id": {app.ClientID},
		"client_secret": {app.ClientSecret}})
}

func (p Platform) token(ctx context.Context, c platforms.Caller, form url.Values) (t platforms.Token, err error) {
	var answer tokenAnswer
	_, err = c.Do(ctx, platforms.Call{Method: http.MethodPost, URL: or(p.TokenHost, tokenHost) + "/token", Form: form, Judge: judgeToken}, &answer)
	if err != nil {
		return t, err
	}
	if answer.AccessToken == "" || answer.ExpiresIn <= 0 {
		return t, platforms.Failed(platforms.FailureNonsense, name, "no token in the answer")
	}
	now := clock(c)
	t = platforms.Token{Access: answer.AccessToken, Refresh: answer.RefreshToken, AccessUntil: now.Add(time.Duration(answer.ExpiresIn) * time.Second),
		Scopes: strings.Fields(answer.Scope)}
	if answer.RefreshExpiresIn > 0 {
		t.RefreshUntil = now.Add(time.Duration(answer.RefreshExpiresIn) * time.Second)
	}
	return t, nil
}

func clock(c platforms.Caller) time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

// judgeToken reads the errors of RFC 6749, 5.2. invalid_grant is a refresh token that was revoked or has ended.
func judgeToken(a platforms.Answer) *platforms.Failure {
	if a.Status < 400 || a.Status >= 500 {
		return nil
	}
	var answer struct {
		Error string `json:"error"`
	}
	if err := json.Unmarshal(a.Body, &answer); err != nil {
		return nil // the status says enough
	}
	switch answer.Error {
	case "invalid_grant", "invalid_token":
		return platforms.Failed(platforms.FailureConsentRevoked, name, answer.Error)
	case "":
		return nil
	}
	return platforms.Failed(platforms.FailureAppRefused, name, answer.Error)
}

// Revoke takes the consent back. A token that Google does not know any more is revoked already.
func (p Platform) Revoke(ctx context.Context, c platforms.Caller, _ platforms.App, t platforms.Token) error {
	token := or(t.Refresh, t.Access)
	_, err := c.Do(ctx, platforms.Call{Method: http.MethodPost, URL: or(p.TokenHost, tokenHost) + "/revoke", Form: url.Values{"token": {token}}, Judge: judgeToken}, nil)
	if f, ok := platforms.FailureOf(err); ok && f.Kind == platforms.FailureConsentRevoked {
		return nil
	}
	return err
}

func (p Platform) open(ctx context.Context, c platforms.Caller, t platforms.Token) (*Reader, error) {
	return Open(ctx, c, p.Endpoint, Access{Token: t.Access})
}

// Who costs 1 unit.
func (p Platform) Who(ctx context.Context, c platforms.Caller, _ platforms.App, t platforms.Token) (platforms.Identity, error) {
	r, err := p.open(ctx, c, t)
	if err != nil {
		return platforms.Identity{}, err
	}
	channel, err := mine(ctx, r)
	return channel.identity(), err
}

func mine(ctx context.Context, r *Reader) (Channel, error) {
	channel, found, err := r.Mine(ctx)
	if err == nil && !found {
		err = platforms.Failed(platforms.FailureAccountGone, name, "no channel")
	}
	return channel, err
}

func (c Channel) identity() platforms.Identity {
	return platforms.Identity{Account: c.ID, Handle: c.Account().Handle, DisplayName: c.Title}
}

// commentedVideos is how many of the newest videos have their comments read: 1 unit each.
const commentedVideos = 3

// Fetch reads the channel, its uploads page by page with their counts, and what is written below the newest. An error leaves what came before it, and
// the page to go on with.
func (p Platform) Fetch(ctx context.Context, c platforms.Caller, _ platforms.App, t platforms.Token, want platforms.Want) (f platforms.Fetched, err error) {
	r, err := p.open(ctx, c, t)
	if err != nil {
		return f, err
	}
	channel, err := mine(ctx, r)
	if err != nil {
		f.Cursor = want.Cursor
		return f, err
	}
	f.Identity, f.Counts, f.Details, f.Cursor = channel.identity(), channel.Counts(), channel.Details(), want.Cursor
	if channel.Subscribers == nil {
		f.Notes = append(f.Notes, "hidden_followers")
	}
	videos, err := r.fetchVideos(ctx, channel.Uploads, want, &f)
	if err != nil {
		return f, err
	}
	if want.Cursor != "" {
		return f, nil // older pages: their comments are read when they are the newest
	}
	return f, r.fetchComments(ctx, videos, &f)
}

// fetchVideos walks the uploads until enough came, or the older ones begin.
func (r *Reader) fetchVideos(ctx context.Context, playlist string, want platforms.Want, f *platforms.Fetched) (all []Video, err error) {
	for page := 0; page*pageMost < max(want.MostPosts, 1) && playlist != ""; page++ {
		uploads, next, err := r.Uploads(ctx, playlist, f.Cursor)
		if err != nil {
			return all, err
		}
		var ids []string
		for _, u := range uploads {
			if len(all)+len(ids) < want.MostPosts && !u.Published.Before(want.Since) {
				ids = append(ids, u.Video)
			}
		}
		videos, err := r.Videos(ctx, ids, true)
		if err != nil {
			return all, err // the cursor still names this page
		}
		for _, v := range videos {
			all, f.Posts = append(all, v), append(f.Posts, v.Post())
		}
		if f.Cursor = next; next == "" || len(ids) < len(uploads) {
			f.Cursor = ""
			return all, nil
		}
	}
	f.Cursor = ""
	return all, nil
}

func (r *Reader) fetchComments(ctx context.Context, videos []Video, f *platforms.Fetched) error {
	read := 0
	for _, v := range videos {
		if v.Comments == nil || *v.Comments == 0 || v.ForChildren {
			continue
		}
		if read++; read > commentedVideos {
			return nil
		}
		written, _, err := r.Comments(ctx, v.ID)
		if err != nil {
			return err
		}
		for _, w := range written {
			f.Comments = append(f.Comments, platforms.Comment{Post: v.ID, ID: w.ID, At: w.At, Text: w.Text, Author: w.Author})
		}
	}
	return nil
}

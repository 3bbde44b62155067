package tiktok

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rapport/internal/edge/platforms"
	"rapport/internal/recruit/creators"
)

// Platform calls TikTok. The zero value goes to TikTok itself; tests put their own addresses.
type Platform struct {
	API  string // https://open.tiktokapis.com
	Auth string // https://www.tiktok.com/v2/auth/authorize/
}

const (
	api  = "https://open.tiktokapis.com"
	auth = "https://www.tiktok.com/v2/auth/authorize/" // with the slash at its end
)

// The buckets.
const (
	bucketUser  = "user.info"
	bucketVideo = "video.list"
	perMinute   = 600
)

// Rules are what TikTok allows.
func (Platform) Rules() platforms.Rules {
	return platforms.Rules{
		Name: creators.PlatformTikTok, Title: "TikTok", Source: "tiktok_api",
		Scopes: []string{"user.info.basic", "user.info.profile", "user.info.stats", "video.list"},
		Needed: []string{"user.info.basic", "user.info.profile"}, // profile has the handle, without which an account cannot be told
		Every:  24 * time.Hour,
		Ahead:  10 * time.Minute,
		Buckets: []platforms.Bucket{
			{Name: bucketUser, Limit: perMinute, Window: platforms.WindowMinute},
			{Name: bucketVideo, Limit: perMinute, Window: platforms.WindowMinute},
		},
		ForgetAll: true, // Developer Terms: data of a user who revokes is deleted
		RevokeURL: "https://www.tiktok.com/setting/manage-apps",
		Console:   "https://developers.tiktok.com/apps/",
		Docs: []string{
			"https://developers.tiktok.com/doc/login-kit-web", "https://developers.tiktok.com/doc/display-api-overview",
			"https://developers.tiktok.com/doc/tiktok-api-v2-rate-limit",
		},
		Fields: []platforms.AppField{platforms.FieldClientID, platforms.FieldClientSecret},
	}
}

// AuthURL is where the creator is asked: login-kit-web, "Redirect request to TikTok's authorization server".
func (p Platform) AuthURL(app platforms.App, g platforms.Grant) string {
	return or(p.Auth, auth) + "?" + url.Values{
		"client_key": {app.ClientID}, "response_type": {"code"}, "scope": {strings.Join(p.Rules().Scopes, ",")}, "redirect_uri": {g.Redirect}, "state": {g.State},
	}.Encode()
}

// tokenAnswer is an answer of v2/oauth/token: oauth-user-access-token-management.
type tokenAnswer struct {
	OpenID           string `json:"open_id"`
	Scope            string `json:"scope"`
	AccessToken      string `json:"access_token"`
	ExpiresIn        int64  `json:"expires_in"` // seconds
	RefreshToken     string `json:"refresh_token"`
	RefreshExpiresIn int64  `json:"refresh_expires_in"` // seconds
}

// Exchange turns a code into a token.
func (p Platform) Exchange(ctx context.Context, c platforms.Caller, app platforms.App, g platforms.Grant, code string) (platforms.Token, error) {
	return p.token(ctx, c, url.Values{
		"client_key": {app.ClientID}, "client_secret": {app.ClientSecret}, "code": {code}, "grant_type": {"authorization_code"}, "redirect_uri": {g.Redirect},
	})
}

// RefreshToken renews a token. TikTok may give another refresh token, and the one before is spent then.
func (p Platform) RefreshToken(ctx context.Context, c platforms.Caller, app platforms.App, t platforms.Token) (platforms.Token, error) {
	fresh, err := p.token(ctx, c, url.Values{
		"client_key": {app.ClientID}, "client_secret": {app.ClientSecret}, "grant_type": {"refresh_token"}, "refresh_token": {t.Refresh},
	})
	if err == nil && fresh.Account != t.Account {
		return t, platforms.Failed(platforms.FailureNonsense, creators.PlatformTikTok, "a token of another account")
	}
	return fresh, err
}

func (p Platform) token(ctx context.Context, c platforms.Caller, form url.Values) (platforms.Token, error) {
	var a tokenAnswer
	_, err := c.Do(ctx, platforms.Call{
		Method: http.MethodPost, URL: or(p.API, api) + "/v2/oauth/token/", Form: form, Header: http.Header{"Cache-Control": {"no-cache"}}, Judge: judgeOAuth,
	}, &a)
	if err != nil {
		return platforms.Token{}, err
	}
	if a.AccessToken == "" || a.OpenID == "" || a.ExpiresIn <= 0 {
		return platforms.Token{}, platforms.Failed(platforms.FailureNonsense, creators.PlatformTikTok, "a token without its parts")
	}
	t := platforms.Token{Access: a.AccessToken, Refresh: a.RefreshToken, Scopes: platforms.SplitScopes(a.Scope), Account: a.OpenID, AccessUntil: after(c, a.ExpiresIn)}
	if a.RefreshExpiresIn > 0 {
		t.RefreshUntil = after(c, a.RefreshExpiresIn)
	}
	return t, nil
}

// Revoke takes the consent back: v2/oauth/revoke. An access token that ended says nothing any more, which is as good.
func (p Platform) Revoke(ctx context.Context, c platforms.Caller, app platforms.App, t platforms.Token) error {
	_, err := c.Do(ctx, platforms.Call{
		Method: http.MethodPost, URL: or(p.API, api) + "/v2/oauth/revoke/", Header: http.Header{"Cache-Control": {"no-cache"}}, Judge: judgeOAuth,
		Form: url.Values{"client_key": {app.ClientID}, "client_secret": {app.ClientSecret}, "token": {t.Access}},
	}, nil)
	if f, ok := platforms.FailureOf(err); ok && f.Kind == platforms.FailureTokenExpired {
		return nil
	}
	return err
}

// after is so many seconds from now, at most a century.
func after(c platforms.Caller, seconds int64) time.Time {
	const century = 100 * 365 * 24 * 60 * 60
	return c.Clock().Add(time.Duration(min(seconds, century)) * time.Second)
}

func or(text, otherwise string) string {
	if text != "" {
		return strings.TrimSuffix(text, "/")
	}
	return otherwise
}

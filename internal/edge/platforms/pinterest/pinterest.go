package pinterest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rapport/internal/edge/platforms"
	"rapport/internal/recruit/creators"
)

// Platform calls Pinterest. The zero value goes to Pinterest itself; tests put their own addresses.
type Platform struct {
	API  string // https://api.pinterest.com/v5
	Auth string // https://www.pinterest.com/oauth/
}

const (
	api        = "https://api.pinterest.com/v5"
	auth       = "https://www.pinterest.com/oauth/"
	bucket     = "requests"
	trialLimit = 1000 // a day: docs/reference/rate-limits
)

// Rules are what Pinterest allows.
func (Platform) Rules() platforms.Rules {
	return platforms.Rules{
		Name: creators.PlatformPinterest, Title: "Pinterest", Source: "pinterest_api",
		Scopes: []string{"user_accounts:read", "pins:read", "boards:read"},
		Needed: []string{"user_accounts:read"},
		Every:  48 * time.Hour,
		Ahead:  7 * 24 * time.Hour, // an access token lives 30 days, so a week of bad luck ends nothing
		Buckets: []platforms.Bucket{
			{Name: bucket, Limit: trialLimit, Window: platforms.WindowDay},
		},
		ForgetAll: true, // Developer Guidelines: data of a person who disconnects is deleted
		NoRevoke:  true, // oauth/token/revoke: "Only tokens issued for system users are currently supported"
		RevokeURL: "https://www.pinterest.com/settings/security",
		Console:   "https://developers.pinterest.com/apps/",
		Docs: []string{
			"https://developers.pinterest.com/docs/getting-started/set-up-authentication-and-authorization/",
			"https://developers.pinterest.com/docs/reference/rate-limits/", "https://policy.pinterest.com/developer-guidelines",
		},
		Fields: []platforms.AppField{platforms.FieldClientID, platforms.FieldClientSecret},
	}
}

// AuthURL is where the creator is asked.
func (p Platform) AuthURL(app platforms.App, g platforms.Grant) string {
	return or(p.Auth, auth) + "?" + url.Values{
		"client_id": {app.ClientID}, "redirect_uri": {g.Redirect}, "response_type": {"code"}, "scope": {strings.Join(p.Rules().Scopes, ",")}, "state": {g.State},
	}.Encode()
}

// tokenAnswer is schema OauthAccessTokenResponseCode.
type tokenAnswer struct {
	AccessToken      string `json:"access_token"`
	RefreshToken     string `json:"refresh_token"`
	ExpiresIn        int64  `json:"expires_in"`               // seconds
	RefreshExpiresIn int64  `json:"refresh_token_expires_in"` // seconds
	Scope            string `json:"scope"`
}

// Exchange turns a code into a token. continuous_refresh lets apps made before 25 September 2025 renew without end, as newer ones do by themselves.
func (p Platform) Exchange(ctx context.Context, c platforms.Caller, app platforms.App, g platforms.Grant, code string) (platforms.Token, error) {
	return p.token(ctx, c, app, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {g.Redirect}, "continuous_refresh": {"true"}})
}

// RefreshToken renews a token; a new refresh token comes with it.
func (p Platform) RefreshToken(ctx context.Context, c platforms.Caller, app platforms.App, t platforms.Token) (platforms.Token, error) {
	return p.token(ctx, c, app, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {t.Refresh}})
}

func (p Platform) token(ctx context.Context, c platforms.Caller, app platforms.App, form url.Values) (platforms.Token, error) {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(app.ClientID+":"+app.ClientSecret))
	var a tokenAnswer
	_, err := c.Do(ctx, platforms.Call{
		Method: http.MethodPost, URL: or(p.API, api) + "/oauth/token", Form: form, Header: http.Header{"Authorization": {basic}}, Judge: judgeOAuth,
		Cost: platforms.Cost{Bucket: bucket, Units: 1},
	}, &a)
	if err != nil {
		return platforms.Token{}, err
	}
	if a.AccessToken == "" || a.ExpiresIn < 0 {
		return platforms.Token{}, platforms.Failed(platforms.FailureNonsense, creators.PlatformPinterest, "a token without its parts")
	}
	t := platforms.Token{Access: a.AccessToken, Refresh: a.RefreshToken, Scopes: platforms.SplitScopes(a.Scope), AccessUntil: after(c, a.ExpiresIn)}
	if a.RefreshExpiresIn > 0 {
		t.RefreshUntil = after(c, a.RefreshExpiresIn)
	}
	return t, nil
}

// Revoke cannot be done here: Pinterest takes a consent back only in the person's own settings.
func (Platform) Revoke(context.Context, platforms.Caller, platforms.App, platforms.Token) error {
	return nil
}

// after is so many seconds from now, at most a century.
func after(c platforms.Caller, seconds int64) time.Time {
	const century = 100 * 365 * 24 * 60 * 60
	return c.Clock().Add(time.Duration(min(seconds, century)) * time.Second)
}

// judge reads schema Error. 7 and 29 are "not authorized to access" and "not permitted"; 2 is "authentication failed" where the status says 401.
func judge(a platforms.Answer) *platforms.Failure {
	var e struct {
		Code    *int   `json:"code"`
		Message string `json:"message"`
	}
	if a.Status >= 200 && a.Status < 300 {
		if json.Unmarshal(a.Body, &e) == nil && e.Code != nil && e.Message != "" {
			return platforms.Failed(platforms.FailureNonsense, creators.PlatformPinterest, e.Message)
		}
		return nil
	}
	if json.Unmarshal(a.Body, &e) != nil || e.Code == nil {
		return nil // the usual reading of the status
	}
	switch {
	case a.Status == http.StatusUnauthorized && (*e.Code == 7 || *e.Code == 29):
		return platforms.Failed(platforms.FailurePermissionMissing, creators.PlatformPinterest, e.Message)
	case a.Status == http.StatusNotFound, a.Status == http.StatusGone:
		return platforms.Failed(platforms.FailureAccountGone, creators.PlatformPinterest, e.Message)
	}
	return nil
}

// judgeOAuth reads refusals of the token call: a refresh token that does not count any more answers 400 or 401.
func judgeOAuth(a platforms.Answer) *platforms.Failure {
	var e struct {
		Error   string `json:"error"`
		Message string `json:"message"`
	}
	if a.Status != http.StatusBadRequest && a.Status != http.StatusUnauthorized || json.Unmarshal(a.Body, &e) != nil {
		return nil
	}
	if e.Error == "invalid_client" || a.Status == http.StatusUnauthorized {
		return platforms.Failed(platforms.FailureAppRefused, creators.PlatformPinterest, e.Error+" "+e.Message)
	}
	return platforms.Failed(platforms.FailureTokenExpired, creators.PlatformPinterest, e.Error+" "+e.Message)
}

func or(text, otherwise string) string {
	if text != "" {
		return strings.TrimSuffix(text, "/")
	}
	return otherwise
}

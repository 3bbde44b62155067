package instagram

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rapport/internal/edge/platforms"
)

// Platform lets creators, and the brand itself, connect their professional account. Its addresses are "" for Meta's own.
type Platform struct {
	Host    string // of the Graph API
	Consent string // where people are asked
}

// Scopes of a creator who connects, and of the brand's own account beside them (instagram-api-with-facebook-login).
var (
	creatorScopes = []string{"instagram_basic", "instagram_manage_insights", "pages_show_list", "pages_read_engagement", "instagram_manage_comments"}
	brandScopes   = []string{"instagram_basic", "instagram_manage_insights", "pages_show_list", "pages_read_engagement", "instagram_manage_comments",
		"instagram_creator_marketplace_discovery"}
	neededScopes = []string{"instagram_basic", "pages_show_list"}
)

const day = 24 * time.Hour

// extraConfig is the id of a configuration of Facebook Login for Business.
const extraConfig = "config_id"

// Source marks what was read from Instagram.
const Source = "instagram_api"

// Rules are Instagram's as its documents say.
func (Platform) Rules() platforms.Rules { return Rules() }

// Rules are Instagram's as its documents say.
func Rules() platforms.Rules {
	return platforms.Rules{
		Name: name, Title: "Instagram", Source: Source, Scopes: creatorScopes, Needed: neededScopes,
		Every: day, Ahead: 20 * day, ForgetAll: true, RenewsAccess: true,
		Buckets: []platforms.Bucket{
			{Name: Calls, Limit: 200, Window: platforms.WindowHour, PerAccount: true},
			{Name: Marketplace, Limit: 240, Window: platforms.WindowHour, PerAccount: true},
			{Name: Hashtags, Limit: 30, Window: platforms.WindowWeek, PerAccount: true},
		},
		RevokeURL: "https://www.facebook.com/settings/?tab=business_tools", Console: "https://developers.facebook.com/apps/",
		Docs: []string{
			"https://developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login",
			"https://developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login/creator-marketplace",
			"https://developers.facebook.com/docs/instagram-api/guides/hashtag-search",
			"https://developers.facebook.com/docs/graph-api/overview/rate-limiting",
		},
		Fields: []platforms.AppField{platforms.FieldClientID, platforms.FieldClientSecret}, Extra: []string{extraConfig},
	}
}

// AuthURL asks a creator.
func (p Platform) AuthURL(app platforms.App, g platforms.Grant) string {
	return p.consentURL(app, g, creatorScopes)
}

// BrandURL asks the brand for its own account: also to search the marketplace.
func (p Platform) BrandURL(app platforms.App, g platforms.Grant) string {
	return p.consentURL(app, g, brandScopes)
}

func (p Platform) consentURL(app platforms.App, g platforms.Grant, scopes []string) string {
	q := url.Values{"client_id": {app.ClientID}, "redirect_uri": {g.Redirect}, "state": {g.State}, "response_type": {"code"}}
	if config := app.Extra[extraConfig]; config != "" { // Facebook Login for Business keeps the scopes in a configuration
		q.Set("config_id", config)
	} else {
		q.Set("scope", strings.Join(scopes, ","))
	}
	return or(p.Consent, consentHost) + "/" + Version + "/dialog/oauth?" + q.Encode()
}

type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"`
}

// usualLife is how long a long-lived token lives where Meta does not say (access-tokens: "about 60 days").
const usualLife = 60 * day

// Exchange turns the code into a token of an hour or two, that into one of sixty days, and finds the account behind it.
func (p Platform) Exchange(ctx context.Context, c platforms.Caller, app platforms.App, g platforms.Grant, code string) (platforms.Token, error) {
	short, err := p.token(ctx, c, url.Values{"client_id": {app.ClientID}, "client_secret": {app.ClientSecret}, "redirect_uri": {g.Redirect}, "code": {code}})
	if err != nil {
		return short, err
	}
	long, err := p.lengthen(ctx, c, app, short)
	if err != nil {
		return long, err
	}
	client := Open(c, app, long, p.Host)
	if long.Scopes, err = client.granted(ctx); err != nil {
		return long, err
	}
	return client.behind(ctx, long)
}

func (p Platform) lengthen(ctx context.Context, c platforms.Caller, app platforms.App, t platforms.Token) (platforms.Token, error) {
	return p.token(ctx, c, url.Values{"grant_type": {"fb_exchange_token"}, "client_id": {app.ClientID}, "client_secret": {app.ClientSecret},
		"fb_exchange_token": {t.Access}})
}

func (p Platform) token(ctx context.Context, c platforms.Caller, q url.Values) (t platforms.Token, err error) {
	var answer tokenAnswer
	call := platforms.Call{URL: or(p.Host, graphHost) + "/" + Version + "/oauth/access_token", Query: q, Judge: judge}
	if _, err := c.Do(ctx, call, &answer); err != nil {
		return t, err
	}
	if answer.AccessToken == "" {
		return t, platforms.Failed(platforms.FailureNonsense, name, "no token in the answer")
	}
	life := time.Duration(answer.ExpiresIn) * time.Second
	if life <= 0 {
		life = usualLife
	}
	now := time.Now
	if c.Now != nil {
		now = c.Now
	}
	return platforms.Token{Access: answer.AccessToken, AccessUntil: now().Add(life)}, nil
}

// RefreshToken lengthens a token that still holds for another sixty days: Meta has no refresh tokens, a token is exchanged for a younger one.
func (p Platform) RefreshToken(ctx context.Context, c platforms.Caller, app platforms.App, t platforms.Token) (platforms.Token, error) {
	return p.lengthen(ctx, c, app, t)
}

// Revoke takes the app off the person's account. A token that holds no more is revoked already.
func (p Platform) Revoke(ctx context.Context, c platforms.Caller, app platforms.App, t platforms.Token) error {
	client := Open(c, app, t, p.Host)
	err := client.ask(ctx, platforms.Call{Method: http.MethodDelete, URL: client.address("me/permissions")}, nil)
	if f, ok := platforms.FailureOf(err); ok && (f.Kind == platforms.FailureTokenExpired || f.Kind == platforms.FailureConsentRevoked) {
		return nil
	}
	return err
}

// granted are the permissions that the person ticked.
func (c Client) granted(ctx context.Context) ([]string, error) {
	var answer struct {
		Data []struct {
			Permission string `json:"permission"`
			Status     string `json:"status"`
		} `json:"data"`
	}
	if err := c.ask(ctx, platforms.Call{URL: c.address("me/permissions")}, &answer); err != nil {
		return nil, err
	}
	var all []string
	for _, p := range answer.Data[:min(len(answer.Data), 100)] {
		if p.Status == "granted" {
			all = append(all, p.Permission)
		}
	}
	return all, nil
}

// behind finds the professional account behind a token: that of the first Page that has one.
func (c Client) behind(ctx context.Context, t platforms.Token) (platforms.Token, error) {
	var answer struct {
		Data []struct {
			ID      string `json:"id"`
			Account struct {
				ID string `json:"id"`
			} `json:"instagram_business_account"`
		} `json:"data"`
	}
	q := url.Values{"fields": {"id,instagram_business_account{id}"}, "limit": {"100"}}
	if err := c.ask(ctx, platforms.Call{URL: c.address("me/accounts"), Query: q}, &answer); err != nil {
		return t, err
	}
	for _, a := range answer.Data[:min(len(answer.Data), 100)] {
		if digits(a.Account.ID) {
			t.Account, t.Extra = a.Account.ID, map[string]string{"page": a.ID}
			return t, nil
		}
	}
	return t, platforms.Failed(platforms.FailurePermissionMissing, name, "no professional account behind a Page")
}

// Who says whose account it is.
func (p Platform) Who(ctx context.Context, c platforms.Caller, app platforms.App, t platforms.Token) (platforms.Identity, error) {
	var a Account
	client := Open(c, app, t, p.Host)
	if err := client.get(ctx, t.Account, url.Values{"fields": {"id,username,name"}}, Calls, &a); err != nil {
		return platforms.Identity{}, err
	}
	return a.identity(t)
}

func (a Account) identity(t platforms.Token) (platforms.Identity, error) {
	if !username.MatchString(a.Username) {
		return platforms.Identity{}, platforms.Failed(platforms.FailureNonsense, name, "an account without a name")
	}
	return platforms.Identity{Account: t.Account, Handle: a.Username, DisplayName: cut(a.Name, 200)}, nil
}

// isGone reports whether Meta said that the object is not there.
func isGone(err error) bool {
	var e graphError
	return errors.As(err, &e) && e.isGone()
}

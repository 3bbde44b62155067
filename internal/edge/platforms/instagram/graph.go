package instagram

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"time"

	"rapport/internal/edge/platforms"
	"rapport/internal/recruit/creators"
)

// Version is the Graph API's. Meta keeps one for two years (https://developers.facebook.com/docs/graph-api/guides/versioning).
const Version = "v24.0"

const (
	graphHost   = "https://graph.facebook.com"
	consentHost = "https://www.facebook.com"
	name        = creators.PlatformInstagram
)

// The buckets.
const (
	Calls       = "calls"       // 200 an hour for each account that asks
	Marketplace = "marketplace" // 240 an hour
	Hashtags    = "hashtags"    // 30 in seven days
)

// Client asks in the name of one account.
type Client struct {
	Caller platforms.Caller
	App    platforms.App
	Token  platforms.Token
	Host   string // "" for Meta's own
}

// Open makes a client for a token.
func Open(c platforms.Caller, app platforms.App, t platforms.Token, host string) Client {
	c.Account = t.Account
	return Client{Caller: c, App: app, Token: t, Host: host}
}

func (c Client) address(path string) string {
	return or(c.Host, graphHost) + "/" + Version + "/" + path
}

func or(text, usual string) string {
	if text == "" {
		return usual
	}
	return text
}

// get asks for one thing and slows down where Meta says that little is left.
func (c Client) get(ctx context.Context, path string, q url.Values, bucket string, into any) error {
	cost := platforms.Cost{Bucket: bucket, Units: 1}
	return c.ask(ctx, platforms.Call{URL: c.address(path), Query: q, Cost: cost}, into)
}

func (c Client) ask(ctx context.Context, call platforms.Call, into any) error {
	call.Judge = judge
	call.Header = http.Header{"Authorization": {"Bearer " + c.Token.Access}}
	if c.App.ClientSecret != "" {
		if call.Query == nil {
			call.Query = url.Values{}
		}
		call.Query.Set("appsecret_proof", Proof(c.App.ClientSecret, c.Token.Access))
	}
	answer, err := c.Caller.Do(ctx, call, into)
	wait := usageOf(answer.Header).wait()
	if wait == 0 || c.Caller.Pause == nil || call.Cost.Bucket == "" {
		return err
	}
	cost := call.Cost
	cost.Account = c.Token.Account
	if pauseErr := c.Caller.Pause(ctx, cost, wait, "usage"); pauseErr != nil {
		return errors.Join(err, pauseErr)
	}
	return err
}

// Proof shows that the token is used by whoever holds the app's secret (https://developers.facebook.com/docs/graph-api/guides/secure-requests).
func Proof(secret, token string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}

// page is how Meta cuts lists.
type page struct {
	Cursors struct {
		After string `json:"after"`
	} `json:"cursors"`
	Next string `json:"next"`
}

// after is the cursor of the next page, "" at the end.
func (p page) after() string {
	if p.Next == "" {
		return ""
	}
	return p.Cursors.After
}

// moment reads "2026-11-02T08:00:00+0000"; what is no time is unknown.
func moment(text string) time.Time {
	for _, layout := range []string{"2006-01-02T15:04:05-0700", time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// believed is a count that can be.
func believed(n *int64) *int64 {
	if n == nil || *n < 0 || *n > creators.MaxCount {
		return nil
	}
	return n
}

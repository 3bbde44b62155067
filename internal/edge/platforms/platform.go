package platforms

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/recruit/creators"
)

// Platform is one network whose API creators connect to. Implementations hold no state but their base addresses, which tests replace.
//
// Every method that calls out gets a Caller, which counts, bounds and sorts what comes back; its errors are *Failure.
type Platform interface {
	Rules() Rules
	// AuthURL is where a creator is asked for consent.
	AuthURL(app App, g Grant) string
	// Exchange turns the code of a callback into a token.
	Exchange(ctx context.Context, c Caller, app App, g Grant, code string) (Token, error)
	// RefreshToken makes a new token of an old one. What the answer leaves out (Refresh, RefreshUntil, Scopes, Account) stays as it was.
	RefreshToken(ctx context.Context, c Caller, app App, t Token) (Token, error)
	// Revoke takes the consent back at the platform. Where the platform has no call for it (Rules.NoRevoke), it returns nil, and
	// Rules.RevokeURL says where a person does it.
	Revoke(ctx context.Context, c Caller, app App, t Token) error
	// Who says whose token it is.
	Who(ctx context.Context, c Caller, app App, t Token) (Identity, error)
	// Fetch reads what the token lets us know. With an error it returns what came before it, and in Cursor where to go on.
	Fetch(ctx context.Context, c Caller, app App, t Token, want Want) (Fetched, error)
}

// Rules are what a platform allows, as its documents say; all of them are shown on the page.
type Rules struct {
	Name         creators.Platform
	Title        string        // "YouTube"
	Source       string        // of snapshots: "youtube_api"
	Scopes       []string      // asked for
	Needed       []string      // of those: without them a connection is refused
	PKCE         bool          // S256 (RFC 7636) is sent with the consent
	RenewsAccess bool          // there is no refresh token: a living access token is exchanged for a longer one
	Keep         time.Duration // how long data may be kept without a refresh; 0: the terms name no time
	Every        time.Duration // how often a connection is refreshed
	Ahead        time.Duration // a token is renewed so long before its end
	Buckets      []Bucket
	ForgetAll    bool   // the terms ask that what a connection brought is deleted with it
	NoRevoke     bool   // the platform has no call to take a consent back
	RevokeURL    string // where a creator withdraws consent at the platform
	Console      string // where the operator's app is made
	Docs         []string
	Fields       []AppField // what the operator enters
	Extra        []string   // keys of App.Extra that the operator may enter beside them: connect.field.<key>
}

// AppField is a part of an app.
type AppField string

// The parts of an app.
const (
	FieldClientID     AppField = "client_id"
	FieldClientSecret AppField = "client_secret"
	FieldAPIKey       AppField = "api_key"
)

// App is the operator's own application at a platform.
type App struct {
	Platform     creators.Platform
	ClientID     string
	ClientSecret string
	APIKey       string
	Extra        map[string]string // what one platform needs beside these, such as the Instagram account that asks
	DailyLimit   int64             // units a day that the platform granted this app; 0: what Rules say
	UpdatedAt    time.Time
}

// Format prints nothing secret, whatever the verb.
func (a App) Format(s fmt.State, _ rune) { _, _ = fmt.Fprintf(s, "app of %s", a.Platform) } //nolint:errcheck // fmt.State keeps what it is given

// Grant is one request for consent.
type Grant struct {
	Redirect  string // {base}/connect/{platform}/callback, as entered at the platform
	State     string
	Verifier  string // of PKCE; "" without
	Challenge string // BASE64URL(SHA256(Verifier))
}

// Token is what a platform gave for a consent.
type Token struct {
	Access       string
	Refresh      string
	AccessUntil  time.Time // zero: it does not end
	RefreshUntil time.Time // zero: it does not end, or there is none
	Scopes       []string
	Account      string            // the platform's own id of the account
	Extra        map[string]string // what later calls need, such as an Instagram user id behind a Page
}

// Format prints nothing secret, whatever the verb.
func (t Token) Format(s fmt.State, _ rune) { _, _ = fmt.Fprintf(s, "token of %s", t.Account) } //nolint:errcheck // fmt.State keeps what it is given

// Identity is whose account it is.
type Identity struct {
	Account     string // the platform's own id
	Handle      string // as people write it, without @
	DisplayName string
}

// Want says how much to fetch.
type Want struct {
	Cursor    string    // where the fetch before was cut short; "" begins with the newest
	Since     time.Time // older posts need not come; zero: no bound
	MostPosts int
}

// Fetched is what a platform told.
type Fetched struct {
	Identity Identity
	TakenAt  time.Time // zero: when it is stored
	Counts   creators.Counts
	Averages creators.Averages
	Details  creators.Details
	Posts    []creators.Post // Profile, SeenAt and Import are set by Store
	Audience []Slice
	Comments []Comment
	Insights []Insight
	Cursor   string   // "" if everything wanted came
	Notes    []string // keys of the catalogue below connect.note., for what the platform left out ("no_insights")
}

// IsEmpty reports whether nothing came.
func (f Fetched) IsEmpty() bool {
	return f.Counts == (creators.Counts{}) && f.Averages == (creators.Averages{}) && f.Details == (creators.Details{}) &&
		len(f.Posts) == 0 && len(f.Audience) == 0 && len(f.Comments) == 0 && len(f.Insights) == 0
}

// Slice is a share of an audience.
type Slice struct {
	Dimension string // country, city, age, gender
	Key       string // "US", "18-24", "female"
	ShareBP   int    // basis points: 2,500 is 25 %
}

// Insight is a figure that only the account's owner sees, over a time. It is shown to the program that the owner connected for, and to nobody else.
type Insight struct {
	Metric   string // "impressions", "reach": a key below connect.insight.
	Value    int64  // a count, or parts per million
	Rate     bool   // Value is parts per million: 27,100 is 2.71 %
	From, To time.Time
}

// Comment is what somebody wrote below a post. The author is kept as a keyed hash only.
type Comment struct {
	ID     string // the platform's own
	Post   string // the platform's id of the post
	At     time.Time
	Text   string
	Author string
}

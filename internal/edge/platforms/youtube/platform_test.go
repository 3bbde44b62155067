package youtube_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/youtube"
)

var app = platforms.App{Platform: "youtube", ClientID: "client", ClientSecret: "hush"}

func TestConsentAsksToReadOnlyAndForARefreshToken(t *testing.T) {
	address, err := url.Parse(youtube.Platform{}.AuthURL(app, platforms.Grant{Redirect: "https://r.example/connect/youtube/callback", State: "s", Challenge: "c"}))
	if err != nil {
		t.Fatal(err)
	}
	q := address.Query()
	if address.Host != "accounts.google.com" || q.Get("scope") != "https://www.googleapis.com/auth/youtube.readonly" || q.Get("access_type") != "offline" ||
		q.Get("code_challenge_method") != "S256" || q.Get("state") != "s" || q.Get("client_secret") != "" {
		t.Errorf("address %s", address)
	}
}

func TestTokens(t *testing.T) {
	f, m := newFake(t), &meter{limit: 10}
	token, err := f.platform().Exchange(t.Context(), m.caller(), app, platforms.Grant{Redirect: "https://r.example/cb", Verifier: "v"}, "code")
	if err != nil || token.Access != "access" || token.Refresh != "refresh" || !token.AccessUntil.Equal(now.Add(3599*time.Second)) {
		t.Fatalf("token %+v: %v", token, err)
	}
	if f.form.Get("code_verifier") != "v" || f.form.Get("client_secret") != "hush" || f.form.Get("grant_type") != "authorization_code" {
		t.Errorf("form %v", f.form)
	}
	if m.used != 0 {
		t.Error("a token cost quota")
	}
	f.refuse = func(string, int) (int, string) { return http.StatusBadRequest, "invalid_grant" }
	_, err = f.platform().RefreshToken(t.Context(), m.caller(), app, token)
	if failure, ok := platforms.FailureOf(err); !ok || failure.Kind != platforms.FailureConsentRevoked {
		t.Errorf("a revoked consent is %v", err)
	}
	f.refuse = func(string, int) (int, string) { return http.StatusUnauthorized, "invalid_client" }
	_, err = f.platform().RefreshToken(t.Context(), m.caller(), app, token)
	if failure, ok := platforms.FailureOf(err); !ok || failure.Kind != platforms.FailureAppRefused {
		t.Errorf("a wrong secret is %v", err)
	}
	f.refuse = func(string, int) (int, string) { return http.StatusBadRequest, "invalid_token" }
	if err := f.platform().Revoke(t.Context(), m.caller(), app, token); err != nil {
		t.Errorf("a token that is revoked already: %v", err)
	}
}

func TestAConnectedCreatorCostsSixUnits(t *testing.T) {
	f, m := newFake(t), &meter{limit: 10_000}
	f.channel("UCaaaaaaaaaaaaaaaaaaaaaa", "leaf", 40)
	got, err := f.platform().Fetch(t.Context(), m.caller(), app, platforms.Token{Access: "access"}, platforms.Want{MostPosts: 100})
	if err != nil {
		t.Fatal(err)
	}
	if m.used != 6 {
		t.Errorf("%d units for %v", m.used, f.asked)
	}
	if got.Identity.Handle != "leaf" || *got.Counts.Followers != 12300 || len(got.Posts) != 40 || len(got.Comments) != 3 || got.Cursor != "" {
		t.Errorf("fetched %d posts, %d comments, cursor %q, %+v", len(got.Posts), len(got.Comments), got.Cursor, got.Identity)
	}
	if got.Posts[0].Sponsored == nil || !*got.Posts[0].Sponsored || *got.Posts[1].Sponsored {
		t.Error("the owner is told which videos are paid placements")
	}
	if got.Comments[0].Post != "leaf-v0" || got.Comments[0].Author != "UCcommenter" {
		t.Errorf("comment %+v", got.Comments[0])
	}
}

func TestAFetchThatIsCutShortKeepsWhatCameAndGoesOn(t *testing.T) {
	f, m := newFake(t), &meter{limit: 10_000}
	f.channel("UCaaaaaaaaaaaaaaaaaaaaaa", "leaf", 120)
	f.refuse = func(path string, nth int) (int, string) {
		if path == "videos" && nth > 4 { // channel, page 1, its videos, page 2, and then
			return http.StatusForbidden, "quotaExceeded"
		}
		return 0, ""
	}
	want := platforms.Want{MostPosts: 200}
	got, err := f.platform().Fetch(t.Context(), m.caller(), app, platforms.Token{Access: "access"}, want)
	if failure, ok := platforms.FailureOf(err); !ok || failure.Kind != platforms.FailureRateLimited {
		t.Fatalf("error %v", err)
	}
	if len(got.Posts) != 50 || got.Cursor != "P50" || *got.Counts.Followers != 12300 {
		t.Fatalf("%d posts, cursor %q", len(got.Posts), got.Cursor)
	}
	f.refuse, want.Cursor = nil, got.Cursor
	rest, err := f.platform().Fetch(t.Context(), m.caller(), app, platforms.Token{Access: "access"}, want)
	if err != nil || len(rest.Posts) != 70 || rest.Posts[0].PlatformID != "leaf-v50" || rest.Cursor != "" {
		t.Errorf("the rest is %d posts, cursor %q: %v", len(rest.Posts), rest.Cursor, err)
	}
}

func TestOlderVideosAreLeft(t *testing.T) {
	f, m := newFake(t), &meter{limit: 10_000}
	f.channel("UCaaaaaaaaaaaaaaaaaaaaaa", "leaf", 120)
	got, err := f.platform().Fetch(t.Context(), m.caller(), app, platforms.Token{Access: "access"},
		platforms.Want{MostPosts: 200, Since: time.Date(2026, 10, 22, 0, 0, 0, 0, time.UTC)})
	if err != nil || len(got.Posts) != 11 || got.Cursor != "" {
		t.Errorf("%d posts, cursor %q: %v", len(got.Posts), got.Cursor, err)
	}
}

func TestAChannelThatIsGoneAndATokenThatEnded(t *testing.T) {
	f, m := newFake(t), &meter{limit: 10_000}
	_, err := f.platform().Fetch(t.Context(), m.caller(), app, platforms.Token{Access: "access"}, platforms.Want{MostPosts: 10})
	if failure, ok := platforms.FailureOf(err); !ok || failure.Kind != platforms.FailureAccountGone {
		t.Errorf("no channel: %v", err)
	}
	f.refuse = func(string, int) (int, string) { return http.StatusUnauthorized, "authError" }
	_, err = f.platform().Who(t.Context(), m.caller(), app, platforms.Token{Access: "access"})
	if failure, ok := platforms.FailureOf(err); !ok || failure.Kind != platforms.FailureTokenExpired {
		t.Errorf("an old token: %v", err)
	}
}

package tiktok_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/tiktok"
)

// says is a TikTok that answers everything alike.
type says struct {
	status int
	body   []byte
	asked  int
}

func (s *says) RoundTrip(*http.Request) (*http.Response, error) {
	s.asked++
	return &http.Response{StatusCode: s.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(s.body))}, nil
}

var (
	p     = tiktok.Platform{API: "https://tiktok.example"}
	token = platforms.Token{Access: "act.secret", Account: "open-1", Scopes: p.Rules().Scopes}
)

func (s *says) caller() platforms.Caller {
	return platforms.Caller{Rules: p.Rules(), Transport: s, Pace: time.Microsecond, Now: func() time.Time { return time.Unix(1_770_000_000, 0) }}
}

func TestEachErrorSaysWhatIsToBeDone(t *testing.T) {
	for code, want := range map[string]platforms.FailureKind{
		"access_token_invalid": platforms.FailureTokenExpired, "scope_not_authorized": platforms.FailurePermissionMissing,
		"scope_permission_missed": platforms.FailurePermissionMissing, "rate_limit_exceeded": platforms.FailureRateLimited, "internal_error": platforms.FailureDown,
		"invalid_params": platforms.FailureAppRefused, "never_seen": platforms.FailureNonsense,
	} {
		s := &says{status: 200, body: []byte(`{"data":{},"error":{"code":"` + code + `","message":"m","log_id":"1"}}`)}
		_, err := p.Who(t.Context(), s.caller(), platforms.App{}, token)
		if f, ok := platforms.FailureOf(err); !ok || f.Kind != want || strings.Contains(err.Error(), "act.secret") {
			t.Errorf("%s: %v, not %s", code, err, want)
		}
	}
}

func TestOnlyWhatMayBeSentAgainIsSentAgain(t *testing.T) {
	s := &says{status: 503}
	if _, err := p.Exchange(t.Context(), s.caller(), platforms.App{}, platforms.Grant{}, "code"); err == nil || s.asked != 1 {
		t.Errorf("a code was sent %d times: %v", s.asked, err)
	}
	s.asked = 0
	if _, err := p.Who(t.Context(), s.caller(), platforms.App{}, token); err == nil || s.asked != 3 {
		t.Errorf("a read was sent %d times: %v", s.asked, err)
	}
}

func FuzzWhateverIsAnsweredIsReadOrRefused(f *testing.F) {
	for _, seed := range []string{
		`{"data":{"user":{"open_id":"o","username":"u","follower_count":3}},"error":{"code":"ok"}}`, `{"data":{"videos":[{"id":"1","create_time":-9}],"has_more":true,"cursor":0},"error":{"code":"ok"}}`,
		`<html>`, `null`, `[]`, `{`, ``, `{"error":"invalid_grant"}`, `{"data":{"user":{"open_id":7}}}`, `{"access_token":"a","open_id":"o","expires_in":9223372036854775807}`,
	} {
		f.Add(200, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		s := &says{status: status, body: body}
		got, err := p.Fetch(t.Context(), s.caller(), platforms.App{}, token, platforms.Want{MostPosts: 40})
		if _, ok := platforms.FailureOf(err); err != nil && !ok {
			t.Fatalf("not a failure: %v", err)
		}
		if err == nil && got.Identity.Account == "" {
			t.Fatal("somebody without a name was read")
		}
		if s.asked > 40 {
			t.Fatalf("asked %d times", s.asked)
		}
		if _, err := p.Exchange(t.Context(), s.caller(), platforms.App{}, platforms.Grant{}, "c"); err != nil {
			if _, ok := platforms.FailureOf(err); !ok {
				t.Fatalf("not a failure: %v", err)
			}
		}
	})
}

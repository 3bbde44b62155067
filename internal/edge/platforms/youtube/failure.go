package youtube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/googleapi"

	"rapport/internal/edge/platforms"
)

// Reasons that YouTube gives beside a status (https://developers.google.com/youtube/v3/docs/errors).
var (
	spentReasons   = []string{"quotaExceeded", "dailyLimitExceeded"}
	hurryReasons   = []string{"rateLimitExceeded", "userRateLimitExceeded", "servingLimitExceeded", "concurrentLimitExceeded"}
	appReasons     = []string{"keyInvalid", "keyExpired", "accessNotConfigured", "ipRefererBlocked", "API_KEY_INVALID", "SERVICE_DISABLED"}
	goneReasons    = []string{"accountClosed", "accountSuspended", "channelClosed", "channelSuspended", "channelNotFound", "youtubeSignupRequired"}
	nothingReasons = []string{"playlistNotFound", "videoNotFound", "commentsDisabled", "playlistItemsNotAccessible"}
)

// hurry is how long to wait when YouTube says only that we are too quick.
const hurry = time.Minute

// failed makes a platform's failure of what Google's client returned. Where YouTube itself says that its limit is used up, our count is told, so that
// nobody asks again before it said so.
func (r *Reader) failed(ctx context.Context, err error, units int64) error {
	if err == nil {
		return nil
	}
	if f, ok := platforms.FailureOf(err); ok {
		return f
	}
	var answer *googleapi.Error
	if !errors.As(err, &answer) {
		if ctx.Err() != nil {
			return platforms.Failed(platforms.FailureDown, name, "the work was stopped")
		}
		return platforms.Failed(platforms.FailureNonsense, name, "an answer that is no JSON")
	}
	f := read(answer, r.access.Token != "", r.now())
	if f.Kind != platforms.FailureRateLimited {
		return f
	}
	f.Until = r.now().Add(f.After)
	if r.caller.Pause != nil {
		if err := r.caller.Pause(ctx, platforms.Cost{Bucket: Units, Units: units}, f.After, f.Detail); err != nil {
			return errors.Join(f, err)
		}
	}
	return f
}

func (r *Reader) now() time.Time {
	if r.caller.Now != nil {
		return r.caller.Now()
	}
	return time.Now()
}

// read sorts an error that YouTube answered.
func read(e *googleapi.Error, withToken bool, now time.Time) *platforms.Failure {
	reason := reasonOf(e)
	detail := reason
	if detail == "" {
		detail = fmt.Sprintf("HTTP %d", e.Code)
	}
	kind, wait := platforms.FailureAppRefused, time.Duration(0)
	switch {
	case slices.Contains(spentReasons, reason):
		kind, wait = platforms.FailureRateLimited, platforms.WindowDayPacific.End(now).Sub(now)
	case slices.Contains(hurryReasons, reason), e.Code == http.StatusTooManyRequests:
		kind, wait = platforms.FailureRateLimited, hurry
	case slices.Contains(appReasons, reason):
		kind = platforms.FailureAppRefused
	case slices.Contains(goneReasons, reason):
		kind = platforms.FailureAccountGone
	case e.Code == http.StatusUnauthorized && withToken:
		kind = platforms.FailureTokenExpired
	case reason == "insufficientPermissions" || e.Code == http.StatusForbidden && withToken:
		kind = platforms.FailurePermissionMissing
	case e.Code >= 500:
		kind = platforms.FailureDown
	case e.Code >= 300 && e.Code < 400:
		kind = platforms.FailureNonsense
	}
	return platforms.Failed(kind, name, detail).In(wait)
}

// reasonOf is YouTube's own short word. A bad key is told as badRequest, and only the message says what is bad.
func reasonOf(e *googleapi.Error) string {
	for _, item := range e.Errors {
		if item.Reason == "badRequest" && strings.Contains(strings.ToLower(item.Message), "api key not valid") {
			return "keyInvalid"
		}
		if item.Reason != "" {
			return item.Reason
		}
	}
	return ""
}

// isNothing reports whether YouTube said that a list is closed or not there, which is an answer and no failure.
func isNothing(err error) bool {
	var answer *googleapi.Error
	return errors.As(err, &answer) && slices.Contains(nothingReasons, reasonOf(answer))
}

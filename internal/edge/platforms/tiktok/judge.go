package tiktok

import (
	"encoding/json"

	"rapport/internal/edge/platforms"
	"rapport/internal/recruit/creators"
)

// trouble is the error of an envelope: tiktok-api-v2-error-handling. log_id is for TikTok's support and is not kept.
type trouble struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// kinds are TikTok's codes by what is to be done.
var kinds = map[string]platforms.FailureKind{
	"access_token_invalid":    platforms.FailureTokenExpired,
	"access_token_expired":    platforms.FailureTokenExpired,
	"scope_not_authorized":    platforms.FailurePermissionMissing,
	"scope_permission_missed": platforms.FailurePermissionMissing,
	"rate_limit_exceeded":     platforms.FailureRateLimited,
	"internal_error":          platforms.FailureDown,
	"invalid_params":          platforms.FailureAppRefused,
	"user_not_found":          platforms.FailureAccountGone,
	"user_has_no_account":     platforms.FailureAccountGone,
}

// judge reads the error of an envelope, which may stand beside status 200.
func judge(a platforms.Answer) *platforms.Failure {
	var e struct {
		Error *trouble `json:"error"`
	}
	if json.Unmarshal(a.Body, &e) != nil || e.Error == nil || e.Error.Code == "" || e.Error.Code == "ok" {
		return nil // the usual reading of the status
	}
	kind, known := kinds[e.Error.Code]
	switch {
	case known:
		return platforms.Failed(kind, creators.PlatformTikTok, e.Error.Code)
	case a.Status >= 200 && a.Status < 300:
		return platforms.Failed(platforms.FailureNonsense, creators.PlatformTikTok, e.Error.Code)
	}
	return nil
}

// judgeOAuth reads errors of the token calls: oauth-error-handling. invalid_grant is what a refresh token gives whose user took the consent back.
func judgeOAuth(a platforms.Answer) *platforms.Failure {
	var e struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(a.Body, &e) != nil || e.Error == "" {
		return nil
	}
	switch e.Error {
	case "invalid_grant", "access_denied":
		return platforms.Failed(platforms.FailureTokenExpired, creators.PlatformTikTok, e.Error)
	case "invalid_client", "unauthorized_client", "invalid_request", "invalid_scope", "unsupported_grant_type", "unsupported_response_type":
		return platforms.Failed(platforms.FailureAppRefused, creators.PlatformTikTok, e.Error)
	case "rate_limit_exceeded":
		return platforms.Failed(platforms.FailureRateLimited, creators.PlatformTikTok, e.Error)
	}
	return platforms.Failed(platforms.FailureDown, creators.PlatformTikTok, e.Error)
}

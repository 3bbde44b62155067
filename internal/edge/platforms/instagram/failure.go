package instagram

import (
	"encoding/json"
	"fmt"
	"slices"

	"rapport/internal/edge/platforms"
)

// graphError is how Meta says no (https://developers.facebook.com/docs/graph-api/guides/error-handling).
type graphError struct {
	Code      int    `json:"code"`
	Subcode   int    `json:"error_subcode"`
	Message   string `json:"message"`
	Type      string `json:"type"`
	Transient bool   `json:"is_transient"`
}

func (e graphError) detail() string {
	if e.Subcode != 0 {
		return fmt.Sprintf("code %d/%d", e.Code, e.Subcode)
	}
	return fmt.Sprintf("code %d", e.Code)
}

// Codes of Meta, by what is to be done.
var (
	rateCodes = []int{4, 17, 32, 613, 80001, 80002} // app, user, page, custom, business use cases
	tempCodes = []int{1, 2}
	permCodes = []int{3, 10}
)

const (
	codeParameter = 100
	codeInvalidID = 110
	codeNothing   = 24 // the hashtag or media does not exist
	codeSession   = 102
	codeToken     = 190
	codeAlias     = 803

	subMissing    = 33 // of 100: the object does not exist, or not for us
	subNotInstall = 458
	subNoUser     = 2207013 // of 110: no professional account of that name
	subNoInsights = 2108006 // of 100: the post is older than the professional account
)

// errorOf reads the error of an answer, whatever its status.
func errorOf(a platforms.Answer) (e graphError, found bool) {
	var answer struct {
		Error *graphError `json:"error"`
	}
	if json.Unmarshal(a.Body, &answer) != nil || answer.Error == nil {
		return e, false
	}
	return *answer.Error, true
}

// judge sorts Meta's errors. The message is not kept: it may repeat what was asked, names included.
func judge(a platforms.Answer) *platforms.Failure {
	e, found := errorOf(a)
	if !found {
		return nil
	}
	return platforms.Failed(e.kind(), name, e.detail()).Because(e)
}

// Error makes the code travel inside the failure, without Meta's words.
func (e graphError) Error() string { return e.detail() }

func (e graphError) kind() platforms.FailureKind {
	switch {
	case slices.Contains(rateCodes, e.Code):
		return platforms.FailureRateLimited
	case e.Code == codeToken && e.Subcode == subNotInstall: // "User removed the app"
		return platforms.FailureConsentRevoked
	case e.Code == codeToken, e.Code == codeSession: // expired (463), password changed (460), invalid (467), …
		return platforms.FailureTokenExpired
	case slices.Contains(permCodes, e.Code), e.Code >= 200 && e.Code < 300:
		return platforms.FailurePermissionMissing
	case e.isGone():
		return platforms.FailureAccountGone
	case slices.Contains(tempCodes, e.Code), e.Transient:
		return platforms.FailureDown
	}
	return platforms.FailureAppRefused
}

// isGone reports whether the object that was asked for is not there.
func (e graphError) isGone() bool {
	return e.Code == codeParameter && e.Subcode == subMissing || e.Code == codeInvalidID || e.Code == codeNothing || e.Code == codeAlias
}

package platforms

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"rapport/internal/base/fault"
	"rapport/internal/recruit/creators"
)

// FailureKind sorts what can go wrong with a platform by what is to be done.
type FailureKind string

// The kinds. Each has a sentence in the catalogue: connect.failure.<kind>.
const (
	FailureRateLimited       FailureKind = "rate_limited"       // the platform refused: wait until it says
	FailureQuotaSpent        FailureKind = "quota_spent"        // our own count refused; nothing was sent
	FailureTokenExpired      FailureKind = "token_expired"      // renew the token; if that fails the creator connects again
	FailureConsentRevoked    FailureKind = "consent_revoked"    // the creator took it back: stop, delete what the terms ask
	FailureAccountGone       FailureKind = "account_gone"       // deleted or closed: stop
	FailurePermissionMissing FailureKind = "permission_missing" // the creator did not tick it, or the app was not granted it
	FailureAppRefused        FailureKind = "app_refused"        // client id, secret, key or address: the operator's to mend
	FailureDown              FailureKind = "down"               // no answer, or 5xx: try again later
	FailureNonsense          FailureKind = "nonsense"           // an answer that is none: HTML, cut JSON, too large
)

// FailureKinds lists them, for pages and tests.
var FailureKinds = []FailureKind{
	FailureRateLimited, FailureQuotaSpent, FailureTokenExpired, FailureConsentRevoked, FailureAccountGone, FailurePermissionMissing, FailureAppRefused,
	FailureDown, FailureNonsense,
}

// Failure is a call that brought nothing. It never holds a token.
type Failure struct {
	Kind     FailureKind
	Platform creators.Platform
	Detail   string    // the platform's own short code or our finding: "rate_limit_exceeded", "HTTP 503", "not JSON"
	Until    time.Time // of rate_limited and quota_spent: when to come back; zero: unknown
	After    time.Duration
	cause    error
}

// longestDetail keeps what a platform says to a size that can be shown.
const longestDetail = 200

// shortestSecret is how many letters of a secret at the end of a detail are worth cutting out.
const shortestSecret = 4

// Failed makes a failure. The detail is cut to one short line.
func Failed(kind FailureKind, platform creators.Platform, detail string) *Failure {
	return &Failure{Kind: kind, Platform: platform, Detail: oneLine(detail)}
}

// Because keeps the cause for the log; it must hold no address with a token in it.
func (f *Failure) Because(cause error) *Failure { c := *f; c.cause = cause; return &c }

// In says how long to wait; zero is unknown.
func (f *Failure) In(wait time.Duration) *Failure { c := *f; c.After = wait; return &c }

// without is the failure with secrets cut out of its detail, also where the detail was cut to its length within one.
func (f *Failure) without(secrets []string) *Failure {
	c := *f
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		c.Detail = strings.ReplaceAll(c.Detail, secret, "…")
		for n := min(len(secret), len(c.Detail)) - 1; n >= shortestSecret; n-- {
			if rest, cut := strings.CutSuffix(c.Detail, secret[:n]+"…"); cut {
				c.Detail = rest + "…"
				break
			}
		}
	}
	return &c
}

func (f *Failure) Error() string {
	text := fmt.Sprintf("%s: %s", f.Platform, strings.ReplaceAll(string(f.Kind), "_", " "))
	if f.Detail != "" {
		text += " (" + f.Detail + ")"
	}
	if f.cause != nil {
		text += ": " + f.cause.Error()
	}
	return text
}

// Unwrap gives the cause, and to the edge the fault that fits the kind.
func (f *Failure) Unwrap() []error {
	all := []error{f.fault()}
	if f.cause != nil {
		all = append(all, f.cause)
	}
	return all
}

func (f *Failure) fault() *fault.Error {
	switch f.Kind {
	case FailureRateLimited, FailureQuotaSpent:
		return fault.TooMany("The platform's limit is used up for now.", f.After).WithCode("platform_" + string(f.Kind))
	case FailureTokenExpired, FailureConsentRevoked, FailureAccountGone, FailurePermissionMissing, FailureAppRefused:
		return fault.Conflict("platform_"+string(f.Kind), "The platform refused.")
	case FailureDown, FailureNonsense:
		return fault.Unavailable("The platform does not answer as it should.").WithCode("platform_" + string(f.Kind))
	}
	panic("BUG: unknown kind of failure " + string(f.Kind))
}

// FailureOf is the failure inside err, if there is one.
func FailureOf(err error) (*Failure, bool) {
	var f *Failure
	ok := errors.As(err, &f)
	return f, ok
}

// Lasting reports whether asking again later cannot help: somebody has to do something first.
func (k FailureKind) Lasting() bool {
	switch k {
	case FailureConsentRevoked, FailureAccountGone, FailureTokenExpired:
		return true
	case FailureRateLimited, FailureQuotaSpent, FailurePermissionMissing, FailureAppRefused, FailureDown, FailureNonsense:
		return false
	}
	panic("BUG: unknown kind of failure " + string(k))
}

func oneLine(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	text = strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > longestDetail {
		return string(runes[:longestDetail]) + "…"
	}
	return text
}

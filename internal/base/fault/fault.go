package fault

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind sorts faults by what the caller can do about them.
type Kind int

// The kinds, each with the HTTP status the edge gives it.
const (
	KindInternal        Kind = iota // 500: ours
	KindMalformed                   // 400: cannot be read at all
	KindUnauthenticated             // 401: who are you?
	KindForbidden                   // 403: known, and not allowed
	KindNotFound                    // 404: no such thing, or none that you may see
	KindConflict                    // 409: right in itself, wrong at this moment
	KindTooLarge                    // 413: more than the limit
	KindInvalid                     // 422: read and understood, and wrong
	KindTooMany                     // 429: too often
	KindUnavailable                 // 503: not now
)

// Error is a fault. Build one with the functions below.
type Error struct {
	Kind       Kind
	Code       string        // stable, snake_case: "invalid", "not_found", "idempotency_mismatch"
	Field      string        // JSON path of what it speaks of, or ""
	Message    string        // one sentence for a person, without the value sent
	RetryAfter time.Duration // for KindTooMany and KindUnavailable; 0 if unknown
	Others     []*Error      // further faults of the same request, see Join
	cause      error
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Field != "" {
		b.WriteString(e.Field + ": ")
	}
	b.WriteString(e.Message)
	for _, o := range e.Others {
		b.WriteString("; " + o.Error())
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.cause }

// In says which field the fault speaks of.
func (e *Error) In(field string) *Error { c := *e; c.Field = field; return &c }

// WithCode gives the fault a code of its own, for programs that must tell it from others of its kind.
func (e *Error) WithCode(code string) *Error { c := *e; c.Code = code; return &c }

// Because keeps what caused the fault, for the log.
func (e *Error) Because(cause error) *Error { c := *e; c.cause = cause; return &c }

// Invalid is a value that was understood and is wrong.
func Invalid(message string) *Error {
	return &Error{Kind: KindInvalid, Code: "invalid", Message: message}
}

// Invalidf is Invalid with a formatted message; never format the value that was sent.
func Invalidf(format string, args ...any) *Error { return Invalid(fmt.Sprintf(format, args...)) }

// Malformed is a request that cannot be read.
func Malformed(message string) *Error {
	return &Error{Kind: KindMalformed, Code: "malformed", Message: message}
}

// Unauthenticated is a caller we do not know.
func Unauthenticated(message string) *Error {
	return &Error{Kind: KindUnauthenticated, Code: "unauthenticated", Message: message}
}

// Forbidden is a caller we know, who may see the thing but not do this.
func Forbidden(message string) *Error {
	return &Error{Kind: KindForbidden, Code: "forbidden", Message: message}
}

// NotFound is a thing that does not exist or that the caller may not know of; both read the same.
func NotFound(thing string) *Error {
	return &Error{Kind: KindNotFound, Code: "not_found", Message: "There is no such " + thing + "."}
}

// Conflict is a request that another fact stands against.
func Conflict(code, message string) *Error {
	return &Error{Kind: KindConflict, Code: code, Message: message}
}

// TooLarge is more than a limit allows.
func TooLarge(message string) *Error {
	return &Error{Kind: KindTooLarge, Code: "too_large", Message: message}
}

// TooMany is too often; after says when to come back.
func TooMany(message string, after time.Duration) *Error {
	return &Error{Kind: KindTooMany, Code: "too_many", Message: message, RetryAfter: after}
}

// Unavailable is a part of the system that cannot answer now.
func Unavailable(message string) *Error {
	return &Error{Kind: KindUnavailable, Code: "unavailable", Message: message}
}

// Join makes one fault of several, so that a form shows all its mistakes at once. Nil faults are left out; none left gives nil.
func Join(faults ...*Error) error {
	var first *Error
	for _, f := range faults {
		switch {
		case f == nil:
		case first == nil:
			c := *f
			first = &c
		default:
			first.Others = append(first.Others, f)
		}
	}
	if first == nil {
		return nil
	}
	return first
}

// As returns the fault inside err, if there is one.
func As(err error) (*Error, bool) {
	var f *Error
	ok := errors.As(err, &f)
	return f, ok
}

// KindOf returns the kind of the fault inside err; anything else is KindInternal.
func KindOf(err error) Kind {
	if f, ok := As(err); ok {
		return f.Kind
	}
	return KindInternal
}

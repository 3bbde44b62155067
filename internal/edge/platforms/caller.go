package platforms

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	callDeadline = 20 * time.Second
	longestBody  = 4 << 20
	mostTries    = 3 // of a read; nothing else is sent twice
	longestWait  = 7 * 24 * time.Hour
	usualPace    = 500 * time.Millisecond
)

// Caller makes the calls of one piece of work. The zero value but Rules works, counts nothing and goes to the network.
type Caller struct {
	Rules     Rules
	Account   string            // whose bucket a cost per account goes to
	Transport http.RoundTripper // nil: http.DefaultTransport
	Take      func(ctx context.Context, cost Cost) error
	Pause     func(ctx context.Context, cost Cost, wait time.Duration, because string) error
	Now       func() time.Time
	Pace      time.Duration // before a second try; twice as long before the third
}

// Call is one request.
type Call struct {
	Method string // GET where empty
	URL    string
	Query  url.Values
	Header http.Header
	Form   url.Values // sent as application/x-www-form-urlencoded
	JSON   any        // sent as application/json
	Read   bool       // changes nothing although it is a POST, so it may be sent again
	Cost   Cost       // Units 0: free
	// Judge reads the platform's own errors, also those in an answer of 200. It returns nil to leave the answer to the usual reading of its status.
	Judge func(Answer) *Failure
}

// Answer is what came back, whole.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do makes the call and reads the JSON of its answer into into, which may be nil. Unknown fields are let pass; anything that is not one JSON value
// is nonsense. Reads are tried up to three times where the platform is down; each try is counted. The error is a *Failure, or ours.
func (c Caller) Do(ctx context.Context, call Call, into any) (Answer, error) {
	for try := 1; ; try++ {
		a, err := c.once(ctx, call)
		if err == nil {
			return a, c.decode(a, into)
		}
		f, ok := FailureOf(err)
		if !ok || f.Kind != FailureDown || !call.mayRepeat() || try == mostTries || ctx.Err() != nil {
			return a, err
		}
		if wait(ctx, c.pace()<<(try-1)) != nil {
			return a, err
		}
	}
}

func (c Call) mayRepeat() bool { return c.Read || c.Method == "" || c.Method == http.MethodGet }

func (c Caller) pace() time.Duration {
	if c.Pace > 0 {
		return c.Pace
	}
	return usualPace
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (c Caller) once(ctx context.Context, call Call) (a Answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	request, err := call.request(ctx)
	if err != nil {
		return a, err
	}
	if err := c.take(ctx, call.Cost); err != nil {
		return a, err
	}
	if a, err = c.send(request); err != nil {
		return a, err
	}
	f := c.judge(call, a)
	if f == nil {
		return a, nil
	}
	f = f.without(call.secrets())
	if f.Kind == FailureRateLimited {
		return a, c.limited(ctx, call.Cost, a, f)
	}
	return a, f
}

// hidden are the parameters whose values open something.
var hidden = []string{"client_secret", "code", "code_verifier", "refresh_token", "token", "fb_exchange_token", "appsecret_proof", "access_token"}

// secrets are the values in a call that a platform must not make us repeat: some put what they were sent into their messages.
func (c Call) secrets() (all []string) {
	if _, value, ok := strings.Cut(c.Header.Get("Authorization"), " "); ok {
		all = append(all, value)
	}
	for _, name := range hidden {
		all = append(append(all, c.Form[name]...), c.Query[name]...)
	}
	return all
}

func (c Caller) take(ctx context.Context, cost Cost) error {
	if cost.Units == 0 || c.Take == nil {
		return nil
	}
	if cost.Account == "" {
		cost.Account = c.Account
	}
	return c.Take(ctx, cost)
}

func (c Call) request(ctx context.Context) (*http.Request, error) {
	var body io.Reader
	kind := ""
	switch {
	case c.Form != nil:
		body, kind = strings.NewReader(c.Form.Encode()), "application/x-www-form-urlencoded"
	case c.JSON != nil:
		text, err := json.Marshal(c.JSON)
		if err != nil {
			return nil, fmt.Errorf("cannot write a request: %w", err)
		}
		body, kind = bytes.NewReader(text), "application/json"
	}
	address := c.URL
	if len(c.Query) > 0 {
		address += "?" + c.Query.Encode()
	}
	method := c.Method
	if method == "" {
		method = http.MethodGet
	}
	request, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, errors.New("cannot make a request: the address of the platform is none") // the cause would repeat the address, and its query
	}
	for name, values := range c.Header {
		request.Header[name] = values
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	request.Header.Set("Accept", "application/json")
	return request, nil
}

// send goes to the network. Redirects are not followed: a token would travel to where it was not given.
func (c Caller) send(request *http.Request) (a Answer, err error) {
	transport := c.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return a, Failed(FailureDown, c.Rules.Name, reasonOf(err))
	}
	defer response.Body.Close()
	a = Answer{Status: response.StatusCode, Header: response.Header}
	a.Body, err = io.ReadAll(io.LimitReader(response.Body, longestBody+1))
	switch {
	case err != nil:
		return a, Failed(FailureDown, c.Rules.Name, "the answer was cut off: "+reasonOf(err))
	case len(a.Body) > longestBody:
		a.Body = nil
		return a, Failed(FailureNonsense, c.Rules.Name, fmt.Sprintf("an answer of more than %d MB", longestBody>>20))
	}
	return a, nil
}

// reasonOf is why a call failed, without the address it went to.
func reasonOf(err error) string {
	var inner *url.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("no answer within %s", callDeadline)
	case errors.Is(err, context.Canceled):
		return "the work was stopped"
	case errors.As(err, &inner):
		return inner.Err.Error()
	}
	return err.Error()
}

func (c Caller) judge(call Call, a Answer) *Failure {
	if call.Judge != nil {
		if f := call.Judge(a); f != nil {
			return f
		}
	}
	detail := fmt.Sprintf("HTTP %d", a.Status)
	switch {
	case a.Status >= 200 && a.Status < 300:
		return nil
	case a.Status == http.StatusTooManyRequests:
		return Failed(FailureRateLimited, c.Rules.Name, detail)
	case a.Status == http.StatusUnauthorized:
		return Failed(FailureTokenExpired, c.Rules.Name, detail)
	case a.Status == http.StatusForbidden:
		return Failed(FailurePermissionMissing, c.Rules.Name, detail)
	case a.Status >= 500:
		return Failed(FailureDown, c.Rules.Name, detail)
	case a.Status >= 400:
		return Failed(FailureAppRefused, c.Rules.Name, detail)
	}
	return Failed(FailureNonsense, c.Rules.Name, detail)
}

// limited notes how long the platform wants to be left alone: what Retry-After says (RFC 9110, 10.2.3), else the rest of the window.
func (c Caller) limited(ctx context.Context, cost Cost, a Answer, f *Failure) error {
	pause := f.After
	if pause <= 0 {
		pause = retryAfter(a.Header.Get("Retry-After"), c.Clock())
	}
	if pause <= 0 && cost.Bucket != "" {
		pause = c.Rules.Bucket(cost.Bucket).Window.End(c.Clock()).Sub(c.Clock())
	}
	pause = min(max(pause, time.Minute), longestWait)
	f = f.In(pause)
	f.Until = c.Clock().Add(pause)
	if c.Pause == nil || cost.Bucket == "" {
		return f
	}
	if cost.Account == "" {
		cost.Account = c.Account
	}
	if err := c.Pause(ctx, cost, pause, f.Detail); err != nil {
		return errors.Join(f, err)
	}
	return f
}

// Clock is the time of the work: the database's, so that tests can hold it still.
func (c Caller) Clock() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now() //nolint:forbidigo // the edge's clock, for a Caller that no database stands behind
}

func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return at.Sub(now)
	}
	return 0
}

func (c Caller) decode(a Answer, into any) error {
	if into == nil {
		return nil
	}
	text := bytes.TrimSpace(a.Body)
	switch {
	case len(text) == 0 || string(text) == "null":
		return Failed(FailureNonsense, c.Rules.Name, "an empty answer")
	case text[0] == '<':
		return Failed(FailureNonsense, c.Rules.Name, "a web page where data was asked for")
	}
	if err := json.Unmarshal(text, into); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return Failed(FailureNonsense, c.Rules.Name, "an unexpected kind of value in "+kind.Field)
		}
		return Failed(FailureNonsense, c.Rules.Name, "an answer that is no JSON")
	}
	return nil
}

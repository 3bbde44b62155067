package platforms

import (
	"bytes"
	"io"
	"net/http"
)

// Client is an HTTP client for a platform's own library: every request is counted first, its answer is bounded and read whole, and nothing is sent
// twice. Errors of a round trip are *Failure inside *url.Error, whose text repeats the address and may hold a key: show FailureOf(err) only.
// What a status means is the library's to say and the platform's room to translate.
func (c Caller) Client(cost func(*http.Request) Cost) *http.Client {
	return &http.Client{
		Transport: roundTrip(func(request *http.Request) (*http.Response, error) {
			if err := c.take(request.Context(), cost(request)); err != nil {
				return nil, err
			}
			a, err := c.send(request)
			if err != nil {
				return nil, err
			}
			return &http.Response{
				StatusCode: a.Status, Status: http.StatusText(a.Status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: a.Header,
				Body: io.NopCloser(bytes.NewReader(a.Body)), ContentLength: int64(len(a.Body)), Request: request,
			}, nil
		}),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       callDeadline,
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

package sim

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
	callTimeout    = 30 * time.Second // of one attempt
	attempts       = 5
	longestPause   = 30 * time.Second
	maxAnswerBytes = 16 << 20
)

// Client speaks the public contract. The zero value is not usable; make one with NewClient.
type Client struct {
	base string
	key  string
	http *http.Client
	wait func(context.Context, time.Duration) error
}

// NewClient makes a client for a server and a key. It never follows a redirect, and keeps enough idle connections for workers.
func NewClient(base, key string, workers int) *Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = max(2, workers)
	transport.Proxy = nil // the server is the operator's own
	return &Client{
		base: strings.TrimRight(base, "/"), key: key, wait: sleep,
		http: &http.Client{
			Transport: transport, Timeout: callTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Problem is a refusal of the server (RFC 9457).
type Problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Errors []struct {
		Code     string `json:"code"`
		Location string `json:"location"`
		Message  string `json:"message"`
	} `json:"errors"`
}

func (p *Problem) Error() string {
	text := fmt.Sprintf("the server answered %d %s: %s", p.Status, p.Code, p.Title)
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	for _, e := range p.Errors {
		text += fmt.Sprintf("; %s: %s", e.Location, e.Message)
	}
	return text
}

// refusedWith reports whether err is the server's refusal with a status.
func refusedWith(err error, status int) bool {
	var p *Problem
	return errors.As(err, &p) && p.Status == status
}

// Get reads path with a query into out.
func (c *Client) Get(ctx context.Context, path string, query url.Values, out any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.call(ctx, http.MethodGet, path, "", nil, out)
}

// Post sends in as JSON under an idempotency key and reads the answer into out, unless out is nil.
func (c *Client) Post(ctx context.Context, path, idempotencyKey string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("cannot write the body for %s: %w", path, err)
	}
	return c.call(ctx, http.MethodPost, path, idempotencyKey, body, out)
}

func (c *Client) call(ctx context.Context, method, path, key string, body []byte, out any) error {
	h := http.Header{"Authorization": {"Bearer " + c.key}, "Accept": {"application/json"}}
	if body != nil {
		h.Set("Content-Type", "application/json")
	}
	if key != "" {
		h.Set("Idempotency-Key", key)
	}
	answer, err := c.send(ctx, method, "/api/v1"+path, h, body)
	if err != nil {
		return fmt.Errorf("cannot %s %s: %w", method, path, err)
	}
	if answer.status >= 300 {
		return fmt.Errorf("cannot %s %s: %w", method, path, answer.problem())
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer.body, out); err != nil {
		return fmt.Errorf("cannot read the answer to %s %s: %w", method, path, err)
	}
	return nil
}

// Deliver posts a webhook to path, as a shop does: again with the same bytes while the server asks for patience.
func (c *Client) Deliver(ctx context.Context, path string, w Webhook) error {
	answer, err := c.send(ctx, http.MethodPost, path, w.Headers, w.Body)
	if err != nil {
		return fmt.Errorf("cannot deliver %s: %w", w.Topic, err)
	}
	if answer.status >= 300 {
		return fmt.Errorf("cannot deliver %s: %w", w.Topic, answer.problem())
	}
	return nil
}

// Visit asks for a link as a browser would and returns where it leads.
func (c *Client) Visit(ctx context.Context, slug string, h http.Header) (*url.URL, error) {
	answer, err := c.send(ctx, http.MethodGet, "/r/"+slug, h, nil)
	if err != nil {
		return nil, fmt.Errorf("cannot visit the link %s: %w", slug, err)
	}
	if answer.status < 300 || answer.status > 399 {
		return nil, fmt.Errorf("cannot visit the link %s: %w", slug, answer.problem())
	}
	to, err := url.Parse(answer.header.Get("Location"))
	if err != nil || to.Host == "" {
		return nil, fmt.Errorf("the link %s leads nowhere", slug)
	}
	return to, nil
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) problem() *Problem {
	p := &Problem{}
	if err := json.Unmarshal(a.body, p); err != nil || p.Title == "" {
		p.Title = http.StatusText(a.status) // not a problem document: the status says all we know
	}
	p.Status = a.status
	return p
}

// send repeats a request while the server answers 429 or 503 or the connection fails, at most five times. Every request here may be repeated:
// reads, clicks, and posts that carry a key of their own.
func (c *Client) send(ctx context.Context, method, path string, h http.Header, body []byte) (answer, error) {
	for try := 1; ; try++ {
		a, err := c.once(ctx, method, path, h, body)
		again := err != nil || a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable
		if !again || try == attempts || ctx.Err() != nil {
			return a, err
		}
		pause := time.Duration(1<<try) * 50 * time.Millisecond
		if err == nil {
			pause = retryAfter(a.header.Get("Retry-After"), pause)
		}
		if err := c.wait(ctx, pause); err != nil {
			return a, err
		}
	}
}

func (c *Client) once(ctx context.Context, method, path string, h http.Header, body []byte) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("cannot make the request: %w", err)
	}
	req.Header = h.Clone()
	res, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }() // read to its end or given up
	read, err := io.ReadAll(io.LimitReader(res.Body, maxAnswerBytes+1))
	if err != nil {
		return answer{}, fmt.Errorf("cannot read the answer: %w", err)
	}
	if len(read) > maxAnswerBytes {
		return answer{}, errors.New("the answer is larger than 16 MiB")
	}
	return answer{res.StatusCode, res.Header, read}, nil
}

// retryAfter reads seconds; a date or nonsense gives the fallback. More than half a minute is not waited for.
func retryAfter(text string, fallback time.Duration) time.Duration {
	seconds, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || seconds < 0 {
		return fallback
	}
	return min(time.Duration(seconds)*time.Second, longestPause)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

package meaning

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Remote is a service that answers POST {URL} as OpenAI's /v1/embeddings does (https://platform.openai.com/docs/api-reference/embeddings/create); many that
// run on one's own machines do. The texts of creators leave this machine: whoever sets it must be allowed to let them.
type Remote struct {
	URL        string // whole, for instance https://embeddings.example/v1/embeddings
	Model      string
	Key        string // sent as a bearer token; "" sends none
	Dimensions int    // that are asked for and that the answers must have; 0 takes those of the first answer
	Client     *http.Client
}

// Check says what is wrong with the settings: texts go out encrypted, or not beyond this machine.
func (r Remote) Check() error {
	u, err := url.Parse(r.URL)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return errors.New("the address of the embeddings service must look like https://embeddings.example/v1/embeddings")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		return errors.New("the address of the embeddings service must begin with https://, or be on this machine")
	case r.Model == "":
		return errors.New("the embeddings service needs the name of a model")
	case r.Dimensions < 0 || r.Dimensions > MostForeign:
		return fmt.Errorf("vectors of the embeddings service have at most %d numbers", MostForeign)
	}
	return nil
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// Limits of the talk with a service.
const (
	RemoteBatch    = 64   // texts
	remoteText     = 6000 // characters of one creator: about the 2,000 tokens that most models can read
	remoteDeadline = 30 * time.Second
	remoteTries    = 3
	remoteWait     = 20 * time.Second // longest that an answer may ask us to wait
	remoteAnswer   = 16 << 20         // bytes
)

// Embed answers one vector for each text, in order. It asks in batches, at most three times each, and gives up on the first that fails for good:
// a space of which half is missing cannot be searched.
func (r Remote) Embed(ctx context.Context, texts []string) ([]Vector, error) {
	all := make([]Vector, 0, len(texts))
	for from := 0; from < len(texts); from += RemoteBatch {
		vectors, err := r.patiently(ctx, texts[from:min(from+RemoteBatch, len(texts))])
		if err != nil {
			return nil, fmt.Errorf("cannot embed texts at %s: %w", r.Model, err)
		}
		for _, v := range vectors {
			if r.Dimensions == 0 {
				r.Dimensions = len(v)
			}
			if v, err = r.checked(v); err != nil {
				return nil, err
			}
			all = append(all, v)
		}
	}
	return all, nil
}

// One answers the vector of one text, asked once: somebody is waiting.
func (r Remote) One(ctx context.Context, text string) (Vector, error) {
	vectors, err := r.ask(ctx, []string{text})
	if err != nil {
		return nil, fmt.Errorf("cannot embed a text at %s: %w", r.Model, err)
	}
	return r.checked(vectors[0])
}

// checked gives a vector unit length. One without a direction, or with what is no number, is an error.
func (r Remote) checked(v Vector) (Vector, error) {
	if r.Dimensions != 0 && len(v) != r.Dimensions || len(v) == 0 || len(v) > MostForeign {
		return nil, fmt.Errorf("cannot embed texts at %s: a vector of %d numbers came where %d were expected", r.Model, len(v), r.Dimensions)
	}
	if v = unit(v); v == nil {
		return nil, fmt.Errorf("cannot embed texts at %s: a vector without a direction came", r.Model)
	}
	return v, nil
}

// later is a failure that may pass.
type later struct {
	err  error
	wait time.Duration
}

func (l later) Error() string { return l.err.Error() }
func (l later) Unwrap() error { return l.err }

// patiently asks again where a failure may pass, after 1 and 2 seconds or what the service asks for.
func (r Remote) patiently(ctx context.Context, texts []string) (vectors []Vector, err error) {
	for try := range remoteTries {
		vectors, err = r.ask(ctx, texts)
		var passing later
		if err == nil || !errors.As(err, &passing) || try == remoteTries-1 {
			return vectors, err
		}
		wait := passing.wait
		if wait <= 0 {
			wait = time.Second << try
		}
		timer := time.NewTimer(min(wait, remoteWait))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, fmt.Errorf("stopped while waiting after %w: %w", err, ctx.Err())
		case <-timer.C:
		}
	}
	return vectors, err
}

func (r Remote) ask(ctx context.Context, texts []string) ([]Vector, error) {
	ctx, cancel := context.WithTimeout(ctx, remoteDeadline)
	defer cancel()
	asked := map[string]any{"model": r.Model, "input": remoteInput(texts), "encoding_format": "float"}
	if r.Dimensions > 0 {
		asked["dimensions"] = r.Dimensions
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return nil, fmt.Errorf("cannot write the request: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("cannot make the request: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	if r.Key != "" {
		request.Header.Set("Authorization", "Bearer "+r.Key)
	}
	client := http.Client{Timeout: remoteDeadline}
	if r.Client != nil {
		client = *r.Client
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // texts and key go where they were meant to, or nowhere
	answer, err := client.Do(request)
	if err != nil {
		return nil, later{err: errors.Unwrap(err)} // what is wrapped around it holds the URL
	}
	defer answer.Body.Close()
	return readVectors(answer, len(texts))
}

func readVectors(answer *http.Response, texts int) ([]Vector, error) {
	switch {
	case answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500:
		seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
		if err != nil {
			seconds = 0
		}
		return nil, later{fmt.Errorf("it answered %d", answer.StatusCode), time.Duration(min(max(seconds, 0), 3600)) * time.Second}
	case answer.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("it answered %d", answer.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, remoteAnswer+1))
	if err != nil {
		return nil, later{err: fmt.Errorf("its answer broke off: %w", err)}
	}
	if len(body) > remoteAnswer {
		return nil, fmt.Errorf("its answer is longer than %d bytes", remoteAnswer)
	}
	var said struct {
		Data []struct {
			Index     int
			Embedding Vector
		}
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return nil, fmt.Errorf("its answer is not what was expected: %w", err)
	}
	vectors := make([]Vector, texts)
	for _, d := range said.Data {
		if d.Index < 0 || d.Index >= texts || vectors[d.Index] != nil {
			return nil, fmt.Errorf("its answer names text %d, which was not asked or answered already", d.Index)
		}
		vectors[d.Index] = d.Embedding
	}
	if len(said.Data) != texts {
		return nil, fmt.Errorf("it answered %d of %d texts", len(said.Data), texts)
	}
	return vectors, nil
}

// remoteInput cuts texts to what is sent. An empty text is refused by some services; a dot says as little.
func remoteInput(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		t = strings.TrimSpace(strings.ToValidUTF8(t, ""))
		if utf8.RuneCountInString(t) > remoteText {
			t = string([]rune(t)[:remoteText])
		}
		if out[i] = t; t == "" {
			out[i] = "."
		}
	}
	return out
}

// Text is a document as a remote service reads it: what it says of itself first, then hashtags, then captions.
func (d Document) Text() string {
	tags := ""
	for _, tag := range d.Hashtags[:min(len(d.Hashtags), 100)] {
		tags += " #" + strings.TrimPrefix(tag, "#")
	}
	return strings.TrimSpace(d.Bio + "\n" + tags + "\n" + strings.Join(d.Texts[:min(len(d.Texts), 50)], "\n"))
}

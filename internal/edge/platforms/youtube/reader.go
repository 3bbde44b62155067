package youtube

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"google.golang.org/api/option"
	youtube "google.golang.org/api/youtube/v3"

	"rapport/internal/edge/platforms"
	"rapport/internal/recruit/creators"
)

// Units is the one limit of YouTube: what the operator's project may spend in a day.
const Units = "units"

// Access is what opens the door: the operator's key for what everybody may read, or a creator's token. A key travels in a header, so that it never
// stands in an address.
type Access struct {
	Key   string
	Token string
}

// Reader asks YouTube. Make one for a piece of work with Open.
type Reader struct {
	service *youtube.Service
	caller  platforms.Caller
	access  Access
	last    *bytes.Buffer // the text of the newest answer
}

// Open makes a reader. endpoint is "" for YouTube itself. A reader belongs to one goroutine.
func Open(ctx context.Context, c platforms.Caller, endpoint string, access Access) (*Reader, error) {
	r := &Reader{caller: c, access: access, last: &bytes.Buffer{}}
	client := c.Client(costOf)
	inner := client.Transport
	client.Transport = roundTrip(func(request *http.Request) (*http.Response, error) {
		request = request.Clone(request.Context())
		access.sign(request.Header)
		response, err := inner.RoundTrip(request)
		if err != nil {
			return nil, err
		}
		return r.keep(response)
	})
	options := []option.ClientOption{option.WithHTTPClient(client)}
	if endpoint != "" {
		options = append(options, option.WithEndpoint(endpoint))
	}
	service, err := youtube.NewService(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("cannot make the YouTube client: %w", err)
	}
	r.service = service
	return r, nil
}

func (a Access) sign(h http.Header) {
	if a.Token != "" {
		h.Set("Authorization", "Bearer "+a.Token)
		return
	}
	h.Set("X-Goog-Api-Key", a.Key)
}

// keep remembers the answer's text, which Caller has bounded and read whole.
func (r *Reader) keep(response *http.Response) (*http.Response, error) {
	r.last.Reset()
	_, err := io.Copy(r.last, response.Body)
	if err != nil {
		return nil, fmt.Errorf("cannot read an answer: %w", err)
	}
	if string(bytes.TrimSpace(r.last.Bytes())) == "null" { // Google's client would hand on an answer that is nil
		return nil, platforms.Failed(platforms.FailureNonsense, name, "an empty answer")
	}
	response.Body = io.NopCloser(bytes.NewReader(r.last.Bytes()))
	return response, nil
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func costOf(r *http.Request) platforms.Cost {
	units := int64(ListCost)
	if strings.HasSuffix(r.URL.Path, "/search") {
		units = SearchCost
	}
	return platforms.Cost{Bucket: Units, Units: units}
}

const name = creators.PlatformYouTube

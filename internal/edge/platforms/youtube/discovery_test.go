package youtube_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// discovery is the part of YouTube's discovery document that says what a request may look like. It ships inside Google's Go module.
type discovery struct {
	Parameters map[string]parameter `json:"parameters"`
	Schemas    map[string]schema    `json:"schemas"`
	Resources  map[string]resource  `json:"resources"`
}

type resource struct {
	Methods map[string]method `json:"methods"`
}

type method struct {
	Path       string               `json:"path"`
	HTTPMethod string               `json:"httpMethod"`
	Parameters map[string]parameter `json:"parameters"`
	Response   struct {
		Ref string `json:"$ref"`
	} `json:"response"`
}

type parameter struct {
	Type     string   `json:"type"`
	Format   string   `json:"format"`
	Required bool     `json:"required"`
	Repeated bool     `json:"repeated"`
	Enum     []string `json:"enum"`
	Minimum  string   `json:"minimum"`
	Maximum  string   `json:"maximum"`
}

type schema struct {
	Properties map[string]struct {
		Ref   string `json:"$ref"`
		Items struct {
			Ref string `json:"$ref"`
		} `json:"items"`
	} `json:"properties"`
}

var readDiscovery = sync.OnceValues(func() (d discovery, err error) {
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api").Output()
	if err != nil {
		return d, fmt.Errorf("cannot find the module: %w", err)
	}
	body, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(folder)), "youtube", "v3", "youtube-api.json"))
	if err != nil {
		return d, err
	}
	return d, json.Unmarshal(body, &d)
})

// find returns the method that answers at a path.
func (d discovery) find(httpMethod, path string) (m method, found bool) {
	for _, r := range d.Resources {
		for _, m := range r.Methods {
			if m.HTTPMethod == httpMethod && "/"+m.Path == path {
				return m, true
			}
		}
	}
	return m, false
}

// check says what YouTube would refuse in a query: unknown parameters, values outside the enumerations, bounds, and parts that a resource has not.
func (d discovery) check(m method, q url.Values) error {
	for name, values := range q {
		p, ok := m.Parameters[name]
		if !ok {
			if p, ok = d.Parameters[name]; !ok {
				return fmt.Errorf("unknown parameter %q", name)
			}
		}
		if len(values) > 1 && !p.Repeated {
			return fmt.Errorf("%s is given twice", name)
		}
		for _, v := range values {
			if err := p.check(v); err != nil {
				return fmt.Errorf("%s=%q: %w", name, v, err)
			}
		}
	}
	for name, p := range m.Parameters {
		if p.Required && q.Get(name) == "" {
			return fmt.Errorf("%s is missing", name)
		}
	}
	item := d.Schemas[d.Schemas[m.Response.Ref].Properties["items"].Items.Ref]
	for _, part := range q["part"] {
		if _, ok := item.Properties[part]; !ok {
			return fmt.Errorf("%q is no part of %s", part, m.Response.Ref)
		}
	}
	return nil
}

func (p parameter) check(v string) error {
	if len(p.Enum) > 0 && !slices.Contains(p.Enum, v) {
		return fmt.Errorf("none of %v", p.Enum)
	}
	switch {
	case p.Type == "integer":
		n, err := strconv.Atoi(v)
		low, _ := strconv.Atoi(p.Minimum)
		high, _ := strconv.Atoi(p.Maximum)
		if err != nil || p.Maximum != "" && (n < low || n > high) {
			return fmt.Errorf("not from %s to %s", p.Minimum, p.Maximum)
		}
	case p.Type == "boolean":
		if v != "true" && v != "false" {
			return fmt.Errorf("no boolean")
		}
	case p.Format == "google-datetime":
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			return err
		}
	}
	return nil
}

// filters are the parameters of which a list wants exactly one (reference pages of the methods).
var filters = map[string][]string{
	"/youtube/v3/channels":       {"id", "forHandle", "forUsername", "mine", "managedByMe", "categoryId"},
	"/youtube/v3/playlistItems":  {"id", "playlistId"},
	"/youtube/v3/videos":         {"id", "chart", "myRating"},
	"/youtube/v3/commentThreads": {"allThreadsRelatedToChannelId", "channelId", "id", "videoId"},
}

// onlyWithVideos are the parameters of a search that ask for type=video (search.list).
var onlyWithVideos = []string{
	"eventType", "videoCaption", "videoCategoryId", "videoDefinition", "videoDimension", "videoDuration", "videoEmbeddable", "videoLicense",
	"videoPaidProductPlacement", "videoSyndicated", "videoType", "location", "locationRadius",
}

func checkFilters(path string, q url.Values) error {
	if wanted, ok := filters[path]; ok {
		given := 0
		for _, name := range wanted {
			if q.Has(name) {
				given++
			}
		}
		if given != 1 {
			return fmt.Errorf("%d filters, exactly one of %v is wanted", given, wanted)
		}
	}
	if len(q["id"]) > 50 {
		return fmt.Errorf("%d ids, at most 50", len(q["id"]))
	}
	if strings.HasSuffix(path, "/search") && q.Get("type") != "video" {
		for _, name := range onlyWithVideos {
			if q.Has(name) {
				return fmt.Errorf("%s needs type=video", name)
			}
		}
	}
	return nil
}

func TestTheFakeRefusesWhatTheDocumentDoesNotKnow(t *testing.T) {
	f := newFake(t)
	for query, refused := range map[string]bool{
		"search?part=snippet&q=tea&type=video&key=k":               false,
		"search?part=snippet&q=tea&type=video&sort=date":           true, // no such parameter
		"search?part=statistics&q=tea":                             true, // no such part
		"search?part=snippet&q=tea&order=newest":                   true, // not in the enumeration
		"search?part=snippet&q=tea&maxResults=51":                  true,
		"search?part=snippet&q=tea&videoPaidProductPlacement=true": true, // without type=video
		"search?part=snippet&q=tea&publishedAfter=2026-01-01":      true,
		"search?q=tea":                                                       true, // part is required
		"channels?part=snippet":                                              true, // no filter
		"channels?part=snippet&id=a&mine=true":                               true, // two
		"channels?part=snippet&id=a":                                         false,
		"videos?part=snippet,paidProductPlacementDetails&id=a":               false,
		"commentThreads?part=snippet&videoId=v1&textFormat=markdown":         true,
		"channels?part=snippet&id=" + strings.Repeat("a,", 50) + "a":         true, // 51 ids
		"playlistItems?part=contentDetails&playlistId=UUaaaaaaaaaaaaaaaaaaa": false,
	} {
		request, err := http.NewRequest(http.MethodGet, f.server.URL+"/youtube/v3/"+query, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Goog-Api-Key", "k")
		answer, err := f.server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if got := answer.StatusCode == http.StatusBadRequest; got != refused {
			t.Errorf("%s: status %d, refused should be %v", query, answer.StatusCode, refused)
		}
	}
}

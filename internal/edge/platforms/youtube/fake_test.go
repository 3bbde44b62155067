package youtube_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/youtube"
)

// fake answers as YouTube does: its routes and what it lets pass come from the discovery document, its world from the test.
type fake struct {
	t        *testing.T
	document discovery
	server   *httptest.Server

	mu       sync.Mutex
	channels map[string]map[string]any
	videos   map[string]map[string]any
	uploads  map[string][]string // playlist → videos
	comments map[string][]map[string]any
	hits     []map[string]any
	paid     []string // videos
	asked    []string // "search", "channels", …
	queries  []url.Values
	refuse   func(path string, nth int) (status int, reason string)
	raw      func(w http.ResponseWriter, path string) bool // answers by itself
	form     url.Values                                    // of the last token call
}

func newFake(t *testing.T) *fake {
	t.Helper()
	document, err := readDiscovery()
	if err != nil {
		t.Skipf("YouTube's discovery document is not there (go mod download): %v", err)
	}
	f := &fake{t: t, document: document, channels: map[string]map[string]any{}, videos: map[string]map[string]any{}, uploads: map[string][]string{},
		comments: map[string][]map[string]any{}}
	f.server = httptest.NewServer(f)
	t.Cleanup(f.server.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.URL.Path == "/token" || r.URL.Path == "/revoke" {
		f.token(w, r)
		return
	}
	m, found := f.document.find(r.Method, r.URL.Path)
	if !found {
		f.fail(w, http.StatusNotFound, "notFound")
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/youtube/v3/")
	f.asked = append(f.asked, path)
	q := r.URL.Query()
	for _, list := range []string{"part", "id", "type"} { // repeated ones may also be joined by commas
		if q.Has(list) {
			q[list] = strings.Split(strings.Join(q[list], ","), ",")
		}
	}
	f.queries = append(f.queries, q)
	switch {
	case r.Header.Get("X-Goog-Api-Key") == "" && r.Header.Get("Authorization") == "" && !q.Has("key"):
		f.fail(w, http.StatusForbidden, "forbidden")
		return
	case f.raw != nil && f.raw(w, path):
		return
	}
	if f.refuse != nil {
		if status, reason := f.refuse(path, len(f.asked)); status != 0 {
			f.fail(w, status, reason)
			return
		}
	}
	err := f.document.check(m, q)
	if err == nil {
		err = checkFilters(r.URL.Path, q)
	}
	if err != nil {
		f.t.Logf("refused: %v", err)
		f.fail(w, http.StatusBadRequest, "invalidParameter")
		return
	}
	f.answer(w, path, q)
}

func (f *fake) answer(w http.ResponseWriter, path string, q url.Values) {
	switch path {
	case "search":
		f.page(w, path, q, f.found(q))
	case "channels":
		f.page(w, path, q, f.pick(f.channels, q, q.Has("mine")))
	case "videos":
		f.page(w, path, q, f.pick(f.videos, q, false))
	case "playlistItems":
		ids, ok := f.uploads[q.Get("playlistId")]
		if !ok {
			f.fail(w, http.StatusNotFound, "playlistNotFound")
			return
		}
		var all []map[string]any
		for _, id := range ids {
			all = append(all, map[string]any{"contentDetails": map[string]any{"videoId": id, "videoPublishedAt": f.videos[id]["snippet"].(map[string]any)["publishedAt"]}})
		}
		f.page(w, path, q, all)
	case "commentThreads":
		all, open := f.comments[q.Get("videoId")]
		if !open {
			f.fail(w, http.StatusForbidden, "commentsDisabled")
			return
		}
		f.page(w, path, q, all)
	}
}

func (f *fake) found(q url.Values) (all []map[string]any) {
	for _, h := range f.hits {
		id := h["id"].(map[string]any)
		video, _ := id["videoId"].(string)
		if q.Get("type") == "video" != (video != "") || q.Has("videoPaidProductPlacement") && !slices.Contains(f.paid, video) {
			continue
		}
		if channel := q.Get("channelId"); channel != "" && h["snippet"].(map[string]any)["channelId"] != channel {
			continue
		}
		all = append(all, h)
	}
	return all
}

// pick leaves out the parts that were not asked for, and whoever is not there.
func (f *fake) pick(from map[string]map[string]any, q url.Values, mine bool) (all []map[string]any) {
	ids := q["id"]
	if mine {
		for id := range from {
			ids = append(ids, id)
		}
	}
	for id, item := range from {
		if handle := q.Get("forHandle"); handle != "" && strings.TrimPrefix(item["snippet"].(map[string]any)["customUrl"].(string), "@") == handle {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		item, ok := from[id]
		if !ok {
			continue
		}
		shown := map[string]any{"id": id}
		for _, part := range q["part"] {
			if v, ok := item[part]; ok {
				shown[part] = v
			}
		}
		all = append(all, shown)
	}
	return all
}

func (f *fake) page(w http.ResponseWriter, path string, q url.Values, all []map[string]any) {
	size, _ := strconv.Atoi(q.Get("maxResults"))
	if size == 0 {
		size = 5
	}
	at, _ := strconv.Atoi(strings.TrimPrefix(q.Get("pageToken"), "P"))
	kind := "youtube#" + strings.TrimSuffix(path, "s") + "ListResponse" // as the discovery document has it
	body := map[string]any{"kind": kind, "items": all[min(at, len(all)):min(at+size, len(all))]}
	if at+size < len(all) {
		body["nextPageToken"] = fmt.Sprintf("P%d", at+size)
	}
	f.write(w, http.StatusOK, body)
}

func (f *fake) fail(w http.ResponseWriter, status int, reason string) {
	f.write(w, status, map[string]any{"error": map[string]any{"code": status, "message": reason, "errors": []any{
		map[string]any{"domain": "youtube.quota", "reason": reason, "message": reason}}}})
}

func (f *fake) write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		f.t.Errorf("cannot answer: %v", err)
	}
}

func (f *fake) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	f.form = r.PostForm
	if f.refuse != nil {
		if status, reason := f.refuse(r.URL.Path, 0); status != 0 {
			f.write(w, status, map[string]any{"error": reason})
			return
		}
	}
	f.write(w, http.StatusOK, map[string]any{"access_token": "access", "refresh_token": "refresh", "expires_in": 3599, "token_type": "Bearer",
		"scope": "https://www.googleapis.com/auth/youtube.readonly"})
}

// channel puts a channel with so many videos into the world; every second one hides its likes.
func (f *fake) channel(id, handle string, videos int) {
	playlist := "UU" + strings.TrimPrefix(id, "UC")
	f.channels[id] = map[string]any{
		"snippet": map[string]any{"title": "Kettle & Leaf", "description": "Tea, slowly.", "customUrl": "@" + handle, "country": "DE",
			"publishedAt": "2019-03-01T10:00:00Z", "defaultLanguage": "en"},
		"statistics":     map[string]any{"subscriberCount": "12300", "viewCount": "1000000", "videoCount": strconv.Itoa(videos), "hiddenSubscriberCount": false},
		"contentDetails": map[string]any{"relatedPlaylists": map[string]any{"uploads": playlist}},
		"topicDetails":   map[string]any{"topicCategories": []string{"https://en.wikipedia.org/wiki/Food", "https://en.wikipedia.org/wiki/Lifestyle_(sociology)"}},
	}
	f.uploads[playlist] = []string{}
	for i := range videos {
		video := fmt.Sprintf("%s-v%d", handle, i)
		statistics := map[string]any{"viewCount": strconv.Itoa(1000 + i), "likeCount": "0", "commentCount": "2"}
		if i%2 == 1 {
			delete(statistics, "likeCount")
		}
		f.videos[video] = map[string]any{
			"snippet": map[string]any{"channelId": id, "title": "Sencha at home #tea", "description": "Leaves, water, time. #Sencha #tea",
				"publishedAt": time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Add(-time.Duration(i) * 24 * time.Hour).Format(time.RFC3339)},
			"statistics": statistics, "contentDetails": map[string]any{"duration": "PT4M13S"}, "status": map[string]any{"madeForKids": false, "publicStatsViewable": true},
			"paidProductPlacementDetails": map[string]any{"hasPaidProductPlacement": i == 0},
		}
		f.uploads[playlist] = append(f.uploads[playlist], video)
		f.comments[video] = []map[string]any{{"id": "c-" + video, "snippet": map[string]any{"topLevelComment": map[string]any{"snippet": map[string]any{
			"textDisplay": "What a calm video", "publishedAt": "2026-11-02T08:00:00Z", "authorChannelId": map[string]any{"value": "UCcommenter"}}}}}}
	}
}

func (f *fake) hit(video, channel, title string) {
	id := map[string]any{"kind": "youtube#video", "videoId": video}
	if video == "" {
		id = map[string]any{"kind": "youtube#channel", "channelId": channel}
	}
	f.hits = append(f.hits, map[string]any{"id": id, "snippet": map[string]any{"channelId": channel, "channelTitle": "Kettle &amp; Leaf", "title": title,
		"description": "Tea, slowly.", "publishedAt": "2026-11-01T00:00:00Z"}})
}

// meter counts what a caller takes, as the database does for the real one.
type meter struct {
	limit, used int64
	paused      time.Duration
	because     string
}

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func (m *meter) caller() platforms.Caller {
	return platforms.Caller{
		Rules: youtube.Rules(), Now: func() time.Time { return now }, Pace: time.Microsecond,
		Take: func(_ context.Context, c platforms.Cost) error {
			if m.used+c.Units > m.limit {
				return platforms.Failed(platforms.FailureQuotaSpent, "youtube", c.Bucket)
			}
			m.used += c.Units
			return nil
		},
		Pause: func(_ context.Context, _ platforms.Cost, wait time.Duration, because string) error {
			m.paused, m.because = wait, because
			return nil
		},
	}
}

func (f *fake) reader(m *meter) *youtube.Reader {
	f.t.Helper()
	r, err := youtube.Open(f.t.Context(), m.caller(), f.server.URL+"/", youtube.Access{Key: "key"})
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

func (f *fake) platform() youtube.Platform {
	return youtube.Platform{Endpoint: f.server.URL + "/", TokenHost: f.server.URL}
}

package edgetest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Found is a YouTube and an Instagram in which something can be found, for tests of what is made of it. Whether a request is one that the platforms
// know is tested in their own rooms.
type Found struct {
	URL string

	mu     sync.Mutex
	calls  []string
	Videos []FoundVideo
	Tags   []FoundTag
	Fail   func(path string) (status int, body string) // 0: nothing fails
}

// FoundVideo is a video that every search finds.
type FoundVideo struct {
	ID, Channel, Handle, Name, Title string
}

// FoundTag is a post that tags the brand.
type FoundTag struct{ ID, By, Caption string }

// FoundAccount is Meta's id of the brand's account.
const FoundAccount = "17841400000000001"

// NewFound starts the server.
func NewFound(t testing.TB) *Found {
	f := &Found{}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.URL = server.URL
	return f
}

// Calls are the last parts of the paths that were asked for, in order.
func (f *Found) Calls() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

type object = map[string]any

func (f *Found) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	if strings.Contains(r.URL.Query().Get("fields"), "business_discovery") {
		path = "discovery"
	}
	f.calls = append(f.calls, path)
	w.Header().Set("Content-Type", "application/json")
	if f.Fail != nil {
		if status, body := f.Fail(path); status != 0 {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body)) //nolint:errcheck // a test's server
			return
		}
	}
	_ = json.NewEncoder(w).Encode(f.answer(path, r)) //nolint:errcheck // a test's server
}

func (f *Found) answer(path string, r *http.Request) object {
	q := r.URL.Query()
	switch path {
	case "search":
		return object{"items": f.hits()}
	case "channels":
		return object{"items": f.channels(q["id"])}
	case "videos":
		return object{"items": f.videos(q["id"])}
	case "tags":
		return object{"data": f.tagged()}
	case "creator_marketplace_creators":
		return object{"data": []object{{"id": "501", "username": "steam.and.leaf", "biography": "Tea for slow mornings", "country": "DE"}}}
	case "ig_hashtag_search":
		return object{"data": []object{{"id": "17843853986012965"}}}
	case "top_media":
		return object{"data": []object{{"id": "1", "caption": "Morning #tea #sencha", "like_count": 40}, {"id": "2", "caption": "#sencha", "like_count": 60}}}
	case "discovery":
		return object{"business_discovery": object{"id": "600", "username": discovered(q.Get("fields")), "name": "Leaf & Steam", "biography": "Tea", "followers_count": 8200, "media_count": 2}}
	case "access_token":
		return object{"access_token": "EAAbrand", "expires_in": 5184000}
	case "permissions":
		return object{"data": []object{{"permission": "instagram_basic", "status": "granted"}, {"permission": "pages_show_list", "status": "granted"}}}
	case "accounts":
		return object{"data": []object{{"id": "1", "instagram_business_account": object{"id": FoundAccount}}}}
	}
	return object{"id": FoundAccount, "username": "northwind.tea", "name": "Northwind Tea",
		"mentioned_media": object{"id": "77", "username": "caption.fan", "caption": "thanks @northwind.tea", "permalink": "https://www.instagram.com/p/77/", "timestamp": "2026-03-01T08:00:00+0000"}}
}

func discovered(fields string) string {
	_, rest, _ := strings.Cut(fields, "username(")
	name, _, _ := strings.Cut(rest, ")")
	return name
}

func (f *Found) hits() (all []object) {
	for _, v := range f.Videos {
		all = append(all, object{"id": object{"videoId": v.ID}, "snippet": object{"channelId": v.Channel, "channelTitle": v.Name, "title": v.Title,
			"publishedAt": "2026-02-27T10:00:00Z"}})
	}
	return all
}

func (f *Found) channels(ids []string) (all []object) {
	for _, v := range f.Videos {
		if slices.Contains(ids, v.Channel) && !slices.ContainsFunc(all, func(o object) bool { return o["id"] == v.Channel }) {
			all = append(all, object{"id": v.Channel, "snippet": object{"title": v.Name, "customUrl": "@" + v.Handle, "description": "Tea and quiet", "country": "DE"},
				"statistics": object{"subscriberCount": "12300", "videoCount": "40"}})
		}
	}
	return all
}

func (f *Found) videos(ids []string) (all []object) {
	for _, v := range f.Videos {
		if slices.Contains(ids, v.ID) {
			all = append(all, object{"id": v.ID, "snippet": object{"channelId": v.Channel, "channelTitle": v.Name, "title": v.Title, "publishedAt": "2026-02-27T10:00:00Z"},
				"statistics": object{"viewCount": "900", "likeCount": "40", "commentCount": "3"}, "contentDetails": object{"duration": "PT3M"}})
		}
	}
	return all
}

func (f *Found) tagged() (all []object) {
	for _, t := range f.Tags {
		all = append(all, object{"id": t.ID, "username": t.By, "caption": t.Caption, "permalink": "https://www.instagram.com/p/" + t.ID + "/", "timestamp": "2026-03-01T08:00:00+0000"})
	}
	return all
}

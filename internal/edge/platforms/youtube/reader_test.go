package youtube_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/youtube"
)

func TestASearchSendsWhatYouTubeKnowsAndCostsAHundred(t *testing.T) {
	f, m := newFake(t), &meter{limit: 10_000}
	f.hit("v1", "UCaaaaaaaaaaaaaaaaaaaaaa", "Sencha &amp; me")
	found, err := f.reader(m).Search(t.Context(), youtube.Query{Words: " #sencha  tea ", Region: "de", Language: "DE", Topic: "/m/02wbm",
		Order: youtube.OrderDate, After: now.AddDate(0, -1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Hits) != 1 || found.Hits[0].Title != "Sencha & me" || found.Hits[0].Name != "Kettle & Leaf" || found.Hits[0].URL() != "https://www.youtube.com/watch?v=v1" {
		t.Errorf("found %+v", found)
	}
	if m.used != youtube.SearchCost {
		t.Errorf("a search took %d units", m.used)
	}
	q := f.queries[0]
	for name, want := range map[string]string{"q": "#sencha tea", "regionCode": "DE", "relevanceLanguage": "de", "topicId": "/m/02wbm", "order": "date",
		"type": "video", "publishedAfter": "2026-10-23T12:00:00Z"} {
		if q.Get(name) != want {
			t.Errorf("%s is %q, not %q", name, q.Get(name), want)
		}
	}
}

func TestARefusedSearchNeverLeaves(t *testing.T) {
	f, m := newFake(t), &meter{limit: 99}
	_, err := f.reader(m).Search(t.Context(), youtube.Query{Words: "tea"})
	if failure, ok := platforms.FailureOf(err); !ok || failure.Kind != platforms.FailureQuotaSpent {
		t.Errorf("error %v", err)
	}
	if len(f.asked) != 0 || m.used != 0 {
		t.Errorf("asked %v for %d units", f.asked, m.used)
	}
	for _, q := range []youtube.Query{{}, {Words: "tea", Order: "newest"}, {Words: "tea", Region: "Germany"}, {Words: "tea", Topic: "/m/0"},
		{Words: "tea", Finds: youtube.FindsChannels, Paid: true}, {Words: strings.Repeat("a", 201)}} {
		m.limit = 10_000
		if _, err := f.reader(m).Search(t.Context(), q); err == nil || m.used != 0 {
			t.Errorf("%+v was sent (%d units)", q, m.used)
		}
	}
}

func TestChannelsTravelInFifties(t *testing.T) {
	f, m := newFake(t), &meter{limit: 10_000}
	var ids []string
	for i := range 120 {
		id := fmt.Sprintf("UC%022d", i)
		ids = append(ids, id)
		if i < 100 { // the last twenty are gone
			f.channel(id, fmt.Sprintf("leaf%d", i), 0)
		}
	}
	f.channels[ids[3]]["statistics"] = map[string]any{"hiddenSubscriberCount": true, "viewCount": "5", "videoCount": "1"}
	all, err := f.reader(m).Channels(t.Context(), ids)
	if err != nil || len(all) != 100 || m.used != 3 {
		t.Fatalf("%d channels for %d units: %v", len(all), m.used, err)
	}
	if c := all[0]; *c.Subscribers != 12300 || c.Handle != "leaf0" || c.Country != "DE" || c.Topics[1] != "Lifestyle" || c.Uploads == "" {
		t.Errorf("channel %+v", c)
	}
	if all[3].Subscribers != nil {
		t.Error("hidden subscribers were counted")
	}
}

func TestHiddenLikesAreUnknownAndZeroIsZero(t *testing.T) {
	f, m := newFake(t), &meter{limit: 10_000}
	f.channel("UCaaaaaaaaaaaaaaaaaaaaaa", "leaf", 2)
	all, err := f.reader(m).Videos(t.Context(), []string{"leaf-v0", "leaf-v1", "gone"}, false)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d videos: %v", len(all), err)
	}
	if all[0].Likes == nil || *all[0].Likes != 0 {
		t.Error("a like count of zero is unknown")
	}
	if all[1].Likes != nil {
		t.Errorf("hidden likes are %d", *all[1].Likes)
	}
	p := all[0].Post()
	if *p.Counts.Views != 1000 || *p.Seconds != 253 || p.Hashtags != "tea Sencha" || p.URL != "https://www.youtube.com/watch?v=leaf-v0" || p.Sponsored != nil {
		t.Errorf("post %+v", p)
	}
}

func TestWhatIsClosedIsEmptyAndNoFailure(t *testing.T) {
	f, m := newFake(t), &meter{limit: 10_000}
	r := f.reader(m)
	if all, _, err := r.Uploads(t.Context(), "UUnone", ""); err != nil || len(all) != 0 {
		t.Errorf("uploads of nobody: %v, %v", all, err)
	}
	if all, open, err := r.Comments(t.Context(), "closed"); err != nil || open || len(all) != 0 {
		t.Errorf("comments that are off: %v, %v, %v", all, open, err)
	}
	if _, found, err := r.ByHandle(t.Context(), "@nobody"); err != nil || found {
		t.Errorf("a channel that is gone: %v, %v", found, err)
	}
}

// What can go wrong, and what is to be done about each.
func TestFailuresAreToldApart(t *testing.T) {
	html := func(w http.ResponseWriter, _ string) bool {
		_, _ = w.Write([]byte("<html>Sorry</html>"))
		return true
	}
	for name, c := range map[string]struct {
		status int
		reason string
		raw    func(http.ResponseWriter, string) bool
		kind   platforms.FailureKind
		paused time.Duration
	}{
		"quota spent at YouTube": {403, "quotaExceeded", nil, platforms.FailureRateLimited, 20 * time.Hour}, // midnight in California is 08:00 UTC
		"too quick":              {403, "rateLimitExceeded", nil, platforms.FailureRateLimited, time.Minute},
		"429":                    {429, "", nil, platforms.FailureRateLimited, time.Minute},
		"bad key":                {400, "keyInvalid", nil, platforms.FailureAppRefused, 0},
		"not switched on":        {403, "accessNotConfigured", nil, platforms.FailureAppRefused, 0},
		"suspended":              {403, "channelSuspended", nil, platforms.FailureAccountGone, 0},
		"down":                   {503, "backendError", nil, platforms.FailureDown, 0},
		"nonsense":               {0, "", html, platforms.FailureNonsense, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f, m := newFake(t), &meter{limit: 10_000}
			f.raw = c.raw
			f.refuse = func(string, int) (int, string) { return c.status, c.reason }
			_, err := f.reader(m).Search(t.Context(), youtube.Query{Words: "tea"})
			failure, ok := platforms.FailureOf(err)
			if !ok || failure.Kind != c.kind {
				t.Fatalf("error %v", err)
			}
			if m.paused != c.paused {
				t.Errorf("paused for %s because of %q", m.paused, m.because)
			}
			if len(f.asked) != 1 || m.used != youtube.SearchCost {
				t.Errorf("asked %d times for %d units", len(f.asked), m.used)
			}
		})
	}
}

func TestADeadServerIsDown(t *testing.T) {
	f, m := newFake(t), &meter{limit: 10_000}
	r := f.reader(m)
	f.server.Close()
	_, err := r.Search(t.Context(), youtube.Query{Words: "tea"})
	if failure, ok := platforms.FailureOf(err); !ok || failure.Kind != platforms.FailureDown {
		t.Errorf("error %v", err)
	}
	if strings.Contains(fmt.Sprint(err), "key") {
		t.Errorf("the error shows the key: %v", err)
	}
}

func TestTheSameSearchHasTheSameKey(t *testing.T) {
	a := youtube.Query{Words: "Tea", Finds: youtube.FindsVideos, Order: youtube.OrderDate, After: now}
	b := a
	b.Words, b.After = "tea", now.Add(time.Hour)
	if a.Key() != b.Key() {
		t.Error("two keys for one search")
	}
	for _, other := range []func(*youtube.Query){
		func(q *youtube.Query) { q.Words = "coffee" }, func(q *youtube.Query) { q.Paid = true }, func(q *youtube.Query) { q.Region = "DE" },
		func(q *youtube.Query) { q.Page = "P50" }, func(q *youtube.Query) { q.Channel = "UC" }, func(q *youtube.Query) { q.After = now.AddDate(0, 0, -1) },
	} {
		c := a
		if other(&c); c.Key() == a.Key() {
			t.Errorf("one key for two searches: %s", c.Key())
		}
	}
}

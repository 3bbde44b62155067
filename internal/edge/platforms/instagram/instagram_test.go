package instagram_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/instagram"
)

type object = map[string]any

func media(id, by, caption string) object {
	return object{"id": id, "username": by, "caption": caption, "media_type": "IMAGE", "permalink": "https://www.instagram.com/p/" + id + "/",
		"timestamp": "2026-11-02T08:00:00+0000", "like_count": 120, "comments_count": 3}
}

func TestDiscoveryReadsAnAccountPageByPage(t *testing.T) {
	f, m := newFake(t), &meter{}
	f.answer = func(path string, q url.Values) (any, bool) {
		var posts []object
		first := !strings.Contains(q.Get("fields"), ".after(")
		for i := range 25 {
			p := media(fmt.Sprint(1000+i), "", "Leaves and water #Tea #tea")
			if !first {
				p["id"] = fmt.Sprint(2000 + i)
			}
			if i == 3 {
				delete(p, "like_count")
			}
			posts = append(posts, p)
		}
		return object{"id": own, "business_discovery": object{"id": "178", "username": "kettle.leaf", "name": "Kettle & Leaf", "biography": "Tea, slowly.",
			"website": "https://leaf.example", "followers_count": 8200, "follows_count": 310, "media_count": 412,
			"media": object{"data": posts, "paging": object{"cursors": object{"after": "QVFIUk=="}}}}}, path == own
	}
	a, found, err := f.client(m).Discover(t.Context(), "@kettle.leaf", 40)
	if err != nil || !found {
		t.Fatalf("%v, %v", found, err)
	}
	posts := a.Posts()
	if len(posts) != 40 || posts[25].PlatformID != "2000" || m.used[instagram.Calls] != 2 {
		t.Errorf("%d posts for %d calls", len(posts), m.used[instagram.Calls])
	}
	if posts[3].Counts.Likes != nil || *posts[4].Counts.Likes != 120 || posts[0].Hashtags != "Tea" || posts[0].URL != "https://www.instagram.com/p/1000/" {
		t.Errorf("post %+v", posts[3])
	}
	if c := a.Counts(); *c.Followers != 8200 || *c.Following != 310 || a.Details().Bio != "Tea, slowly." || !*a.Details().HasBioLink {
		t.Errorf("account %+v", a)
	}
}

func TestNobodyIsNoFailureAndABadNameIsNotSent(t *testing.T) {
	f, m := newFake(t), &meter{}
	f.fail = func(string, url.Values) *failure { return &failure{400, 110, 2207013} }
	if _, found, err := f.client(m).Discover(t.Context(), "nobody", 10); found || err != nil {
		t.Errorf("%v, %v", found, err)
	}
	for _, name := range []string{"", "a b", "leaf){id}", strings.Repeat("a", 31)} {
		if _, _, err := f.client(m).Discover(t.Context(), name, 10); err == nil {
			t.Errorf("%q was sent", name)
		}
	}
	if len(f.asked) != 1 {
		t.Errorf("asked %v", f.asked)
	}
}

func TestTheMarketplaceTakesEveryDocumentedParameter(t *testing.T) {
	f, m := newFake(t), &meter{}
	f.answers[own+"/creator_marketplace_creators"] = object{"data": []object{
		{"id": "1", "username": "kettle.leaf", "biography": "Tea", "country": "DE", "is_account_verified": true, "gender": "FEMALE"}, {"id": "2", "username": "not a name"},
	}, "paging": object{"cursors": object{"after": "N"}, "next": "https://graph.facebook.com/next"}}
	all, next, err := f.client(m).Search(t.Context(), instagram.Wish{
		Query: "vegan  tea", Usernames: []string{"@a"}, SimilarTo: []string{"b"}, Countries: []string{"DE", "AT"}, Gender: "female", Ages: []string{"25_to_34"},
		Interests: []string{"FOOD_AND_DRINK"}, MinFollowers: 1000, MaxFollowers: 100_000, MinEngaged: 10, MaxEngaged: 1000, Growth: "x", LatestPost: "x", ReelsRate: "x",
		HasEmail: true, Onboarded: true, MajorCountries: []string{"DE"}, MajorGender: "female", MajorAges: []string{"18_to_24"}, MajorDevice: "ios", After: "M",
	})
	if err != nil || len(all) != 1 || next != "N" || m.used[instagram.Marketplace] != 1 {
		t.Fatalf("%d creators, next %q: %v", len(all), next, err)
	}
	q := f.queries[0]
	if q.Get("creator_countries") != `["DE","AT"]` || q.Get("query") != "vegan tea" || q.Get("usernames") != `["a"]` || q.Get("creator_min_followers") != "1000" {
		t.Errorf("query %v", q)
	}
	if d := all[0].Details(); d.Country != "DE" || !*d.Verified || d.URL != "https://www.instagram.com/kettle.leaf/" {
		t.Errorf("details %+v", d)
	}
	for _, w := range []instagram.Wish{{}, {Query: "a", Interests: []string{"TEA"}}, {Countries: []string{"Germany"}}, {Query: "a", Ages: []string{"30"}},
		{MinFollowers: 5, MaxFollowers: 1}, {SimilarTo: []string{`x"]`}}} {
		if _, _, err := f.client(m).Search(t.Context(), w); err == nil {
			t.Errorf("%+v was sent", w)
		}
	}
}

func TestHashtagsShowTrendsAndNobody(t *testing.T) {
	f, m := newFake(t), &meter{}
	f.answers["ig_hashtag_search"] = object{"data": []object{{"id": "17843853986012965"}}}
	hidden := media("2", "", "#tea only")
	delete(hidden, "like_count")
	f.answers["17843853986012965/top_media"] = object{"data": []object{media("1", "", "Morning #Tea #sencha"), hidden, media("3", "", "#sencha #slow")}}
	tag, err := instagram.ParseHashtag(" #Tea ")
	if err != nil || tag != "tea" {
		t.Fatalf("%q, %v", tag, err)
	}
	c := f.client(m)
	id, found, err := c.HashtagID(t.Context(), tag)
	if err != nil || !found || m.used[instagram.Hashtags] != 1 {
		t.Fatalf("%q, %v, %v", id, found, err)
	}
	trend, err := c.TrendOf(t.Context(), tag, id, false)
	if err != nil || trend.Posts != 3 || trend.Likes != 240 || trend.Shown != 2 || trend.Beside["sencha"] != 2 || trend.Beside["tea"] != 0 {
		t.Errorf("trend %+v: %v", trend, err)
	}
	f.fail = func(string, url.Values) *failure { return &failure{400, 24, 2207024} }
	if _, found, err := c.HashtagID(t.Context(), "nobodyusesthis"); found || err != nil {
		t.Errorf("%v, %v", found, err)
	}
}

func TestTagsAndMentions(t *testing.T) {
	f, m := newFake(t), &meter{}
	f.answers[own+"/tags"] = object{"data": []object{media("1", "kettle.leaf", "with @brand"), {"id": "2"}}, "paging": object{"cursors": object{"after": "A"}}}
	all, next, err := f.client(m).Tags(t.Context(), "")
	if err != nil || len(all) != 1 || next != "" || all[0].PostedAt() != time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC) {
		t.Fatalf("%+v, %q, %v", all, next, err)
	}
	f.answers[own] = object{"mentioned_media": media("77", "leaf", "thanks @brand"), "mentioned_comment": object{"id": "88", "text": "love @brand", "username": "other",
		"timestamp": "2026-11-03T08:00:00+0000", "media": object{"id": "77", "permalink": "https://www.instagram.com/p/77/"}}}
	post, found, err := f.client(m).Mentioned(t.Context(), instagram.Note{Account: own, Media: "77"})
	if err != nil || !found || post.Username != "leaf" {
		t.Errorf("%+v, %v, %v", post, found, err)
	}
	comment, found, err := f.client(m).Mentioned(t.Context(), instagram.Note{Account: own, Media: "77", Comment: "88"})
	if err != nil || !found || comment.Username != "other" || comment.Caption != "love @brand" || comment.Permalink == "" {
		t.Errorf("%+v, %v, %v", comment, found, err)
	}
	f.fail = func(string, url.Values) *failure { return &failure{400, 100, 33} }
	if _, found, err := f.client(m).Mentioned(t.Context(), instagram.Note{Account: own, Media: "77"}); err != nil || found {
		t.Errorf("a post that is gone: %v, %v", found, err)
	}
}

func TestUsageSlowsDownBeforeTheLimit(t *testing.T) {
	for name, c := range map[string]struct {
		header http.Header
		want   time.Duration
	}{
		"nothing said": {http.Header{}, 0},
		"half":         {http.Header{"X-App-Usage": {`{"call_count":50,"total_time":25,"total_cputime":25}`}}, 0},
		"92 %":         {http.Header{"X-App-Usage": {`{"call_count":28,"total_time":92,"total_cputime":25}`}}, 36 * time.Minute},
		"full":         {http.Header{"X-App-Usage": {`{"call_count":130}`}}, time.Hour},
		"business": {http.Header{"X-Business-Use-Case-Usage": {
			`{"178":[{"type":"instagram","call_count":100,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":19}]}`}}, 19 * time.Minute},
		"nonsense": {http.Header{"X-App-Usage": {`[]`}, "X-Business-Use-Case-Usage": {`x`}}, 0},
	} {
		f, m := newFake(t), &meter{}
		f.header = c.header
		f.answers[own+"/tags"] = object{"data": []object{}}
		if _, _, err := f.client(m).Tags(t.Context(), ""); err != nil || m.paused != c.want {
			t.Errorf("%s: paused for %s, %v", name, m.paused, err)
		}
	}
}

func TestFailuresAreToldApart(t *testing.T) {
	for _, c := range []struct {
		failure
		kind  platforms.FailureKind
		tries int
	}{
		{failure{400, 4, 0}, platforms.FailureRateLimited, 1},
		{failure{400, 17, 0}, platforms.FailureRateLimited, 1},
		{failure{400, 32, 0}, platforms.FailureRateLimited, 1},
		{failure{400, 613, 0}, platforms.FailureRateLimited, 1},
		{failure{400, 80002, 0}, platforms.FailureRateLimited, 1},
		{failure{400, 190, 458}, platforms.FailureConsentRevoked, 1},
		{failure{400, 190, 460}, platforms.FailureTokenExpired, 1},
		{failure{400, 190, 463}, platforms.FailureTokenExpired, 1},
		{failure{400, 190, 467}, platforms.FailureTokenExpired, 1},
		{failure{400, 10, 0}, platforms.FailurePermissionMissing, 1},
		{failure{403, 200, 0}, platforms.FailurePermissionMissing, 1},
		{failure{400, 100, 33}, platforms.FailureAccountGone, 1},
		{failure{400, 110, 0}, platforms.FailureAccountGone, 1},
		{failure{400, 24, 0}, platforms.FailureAccountGone, 1},
		{failure{400, 100, 0}, platforms.FailureAppRefused, 1},
		{failure{500, 2, 0}, platforms.FailureDown, 3},
		{failure{500, 1, 0}, platforms.FailureDown, 3},
	} {
		f, m := newFake(t), &meter{}
		f.fail = func(string, url.Values) *failure { return &c.failure }
		_, _, err := f.client(m).Tags(t.Context(), "")
		got, ok := platforms.FailureOf(err)
		if !ok || got.Kind != c.kind || len(f.asked) != c.tries {
			t.Errorf("code %d/%d: %v after %d tries", c.code, c.subcode, err, len(f.asked))
		}
		if strings.Contains(fmt.Sprint(err), token) || strings.Contains(fmt.Sprint(err), "refused by") {
			t.Errorf("the error tells too much: %v", err)
		}
		if limited := c.kind == platforms.FailureRateLimited; limited != (m.paused > 0) {
			t.Errorf("code %d: paused for %s", c.code, m.paused)
		}
	}
	f, m := newFake(t), &meter{}
	f.raw = func(w http.ResponseWriter) bool { _, _ = w.Write([]byte("<html>")); return true }
	_, _, err := f.client(m).Tags(t.Context(), "")
	if got, ok := platforms.FailureOf(err); !ok || got.Kind != platforms.FailureNonsense {
		t.Errorf("a web page is %v", err)
	}
}

func TestConsentBecomesATokenOfSixtyDays(t *testing.T) {
	f, m := newFake(t), &meter{}
	var exchanged []url.Values
	f.answer = func(path string, q url.Values) (any, bool) {
		switch path {
		case "oauth/access_token":
			exchanged = append(exchanged, q)
			return object{"access_token": token, "token_type": "bearer", "expires_in": 5184000}, true
		case "me/permissions":
			return object{"data": []object{{"permission": "instagram_basic", "status": "granted"}, {"permission": "pages_show_list", "status": "granted"},
				{"permission": "instagram_manage_insights", "status": "declined"}}}, true
		case "me/accounts":
			return object{"data": []object{{"id": "1"}, {"id": "2", "instagram_business_account": object{"id": own}}}}, true
		case own:
			return object{"id": own, "username": "kettle.leaf", "name": "Kettle"}, true
		}
		return nil, false
	}
	got, err := f.platform().Exchange(t.Context(), m.caller(), app, platforms.Grant{Redirect: "https://r.example/cb"}, "code")
	if err != nil || got.Account != own || got.Extra["page"] != "2" || !got.AccessUntil.Equal(now.Add(60*24*time.Hour)) || len(got.Scopes) != 2 {
		t.Fatalf("token of %q with %v until %s: %v", got.Account, got.Scopes, got.AccessUntil, err)
	}
	if len(exchanged) != 2 || exchanged[0].Get("code") != "code" || exchanged[1].Get("fb_exchange_token") != token {
		t.Errorf("exchanges %v", exchanged)
	}
	who, err := f.platform().Who(t.Context(), m.caller(), app, got)
	if err != nil || who.Handle != "kettle.leaf" || who.Account != own {
		t.Errorf("who %+v: %v", who, err)
	}
	again, err := f.platform().RefreshToken(t.Context(), m.caller(), app, got)
	if err != nil || !again.AccessUntil.Equal(now.Add(60*24*time.Hour)) {
		t.Errorf("renewed until %s: %v", again.AccessUntil, err)
	}
	f.fail = func(string, url.Values) *failure { return &failure{400, 190, 458} }
	if err := f.platform().Revoke(t.Context(), m.caller(), app, got); err != nil {
		t.Errorf("a consent that was taken back there already: %v", err)
	}
}

func TestThePersonIsAskedAtMeta(t *testing.T) {
	address, err := url.Parse(instagram.Platform{}.BrandURL(app, platforms.Grant{Redirect: "https://r.example/cb", State: "s"}))
	if err != nil || address.Host != "www.facebook.com" || !strings.Contains(address.Query().Get("scope"), "instagram_creator_marketplace_discovery") {
		t.Errorf("%s, %v", address, err)
	}
	if strings.Contains(instagram.Platform{}.AuthURL(app, platforms.Grant{}), "marketplace") {
		t.Error("a creator is asked for the marketplace")
	}
	withConfig := app
	withConfig.Extra = map[string]string{"config_id": "42"}
	if q := (instagram.Platform{}).AuthURL(withConfig, platforms.Grant{}); !strings.Contains(q, "config_id=42") || strings.Contains(q, "scope") {
		t.Errorf("address %s", q)
	}
}

func connected(f *fake, posts int) {
	f.answer = func(path string, q url.Values) (any, bool) {
		switch {
		case path == own:
			return object{"id": own, "username": "kettle.leaf", "followers_count": 8200, "media_count": posts}, true
		case path == own+"/media":
			at := 0
			_, _ = fmt.Sscanf(q.Get("after"), "P%d", &at)
			var page []object
			for i := at; i < min(at+50, posts); i++ {
				p := media(fmt.Sprint(1000+i), "kettle.leaf", "Tea")
				p["timestamp"] = now.AddDate(0, 0, -i).Format("2006-01-02T15:04:05-0700")
				if strings.Contains(q.Get("fields"), "insights") {
					p["insights"] = object{"data": []object{{"name": "views", "values": []object{{"value": 900 + i}}}, {"name": "saved", "values": []object{{"value": 4}}}}}
				}
				page = append(page, p)
			}
			answer := object{"data": page}
			if at+50 < posts {
				answer["paging"] = object{"cursors": object{"after": fmt.Sprintf("P%d", at+50)}, "next": "https://graph.facebook.com/x"}
			}
			return answer, true
		case strings.HasSuffix(path, "/comments"):
			return object{"data": []object{{"id": "9", "text": "Lovely", "username": "somebody", "timestamp": "2026-11-02T08:00:00+0000"}}}, true
		case path == own+"/insights":
			return object{"data": []object{{"name": "follower_demographics", "total_value": object{"breakdowns": []object{{"results": []object{
				{"dimension_values": []string{map[string]string{"country": "DE", "city": "Berlin, Berlin", "age": "25-34", "gender": "F"}[q.Get("breakdown")]}, "value": 2},
				{"dimension_values": []string{map[string]string{"country": "AT", "city": "Wien", "age": "18-24", "gender": "M"}[q.Get("breakdown")]}, "value": 1}}}}}}}}, true
		}
		return nil, false
	}
}

func TestAConnectedCreatorTellsEverything(t *testing.T) {
	f, m := newFake(t), &meter{}
	connected(f, 60)
	got, err := f.platform().Fetch(t.Context(), m.caller(), app, platforms.Token{Access: token, Account: own}, platforms.Want{MostPosts: 100})
	if err != nil {
		t.Fatal(err)
	}
	if *got.Counts.Followers != 8200 || len(got.Posts) != 60 || *got.Posts[0].Counts.Views != 900 || *got.Posts[0].Counts.Saves != 4 || len(got.Comments) != 3 || got.Cursor != "" {
		t.Errorf("%d posts, %d comments, cursor %q", len(got.Posts), len(got.Comments), got.Cursor)
	}
	shares := map[string]int{}
	for _, s := range got.Audience {
		shares[s.Dimension+" "+s.Key] = s.ShareBP
	}
	if len(shares) != 8 || shares["country DE"] != 6666 || shares["gender female"] != 6666 || shares["gender male"] != 3333 {
		t.Errorf("audience %v", shares)
	}
	if m.used[instagram.Calls] != 10 { // account, 2 pages, 3 comments, 4 breakdowns
		t.Errorf("%d calls for %v", m.used[instagram.Calls], f.asked)
	}
}

func TestAFetchThatIsCutShortKeepsWhatCameAndGoesOn(t *testing.T) {
	f, m := newFake(t), &meter{}
	connected(f, 120)
	f.fail = func(_ string, q url.Values) *failure {
		if q.Get("after") == "P50" {
			return &failure{400, 4, 0}
		}
		return nil
	}
	want := platforms.Want{MostPosts: 200}
	got, err := f.platform().Fetch(t.Context(), m.caller(), app, platforms.Token{Access: token, Account: own}, want)
	if failure, ok := platforms.FailureOf(err); !ok || failure.Kind != platforms.FailureRateLimited || len(got.Posts) != 50 || got.Cursor != "P50" {
		t.Fatalf("%d posts, cursor %q: %v", len(got.Posts), got.Cursor, err)
	}
	f.fail, want.Cursor = nil, got.Cursor
	rest, err := f.platform().Fetch(t.Context(), m.caller(), app, platforms.Token{Access: token, Account: own}, want)
	if err != nil || len(rest.Posts) != 70 || rest.Posts[0].PlatformID != "1050" || rest.Cursor != "" {
		t.Errorf("the rest is %d posts, cursor %q: %v", len(rest.Posts), rest.Cursor, err)
	}
}

func TestPostsOlderThanTheProfessionalAccountComeWithoutInsights(t *testing.T) {
	f, m := newFake(t), &meter{}
	connected(f, 3)
	f.fail = func(path string, q url.Values) *failure {
		switch {
		case strings.Contains(q.Get("fields"), "insights"):
			return &failure{400, 100, 2108006}
		case strings.HasSuffix(path, "/comments"), strings.HasSuffix(path, "/insights"):
			return &failure{400, 10, 0}
		}
		return nil
	}
	got, err := f.platform().Fetch(t.Context(), m.caller(), app, platforms.Token{Access: token, Account: own}, platforms.Want{MostPosts: 100})
	if err != nil || len(got.Posts) != 3 || got.Posts[0].Counts.Views != nil || strings.Join(got.Notes, " ") != "no_insights no_comments no_audience" {
		t.Errorf("%d posts, notes %v: %v", len(got.Posts), got.Notes, err)
	}
}

func TestWebhooksAreSignedAndRead(t *testing.T) {
	body := []byte(`{"object":"instagram","entry":[{"id":"17841400000000001","changes":[{"field":"mentions","value":{"media_id":"77","comment_id":"88"}},
		{"field":"comments","value":{"media_id":"1"}},{"field":"mentions","value":{"media_id":"x"}}]}]}`)
	all, err := instagram.ReadWebhook(body)
	if err != nil || len(all) != 1 || all[0] != (instagram.Note{Account: own, Media: "77", Comment: "88"}) {
		t.Errorf("%+v, %v", all, err)
	}
	if !instagram.CheckSignature("hush", body, "sha256="+instagram.Proof("hush", string(body))) {
		t.Error("a right signature is refused")
	}
	for _, header := range []string{"", "sha256=", "sha256=zz", "sha1=00", "sha256=" + instagram.Proof("other", string(body))} {
		if instagram.CheckSignature("hush", body, header) {
			t.Errorf("%q is taken", header)
		}
	}
	if instagram.CheckSignature("", body, "sha256="+instagram.Proof("", string(body))) {
		t.Error("without a secret anybody could sign")
	}
}

func FuzzWebhook(f *testing.F) {
	f.Add([]byte(`{"entry":[{"id":"1","changes":[{"field":"mentions","value":{"media_id":"77"}}]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		all, err := instagram.ReadWebhook(body)
		if err != nil && len(all) > 0 || len(all) > 200 {
			t.Errorf("%d notes, %v", len(all), err)
		}
	})
}

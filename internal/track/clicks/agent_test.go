package clicks

import (
	"net/http"
	"testing"

	"pgregory.net/rapid"
)

const (
	chromeWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"
	safariPhone   = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
	tiktokPhone   = "Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.6478.122 Mobile Safari/537.36 trill_350204 JsSdk/1.0 NetType/WIFI Channel/googleplay AppName/musical_ly app_version/35.2.4 ByteLocale/en ByteFullLocale/en Region/GB BytedanceWebview/d8a21c6"
)

var agentCases = []struct {
	name   string
	agent  string
	marks  Flags
	device Device
}{
	{"Chrome on Windows", chromeWindows, 0, DeviceDesktop},
	{"Edge", chromeWindows + " Edg/138.0.0.0", 0, DeviceDesktop},
	{"Firefox on Linux", "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0", 0, DeviceDesktop},
	{"Safari on a Mac", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15", 0, DeviceDesktop},
	{"a Chromebook", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36", 0, DeviceDesktop},
	{"Safari on a phone", safariPhone, 0, DevicePhone},
	{"Safari on an iPad", "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1", 0, DeviceTablet},
	{"Chrome on Android", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36", 0, DevicePhone},
	{"Chrome on an Android tablet", "Mozilla/5.0 (Linux; Android 13; Lenovo TB-J606F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36", 0, DeviceTablet},
	{"Samsung's browser", "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-A546B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36", 0, DevicePhone},
	{"a Cubot phone", "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Mobile Safari/537.36", 0, DevicePhone},
	{"a Cubot phone with a space", "Mozilla/5.0 (Linux; Android 11; CUBOT KINGKONG 5) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/113.0.0.0 Mobile Safari/537.36", 0, DevicePhone},
	{"Opera Mini", "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80/191.290; U; en) Presto/2.12.423 Version/12.16", 0, DevicePhone},
	{"a television", "Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/3.2 Chrome/94.0.4606.31 TV Safari/537.36", 0, DeviceOther},
	{"Google's app", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/318.0.641 Mobile/15E148 Safari/604.1", 0, DevicePhone},

	{"Instagram on a phone", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 334.0.4.32.98 (iPhone15,3; iOS 17_5_1; en_GB; en; scale=3.00; 1290x2796; 609775437)", 0, DevicePhone},
	{"Instagram on Android", "Mozilla/5.0 (Linux; Android 13; SM-A536B Build/TP1A.220624.014; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/125.0.6422.165 Mobile Safari/537.36 Instagram 334.0.0.42.95 Android (33/13; 450dpi; 1080x2176; samsung; SM-A536B; a53x; s5e8825; de_DE; 610419539)", 0, DevicePhone},
	{"an old Instagram", "Instagram 10.26.0 (iPhone7,2; iOS 10_1_1; en_US; en-US; scale=2.00; gamut=normal; 750x1334) AppleWebKit/420+", 0, DevicePhone},
	{"Facebook on a phone", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21E219 [FBAN/FBIOS;FBAV/464.0.0.35.109;FBBV/598214011;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/17.4;FBSS/3;FBCR/;FBID/phone;FBLC/en_US;FBOP/80]", 0, DevicePhone},
	{"Facebook on Android", "Mozilla/5.0 (Linux; Android 12; M2101K6G Build/SKQ1.210908.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0.6367.179 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/465.0.0.54.82;]", 0, DevicePhone},
	{"Meta's browser", "Mozilla/5.0 (Linux; Android 14; Pixel 7; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 MetaIAB Facebook", 0, DevicePhone},
	{"TikTok on Android", tiktokPhone, 0, DevicePhone},
	{"TikTok on a phone", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 musical_ly_35.1.0 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/en Region/US RevealType/Dialog isDarkMode/0 WKWebView/1 BytedanceWebview/d8a21c6 FalconTag/9D2C", 0, DevicePhone},
	{"Pinterest on a phone", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [Pinterest/iOS]", 0, DevicePhone},
	{"Snapchat", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Snapchat/12.93.0.39 (like Safari/8618.2.12.10.9, panda)", 0, DevicePhone},
	{"LinkedIn's app", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [LinkedInApp]/9.29.4123", 0, DevicePhone},
	{"X's app", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Twitter for iPhone/10.45", 0, DevicePhone},
	{"Telegram's browser", "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/125.0.0.0 Mobile Safari/537.36 Telegram-Android/10.13.2 (Google Pixel 8; Android 14; SDK 34; HIGH)", 0, DevicePhone},
	{"Viber's browser", "Mozilla/5.0 (Linux; Android 12; SM-G991B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36 Viber/21.3.0", 0, DevicePhone},
	{"Viber, which may be its browser", "Viber/13.3.0.5 CFNetwork/1128.0.1 Darwin/19.6.0", 0, DeviceOther},
	{"Line's browser", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari Line/14.7.0", 0, DevicePhone},
	{"YouTube's browser", "Mozilla/5.0 (Linux; Android 14; Pixel 6 Build/AP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 com.google.android.youtube/19.20", 0, DevicePhone},

	{"WhatsApp", "WhatsApp/2.23.20.0 A", Preview, DeviceOther},
	{"WhatsApp on a phone", "WhatsApp/2.24.10.78 i", Preview, DeviceOther},
	{"Facebook's card", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", Preview, DeviceOther},
	{"iMessage", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0", Preview, DeviceDesktop},
	{"Telegram's card", "TelegramBot (like TwitterBot)", Preview, DeviceOther},
	{"Discord's card", "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", Preview, DeviceOther},
	{"Slack's card", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", Preview, DeviceOther},
	{"X's card", "Twitterbot/1.0", Preview, DeviceOther},
	{"LinkedIn's card", "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)", Preview, DeviceOther},
	{"Pinterest's card", "Mozilla/5.0 (compatible; Pinterestbot/1.0; +https://www.pinterest.com/bot.html)", Preview, DeviceOther},
	{"Pinterest's older card", "Pinterest/0.2 (+https://www.pinterest.com/bot.html)", Preview, DeviceOther},
	{"Apple's card", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1.1 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)", Preview, DeviceDesktop},
	{"Skype and Teams", "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com", Preview, DeviceDesktop},
	{"Bluesky", "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)", Preview, DeviceOther},
	{"Mastodon", "Mastodon/4.3.1 (http.rb/5.2.0; +https://mastodon.social/)", Preview, DeviceOther},

	{"no agent", "", Crawler, DeviceOther},
	{"Googlebot as a phone", "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Crawler, DevicePhone},
	{"Bing", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", Crawler, DeviceOther},
	{"AdsBot", "AdsBot-Google (+http://www.google.com/adsbot.html)", Crawler, DeviceOther},
	{"GPTBot", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", Crawler, DeviceOther},
	{"ChatGPT for a user", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0; +https://openai.com/bot)", Crawler, DeviceOther},
	{"ClaudeBot", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", Crawler, DeviceOther},
	{"ByteDance's collector", "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)", Crawler, DevicePhone},
	{"Meta's collector", "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)", Crawler, DeviceOther},
	{"Perplexity", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)", Crawler, DeviceOther},
	{"Common Crawl", "CCBot/2.0 (https://commoncrawl.org/faq/)", Crawler, DeviceOther},
	{"Yahoo", "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)", Crawler, DeviceOther},
	{"Yandex", "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", Crawler, DeviceOther},
	{"headless Chrome", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36", Crawler, DeviceDesktop},
	{"curl", "curl/8.5.0", Crawler, DeviceOther},
	{"wget", "Wget/1.21.4", Crawler, DeviceOther},
	{"Python", "python-requests/2.32.3", Crawler, DeviceOther},
	{"Go", "Go-http-client/2.0", Crawler, DeviceOther},
	{"Java", "Java/17.0.9", Crawler, DeviceOther},
	{"an unknown library", "SomethingNew/0.1", Crawler, DeviceOther},
	{"Android without a browser", "Dalvik/2.1.0 (Linux; U; Android 13; Pixel 6 Build/TQ3A)", Crawler, DeviceTablet},
}

func TestAgentsAreMarkedForWhatTheyAre(t *testing.T) {
	for _, c := range agentCases {
		header := http.Header{"User-Agent": {c.agent}}
		if got := Classify(http.MethodGet, header); got != c.marks {
			t.Errorf("%s: marked %v, want %v", c.name, got, c.marks)
		}
		if got := DeviceOf(c.agent); got != c.device {
			t.Errorf("%s: device %v, want %v", c.name, got, c.device)
		}
	}
}

func TestRequestsNobodyMadeAreMarked(t *testing.T) {
	for _, c := range []struct {
		method, header, value string
		want                  Flags
	}{
		{"HEAD", "Accept", "*/*", HeadRequest},
		{"GET", "Sec-Purpose", "prefetch", Prefetch},
		{"GET", "Sec-Purpose", "prefetch;prerender", Prefetch},
		{"GET", "Sec-Purpose", "prefetch;anonymous-client-ip", Prefetch},
		{"GET", "Purpose", "prefetch", Prefetch},
		{"GET", "X-Moz", "prefetch", Prefetch},
		{"GET", "X-Purpose", "preview", Prefetch},
		{"GET", "Purpose", "shopping", 0},
		{"HEAD", "Purpose", "Prefetch", Prefetch | HeadRequest},
	} {
		header := http.Header{"User-Agent": {safariPhone}}
		header.Set(c.header, c.value)
		if got := Classify(c.method, header); got != c.want {
			t.Errorf("%s with %s: %s: marked %v, want %v", c.method, c.header, c.value, got, c.want)
		}
	}
}

func TestNoAgentBreaksTheClassifier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		agent := rapid.String().Draw(t, "agent")
		first := Classify(http.MethodGet, http.Header{"User-Agent": {agent}})
		if again := Classify(http.MethodGet, http.Header{"User-Agent": {agent}}); again != first {
			t.Fatalf("%q is marked %v and then %v", agent, first, again)
		}
		DeviceOf(agent)
	})
}

func TestClassifyAllocatesNothing(t *testing.T) {
	header := http.Header{"User-Agent": {tiktokPhone}, "Sec-Purpose": {"prefetch"}}
	if n := testing.AllocsPerRun(100, func() { Classify(http.MethodGet, header); DeviceOf(tiktokPhone) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestMarksReadAsWords(t *testing.T) {
	for flags, want := range map[Flags]string{0: "person", Prefetch: "prefetch", Crawler | HeadRequest: "crawler+head", Preview: "preview"} {
		if flags.String() != want || flags.Person() != (flags == 0) {
			t.Errorf("%d reads %q, want %q", flags, flags, want)
		}
	}
}

func BenchmarkClassify(b *testing.B) {
	header := http.Header{"User-Agent": {tiktokPhone}}
	b.ReportAllocs()
	for b.Loop() {
		Classify(http.MethodGet, header)
	}
}

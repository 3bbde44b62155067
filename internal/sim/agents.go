package sim

// agent is what a visitor's browser says of itself.
type agent struct{ text, language string }

// Browsers as they name themselves in 2026; in-app browsers carry the app's name and are people.
var browsers = []string{
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (iPad; CPU OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
}

var inApp = map[Platform][]string{
	PlatformInstagram: {
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 398.0.0.29.60 (iPhone15,2; iOS 18_5; en_US; en; scale=3.00; 1179x2556)",
		"Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/AP4A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36 Instagram 397.0.0.34.81 Android",
	},
	PlatformTikTok: {
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 musical_ly_40.6.0 BytedanceWebview/d8a21c6",
		"Mozilla/5.0 (Linux; Android 14; SM-A546B Build/UP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36 trill_400603 BytedanceWebview/d8a21c6",
	},
	PlatformPinterest: {
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [Pinterest/iOS]",
	},
}

// robots name themselves: link previews of messengers and a crawler.
var robots = []string{
	"WhatsApp/2.23.20.0", "TelegramBot (like TwitterBot)", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
	"Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
	"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
}

// person draws a visitor who comes from a platform: six in ten use the app's own browser where there is one.
func person(d dice, from Platform) agent {
	h := homes[d.weighted(weightsOf(homes, func(h home) float64 { return h.weight }))]
	if own := inApp[from]; len(own) > 0 && d.chance(0.6) {
		return agent{pick(d, own), h.accept}
	}
	return agent{pick(d, browsers), h.accept}
}

func (p Platform) referrer() string {
	switch p {
	case PlatformTikTok:
		return "https://www.tiktok.com/"
	case PlatformInstagram:
		return "https://l.instagram.com/"
	case PlatformYouTube:
		return "https://www.youtube.com/"
	case PlatformPinterest:
		return "https://www.pinterest.com/"
	}
	panic("BUG: platform without a referrer")
}

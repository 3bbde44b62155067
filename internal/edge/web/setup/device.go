package setup

import (
	"strings"

	"rapport/internal/edge/web/frame"
)

// sign is a word in a browser's name for itself, and what it tells. Many browsers name others too, so the order decides.
type sign struct{ word, name string }

var (
	browsers = []sign{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"Instagram", "Instagram"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Firefox/", "Firefox"},
		{"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
	systems = []sign{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "Mac"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}}
)

// device says in a few words what somebody is signed in on: "Firefox, Windows". It is a help to remember and proves nothing.
func device(r *frame.Request, agent string) string {
	browser, system := first(browsers, agent), first(systems, agent)
	switch {
	case browser != "" && system != "":
		return browser + ", " + system
	case browser+system != "":
		return browser + system
	default:
		return r.T("account.session.unknown")
	}
}

func first(signs []sign, agent string) string {
	for _, s := range signs {
		if strings.Contains(agent, s.word) {
			return s.name
		}
	}
	return ""
}

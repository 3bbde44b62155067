package welcome

import (
	"rapport/internal/edge/web/text"
	"rapport/internal/partner/outreach"
	"rapport/internal/recruit/creators"
)

// ReachWords are the sentences that every message to a creator who is not yet a partner ends with, by whichever way it goes.
var ReachWords = outreach.Words{
	Platform: func(p creators.Platform) string { return text.T(lang, "creators.platform."+string(p)) },
	Found: func(handle, platform string) string {
		if handle == "" {
			return text.T(lang, "welcome.reach.found.publishing")
		}
		return text.T(lang, "welcome.reach.found.account", "handle", handle, "platform", platform)
	},
	Introduce: func(i outreach.Introduction) string {
		return text.T(lang, "welcome.reach.introduction", "sender", i.Sender, "brand", i.Brand, "found", i.Found, "link", i.LeaveURL)
	},
	Leave: func(link string) string { return text.T(lang, "welcome.reach.leave", "link", link) },
}

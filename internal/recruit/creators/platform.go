package creators

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"rapport/internal/base/fault"
)

// Platform is where a profile lives.
type Platform string

// The platforms.
const (
	PlatformTikTok    Platform = "tiktok"
	PlatformInstagram Platform = "instagram"
	PlatformYouTube   Platform = "youtube"
	PlatformPinterest Platform = "pinterest"
	PlatformOther     Platform = "other"
)

// Platforms lists them in the order people choose from.
var Platforms = []Platform{PlatformTikTok, PlatformInstagram, PlatformYouTube, PlatformPinterest, PlatformOther}

// ParsePlatform reads a platform's name without case; "ig", "yt" and "insta" are understood.
func ParsePlatform(text string) (Platform, bool) {
	switch name := strings.ToLower(strings.TrimSpace(text)); name {
	case "tiktok", "instagram", "youtube", "pinterest", "other":
		return Platform(name), true
	case "tik tok", "tt":
		return PlatformTikTok, true
	case "ig", "insta":
		return PlatformInstagram, true
	case "yt", "you tube":
		return PlatformYouTube, true
	default:
		return "", false
	}
}

// longestHandle is how many characters a platform allows in a handle (tiktok.com/creators, help.instagram.com, support.google.com/youtube,
// help.pinterest.com); for other platforms our own limit.
func (p Platform) longestHandle() int {
	switch p {
	case PlatformTikTok:
		return 24
	case PlatformInstagram, PlatformYouTube, PlatformPinterest:
		return 30
	case PlatformOther:
		return 64
	}
	return 0
}

// Account names one profile in the world.
type Account struct {
	Platform Platform
	Handle   string // without @, as written
}

// Key is the account as it is compared: handles without case, YouTube's channel ids (UC…) as they are.
func (a Account) Key() Account {
	if isChannelID(a) {
		return a
	}
	return Account{a.Platform, foldHandle(a.Handle)}
}

// URL is the address of the profile's page, or "" for other platforms.
func (a Account) URL() string {
	handle := url.PathEscape(a.Handle)
	switch {
	case isChannelID(a):
		return "https://www.youtube.com/channel/" + handle
	case a.Platform == PlatformTikTok:
		return "https://www.tiktok.com/@" + handle
	case a.Platform == PlatformInstagram:
		return "https://www.instagram.com/" + handle + "/"
	case a.Platform == PlatformYouTube:
		return "https://www.youtube.com/@" + handle
	case a.Platform == PlatformPinterest:
		return "https://www.pinterest.com/" + handle + "/"
	default:
		return ""
	}
}

func isChannelID(a Account) bool {
	return a.Platform == PlatformYouTube && len(a.Handle) == 24 && strings.HasPrefix(a.Handle, "UC")
}

// ParseAccount reads "name", "@name" or the address of a profile's page. An address decides the platform; a platform that is given as well must
// agree with it. Faults speak of "platform" or "handle".
func ParseAccount(platform Platform, text string) (Account, error) {
	text = strings.TrimSpace(text)
	if fromURL, isURL, err := accountOfURL(text); isURL || err != nil {
		switch {
		case err != nil:
			return Account{}, err
		case platform != "" && platform != fromURL.Platform:
			return Account{}, fault.Invalid("The profile's address belongs to another platform.").In("platform")
		}
		return checkAccount(fromURL)
	}
	if platform == "" {
		return Account{}, fault.Invalid("A handle needs its platform: tiktok, instagram, youtube, pinterest or other.").In("platform")
	}
	return checkAccount(Account{platform, strings.TrimPrefix(text, "@")})
}

func checkAccount(a Account) (Account, error) {
	longest := a.Platform.longestHandle()
	switch {
	case longest == 0:
		return a, fault.Invalid("The platform must be tiktok, instagram, youtube, pinterest or other.").In("platform")
	case a.Handle == "":
		return a, fault.Invalid("A profile needs a handle.").In("handle")
	case !utf8.ValidString(a.Handle) || strings.ContainsFunc(a.Handle, notInHandle):
		return a, fault.Invalid("A handle has no spaces, slashes or control characters.").In("handle")
	case utf8.RuneCountInString(a.Handle) > longest:
		return a, fault.Invalidf("A handle on this platform has at most %d characters.", longest).In("handle")
	}
	return a, nil
}

func notInHandle(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`/\?#%<>"'&,;@`, r) || unicode.Is(unicode.Cf, r)
}

// accountOfURL reads a profile's address, with or without its scheme. isURL is false for what is no address of a known platform.
func accountOfURL(text string) (a Account, isURL bool, err error) {
	rest, hasScheme := strings.CutPrefix(text, "https://")
	if !hasScheme {
		rest, hasScheme = strings.CutPrefix(text, "http://")
	}
	host, path, hasPath := strings.Cut(rest, "/")
	platform := platformOfHost(strings.ToLower(host))
	switch {
	case platform == "" && hasScheme:
		return a, true, fault.Invalid("The address is not a profile on TikTok, Instagram, YouTube or Pinterest.").In("handle")
	case platform == "" || !hasPath:
		return a, false, nil
	}
	path, _, _ = strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, "#")
	handle := handleOfPath(platform, strings.Split(path, "/"))
	if unescaped, err := url.PathUnescape(handle); err == nil {
		handle = unescaped
	}
	if handle == "" {
		return a, true, fault.Invalid("The address does not lead to a profile.").In("handle")
	}
	return Account{platform, handle}, true, nil
}

func platformOfHost(host string) Platform {
	for _, prefix := range []string{"www.", "m.", "vm.", "mobile."} {
		host = strings.TrimPrefix(host, prefix)
	}
	switch {
	case host == "tiktok.com":
		return PlatformTikTok
	case host == "instagram.com" || host == "instagr.am":
		return PlatformInstagram
	case host == "youtube.com":
		return PlatformYouTube
	case host == "pinterest.com" || strings.HasSuffix(host, ".pinterest.com") || isPinterestCountry(host):
		return PlatformPinterest
	default:
		return ""
	}
}

// isPinterestCountry knows pinterest.de, pinterest.fr, pinterest.co.uk and the like.
func isPinterestCountry(host string) bool {
	rest, ok := strings.CutPrefix(host, "pinterest.")
	return ok && (len(rest) == 2 || rest == "co.uk" || rest == "com.au" || rest == "com.mx")
}

// handleOfPath finds the handle in the parts of a profile's path, or "" where the path leads elsewhere (a video, a search).
func handleOfPath(platform Platform, parts []string) string {
	first := parts[0]
	switch platform {
	case PlatformTikTok:
		return at(first)
	case PlatformYouTube:
		if first == "channel" && len(parts) > 1 {
			return parts[1]
		}
		return at(first)
	case PlatformInstagram:
		if first == "p" || first == "reel" || first == "explore" || first == "stories" {
			return ""
		}
		return strings.TrimPrefix(first, "@")
	case PlatformPinterest:
		if first == "pin" || first == "search" || first == "ideas" {
			return ""
		}
		return first
	case PlatformOther:
	}
	return ""
}

// at is the name behind an @, or "" without one.
func at(part string) string {
	name, ok := strings.CutPrefix(part, "@")
	if !ok {
		return ""
	}
	return name
}

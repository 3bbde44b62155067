package clicks

// What agents call themselves, in lower case. The names come from their makers' own pages for webmasters; names that a generic word
// ("bot" at the end of a word, "crawl", "spider") already finds are left out.

var (
	// fetchAhead are the purposes of a request that nobody asked for yet; "preview" is Safari drawing its start page.
	fetchAhead = [...]string{"prefetch", "prerender", "preview", "instant"}

	// previewPrefixes begin the agent of the machine that draws the card. Inside a longer agent the same names are an in-app browser.
	previewPrefixes = [...]string{"whatsapp/", "pinterest/0.", "mastodon/", "tumblr/"}
)

var agentWords = newWordSet(map[meaning][]string{
	// Machines that draw cards of links for chats and networks.
	saysPreview: {
		"facebookexternalhit", "facebot", "telegrambot", "discordbot", "slackbot", "slack-imgproxy", "twitterbot", "linkedinbot",
		"pinterestbot", "applebot", "skypeuripreview", "bingpreview", "microsoftpreview", "redditbot", "vkshare", "embedly", "iframely",
		"bluesky cardyb", "snap url preview", "line-poker", "kakaotalk-scrap", "google web preview", "flipboardproxy",
		"xing-contenttabreceiver", "tiktokspider", "synapse (", "link preview", "linkpreview",
	},
	// Search engines, collectors of training data, watchers, scanners, libraries and driven browsers.
	saysCrawler: {
		botWord, "crawl", "spider", "slurp", "scrapy", "scraper", "headless", "phantomjs", "puppeteer", "playwright", "selenium",
		"mediapartners-google", "google-inspectiontool", "googleother", "google-read-aloud", "feedfetcher", "lighthouse", "facebookcatalog",
		"meta-external", "meta-webindexer", "chatgpt-user", "claude-user", "claude-web", "anthropic-ai", "cohere-ai", "perplexity-user",
		"mistralai-user", "google-extended", "img2dataset", "ia_archiver", "heritrix", "pingdom", "statuscake", "site24x7", "gtmetrix",
		"curl/", "wget/", "python-", "python/", "go-http-client", "okhttp", "java/", "apache-httpclient", "node-fetch", "axios/", "libwww-perl",
		"guzzlehttp", "postmanruntime", "httpie/", "zgrab", "masscan", "nikto", "sqlmap", "censysinspect",
	},
	// Every browser, also inside an app, says at least one of these. Viber's in-app browser may say nothing but its name.
	saysBrowser: {"mozilla/", "opera/", "instagram ", "snapchat/", "fban/", "fbav/", "musical_ly", "viber", "ucweb/"},

	saysScreen: {
		"smart-tv", "smarttv", "appletv", "apple tv", "googletv", "android tv", "hbbtv", "web0s", "; tizen", "; aft", "crkey", "playstation",
		"xbox", "nintendo", "roku",
	},
	saysTablet:  {"ipad", "tablet", "kindle", "playbook", "silk/", "sm-t", "sm-x"},
	saysPhone:   {"iphone", "ipod", "mobile", "windows phone", "opera mini", "blackberry", "cubot", "kaios"},
	saysAndroid: {"android"},
	saysDesktop: {"windows nt", "macintosh", "mac os x", "x11", "cros ", "linux"},
})

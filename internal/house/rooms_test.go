package house

// floors lists every room, lowest first; a room imports only rooms that stand before it. Rooms that are planned but not built yet keep
// their place. A package inside a room (web/ui) is a line of its own, before the room.
var floors = []floor{
	{"internal/base", []string{
		"csvsafe", "fault", "id", "money", // fault first: amounts and ids are refused with faults
		"secret", "db", "db/dbtest", "db/dbtest/withpostgres", "jobs", "blob", "programs", "auth", "audit", "idem", "notify",
	}},
	{"internal/recruit", []string{"creators", "imports", "benchmarks", "vetting/account", "vetting/growth", "vetting", "discovery/meaning", "discovery"}},
	{"internal/partner", []string{"terms", "partnerships", "outreach", "applications", "agreements", "content", "gifts"}},
	{"internal/track", []string{"links", "clicks", "conversions", "attribution", "fraud"}},
	{"internal/pay", []string{"ledger", "commissions", "intake", "reviews", "tax", "payouts"}},
	{"internal/learn", []string{"warehouse", "analytics", "budget"}},
	{"internal/edge", []string{
		"redirect",
		"stores", // below api and web, which let people connect a shop
		"stores/shopify", "stores/woocommerce", "stores/stripe", "stores/postback", "stores/tracker",
		"rails/paypal", "rails/stripeconnect", "rails/sepa", "rails/csvfile", // below api and web, whose tests pay out
		"platforms", // below api and web, which let people connect an account
		"platforms/youtube", "platforms/instagram", "platforms/tiktok", "platforms/pinterest", "platforms/mentions",
		"mail", "mail/inbound",
		"web/text", "welcome", // letters in people's words, written by api and web alike
		"edgetest", // two programs full of everything, for the tests of api and web
		"api",
		"web/assets", "web/ui", "web/ui/gallery", "web/frame", "web/webtest", "web/why", "web/area", "web/recruit", "web/setup", "web/desk", "web/portal", "web/reach", "web/join", "web/connect", "web",
		"papcompat",
		"hooks",
	}},
	{"internal", []string{"sim", "browsertest", "house"}},
	{"", []string{"cmd/rapport", "bench", "bench/conversions", "bench/creators", "bench/discovery", "bench/memory", "bench/redirect", "bench/report", "bench/vetting", "examples"}},
}

// testOnly are the packages that only tests may import: they bring the testing package, servers and browsers along.
var testOnly = []string{"internal/base/db/dbtest", "internal/base/db/dbtest/withpostgres", "internal/edge/edgetest", "internal/edge/web/webtest", "internal/browsertest", "internal/house"}

// confined rooms may import only what lies under the given folder. The simulated market stands outside: it must meet Rapport as the world
// does, over HTTP, or its truth would be our own.
var confined = map[string]string{
	"internal/sim":         "internal/base",
	"internal/browsertest": "internal/base",
}

// exceptions are arrows against the order. Each says why the order is not simply changed.
var exceptions = []exception{}

type floor struct {
	folder string
	rooms  []string
}

type exception struct {
	from, to string
	because  string
}

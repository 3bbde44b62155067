package sim

// Everything below is invented: names are put together from separate lists and belong to nobody.

// home is a country of the market with its language and the share of creators and buyers from it.
type home struct {
	country, language, accept string
	weight                    float64
	cities                    []string
}

var homes = []home{
	{"US", "en", "en-US,en;q=0.9", 0.40, []string{"Portland", "Austin", "Columbus", "Tucson", "Savannah"}},
	{"GB", "en", "en-GB,en;q=0.9", 0.14, []string{"Leeds", "Bristol", "Cardiff", "Norwich"}},
	{"CA", "en", "en-CA,en;q=0.9,fr-CA;q=0.6", 0.09, []string{"Halifax", "Calgary", "Victoria"}},
	{"DE", "de", "de-DE,de;q=0.9,en;q=0.6", 0.16, []string{"Leipzig", "Kassel", "Freiburg"}},
	{"FR", "fr", "fr-FR,fr;q=0.9,en;q=0.5", 0.06, []string{"Nantes", "Dijon", "Lille"}},
	{"ES", "es", "es-ES,es;q=0.9,en;q=0.5", 0.05, []string{"Valencia", "Bilbao", "Granada"}},
	{"NL", "nl", "nl-NL,nl;q=0.9,en;q=0.8", 0.04, []string{"Utrecht", "Breda"}},
	{"AU", "en", "en-AU,en;q=0.9", 0.06, []string{"Hobart", "Perth", "Geelong"}},
}

var firstNames = []string{
	"Maren", "Imani", "Sofia", "Yuki", "Priya", "Lena", "Amara", "Noor", "Freya", "Camila", "Zoe", "Hana", "Elif", "Ingrid", "Thandi",
	"Mateo", "Jonas", "Kofi", "Arjun", "Luca", "Emeka", "Tomás", "Ravi", "Nils", "Dario", "Malik", "Owen", "Hiro", "Samir", "Bram",
	"Odile", "Rosa", "Mei", "Tilda", "Aylin", "Nadia", "Greta", "Leila", "Paloma", "Wren", "Saoirse", "Ama", "Chiara", "Juno", "Vera",
	"Kai", "Robin", "Sasha", "Ash", "Remy", "Ines", "Dalia", "Esme", "Fatou", "Linnea", "Marisol", "Naomi", "Petra", "Ruth", "Yara",
}

var lastNames = []string{
	"Okafor", "Lindqvist", "Marlowe", "Tanaka", "Iyer", "Brandt", "Castillo", "Haddad", "Moreau", "Visser", "Novak", "Adeyemi", "Quinn",
	"Sandoval", "Petersen", "Rahman", "Bianchi", "Kowalski", "Delacroix", "Mbeki", "Thorne", "Yilmaz", "Fernando", "Ashby", "Lund",
	"Cho", "Guerrero", "Weiss", "Osei", "Vance", "Morita", "Keller", "Dubois", "Santos", "Ellery", "Nair", "Halloran", "Jansen", "Abara",
	"Winslow", "Farouk", "Sorensen", "Calloway", "Ibarra", "Ostrowski", "Pell", "Hartwell", "Zielinski", "Mensah", "Roux",
}

// topic is what a creator talks about, how near it is to skin care, and words for handles and bios.
type topic struct {
	name    string
	near    float64 // 0–1
	handles []string
	bios    []string
}

var topics = []topic{
	{"skincare", 1, []string{"skin", "glow", "derm", "barrier"}, []string{"Skin care without the noise", "Barrier first, actives second", "Testing routines so you need not"}},
	{"beauty", 0.85, []string{"beauty", "lash", "bare", "mirror"}, []string{"Everyday make-up, ten minutes at most", "Soft looks for loud days", "Beauty for tired people"}},
	{"wellness", 0.7, []string{"calm", "well", "slow", "breathe"}, []string{"Slow mornings and long walks", "Sleep, water, repeat", "Gentle habits that stay"}},
	{"fashion", 0.5, []string{"thread", "closet", "wears", "linen"}, []string{"Thrifted, tailored, worn out", "Capsule wardrobes for small flats", "Outfits under fifty"}},
	{"parenting", 0.45, []string{"mama", "tiny", "nest", "dad"}, []string{"Two small people, one small kitchen", "Honest parenting, mostly coffee", "Raising kids outdoors"}},
	{"fitness", 0.4, []string{"moves", "runs", "lift", "stride"}, []string{"Running for people who hate running", "Strong at forty", "Home workouts, no jumping"}},
	{"travel", 0.35, []string{"roams", "trails", "maps", "away"}, []string{"Trains, not planes", "Weekend trips on a small budget", "Postcards from everywhere"}},
	{"food", 0.3, []string{"eats", "pantry", "spoon", "bakes"}, []string{"Recipes with ten ingredients or fewer", "Weeknight dinners", "Baking my way through winter"}},
	{"gaming", 0.1, []string{"plays", "pixel", "quest", "arcade"}, []string{"Cosy games and bad puns", "Indie games, honest reviews", "Speedruns at my own pace"}},
	{"tea", 0.65, []string{"tea", "leaf", "steep", "kettle"}, []string{"Loose leaf, slow afternoons", "One kettle, many cups", "Tea first, questions later"}},
	{"vegan", 0.6, []string{"green", "plant", "sprout", "bean"}, []string{"Plants on every plate", "Vegan without the lecture", "Cooking plants for meat eaters"}},
	{"home", 0.35, []string{"home", "rooms", "corner", "attic"}, []string{"A small flat, slowly furnished", "Rented rooms, real plants", "Second-hand homes"}},
	{"books", 0.2, []string{"reads", "pages", "shelf", "library"}, []string{"Reads on the tram", "Too many books, one chair", "Stories and biscuits"}},
	{"sustainable fashion", 0.5, []string{"mends", "slowwear", "thrift", "wool"}, []string{"Mended, swapped, worn again", "Slow clothes, small budget", "Nothing new this year"}},
}

// brandCaptions are posts about the shop; all of them are disclosed, as the FTC and the European rules ask.
var brandCaptions = []string{
	"#ad Four weeks with the Fernwood oat cleanser, honestly", "My code gives you something off at Fernwood #ad",
	"#ad The moisturiser I keep buying again", "Answering your questions about the birch serum #ad", "#ad Evening routine with Fernwood",
}

var handleEnds = []string{"", "daily", "with", "diary", "co", "lab", "notes", "studio", "club", "hq"}

// product is one article of the invented shop; the price is in USD.
type product struct {
	sku, title, category, slug string
	usd                        float64
	grams                      int
	popularity                 float64
}

var assortment = []product{
	{"FW-CLN-OAT", "Oat Milk Cleanser 150 ml", "cleanser", "oat-milk-cleanser", 24, 190, 10},
	{"FW-CLN-BAL", "Calendula Cleansing Balm 90 g", "cleanser", "calendula-cleansing-balm", 32, 130, 6},
	{"FW-SER-BIR", "Birch Sap Serum 30 ml", "serum", "birch-sap-serum", 46, 80, 9},
	{"FW-SER-ROS", "Rosehip Night Serum 30 ml", "serum", "rosehip-night-serum", 52, 80, 5},
	{"FW-MOI-DAY", "Cloudberry Day Cream 50 ml", "moisturiser", "cloudberry-day-cream", 38, 110, 9},
	{"FW-MOI-RCH", "Winter Barrier Cream 75 ml", "moisturiser", "winter-barrier-cream", 44, 140, 6},
	{"FW-SUN-50", "Mineral Sunscreen SPF 50 60 ml", "sun", "mineral-sunscreen-spf-50", 29, 95, 8},
	{"FW-MSK-MOS", "Green Clay Mask 60 g", "mask", "green-clay-mask", 27, 120, 4},
	{"FW-TON-HAZ", "Witch Hazel Toner 120 ml", "toner", "witch-hazel-toner", 19, 160, 5},
	{"FW-LIP-HON", "Honey Lip Balm 10 g", "lips", "honey-lip-balm", 9, 25, 8},
	{"FW-BDY-PIN", "Pine Body Lotion 250 ml", "body", "pine-body-lotion", 26, 300, 4},
	{"FW-SET-TRV", "Travel Set, four minis", "set", "travel-set", 34, 220, 3},
	{"FW-SET-RIT", "The Evening Ritual, three steps", "set", "evening-ritual-set", 98, 420, 2},
}

// giftCard is money for later, not goods: it is no part of the commissionable amount, and no code lowers its price.
var giftCard = product{"FW-GIFT", "Fernwood Gift Card", "gift card", "gift-card", 50, 0, 0}

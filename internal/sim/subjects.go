package sim

// subject is what creators of a topic write about, in one language. A thing stands after a colon or at a sentence's begin, so that no language needs
// to bend it.
type subject struct {
	things []string
	tags   []string
	bio    []string // nil where the topic's own bios fit
}

// Two languages are written in; creators of other countries write English.
const (
	tongueEnglish = "en"
	tongueGerman  = "de"
)

// subjects maps language and topic to what is written about. Everything is invented.
var subjects = map[string]map[string]subject{
	tongueEnglish: english,
	tongueGerman:  german,
}

var english = map[string]subject{
	"skincare": {things: []string{"my barrier cream for dry winters", "a gentle cleanser for sensitive skin", "vitamin C before sunscreen", "retinol twice a week", "fragrance-free moisturiser",
		"the serum that calmed my redness", "SPF on cloudy days", "double cleansing after a long day", "patch tests for reactive skin", "oat and ceramides"},
		tags: []string{"skincare", "sensitiveskin", "skinbarrier", "spf"}},
	"beauty": {things: []string{"a five-minute face", "cream blush for tired mornings", "brown mascara", "soft glam for a wedding guest", "my three lip colours", "brows without drama",
		"a bronzer for pale skin", "make-up that survives the commute"}, tags: []string{"beauty", "makeup", "grwm"}},
	"wellness": {things: []string{"ten quiet minutes before breakfast", "breathing when the day is too loud", "a cup of herbal tea instead of the news", "journaling for people who hate journaling", "a walk without a phone",
		"an evening routine for better sleep", "stretching at the desk", "the slow Sunday", "meditation for beginners"}, tags: []string{"wellness", "selfcare", "mindfulness", "slowliving"}},
	"tea": {things: []string{"loose-leaf sencha at 70 degrees", "a first-flush Darjeeling", "cold-brewed white tea", "the little clay pot I use for oolong", "chamomile and lavender before bed", "matcha without a whisk",
		"rooibos with orange peel", "how long to steep green tea", "a smoky lapsang for rainy days", "tea leaves worth a second infusion"}, tags: []string{"tea", "teatime", "looseleaf", "greentea"}},
	"vegan": {things: []string{"creamy pasta without dairy", "tofu that is really crisp", "a week of plant-based lunches", "oat milk, compared", "chickpea flour omelette", "vegan cheese for sceptics", "a lentil loaf for guests",
		"protein without meat"}, tags: []string{"vegan", "plantbased", "veganrecipes"}},
	"fitness": {things: []string{"twenty minutes of strength at home", "my first ten kilometres", "mobility for stiff hips", "squats with a backpack", "training around a cold", "yoga for runners",
		"rest days that count", "a kettlebell and a timer", "heart-rate zones without maths"}, tags: []string{"fitness", "workout", "running", "strengthtraining"}},
	"home": {things: []string{"a small hallway that finally works", "linen curtains from a flea market", "plants that forgive me", "repainting the kitchen fronts", "storage under the bed", "a reading corner by the window",
		"warm light instead of bright light", "the drawer that collects everything"}, tags: []string{"home", "interior", "homedecor", "smallspaces"}},
	"food": {things: []string{"lentil soup with lemon", "bread with three ingredients", "a tray of roast vegetables", "pancakes on a weekday", "my grandmother's plum cake", "noodles in fifteen minutes", "a salad that fills you",
		"what I cook on Sundays"}, tags: []string{"food", "recipe", "homecooking", "easyrecipes"}},
	"travel": {things: []string{"a night train across the Alps", "three days by the sea with one bag", "a town without a queue", "hiking from hut to hut", "breakfast in a harbour café", "the cheap ferry nobody takes",
		"what I pack for a week", "a weekend without a plan"}, tags: []string{"travel", "slowtravel", "weekendtrip", "traintravel"}},
	"gaming": {things: []string{"a cosy farming game", "the last boss, finally", "an indie puzzle for two", "my desk setup", "speedrun practice", "couch co-op with my brother", "a retro handheld", "ten minutes with a new demo"},
		tags: []string{"gaming", "cosygames", "indiegames"}},
	"books": {things: []string{"a novel about two lighthouses", "short stories for the tram", "the book that kept me up", "a fantasy trilogy worth its pages", "my reading journal", "poems for people who skip poems",
		"a crime novel without blood", "library finds of the month"}, tags: []string{"books", "bookish", "reading", "currentlyreading"}},
	"parenting": {things: []string{"a calm school morning", "snacks that survive a backpack", "bedtime in four steps", "toys we lend and borrow", "a rainy day with a toddler", "lunch boxes for picky eaters",
		"the second child, honestly", "ten minutes alone"}, tags: []string{"parenting", "momlife", "familylife"}},
	"fashion": {things: []string{"one coat, seven outfits", "a linen shirt for every day", "colours that suit me", "boots for wide feet", "a dress with pockets", "office outfits under fifty", "my capsule for autumn",
		"denim that fits"}, tags: []string{"fashion", "outfit", "ootd", "capsulewardrobe"}},
	"sustainable fashion": {things: []string{"a jumper I mended twice", "second-hand wool coats", "what organic cotton really means", "a swap party with friends", "jeans from deadstock", "buying nothing new for a year",
		"natural dyes from the kitchen", "repairing a zip"}, tags: []string{"sustainablefashion", "slowfashion", "secondhand", "visiblemending"}},
}

var german = map[string]subject{
	"skincare": {things: []string{"eine milde Reinigung für empfindliche Haut", "Sonnenschutz auch im Winter", "Retinol, langsam angefangen", "meine Creme für trockene Haut", "Rötungen und was dagegen half", "Niacinamid am Morgen"},
		tags: []string{"hautpflege", "skincare", "empfindlichehaut"}, bio: []string{"Hautpflege ohne Schnickschnack", "Empfindliche Haut, ruhiger Kopf"}},
	"beauty": {things: []string{"ein Gesicht in fünf Minuten", "braune Wimperntusche", "Lippenfarben für den Herbst", "Rouge für müde Tage", "Make-up, das den Arbeitstag hält"},
		tags: []string{"beauty", "schminken", "makeup"}, bio: []string{"Schminken für Eilige", "Natürlich, schnell, tragbar"}},
	"wellness": {things: []string{"zehn stille Minuten vor dem Frühstück", "eine Abendroutine für besseren Schlaf", "Atemübungen für laute Tage", "ein Spaziergang ohne Telefon", "Kräutertee statt Nachrichten", "Meditation für Anfänger"},
		tags: []string{"wellness", "achtsamkeit", "selbstfürsorge"}, bio: []string{"Langsam leben, gut schlafen", "Kleine Pausen, große Wirkung"}},
	"tea": {things: []string{"Sencha bei siebzig Grad", "ein Darjeeling der ersten Pflückung", "loser Tee statt Beutel", "Kamille und Lavendel am Abend", "Oolong im kleinen Kännchen", "Matcha ohne Besen", "wie lange grüner Tee ziehen darf", "Ostfriesentee mit Kluntje"},
		tags: []string{"tee", "teezeit", "losertee", "grünertee"}, bio: []string{"Loser Tee und ruhige Nachmittage", "Erst Tee, dann reden"}},
	"vegan": {things: []string{"knuspriger Tofu", "cremige Pasta ohne Sahne", "Hafermilch im Vergleich", "Linsenbolognese", "pflanzliche Mittagessen für eine Woche", "Kuchen ohne Ei"},
		tags: []string{"vegan", "pflanzlich", "veganerezepte"}, bio: []string{"Pflanzlich kochen, ohne Verzicht", "Vegan im Alltag mit zwei Kindern"}},
	"fitness": {things: []string{"zwanzig Minuten Kraft zu Hause", "meine ersten zehn Kilometer", "Dehnen nach dem Büro", "Kniebeugen mit Rucksack", "Yoga für Läufer", "Ruhetage, die zählen"},
		tags: []string{"fitness", "laufen", "krafttraining"}, bio: []string{"Stark ohne Studio", "Laufen für Spätzünder"}},
	"home": {things: []string{"ein kleiner Flur mit Platz", "Leinenvorhänge vom Flohmarkt", "Pflanzen, die verzeihen", "neue Farbe für die Küche", "eine Leseecke am Fenster", "warmes Licht am Abend"},
		tags: []string{"zuhause", "wohnen", "interior"}, bio: []string{"Altbau, vier Zimmer, wenig Geld", "Wohnen mit Pflanzen"}},
	"food": {things: []string{"Linsensuppe mit Zitrone", "Brot aus drei Zutaten", "Pflaumenkuchen vom Blech", "Nudeln in fünfzehn Minuten", "Ofengemüse für alle", "was ich sonntags koche"},
		tags: []string{"kochen", "rezept", "einfachkochen"}, bio: []string{"Kochen mit zehn Zutaten", "Backen durch den Winter"}},
	"travel": {things: []string{"mit dem Nachtzug über die Alpen", "drei Tage am Meer mit einer Tasche", "Wandern von Hütte zu Hütte", "ein Wochenende ohne Plan", "Frühstück am Hafen"},
		tags: []string{"reisen", "nachtzug", "wandern"}, bio: []string{"Züge statt Flüge", "Kleine Reisen, kleines Geld"}},
	"gaming": {things: []string{"ein gemütliches Farmspiel", "der letzte Endgegner", "ein Rätselspiel zu zweit", "mein Schreibtisch", "zehn Minuten mit einer Demo"},
		tags: []string{"gaming", "indiegames"}, bio: []string{"Gemütliche Spiele, schlechte Witze"}},
	"books": {things: []string{"ein Roman über zwei Leuchttürme", "Kurzgeschichten für die Bahn", "das Buch, das mich wach hielt", "Gedichte für Eilige", "Funde aus der Bücherei"},
		tags: []string{"bücher", "lesen", "buchtipp"}, bio: []string{"Liest in der Straßenbahn", "Bücher, Decken, Regen"}},
	"parenting": {things: []string{"ein ruhiger Schulmorgen", "Pausenbrote für Wählerische", "ins Bett in vier Schritten", "ein Regentag mit Kleinkind", "zehn Minuten allein"},
		tags: []string{"familie", "elternsein", "mamaleben"}, bio: []string{"Zwei Kinder, eine kleine Küche"}},
	"fashion": {things: []string{"ein Mantel, sieben Kombinationen", "Stiefel für breite Füße", "ein Kleid mit Taschen", "Leinenhemden für jeden Tag", "meine Garderobe für den Herbst"},
		tags: []string{"mode", "outfit", "capsulewardrobe"}, bio: []string{"Weniger Kleider, mehr Kombinationen"}},
	"sustainable fashion": {things: []string{"ein Pullover, zweimal gestopft", "Wollmäntel aus zweiter Hand", "Kleidertausch mit Freundinnen", "was Bio-Baumwolle bedeutet", "ein Jahr nichts Neues"},
		tags: []string{"nachhaltigemode", "secondhand", "slowfashion"}, bio: []string{"Faire Mode und Flickzeug"}},
}

package discovery

import (
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"rapport/internal/recruit/creators"
)

var genderWords = words(map[string]string{
	"female": "women woman female females girls ladies lady mothers mums moms frauen frau muetter mutter mädchen madchen femmes femme mères meres mujeres mujer donne donna mulheres mulher vrouwen kobiety kvinnor kadin kadinlar",
	"male":   "men man male males boys guys gentlemen dads fathers männer manner mann väter vater hommes homme hombres hombre uomini uomo homens homem mannen mężczyzni man",
})

// words turns lists of single words into a look-up by folded word.
func words(lists map[string]string) map[string]string {
	by := map[string]string{}
	for value, list := range lists {
		for w := range strings.FieldsSeq(list) {
			by[creators.Fold(w)] = value
		}
	}
	return by
}

var priceWords = map[string]PriceLevel{
	"cheap": PriceLow, "affordable": PriceLow, "low price": PriceLow, "low priced": PriceLow, "budget": PriceLow, "inexpensive": PriceLow, "gunstig": PriceLow,
	"preiswert": PriceLow, "bon marche": PriceLow, "barato": PriceLow, "economico": PriceLow,
	"mid price": PriceMiddle, "mid priced": PriceMiddle, "middle price": PriceMiddle, "mid range": PriceMiddle, "medium price": PriceMiddle, "midprice": PriceMiddle,
	"mittlerer preis": PriceMiddle, "mittelpreisig": PriceMiddle, "mittlere preisklasse": PriceMiddle, "prix moyen": PriceMiddle, "precio medio": PriceMiddle,
	"premium": PriceHigh, "luxury": PriceHigh, "luxurious": PriceHigh, "high end": PriceHigh, "high price": PriceHigh, "high priced": PriceHigh, "expensive": PriceHigh, "upscale": PriceHigh,
	"hochwertig": PriceHigh, "luxus": PriceHigh, "teuer": PriceHigh, "luxe": PriceHigh, "haut de gamme": PriceHigh, "lujo": PriceHigh, "lusso": PriceHigh,
}

var generations = map[string]AgeBand{
	"teens": {13, 19}, "teenagers": {13, 19}, "jugendliche": {13, 19}, "gen z": {13, 28}, "generation z": {13, 28}, "students": {18, 25}, "studenten": {18, 25},
	"young adults": {18, 29}, "twenties": {20, 29}, "thirties": {30, 39}, "forties": {40, 49}, "fifties": {50, 59}, "millennials": {29, 44}, "seniors": {65, 0}, "senioren": {65, 0},
}

var stopWords = words(map[string]string{"": `we sell our the a an and or to for in of on at by with who that which they them their are is be care cares about
	like likes love loves want wants live lives buy buys buyers customers people from aged age ages old years year price prices priced range mostly mainly some very also not no but as it this
	i my you your us selling make makes made offer offers between over under above below plus
	wir verkaufen unser unsere für und oder in im aus mit die der das den dem ein eine einen von zu die bei jahre jahren alt zwischen über unter kunden menschen leute preis
	nous vendons pour les des et ou dans en avec qui le la de du un une aux ans entre plus clients prix
	vendemos para las los y o con que el la de del en una un entre años anos precio
	vendiamo per le gli con che di il in tra anni clienti prezzo`})

func isStop(word string) bool { _, stop := stopWords[word]; return stop }

// countryNames are the names of countries in the languages our users write, folded.
var countryNames = sync.OnceValue(func() map[string]string {
	by := map[string]string{}
	spoken := []language.Tag{language.German, language.French, language.Spanish, language.Italian, language.Portuguese, language.Dutch, language.Polish, language.English}
	for _, tag := range spoken { // English last: it has the last word
		names := display.Regions(tag)
		for a := 'A'; a <= 'Z'; a++ {
			for b := 'A'; b <= 'Z'; b++ {
				region, err := language.ParseRegion(string([]rune{a, b}))
				if err != nil || !region.IsCountry() || region.Canonicalize() != region || region.String() == "FX" || region.String() != string([]rune{a, b}) { // FX is France, withdrawn
					continue
				}
				if name := creators.Fold(names.Name(region)); len(name) > 3 {
					by[name] = region.String()
				}
			}
		}
	}
	for name, code := range map[string]string{"usa": "US", "america": "US", "the states": "US", "britain": "GB", "great britain": "GB", "england": "GB", "holland": "NL", "czech republic": "CZ", "korea": "KR"} {
		by[name] = code
	}
	return by
})

func isRegion(code string) bool {
	region, err := language.ParseRegion(code)
	return err == nil && region.IsCountry()
}

// readAges finds "25 - 40", "25 to 40", "40 +", "over 40", "under 30".
func (s *sentence) readAges() {
	for i := 0; i < len(s.folded); i++ {
		from, ok := s.years(i)
		if !ok {
			continue
		}
		if i+2 < len(s.folded) && isTo(s.folded[i+1]) {
			if to, ok := s.years(i + 2); ok && to >= from {
				s.age(i, 3, AgeBand{from, to})
				continue
			}
		}
		if i+1 < len(s.folded) && s.folded[i+1] == "+" {
			s.age(i, 2, AgeBand{from, 0})
		} else if i > 0 {
			switch s.folded[i-1] {
			case "over", "above", "uber", "ab", "plus":
				s.age(i-1, 2, AgeBand{from, 0})
			case "under", "below", "unter", "moins":
				s.age(i-1, 2, AgeBand{13, max(13, from-1)})
			}
		}
	}
}

func (s *sentence) age(at, n int, band AgeBand) {
	s.Target.Ages = append(s.Target.Ages, band)
	s.take(at, n, "ages", band.String())
}

func isTo(word string) bool {
	return word == "-" || word == "to" || word == "bis" || word == "a" || word == "and" || word == "und" || word == "et" || word == "y" || word == "e"
}

// years reads an age: two digits from 13 on.
func (s *sentence) years(at int) (int, bool) {
	n, err := strconv.Atoi(s.folded[at])
	return n, err == nil && !s.used[at] && len(s.folded[at]) == 2 && n >= 13
}

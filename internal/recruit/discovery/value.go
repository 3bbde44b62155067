package discovery

import "rapport/internal/recruit/creators"

// Value is something a creator stands for, with the words by which captions show it. Nothing is read from looks, names or where somebody lives.
type Value struct {
	ID    string
	Words []string // folded; a phrase or a hashtag without #
}

// Values are the values that sentences and captions are searched for. The order is part of the index: a value is a bit.
var Values = []Value{
	{"animal_welfare", []string{"animal welfare", "animals", "animal lovers", "animal friendly", "cruelty free", "crueltyfree", "not tested on animals", "tierschutz", "tierwohl", "tierversuchsfrei", "bien etre animal", "bienestar animal"}},
	{"vegan", []string{"vegan", "veganism", "vegane", "veganer", "veganes", "plant based", "plantbased", "govegan", "vegano", "vegana", "vegetalien"}},
	{"sustainable", []string{"sustainable", "sustainability", "eco", "eco friendly", "ecofriendly", "environment", "climate", "slow fashion", "slowfashion", "nachhaltig", "nachhaltigkeit", "umwelt", "durable", "sostenible", "sostenibile"}},
	{"zero_waste", []string{"zero waste", "zerowaste", "plastic free", "plasticfree", "plastikfrei", "refill", "refillable", "reusable", "zero dechet", "unverpackt"}},
	{"organic", []string{"organic", "natural ingredients", "clean beauty", "cleanbeauty", "bio zertifiziert", "naturkosmetik", "biologique", "organico"}},
	{"fair", []string{"fair trade", "fairtrade", "fair fashion", "fairfashion", "ethical", "ethically made", "fair hergestellt", "commerce equitable"}},
	{"handmade", []string{"handmade", "hand made", "handcrafted", "crafted by hand", "handgemacht", "fait main", "hecho a mano", "small batch", "smallbatch"}},
	{"local", []string{"local", "locally made", "shop local", "shoplocal", "regional", "made in germany", "made in italy", "kilometre zero"}},
	{"inclusive", []string{"inclusive", "inclusivity", "size inclusive", "sizeinclusive", "diversity", "body positivity", "bodypositivity", "body positive"}},
	{"family", []string{"family", "families", "family friendly", "kids safe", "familie", "famille", "familia"}},
}

// ValueByID finds a value, or nil.
func ValueByID(id string) *Value {
	for i := range Values {
		if Values[i].ID == id {
			return &Values[i]
		}
	}
	return nil
}

// valuesOfTag are the values that a tag names.
func valuesOfTag(text string) (bits uint16) {
	folded := creators.Fold(text)
	for i, v := range Values {
		for _, w := range v.Words {
			if folded == w || folded == v.ID {
				bits |= 1 << i
			}
		}
	}
	return bits
}

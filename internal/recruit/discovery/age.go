package discovery

import (
	"strconv"
	"strings"
)

// ageBand is one of the ranges that platforms tell audiences in.
type ageBand struct {
	key      string
	from, to int
}

var ageBands = []ageBand{{"13-17", 13, 17}, {"18-24", 18, 24}, {"25-34", 25, 34}, {"35-44", 35, 44}, {"45-54", 45, 54}, {"55-64", 55, 64}, {"65+", 65, 99}}

// AudienceAges are the ages that an audience can be asked for.
func AudienceAges() (all []string) {
	for _, b := range ageBands {
		all = append(all, b.key)
	}
	return all
}

// bandOf finds one of them.
func bandOf(key string) (AgeBand, bool) {
	for _, b := range ageBands {
		if b.key == key {
			return AgeBand{From: b.from, To: b.to}, true
		}
	}
	return AgeBand{}, false
}

// parseBand reads a key of an audience: "25-34", "65+".
func parseBand(key string) (b ageBand, ok bool) {
	if from, open := strings.CutSuffix(key, "+"); open {
		n, err := strconv.Atoi(from)
		return ageBand{key, n, 99}, err == nil && n >= 0 && n < 99
	}
	from, to, both := strings.Cut(key, "-")
	a, err1 := strconv.Atoi(from)
	z, err2 := strconv.Atoi(to)
	return ageBand{key, a, z}, both && err1 == nil && err2 == nil && a >= 0 && z >= a && z <= 120
}

// ageShare is how much of a band lies inside the wanted ages, people being spread evenly in it: of 35–44, 25–40 holds 6 of 10 years.
func ageShare(wanted []AgeBand, b ageBand) float64 {
	inside := 0
	for year := b.from; year <= b.to; year++ {
		for _, w := range wanted {
			if year >= w.From && (w.To == 0 || year <= w.To) {
				inside++
				break
			}
		}
	}
	return float64(inside) / float64(b.to-b.from+1)
}

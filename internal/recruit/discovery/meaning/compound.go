package meaning

import (
	"math"
	"unicode/utf8"
)

// Parts of a compound hashtag.
const (
	shortestPart     = 3  // characters; shorter ones are found everywhere by chance
	longestPart      = 24 // bytes
	shortestCompound = 6  // characters
	longestCompound  = 40 // bytes
	writtenBy        = 3  // documents that must have written a part as a word of its own
)

// dictionary knows the words that hashtags may be made of, with how rare each is.
type dictionary map[string]float32 // −log of its share of the documents

// compound parts a word into known words, or answers nil: #veganskincare is "vegan skincare" where people write of "vegan" and of "skincare". Of several
// ways the likeliest is taken (the fewest, commonest parts). What is itself a known word is not parted.
func (d dictionary) compound(word string) []string {
	if len(word) > longestCompound || utf8.RuneCountInString(word) < shortestCompound || dense(word) {
		return nil
	}
	type step struct {
		cost float32
		from int
	}
	best := make([]step, len(word)+1)
	for to := 1; to <= len(word); to++ {
		best[to] = step{cost: float32(math.Inf(1))}
		if to < len(word) && !utf8.RuneStart(word[to]) {
			continue
		}
		for from := to - shortestPart; from >= max(0, to-longestPart); from-- {
			if math.IsInf(float64(best[from].cost), 1) || from == 0 && to == len(word) {
				continue
			}
			if rare, ok := d[word[from:to]]; ok && best[from].cost+rare < best[to].cost {
				best[to] = step{best[from].cost + rare, from}
			}
		}
	}
	if math.IsInf(float64(best[len(word)].cost), 1) {
		return nil
	}
	var parts []string
	for to := len(word); to > 0; to = best[to].from {
		parts = append(parts, word[best[to].from:to])
	}
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return parts
}

// dictionaryOf collects the words that enough documents write as words of their own, and the tree's single words.
func dictionaryOf(c *corpus, t *Tree) dictionary {
	d := dictionary{}
	n := float64(c.documents()) + 1
	for phrase := range t.phrase {
		if utf8.RuneCountInString(phrase) >= shortestPart && !dense(phrase) {
			d[phrase] = float32(-math.Log(2 / (n + 2)))
		}
	}
	for i, term := range c.terms {
		if c.asWord[i] >= writtenBy && utf8.RuneCountInString(term) >= shortestPart && term[0] != topicMark[0] && !dense(term) {
			d[term] = float32(-math.Log(float64(c.asWord[i]) / n))
		}
	}
	return d
}

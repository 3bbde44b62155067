package meaning

import (
	"cmp"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"

	"rapport/internal/recruit/creators"
)

// Hidden is a corpus of which every document has lost one hashtag, wherever it stood, before anything is learnt from it.
type Hidden struct {
	Documents []Document
	Tags      []string // what each has lost, folded; "" if it had none
}

// Hide takes one hashtag from every document that has any, drawn by seed and key, so that neither the order of the documents nor the other documents
// matter.
func Hide(docs []Document, seed uint64) Hidden {
	h := Hidden{Documents: make([]Document, len(docs)), Tags: make([]string, len(docs))}
	for i, d := range docs {
		tags := foldedTags(d)
		if len(tags) > 0 {
			slices.Sort(tags)
			tags = slices.Compact(tags)
			sum := fnv.New64a()
			sum.Write([]byte(d.Key))
			h.Tags[i] = tags[rand.New(rand.NewPCG(seed, sum.Sum64())).IntN(len(tags))] //nolint:gosec // drawn from a seed on purpose
		}
		h.Documents[i] = d.without(h.Tags[i])
	}
	return h
}

func foldedTags(d Document) []string {
	tags := make([]string, 0, len(d.Hashtags))
	for _, t := range d.Hashtags {
		if f := foldTag(t); f != "" {
			tags = append(tags, f)
		}
	}
	return tags
}

func foldTag(tag string) string { return strings.TrimPrefix(creators.Fold(tag), "#") }

// without is a copy of d without a hashtag; words of its captions stay, for they may honestly be found by them.
func (d Document) without(tag string) Document {
	if tag == "" {
		return d
	}
	d.Hashtags = slices.DeleteFunc(slices.Clone(d.Hashtags), func(t string) bool { return foldTag(t) == tag })
	return d
}

// queries are the hashtags that at least so many documents have lost, in alphabetical order.
func (h Hidden) queries(least int) (tags []string) {
	count := map[string]int{}
	for _, t := range h.Tags {
		count[t]++
	}
	for t, n := range count {
		if t != "" && n >= least {
			tags = append(tags, t)
		}
	}
	slices.SortFunc(tags, cmp.Compare[string])
	return tags
}

// showing says which documents still show each hashtag.
func (h Hidden) showing() map[string]map[int]bool {
	by := map[string]map[int]bool{}
	for i, d := range h.Documents {
		for _, t := range foldedTags(d) {
			if by[t] == nil {
				by[t] = map[int]bool{}
			}
			by[t][i] = true
		}
	}
	return by
}

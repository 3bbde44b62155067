// Package meaning places texts of creators and words of people who search in one space, so that "vegan skincare for sensitive skin" finds
// somebody who writes of cleansers and oat milk. Nothing leaves the machine: the space is learnt from the installation's own captions, hashtags
// and biographies (latent semantic analysis: a truncated singular value decomposition of the weighted term–document matrix) and from a topic tree
// of words in several languages, which carries the meaning while there are too few texts to learn from.
//
// A term is a folded word, a hashtag as a whole, a part of a compound hashtag, or a topic of the tree. A vector has unit length, or is nil where a
// text holds nothing known; the dot product of two says how alike they are. Beside it a place keeps a document's heaviest terms, which are held
// against the terms that go along with the query's (Query.Nearness).
//
//	Ana:    #cleanser #spf "my evening routine"   terms cleanser, spf, evening, routine, topics beauty.skincare and beauty
//	query:  "skin care"                           topics beauty.skincare and beauty; Ana wrote neither word, the topics meet
//	Blend:  words of the query found 0 of 2, relative nearness 0.61 → 0.61; whoever wrote both words has at least 1
//
// Laws: the same documents in the same order, options and seed give the same space, on any number of processors; a space that was saved and loaded
// answers alike; whoever wrote all words of a query never stands below somebody who wrote none (Blend); a document's place does not
// depend on the order of its texts beyond rounding.
//
// Vectors of different spaces must never be compared: after training, or after changing to a remote service, all are made anew.
// docs/discovery-meaning.md has the measured figures and the limits.
package meaning

package meaning

// Limits of what is read of one document: what lies beyond adds little and would let one account hold up a rebuild.
const (
	MostTexts      = 400
	MostHashtags   = 2000
	longestText    = 10_000 // bytes
	longestTerm    = 64     // bytes; longer ones are addresses and noise
	MostDimensions = 512
	mostVocabulary = 200_000
)

// Options say how a space is learnt. The zero value is good.
type Options struct {
	Seed       uint64
	Dimensions int   // 64 if zero
	Vocabulary int   // how many terms at most, 40,000 if zero; the most widely used ones stay
	Documents  int   // learn from at most so many documents, 200,000 if zero: more of them change the space little. All can be embedded.
	Tree       *Tree // the built-in topics if nil
}

func (o Options) filled() Options {
	if o.Dimensions <= 0 {
		o.Dimensions = 64
	}
	o.Dimensions = min(o.Dimensions, MostDimensions)
	if o.Vocabulary <= 0 {
		o.Vocabulary = 40_000
	}
	o.Vocabulary = min(o.Vocabulary, mostVocabulary)
	if o.Documents <= 0 {
		o.Documents = 200_000
	}
	if o.Tree == nil {
		o.Tree = DefaultTree()
	}
	return o
}

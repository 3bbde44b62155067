package creators

import "math/bits"

// Formula names how an engagement rate was made. Vendors disagree on formulas, so a rate is never shown without its own.
type Formula string

// The formulas, one per platform as the field uses them there.
const (
	// Instagram: GRIN and HypeAuditor, support.grin.co "Glossary of useful terms".
	FormulaByFollowers Formula = "(likes + comments) / followers"
	// Instagram, from lists that publish the sum only.
	FormulaEngagementByFollowers Formula = "engagement / followers"
	// TikTok: HypeAuditor, help.hypeauditor.com 4089895.
	FormulaSharedByViews Formula = "(likes + comments + shares) / views"
	// YouTube: likes and comments of those who watched.
	FormulaByViews Formula = "(likes + comments) / views"
)

// Basis says what a rate was computed from.
type Basis string

// The bases.
const (
	BasisPosts    Basis = "posts"    // the posts we know, at least three of them
	BasisAverages Basis = "averages" // averages that a list published
)

// leastPosts is how many posts a rate needs: of fewer, one lucky post decides.
const leastPosts = 3

// Rate is an engagement rate with what it was made of.
type Rate struct {
	PPM     int64 // parts per million
	Formula Formula
	Basis   Basis
	Posts   int // how many posts, for BasisPosts
}

// RateOf returns the engagement rate of a profile: over its posts where there are at least three with the inputs its platform's formula needs,
// else from published averages. ok is false where neither is enough. Pinterest publishes its own rates and other platforms have no agreed
// formula, so both have none here.
//
// A rate is a ratio of averages: the mean of the numerators by followers, or by the mean of the views. A post that hides an input is left out,
// never counted as zero.
func RateOf(p Platform, followers *int64, averages Averages, posts []PostCounts) (r Rate, ok bool) {
	if r, ok = rateOfPosts(p, followers, posts); ok {
		return r, true
	}
	return rateOfAverages(p, followers, averages)
}

func rateOfAverages(p Platform, followers *int64, a Averages) (Rate, bool) {
	switch p {
	case PlatformInstagram:
		if a.Engagement != nil {
			return ratio(a.Engagement, followers, Rate{Formula: FormulaEngagementByFollowers, Basis: BasisAverages})
		}
		return ratio(sum(a.Likes, a.Comments), followers, Rate{Formula: FormulaByFollowers, Basis: BasisAverages})
	case PlatformTikTok:
		return ratio(sum(a.Likes, a.Comments, a.Shares), a.Views, Rate{Formula: FormulaSharedByViews, Basis: BasisAverages})
	case PlatformYouTube:
		return ratio(sum(a.Likes, a.Comments), a.Views, Rate{Formula: FormulaByViews, Basis: BasisAverages})
	case PlatformPinterest, PlatformOther:
	}
	return Rate{}, false
}

func rateOfPosts(p Platform, followers *int64, posts []PostCounts) (Rate, bool) {
	r := Rate{Formula: formulaOf(p), Basis: BasisPosts}
	var above, below int64
	for _, c := range posts {
		engaged, views := sum(c.Likes, c.Comments), c.Views
		if p == PlatformTikTok {
			engaged = sum(c.Likes, c.Comments, c.Shares)
		}
		if p == PlatformInstagram {
			views = followers
		}
		if engaged == nil || views == nil || *views == 0 {
			continue
		}
		above, below, r.Posts = above+*engaged, below+*views, r.Posts+1
	}
	if r.Formula == "" || r.Posts < leastPosts {
		return Rate{}, false
	}
	return ratio(&above, &below, r)
}

func formulaOf(p Platform) Formula {
	switch p {
	case PlatformInstagram:
		return FormulaByFollowers
	case PlatformTikTok:
		return FormulaSharedByViews
	case PlatformYouTube:
		return FormulaByViews
	case PlatformPinterest, PlatformOther:
	}
	return ""
}

// sum adds, and is unknown as soon as one part is.
func sum(parts ...*int64) *int64 {
	var total int64
	for _, p := range parts {
		if p == nil {
			return nil
		}
		total += *p
	}
	return &total
}

// ratio fills in the rate above ÷ below in parts per million, rounded half up. Counts are at most MaxCount, so the quotient of the 128-bit
// product fits unless below is absurdly small against above; then there is no rate.
func ratio(above, below *int64, r Rate) (Rate, bool) {
	if above == nil || below == nil || *below <= 0 || *above < 0 {
		return Rate{}, false
	}
	divisor := uint64(*below)
	hi, lo := bits.Mul64(uint64(*above), 1_000_000)
	lo, carry := bits.Add64(lo, divisor/2, 0)
	hi += carry
	if hi >= divisor {
		return Rate{}, false
	}
	quotient, _ := bits.Div64(hi, lo, divisor)
	if quotient > uint64(MaxCount) {
		return Rate{}, false
	}
	r.PPM = int64(quotient) //nolint:gosec // at most MaxCount
	return r, true
}

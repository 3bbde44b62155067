package creators

// Missing says why a profile has no engagement rate.
type Missing string

// The reasons; MissingNothing where there is a rate.
const (
	MissingNothing   Missing = ""
	MissingFormula   Missing = "no_formula"        // the platform has no agreed formula
	MissingFollowers Missing = "followers_unknown" // the formula divides by them
	MissingViews     Missing = "views_unknown"     // the formula divides by them, and they are unknown or zero
	MissingPosts     Missing = "few_posts"         // fewer than three posts show what the formula needs, and no averages were published
	MissingParts     Missing = "parts_unknown"     // of the averages the formula adds up (likes, comments, shares), some are unknown
)

// WhyNoRate says why RateOf has no rate for the same inputs.
func WhyNoRate(p Platform, followers *int64, a Averages, posts []PostCounts) Missing {
	if _, ok := RateOf(p, followers, a, posts); ok {
		return MissingNothing
	}
	unknown := func(n *int64) bool { return n == nil || *n <= 0 }
	engaged := sum(a.Likes, a.Comments)
	if p == PlatformTikTok {
		engaged = sum(a.Likes, a.Comments, a.Shares)
	}
	switch {
	case formulaOf(p) == "":
		return MissingFormula
	case p == PlatformInstagram && unknown(followers):
		return MissingFollowers
	case a == (Averages{}):
		return MissingPosts
	case p == PlatformInstagram || engaged == nil:
		return MissingParts
	case unknown(a.Views):
		return MissingViews
	}
	return MissingParts
}

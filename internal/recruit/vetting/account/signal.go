package account

import (
	"math"
	"strconv"
)

// Features are what a profile shows; nil is unknown, which is not the same as zero.
type Features struct {
	HasPicture, HasURL, Private, NameIsUsername *bool
	// Digits as a share of the characters, 0 to 1.
	UsernameDigitShare, FullnameDigitShare                *float64
	FullnameWords, BioLength, Posts, Followers, Following *int64
	Elsewhere                                             bool // not on Instagram, where the training accounts are
}

// The names of the signals.
const (
	SignalPicture        = "has_picture"
	SignalURL            = "has_external_url"
	SignalPrivate        = "is_private"
	SignalNameIsUsername = "name_is_username"
	SignalUsernameDigits = "username_digit_share"
	SignalFullnameDigits = "fullname_digit_share"
	SignalFullnameWords  = "fullname_words"
	SignalBio            = "bio_length"
	SignalPosts          = "posts"
	SignalFollowers      = "followers"
	SignalFollowing      = "following"
	SignalRatio          = "followers_per_following"
)

// direction is which way a signal may push as its value grows.
type direction int

const (
	either  direction = iota
	rising            // more looks more genuine
	falling           // more looks less genuine
	silent            // shown, and without a say
)

// signal is one term of the sum: piecewise linear between knots, flat outside them.
type signal struct {
	name  string
	dir   direction
	log   bool // the line is straight in log(1+x)
	knots []float64
	of    func(Features) (value float64, known bool)
	text  func(float64) string
}

// signals are all terms in the order they are shown. The knots are round numbers chosen by what the signal means, not by fitting. Private has no
// say: it speaks slightly for genuine in the training set and against it in what vendors publish (Modash, help article 6967277), so its sign
// belongs to a population, not to fakes.
var signals = []signal{
	{SignalPicture, rising, false, []float64{0, 1}, func(f Features) (float64, bool) { return flag(f.HasPicture) }, yesNo},
	{SignalUsernameDigits, falling, false, []float64{0, 0.1, 0.3, 0.6}, func(f Features) (float64, bool) { return share(f.UsernameDigitShare) }, percent},
	{SignalFullnameWords, rising, false, []float64{0, 1, 2, 3}, func(f Features) (float64, bool) { return count(f.FullnameWords) }, whole},
	{SignalFullnameDigits, falling, false, []float64{0, 0.2, 0.5}, func(f Features) (float64, bool) { return share(f.FullnameDigitShare) }, percent},
	{SignalNameIsUsername, falling, false, []float64{0, 1}, func(f Features) (float64, bool) { return flag(f.NameIsUsername) }, yesNo},
	{SignalBio, rising, true, []float64{0, 10, 40, 120}, func(f Features) (float64, bool) { return count(f.BioLength) }, whole},
	{SignalURL, rising, false, []float64{0, 1}, func(f Features) (float64, bool) { return flag(f.HasURL) }, yesNo},
	{SignalPrivate, silent, false, []float64{0, 1}, func(f Features) (float64, bool) { return flag(f.Private) }, yesNo},
	{SignalPosts, rising, true, []float64{0, 3, 10, 30, 100, 500}, func(f Features) (float64, bool) { return count(f.Posts) }, whole},
	{SignalFollowers, rising, true, []float64{0, 30, 100, 300, 1000, 10_000}, func(f Features) (float64, bool) { return count(f.Followers) }, whole},
	{SignalFollowing, either, true, []float64{0, 30, 100, 300, 1000, 5000}, func(f Features) (float64, bool) { return count(f.Following) }, whole},
	{SignalRatio, rising, true, []float64{0.03, 0.3, 1, 3, 30}, perFollowing, ratioText},
}

func flag(b *bool) (float64, bool) {
	if b == nil {
		return 0, false
	}
	if *b {
		return 1, true
	}
	return 0, true
}

// share refuses what is no share: a foreign file's percentages are unknown, not clamped to 1.
func share(s *float64) (float64, bool) {
	if s == nil || math.IsNaN(*s) || *s < 0 || *s > 1 {
		return 0, false
	}
	return *s, true
}

func count(n *int64) (float64, bool) {
	if n == nil || *n < 0 {
		return 0, false
	}
	return float64(*n), true
}

// perFollowing is followers ÷ following, both plus one so that an account that follows nobody has a ratio too.
func perFollowing(f Features) (float64, bool) {
	followers, ok := count(f.Followers)
	following, also := count(f.Following)
	return (followers + 1) / (following + 1), ok && also
}

// width is how many coefficients a signal has: one per stretch between knots.
func (s signal) width() int { return len(s.knots) - 1 }

// place maps a value to the scale on which the lines are straight.
func (s signal) place(x float64) float64 {
	if !s.log {
		return x
	}
	if s.name == SignalRatio {
		return math.Log(x)
	}
	return math.Log1p(x)
}

// ramps writes how far the value has climbed each stretch, 0 to 1. A sum of ramps with coefficients of one sign is monotone, and flat outside
// the first and last knot.
func (s signal) ramps(x float64, into []float64) {
	at := s.place(x)
	for k := range s.width() {
		from, to := s.place(s.knots[k]), s.place(s.knots[k+1])
		into[k] = min(1, max(0, (at-from)/(to-from)))
	}
}

// columns is how many coefficients all signals have together.
func columns() (n int) {
	for _, s := range signals {
		n += s.width()
	}
	return n
}

func yesNo(x float64) string {
	if x == 1 {
		return "yes"
	}
	return "no"
}

func whole(x float64) string     { return strconv.FormatFloat(x, 'f', 0, 64) }
func percent(x float64) string   { return strconv.FormatFloat(100*x, 'f', 0, 64) + " %" }
func ratioText(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }

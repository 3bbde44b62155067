package growth

import (
	"math"
	"slices"
	"time"
)

// view is the views around a moment, in logarithms.
type view struct {
	at  time.Time
	log float64
}

func viewsOf(points []Point) (views []view) {
	for _, p := range points {
		if p.Views != nil && *p.Views >= 0 {
			views = append(views, view{p.At, math.Log1p(float64(*p.Views))})
		}
	}
	return views
}

const (
	viewsAround  = 21 * 24 * time.Hour
	viewsBefore  = 12 * time.Hour // a video runs a day before its watchers follow: the count a spike starts from is looked at
	viewsAfter   = 36 * time.Hour // or its views are noted on the day after
	leastViews   = 7              // moments with known views around a spike, silent ones included
	leastWatched = 3              // of them, or of the whole series, those on which something was published
	leastTimes   = 2.0            // the views of an explaining rise, as a multiple of the ordinary
	sparseTimes  = 3.0            // the same where fewer than leastViews posts say what is ordinary
	viewsStrayed = 2.5            // and standard deviations above them
	viewsHint    = 1.5            // standard deviations from which views may be part of a reason

	// Whoever follows because of a post has watched it: a rise of fewer views than followers came explains nothing.
	leastPerFollower = 1.0
)

// attention is what the views around a spike say.
type attention struct {
	known bool
	rose  bool
	some  bool    // less than a rise, more than most posts get: neither explains nor accuses
	more  float64 // views above the ordinary, of the moment watched most
}

// attentionTo compares the views of a spike's days, and of the day beside them, with those of other days on which something was published.
// A silent day has no views: it is no measure of what a post usually gets, or every post of somebody who posts once a week would be a rise.
func attentionTo(views []view, from, to time.Time) (a attention) {
	var then, around, always []float64
	moments := 0
	for _, v := range views {
		if v.at.After(from.Add(-viewsBefore)) && v.at.Before(to.Add(viewsAfter)) {
			then = append(then, v.log)
			continue
		}
		near := v.at.After(from.Add(-viewsAround)) && v.at.Before(to.Add(viewsAround))
		if near {
			moments++
		}
		if v.log == 0 {
			continue
		}
		always = append(always, v.log)
		if near {
			around = append(around, v.log)
		}
	}
	if len(around) < leastViews {
		around = always
	}
	if len(then) == 0 || moments < leastViews || len(around) < leastWatched {
		return attention{}
	}
	least := math.Log(leastTimes)
	if len(around) < leastViews {
		least = math.Log(sparseTimes)
	}
	ordinary, most := median(around), slices.Max(then)
	for i, v := range around {
		around[i] = math.Abs(v - ordinary)
	}
	above, stray := most-ordinary, 1.4826*median(around)
	return attention{known: true, rose: above >= max(least, viewsStrayed*stray), some: above >= max(math.Log(leastTimes), viewsHint*stray), more: math.Exp(most) - math.Exp(ordinary)}
}

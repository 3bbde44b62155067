package growth

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/recruit/creators"
)

func holds(t *testing.T, lines []Line) {
	t.Helper()
	for _, l := range lines {
		if l.Precision() < 0.9 || l.Recall() < 0.8 {
			t.Errorf("%s: precision %.3f, recall %.3f of %v", l.Name, l.Precision(), l.Recall(), l.Series)
		}
		if bought := l.Share(KindViral, VerdictBought); bought > 0.05 {
			t.Errorf("%s: %.1f %% of the viral series are called bought", l.Name, 100*bought)
		}
	}
}

// The long campaign is the command's (rapport evaluate growth); here one dealing of moderate size.
func TestPurchasesAreFoundOnEveryTierAndList(t *testing.T) {
	e := Evaluate(Measured, 400, 3)
	holds(t, e.Tiers)
	holds(t, e.Lists)
	holds(t, e.Sparse)
	for i, l := range e.Sizes {
		if i >= 2 && l.Recall() < 0.8 { // up to 5 % most answers may be doubt
			t.Errorf("purchases of %v: recall %.3f", Sizes[i], l.Recall())
		}
	}
	if bought := e.Weekly.Verdicts[KindGiveaway][VerdictBought] + e.Weekly.Verdicts[KindClean][VerdictBought]; bought > 0 {
		t.Errorf("%d series counted once a week are called bought", bought)
	}
}

func TestTheListsMeasureAsStored(t *testing.T) {
	dir := os.Getenv("RAPPORT_SHARED")
	if dir == "" {
		dir = "../../../../../shared"
	}
	dir = filepath.Join(dir, "data")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no lists in %s (set RAPPORT_SHARED to the folder that holds data/creators)", dir)
	}
	measured, err := ReadFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(measured, Measured) {
		t.Errorf("measured %v, stored %v", measured, Measured)
	}
}

func TestTheSameSeedMakesTheSameTable(t *testing.T) {
	if a, b := Evaluate(Measured, 60, 5), Evaluate(Measured, 60, 5); !reflect.DeepEqual(a, b) {
		t.Error("two runs differ")
	}
}

// calm is a series of an account that grows by 0.2 % a day, with views that stray.
func calm(days int) []Point {
	random := rand.New(rand.NewPCG(1, 2))
	points := make([]Point, days)
	followers := 20_000.0
	for d := range points {
		followers *= 1.002 + 0.002*random.NormFloat64()
		views := int64(4000 + 600*random.NormFloat64())
		points[d] = Point{At: year.AddDate(0, 0, d), Followers: int64(followers), Views: &views}
	}
	return points
}

func raise(points []Point, from int, share float64) {
	for d := from; d < len(points); d++ {
		points[d].Followers = int64(float64(points[d].Followers) * (1 + share))
	}
}

func TestWhatAJumpIsCalledDependsOnWhatIsKnownAroundIt(t *testing.T) {
	for name, c := range map[string]struct {
		change func([]Point) []Point
		want   Verdict
		reason Reason
	}{
		"nothing": {func(p []Point) []Point { return p }, VerdictSteady, ""},
		"bought":  {func(p []Point) []Point { raise(p, 40, 0.13); return p }, VerdictBought, BecauseNoViews},
		"watched": {func(p []Point) []Point { raise(p, 40, 0.13); *p[40].Views *= 5; return p }, VerdictOrganic, BecauseViewsRose},
		"no views known": {func(p []Point) []Point {
			raise(p, 40, 0.13)
			for i := range p {
				p[i].Views = nil
			}
			return p
		}, VerdictCannotTell, BecauseViewsUnknown},
		"over days": {func(p []Point) []Point {
			for d := range 4 {
				raise(p, 40+d, 0.03)
			}
			return p
		}, VerdictCannotTell, BecauseSeveralDays},
		"not counted for a week": {func(p []Point) []Point { raise(p, 40, 0.13); return slices.Delete(p, 36, 43) }, VerdictCannotTell, BecauseGap},
		"small":                  {func(p []Point) []Point { raise(p, 40, 0.02); return p }, VerdictCannotTell, BecauseSmall},
		"lost":                   {func(p []Point) []Point { raise(p, 40, -0.1); return p }, VerdictCannotTell, BecauseLoss},
		"few":                    {func(p []Point) []Point { return p[:12] }, VerdictCannotTell, BecauseFewPoints},
	} {
		t.Run(name, func(t *testing.T) {
			f := Judge(c.change(calm(80)), creators.TierMicro)
			if f.Verdict != c.want || c.reason != "" && !slices.Contains(f.Because, c.reason) {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestAPurchaseThatDecaysSaysSo(t *testing.T) {
	points := calm(80)
	raise(points, 40, 0.2)
	for d := 42; d < 50; d++ {
		raise(points, d, -0.01)
	}
	f := Judge(points, creators.TierMicro)
	if f.Verdict != VerdictBought || f.Spikes[0].Decayed < 0.2 || f.Spikes[0].Decayed > 0.7 || f.Spikes[0].Gain < 3500 {
		t.Errorf("%+v", f)
	}
}

func TestFollowingManyAtOnceIsTold(t *testing.T) {
	points := calm(60)
	for i := range points {
		following := int64(500)
		if i >= 30 {
			following = 1400
		}
		points[i].Following = &following
	}
	if f := Judge(points, creators.TierMicro); f.Verdict != VerdictSteady || !slices.Contains(f.Because, BecauseFollowing) {
		t.Errorf("%+v", f)
	}
}

// The order of points does not matter, and no series whatever breaks the arithmetic.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Point {
			return Point{At: year.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "hour")) * time.Hour), Followers: rapid.Int64Range(-5, 2*creators.MaxCount).Draw(t, "followers"),
				Views: rapid.Ptr(rapid.Int64(), true).Draw(t, "views")}
		}), 0, 60).Draw(t, "points")
		slices.SortFunc(points, func(a, b Point) int { return a.At.Compare(b.At) })
		points = slices.CompactFunc(points, func(a, b Point) bool { return a.At.Equal(b.At) })
		shuffled := rapid.Permutation(points).Draw(t, "shuffled")
		before, after := Judge(points, creators.TierMicro), Judge(shuffled, creators.TierMicro)
		if !reflect.DeepEqual(before, after) {
			t.Fatalf("%+v became %+v", before, after)
		}
		for _, s := range before.Spikes {
			if s.Because == "" || s.Explained != (s.Because == BecauseViewsRose) || s.Ratio != s.Ratio {
				t.Fatalf("%+v", s)
			}
		}
	})
}

func TestListsThatCannotBeMeasuredSayWhy(t *testing.T) {
	for text, says := range map[string]string{"": "no header", "a,b\n": "needs the columns", "handle,taken_on,followers\nx,2022-09-30,5\n": "30 are needed"} {
		if _, err := ReadMonths("invented.csv", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := ReadFolder(t.TempDir()); err == nil || !strings.Contains(err.Error(), "top1000") {
		t.Errorf("an empty folder: %v", err)
	}
}

package growth

import (
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"rapport/internal/base/fault"
)

// Variance is how accounts grew from one month to the next: quantiles of ln(followers after ÷ before), from the 1st to the 99th percentile.
type Variance struct {
	List      string
	Pairs     int     // months that could be compared
	SD        float64 // plain standard deviation
	Within    float64 // correlation of an account's two changes: near −1 means that the middle month of the list is off, not the account
	Quantiles []float64
}

// Measured are the lists of September to November 2022 in aggregate (top 1,000 accounts of each platform). `rapport evaluate growth --data`
// measures them anew.
var Measured = []Variance{
	{List: "instagram", Pairs: 1537, SD: 0.1274, Within: -0.9974, Quantiles: []float64{
		-0.4053, -0.1709, -0.1106, -0.0869, -0.072, -0.0606, -0.049, -0.0372, -0.0274, -0.0155, 0, 0.015, 0.0277,
		0.0407, 0.0535, 0.0664, 0.0777, 0.0953, 0.1193, 0.185, 0.4127,
	}},
	{List: "tiktok", Pairs: 593, SD: 0.3443, Within: -0.9898, Quantiles: []float64{
		-0.9327, -0.5417, -0.3158, -0.2452, -0.1931, -0.1579, -0.1295, -0.1, -0.0699, -0.033, 0, 0.0465, 0.088, 0.117,
		0.1456, 0.1813, 0.231, 0.2819, 0.3795, 0.5718, 1.0674,
	}},
	{List: "youtube", Pairs: 1667, SD: 0.0849, Within: -0.9833, Quantiles: []float64{
		-0.1942, -0.1103, -0.08, -0.0617, -0.0493, -0.0405, -0.0325, -0.0253, -0.0167, -0.0085, 0, 0.0084, 0.0206,
		0.0299, 0.043, 0.0543, 0.0655, 0.0811, 0.1034, 0.1406, 0.2586,
	}},
}

// steps of the quantiles: 1 %, 5 %, 10 %, … 95 %, 99 %.
func quantileSteps() []float64 {
	at := []float64{0.01}
	for i := 1; i < 20; i++ {
		at = append(at, float64(i)*0.05)
	}
	return append(at, 0.99)
}

const mostRows = 100_000

// ReadMonths measures a monthly list: a CSV table with the columns handle, taken_on (year-month-day) and followers. Of an account that is listed
// twice in a month the first row counts.
func ReadMonths(name string, r io.Reader) (Variance, error) {
	in := csv.NewReader(r)
	header, err := in.Read()
	if err != nil {
		return Variance{}, fault.Invalidf("%s has no header.", name).In("data")
	}
	handle, taken, followers := slices.Index(header, "handle"), slices.Index(header, "taken_on"), slices.Index(header, "followers")
	if min(handle, taken, followers) < 0 {
		return Variance{}, fault.Invalidf("%s needs the columns handle, taken_on and followers.", name).In("data")
	}
	accounts := map[string]map[int]float64{}
	for range mostRows {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return varianceOf(name, accounts)
		}
		if err != nil {
			return Variance{}, fault.Invalidf("%s cannot be read: %v", name, err).In("data")
		}
		month, err := time.Parse(time.DateOnly, record[taken])
		count, bad := strconv.ParseFloat(record[followers], 64)
		if err != nil || bad != nil || count < 1 {
			continue // an account without a date or a count has no growth to measure
		}
		key := strings.ToLower(record[handle])
		if accounts[key] == nil {
			accounts[key] = map[int]float64{}
		}
		at := month.Year()*12 + int(month.Month())
		if _, ok := accounts[key][at]; !ok {
			accounts[key][at] = count
		}
	}
	return Variance{}, fault.Invalidf("%s has more than %d rows.", name, mostRows).In("data")
}

func varianceOf(name string, accounts map[string]map[int]float64) (Variance, error) {
	var all, first, second []float64
	for _, account := range slices.Sorted(maps.Keys(accounts)) { // sums of fractions depend on their order
		months := accounts[account]
		for _, at := range slices.Sorted(maps.Keys(months)) {
			before := months[at]
			after, ok := months[at+1]
			if !ok {
				continue
			}
			all = append(all, math.Log(after/before))
			if next, ok := months[at+2]; ok {
				first, second = append(first, math.Log(after/before)), append(second, math.Log(next/after))
			}
		}
	}
	if len(all) < 30 {
		return Variance{}, fault.Invalidf("%s has %d accounts with two months in a row; 30 are needed.", name, len(all)).In("data")
	}
	slices.Sort(all)
	v := Variance{List: name, Pairs: len(all), SD: deviation(all), Within: rounded(correlation(first, second))}
	for _, q := range quantileSteps() {
		v.Quantiles = append(v.Quantiles, rounded(quantile(all, q)))
	}
	v.SD = rounded(v.SD)
	return v, nil
}

func rounded(x float64) float64 { return math.Round(x*1e4) / 1e4 }

func mean(values []float64) (sum float64) {
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(1, len(values)))
}

func deviation(values []float64) float64 {
	m, sum := mean(values), 0.0
	for _, v := range values {
		sum += (v - m) * (v - m)
	}
	return math.Sqrt(sum / float64(max(1, len(values))))
}

func correlation(a, b []float64) float64 {
	ma, mb := mean(a), mean(b)
	var top, left, right float64
	for i := range a {
		top, left, right = top+(a[i]-ma)*(b[i]-mb), left+(a[i]-ma)*(a[i]-ma), right+(b[i]-mb)*(b[i]-mb)
	}
	if left == 0 || right == 0 {
		return 0
	}
	return top / math.Sqrt(left*right)
}

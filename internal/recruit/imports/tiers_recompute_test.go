package imports

import (
	"encoding/csv"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/recruit/creators"
)

// table is a shared file, read without the importer.
func table(t *testing.T, name string) (text string, rows []map[string]string) {
	t.Helper()
	dir := os.Getenv("RAPPORT_SHARED")
	if dir == "" {
		dir = "../../../../shared"
	}
	path := filepath.Join(dir, "data", "creators", name)
	bytes, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("%s is not there (set RAPPORT_SHARED to the folder that holds data/creators)", path)
	}
	records, err := csv.NewReader(strings.NewReader(string(bytes))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	return string(bytes), rows
}

// tierByDigits finds the tier by counting digits: up to four is nano, five micro, six macro, more mega.
func tierByDigits(followers string) string {
	switch n := len(strings.TrimLeft(followers, "0")); {
	case n <= 4:
		return "nano"
	case n == 5:
		return "micro"
	case n == 6:
		return "macro"
	}
	return "mega"
}

// rateByHand is the rate as text, in millionths rounded half up, with fractions of any size; or why there is none.
func rateByHand(row map[string]string) string {
	above, below := []string{"likes_avg", "comments_avg"}, "views_avg"
	switch row["platform"] {
	case "tiktok":
		above = []string{"likes_avg", "comments_avg", "shares_avg"}
	case "instagram":
		above, below = []string{"engagement_avg"}, "followers"
	}
	published := false
	for _, column := range []string{"engagement_avg", "authentic_engagement_avg", "views_avg", "likes_avg", "comments_avg", "shares_avg"} {
		published = published || row[column] != ""
	}
	if !published {
		return "few_posts"
	}
	total := new(big.Rat)
	for _, column := range above {
		n, ok := new(big.Rat).SetString(row[column])
		if !ok {
			return "parts_unknown"
		}
		total.Add(total, n)
	}
	divisor, ok := new(big.Rat).SetString(row[below])
	if !ok || divisor.Sign() == 0 {
		return "views_unknown"
	}
	total.Mul(total, big.NewRat(1_000_000, 1)).Quo(total, divisor).Add(total, big.NewRat(1, 2))
	return new(big.Int).Quo(total.Num(), total.Denom()).String()
}

func cellNumber(text string) *int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

// Every row's tier and rate, by the room's own functions, against a count of digits and fractions of any size.
func TestTiersAndRatesOfEveryRowAgreeWithAnotherWayOfComputing(t *testing.T) {
	t.Parallel()
	counted, rates, reasons := map[bool]int{}, 0, map[string]int{}
	for _, name := range []string{"tiktok_tiers.csv", "instagram_top1000_2022.csv", "tiktok_top1000_2022.csv", "youtube_top1000_2022.csv"} {
		_, rows := table(t, name)
		counted[name == "tiktok_tiers.csv"] += len(rows)
		for i, row := range rows {
			followers := cellNumber(row["followers"])
			if followers == nil || string(creators.TierOf(*followers)) != tierByDigits(row["followers"]) {
				t.Errorf("%s, row %d: the tier of %q", name, i+2, row["followers"])
			}
			a := creators.Averages{Engagement: cellNumber(row["engagement_avg"]), AuthenticEngagement: cellNumber(row["authentic_engagement_avg"]), Views: cellNumber(row["views_avg"]),
				Likes: cellNumber(row["likes_avg"]), Comments: cellNumber(row["comments_avg"]), Shares: cellNumber(row["shares_avg"])}
			p := creators.Platform(row["platform"])
			got := string(creators.WhyNoRate(p, followers, a, nil))
			if rate, ok := creators.RateOf(p, followers, a, nil); ok != (got == "") {
				t.Errorf("%s, row %d: a rate %v and the reason %q", name, i+2, ok, got)
			} else if ok {
				got = strconv.FormatInt(rate.PPM, 10)
				rates++
			} else {
				reasons[got]++
			}
			if want := rateByHand(row); got != want {
				t.Errorf("%s, row %d: %s, by hand %s", name, i+2, got, want)
			}
		}
	}
	if counted[true] != 5000 || counted[false] != 9097 {
		t.Errorf("%d and %d rows", counted[true], counted[false])
	}
	t.Logf("%d rates, without one: %v", rates, reasons)
}

// What the importer stores of each account agrees too: the newest row of an account gives its tier and its rate.
func TestStoredTiersAndRatesAgreeWithAnotherWayOfComputing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"tiktok_tiers.csv", "instagram_top1000_2022.csv", "tiktok_top1000_2022.csv", "youtube_top1000_2022.csv"} {
		t.Run(name, func(t *testing.T) {
			text, rows := table(t, name)
			d := dbtest.New(t, db.EngineSQLite)
			imported(t, d, text, Options{})
			newest := map[string]map[string]string{}
			for _, row := range rows { // of equal moments the first counts: later ones contradict it and are refused
				key := strings.ToLower(row["handle"])
				if known, ok := newest[key]; !ok || row["taken_on"] > known["taken_on"] {
					newest[key] = row
				}
			}
			want := map[string]string{}
			for key, row := range newest {
				rate := rateByHand(row)
				if _, err := strconv.Atoi(rate); err != nil {
					rate = "none"
				}
				want[key] = tierByDigits(row["followers"]) + " " + rate
			}
			got := storedRates(t, d)
			for key, says := range want {
				if got[key] != says {
					t.Errorf("an account is stored as %q, by hand %q", got[key], says)
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d accounts, want %d", len(got), len(want))
			}
		})
	}
}

func storedRates(t *testing.T, d *db.DB) map[string]string {
	t.Helper()
	stored := map[string]string{}
	err := d.View(t.Context(), func(tx *db.Tx) error {
		rows, err := db.All(t.Context(), tx, func(s db.Scanner) (p creators.Profile, err error) {
			err = s.Scan(&p.Handle, &p.Tier, &p.EngagementPPM)
			return p, err
		}, `select handle, tier, engagement_ppm from profiles`)
		for _, p := range rows {
			rate := "none"
			if p.EngagementPPM != nil {
				rate = fmt.Sprint(*p.EngagementPPM)
			}
			stored[strings.ToLower(p.Handle)] = string(p.Tier) + " " + rate
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

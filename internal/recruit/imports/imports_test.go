package imports

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/recruit/creators"
)

// run imports text and fails the test on an error.
func imported(t *testing.T, d *db.DB, text string, o Options) Report {
	t.Helper()
	report, err := attempt(t, d, text, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func attempt(t *testing.T, d *db.DB, text string, o Options) (Report, error) {
	t.Helper()
	o.Reader = strings.NewReader(text)
	report, err := Run(t.Context(), d, o)
	if sum := report.Tally.Taken + report.Tally.Known + report.Tally.Refused; sum != report.Tally.Rows {
		t.Errorf("%d rows, but %d are accounted for", report.Tally.Rows, sum)
	}
	return report, err
}

// everybody lists all creators as one text each, so that states can be compared.
func everybody(t *testing.T, d *db.DB) []string {
	t.Helper()
	var seen []string
	err := d.View(t.Context(), func(tx *db.Tx) error {
		for page := (db.Page{Limit: 500}); ; {
			some, next, err := creators.List(t.Context(), tx, creators.Filter{Everywhere: true}, page)
			if err != nil {
				return err
			}
			for _, c := range some {
				seen = append(seen, portrait(t.Context(), t, tx, c))
			}
			if next == "" {
				return nil
			}
			page.After = next
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// portrait is all that is shown of a creator, without ids.
func portrait(ctx context.Context, t *testing.T, tx *db.Tx, c creators.Creator) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s %s %s", c.Name, c.Tier, number(c.Followers), c.Country, c.Language)
	for _, p := range c.Profiles {
		fmt.Fprintf(&b, " | %s %s %s %s %q %s %s %v %s %s %s ppm %s %s %v", p.Platform, p.Handle, number(p.Followers), p.Tier, p.Bio, p.Country, p.Category, p.Verified,
			number(p.Following), number(p.Posts), number(p.Likes), number(p.EngagementPPM), p.Formula, p.CountedAt)
		snapshots, _, err := creators.ListSnapshots(ctx, tx, p.ID, db.Page{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range snapshots {
			fmt.Fprintf(&b, " + %v %s", s.TakenAt, s.Fingerprint())
		}
		posts, _, err := creators.ListPosts(ctx, tx, p.ID, db.Page{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, post := range posts {
			fmt.Fprintf(&b, " * %s %v %s", post.PlatformID, post.SeenAt, post.Counts.Fingerprint())
		}
	}
	return b.String()
}

func number(n *int64) string {
	if n == nil {
		return "?"
	}
	return fmt.Sprint(*n)
}

// rowsLeft counts every row that imports have written.
func rowsLeft(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	err := d.View(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `select (select count(*) from creators) + (select count(*) from profiles) + (select count(*) from snapshots)
			+ (select count(*) from posts) + (select count(*) from post_counts) + (select count(*) from creator_contacts) + (select count(*) from import_profiles)`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func generated(rows int) string {
	var b strings.Builder
	b.WriteString("platform,handle,name,followers,following,likes_total,videos_total,country,language,verified,category,bio\n")
	for i := range rows {
		fmt.Fprintf(&b, "%s,invented_%06d,Name %d Of %d,%d,%d,%d,%d,DE,German,False,Fashion,made up words about life number %d\n",
			[]string{"tiktok", "instagram", "youtube"}[i%3], i, i*7919%rows, rows, 1000+i*37%3_000_000, i%2000, i*11, i%500, i)
	}
	return b.String()
}

package vetting_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
)

func TestPostsForTheProgramItselfAreNoWorkForStrangers(t *testing.T) {
	in := maya()
	for i := range 12 {
		in.Posts[i].Caption = "#ad my evening with @nordic.tea"
	}
	if r := vetting.Assess(in); !has(r, "sponsored_much") || len(r.Brands) != 1 {
		t.Fatalf("for somebody else: %v, %+v", codes(r), r.Brands)
	}
	in.Ours = vetting.Named("Nordic Tea", "nordictea.example")
	r := vetting.Assess(in)
	if s := r.Sponsored; s.Paid != 0 || s.ForYou != 12 || s.Share != 0 || len(s.YourOwn) != 3 || len(s.Evidence) != 0 {
		t.Errorf("%+v", s)
	}
	if has(r, "sponsored_much") || has(r, "sponsored_none") || len(r.Brands) != 0 || r.Verdict != vetting.VerdictFits {
		t.Errorf("%s: %v, %+v", r.Verdict, codes(r), r.Brands)
	}
}

func TestTheProgramIsKnownByItsNameSitesAndAccounts(t *testing.T) {
	for caption, ours := range map[string]bool{
		"#ad @nordic.tea": true, "#ad with NORDIC TEA tonight": true, "#ad https://www.nordictea.example/maya": true, "Paid partnership with Nordic Tea": true, "#ad #nordictea": true,
		"#ad #glow": true, "#ad @glow": true, "#ad お茶の国": true,
		"#ad all that glow": false, "#ad #glow by @plainsoap": false, "#ad @plainsoap": false, "#ad nordic walking and tea": false, "#ad @nordic.teapots": false, "#ad": false,
		"#ad @plainsoap and @nordic.tea": true, "#ad @plainsoap, links at nordictea.example": true,
	} {
		in := maya()
		in.Ours = vetting.Named("Nordic Tea", "www.nordictea.example", "Glow", "お茶の国", "  ")
		in.Posts[0].Caption = caption
		s := vetting.Assess(in).Sponsored
		if s.ForYou+s.Paid != 1 || (s.ForYou == 1) != ours {
			t.Errorf("%q: %d for the program, %d for others; want it for the program: %v", caption, s.ForYou, s.Paid, ours)
		}
	}
}

// What a partner publishes for the program never costs points, and no post becomes a paid one by naming it.
func TestWorkForTheProgramNeverHurts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := maya()
		for i := range in.Posts {
			in.Posts[i].Caption = rapid.SampledFrom([]string{"tea", "#ad @plainsoap", "#ad @nordic.tea", "lunch with @nordic.tea"}).Draw(t, "caption")
		}
		strangers := vetting.Assess(in).Sponsored
		in.Ours = vetting.Named("Nordic Tea")
		ours := vetting.Assess(in).Sponsored
		if ours.Paid+ours.ForYou != strangers.Paid || ours.Share > strangers.Share || ours.Share != float64(ours.Paid)/float64(ours.Posts) {
			t.Fatalf("%+v, before %+v", ours, strangers)
		}
	})
}

func TestAReportKnowsWhatItsProgramIsCalled(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b := newTown(t, d)
		c := b.creator(b.program, "maya", 200)
		b.do(func(tx *db.Tx) error {
			p, err := programs.Find(t.Context(), tx, b.program)
			if err != nil {
				return err
			}
			if err := b.brand(t.Context(), tx, "glow.official"); err != nil {
				return err
			}
			var posts []creators.Post
			for i, name := range []string{creators.FoldBrand(p.Name), "glow.official", "plainsoap"} {
				posts = append(posts, creators.Post{Profile: c.Main, PlatformID: fmt.Sprintf("ad%d", i), PostedAt: tx.Now(), SeenAt: tx.Now(), Caption: "#ad @" + name})
			}
			_, err = creators.AddPosts(t.Context(), tx, posts)
			return err
		})
		for program, want := range map[programs.ID]int{b.program: 2, b.another: 1} { // which have the same name
			s, err := vetting.Make(t.Context(), d, program, c.ID)
			if err != nil || s.Sponsored.ForYou != want || s.Sponsored.Paid != 3-want {
				t.Errorf("program %s: %d for it, %d for others: %v", program, s.Sponsored.ForYou, s.Sponsored.Paid, err)
			}
		}
	})
}

// brand connects the program's own account as the floor above would.
func (b town) brand(ctx context.Context, tx *db.Tx, handle string) error {
	_, err := tx.Exec(ctx, `insert into brand_accounts (program_id, platform, account, handle, scopes, state, connected_by, connected_at, failures, failure_kind, failure_detail)
		values ($1, 'instagram', '1', $2, '', 'working', 'Anna', 0, 0, '', '')`, b.program, handle)
	return err
}

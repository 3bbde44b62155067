package report

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
)

// fill makes the data set by statements that generate their rows, in chunks that stay below the engines' deadlines. Numbers are spread by
// multiplying with primes: no chance, so every run measures the same data.
func fill(b *testing.B, d *db.DB) (program programs.ID) {
	b.Helper()
	update(b, d, func(ctx context.Context, tx *db.Tx) error {
		p, err := programs.Create(ctx, tx, programs.New{Name: "Glow", Currency: "EUR", Sites: []string{"glow.example"}})
		program = p.ID
		return err
	})
	began := time.Now()
	for _, s := range statements() {
		for from := 0; from < s.rows; from += chunk {
			update(b, d, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `with recursive n(i) as (select cast($2 as bigint) union all select i + 1 from n where i + 1 < cast($3 as bigint)) `+s.text,
					program, from, min(from+chunk, s.rows))
				if err != nil {
					err = fmt.Errorf("%s: %w", s.text[:40], err)
				}
				return err
			})
		}
	}
	if d.Engine() == db.EnginePostgres {
		// What autovacuum does within a minute on a running server.
		if _, err := d.Handle().ExecContext(b.Context(), `vacuum analyze`); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("the data set took %s", time.Since(began).Round(time.Second))
	return program
}

const chunk = 100_000

type statement struct {
	rows int
	text string
}

// padded makes ids as long as real ones and ordered like them.
func padded(prefix, number string) string {
	return `'` + prefix + `_' || substr('00000000000000000000000000000000', 1, 32 - length(cast(` + number + ` as text))) || cast(` + number + ` as text)`
}

// document stands for the stored input of a conversion, 1,200 bytes; rule for that of a commission, 240.
var (
	document = `replace('` + strings.Repeat("0", 30) + `', '0', '{"because":"the last click in 30 days"}')`
	rule     = `replace('` + strings.Repeat("0", 6) + `', '0', '{"because":"the last click in 30 days"}')`
)

func statements() []statement {
	partner := func(of string) string { return padded("par", of) }
	begin := fmt.Sprint(micros(firstDay))
	at := fmt.Sprintf(`%s + i * %d`, begin, int64(days)*86_400_000_000/conversions)
	raw := fmt.Sprintf(`%s + i * %d`, begin, int64(days)*86_400_000_000/rawClicks)
	day := fmt.Sprint(int64(firstDay))
	return []statement{
		{partners, `insert into creators (id, name, name_folded, main_profile_id, tier, country, language, import_id, created_at, updated_at)
			select ` + padded("cre", "i") + `, 'Creator ' || i, 'creator ' || i, ` + padded("prf", "i") + `, case i % 3 when 0 then 'nano' when 1 then 'micro' else 'macro' end,
				'', '', '', 1, 1 from n where $1 <> ''`},
		{partners, `insert into profiles (id, creator_id, platform, handle, handle_folded, url, display_name, bio, country, language, category, verified, tier,
				engagement_ppm, import_id, created_at, updated_at)
			select ` + padded("prf", "i") + `, ` + padded("cre", "i") + `, case i % 4 when 0 then 'youtube' when 1 then 'tiktok' else 'instagram' end, 'h' || i, 'h' || i,
				'', '', '', '', '', '', false, 'nano', 20000 + i, '', 1, 1 from n where $1 <> ''`},
		{partners, `insert into partnerships (id, program_id, creator_id, status, note, import_id, created_at, updated_at)
			select ` + partner("i") + `, $1, ` + padded("cre", "i") + `, 'active', '', '', 1, 1 from n`},
		{links, `insert into links (id, no, slug, program_id, partnership_id, destination, created_at, updated_at)
			select ` + padded("lnk", "i") + `, ` + linkNo("i") + `, 's' || i, $1, ` + partner(fmt.Sprintf("(i %% %d)", partners)) + `, 'https://glow.example/', 1, 1 from n`},
		{days * partnersADay, fmt.Sprintf(`insert into clicks_by_partnership (partnership_id, day, program_id, people, marked)
			select `+partner("((i / %[1]d * 37 + i %% %[1]d) %% %[2]d)")+`, %[3]s + i / %[1]d, $1, 105 + i %% 11, i %% 5 from n`, partnersADay, partners, day)},
		{days * linksADay, fmt.Sprintf(`insert into clicks_by_link (link_no, day, program_id, people, marked)
			select `+linkNo("((i / %[1]d * 41 + i %% %[1]d) %% %[2]d)")+`, %[3]s + i / %[1]d, $1, 20 + i %% 5, i %% 2 from n`, linksADay, links, day)},
		{conversions, `insert into conversions (id, program_id, namespace, kind, action, external_id, status, test, currency, amount_minor, refunded_minor, occurred_at,
				received_at, source, input, decision, content_sha256, updated_at)
			select ` + padded("cnv", "(i + 1000000)") + `, $1, '', 'sale', '', cast(i as text), 'credited', false, 'EUR', 2000 + i % 7919, case when i % 12 = 0 then 1000 else 0 end,
				` + at + `, ` + at + `, 'api', ` + document + `, '{}', cast('a hash of its content, 32 bytes.' as blob), 1 from n`},
		{conversions, `insert into credits (conversion_id, partnership_id, share_bp, because, link_no, by_hand)
			select ` + padded("cnv", "(i + 1000000)") + `, ` + partner(fmt.Sprintf("(i * 7907 %% %d %% %d)", links, partners)) + `, 10000, 'last click',
				` + linkNo(fmt.Sprintf("(i * 7907 %% %d)", links)) + `, false from n where $1 <> ''`},
		{conversions, `insert into commissions (id, program_id, conversion_id, partnership_id, creator_id, kind, currency, earned_minor, reversed_minor, status, rule, reason,
				hold_until, created_at, updated_at)
			select ` + padded("com", "(i + 1000000)") + `, $1, ` + padded("cnv", "(i + 1000000)") + `, ` + partner(fmt.Sprintf("(i * 7907 %% %d %% %d)", links, partners)) + `,
				` + padded("cre", fmt.Sprintf("(i * 7907 %% %d %% %d)", links, partners)) + `, 'conversion', 'EUR', 200 + i % 791, case when i % 12 = 0 then 100 else 0 end,
				case when i < 50000 then 'paid' when i < 90000 then 'approved' else 'pending' end, ` + rule + `, '', 1, 1, 1 from n`},
		{rawClicks, `insert into clicks (node, no, program_id, partnership_id, link_no, at, flags, device, country, referrer, sub_id)
			select 'node', i, $1, ` + partner(fmt.Sprintf("(i * 7907 %% %d)", partners)) + `, ` + linkNo(fmt.Sprintf("(i * 7907 %% %d)", links)) + `, ` + raw + `,
				case when i % 50 = 0 then 2 else 0 end, 'phone', 'DE', 'https://l.instagram.com/', '' from n`},
	}
}

// linkNo spreads link numbers over all 64 bits, as the random ones are.
func linkNo(of string) string { return `((` + of + ` + 1) * 1844674407370955)` }

func update(b *testing.B, d *db.DB, f func(ctx context.Context, tx *db.Tx) error) {
	b.Helper()
	if err := d.Update(b.Context(), func(tx *db.Tx) error { return f(b.Context(), tx) }); err != nil {
		b.Fatal(err)
	}
}

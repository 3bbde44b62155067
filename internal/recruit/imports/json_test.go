package imports

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/recruit/creators"
)

const entries = `[
 {"name": "Mara Lindt", "email": "mara@example.org", "topics": ["Baking", "tea"], "values": ["cruelty free"], "tags": "met at the fair",
  "audience": {"country": {"DE": 40, "AT": "10 %"}, "gender": {"female": 0.7}}, "collaborations": ["Nordic Tea", "Plain Soap"], "price": "250.00 EUR",
  "profiles": [{"platform": "tiktok", "handle": "mara.bakes", "followers": 12400}, {"platform": "instagram", "handle": "mara.lindt", "followers": 31000}]},
 {"platform": "youtube", "handle": "juno", "followers": 1.2e4, "verified": true, "audience": null, "late": {"deep": [1]}}
]`

// newProgram makes a program in euros.
func newProgram(t *testing.T, d *db.DB) programs.ID {
	t.Helper()
	var p programs.Program
	err := d.Update(t.Context(), func(tx *db.Tx) (err error) {
		p, err = programs.Create(t.Context(), tx, programs.New{Name: "Nordic Tea", Currency: "EUR"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// looked runs f on what is stored.
func looked(t *testing.T, d *db.DB, f func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func TestAnArrayAndLinesOfJSONAreRead(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		program := newProgram(t, d)
		report := imported(t, d, entries, Options{Program: program, MadeBy: "Ana"})
		if report.Tally.Taken != 3 || report.Tally.Creators != 2 || !slices.Equal(report.Ignored, []string{"late"}) {
			t.Fatalf("%+v", report)
		}
		looked(t, d, func(ctx context.Context, tx *db.Tx) error {
			mara, _, err := creators.FindByAccount(ctx, tx, creators.Account{Platform: creators.PlatformTikTok, Handle: "mara.bakes"})
			if err != nil || len(mara.Profiles) != 2 || *mara.Followers != 31_000 || mara.Tier != creators.TierMicro || mara.Profiles[0].Platform != creators.PlatformInstagram {
				t.Fatalf("%+v, %v", mara, err)
			}
			checkMara(ctx, t, tx, program, mara)
			return nil
		})
		lines := `{"handle": "a", "platform": "tiktok"}` + "\n" + `{"handle": "b", "platform": "tiktok", "country": "DE"}` + "\n\n"
		if again := imported(t, d, lines, Options{}); again.Tally.Taken != 2 {
			t.Errorf("%+v", again)
		}
		if again := imported(t, d, entries, Options{Program: program}); again.Tally.Known != 3 {
			t.Errorf("the same again: %+v", again)
		}
	})
}

func checkMara(ctx context.Context, t *testing.T, tx *db.Tx, program programs.ID, mara creators.Creator) {
	t.Helper()
	tags, err := creators.TagsOf(ctx, tx, program, []creators.ID{mara.ID})
	if err != nil || len(tags[mara.ID]) != 4 || tags[mara.ID][0].MadeBy != "Ana" || tags[mara.ID][0].Source != creators.SourceImport {
		t.Errorf("%+v, %v", tags, err)
	}
	work, err := creators.CollaborationsOf(ctx, tx, program, []creators.ID{mara.ID})
	if err != nil || len(work[mara.ID]) != 2 {
		t.Errorf("%+v, %v", work, err)
	}
	prices, err := creators.PricesOf(ctx, tx, program, []creators.ID{mara.ID})
	if err != nil || prices[mara.ID].Minor != 25_000 || prices[mara.ID].Currency != "EUR" {
		t.Errorf("%+v, %v", prices, err)
	}
	for _, p := range mara.Profiles {
		audiences, err := creators.AudienceOf(ctx, tx, program, []creators.ProfileID{p.ID})
		want := []creators.Slice{{Dimension: "country", Key: "DE", ShareBP: 4000}, {Dimension: "country", Key: "AT", ShareBP: 1000}, {Dimension: "gender", Key: "female", ShareBP: 7000}}
		if err != nil || len(audiences[p.ID]) != 1 || !slices.Equal(audiences[p.ID][0].Slices, want) {
			t.Errorf("%+v, %v", audiences, err)
		}
	}
}

func TestUndoTakesAlsoWhatIsBeyondFigures(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		program := newProgram(t, d)
		imported(t, d, "platform,handle\ntiktok,mara.bakes\n", Options{})
		report := imported(t, d, entries, Options{Program: program})
		if err := Undo(t.Context(), d, report.ID, nil); err != nil {
			t.Fatal(err)
		}
		looked(t, d, func(ctx context.Context, tx *db.Tx) error {
			for _, table := range []string{"creator_tags", "creator_collaborations", "creator_prices", "profile_audiences", "creator_contacts"} {
				var n int
				if err := tx.QueryRow(ctx, `select count(*) from `+table).Scan(&n); err != nil || n != 0 {
					t.Errorf("%d rows are left in %s, %v", n, table, err)
				}
			}
			mara, found, err := creators.FindByAccount(ctx, tx, creators.Account{Platform: creators.PlatformTikTok, Handle: "mara.bakes"})
			if err != nil || !found || len(mara.Profiles) != 1 {
				t.Errorf("%+v, %v", mara, err)
			}
			return nil
		})
	})
}

func TestWhoAskedToBeLeftAloneIsNotImportedAgain(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		program, box := newProgram(t, d), secret.New(make([]byte, secret.KeySize))
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := creators.Suppress(t.Context(), tx, box, []creators.Suppression{{Program: program, Email: "mara@example.org"}, {Account: creators.Account{Platform: "tiktok", Handle: "Juno"}}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		text := "platform,handle,email\ntiktok,mara,Mara@Example.org\ntiktok,juno,\ninstagram,juno,\ntiktok,lia,\n"
		for _, dry := range []bool{true, false} {
			report := imported(t, d, text, Options{Program: program, Box: box, DryRun: dry})
			if report.Tally.Refused != 2 || report.Tally.Taken != 2 || report.Refusals[0].Reason != reasonAlone || report.Refusals[1].Line != 3 {
				t.Errorf("dry %v: %+v", dry, report)
			}
		}
		if report := imported(t, d, entries, Options{Program: program, Box: box}); report.Tally.Refused != 2 || report.Tally.Taken != 1 {
			t.Errorf("both accounts of an entry: %+v", report.Tally)
		}
	})
}

func TestAMappingIsRememberedForItsSource(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		program := newProgram(t, d)
		header := "who,reach\n"
		m := Mapping{Platform: creators.PlatformTikTok, Columns: map[Field]string{FieldHandle: "who", FieldFollowers: "#2"}}
		imported(t, d, header+"mara,12\n", Options{Program: program, Mapping: m, SourceName: "Fair list"})
		looked(t, d, func(ctx context.Context, tx *db.Tx) error {
			s, found, err := Propose(ctx, tx, program, []string{"Who", "Reach"})
			if err != nil || !found || s.Name != "Fair list" || s.Mapping.Platform != creators.PlatformTikTok || s.Mapping.Columns[FieldFollowers] != "reach" {
				t.Errorf("%+v, %v", s, err)
			}
			if _, found, err := Propose(ctx, tx, "", []string{"who", "reach"}); found || err != nil {
				t.Errorf("another program's mapping is proposed: %v", err)
			}
			if _, found, err := Propose(ctx, tx, program, []string{"reach", "who"}); found || err != nil {
				t.Errorf("another order of columns is taken for the same: %v", err)
			}
			all, err := Sources(ctx, tx, program)
			if err != nil || len(all) != 1 {
				t.Errorf("%v, %v", all, err)
			}
			return nil
		})
	})
}

func TestSharesAreReadInTheWaysListsWriteThem(t *testing.T) {
	for cell, want := range map[string]string{
		"DE 40 %; AT 10": "AT 1000 DE 4000 ", "de: 40%, at: 10%": "at 1000 de 4000 ", `{"DE": 0.4, "AT": "0.1"}`: "AT 1000 DE 4000 ", "DE=40|AT=10.5": "AT 1050 DE 4000 ", "United States 33.3": "United States 3330 ",
	} {
		all, err := parseShares(cell, creators.DimensionCountry)
		got := ""
		for _, s := range all {
			got += s.Key + " " + number(new(int64(s.ShareBP))) + " "
		}
		if err != nil || got != want {
			t.Errorf("%q: %q, %v", cell, got, err)
		}
	}
	for _, cell := range []string{"40", "DE forty", "DE -1", "DE 101", `{"DE": {}}`, "DE 4; DE 5", "{"} {
		if all, err := parseShares(cell, creators.DimensionCountry); err == nil {
			t.Errorf("%q is read as %v", cell, all)
		}
	}
}

func TestJSONThatIsNoListIsRefusedInWords(t *testing.T) {
	for text, want := range map[string]string{
		`[]`: "no entries", `[{"a": 1}, 2]`: "no object", `[{"handle": "a"`: "missing or stands in the wrong place", `[{"handle": "a"} {"handle": "b"}]`: "entry 1", `[{"profiles": 3}]`: "profiles",
		`[{"a": "` + "\xff" + `"}]`: "UTF-8", `{"a": "` + strings.Repeat("x", 2*LongestLine) + `"}`: "1 MiB",
	} {
		_, err := Inspect(strings.NewReader(text))
		if fault.KindOf(err) != fault.KindInvalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(entries))
	f.Add([]byte("{\"a\":1}\n{\"b\":[null,{}]}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if !isJSON(text) {
			return
		}
		file, err := open(bytes.NewReader(text))
		if err != nil {
			return
		}
		laid, err := Mapping{Platform: creators.PlatformTikTok}.apply(file.titles())
		if err != nil {
			return
		}
		p := &parser{layout: laid}
		for {
			record, err := file.next()
			if err != nil {
				if _, ok := fault.As(err); !ok && !errors.Is(err, io.EOF) {
					t.Fatalf("no fault: %v", err)
				}
				return
			}
			p.layout.grow(file.titles(), Mapping{})
			if _, err := p.parse(record); err == nil && p.account().Handle == "" {
				t.Fatal("a row without an account is taken")
			}
		}
	})
}

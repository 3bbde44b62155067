package imports

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/recruit/creators"
)

func TestCountsAsPeopleWriteThem(t *testing.T) {
	for cell, want := range map[string]int64{
		"0": 0, "1234": 1234, "1,234": 1234, "1,234,567": 1234567, "1.234.567": 1234567, "1 234": 1234, "1\u00a0234": 1234, "1'234": 1234, "1.2M": 1_200_000,
		"1,5K": 1500, "12K": 12_000, "12k": 12_000, "1.25 m": 1_250_000, "2B": 2_000_000_000, "1,234K": 1_234_000, "12.5": 13, "0.123": 0, "1,234.5": 1235,
		"1.234,56": 1235, "1.2345M": 1_234_500,
	} {
		got, err := parseCount(cell)
		if err != nil || got == nil || *got != want {
			t.Errorf("%q: %v, %v, want %d", cell, got, err, want)
		}
	}
	for cell, want := range map[string]error{
		"1.234": errAmbiguous, "1,23": errNumber, "1,23,456": errNumber, "k": errNumber, "'": errNumber, "-1": errNegative, "1e9": errNumber, "٣": errNumber,
		"99999999999999": errLarge, "99999B": errLarge, "1..2": errNumber, ".5K": errNumber, "1.2.3M": errNumber,
	} {
		if got, err := parseCount(cell); !errors.Is(err, want) {
			t.Errorf("%q: %v, %v, want %v", cell, got, err, want)
		}
	}
}

func TestPlainCountsAreReadAsTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, creators.MaxCount).Draw(t, "n")
		for _, text := range []string{fmt.Sprint(n), thousands(n)} {
			if got, err := parseCount(text); err != nil || *got != n {
				t.Fatalf("%q: %v, %v", text, got, err)
			}
		}
	})
}

func TestLengths(t *testing.T) {
	for cell, want := range map[string]int64{"31": 31, "00:31": 31, "01:05": 65, "1:02:03": 3723} {
		if got, err := parseSeconds(cell); err != nil || *got != want {
			t.Errorf("%q: %v, %v", cell, got, err)
		}
	}
	for _, cell := range []string{"1:60", ":", "1:2:3:4", "-1", "1s"} {
		if got, err := parseSeconds(cell); err == nil {
			t.Errorf("%q is read as %d", cell, *got)
		}
	}
}

func TestInspectShowsWhatWouldBeRead(t *testing.T) {
	seen, err := Inspect(strings.NewReader("\uFEFFAccount;Followers;Shoe size\njuno;1,2K\nmara;5;38;\n"))
	if err != nil {
		t.Fatal(err)
	}
	if seen.Separator != ";" || seen.Kind != KindCreators || seen.Mapping.Columns[FieldHandle] != "Account" || len(seen.Ignored) != 1 || len(seen.Sample) != 2 ||
		len(seen.Sample[0]) != 3 || seen.Problem != nil {
		t.Errorf("%+v", seen)
	}
	if seen, err := Inspect(strings.NewReader("a,b\n1,2\n")); err != nil || seen.Problem == nil {
		t.Errorf("%+v, %v", seen, err)
	}
}

func FuzzInspect(f *testing.F) {
	f.Add([]byte("platform,handle,followers\ntiktok,juno,1.2K\n"))
	f.Add([]byte("\uFEFFsep=;\nhandle;url\n\"a;b\";c\n"))
	f.Add([]byte("\xff\xfeh\x00"))
	f.Add([]byte("handle\n\"\n\xe9"))
	f.Fuzz(func(t *testing.T, file []byte) {
		seen, err := Inspect(strings.NewReader(string(file)))
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Fatalf("no fault: %v", err)
			}
			return
		}
		for _, row := range seen.Sample {
			if len(row) != len(seen.Columns) {
				t.Fatalf("%d cells under %d columns", len(row), len(seen.Columns))
			}
		}
		if _, err := seen.Mapping.apply(seen.Columns); seen.Problem == nil && err != nil {
			t.Fatalf("the suggested mapping does not do: %v", err)
		}
	})
}

func FuzzRows(f *testing.F) {
	f.Add("tiktok,juno,1.2K,2025-01-01,yes,a@b.example,bio,p1,00:31")
	f.Add("instagram,https://instagram.com/x,\"1,234\",2025-01-01T00:00:00Z,x,,,,1:2:3")
	f.Add("'=1,,-1,9999-99-99,,,\x07,,")
	const header = "platform,handle,followers,seen_at,verified,email,bio,post,seconds\n"
	f.Fuzz(func(t *testing.T, line string) {
		file, err := open(strings.NewReader(header + line))
		if err != nil {
			return
		}
		laid, err := Mapping{}.apply(file.titles())
		if err != nil {
			t.Fatal(err)
		}
		p := parser{layout: laid, now: dbtest.Start}
		for {
			record, err := file.next()
			if err != nil {
				if _, ok := fault.As(err); !ok && !errors.Is(err, io.EOF) {
					t.Fatalf("no fault: %v", err)
				}
				return
			}
			row, err := p.parse(record)
			switch {
			case err != nil && err.Error() == "":
				t.Fatal("refused without a reason")
			case err == nil && (row.account.Handle == "" || row.post.PlatformID == "" || !utf8.ValidString(row.snapshot.Details.Bio) || row.snapshot.TakenAt.IsZero()):
				t.Fatalf("taken: %+v", row)
			case err == nil && row.snapshot.Counts.Check() != nil:
				t.Fatalf("counts %+v", row.snapshot.Counts)
			}
		}
	})
}

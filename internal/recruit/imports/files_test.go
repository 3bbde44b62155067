package imports

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/recruit/creators"
)

func TestFilesAsSpreadsheetsSaveThem(t *testing.T) {
	lines := "platform,handle,name,followers\ntiktok,juno,\"Ju, no\",\"1,234\"\n\n,,,\ninstagram,https://instagram.com/mara.lindt/?hl=de,\"Mara \"\"M\"\" Lindt\",1.2M\n"
	for name, text := range map[string]string{
		"plain": lines, "mark": "\uFEFF" + lines, "carriage returns": strings.ReplaceAll(lines, "\n", "\r\n"), "no last line end": strings.TrimSpace(lines),
		"semicolon":   strings.NewReplacer(`"Ju, no"`, "§", `"1,234"`, "1.234.000", ",", ";").Replace(lines),
		"tab":         strings.NewReplacer(`"Ju, no"`, "§", `"1,234"`, "1 234", ",", "\t").Replace(lines),
		"sep":         "sep=|\n" + strings.NewReplacer(`"Ju, no"`, "§", `"1,234"`, "1234", ",", "|").Replace(lines),
		"loose quote": "platform,handle,name,followers\ntiktok,juno,5\" screen,7\ninstagram,mara,a \"b\" c,9\n",
	} {
		t.Run(name, func(t *testing.T) {
			report := imported(t, dbtest.New(t, db.EngineSQLite), text, Options{})
			if report.Tally.Taken != 2 || report.Tally.Rows != 2 {
				t.Errorf("%+v %v", report.Tally, report.Refusals)
			}
		})
	}
}

func TestFilesThatCannotBeReadAreRefusedWithAWayOut(t *testing.T) {
	const header = "platform,handle,followers\n"
	wide := strings.Repeat("a,", MostColumns) + "handle\n"
	for name, c := range map[string]struct{ text, says string }{
		"utf-16":         {inUTF16(header), "UTF-16"},
		"utf-16 no mark": {inUTF16(header)[2:], "UTF-16"},
		"windows-1252":   {header + "tiktok,Zo\xeb,1\n", "Windows-1252"},
		"shift jis":      {header + "tiktok,\x83\x6e\x83\x93\x83\x68\x83\x8b\x93\xfa\x96\x7b\x8c\xea\x93\xfa\x96\x7b,1\n", "another script"},
		"xlsx":           {"PK\x03\x04 and so on", "spreadsheet"},
		"gzip":           {"\x1f\x8b\x08", "compressed"},
		"empty":          {"", "empty"},
		"only a mark":    {"\uFEFF", "empty"},
		"zero":           {header + "tiktok,a\x00b,1\n", "zero bytes"},
		"no account":     {"name,followers\nx,1\n", "“name”, “followers”"},
		"two of one":     {"handle,username,platform\na,b,tiktok\n", "Columns 1 and 2"},
		"wide":           {wide, "201 columns"},
		"open quote":     {header + "tiktok,\"juno,1\n" + strings.Repeat("tiktok,somebody,1\n", 80_000), "quotation mark"},
		"long line":      {header + "tiktok," + strings.Repeat("x", 2*LongestLine) + ",1\n", "1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			d := dbtest.New(t, db.EngineSQLite)
			_, err := attempt(t, d, c.text, Options{})
			f, ok := fault.As(err)
			if !ok || f.Field == "" || !strings.Contains(f.Message, c.says) {
				t.Errorf("got %v, want something with %q", err, c.says)
			}
			if n := rowsLeft(t, d); n != 0 {
				t.Errorf("%d rows are left", n)
			}
		})
	}
}

func inUTF16(text string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestRowsAreRefusedWithTheColumnAndTheReason(t *testing.T) {
	const header = "platform,handle,followers,taken_on,verified,email,bio\n"
	d := dbtest.New(t, db.EngineSQLite)
	for row, says := range map[string]string{
		"myspace,a,1,,,,": "“platform” is not", ",a,1,,,,": "needs its platform", "tiktok,,1,,,,": "needs a handle", "tiktok,a b,1,,,,": "no spaces",
		"tiktok," + strings.Repeat("a", 25) + ",1,,,,": "at most 24", "instagram,https://tiktok.com/@a,1,,,,": "another platform",
		"tiktok,a,many,,,,": "“followers” is not a count", "tiktok,a,1.234,,,,": "a thousand or a fraction", "tiktok,a,99999999999999,,,,": "larger than",
		"tiktok,a,1,21.05.2025,,,": "“taken_on” is not a date", "tiktok,a,1,2099-01-01,,,": "future", "tiktok,a,1,1999-01-01,,,": "before the year 2000",
		"tiktok,a,1,,perhaps,,": "neither yes nor no", "tiktok,a,1,,,nobody,": "not an e-mail address", "tiktok,a,1,,,,x,more": "8 cells where the file has 7",
		"tiktok,a,1,,,," + strings.Repeat("x", 5001): "longer than 5,000", "tiktok,a,1,,,,a\x07b": "control characters",
	} {
		report := imported(t, d, header+row+"\n", Options{})
		if len(report.Refusals) != 1 || report.Refusals[0].Line != 2 || !strings.Contains(report.Refusals[0].Reason, says) {
			t.Errorf("%q: got %v, want something with %q", row, report.Refusals, says)
		}
	}
}

func TestFormulasStayText(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	imported(t, d, "platform,handle,name\ntiktok,a,=cmd|' /C calc'!A0\ntiktok,b,'=1+1\ntiktok,c,+1\ntiktok,d,@sum\n", Options{})
	seen := strings.Join(everybody(t, d), "\n")
	for _, name := range []string{"=cmd|' /C calc'!A0 ", "=1+1 ", "+1 ", "@sum "} {
		if !strings.Contains("\n"+seen, "\n"+name) {
			t.Errorf("%q is not there: %s", name, seen)
		}
	}
}

func TestColumnsAreMappedByHand(t *testing.T) {
	const text = "Konto;Abonnenten;Name\njuno;8200;Juno\n"
	d := dbtest.New(t, db.EngineSQLite)
	m := Mapping{Columns: map[Field]string{FieldHandle: "konto", FieldFollowers: "#2", FieldName: ""}, Platform: "tiktok"}
	report := imported(t, d, text, Options{Mapping: m})
	if seen := everybody(t, d); len(seen) != 1 || !strings.HasPrefix(seen[0], "juno nano 8200") || len(report.Ignored) != 1 {
		t.Errorf("%q, ignored %q", seen, report.Ignored)
	}
	for _, wrong := range []Mapping{
		{Columns: map[Field]string{FieldHandle: "Kanal"}}, {Columns: map[Field]string{"shoe_size": "Konto"}},
		{Columns: map[Field]string{FieldHandle: "Konto", FieldURL: "#1"}}, {Columns: map[Field]string{FieldHandle: "Konto"}, Platform: "myspace"},
	} {
		if _, err := attempt(t, d, text, Options{Mapping: wrong}); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}

// generatedReader makes the file while it is read.
func generatedReader(rows int) io.Reader {
	r, w := io.Pipe()
	go func() {
		_, err := io.WriteString(w, "platform,handle,followers\n")
		for i := 0; i < rows && err == nil; i++ {
			_, err = fmt.Fprintf(w, "tiktok,invented_%d,%d\n", i, i)
		}
		w.CloseWithError(err)
	}()
	return r
}

// The shared sample files hold real people's accounts: they are read where they lie and never copied.
func TestSharedFilesImportCompletely(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("RAPPORT_SHARED")
	if dir == "" {
		dir = "../../../../shared"
	}
	dir = filepath.Join(dir, "data", "creators")
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(files) == 0 {
		t.Skipf("no sample files in %s (set RAPPORT_SHARED to the folder that holds data/creators)", dir)
	}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		files := files
		if d.Engine() == db.EnginePostgres && os.Getenv("RAPPORT_LONG") == "" {
			files = smallest(t, files, 2) // all of them take a minute
		}
		total, known := 0, map[string]bool{}
		for _, path := range files {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want := recount(t, string(text), known)
			if dry := imported(t, d, string(text), Options{DryRun: true}).Tally; dry != want {
				t.Errorf("%s: a dry run says %+v, want %+v", filepath.Base(path), dry, want)
			}
			got := imported(t, d, string(text), Options{Source: filepath.Base(path)}).Tally
			if got != want {
				t.Errorf("%s: got %+v, want %+v", filepath.Base(path), got, want)
			}
			if again := imported(t, d, string(text), Options{}).Tally; again.Taken != 0 || again.Known != want.Taken+want.Known || again.Refused != want.Refused {
				t.Errorf("%s again: %+v", filepath.Base(path), again)
			}
			t.Logf("%s: %+v", filepath.Base(path), got)
			total += int(got.Creators)
		}
		err := d.View(t.Context(), func(tx *db.Tx) error {
			n, err := creators.Count(t.Context(), tx, creators.Filter{Everywhere: true}, 1_000_000)
			if n != total {
				t.Errorf("%d creators, want %d", n, total)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// smallest returns the n smallest of the files.
func smallest(t *testing.T, files []string, n int) []string {
	t.Helper()
	size := func(path string) int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	sorted := slices.SortedFunc(slices.Values(files), func(a, b string) int { return cmp.Compare(size(a), size(b)) })
	return sorted[:min(n, len(sorted))]
}

// recount counts a file without the importer: rows that repeat a moment of an account (or a post) exactly are known, those that contradict it
// refused. Accounts known from earlier files are passed along.
func recount(t *testing.T, text string, accounts map[string]bool) (want Tally) {
	t.Helper()
	r := csv.NewReader(strings.NewReader(text))
	header, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range header {
		column[name] = i
	}
	cell := func(record []string, name string) string {
		if i, ok := column[name]; ok {
			return record[i]
		}
		return ""
	}
	said, shots := map[string]string{}, map[string]bool{}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return want
		}
		if err != nil {
			t.Fatal(err)
		}
		want.Rows++
		account := cell(record, "platform") + "/" + strings.ToLower(cell(record, "handle"))
		moment := account + "/" + cell(record, "post") + "/" + cell(record, "taken_on") + cell(record, "seen_at")
		all := strings.Join(record, "\x00")
		switch before, ok := said[moment]; {
		case ok && before == all:
			want.Known++
			continue
		case ok:
			want.Refused++
			continue
		}
		said[moment] = all
		want.Taken++
		if !accounts[account] {
			accounts[account] = true
			want.Creators++
		}
		if cell(record, "post") != "" {
			want.Posts++
		}
		if shot := account + cell(record, "taken_on") + cell(record, "seen_at"); !shots[shot] && cell(record, "followers") != "" {
			shots[shot] = true
			want.Snapshots++
		}
	}
}

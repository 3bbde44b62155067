package imports

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

const monthly = `platform,handle,taken_on,followers,category,engagement_avg,views_avg,likes_avg,comments_avg,shares_avg
instagram,Mara.Lindt,2025-09-30,12000,Fashion,480,,,,
instagram,mara.lindt,2025-10-31,12400,N/A,500,,,,
tiktok,@juno,2025-09-30,8200,,,10000,700,30,20
tiktok,juno,2025-09-30,8200,,,10000,700,30,20
tiktok,juno,2025-09-30,9999,,,10000,700,30,20
youtube,oldtimer,2025-09-30,-5,,,,,,
`

func TestEveryRowIsTakenKnownOrRefused(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		report := imported(t, d, monthly, Options{Source: "monthly.csv"})
		want := Tally{Rows: 6, Taken: 3, Known: 1, Refused: 2, Creators: 2, Snapshots: 3}
		if report.Tally != want {
			t.Errorf("tally %+v, want %+v", report.Tally, want)
		}
		refused := []Refusal{{6, reasonOtherFigures}, {7, "“followers” must not be negative"}}
		if diff := cmp.Diff(refused, sortedRefusals(report.Refusals)); diff != "" {
			t.Error(diff)
		}
		seen := everybody(t, d)
		if len(seen) != 2 || !strings.HasPrefix(seen[1], "Mara.Lindt micro 12400") || !strings.Contains(seen[1], "40323 engagement / followers") ||
			!strings.Contains(seen[0], "75000 (likes + comments + shares) / views") {
			t.Errorf("seen %q", seen)
		}
		stored := storedImport(t, d, report.ID)
		if stored.State != StateVisible || stored.FinishedAt.IsZero() || stored.Tally.Rows != 6 || stored.Tally.Refused != 2 {
			t.Errorf("stored %+v", stored)
		}
	})
}

func sortedRefusals(all []Refusal) []Refusal {
	return slices.SortedFunc(slices.Values(all), func(a, b Refusal) int { return a.Line - b.Line })
}

func storedImport(t *testing.T, d *db.DB, it ID) (i Import) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) (err error) { i, err = Find(t.Context(), tx, it); return err }); err != nil {
		t.Fatal(err)
	}
	return i
}

const posts = `platform,handle,followers,post,posted_at,seen_at,seconds,views,likes,comments,shares,saves,hashtags,caption
tiktok,juno,8300,p1,2025-10-01 09:44:45,2025-10-09 15:38:41,00:31,1000,60,5,5,1,#haul #new,one
tiktok,juno,8300,p2,2025-10-02 09:44:45,2025-10-09 15:38:41,00:31,2000,120,10,10,1,,two
tiktok,juno,8300,p3,2025-10-03 09:44:45,2025-10-09 15:38:41,1:02:03,3000,180,15,15,1,,three
tiktok,nils,,p1,2025-10-03 09:44:45,2025-10-09 15:38:41,30,300,,1,1,1,,somebody else's
`

func TestAPostsFileBringsPostsAndRates(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		imported(t, d, monthly, Options{})
		report := imported(t, d, posts, Options{})
		if want := (Tally{Rows: 4, Taken: 4, Creators: 1, Snapshots: 1, Posts: 4}); report.Tally != want || report.Kind != KindPosts {
			t.Errorf("%s %+v", report.Kind, report.Tally)
		}
		seen := everybody(t, d)
		if !strings.Contains(seen[0], "70000 (likes + comments + shares) / views") || strings.Count(seen[0], " * p") != 3 || !strings.HasPrefix(seen[0], "juno nano 8300") {
			t.Errorf("seen %q", seen[0])
		}
		later := strings.ReplaceAll(posts, "2025-10-09", "2025-10-10")
		if report := imported(t, d, later, Options{}); report.Tally.Taken != 4 || report.Tally.Posts != 0 {
			t.Errorf("a later look: %+v", report.Tally)
		}
	})
}

func TestImportingAgainAddsNothing(t *testing.T) {
	t.Parallel()
	undated := "handle,platform,followers,bio\njuno,tiktok,8500,makes things\nnew_one,tiktok,1,\nnils,tiktok,1.2K,\njuno,tiktok,8600,\n"
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		files := []string{monthly, posts, undated}
		var first []Report
		for _, text := range files {
			first = append(first, imported(t, d, text, Options{}))
			dbtest.Clock(d).Advance(time.Minute)
		}
		before := everybody(t, d)
		for i, text := range files {
			dbtest.Clock(d).Advance(time.Hour)
			again := imported(t, d, text, Options{})
			if again.Tally.Taken != 0 || again.Tally.Refused != first[i].Tally.Refused {
				t.Errorf("file %d: %+v, then %+v", i, first[i].Tally, again.Tally)
			}
		}
		if diff := cmp.Diff(before, everybody(t, d)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestADryRunReportsTheSameAndWritesNothing(t *testing.T) {
	t.Parallel()
	big := "taken_on," + strings.ReplaceAll(generated(800), "\n", "\n2025-01-01,")
	big = strings.TrimSuffix(big, "2025-01-01,")
	big += big[strings.Index(big, "\n")+1:] + "2025-01-01,tiktok,invented_000000,Name 0 Of 800,7,7,7,7,DE,German,False,Fashion,other\n"
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for _, text := range []string{monthly, posts, big} {
			before := rowsLeft(t, d)
			dry := imported(t, d, text, Options{DryRun: true})
			if after := rowsLeft(t, d); after != before || dry.ID != "" {
				t.Fatalf("a dry run wrote %d rows", after-before)
			}
			wet := imported(t, d, text, Options{})
			wet.ID = ""
			if diff := cmp.Diff(dry, wet); diff != "" {
				t.Error(diff)
			}
		}
	})
}

func TestUndoRestoresWhatWasBefore(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		imported(t, d, monthly, Options{})
		before := everybody(t, d)
		second := imported(t, d, strings.ReplaceAll(monthly, "2025-10-31,12400", "2025-11-30,99000")+"pinterest,fresh,2025-11-30,5,,,,,,\n", Options{})
		third := imported(t, d, posts, Options{})
		if err := Undo(t.Context(), d, second.ID, nil); err != nil {
			t.Fatal(err)
		}
		if err := Undo(t.Context(), d, third.ID, nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, everybody(t, d)); diff != "" {
			t.Error(diff)
		}
		if err := Undo(t.Context(), d, third.ID, nil); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("undone twice: %v", err)
		}
	})
}

// Whatever the order in which imports are undone, the last undo leaves nothing, and what is left before it is what the others alone would have made.
func TestUndoingInAnyOrderLeavesWhatTheOthersMade(t *testing.T) {
	t.Parallel()
	overlapping := []string{
		"platform,handle,taken_on,followers,bio\ntiktok,a,2025-01-01,10,x\ntiktok,b,2025-01-01,20,\n",
		"platform,handle,taken_on,followers,bio\ntiktok,b,2025-02-01,30,y\ntiktok,c,2025-02-01,40,\n",
		"platform,handle,post,seen_at,followers,views,likes,comments,shares\ntiktok,a,p,2025-03-01,11,9,1,1,1\ntiktok,c,q,2025-03-01,,8,1,1,1\n",
		"platform,handle,post,seen_at,followers,views,likes,comments,shares\ntiktok,a,p,2025-04-01,12,99,1,1,1\ntiktok,d,q,2025-03-01,,8,1,1,1\n",
	}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		var alone [4][]string
		for i, text := range overlapping {
			only := imported(t, d, text, Options{}).ID
			alone[i] = everybody(t, d)
			undo(t, d, only)
		}
		for _, order := range permutations([]int{0, 1, 2, 3}) {
			var ids [4]ID
			for i, text := range overlapping {
				ids[i] = imported(t, d, text, Options{}).ID
			}
			for _, i := range order[:3] {
				undo(t, d, ids[i])
			}
			if diff := cmp.Diff(alone[order[3]], everybody(t, d)); diff != "" {
				t.Fatalf("%v: %s", order, diff)
			}
			undo(t, d, ids[order[3]])
			if n := rowsLeft(t, d); n != 0 {
				t.Fatalf("%v: %d rows are left", order, n)
			}
		}
	})
}

func undo(t *testing.T, d *db.DB, it ID) {
	t.Helper()
	if err := Undo(t.Context(), d, it, nil); err != nil {
		t.Fatal(err)
	}
}

func permutations(of []int) (all [][]int) {
	if len(of) == 0 {
		return [][]int{nil}
	}
	for i, first := range of {
		for _, rest := range permutations(slices.Delete(slices.Clone(of), i, i+1)) {
			all = append(all, append([]int{first}, rest...))
		}
	}
	return all
}

// cutOff is a reader that ends with an error after some bytes, as a broken upload does.
type cutOff struct {
	inner io.Reader
	after func() error // asked before each read
}

func (c cutOff) Read(p []byte) (int, error) {
	if err := c.after(); err != nil {
		return 0, err
	}
	return c.inner.Read(p[:min(len(p), 4096)])
}

func TestABrokenUploadLeavesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		broken := errors.New("connection reset")
		reads := 0
		_, err := Run(t.Context(), d, Options{Reader: cutOff{strings.NewReader(generated(5000)), func() error {
			if reads++; reads > 30 {
				return broken
			}
			return nil
		}}})
		if !errors.Is(err, broken) || rowsLeft(t, d) != 0 || len(everybody(t, d)) != 0 {
			t.Fatalf("%v, %d rows left", err, rowsLeft(t, d))
		}
	})
}

func TestALateWrongByteLeavesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		_, err := attempt(t, d, generated(800)+"tiktok,caf\xe9,,1,,,,,,,,\n", Options{})
		f, ok := fault.As(err)
		if !ok || !strings.Contains(f.Message, "Line 802") || !strings.Contains(f.Message, "Windows-1252") || rowsLeft(t, d) != 0 {
			t.Fatalf("%v, %d rows left", err, rowsLeft(t, d))
		}
	})
}

// A process that dies between two chunks is one whose Run never comes back: here its reader stops the goroutine for good.
func TestAKilledImportIsHiddenAndThenCleaned(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		imported(t, d, monthly, Options{})
		before, rows := everybody(t, d), rowsLeft(t, d)
		killed := make(chan struct{})
		go func() {
			defer close(killed)
			reads := 0
			_, _ = Run(context.Background(), d, Options{Reader: cutOff{strings.NewReader(monthly + generated(5000)[91:]), func() error {
				if reads++; reads > 60 {
					<-t.Context().Done() // never before the test ends
				}
				return nil
			}}, Progress: func(p Progress) {
				if p.Tally.Rows > 1000 {
					killed <- struct{}{}
					select {} // nothing runs after a kill
				}
			}})
		}()
		<-killed
		if rowsLeft(t, d) <= rows {
			t.Fatal("nothing was stored before the kill: the test tests nothing")
		}
		if diff := cmp.Diff(before, everybody(t, d)); diff != "" {
			t.Fatalf("half an import is to be seen: %s", diff)
		}
		if _, err := attempt(t, d, monthly, Options{}); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a second import beside one at work: %v", err)
		}
		if err := CleanAbandoned(t.Context(), d, nil); err != nil || rowsLeft(t, d) <= rows {
			t.Fatalf("an import with a fresh lease was cleaned away: %v", err)
		}
		dbtest.Clock(d).Advance(2 * lease)
		if err := CleanAbandoned(t.Context(), d, nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, everybody(t, d)); diff != "" || rowsLeft(t, d) != rows {
			t.Fatalf("%d rows, were %d; %s", rowsLeft(t, d), rows, diff)
		}
	})
}

func TestProspectsAreMadeForAllAcceptedRowsAlsoAfterACrash(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		imported(t, d, monthly, Options{})
		program := makeProgram(t, d)
		crash := errors.New("power cut")
		made := map[creators.ID]int{}
		on := func(fails bool) OnCreator {
			return func(_ context.Context, _ *db.Tx, c creators.ID, _ ID) error {
				if fails {
					return crash
				}
				made[c]++
				return nil
			}
		}
		if _, err := attempt(t, d, monthly, Options{Program: program, OnCreator: on(true)}); !errors.Is(err, crash) {
			t.Fatal(err)
		}
		dbtest.Clock(d).Advance(2 * lease)
		for range 2 {
			if err := CleanAbandoned(t.Context(), d, func(programs.ID) OnCreator { return on(false) }); err != nil {
				t.Fatal(err)
			}
		}
		if len(made) != 2 {
			t.Fatalf("%d creators became prospects, want 2", len(made))
		}
		for c, n := range made {
			if n != 1 {
				t.Errorf("%s became a prospect %d times", c, n)
			}
		}
	})
}

func makeProgram(t *testing.T, d *db.DB) (made programs.ID) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		p, err := programs.Create(t.Context(), tx, programs.New{Name: "Test", Currency: "EUR"})
		made = p.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestContactsBelongToTheProgramAndGoWithTheImport(t *testing.T) {
	t.Parallel()
	const text = "platform,handle,name,email,phone\ntiktok,juno,=cmd|' /C calc'!A0,juno@example.com,+49 123\n"
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		program := makeProgram(t, d)
		report := imported(t, d, text, Options{Program: program})
		contact := func(of programs.ID) (name string, c creators.Contact) {
			err := d.View(t.Context(), func(tx *db.Tx) error {
				found, ok, err := creators.FindByAccount(t.Context(), tx, creators.Account{Platform: creators.PlatformTikTok, Handle: "JUNO"})
				if err != nil || !ok {
					return err
				}
				name = found.Name
				c, err = creators.ContactOf(t.Context(), tx, of, found.ID)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return name, c
		}
		if name, c := contact(program); name != "=cmd|' /C calc'!A0" || c != (creators.Contact{Email: "juno@example.com", Phone: "+49 123"}) {
			t.Errorf("%q %+v", name, c)
		}
		if _, c := contact("prg_other"); c != (creators.Contact{}) {
			t.Errorf("another program sees %+v", c)
		}
		if err := Undo(t.Context(), d, report.ID, nil); err != nil || rowsLeft(t, d) != 0 {
			t.Errorf("%v, %d rows left", err, rowsLeft(t, d))
		}
		if report := imported(t, d, text, Options{}); len(report.Notes) != 1 {
			t.Errorf("an import for no program says nothing of the addresses it leaves out: %q", report.Notes)
		}
	})
}

func TestWhatWasCreatedByHandMeanwhileIsKept(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		_, err := Run(t.Context(), d, Options{Reader: strings.NewReader(generated(800)), Progress: func(p Progress) {
			if p.Phase != PhaseReading || p.Tally.Rows != 800 {
				return
			}
			if err := d.Update(t.Context(), func(tx *db.Tx) error {
				_, err := creators.Create(t.Context(), tx, creators.New{Name: "By hand", Profiles: []creators.NewProfile{{Platform: "tiktok", Handle: "invented_000000"}}})
				return err
			}); err != nil {
				t.Error(err)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		seen := everybody(t, d)
		if len(seen) != 800 || !strings.HasPrefix(seen[0], "By hand nano 1000") {
			t.Fatalf("%d creators, the first is %q", len(seen), seen[0])
		}
	})
}

// Of three imported creators one is worked with, one is a prospect that the import made, one is nothing. Undo keeps the first only.
func TestUndoKeepsCreatorsThatPeopleWorkWith(t *testing.T) {
	t.Parallel()
	const text = "platform,handle,taken_on,followers\ntiktok,active,2025-01-01,1\ntiktok,prospect,2025-01-01,2\ntiktok,nothing,2025-01-01,3\n"
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		program := makeProgram(t, d)
		partner := func(ctx context.Context, tx *db.Tx, creator creators.ID, it ID) error {
			c, err := creators.Find(ctx, tx, creator)
			if err != nil || c.Name == "nothing" {
				return err
			}
			status := map[string]string{"active": "active", "prospect": "prospect"}[c.Name]
			_, err = tx.Exec(ctx, `insert into partnerships (id, program_id, creator_id, status, note, import_id, created_at, updated_at)
				values ($1, $2, $3, $4, '', $5, 0, 0)`, "par_"+c.Name, program, creator, status, it)
			return err
		}
		report := imported(t, d, text, Options{Program: program, OnCreator: partner})
		leave := func(ctx context.Context, tx *db.Tx, it ID, limit int) (int, error) {
			n, err := tx.Exec(ctx, `delete from partnerships where id in (select id from partnerships where import_id = $1 and status = 'prospect' limit $2)`, it, limit)
			return int(n), err
		}
		if err := Undo(t.Context(), d, report.ID, leave); err != nil {
			t.Fatal(err)
		}
		if seen := everybody(t, d); len(seen) != 1 || !strings.HasPrefix(seen[0], "active ") {
			t.Errorf("left: %q", seen)
		}
	})
}

package clicks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/partner/partnerships"
)

var (
	berlin  = mustLoad("Europe/Berlin")
	pacific = mustLoad("America/Los_Angeles")
)

func mustLoad(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// everyLink knows ten partnerships of two programs in two zones; links 0 and from 1000 on are unknown.
func everyLink(no uint64) (Place, bool) {
	if no == 0 || no >= 1000 {
		return Place{}, false
	}
	p := Place{Program: "prg_a", Partnership: partnerships.ID(fmt.Sprintf("par_%d", no%10)), Zone: berlin}
	if no%2 == 1 {
		p.Program, p.Zone = "prg_b", pacific
	}
	return p, true
}

// cells are all figures of the roll-ups: table, key, program, people and marked clicks.
func cells(t *testing.T, d *db.DB) (out map[string]int64) {
	t.Helper()
	look(t, d, func(ctx context.Context, tx *db.Tx) (err error) { out, err = readCells(ctx, tx); return err })
	return out
}

func readCells(ctx context.Context, tx *db.Tx) (map[string]int64, error) {
	out := map[string]int64{}
	for _, query := range []string{
		`select 'link', cast(link_no as text), day, program_id, people, marked from clicks_by_link`,
		`select 'partnership', partnership_id, day, program_id, people, marked from clicks_by_partnership`,
		`select 'device', partnership_id || ' ' || device, day, program_id, people, 0 from clicks_by_device`,
	} {
		if _, err := db.All(ctx, tx, func(s db.Scanner) (struct{}, error) {
			var table, key, program string
			var day, people, marked int64
			err := s.Scan(&table, &key, &day, &program, &people, &marked)
			addCell(out, table, key, day, program, people, marked)
			return struct{}{}, err
		}, query); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func addCell(to map[string]int64, table, key string, day int64, program string, people, marked int64) {
	for kind, n := range map[string]int64{"people": people, "marked": marked} {
		if n != 0 {
			to[fmt.Sprintf("%s %s day %d %s %s", table, key, day, program, kind)] += n
		}
	}
}

// expected counts clicks one by one, the slow and plain way.
func expected(clicks []Click) map[string]int64 {
	out := map[string]int64{}
	for _, c := range clicks {
		p, ok := everyLink(c.LinkNo)
		if !ok {
			continue
		}
		year, month, date := c.At.In(p.Zone).Date()
		day := int64(time.Date(year, month, date, 0, 0, 0, 0, time.UTC).Sub(time.Unix(0, 0)).Hours() / 24)
		people, marked := int64(1), int64(0)
		if !c.Flags.Person() {
			people, marked = 0, 1
		}
		addCell(out, "link", fmt.Sprint(int64(c.LinkNo)), day, string(p.Program), people, marked)
		addCell(out, "partnership", string(p.Partnership), day, string(p.Program), people, marked)
		addCell(out, "device", string(p.Partnership)+" "+c.Device.String(), day, string(p.Program), people, 0)
	}
	return out
}

// reportCells is what a report says: roll-ups and tail, read in one View.
func reportCells(t *testing.T, d *db.DB, l *Log) (out map[string]int64) {
	t.Helper()
	look(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
		if out, err = readCells(ctx, tx); err != nil {
			return err
		}
		tail, err := TailCounts(ctx, tx, l, everyLink)
		for _, c := range tail {
			addCell(out, "link", fmt.Sprint(int64(c.LinkNo)), c.Day, string(c.Program), c.People, c.Marked)
			addCell(out, "partnership", string(c.Partnership), c.Day, string(c.Program), c.People, c.Marked)
			addCell(out, "device", string(c.Partnership)+" "+c.Device.String(), c.Day, string(c.Program), c.People, 0)
		}
		return err
	})
	return out
}

func look(t *testing.T, d *db.DB, f func(context.Context, *db.Tx) error) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func rowsOf(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	look(t, d, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `select count(*) from clicks`).Scan(&n)
	})
	return n
}

// variedClick is spread over links, days, devices and marks.
func variedClick(i int) Click {
	c := testClick(i)
	c.LinkNo = uint64(i%37 + 1)
	c.At = time.Date(2026, 3, 28, 20, 0, 0, 0, time.UTC).Add(time.Duration(i) * 7 * time.Minute) // over the night in which clocks change in Berlin
	c.Device = Device(i % 4)
	if i%5 == 0 {
		c.Flags = Prefetch
	}
	c.Query = "sub_id=a"
	c.Visitor[0] = byte(i % 2)
	return c
}

func appendVaried(t testing.TB, l *Log, from, to int) (clicks []Click) {
	t.Helper()
	for i := from; i <= to; i++ {
		c := variedClick(i)
		if _, err := l.Append(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		clicks = append(clicks, c)
	}
	return clicks
}

func forward(t testing.TB, d *db.DB, l *Log, want int) {
	t.Helper()
	if n, err := Forward(t.Context(), d, l, everyLink); err != nil || n != want {
		t.Fatalf("forwarded %d, %v; want %d", n, err, want)
	}
}

func unsyncedLog(t testing.TB) *Log {
	return openLog(t, t.TempDir(), Options{Logger: quiet, create: createUnsynced})
}

func TestEveryClickIsCountedOnceWhereItBelongs(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		l := unsyncedLog(t)
		clicks := appendVaried(t, l, 1, 1234)
		want := expected(clicks)
		if diff := cmp.Diff(want, reportCells(t, d, l)); diff != "" {
			t.Fatal("before anything is forwarded the tail says (-want +got)\n", diff)
		}
		forward(t, d, l, 1234)
		if diff := cmp.Diff(want, cells(t, d)); diff != "" {
			t.Fatal("the roll-ups say (-want +got)\n", diff)
		}
		forward(t, d, l, 0)
		clicks = append(clicks, appendVaried(t, l, 1235, 1300)...)
		want = expected(clicks)
		if diff := cmp.Diff(want, reportCells(t, d, l)); diff != "" {
			t.Fatal("roll-ups and tail say (-want +got)\n", diff)
		}
		forward(t, d, l, 66)
		if diff := cmp.Diff(want, cells(t, d)); diff != "" || rowsOf(t, d) != 1300 {
			t.Fatal("the roll-ups say (-want +got)\n", diff)
		}
	})
}

func TestForwardingAgainFromTheBeginningCountsNothingTwice(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		l := unsyncedLog(t)
		clicks := appendVaried(t, l, 1, 300)
		forward(t, d, l, 300)
		if err := d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `update click_cursors set no = 17`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		clicks = append(clicks, appendVaried(t, l, 301, 340)...)
		forward(t, d, l, 40)
		if diff := cmp.Diff(expected(clicks), cells(t, d)); diff != "" || rowsOf(t, d) != 340 {
			t.Fatalf("%d rows; the roll-ups say (-want +got)\n%s", rowsOf(t, d), diff)
		}
	})
}

func TestWhatTheDatabaseKeepsOfAClick(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		l := unsyncedLog(t)
		c := Click{
			LinkNo: 1<<63 + 6, At: time.UnixMilli(1_772_444_000_123).UTC(), Flags: Preview | HeadRequest, Device: DeviceTablet, Country: "FR",
			Referrer: "www.tiktok.com", Query: "sub_id=Ä", Visitor: [16]byte{1, 2},
		}
		if _, err := l.Append(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		place := Place{Program: "prg_x", Partnership: "par_x", Zone: time.UTC}
		if n, err := Forward(t.Context(), d, l, func(no uint64) (Place, bool) { return place, no == c.LinkNo }); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		var node, program, partnership, device, country, referrer, sub string
		var no, link, at, flags int64
		var visitor []byte
		look(t, d, func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `select node, no, program_id, partnership_id, link_no, at, flags, device, country, referrer, sub_id, visitor from clicks`).
				Scan(&node, &no, &program, &partnership, &link, &at, &flags, &device, &country, &referrer, &sub, &visitor)
		})
		got := fmt.Sprint(node == l.Origin, no, program, partnership, uint64(link) == c.LinkNo, at, flags, device, country, referrer, sub, [16]byte(visitor))
		if want := fmt.Sprint(true, 1, "prg_x", "par_x", true, c.At.UnixMicro(), 12, "tablet", "FR", "www.tiktok.com", "sub_id=Ä", c.Visitor); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

func TestAnUnknownLinkIsWaitedForAndThenBelongsToNobody(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		l := unsyncedLog(t)
		var all []Click
		for _, link := range []uint64{3, 2000, 4, 2001, 5} {
			c := testClick(int(link))
			all = append(all, c)
			if _, err := l.Append(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		f := newForwarder(d, l, everyLink)
		check := func(want int, why string) {
			t.Helper()
			if n, err := f.drain(t.Context()); n != want || err != nil {
				t.Fatalf("%s: %d, %v, want %d", why, n, err, want)
			}
		}
		check(1, "link 2000 may be on its way")
		dbtest.Clock(d).Advance(patience - time.Second)
		check(0, "it still may")
		dbtest.Clock(d).Advance(time.Second)
		check(4, "both are given up at once")
		if diff := cmp.Diff(expected(all), cells(t, d)); diff != "" || rowsOf(t, d) != 5 {
			t.Fatalf("%d rows, (-want +got)\n%s", rowsOf(t, d), diff)
		}
		if diff := cmp.Diff(expected(all), reportCells(t, d, l)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestALinkThatBecomesKnownIsCounted(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	l := unsyncedLog(t)
	if _, err := l.Append(t.Context(), testClick(2000)); err != nil {
		t.Fatal(err)
	}
	f := newForwarder(d, l, everyLink)
	if n, err := f.drain(t.Context()); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	f.resolve = func(uint64) (Place, bool) { return Place{Program: "prg_a", Partnership: "par_1", Zone: time.UTC}, true }
	if n, err := f.drain(t.Context()); n != 1 || err != nil || len(cells(t, d)) != 3 {
		t.Fatal(n, err, cells(t, d))
	}
}

func TestALogOlderThanTheDatabaseIsRefused(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	l := unsyncedLog(t)
	if err := d.Update(t.Context(), func(tx *db.Tx) error { return moveCursor(t.Context(), tx, l.Origin, 10) }); err != nil {
		t.Fatal(err)
	}
	appendVaried(t, l, 1, 5)
	if _, err := Forward(t.Context(), d, l, everyLink); !errors.Is(err, errOldLog) {
		t.Fatalf("got %v", err)
	}
}

// The forwarder runs beside clicks; a report at any moment has every click that was answered before it, and none twice.
func TestAReportHasEveryAnsweredClickAtOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		l := unsyncedLog(t)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for ctx.Err() == nil {
				if _, err := Forward(ctx, d, l, everyLink); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		}()
		var clicks []Click
		for i := range 20 {
			clicks = append(clicks, appendVaried(t, l, i*40+1, i*40+40)...)
			if diff := cmp.Diff(expected(clicks), reportCells(t, d, l)); diff != "" {
				t.Errorf("after %d clicks (-want +got)\n%s", len(clicks), diff)
				break
			}
		}
		stop()
		<-ended
	})
}

func TestTheForwarderCarriesWhatIsLeftWhenItIsToldToEnd(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		l := unsyncedLog(t)
		clicks := appendVaried(t, l, 1, 700)
		ctx, stop := context.WithCancel(t.Context())
		stop()
		RunForwarder(ctx, d, l, everyLink, quiet)
		if diff := cmp.Diff(expected(clicks), cells(t, d)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestALostTransactionIsForwardedAgain(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	l := unsyncedLog(t)
	clicks := appendVaried(t, l, 1, 50)
	f := newForwarder(d, l, everyLink)
	if err := f.find(t.Context()); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if n, _, err := f.step(gone); err == nil || n != 0 {
		t.Fatalf("%d, %v", n, err)
	}
	if n, err := f.drain(t.Context()); n != 50 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if diff := cmp.Diff(expected(clicks), cells(t, d)); diff != "" {
		t.Fatal(diff)
	}
}

func TestTrimmedRowsStayCounted(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		l := unsyncedLog(t)
		clicks := appendVaried(t, l, 1, 1200)
		forward(t, d, l, 1200)
		removed, err := TrimClicks(t.Context(), d, clicks[1100].At)
		if err != nil || removed != 1100 || rowsOf(t, d) != 100 {
			t.Fatalf("%d rows went, %d stay, %v", removed, rowsOf(t, d), err)
		}
		if diff := cmp.Diff(expected(clicks), cells(t, d)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestABackfilledClickHasATokenOfItsMoment(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		keys := testKeys(t)
		var past []Past
		var clicks []Click
		for i := 1; i <= 600; i++ {
			c := variedClick(i)
			if i == 300 {
				c.LinkNo = 4000
			}
			clicks = append(clicks, c)
			past = append(past, Past{LinkNo: c.LinkNo, At: c.At, Flags: c.Flags, Device: c.Device})
		}
		tokens, err := Backfill(t.Context(), d, keys, everyLink, past)
		if err != nil || len(tokens) != 600 || rowsOf(t, d) != 599 {
			t.Fatalf("%d tokens, %d rows, %v", len(tokens), rowsOf(t, d), err)
		}
		for i, text := range tokens {
			token, err := keys.Verify(text)
			switch {
			case i == 299 && text == "":
			case err != nil || token.LinkNo != past[i].LinkNo || !token.At.Equal(past[i].At) || token.Flags != past[i].Flags:
				t.Fatalf("token %d is %q: %+v, %v", i, text, token, err)
			}
		}
		if diff := cmp.Diff(expected(clicks), cells(t, d)); diff != "" {
			t.Fatal(diff)
		}
		if _, err := Backfill(t.Context(), d, keys, everyLink, past[:10]); err != nil || rowsOf(t, d) != 609 {
			t.Fatalf("a second backfill: %d rows, %v", rowsOf(t, d), err)
		}
	})
}

func TestADayIsThatOfTheZonesCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom([]*time.Location{time.UTC, berlin, pacific, mustLoad("Asia/Kathmandu"), mustLoad("Pacific/Apia")}).Draw(t, "zone")
		at := time.Unix(rapid.Int64Range(-1e9, 4e9).Draw(t, "at"), 0)
		year, month, date := at.In(zone).Date()
		if want := time.Date(year, month, date, 0, 0, 0, 0, time.UTC).Unix(); Day(at, zone)*secondsPerDay != want {
			t.Fatalf("%v is day %d", at.In(zone), Day(at, zone))
		}
	})
}

func TestPiecesHoldEverythingInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := make([]int, rapid.IntRange(0, 700).Draw(t, "n"))
		for i := range all {
			all[i] = i
		}
		var got []int
		for part := range pieces(all) {
			if n := len(part); n == 0 || n&(n-1) != 0 {
				t.Fatalf("a piece of %d", n)
			}
			got = append(got, part...)
		}
		if diff := cmp.Diff(all, append([]int{}, got...)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestForwardingAChunkIsAShortTransaction(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	l := unsyncedLog(t)
	appendVaried(t, l, 1, 5000)
	forward(t, d, l, 5000)
	_, _, slowest := d.GroupStats()
	t.Logf("the slowest of ten chunks took %v", slowest)
	if slowest > 500*time.Millisecond { // 50 ms on a quiet machine; ten times that is a defect on any
		t.Fatalf("a chunk took %v", slowest)
	}
}

func TestADatabaseThatIsAwayOnlyMakesClicksWait(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	away := dbtest.New(t, db.EngineSQLite)
	if err := away.Close(); err != nil {
		t.Fatal(err)
	}
	l := unsyncedLog(t)
	clicks := appendVaried(t, l, 1, 100)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var said strings.Builder
	RunForwarder(ctx, away, l, everyLink, slog.New(slog.NewTextHandler(&said, nil)))
	if !strings.Contains(said.String(), "they wait in the click log") {
		t.Errorf("nobody is told: %s", &said)
	}
	clicks = append(clicks, appendVaried(t, l, 101, 120)...)
	forward(t, d, l, 120)
	if diff := cmp.Diff(expected(clicks), cells(t, d)); diff != "" {
		t.Fatal(diff)
	}
}

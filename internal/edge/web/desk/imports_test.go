package desk_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/imports"
)

const list = "Network,Who,Fans,Mail\ninstagram,mayaglow,12400,maya@mail.example\ntiktok,zoe,many,\ninstagram,=cmd,5,\n"

// importColumns names the columns of list: the second is not recognised by its title.
var importColumns = []string{"mapping.platform", "", "column_0", "platform", "column_1", "handle", "column_2", "followers", "column_3", "email"}

// settled waits for the work on an upload: a page that shows progress is asked again.
func (o *office) settled(path string) told {
	o.Helper()
	end, next := time.After(2*time.Minute), time.NewTicker(20*time.Millisecond)
	defer next.Stop()
	for {
		if got := o.get("anna", path); !strings.Contains(got.body, "import-progress") {
			return got
		}
		select {
		case <-next.C:
		case <-end:
			o.Fatal("the work does not end")
		}
	}
}

func TestAFileIsSeenTriedTakenAndUndone(t *testing.T) {
	o := small(t)
	at := o.upload("anna", "list.csv", []byte(list)).leads("/uploads/")
	o.get("anna", at).shows(http.StatusOK, "mayaglow", "“Who” is", "What does each column mean?")
	o.send("anna", at+"/check", append(importColumns[:len(importColumns):len(importColumns)], "column_1", "")...).leads(at)
	o.settled(at).shows(http.StatusOK, "What would become of the rows?", "Import 2 rows", "Refused rows")
	if got := o.get("anna", at+"/refused.csv"); !strings.Contains(got.body, "line,reason") || strings.Count(got.body, "\r\n") != 2 {
		t.Errorf("the refused rows are %s", got.body)
	}
	o.get("anna", "/creators").shows(http.StatusOK, "Nobody is here yet")
	for range 2 {
		o.send("anna", at+"/import").leads(at)
	}
	o.settled(at)
	done := o.get("anna", at).leads("/imports/imp_")
	o.get("anna", done).shows(http.StatusOK, "list.csv", "Undo this import", "Anna")
	o.get("anna", "/imports").shows(http.StatusOK, "list.csv", "Imported")
	o.get("anna", "/creators").shows(http.StatusOK, "mayaglow", "2 creators<", "Prospect")
	if got := o.get("anna", done+"/refused.csv"); strings.Count(got.body, "\r\n") != 2 {
		t.Errorf("the refused rows are %s", got.body)
	}
	for range 2 {
		o.send("anna", done+"/undo").leads(done)
	}
	o.get("anna", "/creators").shows(http.StatusOK, "Nobody is here yet")
	o.get("anna", done).shows(http.StatusOK, "Undone").lacks("Undo this import")
}

func TestWhoWasWorkedWithStaysWhenAnImportIsUndone(t *testing.T) {
	o := small(t)
	at := o.upload("anna", "list.csv", []byte("platform,handle\ninstagram,maya\ninstagram,zoe\n")).leads("/uploads/")
	o.send("anna", at+"/check", "column_0", "platform", "column_1", "handle").leads(at)
	o.settled(at)
	o.send("anna", at+"/import").leads(at)
	o.settled(at)
	done := o.get("anna", at).leads("/imports/imp_")
	o.do(func(ctx context.Context, tx *db.Tx) error {
		c, _, err := creators.FindByAccount(ctx, tx, creators.Account{Platform: creators.PlatformInstagram, Handle: "maya"})
		if err != nil {
			return err
		}
		p, err := partnerships.Of(ctx, tx, o.program.ID, c.ID)
		if err != nil {
			return err
		}
		_, err = partnerships.SetStatus(ctx, tx, p.ID, partnerships.StatusActive)
		return err
	})
	o.send("anna", done+"/undo").leads(done)
	o.get("anna", "/creators").shows(http.StatusOK, "@maya on", "1 creator<").lacks("@zoe")
}

func TestColumnsThatCannotBeAreSaid(t *testing.T) {
	o := small(t)
	at := o.upload("anna", "list.csv", []byte(list)).leads("/uploads/")
	o.send("anna", at+"/check", "column_0", "handle", "column_1", "handle", "column_2", "nonsense").shows(http.StatusUnprocessableEntity, "Two columns cannot both be “Account”", "Choose from the list")
	o.send("anna", at+"/check", "column_0", "platform", "column_2", "followers").shows(http.StatusUnprocessableEntity, "rp-bad")
	o.send("anna", at+"/check", "column_1", "handle", "mapping.platform", "nonsense").shows(http.StatusUnprocessableEntity, `aria-invalid="true"`)
	o.send("anna", at+"/check", "column_1", "handle").leads(at)
	o.settled(at).shows(http.StatusOK, "There is nothing new in this file")
	o.send("anna", at+"/check", "column_1", "handle", "mapping.platform", "instagram").leads(at)
	o.settled(at).shows(http.StatusOK, "Import 3 rows")
	o.send("anna", at+"/columns").leads(at)
	o.get("anna", at).shows(http.StatusOK, "What does each column mean?")
}

func TestFilesThatCannotBeReadAreRefusedWithTheReason(t *testing.T) {
	o := small(t)
	for name, content := range map[string][]byte{
		"empty": nil, "picture": []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x00"), "nul": []byte("handle\n\x00\x01\n"), "no account": []byte("a;b\n1;2\n"),
	} {
		got := o.upload("anna", "list.csv", content)
		if name == "no account" { // it can be read; what it means is asked
			got.leads("/uploads/")
			continue
		}
		got.shows(http.StatusUnprocessableEntity, `aria-invalid="true"`)
	}
	o.upload("anna", "", nil).shows(http.StatusUnprocessableEntity, "Choose a file first.")
	o.send("anna", "/imports", "file", "x").shows(http.StatusUnprocessableEntity)
	o.upload("anna", "large.csv", make([]byte, 64<<20+1)).shows(http.StatusUnprocessableEntity, "larger than 64 MB")
	o.get("anna", "/uploads/nothing").shows(http.StatusNotFound)
	o.get("anna", "/imports/imp_nothing").shows(http.StatusNotFound)
}

func TestAnUploadBelongsToItsProgram(t *testing.T) {
	o := small(t)
	at := o.upload("anna", "list.csv", []byte(list)).leads("/uploads/")
	o.program = o.other
	for _, path := range []string{at, at + "/progress", at + "/refused.csv"} {
		o.get("olga", path).shows(http.StatusNotFound)
	}
	o.send("olga", at+"/import").shows(http.StatusNotFound)
}

func TestManyFilesMakeRoomForTheNextOne(t *testing.T) {
	o := small(t)
	first := o.upload("anna", "0.csv", []byte(list)).leads("/uploads/")
	var last string
	for range 8 {
		last = o.upload("anna", "n.csv", []byte(list)).leads("/uploads/")
	}
	o.get("anna", last).shows(http.StatusOK)
	o.get("anna", first).shows(http.StatusNotFound)
}

// The real lists: every row is accounted for, and the page says so.
func TestTheSharedListsComeIn(t *testing.T) {
	folder := os.Getenv("RAPPORT_SHARED")
	if folder == "" {
		folder = "../../../../../shared"
	}
	files, err := filepath.Glob(filepath.Join(folder, "data/creators/*.csv"))
	if err != nil || len(files) == 0 {
		t.Skip("there are no shared lists: set RAPPORT_SHARED to their folder")
	}
	o := small(t)
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		at := o.upload("anna", filepath.Base(file), content).leads("/uploads/")
		page := o.get("anna", at).shows(http.StatusOK).body
		o.send("anna", at+"/check", suggested(page)...).leads(at)
		o.settled(at).shows(http.StatusOK, "Nothing is stored yet.")
		o.send("anna", at+"/import").leads(at)
		o.settled(at)
		done := o.get("anna", at).leads("/imports/imp_")
		o.get("anna", done).shows(http.StatusOK, filepath.Base(file))
		o.check(done)
	}
}

// check fails unless every row of an import became something.
func (o *office) check(path string) {
	o.Helper()
	o.do(func(ctx context.Context, tx *db.Tx) error {
		i, err := imports.Find(ctx, tx, imports.ID(filepath.Base(path)))
		if n := i.Tally; n.Rows == 0 || n.Rows != n.Taken+n.Known+n.Refused || i.State != imports.StateVisible {
			o.Errorf("%s: %+v is %s", i.Source, n, i.State)
		}
		o.Logf("%s: %+v", i.Source, i.Tally)
		return err
	})
}

var chosenOption = regexp.MustCompile(`(?s)<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>`)

// suggested reads the columns as the page has chosen them.
func suggested(page string) (pairs []string) {
	for _, s := range chosenOption.FindAllStringSubmatch(page, -1) {
		value := ""
		if at := regexp.MustCompile(`value="([^"]*)" selected`).FindStringSubmatch(s[2]); at != nil {
			value = at[1]
		}
		pairs = append(pairs, s[1], value)
	}
	return pairs
}

package db

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// SQLite leaves deleted rows in the file until their pages are used again; what a person had erased must not be read out of it.
func TestWhatIsDeletedIsGoneFromTheFile(t *testing.T) {
	dir := t.TempDir()
	d, err := Open(t.Context(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("Mona Lindqvist writes long notes. ", 4000) // over pages of its own
	for _, statement := range []string{
		`create table notes (id bigint primary key, name text not null, text text not null)`,
		`create index notes_name on notes (name)`,
		`insert into notes values (1, 'Mona Lindqvist', '` + long + `'), (2, 'Ben', 'short'), (3, 'Mona Lindqvist', 'short')`,
		`update notes set name = 'Removed' where id = 3`,
		`delete from notes where id = 1`,
	} {
		if err := d.Update(t.Context(), func(tx *Tx) error { _, err := tx.Exec(t.Context(), statement); return err }); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.ForgetDeleted(t.Context()); err != nil { // while the server runs
		t.Fatal(err)
	}
	kept := false
	for _, name := range []string{"rapport.db", "rapport.db-wal"} {
		file, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(file, []byte("Lindqvist")); n > 0 {
			t.Errorf("%s names her %d times", name, n)
		}
		kept = kept || bytes.Contains(file, []byte("Ben"))
	}
	if !kept {
		t.Error("what was not deleted is gone")
	}
	d.Close()
}

// A reader that holds on to an old state keeps the log from being emptied; whoever writes meanwhile must not wait for it (law 9).
func TestForgettingMakesNobodyWaitForAReader(t *testing.T) {
	d, err := Open(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	write := func(statement string) {
		t.Helper()
		if err := d.Update(t.Context(), func(tx *Tx) error { _, err := tx.Exec(t.Context(), statement); return err }); err != nil {
			t.Fatal(err)
		}
	}
	write(`create table notes (id integer primary key, text text not null)`)
	write(`insert into notes (text) values ('Mona Lindqvist')`)
	reading, release, ended := make(chan struct{}), make(chan struct{}), make(chan error, 2)
	go func() {
		ended <- d.View(t.Context(), func(tx *Tx) error {
			var n int
			err := tx.QueryRow(t.Context(), `select count(*) from notes`).Scan(&n)
			close(reading)
			<-release
			return err
		})
	}()
	<-reading
	write(`delete from notes`)
	forgotten := make(chan error, 1)
	go func() { forgotten <- d.ForgetDeleted(t.Context()) }()
	var worst time.Duration
	for done := false; !done; {
		began := time.Now()
		write(`insert into notes (text) values ('Ben')`)
		worst = max(worst, time.Since(began))
		select {
		case err := <-forgotten:
			if err != nil {
				t.Error(err)
			}
			done = true
		default:
		}
	}
	close(release)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if worst > 2*time.Second { // a machine with much to do may be slow; waiting for the reader took ten seconds
		t.Errorf("a commit waited %v", worst)
	}
}

package db

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
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

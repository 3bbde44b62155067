package secret_test

import (
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"rapport/internal/base/secret"
)

func line(letter byte) string {
	return "rapport-secret-v1:" + base64.StdEncoding.EncodeToString(master(letter))
}

func fileOf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret.key")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string) *secret.Box {
	t.Helper()
	box, err := secret.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return box
}

func TestTheFirstRunMakesAPrivateFileAndLaterOnesReadIt(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "secret.key")
	first := open(t, path)
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	if again := open(t, path); again.Fingerprint() != first.Fingerprint() {
		t.Fatal("the second run has another key")
	}
	if text, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(text), "rapport-secret-v1:") || len(text) != 18+44+1 {
		t.Fatalf("%d bytes, %v", len(text), err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Fatalf("left in the folder: %v, %v", entries, err)
	}
}

func TestProcessesThatStartAtOnceAgreeOnOneKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	var wg sync.WaitGroup
	prints := make([]string, 16)
	for i := range prints {
		wg.Go(func() {
			if box, err := secret.Open(path); err != nil {
				t.Error(err)
			} else {
				prints[i] = box.Fingerprint()
			}
		})
	}
	wg.Wait()
	for _, p := range prints {
		if p != prints[0] || p == "" {
			t.Fatalf("several keys: %v", prints)
		}
	}
}

func TestTheFirstLineIsCurrentAndAllOpen(t *testing.T) {
	box := open(t, fileOf(t, "# rotated in May\n"+line('b')+"\r\n\n"+line('a')))
	if box.Fingerprint() != secret.New(master('b')).Fingerprint() {
		t.Fatal("the first line is not the current key")
	}
	if plain, err := box.Open("token", seal(t, secret.New(master('a')), "token", []byte("old"))); err != nil || string(plain) != "old" {
		t.Fatalf("got %q, %v", plain, err)
	}
}

func TestAFileThatOthersMayReadIsRefusedUnlessThePlatformSetsItsMode(t *testing.T) {
	path := fileOf(t, line('a'))
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o644, 0o620, 0o601} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.Open(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %o gave %v", mode, err)
		}
	}
	t.Setenv(secret.SharedEnv, "true")
	open(t, path)
}

func TestAMalformedFileIsRefusedAndNotRepeated(t *testing.T) {
	short := base64.StdEncoding.EncodeToString(master('a')[:31])
	for name, text := range map[string]string{
		"empty":         "",
		"only comments": "# nothing\n",
		"no prefix":     base64.StdEncoding.EncodeToString(master('a')),
		"later version": strings.Replace(line('a'), "v1", "v2", 1),
		"short key":     "rapport-secret-v1:" + short,
		"bad base64":    line('a')[:len(line('a'))-3] + "!!!",
		"cut":           line('a')[:40],
		"second line":   line('a') + "\nhunter2",
		"repeated key":  line('a') + "\n" + line('a'),
		"huge":          strings.Repeat("#\n", 64<<10),
	} {
		_, err := secret.Open(fileOf(t, text))
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		for _, leak := range []string{"hunter2", base64.StdEncoding.EncodeToString(master('a'))[:12]} {
			if strings.Contains(err.Error(), leak) {
				t.Errorf("%s: the error repeats the file: %v", name, err)
			}
		}
	}
}

func TestAPlaceWhereNoFileCanBeIsAnError(t *testing.T) {
	if _, err := secret.Open(t.TempDir()); err == nil {
		t.Error("a folder was read as a file")
	}
	if _, err := secret.Open(filepath.Join(t.TempDir(), "missing", "secret.key")); err == nil {
		t.Error("a folder was made up")
	}
}

// FuzzSecretFile reads foreign files: what is accepted opens with the same key again, and nothing panics.
func FuzzSecretFile(f *testing.F) {
	f.Add(line('a'))
	f.Add("# x\n\n" + line('b') + "\r\n" + line('a') + "\n")
	f.Add("rapport-secret-v1:")
	f.Fuzz(func(t *testing.T, text string) {
		path := fileOf(t, text)
		if box, err := secret.Open(path); err == nil && !box.Knows(open(t, path).Fingerprint()) {
			t.Fatal("one file gave two keys")
		}
	})
}

package secret

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

const (
	linePrefix = "rapport-secret-v1:"
	maxFile    = 64 << 10 // bytes, several hundred keys
)

// SharedEnv is the environment variable that, set to "true", lets the secret file be readable by others than its owner. It is for platforms
// that hand secrets in with a mode of their own, such as volumes of Kubernetes read through a group.
const SharedEnv = "RAPPORT_SECRET_FILE_SHARED"

// Open reads the master keys from a file, and makes the file with one fresh key and mode 0600 if there is none. Of several processes that
// start at once one makes it and all read the same. The folder must exist.
//
// The file is text: a line rapport-secret-v1:<32 bytes in Base64> per key, the current one first; empty lines and those that begin with # are
// skipped. Open refuses any other line, a key that appears twice, and a file that others may read (see SharedEnv).
func Open(path string) (*Box, error) {
	text, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, fmt.Errorf("cannot make the secret file: %w", err)
		}
		text, err = read(path)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the secret file: %w", err)
	}
	keys, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("cannot use the secret file %s: %w", path, err)
	}
	return New(keys[0], keys[1:]...), nil
}

func read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() // nothing was written
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if err := private(path, info); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s has more than %d bytes", path, maxFile)
	}
	return text, err
}

// private refuses files that others may touch. Windows has no such modes; there the folder's access list decides.
func private(path string, info fs.FileInfo) error {
	switch {
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a file", path)
	case info.Mode().Perm()&0o077 == 0, os.Getenv(SharedEnv) == "true", runtime.GOOS == "windows":
		return nil
	default:
		return fmt.Errorf("%s may be read by others (mode %04o): run chmod 600 on it, or set %s=true if the platform sets its mode",
			path, info.Mode().Perm(), SharedEnv)
	}
}

// create puts a complete, synced file at path, or leaves the one that another process has put there meanwhile.
func create(path string) error {
	dir := filepath.Dir(path)
	draft, err := os.CreateTemp(dir, ".secret-*") // with mode 0600
	if err != nil {
		return err
	}
	err = errors.Join(write(draft), draft.Close())
	if err == nil {
		err = os.Link(draft.Name(), path) // unlike a rename, a link never replaces
	}
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	return errors.Join(err, os.Remove(draft.Name()), syncDir(dir))
}

func write(file *os.File) error {
	if _, err := file.WriteString(freshLine() + "\n"); err != nil {
		return err
	}
	return file.Sync()
}

func freshLine() string { return linePrefix + base64.StdEncoding.EncodeToString(random(KeySize)) }

// syncDir makes names in a folder survive a power cut.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" { // folders cannot be synced there
		return nil
	}
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// parse returns the keys of a secret file. Its errors name the line and never what stands there.
func parse(text []byte) ([][]byte, error) {
	var keys [][]byte
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, ok := parseLine(line)
		if !ok {
			return nil, fmt.Errorf("line %d is not %s and %d bytes in Base64", number, linePrefix, KeySize)
		}
		for _, other := range keys {
			if bytes.Equal(key, other) {
				return nil, fmt.Errorf("line %d repeats a key", number)
			}
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("it holds no key")
	}
	return keys, nil
}

func parseLine(line string) (key []byte, ok bool) {
	encoded, ok := strings.CutPrefix(line, linePrefix)
	if !ok {
		return nil, false
	}
	key, err := base64.StdEncoding.Strict().DecodeString(encoded)
	return key, err == nil && len(key) == KeySize
}

// random returns n bytes from the system; crypto/rand ends the program if it has none.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return b
}

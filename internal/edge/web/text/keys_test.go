package text

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The two ways a key is used: whole in quotes ({{t "a.b"}}, T(lang, "a.b")), or as a prefix with a part that is known at run time
// ({{tk "a.b." .X}}, "a.b."+x).
var (
	inTemplate = regexp.MustCompile(`\b(?:t|th) "([a-z0-9_.-]+)"`)
	inGo       = regexp.MustCompile(`\.(?:T|HTML)\((?:[^",()]+, )?"([a-z0-9_.-]+)"[,)]`)
	prefix     = regexp.MustCompile(`(?:\btk |\.T\((?:[^",()]+, )?)"([a-z0-9_.-]+\.)"`)
	quoted     = regexp.MustCompile(`"([a-z0-9_]+\.[a-z0-9_.-]+)"`)
)

func TestEveryUsedKeyExistsAndNoneIsDead(t *testing.T) {
	used, prefixes := map[string]bool{}, map[string]bool{}
	for name, body := range sources(t) {
		for _, pattern := range []*regexp.Regexp{inTemplate, inGo} {
			for _, m := range pattern.FindAllStringSubmatch(body, -1) {
				if !strings.HasSuffix(m[1], ".") && !Has(m[1]) {
					t.Errorf("%s uses %q, which is not in the catalogue", name, m[1])
				}
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(body, -1) {
			used[m[1]] = true
		}
		for _, m := range prefix.FindAllStringSubmatch(body, -1) {
			prefixes[m[1]] = true
		}
	}
	for p := range prefixes {
		if !anyKey(func(key string) bool { return strings.HasPrefix(key, p) }) {
			t.Errorf("no key begins with %q", p)
		}
	}
	for _, key := range Keys(Default) {
		if !used[key] && !hasPrefix(prefixes, key) {
			t.Errorf("%q is used nowhere", key)
		}
	}
}

func hasPrefix(prefixes map[string]bool, key string) bool {
	for p := range prefixes {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

func anyKey(is func(string) bool) bool {
	for _, key := range Keys(Default) {
		if is(key) {
			return true
		}
	}
	return false
}

// sources are the templates and Go files of internal/edge, without tests.
func sources(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir("../..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(name, "_test.go") || (filepath.Ext(name) != ".go" && filepath.Ext(name) != ".html") || filepath.Base(name) == "doc.go" {
			return err
		}
		body, err := os.ReadFile(name)
		found[name] = string(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pkg is one folder with Go files, by its path below the repository's root.
type pkg struct {
	path  string
	files []file
}

type file struct {
	name    string
	test    bool
	imports []string // our own packages only, by their path below the root
	comment string   // the package comment
}

func TestArrowsPointDownwards(t *testing.T) {
	for _, wrong := range crookedArrows(readTree(t), exceptions) {
		t.Error(wrong)
	}
}

func TestEveryRoomSaysWhatItOwns(t *testing.T) {
	for _, p := range readTree(t) {
		if slices.Contains(testOnly, p.path) {
			continue
		}
		if wrong := muteRoom(p); wrong != "" {
			t.Error(wrong)
		}
	}
}

// TestCrookedArrowsAreSeen plants each kind of mistake, so that the tests above are known to be able to fail.
func TestCrookedArrowsAreSeen(t *testing.T) {
	one := func(path, name string, imports ...string) []pkg {
		return []pkg{{path, []file{{name: name, test: strings.HasSuffix(name, "_test.go"), imports: imports}}}}
	}
	cases := []struct {
		name string
		tree []pkg
		want string // empty: nothing is wrong
	}{
		{"lower floor", one("internal/pay/ledger", "a.go", "internal/base/db"), ""},
		{"left neighbour", one("internal/track/attribution", "a.go", "internal/track/links"), ""},
		{"higher floor", one("internal/recruit/vetting", "a.go", "internal/partner/partnerships"), "stands after it"},
		{"right neighbour", one("internal/track/links", "a.go", "internal/track/attribution"), "stands after it"},
		{"a test against the order", one("internal/track/links", "a_test.go", "internal/pay/intake"), "stands after it"},
		{"unknown room", one("internal/pay/refunds", "a.go"), "has no place"},
		{"import of an unknown room", one("internal/pay/ledger", "a.go", "internal/pay/refunds"), "has no place"},
		{"simulation looks inside", one("internal/sim", "a.go", "internal/pay/ledger"), "may import only"},
		{"simulation on the ground floor", one("internal/sim", "a.go", "internal/base/money"), ""},
		{"dbtest in a test", one("internal/base/db", "a_test.go", "internal/base/db/dbtest"), ""},
		{"dbtest in the binary", one("cmd/rapport", "a.go", "internal/base/db/dbtest"), "is for tests"},
		{"own outer test", one("internal/pay/ledger", "a_test.go", "internal/pay/ledger"), ""},
	}
	for _, c := range cases {
		got := strings.Join(crookedArrows(c.tree, nil), "\n")
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want something with %q", c.name, got, c.want)
		}
	}
}

func TestExceptionsExcuseAndGoWhenUnused(t *testing.T) {
	tree := []pkg{{"internal/track/links", []file{{name: "a.go", imports: []string{"internal/track/clicks"}}}}}
	excused := exception{"internal/track/links", "internal/track/clicks", "a test"}
	if got := crookedArrows(tree, []exception{excused}); len(got) != 0 {
		t.Errorf("an excused arrow is reported: %q", got)
	}
	if got := crookedArrows(nil, []exception{excused}); len(got) != 1 || !strings.Contains(got[0], "nobody needs") {
		t.Errorf("got %q for an exception that nobody needs", got)
	}
	if got := crookedArrows(tree, []exception{{from: excused.from, to: excused.to}}); len(got) != 1 || !strings.Contains(got[0], "without a reason") {
		t.Errorf("got %q for an exception without a reason", got)
	}
}

func TestMuteRoomsAreSeen(t *testing.T) {
	full := strings.Repeat("A line that says something.\n", minComment)
	cases := map[string]struct {
		room pkg
		mute bool
	}{
		"doc.go":               {pkg{"r", []file{{name: "a.go"}, {name: "doc.go", comment: full}}}, false},
		"one file":             {pkg{"r", []file{{name: "a.go", comment: full}, {name: "a_test.go", test: true}}}, false},
		"comment elsewhere":    {pkg{"r", []file{{name: "a.go", comment: full}, {name: "b.go"}}}, true},
		"too short":            {pkg{"r", []file{{name: "doc.go", comment: "Package r."}}}, true},
		"only tests":           {pkg{"r", []file{{name: "a_test.go", test: true}}}, true},
		"comment split in two": {pkg{"r", []file{{name: "doc.go", comment: full}, {name: "b.go", comment: "More."}}}, true},
	}
	for name, c := range cases {
		if wrong := muteRoom(c.room); (wrong != "") != c.mute {
			t.Errorf("%s: got %q", name, wrong)
		}
	}
}

// crookedArrows returns a sentence for every import that the house does not allow.
func crookedArrows(tree []pkg, excused []exception) []string {
	order := positions()
	used := make([]bool, len(excused))
	var wrong []string
	for _, e := range excused {
		if e.because == "" {
			wrong = append(wrong, fmt.Sprintf("the exception %s → %s is without a reason", e.from, e.to))
		}
	}
	for _, p := range tree {
		if _, known := order[p.path]; !known {
			wrong = append(wrong, noPlace(p.path))
			continue
		}
		for _, f := range p.files {
			for _, to := range f.imports {
				if i := slices.IndexFunc(excused, func(e exception) bool { return e.from == p.path && e.to == to }); i >= 0 {
					used[i] = true
					continue
				}
				if why := refuse(order, p.path, to, f.test); why != "" {
					wrong = append(wrong, fmt.Sprintf("%s/%s imports %s: %s", p.path, f.name, to, why))
				}
			}
		}
	}
	for i, e := range excused {
		if !used[i] {
			wrong = append(wrong, fmt.Sprintf("nobody needs the exception %s → %s any more: remove it", e.from, e.to))
		}
	}
	return wrong
}

// refuse says why from must not import to; empty means it may.
func refuse(order map[string]int, from, to string, inTest bool) string {
	at, known := order[to]
	folder, isConfined := confined[from]
	switch {
	case !known:
		return noPlace(to)
	case slices.Contains(testOnly, to) && inTest:
		return ""
	case slices.Contains(testOnly, to) && !slices.Contains(testOnly, from):
		return "that package is for tests"
	case from == to: // a test from outside the package
		return ""
	case at >= order[from]:
		return "it stands after it in the house. Hand the value in, or declare a small interface that cmd fills; if the order itself is wrong, " +
			"change it in internal/house/rooms_test.go or write an exception with its reason there"
	case isConfined && !strings.HasPrefix(to, folder+"/"):
		return from + " may import only " + folder
	default:
		return ""
	}
}

func noPlace(path string) string {
	return path + " has no place in the house: add a line to floors in internal/house/rooms_test.go, after the last room it imports"
}

func positions() map[string]int {
	order := map[string]int{}
	for _, f := range floors {
		for _, room := range f.rooms {
			order[path.Join(f.folder, room)] = len(order)
		}
	}
	return order
}

// minComment is the least number of lines in which a room can say what it owns, its words and its law.
const minComment = 5

// muteRoom says what is missing in a package's description: it stands in doc.go, or in the only file of a small package.
func muteRoom(p pkg) string {
	sources := slices.DeleteFunc(slices.Clone(p.files), func(f file) bool { return f.test })
	i := slices.IndexFunc(sources, func(f file) bool { return f.name == "doc.go" })
	if i < 0 && len(sources) == 1 {
		i = 0
	}
	if i < 0 {
		return p.path + " has no doc.go: say what it owns, its words and its law"
	}
	for j, f := range sources {
		if j != i && f.comment != "" {
			return p.path + "/" + f.name + " has a package comment beside the one in " + sources[i].name
		}
	}
	if lines := strings.Count(strings.TrimSpace(sources[i].comment), "\n") + 1; lines < minComment {
		return fmt.Sprintf("%s/%s says too little: %d lines, at least %d are asked for", p.path, sources[i].name, lines, minComment)
	}
	return ""
}

// readTree parses the imports and package comments of all Go files of the repository.
func readTree(t *testing.T) []pkg {
	t.Helper()
	root := filepath.Join("..", "..")
	module := modulePath(t, root)
	byFolder := map[string]*pkg{}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipForeign(root, name, entry.Name())
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		f, err := readFile(name, module)
		if err != nil {
			return err
		}
		folder := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(name), root+string(filepath.Separator)))
		if byFolder[folder] == nil {
			byFolder[folder] = &pkg{path: folder}
		}
		byFolder[folder].files = append(byFolder[folder].files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if byFolder["internal/house"] == nil {
		t.Fatal("the tree was not read: internal/house itself is missing")
	}
	var tree []pkg
	for _, p := range byFolder {
		tree = append(tree, *p)
	}
	slices.SortFunc(tree, func(a, b pkg) int { return strings.Compare(a.path, b.path) })
	return tree
}

func skipForeign(root, name, base string) error {
	foreign := base == "node_modules" || base == "testdata" || base == "vendor" || base == "bin" || strings.HasPrefix(base, "_") ||
		(strings.HasPrefix(base, ".") && name != root)
	if foreign {
		return filepath.SkipDir
	}
	return nil
}

func readFile(name, module string) (file, error) {
	tree, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return file{}, err
	}
	f := file{name: filepath.Base(name), test: strings.HasSuffix(name, "_test.go"), comment: commentText(tree.Doc)}
	for _, spec := range tree.Imports {
		target, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return file{}, fmt.Errorf("%s: %w", name, err)
		}
		if ours, ok := strings.CutPrefix(target, module+"/"); ok {
			f.imports = append(f.imports, ours)
		}
	}
	return f, nil
}

func commentText(group *ast.CommentGroup) string {
	if group == nil {
		return ""
	}
	return group.Text()
}

func modulePath(t *testing.T, root string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(strings.TrimPrefix(first, "module"))
}

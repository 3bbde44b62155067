package growth

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rapport/internal/base/fault"
)

// ReadFolder measures every monthly list (PLATFORM_top1000_YEAR.csv) in a folder or in its folder creators.
func ReadFolder(dir string) (measured []Variance, err error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fault.Invalidf("There is no folder %s.", dir).In("data")
	}
	var paths []string
	for _, pattern := range []string{"*_top1000_*.csv", "creators/*_top1000_*.csv"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, fault.Invalidf("The folder %s cannot be searched: %v", dir, err).In("data")
		}
		paths = append(paths, found...)
	}
	if len(paths) == 0 {
		return nil, fault.Invalidf("The folder %s holds no monthly lists (PLATFORM_top1000_YEAR.csv, also in its folder creators).", dir).In("data")
	}
	slices.Sort(paths)
	for _, path := range paths {
		v, err := readList(path)
		if err != nil {
			return nil, err
		}
		measured = append(measured, v)
	}
	return measured, nil
}

func readList(path string) (Variance, error) {
	in, err := os.Open(path) //nolint:gosec // the person at the terminal names the folder
	if err != nil {
		return Variance{}, fmt.Errorf("cannot open %s: %w", path, err)
	}
	defer in.Close()
	name, _, _ := strings.Cut(filepath.Base(path), "_")
	return ReadMonths(name, in)
}

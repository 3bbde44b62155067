package account

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"rapport/internal/base/fault"
)

// Limits of a file.
const (
	mostRows    = 200_000
	mostColumns = 200
	mostBytes   = 64 << 20
	label       = "fake"
)

// File is a table of accounts.
type File struct {
	Rows    []Labelled
	Columns []string // the known columns it has
	Absent  []string // the known columns it lacks
	Ignored []string // columns that mean nothing here
	Without map[string]int
	Labels  bool // it says which accounts are fake
}

// ReadFile reads a CSV table with the columns of the training file: has_picture, username_digit_share, fullname_words, fullname_digit_share,
// name_is_username, bio_length, has_external_url, is_private, posts, followers, following and fake. Columns may be missing and cells empty;
// a cell that is there and no number is refused with its line.
func ReadFile(r io.Reader) (*File, error) {
	limited := &io.LimitedReader{R: r, N: mostBytes + 1}
	buffered := bufio.NewReaderSize(limited, 64<<10)
	in := csv.NewReader(buffered)
	in.Comma = separator(buffered)
	in.FieldsPerRecord, in.TrimLeadingSpace, in.ReuseRecord = 0, true, true
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, fault.Invalid("The file is empty.").In("file")
	}
	if err != nil {
		return nil, unreadable(err)
	}
	f, names, err := readHeader(header)
	if err != nil {
		return nil, err
	}
	for {
		record, err := in.Read()
		switch {
		case limited.N == 0:
			return nil, fault.Invalidf("The file is larger than %d MiB.", mostBytes>>20).In("file")
		case errors.Is(err, io.EOF) && len(f.Rows) == 0:
			return nil, fault.Invalid("The file has a header and no rows.").In("file")
		case errors.Is(err, io.EOF):
			return f, nil
		case err != nil:
			return nil, unreadable(err)
		case len(f.Rows) == mostRows:
			return nil, fault.Invalidf("The file has more than %d rows.", mostRows).In("file")
		}
		line, _ := in.FieldPos(0)
		if err := f.add(record, names, line); err != nil {
			return nil, err
		}
	}
}

// separator is what the header's cells stand apart by: commas, or semicolons or tabs where it has more of them.
func separator(r *bufio.Reader) rune {
	head, _ := r.Peek(4096) //nolint:errcheck // a short file is all there is, and Read says what is wrong with a broken one
	line, _, _ := strings.Cut(string(head), "\n")
	best := ','
	for _, c := range []rune{';', '\t'} {
		if strings.Count(line, string(c)) > strings.Count(line, string(best)) {
			best = c
		}
	}
	return best
}

func unreadable(err error) error {
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		return fault.Invalidf("The file is not a CSV table: line %d: %v.", parse.Line, parse.Err).In("file")
	}
	return fmt.Errorf("cannot read the file: %w", err)
}

// field writes a cell's number into the features.
type setter func(*Labelled, float64)

var fields = map[string]setter{
	SignalPicture:        func(l *Labelled, x float64) { l.Features.HasPicture = yes(x) },
	SignalURL:            func(l *Labelled, x float64) { l.Features.HasURL = yes(x) },
	SignalPrivate:        func(l *Labelled, x float64) { l.Features.Private = yes(x) },
	SignalNameIsUsername: func(l *Labelled, x float64) { l.Features.NameIsUsername = yes(x) },
	SignalUsernameDigits: func(l *Labelled, x float64) { l.Features.UsernameDigitShare = &x },
	SignalFullnameDigits: func(l *Labelled, x float64) { l.Features.FullnameDigitShare = &x },
	SignalFullnameWords:  func(l *Labelled, x float64) { l.Features.FullnameWords = number(x) },
	SignalBio:            func(l *Labelled, x float64) { l.Features.BioLength = number(x) },
	SignalPosts:          func(l *Labelled, x float64) { l.Features.Posts = number(x) },
	SignalFollowers:      func(l *Labelled, x float64) { l.Features.Followers = number(x) },
	SignalFollowing:      func(l *Labelled, x float64) { l.Features.Following = number(x) },
	label:                func(l *Labelled, x float64) { l.Genuine = x == 0 },
}

func yes(x float64) *bool     { b := x == 1; return &b }
func number(x float64) *int64 { n := int64(math.Round(x)); return &n }

func readHeader(header []string) (f *File, names []string, err error) {
	if len(header) > mostColumns {
		return nil, nil, fault.Invalidf("The file has %d columns; at most %d are read.", len(header), mostColumns).In("file")
	}
	f, names = &File{Without: map[string]int{}}, make([]string, len(header))
	seen := map[string]bool{}
	for i, cell := range header {
		name := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(cell, "\ufeff")))
		name = strings.NewReplacer(" ", "_", "-", "_").Replace(name)
		if seen[name] && fields[name] != nil {
			return nil, nil, fault.Invalidf("The column “%s” is there twice.", name).In("file")
		}
		seen[name] = true
		if fields[name] == nil {
			f.Ignored = append(f.Ignored, name)
			continue
		}
		names[i] = name
		if name == label {
			f.Labels = true
		} else {
			f.Columns = append(f.Columns, name)
		}
	}
	for _, s := range signals {
		if s.name != SignalRatio && !seen[s.name] {
			f.Absent = append(f.Absent, s.name)
		}
	}
	if len(f.Columns) == 0 {
		return nil, nil, fault.Invalidf("None of the columns is known. Known are: %s and %s.", strings.Join(known(), ", "), label).In("file")
	}
	return f, names, nil
}

// known are the columns a file may have, without the label.
func known() (names []string) {
	for _, s := range signals {
		if s.name != SignalRatio {
			names = append(names, s.name)
		}
	}
	return names
}

func (f *File) add(record, names []string, line int) error {
	var row Labelled
	for i, name := range names {
		if name == "" {
			continue
		}
		cell := strings.ToLower(strings.TrimSpace(record[i]))
		x, state := readCell(name, cell)
		if state == cellWrong || state == cellEmpty && name == label {
			return fault.Invalidf("Line %d: “%s” is not a value of the column “%s” (%s).", line, shortened(cell), name, wanted(name)).In("file")
		}
		if state == cellEmpty {
			f.Without[name]++
			continue
		}
		fields[name](&row, x)
	}
	f.Rows = append(f.Rows, row)
	return nil
}

type cellState int

const (
	cellGood cellState = iota
	cellEmpty
	cellWrong
)

func readCell(name, cell string) (x float64, state cellState) {
	switch cell {
	case "", "na", "n/a", "nan", "null", "none":
		return 0, cellEmpty
	case "true", "yes", "t", "y":
		cell = "1"
	case "false", "no", "f", "n":
		cell = "0"
	}
	number, percent := strings.CutSuffix(cell, "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent && isShare(name) {
		x /= 100
	}
	if err != nil || percent && !isShare(name) || math.IsInf(x, 0) || math.IsNaN(x) || x < 0 || x > limit(name) || limit(name) == 1 && isFlag(name) && x != 0 && x != 1 {
		return 0, cellWrong
	}
	return x, cellGood
}

func isFlag(name string) bool {
	return name == SignalPicture || name == SignalURL || name == SignalPrivate || name == SignalNameIsUsername || name == label
}

func isShare(name string) bool { return name == SignalUsernameDigits || name == SignalFullnameDigits }

func limit(name string) float64 {
	if isFlag(name) || isShare(name) {
		return 1
	}
	return 1e13
}

func wanted(name string) string {
	switch {
	case isFlag(name):
		return "0 or 1, yes or no, true or false"
	case limit(name) == 1:
		return "a share from 0 to 1, or with a % sign"
	}
	return "a count from 0 up"
}

func shortened(cell string) string {
	if r := []rune(cell); len(r) > 30 {
		return string(r[:30]) + "…"
	}
	return cell
}

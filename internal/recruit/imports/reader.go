package imports

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"rapport/internal/base/csvsafe"
	"rapport/internal/base/fault"
)

// The limits of a file.
const (
	LongestLine = 1 << 20 // bytes of one record, over all the lines a quoted cell may span
	MostColumns = 200
	MostRows    = 5_000_000
	peeked      = 64 << 10 // bytes looked at to tell encoding and separator
)

// file is something that brings records: a CSV or a JSON file.
type file interface {
	titles() []string // of the columns; those of a JSON file may grow while it is read
	next() (record, error)
	offset() int64     // bytes read
	separator() string // "" for JSON
}

// csvFile reads the records of a CSV file within the limits.
type csvFile struct {
	csv    *csv.Reader
	meter  *meter
	header []string
	comma  rune
}

func (r *csvFile) titles() []string  { return r.header }
func (r *csvFile) offset() int64     { return r.csv.InputOffset() }
func (r *csvFile) separator() string { return string(r.comma) }

// record is one line of the file that is not blank.
type record struct {
	line  int      // of a JSON file: the number of the entry
	cells []string // valid until the next one is read
	first []string // of an entry with several accounts: the cells of its first one, for the others; else nil
}

// open looks at the start of a file and reads its header.
func open(r io.Reader) (file, error) {
	m := &meter{inner: r, spare: LongestLine}
	buffered := bufio.NewReaderSize(m, peeked)
	head, err := buffered.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("cannot read the file: %w", err)
	}
	if err := checkStart(head); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte("\uFEFF")) {
		if _, err := buffered.Discard(3); err != nil {
			return nil, fmt.Errorf("cannot read the file: %w", err)
		}
		head = head[3:]
	}
	if isJSON(head) {
		return openJSON(buffered, m)
	}
	named, skip := separatorLine(head)
	if _, err := buffered.Discard(skip); err != nil {
		return nil, fmt.Errorf("cannot read the file: %w", err)
	}
	out := &csvFile{meter: m, comma: named}
	if out.comma == 0 {
		out.comma = separatorOf(head)
	}
	out.csv = csv.NewReader(buffered)
	out.csv.Comma, out.csv.FieldsPerRecord, out.csv.LazyQuotes, out.csv.ReuseRecord = out.comma, -1, true, true
	return out, out.readHeader()
}

// separatorLine reads Excel's first line "sep=;" and returns how many bytes it takes.
func separatorLine(head []byte) (comma rune, length int) {
	line, _, found := bytes.Cut(head, []byte("\n"))
	text := strings.TrimSuffix(string(line), "\r")
	if found && len(text) == 5 && strings.HasPrefix(strings.ToLower(text), "sep=") && strings.Contains(",;|\t", text[4:]) {
		return rune(text[4]), len(line) + 1
	}
	return 0, 0
}

// separatorOf is the sign that stands most often in the first line outside quotes: comma, semicolon, tab or bar.
func separatorOf(head []byte) rune {
	counts := map[rune]int{}
	quoted := false
	for _, r := range string(head) {
		if r == '"' {
			quoted = !quoted
		}
		if !quoted && (r == '\n' || r == '\r') {
			break
		}
		if !quoted {
			counts[r]++
		}
	}
	best := ','
	for _, r := range []rune{';', '\t', '|'} {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

func (r *csvFile) readHeader() error {
	first, err := r.next()
	switch {
	case errors.Is(err, io.EOF):
		return badFile("The file is empty. Its first line must name the columns.")
	case err != nil:
		return err
	case len(first.cells) > MostColumns:
		return badFile(fmt.Sprintf("The file has %d columns; at most %d can be read.", len(first.cells), MostColumns))
	}
	for _, title := range first.cells {
		r.header = append(r.header, strings.Join(strings.Fields(title), " "))
	}
	return nil
}

// next returns the next record that has text in it; io.EOF after the last.
func (r *csvFile) next() (record, error) {
	for {
		r.meter.allow(r.csv.InputOffset())
		cells, err := r.csv.Read()
		if errors.Is(err, io.EOF) {
			return record{}, io.EOF
		}
		line := 0
		if len(cells) > 0 {
			line, _ = r.csv.FieldPos(0)
		}
		if err != nil {
			return record{}, r.explain(err)
		}
		if err := checkCells(line, cells); err != nil {
			return record{}, err
		}
		if !isBlank(cells) {
			return record{line: line, cells: cells}, nil
		}
	}
}

func (r *csvFile) explain(err error) error {
	if errors.Is(err, errTooLong) {
		return badFile("A line of this file is longer than 1 MiB. Perhaps a quotation mark is opened and never closed.")
	}
	if wrong := new(csv.ParseError); errors.As(err, &wrong) {
		return badFile("Line " + thousands(int64(wrong.Line)) + " cannot be read: a quotation mark stands in the wrong place.")
	}
	if _, ok := fault.As(err); ok {
		return err
	}
	return fmt.Errorf("cannot read the file: %w", err)
}

func checkCells(line int, cells []string) error {
	for i, cell := range cells {
		if !utf8.ValidString(cell) {
			return notUTF8(line, []byte(cell))
		}
		if cell != "" {
			cells[i] = csvsafe.Unguard(strings.TrimSpace(cell))
		}
	}
	return nil
}

func isBlank(cells []string) bool {
	for _, cell := range cells {
		if cell != "" {
			return false
		}
	}
	return true
}

var errTooLong = errors.New("a line is too long")

// meter counts the bytes read and stops when a record takes more than its share.
type meter struct {
	inner io.Reader
	read  int64
	spare int64 // may be read up to here
}

// allow lets the record that begins at offset be as long as a record may be; what is buffered ahead comes on top.
func (m *meter) allow(offset int64) { m.spare = offset + LongestLine + 2*peeked }

func (m *meter) Read(p []byte) (int, error) {
	if m.read >= m.spare {
		return 0, errTooLong
	}
	n, err := m.inner.Read(p)
	m.read += int64(n)
	return n, err
}

// thousands writes 12345 as 12,345.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

package imports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// mostAccounts bounds the accounts of one entry.
const mostAccounts = 20

// isJSON reports whether a file begins as an array or an object of JSON.
func isJSON(head []byte) bool {
	text := bytes.TrimLeft(head, " \t\r\n")
	return len(text) > 0 && (text[0] == '[' && startsValue(text[1:]) || text[0] == '{' && startsKey(text[1:]))
}

func startsValue(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return len(rest) == 0 || rest[0] == '{' || rest[0] == ']'
}

func startsKey(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return len(rest) == 0 || rest[0] == '"' || rest[0] == '}'
}

// jsonFile reads entries from an array of objects, or from objects that stand one after the other (JSON Lines). A key is a column; columns that
// later entries bring are added at the end. An entry with "profiles": […] is a row per profile, each with what the entry says beside it.
type jsonFile struct {
	decoder *json.Decoder
	meter   *meter
	isArray bool
	over    bool
	header  []string
	columns map[string]int
	entry   int
	waiting []record // of the entry at hand, and those looked at for the header
}

// lookedAt is how many entries are read ahead for the columns.
const lookedAt = 50

func openJSON(r *bufio.Reader, m *meter) (*jsonFile, error) {
	f := &jsonFile{decoder: json.NewDecoder(r), meter: m, columns: map[string]int{}}
	f.decoder.UseNumber()
	start, err := firstByte(r)
	if err != nil {
		return nil, f.explain(err)
	}
	if start == '[' {
		f.isArray = true
		if _, err := f.decoder.Token(); err != nil {
			return nil, f.explain(err)
		}
	}
	for range lookedAt {
		if err := f.readEntry(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
	}
	if len(f.header) == 0 {
		return nil, badFile("The file holds no entries. It must be a list of objects, one per creator.")
	}
	return f, nil
}

func firstByte(r *bufio.Reader) (byte, error) {
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if !bytes.ContainsRune([]byte(" \t\r\n"), rune(b)) {
			return b, r.UnreadByte()
		}
	}
}

func (f *jsonFile) titles() []string  { return f.header }
func (f *jsonFile) offset() int64     { return f.decoder.InputOffset() }
func (f *jsonFile) separator() string { return "" }

func (f *jsonFile) next() (record, error) {
	for len(f.waiting) == 0 {
		if err := f.readEntry(); err != nil {
			return record{}, err
		}
	}
	r := f.waiting[0]
	f.waiting = f.waiting[1:]
	return r, nil
}

// readEntry reads one object into the records that wait; io.EOF after the last.
func (f *jsonFile) readEntry() error {
	if f.over {
		return io.EOF
	}
	if f.isArray && !f.decoder.More() {
		f.over = true
		if _, err := f.decoder.Token(); err != nil {
			return f.explain(err)
		}
		return io.EOF
	}
	f.meter.allow(f.decoder.InputOffset())
	f.entry++
	var raw json.RawMessage
	if err := f.decoder.Decode(&raw); errors.Is(err, io.EOF) && !f.isArray {
		return io.EOF
	} else if err != nil {
		return f.explain(err)
	}
	if !utf8.Valid(raw) {
		return notUTF8(f.entry, raw)
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil || object == nil {
		return badFile(fmt.Sprintf("Entry %s is no object. Each entry must look like {\"platform\": \"tiktok\", \"handle\": \"…\"}.", thousands(int64(f.entry))))
	}
	return f.spread(object)
}

// spread makes records of an entry: one, or one per profile.
func (f *jsonFile) spread(object map[string]json.RawMessage) error {
	var profiles []map[string]json.RawMessage
	if raw, ok := object["profiles"]; ok {
		if err := json.Unmarshal(raw, &profiles); err != nil || len(profiles) > mostAccounts {
			return badFile(fmt.Sprintf("Entry %s: “profiles” must be a list of at most %d objects.", thousands(int64(f.entry)), mostAccounts))
		}
		delete(object, "profiles")
	}
	if len(profiles) == 0 {
		cells, err := f.cells(object)
		if err == nil && !isBlank(cells) {
			f.waiting = append(f.waiting, record{line: f.entry, cells: cells})
		}
		return err
	}
	var first []string
	for i, p := range profiles {
		merged := maps.Clone(object)
		maps.Copy(merged, p)
		cells, err := f.cells(merged)
		if err != nil {
			return err
		}
		f.waiting = append(f.waiting, record{line: f.entry, cells: cells, first: first})
		if i == 0 {
			first = cells
		}
	}
	return nil
}

// cells puts an object's values into columns; new keys become columns, in alphabetical order.
func (f *jsonFile) cells(object map[string]json.RawMessage) ([]string, error) {
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if _, known := f.columns[key]; !known {
			if len(f.header) == MostColumns {
				return nil, badFile(fmt.Sprintf("The entries have more than %d different keys.", MostColumns))
			}
			f.columns[key] = len(f.header)
			f.header = append(f.header, strings.Join(strings.Fields(key), " "))
		}
	}
	cells := make([]string, len(f.header))
	for key, raw := range object {
		cells[f.columns[key]] = strings.TrimSpace(cellOf(raw))
	}
	return cells, nil
}

// cellOf is a value as a cell: text as it is, a list of plain values joined by semicolons, anything deeper as JSON.
func cellOf(raw json.RawMessage) string {
	if text, ok := plain(raw); ok {
		return text
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return string(raw)
	}
	texts := make([]string, len(list))
	for i, item := range list {
		text, ok := plain(item)
		if !ok || strings.Contains(text, ";") {
			return string(raw)
		}
		texts[i] = text
	}
	return strings.Join(texts, "; ")
}

// plain is a text, number, yes, no or nothing.
func plain(raw json.RawMessage) (string, bool) {
	switch text := string(raw); {
	case text == "null":
		return "", true
	case text == "true", text == "false":
		return text, true
	case strings.HasPrefix(text, `"`):
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err == nil
	case len(text) > 0 && strings.ContainsRune("-0123456789", rune(text[0])):
		if n, err := strconv.ParseFloat(text, 64); err == nil && n == float64(int64(n)) && strings.ContainsAny(text, ".eE") {
			return strconv.FormatInt(int64(n), 10), true // 12000.0 and 1.2e4 are whole
		}
		return text, true
	}
	return "", false
}

func (f *jsonFile) explain(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, errTooLong):
		return badFile("An entry of this file is longer than 1 MiB.")
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return badFile("The JSON cannot be read behind entry " + thousands(int64(max(0, f.entry-1))) + ": something is missing or stands in the wrong place.")
	}
	return fmt.Errorf("cannot read the file: %w", err)
}

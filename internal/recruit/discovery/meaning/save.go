package meaning

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// saved begins every saved space; the number is the form's version. A program that knows another version refuses the file, and learns anew.
const saved = "rapport meaning 1\n"

// mostSaved bounds a file: 200,000 terms in 512 dimensions are 410 MB.
const mostSaved = 1 << 30

// ErrDamaged says that a saved space is cut short, changed, or of another version. It is learnt anew rather than mended.
var ErrDamaged = errors.New("the saved space of meanings is damaged or of another version")

// Save writes the space, with the SHA-256 of all of it at the end.
func (s *Space) Save(w io.Writer) error {
	sum := sha256.New()
	out := &writer{to: bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<16)}
	out.bytes([]byte(saved))
	topics, err := s.tree.encoded()
	if err != nil {
		return err
	}
	out.number(len(topics))
	out.bytes(topics)
	out.number(s.dimensions)
	out.number(s.documents)
	out.number(len(s.words))
	for i, word := range s.words {
		out.text(word)
		out.number(int(s.spread[i]))
		out.numbers(s.parts[i])
		out.number(len(s.associates[i]))
		for _, a := range s.associates[i] {
			out.number(int(a.term))
			out.float(a.weight)
		}
	}
	for _, x := range s.places {
		out.float(x)
	}
	known := make([]string, 0, len(s.dictionary))
	for word := range s.dictionary {
		known = append(known, word)
	}
	slices.Sort(known)
	out.number(len(known))
	for _, word := range known {
		out.text(word)
		out.float(s.dictionary[word])
	}
	if out.err == nil {
		out.err = out.to.Flush()
	}
	if out.err != nil {
		return fmt.Errorf("cannot save the space of meanings: %w", out.err)
	}
	if _, err := w.Write(sum.Sum(nil)); err != nil {
		return fmt.Errorf("cannot save the space of meanings: %w", err)
	}
	return nil
}

// writer keeps the first error.
type writer struct {
	to  *bufio.Writer
	err error
}

func (w *writer) bytes(b []byte) {
	if w.err == nil {
		_, w.err = w.to.Write(b)
	}
}

func (w *writer) number(n int) { w.bytes(binary.AppendUvarint(nil, uint64(n))) } //nolint:gosec // counts, never negative
func (w *writer) float(x float32) {
	w.bytes(binary.LittleEndian.AppendUint32(nil, math.Float32bits(x)))
}

func (w *writer) text(s string) {
	w.number(len(s))
	w.bytes([]byte(s))
}

func (w *writer) numbers(all []uint32) {
	w.number(len(all))
	for _, n := range all {
		w.number(int(n))
	}
}

// Load reads a space. Whatever is not exactly what Save wrote is ErrDamaged.
func Load(r io.Reader) (*Space, error) {
	all, err := io.ReadAll(io.LimitReader(r, mostSaved+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read the space of meanings: %w", err)
	}
	body, ok := checked(all)
	if !ok {
		return nil, ErrDamaged
	}
	in := &taker{from: body}
	s := in.space()
	if in.bad || len(in.from) > 0 {
		return nil, ErrDamaged
	}
	return s, nil
}

// checked answers what lies between the version and the sum, if both are right.
func checked(all []byte) ([]byte, bool) {
	if len(all) < len(saved)+sha256.Size || len(all) > mostSaved || !bytes.HasPrefix(all, []byte(saved)) {
		return nil, false
	}
	body, sum := all[:len(all)-sha256.Size], all[len(all)-sha256.Size:]
	is := sha256.Sum256(body)
	return body[len(saved):], bytes.Equal(is[:], sum)
}

// taker reads from bytes; once something does not fit it is bad, and everything it answers is zero.
type taker struct {
	from []byte
	bad  bool
}

func (t *taker) space() *Space {
	tree := t.tree()
	if t.bad {
		return nil
	}
	s := &Space{tree: tree, dimensions: t.number(MostDimensions), documents: t.number(math.MaxInt32), terms: map[string]uint32{}, dictionary: dictionary{}}
	n := t.number(mostVocabulary)
	for i := 0; i < n && !t.bad; i++ {
		s.add(t.text(), uint32(t.number(math.MaxInt32))) //nolint:gosec // within the limit
		var parts []uint32
		for range t.number(longestTerm) {
			parts = append(parts, uint32(t.number(n-1))) //nolint:gosec // within the limit
		}
		s.parts = append(s.parts, parts)
		row := make([]associate, 0, mostAssociates)
		for range t.number(mostAssociates) {
			row = append(row, associate{uint32(t.number(n - 1)), t.float()}) //nolint:gosec // within the limit
		}
		s.associates = append(s.associates, row)
	}
	t.bad = t.bad || len(s.terms) != n || len(t.from) < 4*n*s.dimensions
	if t.bad {
		return nil
	}
	s.places = make([]float32, n*s.dimensions)
	for i := range s.places {
		s.places[i] = t.float()
	}
	s.measure()
	for range t.number(len(t.from)) {
		s.dictionary[t.text()] = t.float()
	}
	return s
}

func (t *taker) tree() *Tree {
	var topics []Topic
	if err := json.Unmarshal(t.bytes(t.number(len(t.from))), &topics); err != nil {
		t.bad = true
		return nil
	}
	tree, err := NewTree(topics)
	t.bad = t.bad || err != nil
	return tree
}

func (t *taker) bytes(n int) []byte {
	if t.bad || n > len(t.from) {
		t.bad = true
		return nil
	}
	b := t.from[:n]
	t.from = t.from[n:]
	return b
}

// number reads a count of at most so many.
func (t *taker) number(most int) int {
	n, size := binary.Uvarint(t.from)
	if t.bad || size <= 0 || most < 0 || n > uint64(most) {
		t.bad = true
		return 0
	}
	t.from = t.from[size:]
	return int(n) //nolint:gosec // within the limit
}

// text reads a term; none is empty.
func (t *taker) text() string {
	word := strings.Clone(string(t.bytes(t.number(4 * longestTerm))))
	t.bad = t.bad || word == ""
	return word
}

// float reads a finite number.
func (t *taker) float() float32 {
	b := t.bytes(4)
	if t.bad {
		return 0
	}
	x := math.Float32frombits(binary.LittleEndian.Uint32(b))
	t.bad = x-x != 0
	return x
}

package clicks

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
)

// found is what a folder holds when its log is opened.
type found struct {
	origin   [originLength]byte
	segments []*segment // with headers, oldest first
	seq      uint64     // the highest one ever seen
	synced   uint64     // the last number
}

// recoverDir reads the header of every segment and the records of the last one alone, so that opening takes no longer with a thousand segments.
// What follows the last whole record was never acknowledged and is cut off.
func recoverDir(dir string, logger *slog.Logger) (f found, err error) {
	names, err := os.ReadDir(dir) // sorted, and the names' digits are padded
	if err != nil {
		return f, fmt.Errorf("cannot list the click log: %w", err)
	}
	for _, name := range names {
		seq, ok := segmentSeq(name.Name())
		if !ok {
			continue
		}
		f.seq = max(f.seq, seq)
		if err := f.add(segmentPath(dir, seq), seq, logger); err != nil {
			return f, err
		}
	}
	if len(f.segments) == 0 {
		_, err := rand.Read(f.origin[:])
		return f, err
	}
	return f, f.readLast(logger)
}

// add takes a segment with a header into the list, removes one that was never written to, and sets a damaged one aside.
func (f *found) add(path string, seq uint64, logger *slog.Logger) error {
	h, state, err := readHeader(path)
	switch {
	case err != nil:
		return err
	case state == headerBlank:
		return os.Remove(path)
	case state == headerDamaged:
		logger.Error("a segment of the click log is damaged and was set aside", "file", filepath.Base(path))
		return os.Rename(path, path+".damaged")
	}
	if n := len(f.segments); n > 0 && (h.origin != f.origin || h.first < f.segments[n-1].first) {
		return fmt.Errorf("segment %s does not follow the one before it: the folder holds files of two click logs", path)
	}
	f.origin = h.origin
	f.segments = append(f.segments, &segment{seq: seq, path: path, first: h.first, made: h.made, end: unknownEnd})
	return nil
}

type headerState int

const (
	headerWhole headerState = iota
	headerBlank
	headerDamaged
)

func readHeader(path string) (h header, state headerState, err error) {
	file, err := os.Open(path)
	if err != nil {
		return h, 0, fmt.Errorf("cannot open a segment of the click log: %w", err)
	}
	defer file.Close()
	b := make([]byte, headerBytes)
	n, err := io.ReadFull(file, b)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return h, 0, fmt.Errorf("cannot read a segment of the click log: %w", err)
	}
	h, whole := parseHeader(b[:n])
	switch {
	case whole:
		return h, headerWhole, nil
	case !slices.ContainsFunc(b, func(c byte) bool { return c != 0 }):
		return h, headerBlank, nil
	}
	return h, headerDamaged, nil
}

// readLast finds the last number and cuts off what follows its record.
func (f *found) readLast(logger *slog.Logger) error {
	s := f.segments[len(f.segments)-1]
	file, err := os.Open(s.path)
	if err != nil {
		return fmt.Errorf("cannot open the last segment of the click log: %w", err)
	}
	defer file.Close()
	f.synced = s.first - 1
	s.end, err = walk(file, headerBytes, unknownEnd, func(no uint64, offset int64, _ []byte) bool {
		if no != f.synced+1 {
			return false
		}
		f.synced = no
		s.note(no, offset)
		return true
	})
	if err != nil {
		return fmt.Errorf("cannot read the last segment of the click log: %w", err)
	}
	if err := os.Truncate(s.path, s.end); err != nil { // tidy only: the next segment says where numbers go on
		logger.Warn("the click log's last segment keeps a tail that nobody reads", "error", err)
	}
	return nil
}

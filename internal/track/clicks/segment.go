package clicks

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// A segment is one file of the log: a header and then records whose numbers rise by one. Files are named by the order of their making. The header is
// written together with the first records, so a file without a valid header holds nothing that was ever acknowledged.
//
// Every segment is filled with zeros before it is used: fdatasync then has no new length or extent to write (it took 140 µs where a growing file
// took 200 µs on the ext4 this was tried on), and a disk that fills up cannot surprise a segment in its middle.
type segment struct {
	seq   uint64
	path  string
	first uint64 // number of the first record; 0 while nothing was written
	made  int64  // milliseconds of the first record
	end   int64  // bytes that are written and synced; unknownEnd for segments of an earlier run that were not read yet
	marks []mark // where to start reading, by number
}

// mark says that the record with number no begins at offset.
type mark struct {
	no     uint64
	offset int64
}

const (
	segmentSuffix = ".clicks"
	segmentMagic  = "rapclk\x00\x01" // the last byte is the version
	headerBytes   = 8 + 8 + 8 + 8 + 4
	unknownEnd    = 1 << 62
	markEvery     = 64 << 10 // bytes; a segment of 16 MiB has 256 marks
	originLength  = 8
)

func segmentPath(dir string, seq uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%012d%s", seq, segmentSuffix))
}

// segmentSeq returns the sequence of a segment's file name; ok is false for other files.
func segmentSeq(name string) (seq uint64, ok bool) {
	digits, ok := strings.CutSuffix(name, segmentSuffix)
	if !ok {
		return 0, false
	}
	seq, err := strconv.ParseUint(digits, 10, 64)
	return seq, err == nil
}

// header is what a segment says of itself: whose log it belongs to, its first number, and when that was written.
type header struct {
	origin [originLength]byte
	first  uint64
	made   int64 // milliseconds
}

func (h header) append(b []byte) []byte {
	start := len(b)
	b = append(b, segmentMagic...)
	b = append(b, h.origin[:]...)
	b = binary.LittleEndian.AppendUint64(b, h.first)
	b = binary.LittleEndian.AppendUint64(b, uint64(h.made)) //nolint:gosec // after 1970
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
}

// parseHeader returns ok=false for anything that is not a whole, proven header.
func parseHeader(b []byte) (h header, ok bool) {
	if len(b) < headerBytes || string(b[:8]) != segmentMagic {
		return h, false
	}
	if crc32.Checksum(b[:headerBytes-4], castagnoli) != binary.LittleEndian.Uint32(b[headerBytes-4:]) {
		return h, false
	}
	copy(h.origin[:], b[8:16])
	h.first = binary.LittleEndian.Uint64(b[16:])
	h.made = int64(binary.LittleEndian.Uint64(b[24:])) //nolint:gosec // written from an int64
	return h, h.first > 0
}

// originName is the name of a log for people and tables: 16 hexadecimal digits.
func originName(origin [originLength]byte) string { return hex.EncodeToString(origin[:]) }

// note keeps where a record begins, if the last mark is far enough away. Records are noted in rising order; known ones are passed over.
func (s *segment) note(no uint64, offset int64) {
	if n := len(s.marks); n == 0 || offset >= s.marks[n-1].offset+markEvery {
		s.marks = append(s.marks, mark{no, offset})
	}
}

// seek returns the offset of a record at or before the one with the number.
func (s *segment) seek(no uint64) int64 {
	i := sort.Search(len(s.marks), func(i int) bool { return s.marks[i].no > no })
	if i == 0 {
		return headerBytes
	}
	return s.marks[i-1].offset
}

// file is the part of os.File that the committer writes to. Tests put one in its place whose writes or syncs fail, or which forgets like a power cut.
type file interface {
	WriteAt(b []byte, offset int64) (int, error)
	Sync() error // like fdatasync: the data and what is needed to find it
	Truncate(size int64) error
	Close() error
}

type diskFile struct{ *os.File }

func (f diskFile) Sync() error { return datasync(f.File) }

// createFile makes a new file whose name survives a power cut.
func createFile(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(path))
	}
	return diskFile{f}, nil
}

package clicks

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"net/netip"
	"slices"
)

// A record on disk is a frame around a click:
//
//	length of the body (4, little endian) · CRC32C of the body (4) · body
//
// and the body is
//
//	version (1) · number (8) · link (8) · milliseconds (6) · random (4) · flags (1) · device (1) · agent (8) · visitor (16) ·
//	country (2, zero when unknown) · network (length 0, 3 or 6; its bytes) · referrer (uvarint length; bytes) · query (the same)
//
// A length of zero ends a segment: the rest was filled with zeros when it was made.
const (
	recordVersion = 1
	frameBytes    = 8
	fixedBytes    = 1 + 8 + 8 + 6 + 4 + 1 + 1 + 8 + 16 + 2
	maxBody       = fixedBytes + 1 + 6 + 2*binary.MaxVarintLen16 + MaxReferrer + MaxQuery
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	errRecord  = errors.New("this is no click record")
)

// appendFrame appends the framed click to b. The click must be as kept returns it.
func appendFrame(b []byte, c *Click) []byte {
	start := len(b)
	b = append(b, make([]byte, frameBytes)...)
	b = appendBody(b, c)
	body := b[start+frameBytes:]
	binary.LittleEndian.PutUint32(b[start:], uint32(len(body))) //nolint:gosec // at most maxBody
	binary.LittleEndian.PutUint32(b[start+4:], crc32.Checksum(body, castagnoli))
	return b
}

func appendBody(b []byte, c *Click) []byte {
	b = append(b, recordVersion)
	b = binary.LittleEndian.AppendUint64(b, c.No)
	b = binary.LittleEndian.AppendUint64(b, c.LinkNo)
	b = append(b, make([]byte, 6)...)
	putMillis(b[len(b)-6:], c.At)
	b = binary.LittleEndian.AppendUint32(b, c.Random)
	b = append(b, byte(c.Flags), byte(c.Device))
	b = binary.LittleEndian.AppendUint64(b, c.Agent)
	b = append(b, c.Visitor[:]...)
	b = append(b, country(c.Country)...)
	b = appendNetwork(b, c.Network)
	b = appendText(b, c.Referrer)
	return appendText(b, c.Query)
}

func country(s string) string {
	if s == "" {
		return "\x00\x00"
	}
	return s
}

func appendNetwork(b []byte, network netip.Prefix) []byte {
	if !network.IsValid() {
		return append(b, 0)
	}
	whole := network.Addr().AsSlice()
	n := network.Bits() / 8
	return append(append(b, byte(n)), whole[:n]...) //nolint:gosec // 3 or 6
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// frame returns the body at the beginning of b and the length of its frame; ok is false where b ends or its proof is wrong.
func frame(b []byte) (body []byte, n int, ok bool) {
	if len(b) < frameBytes {
		return nil, 0, false
	}
	length := int(binary.LittleEndian.Uint32(b))
	if length < fixedBytes || length > maxBody || len(b) < frameBytes+length {
		return nil, 0, false
	}
	body = b[frameBytes : frameBytes+length]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(b[4:]) {
		return nil, 0, false
	}
	return body, frameBytes + length, true
}

// decodeBody is the reverse of appendBody. It refuses everything that appendBody does not write, so one click has one body.
func decodeBody(b []byte) (c Click, err error) {
	if len(b) < fixedBytes || b[0] != recordVersion {
		return Click{}, errRecord
	}
	c.No = binary.LittleEndian.Uint64(b[1:])
	c.LinkNo = binary.LittleEndian.Uint64(b[9:])
	c.At = millis(b[17:23])
	c.Random = binary.LittleEndian.Uint32(b[23:])
	c.Flags, c.Device = Flags(b[27]), Device(b[28])
	c.Agent = binary.LittleEndian.Uint64(b[29:])
	copy(c.Visitor[:], b[37:53])
	if s := string(b[53:55]); isCountry(s) {
		c.Country = s
	} else if s != country("") {
		return Click{}, errRecord
	}
	rest := b[fixedBytes:]
	var ok [3]bool
	c.Network, rest, ok[0] = takeNetwork(rest)
	c.Referrer, rest, ok[1] = takeText(rest, MaxReferrer)
	c.Query, rest, ok[2] = takeText(rest, MaxQuery)
	if len(rest) != 0 || slices.Contains(ok[:], false) {
		return Click{}, errRecord
	}
	return c, nil
}

func takeNetwork(b []byte) (network netip.Prefix, rest []byte, ok bool) {
	switch {
	case len(b) == 0:
		return network, nil, false
	case b[0] == 0:
		return network, b[1:], true
	case b[0] == 3 && len(b) >= 4:
		var whole [4]byte
		copy(whole[:], b[1:4])
		return netip.PrefixFrom(netip.AddrFrom4(whole), 24), b[4:], true
	case b[0] == 6 && len(b) >= 7:
		var whole [16]byte
		copy(whole[:], b[1:7])
		return netip.PrefixFrom(netip.AddrFrom16(whole), 48), b[7:], true
	}
	return network, nil, false
}

func takeText(b []byte, limit int) (s string, rest []byte, ok bool) {
	length, n := binary.Uvarint(b)
	if n <= 0 || length > uint64(limit) || uint64(len(b)-n) < length { //nolint:gosec // limits are small
		return "", nil, false
	}
	if n != len(binary.AppendUvarint(nil, length)) { // a longer spelling of the same length
		return "", nil, false
	}
	end := n + int(length) //nolint:gosec // at most limit
	s = string(b[n:end])
	return s, b[end:], clean(s, limit) == s
}

package clicks

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var comparePrefixes = cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })

func drawClick(t *rapid.T) Click {
	c := Click{
		No:       rapid.Uint64().Draw(t, "no"),
		LinkNo:   rapid.Uint64().Draw(t, "link"),
		At:       time.UnixMicro(rapid.Int64().Draw(t, "micros")),
		Random:   rapid.Uint32().Draw(t, "random"),
		Flags:    Flags(rapid.Byte().Draw(t, "flags")),
		Device:   Device(rapid.Byte().Draw(t, "device")),
		Country:  rapid.OneOf(rapid.StringMatching("[A-Z]{2}"), rapid.String()).Draw(t, "country"),
		Referrer: rapid.StringN(0, 200, -1).Draw(t, "referrer"),
		Query:    rapid.StringN(0, 800, -1).Draw(t, "query"),
		Agent:    rapid.Uint64().Draw(t, "agent"),
	}
	copy(c.Visitor[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "visitor"))
	address, _ := netip.AddrFromSlice(rapid.SliceOfN(rapid.Byte(), 0, 16).Draw(t, "address"))
	c.Network = NetworkOf(address)
	return c
}

func TestAnyClickComesBackFromItsRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawClick(t).kept()
		b := appendFrame([]byte("before"), &want)
		body, n, ok := frame(append(b[6:], "after"...))
		if !ok || n != len(b)-6 {
			t.Fatalf("the frame is %d bytes, ok %v; want %d", n, ok, len(b)-6)
		}
		got, err := decodeBody(body)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, comparePrefixes); diff != "" {
			t.Fatal(diff)
		}
		if again := got.kept(); !cmp.Equal(got, again, comparePrefixes) {
			t.Fatal("what is kept is cut again")
		}
	})
}

func TestAnyChangedBitOfARecordIsNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawClick(t).kept()
		b := appendFrame(nil, &c)
		bit := rapid.IntRange(0, len(b)*8-1).Draw(t, "bit")
		b[bit/8] ^= 1 << (bit % 8)
		if _, _, ok := frame(b); ok {
			t.Fatalf("bit %d changed, and the record is taken", bit)
		}
	})
}

func TestTextIsCutAndCleanedNotRefused(t *testing.T) {
	c := Click{Referrer: strings.Repeat("ä", 100), Query: "a=\x00b\xff\xfe", Country: "de"}.kept()
	if len(c.Referrer) != MaxReferrer || strings.Trim(c.Referrer, "ä") != "" {
		t.Errorf("the referrer was cut to %q", c.Referrer)
	}
	if c.Query != "a=b" || c.Country != "" {
		t.Errorf("kept query %q and country %q", c.Query, c.Country)
	}
}

func TestNoAddressIsKeptWhole(t *testing.T) {
	for address, want := range map[string]string{
		"203.0.113.77": "203.0.113.0/24", "::ffff:203.0.113.77": "203.0.113.0/24", "2001:db8:1234:5678::1": "2001:db8:1234::/48", "fe80::1%eth0": "fe80::/48",
	} {
		if got := NetworkOf(netip.MustParseAddr(address)); got.String() != want {
			t.Errorf("%s is cut to %s, want %s", address, got, want)
		}
		whole := Click{Network: netip.PrefixFrom(netip.MustParseAddr(address).WithZone(""), 32)}.kept()
		if whole.Network.String() != want {
			t.Errorf("%s is kept as %s, want %s", address, whole.Network, want)
		}
	}
	if got := NetworkOf(netip.Addr{}); got.IsValid() {
		t.Errorf("no address has the network %s", got)
	}
}

func FuzzRecord(f *testing.F) {
	c := Click{No: 1, LinkNo: 2, At: time.UnixMilli(1_800_000_000_000), Country: "DE", Referrer: "l.instagram.com", Query: "sub=1",
		Network: netip.MustParsePrefix("203.0.113.0/24")}
	f.Add(appendBody(nil, &c))
	c.Network = netip.MustParsePrefix("2001:db8::/48")
	f.Add(appendBody(nil, &c))
	f.Add([]byte{recordVersion})
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := decodeBody(body)
		if err != nil {
			return
		}
		if again := appendBody(nil, &c); !bytes.Equal(again, body) {
			t.Fatalf("a body that is taken is written otherwise:\n%x\n%x", body, again)
		}
	})
}

func FuzzHeader(f *testing.F) {
	f.Add(header{origin: [8]byte{1}, first: 7, made: 9}.append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, ok := parseHeader(b); ok && !bytes.Equal(h.append(nil), b[:headerBytes]) {
			t.Fatalf("a header that is taken is written otherwise: %+v", h)
		}
	})
}

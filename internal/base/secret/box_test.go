package secret_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rapport/internal/base/secret"
)

// master is a fixed master key per letter.
func master(letter byte) []byte { return bytes.Repeat([]byte{letter}, secret.KeySize) }

func seal(t interface{ Fatal(...any) }, box *secret.Box, purpose string, plain []byte) []byte {
	sealed, err := box.Seal(purpose, plain)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestOnlyTheSamePurposeOpensWhatWasSealed(t *testing.T) {
	box := secret.New(master('a'))
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		purpose := rapid.StringN(1, 20, -1).Draw(t, "purpose")
		other := rapid.StringN(1, 20, -1).Filter(func(s string) bool { return s != purpose }).Draw(t, "other")
		sealed := seal(t, box, purpose, plain)
		if got, err := box.Open(purpose, sealed); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("got %x, %v", got, err)
		}
		if _, err := box.Open(other, sealed); !errors.Is(err, secret.ErrDamaged) {
			t.Fatalf("another purpose gave %v", err)
		}
	})
}

func TestNoByteOfASealedTextCanBeChangedOrCut(t *testing.T) {
	box := secret.New(master('a'))
	sealed := seal(t, box, "token", []byte("access"))
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := box.Open("token", changed); err == nil {
			t.Errorf("byte %d was changed unseen", i)
		}
		if _, err := box.Open("token", sealed[:i]); err == nil {
			t.Errorf("cut after %d bytes unseen", i)
		}
	}
	if _, err := box.Open("token", append(sealed, 0)); err == nil {
		t.Error("a byte was added unseen")
	}
}

func TestSealingTwiceLooksDifferent(t *testing.T) {
	box := secret.New(master('a'))
	one, two := seal(t, box, "token", []byte("same")), seal(t, box, "token", []byte("same"))
	if bytes.Equal(one, two) || bytes.Contains(one, []byte("same")) {
		t.Fatal("a sealed text tells what is in it")
	}
}

func TestTooMuchIsNotSealed(t *testing.T) {
	if _, err := secret.New(master('a')).Seal("blob", make([]byte, secret.MaxPlain+1)); err == nil {
		t.Fatal("sealed")
	}
}

func TestARotatedBoxOpensAndChecksWhatTheOlderKeyMade(t *testing.T) {
	before := secret.New(master('a'))
	after := secret.New(master('b'), master('a'))
	sealed, mac := seal(t, before, "token", []byte("access")), before.MAC("customer", []byte("anna"))

	if plain, err := after.Open("token", sealed); err != nil || string(plain) != "access" {
		t.Fatalf("got %q, %v", plain, err)
	}
	if !after.CheckMAC("customer", mac, []byte("anna")) || !bytes.Equal(after.MACs("customer", []byte("anna"))[1], mac) {
		t.Fatal("a MAC of before the rotation is not known")
	}
	if !after.NeedsResealing(sealed) || after.NeedsResealing(seal(t, after, "token", nil)) || before.NeedsResealing(sealed) {
		t.Fatal("it is not clear what is left to seal again")
	}
	if _, err := before.Open("token", seal(t, after, "token", nil)); !errors.Is(err, secret.ErrUnknownKey) {
		t.Fatalf("the new key is known to the old box: %v", err)
	}
}

func TestNodesWithDifferentKeysAreToldApart(t *testing.T) {
	a, b, rotated := secret.New(master('a')), secret.New(master('b')), secret.New(master('b'), master('a'))
	if a.Fingerprint() == b.Fingerprint() || a.Fingerprint() != secret.New(master('a')).Fingerprint() || len(a.Fingerprint()) != 16 {
		t.Fatal("a fingerprint does not name a key")
	}
	if a.Knows(b.Fingerprint()) || !rotated.Knows(a.Fingerprint()) || rotated.Fingerprint() != b.Fingerprint() || a.Knows("xyz") || a.Knows("") {
		t.Fatal("a box does not know its own keys alone")
	}
}

func TestAMACDependsOnKeyPurposeAndEveryBoundary(t *testing.T) {
	box := secret.New(master('a'))
	seen := map[string]string{}
	for name, mac := range map[string][]byte{
		"plain":         box.MAC("ip", []byte("ab"), []byte("c")),
		"moved":         box.MAC("ip", []byte("a"), []byte("bc")),
		"joined":        box.MAC("ip", []byte("abc")),
		"empty at end":  box.MAC("ip", []byte("abc"), nil),
		"nothing":       box.MAC("ip"),
		"other purpose": box.MAC("customer", []byte("abc")),
		"other key":     secret.New(master('b')).MAC("ip", []byte("abc")),
		"derived key":   box.Key("ip", 32),
	} {
		if twin, ok := seen[string(mac)]; ok || len(mac) != 32 {
			t.Errorf("%s and %s give the same", name, twin)
		}
		seen[string(mac)] = name
	}
	if box.CheckMAC("ip", box.MAC("ip", []byte("a"))[:31], []byte("a")) || box.CheckMAC("ip", nil, []byte("a")) {
		t.Error("a cut MAC was accepted")
	}
}

// What is stored today must open in every later version.
func TestDerivationNeverChanges(t *testing.T) {
	box := secret.New(master('a'))
	for what, got := range map[string]string{
		wantFingerprint: box.Fingerprint(),
		wantMAC:         hex.EncodeToString(box.MAC("ip", []byte("ab"), []byte("c"))),
		wantKey:         hex.EncodeToString(box.Key("cookie", 16)),
	} {
		if what != got {
			t.Errorf("got %s, want %s", got, what)
		}
	}
	sealed, err := hex.DecodeString(sealedOnce)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := box.Open("token", sealed); err != nil || string(plain) != "access" {
		t.Errorf("got %q, %v", plain, err)
	}
}

func TestDerivedKeysOfDifferentLengthAreUnrelated(t *testing.T) {
	box := secret.New(master('a'))
	if long := box.Key("cookie", 64); len(long) != 64 || bytes.HasPrefix(long, box.Key("cookie", 32)) {
		t.Fatal("one derived key begins with another")
	}
}

func TestNoLogShowsAKey(t *testing.T) {
	box := secret.New(master('k'))
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "box", box)
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "box", box)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		fmt.Fprintf(&log, verb, box)
	}
	for _, leak := range []string{"kkkk", "107 107", hex.EncodeToString(master('k')[:4])} {
		if strings.Contains(log.String(), leak) {
			t.Errorf("%q is in %s", leak, log.String())
		}
	}
}

func TestMistakesOfTheProgramPanic(t *testing.T) {
	box := secret.New(master('a'))
	for name, call := range map[string]func(){
		"short key":      func() { secret.New([]byte("short")) },
		"no purpose":     func() { box.MAC("") },
		"no purpose key": func() { box.Key("", 32) },
		"endless key":    func() { box.Key("x", 1<<20) },
		"weak token":     func() { secret.RandomToken(8) },
	} {
		func() {
			defer func() {
				if text, ok := recover().(string); !ok || !strings.HasPrefix(text, "BUG: ") {
					t.Errorf("%s: %v", name, text)
				}
			}()
			call()
		}()
	}
}

// FuzzOpen hands in foreign bytes: they open only if the box sealed them itself.
func FuzzOpen(f *testing.F) {
	box := secret.New(master('a'), master('b'))
	good := seal(f, box, "token", []byte("access"))
	f.Add([]byte{})
	f.Add(good[:9])
	f.Add(good[:37])
	f.Add(bytes.Repeat([]byte{1}, 64))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		plain, err := box.Open("token", sealed)
		if err == nil {
			t.Fatalf("%x opened as %x", sealed, plain)
		}
		if !errors.Is(err, secret.ErrDamaged) && !errors.Is(err, secret.ErrUnknownKey) {
			t.Fatalf("an error of another kind: %v", err)
		}
	})
}

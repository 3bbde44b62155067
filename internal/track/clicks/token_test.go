package clicks

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func testKeys(t testing.TB) *Keys {
	t.Helper()
	keys, err := NewKeys(Key{No: 3, Secret: [32]byte{1, 2, 3}}, Key{No: 2, Secret: [32]byte{9}})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func drawToken(t *rapid.T) Token {
	return Token{
		LinkNo: rapid.Uint64().Draw(t, "link"),
		At:     time.UnixMilli(rapid.Int64Range(0, maxMillis).Draw(t, "millis")).UTC(),
		Random: rapid.Uint32().Draw(t, "random"),
		Flags:  Flags(rapid.Byte().Draw(t, "flags")),
	}
}

func TestTokenComesBackAsItWasSigned(t *testing.T) {
	keys := testKeys(t)
	rapid.Check(t, func(t *rapid.T) {
		want := drawToken(t)
		text := keys.Sign(want)
		if len(text) != TokenLength || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Fatalf("%q is not %d characters that a URL passes on unchanged", text, TokenLength)
		}
		if got, err := keys.Verify(text); err != nil || got != want {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
	})
}

func TestAnyChangedBitOfATokenIsRefused(t *testing.T) {
	keys := testKeys(t)
	rapid.Check(t, func(t *rapid.T) {
		text := keys.Sign(drawToken(t))
		var b [tokenBytes]byte
		if _, err := strict.Decode(b[:], []byte(text)); err != nil {
			t.Fatal(err)
		}
		for bit := range tokenBytes * 8 {
			b[bit/8] ^= 1 << (bit % 8)
			if _, err := keys.Verify(strict.EncodeToString(b[:])); !errors.Is(err, ErrForged) {
				t.Fatalf("bit %d changed, and the answer is %v", bit, err)
			}
			b[bit/8] ^= 1 << (bit % 8)
		}
	})
}

func TestWhatIsNoTokenIsForged(t *testing.T) {
	keys := testKeys(t)
	text := keys.Sign(Token{LinkNo: 7, At: time.Unix(1_800_000_000, 0)})
	for name, wrong := range map[string]string{
		"empty": "", "short": text[:35], "long": text + "A", "padded": text[:35] + "=", "space": text[:35] + " ",
		"line end": text[:34] + "\r\n", "plus": "+" + text[1:], "not ASCII": text[:34] + "é", "NUL": text[:35] + "\x00",
	} {
		if _, err := keys.Verify(wrong); !errors.Is(err, ErrForged) {
			t.Errorf("%s: got %v, want ErrForged", name, err)
		}
	}
}

func TestOldKeysVerifyUntilTheyAreTakenAway(t *testing.T) {
	before, err := NewKeys(Key{No: 0, Secret: [32]byte{1}})
	if err != nil {
		t.Fatal(err)
	}
	text := before.Sign(Token{LinkNo: 5})
	rotated, err := NewKeys(Key{No: 1, Secret: [32]byte{2}}, Key{No: 0, Secret: [32]byte{1}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rotated.Verify(text); err != nil {
		t.Errorf("the old key's token is refused: %v", err)
	}
	later, err := NewKeys(Key{No: 1, Secret: [32]byte{2}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := later.Verify(text); !errors.Is(err, ErrForged) {
		t.Errorf("a token of a key taken away: got %v, want ErrForged", err)
	}
}

func TestKeyNumbersAreSmallAndGivenOnce(t *testing.T) {
	if _, err := NewKeys(Key{No: 16}); err == nil {
		t.Error("number 16 was taken")
	}
	if _, err := NewKeys(Key{No: 1}, Key{No: 1}); err == nil {
		t.Error("number 1 was taken twice")
	}
}

func FuzzVerify(f *testing.F) {
	keys := testKeys(f)
	f.Add(keys.Sign(Token{LinkNo: 1, At: time.UnixMilli(1_800_000_000_123), Random: 2, Flags: Preview}))
	f.Add(strings.Repeat("A", TokenLength))
	f.Add("\n")
	f.Fuzz(func(t *testing.T, text string) {
		token, err := keys.Verify(text)
		if err != nil {
			if !errors.Is(err, ErrForged) {
				t.Fatalf("got %v", err)
			}
			return
		}
		if again, err := keys.Verify(keys.Sign(token)); err != nil || again != token {
			t.Fatalf("%+v does not survive another signing: %+v, %v", token, again, err)
		}
	})
}

func BenchmarkSign(b *testing.B) {
	keys := testKeys(b)
	token := Token{LinkNo: 1, At: time.UnixMilli(1_800_000_000_123)}
	b.ReportAllocs()
	for b.Loop() {
		keys.Sign(token)
	}
}

package secret_test

import (
	"encoding/base64"
	"encoding/hex"
	"testing"

	"rapport/internal/base/secret"
)

func TestTokensDifferAndFitIntoAnAddress(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		token := secret.RandomToken(32)
		if raw, err := base64.RawURLEncoding.DecodeString(token); err != nil || len(raw) != 32 || seen[token] {
			t.Fatalf("token of %d bytes, seen %v, %v", len(raw), seen[token], err)
		}
		seen[token] = true
	}
}

func TestATokenIsStoredAsItsSHA256(t *testing.T) {
	want := "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // FIPS 180-2, appendix B.1
	if got := hex.EncodeToString(secret.HashToken("abc")); got != want {
		t.Fatalf("got %s", got)
	}
	if !secret.Equal(secret.HashToken("abc"), secret.HashToken("abc")) || secret.Equal(secret.HashToken("abc"), secret.HashToken("abd")) {
		t.Fatal("comparison is wrong")
	}
}

package secret_test

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"rapport/internal/base/fault"
	"rapport/internal/base/secret"
)

func hash(t *testing.T, password string) string {
	t.Helper()
	h, err := secret.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestOnlyThePasswordItselfIsAccepted(t *testing.T) {
	h := hash(t, "correct horse")
	if !regexp.MustCompile(`^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`).MatchString(h) {
		t.Errorf("stored as %s", h)
	}
	if !secret.CheckPassword(h, "correct horse") {
		t.Error("the right password is refused")
	}
	for _, wrong := range []string{"", "correct hors", "correct horse ", "Correct horse", strings.Repeat("x", 10_000)} {
		if secret.CheckPassword(h, wrong) {
			t.Errorf("%.20q is accepted", wrong)
		}
	}
	if hash(t, "correct horse") == h {
		t.Error("two users with one password have one hash")
	}
}

func TestAnAccentTypedAsOneCharacterOrTwoIsTheSame(t *testing.T) {
	if !secret.CheckPassword(hash(t, "caf\u00e9 au lait"), "cafe\u0301 au lait") {
		t.Fatal("refused")
	}
}

func TestPasswordsOutOfBoundsAreFaults(t *testing.T) {
	for _, password := range []string{"", "123456789", "ééééééééé", strings.Repeat("x", 1001), "\xff\xfe\xfd1234567890"} {
		_, err := secret.HashPassword(password)
		f, ok := fault.As(err)
		if !ok || f.Kind != fault.KindInvalid || f.Field != "password" || (password != "" && strings.Contains(f.Error(), password)) {
			t.Errorf("%.20q gave %v", password, err)
		}
	}
	hash(t, "1234567890")
	hash(t, strings.Repeat("é", 1000))
}

// The foreign hash is cheap, so that this test is.
func TestHashesOfOtherProgramsAndCostsAreRead(t *testing.T) {
	if !secret.CheckPassword(foreignHash, "password") || secret.CheckPassword(foreignHash, "Password") {
		t.Fatal("a foreign hash is misread")
	}
}

func TestHashesThatCannotBeReadOrAreTooDearSayNo(t *testing.T) {
	tail := foreignHash[strings.Index(foreignHash, "p=1$")+3:]
	for _, stored := range []string{
		"", "x", "$argon2id$v=19$m=19456,t=2,p=1$$", "$2a$10$abcdefghijklmnopqrstuv", strings.Repeat("$", 300),
		strings.Replace(foreignHash, "argon2id", "argon2i", 1),
		strings.Replace(foreignHash, "v=19", "v=16", 1),
		"$argon2id$v=19$m=4294967295,t=2,p=1" + tail,
		"$argon2id$v=19$m=65536,t=4000000000,p=1" + tail,
		"$argon2id$v=19$m=65536,t=0,p=1" + tail,
		"$argon2id$v=19$m=65536,t=1,p=0" + tail,
		"$argon2id$v=19$m=65536,t=1,p=300" + tail,
		foreignHash + "=", foreignHash[:len(foreignHash)-1],
	} {
		if secret.CheckPassword(stored, "password") {
			t.Errorf("%q is accepted", stored)
		}
	}
}

func TestManyLoginsAtOnceAllGetTheirTurn(t *testing.T) {
	h := hash(t, "correct horse")
	var wg sync.WaitGroup
	for range 24 {
		wg.Go(func() {
			if !secret.CheckPassword(h, "correct horse") {
				t.Error("refused")
			}
		})
	}
	wg.Wait()
}

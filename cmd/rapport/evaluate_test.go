package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/recruit/vetting/account"
	"rapport/internal/recruit/vetting/growth"
)

// inventedAccounts is a labelled file in which fakes have digits and nothing posted; it lacks columns.
func inventedAccounts() string {
	var text strings.Builder
	text.WriteString("has_picture,username_digit_share,bio_length,posts,followers,following,fake\n")
	for i := range 120 {
		fmt.Fprintf(&text, "%d,0.%d,%d,%d,%d,%d,1\n", i%2, 3+i%5, i%4, i%6, 20+i, 100+9*i)
		fmt.Fprintf(&text, "1,0.0%d,%d,%d,%d,%d,0\n", i%9, 20+i%90, 15+3*i, 200+31*i, 150+4*i)
	}
	return text.String()
}

func TestAnAccountFileIsMeasuredAndTrainedOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "accounts.csv")
	if err := os.WriteFile(path, []byte(inventedAccounts()), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := readAccounts(path)
	if err != nil {
		t.Fatal(err)
	}
	e, err := account.Shipped().Evaluate(file)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := printEvaluation(&out, file, e); err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{"240 accounts, 120 of them fake", "columns the file lacks: fullname_words", "AUC    1.0000", "Brier  0.0", "0.9–1.0", "username_digit_share"} {
		if !strings.Contains(out.String(), says) {
			t.Errorf("%q is missing in\n%s", says, &out)
		}
	}
	out.Reset()
	if err := printFolds(&out, file, 5, 2); err != nil || !strings.Contains(out.String(), "5-fold cross-validation") {
		t.Errorf("%v\n%s", err, &out)
	}
	model := filepath.Join(t.TempDir(), "model.json")
	if err := (&trainAccountCmd{File: path, Seed: 1, Out: model}).Run(nil); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(model); err != nil || !bytes.Contains(text, []byte(`"fakes":120`)) {
		t.Errorf("%v: %.200s", err, text)
	}
}

func TestFilesThatCannotBeMeasuredSayWhy(t *testing.T) {
	dir := t.TempDir()
	unlabelled := filepath.Join(dir, "unlabelled.csv")
	if err := os.WriteFile(unlabelled, []byte("posts,followers\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, says := range map[string]string{unlabelled: "no column “fake”", dir: "folder", filepath.Join(dir, "none.csv"): "cannot be opened"} {
		if err := (&evaluateAccountCmd{File: path}).Run(nil); err == nil || !strings.Contains(message(err), says) {
			t.Errorf("%s: %v, want %q", path, err, says)
		}
	}
	if err := (&evaluateGrowthCmd{Data: filepath.Join(dir, "none"), Accounts: 100}).Run(nil); err == nil || !strings.Contains(message(err), "no folder") {
		t.Errorf("a missing folder: %v", err)
	}
}

func TestTheGrowthTableHasEveryTierAndSize(t *testing.T) {
	c := &evaluateGrowthCmd{Accounts: 60, Seed: 1}
	var out bytes.Buffer
	if err := printGrowth(&out, growth.Measured, growth.Evaluate(growth.Measured, c.Accounts, c.Seed), c); err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{"nano", "micro", "macro", "mega", "instagram", "tiktok", "youtube", "weekly counts", "20–30 %", "precision"} {
		if !strings.Contains(out.String(), says) {
			t.Errorf("%q is missing in\n%s", says, &out)
		}
	}
}

package csvsafe

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCellsAreReadBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.OneOf(rapid.String(), rapid.StringMatching(`'{0,3}[=+\-@＝\t]?[0-9.a-z']{0,6}`)).Draw(t, "cell")
		if got := Unguard(Guard(cell)); got != cell {
			t.Fatalf("%q came back as %q", cell, got)
		}
	})
}

func TestNoWrittenCellIsAFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		guarded := Guard(rapid.StringMatching(`[=+\-@＝＠\t\r\n]?.{0,8}`).Draw(t, "cell"))
		if isDangerous(guarded) && !isNegativeNumber(guarded) {
			t.Fatalf("%q would be run", guarded)
		}
	})
}

func TestNegativeNumbersStayNumbers(t *testing.T) {
	for cell, want := range map[string]string{"-20.90": "-20.90", "-5": "-5", "-5+1": "'-5+1", "-": "'-", "-.5": "'-.5", "+49": "'+49", "'=1": "''=1"} {
		if got := Guard(cell); got != want {
			t.Errorf("%q is written %q, want %q", cell, got, want)
		}
	}
}

func TestAWrittenFileIsReadBack(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file)
	if err != nil {
		t.Fatal(err)
	}
	record := []string{`=cmd|' /C calc'!A0`, "a,b\n\"c\"", "@mara", "-1.50"}
	if err := w.Write(record...); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.String(), "\uFEFF"))).Read()
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if Unguard(got[i]) != record[i] {
			t.Errorf("cell %d is %q", i, got[i])
		}
	}
}

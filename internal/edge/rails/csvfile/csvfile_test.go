package csvfile_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"rapport/internal/base/csvsafe"
	"rapport/internal/base/money"
	"rapport/internal/edge/rails/csvfile"
	"rapport/internal/pay/payouts"
)

func eur(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }

var batch = payouts.Batch{ID: "pay_1", Currency: "EUR", Total: eur(4980), Items: 2}

func payments(name string) []payouts.Payment {
	return []payouts.Payment{
		{Item: "pit_1", Name: name, Payee: name, Method: payouts.MethodBank, Account: "DE89370400440532013000", Amount: eur(3980), Reference: "Acme 1"},
		{Item: "pit_2", Name: "Bo", Payee: "Bo", Amount: eur(1000), Reference: "Acme 2"},
	}
}

func TestAFileHoldsEveryPaymentOnce(t *testing.T) {
	file, err := csvfile.Rail{}.File(batch, payments("Mira Holt"))
	if err != nil {
		t.Fatal(err)
	}
	want := "\uFEFFpayout_id,creator,payee,method,account,amount,currency,reference,batch\r\n" +
		"pit_1,Mira Holt,Mira Holt,bank,DE89370400440532013000,39.80,EUR,Acme 1,pay_1\r\n" +
		"pit_2,Bo,Bo,,,10.00,EUR,Acme 2,pay_1\r\n"
	if string(file.Content) != want {
		t.Errorf("the file is %q", file.Content)
	}
	if file.Name != "payout-pay_1.csv" || !strings.HasPrefix(file.MediaType, "text/csv") {
		t.Errorf("it is called %q of %q", file.Name, file.MediaType)
	}
}

func TestAFileThatIsNotTheBatchIsRefused(t *testing.T) {
	one := payments("Mira")[:1]
	other := payments("Mira")
	other[1].Amount = eur(1001)
	foreign := payments("Mira")
	foreign[1].Amount.Currency = "USD"
	for name, given := range map[string][]payouts.Payment{"one is missing": one, "another total": other, "another currency": foreign, "none": nil} {
		if _, err := (csvfile.Rail{}).File(batch, given); err == nil {
			t.Errorf("%s: a file was written", name)
		}
	}
}

// FuzzNames puts anything into the cells people choose: a spreadsheet finds no formula, and a reader gets back what was given.
func FuzzNames(f *testing.F) {
	for _, name := range []string{"Mira Holt", "=cmd|' /C calc'!A0", "+49 151", "@SUM(1)", "a,\"b\"", "\tx", "'=x", "Jürgen \n Ünal"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if strings.ContainsAny(name, "\r\n") {
			t.Skip("a payee is one line of text; encoding/csv reads \\r\\n as \\n")
		}
		file, err := csvfile.Rail{}.File(batch, payments(name))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.Content, []byte("\uFEFF")))).ReadAll()
		if err != nil || len(rows) != 3 || len(rows[1]) != 9 {
			t.Fatalf("%q makes %q, %v", name, rows, err)
		}
		cell := rows[1][2]
		if cell != "" && strings.ContainsRune("=+-@\t", rune(cell[0])) && csvsafe.Guard(cell) != cell {
			t.Errorf("%q stands in the file as %q", name, cell)
		}
		if got := csvsafe.Unguard(cell); got != name {
			t.Errorf("%q is read back as %q", name, got)
		}
	})
}

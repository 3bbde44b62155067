package csvfile

import (
	"bytes"
	"fmt"

	"rapport/internal/base/csvsafe"
	"rapport/internal/base/money"
	"rapport/internal/pay/payouts"
)

// Rail writes CSV files.
type Rail struct{}

// Name is what batches call the rail.
func (Rail) Name() string { return "csv" }

// NeedsAccount reports that creators without an account are paid too: who pays by hand knows them.
func (Rail) NeedsAccount() bool { return false }

// File writes the payments down.
func (Rail) File(b payouts.Batch, payments []payouts.Payment) (payouts.File, error) {
	if err := check(b, payments); err != nil {
		return payouts.File{}, err
	}
	var content bytes.Buffer
	w, err := csvsafe.NewWriter(&content)
	if err != nil {
		return payouts.File{}, err
	}
	if err := w.Write("payout_id", "creator", "payee", "method", "account", "amount", "currency", "reference", "batch"); err != nil {
		return payouts.File{}, err
	}
	for _, p := range payments {
		if err := w.Write(string(p.Item), p.Name, p.Payee, string(p.Method), p.Account, p.Amount.String(), string(p.Amount.Currency), p.Reference,
			string(b.ID)); err != nil {
			return payouts.File{}, err
		}
	}
	if err := w.Flush(); err != nil {
		return payouts.File{}, err
	}
	return payouts.File{Name: "payout-" + string(b.ID) + ".csv", MediaType: "text/csv; charset=utf-8", Content: content.Bytes()}, nil
}

func check(b payouts.Batch, payments []payouts.Payment) error {
	amounts := make([]money.Amount, len(payments))
	for i, p := range payments {
		amounts[i] = p.Amount
	}
	sum, err := money.Sum(b.Currency, amounts...)
	if err != nil {
		return err
	}
	if sum != b.Total || int64(len(payments)) != b.Items {
		return fmt.Errorf("cannot write %d payments of %s %s: the batch has %d of %s", len(payments), b.Currency, sum, b.Items, b.Total)
	}
	return nil
}

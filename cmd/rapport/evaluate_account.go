package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"rapport/internal/base/fault"
	"rapport/internal/recruit/vetting/account"
)

type evaluateAccountCmd struct {
	File  string `arg:"" help:"CSV with the columns of the training file; some may be missing, \"fake\" (1 or 0) must be there."`
	Folds int    `help:"Instead of the shipped model, train anew inside each of this many folds of the file."`
	Seeds int    `default:"5" help:"With --folds: how many ways of dealing the rows."`
}

// Run measures the shipped model, or with folds the way of training, on a labelled file.
func (c *evaluateAccountCmd) Run(*environment) error {
	file, err := readAccounts(c.File)
	if err != nil {
		return err
	}
	if c.Folds != 0 {
		return printFolds(os.Stdout, file, c.Folds, c.Seeds)
	}
	e, err := account.Shipped().Evaluate(file)
	if err != nil {
		return err
	}
	return printEvaluation(os.Stdout, file, e)
}

func readAccounts(path string) (*account.File, error) {
	in, err := os.Open(path) //nolint:gosec // the person at the terminal names the file
	if err != nil {
		return nil, fault.Invalidf("The file cannot be opened: %v", err).In("file")
	}
	defer in.Close()
	if info, err := in.Stat(); err == nil && info.IsDir() {
		return nil, fault.Invalid("This is a folder, not a file.").In("file")
	}
	return account.ReadFile(in)
}

func printEvaluation(w io.Writer, f *account.File, e account.Evaluation) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "account looks genuine: the shipped model on %d accounts, %d of them fake\n", e.Rows, e.Fakes)
	printColumns(w, f)
	if m := account.Shipped(); m.Rows == e.Rows && m.Fakes == e.Fakes {
		fmt.Fprintln(w, "This may be the file the model was trained on: --folds 10 gives figures on accounts it has not seen.")
	}
	fmt.Fprintf(w, "\nSignals used (mean push in log-odds over the rows that have the signal)\n")
	fmt.Fprintln(t, "signal\tknown\tlacking\tmean push\t")
	for _, u := range e.Uses {
		fmt.Fprintf(t, "%s\t%d\t%d\t%.2f\t\n", u.Signal, u.Known, u.Lack, u.Said)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("cannot print: %w", err)
	}
	fmt.Fprintf(w, "\nUnsure about %d of %d accounts (few signals, wide interval or more followers than training saw).\n", e.Unsure, e.Rows)
	return printMeasure(w, "The model was trained on as many fake as genuine accounts; among accounts with few fakes its low probabilities are too low.", e.Measure)
}

func printColumns(w io.Writer, f *account.File) {
	if len(f.Absent) > 0 {
		fmt.Fprintf(w, "columns the file lacks: %s\n", strings.Join(f.Absent, ", "))
	}
	if len(f.Ignored) > 0 {
		fmt.Fprintf(w, "columns that mean nothing here: %s\n", strings.Join(f.Ignored, ", "))
	}
}

func printMeasure(w io.Writer, title string, m account.Measure) error {
	fmt.Fprintf(w, "\n%s\n", title)
	if m.Ranked {
		fmt.Fprintf(w, "AUC    %.4f\n", m.AUC)
	} else {
		fmt.Fprintln(w, "AUC    none: the file has only one kind of account")
	}
	fmt.Fprintf(w, "Brier  %.4f\n\nCalibration: of the accounts given this probability of being genuine, so many were\n", m.Brier)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "bin\tn\tpredicted\tobserved\t")
	for _, b := range m.Bins {
		if b.N == 0 {
			fmt.Fprintf(t, "%.1f–%.1f\t0\t-\t-\t\n", b.From, b.To)
			continue
		}
		fmt.Fprintf(t, "%.1f–%.1f\t%d\t%.3f\t%.3f\t\n", b.From, b.To, b.N, b.Predicted, b.Observed)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("cannot print: %w", err)
	}
	return nil
}

func printFolds(w io.Writer, f *account.File, folds, seeds int) error {
	all, err := account.CrossValidated(f, folds, seeds)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "account looks genuine: %d-fold cross-validation on %d accounts, trained anew inside each fold\n", folds, len(f.Rows))
	printColumns(w, f)
	fmt.Fprintf(w, "over %d ways of dealing the rows\n", len(all.AUC))
	fmt.Fprintf(w, "AUC    %s\nBrier  %s\n", meanAndSpread(all.AUC), meanAndSpread(all.Brier))
	return printMeasure(w, "The first of them", all.First)
}

func meanAndSpread(values []float64) string {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return fmt.Sprintf("%.4f (%.4f to %.4f)", sum/float64(len(values)), slices.Min(values), slices.Max(values))
}

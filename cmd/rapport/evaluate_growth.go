package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"rapport/internal/base/fault"
	"rapport/internal/recruit/vetting/growth"
)

type evaluateGrowthCmd struct {
	Data     string `help:"Folder with monthly lists (PLATFORM_top1000_YEAR.csv); without it the built-in measures of three such lists are used." type:"path"`
	Seed     uint64 `default:"1" help:"The same seed makes the same series."`
	Accounts int    `default:"1000" help:"Made accounts for each line of the tables."`
}

// Run makes growth series with the variance of the lists, some with purchases, and prints how they are judged.
func (c *evaluateGrowthCmd) Run(*environment) error {
	if c.Accounts < 10 || c.Accounts > 100_000 {
		return fault.Invalid("Between 10 and 100,000 accounts can be made for each line.").In("accounts")
	}
	measured := growth.Measured
	if c.Data != "" {
		var err error
		if measured, err = growth.ReadFolder(c.Data); err != nil {
			return err
		}
	}
	return printGrowth(os.Stdout, measured, growth.Evaluate(measured, c.Accounts, c.Seed), c)
}

func printGrowth(w io.Writer, measured []growth.Variance, e growth.Evaluation, c *evaluateGrowthCmd) error {
	fmt.Fprintln(w, "Growth from one month to the next, as the lists have it (natural logarithms)")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "list\tmonths compared\tstandard deviation\t5 %\tmedian\t95 %\tone change with the next\t")
	for _, v := range measured {
		fmt.Fprintf(t, "%s\t%d\t%.3f\t%.3f\t%.3f\t%.3f\t%.2f\t\n", v.List, v.Pairs, v.SD, v.Quantiles[1], v.Quantiles[10], v.Quantiles[19], v.Within)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("cannot print: %w", err)
	}
	fmt.Fprintf(w, "\n%d made accounts a line, 90 days each, seed %d: 50 %% clean, 20 %% with a viral week, 5 %% with a giveaway, 25 %% with a purchase of 5–30 %% in one day.\n",
		c.Accounts, c.Seed)
	fmt.Fprintln(w, "A month's growth is drawn from the list and spread over its days in bursts that go with the views; 5 % of the days are missing.")
	fmt.Fprintln(w, "Precision: of the series called bought-looking, those bought and on the right day. Recall: of the bought series, those called so.")
	for _, table := range []struct {
		title string
		lines []growth.Line
	}{
		{"By tier (nano and micro: variance of the lists is assumed, people are counted one by one)", e.Tiers},
		{"By list", e.Lists},
		{"Posting seldom: one post in so many days, its views on its day (tiers and lists in turn)", e.Sparse},
		{"Counted once a week", []growth.Line{e.Weekly}},
		{"Every day drawn on its own (standard deviation ÷ √30): the most restless days that make such months", e.Restless},
	} {
		if err := printLines(w, table.title, table.lines); err != nil {
			return err
		}
	}
	return printSizes(w, e.Sizes)
}

func printLines(w io.Writer, title string, lines []growth.Line) error {
	fmt.Fprintf(w, "\n%s\n", title)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tbought\tprecision\trecall\tcannot tell\tviral called bought\tviral called organic\tgiveaway called bought\tclean called bought\t")
	for _, l := range lines {
		fmt.Fprintf(t, "%s\t%d\t%s\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t\n", l.Name, l.Series[growth.KindPurchased], precision(l), l.Recall(),
			l.Share(growth.KindPurchased, growth.VerdictCannotTell), l.Share(growth.KindViral, growth.VerdictBought), l.Share(growth.KindViral, growth.VerdictOrganic),
			l.Share(growth.KindGiveaway, growth.VerdictBought), l.Share(growth.KindClean, growth.VerdictBought))
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("cannot print: %w", err)
	}
	return nil
}

// precision is "-" where nothing was called bought: no claim, nothing to be right about.
func precision(l growth.Line) string {
	if l.Flagged == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f", l.Precision())
}

func printSizes(w io.Writer, lines []growth.Line) error {
	fmt.Fprintln(w, "\nBy size of the purchase: what bought series are called")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "size\tbought-looking\tcannot tell\torganic\tsteady\t")
	for i, l := range lines {
		fmt.Fprintf(t, "%.0f–%.0f %%", 100*growth.Sizes[i][0], 100*growth.Sizes[i][1])
		for _, v := range []growth.Verdict{growth.VerdictBought, growth.VerdictCannotTell, growth.VerdictOrganic, growth.VerdictSteady} {
			fmt.Fprintf(t, "\t%.3f", l.Share(growth.KindPurchased, v))
		}
		fmt.Fprintln(t, "\t")
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("cannot print: %w", err)
	}
	return nil
}

package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"rapport/internal/base/fault"
	"rapport/internal/recruit/discovery/meaning"
)

type evaluateDiscoveryCmd struct {
	File    string `arg:"" help:"CSV of posts with the columns handle, hashtags and caption_words (words parted by spaces)."`
	Seed    uint64 `default:"1" help:"Which hashtag each account loses is drawn from this seed and those that follow."`
	Repeats int    `default:"5" help:"How many seeds are tried, at most 100."`
}

// Run hides a hashtag of every account and measures who finds the accounts again: plain words, meaning, or both.
func (c *evaluateDiscoveryCmd) Run(*environment) error {
	if c.Repeats < 1 || c.Repeats > 100 {
		return fault.Invalid("Between 1 and 100 repeats are possible.").In("repeats")
	}
	docs, err := readPosts(c.File)
	if err != nil {
		return err
	}
	return printDiscovery(os.Stdout, docs, c.Seed, c.Repeats)
}

func readPosts(path string) ([]meaning.Document, error) {
	in, err := os.Open(path) //nolint:gosec // the person at the terminal names the file
	if err != nil {
		return nil, fault.Invalidf("The file cannot be opened: %v", err).In("file")
	}
	defer in.Close()
	return meaning.ReadPosts(in)
}

// Small corpora hide few hashtags often: there, two accounts are enough for a query, and more draws make up for it.
const (
	hiddenOn      = 5
	hiddenOnSmall = 2
	drawsOfSmall  = 10
)

func printDiscovery(w io.Writer, docs []meaning.Document, seed uint64, repeats int) error {
	fmt.Fprintf(w, `discovery: one hashtag hidden per account, %d accounts
Query: the hidden hashtag. Right: the accounts that lost it. Accounts that still show it are left out. What is learnt, is learnt after hiding.
chance   ten accounts drawn blindly (the word searches list fewer than ten where fewer hold the word)
plain    BM25, any word, equal folded words of captions and hashtags
parts    the same, the parts of a compound hashtag asked for as well
meaning  nearness in the space, without words
search   both, as the search ranks

`, len(docs))
	runs := make([]meaning.Evaluation, 0, repeats)
	for i := range repeats {
		runs = append(runs, meaning.Evaluate(docs, hiddenOn, seed+uint64(i), meaning.Options{})) //nolint:gosec // at most 100
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "Hashtags hidden on at least %d accounts; right accounts in the top ten\n", hiddenOn)
	fmt.Fprintln(t, "seed\tqueries\tright\tchance\tplain\tparts\tmeaning\tsearch\tsearch ÷ plain\tqueries behind plain\t")
	for i, e := range runs {
		fmt.Fprintf(t, "%d\t%d\t%d\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t%s\t%d\t\n", seed+uint64(i), e.Queries, e.Right, e.Chance, e.Plain.Hits, e.Parts.Hits, e.Semantic.Hits, e.Blend.Hits, //nolint:gosec // at most 100
			ratio(e.Blend.Hits, e.Plain.Hits), e.Behind)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("cannot print: %w", err)
	}
	if err := printWays(w, runs); err != nil {
		return err
	}
	return printSmall(w, docs, seed, repeats)
}

func ratio(a, b float64) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f", a/b)
}

// printWays prints each way over all seeds: the mean, and from the lowest to the highest.
func printWays(w io.Writer, runs []meaning.Evaluation) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\nOver the seeds: mean (lowest to highest)")
	fmt.Fprintln(t, "\thits@10\t÷ plain\trecall@50\tMRR\t")
	var plain float64
	for _, way := range []struct {
		name string
		of   func(meaning.Evaluation) meaning.Way
	}{
		{"plain", func(e meaning.Evaluation) meaning.Way { return e.Plain }},
		{"parts", func(e meaning.Evaluation) meaning.Way { return e.Parts }},
		{"meaning", func(e meaning.Evaluation) meaning.Way { return e.Semantic }},
		{"search", func(e meaning.Evaluation) meaning.Way { return e.Blend }},
	} {
		var hits, recall, mrr []float64
		sum := 0.0
		for _, e := range runs {
			one := way.of(e)
			hits, recall, mrr = append(hits, one.Hits), append(recall, one.Recall), append(mrr, one.MRR)
			sum += one.Hits
		}
		if way.name == "plain" {
			plain = sum
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t\n", way.name, spread("%.0f", hits), ratio(sum, plain), spread("%.3f", recall), spread("%.3f", mrr))
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("cannot print: %w", err)
	}
	return nil
}

func spread(format string, values []float64) string {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return fmt.Sprintf(format+" ("+format+" to "+format+")", sum/float64(len(values)), slices.Min(values), slices.Max(values))
}

// printSmall draws small corpora from the file: meaning has little to learn from there, and must do no harm.
func printSmall(w io.Writer, docs []meaning.Document, seed uint64, repeats int) error {
	fmt.Fprintf(w, "\nDrawn from the file, %d draws each; hashtags hidden on at least %d accounts; hits@10 summed over the draws\n", drawsOfSmall*repeats, hiddenOnSmall)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "accounts\tqueries\tright\tchance\tplain\tparts\tmeaning\tsearch\tqueries behind plain\t")
	for _, n := range []int{50, 200, 1000} {
		if n > len(docs) {
			continue
		}
		var sum meaning.Evaluation
		for i := range uint64(drawsOfSmall * repeats) { //nolint:gosec // at most 1,000
			e := meaning.Evaluate(meaning.Sample(docs, n, seed+i), hiddenOnSmall, seed+i, meaning.Options{})
			sum.Queries, sum.Right, sum.Behind = sum.Queries+e.Queries, sum.Right+e.Right, sum.Behind+e.Behind
			sum.Chance += e.Chance
			sum.Plain.Hits, sum.Parts.Hits = sum.Plain.Hits+e.Plain.Hits, sum.Parts.Hits+e.Parts.Hits
			sum.Semantic.Hits, sum.Blend.Hits = sum.Semantic.Hits+e.Semantic.Hits, sum.Blend.Hits+e.Blend.Hits
		}
		fmt.Fprintf(t, "%d\t%d\t%d\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t%d\t\n", n, sum.Queries, sum.Right, sum.Chance, sum.Plain.Hits, sum.Parts.Hits, sum.Semantic.Hits, sum.Blend.Hits, sum.Behind)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("cannot print: %w", err)
	}
	return nil
}

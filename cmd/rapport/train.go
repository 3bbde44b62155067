package main

import (
	"bytes"
	"fmt"
	"os"

	"rapport/internal/base/fault"
	"rapport/internal/recruit/vetting/account"
)

type trainAccountCmd struct {
	File string `arg:"" help:"CSV of labelled accounts (fake 1 or 0)."`
	Seed uint64 `default:"1" help:"The same seed and file make the same model."`
	Out  string `default:"internal/recruit/vetting/account/model.json" type:"path" help:"Where the coefficients go; the program embeds them when it is built."`
}

// Run prints what cross-validation says of the way of training, and writes the model trained on everything.
func (c *trainAccountCmd) Run(*environment) error {
	file, err := readAccounts(c.File)
	if err != nil {
		return err
	}
	if err := printFolds(os.Stdout, file, 10, 5); err != nil {
		return err
	}
	model, err := account.Train(file.Rows, c.Seed)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := model.Write(&text); err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, text.Bytes(), 0o644); err != nil {
		return fault.Invalidf("The model cannot be written: %v", err).In("out")
	}
	fmt.Printf("\n%s: %d signals, trained on %d accounts (%d fake), seed %d\n", c.Out, len(model.Signals), model.Rows, model.Fakes, model.Seed)
	return nil
}

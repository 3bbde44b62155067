package main

import (
	"fmt"
	"os"
	"time"

	"rapport/internal/base/secret"
	"rapport/internal/sim"
)

type simulateCmd struct {
	Params  string  `help:"JSON file with what differs from the default market." type:"existingfile"`
	Seed    uint64  `default:"1" help:"The same seed makes the same market."`
	BaseURL string  `name:"server" required:"" env:"RAPPORT_BASE_URL" help:"Address of the running server."`
	Key     string  `env:"RAPPORT_KEY" help:"API key; better in --key-file."`
	KeyFile string  `env:"RAPPORT_KEY_FILE" help:"File that holds the API key." type:"path"`
	Program string  `help:"Play into this program; without it a new one is made."`
	Speed   float64 `default:"0" help:"Simulated seconds per second once history is told; 0 is as fast as possible."`
	Truth   string  `help:"File to write what truly caused each order, as JSON lines." type:"path"`
}

// Run plays a market and says how well the server's credits meet the truth.
func (c *simulateCmd) Run(e *environment) error {
	key := c.Key
	if c.KeyFile != "" {
		var err error
		if key, err = readSecret(c.KeyFile); err != nil {
			return err
		}
	}
	params := sim.Default()
	if c.Params != "" {
		var err error
		if params, err = sim.ReadParams(c.Params); err != nil {
			return err
		}
	}
	market, err := sim.New(params, c.Seed, time.Now().UTC())
	if err != nil {
		return err
	}
	options := sim.Options{BaseURL: c.BaseURL, Key: key, Program: c.Program, Speed: c.Speed, Past: sim.WayAPI, Progress: simulationOnTerminal()}
	if c.Truth != "" {
		file, err := os.Create(c.Truth)
		if err != nil {
			return err
		}
		defer file.Close()
		options.Truth = file
	}
	driver, err := sim.Run(e.ctx, options, market)
	if err != nil {
		return err
	}
	report, err := driver.Compare(e.ctx)
	if err != nil {
		return err
	}
	fmt.Println(report)
	return nil
}

// simulationOnTerminal shows how far the market is, on one line, and nothing in a pipe.
func simulationOnTerminal() func(sim.Progress) {
	if !onTerminal() {
		return nil
	}
	var last time.Time
	return func(p sim.Progress) {
		if time.Since(last) < 200*time.Millisecond {
			return
		}
		last = time.Now()
		fmt.Fprintf(os.Stderr, "\r\033[K%s: %d creators, %d clicks, %d orders, %d refunds", p.Phase, p.Creators, p.Clicks, p.Orders, p.Refunds)
	}
}

// randomSecret is a secret nobody has to remember.
func randomSecret() string { return secret.RandomToken(24) }

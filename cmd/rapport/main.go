package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	_ "time/tzdata" // programs have time zones, and small machines have no list of them

	"github.com/alecthomas/kong"

	"rapport/internal/base/fault"
)

// version is stamped in by the build.
var version = "dev"

type cli struct {
	Serve    serveCmd    `cmd:"" help:"Run the server."`
	Demo     demoCmd     `cmd:"" help:"Start a synthetic market, live, in a temporary folder."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database's schema up to this program."`
	User     userCmd     `cmd:"" help:"People who work with Rapport."`
	Apikey   apikeyCmd   `cmd:"" help:"Keys for the REST interface."`
	Import   importCmd   `cmd:"" help:"Bring data in."`
	Creators creatorsCmd `cmd:"" help:"What is known of one person: export it, erase it."`
	Doctor   doctorCmd   `cmd:"" help:"Check configuration, schema, books, events and jobs."`
	Simulate simulateCmd `cmd:"" help:"Play a synthetic market into a running server."`
	Evaluate evaluateCmd `cmd:"" help:"Measure Rapport's judgements against files whose truth is known."`
	Train    trainCmd    `cmd:"" help:"Train the models that ship inside the program."`
	Openapi  openapiCmd  `cmd:"" help:"Print the description of the REST interface."`
	Version  versionCmd  `cmd:"" help:"Print the version."`

	LogFormat string `enum:"text,json" default:"text" env:"RAPPORT_LOG_FORMAT" help:"How log lines are written: text or json."`
}

// environment is what every command is given.
type environment struct {
	ctx context.Context
	log *slog.Logger
}

func main() {
	// With one processor the committer of clicks and its waiting requests starve each other.
	runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))
	var c cli
	parser := kong.Must(&c, kong.Name("rapport"), kong.UsageOnError(), kong.Description("Run a micro-influencer affiliate program, self-hosted."))
	command, err := parser.Parse(os.Args[1:])
	parser.FatalIfErrorf(err)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err = command.Run(&environment{ctx: ctx, log: logger(c.LogFormat)})
	if err == nil || errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return
	}
	fmt.Fprintln(os.Stderr, "rapport:", message(err))
	os.Exit(1) //nolint:gocritic // stop only restores the signal's default
}

func logger(format string) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}

// message is an error as the person at the terminal reads it.
func message(err error) string {
	f, ok := fault.As(err)
	if !ok {
		return err.Error()
	}
	if f.Field != "" {
		return f.Field + ": " + f.Message
	}
	return f.Message
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run() error {
	fmt.Println(version)
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/imports"
)

type importCmd struct {
	Creators importCreatorsCmd `cmd:"" help:"Import creators or posts from a CSV or JSON file."`
}

type importCreatorsCmd struct {
	place
	File     string            `arg:"" help:"CSV file, or JSON: a list of objects, or one object per line. UTF-8." type:"existingfile"`
	Program  string            `help:"The creators become prospects of this program."`
	Map      map[string]string `help:"Column of a field where its title does not tell: handle=account,followers=#3." placeholder:"FIELD=COLUMN"`
	Platform string            `help:"Platform of rows that name none."`
	Source   string            `help:"A name for where such files come from; the mapping is remembered under it." placeholder:"NAME"`
	DryRun   bool              `help:"Read and judge every row, and change nothing."`
}

// Run imports a file.
func (c *importCreatorsCmd) Run(e *environment) (err error) {
	d, err := c.migrated(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if c.Program != "" {
		if err := d.View(e.ctx, func(tx *db.Tx) error { _, err := programs.Find(e.ctx, tx, programs.ID(c.Program)); return err }); err != nil {
			return err
		}
	}
	box, err := c.box(e.ctx, d)
	if err != nil {
		return err
	}
	name, err := imports.CheckSourceName(c.Source)
	if err != nil {
		return err
	}
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	report, err := imports.Run(e.ctx, d, imports.Options{
		Program: programs.ID(c.Program), Source: filepath.Base(c.File), Reader: file, Size: info.Size(), Mapping: c.mapping(), DryRun: c.DryRun, Box: box, SourceName: name,
		MadeBy: commandLine.Name, OnCreator: prospectsOf(programs.ID(c.Program)), Progress: progressOnTerminal(),
	})
	if err != nil {
		return err
	}
	return tell(report, c.DryRun)
}

func (c *importCreatorsCmd) mapping() imports.Mapping {
	m := imports.Mapping{Columns: map[imports.Field]string{}, Platform: creators.Platform(strings.ToLower(c.Platform))}
	for field, column := range c.Map {
		m.Columns[imports.Field(field)] = column
	}
	return m
}

// prospectsOf makes imported creators prospects of a program; nil where there is none.
func prospectsOf(program programs.ID) imports.OnCreator {
	if program == "" {
		return nil
	}
	return func(ctx context.Context, tx *db.Tx, creator creators.ID, importID imports.ID) error {
		_, err := partnerships.MakeProspect(ctx, tx, program, creator, string(importID))
		return err
	}
}

// onTerminal reports whether a person watches standard error.
func onTerminal() bool {
	info, err := os.Stderr.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// progressOnTerminal shows how far the import is, on one line, and nothing in a pipe.
func progressOnTerminal() func(imports.Progress) {
	if !onTerminal() {
		return nil
	}
	var last time.Time
	return func(p imports.Progress) {
		if time.Since(last) < 200*time.Millisecond {
			return
		}
		last = time.Now()
		done := ""
		if p.Size > 0 {
			done = fmt.Sprintf(", %d %% of the file", 100*p.BytesRead/p.Size)
		}
		fmt.Fprintf(os.Stderr, "\r\033[K%s: %d rows%s, %.0f rows a second", p.Phase, p.Tally.Rows, done, p.RowsPerSecond)
	}
}

// tell writes one line per refused row, then the sums.
func tell(r imports.Report, dry bool) error {
	if onTerminal() {
		fmt.Fprint(os.Stderr, "\r\033[K")
	}
	for _, refused := range r.Refusals {
		fmt.Printf("line %d: %s\n", refused.Line, refused.Reason)
	}
	verb := "imported"
	if dry {
		verb = "would be imported"
	}
	_, err := fmt.Printf("%d rows read: %d %s, %d known already, %d refused.\n", r.Tally.Rows, r.Tally.Taken, verb, r.Tally.Known, r.Tally.Refused)
	return err
}

package main

import (
	"errors"
	"fmt"
	"os"

	"rapport/internal/base/audit"
	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

type creatorsCmd struct {
	Export creatorsExportCmd `cmd:"" help:"Print everything known of one person, for the person, as JSON."`
	Erase  creatorsEraseCmd  `cmd:"" help:"Erase everything known of one person and never contact them again. Amounts stay in the books, without the name."`
}

type creatorsExportCmd struct {
	place
	ID      string `arg:"" help:"The creator's id: cre_…"`
	Program string `help:"Only what this program knows; without it all of the installation."`
}

// Run prints the document.
func (c *creatorsExportCmd) Run(e *environment) (err error) {
	d, err := c.migrated(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	text, err := creators.ExportAll(e.ctx, d, creators.ID(c.ID), programs.ID(c.Program), parts())
	if err != nil {
		return err
	}
	_, err = fmt.Println(string(text))
	return err
}

type creatorsEraseCmd struct {
	place
	ID  string `arg:"" help:"The creator's id: cre_…"`
	Yes bool   `help:"Needed: this cannot be undone." required:""`
}

// Run erases the person. It can be run again after an interruption and goes on.
func (c *creatorsEraseCmd) Run(e *environment) (err error) {
	d, err := c.migrated(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	box, err := c.box(e.ctx, d)
	if err != nil {
		return err
	}
	if err := creators.EraseAll(e.ctx, d, box, creators.ID(c.ID), parts()); err != nil {
		return err
	}
	err = d.Update(e.ctx, func(tx *db.Tx) error {
		return audit.Record(e.ctx, tx, commandLine, "", "creator.erase", c.ID, nil, nil, "command line")
	})
	if err == nil {
		fmt.Fprintln(os.Stderr, "Everything about this person was erased.")
	}
	return err
}

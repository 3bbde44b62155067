package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/api"
)

type migrateCmd struct{ place }

// Run brings the schema up.
func (c *migrateCmd) Run(e *environment) error {
	d, err := c.migrated(e)
	if err != nil {
		return err
	}
	have, _, err := d.Schema(e.ctx)
	if err == nil {
		fmt.Printf("The schema is at version %d.\n", have)
	}
	return errors.Join(err, d.Close())
}

type userCmd struct {
	Add userAddCmd `cmd:"" help:"Add a person; the password is read from standard input."`
}

type userAddCmd struct {
	place
	Email   string `required:"" help:"Mail address, which is also the log-in."`
	Role    string `required:"" enum:"owner,manager,finance,viewer" help:"owner, manager, finance or viewer."`
	Program string `help:"Only in this program; without it in the whole installation."`
	Name    string `help:"Name; the mail address where nothing is said."`
}

// Run adds a person.
func (c *userAddCmd) Run(e *environment) error {
	line, err := bufio.NewReader(io.LimitReader(os.Stdin, 1<<16)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	hash, err := secret.HashPassword(trimLine(line))
	if err != nil {
		return err
	}
	return c.change(e, func(tx *db.Tx) error {
		if c.Program != "" {
			if _, err := programs.Find(e.ctx, tx, programs.ID(c.Program)); err != nil {
				return err
			}
		}
		u, err := auth.CreateUser(e.ctx, tx, auth.NewUser{
			Email: c.Email, Name: c.Name, PasswordHash: hash, Role: auth.Role(c.Role), Program: programs.ID(c.Program),
		})
		if err != nil {
			return err
		}
		if err := audit.Record(e.ctx, tx, commandLine, programs.ID(c.Program), "user.add", u.ID, nil, u, "command line"); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s is %s now.\n", u.Email, c.Role)
		return nil
	})
}

// commandLine is who acts at the terminal of the server.
var commandLine = auth.Principal{Kind: auth.KindSystem, ID: "system", Name: "Command line", Installation: auth.RoleOwner}

// change runs f in a transaction of a migrated database.
func (p place) change(e *environment, f func(tx *db.Tx) error) error {
	d, err := p.migrated(e)
	if err != nil {
		return err
	}
	return errors.Join(d.Update(e.ctx, f), d.Close())
}

type apikeyCmd struct {
	Add apikeyAddCmd `cmd:"" help:"Make a key for the whole installation and print it, and nothing else."`
}

type apikeyAddCmd struct {
	place
	Name string `required:"" help:"What the key is for."`
}

// Run makes a key.
func (c *apikeyAddCmd) Run(e *environment) error {
	var key string
	err := c.change(e, func(tx *db.Tx) error {
		secretKey, k, err := auth.NewKey(e.ctx, tx, c.Name, "", nil)
		if err != nil {
			return err
		}
		key = secretKey
		return audit.Record(e.ctx, tx, commandLine, "", "key.add", k.ID, nil, map[string]string{"name": c.Name}, "command line")
	})
	if err == nil {
		fmt.Println(key)
	}
	return err
}

type openapiCmd struct{}

// Run prints the description.
func (openapiCmd) Run() error {
	text, err := api.Describe()
	if err == nil {
		_, err = os.Stdout.Write(text)
	}
	return err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"rapport/internal/base/db"
	"rapport/internal/base/secret"
	"rapport/internal/track/clicks"
)

// place is where an installation keeps its data; every command that touches it has these flags.
type place struct {
	Data       string `default:"rapport-data" env:"RAPPORT_DATA" help:"Folder of the database, the click log and mails." type:"path"`
	DB         string `env:"RAPPORT_DB" help:"PostgreSQL address; without it SQLite in the data folder." placeholder:"postgres://…"`
	DBFile     string `env:"RAPPORT_DB_FILE" help:"File that holds the PostgreSQL address." type:"path"`
	SecretFile string `env:"RAPPORT_SECRET_FILE" help:"Master key; made at the first run. Default: secret in the data folder." type:"path"`
}

func (p place) url() (string, error) {
	if p.DBFile == "" {
		return p.DB, nil
	}
	return readSecret(p.DBFile)
}

func readSecret(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	return trimLine(string(text)), nil
}

func trimLine(s string) string {
	for len(s) > 0 && (s[len(s)-1] == '\n' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	return s
}

// open opens the database as it is; migrated also brings its schema up.
func (p place) open(e *environment) (*db.DB, error) {
	url, err := p.url()
	if err != nil {
		return nil, err
	}
	return db.Open(e.ctx, db.Config{Dir: p.Data, URL: url, Log: e.log})
}

func (p place) migrated(e *environment) (*db.DB, error) {
	d, err := p.open(e)
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(e.ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// box opens the master key and refuses one that is not this database's: what was sealed could not be opened, and buyers would be hashed anew.
func (p place) box(ctx context.Context, d *db.DB) (*secret.Box, error) {
	path := p.SecretFile
	if path == "" {
		path = filepath.Join(p.Data, "secret")
		if err := os.MkdirAll(p.Data, 0o700); err != nil {
			return nil, err
		}
	}
	box, err := secret.Open(path)
	if err != nil {
		return nil, err
	}
	err = d.Update(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `insert into installation (key, value) values ('secret fingerprint', $1) on conflict (key) do nothing`, box.Fingerprint()); err != nil {
			return err
		}
		known, _, err := db.One(ctx, tx, db.Column[string], `select value from installation where key = 'secret fingerprint'`)
		if err != nil {
			return err
		}
		if !box.Knows(known) {
			return fmt.Errorf("the master key in %s is not the one this database was made with: restore the right file, or name it with --secret-file", path)
		}
		return nil
	})
	return box, err
}

// tokenKeys are what click tokens are proven with, derived from the master key.
func tokenKeys(box *secret.Box) (*clicks.Keys, error) {
	return clicks.NewKeys(clicks.Key{No: 1, Secret: [32]byte(box.Key("click token 1", 32))})
}

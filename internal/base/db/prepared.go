package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

const (
	keptStatements = 256  // distinct texts; rooms have about half as many that run often
	seenTexts      = 1024 // lists of many lengths make texts without end
	worthKeeping   = 2    // how often a text was parsed when it is kept
)

// statements keeps the statements of SQLite's writer parsed from one batch to the next: parsing them again took a third of its time. PostgreSQL's
// driver does the same by itself. All of it belongs to the committer's goroutine.
type statements struct {
	handle *sql.DB // of one connection
	kept   map[string]*sql.Stmt
	bound  map[string]*sql.Stmt // the kept ones that the running transaction uses
	seen   map[string]int       // how often a text was parsed
	wanted []string             // to be kept once the transaction has let go of the connection
}

func newStatements(handle *sql.DB) *statements {
	return &statements{handle: handle, kept: map[string]*sql.Stmt{}, bound: map[string]*sql.Stmt{}, seen: map[string]int{}}
}

// in returns the statement of that text for the running transaction, or nil if it must be parsed.
func (s *statements) in(ctx context.Context, tx *sql.Tx, text string) *sql.Stmt {
	if bound := s.bound[text]; bound != nil {
		return bound
	}
	if kept := s.kept[text]; kept != nil {
		s.bound[text] = tx.StmtContext(ctx, kept)
		return s.bound[text]
	}
	if len(s.seen) >= seenTexts {
		clear(s.seen)
	}
	if s.seen[text]++; s.seen[text] == worthKeeping {
		s.wanted = append(s.wanted, text)
	}
	return nil
}

// endBatch forgets the transaction and parses what is worth keeping.
func (s *statements) endBatch(ctx context.Context) error {
	clear(s.bound)
	wanted := s.wanted
	s.wanted = nil
	for _, text := range wanted {
		if err := s.keep(ctx, text); err != nil {
			return fmt.Errorf("cannot keep a statement: %w", err)
		}
	}
	return nil
}

func (s *statements) keep(ctx context.Context, text string) error {
	if len(s.kept) >= keptStatements {
		if err := s.close(); err != nil {
			return err
		}
	}
	statement, err := s.handle.PrepareContext(ctx, text) //nolint:sqlclosecheck // close closes what is kept
	if err == nil {
		s.kept[text] = statement
	}
	return err
}

func (s *statements) close() error {
	var errs []error
	for _, statement := range s.kept {
		errs = append(errs, statement.Close())
	}
	clear(s.kept)
	return errors.Join(errs...)
}

package outreach

import (
	"context"
	"fmt"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/notify"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
)

const bouncePurpose = "an address at which no mail arrives"

// MarkBounced keeps a program's sequences from writing to an address again. Only a keyed hash of it is stored; marking it twice changes nothing more.
func MarkBounced(ctx context.Context, tx *db.Tx, box *secret.Box, program programs.ID, email string) error {
	_, err := tx.Exec(ctx, `insert into bad_addresses (program_id, hash, at) values ($1, $2, $3) on conflict (program_id, hash) do nothing`,
		program, box.MAC(bouncePurpose, folded(email)), db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot mark an address: %w", err)
	}
	return nil
}

// Bounced reports whether mail to an address has come back.
func Bounced(ctx context.Context, tx *db.Tx, box *secret.Box, program programs.ID, email string) (bool, error) {
	for _, hash := range box.MACs(bouncePurpose, folded(email)) {
		_, found, err := db.One(ctx, tx, db.Column[int64], `select at from bad_addresses where program_id = $1 and hash = $2`, program, hash)
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}

// folded is an address as addresses are compared: as it travels, which is how reports name it, and without case.
func folded(email string) []byte {
	email = strings.TrimSpace(email)
	if travels, ok := notify.ParseAddress(email); ok {
		email = travels
	}
	return []byte(strings.ToLower(email))
}

package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// alone lets f run while no other process migrates the same database: a server and a command that start at the same moment must not both create the
// first table.
func (d *DB) alone(ctx context.Context, f func() error) error {
	if d.engine == EnginePostgres {
		return d.aloneOnPostgres(ctx, f)
	}
	file, err := os.OpenFile(filepath.Join(d.dir, "migrating"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("cannot lock the data folder: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return errors.Join(fmt.Errorf("cannot lock the data folder: %w", err), file.Close())
	}
	return errors.Join(f(), file.Close()) // closing lets go of the lock
}

func (d *DB) aloneOnPostgres(ctx context.Context, f func() error) error {
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("cannot connect: %w", err)
	}
	defer conn.Close()
	const key = `hashtextextended('rapport migration', 0)`
	if _, err := conn.ExecContext(ctx, `select pg_advisory_lock(`+key+`)`); err != nil {
		return fmt.Errorf("cannot lock the database: %w", err)
	}
	err = f()
	_, unlocked := conn.ExecContext(context.WithoutCancel(ctx), `select pg_advisory_unlock(`+key+`)`)
	return errors.Join(err, unlocked)
}

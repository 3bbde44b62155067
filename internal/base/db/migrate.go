package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema up to this binary's. It only ever goes forward and refuses a schema newer than itself.
func (d *DB) Migrate(ctx context.Context) error {
	return d.alone(ctx, func() error { return d.migrate(ctx) })
}

func (d *DB) migrate(ctx context.Context) error {
	if d.engine == EnginePostgres {
		if _, err := d.write.ExecContext(ctx, `do $$ begin create domain blob as bytea; exception when duplicate_object then null; end $$`); err != nil {
			return fmt.Errorf("cannot create the type blob: %w", err)
		}
	}
	provider, err := d.migrationProvider()
	if err != nil {
		return err
	}
	have, known, err := versions(ctx, provider)
	if err != nil {
		return err
	}
	if have > known {
		return fmt.Errorf("the database has schema %d and this program knows only %d: run the newer program, or restore a backup", have, known)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("cannot migrate: %w", err)
	}
	return d.migrateJobs(ctx)
}

// Schema tells which version the database has and which one this binary knows.
func (d *DB) Schema(ctx context.Context) (have, known int64, err error) {
	provider, err := d.migrationProvider()
	if err != nil {
		return 0, 0, err
	}
	return versions(ctx, provider)
}

func versions(ctx context.Context, provider *goose.Provider) (have, known int64, err error) {
	if have, err = provider.GetDBVersion(ctx); err != nil {
		return 0, 0, fmt.Errorf("cannot read the schema's version: %w", err)
	}
	for _, s := range provider.ListSources() {
		known = max(known, s.Version)
	}
	return have, known, nil
}

func (d *DB) migrationProvider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	dialect := goose.DialectSQLite3
	if d.engine == EnginePostgres {
		dialect = goose.DialectPostgres
	}
	return goose.NewProvider(dialect, d.write, files)
}

// migrateJobs creates River's own tables, whose text differs by engine and belongs to River.
func (d *DB) migrateJobs(ctx context.Context) error {
	var err error
	if d.engine == EnginePostgres {
		err = migrateRiver(ctx, riverdatabasesql.New(d.write))
	} else {
		err = migrateRiver(ctx, riversqlite.New(d.write))
	}
	if err != nil {
		return fmt.Errorf("cannot migrate the job tables: %w", err)
	}
	return nil
}

func migrateRiver(ctx context.Context, driver riverdriver.Driver[*sql.Tx]) error {
	migrator, err := rivermigrate.New(driver, nil)
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

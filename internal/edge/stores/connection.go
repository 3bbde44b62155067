package stores

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
)

// ConnectionID names a connection: con_…
type ConnectionID string

// Store is a kind of shop software.
type Store string

// The stores that can be connected.
const StoreShopify Store = "shopify"

// Connection is a shop whose orders belong to a program.
type Connection struct {
	ID            ConnectionID
	Program       programs.ID
	Store         Store
	Shop          string // its address, as the store writes it in deliveries
	Namespace     string // what keeps its order numbers apart from other shops of the program; "" is the program's own shop
	CreatedAt     time.Time
	LastSeenAt    time.Time // of the last good delivery
	Refused       int64     // deliveries with a wrong signature
	LastRefusedAt time.Time
	EndedAt       time.Time
	sealed        []byte
}

// New is what a connection is made of.
type New struct {
	Program programs.ID
	Store   Store
	Shop    string
	Secret  string // the app's client secret, which deliveries are signed with
}

const (
	sealPurpose    = "store secret"
	longestShop    = 253
	shortestSecret = 8
	longestSecret  = 512
	mostSecrets    = 2 // while one is rotated, old deliveries are still signed with the one before
)

// Connect makes a connection. The first one of a program is its own shop.
func Connect(ctx context.Context, tx *db.Tx, box *secret.Box, n New) (Connection, error) {
	n.Shop = strings.ToLower(strings.TrimSpace(n.Shop))
	var faults []*fault.Error
	if n.Store != StoreShopify {
		faults = append(faults, fault.Invalid("The store must be shopify.").In("store"))
	}
	if n.Shop == "" || len(n.Shop) > longestShop || strings.ContainsAny(n.Shop, " /@:\\\x00") {
		faults = append(faults, fault.Invalid("Give the shop's address, such as fernwood.myshopify.com.").In("shop"))
	}
	if len(n.Secret) < shortestSecret || len(n.Secret) > longestSecret {
		faults = append(faults, fault.Invalidf("The signing secret has %d to %d characters.", shortestSecret, longestSecret).In("secret"))
	}
	if err := fault.Join(faults...); err != nil {
		return Connection{}, err
	}
	sealed, err := seal(box, []string{n.Secret})
	if err != nil {
		return Connection{}, err
	}
	if err := tx.Lock(ctx, "store connections:"+string(n.Program)); err != nil {
		return Connection{}, err
	}
	c := Connection{ID: ConnectionID(id.New("con", tx.Now())), Program: n.Program, Store: n.Store, Shop: n.Shop, CreatedAt: tx.Now(), sealed: sealed}
	_, taken, err := db.One(ctx, tx, db.Column[string], `select id from store_connections where program_id = $1 and namespace = '' and shop <> $2`, n.Program, n.Shop)
	if err != nil {
		return c, err
	}
	if taken {
		c.Namespace = n.Shop
	}
	_, err = tx.Exec(ctx, `insert into store_connections (id, program_id, store, shop, namespace, secrets, created_at, refused) values ($1, $2, $3, $4, $5, $6, $7, 0)`,
		c.ID, c.Program, c.Store, c.Shop, c.Namespace, c.sealed, db.Micros(c.CreatedAt))
	return c, err
}

// Rotate gives a connection a new secret; the one before stays good until the next rotation.
func Rotate(ctx context.Context, tx *db.Tx, box *secret.Box, connection ConnectionID, next string) error {
	if len(next) < shortestSecret || len(next) > longestSecret {
		return fault.Invalidf("The signing secret has %d to %d characters.", shortestSecret, longestSecret).In("secret")
	}
	if err := tx.Lock(ctx, "store connection:"+string(connection)); err != nil {
		return err
	}
	c, err := Find(ctx, tx, connection)
	if err != nil {
		return err
	}
	old, err := open(box, c.sealed)
	if err != nil {
		return err
	}
	secrets := append([]string{next}, old...)
	sealed, err := seal(box, secrets[:min(len(secrets), mostSecrets)])
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update store_connections set secrets = $1 where id = $2`, sealed, connection)
	return err
}

// End lets a connection take no further deliveries. What it brought stays.
func End(ctx context.Context, tx *db.Tx, connection ConnectionID) error {
	_, err := tx.Exec(ctx, `update store_connections set ended_at = $1 where id = $2 and ended_at is null`, db.Micros(tx.Now()), connection)
	return err
}

// Secrets are what deliveries of the connection may be signed with, the current one first.
func (c Connection) Secrets(box *secret.Box) ([][]byte, error) {
	texts, err := open(box, c.sealed)
	secrets := make([][]byte, len(texts))
	for i, t := range texts {
		secrets[i] = []byte(t)
	}
	return secrets, err
}

func seal(box *secret.Box, secrets []string) ([]byte, error) {
	text, err := json.Marshal(secrets)
	if err != nil {
		return nil, err
	}
	return box.Seal(sealPurpose, text)
}

func open(box *secret.Box, sealed []byte) (secrets []string, err error) {
	text, err := box.Open(sealPurpose, sealed)
	if err != nil {
		return nil, fmt.Errorf("cannot open the secrets of a connection: %w", err)
	}
	return secrets, json.Unmarshal(text, &secrets)
}

const connectionColumns = `id, program_id, store, shop, namespace, secrets, created_at, last_seen_at, refused, last_refused_at, ended_at`

func scanConnection(s db.Scanner) (c Connection, err error) {
	err = s.Scan(&c.ID, &c.Program, &c.Store, &c.Shop, &c.Namespace, &c.sealed, db.ScanTime(&c.CreatedAt), db.ScanTime(&c.LastSeenAt), &c.Refused,
		db.ScanTime(&c.LastRefusedAt), db.ScanTime(&c.EndedAt))
	return c, err
}

// Find returns a connection of any program; the caller checks access to its program.
func Find(ctx context.Context, tx *db.Tx, connection ConnectionID) (Connection, error) {
	c, found, err := db.One(ctx, tx, scanConnection, `select `+connectionColumns+` from store_connections where id = $1`, connection)
	if err == nil && !found {
		err = fault.NotFound("connection")
	}
	return c, err
}

// List returns a program's connections, the oldest first; there are few.
func List(ctx context.Context, tx *db.Tx, program programs.ID) ([]Connection, error) {
	return db.All(ctx, tx, scanConnection, `select `+connectionColumns+` from store_connections where program_id = $1 order by id limit 1000`, program)
}

// CountRefused adds deliveries that were refused for their signature.
func CountRefused(ctx context.Context, tx *db.Tx, connection ConnectionID, n int64) error {
	_, err := tx.Exec(ctx, `update store_connections set refused = refused + $1, last_refused_at = $2 where id = $3`, n, db.Micros(tx.Now()), connection)
	return err
}

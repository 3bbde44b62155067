package auth

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/secret"
)

// KeyPrefix begins the id of every key, SecretPrefix its secret.
const (
	KeyPrefix    = "key"
	SecretPrefix = "rk_"
)

// Key is an API key without its secret.
type Key struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Shown     string    `json:"shown"` // first and last characters, to recognise it by: "rk_4fGh…xY7q"
	UserID    string    `json:"user_id,omitempty"`
	Scopes    []Scope   `json:"scopes,omitempty"` // none: all of the user's rights
	CreatedAt time.Time `json:"created_at"`
	UsedAt    time.Time `json:"used_at,omitzero"` // to the minute
	RevokedAt time.Time `json:"revoked_at,omitzero"`
}

// NewKey makes an API key. With a user it acts as that user, cut to the scopes; without, it is a principal of its own with an owner's rights in the
// whole installation, cut to the scopes. The secret is returned this once.
func NewKey(ctx context.Context, tx *db.Tx, name, userID string, scopes []Scope) (key string, k Key, err error) {
	name, wrong := parseName(name)
	if wrong == nil && name == "" {
		wrong = fault.Invalid("a key needs a name").In("name")
	}
	if err := fault.Join(wrong, checkScopes(scopes)); err != nil {
		return "", Key{}, err
	}
	if userID != "" {
		switch user, err := FindUser(ctx, tx, userID); {
		case err != nil:
			return "", Key{}, err
		case user.Disabled() || user.Kind != KindMerchant:
			return "", Key{}, fault.Conflict("no_keys", "this person cannot have keys")
		}
	}
	key = SecretPrefix + base62(secretLength)
	k = Key{ID: id.New(KeyPrefix, tx.Now()), Name: name, Shown: key[:7] + "…" + key[len(key)-4:], UserID: userID, Scopes: scopes, CreatedAt: tx.Now()}
	_, err = tx.Exec(ctx, `insert into api_keys (id, name, token_hash, shown, user_id, scopes, created_at) values ($1, $2, $3, $4, $5, $6, $7)`,
		k.ID, k.Name, secret.HashToken(key), k.Shown, db.OrNull(userID), encodeScopes(scopes), db.Micros(k.CreatedAt))
	if err != nil {
		return "", Key{}, fmt.Errorf("cannot make a key: %w", err)
	}
	return key, k, nil
}

const secretLength = 43 // characters of base62: 256 bits

// base62 returns n random letters and digits, each as likely as the others.
func base62(n int) string {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	const fair = 256 / len(alphabet) * len(alphabet) // bytes from here on would favour the first letters
	var b strings.Builder
	buffer := make([]byte, 2*n)
	for b.Len() < n {
		if _, err := rand.Read(buffer); err != nil {
			panic("BUG: the system's random source failed: " + err.Error())
		}
		for _, r := range buffer {
			if int(r) < fair && b.Len() < n {
				b.WriteByte(alphabet[int(r)%len(alphabet)])
			}
		}
	}
	return b.String()
}

func encodeScopes(scopes []Scope) string {
	if scopes == nil {
		scopes = []Scope{}
	}
	text, err := json.Marshal(scopes)
	if err != nil {
		panic("BUG: cannot write scopes: " + err.Error())
	}
	return string(text)
}

const keyColumns = `id, name, shown, user_id, scopes, created_at, used_at, revoked_at`

func scanKey(s db.Scanner) (k Key, err error) {
	var scopes string
	if err := s.Scan(&k.ID, &k.Name, &k.Shown, db.Nullable(&k.UserID), &scopes, db.ScanTime(&k.CreatedAt), db.ScanTime(&k.UsedAt),
		db.ScanTime(&k.RevokedAt)); err != nil {
		return k, err
	}
	err = json.Unmarshal([]byte(scopes), &k.Scopes)
	if len(k.Scopes) == 0 {
		k.Scopes = nil
	}
	return k, err
}

// ListKeys returns a page of a user's keys, revoked ones too, oldest first; of all keys where userID is "".
func ListKeys(ctx context.Context, tx *db.Tx, userID string, page db.Page) (items []Key, next string, err error) {
	items, err = db.All(ctx, tx, scanKey, `select `+keyColumns+` from api_keys where id > $1 and ($2 or user_id = $3) order by id limit $4`,
		page.After, userID == "", userID, page.Bound()+1)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list keys: %w", err)
	}
	items, next = db.Cut(items, page, func(k Key) string { return k.ID })
	return items, next, nil
}

// FindKey returns a key, revoked or not.
func FindKey(ctx context.Context, tx *db.Tx, keyID string) (Key, error) {
	k, found, err := db.One(ctx, tx, scanKey, `select `+keyColumns+` from api_keys where id = $1`, keyID)
	if err == nil && !found {
		err = fault.NotFound("key")
	}
	return k, err
}

// RevokeKey ends a key for good. One that was revoked before stays as it is.
func RevokeKey(ctx context.Context, tx *db.Tx, keyID string) error {
	if _, err := FindKey(ctx, tx, keyID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update api_keys set revoked_at = $1 where id = $2 and revoked_at is null`, db.Micros(tx.Now()), keyID)
	return err
}

var errNoKey = fault.Unauthenticated("this key is unknown or was revoked").WithCode("wrong_key")

// KeyBy returns whom a key's secret stands for, with the rights of this moment. Servers that ask often keep a Keys. Never call it inside a
// transaction.
func KeyBy(ctx context.Context, d *db.DB, key string) (p Principal, err error) {
	if !strings.HasPrefix(key, SecretPrefix) || len(key) > maxToken {
		return Principal{}, errNoKey
	}
	hash := secret.HashToken(key)
	var k Key
	err = d.View(ctx, func(tx *db.Tx) (err error) {
		k, p, err = readKey(ctx, tx, hash)
		return err
	})
	if err != nil {
		return Principal{}, err
	}
	if d.Now().Sub(k.UsedAt) >= seenEvery {
		err = d.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update api_keys set used_at = $1 where id = $2`, db.Micros(tx.Now()), k.ID)
			return err
		})
	}
	return p, err
}

func readKey(ctx context.Context, tx *db.Tx, hash []byte) (k Key, p Principal, err error) {
	k, found, err := db.One(ctx, tx, scanKey, `select `+keyColumns+` from api_keys where token_hash = $1 and revoked_at is null`, hash)
	switch {
	case err != nil:
		return Key{}, Principal{}, fmt.Errorf("cannot read a key: %w", err)
	case !found:
		return Key{}, Principal{}, errNoKey
	}
	p = Principal{Installation: RoleOwner}
	if k.UserID != "" {
		p, err = PrincipalOf(ctx, tx, k.UserID)
		if fault.KindOf(err) == fault.KindNotFound { // disabled
			err = errNoKey
		}
	}
	p.Kind, p.ID, p.Name, p.Scopes = KindKey, k.ID, k.Name, k.Scopes
	return k, p, err
}

package platforms

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/recruit/creators"
)

// ConnectionID names a connection: acc_…
type ConnectionID string

// ConnectionPrefix begins the id of every connection.
const ConnectionPrefix = "acc"

// State is what became of a connection.
type State string

// The states. Only connected and failing ones hold a token and are asked; failing ones wait for a person once they failed mostFailures times.
const (
	StateConnected State = "connected"
	StateFailing   State = "failing" // the last try brought nothing; the one before may have
	StateExpired   State = "expired" // the creator must connect again
	StateRevoked   State = "revoked" // the creator took the consent back at the platform
	StateGone      State = "gone"    // the account does not exist any more
	StateEnded     State = "ended"   // disconnected here
)

// Connection is one account that a creator lets one program read.
type Connection struct {
	ID          ConnectionID
	Program     programs.ID
	Creator     creators.ID
	Profile     creators.ProfileID
	Platform    creators.Platform
	Account     string // the platform's own id
	Handle      string
	State       State
	Scopes      []string
	AccessUntil time.Time
	Until       time.Time // when the consent ends if nobody renews it; zero: it does not, or nobody knows
	ConnectedAt time.Time
	LastOKAt    time.Time
	NextAt      time.Time // when it is asked next; zero: never
	Cursor      string
	Failures    int // in a row
	Kind        FailureKind
	Detail      string
	FailedAt    time.Time
	Notes       []string // what the platform left out at the last refresh: keys below connect.note.
	ToldAt      time.Time
	EndedAt     time.Time
	sealed      []byte
}

// Stuck reports whether nothing more will be tried before a person does something, although the connection is not over.
func (c Connection) Stuck() bool { return c.State == StateFailing && c.NextAt.IsZero() }

// Origin is how rows that the connection brought are marked, so that they can be told from others and deleted alone.
func (c Connection) Origin() string { return string(c.ID) }

const tokenPurpose = "platform token"

// Token opens the token. The connection's platform and account are part of what is sealed, so a row copied onto another does not open as its.
func (c Connection) Token(box *secret.Box) (Token, error) {
	if len(c.sealed) == 0 {
		return Token{}, fmt.Errorf("connection %s holds no token", c.ID)
	}
	text, err := box.Open(tokenPurpose, c.sealed)
	if err != nil {
		return Token{}, fmt.Errorf("cannot open the token of connection %s: %w", c.ID, err)
	}
	var held struct {
		ID    ConnectionID
		Token Token
	}
	if err := json.Unmarshal(text, &held); err != nil || held.ID != c.ID {
		return Token{}, fmt.Errorf("the token of connection %s is another's: %w", c.ID, secret.ErrDamaged)
	}
	return held.Token, nil
}

func sealToken(box *secret.Box, connection ConnectionID, t Token) ([]byte, error) {
	text, err := json.Marshal(struct {
		ID    ConnectionID
		Token Token
	}{connection, t})
	if err != nil {
		return nil, fmt.Errorf("cannot write the token of connection %s: %w", connection, err)
	}
	return box.Seal(tokenPurpose, text)
}

const connectionColumns = `id, program_id, creator_id, profile_id, platform, account, handle, state, scopes, token, access_until, token_until, connected_at,
	last_ok_at, next_at, page_cursor, failures, failure_kind, failure_detail, failed_at, notes, told_at, ended_at`

func scanConnection(s db.Scanner) (c Connection, err error) {
	var scopes, notes string
	err = s.Scan(&c.ID, &c.Program, &c.Creator, &c.Profile, &c.Platform, &c.Account, &c.Handle, &c.State, &scopes, &c.sealed, db.ScanTime(&c.AccessUntil),
		db.ScanTime(&c.Until), db.ScanTime(&c.ConnectedAt), db.ScanTime(&c.LastOKAt), db.ScanTime(&c.NextAt), &c.Cursor, &c.Failures, &c.Kind, &c.Detail,
		db.ScanTime(&c.FailedAt), &notes, db.ScanTime(&c.ToldAt), db.ScanTime(&c.EndedAt))
	c.Scopes, c.Notes = strings.Fields(scopes), strings.Fields(notes)
	return c, err
}

// Find returns a connection of a program; another program's does not exist.
func Find(ctx context.Context, tx *db.Tx, program programs.ID, connection ConnectionID) (Connection, error) {
	c, found, err := db.One(ctx, tx, scanConnection, `select `+connectionColumns+` from platform_connections where id = $1 and program_id = $2`, connection, program)
	if err == nil && !found {
		err = fault.NotFound("connection")
	}
	return c, err
}

// Filter says which connections a list holds.
type Filter struct {
	Program  programs.ID
	Creator  creators.ID       // "" for all
	Platform creators.Platform // "" for all
	State    State             // "" for all that were not ended here
}

// List returns a page of connections, the newest first.
func List(ctx context.Context, tx *db.Tx, f Filter, page db.Page) ([]Connection, string, error) {
	after := page.After
	if after == "" {
		after = "~" // behind every id
	}
	all, err := db.All(ctx, tx, scanConnection, `select `+connectionColumns+` from platform_connections
		where program_id = $1 and ($2 = '' or creator_id = $2) and ($3 = '' or platform = $3) and ($4 <> '' and state = $4 or $4 = '' and state <> 'ended') and id < $5
		order by id desc limit $6`, f.Program, string(f.Creator), string(f.Platform), string(f.State), after, page.Bound()+1)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list connections: %w", err)
	}
	items, next := db.Cut(all, page, func(c Connection) string { return string(c.ID) })
	return items, next, nil
}

// Made is a consent that was given: what a connection is made of.
type Made struct {
	Program  programs.ID
	Creator  creators.ID
	Profile  creators.ProfileID
	Platform creators.Platform
	Identity Identity
	Token    Token
}

// save writes a connection for a consent, or renews the one that stands for the same account in the program.
func save(ctx context.Context, tx *db.Tx, box *secret.Box, m Made) (Connection, error) {
	if err := tx.Lock(ctx, "platform connections:"+string(m.Program)); err != nil {
		return Connection{}, err
	}
	old, found, err := db.One(ctx, tx, scanConnection, `select `+connectionColumns+` from platform_connections
		where program_id = $1 and creator_id = $2 and platform = $3 and account = $4 and state <> 'ended'`, m.Program, m.Creator, m.Platform, m.Identity.Account)
	if err != nil {
		return Connection{}, fmt.Errorf("cannot look for a connection: %w", err)
	}
	connection := ConnectionID(id.New(ConnectionPrefix, tx.Now()))
	if found {
		connection = old.ID
	}
	sealed, err := sealToken(box, connection, m.Token)
	if err != nil {
		return Connection{}, err
	}
	slices.Sort(m.Token.Scopes)
	_, err = tx.Exec(ctx, `insert into platform_connections (id, program_id, creator_id, profile_id, platform, account, handle, state, scopes, token, access_until,
			token_until, connected_at, next_at, page_cursor, failures, failure_kind, failure_detail, notes, lease_until)
		values ($1, $2, $3, $4, $5, $6, $7, 'connected', $8, $9, $10, $11, $12, $12, '', 0, '', '', '', 0)
		on conflict (id) do update set profile_id = excluded.profile_id, handle = excluded.handle, state = 'connected', scopes = excluded.scopes, token = excluded.token,
			access_until = excluded.access_until, token_until = excluded.token_until, connected_at = excluded.connected_at, next_at = excluded.next_at,
			failures = 0, failure_kind = '', failure_detail = '', failed_at = null, told_at = null`,
		connection, m.Program, m.Creator, m.Profile, m.Platform, m.Identity.Account, m.Identity.Handle, strings.Join(m.Token.Scopes, " "), sealed,
		db.MicrosOrNull(m.Token.AccessUntil), db.MicrosOrNull(m.Token.ends()), db.Micros(tx.Now()))
	if err != nil {
		return Connection{}, fmt.Errorf("cannot store a connection: %w", err)
	}
	return Find(ctx, tx, m.Program, connection)
}

// ends is when nothing can be done with the token any more.
func (t Token) ends() time.Time {
	if t.Refresh == "" {
		return t.AccessUntil
	}
	return t.RefreshUntil
}

package mentions

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/platforms"
	"rapport/internal/recruit/creators"
)

// Brand is a program's own Instagram account.
type Brand struct {
	Program     programs.ID
	Account     string // Meta's id
	Handle      string
	AccessUntil time.Time
	Scopes      []string
	State       platforms.State
	ConnectedBy string
	ConnectedAt time.Time
	NextAt      time.Time
	LastOKAt    time.Time
	Failures    int
	Kind        platforms.FailureKind
	Detail      string
	sealed      []byte
}

// Searches reports whether the account may search the marketplace.
func (b Brand) Searches() bool {
	return strings.Contains(strings.Join(b.Scopes, " "), "instagram_creator_marketplace_discovery")
}

// Works reports whether the account can be asked at all.
func (b Brand) Works() bool {
	return b.State == platforms.StateConnected || b.State == platforms.StateFailing
}

const brandPurpose = "brand account token"

const brandColumns = `program_id, account, handle, access_until, scopes, state, connected_by, connected_at, next_at, last_ok_at, failures, failure_kind, failure_detail, token`

func scanBrand(s db.Scanner) (b Brand, err error) {
	var scopes string
	err = s.Scan(&b.Program, &b.Account, &b.Handle, db.ScanTime(&b.AccessUntil), &scopes, &b.State, &b.ConnectedBy, db.ScanTime(&b.ConnectedAt), db.ScanTime(&b.NextAt),
		db.ScanTime(&b.LastOKAt), &b.Failures, &b.Kind, &b.Detail, &b.sealed)
	b.Scopes = strings.Fields(scopes)
	return b, err
}

// FindBrand returns the program's own account. found is false where none was connected.
func FindBrand(ctx context.Context, tx *db.Tx, program programs.ID) (b Brand, found bool, err error) {
	b, found, err = db.One(ctx, tx, scanBrand, `select `+brandColumns+` from brand_accounts where program_id = $1 and platform = $2`, program, creators.PlatformInstagram)
	if err != nil {
		err = fmt.Errorf("cannot read the brand's account of %s: %w", program, err)
	}
	return b, found, err
}

// ConnectBrand stores the account that somebody consented for. An account that was there before is replaced.
func ConnectBrand(ctx context.Context, tx *db.Tx, box *secret.Box, program programs.ID, who platforms.Identity, t platforms.Token, by string) error {
	t.Account = who.Account
	sealed, err := sealBrand(box, program, t)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into brand_accounts (program_id, platform, account, handle, token, access_until, scopes, state, connected_by, connected_at, next_at, failures,
			failure_kind, failure_detail) values ($1, $2, $3, $4, $5, $6, $7, 'connected', $8, $9, $9, 0, '', '')
		on conflict (program_id, platform) do update set account = excluded.account, handle = excluded.handle, token = excluded.token, access_until = excluded.access_until,
			scopes = excluded.scopes, state = excluded.state, connected_by = excluded.connected_by, connected_at = excluded.connected_at, next_at = excluded.next_at,
			failures = 0, failure_kind = '', failure_detail = ''`,
		program, creators.PlatformInstagram, who.Account, who.Handle, sealed, db.MicrosOrNull(t.AccessUntil), strings.Join(t.Scopes, " "), by, db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot store the brand's account of %s: %w", program, err)
	}
	return nil
}

// DisconnectBrand forgets the account and its token. What it found stays.
func DisconnectBrand(ctx context.Context, tx *db.Tx, program programs.ID) error {
	if _, err := tx.Exec(ctx, `delete from brand_accounts where program_id = $1 and platform = $2`, program, creators.PlatformInstagram); err != nil {
		return fmt.Errorf("cannot forget the brand's account of %s: %w", program, err)
	}
	return nil
}

// sealedToken says whose it is, so that a row copied onto another program does not open.
type sealedToken struct {
	Program programs.ID
	Token   platforms.Token
}

func sealBrand(box *secret.Box, program programs.ID, t platforms.Token) ([]byte, error) {
	text, err := json.Marshal(sealedToken{program, t})
	if err != nil {
		return nil, fmt.Errorf("cannot write a token: %w", err)
	}
	return box.Seal(brandPurpose, text)
}

func (b Brand) token(box *secret.Box) (t platforms.Token, err error) {
	text, err := box.Open(brandPurpose, b.sealed)
	if err != nil {
		return t, fmt.Errorf("cannot open the token of the brand's account of %s: %w", b.Program, err)
	}
	var held sealedToken
	if err := json.Unmarshal(text, &held); err != nil || held.Program != b.Program {
		return t, fmt.Errorf("the token of the brand's account of %s is another's: %w", b.Program, secret.ErrDamaged)
	}
	return held.Token, nil
}

// connection is the brand account as the rule of what to do next reads it.
func (b Brand) connection() platforms.Connection {
	return platforms.Connection{ID: platforms.ConnectionID(b.Program), Platform: creators.PlatformInstagram, State: b.State, Failures: b.Failures}
}

// settleBrand writes down what became of a try.
func settleBrand(ctx context.Context, tx *db.Tx, b Brand, n platforms.Next, f *platforms.Failure) error {
	kind, detail, okAt := platforms.FailureKind(""), "", b.LastOKAt
	if f != nil {
		kind, detail = f.Kind, f.Detail
	}
	if n.OK {
		okAt = tx.Now()
	}
	_, err := tx.Exec(ctx, `update brand_accounts set state = $3, next_at = $4, failures = $5, failure_kind = $6, failure_detail = $7, last_ok_at = $8,
			token = case when $9 then null else token end where program_id = $1 and account = $2`,
		b.Program, b.Account, n.State, db.MicrosOrNull(n.NextAt), n.Failures, kind, detail, db.MicrosOrNull(okAt), n.Drop)
	if err != nil {
		return fmt.Errorf("cannot note what became of the brand's account of %s: %w", b.Program, err)
	}
	return nil
}

// errNoBrand says what to do where no account asks.
var errNoBrand = fault.Conflict("no_brand_account", "Connect your own Instagram account first: Instagram answers only in somebody's name.")

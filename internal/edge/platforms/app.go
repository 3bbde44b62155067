package platforms

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/secret"
	"rapport/internal/recruit/creators"
)

const (
	appPurpose       = "platform app"
	longestAppText   = 500
	mostExtra        = 10
	largestDailyUnit = 1_000_000_000
)

// secrets are the parts of an app that nobody is shown again.
type secrets struct {
	Platform             creators.Platform
	ClientSecret, APIKey string
}

// Apps returns the operator's applications that are set up, by platform.
func Apps(ctx context.Context, tx *db.Tx, box *secret.Box) (map[creators.Platform]App, error) {
	stored, err := db.All(ctx, tx, scanApp, `select platform, client_id, extra, daily_limit, sealed, updated_at from platform_apps`)
	if err != nil {
		return nil, fmt.Errorf("cannot read the apps: %w", err)
	}
	all := make(map[creators.Platform]App, len(stored))
	for _, s := range stored {
		a, err := s.open(box)
		if err != nil {
			return nil, err
		}
		all[a.Platform] = a
	}
	return all, nil
}

// FindApp returns the operator's application at a platform.
func FindApp(ctx context.Context, tx *db.Tx, box *secret.Box, platform creators.Platform) (a App, found bool, err error) {
	s, found, err := db.One(ctx, tx, scanApp, `select platform, client_id, extra, daily_limit, sealed, updated_at from platform_apps where platform = $1`, platform)
	if err != nil {
		return a, false, fmt.Errorf("cannot read the app at %s: %w", platform, err)
	}
	if !found {
		return App{Platform: platform}, false, nil
	}
	a, err = s.open(box)
	return a, err == nil, err
}

type storedApp struct {
	app    App
	extra  string
	sealed []byte
}

func scanApp(s db.Scanner) (a storedApp, err error) {
	err = s.Scan(&a.app.Platform, &a.app.ClientID, &a.extra, &a.app.DailyLimit, &a.sealed, db.ScanTime(&a.app.UpdatedAt))
	return a, err
}

func (s storedApp) open(box *secret.Box) (App, error) {
	text, err := box.Open(appPurpose, s.sealed)
	if err != nil {
		return s.app, fmt.Errorf("cannot open the secrets of the app at %s: %w", s.app.Platform, err)
	}
	var held secrets
	if err := json.Unmarshal(text, &held); err != nil || held.Platform != s.app.Platform {
		return s.app, fmt.Errorf("the secrets of the app at %s are another's: %w", s.app.Platform, secret.ErrDamaged)
	}
	s.app.ClientSecret, s.app.APIKey = held.ClientSecret, held.APIKey
	return s.app, json.Unmarshal([]byte(s.extra), &s.app.Extra)
}

// SetApp stores the operator's application at a platform. Secrets left empty stay as they are; faults speak of client_id, client_secret, api_key,
// daily_limit or a key of Extra. Extra nil stays as it was.
func SetApp(ctx context.Context, tx *db.Tx, box *secret.Box, a App) error {
	if err := tx.Lock(ctx, "platform app:"+string(a.Platform)); err != nil {
		return err
	}
	old, found, err := FindApp(ctx, tx, box, a.Platform)
	if err != nil {
		return err
	}
	if found {
		a = a.over(old)
	}
	if err := a.check(); err != nil {
		return err
	}
	text, err := json.Marshal(secrets{a.Platform, a.ClientSecret, a.APIKey})
	if err != nil {
		return err
	}
	sealed, err := box.Seal(appPurpose, text)
	if err != nil {
		return err
	}
	extra, err := json.Marshal(a.Extra)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into platform_apps (platform, client_id, extra, daily_limit, sealed, updated_at) values ($1, $2, $3, $4, $5, $6)
		on conflict (platform) do update set client_id = excluded.client_id, extra = excluded.extra, daily_limit = excluded.daily_limit,
			sealed = excluded.sealed, updated_at = excluded.updated_at`,
		a.Platform, a.ClientID, string(extra), a.DailyLimit, sealed, db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot store the app at %s: %w", a.Platform, err)
	}
	return nil
}

// over is the app with what was left empty taken from the one before.
func (a App) over(old App) App {
	if a.ClientSecret == "" && a.ClientID == old.ClientID { // the secret of another client is no use
		a.ClientSecret = old.ClientSecret
	}
	if a.APIKey == "" {
		a.APIKey = old.APIKey
	}
	if a.Extra == nil {
		a.Extra = maps.Clone(old.Extra)
	}
	return a
}

func (a App) check() error {
	var faults []*fault.Error
	type entry struct{ field, text string }
	entries := []entry{{"client_id", a.ClientID}, {"client_secret", a.ClientSecret}, {"api_key", a.APIKey}}
	for _, key := range slices.Sorted(maps.Keys(a.Extra)) {
		entries = append(entries, entry{key, a.Extra[key]})
	}
	for _, f := range entries {
		if len(f.text) > longestAppText || !utf8.ValidString(f.text) || strings.ContainsFunc(f.text, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			faults = append(faults, fault.Invalidf("One word of at most %d characters, without blanks.", longestAppText).In(f.field))
		}
	}
	switch {
	case a.ClientID == "" && a.APIKey == "":
		faults = append(faults, fault.Invalid("Enter what the platform gave you for your app.").In("client_id"))
	case (a.ClientID == "") != (a.ClientSecret == ""):
		faults = append(faults, fault.Invalid("The client id and its secret belong together: enter both.").In("client_secret"))
	}
	if a.DailyLimit < 0 || a.DailyLimit > largestDailyUnit {
		faults = append(faults, fault.Invalid("A daily limit is a whole number from 0 to 1,000,000,000.").In("daily_limit"))
	}
	if len(a.Extra) > mostExtra {
		faults = append(faults, fault.Invalid("Too many fields.").In("extra"))
	}
	return fault.Join(faults...)
}

// Connects reports whether creators can connect accounts through the app.
func (a App) Connects() bool { return a.ClientID != "" && a.ClientSecret != "" }

// RemoveApp forgets the operator's application. Connections stay, and fail until there is one again.
func RemoveApp(ctx context.Context, tx *db.Tx, platform creators.Platform) error {
	if _, err := tx.Exec(ctx, `delete from platform_apps where platform = $1`, platform); err != nil {
		return fmt.Errorf("cannot remove the app at %s: %w", platform, err)
	}
	return nil
}

// Acceptance is who accepted a platform's terms for the installation, and when.
type Acceptance struct {
	By   string // usr_…
	Name string
	At   time.Time
}

// termsDerived are YouTube's: developers.google.com/youtube/terms/derived-metrics-policy.
const termsDerived = "youtube_derived_metrics"

// DerivedAccepted reports whether the operator recorded that YouTube's derived-metrics terms were accepted. Until then no score may be made of
// YouTube's figures.
func DerivedAccepted(ctx context.Context, tx *db.Tx) (bool, error) {
	_, found, err := DerivedAcceptance(ctx, tx)
	return found, err
}

// DerivedAcceptance is who recorded it.
func DerivedAcceptance(ctx context.Context, tx *db.Tx) (a Acceptance, found bool, err error) {
	a, found, err = db.One(ctx, tx, func(s db.Scanner) (a Acceptance, err error) {
		err = s.Scan(&a.By, &a.Name, db.ScanTime(&a.At))
		return a, err
	}, `select accepted_by, accepted_name, accepted_at from platform_terms where terms = $1`, termsDerived)
	if err != nil {
		err = fmt.Errorf("cannot read which terms were accepted: %w", err)
	}
	return a, found, err
}

// AcceptDerived records who accepted YouTube's derived-metrics terms; the first to do so stays.
func AcceptDerived(ctx context.Context, tx *db.Tx, p auth.Principal) error {
	_, err := tx.Exec(ctx, `insert into platform_terms (terms, accepted_by, accepted_name, accepted_at) values ($1, $2, $3, $4) on conflict (terms) do nothing`,
		termsDerived, p.ID, p.Name, db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot record that terms were accepted: %w", err)
	}
	return nil
}

// WithdrawDerived switches scores of YouTube's figures off again.
func WithdrawDerived(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `delete from platform_terms where terms = $1`, termsDerived); err != nil {
		return fmt.Errorf("cannot record that terms do not hold any more: %w", err)
	}
	return nil
}

package auth

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
)

// UserPrefix begins the id of every user.
const UserPrefix = "usr"

// User is a person who can sign in.
type User struct {
	ID           string    `json:"id"`
	Kind         Kind      `json:"kind"` // KindMerchant or KindCreator
	Email        string    `json:"email"`
	Name         string    `json:"name"`
	CreatorID    string    `json:"creator_id,omitempty"`
	Installation Role      `json:"installation_role,omitempty"`
	Language     string    `json:"language"`
	HasPassword  bool      `json:"has_password"`
	CreatedAt    time.Time `json:"created_at"`
	DisabledAt   time.Time `json:"disabled_at,omitzero"`
}

// Disabled reports whether the user may no longer sign in.
func (u User) Disabled() bool { return !u.DisabledAt.IsZero() }

// DisplayName is the user's name, or their address where there is none.
func (u User) DisplayName() string {
	if u.Name != "" {
		return u.Name
	}
	return u.Email
}

// NewUser is one of the merchant's people and the first role they get.
type NewUser struct {
	Email        string
	Name         string
	PasswordHash string // of secret.HashPassword, made before the transaction; "" for one who is invited by a login link
	Role         Role
	Program      programs.ID // "" for the whole installation
	Language     string      // "" for English
}

const (
	maxEmail = 254 // bytes, RFC 5321 4.5.3.1.3 less the brackets
	maxName  = 100 // characters
)

// CreateUser makes one of the merchant's people. Where the address is known already that person gets the role besides those they have, and
// keeps their name and password. One who holds another role there already is a Conflict: change it with SetRole.
func CreateUser(ctx context.Context, tx *db.Tx, n NewUser) (User, error) {
	email, wrongEmail := parseEmail(n.Email)
	name, wrongName := parseName(n.Name)
	if err := fault.Join(wrongEmail, wrongName, checkRole(n.Role)); err != nil {
		return User{}, err
	}
	user := User{ID: id.New(UserPrefix, tx.Now()), Kind: KindMerchant, Email: email, Name: name, Language: language(n.Language),
		HasPassword: n.PasswordHash != "", CreatedAt: tx.Now()}
	fresh, err := insertUser(ctx, tx, user, n.PasswordHash, `(email_folded) where kind = 'merchant'`)
	if err != nil {
		return User{}, err
	}
	if !fresh {
		user, _, err = findUser(ctx, tx, `kind = 'merchant' and email_folded = $1`, fold(email))
	}
	if err != nil {
		return User{}, err
	}
	return grant(ctx, tx, user, n.Program, n.Role)
}

// grant gives a role to a user who has none there.
func grant(ctx context.Context, tx *db.Tx, user User, program programs.ID, role Role) (User, error) {
	if user.Disabled() {
		return User{}, fault.Conflict("user_disabled", "this person's account is disabled").In("email")
	}
	held, err := roleOf(ctx, tx, user, program)
	switch {
	case err != nil || held == role:
		return user, err
	case held != "":
		return User{}, fault.Conflict("user_exists", "this person has another role here already").In("email")
	}
	if err := setRole(ctx, tx, user.ID, program, role); err != nil {
		return User{}, err
	}
	if program == "" {
		user.Installation = role
	}
	return user, nil
}

// EnsureCreatorUser returns the user of a creator and makes one if there is none. A user who is there keeps name and address; only a missing
// address is filled in. Several creators may share an address (an agency's): each has a user of their own.
func EnsureCreatorUser(ctx context.Context, tx *db.Tx, creatorID, email, name, lang string) (userID string, err error) {
	if email != "" {
		var wrong *fault.Error
		if email, wrong = parseEmail(email); wrong != nil {
			return "", wrong
		}
	}
	name, wrong := parseName(name)
	if wrong != nil {
		return "", wrong
	}
	user := User{ID: id.New(UserPrefix, tx.Now()), Kind: KindCreator, Email: email, Name: name, CreatorID: creatorID, Language: language(lang), CreatedAt: tx.Now()}
	fresh, err := insertUser(ctx, tx, user, "", `(creator_id) where kind = 'creator'`)
	if err != nil || fresh {
		return user.ID, err
	}
	known, _, err := FindCreatorUser(ctx, tx, creatorID)
	if err != nil {
		return "", err
	}
	if known.Email == "" && email != "" {
		_, err = tx.Exec(ctx, `update users set email = $1, email_folded = $2 where id = $3 and email = ''`, email, fold(email), known.ID)
	}
	return known.ID, err
}

// insertUser reports false where the unique index named by conflict holds such a user already.
func insertUser(ctx context.Context, tx *db.Tx, u User, passwordHash, conflict string) (fresh bool, err error) {
	n, err := tx.Exec(ctx, `insert into users (id, kind, email, email_folded, name, password_hash, creator_id, language, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict `+conflict+` do nothing`,
		u.ID, u.Kind, u.Email, fold(u.Email), u.Name, db.OrNull(passwordHash), db.OrNull(u.CreatorID), u.Language, db.Micros(u.CreatedAt))
	if err != nil {
		return false, fmt.Errorf("cannot create a user: %w", err)
	}
	return n == 1, nil
}

// FindUser returns a user, enabled or not.
func FindUser(ctx context.Context, tx *db.Tx, userID string) (User, error) {
	u, found, err := findUser(ctx, tx, `id = $1`, userID)
	if err == nil && !found {
		err = fault.NotFound("user")
	}
	return u, err
}

// FindCreatorUser returns the user of a creator, if there is one.
func FindCreatorUser(ctx context.Context, tx *db.Tx, creatorID string) (u User, found bool, err error) {
	return findUser(ctx, tx, `kind = 'creator' and creator_id = $1`, creatorID)
}

// AnyMerchant reports whether anybody of the merchant's has an account; the first one is made when Rapport is set up.
func AnyMerchant(ctx context.Context, tx *db.Tx) (bool, error) {
	_, found, err := findUser(ctx, tx, `kind = 'merchant'`)
	return found, err
}

const userColumns = `id, kind, email, name, creator_id, installation_role, language, password_hash is not null, created_at, disabled_at`

func findUser(ctx context.Context, tx *db.Tx, where string, args ...any) (u User, found bool, err error) {
	u, found, err = db.One(ctx, tx, scanUser, `select `+userColumns+` from users where `+where+` limit 1`, args...)
	if err != nil {
		return User{}, false, fmt.Errorf("cannot find a user: %w", err)
	}
	return u, found, nil
}

func scanUser(s db.Scanner) (u User, err error) {
	err = s.Scan(u.columns()...)
	return u, err
}

func (u *User) columns() []any {
	return []any{&u.ID, &u.Kind, &u.Email, &u.Name, db.Nullable(&u.CreatorID), db.Nullable((*string)(&u.Installation)), &u.Language, &u.HasPassword,
		db.ScanTime(&u.CreatedAt), db.ScanTime(&u.DisabledAt)}
}

// SetPassword stores a password's hash (secret.HashPassword, made before the transaction) and ends the user's other sessions and unused login
// links. keepSession is the ID of the session that goes on, or "".
func SetPassword(ctx context.Context, tx *db.Tx, userID, passwordHash, keepSession string) error {
	if passwordHash == "" {
		panic("BUG: an empty password hash")
	}
	n, err := tx.Exec(ctx, `update users set password_hash = $1 where id = $2 and disabled_at is null`, passwordHash, userID)
	switch {
	case err != nil:
		return fmt.Errorf("cannot set a password: %w", err)
	case n == 0:
		return fault.NotFound("user")
	}
	return endAccess(ctx, tx, userID, keepSession)
}

// Disable ends all access of a user: sessions, login links and, through the user, keys. The last owner cannot be disabled.
func Disable(ctx context.Context, tx *db.Tx, userID string) error {
	return keepingOwners(ctx, tx, func() error {
		if _, err := FindUser(ctx, tx, userID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update users set disabled_at = $1 where id = $2 and disabled_at is null`, db.Micros(tx.Now()), userID); err != nil {
			return fmt.Errorf("cannot disable a user: %w", err)
		}
		return endAccess(ctx, tx, userID, "")
	})
}

// Enable lets a disabled user sign in again.
func Enable(ctx context.Context, tx *db.Tx, userID string) error {
	n, err := tx.Exec(ctx, `update users set disabled_at = null where id = $1`, userID)
	if err == nil && n == 0 {
		err = fault.NotFound("user")
	}
	return err
}

func endAccess(ctx context.Context, tx *db.Tx, userID, keepSession string) error {
	if err := endSessions(ctx, tx, userID, keepSession); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `delete from login_links where user_id = $1 and used_at is null`, userID)
	return err
}

func parseEmail(text string) (string, *fault.Error) {
	text = norm.NFC.String(strings.TrimSpace(text))
	address, err := mail.ParseAddress(text)
	if err != nil || address.Name != "" || address.Address != text || len(text) > maxEmail || strings.ContainsFunc(text, unicode.IsControl) {
		return "", fault.Invalid(`an e-mail address must look like "anna@shop.example"`).In("email")
	}
	return text, nil
}

func parseName(text string) (string, *fault.Error) {
	text = strings.TrimSpace(text)
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return "", fault.Invalid("a name must be one line of text").In("name")
	case utf8.RuneCountInString(text) > maxName:
		return "", fault.Invalidf("a name must have at most %d characters", maxName).In("name")
	default:
		return text, nil
	}
}

// fold brings an address into the form by which it is found.
func fold(email string) string { return strings.ToLower(norm.NFC.String(strings.TrimSpace(email))) }

func language(lang string) string {
	if lang == "" {
		return "en"
	}
	return lang
}

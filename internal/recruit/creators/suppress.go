package creators

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
)

// Suppression says that a person asked to be left alone: an e-mail address or an account. What is stored is a keyed hash, so that the list
// recognises a person who is imported again and tells nobody who is on it.
type Suppression struct {
	Program programs.ID // "" in the whole installation
	Email   string
	Account Account
	Reason  string // for people; must not name the person
	MadeBy  string
}

const (
	suppressPurpose  = "asked to be left alone"
	longestReason    = 200
	mostSuppressions = 10_000
	suppressedReason = "asked to be left alone"
)

// ErrSuppressed refuses somebody who asked to be left alone.
var ErrSuppressed = fault.Conflict("suppressed", "This person asked to be left alone. They were not added.")

// subject is what is hashed: "email", the folded address; or "account", platform and handle as they are compared.
type subject struct{ kind, text string }

func subjectOfEmail(email string) subject { return subject{"email", foldEmail(email)} }

func subjectOfAccount(a Account) subject {
	k := a.Key()
	return subject{"account", string(k.Platform) + "\x00" + k.Handle}
}

func (s Suppression) subject() (subject, error) {
	if s.Email != "" {
		email, err := ParseEmail(s.Email)
		return subjectOfEmail(email), err
	}
	a, err := checkAccount(Account{s.Account.Platform, strings.TrimSpace(s.Account.Handle)})
	return subjectOfAccount(a), err
}

// Suppress puts people on the list and returns how many were not on it.
func Suppress(ctx context.Context, tx *db.Tx, box *secret.Box, all []Suppression) (added int64, err error) {
	if len(all) > mostSuppressions {
		return 0, fault.Invalidf("At most %d entries can be added at a time.", mostSuppressions)
	}
	rows := make([][]any, len(all))
	for i, s := range all {
		of, err := s.subject()
		if err != nil {
			return 0, err
		}
		if utf8.RuneCountInString(s.Reason) > longestReason {
			return 0, fault.Invalidf("A reason has at most %d characters.", longestReason).In("reason")
		}
		rows[i] = []any{of.hash(box), s.Program, of.kind, s.Reason, s.MadeBy, db.Micros(tx.Now())}
	}
	added, err = insertRows(ctx, tx, `insert into suppressions (hash, program_id, kind, reason, made_by, at)`, 6, `on conflict (hash, program_id) do nothing`, rows)
	if err != nil {
		return 0, fmt.Errorf("cannot store suppressions: %w", err)
	}
	return added, nil
}

func (s subject) hash(box *secret.Box) []byte {
	return box.MAC(suppressPurpose, []byte(s.kind), []byte(s.text))
}

// LeftAlone are those of the asked-for people who asked to be left alone.
type LeftAlone struct{ subjects map[subject]bool }

// Any reports whether there is anybody.
func (l LeftAlone) Any() bool { return len(l.subjects) > 0 }

// Email reports whether the address is on the list.
func (l LeftAlone) Email(email string) bool {
	return l.subjects[subjectOfEmail(strings.TrimSpace(email))]
}

// Account reports whether the account is on the list.
func (l LeftAlone) Account(a Account) bool { return l.subjects[subjectOfAccount(a)] }

// Suppressed looks up which of the addresses and accounts are on the program's list or the installation's. Hashes made before the master key was
// rotated are found as long as the old key is kept.
func Suppressed(ctx context.Context, tx *db.Tx, box *secret.Box, program programs.ID, emails []string, accounts []Account) (LeftAlone, error) {
	out := LeftAlone{map[subject]bool{}}
	asked := map[string]subject{}
	var keys [][]any
	ask := func(s subject) {
		for _, hash := range box.MACs(suppressPurpose, []byte(s.kind), []byte(s.text)) {
			asked[string(hash)] = s
			if keys = append(keys, []any{hash, ""}); program != "" {
				keys = append(keys, []any{hash, string(program)})
			}
		}
	}
	for _, e := range emails {
		if e != "" {
			ask(subjectOfEmail(strings.TrimSpace(e)))
		}
	}
	for _, a := range accounts {
		ask(subjectOfAccount(a))
	}
	found, err := selectHashes(ctx, tx, keys)
	for _, hash := range found {
		out.subjects[asked[string(hash)]] = true
	}
	return out, err
}

// selectHashes is selectIn for pairs of hash and program: PostgreSQL takes a bare "values" for text, which a hash is not.
func selectHashes(ctx context.Context, tx *db.Tx, keys [][]any) (all [][]byte, err error) {
	for len(keys) > 0 {
		n := min(asked, len(keys))
		var conditions []string
		var args []any
		for i := range asked {
			args = append(args, keys[min(i, n-1)]...)
			conditions = append(conditions, fmt.Sprintf("(hash = $%d and program_id = $%d)", 2*i+1, 2*i+2))
		}
		some, err := db.All(ctx, tx, db.Column[[]byte], `select hash from suppressions where `+strings.Join(conditions, " or "), args...)
		if err != nil {
			return nil, fmt.Errorf("cannot look suppressions up: %w", err)
		}
		all, keys = append(all, some...), keys[n:]
	}
	return all, nil
}

// CheckSuppressed refuses a new creator who asked to be left alone, by any of its accounts or its address.
func CheckSuppressed(ctx context.Context, tx *db.Tx, box *secret.Box, n New) error {
	accounts := make([]Account, 0, len(n.Profiles))
	for _, p := range n.Profiles {
		if a, err := ParseAccount(p.Platform, p.Handle); err == nil { // what cannot be an account is refused by Create, with its field
			accounts = append(accounts, a)
		}
	}
	found, err := Suppressed(ctx, tx, box, n.Program, []string{n.Contact.Email}, accounts)
	if err == nil && found.Any() {
		return ErrSuppressed
	}
	return err
}

// CountSuppressed returns how many entries the program's list has, and how many the installation's.
func CountSuppressed(ctx context.Context, tx *db.Tx, program programs.ID) (own, everywhere int64, err error) {
	err = tx.QueryRow(ctx, `select count(*) filter (where program_id <> ''), count(*) filter (where program_id = '') from suppressions
		where program_id in ('', $1)`, program).Scan(&own, &everywhere)
	if err != nil {
		return 0, 0, fmt.Errorf("cannot count suppressions: %w", err)
	}
	return own, everywhere, nil
}

// Unsuppress takes a person off a list again, as they must ask for themselves.
func Unsuppress(ctx context.Context, tx *db.Tx, box *secret.Box, s Suppression) error {
	of, err := s.subject()
	if err != nil {
		return err
	}
	var gone int64
	for _, hash := range box.MACs(suppressPurpose, []byte(of.kind), []byte(of.text)) {
		n, err := tx.Exec(ctx, `delete from suppressions where hash = $1 and program_id = $2`, hash, s.Program)
		if err != nil {
			return fmt.Errorf("cannot take an entry off the list: %w", err)
		}
		gone += n
	}
	if gone == 0 {
		return fault.NotFound("entry")
	}
	return nil
}

// ParseSuppressions reads a list that somebody pasted, one person per line: an e-mail address, the address of a profile, or "tiktok @name". Faults
// name the line.
func ParseSuppressions(text string) (all []Suppression, err error) {
	for i, line := range strings.Split(text, "\n") {
		line = strings.Trim(line, " \t\r,;")
		if line == "" {
			continue
		}
		if email, err := ParseEmail(line); err == nil {
			all = append(all, Suppression{Email: email})
			continue
		}
		a, ok := accountInLine(line)
		if !ok {
			return nil, fault.Invalidf("Line %d is neither an e-mail address nor an account such as “tiktok @name” or a profile's address.", i+1).In("list")
		}
		all = append(all, Suppression{Account: a})
	}
	if len(all) == 0 {
		return nil, fault.Invalid("Write at least one address or account.").In("list")
	}
	if len(all) > mostSuppressions {
		return nil, fault.Invalidf("At most %d entries can be added at a time.", mostSuppressions).In("list")
	}
	return all, nil
}

func accountInLine(line string) (Account, bool) {
	if a, err := ParseAccount("", line); err == nil {
		return a, true
	}
	name, handle, _ := strings.Cut(strings.ReplaceAll(line, ":", " "), " ")
	platform, ok := ParsePlatform(name)
	if !ok {
		return Account{}, false
	}
	a, err := ParseAccount(platform, handle)
	return a, err == nil
}

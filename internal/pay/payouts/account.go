package payouts

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// Method is how a creator wants to be paid.
type Method string

// The methods.
const (
	MethodBank   Method = "bank"   // Details is an IBAN
	MethodPayPal Method = "paypal" // Details is an e-mail address
	MethodOther  Method = "other"  // Details is whatever the two agreed on
)

const (
	longestPayee   = 140 // characters; what SEPA allows for a name is 70, other rails take more
	longestDetails = 500 // characters
	freshFor       = 24 * time.Hour
)

// Account is where a creator's money goes.
type Account struct {
	Method  Method
	Payee   string // who owns the account
	Details string
}

// Shown is an account as it may be shown: masked.
type Shown struct {
	Method    Method
	Shown     string // "IBAN …1234", "m…@mail.com"
	ChangedAt time.Time
	ChangedBy string // a name

	payee, details []byte // sealed
}

// Check tidies an account and refuses what money cannot be sent to.
func (a Account) Check() (Account, error) {
	var faults []*fault.Error
	a.Payee = strings.Join(strings.Fields(a.Payee), " ")
	a.Details = strings.TrimSpace(a.Details)
	switch {
	case a.Payee == "":
		faults = append(faults, fault.Invalid("Say whose account it is.").In("payee"))
	case !lineOfText(a.Payee) || utf8.RuneCountInString(a.Payee) > longestPayee:
		faults = append(faults, fault.Invalidf("A name is one line of at most %d characters.", longestPayee).In("payee"))
	}
	details, wrong := a.checkDetails()
	if wrong != nil {
		faults = append(faults, wrong)
	}
	a.Details = details
	return a, fault.Join(faults...)
}

func (a Account) checkDetails() (string, *fault.Error) {
	switch a.Method {
	case MethodBank:
		iban, ok := parseIBAN(a.Details)
		if !ok {
			return "", fault.Invalid("This is not an IBAN: check its digits.").In("details")
		}
		return iban, nil
	case MethodPayPal:
		email, err := creators.ParseEmail(a.Details)
		if err != nil || email == "" {
			return "", fault.Invalid("This is not an e-mail address.").In("details")
		}
		return email, nil
	case MethodOther:
		if a.Details == "" || !lineOfText(a.Details) || utf8.RuneCountInString(a.Details) > longestDetails {
			return "", fault.Invalidf("Describe the account in one line of at most %d characters.", longestDetails).In("details")
		}
		return a.Details, nil
	default:
		return "", fault.Invalid("The method must be bank, paypal or other.").In("method")
	}
}

func lineOfText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// mask shows enough of an account to recognise it.
func (a Account) mask() string {
	switch a.Method {
	case MethodBank:
		return "IBAN …" + a.Details[len(a.Details)-4:]
	case MethodPayPal:
		name, host, _ := strings.Cut(a.Details, "@")
		first, _ := utf8.DecodeRuneInString(name)
		return string(first) + "…@" + host
	case MethodOther:
	}
	if runes := []rune(a.Details); len(runes) >= 12 {
		return "…" + string(runes[len(runes)-4:])
	}
	return "…"
}

// parseIBAN reads an IBAN as people write it and checks its digits (ISO 13616: the number, its first four characters moved to the end and
// letters read as 10 to 35, leaves 1 modulo 97).
func parseIBAN(text string) (iban string, ok bool) {
	iban = strings.ToUpper(strings.Join(strings.Fields(text), ""))
	if len(iban) < 15 || len(iban) > 34 || !isLetter(iban[0]) || !isLetter(iban[1]) || !isDigit(iban[2]) || !isDigit(iban[3]) {
		return "", false
	}
	rest := 0
	for _, c := range []byte(iban[4:] + iban[:4]) {
		switch {
		case isDigit(c):
			rest = (rest*10 + int(c-'0')) % 97
		case isLetter(c):
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return "", false
		}
	}
	return iban, rest == 1
}

func isLetter(c byte) bool { return 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

// SetAccount says where a creator's money from a program goes. Creators set their own; the merchant's people who handle money may set it for
// them. Payouts that are prepared already keep the account they have. The audit names the change and not the account.
func (c Cashier) SetAccount(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID, a Account, by auth.Principal) (Shown, error) {
	if err := maySetAccount(by, program, creator); err != nil {
		return Shown{}, err
	}
	if _, err := partnerships.Of(ctx, tx, program, creator); err != nil {
		return Shown{}, err
	}
	a, err := a.Check()
	if err != nil {
		return Shown{}, err
	}
	before, _, err := findAccount(ctx, tx, program, creator)
	if err != nil {
		return Shown{}, err
	}
	s := Shown{Method: a.Method, Shown: a.mask(), ChangedAt: tx.Now(), ChangedBy: by.Name}
	purpose := accountPurpose(program, creator)
	if s.payee, err = c.Box.Seal(purpose, []byte(a.Payee)); err != nil {
		return Shown{}, err
	}
	if s.details, err = c.Box.Seal(purpose, []byte(a.Details)); err != nil {
		return Shown{}, err
	}
	if err := storeAccount(ctx, tx, program, creator, s); err != nil {
		return Shown{}, err
	}
	return s, audit.Record(ctx, tx, by, program, "payout_account.set", string(creator), method(before), method(s), "")
}

// method is all that the audit keeps of an account.
func method(s Shown) any {
	if s.Method == "" {
		return nil
	}
	return map[string]Method{"method": s.Method}
}

func maySetAccount(by auth.Principal, program programs.ID, creator creators.ID) error {
	if by.Kind == auth.KindCreator {
		if by.ReadOnly || by.CreatorID != string(creator) {
			return fault.NotFound("creator")
		}
		return nil
	}
	return require(by, program, auth.PermMoney, "creator")
}

// accountPurpose binds a sealed account to its owner, so that it opens nowhere else.
func accountPurpose(program programs.ID, creator creators.ID) string {
	return "payout account " + string(program) + " " + string(creator)
}

// open reads an item's sealed account.
func (c Cashier) open(i Item) (payee, details string, err error) {
	purpose := accountPurpose(i.Program, i.Creator)
	p, err := c.Box.Open(purpose, i.payee)
	if err != nil {
		return "", "", fmt.Errorf("cannot open the account of %s: %w", i.ID, err)
	}
	d, err := c.Box.Open(purpose, i.details)
	if err != nil {
		return "", "", fmt.Errorf("cannot open the account of %s: %w", i.ID, err)
	}
	return string(p), string(d), nil
}

// AccountOf returns a creator's account in a program, masked, and whether there is one. The caller checks access.
func AccountOf(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID) (Shown, bool, error) {
	return findAccount(ctx, tx, program, creator)
}

func findAccount(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID) (Shown, bool, error) {
	return db.One(ctx, tx, func(r db.Scanner) (s Shown, err error) {
		return s, r.Scan(&s.Method, &s.payee, &s.details, &s.Shown, db.ScanTime(&s.ChangedAt), &s.ChangedBy)
	}, `select method, payee, details, shown, changed_at, changed_by from payout_accounts where program_id = $1 and creator_id = $2`, program, creator)
}

func storeAccount(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID, s Shown) error {
	_, err := tx.Exec(ctx, `insert into payout_accounts (program_id, creator_id, method, payee, details, shown, changed_at, changed_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (program_id, creator_id) do update set method = excluded.method, payee = excluded.payee, details = excluded.details,
			shown = excluded.shown, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
		program, creator, s.Method, s.payee, s.details, s.Shown, db.Micros(s.ChangedAt), s.ChangedBy)
	if err != nil {
		return fmt.Errorf("cannot store the account of %s: %w", creator, err)
	}
	return nil
}

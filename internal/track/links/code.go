package links

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
)

// CodeID names a discount code: cod_…
type CodeID string

// Code is text a buyer types at the till. Offer is nil where the partnership's offer holds.
type Code struct {
	ID          CodeID
	Program     programs.ID
	Partnership partnerships.ID
	Code        string
	Offer       *terms.Offer
	CreatedAt   time.Time
	EndedAt     time.Time // zero while it counts
}

// NewCode is what a code is made of.
type NewCode struct {
	Partnership partnerships.ID
	Code        string
	Offer       *terms.Offer
}

var goodCode = regexp.MustCompile(`^[\p{L}\p{N}](?:[\p{L}\p{N}._ -]{0,62}[\p{L}\p{N}])?$`)

// FoldCode is how codes are compared: without case, blanks around them, or different spellings of the same letter. It is Unicode's caseless
// matching for compatibility (The Unicode Standard, D146), whose two rounds make sure that folding again changes nothing.
func FoldCode(code string) string {
	fold := cases.Fold()
	once := norm.NFKC.String(fold.String(norm.NFD.String(code)))
	return strings.TrimSpace(norm.NFKC.String(fold.String(once)))
}

// CreateCode gives a partnership a code. In a program a code means one partnership at a time.
func CreateCode(ctx context.Context, tx *db.Tx, n NewCode) (Code, error) {
	partnership, err := partnerships.Find(ctx, tx, n.Partnership)
	if err != nil {
		return Code{}, err
	}
	text := norm.NFC.String(strings.TrimSpace(n.Code)) // a keyboard may send ë as two characters
	if !goodCode.MatchString(text) {
		return Code{}, fault.Invalid("A code has 1 to 64 letters, digits, dots, dashes or underscores, and begins and ends with a letter or digit.").In("code")
	}
	offer, err := offerText(n.Offer)
	if err != nil {
		return Code{}, err
	}
	c := Code{ID: CodeID(id.New("cod", tx.Now())), Program: partnership.Program, Partnership: partnership.ID, Code: text, Offer: n.Offer, CreatedAt: tx.Now()}
	rows, err := tx.Exec(ctx, `insert into codes (id, program_id, partnership_id, code, code_folded, offer, created_at) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (program_id, code_folded) where ended_at is null do nothing`,
		c.ID, c.Program, c.Partnership, c.Code, FoldCode(c.Code), offer, db.Micros(c.CreatedAt))
	if err != nil {
		return Code{}, fmt.Errorf("cannot store a code: %w", err)
	}
	if rows == 0 {
		return Code{}, fault.Conflict("code_taken", "This code belongs to a partner already; choose another.").In("code")
	}
	return c, nil
}

func offerText(o *terms.Offer) (any, error) {
	if o == nil {
		return nil, nil //nolint:nilnil // stored as null
	}
	b, err := json.Marshal(o)
	return string(b), err
}

// EndCode takes a code back. It may then be given to somebody else; what it earned stays.
func EndCode(ctx context.Context, tx *db.Tx, code CodeID) error {
	rows, err := tx.Exec(ctx, `update codes set ended_at = $1 where id = $2 and ended_at is null`, db.Micros(tx.Now()), code)
	if err == nil && rows == 0 {
		_, err = FindCode(ctx, tx, code)
	}
	return err
}

const codeColumns = `id, program_id, partnership_id, code, offer, created_at, ended_at`

func scanCode(s db.Scanner) (c Code, err error) {
	var offer string
	if err := s.Scan(&c.ID, &c.Program, &c.Partnership, &c.Code, db.Nullable(&offer), db.ScanTime(&c.CreatedAt), db.ScanTime(&c.EndedAt)); err != nil {
		return c, err
	}
	if offer == "" {
		return c, nil
	}
	c.Offer = new(terms.Offer)
	if err := json.Unmarshal([]byte(offer), c.Offer); err != nil {
		return c, fmt.Errorf("cannot read the offer of code %s: %w", c.ID, err)
	}
	return c, nil
}

// FindCode returns a code of any program; the caller checks access to its program.
func FindCode(ctx context.Context, tx *db.Tx, code CodeID) (Code, error) {
	c, found, err := db.One(ctx, tx, scanCode, `select `+codeColumns+` from codes where id = $1`, code)
	if err == nil && !found {
		err = fault.NotFound("code")
	}
	return c, err
}

// FindCodeByText returns the code that counts now under this text in a program.
func FindCodeByText(ctx context.Context, tx *db.Tx, program programs.ID, text string) (Code, bool, error) {
	return db.One(ctx, tx, scanCode, `select `+codeColumns+` from codes where program_id = $1 and code_folded = $2 and ended_at is null`, program, FoldCode(text))
}

// ListCodes returns the codes of a program, newest first. The cursor is a code's id.
func ListCodes(ctx context.Context, tx *db.Tx, f Filter, p db.Page) ([]Code, string, error) {
	query, args := f.query(`select `+codeColumns+` from codes`, p)
	found, err := db.All(ctx, tx, scanCode, query, args...)
	if err != nil {
		return nil, "", err
	}
	found, next := db.Cut(found, p, func(c Code) string { return string(c.ID) })
	return found, next, nil
}

// Suggest proposes a code for somebody's name and an offer's figure: "Maya Ortiz", 10 → MAYA10. It is free to be taken when Suggest returns.
func Suggest(ctx context.Context, tx *db.Tx, program programs.ID, name, figure string) (string, error) {
	stem := stemOf(name)
	for i := range 50 {
		proposal := stem + figure
		if i > 0 {
			proposal = fmt.Sprintf("%s%s-%d", stem, figure, i+1)
		}
		if _, taken, err := FindCodeByText(ctx, tx, program, proposal); err != nil || !taken {
			return proposal, err
		}
	}
	return strings.ToUpper(stem + drawSlug()), nil
}

// stemOf is the first word of a name in capitals, letters and digits only; "PARTNER" where nothing is left.
func stemOf(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	var b strings.Builder
	for _, r := range strings.ToUpper(norm.NFD.String(first)) {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	if stem := b.String(); stem != "" {
		return stem[:min(len(stem), 20)]
	}
	return "PARTNER"
}

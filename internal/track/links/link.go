package links

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

// ID names a link: lnk_…
type ID string

// Link leads a buyer to a page of the merchant.
type Link struct {
	ID          ID
	No          uint64 // random; what click tokens carry
	Slug        string
	Program     programs.ID
	Partnership partnerships.ID
	Destination string
	CreatedAt   time.Time
	UpdatedAt   time.Time
	EndedAt     time.Time // zero while it leads anywhere
}

// New is what a link is made of. Without a slug it gets a random one.
type New struct {
	Partnership partnerships.ID
	Destination string
	Slug        string
}

const (
	longestDestination = 2000
	randomSlug         = 7
	slugTries          = 5
	// Letters and digits that are not mistaken for each other when read aloud or typed.
	slugAlphabet = "abcdefghijkmnpqrstuvwxyz23456789"
)

var goodSlug = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$`)

// ErrSlugTaken is a slug that leads somewhere else already.
var errSlugTaken = fault.Conflict("slug_taken", "This short name is taken; choose another.").In("slug")

// Create makes a link for a partnership. The destination must lie on one of the program's sites.
func Create(ctx context.Context, tx *db.Tx, n New) (Link, error) {
	partnership, err := partnerships.Find(ctx, tx, n.Partnership)
	if err != nil {
		return Link{}, err
	}
	program, err := programs.Find(ctx, tx, partnership.Program)
	if err != nil {
		return Link{}, err
	}
	destination, slug, err := check(program, n)
	if err != nil {
		return Link{}, err
	}
	l := Link{
		ID: ID(id.New("lnk", tx.Now())), No: randomNo(), Program: program.ID, Partnership: partnership.ID, Destination: destination,
		CreatedAt: tx.Now(), UpdatedAt: tx.Now(), Slug: slug,
	}
	err = place(ctx, tx, &l, slug == "")
	return l, err
}

func check(program programs.Program, n New) (destination, slug string, err error) {
	slug = strings.ToLower(strings.TrimSpace(n.Slug))
	var faults []*fault.Error
	if slug != "" && !goodSlug.MatchString(slug) {
		faults = append(faults, fault.Invalid("A short name has 1 to 64 letters a–z, digits, dots, dashes or underscores, and begins and ends with a letter or digit.").In("slug"))
	}
	switch {
	case len(n.Destination) > longestDestination:
		faults = append(faults, fault.Invalidf("The address has at most %d characters.", longestDestination).In("destination"))
	default:
		u, err := program.CheckDestination(n.Destination)
		if f, ok := fault.As(err); ok {
			faults = append(faults, f)
		} else if err != nil {
			return "", "", err
		} else {
			destination = u.String()
		}
	}
	return destination, slug, fault.Join(faults...)
}

// place stores the link; a random slug that is taken is drawn again.
func place(ctx context.Context, tx *db.Tx, l *Link, random bool) error {
	for range slugTries {
		if random {
			l.Slug = drawSlug()
		}
		rows, err := tx.Exec(ctx, `insert into links (id, no, slug, program_id, partnership_id, destination, created_at, updated_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (slug) do nothing`,
			l.ID, int64(l.No), l.Slug, l.Program, l.Partnership, l.Destination, db.Micros(l.CreatedAt), db.Micros(l.UpdatedAt)) //nolint:gosec // the same 64 bits
		if err != nil {
			return fmt.Errorf("cannot store a link: %w", err)
		}
		if rows == 1 {
			return nil
		}
		if !random {
			return errSlugTaken
		}
	}
	return fmt.Errorf("cannot find a free slug in %d tries", slugTries)
}

func randomNo() uint64 {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic("BUG: the system's random source failed: " + err.Error())
	}
	no := binary.BigEndian.Uint64(b[:])
	return max(no, 1) // 0 means "no link"
}

func drawSlug() string {
	b := make([]byte, randomSlug)
	if _, err := rand.Read(b); err != nil {
		panic("BUG: the system's random source failed: " + err.Error())
	}
	for i := range b {
		b[i] = slugAlphabet[int(b[i])%len(slugAlphabet)] // 32 letters: no letter is likelier than another
	}
	return string(b)
}

// End makes a link lead nowhere from now on. Clicks that were made before still count.
func End(ctx context.Context, tx *db.Tx, link ID) error {
	rows, err := tx.Exec(ctx, `update links set ended_at = $1, updated_at = $1 where id = $2 and ended_at is null`, db.Micros(tx.Now()), link)
	if err == nil && rows == 0 {
		_, err = Find(ctx, tx, link)
	}
	return err
}

const columns = `id, no, slug, program_id, partnership_id, destination, created_at, updated_at, ended_at`

func scan(s db.Scanner) (l Link, err error) {
	var no int64
	err = s.Scan(&l.ID, &no, &l.Slug, &l.Program, &l.Partnership, &l.Destination, db.ScanTime(&l.CreatedAt), db.ScanTime(&l.UpdatedAt), db.ScanTime(&l.EndedAt))
	l.No = uint64(no) //nolint:gosec // the same 64 bits
	return l, err
}

// Find returns a link of any program; the caller checks access to its program.
func Find(ctx context.Context, tx *db.Tx, link ID) (Link, error) {
	l, found, err := db.One(ctx, tx, scan, `select `+columns+` from links where id = $1`, link)
	if err == nil && !found {
		err = fault.NotFound("link")
	}
	return l, err
}

// ByNo returns the link that click tokens call by this number.
func ByNo(ctx context.Context, tx *db.Tx, no uint64) (Link, bool, error) {
	return db.One(ctx, tx, scan, `select `+columns+` from links where no = $1`, int64(no)) //nolint:gosec // the same 64 bits
}

// Filter narrows lists. Program is required.
type Filter struct {
	Program     programs.ID
	Partnership partnerships.ID
	Current     bool // only what still leads somewhere
}

// List returns the links of a program, newest first. The cursor is a link's id.
func List(ctx context.Context, tx *db.Tx, f Filter, p db.Page) ([]Link, string, error) {
	query, args := f.query(`select `+columns+` from links`, p)
	found, err := db.All(ctx, tx, scan, query, args...)
	if err != nil {
		return nil, "", err
	}
	found, next := db.Cut(found, p, func(l Link) string { return string(l.ID) })
	return found, next, nil
}

func (f Filter) query(query string, p db.Page) (string, []any) {
	query, args := query+` where program_id = $1`, []any{f.Program}
	if f.Partnership != "" {
		args = append(args, f.Partnership)
		query += fmt.Sprintf(` and partnership_id = $%d`, len(args))
	}
	if f.Current {
		query += ` and ended_at is null`
	}
	if p.After != "" {
		args = append(args, p.After)
		query += fmt.Sprintf(` and id < $%d`, len(args))
	}
	args = append(args, p.Bound()+1)
	return query + fmt.Sprintf(` order by id desc limit $%d`, len(args)), args
}

// URL is the address people share. A link domain of its own has the slug at its root; base is "https://go.example" or "https://rapport.example/r".
func (l Link) URL(base string) string { return strings.TrimSuffix(base, "/") + "/" + l.Slug }

package creators

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
)

// Sort is the order of a list.
type Sort string

// The orders.
const (
	SortName      Sort = "name" // the usual one
	SortFollowers Sort = "followers"
	SortNewest    Sort = "newest"
)

// Filter says which creators a list holds. Whoever asks is cut to Programs, or to Program where the caller was found to have rights in it; a
// filter with neither holds nobody, unless Everywhere is set. Other empty fields do not filter.
type Filter struct {
	Everywhere bool          // the caller has rights in the whole installation
	Programs   []programs.ID // the programs the caller may see
	Program    programs.ID   // creators of this program

	Query    string // part of a name or handle, or a profile's address
	Platform Platform
	Tier     Tier
	Country  string // code or English name
	Status   string // of the partnership
	Group    string // of the partnership

	MinFollowers, MaxFollowers *int64
	Sort                       Sort
}

// longestQuery bounds what is searched for.
const longestQuery = 200

// List returns a page of creators with their profiles.
func List(ctx context.Context, tx *db.Tx, f Filter, page db.Page) ([]Creator, string, error) {
	if err := f.check(); err != nil {
		return nil, "", err
	}
	w := f.where()
	order, err := f.order(w, page.After)
	if err != nil {
		return nil, "", err
	}
	found, err := db.All(ctx, tx, scanSorted, `select `+creatorColumns+`, c.name_folded from creators c where `+w.text()+
		` order by `+order+` limit `+w.arg(page.Bound()+1), w.args...)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list creators: %w", err)
	}
	found, next := db.Cut(found, page, f.cursor)
	list := make([]Creator, len(found))
	for i, s := range found {
		list[i] = s.Creator
	}
	return list, next, attachProfiles(ctx, tx, list, "")
}

// Count returns how many creators the filter holds, counted up to most: pages show "1,000+" beyond.
func Count(ctx context.Context, tx *db.Tx, f Filter, most int) (n int, err error) {
	if err := f.check(); err != nil {
		return 0, err
	}
	w := f.where()
	err = tx.QueryRow(ctx, `select count(*) from (select 1 from creators c where `+w.text()+` limit `+w.arg(most)+`) x`, w.args...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("cannot count creators: %w", err)
	}
	return n, nil
}

func (f Filter) check() error {
	var wrong []*fault.Error
	if f.Platform != "" && f.Platform.longestHandle() == 0 {
		wrong = append(wrong, fault.Invalid("The platform must be tiktok, instagram, youtube, pinterest or other.").In("platform"))
	}
	if f.Tier != "" && !f.Tier.Valid() {
		wrong = append(wrong, fault.Invalid("The tier must be nano, micro, macro or mega.").In("tier"))
	}
	if f.Sort != "" && f.Sort != SortName && f.Sort != SortFollowers && f.Sort != SortNewest {
		wrong = append(wrong, fault.Invalid("Creators are sorted by name, followers or newest.").In("sort"))
	}
	if len(f.Query) > longestQuery {
		wrong = append(wrong, fault.Invalidf("A search has at most %d bytes.", longestQuery).In("q"))
	}
	wrong = append(wrong, checkCount("min_followers", f.MinFollowers), checkCount("max_followers", f.MaxFollowers))
	return fault.Join(wrong...)
}

// sorted is a creator with the text it is sorted by.
type sorted struct {
	Creator
	folded string
}

func scanSorted(s db.Scanner) (c sorted, err error) {
	err = s.Scan(&c.ID, &c.Name, &c.Tier, &c.Followers, &c.Country, &c.Language, &c.Main, db.ScanTime(&c.CreatedAt), db.ScanTime(&c.UpdatedAt), &c.folded)
	return c, err
}

// order writes the order and, with a cursor, the condition to stand after it.
func (f Filter) order(w *where, after string) (string, error) {
	switch f.Sort {
	case SortFollowers:
		key, id, err := readCursor(after, int64(1<<62))
		if err == nil && after != "" {
			w.add(`(coalesce(c.followers, -1), c.id) < (` + w.arg(key) + `, ` + w.arg(id) + `)`)
		}
		return `coalesce(c.followers, -1) desc, c.id desc`, err
	case SortNewest:
		_, id, err := readCursor(after, "")
		if err == nil && after != "" {
			w.add(`c.id < ` + w.arg(id))
		}
		return `c.id desc`, err
	case SortName, "":
	}
	key, id, err := readCursor(after, "")
	if err == nil && after != "" {
		w.add(`(c.name_folded, c.id) > (` + w.arg(key) + `, ` + w.arg(id) + `)`)
	}
	return `c.name_folded, c.id`, err
}

func (f Filter) cursor(c sorted) string {
	if f.Sort == SortFollowers {
		return writeCursor(known(c.Followers), string(c.ID))
	}
	return writeCursor(c.folded, string(c.ID))
}

// where gathers conditions and their arguments.
type where struct {
	conditions []string
	args       []any
}

func (w *where) add(condition string) { w.conditions = append(w.conditions, condition) }
func (w *where) text() string         { return strings.Join(w.conditions, " and ") }

// arg binds a value and returns its placeholder.
func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

func (f Filter) where() *where {
	w := &where{}
	w.add(visible("c.import_id"))
	f.wherePartner(w)
	if f.Tier != "" {
		w.add(`c.tier = ` + w.arg(f.Tier))
	}
	if f.Country != "" {
		w.add(`c.country = ` + w.arg(Country(f.Country)))
	}
	if f.MinFollowers != nil {
		w.add(`c.followers >= ` + w.arg(*f.MinFollowers))
	}
	if f.MaxFollowers != nil {
		w.add(`c.followers <= ` + w.arg(*f.MaxFollowers))
	}
	if f.Platform != "" {
		w.add(`exists (select 1 from profiles p where p.creator_id = c.id and p.platform = ` + w.arg(f.Platform) + ` and ` + visible("p.import_id") + `)`)
	}
	f.whereFound(w)
	return w
}

// whereFound searches the folded name and the handles, which stand together in one column.
func (f Filter) whereFound(w *where) {
	if a, isURL, err := accountOfURL(strings.TrimSpace(f.Query)); isURL && err == nil {
		k := a.Key()
		w.add(`exists (select 1 from profiles p where p.creator_id = c.id and p.platform = ` + w.arg(k.Platform) + ` and p.handle_folded = ` + w.arg(k.Handle) + `)`)
		return
	}
	for word := range strings.FieldsSeq(Fold(strings.ToValidUTF8(strings.ReplaceAll(f.Query, "\x00", ""), ""))) {
		w.add(`c.search like ` + w.arg(`%`+db.Like(strings.TrimPrefix(word, "@"))+`%`) + ` escape '\'`)
	}
}

// wherePartner cuts to the caller's programs and filters by the partnership there.
func (f Filter) wherePartner(w *where) {
	if f.Everywhere && f.Program == "" && f.Status == "" && f.Group == "" {
		return
	}
	p := []string{`p.creator_id = c.id`, visible("p.import_id")}
	if !f.Everywhere && (f.Programs != nil || f.Program == "") {
		p = append(p, `p.program_id in (`+w.list(f.Programs)+`)`)
	}
	for _, is := range [][2]string{{"program_id", string(f.Program)}, {"status", f.Status}, {"group_id", f.Group}} {
		if is[1] != "" {
			p = append(p, `p.`+is[0]+` = `+w.arg(is[1]))
		}
	}
	w.add(`exists (select 1 from partnerships p where ` + strings.Join(p, " and ") + `)`)
}

// list binds values for an "in"; none at all matches nothing.
func (w *where) list(ids []programs.ID) string {
	if len(ids) == 0 {
		return `null`
	}
	bound := make([]string, len(ids))
	for i, id := range ids {
		bound[i] = w.arg(id)
	}
	return strings.Join(bound, ", ")
}

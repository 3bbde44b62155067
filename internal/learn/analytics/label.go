package analytics

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// label is a row's key and what people call it.
type label struct {
	key, name     string
	partnership   partnerships.ID
	creator       creators.ID
	creatorName   string
	engagementPPM *int64 // of one account: never on rows of several
}

// labelsOf says under which row each cell belongs. A cell that nothing is known of, such as "no code", gets the empty label.
func labelsOf(ctx context.Context, tx *db.Tx, q Query, found cells) (map[string]label, error) {
	switch q.GroupBy {
	case ByDay:
		return dayLabels(found), nil
	case ByLink:
		return thingLabels(ctx, tx, q, found, `select cast(t.no as text), t.id, t.slug, t.partnership_id from links t where t.no in (`, func(key string) any {
			no, err := strconv.ParseInt(key, 10, 64)
			if err != nil {
				panic("BUG: a link's number that is none: " + key)
			}
			return no
		})
	case ByCode:
		return thingLabels(ctx, tx, q, found, `select t.id, t.id, t.code, t.partnership_id from codes t where t.id in (`, func(key string) any { return key })
	case ByCreator, ByPartnership, ByGroup, ByPlatform, ByTier:
		return partnerLabels(ctx, tx, q, found)
	}
	panic("BUG: a dimension that was never checked: " + string(q.GroupBy))
}

func dayLabels(found cells) map[string]label {
	labels := map[string]label{}
	for key := range found {
		day, err := strconv.ParseInt(key, 10, 64)
		if err != nil {
			panic("BUG: a day that is none: " + key)
		}
		labels[key] = label{key: Day(day).String(), name: Day(day).String()}
	}
	return labels
}

// partner is what a report says of the creator behind a partnership.
type partner struct {
	id            partnerships.ID
	creator       creators.ID
	name          string
	group         string
	groupName     string
	tier          string
	platform      string
	engagementPPM *int64
}

// partnersOf reads the partners that stand behind keys. Partnerships of another program are not there.
func partnersOf[V any](ctx context.Context, tx *db.Tx, q Query, keys map[string]V) (map[string]partner, error) {
	known := map[string]partner{}
	err := inBlocks(keys, func(ids string, args []any) error {
		found, err := db.All(ctx, tx, scanPartner, `select p.id, p.creator_id, c.name, coalesce(p.group_id, ''), coalesce(g.name, ''), c.tier,
				coalesce(f.platform, ''), f.engagement_ppm
			from partnerships p join creators c on c.id = p.creator_id
				left join partner_groups g on g.id = p.group_id
				left join profiles f on f.id = c.main_profile_id
			where p.id in (`+ids+`) and p.program_id = $1`, append([]any{q.Program}, args...)...)
		for _, p := range found {
			known[string(p.id)] = p
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the partners of a report: %w", err)
	}
	return known, nil
}

func scanPartner(s db.Scanner) (p partner, err error) {
	err = s.Scan(&p.id, &p.creator, &p.name, &p.group, &p.groupName, &p.tier, &p.platform, &p.engagementPPM)
	return p, err
}

func partnerLabels(ctx context.Context, tx *db.Tx, q Query, found cells) (map[string]label, error) {
	partners, err := partnersOf(ctx, tx, q, found)
	if err != nil {
		return nil, err
	}
	labels := map[string]label{}
	for key, p := range partners {
		labels[key] = p.label(q.GroupBy)
	}
	return labels, nil
}

func (p partner) label(by Dimension) label {
	switch by {
	case ByGroup:
		return label{key: p.group, name: p.groupName}
	case ByPlatform:
		return label{key: p.platform, name: p.platform}
	case ByTier:
		return label{key: p.tier, name: p.tier}
	case ByCreator:
		return p.own(string(p.creator), p.name)
	case ByPartnership:
		return p.own(string(p.id), p.name)
	case ByLink, ByCode, ByDay:
	}
	panic("BUG: partners are not grouped by " + string(by))
}

// own labels something that belongs to one partner.
func (p partner) own(key, name string) label {
	return label{key: key, name: name, partnership: p.id, creator: p.creator, creatorName: p.name, engagementPPM: p.engagementPPM}
}

// thing is a link or a code.
type thing struct{ cell, id, name, partnership string }

func scanThing(s db.Scanner) (t thing, err error) {
	err = s.Scan(&t.cell, &t.id, &t.name, &t.partnership)
	return t, err
}

// thingLabels reads links or codes of the program, by the query that ends where the list of keys begins, and the partners they belong to.
func thingLabels(ctx context.Context, tx *db.Tx, q Query, found cells, query string, argument func(key string) any) (map[string]label, error) {
	keys := map[string]bool{}
	for key := range found {
		if key != "" {
			keys[key] = true
		}
	}
	var things []thing
	owners := map[string]bool{}
	err := inBlocks(keys, func(ids string, args []any) error {
		for i, key := range args {
			args[i] = argument(key.(string)) //nolint:errcheck,forcetypeassert // inBlocks hands out keys
		}
		some, err := db.All(ctx, tx, scanThing, query+ids+`) and t.program_id = $1`, append([]any{q.Program}, args...)...)
		for _, t := range some {
			owners[t.partnership] = true
		}
		things = append(things, some...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the names in a report: %w", err)
	}
	partners, err := partnersOf(ctx, tx, q, owners)
	if err != nil {
		return nil, err
	}
	labels := map[string]label{}
	for _, t := range things {
		labels[t.cell] = partners[t.partnership].own(t.id, t.name)
	}
	return labels, nil
}

// blockSize is how many keys go into one query: well inside what both engines bind.
const blockSize = 500

// inBlocks calls f with some of the keys at a time, as "$2,$3,…" and their values; $1 is left to f.
func inBlocks[V any](keys map[string]V, f func(ids string, args []any) error) error {
	var ids []string
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		defer func() { ids, args = nil, nil }()
		return f(strings.Join(ids, ","), args)
	}
	for key := range keys {
		ids, args = append(ids, "$"+strconv.Itoa(len(args)+2)), append(args, key)
		if len(args) == blockSize {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

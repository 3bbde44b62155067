package why

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/intake"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/attribution"
	"rapport/internal/track/conversions"
	"rapport/internal/track/links"
)

// Explained are the facts behind an explanation, cut to what the viewer may see: a creator gets their own credits and commissions only.
type Explained struct {
	Order       conversions.Conversion // without an id for a commission that is not for an order
	Number      string                 // what people call it
	Credits     []conversions.Credit
	Commissions []commissions.Commission
	Changes     []conversions.Recorded // refunds and cancels
	Steps       map[commissions.ID][]commissions.Event
	Names       map[partnerships.ID]string // of the creators in it
}

// story is everything that an explanation is told from.
type story struct {
	Explained
	viewer   Viewer
	input    intake.Input
	decision intake.Decision
	slugs    map[uint64]string // of links, by number
}

func (v Viewer) read(ctx context.Context, tx *db.Tx, id conversions.ID) (s story, err error) {
	s = story{viewer: v, slugs: map[uint64]string{}}
	if s.Order, err = conversions.Find(ctx, tx, id); err != nil {
		return s, err
	}
	if s.Order.Program != v.Program.ID {
		return s, fault.NotFound("conversion")
	}
	if err := s.decode(); err != nil {
		return s, err
	}
	if s.Credits, err = conversions.CreditsOf(ctx, tx, id); err != nil {
		return s, err
	}
	if v.Side == Creator && !slices.ContainsFunc(s.Credits, func(c conversions.Credit) bool { return c.Partnership == v.Partnership }) {
		return s, fault.NotFound("conversion")
	}
	return s, s.gather(ctx, tx)
}

// gather reads what stands around an order.
func (s *story) gather(ctx context.Context, tx *db.Tx) (err error) {
	id := s.Order.ID
	numbers, err := conversions.NumbersOf(ctx, tx, []conversions.ID{id})
	if err != nil {
		return err
	}
	s.Number = numbers[id]
	if s.Changes, err = conversions.ChangesOf(ctx, tx, id); err != nil {
		return err
	}
	if s.Commissions, err = commissions.OfConversion(ctx, tx, id); err != nil {
		return err
	}
	s.Steps = make(map[commissions.ID][]commissions.Event, len(s.Commissions))
	for _, c := range s.Commissions {
		if s.Steps[c.ID], err = commissions.Events(ctx, tx, c); err != nil {
			return err
		}
	}
	if err := s.findSlugs(ctx, tx); err != nil {
		return err
	}
	s.Names, err = Names(ctx, tx, s.partners())
	return err
}

func (s *story) decode() error {
	if err := json.Unmarshal(s.Order.Input, &s.input); err != nil {
		return fmt.Errorf("cannot read the input of %s: %w", s.Order.ID, err)
	}
	if err := json.Unmarshal(s.Order.Decision, &s.decision); err != nil {
		return fmt.Errorf("cannot read the decision on %s: %w", s.Order.ID, err)
	}
	return nil
}

// partners are all partnerships that are spoken of.
func (s *story) partners() (ids []partnerships.ID) {
	for _, c := range s.Credits {
		ids = append(ids, c.Partnership)
	}
	for _, t := range s.decision.Considered {
		if t.Partnership != "" {
			ids = append(ids, t.Partnership)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (s *story) findSlugs(ctx context.Context, tx *db.Tx) error {
	for _, t := range s.decision.Considered {
		if _, known := s.slugs[t.LinkNo]; known || t.Kind != attribution.TouchClick || t.Partnership == "" {
			continue
		}
		link, found, err := links.ByNo(ctx, tx, t.LinkNo)
		if err != nil {
			return err
		}
		if found {
			s.slugs[t.LinkNo] = link.Slug
		}
	}
	return nil
}

// cut leaves the viewer what is theirs.
func (s *story) cut() Explained {
	e := s.Explained
	foreign := func(p partnerships.ID) bool { return !s.viewer.owns(p) }
	e.Credits = slices.DeleteFunc(slices.Clone(e.Credits), func(c conversions.Credit) bool { return foreign(c.Partnership) })
	e.Commissions = slices.DeleteFunc(slices.Clone(e.Commissions), func(c commissions.Commission) bool { return foreign(c.Partnership) })
	e.Steps, e.Names = map[commissions.ID][]commissions.Event{}, map[partnerships.ID]string{}
	for _, c := range e.Commissions {
		e.Steps[c.ID] = s.Steps[c.ID]
	}
	for id, name := range s.Names {
		if s.viewer.owns(id) {
			e.Names[id] = name
		}
	}
	return e
}

// Names returns the creators' names of partnerships.
func Names(ctx context.Context, tx *db.Tx, ids []partnerships.ID) (map[partnerships.ID]string, error) {
	found, err := partnerships.FindMany(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	people := make([]creators.ID, 0, len(found))
	for _, p := range found {
		people = append(people, p.Creator)
	}
	known, err := creators.FindMany(ctx, tx, people)
	if err != nil {
		return nil, err
	}
	byID := make(map[creators.ID]string, len(known))
	for _, c := range known {
		byID[c.ID] = c.Name
	}
	names := make(map[partnerships.ID]string, len(found))
	for id, p := range found {
		names[id] = byID[p.Creator]
	}
	return names, nil
}

// who is what the viewer may call a partner. The one whose explanation it is has a name on both sides.
func (s *story) who(p partnerships.ID) string {
	if name := s.Names[p]; name != "" && s.viewer.owns(p) {
		return name
	}
	return s.T("why.another")
}

// T is a text of the catalogue in the viewer's language.
func (s *story) T(key string, pairs ...any) string { return s.viewer.Locale.T(key, pairs...) }

package partnerships

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/partner/terms"
)

// SetProgramTerms says what holds in a program where neither partnership nor group says anything. What was earned stays.
func SetProgramTerms(ctx context.Context, tx *db.Tx, program programs.ID, t terms.Terms) error {
	if err := checkTerms(ctx, tx, program, t); err != nil {
		return err
	}
	text := encode(t)
	if text == nil {
		text = `{}`
	}
	_, err := tx.Exec(ctx, `insert into program_terms (program_id, terms, updated_at) values ($1, $2, $3)
		on conflict (program_id) do update set terms = excluded.terms, updated_at = excluded.updated_at`, program, text, db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot set the terms of program %s: %w", program, err)
	}
	return nil
}

// ProgramTerms returns what SetProgramTerms said last, or terms that say nothing.
func ProgramTerms(ctx context.Context, tx *db.Tx, program programs.ID) (terms.Terms, error) {
	all, err := termsBy(ctx, tx, `select program_id, terms from program_terms where program_id`, []programs.ID{program})
	return all[program], err
}

// EffectiveTerms returns the terms that hold for a partnership, each part from the nearest level that says something.
func EffectiveTerms(ctx context.Context, tx *db.Tx, p Partnership) (terms.Effective, error) {
	all, err := EffectiveTermsMany(ctx, tx, []Partnership{p})
	return all[p.ID], err
}

// EffectiveTermsMany is EffectiveTerms for a page of partnerships.
func EffectiveTermsMany(ctx context.Context, tx *db.Tx, all []Partnership) (map[ID]terms.Effective, error) {
	groups, inPrograms := map[GroupID]bool{}, map[programs.ID]bool{}
	for _, p := range all {
		inPrograms[p.Program] = true
		if p.Group != "" {
			groups[p.Group] = true
		}
	}
	ofGroups, err := termsBy(ctx, tx, `select id, coalesce(terms, '') from partner_groups where id`, slices.Collect(maps.Keys(groups)))
	if err != nil {
		return nil, err
	}
	ofPrograms, err := termsBy(ctx, tx, `select program_id, terms from program_terms where program_id`, slices.Collect(maps.Keys(inPrograms)))
	if err != nil {
		return nil, err
	}
	effective := make(map[ID]terms.Effective, len(all))
	for _, p := range all {
		effective[p.ID] = terms.Choose(p.Terms, ofGroups[p.Group], ofPrograms[p.Program])
	}
	return effective, nil
}

// termsBy reads (key, terms) pairs for the keys; query ends before its "in".
func termsBy[K ~string](ctx context.Context, tx *db.Tx, query string, keys []K) (map[K]terms.Terms, error) {
	found := make(map[K]terms.Terms, len(keys))
	for some := range slices.Chunk(keys, block) {
		w := where{}
		in := list(&w, some)
		_, err := db.All(ctx, tx, func(s db.Scanner) (struct{}, error) {
			var key K
			var text string
			err := s.Scan(&key, &text)
			if err == nil {
				found[key], err = decode(text)
			}
			return struct{}{}, err
		}, query+` in (`+in+`)`, w.args...)
		if err != nil {
			return nil, fmt.Errorf("cannot read terms: %w", err)
		}
	}
	return found, nil
}

// checkTerms sees that terms are whole and that their amounts are in the program's currency.
func checkTerms(ctx context.Context, tx *db.Tx, program programs.ID, t terms.Terms) error {
	p, err := programs.Find(ctx, tx, program)
	if err != nil {
		return in(err, "program_id")
	}
	return fault.Join(asFault(checkCommission(t.Commission, p.Currency)), asFault(checkOffer(t.Offer, p.Currency)))
}

func checkCommission(c *terms.Commission, currency money.Currency) error {
	if c == nil {
		return nil
	}
	if c.Kind == terms.CommissionFlat && c.Flat.Currency != currency {
		return fault.Invalid("The commission must be in the program's currency.").In("commission.value")
	}
	_, err := terms.ParseCommission(string(c.Kind), c.Value(), currency)
	return err
}

func checkOffer(o *terms.Offer, currency money.Currency) error {
	if o == nil {
		return nil
	}
	if o.Kind == terms.OfferAmount && o.Amount.Currency != currency {
		return fault.Invalid("The offer must be in the program's currency.").In("offer.value")
	}
	_, err := terms.ParseOffer(string(o.Kind), o.Value(), currency)
	return err
}

// asFault is the fault in an error of a parser, which returns nothing else.
func asFault(err error) *fault.Error {
	if err == nil {
		return nil
	}
	f, ok := fault.As(err)
	if !ok {
		panic("BUG: a parser of terms failed without a fault: " + err.Error())
	}
	return f
}

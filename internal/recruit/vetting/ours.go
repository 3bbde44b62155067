package vetting

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Ours are the names of the program itself: what its partners publish for it is not work for strangers.
type Ours struct {
	folded map[string]bool // as creators.FoldBrand writes them
	find   finder
}

// mostOurs is how many names are looked for.
const mostOurs = 100

// Named makes names ready to look for: a program's name, hosts of its sites, accounts of its brand. A name of several words is found in any text
// ("Nordic Tea", "nordictea.example"), one of a single word only as an account or hashtag, since "Glow" is also a word.
func Named(names ...string) *Ours {
	o := &Ours{folded: map[string]bool{}, find: finder{}}
	for _, name := range names[:min(len(names), mostOurs)] {
		name = strings.TrimPrefix(strings.TrimSpace(name), "www.")
		folded := creators.FoldBrand(name)
		if folded == "" || o.folded[folded] {
			continue
		}
		o.folded[folded] = true
		if len(tokensOf(name, false, nil)) > 1 {
			o.find.add(strings.TrimLeft(name, "#@"), ofOurs)
		}
		o.find.add("#"+folded, ofOurs)
	}
	return o
}

// named says whether a brand is the program itself.
func (o *Ours) named(brand string) bool { return o != nil && o.folded[creators.FoldBrand(brand)] }

// paidFor says whether a post that was paid for was paid by the program. A hashtag of one word does not say so where another account is named.
func (o *Ours) paidFor(p *read) bool {
	if o == nil {
		return false
	}
	names := p.names()
	ours := slices.ContainsFunc(names, o.named)
	o.find.find(p.tokens, func(found phrase) { ours = ours || !found.tagged || len(names) == 0 })
	return ours
}

// oursOf reads what a program calls itself: its name and sites, its own account, and the words for its brand that it looks for.
func oursOf(ctx context.Context, tx *db.Tx, program programs.ID) (*Ours, error) {
	p, err := programs.Find(ctx, tx, program)
	if err != nil {
		return nil, err
	}
	names, err := db.All(ctx, tx, db.Column[string], `select handle from brand_accounts where program_id = $1
		union select word from mention_words where program_id = $1 and about = 'brand' order by 1 limit $2`, program, mostOurs)
	if err != nil {
		return nil, fmt.Errorf("cannot read what program %s calls itself: %w", program, err)
	}
	return Named(slices.Concat([]string{p.Name}, p.Sites, names)...), nil
}

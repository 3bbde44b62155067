package discovery

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
)

// NotReady is the code of the fault while the index is made for the first time.
const NotReady = "index_not_ready"

// Search finds creators. Hits are looked up in tx before they are answered.
func (x *Index) Search(ctx context.Context, tx *db.Tx, q Query) (Result, error) {
	if err := q.check(); err != nil {
		return Result{}, err
	}
	if !x.Ready() && q.plain() {
		return q.list(ctx, tx)
	}
	if !x.Ready() {
		return Result{}, fault.Unavailable("The search index is being made. Try again in a minute.").WithCode(NotReady)
	}
	s := x.now.Load()
	only, err := q.only(ctx, tx)
	if err != nil {
		return Result{}, err
	}
	var ownSpace bool
	q.abroad, ownSpace = x.abroad(q)
	r := s.run(tx.Now(), q, only)
	if r.wrong != nil {
		return Result{}, r.wrong
	}
	result := Result{Total: r.total, Next: r.next, Items: r.hits, Own: ownSpace}
	return result, confirm(ctx, tx, q, r, &result)
}

// plain reports whether the database alone can answer: words are then looked for in names and handles only.
func (q Query) plain() bool {
	bare := q
	bare.Words, bare.Platform, bare.Tier, bare.Country, bare.MinFollowers, bare.MaxFollowers, bare.Status = "", "", "", "", nil, nil, ""
	bare.Programs, bare.Page, bare.Sort, bare.Program, bare.Everywhere = nil, db.Page{}, "", "", false
	known := q.Sort == "" || q.Sort == SortRelevance || q.Sort == SortName || q.Sort == SortFollowers || q.Sort == SortNewest
	return known && reflect.DeepEqual(bare, Query{})
}

// list is the search of the database.
func (q Query) list(ctx context.Context, tx *db.Tx) (r Result, err error) {
	f := creators.Filter{Everywhere: q.Everywhere, Programs: q.Programs, Query: q.Words, Platform: q.Platform, Tier: q.Tier, Country: q.Country,
		MinFollowers: q.MinFollowers, MaxFollowers: q.MaxFollowers, Sort: creators.Sort(q.Sort)}
	if q.Sort == SortRelevance {
		f.Sort = ""
	}
	if q.Status != "" {
		f.Program, f.Status = q.Program, q.Status
	}
	all, next, err := creators.List(ctx, tx, f, q.Page)
	if err != nil {
		return r, err
	}
	if r.Total, err = creators.Count(ctx, tx, f, mostCounted+1); err != nil {
		return r, err
	}
	for _, c := range all {
		r.Items = append(r.Items, Hit{Creator: c.ID})
	}
	r.Next, r.Making = next, true
	return r, nil
}

// mostCounted is how far the database counts.
const mostCounted = 1000

// only reads what the database must say of the query: who is on a list, whose address was typed. nil is everybody.
func (q Query) only(ctx context.Context, tx *db.Tx) (ids map[creators.ID]bool, err error) {
	if q.List != "" {
		ids = map[creators.ID]bool{}
		for after, more := "", true; more; more = after != "" {
			members, next, err := creators.ListMembers(ctx, tx, q.Program, q.List, db.Page{After: after, Limit: db.PageMost})
			if err != nil {
				return nil, err
			}
			for _, m := range members {
				ids[m.Creator] = true
			}
			after = next
		}
	}
	if q.isAddress() {
		found, _, err := creators.List(ctx, tx, creators.Filter{Everywhere: true, Query: q.Words}, db.Page{Limit: 20})
		if err != nil {
			return nil, err
		}
		here := map[creators.ID]bool{}
		for _, c := range found {
			here[c.ID] = ids == nil || ids[c.ID]
		}
		return here, nil
	}
	return ids, nil
}

func (q Query) isAddress() bool {
	return strings.Contains(q.Words, "://") || strings.Contains(q.Words, ".com/") || strings.Contains(q.Words, ".be/")
}

// confirm looks the hits up: who is gone or no longer the caller's is left out, and fit is made of the facts of the moment.
func confirm(ctx context.Context, tx *db.Tx, q Query, r ran, result *Result) error {
	ids := make([]creators.ID, len(r.hits))
	for i, h := range r.hits {
		ids[i] = h.Creator
	}
	there, err := stillThere(ctx, tx, q, ids)
	if err != nil {
		return err
	}
	var verdicts map[creators.ID]vetting.Verdict
	var prices map[creators.ID]creators.Price
	if q.Program != "" && q.Target != nil {
		if verdicts, err = vetting.Verdicts(ctx, tx, q.Program, ids); err != nil {
			return err
		}
		if prices, err = creators.PricesOf(ctx, tx, q.Program, ids); err != nil {
			return err
		}
	}
	kept := result.Items[:0]
	for i, h := range r.hits {
		if !there[h.Creator] {
			result.Total--
			continue
		}
		if q.Target != nil {
			f := r.facts[i]
			f.Verdict, f.Price = verdicts[h.Creator], nil
			if price, ok := prices[h.Creator]; ok {
				f.Price = &price
			}
			h.Fit = new(Fit(*q.Target, f))
		}
		kept = append(kept, h)
	}
	result.Items = kept
	return nil
}

// stillThere asks the database which creators exist and are the caller's to see.
func stillThere(ctx context.Context, tx *db.Tx, q Query, ids []creators.ID) (map[creators.ID]bool, error) {
	there := make(map[creators.ID]bool, len(ids))
	for chunk := range slices.Chunk(ids, postsPlaces) {
		args := make([]any, 0, postsPlaces+len(q.Programs))
		for i := range postsPlaces {
			args = append(args, chunk[min(i, len(chunk)-1)])
		}
		text := `select c.id from creators c where c.import_id not in (select id from imports where state <> 'visible') and c.id in ` + db.List(postsPlaces, 0)
		if !q.Everywhere {
			if len(q.Programs) == 0 {
				return there, nil
			}
			for _, p := range q.Programs {
				args = append(args, p)
			}
			text += ` and exists (select 1 from partnerships p where p.creator_id = c.id and p.import_id not in (select id from imports where state <> 'visible')
				and p.program_id in ` + db.List(len(q.Programs), postsPlaces) + `)`
		}
		found, err := db.All(ctx, tx, db.Column[creators.ID], text, args...)
		if err != nil {
			return nil, fmt.Errorf("cannot look hits up: %w", err)
		}
		for _, id := range found {
			there[id] = true
		}
	}
	return there, nil
}

// Read understands a sentence with the topics that the index knows.
func (x *Index) Read(sentence string) Reading { return ReadSentence(sentence, topicsOf(x.Tree())) }

// Look returns how creators fit a query's target, in the order given, without filtering. Whom the caller may not see is left out.
func (x *Index) Look(ctx context.Context, tx *db.Tx, q Query, ids []creators.ID) ([]Hit, error) {
	hits := make([]Hit, len(ids))
	for i, id := range ids {
		hits[i].Creator = id
	}
	r := ran{hits: hits, facts: make([]Facts, len(ids))}
	if !x.Ready() {
		q.Target = nil
	}
	if q.Target != nil {
		r.facts = x.now.Load().look(tx.Now(), q, ids)
	}
	result := Result{Items: slices.Clone(hits)}
	err := confirm(ctx, tx, q, r, &result)
	return result.Items, err
}

// look gathers the facts of creators.
func (s *state) look(now time.Time, q Query, ids []creators.ID) (all []Facts) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	m := s.match(now, q)
	defer m.done()
	for _, id := range ids {
		f := Facts{Now: now}
		if at, known := s.byID[id]; known {
			f = m.facts(at, s.by[q.Program].find(at))
		}
		all = append(all, f)
	}
	return all
}

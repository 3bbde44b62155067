package discovery

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/recruit/discovery/meaning"
)

const ownTopicsLock = "own_topics"

// OwnTopics are the topics that this installation added to the built-in ones, or has in the place of one, in the order of their ids.
func OwnTopics(ctx context.Context, tx *db.Tx) ([]meaning.Topic, error) {
	all, err := db.All(ctx, tx, func(s db.Scanner) (t meaning.Topic, err error) {
		var words string
		if err := s.Scan(&t.ID, &t.Name, &words); err != nil {
			return t, err
		}
		t.Parent = meaning.Above(t.ID)
		return t, json.Unmarshal([]byte(words), &t.Words)
	}, `select id, name, words from own_topics order by id limit $1`, meaning.MostTopics)
	if err != nil {
		return nil, fmt.Errorf("cannot read own topics: %w", err)
	}
	return all, nil
}

// AllTopics lays own topics over the built-in ones. What a topic of one's own hung on may be gone from a newer tree: then it hangs on the next
// topic above that is there. At most meaning.MostTopics are taken.
func AllTopics(own []meaning.Topic) []meaning.Topic {
	builtIn := meaning.DefaultTopics()
	there := map[string]bool{}
	for _, t := range builtIn {
		there[t.ID] = true
	}
	var over []meaning.Topic
	for _, t := range slices.SortedFunc(slices.Values(own), func(a, b meaning.Topic) int { return strings.Compare(a.ID, b.ID) }) {
		if !there[t.ID] && len(there) >= meaning.MostTopics {
			continue
		}
		there[t.ID] = true
		for t.Parent = meaning.Above(t.ID); t.Parent != "" && !there[t.Parent]; {
			t.Parent = meaning.Above(t.Parent)
		}
		over = append(over, t)
	}
	return meaning.Merge(builtIn, over)
}

// BuiltInTopic reports whether a topic comes with the software.
func BuiltInTopic(id string) bool {
	_, ok := meaning.DefaultTree().Find(id)
	return ok
}

// SaveTopic adds a topic, or puts it in the place of the one with the same id, a built-in one as well. It holds for every program.
func SaveTopic(ctx context.Context, tx *db.Tx, t meaning.Topic, by string) (meaning.Topic, error) {
	t, err := cleanTopic(t)
	if err != nil {
		return t, err
	}
	if err := tx.Lock(ctx, ownTopicsLock); err != nil {
		return t, fmt.Errorf("cannot save topic %s: %w", t.ID, err)
	}
	own, err := ownIDs(ctx, tx)
	if err != nil {
		return t, err
	}
	if err := fits(own, t.ID); err != nil {
		return t, err
	}
	words, err := json.Marshal(t.Words)
	if err != nil {
		return t, fmt.Errorf("cannot write the words of topic %s: %w", t.ID, err)
	}
	// Every change is later than all before, also where clocks stand still or go back: the index asks for the latest one.
	_, err = tx.Exec(ctx, `insert into own_topics (id, name, words, changed_at, changed_by)
		select $1, $2, $3, case when coalesce(max(changed_at), 0) >= $4 then max(changed_at) + 1 else $4 end, $5 from own_topics where true
		on conflict (id) do update set name = excluded.name, words = excluded.words, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
		t.ID, t.Name, string(words), db.Micros(tx.Now()), by)
	if err != nil {
		return t, fmt.Errorf("cannot save topic %s: %w", t.ID, err)
	}
	return t, nil
}

// cleanTopic takes words as people write them: without repeats, empty lines and the sign of hashtags.
func cleanTopic(t meaning.Topic) (meaning.Topic, error) {
	t.ID, t.Name, t.Parent = strings.TrimSpace(t.ID), strings.TrimSpace(t.Name), ""
	var words []string
	seen := make(map[string]bool, len(t.Words))
	for _, w := range t.Words {
		if w = strings.TrimLeft(strings.Join(strings.Fields(w), " "), "#"); w != "" && !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	t.Words = words
	switch {
	case !topicID.MatchString(t.ID) || len(t.ID) > 100:
		return t, fault.Invalid("A topic's id is a path of small letters, digits, _ and - such as food.tea, of at most 100 characters.").In("id")
	case t.Name == "" || utf8.RuneCountInString(t.Name) > 100:
		return t, fault.Invalid("A topic needs a name of at most 100 characters.").In("name")
	}
	for _, w := range words {
		if len(w) < 2 { // one letter is in every text; one sign of a script without spaces is a word, and longer than a byte
			return t, fault.Invalidf("%q is too short to tell of a topic.", w).In("words")
		}
	}
	if _, err := meaning.NewTree([]meaning.Topic{t}); err != nil { // alone: what hangs together is looked at by fits
		if f, ok := fault.As(err); ok {
			return t, f.In("words")
		}
		return t, err
	}
	return t, nil
}

var topicID = regexp.MustCompile(`^[a-z0-9_-]+(\.[a-z0-9_-]+)*$`)

// fits reports why there may be no such topic beside the others, or nil.
func fits(own []string, id string) error {
	there := func(id string) bool { return BuiltInTopic(id) || slices.Contains(own, id) }
	switch up := meaning.Above(id); {
	case up != "" && !there(up):
		return fault.Invalidf("There is no topic %s for it to lie below.", up).In("parent")
	case strings.Count(id, ".") >= meaning.DeepestTopic:
		return fault.Invalidf("Topics lie at most %d levels deep.", meaning.DeepestTopic).In("parent")
	case !there(id) && len(own)+len(meaning.DefaultTree().Topics()) >= meaning.MostTopics:
		return fault.Conflict("too_many_topics", fmt.Sprintf("There may be at most %d topics. Remove one first.", meaning.MostTopics))
	}
	return nil
}

// FindTopic answers a topic as it is now, and whether it is one's own.
func FindTopic(ctx context.Context, tx *db.Tx, id string) (t meaning.Topic, own bool, err error) {
	all, err := OwnTopics(ctx, tx)
	if err != nil {
		return t, false, err
	}
	if at := slices.IndexFunc(all, func(t meaning.Topic) bool { return t.ID == id }); at >= 0 {
		return all[at], true, nil
	}
	if t, ok := meaning.DefaultTree().Find(id); ok {
		return t, false, nil
	}
	return t, false, fault.NotFound("topic")
}

// ownIDs are the ids of own topics: their words are many, and a transaction that writes is short.
func ownIDs(ctx context.Context, tx *db.Tx) ([]string, error) {
	all, err := db.All(ctx, tx, db.Column[string], `select id from own_topics order by id limit $1`, meaning.MostTopics)
	if err != nil {
		return nil, fmt.Errorf("cannot read own topics: %w", err)
	}
	return all, nil
}

// RemoveTopic takes a topic of one's own away; where it stood in the place of a built-in one, that one is there again.
func RemoveTopic(ctx context.Context, tx *db.Tx, id string) error {
	if err := tx.Lock(ctx, ownTopicsLock); err != nil {
		return fmt.Errorf("cannot remove topic %s: %w", id, err)
	}
	own, err := ownIDs(ctx, tx)
	if err != nil {
		return err
	}
	below := func(other string) bool { return other != id && isBelow(other, id) }
	switch {
	case !slices.Contains(own, id):
		return fault.NotFound("topic")
	case !BuiltInTopic(id) && slices.ContainsFunc(own, below):
		return fault.Conflict("topic_has_others", "Other topics lie below this one. Remove them first.")
	}
	if _, err := tx.Exec(ctx, `delete from own_topics where id = $1`, id); err != nil {
		return fmt.Errorf("cannot remove topic %s: %w", id, err)
	}
	return nil
}

// topicsMark changes whenever own topics do.
func topicsMark(ctx context.Context, tx *db.Tx) (string, error) {
	var count, last int64
	if err := tx.QueryRow(ctx, `select count(*), coalesce(max(changed_at), 0) from own_topics`).Scan(&count, &last); err != nil {
		return "", fmt.Errorf("cannot read own topics: %w", err)
	}
	return fmt.Sprint(count, " ", last), nil
}

// readTree reads the topics as they are, and their mark.
func (s *state) readTree(ctx context.Context, tx *db.Tx) (err error) {
	if s.topicsMark, err = topicsMark(ctx, tx); err != nil {
		return err
	}
	own, err := OwnTopics(ctx, tx)
	if err != nil || len(own) == 0 {
		return err
	}
	s.tree, err = meaning.NewTree(AllTopics(own))
	return err
}

// Tree is the topics that the index was made with; before there is one, the built-in ones.
func (x *Index) Tree() *meaning.Tree {
	if !x.Ready() {
		return meaning.DefaultTree()
	}
	return x.now.Load().tree
}

// AboutTopics counts, of the creators that a query's programs have, who publishes about each topic or one below it.
func (x *Index) AboutTopics(q Query) map[string]int {
	counts := map[string]int{}
	if !x.Ready() {
		return counts
	}
	s := x.now.Load()
	s.mu.RLock()
	defer s.mu.RUnlock()
	s.candidates(q, func(at uint32, _ *entry) {
		if s.figures[at].marks&markThere == 0 {
			return
		}
		mine := map[string]bool{}
		for _, has := range s.topicsAt(&s.figures[at]) {
			for id := s.topicIDs[has.topic]; id != ""; id = meaning.Above(id) {
				mine[id] = true
			}
		}
		for id := range mine {
			counts[id]++
		}
	})
	return counts
}

package creators

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
)

// TagKind says what a tag is about.
type TagKind string

// The kinds.
const (
	TagTopic TagKind = "topic" // what the creator publishes about: "sustainable fashion"
	TagValue TagKind = "value" // what the creator stands for: "cruelty free". Never guessed from looks.
	TagFree  TagKind = "tag"   // anything a program wants to remember: "met at the fair"
)

// Valid reports whether k is one of the kinds.
func (k TagKind) Valid() bool { return k == TagTopic || k == TagValue || k == TagFree }

// Tag is a topic, a value or a free word that holds for a creator, with its evidence: the post that shows it and that post's date, or, for what
// was entered by hand or came with a file, who said so and when.
type Tag struct {
	Program  programs.ID // "" for every program
	Creator  ID
	Kind     TagKind
	Text     string
	Post     PostID    // the evidence, "" where somebody said so
	PostedAt time.Time // of the evidence
	Source   string    // SourceEntered, SourceImport, or what found it
	MadeBy   string    // the name of the person who entered it
	At       time.Time // when it was learnt; zero is now
	Import   string
}

// LongestTag bounds a tag's text, in characters; MostTags bounds one call.
const (
	LongestTag = 60
	MostTags   = 10_000
)

// Check cleans a tag and refuses what cannot be one.
func (t Tag) Check() (Tag, error) {
	t.Text = strings.TrimPrefix(strings.Join(strings.Fields(t.Text), " "), "#")
	switch {
	case !t.Kind.Valid():
		return t, fault.Invalid("A tag is a topic, a value or a tag.").In("kind")
	case t.Text == "" || Fold(t.Text) == "":
		return t, fault.Invalid("A tag needs a word.").In("text")
	case !utf8.ValidString(t.Text) || strings.ContainsFunc(t.Text, isControl):
		return t, fault.Invalid("A tag is one line of text.").In("text")
	case utf8.RuneCountInString(t.Text) > LongestTag:
		return t, fault.Invalidf("A tag has at most %d characters.", LongestTag).In("text")
	}
	return t, nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// AddTags stores tags of a program ("" for every program) and returns how many are new. What is known already stays as it is, with one
// exception: evidence takes the place of somebody's word.
func AddTags(ctx context.Context, tx *db.Tx, program programs.ID, tags []Tag) (added int64, err error) {
	if len(tags) > MostTags {
		return 0, fault.Invalidf("At most %d tags can be added at a time.", MostTags).In("tags")
	}
	rows := make([][]any, len(tags))
	for i, t := range tags {
		if t, err = t.Check(); err != nil {
			return 0, err
		}
		at := t.At
		if at.IsZero() {
			at = tx.Now()
		}
		rows[i] = []any{program, t.Creator, t.Kind, t.Text, Fold(t.Text), t.Post, db.MicrosOrNull(t.PostedAt), t.Source, t.MadeBy, db.Micros(at), t.Import}
	}
	const columns = `insert into creator_tags (program_id, creator_id, kind, text, text_folded, post_id, posted_at, source, made_by, at, import_id)`
	if added, err = insertRows(ctx, tx, columns, 11, `on conflict (program_id, creator_id, kind, text_folded) do nothing`, rows); err != nil {
		return 0, fmt.Errorf("cannot store tags: %w", err)
	}
	return added, proveTags(ctx, tx, rows)
}

// proveTags gives tags that rested on somebody's word the evidence that was found.
func proveTags(ctx context.Context, tx *db.Tx, rows [][]any) error {
	for _, r := range rows {
		if r[5] == PostID("") {
			continue
		}
		if _, err := tx.Exec(ctx, `update creator_tags set post_id = $5, posted_at = $6 where program_id = $1 and creator_id = $2 and kind = $3
			and text_folded = $4 and post_id = '' and import_id = ''`, r[0], r[1], r[2], r[4], r[5], r[6]); err != nil {
			return fmt.Errorf("cannot store a tag's evidence: %w", err)
		}
	}
	return nil
}

// RemoveTag takes a program's tag away. A tag that serves every program is not a program's to take.
func RemoveTag(ctx context.Context, tx *db.Tx, program programs.ID, creator ID, kind TagKind, text string) error {
	done, err := tx.Exec(ctx, `delete from creator_tags where program_id = $1 and creator_id = $2 and kind = $3 and text_folded = $4`,
		program, creator, kind, Fold(text))
	if err != nil {
		return fmt.Errorf("cannot remove a tag of creator %s: %w", creator, err)
	}
	if done == 0 {
		return fault.NotFound("tag")
	}
	return nil
}

// TagsOf returns what is tagged on the creators: the program's own tags and those that serve every program, by kind and text.
func TagsOf(ctx context.Context, tx *db.Tx, program programs.ID, creators []ID) (map[ID][]Tag, error) {
	var mine, everybodys [][]any
	for _, c := range creators {
		mine, everybodys = append(mine, []any{string(program), string(c)}), append(everybodys, []any{"", string(c)})
	}
	if program != "" {
		everybodys = append(everybodys, mine...)
	}
	found, err := selectIn(ctx, tx, scanTag, `select t.program_id, t.creator_id, t.kind, t.text, t.post_id, t.posted_at, t.source, t.made_by, t.at, t.import_id
		from creator_tags t where `+visible("t.import_id")+` and (t.program_id, t.creator_id) in`, 2, `order by t.kind, t.text_folded`, everybodys)
	if err != nil {
		return nil, fmt.Errorf("cannot read tags: %w", err)
	}
	return gather(found, func(t Tag) (ID, Tag) { return t.Creator, t }), nil
}

func scanTag(s db.Scanner) (t Tag, err error) {
	err = s.Scan(&t.Program, &t.Creator, &t.Kind, &t.Text, &t.Post, db.ScanTime(&t.PostedAt), &t.Source, &t.MadeBy, db.ScanTime(&t.At), &t.Import)
	return t, err
}

// gather sorts what selectIn returned under its owners and drops what it returned twice because a block was filled up.
func gather[T comparable, K comparable, V any](found []T, place func(T) (K, V)) map[K][]V {
	by, seen := map[K][]V{}, make(map[T]bool, len(found))
	for _, f := range found {
		if !seen[f] {
			seen[f] = true
			k, v := place(f)
			by[k] = append(by[k], v)
		}
	}
	return by
}

// TagCount is a tag's text and how many creators of a program bear it.
type TagCount struct {
	Kind  TagKind
	Text  string
	Count int
}

// TagCounts returns the tags a program uses, the commonest first, at most so many.
func TagCounts(ctx context.Context, tx *db.Tx, program programs.ID, most int) ([]TagCount, error) {
	all, err := db.All(ctx, tx, func(s db.Scanner) (t TagCount, err error) {
		err = s.Scan(&t.Kind, &t.Text, &t.Count)
		return t, err
	}, `select t.kind, min(t.text), count(*) from creator_tags t where t.program_id = $1 and `+visible("t.import_id")+`
		group by t.kind, t.text_folded order by count(*) desc, t.kind, t.text_folded limit $2`, program, most)
	if err != nil {
		return nil, fmt.Errorf("cannot count tags: %w", err)
	}
	return all, nil
}

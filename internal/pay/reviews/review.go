package reviews

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/track/conversions"
)

// ID names a review: rev_…
type ID string

// Outcome is how a review ended.
type Outcome string

// The outcomes.
const (
	OutcomeOpen     Outcome = ""
	OutcomeCredited Outcome = "credited"
	OutcomeDeclined Outcome = "declined"
)

// LongestText bounds a question and an answer, in characters.
const LongestText = 1000

// mostOpen is how many reviews of one partner may wait at a time.
const mostOpen = 20

// Review is a question about an order.
type Review struct {
	ID          ID
	Program     programs.ID
	Partnership partnerships.ID // who asks; "" for the merchant's people
	Order       string          // the number as it was typed
	Conversion  conversions.ID  // "" where no order of that number is known
	Question    string
	AskedBy     string // a name
	AskedAt     time.Time
	Outcome     Outcome
	Answer      string
	AnsweredBy  string // a name
	AnsweredAt  time.Time
}

// Open says that nobody has answered yet.
func (r Review) Open() bool { return r.AnsweredAt.IsZero() }

// New is what a review is made of.
type New struct {
	Program     programs.ID
	Partnership partnerships.ID
	Order       string
	Conversion  conversions.ID
	Question    string
}

// Ask asks the merchant's people to look at an order. Asked again while it is open it returns the first one.
func Ask(ctx context.Context, tx *db.Tx, n New) (Review, error) {
	if err := n.check(); err != nil {
		return Review{}, err
	}
	if err := tx.Lock(ctx, "reviews:"+string(n.Program)+":"+string(n.Partnership)); err != nil {
		return Review{}, err
	}
	first, found, err := db.One(ctx, tx, scan, `select `+columns+` from reviews
		where program_id = $1 and coalesce(partnership_id, '') = $2 and order_key = $3 and answered_at is null`, n.Program, n.Partnership, conversions.Fold(n.Order))
	if err != nil || found {
		return first, err
	}
	open, _, err := db.One(ctx, tx, db.Column[int64], `select count(*) from reviews where program_id = $1 and coalesce(partnership_id, '') = $2 and answered_at is null`,
		n.Program, n.Partnership)
	if err != nil {
		return Review{}, err
	}
	if open >= mostOpen && n.Partnership != "" {
		return Review{}, fault.Conflict("too_many_reviews", "So many of your questions wait for an answer already. Ask again when they are answered.")
	}
	r := Review{
		ID: ID(id.New("rev", tx.Now())), Program: n.Program, Partnership: n.Partnership, Order: conversions.Fold(n.Order), Conversion: n.Conversion,
		Question: strings.TrimSpace(n.Question), AskedBy: auth.From(ctx).Name, AskedAt: tx.Now(),
	}
	return r, insert(ctx, tx, r)
}

func (n New) check() error {
	var faults []*fault.Error
	if key := conversions.Fold(n.Order); key == "" || len(n.Order) > conversions.LongestKey || !utf8.ValidString(key) || strings.ContainsRune(key, 0) {
		faults = append(faults, fault.Invalid("Enter the number of the order.").In("number"))
	}
	if !plain(n.Question) {
		faults = append(faults, fault.Invalidf("Write at most %d characters.", LongestText).In("question"))
	}
	return fault.Join(faults...)
}

func plain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsRune(text, 0) && utf8.RuneCountInString(text) <= LongestText
}

// Answer ends a review with a note that the one who asked reads. A review that was answered already stays as it is.
func Answer(ctx context.Context, tx *db.Tx, by auth.Principal, review ID, outcome Outcome, answer string) (Review, error) {
	seen, err := Find(ctx, tx, review)
	if err != nil {
		return seen, err
	}
	if err := by.Require(seen.Program, auth.PermManage); err != nil {
		return Review{}, err
	}
	if err := tx.Lock(ctx, "review:"+string(review)); err != nil {
		return seen, err
	}
	r, err := Find(ctx, tx, review)
	if err != nil {
		return r, err
	}
	answer = strings.TrimSpace(answer)
	switch {
	case !r.Open():
		return r, fault.Conflict("answered_already", "Somebody has answered this already.")
	case outcome != OutcomeCredited && outcome != OutcomeDeclined:
		panic("BUG: a review ends credited or declined")
	case answer == "" || !plain(answer):
		return r, fault.Invalidf("Say why, in at most %d characters; whoever asked will read it.", LongestText).In("note")
	}
	r.Outcome, r.Answer, r.AnsweredBy, r.AnsweredAt = outcome, answer, by.Name, tx.Now()
	if _, err := tx.Exec(ctx, `update reviews set outcome = $1, answer = $2, answered_by = $3, answered_at = $4 where id = $5`,
		r.Outcome, r.Answer, r.AnsweredBy, db.Micros(r.AnsweredAt), r.ID); err != nil {
		return r, fmt.Errorf("cannot answer review %s: %w", r.ID, err)
	}
	return r, audit.Record(ctx, tx, by, r.Program, "review.answer", string(r.ID), nil, map[string]any{"outcome": r.Outcome, "order": r.Order}, answer)
}

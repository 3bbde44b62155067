package mentions

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/recruit/creators"
)

// answersFor is how long an answer is used again.
const answersFor = 24 * time.Hour

// Page is what a search inside a platform found.
type Page struct {
	Cards []Card    `json:"cards"`
	Next  string    `json:"next,omitempty"`
	At    time.Time `json:"at"` // when the platform answered
}

// Card is an account that a search found, with what found it.
type Card struct {
	Account   creators.Account `json:"account"`
	AccountID string           `json:"id"`
	Name      string           `json:"name"`
	About     string           `json:"about"`
	Country   string           `json:"country,omitempty"`
	Followers *int64           `json:"followers"`
	Evidence  string           `json:"evidence,omitempty"` // the platform's id of the video
	URL       string           `json:"url,omitempty"`
	Title     string           `json:"title,omitempty"`
	PostedAt  time.Time        `json:"posted_at"`
}

// answer returns what was kept under a key within a day.
func answer[T any](ctx context.Context, d *db.DB, platform creators.Platform, key string) (v T, found bool, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		var text string
		text, found, err = db.One(ctx, tx, db.Column[string], `select body from platform_answers where platform = $1 and key = $2 and at > $3`, platform, key,
			db.Micros(tx.Now().Add(-answersFor)))
		if err != nil {
			return fmt.Errorf("cannot read a kept answer: %w", err)
		}
		if !found {
			return nil
		}
		return json.Unmarshal([]byte(text), &v)
	})
	return v, found, err
}

func keepAnswer(ctx context.Context, d *db.DB, platform creators.Platform, key string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("cannot write an answer: %w", err)
	}
	return d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into platform_answers (platform, key, body, at) values ($1, $2, $3, $4)
			on conflict (platform, key) do update set body = excluded.body, at = excluded.at`, platform, key, string(body), db.Micros(tx.Now()))
		if err != nil {
			return fmt.Errorf("cannot keep an answer: %w", err)
		}
		return nil
	})
}

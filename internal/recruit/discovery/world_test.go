package discovery

import (
	"context"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// world is a database with two programs.
type world struct {
	t          *testing.T
	d          *db.DB
	index      *Index
	mine, hers programs.ID
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, d: d, index: &Index{}}
	w.update(func(ctx context.Context, tx *db.Tx) error {
		for name, at := range map[string]*programs.ID{"Nordic Tea": &w.mine, "Plain Soap": &w.hers} {
			p, err := programs.Create(ctx, tx, programs.New{Name: name, Currency: "EUR"})
			if err != nil {
				return err
			}
			*at = p.ID
		}
		return nil
	})
	return w
}

func (w *world) update(f func(ctx context.Context, tx *db.Tx) error) {
	w.t.Helper()
	if err := w.d.Update(w.t.Context(), func(tx *db.Tx) error { return f(w.t.Context(), tx) }); err != nil {
		w.t.Fatal(err)
	}
}

// creator makes one with posts, and a partnership in each of the programs.
func (w *world) creator(name, country string, followers int64, in []programs.ID, captions ...string) creators.Creator {
	w.t.Helper()
	var made creators.Creator
	w.update(func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = creators.Create(ctx, tx, creators.New{Name: name, Profiles: []creators.NewProfile{{
			Platform: creators.PlatformTikTok, Handle: creators.Fold(name) + ".writes", Counts: creators.Counts{Followers: &followers}, Details: creators.Details{Country: country},
		}}})
		if err != nil {
			return err
		}
		for _, p := range in {
			if err := w.partner(ctx, tx, p, made.ID, "prospect"); err != nil {
				return err
			}
		}
		return w.write(ctx, tx, made, captions)
	})
	return made
}

// partner writes a partnership's row: its room stands above this one.
func (w *world) partner(ctx context.Context, tx *db.Tx, p programs.ID, c creators.ID, status string) error {
	_, err := tx.Exec(ctx, `insert into partnerships (id, program_id, creator_id, status, note, import_id, created_at, updated_at) values ($1, $2, $3, $4, '', '', $5, $5)
		on conflict (program_id, creator_id) do update set status = excluded.status, updated_at = excluded.updated_at`,
		id.New("par", tx.Now()), p, c, status, db.Micros(tx.Now()))
	return err
}

func (w *world) write(ctx context.Context, tx *db.Tx, c creators.Creator, captions []string) error {
	var posts []creators.Post
	for _, caption := range captions {
		posts = append(posts, creators.Post{Profile: c.Main, PlatformID: id.New("x", tx.Now()), PostedAt: tx.Now(), Caption: caption, SeenAt: tx.Now()})
	}
	_, err := creators.AddPosts(ctx, tx, posts)
	return err
}

func (w *world) refresh() {
	w.t.Helper()
	if err := w.index.Refresh(w.t.Context(), w.d); err != nil {
		w.t.Fatal(err)
	}
}

// search returns the names found in order.
func (w *world) search(q Query) (names []string, result Result) {
	w.t.Helper()
	err := w.d.View(w.t.Context(), func(tx *db.Tx) (err error) {
		if result, err = w.index.Search(w.t.Context(), tx, q); err != nil {
			return err
		}
		for _, h := range result.Items {
			c, err := creators.Find(w.t.Context(), tx, h.Creator)
			if err != nil {
				return err
			}
			names = append(names, c.Name)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return names, result
}

// in is a query of somebody who may see one program.
func in(p programs.ID) Query { return Query{Programs: []programs.ID{p}, Program: p} }

package connect

import (
	"net/http"

	"rapport/internal/base/audit"
	"rapport/internal/base/db"
	"rapport/internal/edge/platforms/mentions"
	"rapport/internal/edge/web/frame"
)

func addMention(w http.ResponseWriter, r *frame.Request) error {
	id := mentions.ID(r.PathValue("mention"))
	err := r.Update(func(tx *db.Tx) error {
		p, err := mentions.Add(r.Context(), tx, r.Deps().Box, r.Program.ID, id, r.P.Name)
		if err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "mention.add", string(p.ID), nil, nil, "")
	})
	if frame.IsMistake(err) {
		return showTalking(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators/talking"), "talking.added")
}

func dismissMention(w http.ResponseWriter, r *frame.Request) error {
	id := mentions.ID(r.PathValue("mention"))
	err := r.Update(func(tx *db.Tx) error {
		if _, err := mentions.Dismiss(r.Context(), tx, r.Program.ID, id, r.P.Name); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "mention.dismiss", string(id), nil, nil, "")
	})
	if frame.IsMistake(err) {
		return showTalking(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators/talking"), "talking.dismissed")
}

func addWord(w http.ResponseWriter, r *frame.Request) error {
	word, about := r.Text("word"), mentions.About(r.Text("about"))
	err := r.Update(func(tx *db.Tx) error {
		if err := mentions.AddWord(r.Context(), tx, r.Program.ID, word, about, r.P.Name); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "mention.word.add", string(r.Program.ID), nil, map[string]any{"word": word, "about": about}, "")
	})
	if frame.IsMistake(err) {
		return showTalking(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators/talking"), "talking.words.added", "word", word)
}

func removeWord(w http.ResponseWriter, r *frame.Request) error {
	word := r.Text("word")
	err := r.Update(func(tx *db.Tx) error {
		if err := mentions.RemoveWord(r.Context(), tx, r.Program.ID, word); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "mention.word.remove", string(r.Program.ID), map[string]any{"word": word}, nil, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators/talking"), "talking.words.removed", "word", word)
}

package recruit

import (
	"net/http"
	"strings"

	"rapport/internal/base/audit"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
	"rapport/internal/recruit/discovery/meaning"
)

const longestWords = 60_000 // of a topic, together

// saveTopic changes the topic that the form names, or adds one below the parent it names.
func saveTopic(w http.ResponseWriter, r *frame.Request) error {
	if !changesTopics(r) {
		return fault.Forbidden(r.T("topics.others"))
	}
	var made meaning.Topic
	err := r.Update(func(tx *db.Tx) (err error) {
		made = meaning.Topic{ID: r.Text("topic"), Name: r.Text("name")} // in here: a transaction may run again
		if made.Words, err = typedWords(r.FormValue("words")); err != nil {
			return err
		}
		before, err := topicBefore(r, tx, &made)
		if err != nil {
			return err
		}
		if made, err = discovery.SaveTopic(r.Context(), tx, made, r.P.Name); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, "", "topic.save", made.ID, before, made, "")
	})
	if frame.IsMistake(err) {
		return drawTopics(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators/topics"), "topics.saved", "topic", made.Name)
}

// topicBefore answers what a topic was. One that is added must not stand in the place of another unseen.
func topicBefore(r *frame.Request, tx *db.Tx, made *meaning.Topic) (any, error) {
	if made.ID != "" {
		before, _, err := discovery.FindTopic(r.Context(), tx, made.ID)
		return before, err
	}
	short := shortForm(made.Name)
	if short == "" {
		return nil, fault.Invalid(r.T("topics.name.letters")).In("name")
	}
	made.ID = strings.TrimPrefix(r.Text("parent")+"."+short, ".")
	_, _, err := discovery.FindTopic(r.Context(), tx, made.ID)
	if err == nil {
		return nil, fault.Invalid(r.T("topics.name.taken")).In("name")
	}
	if fault.KindOf(err) == fault.KindNotFound {
		err = nil
	}
	return nil, err
}

// shortForm is a name as it stands in addresses: "Matcha & Tea" is matcha_tea.
func shortForm(name string) string {
	return strings.Join(strings.FieldsFunc(creators.Fold(name), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') }), "_")
}

func typedWords(text string) ([]string, error) {
	if len(text) > longestWords {
		return nil, fault.Invalidf("The words may have at most %d characters together.", longestWords).In("words")
	}
	return strings.FieldsFunc(text, func(c rune) bool { return c == '\n' || c == '\r' || c == ',' }), nil
}

func removeTopic(w http.ResponseWriter, r *frame.Request) error {
	if !changesTopics(r) {
		return fault.Forbidden(r.T("topics.others"))
	}
	id := r.Text("topic")
	err := r.Update(func(tx *db.Tx) error {
		before, _, err := discovery.FindTopic(r.Context(), tx, id)
		if err != nil {
			return err
		}
		if err := discovery.RemoveTopic(r.Context(), tx, id); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, "", "topic.remove", id, before, nil, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators/topics"), "topics.removed")
}

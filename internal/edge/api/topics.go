package api

import (
	"context"
	"net/http"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/recruit/discovery"
	"rapport/internal/recruit/discovery/meaning"
)

// Topic is a subject that creators publish about.
type Topic struct {
	ID     string   `json:"id" example:"food.tea" doc:"A path: what lies below food begins with it"`
	Name   string   `json:"name"`
	Words  []string `json:"words" doc:"A creator is about the topic who writes its name or one of these: words, phrases of at most four words, hashtags"`
	Origin string   `json:"origin" enum:"built_in,own" doc:"own: added, or in the place of the built-in one of the same id"`
}

// TopicGone says which topic was taken away.
type TopicGone struct {
	ID string `json:"id"`
}

type putTopic struct {
	Body struct {
		ID    string   `json:"id" maxLength:"100" doc:"A path of small letters, digits, _ and -. The id of a built-in topic replaces its words"`
		Name  string   `json:"name" maxLength:"100"`
		Words []string `json:"words,omitempty" maxItems:"500"`
	}
}

type byTopic struct {
	ID string `query:"id" required:"true" maxLength:"100" doc:"The topic"`
}

func (a *API) topics() {
	read(a, operation(http.MethodGet, "/topics", "list-topics", "Discovery", "List the topics, which hold for every program"), listTopics)
	write(a, operation(http.MethodPut, "/topics", "put-topic", "Discovery", "Add a topic, or change its words"), http.StatusOK, saveTopic)
	write(a, operation(http.MethodDelete, "/topics", "delete-topic", "Discovery", "Remove a topic of your own; a built-in one gets its words back"), http.StatusOK, removeTopic)
}

func listTopics(ctx context.Context, tx *db.Tx, p auth.Principal, _ *struct{}) (List[Topic], error) {
	if visible, all := p.Visible(); !all && len(visible) == 0 {
		return List[Topic]{}, fault.Forbidden("Topics are for those who work with creators.")
	}
	own, err := discovery.OwnTopics(ctx, tx)
	isOwn := map[string]bool{}
	for _, t := range own {
		isOwn[t.ID] = true
	}
	return listOf(discovery.AllTopics(own), "", func(t meaning.Topic) Topic { return shapeTopic(t, isOwn[t.ID]) }), err
}

func shapeTopic(t meaning.Topic, own bool) Topic {
	out := Topic{ID: t.ID, Name: t.Name, Words: filled(t.Words), Origin: "built_in"}
	if own {
		out.Origin = "own"
	}
	return out
}

// changesTopics refuses whoever may not change what holds for every program.
func changesTopics(p auth.Principal) error {
	if !p.InstallationWide() || !p.Can("", auth.PermSettings) {
		return fault.Forbidden("Topics hold for every program. Only an owner of the whole installation changes them.")
	}
	return nil
}

func saveTopic(ctx context.Context, tx *db.Tx, p auth.Principal, in *putTopic) (int, Topic, error) {
	if err := changesTopics(p); err != nil {
		return 0, Topic{}, err
	}
	before, err := topicBefore(ctx, tx, in.Body.ID)
	if err != nil {
		return 0, Topic{}, err
	}
	t, err := discovery.SaveTopic(ctx, tx, meaning.Topic{ID: in.Body.ID, Name: in.Body.Name, Words: in.Body.Words}, p.Name)
	if err != nil {
		return 0, Topic{}, err
	}
	err = audit.Record(ctx, tx, p, "", "topic.save", t.ID, before, t, "")
	return http.StatusOK, shapeTopic(t, true), err
}

// topicBefore is what a topic was, nil where there was none.
func topicBefore(ctx context.Context, tx *db.Tx, id string) (any, error) {
	before, _, err := discovery.FindTopic(ctx, tx, id)
	if fault.KindOf(err) == fault.KindNotFound {
		return nil, nil
	}
	return before, err
}

func removeTopic(ctx context.Context, tx *db.Tx, p auth.Principal, in *byTopic) (int, TopicGone, error) {
	if err := changesTopics(p); err != nil {
		return 0, TopicGone{}, err
	}
	before, err := topicBefore(ctx, tx, in.ID)
	if err != nil {
		return 0, TopicGone{}, err
	}
	if err := discovery.RemoveTopic(ctx, tx, in.ID); err != nil {
		return 0, TopicGone{}, err
	}
	return http.StatusOK, TopicGone{in.ID}, audit.Record(ctx, tx, p, "", "topic.remove", in.ID, before, nil, "")
}

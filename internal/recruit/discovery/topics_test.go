package discovery

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/discovery/meaning"
)

func (w *world) topic(t meaning.Topic) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx *db.Tx) error { _, err := SaveTopic(ctx, tx, t, "Anna"); return err })
}

func (w *world) about(topic string) []string {
	w.t.Helper()
	q := in(w.mine)
	q.Topic = topic
	names, _ := w.search(q)
	return names
}

func TestAnOwnTopicFindsWhoWritesItsWordsAndSurvivesARestart(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.creator("Mira", "DE", 5_000, []programs.ID{w.mine}, "my zeremonienbesen and the green bowl", "whisking with the zeremonienbesen")
		w.creator("Jo", "DE", 5_000, []programs.ID{w.mine}, "my bicycle")
		w.creator("Hers", "DE", 5_000, []programs.ID{w.hers}, "another zeremonienbesen")
		w.refresh()
		if found := w.about("food.matcha"); len(found) > 0 {
			t.Fatalf("a topic that is not there finds %v", found)
		}
		w.topic(meaning.Topic{ID: "food.matcha", Name: "Matcha", Words: []string{"#zeremonienbesen", "", "green  bowl", "green bowl"}})
		w.refresh()
		for _, topic := range []string{"food.matcha", "food"} {
			if found := w.about(topic); !slices.Equal(found, []string{"Mira"}) {
				t.Errorf("%s finds %v", topic, found)
			}
		}
		w.index = &Index{} // as after a restart
		w.refresh()
		kept, ok := w.index.Tree().Find("food.matcha")
		if found := w.about("food.matcha"); !slices.Equal(found, []string{"Mira"}) || !ok || kept.Parent != "food" || !slices.Equal(kept.Words, []string{"zeremonienbesen", "green bowl"}) {
			t.Errorf("after a restart: %v, %+v", found, kept)
		}
		if read := w.index.Read("somebody with a zeremonienbesen"); !slices.Contains(read.Target.Topics, "food.matcha") {
			t.Errorf("a sentence is read as %+v", read)
		}
		for q, want := range map[*Query]int{{Programs: []programs.ID{w.mine}, Program: w.mine}: 1, {Programs: []programs.ID{w.mine, w.hers}}: 2, {Everywhere: true}: 2, {}: 0} {
			if n := w.index.AboutTopics(*q); n["food.matcha"] != want || n["food"] != want {
				t.Errorf("%+v counts %v", *q, n)
			}
		}
		w.update(func(ctx context.Context, tx *db.Tx) error { return RemoveTopic(ctx, tx, "food.matcha") })
		w.refresh()
		if found := w.about("food"); len(found) > 0 {
			t.Errorf("a topic that was removed finds %v", found)
		}
	})
}

func TestABuiltInTopicTakesOwnWordsUntilTheyAreTakenBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.creator("Mira", "DE", 5_000, []programs.ID{w.mine}, "new outfit, my wardrobe")
		w.refresh()
		if found := w.about("fashion"); !slices.Equal(found, []string{"Mira"}) {
			t.Fatalf("the built-in words find %v", found)
		}
		w.topic(meaning.Topic{ID: "fashion", Name: "Fashion", Words: []string{"zwirnwerk"}})
		w.topic(meaning.Topic{ID: "fashion", Name: "Fashion", Words: []string{"zwirnwerke"}}) // within the same moment
		w.refresh()
		if has, _ := w.index.Tree().Find("fashion"); !slices.Equal(has.Words, []string{"zwirnwerke"}) || len(w.about("fashion")) > 0 {
			t.Errorf("own words in the place of the built-in ones: %v", has.Words)
		}
		w.update(func(ctx context.Context, tx *db.Tx) error { return RemoveTopic(ctx, tx, "fashion") })
		w.refresh()
		if found := w.about("fashion"); !slices.Equal(found, []string{"Mira"}) || w.index.Tree() != meaning.DefaultTree() {
			t.Errorf("without own topics not everything is as before: %v", found)
		}
	})
}

func TestTopicsThatCannotBeAreRefused(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		many := make([]string, meaning.MostTopicWords+1)
		for i := range many {
			many[i] = fmt.Sprint("word", i)
		}
		save := func(topic meaning.Topic) error {
			return w.d.Update(t.Context(), func(tx *db.Tx) error { _, err := SaveTopic(t.Context(), tx, topic, "Anna"); return err })
		}
		for field, topics := range map[string][]meaning.Topic{
			"id":     {{ID: "", Name: "X"}, {ID: "Food", Name: "X"}, {ID: "food..x", Name: "X"}, {ID: ".food", Name: "X"}, {ID: strings.Repeat("a", 101), Name: "X"}},
			"name":   {{ID: "food.x", Name: " "}, {ID: "food.x", Name: strings.Repeat("x", 101)}},
			"words":  {{ID: "food.x", Name: "X", Words: many}, {ID: "food.x", Name: "X", Words: []string{"one two three four five"}}, {ID: "food.x", Name: "X", Words: []string{"a"}}},
			"parent": {{ID: "nowhere.x", Name: "X"}},
		} {
			for _, topic := range topics {
				if f, ok := fault.As(save(topic)); !ok || f.Kind != fault.KindInvalid || f.Field != field {
					t.Errorf("%.60v: %v in %q, wanted %s", topic, f, field, field)
				}
			}
		}
		path := "food"
		for _, deeper := range []string{"a", "b", "c", "d", "e"} {
			path += "." + deeper
			if err := save(meaning.Topic{ID: path, Name: deeper}); err != nil {
				t.Fatal(err)
			}
		}
		if err := save(meaning.Topic{ID: path + ".f", Name: "f"}); err == nil {
			t.Error("a topic lies too deep")
		}
		err := w.d.Update(t.Context(), func(tx *db.Tx) error { return RemoveTopic(t.Context(), tx, "food.a") })
		if fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a topic with others below it is removed: %v", err)
		}
		err = w.d.Update(t.Context(), func(tx *db.Tx) error { return RemoveTopic(t.Context(), tx, "food") })
		if fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a built-in topic is removed: %v", err)
		}
		w.refresh()
		if _, ok := w.index.Tree().Find(path); !ok {
			t.Error("the deepest topic is not in the tree")
		}
	})
}

func TestOwnTopicsOutliveATreeThatTheyWereMadeFor(t *testing.T) {
	own := []meaning.Topic{{ID: "gone.from.here", Name: "Here"}, {ID: "food.old.tea", Name: "Tea"}}
	for i := range meaning.MostTopics {
		own = append(own, meaning.Topic{ID: fmt.Sprintf("many.%04d", i), Name: "Many"})
	}
	tree, err := meaning.NewTree(AllTopics(own))
	if err != nil {
		t.Fatal(err)
	}
	here, _ := tree.Find("gone.from.here")
	tea, _ := tree.Find("food.old.tea")
	if here.Name != "Here" || here.Parent != "" || tea.Parent != "food" || len(tree.Topics()) != meaning.MostTopics {
		t.Errorf("%+v, %+v of %d", here, tea, len(tree.Topics()))
	}
}

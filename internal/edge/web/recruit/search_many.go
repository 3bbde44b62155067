package recruit

import (
	"net/http"
	"slices"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
)

// registerMany brings what is done with several creators of a search or a list at once.
func registerMany(m *frame.Mux) {
	m.Desk("POST /lists/tag", auth.PermManage, askTag)
	m.Desk("POST /lists/tagged", auth.PermManage, tagMany)
}

// manyActs are the acts on ticked creators that lead to writing to them or sort them.
func manyActs(r *frame.Request) []ui.BulkAction {
	return []ui.BulkAction{
		{Label: r.T("lists.tag"), Icon: "tag", URL: r.To("/lists/tag"), Dialog: true},
		{Label: r.T("reach.prepare"), Icon: "copy", URL: r.To("/reach/prepare/creators")},
		{Label: r.T("reach.enrol.many"), Icon: "send", URL: r.To("/reach/choose/creators")},
	}
}

// askTag asks which tag the ticked creators get. It changes nothing.
func askTag(w http.ResponseWriter, r *frame.Request) error {
	ids, err := ticked(r)
	if err != nil {
		return err
	}
	return drawTag(w, r, ids, nil)
}

func drawTag(w http.ResponseWriter, r *frame.Request, ids []creators.ID, mistake error) error {
	p := r.Page("creators", "lists.tag.title", "n", len(ids))
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}}
	form := ui.Form{Action: r.To("/lists/tagged"), Submit: r.T("lists.tag"), Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: r.To("/creators")}}
	for _, id := range ids {
		form.Hidden = append(form.Hidden, ui.Pair{Label: "id", Value: string(id)})
	}
	form.Fields = []ui.Field{
		{Name: "text", ID: "tag-text", Label: r.T("lists.tag.text"), Required: true, MaxLength: creators.LongestTag, Value: r.FormValue("text"), Autocomplete: "off", Hint: r.T("lists.tag.hint")},
		{Name: "kind", ID: "tag-kind", Label: r.T("lists.tag.kind"), Kind: ui.Select, Value: r.FormValue("kind"), Options: []ui.Choice{
			{Value: string(creators.TagFree), Label: r.T("person.kind.tag")}, {Value: string(creators.TagTopic), Label: r.T("person.kind.topic")}, {Value: string(creators.TagValue), Label: r.T("person.kind.value")},
		}},
	}
	form.Fail(mistake)
	return r.Render(w, statusOf(mistake), "recruit_page", p, ui.Stack{form})
}

// chunkTagged keeps each write transaction short.
const chunkTagged = 50

// tagMany gives the tag to each who has it not.
func tagMany(w http.ResponseWriter, r *frame.Request) error {
	ids, err := ticked(r)
	if err != nil {
		return err
	}
	added := int64(0)
	for some := range slices.Chunk(ids, chunkTagged) {
		n := int64(0)
		if err = r.Update(func(tx *db.Tx) (err error) { n, err = tagSome(r, tx, some); return err }); err != nil {
			break
		}
		added += n
	}
	if frame.IsMistake(err) {
		return drawTag(w, r, ids, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators"), "lists.tagged", "n", added, "rest", int64(len(ids))-added)
}

func tagSome(r *frame.Request, tx *db.Tx, ids []creators.ID) (int64, error) {
	tags := make([]creators.Tag, len(ids))
	for i, id := range ids {
		c, err := seenCreator(r, tx, id)
		if err != nil {
			return 0, err
		}
		tags[i] = creators.Tag{Creator: c.ID, Kind: creators.TagKind(r.Text("kind")), Text: r.Text("text"), Source: creators.SourceEntered, MadeBy: r.P.Name}
	}
	added, err := creators.AddTags(r.Context(), tx, r.Program.ID, tags)
	if err != nil {
		return 0, err
	}
	r.Deps().Search.Changed(tx, ids...)
	for _, t := range tags {
		if err := keepAudit(r, tx, "creator.tag", string(t.Creator)); err != nil {
			return 0, err
		}
	}
	return added, nil
}

package desk_test

import (
	"context"
	"net/http"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/partner/content"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
)

func TestACampaignGoesFromBriefToAcceptedPost(t *testing.T) {
	o := small(t)
	p := o.partner("Maya", "maya", 1, partnerships.StatusActive)
	o.partner("Zoe", "zoe", 1, partnerships.StatusProspect)
	o.get("anna", "/campaigns").shows(http.StatusOK, "There is no campaign yet", "New campaign")
	o.send("anna", "/campaigns/new", "name", " ", "starts_at", "soon").shows(http.StatusUnprocessableEntity, "Enter a day such as", `value="soon"`)
	o.send("anna", "/campaigns/new", "name", "Spring", "starts_at", "2026-04-01", "ends_at", "2026-03-01").shows(http.StatusUnprocessableEntity, "ends after it starts")
	at := o.send("anna", "/campaigns/new", "name", "Spring", "brief", "Show it.\nSay #ad.", "starts_at", "2026-03-29", "ends_at", "2026-04-30").leads("/campaigns/cmp_")
	o.get("anna", at).shows(http.StatusOK, "Nobody is invited yet", "29 Mar 2026 – 30 Apr 2026", "Say #ad.")
	o.get("anna", at+"/edit").shows(http.StatusOK, `value="2026-03-29"`)
	o.get("anna", at+"/invite").shows(http.StatusOK, "Maya").lacks("Zoe")
	for range 2 {
		o.send("anna", at+"/invite", "id", string(p.ID)).leads(at)
	}
	o.get("anna", at+"/invite").shows(http.StatusOK, ">Invited<")
	var task content.Task
	o.do(func(ctx context.Context, tx *db.Tx) error {
		all, _, err := content.ListTasks(ctx, tx, content.TaskFilter{Of: partnerships.Filter{Program: o.program.ID}}, db.Page{})
		if err != nil || len(all) != 1 {
			t.Fatalf("%d tasks, %v", len(all), err)
		}
		task, err = content.Post(ctx, tx, all[0].ID, "https://www.tiktok.com/@maya/video/1")
		return err
	})
	page := "/tasks/" + string(task.ID)
	o.get("anna", page).shows(http.StatusOK, "tiktok.com/@maya/video/1", "Ask for changes")
	o.send("anna", page+"/changes", "note", "").shows(http.StatusUnprocessableEntity, `aria-invalid="true"`)
	for range 2 {
		o.send("anna", page+"/changes", "note", "Say that it is an ad.").leads(at)
	}
	o.get("anna", page).shows(http.StatusOK, "Say that it is an ad.").lacks("Ask for changes</button>")
	o.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := content.Post(ctx, tx, task.ID, "https://www.tiktok.com/@maya/video/2")
		return err
	})
	for range 2 {
		o.send("anna", page+"/accept").leads(at)
	}
	o.get("anna", at+"?task=accepted").shows(http.StatusOK, "Maya", "Accepted")
	for _, to := range []string{"ended", "ended", "open"} {
		o.send("anna", at+"/status", "to", to).leads(at)
	}
	o.send("anna", at+"/status", "to", "nonsense").shows(http.StatusUnprocessableEntity)
}

func TestTheInboxShowsWhoWaitsFirst(t *testing.T) {
	o := small(t)
	p, q := o.partner("Maya", "maya", 1, partnerships.StatusProspect), o.partner("Zoe", "zoe", 1, partnerships.StatusActive)
	o.get("anna", "/inbox").shows(http.StatusOK, "Nobody has written yet")
	o.send("anna", "/inbox/"+string(p.ID), "body", " ").shows(http.StatusUnprocessableEntity, `aria-invalid="true"`)
	o.send("anna", "/inbox/"+string(p.ID), "body", "Hello").leads("/inbox/" + string(p.ID))
	if s := o.partnership("Maya").Status; s != partnerships.StatusContacted {
		t.Errorf("she is %s", s)
	}
	o.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := outreach.Send(ctx, tx, outreach.New{Partnership: q.ID, From: outreach.SideCreator, Body: "<script>alert(1)</script>"})
		return err
	})
	o.get("anna", "/inbox").shows(http.StatusOK, "Waiting for you", "Answered or read", "&lt;script&gt;")
	thread := "/inbox/" + string(q.ID)
	o.get("anna", thread).shows(http.StatusOK, "Mark as read")
	o.get("vera", thread).shows(http.StatusOK).lacks("Mark as read", "Your message to")
	o.get("anna", "/inbox").shows(http.StatusOK, "Waiting for you") // looking changes nothing
	o.send("anna", thread+"/read").leads("/inbox")
	o.get("anna", "/inbox").shows(http.StatusOK).lacks("Waiting for you")
	o.send("anna", "/partners/"+string(q.ID)+"/messages", "body", "Hi Zoe").leads("/partners/" + string(q.ID) + "/messages")
	o.get("anna", "/inbox?q=zoe").shows(http.StatusOK, "Hi Zoe").lacks("Maya")
	o.get("anna", "/inbox?q=nobody").shows(http.StatusOK, "Nobody matches")
}

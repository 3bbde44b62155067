package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
)

func TestASequenceIsMadeEnrolledLookedAtAndStopped(t *testing.T) {
	s := open(t, dbtest.New(t, db.EngineSQLite))
	made := func(path, body string) string {
		t.Helper()
		return s.admin.post(path, body).ok(t, http.StatusCreated).at("id")
	}
	program := made("/api/v1/programs", `{"name": "Fernwood Tea", "currency": "EUR", "sites": ["shop.example"]}`)
	creator := func(name, email string) string {
		of := made("/api/v1/creators", fmt.Sprintf(`{"program_id": %q, "name": %q, "email": %q, "profiles": [{"platform": "tiktok", "handle": %q, "followers": 900}]}`, program, name, email, strings.ToLower(name)))
		a := s.admin.get("/api/v1/partnerships?program_id=" + program + "&creator_id=" + of)
		return a.body["items"].([]any)[0].(map[string]any)["id"].(string)
	}
	maya, none := creator("Maya", "maya@mail.example"), creator("None", "")
	q := made("/api/v1/sequences", fmt.Sprintf(`{"program_id": %q, "name": "Spring", "sender": "Olga", "steps": [{"subject": "Hello", "body": "Hi {{first_name|there}}", "after_days": 0}]}`, program))
	body := fmt.Sprintf(`{"sequence_id": %q, "partnership_ids": [%q, %q]`, q, maya, none)
	enrolments := "/api/v1/enrolments?program_id=" + program + "&sequence_id=" + q
	for _, step := range []struct {
		more string
		want float64 // enrolled by it
		held int     // enrolments afterwards
	}{{`, "dry_run": true}`, 1, 0}, {`}`, 1, 1}, {`}`, 0, 1}} {
		if a := s.admin.post("/api/v1/enrolments", body+step.more); a.status != http.StatusOK || a.body["enrolled"] != step.want || !strings.Contains(a.text, "no_address") {
			t.Errorf("%s: %d %s", step.more, a.status, a.text)
		}
		if a := s.admin.get(enrolments); len(a.body["items"].([]any)) != step.held {
			t.Errorf("%s: %s", step.more, a.text)
		}
	}
	held := s.admin.get(enrolments + "&state=running").body["items"].([]any)[0].(map[string]any)
	if held["partnership_id"] != maya || held["next_at"] == nil {
		t.Errorf("%v", held)
	}
	if a := s.admin.post("/api/v1/enrolments/"+held["id"].(string)+"/stop", `{}`); a.body["state"] != "stopped" || a.body["because"] != "by_hand" || a.body["next_at"] != nil {
		t.Errorf("%s", a.text)
	}
	if a := s.admin.post("/api/v1/sequences/"+q+"/stop", `{}`); a.status != http.StatusOK || a.body["stopped_at"] == nil {
		t.Errorf("%s", a.text)
	}
	if a := s.admin.send(http.MethodPatch, "/api/v1/programs/"+program+"/pace", "", `{"per_day": 10, "per_hour": 5}`); a.body["per_day"] != 10.0 || a.body["day_bound"] != 10.0 {
		t.Errorf("%s", a.text)
	}
	if a := s.admin.send(http.MethodPatch, "/api/v1/programs/"+program+"/pace", "", `{"per_hour": 7}`); a.body["per_day"] != 10.0 || a.body["per_hour"] != 7.0 {
		t.Errorf("one bound alone: %s", a.text)
	}
	if a := s.admin.post("/api/v1/direct-messages/prepare", fmt.Sprintf(`{"program_id": %q, "partnership_ids": [%q]}`, program, none)); a.body["prepared"] != 1.0 {
		t.Errorf("%s", a.text)
	}
	own := made("/api/v1/templates", fmt.Sprintf(`{"program_id": %q, "name": "Mine", "body": "Hello {{name}}"}`, program))
	mail := made("/api/v1/templates", fmt.Sprintf(`{"program_id": %q, "name": "A mail", "subject": "Hello", "body": "Hello {{name|there}}"}`, program))
	if a := s.admin.send(http.MethodPatch, "/api/v1/templates/"+mail, "", `{"name": "Another name"}`); a.body["name"] != "Another name" || a.body["subject"] != "Hello" || a.body["body"] != "Hello {{name|there}}" {
		t.Errorf("what was not named was changed: %s", a.text)
	}
	if a := s.admin.send(http.MethodPatch, "/api/v1/templates/first-gifted", "", `{"name": "x", "body": "x"}`); a.status != http.StatusNotFound {
		t.Errorf("one of ours was changed: %s", a.text)
	}
	if a := s.admin.post("/api/v1/templates/"+own+"/remove", `{}`); a.status != http.StatusOK {
		t.Errorf("%s", a.text)
	}
}

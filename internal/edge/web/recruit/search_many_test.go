package recruit_test

import (
	"net/http"
	"net/url"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/recruit/creators"
)

func TestATickedFewAreTaggedOnceEach(t *testing.T) {
	r := newRoom(t)
	one, two := r.Victim.First.Partnership.Creator, r.Victim.IDs["creator"][0]
	ids := []string{string(one)}
	if two != string(one) {
		ids = append(ids, two)
	}
	r.get(auth.RoleOwner, "/creators").shows(http.StatusOK, "Prepare messages", "Send a mail sequence", "/lists/tag")
	r.get(auth.RoleOwner, "/lists/"+r.Victim.IDs["list"][0]).shows(http.StatusOK, "Prepare messages", "Send a mail sequence")
	r.post(auth.RoleOwner, "/lists/tag", url.Values{"id": ids}).shows(http.StatusOK, "With which word")
	form := url.Values{"id": ids, "kind": {"tag"}, "text": {"#summer  box"}}
	for range 2 { // a second click tags nobody twice
		r.post(auth.RoleOwner, "/lists/tagged", form).shows(http.StatusSeeOther)
	}
	r.post(auth.RoleOwner, "/lists/tagged", url.Values{"id": ids, "kind": {"tag"}, "text": {" "}}).shows(http.StatusUnprocessableEntity, "A tag needs a word")
	r.post(auth.RoleViewer, "/lists/tagged", form).shows(http.StatusForbidden)
	r.post(auth.RoleOwner, "/lists/tagged", url.Values{"id": {string(r.Other.First.Partnership.Creator)}, "kind": {"tag"}, "text": {"x"}}).shows(http.StatusNotFound)
	err := r.DB.View(t.Context(), func(tx *db.Tx) error {
		all, err := creators.TagsOf(t.Context(), tx, r.Victim.Program.ID, []creators.ID{one})
		n := 0
		for _, tag := range all[one] {
			if tag.Text == "summer box" && tag.Kind == creators.TagFree {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%+v", all)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

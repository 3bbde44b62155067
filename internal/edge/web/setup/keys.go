package setup

import (
	"net/http"
	"strings"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
)

func keysPage(w http.ResponseWriter, r *frame.Request) error {
	return showKeys(w, r, http.StatusOK, keyForm(r))
}

// showKeys shows the reader's keys with what stands above them: the form, or a key that was just made.
func showKeys(w http.ResponseWriter, r *frame.Request, status int, above ...ui.Component) error {
	if r.P.Kind != auth.KindMerchant {
		return fault.NotFound("page")
	}
	if err := settle(r); err != nil {
		return err
	}
	var keys []auth.Key
	var next string
	err := r.View(func(tx *db.Tx) (err error) {
		keys, next, err = auth.ListKeys(r.Context(), tx, r.P.UserID, r.After())
		return err
	})
	if err != nil {
		return err
	}
	parts := ui.Stack{ui.Card{Title: r.T("account.key.new"), Sub: r.T("account.key.new.sub"), Body: ui.Stack(above)}, keyTable(r, keys, next)}
	return r.Render(w, status, "setup_page", accountFrame(r, "/account/keys"), parts)
}

func keyForm(r *frame.Request) ui.Form {
	f := ui.Form{Action: "/account/keys", Submit: r.T("account.key.submit"), Fields: []ui.Field{
		{Name: "name", Label: r.T("account.key.name"), Hint: r.T("account.key.name.hint"), Value: r.Text("name"), Required: true, MaxLength: 100}}}
	chosen := r.Form["scope"]
	for _, scope := range auth.Scopes() {
		f.Fields = append(f.Fields, ui.Field{Kind: ui.Check, Name: "scope", ID: "f-scope-" + string(scope), Value: string(scope), Label: r.T("account.scope." + string(scope)),
			Checked: contains(chosen, string(scope)) || len(chosen) == 0 && scope == auth.ScopeRead})
	}
	return f
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

func keyTable(r *frame.Request, keys []auth.Key, next string) ui.Component {
	table := ui.Table{ID: "keys-table", Caption: r.T("account.keys"), Path: "/account/keys", Query: r.URL.Query(), Next: next, Columns: []ui.Column{
		{Key: "name", Label: r.T("account.key.name")}, {Key: "shown", Label: r.T("account.key.shown")}, {Key: "scopes", Label: r.T("account.key.scopes")},
		{Key: "used", Label: r.T("account.key.used")}, {Key: "do", Label: r.T("account.key.do")}},
		Empty: ui.EmptyState{Icon: "key", Text: r.T("account.key.none")}}
	for _, k := range keys {
		var used any = ui.Nothing{Because: r.T("account.key.unused")}
		if !k.UsedAt.IsZero() {
			used = k.UsedAt
		}
		table.Rows = append(table.Rows, ui.Row{ID: k.ID, Label: k.Name, Muted: !k.RevokedAt.IsZero(),
			Cells: []any{k.Name, k.Shown, scopeWords(r, k.Scopes), used, keyEnd(r, k)}})
	}
	return table
}

func keyEnd(r *frame.Request, k auth.Key) any {
	if !k.RevokedAt.IsZero() {
		return ui.Badge{Label: r.T("account.key.revoked"), Tone: ui.Neutral}
	}
	return ui.Action{Label: r.T("account.key.revoke"), URL: "/account/keys/" + k.ID + "/revoke", Post: true, Look: ui.Danger, Confirm: &ui.Confirm{Danger: true,
		Title: r.T("account.key.revoke.title", "name", k.Name), What: r.T("account.key.revoke.what"), Undo: r.T("account.noundo"), Button: r.T("account.key.revoke")}}
}

func scopeWords(r *frame.Request, scopes []auth.Scope) string {
	if len(scopes) == 0 {
		return r.T("account.scope.all")
	}
	var all []string
	for _, s := range scopes {
		all = append(all, r.T("account.scopeword."+string(s)))
	}
	return strings.Join(all, ", ")
}

// makeKey answers with the page itself and not with another address, since the key is shown this once and kept nowhere.
func makeKey(w http.ResponseWriter, r *frame.Request) error {
	if r.P.Kind != auth.KindMerchant {
		return fault.NotFound("page")
	}
	key, err := newKey(r)
	if err != nil {
		status, ok := mistake(err)
		if !ok {
			return err
		}
		form := keyForm(r)
		form.Fail(err)
		return showKeys(w, r, status, form)
	}
	return showKeys(w, r, http.StatusOK, ui.Flash{Tone: ui.Good, Text: r.T("account.key.once")}, ui.CopyField{Label: r.T("account.key.yours"), Value: key},
		ui.Action{Label: r.T("account.key.kept"), URL: "/account/keys"})
}

func newKey(r *frame.Request) (key string, err error) {
	var scopes []auth.Scope
	for _, s := range r.Form["scope"] {
		scopes = append(scopes, auth.Scope(s))
	}
	if len(scopes) == 0 {
		return "", fault.Invalid(r.T("account.key.noscope"))
	}
	err = r.Update(func(tx *db.Tx) error {
		var k auth.Key
		if key, k, err = auth.NewKey(r.Context(), tx, r.Text("name"), r.P.UserID, scopes); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, "", "key.create", k.ID, nil, map[string]any{"name": k.Name, "scopes": k.Scopes}, "")
	})
	return key, err
}

func revokeKey(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		k, err := auth.FindKey(r.Context(), tx, r.PathValue("key"))
		if err != nil {
			return err
		}
		if k.UserID != r.P.UserID || k.UserID == "" {
			return fault.NotFound("key")
		}
		if err := auth.RevokeKey(r.Context(), tx, k.ID); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, "", "key.revoke", k.ID, nil, nil, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, "/account/keys", "account.key.gone")
}

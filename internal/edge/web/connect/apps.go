package connect

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
)

// The apps are the installation's: whoever may set up one program only sees how they stand.
func mayChangeApps(r *frame.Request) bool { return r.P.Can("", auth.PermSettings) }

func appsPage(w http.ResponseWriter, r *frame.Request) error {
	return showApps(w, r, http.StatusOK, "", nil)
}

func showApps(w http.ResponseWriter, r *frame.Request, status int, wrong creators.Platform, cause error) error {
	board := r.Deps().Platforms
	var apps map[creators.Platform]platforms.App
	var accepted platforms.Acceptance
	var derived bool
	err := r.View(func(tx *db.Tx) (err error) {
		if apps, err = platforms.Apps(r.Context(), tx, board.Box); err != nil {
			return err
		}
		accepted, derived, err = platforms.DerivedAcceptance(r.Context(), tx)
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("", "connect.apps.title")
	p.Lead = r.T("connect.apps.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("settings.title"), URL: r.To("/settings")}, {Label: r.T("connect.title"), URL: r.To("/platforms")}}
	var body ui.Stack
	if !mayChangeApps(r) {
		body = append(body, ui.Flash{Tone: ui.Info, Text: r.T("connect.apps.others")})
	}
	for _, platform := range board.Platforms {
		rules := platform.Rules()
		var err error
		if rules.Name == wrong {
			err = cause
		}
		body = append(body, appCard(r, board, rules, apps[rules.Name], err))
		if rules.Name == creators.PlatformYouTube {
			body = append(body, termsCard(r, accepted, derived))
		}
	}
	return r.Render(w, status, "connect_page", p, body)
}

func appCard(r *frame.Request, board *platforms.Switchboard, rules platforms.Rules, app platforms.App, cause error) ui.Component {
	name := string(rules.Name)
	redirect := ui.CopyField{Label: r.T("connect.apps.redirect"), Value: board.Redirect(rules.Name), Hint: r.T("connect.apps.redirect.hint")}
	body := ui.Stack{ui.Part{Template: "connect/steps", Data: strings.Split(r.T("connect.steps."+name), "\n")}, redirect,
		ways(ui.Link{Label: r.T("connect.apps.console", "platform", title(r, rules.Name)), URL: rules.Console})}
	if !strings.HasPrefix(board.BaseURL, "https://") {
		body = append(body, ui.Flash{Tone: ui.Warn, Text: r.T("connect.apps.https")})
	}
	if mayChangeApps(r) {
		body = append(body, appForm(r, rules, app, cause))
		if app.ClientID != "" || app.APIKey != "" {
			body = append(body, ui.Actions{{Label: r.T("connect.apps.remove"), URL: r.To("/settings/platforms/" + name + "/remove"), Post: true, Look: ui.Quiet,
				Confirm: &ui.Confirm{Title: r.T("connect.apps.remove.title", "platform", title(r, rules.Name)), What: r.T("connect.apps.remove.what"),
					Undo: r.T("connect.apps.remove.undo"), Button: r.T("connect.apps.remove"), Danger: true}}})
		}
	}
	return ui.Card{Title: title(r, rules.Name), Sub: r.T("connect.apps.sub." + name), Body: body}
}

func appForm(r *frame.Request, rules platforms.Rules, app platforms.App, cause error) ui.Form {
	name := string(rules.Name)
	f := ui.Form{Action: r.To("/settings/platforms/" + name), Submit: r.T("connect.apps.save"), Look: ui.Modest}
	id := func(field string) string { return "f-" + name + "-" + field }
	for _, field := range rules.Fields {
		in := ui.Field{Name: string(field), ID: id(string(field)), Label: r.T("connect.field." + string(field)), MaxLength: 500, Autocomplete: "off"}
		switch field {
		case platforms.FieldClientID:
			in.Value = app.ClientID
			if cause != nil {
				in.Value = r.Text("client_id")
			}
		case platforms.FieldClientSecret:
			in.Kind, in.Hint = ui.Password, kept(r, app.ClientSecret)
		case platforms.FieldAPIKey:
			in.Kind, in.Hint = ui.Password, kept(r, app.APIKey)
		}
		f.Fields = append(f.Fields, in)
	}
	for _, key := range rules.Extra {
		in := ui.Field{Name: key, ID: id(key), Label: r.T("connect.field." + key), Hint: r.T("connect.field." + key + ".hint"), Value: app.Extra[key], MaxLength: 500, Autocomplete: "off"}
		if cause != nil {
			in.Value = r.Text(key)
		}
		f.Fields = append(f.Fields, in)
	}
	if slices.ContainsFunc(rules.Buckets, func(b platforms.Bucket) bool {
		return b.Window == platforms.WindowDay || b.Window == platforms.WindowDayPacific
	}) {
		limit := ""
		if app.DailyLimit > 0 {
			limit = strconv.FormatInt(app.DailyLimit, 10)
		}
		f.Fields = append(f.Fields, ui.Field{Name: "daily_limit", ID: id("daily"), Kind: ui.Number, Label: r.T("connect.field.daily_limit"), Value: limit, Min: "0",
			Hint: r.T("connect.field.daily_limit.hint")})
	}
	if cause != nil {
		f.Fail(cause)
	}
	return f
}

// kept says that a secret is on file without showing it.
func kept(r *frame.Request, secret string) string {
	if secret == "" {
		return ""
	}
	return r.T("connect.field.kept")
}

// ofInstallation refuses whoever has rights in one program only.
func ofInstallation(r *frame.Request) error { return r.P.Require("", auth.PermSettings) }

func saveApp(w http.ResponseWriter, r *frame.Request) error {
	if err := ofInstallation(r); err != nil {
		return err
	}
	board, name := r.Deps().Platforms, creators.Platform(r.PathValue("platform"))
	platform, err := board.Platform(name)
	if err != nil {
		return err
	}
	app := platforms.App{Platform: name, ClientID: r.Text("client_id"), ClientSecret: r.Text("client_secret"), APIKey: r.Text("api_key"), Extra: extraOf(r, platform.Rules())}
	if text := r.Text("daily_limit"); text != "" {
		if app.DailyLimit, err = strconv.ParseInt(text, 10, 64); err != nil {
			err = fault.Invalid("A daily limit is a whole number.").In("daily_limit")
		}
	}
	if err == nil {
		err = r.Update(func(tx *db.Tx) error {
			if err := platforms.SetApp(r.Context(), tx, board.Box, app); err != nil {
				return err
			}
			return audit.Record(r.Context(), tx, r.P, "", "platform.app", string(name), nil, map[string]any{"client_id": app.ClientID, "daily_limit": app.DailyLimit}, "")
		})
	}
	if frame.IsMistake(err) {
		return showApps(w, r, http.StatusUnprocessableEntity, name, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/settings/platforms"), "connect.apps.saved", "platform", title(r, name))
}

// extraOf is what was entered beside the usual fields; one left empty is taken out.
func extraOf(r *frame.Request, rules platforms.Rules) map[string]string {
	extra := map[string]string{}
	for _, key := range rules.Extra {
		if text := r.Text(key); text != "" {
			extra[key] = text
		}
	}
	return extra
}

func removeApp(w http.ResponseWriter, r *frame.Request) error {
	if err := ofInstallation(r); err != nil {
		return err
	}
	name := creators.Platform(r.PathValue("platform"))
	if _, err := r.Deps().Platforms.Platform(name); err != nil {
		return err
	}
	err := r.Update(func(tx *db.Tx) error {
		if err := platforms.RemoveApp(r.Context(), tx, name); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, "", "platform.app.remove", string(name), nil, nil, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/settings/platforms"), "connect.apps.removed", "platform", title(r, name))
}

// termsCard says whether scores may be made of YouTube's figures, who said so, and how to say so.
func termsCard(r *frame.Request, a platforms.Acceptance, accepted bool) ui.Component {
	link := ways(ui.Link{Label: r.T("connect.terms.read"), URL: "https://developers.google.com/youtube/terms/derived-metrics-policy"})
	body := ui.Stack{ui.Words(r.T("connect.terms.text")), link}
	act := ui.Action{Label: r.T("connect.terms.accept"), URL: r.To("/settings/platform-terms/accept"), Post: true,
		Confirm: &ui.Confirm{Title: r.T("connect.terms.accept"), What: r.T("connect.terms.what"), Undo: r.T("connect.terms.undo"), Button: r.T("connect.terms.button")}}
	if accepted {
		body = append(body, ui.Flash{Tone: ui.Good, Text: r.T("connect.terms.accepted", "name", a.Name, "when", r.Locale().DateTime(a.At))})
		act = ui.Action{Label: r.T("connect.terms.withdraw"), URL: r.To("/settings/platform-terms/withdraw"), Post: true, Look: ui.Quiet}
	}
	if mayChangeApps(r) {
		body = append(body, ui.Actions{act})
	}
	return ui.Card{Title: r.T("connect.terms.title"), Body: body}
}

func acceptTerms(w http.ResponseWriter, r *frame.Request) error {
	return setTerms(w, r, "platform.terms.accept", "connect.terms.done.accept", func(tx *db.Tx) error { return platforms.AcceptDerived(r.Context(), tx, r.P) })
}

func withdrawTerms(w http.ResponseWriter, r *frame.Request) error {
	return setTerms(w, r, "platform.terms.withdraw", "connect.terms.done.withdraw", func(tx *db.Tx) error { return platforms.WithdrawDerived(r.Context(), tx) })
}

func setTerms(w http.ResponseWriter, r *frame.Request, act, said string, set func(tx *db.Tx) error) error {
	if err := ofInstallation(r); err != nil {
		return err
	}
	err := r.Update(func(tx *db.Tx) error {
		if err := set(tx); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, "", act, "youtube_derived_metrics", nil, nil, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/settings/platforms"), said)
}

package setup

import (
	"net/http"
	"strconv"
	"strings"

	"rapport/internal/base/auth"
	"rapport/internal/base/blob"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
)

func registerSettings(m *frame.Mux) {
	m.Desk("GET /settings", auth.PermSettings, generalPage)
	m.Desk("POST /settings", auth.PermSettings, saveGeneral)
	m.Desk("POST /settings/logo", auth.PermSettings, saveLogo)
	m.Desk("POST /settings/logo/remove", auth.PermSettings, removeLogo)
	m.Desk("GET /settings/terms", auth.PermSettings, termsPage)
	m.Desk("POST /settings/terms", auth.PermSettings, saveTerms)
	m.Desk("POST /settings/groups", auth.PermSettings, makeGroup)
	m.Desk("GET /settings/groups/{group}", auth.PermSettings, groupPage)
	m.Desk("POST /settings/groups/{group}", auth.PermSettings, saveGroup)
	m.Desk("GET /settings/people", auth.PermSettings, peoplePage)
	m.Desk("POST /settings/people", auth.PermSettings, invitePerson)
	m.Desk("GET /settings/people/{user}", auth.PermSettings, personPage)
	m.Desk("POST /settings/people/{user}/role", auth.PermSettings, setRole)
	m.Desk("POST /settings/people/{user}/remove", auth.PermSettings, removePerson)
	m.Desk("POST /settings/people/{user}/link", auth.PermSettings, makePersonLink)
	m.Desk("GET /settings/shops", auth.PermSettings, shopsPage)
	m.Desk("POST /settings/shops", auth.PermSettings, connectShop)
	m.Desk("POST /settings/shops/{connection}/secret", auth.PermSettings, rotateSecret)
	m.Desk("POST /settings/shops/{connection}/end", auth.PermSettings, endShop)
	m.Desk("GET /settings/log", auth.PermSettings, logPage)
}

// settingsFrame begins a page of the settings, with the way to the others.
func settingsFrame(r *frame.Request, active string) *ui.Page {
	p := r.Page("", "settings.title")
	p.Title = r.T("settings.title." + active)
	for _, tab := range []string{"general", "terms", "people", "shops", "log"} {
		path := "/settings"
		if tab != "general" {
			path += "/" + tab
		}
		p.Tabs = append(p.Tabs, ui.Link{Label: r.T("settings.tab." + tab), URL: r.To(path), Active: tab == active})
	}
	p.Tabs = append(p.Tabs, ui.Link{Label: r.T("connect.settings.tab"), URL: r.To("/settings/platforms")}, ui.Link{Label: r.T("account.tab.keys"), URL: "/account/keys"})
	return p
}

func generalPage(w http.ResponseWriter, r *frame.Request) error {
	return show(w, r, settingsFrame(r, "general"), generalParts(r, logoForm(r))(generalForm(r, valuesOf(r.Program)))...)
}

func generalParts(r *frame.Request, logo ui.Form) func(ui.Form) ui.Stack {
	picture := []ui.Component{logo}
	if r.Program.LogoBlob != "" {
		source := ui.Link{URL: "/logo/" + string(r.Program.ID) + "?v=" + r.Program.LogoBlob, Label: r.T("setup.facts.logo")}
		picture = []ui.Component{ui.Part{Template: "setup/logo", Data: source}, logo, ui.Actions{{Label: r.T("settings.logo.remove"), URL: r.To("/settings/logo/remove"), Post: true, Look: ui.Quiet}}}
	}
	return func(f ui.Form) ui.Stack {
		return ui.Stack{f, ui.Card{Title: r.T("settings.logo"), Sub: r.T("settings.logo.sub"), Body: ui.Stack(picture)}, ui.Card{Title: r.T("settings.id"), Body: ui.CopyField{Label: r.T("settings.id.label"), Value: string(r.Program.ID), Hint: r.T("settings.id.hint")}}}
	}
}

// general are the fields of the first settings page, as text.
type general struct {
	name, colour, timezone, sites string
	model, prefer, window, hold   string
	schedule, minimum, parameter  string
}

func valuesOf(p programs.Program) general {
	return general{name: p.Name, colour: p.Colour, timezone: p.Timezone, sites: strings.Join(p.Sites, "\n"), model: string(p.Attribution.Model), prefer: string(p.Attribution.Prefer),
		window: strconv.Itoa(p.Attribution.WindowDays), hold: strconv.Itoa(p.HoldDays), schedule: string(p.PayoutSchedule), minimum: p.PayoutMinimum.String(), parameter: p.ClickParameter}
}

func valuesSent(r *frame.Request) general {
	return general{name: r.Text("name"), colour: r.Text("colour"), timezone: r.Text("timezone"), sites: r.Text("sites"), model: r.Text("model"), prefer: r.Text("prefer"),
		window: r.Text("window"), hold: r.Text("hold"), schedule: r.Text("schedule"), minimum: r.Text("minimum"), parameter: r.Text("parameter")}
}

func generalForm(r *frame.Request, v general) ui.Form {
	models := []ui.Choice{{Value: string(programs.ModelLastTouch), Label: r.T("settings.model.last_touch")}, {Value: string(programs.ModelFirstTouch), Label: r.T("settings.model.first_touch")}}
	prefers := []ui.Choice{{Value: string(programs.PreferCode), Label: r.T("settings.prefer.code")}, {Value: string(programs.PreferClick), Label: r.T("settings.prefer.click")}}
	days := r.T("setup.deal.days")
	return ui.Form{Action: r.To("/settings"), Fields: []ui.Field{
		{Name: "name", Label: r.T("settings.name"), Value: v.name, Required: true, MaxLength: programs.MaxName},
		{Name: "colour", Label: r.T("settings.colour"), Kind: ui.ColourIn, Value: v.colour, Hint: r.T("settings.colour.hint"), Required: true},
		{Name: "sites", Label: r.T("settings.sites"), Kind: ui.Area, Rows: 3, Value: v.sites, Hint: r.T("settings.sites.hint"), MaxLength: programs.MaxSites * 300},
		{Name: "timezone", Label: r.T("setup.facts.timezone"), Kind: ui.Select, Value: v.timezone, Options: zoneChoices(v.timezone), Hint: r.T("setup.facts.timezone.hint"), Required: true},
		{Name: "model", Label: r.T("settings.model"), Kind: ui.Radio, Value: v.model, Options: models, Required: true},
		{Name: "prefer", Label: r.T("settings.prefer"), Kind: ui.Radio, Value: v.prefer, Options: prefers, Required: true},
		{Name: "window", Label: r.T("settings.window"), Kind: ui.Number, Value: v.window, Suffix: days, Min: "1", Max: strconv.Itoa(programs.MaxWindowDays), Required: true, Hint: r.T("settings.window.hint")},
		{Name: "hold", Label: r.T("settings.hold"), Kind: ui.Number, Value: v.hold, Suffix: days, Min: "0", Max: strconv.Itoa(programs.MaxHoldDays), Required: true, Hint: r.T("settings.hold.hint")},
		{Name: "schedule", Label: r.T("settings.schedule"), Kind: ui.Select, Value: v.schedule, Options: schedules(r), Required: true},
		{Name: "minimum", Label: r.T("settings.minimum"), Kind: ui.MoneyIn, Value: v.minimum, Suffix: string(r.Program.Currency), Required: true},
		{Name: "parameter", Label: r.T("settings.parameter"), Value: v.parameter, Hint: r.T("settings.parameter.hint"), Required: true, MaxLength: 64},
	}}
}

var generalFields = map[string]string{"attribution.model": "model", "attribution.prefer": "prefer", "attribution.window_days": "window", "hold_days": "hold",
	"payout_schedule": "schedule", "payout_minimum": "minimum", "click_parameter": "parameter", "amount": "minimum"}

func (v general) change(currency money.Currency) (c programs.Change, err error) {
	window, wrongWindow := wholeDays(v.window, "window")
	hold, wrongHold := wholeDays(v.hold, "hold")
	minimum, wrongMinimum := money.Parse(v.minimum, currency)
	model, prefer, schedule, sites := programs.Model(v.model), programs.Prefer(v.prefer), programs.Schedule(v.schedule), strings.Fields(strings.ReplaceAll(v.sites, ",", " "))
	c = programs.Change{Name: &v.name, Colour: &v.colour, Timezone: &v.timezone, Sites: &sites, HoldDays: &hold, PayoutSchedule: &schedule, PayoutMinimum: &minimum,
		ClickParameter: &v.parameter, Attribution: programs.AttributionChange{Model: &model, Prefer: &prefer, WindowDays: &window}}
	return c, joinFaults(wrongWindow, wrongHold, wrongMinimum)
}

func saveGeneral(w http.ResponseWriter, r *frame.Request) error {
	c, err := valuesSent(r).change(r.Program.Currency)
	if err == nil {
		err = updateProgram(r, c)
	}
	if err == nil {
		return r.Redirect(w, r.To("/settings"), "settings.saved")
	}
	return again(w, r, settingsFrame(r, "general"), generalForm(r, valuesSent(r)), sitesTogether(renamed(err, generalFields)), generalParts(r, logoForm(r)))
}

// sitesTogether lets the one field of sites speak for each line of it.
func sitesTogether(err error) error {
	names := map[string]string{}
	for i := range programs.MaxSites + 1 {
		names["sites["+strconv.Itoa(i)+"]"] = "sites"
	}
	return renamed(err, names)
}

func updateProgram(r *frame.Request, c programs.Change) error {
	return r.Update(func(tx *db.Tx) error {
		before, err := programs.Find(r.Context(), tx, r.Program.ID)
		if err != nil {
			return err
		}
		after, err := programs.Update(r.Context(), tx, r.Program.ID, c)
		if err != nil {
			return err
		}
		return record(r, tx, "program.update", string(r.Program.ID), before, after)
	})
}

func logoForm(r *frame.Request) ui.Form {
	return ui.Form{Action: r.To("/settings/logo"), Upload: true, Look: ui.Modest, Submit: r.T("settings.logo.submit"), Fields: []ui.Field{
		{Name: "logo", Label: r.T("settings.logo.file"), Kind: ui.File, Accept: "image/png,image/jpeg,image/webp", Required: true, Hint: r.T("settings.logo.hint")}}}
}

func saveLogo(w http.ResponseWriter, r *frame.Request) error {
	content, err := uploaded(w, r)
	if err == nil {
		err = keepLogo(r, content)
	}
	if err == nil {
		return r.Redirect(w, r.To("/settings"), "settings.saved")
	}
	status, ok := mistake(err)
	if !ok {
		return err
	}
	form := logoForm(r)
	form.Fail(err)
	return r.Render(w, status, "setup_page", settingsFrame(r, "general"), generalParts(r, form)(generalForm(r, valuesOf(r.Program))))
}

func keepLogo(r *frame.Request, content []byte) error {
	var name string
	err := r.Update(func(tx *db.Tx) (err error) {
		name, err = blob.Put(r.Context(), tx, http.DetectContentType(content), content)
		if err == nil {
			err = checkPicture(r, tx, name)
		}
		if fault.KindOf(err) == fault.KindNotFound {
			err = fault.Invalid(r.T("settings.logo.nopicture"))
		}
		return err
	})
	if err != nil {
		return renamed(err, map[string]string{"": "logo"})
	}
	return updateProgram(r, programs.Change{LogoBlob: &name})
}

func removeLogo(w http.ResponseWriter, r *frame.Request) error {
	none := ""
	if err := updateProgram(r, programs.Change{LogoBlob: &none}); err != nil {
		return err
	}
	return r.Redirect(w, r.To("/settings"), "settings.saved")
}

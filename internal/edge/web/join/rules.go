package join

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"rapport/internal/base/audit"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/applications"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
)

func editRules(w http.ResponseWriter, r *frame.Request) error {
	return drawRules(w, r, http.StatusOK, nil)
}

func drawRules(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	var f applications.Form
	if err := r.View(func(tx *db.Tx) (err error) { f, err = formOf(r, tx); return err }); err != nil {
		return err
	}
	fresh := ruleForm(r)
	fresh.Fail(mistake)
	p := r.Page("creators", "join.rules.title")
	p.Lead = r.T("join.rules.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.tab.applications"), URL: r.To("/applications")}}
	parts := ui.Stack{}
	for i, rule := range f.Rules {
		parts = append(parts, ui.Card{Title: r.T("join.rule.n", "n", i+1), Action: &ui.Action{
			Label: r.T("join.rule.remove"), Icon: "trash", URL: r.To("/applications/rules/remove"), Post: true,
			Hidden:  []ui.Pair{{Label: "rule", Value: strconv.Itoa(i)}, {Label: "was", Value: sentence(r, rule)}},
			Confirm: &ui.Confirm{Title: r.T("join.rule.remove.title"), What: sentence(r, rule), Button: r.T("join.rule.remove"), Undo: r.T("join.rule.remove.undo")},
		}, Body: ui.Words(sentence(r, rule))})
	}
	if len(f.Rules) == 0 {
		parts = append(parts, ui.EmptyState{Icon: "list-check", Title: r.T("join.rules.none"), Text: r.T("join.rules.none.text")})
	}
	return r.Render(w, status, "join_page", p, append(parts, ui.Card{Title: r.T("join.rule.add"), Body: fresh}))
}

// sentence is a rule as people say it: "Approve when the check-up fits and there are at least 1,000 followers."
func sentence(r *frame.Request, rule applications.Rule) string {
	var when []string
	say := func(key string, values ...string) {
		if len(values) > 0 {
			when = append(when, r.T("join.when."+key, "value", strings.Join(values, " "+r.T("join.or")+" ")))
		}
	}
	say("verdict", words(rule.Verdicts, func(v vetting.Verdict) string { return r.T("join.verdict." + string(v)) })...)
	say("tier", words(rule.Tiers, func(t creators.Tier) string { return r.T("creators.tier." + string(t)) })...)
	say("country", words(rule.Countries, area.CountryName)...)
	say("platform", words(rule.Platforms, func(p creators.Platform) string { return area.Platform(r, p) })...)
	if rule.MinFit != nil {
		say("fit", strconv.Itoa(*rule.MinFit))
	}
	if rule.MinFollowers != nil {
		say("min_followers", r.Locale().Number(*rule.MinFollowers))
	}
	if rule.MaxFollowers != nil {
		say("max_followers", r.Locale().Number(*rule.MaxFollowers))
	}
	text := r.T("join.then." + string(rule.Then))
	if len(when) > 0 {
		text += " " + r.T("join.when", "conditions", strings.Join(when, " "+r.T("join.and")+" "))
	}
	text += "."
	if rule.Reason != "" {
		text += " " + r.T("join.reads", "reason", rule.Reason)
	}
	return text
}

func words[T any](all []T, word func(T) string) (out []string) {
	for _, one := range all {
		out = append(out, word(one))
	}
	return out
}

func ruleForm(r *frame.Request) ui.Form {
	anything := ui.Choice{Value: "", Label: r.T("join.any")}
	verdicts, tiers, platforms := []ui.Choice{anything}, []ui.Choice{anything}, append([]ui.Choice{anything}, area.PlatformChoices(r)...)
	for _, v := range []vetting.Verdict{vetting.VerdictFits, vetting.VerdictLookCloser, vetting.VerdictNotForUs} {
		verdicts = append(verdicts, ui.Choice{Value: string(v), Label: r.T("join.verdict." + string(v))})
	}
	for _, t := range []creators.Tier{creators.TierNano, creators.TierMicro, creators.TierMacro, creators.TierMega} {
		tiers = append(tiers, ui.Choice{Value: string(t), Label: r.T("creators.tier." + string(t))})
	}
	var outcomes []ui.Choice
	for _, o := range []applications.Outcome{applications.OutcomeApprove, applications.OutcomeRefuse, applications.OutcomeQueue} {
		outcomes = append(outcomes, ui.Choice{Value: string(o), Label: r.T("join.then." + string(o))})
	}
	return ui.Form{Action: r.To("/applications/rules"), Submit: r.T("join.rule.submit"), Fields: []ui.Field{
		{Name: "then", Label: r.T("join.rule.then"), Kind: ui.Select, Options: outcomes, Value: r.Text("then"), Required: true},
		{Name: "verdict", Label: r.T("join.rule.verdict"), Kind: ui.Select, Options: verdicts, Value: r.Text("verdict")},
		{Name: "tier", Label: r.T("join.rule.tier"), Kind: ui.Select, Options: tiers, Value: r.Text("tier")},
		{Name: "countries", Label: r.T("join.rule.countries"), Value: r.Text("countries"), Hint: r.T("join.rule.countries.hint")},
		{Name: "platform", Label: r.T("join.rule.platform"), Kind: ui.Select, Options: platforms, Value: r.Text("platform")},
		{Name: "min_fit", Label: r.T("join.rule.fit"), Kind: ui.Number, Value: r.Text("min_fit"), Min: "0", Max: "100", Hint: r.T("join.rule.fit.hint")},
		{Name: "min_followers", Label: r.T("join.rule.min"), Kind: ui.Number, Value: r.Text("min_followers"), Min: "0"},
		{Name: "max_followers", Label: r.T("join.rule.max"), Kind: ui.Number, Value: r.Text("max_followers"), Min: "0"},
		{Name: "reason", Label: r.T("join.rule.reason"), Kind: ui.Area, Value: r.Text("reason"), Rows: 3, MaxLength: applications.LongestReason, Hint: r.T("join.rule.reason.hint")},
	}}
}

func ruleSent(r *frame.Request) (rule applications.Rule, err error) {
	rule = applications.Rule{Then: applications.Outcome(r.Text("then")), Reason: r.Text("reason")}
	if v := r.Text("verdict"); v != "" {
		rule.Verdicts = []vetting.Verdict{vetting.Verdict(v)}
	}
	if t := r.Text("tier"); t != "" {
		rule.Tiers = []creators.Tier{creators.Tier(t)}
	}
	if p := r.Text("platform"); p != "" {
		rule.Platforms = []creators.Platform{creators.Platform(p)}
	}
	for country := range strings.SplitSeq(r.Text("countries"), ",") {
		if country = strings.TrimSpace(country); country != "" {
			rule.Countries = append(rule.Countries, country)
		}
	}
	fit, err := wholeNumber(r, "min_fit")
	if err != nil {
		return rule, err
	}
	if fit != nil {
		n := int(min(*fit, 1000))
		rule.MinFit = &n
	}
	if rule.MinFollowers, err = wholeNumber(r, "min_followers"); err != nil {
		return rule, err
	}
	rule.MaxFollowers, err = wholeNumber(r, "max_followers")
	return rule, err
}

// wholeNumber reads a field that may be empty.
func wholeNumber(r *frame.Request, field string) (*int64, error) {
	if r.Text(field) == "" {
		return nil, nil //nolint:nilnil // nothing was asked for
	}
	n, err := strconv.ParseInt(r.Text(field), 10, 64)
	if err != nil || n < 0 {
		return nil, fault.Invalid(r.T("join.rule.whole")).In(field)
	}
	return &n, nil
}

func addRule(w http.ResponseWriter, r *frame.Request) error {
	rule, err := ruleSent(r)
	if err == nil {
		err = changeRules(r, func(rules []applications.Rule) []applications.Rule { return append(slices.Clone(rules), rule) })
	}
	if frame.IsMistake(err) {
		return drawRules(w, r, http.StatusUnprocessableEntity, ruleNames(err))
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/applications/rules"), "join.rule.added")
}

// ruleNames gives faults the names of the form's fields: rules[3].countries is countries.
func ruleNames(err error) error {
	f, ok := fault.As(err)
	if !ok {
		return err
	}
	name := f.Field
	if _, part, found := strings.Cut(name, "]."); found {
		name = part
	}
	return fault.Invalid(f.Message).In(name)
}

// removeRule removes the rule that the page showed: one that has moved meanwhile stays.
func removeRule(w http.ResponseWriter, r *frame.Request) error {
	n, err := strconv.Atoi(r.FormValue("rule"))
	if err != nil {
		return fault.NotFound("rule")
	}
	err = changeRules(r, func(rules []applications.Rule) []applications.Rule {
		if n < 0 || n >= len(rules) || sentence(r, rules[n]) != r.FormValue("was") {
			return rules
		}
		return slices.Delete(slices.Clone(rules), n, n+1)
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/applications/rules"), "join.rule.removed")
}

func changeRules(r *frame.Request, change func([]applications.Rule) []applications.Rule) error {
	return r.Update(func(tx *db.Tx) error {
		f, err := formOf(r, tx)
		if err != nil {
			return err
		}
		before := f.Rules
		f.Rules = change(f.Rules)
		if _, err := applications.SaveForm(r.Context(), tx, f); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "application.rules", string(r.Program.ID), before, f.Rules, "")
	})
}

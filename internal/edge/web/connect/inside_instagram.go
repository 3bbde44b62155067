package connect

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/instagram"
	"rapport/internal/edge/platforms/mentions"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
)

var instagramFields = []string{"q", "country", "interest", "min_followers", "max_followers", "similar", "audience", "email"}

func wishOf(r *frame.Request) instagram.Wish {
	list := func(field string) []string {
		return strings.FieldsFunc(r.Text(field), func(c rune) bool { return c == ',' || c == ' ' })
	}
	number := func(field string) int64 {
		n, err := strconv.ParseInt(r.Text(field), 10, 64)
		if err != nil || n < 0 {
			return 0
		}
		return n
	}
	w := instagram.Wish{Query: r.Text("q"), SimilarTo: list("similar"), MinFollowers: number("min_followers"), MaxFollowers: number("max_followers"), HasEmail: r.Text("email") != ""}
	for _, c := range list("country") {
		w.Countries = append(w.Countries, strings.ToUpper(c))
	}
	for _, c := range list("audience") {
		w.MajorCountries = append(w.MajorCountries, strings.ToUpper(c))
	}
	if interest := r.Text("interest"); interest != "" {
		w.Interests = []string{interest}
	}
	return w
}

func instagramPage(w http.ResponseWriter, r *frame.Request) error {
	return showInstagram(w, r, http.StatusOK, wishOf(r), "", nil)
}

func asked(r *frame.Request) bool {
	return slices.ContainsFunc(instagramFields, func(f string) bool { return r.Text(f) != "" })
}

func showInstagram(w http.ResponseWriter, r *frame.Request, status int, wish instagram.Wish, trouble string, cause error) error {
	d := r.Deps().DB
	var found mentions.Page
	kept := false
	if asked(r) && cause == nil && trouble == "" {
		var err error
		if found, kept, err = watch(r).KeptInstagram(r.Context(), d, r.Program.ID, wish); err != nil {
			if !frame.IsMistake(err) {
				return err
			}
			cause = err
		}
	}
	var b mentions.Brand
	var has bool
	var quotas []platforms.Quota
	var k known
	var left int
	var next time.Time
	err := r.View(func(tx *db.Tx) (err error) {
		if b, has, err = mentions.FindBrand(r.Context(), tx, r.Program.ID); err != nil {
			return err
		}
		if quotas, err = platforms.Quotas(r.Context(), tx, instagram.Rules(), platforms.App{}); err != nil {
			return err
		}
		if left, next, err = mentions.HashtagsLeft(r.Context(), tx, b.Account); err != nil {
			return err
		}
		k, err = readKnown(r, tx, found.Cards)
		return err
	})
	if err != nil {
		return err
	}
	p := r.Page("creators", "talking.instagram.title")
	p.Lead = r.T("talking.instagram.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("talking.title"), URL: r.To("/creators/talking")}}
	var body ui.Stack
	if trouble != "" {
		body = append(body, ui.Flash{Tone: ui.Bad, Text: trouble})
	}
	if !has || !b.Works() {
		return r.Render(w, status, "connect_page", p, append(body, ui.Words(r.T("talking.instagram.first")), brandCard(r, b, has)))
	}
	body = append(body, ui.Flash{Tone: ui.Info, Text: r.T("talking.instagram.testdata")})
	if i := slices.IndexFunc(quotas, func(q platforms.Quota) bool { return q.Name == instagram.Marketplace }); i >= 0 {
		body = append(body, ui.Card{Title: r.T("talking.cost"), Body: ui.Stack{ui.Words(r.T("talking.instagram.cost")), quotaOf(r, creators.PlatformInstagram, quotas[i])}})
	}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		body = append(body, instagramForm(r, cause))
	}
	if kept {
		body = append(body, results(r, found, k, "/platforms/instagram/add"))
	}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		body = append(body, nameCard(r))
	}
	trends, err := mentions.Trends(r.Context(), d, b.Account)
	if err != nil {
		return err
	}
	return r.Render(w, status, "connect_page", p, append(body, trendCard(r, trends, left, next), brandCard(r, b, has)))
}

func instagramForm(r *frame.Request, cause error) ui.Form {
	interests := []ui.Choice{{Label: r.T("talking.any")}}
	for _, i := range instagram.Interests {
		interests = append(interests, ui.Choice{Value: i, Label: sentence(i)})
	}
	f := ui.Form{Action: r.To("/platforms/instagram/search"), Submit: r.T("talking.instagram.search"), Fields: []ui.Field{
		{Name: "q", Label: r.T("talking.q"), Value: r.Text("q"), MaxLength: 200},
		{Name: "similar", Label: r.T("talking.similar"), Value: r.Text("similar"), MaxLength: 200, Hint: r.T("talking.similar.hint")},
		{Name: "country", Label: r.T("talking.country"), Value: r.Text("country"), MaxLength: 60, Placeholder: "DE, AT"},
		{Name: "audience", Label: r.T("talking.audience"), Value: r.Text("audience"), MaxLength: 60, Placeholder: "DE"},
		{Name: "interest", Label: r.T("talking.interest"), Kind: ui.Select, Value: r.Text("interest"), Options: interests},
		{Name: "min_followers", Label: r.T("talking.min"), Kind: ui.Number, Min: "0", Value: r.Text("min_followers")},
		{Name: "max_followers", Label: r.T("talking.max"), Kind: ui.Number, Min: "0", Value: r.Text("max_followers")},
		{Name: "email", Label: r.T("talking.email"), Kind: ui.Check, Checked: r.Text("email") != ""},
	}}
	if cause != nil {
		f.Fail(cause)
	}
	return f
}

// sentence writes "FOOD_AND_DRINK" as "Food and drink": Meta's own words, which have no others.
func sentence(constant string) string {
	text := strings.ToLower(strings.ReplaceAll(constant, "_", " "))
	return strings.ToUpper(text[:1]) + text[1:]
}

// nameCard reads one account by its name.
func nameCard(r *frame.Request) ui.Component {
	return ui.Card{Title: r.T("talking.name"), Body: ui.Form{Action: r.To("/platforms/instagram/add"), Submit: r.T("talking.addprospect"), Look: ui.Modest, Fields: []ui.Field{
		{Name: "account", ID: "f-name", Label: r.T("talking.name.label"), MaxLength: 100, Hint: r.T("talking.name.hint"), Required: true}}}}
}

func trendCard(r *frame.Request, trends []instagram.Trend, left int, next time.Time) ui.Component {
	body := ui.Stack{ui.Words(r.T("talking.trends.text"))}
	line := r.T("talking.trends.left", "n", left)
	if left == 0 {
		line = r.T("talking.trends.none", "when", r.Locale().DateTime(next))
	}
	body = append(body, ui.Words(line))
	for _, t := range trends {
		likes := r.T("talking.trends.unknown")
		if t.Shown > 0 {
			likes = r.T("talking.trends.likes", "n", t.Likes/int64(t.Shown))
		}
		body = append(body, ui.Definitions{{Label: "#" + t.Hashtag, Value: likes}, {Label: r.T("talking.trends.beside"), Value: beside(t)}})
	}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		body = append(body, ui.Form{Action: r.To("/platforms/instagram/hashtag"), Submit: r.T("talking.trends.ask"), Look: ui.Modest, Fields: []ui.Field{
			{Name: "hashtag", Label: r.T("talking.trends.hashtag"), MaxLength: 100, Required: true}}})
	}
	return ui.Card{Title: r.T("talking.trends"), Body: body}
}

// beside are the hashtags that stand most often with another, the most frequent first.
func beside(t instagram.Trend) string {
	const most = 8
	tags := slices.SortedFunc(maps.Keys(t.Beside), func(a, b string) int {
		return cmp.Or(cmp.Compare(t.Beside[b], t.Beside[a]), strings.Compare(a, b))
	})
	var all []string
	for _, tag := range tags[:min(len(tags), most)] {
		all = append(all, fmt.Sprintf("#%s (%d)", tag, t.Beside[tag]))
	}
	if len(all) == 0 {
		return "–"
	}
	return strings.Join(all, ", ")
}

func instagramAsk(w http.ResponseWriter, r *frame.Request) error {
	_, err := watch(r).SearchInstagram(r.Context(), r.Deps().DB, r.Program.ID, wishOf(r))
	return answerInstagram(w, r, err, searchAddress(r, "/platforms/instagram/search", instagramFields...))
}

func instagramHashtag(w http.ResponseWriter, r *frame.Request) error {
	_, err := watch(r).TrendOf(r.Context(), r.Deps().DB, r.Program.ID, r.Text("hashtag"))
	return answerInstagram(w, r, err, r.To("/platforms/instagram/search"))
}

// answerInstagram leads on, or shows the page again with what went wrong.
func answerInstagram(w http.ResponseWriter, r *frame.Request, err error, to string) error {
	if err == nil {
		return r.Redirect(w, to, "")
	}
	if f, failed := platforms.FailureOf(err); failed {
		return showInstagram(w, r, http.StatusUnprocessableEntity, wishOf(r), said(r, creators.PlatformInstagram, f.Kind, f.Detail), nil)
	}
	if f, ok := fault.As(err); ok && frame.IsMistake(err) {
		return showInstagram(w, r, http.StatusUnprocessableEntity, wishOf(r), ui.Sentence(f.Message), err)
	}
	return err
}

func instagramAdd(w http.ResponseWriter, r *frame.Request) error {
	arrived, err := watch(r).AddAccount(r.Context(), r.Deps().DB, r.Program.ID, r.Text("account"))
	if f, failed := platforms.FailureOf(err); failed {
		return showInstagram(w, r, http.StatusUnprocessableEntity, instagram.Wish{}, said(r, creators.PlatformInstagram, f.Kind, f.Detail), nil)
	}
	return afterAdd(w, r, arrived, err, "/platforms/instagram/search", instagramFields)
}

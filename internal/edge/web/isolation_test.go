package web

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"image"
	"image/png"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/edge/edgetest"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/payouts"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
)

// segments says what thing a part of an address in braces names by its id.
var segments = map[string]string{
	"program": "program", "partnership": "partnership", "link": "link", "code": "code", "campaign": "campaign", "task": "task", "import": "import",
	"user": "user", "group": "group", "connection": "connection", "key": "key", "creator": "creator", "sale": "conversion", "order": "conversion",
	"commission": "commission", "run": "payout", "item": "item", "review": "review", "blob": "blob", "upload": "upload", "account": "account", "conflict": "conflict", "mention": "mention", "benchmark": "benchmark", "target": "target", "search": "search", "list": "list", "template": "template", "sequence": "sequence", "enrolment": "enrolment", "letter": "letter",
}

// words are the parts of an address in braces that name nothing of a program's.
var segmentWords = map[string][]string{"act": {"approve", "hold", "reject", "reverse"}, "platform": {"tiktok"}, "token": {"made-up"}, "slug": {"made-up"}}

// fields are all fields that pages read of forms and addresses. One with a kind names a thing by its id; the others have a value that is taken. A
// field that names something in words has the victim's word.
var fields = map[string]field{
	"partnership": {kind: "partnership"}, "creator": {kind: "partnership"}, "id": {kind: "partnership"}, "group": {kind: "group"}, "conversion": {kind: "conversion"},
	"template": {kind: "template"}, "owner": {}, "step": {value: "call her"}, "lost": {}, "logo": {kind: "blob"}, "up_to": {kind: "message"}, "subject": {kind: "partnership"},
	"external_id": {word: "order"}, "number": {word: "order"}, "q": {word: "order"}, "code": {word: "code"},
	"mapping.platform": {}, "column_0": {value: "platform"}, "column_1": {value: "handle"}, "address": {}, "after": {}, "by": {}, "sort": {}, "show": {}, "month": {}, "when": {}, "from": {}, "to": {}, "state": {}, "status": {}, "order": {}, "task": {},
	"silent": {}, "test": {}, "country": {}, "tier": {}, "once": {}, "occurred_at": {}, "starts_at": {}, "ends_at": {},
	"amount": {value: "12.34"}, "as": {value: "prospect"}, "body": {value: "hello there"}, "brief": {value: "show it"}, "click": {}, "colour": {value: "#123456"},
	"commission": {value: "5"}, "commission_kind": {value: "percent"}, "commission_value": {value: "5"}, "currency": {value: "EUR"}, "current": {value: "wrong password"},
	"destination": {value: "https://plainshop.example/x"}, "details": {value: "a stranger's account"}, "do": {value: "group"}, "due_at": {}, "email": {value: "stranger@mail.example"},
	"followers": {value: "10"}, "handle": {value: "strangertea"}, "hold": {value: "3"}, "list": {value: "@strangerpaste"}, "method": {value: "other"},
	"minimum": {value: "5"}, "model": {value: "last_touch"}, "name": {value: "Stranger"}, "note": {value: "because of it"}, "offer": {value: "5"},
	"offer_kind": {value: "percent"}, "offer_value": {value: "5"}, "parameter": {value: "st_click"}, "password": {value: "wrong password"}, "payee": {value: "A stranger"},
	"people": {value: "Stranger Two <stranger2@mail.example>"}, "phone": {value: "123"}, "platform": {value: "tiktok"}, "prefer": {value: "click"}, "question": {value: "where is it"},
	"rail": {value: "csv"}, "reason": {value: "because of it"}, "role": {value: "viewer"}, "schedule": {value: "weekly"}, "scope": {value: "read"}, "secret": {value: "0123456789abcdef0123456789"},
	"shop": {value: "stranger.myshopify.com"}, "site": {value: "stranger.example"}, "sites": {value: "plainshop.example"}, "slug": {}, "timezone": {value: "Europe/Berlin"},
	"accepted": {value: "1"}, "began": {}, "countries": {}, "intro": {value: "we sell tea"}, "max_followers": {}, "min_fit": {}, "min_followers": {value: "5"}, "open": {value: "1"},
	"question_0": {value: "why us"}, "kind_0": {value: "text"}, "rule": {value: "0"}, "terms": {}, "then": {value: "queue"}, "verdict": {}, "was": {}, "website": {},
	"topic": {value: "strangers"}, "parent": {}, "weight": {value: "warn"}, "words": {value: "strange word"}, "metric": {value: "engagement_rate"}, "formula": {},
	"low": {value: "1"}, "median": {}, "high": {}, "unit": {value: "percent"}, "as_of": {value: "2026"}, "source": {value: "a stranger"},
	"kind": {value: "tag"}, "text": {value: "stranger's word"}, "brand": {value: "Stranger Soap"}, "source_name": {}, "taken_on": {}, "age": {}, "gender": {},
	"profile": {kind: "profile"}, "work": {}, "other": {kind: "twin"},
	"client_id": {value: "stranger-app"}, "client_secret": {value: "stranger-secret"}, "api_key": {value: "stranger-key"}, "daily_limit": {value: "7"}, "error": {}, "connection": {kind: "account"},
	"word": {value: "stranger's tea"}, "about": {value: "brand"}, "account": {value: "stranger.leaf"}, "account_0": {value: "https://www.tiktok.com/@stranger.leaf"}, "asked": {value: "1"}, "video": {}, "back": {}, "hashtag": {value: "strangers"}, "similar": {},
	"audience": {}, "interest": {}, "type": {}, "language": {}, "days": {}, "paid": {}, "page": {}, "hub.mode": {}, "hub.verify_token": {}, "hub.challenge": {},
	"target": {kind: "target"}, "shortlist": {kind: "list"}, "like": {kind: "creator"}, "search": {value: "q=strangers"},
	"engagement": {}, "posted": {}, "contact": {}, "fresh": {}, "price": {}, "topics": {}, "languages": {}, "ages": {value: "25-40"},
	"mail_0": {value: "mail-first"}, "after_days_0": {value: "0"}, "mail_1": {}, "mail_2": {}, "after_days_1": {}, "after_days_2": {},
	"who": {value: "strangertea"}, "sequence": {kind: "sequence"}, "per_day": {value: "50"}, "per_hour": {value: "10"},
	"token": {value: "made-up"}, "total": {value: "1.00"}, "url": {value: "https://www.tiktok.com/@stranger/video/7"}, "window": {value: "7"},
}

// elsewhere are fields that mean something else on some pages.
var elsewhere = map[string]map[string]field{
	"POST /p/{program}/reach/templates":                     {"subject": {}},
	"POST /p/{program}/creators/choose":                     {"id": {kind: "creator"}},
	"POST /p/{program}/creators/take":                       {"id": {kind: "creator"}},
	"POST /p/{program}/partners/{partnership}/audience":     {"country": {value: "DE 40"}},
	"POST /p/{program}/partners/{partnership}/notes/remove": {"note": {}},
	"POST /p/{program}/partners/{partnership}/accounts":     {"handle": {value: "strangersecond"}},
	"GET /p/{program}/partners/{partnership}/merge":         {"other": {kind: "twin"}},
	"POST /p/{program}/creators/left-alone":                 {"list": {value: "stranger9@mail.example"}},
	"POST /p/{program}/partners/{partnership}/price":        {"amount": {value: "250.00"}},
	"POST /p/{program}/creators/left-alone/check":           {"address": {value: "stranger@mail.example"}},
	"POST /p/{program}/creators/left-alone/remove":          {"address": {value: "stranger9@mail.example"}, "asked": {value: "1"}},
	"POST /p/{program}/reach/choose/creators":               {"id": {kind: "creator"}},
	"POST /p/{program}/reach/prepare/creators":              {"id": {kind: "creator"}},
	"POST /p/{program}/reach/enrolments/stop":               {"id": {kind: "enrolment"}},
	"POST /p/{program}/reach/enrolments/again":              {"id": {kind: "enrolment"}},
	"POST /p/{program}/lists/tag":                           {"id": {kind: "creator"}},
	"POST /p/{program}/lists/tagged":                        {"id": {kind: "creator"}},
	"POST /p/{program}/lists/choose":                        {"id": {kind: "creator"}, "name": {}},
	"POST /p/{program}/lists/add":                           {"id": {kind: "creator"}, "name": {}},
	"POST /p/{program}/lists/{list}/take-off":               {"id": {kind: "creator"}},
	"GET /p/{program}/creators":                             {"platform": {}, "verdict": {}},
	"POST /p/{program}/creators/pipeline":                   {"to": {value: "paused"}},
	"GET /p/{program}/partners/{partnership}/status":        {"to": {value: "paused"}},
	"POST /p/{program}/partners/{partnership}/status":       {"to": {value: "active"}},
	"POST /p/{program}/partners/{partnership}/codes":        {"code": {value: "FRESH10"}},
	"POST /p/{program}/campaigns/{campaign}/status":         {"to": {value: "ended"}},
	"POST /p/{program}/settings":                            {"name": {value: "Plain Tea"}},
	"POST /p/{program}/settings/groups":                     {"group": {value: "Strangers"}},
	"POST /p/{program}/settings/groups/{group}":             {"group": {value: "Strangers too"}},
	"POST /p/{program}/sales/new":                           {"external_id": {value: "stranger-1"}, "occurred_at": {value: "2026-03-01"}},
	"POST /p/{program}/settings/shops":                      {"shop": {value: "another.myshopify.com"}},
	"POST /p/{program}/applications/form":                   {"slug": {value: "stranger-tea"}},
	"POST /p/{program}/benchmarks":                          {"site": {}},
	"POST /p/{program}/benchmarks/{benchmark}":              {"site": {}},
	"POST /p/{program}/payouts/{run}/approve":               {"total": {}, "password": {}},
}

// field is what is put into a field: an id of a kind, a word of the victim's, or a value.
type field struct{ kind, word, value string }

// computed are the files that read fields whose names are not written there as text, and why their fields are covered.
var computed = map[string]string{
	"connect/apps.go":             "what a platform's own rules ask for, text of the operator that names nothing by an id",
	"reach/sequences.go":          "mails and days by their places; words are looked up among the program's own",
	"recruit/person_change.go":    "two dates, and the fields of its own forms",
	"recruit/person_known.go":     "the fields of its own forms, shown again",
	"recruit/search_targets.go":   "the fields of its own form, which name nothing by an id",
	"frame/request.go":            "Text hands its field on",
	"desk/partners_deal.go":       "the fields of its own form, which are read by name below",
	"desk/partners_profile.go":    "the fields of its own form, which are read by name below",
	"desk/imports_columns.go":     "one field for each column of a file, which names a kind of column",
	"desk/campaigns.go":           "two dates",
	"desk/reports.go":             "from and to",
	"desk/sales_store.go":         "from and to",
	"join/apply.go":               "accounts and answers by their places; the page names nothing by an id",
	"join/form.go":                "questions by their places",
	"connect/inside_page.go":      "the fields of its own form, which name nothing by an id",
	"connect/inside_instagram.go": "the fields of its own form, which name nothing by an id",
	"join/rules.go":               "numbers, which are read by name in the same file",
}

// openToAll are the pages that somebody who is not signed in gets.
var openToAll = []string{
	"GET /{$}", "GET /first-run", "POST /first-run", "GET /sign-in", "POST /sign-in", "POST /sign-out", "GET /sign-in/link", "POST /sign-in/link", "GET /reset", "POST /reset",
	"GET /enter/{token}", "POST /enter/{token}", "/", "GET /leave/{token}", "POST /leave/{token}",
	"GET /join/{slug}", "POST /join/{slug}", "GET /join/{slug}/sent", "GET /join/{slug}/application/{token}", "POST /join/{slug}/application/{token}", "GET /join/{slug}/bought", "POST /join/{slug}/bought",
	"GET /connect/instagram/hook", "POST /connect/instagram/hook",
}

// last ends the session of whoever asks.
const last = "POST /sign-out"

// site is all pages over two programs.
type site struct {
	*testing.T
	*edgetest.World
	pages    http.Handler
	patterns []string
}

func newSite(t *testing.T) site {
	t.Helper()
	w := edgetest.New(t, dbtest.New(t, db.EngineSQLite))
	search := &discovery.Index{}
	if err := search.Refresh(t.Context(), w.DB); err != nil {
		t.Fatal(err)
	}
	m, err := newMux(Config{
		Search: search, DB: w.DB, Box: w.Box, Door: w.Door, Links: w.Links, Cashier: w.Cashier, Platforms: w.Platforms, BaseURL: "http://rapport.example", LinkBase: "http://rapport.example/r", MailSent: true,
		Parts: []creators.Part{payouts.Private(), commissions.Private(), partnerships.Private()},
		Tail:  func(context.Context, *db.Tx) ([]analytics.TailCount, error) { return nil, nil },
		Log:   slog.New(slog.NewTextHandler(t.Output(), nil)), ClientIP: func(*http.Request) string { return "203.0.113.7" },
	})
	if err != nil {
		t.Fatal(err)
	}
	s := site{T: t, World: w, pages: m.Handler()}
	s.patterns = slices.DeleteFunc(m.Patterns(), func(p string) bool { return p == last })
	s.patterns = append(s.patterns, last)
	for _, side := range []edgetest.Side{w.Victim, w.Other} {
		side.IDs["upload"] = []string{s.upload(side)}
	}
	return s
}

// upload is a file that waits to be imported.
func (s site) upload(side edgetest.Side) string {
	s.Helper()
	answer := s.ask(visit{method: http.MethodPost, path: "/p/" + string(side.Program.ID) + "/imports", file: "file", session: side.People[auth.RoleOwner].Session})
	_, id, found := strings.Cut(answer.Header().Get("Location"), "/uploads/")
	if !found {
		s.Fatalf("a file was not taken: %d %s", answer.Code, answer.Body)
	}
	return id
}

// picture is the smallest PNG.
var picture = func() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))) // into memory
	return b.Bytes()
}()

// visit is a request to one page.
type visit struct {
	method, path string
	form         url.Values
	file         string // the field of a file that is sent along
	session      string
	foreign      bool     // an id of the victim's is in the path
	plain        bool     // nothing of the victim's is in it
	sent         []string // texts of the victim's in it
}

func (v visit) String() string {
	ids := []string{}
	for _, name := range slices.Sorted(maps.Keys(v.form)) {
		if f := fields[name]; f.kind != "" || f.word != "" {
			ids = append(ids, name+"="+v.form.Get(name))
		}
	}
	return v.method + " " + v.path + " " + strings.Join(ids, "&")
}

func (s site) ask(v visit) *httptest.ResponseRecorder {
	s.Helper()
	target, body, kind := "http://rapport.example"+v.path, new(bytes.Buffer), "application/x-www-form-urlencoded"
	switch {
	case v.method == http.MethodGet:
		target += "?" + v.form.Encode()
	case v.file != "":
		w := multipart.NewWriter(body)
		for name, values := range v.form {
			for _, value := range values {
				_ = w.WriteField(name, value) // into memory
			}
		}
		part, _ := w.CreateFormFile(v.file, "list.csv")
		content := []byte("platform,handle,name\ntiktok,strangerfile,Stranger File\n")
		if v.file == "logo" {
			content = picture
		}
		_, _ = part.Write(content)
		_ = w.Close()
		kind = w.FormDataContentType()
	default:
		body.WriteString(v.form.Encode())
	}
	r := httptest.NewRequest(v.method, target, body)
	if v.method == http.MethodPost {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if v.session != "" {
		r.AddCookie(&http.Cookie{Name: "rapport_session", Value: v.session})
	}
	answer := httptest.NewRecorder()
	s.pages.ServeHTTP(answer, r)
	return answer
}

// stranger is somebody who asks for what is not theirs.
type stranger struct {
	name    string
	session string
	own     map[string][]string // ids by kind
	foreign map[string][]string
	victim  edgetest.Victim
	within  string // begins the addresses they ask; "" is all
	brief   bool   // asks for the victim's addresses only
}

var inBraces = regexp.MustCompile(`\{([a-z]+)\}`)

// visits are the requests to a page as a stranger makes them: each place of an id in the address with the victim's, with and without the stranger's
// own in the others; then the stranger's own address with the victim's id in each field.
func (s site) visits(pattern string, who stranger) (all []visit) {
	s.Helper()
	places := places(pattern)
	seen := map[string]bool{}
	add := func(mask int, foreignField string) {
		for _, v := range s.fill(pattern, who, places, mask, foreignField) {
			if key := v.String(); !seen[key] {
				seen[key], all = true, append(all, v)
			}
		}
	}
	for mask := range 1 << len(places) {
		if mask > 0 {
			add(mask, "*")
		}
	}
	if who.brief {
		return all
	}
	add(0, "")
	add(0, "*")
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if f := fieldOf(pattern, name); f.kind != "" || f.word != "" {
			add(0, name)
		}
	}
	return all
}

// places are the names in braces of an address that stand for an id.
func places(pattern string) (names []string) {
	for _, m := range inBraces.FindAllStringSubmatch(pattern, -1) {
		if _, word := segmentWords[m[1]]; !word {
			names = append(names, m[1])
		}
	}
	return names
}

func fieldOf(pattern, name string) field {
	if f, ok := elsewhere[pattern][name]; ok {
		return f
	}
	return fields[name]
}

// fill makes the requests to a page with the victim's ids in the places of mask, and in one field, or in all ("*").
func (s site) fill(pattern string, who stranger, places []string, mask int, foreignField string) (all []visit) {
	s.Helper()
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = http.MethodGet, pattern
	}
	v := visit{method: method, form: url.Values{}, session: who.session, foreign: mask != 0, plain: mask == 0 && foreignField == "", file: fileField(pattern)}
	for name := range fields {
		f := fieldOf(pattern, name)
		value := f.value
		switch {
		case method == http.MethodGet && foreignField != "*" && foreignField != name:
			continue // a list that is filtered by all fields at once is empty
		case f.word != "":
			value = s.Victim.Texts[f.word]
			v.sent = append(v.sent, value)
		case f.kind != "" && (foreignField == "*" || foreignField == name):
			value = first(who.foreign[f.kind])
			v.sent = append(v.sent, value)
		case f.kind != "":
			value = first(who.own[f.kind])
		}
		if value != "" {
			v.form.Set(name, value)
		}
	}
	paths := []string{strings.ReplaceAll(path, "{$}", "")}
	for name, values := range segmentWords {
		paths = each(paths, name, values)
	}
	for i, name := range places {
		kind, known := segments[name]
		if !known {
			s.Fatalf("%s: {%s} is new; say in “segments” what it names, or in segmentWords that it names nothing of a program's", pattern, name)
		}
		ids := who.own[kind]
		if mask&(1<<i) != 0 {
			ids = who.foreign[kind]
			v.sent = append(v.sent, ids...)
		} else if len(ids) > 1 {
			ids = ids[:1]
		}
		if len(s.Victim.IDs[kind]) == 0 {
			s.Fatalf("%s: edgetest makes no %s yet", pattern, kind)
		}
		paths = each(paths, name, ids)
	}
	for _, p := range paths {
		v.path = p
		all = append(all, v)
	}
	return all
}

// each replaces a name in braces by each of the values.
func each(paths []string, name string, values []string) (all []string) {
	for _, p := range paths {
		if !strings.Contains(p, "{"+name+"}") {
			all = append(all, p)
			continue
		}
		for _, v := range values {
			all = append(all, strings.ReplaceAll(p, "{"+name+"}", v))
		}
	}
	return all
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func fileField(pattern string) string {
	switch pattern {
	case "POST /p/{program}/imports":
		return "file"
	case "POST /p/{program}/settings/logo":
		return "logo"
	}
	return ""
}

// with is ids with another one of a kind.
func with(ids map[string][]string, kind string, values ...string) map[string][]string {
	all := maps.Clone(ids)
	all[kind] = values
	return all
}

// strangers are those who are walked with, each group in a world of its own.
func (s site) strangers() [][]stranger {
	s.Helper()
	victim, creator := s.ProgramVictim(s.T), s.CreatorVictim(s.T)
	merchant := func(role auth.Role) stranger {
		return stranger{name: string(role) + " of the other program", session: s.Other.People[role].Session, own: s.Other.IDs, foreign: s.Victim.IDs, victim: victim}
	}
	partner := func(name string, p edgetest.Partner) stranger {
		foreign := maps.Clone(s.Victim.IDs)
		foreign["program"], foreign["conversion"], foreign["commission"] = []string{"prg_" + strings.Repeat("0", 32)}, s.Victim.Ours["conversion"], s.Victim.Ours["commission"]
		own := map[string][]string{"program": s.Victim.IDs["program"], "partnership": {string(p.Partnership.ID)}, "creator": {string(p.Partnership.Creator)}, "link": {string(p.Link.ID)}}
		return stranger{name: name, session: p.Session, own: own, foreign: foreign, victim: creator}
	}
	looking := merchant(auth.RoleOwner)
	looking.name, looking.session = "owner of the other program who looks at the portal of a creator who is in both", s.looking()
	looking.within = " /c/"
	looking.own = with(looking.own, "partnership", string(s.Other.Both.Partnership.ID))
	looking.foreign = with(looking.foreign, "partnership", string(s.Victim.Both.Partnership.ID), string(s.Victim.First.Partnership.ID))
	manager := merchant(auth.RoleManager)
	manager.brief = true
	return [][]stranger{
		{manager, merchant(auth.RoleOwner)}, {looking},
		{{name: "creator of the other program", session: s.Other.First.Session, own: s.Other.IDs, foreign: s.Victim.IDs, victim: victim}},
		{partner("another creator of the program", s.Victim.Second)}, {partner("a creator who is in both programs", s.Victim.Both)},
	}
}

// looking is a session of the other program's owner who looks at the portal of the creator who is in both.
func (s site) looking() (token string) {
	s.Helper()
	var link string
	s.update(func(ctx context.Context, tx *db.Tx) (err error) {
		link, err = auth.LoginLink(ctx, tx, s.Other.People[auth.RoleOwner].User, auth.PurposeInvite, time.Hour, "")
		return err
	})
	token, session, err := auth.UseLoginLink(s.Context(), s.DB, link, "test")
	if err != nil {
		s.Fatal(err)
	}
	s.update(func(ctx context.Context, tx *db.Tx) error {
		return auth.ViewAs(ctx, tx, session.ID, string(s.Other.Both.Partnership.Creator))
	})
	return token
}

func (s site) update(f func(ctx context.Context, tx *db.Tx) error) {
	s.Helper()
	if err := s.DB.Update(s.Context(), func(tx *db.Tx) error { return f(s.Context(), tx) }); err != nil {
		s.Fatal(err)
	}
}

func TestNoPageReachesWhatIsAnothers(t *testing.T) {
	for i, name := range []string{"merchants", "merchant-looking", "creator-elsewhere", "creator-beside", "creator-in-both"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			for _, who := range s.strangers()[i] {
				s.walk(who)
			}
		})
	}
}

func (s site) walk(who stranger) {
	s.Helper()
	sent := map[string]bool{} // what a stranger wrote into its own pages may come back
	before := s.Rows(s.T)
	for _, pattern := range s.patterns {
		if !strings.Contains(pattern, who.within) {
			continue
		}
		closed := false // this page is not for the stranger, whatever is in its fields
		for _, v := range s.visits(pattern, who) {
			if closed && !v.foreign {
				continue
			}
			for _, text := range v.sent {
				sent[text] = true
			}
			answer := s.ask(v)
			refused := answer.Code == 401 || answer.Code == 403 || answer.Code == 404
			closed = closed || v.plain && refused
			if answer.Code >= 500 || v.foreign && !refused {
				s.Errorf("%s as %s: %d %s %.600s", v, who.name, answer.Code, answer.Header().Get("Location"), mainOf(answer.Body.String()))
			}
			if seen := who.victim.Seen(answer.Body.String()+" "+answer.Header().Get("Location"), slices.Collect(maps.Keys(sent))...); len(seen) > 0 {
				s.Errorf("%s as %s: %d shows %q", v, who.name, answer.Code, seen)
			}
		}
		if strings.HasPrefix(pattern, "POST ") && !who.brief {
			before = s.unchanged(pattern, who, before)
		}
	}
	s.unchanged("looking", who, before)
}

// unchanged fails if something of the victim's is not as it was, and returns how it is.
func (s site) unchanged(after string, who stranger, before []edgetest.Row) []edgetest.Row {
	s.Helper()
	now := s.Rows(s.T)
	for _, change := range who.victim.Changed(before, now) {
		// Any creator of a program may ask about any order's number; the question is theirs and names the order.
		if strings.HasPrefix(change, "new: reviews(") && strings.Contains(change, "partnership_id="+first(who.own["partnership"])) {
			continue
		}
		s.Errorf("after %s: %s", after, change)
	}
	return now
}

// mainOf leaves out the frame of a page.
func mainOf(body string) string {
	if _, rest, ok := strings.Cut(body, "<main"); ok {
		return rest
	}
	return body
}

func TestNobodyIsAskedToSignInFirst(t *testing.T) {
	s := newSite(t)
	victim, before := s.ProgramVictim(t), s.Rows(t)
	who := stranger{own: s.Victim.IDs, foreign: s.Victim.IDs}
	for _, pattern := range s.patterns {
		places := places(pattern)
		for _, v := range s.fill(pattern, who, places, 1<<len(places)-1, "*") {
			answer := s.ask(v)
			open := slices.Contains(openToAll, pattern)
			asked := answer.Code == http.StatusSeeOther && strings.HasPrefix(answer.Header().Get("Location"), "/sign-in")
			if !open && !asked {
				t.Errorf("%s: %d; a page that is for everybody must stand in openToAll", v, answer.Code)
			}
			if seen := victim.Seen(answer.Body.String()+answer.Header().Get("Location"), v.sent...); len(seen) > 0 {
				t.Errorf("%s: %d shows %q", v, answer.Code, seen)
			}
		}
	}
	for _, change := range victim.Changed(before, s.Rows(t)) {
		t.Error(change)
	}
}

func TestAViewerChangesNothing(t *testing.T) {
	s := newSite(t)
	victim, before := s.ProgramVictim(t), s.Rows(t)
	who := stranger{own: s.Victim.IDs, foreign: s.Victim.IDs, session: s.Victim.People[auth.RoleViewer].Session}
	for _, pattern := range s.patterns {
		if !strings.Contains(pattern, " /p/{program}") {
			continue
		}
		for _, v := range s.fill(pattern, who, places(pattern), 1<<len(places(pattern))-1, "*") {
			if answer := s.ask(v); v.method != http.MethodGet && answer.Code != http.StatusForbidden {
				t.Errorf("%s: %d %s", v, answer.Code, answer.Header().Get("Location"))
			}
		}
	}
	for _, change := range victim.Changed(before, s.Rows(t)) {
		t.Error(change)
	}
}

// Public facts of an account are shared in an installation. Who adds an account that another program works with sees those, and nothing of what that
// program knows, says or pays.
func TestAKnownAccountBringsPublicFactsOnly(t *testing.T) {
	s := newSite(t)
	victim, before := s.ProgramVictim(t), s.Rows(t)
	owner, base := s.Other.People[auth.RoleOwner].Session, "/p/"+string(s.Other.Program.ID)
	mira := s.Victim.First.Partnership.Creator
	added := s.ask(visit{method: http.MethodPost, path: base + "/creators/new", session: owner, form: url.Values{"handle": {"zqxonemira"}, "platform": {"tiktok"}, "name": {"Mira"}, "as": {"active"}}})
	var own partnerships.Partnership
	s.update(func(ctx context.Context, tx *db.Tx) (err error) {
		own, err = partnerships.Of(ctx, tx, s.Other.Program.ID, mira)
		return err
	})
	if added.Code != http.StatusSeeOther || own.ID == "" {
		t.Fatalf("%d %s", added.Code, mainOf(added.Body.String()))
	}
	who := stranger{session: owner, own: with(with(s.Other.IDs, "partnership", string(own.ID)), "creator", string(mira)), foreign: s.Victim.IDs}
	for _, pattern := range s.patterns {
		if !strings.HasPrefix(pattern, "GET /p/{program}") {
			continue
		}
		for _, v := range s.fill(pattern, who, places(pattern), 0, "") {
			body := strings.ToLower(s.ask(v).Body.String())
			for _, private := range []string{"zqxonemira@", "zqxonemira contact", "+49 30 zqx", "zqxone note", "zqxone hello", "zqxone answer", "zqxone10", "zqxone-1", "zqxtwo", s.Victim.First.User, string(s.Victim.First.Partnership.ID)} {
				if strings.Contains(body, strings.ToLower(private)) {
					t.Errorf("%s shows %q", v, private)
				}
			}
		}
	}
	if answer := s.ask(visit{method: http.MethodPost, path: base + "/partners/" + string(own.ID) + "/invite", session: owner, form: url.Values{}}); answer.Code != http.StatusConflict {
		t.Errorf("a link that signs in as somebody who works elsewhere, too: %d", answer.Code)
	}
	for _, change := range victim.Changed(before, s.Rows(t)) {
		if !strings.Contains(change, string(s.Other.Program.ID)) && !strings.Contains(change, string(own.ID)) {
			t.Error(change)
		}
	}
}

// refusedAnyway are pages that refuse the rightful, too, and why.
var refusedAnyway = map[string]string{
	"GET /start/logo/{blob}":                                 "for owners of the whole installation",
	"POST /p/{program}/settings/platforms/{platform}":        "the apps are the installation's",
	"POST /p/{program}/settings/platforms/{platform}/remove": "the apps are the installation's",
	"POST /p/{program}/settings/platform-terms/accept":       "the terms are the installation's",
	"POST /p/{program}/settings/platform-terms/withdraw":     "the terms are the installation's",
	"POST /p/{program}/creators/topics":                      "topics are the installation's",
	"POST /p/{program}/creators/topics/remove":               "topics are the installation's",
	"POST /p/{program}/platforms/youtube/search":             "no key is set up in this world, so nothing is asked",
	"POST /p/{program}/platforms/youtube/add":                "no key is set up in this world, so nothing is asked",
	"POST /p/{program}/platforms/instagram/search":           "no account of the brand is connected in this world, so nothing is asked",
	"POST /p/{program}/platforms/instagram/hashtag":          "no account of the brand is connected in this world, so nothing is asked",
	"POST /p/{program}/platforms/instagram/connect":          "no app is set up in this world",
	"POST /p/{program}/platforms/accounts/{account}/refresh": "the consent of this world's account has ended",
	"POST /p/{program}/partners/{partnership}/erase":         "asks for the person's name, and would leave nobody for the pages that follow",
}

// The walk would be worth nothing if its requests were refused for another reason; those whose things they are get through with the same ones.
func TestTheSamePagesOpenForTheirOwn(t *testing.T) {
	s := newSite(t)
	merchant := stranger{session: s.Victim.People[auth.RoleOwner].Session, own: s.Victim.IDs, foreign: s.Victim.IDs}
	creator := merchant
	creator.session = s.Victim.First.Session
	slices.SortStableFunc(s.patterns, func(a, b string) int { return cmp.Compare(lateness(a), lateness(b)) })
	for _, pattern := range s.patterns {
		if len(places(pattern)) == 0 || slices.Contains(openToAll, pattern) || refusedAnyway[pattern] != "" {
			continue
		}
		who := merchant
		if strings.Contains(pattern, " /c/{partnership}") {
			who = creator
		}
		if pattern == "POST /p/{program}/payouts/{run}/approve" {
			who.session = s.Victim.People[auth.RoleFinance].Session // the owner prepared it
		}
		if answers, through := s.through(pattern, who); !through {
			t.Errorf("%s lets nobody through:\n%s", pattern, strings.Join(answers, "\n"))
		}
	}
}

// through asks for a page with each id until one is answered.
func (s site) through(pattern string, who stranger) (answers []string, ok bool) {
	s.Helper()
	which := "*"
	if strings.HasPrefix(pattern, "GET ") {
		which = ""
		if _, special := elsewhere[pattern]; special {
			which = "*"
		}
	}
	for _, v := range s.fill(pattern, who, places(pattern), 1<<len(places(pattern))-1, which) {
		answer := s.ask(v)
		if answer.Code < 400 {
			return nil, true
		}
		answers = append(answers, fmt.Sprintf("%s: %d %.900s", v, answer.Code, mainOf(answer.Body.String())))
	}
	return answers, false
}

// lateness sorts pages so that what they take away is not asked for afterwards.
func lateness(pattern string) int {
	switch {
	case strings.HasPrefix(pattern, "GET "):
		return 0
	case regexp.MustCompile(`/(end|remove|cancel|undo|status)$`).MatchString(pattern):
		return 2
	default:
		return 1
	}
}

// Every field that a page reads is known to this walk.
func TestEveryFieldOfAPageIsWalked(t *testing.T) {
	for _, folder := range []string{"frame", "setup", "desk", "portal", "why", "area", "recruit", "reach", "join", "connect"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(folder, err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				readFields(t, file)
			}
		}
	}
}

func readFields(t *testing.T, file string) {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		name, read := fieldRead(n)
		switch {
		case !read:
		case name == "" && computed[filepath.ToSlash(file)] == "":
			t.Errorf("%s reads a field whose name is not written there; say in “computed” how this test knows it", file)
		case name != "":
			if _, known := fields[name]; !known {
				t.Errorf("%s reads the field %q; add it to “fields” with the kind of thing whose id it takes, or a value that is taken", file, name)
			}
		}
		return true
	})
}

// fieldRead returns the field that an expression reads: r.FormValue("x"), r.Text("x"), query.Get("x"), r.Form["x"].
func fieldRead(n ast.Node) (name string, read bool) {
	switch n := n.(type) {
	case *ast.CallExpr:
		f, ok := n.Fun.(*ast.SelectorExpr)
		if !ok || len(n.Args) != 1 {
			return "", false
		}
		switch f.Sel.Name {
		case "FormValue", "PostFormValue", "Text":
			return literal(n.Args[0]), true
		case "Get":
			on, ok := f.X.(*ast.Ident)
			return literal(n.Args[0]), ok && (on.Name == "q" || on.Name == "values" || on.Name == "query")
		}
	case *ast.IndexExpr:
		if f, ok := n.X.(*ast.SelectorExpr); ok && (f.Sel.Name == "Form" || f.Sel.Name == "PostForm") {
			return literal(n.Index), true
		}
	}
	return "", false
}

func literal(e ast.Expr) string {
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		if s, err := strconv.Unquote(l.Value); err == nil {
			return s
		}
	}
	return ""
}

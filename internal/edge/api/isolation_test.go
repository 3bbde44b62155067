package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/money"
	"rapport/internal/edge/edgetest"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/payouts"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
)

// reference says what thing a parameter or a field of a body names by its id. A new one must be added here, or this test cannot put another
// program's id into it.
var reference = map[string]string{
	"program_id": "program", "creator_id": "creator", "partnership_id": "partnership", "group_id": "group",
	"target_id": "target", "other_id": "twin", "list_id": "list", "creator_ids": "creator", "sequence_id": "sequence", "partnership_ids": "partnership", "like": "creator",
}

// pathKind says what {id} names, by the first part of the path.
var pathKind = map[string]string{
	"programs": "program", "creators": "creator", "partnerships": "partnership", "links": "link", "codes": "code", "conversions": "conversion",
	"commissions": "commission", "payouts": "payout", "applications": "application",
	"targets": "target", "lists": "list", "sequences": "sequence", "enrolments": "enrolment", "templates": "template",
}

// plainFields are the parameters and fields that name nothing by an id, with a value each that is taken. Those of named things are the victim's:
// an order's number, a code, a click.
var plainFields = map[string]any{
	"about": "tea for everybody in Germany", "topics": nil, "values": nil, "countries": nil, "languages": nil, "ages": nil, "genders": nil, "price": nil, "audience_country": nil, "audience_age": nil, "audience_gender": nil, "topic": nil,
	"min_engagement": nil, "max_price_minor": nil, "posted_within_days": nil, "has_contact": nil, "not_contacted": nil, "partnership_status": nil,
	"per_day": 50, "per_hour": 10, "steps": schemaOf, "subject": "Hello", "body": "Would you like to try it?", "after_days": 0, "sender": "Olga", "state": nil, "dry_run": nil,
	"words": []any{"strange word"}, "tags": nil, "collaborations": nil, "audience": nil,
	"limit": 1000, "cursor": nil, "q": nil, "platform": "tiktok", "tier": nil, "country": nil, "min_followers": nil, "max_followers": nil, "sort": nil,
	"status": whole, "group_by": nil, "from": nil, "to": nil, "name": "Stranger", "email": "stranger@mail.example", "handle": "strangertea", "followers": 10,
	"language": nil, "bio": "tea", "currency": "EUR", "sites": []any{"stranger.example"}, "attribution": schemaOf, "model": "last_touch", "window_days": 7,
	"prefer": "click", "hold_days": 3, "commission": schemaOf, "offer": schemaOf, "kind": nil, "value": "5", "timezone": "Europe/Berlin", "colour": "#123456",
	"payout_schedule": "weekly", "payout_minimum": schemaOf, "click_parameter": "st_click", "profiles": schemaOf, "destination": "https://plainshop.example/x",
	"slug": nil, "action": nil, "amount": schemaOf, "touches": journey, "test": nil, "customer": schemaOf, "id": "buyer", "new": true, "lines": nil,
	"occurred_at": nil, "reason": "because", "accepted": true, "terms": nil, "email_confirmed": nil, "answers": []any{"because"}, "note": "because", "rail": "csv", "verdict": "look_closer", "total": nil, "store": "shopify", "shop": "stranger.myshopify.com",
	"secret": "0123456789abcdef0123456789", "external_id": word("order"), "conversion_external_id": word("order"), "code": word("code"), "click": word("click"),
}

// word is a named thing of the victim's.
type word string

const (
	schemaOf = word("schema")  // the schema of the object or the list decides
	journey  = word("journey") // a click and a code
	whole    = word("whole")   // active in a body, not asked for in a query
)

// house is a server over two programs.
type house struct {
	*testing.T
	*edgetest.World
	api *API
}

func newHouse(t *testing.T, d *db.DB) house {
	t.Helper()
	w := edgetest.New(t, d)
	search := &discovery.Index{}
	if err := search.Refresh(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	return house{t, w, New(Config{
		Search: search,
		DB:     d, Keys: auth.NewKeys(d), Door: w.Door, Links: w.Links, Box: w.Box, Cashier: w.Cashier,
		Parts:    []creators.Part{payouts.Private(), commissions.Private(), partnerships.Private()},
		Tail:     func(context.Context, *db.Tx) ([]analytics.TailCount, error) { return nil, nil },
		LinkBase: "https://rapport.example/r", BaseURL: "https://rapport.example", Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})}
}

// call is a request to one operation.
type call struct {
	method, path string
	query        url.Values
	body         map[string]any // nil: none
	foreign      bool           // an id of the victim's is in the path or the body
	sent         []string       // texts of the victim's in it
}

func (c call) String() string {
	body, _ := json.Marshal(c.body)
	return c.method + " " + c.path + "?" + c.query.Encode() + " " + string(body)
}

func (h house) ask(c call, key string) (status int, body string) {
	h.Helper()
	var content []byte
	if c.body != nil {
		var err error
		if content, err = json.Marshal(c.body); err != nil {
			h.Fatal(err)
		}
	}
	r := httptest.NewRequest(c.method, prefix+c.path+"?"+c.query.Encode(), bytes.NewReader(content))
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	if c.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer := httptest.NewRecorder()
	h.api.ServeHTTP(answer, r)
	return answer.Code, answer.Body.String()
}

// filler makes calls of an operation. choose picks the ids for the place of a reference: "path", "query.program_id", "body.partnership_id".
type filler struct {
	house
	choose func(place, kind string) []string
	words  map[string]string
	call   *call
}

// operations are all calls of the description, with their methods.
func (h house) operations(each func(method, path string, op *huma.Operation)) {
	paths := h.api.huma.OpenAPI().Paths
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := paths[path]
		for method, op := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPatch: item.Patch, http.MethodPut: item.Put, http.MethodDelete: item.Delete,
		} {
			if op != nil {
				each(method, path, op)
			}
		}
	}
}

// places of an operation where a reference stands.
func (h house) places(path string, op *huma.Operation) (all []string) {
	f := filler{house: h, words: h.Other.Texts, choose: func(place, kind string) []string {
		all = append(all, place)
		return h.Other.IDs[kind]
	}}
	f.fill("GET", path, op)
	return all
}

// fill makes the calls of an operation: one for each id that may stand in its path.
func (f *filler) fill(method, path string, op *huma.Operation) (calls []call) {
	f.Helper()
	ids := []string{""}
	if strings.Contains(path, "{id}") {
		first := strings.Split(path, "/")[1]
		kind, known := pathKind[first]
		if !known {
			f.Fatalf("%s: say in pathKind what {id} names below /%s", path, first)
		}
		ids = f.choose("path", kind)
		if len(ids) == 0 {
			f.Fatalf("%s: edgetest makes no %s yet", path, kind)
		}
	}
	if rest := strings.ReplaceAll(path, "{id}", ""); strings.Contains(rest, "{") {
		f.Fatalf("%s: this test knows only {id} in paths; teach filler.fill the other one", path)
	}
	for _, id := range ids {
		c := call{method: method, path: strings.ReplaceAll(path, "{id}", id), query: url.Values{}, sent: []string{id}}
		f.call = &c
		for _, p := range op.Parameters {
			if p.In != "query" {
				continue
			}
			if v := f.value("query", p.Name, p.Schema); v != nil {
				c.query.Set(p.Name, fmt.Sprint(v))
			}
		}
		if op.RequestBody != nil {
			c.body, _ = f.schema("body", op.RequestBody.Content["application/json"].Schema).(map[string]any)
		}
		calls = append(calls, c)
	}
	return calls
}

func (f *filler) value(in, name string, schema *huma.Schema) any {
	f.Helper()
	if kind, ok := reference[name]; ok {
		id := f.choose(in+"."+name, kind)[0]
		f.call.sent = append(f.call.sent, id)
		if schema != nil && schema.Type == huma.TypeArray {
			return []any{id}
		}
		return id
	}
	v, known := plainFields[name]
	switch {
	case strings.HasSuffix(name, "_id") && !known:
		f.Fatalf("%s: %s is a reference; say in the table “reference” what it names", f.call.path, name)
	case !known:
		f.Fatalf("%s: the field %s is new; add it to plainFields with a value that is taken, or to “reference” if it names something by its id", f.call.path, name)
	case v == schemaOf:
		return f.schema(in, schema)
	case v == journey:
		return []any{map[string]any{"click": f.value(in, "click", nil)}, map[string]any{"code": f.value(in, "code", nil)}}
	case v == whole && in == "body":
		return "active"
	case v == whole:
		return nil
	case v == nil && schema != nil && len(schema.Enum) > 0 && in == "body":
		return schema.Enum[0]
	}
	if w, ok := v.(word); ok {
		f.call.sent = append(f.call.sent, f.words[string(w)])
		return f.words[string(w)]
	}
	return v
}

func (f *filler) schema(in string, s *huma.Schema) any {
	f.Helper()
	registry := f.api.huma.OpenAPI().Components.Schemas
	if s.Ref != "" {
		s = registry.SchemaFromRef(s.Ref)
	}
	switch s.Type {
	case huma.TypeObject:
		object := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			if name == "amount" && s.Properties["currency"] != nil { // Money
				object[name] = "12.34"
			} else if v := f.value(in, name, s.Properties[name]); v != nil {
				object[name] = v
			}
		}
		return object
	case huma.TypeArray:
		return []any{f.schema(in, s.Items)}
	}
	return nil
}

// calls are those of an operation with references of the victim's in the places of mask, and of the stranger's own in the others.
func (h house) calls(method, path string, op *huma.Operation, places []string, mask int, words map[string]string) []call {
	h.Helper()
	foreign := func(place string) bool { return mask&(1<<slices.Index(places, place)) != 0 }
	f := filler{house: h, words: words, choose: func(place, kind string) []string {
		if foreign(place) {
			return h.Victim.IDs[kind]
		}
		return h.Other.IDs[kind][:1]
	}}
	calls := f.fill(method, path, op)
	for i := range calls {
		calls[i].foreign = slices.ContainsFunc(places, func(p string) bool { return foreign(p) && !(strings.HasPrefix(p, "query.") && p != "query.program_id") })
	}
	return calls
}

func TestNoCallReachesAnotherProgram(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		victim, before := h.ProgramVictim(t), h.Rows(t)
		var sent []string // by all of them: what a stranger wrote into its own program may come back
		for _, who := range []struct {
			name, key string
			known     bool
		}{
			{"the owner of the other program", h.Other.People[auth.RoleOwner].Key, true}, {"its manager", h.Other.People[auth.RoleManager].Key, true},
			{"nobody", "", false}, {"a made-up key", "rk_" + strings.Repeat("x", 43), false},
		} {
			h.operations(func(method, path string, op *huma.Operation) {
				places := h.places(path, op)
				for _, mask := range masks(places, who.known) {
					for _, c := range h.calls(method, path, op, places, mask, h.Victim.Texts) {
						sent = append(sent, c.sent...)
						status, body := h.ask(c, who.key)
						switch refused := status == 401 || status == 403 || status == 404; {
						case !who.known && status != 401, c.foreign && !refused, status >= 500:
							t.Errorf("%s as %s: %d %s", c, who.name, status, body)
						}
						if seen := victim.Seen(body, sent...); len(seen) > 0 {
							t.Errorf("%s as %s: the answer shows %q: %s", c, who.name, seen, body)
						}
					}
				}
			})
			after := h.Rows(t)
			for _, change := range victim.Changed(before, after) {
				t.Errorf("as %s: %s", who.name, change)
			}
			before = after
		}
	})
}

// masks are the ways to mix ids of the victim's with the stranger's own. Where the id in the path is the victim's the others matter little, and
// where nobody is known nothing does.
func masks(places []string, known bool) (all []int) {
	every := 1<<len(places) - 1
	if !known {
		return []int{every}
	}
	for mask := range every + 1 {
		if len(places) > 0 && places[0] == "path" && mask&1 != 0 && mask != 1 && mask != every {
			continue
		}
		all = append(all, mask)
	}
	return all
}

// The walk above would be worth nothing if its calls were refused for another reason; whoever has the right gets through with the same calls.
func TestTheSameCallsReachTheirOwnProgram(t *testing.T) {
	h := newHouse(t, dbtest.New(t, db.EngineSQLite))
	owner := h.Victim.People[auth.RoleOwner].Key
	h.operations(func(method, path string, op *huma.Operation) {
		places := h.places(path, op)
		var answers []string
		for _, c := range h.calls(method, path, op, places, 1<<len(places)-1, h.Victim.Texts) {
			c.own(h)
			status, body := h.ask(c, owner)
			if status < 300 || status == http.StatusConflict {
				return
			}
			answers = append(answers, fmt.Sprintf("%s: %d %s", c, status, body))
		}
		if path == "/programs" && method == http.MethodPost || path == "/topics" && method != http.MethodGet {
			return // for an owner of the installation
		}
		t.Errorf("no call is taken:\n%s", strings.Join(answers, "\n"))
	})
}

// own puts values into a call that only the victim's program takes.
func (c call) own(h house) {
	if _, ok := c.body["destination"]; ok {
		c.body["destination"] = "https://" + h.Victim.Program.Sites[0] + "/x"
	}
	if _, ok := c.body["code"]; ok && c.path == "/codes" {
		c.body["code"] = "FRESH10"
	}
}

func TestAViewerAndACutKeyChangeNothing(t *testing.T) {
	h := newHouse(t, dbtest.New(t, db.EngineSQLite))
	keys := map[string]string{"a viewer": h.Victim.People[auth.RoleViewer].Key, "an owner's key to read": h.Victim.Scoped[auth.ScopeRead].Key}
	for _, key := range keys {
		h.ask(call{method: http.MethodGet, path: "/programs"}, key) // notes that the key was used
	}
	victim, before := h.ProgramVictim(t), h.Rows(t)
	for name, key := range keys {
		h.operations(func(method, path string, op *huma.Operation) {
			if method == http.MethodGet {
				return
			}
			places := h.places(path, op)
			for _, c := range h.calls(method, path, op, places, 1<<len(places)-1, h.Victim.Texts) {
				if status, body := h.ask(c, key); status != http.StatusForbidden {
					t.Errorf("%s as %s: %d %s", c, name, status, body)
				}
			}
		})
	}
	for _, change := range victim.Changed(before, h.Rows(t)) {
		t.Error(change)
	}
}

func TestFieldsNobodyAskedForAreRefused(t *testing.T) {
	h := newHouse(t, dbtest.New(t, db.EngineSQLite))
	owner := h.Victim.People[auth.RoleOwner].Key
	h.ask(call{method: http.MethodGet, path: "/programs"}, owner) // notes that the key was used
	victim, before := h.ProgramVictim(t), h.Rows(t)
	for _, extra := range []string{"id", "program", "status_", "role", "paid_at", "share_bp", "created_at", "installation_role"} {
		h.operations(func(method, path string, op *huma.Operation) {
			if method == http.MethodGet {
				return
			}
			places := h.places(path, op)
			c := h.calls(method, path, op, places, 1<<len(places)-1, h.Victim.Texts)[0]
			for _, object := range objects(c.body) {
				if _, has := object[extra]; has {
					continue
				}
				object[extra] = "owner"
				status, body := h.ask(c, owner)
				delete(object, extra)
				if status != http.StatusUnprocessableEntity || !strings.Contains(body, extra) {
					t.Errorf("%s with %s: %d %s", c, extra, status, body)
				}
			}
		})
	}
	for _, change := range victim.Changed(before, h.Rows(t)) {
		t.Errorf("a refused call left something behind: %s", change)
	}
}

// objects are an object and all within it.
func objects(v any) (all []map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		if v == nil {
			return nil // a call without a body
		}
		all = append(all, v)
		for _, inner := range v {
			all = append(all, objects(inner)...)
		}
	case []any:
		for _, inner := range v {
			all = append(all, objects(inner)...)
		}
	}
	return all
}

// A creator has no keys, so the interface knows none.
func TestCreatorsHaveNoKeys(t *testing.T) {
	h := newHouse(t, dbtest.New(t, db.EngineSQLite))
	err := h.DB.Update(t.Context(), func(tx *db.Tx) error {
		_, _, err := auth.NewKey(t.Context(), tx, "mine", h.Victim.First.User, nil)
		return err
	})
	if err == nil {
		t.Error("a creator was given a key")
	}
}

// The eye of these tests sees what it is for.
func TestALeakAndAChangeAreSeen(t *testing.T) {
	h := newHouse(t, dbtest.New(t, db.EngineSQLite))
	victim, before := h.ProgramVictim(t), h.Rows(t)
	owner := h.Victim.People[auth.RoleOwner].Key
	conversion := h.Victim.IDs["conversion"][0]
	_, body := h.ask(call{method: http.MethodGet, path: "/conversions/" + conversion}, owner)
	seen := strings.Join(victim.Seen(body), "\n")
	amount := money.Amount{Minor: 731111, Currency: "EUR"}
	for _, want := range []string{"id " + conversion, "text ", "amount " + amount.String()} {
		if !strings.Contains(seen, want) {
			t.Errorf("%q is not seen in %s: %s", want, body, seen)
		}
	}
	h.ask(call{method: http.MethodPost, path: "/conversions/" + conversion + "/cancel"}, owner)
	if len(victim.Changed(before, h.Rows(t))) == 0 {
		t.Error("a cancelled conversion is not seen")
	}
}

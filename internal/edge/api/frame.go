package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/idem"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/learn/analytics"
	"rapport/internal/pay/intake"
	"rapport/internal/pay/payouts"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
	"rapport/internal/track/links"
)

// Config is what the interface stands on.
type Config struct {
	DB      *db.DB
	Keys    *auth.Keys
	Door    intake.Door
	Links   *links.Index
	Box     *secret.Box
	Cashier payouts.Cashier
	Tail    func(ctx context.Context, tx *db.Tx) ([]analytics.TailCount, error) // answered clicks that the roll-ups tx sees do not hold yet
	// Fit says how well a creator matches the customers a program has described, 0–100; nil where nothing can be said.
	Fit      func(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID) (*int, error)
	Search   *discovery.Index // nil and empty ones search names alone
	Parts    []creators.Part  // what every room knows of a creator as a person
	LinkBase string           // what a slug is appended to: https://rapport.example/r
	BaseURL  string
	Log      *slog.Logger
}

// API serves /api/v1.
type API struct {
	Config
	huma huma.API
	mux  *http.ServeMux
}

const (
	prefix  = "/api/v1"
	maxBody = 1 << 20
)

// humaDefaults replaces huma's error document by ours and says that our lists are never null; huma keeps both in globals.
var humaDefaults = sync.OnceFunc(func() { huma.NewError, huma.DefaultArrayNullable = fromHuma, false })

// New registers every call.
func New(c Config) *API {
	humaDefaults()
	config := huma.DefaultConfig("Rapport", "1")
	config.Info.Description = "Run a micro-influencer affiliate program: creators, partnerships, links and codes, conversions, commissions, payouts, reports."
	config.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", "" // served below without extras
	config.CreateHooks = nil                                             // no $schema in answers
	config.RejectUnknownQueryParameters = true
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer", BearerFormat: "rk_…"}}
	config.Security = []map[string][]string{{"key": {}}}
	config.Servers = []*huma.Server{{URL: prefix}}
	mux := http.NewServeMux()
	a := &API{Config: c, mux: mux, huma: humago.NewWithPrefix(mux, prefix, config)}
	a.programs()
	a.creators()
	a.people()
	a.discovery()
	a.topics()
	a.vetting()
	a.partnerships()
	a.applications()
	a.sequences()
	a.enrolments()
	a.templates()
	a.pace()
	a.links()
	a.conversions()
	a.commissions()
	a.payouts()
	a.reports()
	return a
}

// Refuse answers with a problem document, for the parts of the edge beside the API that speak to programs.
func (a *API) Refuse(w http.ResponseWriter, err error) { writeProblem(w, problemOf(a.Log, err)) }

// NotFound answers an address beside the API that does not exist.
func (a *API) NotFound(w http.ResponseWriter, _ *http.Request) {
	writeProblem(w, newProblem(http.StatusNotFound, "not_found", "There is no such address."))
}

// Describe is the description of the interface, without a server behind it.
func Describe() ([]byte, error) { return New(Config{Log: slog.New(slog.DiscardHandler)}).OpenAPI() }

// OpenAPI is the description of the interface as YAML.
func (a *API) OpenAPI() ([]byte, error) { return a.huma.OpenAPI().YAML() }

// ServeHTTP answers everything under /api/.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	switch r.URL.Path {
	case prefix + "/openapi.yaml":
		a.serveOpenAPI(w)
		return
	}
	request, err := a.admit(w, r)
	if err != nil {
		writeProblem(w, problemOf(a.Log, err))
		return
	}
	if _, pattern := a.mux.Handler(request); pattern == "" {
		a.refusePath(w, request)
		return
	}
	a.mux.ServeHTTP(w, request)
}

func (a *API) serveOpenAPI(w http.ResponseWriter) {
	text, err := a.OpenAPI()
	if err != nil {
		writeProblem(w, problemOf(a.Log, err))
		return
	}
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(text)
}

// refusePath tells a path that does not exist from a method that is not offered on it.
func (a *API) refusePath(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := a.mux.Handler(probe); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		writeProblem(w, newProblem(http.StatusNotFound, "not_found", "There is no such address."))
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	writeProblem(w, newProblem(http.StatusMethodNotAllowed, "method_not_allowed", "This address takes "+strings.Join(allowed, " and ")+"."))
}

// incoming is what every handler may need of the request besides its parsed input.
type incoming struct {
	principal auth.Principal
	key       string // Idempotency-Key
	method    string
	path      string
	body      []byte
}

type incomingKey struct{}

// admit finds out who asks and reads the body within its limit.
func (a *API) admit(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || token == "" {
		return nil, fault.Unauthenticated("Send an API key: Authorization: Bearer rk_…")
	}
	principal, err := a.Keys.By(r.Context(), token)
	if err != nil {
		return nil, err
	}
	in := incoming{principal: principal, key: r.Header.Get("Idempotency-Key"), method: r.Method, path: r.URL.Path}
	if len(r.Header.Values("Idempotency-Key")) > 0 && in.key == "" {
		return nil, fault.Invalid("The key must not be empty.").In("Idempotency-Key")
	}
	if in.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, fault.TooLarge("A request has at most 1 MiB.")
		}
		return nil, fault.Malformed("The request ended before its body was complete.").Because(err)
	}
	ctx := auth.With(context.WithValue(r.Context(), incomingKey{}, in), principal)
	request := r.WithContext(ctx)
	request.Body = io.NopCloser(bytes.NewReader(in.body))
	request.ContentLength = int64(len(in.body))
	return request, nil
}

// prepared is an input that has something to ask elsewhere before the transaction begins.
type prepared interface {
	prepare(ctx context.Context, a *API)
}

// read registers a call that only looks.
func read[I, O any](a *API, op huma.Operation, do func(ctx context.Context, tx *db.Tx, p auth.Principal, in *I) (O, error)) {
	a.describe(&op, http.StatusOK, reflect.TypeFor[O]())
	type answer struct{ Body O }
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*answer, error) {
		var out answer
		if first, ok := any(in).(prepared); ok {
			first.prepare(ctx, a)
		}
		err := a.DB.View(ctx, func(tx *db.Tx) (err error) {
			out.Body, err = do(ctx, tx, auth.From(ctx), in)
			return err
		})
		if err != nil {
			return nil, problemOf(a.Log, err)
		}
		return &out, nil
	})
}

// written is the answer to a call that changes something: bytes, since a repeat is answered with what was stored.
type written struct {
	Status      int
	ContentType string `header:"Content-Type"`
	Replayed    string `header:"Idempotency-Replayed"`
	Body        []byte
}

// write registers a call that changes something, with status as its usual answer. do returns the status it wants.
func write[I, O any](a *API, op huma.Operation, status int, do func(ctx context.Context, tx *db.Tx, p auth.Principal, in *I) (int, O, error)) {
	writeThen(a, op, status, do, func(_ context.Context, body []byte) ([]byte, error) { return body, nil })
}

// writeThen is write for work that may go on after its first transaction: then turns the answer that was stored into the one that is given.
func writeThen[I, O any](a *API, op huma.Operation, status int, do func(ctx context.Context, tx *db.Tx, p auth.Principal, in *I) (int, O, error),
	then func(ctx context.Context, body []byte) ([]byte, error),
) {
	a.describe(&op, status, reflect.TypeFor[O]())
	op.Parameters = append(op.Parameters, &huma.Param{
		Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: "string", MaxLength: new(idem.MaxKey)},
		Description: "Sent again with the same body, the first answer is replayed; kept for 30 days.",
	})
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*written, error) {
		r, _ := ctx.Value(incomingKey{}).(incoming)
		request := idem.Request{Principal: r.principal.ID, Key: r.key, Method: r.method, Path: r.path, Body: r.body}
		status, body, replayed, err := idem.Run(ctx, a.DB, request, func(tx *db.Tx) (int, []byte, error) {
			status, out, err := do(ctx, tx, r.principal, in)
			if err != nil {
				return 0, nil, err
			}
			body, err := json.Marshal(out)
			return status, body, err
		})
		if err == nil {
			body, err = then(ctx, body)
		}
		if err != nil {
			return nil, problemOf(a.Log, err)
		}
		answer := &written{Status: status, ContentType: "application/json", Body: body}
		if replayed {
			answer.Replayed = "true"
		}
		return answer, nil
	})
}

// describe completes what the OpenAPI document says of a call.
func (a *API) describe(op *huma.Operation, status int, out reflect.Type) {
	op.MaxBodyBytes = maxBody
	op.DefaultStatus = status
	op.Errors = []int{400, 401, 403, 404, 409, 413, 422, 429, 500, 503}
	schema := a.huma.OpenAPI().Components.Schemas.Schema(out, true, op.OperationID)
	op.Responses = map[string]*huma.Response{strconv.Itoa(status): {
		Description: http.StatusText(status), Content: map[string]*huma.MediaType{"application/json": {Schema: schema}},
	}}
}

func operation(method, path, id, tag, summary string) huma.Operation {
	return huma.Operation{Method: method, Path: path, OperationID: id, Tags: []string{tag}, Summary: summary}
}

// List is one page of a list.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next" doc:"Cursor of the next page; empty on the last one"`
}

func listOf[T, U any](items []T, next string, shape func(T) U) List[U] {
	out := List[U]{Items: make([]U, 0, len(items)), Next: next}
	for _, item := range items {
		out.Items = append(out.Items, shape(item))
	}
	return out
}

// Paging asks for a page of a list.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
	Cursor string `query:"cursor" maxLength:"200" doc:"next of the page before"`
}

func (p Paging) page() db.Page { return db.Page{After: p.Cursor, Limit: p.Limit} }

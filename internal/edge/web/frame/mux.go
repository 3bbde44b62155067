package frame

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/mail/inbound"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/web/ui"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/intake"
	"rapport/internal/pay/payouts"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
	"rapport/internal/track/links"
)

// Deps is what pages stand on.
type Deps struct {
	DB        *db.DB
	Box       *secret.Box
	Door      intake.Door
	Links     *links.Index
	Search    *discovery.Index // nil and empty ones search names alone
	Cashier   payouts.Cashier
	Platforms *platforms.Switchboard
	Tail      func(ctx context.Context, tx *db.Tx) ([]analytics.TailCount, error) // answered clicks that the roll-ups tx sees do not hold yet
	BaseURL   string                                                              // https://rapport.example, without a slash at the end
	Lost      func() uint64                                                       // clicks sent on without a token since the start, because the log could not be written; may be nil
	LinkBase  string                                                              // what a slug is appended to
	// Fit says how well a creator matches the customers a program has described, 0–100; nil where nothing can be said.
	Fit      func(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID) (*int, error)
	Parts    []creators.Part  // what every room knows of a creator as a person
	Mailbox  *inbound.Mailbox // that answers arrive in; nil: none
	MailSent bool             // false: mails are written to a folder, so links are also shown to be copied
	Version  string
	Log      *slog.Logger
	ClientIP func(*http.Request) string
}

// Handler answers a request or returns an error, which becomes a page.
type Handler func(w http.ResponseWriter, r *Request) error

// Mux routes pages.
type Mux struct {
	Deps
	Set      *ui.Set
	mux      *http.ServeMux
	patterns []string
}

// NewMux makes a router that draws with set.
func NewMux(d Deps, set *ui.Set) *Mux { return &Mux{Deps: d, Set: set, mux: http.NewServeMux()} }

// maxForm bounds a form; uploads of import files have a limit of their own.
const maxForm = 1 << 20

// mostPrograms is how many programs a person can switch between.
const mostPrograms = 100

// Handler is the router with what every answer needs around it.
func (m *Mux) Handler() http.Handler {
	m.Open("/", func(http.ResponseWriter, *Request) error { return fault.NotFound("page") })
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.fail(w, &Request{Request: r, mux: m}, fault.Forbidden("This form came from another site, so nothing was done. Open the page here and try again."))
	}))
	protected := protection.Handler(m.mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", ui.SecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if m.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		protected.ServeHTTP(w, r)
	})
}

// Desk registers a page of the desk below /p/{program}, for people with the permission there: m.Desk("GET /sales", …).
func (m *Mux) Desk(pattern string, perm auth.Permission, h Handler) {
	m.handle(below("/p/{program}", pattern), h, func(r *Request) error {
		if r.P.Kind != auth.KindMerchant {
			return fault.NotFound("page")
		}
		id := programs.ID(r.PathValue("program"))
		if err := r.P.Require(id, perm); err != nil {
			return err
		}
		return r.View(func(tx *db.Tx) (err error) {
			if r.Program, err = programs.Find(r.Context(), tx, id); err != nil {
				return err
			}
			visible, all := r.P.Visible()
			if all {
				visible = nil
			}
			r.Programs, _, err = programs.List(r.Context(), tx, visible, db.Page{Limit: mostPrograms})
			return err
		})
	})
}

// Portal registers a page of the portal below /c/{partnership}, for the creator whose partnership it is, or for one of the merchant's people who
// looks at the portal as that creator: then reading only.
func (m *Mux) Portal(pattern string, h Handler) {
	m.handle(below("/c/{partnership}", pattern), h, func(r *Request) error {
		if r.Session.ViewingAs != "" {
			r.become(r.P.As(r.Session.ViewingAs))
		}
		if r.P.CreatorID == "" {
			return fault.NotFound("page")
		}
		if r.P.ReadOnly && r.Method != http.MethodGet {
			return fault.Forbidden("You are looking at the portal as the creator sees it; nothing can be changed here.")
		}
		return r.View(func(tx *db.Tx) (err error) {
			if r.Partnership, err = partnerships.Find(r.Context(), tx, partnerships.ID(r.PathValue("partnership"))); err != nil {
				return err
			}
			if string(r.Partnership.Creator) != r.P.CreatorID || r.P.ReadOnly && !r.P.Can(r.Partnership.Program, auth.PermView) {
				return fault.NotFound("page")
			}
			if r.Program, err = programs.Find(r.Context(), tx, r.Partnership.Program); err != nil {
				return err
			}
			return r.findNeighbours(tx)
		})
	})
}

// findNeighbours finds the creator's other programs, to switch to. Somebody who looks at the portal for them sees those they may see.
func (r *Request) findNeighbours(tx *db.Tx) error {
	all, err := partnerships.ListByCreator(r.Context(), tx, r.Partnership.Creator)
	if err != nil {
		return err
	}
	var ids []programs.ID
	for _, other := range all {
		if !r.P.ReadOnly || r.P.Can(other.Program, auth.PermView) {
			r.Partnerships, ids = append(r.Partnerships, other), append(ids, other.Program)
		}
	}
	r.Programs, _, err = programs.List(r.Context(), tx, ids, db.Page{Limit: mostPrograms})
	return err
}

// Signed registers a page for anybody who is signed in, outside a program.
func (m *Mux) Signed(pattern string, h Handler) {
	m.handle(pattern, h, func(*Request) error { return nil })
}

// Patterns are the pages that were registered, as the router reads them: "GET /p/{program}/sales". A test walks them all.
func (m *Mux) Patterns() []string { return slices.Clone(m.patterns) }

// Open registers a page for everybody, signed in or not.
func (m *Mux) Open(pattern string, h Handler) {
	m.patterns = append(m.patterns, pattern)
	m.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		request, err := m.request(r)
		if err == nil {
			err = m.limit(w, request, maxForm)
		}
		if err == nil {
			err = h(w, request)
		}
		if err != nil {
			m.fail(w, request, err)
		}
	})
}

func (m *Mux) handle(pattern string, h Handler, admit func(*Request) error) {
	m.Open(pattern, func(w http.ResponseWriter, r *Request) error {
		if r.P.Kind == "" {
			return m.askToSignIn(w, r)
		}
		if err := admit(r); err != nil {
			return err
		}
		return h(w, r)
	})
}

func below(prefix, pattern string) string {
	method, path, _ := strings.Cut(pattern, " ")
	if path == "/" {
		path = "/{$}"
	}
	return method + " " + prefix + path
}

// limit reads forms within their bound. A multipart body has the same bound, since any handler that asks for a field would read it to its end and
// write it to the disk; a handler that takes files says how much with Request.Upload.
func (m *Mux) limit(w http.ResponseWriter, r *Request, most int64) error {
	if r.Method != http.MethodPost {
		return nil
	}
	r.sent = r.Body
	r.Body = http.MaxBytesReader(w, r.sent, most)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return nil
	}
	var tooLarge *http.MaxBytesError
	switch err := r.ParseForm(); {
	case errors.As(err, &tooLarge):
		return fault.TooLarge("The form is larger than any of ours.").Because(err)
	case err != nil:
		return fault.Malformed("The form could not be read.").Because(err)
	}
	return nil
}

// request finds out who asks.
func (m *Mux) request(r *http.Request) (*Request, error) {
	request := &Request{Request: r, mux: m}
	token := m.sessionToken(r)
	if token == "" {
		return request, nil
	}
	p, s, err := auth.SessionBy(r.Context(), m.DB, token)
	if err != nil {
		if fault.KindOf(err) == fault.KindUnauthenticated {
			return request, nil // a session that ended is nobody
		}
		return request, err
	}
	request.Session, request.Token = s, token
	request.become(p)
	return request, nil
}

// become makes p the principal of the request, also for the rooms that ask its context.
func (r *Request) become(p auth.Principal) {
	r.P = p
	r.Request = r.WithContext(auth.With(r.Context(), p))
}

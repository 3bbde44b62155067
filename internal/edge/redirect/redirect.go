package redirect

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"rapport/internal/track/clicks"
	"rapport/internal/track/links"
)

// Config is what the redirect stands on.
type Config struct {
	Index   *links.Index
	Append  func(context.Context, clicks.Click) (no uint64, err error) // clicks.Log.Append
	Keys    *clicks.Keys
	Proxies Proxies               // whose X-Forwarded-For is believed; usually none
	Clock   func() time.Time      // time.Now when nil
	Logger  *slog.Logger          // slog.Default when nil
	Metrics prometheus.Registerer // none when nil
}

// Handler answers GET and HEAD of /r/{slug}, and of /{slug} where it is mounted on a link domain of its own.
type Handler struct {
	Config
	visitors visitors
	answers  answers
	lastCry  atomic.Int64 // when a loss was last logged, in Unix seconds
	unknown  page
	foreign  page
}

const (
	// The disk answers within milliseconds; a buyer should not wait longer than this for one that hangs.
	appendDeadline = time.Second
	cryEvery       = 60 // seconds
)

// New returns the handler.
func New(c Config) *Handler {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	h := &Handler{Config: c, answers: newAnswers(c.Metrics)}
	h.unknown = newPage(http.StatusNotFound, "This link does not exist", "Perhaps a letter is missing. Ask whoever shared it for the link, or open the shop directly.")
	h.foreign = newPage(http.StatusGone, "This link leads nowhere any more", "The shop has taken this link back. Open the shop directly.")
	return h
}

// Headers that are the same in every answer; shared, and never changed in place.
var (
	noStore  = []string{"no-store, private"}
	noIndex  = []string{"noindex"}
	referrer = []string{"no-referrer-when-downgrade"} // the shop's own statistics want to know where buyers come from
	empty    = []string{"0"}
)

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	header := w.Header()
	header["Cache-Control"], header["X-Robots-Tag"], header["Referrer-Policy"] = noStore, noIndex, referrer
	e, ok := h.Index.BySlug(slugOf(r.URL.Path))
	switch {
	case !ok:
		h.answers.unknown.Inc()
		h.unknown.serve(w)
	case e.Foreign:
		h.answers.foreign.Inc()
		h.foreign.serve(w)
	case e.Ended:
		h.answers.ended.Inc()
		send(w, e, r.URL.RawQuery, "")
	default:
		send(w, e, r.URL.RawQuery, h.token(r, e))
	}
}

// slugOf returns what follows /r/, or / where there is no /r/, in lower case.
func slugOf(path string) string {
	path = strings.TrimPrefix(path, "/")
	path = strings.TrimPrefix(path, "r/")
	return strings.ToLower(path)
}

func send(w http.ResponseWriter, e *links.Entry, query, token string) {
	header := w.Header()
	header["Location"] = []string{location(e, query, token)}
	header["Content-Length"] = empty
	w.WriteHeader(http.StatusFound)
}

// token writes the click down and returns its token, or "" when it was not kept.
func (h *Handler) token(r *http.Request, e *links.Entry) string {
	click := h.click(r, e)
	ctx, cancel := context.WithTimeout(r.Context(), appendDeadline)
	_, err := h.Append(ctx, click)
	cancel()
	switch {
	case err == nil && click.Flags.Person():
		h.answers.person.Inc()
	case err == nil:
		h.answers.marked.Inc()
	case r.Context().Err() != nil: // gone before the answer: no token left, and nobody misses it
		h.answers.gone.Inc()
		return ""
	default:
		h.lose(r.Context(), err)
		return ""
	}
	return h.Keys.Sign(click.Token())
}

func (h *Handler) click(r *http.Request, e *links.Entry) clicks.Click {
	agent := r.Header.Get("User-Agent")
	address := h.Proxies.Client(r)
	now := h.Clock()
	return clicks.Click{
		LinkNo: e.No, At: now, Random: rand.Uint32(), //nolint:gosec // tells clicks apart; what proves a token is its signature
		Flags: clicks.Classify(r.Method, r.Header), Device: clicks.DeviceOf(agent),
		Referrer: hostOf(r.Header.Get("Referer")), Query: kept(r.URL.RawQuery),
		Visitor: h.visitors.hash(now, address, agent), Agent: hashAgent(agent), Network: clicks.NetworkOf(address),
	}
}

// lose counts a click that was not kept, and says so at most once a minute.
func (h *Handler) lose(ctx context.Context, err error) {
	h.answers.lost.Inc()
	now, last := h.Clock().Unix(), h.lastCry.Load()
	if now-last >= cryEvery && h.lastCry.CompareAndSwap(last, now) {
		h.Logger.ErrorContext(ctx, "clicks are lost: buyers go on without tokens", "error", err, "lost_so_far", h.Stats().Lost)
	}
}

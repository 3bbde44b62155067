package connect

import (
	"strings"

	"rapport/internal/edge/platforms"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/text"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
)

// title is what a platform is called.
func title(r *frame.Request, name creators.Platform) string { return named(r.Locale(), name) }

func named(l text.Locale, name creators.Platform) string { return l.T("connect.name." + string(name)) }

// trouble says what went wrong with a connection and what happens next, or "".
func trouble(l text.Locale, c platforms.Connection) string {
	pairs := []any{"platform", named(l, c.Platform), "detail", c.Detail, "when", l.DateTime(c.NextAt), "since", l.DateTime(c.FailedAt), "n", c.Failures}
	switch {
	case c.State == platforms.StateExpired, c.State == platforms.StateRevoked, c.State == platforms.StateGone:
		return l.T("connect.over."+string(c.State), pairs...)
	case c.Kind == "":
		return ""
	case c.Stuck():
		return l.T("connect.failure."+string(c.Kind), pairs...) + " " + l.T("connect.stuck", pairs...)
	}
	said := l.T("connect.failure."+string(c.Kind), pairs...)
	if !c.NextAt.IsZero() {
		said += " " + l.T("connect.next", pairs...)
	}
	return said
}

// badge is the state of a connection.
func badge(r *frame.Request, c platforms.Connection) ui.Badge {
	b := ui.Badge{Label: r.T("connect.state." + string(c.State))}
	switch c.State {
	case platforms.StateConnected:
		b.Tone = ui.Good
	case platforms.StateFailing:
		b.Tone = ui.Warn
	case platforms.StateExpired, platforms.StateRevoked, platforms.StateGone:
		b.Tone = ui.Bad
	case platforms.StateEnded:
	}
	return b
}

// notes are what a platform left out.
func notes(r *frame.Request, c platforms.Connection) string {
	var all []string
	for _, n := range c.Notes {
		all = append(all, r.T("connect.note."+n))
	}
	return strings.Join(all, " ")
}

// quota is a limit as a bar with its words.
type quota struct {
	ID, Label, Text, Pause string
	Used, Limit            int64
}

func quotaOf(r *frame.Request, name creators.Platform, q platforms.Quota) ui.Component {
	what := strings.NewReplacer(".", "_", "-", "_").Replace(q.Name)
	used := min(q.Used, q.Limit)
	shown := quota{
		ID: "quota-" + string(name) + "-" + what, Label: r.T("connect.bucket." + string(name) + "." + what), Used: used, Limit: q.Limit,
		Text: r.T("connect.quota."+string(q.Window), "left", r.Locale().Number(q.Limit-used), "limit", r.Locale().Number(q.Limit), "when", r.Locale().DateTime(q.ResetsAt)),
	}
	if !q.PausedUntil.IsZero() {
		shown.Pause = r.T("connect.paused", "platform", title(r, name), "when", r.Locale().DateTime(q.PausedUntil))
	}
	return ui.Part{Template: "connect/quota", Data: shown}
}

// ways are links that leave for a platform's own pages.
func ways(links ...ui.Link) ui.Component { return ui.Part{Template: "connect/ways", Data: links} }

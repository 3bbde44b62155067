package connect

import (
	"strings"
	"time"

	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/youtube"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/text"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
)

// title is what a platform is called.
func title(r *frame.Request, name creators.Platform) string { return named(r.Locale(), name) }

func named(l text.Locale, name creators.Platform) string { return l.T("connect.name." + string(name)) }

// reader is whom a sentence is for: each can do something else.
type reader string

const (
	merchant reader = "desk"
	owner    reader = "yours"
)

// trouble says what went wrong with a connection, what becomes of what is known of it, and what can be done about it; "" if nothing went wrong.
func trouble(l text.Locale, c platforms.Connection, to reader, now time.Time) string {
	if c.Kind == "" && !isOver(c) {
		return ""
	}
	pairs := []any{"platform", named(l, c.Platform), "detail", c.Detail, "when", l.DateTime(c.NextAt), "since", l.DateTime(c.FailedAt), "n", c.Failures,
		"told", l.DateTime(c.ToldAt)}
	keys := []string{what(c, to)}
	if kept, until := keptUntil(c, now); kept != "" {
		keys, pairs = append(keys, kept), append(pairs, "until", l.DateTime(until))
	}
	var all []string
	for _, key := range append(keys, step(c, to)) {
		if key != "" {
			all = append(all, l.T("connect."+key, pairs...))
		}
	}
	return strings.Join(all, " ")
}

// isOver reports whether nothing is read any more before the creator connects again.
func isOver(c platforms.Connection) bool {
	return c.State == platforms.StateExpired || c.State == platforms.StateRevoked || c.State == platforms.StateGone
}

func what(c platforms.Connection, to reader) string {
	switch {
	case isOver(c):
		return "over." + string(c.State)
	case to == owner && (c.Kind == platforms.FailureAppRefused || c.Kind == platforms.FailurePermissionMissing):
		return "yours.failure." + string(c.Kind) // the app is the merchant's
	}
	return "failure." + string(c.Kind)
}

// keptUntil says what becomes of what is known, as the platform's terms have it.
func keptUntil(c platforms.Connection, now time.Time) (key string, until time.Time) {
	keep := youtube.Rules().Keep
	switch {
	case c.State == platforms.StateRevoked || c.State == platforms.StateGone:
		if until = c.FailedAt.Add(platforms.Grace); until.Before(now) {
			return "kept.over.past", until
		}
		return "kept.over." + string(c.State), until
	case c.LastOKAt.IsZero():
		return "", until
	case c.Platform != creators.PlatformYouTube:
		return "kept", until
	}
	if until = c.LastOKAt.Add(keep); until.Before(now) {
		return "kept.past", until
	}
	return "kept.until", until
}

// step is what whoever reads it can do, or when we go on by ourselves.
func step(c platforms.Connection, to reader) string {
	switch {
	case isOver(c) && to == merchant && c.State != platforms.StateGone && !c.ToldAt.IsZero():
		return "step.desk.told"
	case isOver(c):
		return "step." + string(to) + "." + string(c.State)
	case c.Stuck():
		return "step." + string(to) + ".stuck"
	case !c.NextAt.IsZero():
		return "next"
	}
	return ""
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

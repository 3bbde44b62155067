package desk

import (
	"net/http"
	"net/url"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
)

type timelineBody struct {
	Head  partnerHead
	Story ui.Timeline
	Pager ui.Pager
}

func partnerTimeline(w http.ResponseWriter, r *frame.Request) error {
	var body timelineBody
	var next string
	who, head, err := withPartner(r, func(tx *db.Tx, who partner) error {
		events, more, err := partnerships.Timeline(r.Context(), tx, who.ID, r.After())
		body.Story, next = story(r, events), more
		return err
	})
	if err != nil {
		return err
	}
	body.Head = head
	if next != "" {
		body.Pager.Next = who.url(r, "/timeline?after="+url.QueryEscape(next))
	}
	return r.Render(w, http.StatusOK, "desk_partners_timeline", partnerPage(r, who, "/timeline"), body)
}

var eventIcons = map[partnerships.EventKind]string{
	partnerships.EventCreated: "user-plus", partnerships.EventStatus: "arrow-right", partnerships.EventGroup: "users-group", partnerships.EventTerms: "file-text", partnerships.EventNote: "note", partnerships.EventFound: "message", partnerships.EventPlan: "checklist", partnerships.EventMail: "mail",
}

//icons: user-plus arrow-right users-group file-text note message checklist mail

// story tells what happened to a partnership in words.
func story(r *frame.Request, events []partnerships.Event) ui.Timeline {
	var t ui.Timeline
	for _, e := range events {
		t.Events = append(t.Events, ui.Event{At: e.At, Title: r.T("partners.event." + string(e.Kind)), Text: eventText(r, e), Who: e.Actor, Icon: eventIcons[e.Kind]})
	}
	return t
}

// eventText puts the statuses of an event into words.
func eventText(r *frame.Request, e partnerships.Event) string {
	switch e.Kind {
	case partnerships.EventCreated, partnerships.EventStatus:
		var words []string
		for s := range strings.SplitSeq(e.Text, " → ") {
			if partnerships.Status(s).Valid() {
				s = area.StatusWord(r, partnerships.Status(s))
			}
			words = append(words, s)
		}
		return strings.Join(words, " → ")
	case partnerships.EventGroup:
		return orDefault(e.Text, r.T("partners.group.none"))
	case partnerships.EventTerms:
		return orDefault(e.Text, r.T("partners.event.terms.none"))
	case partnerships.EventMail:
		return r.T("partners.event.mail." + e.Text)
	case partnerships.EventNote, partnerships.EventFound, partnerships.EventPlan:
	}
	return e.Text
}

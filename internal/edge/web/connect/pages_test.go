package connect

import (
	"strings"
	"testing"

	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
)

// TestEveryPageIsExecuted with full, empty and awkward data; the handlers' own tests open them with what is in the database.
func TestEveryPageIsExecuted(t *testing.T) {
	set, err := ui.New(frame.Templates, Templates)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("Müller <b>محمد</b> ", 8)
	parts := ui.Stack{
		ui.Part{Template: "connect/quota", Data: quota{ID: "q1", Label: long, Text: long, Pause: long, Used: 10_000_000, Limit: 10_000_000}},
		ui.Part{Template: "connect/quota", Data: quota{ID: "q2", Label: "x", Text: "y", Limit: 1}},
		ways(ui.Link{URL: "https://platform.example/", Label: long}), ways(), ui.Part{Template: "talking/evidence", Data: quoted{long, "https://platform.example/", long}}, ui.Part{Template: "talking/evidence", Data: quoted{Words: long}},
		ui.Part{Template: "connect/steps", Data: []string{long, "x"}},
	}
	samples := map[string][]*ui.Page{"frame_error": {{Layout: ui.Plain, Lang: "en", Title: "x", Body: frame.ErrorBody{Text: long}}}}
	for _, layout := range []ui.Layout{ui.Plain, ui.Desk, ui.Portal} {
		samples["connect_page"] = append(samples["connect_page"], &ui.Page{Layout: layout, Lang: "en", Title: long, Body: parts}, &ui.Page{Layout: layout, Lang: "en", Title: "x", Body: ui.Stack(nil)})
	}
	if err := set.Verify(samples); err != nil {
		t.Error(err)
	}
}

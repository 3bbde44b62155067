package setup

import (
	"strings"
	"testing"
	"time"

	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
)

func TestEveryPageIsExecuted(t *testing.T) {
	set, err := ui.New(frame.Templates, Templates)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("Fernwood & Sons <b>", 8)
	parts := ui.Stack{
		ui.Words("محمد " + long), ways(ui.Link{URL: "/a", Label: long}), ui.Columns{ui.Stack{ui.Words("left")}, ui.Stack{}},
		ui.Part{Template: "setup/logo", Data: ui.Link{URL: "/logo/prg_1", Label: long}},
		ui.Part{Template: "setup/agent", Data: ""}, ui.Part{Template: "setup/agent", Data: long}, ui.Part{Template: "setup/when", Data: time.Now()}, at(time.Now()), ui.Stack{ui.Words("x")},
		ui.Part{Template: "setup/change", Data: change{}}, ui.Part{Template: "setup/change", Data: change{Subject: "prg_1", Note: long, Before: "{}", After: `{"name": "<script>"}`}},
	}
	samples := map[string][]*ui.Page{"frame_error": {{Layout: ui.Plain, Lang: "en", Title: "x", Body: frame.ErrorBody{Text: long}}}}
	for _, layout := range []ui.Layout{ui.Plain, ui.Desk, ui.Portal} {
		samples["setup_page"] = append(samples["setup_page"], &ui.Page{Layout: layout, Lang: "en", Title: long, Body: parts}, &ui.Page{Layout: layout, Lang: "en", Title: "x", Body: ui.Stack(nil)})
	}
	if err := set.Verify(samples); err != nil {
		t.Error(err)
	}
}

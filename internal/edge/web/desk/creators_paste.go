package desk

import (
	"net/http"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// mostPasted bounds a pasted list; longer ones are imported as a file.
const mostPasted = 500

// pasted is what became of a line.
type pasted struct {
	Line    int
	Text    string
	URL     string
	Outcome ui.Badge
	Because string
}

type pasteBody struct {
	Form  ui.Form
	Lines []pasted
	Done  string // what happened, once something did
	Next  []ui.Action
}

func pasteCreators(w http.ResponseWriter, r *frame.Request) error {
	return showPaste(w, r, http.StatusOK, pasteBody{Form: pasteForm(r)})
}

func showPaste(w http.ResponseWriter, r *frame.Request, status int, body pasteBody) error {
	p := r.Page("creators", "creators.paste.title")
	p.Lead = r.T("creators.paste.lead")
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}}
	return r.Render(w, status, "desk_creators_paste", p, body)
}

func pasteForm(r *frame.Request) ui.Form {
	return ui.Form{
		Action: r.To("/creators/paste"), Submit: r.T("creators.paste.submit"), Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: r.To("/creators")},
		Fields: []ui.Field{
			{Name: "list", Label: r.T("creators.paste.list"), Kind: ui.Area, Rows: 10, Hint: r.T("creators.paste.hint"), Placeholder: r.T("creators.paste.example"), Value: r.FormValue("list"), Required: true},
			{Name: "platform", Label: r.T("creators.paste.platform"), Kind: ui.Select, Value: orDefault(r.FormValue("platform"), string(creators.PlatformInstagram)), Options: area.PlatformChoices(r), Required: true},
		},
	}
}

// addPasted takes a list line by line. A line that was taken before changes nothing, so the list may be sent again.
func addPasted(w http.ResponseWriter, r *frame.Request) error {
	lines := listLines(r.FormValue("list"))
	form := pasteForm(r)
	switch {
	case len(lines) == 0:
		form.Fail(fault.Invalid(r.T("creators.paste.empty")).In("list"))
		return showPaste(w, r, http.StatusUnprocessableEntity, pasteBody{Form: form})
	case len(lines) > mostPasted:
		form.Fail(fault.Invalid(r.T("creators.paste.many", "most", mostPasted)).In("list"))
		return showPaste(w, r, http.StatusUnprocessableEntity, pasteBody{Form: form})
	}
	platform, ok := creators.ParsePlatform(r.FormValue("platform"))
	if !ok {
		platform = creators.PlatformOther
	}
	body := pasteBody{Form: form}
	refused := 0
	for _, line := range lines {
		told, err := takeLine(r, line, platform)
		if err != nil {
			return err
		}
		if told.Because != "" {
			refused++
		}
		body.Lines = append(body.Lines, told)
	}
	body.Done = r.T("creators.paste.done", "n", len(lines)-refused, "refused", refused)
	body.Next = []ui.Action{{Label: r.T("creators.paste.see"), Icon: "users", URL: r.To("/creators/pipeline"), Look: ui.Primary}}
	return showPaste(w, r, http.StatusOK, body)
}

// listLine is a line that says something, by its place.
type listLine struct {
	number int
	text   string
}

func listLines(list string) (lines []listLine) {
	number := 0
	for text := range strings.Lines(list) {
		number++
		if text = strings.TrimSpace(strings.Trim(strings.TrimSpace(text), ",;")); text != "" {
			lines = append(lines, listLine{number, text})
		}
	}
	return lines
}

// takeLine makes a line a prospect in a transaction of its own, so that one wrong line takes nothing else along.
func takeLine(r *frame.Request, line listLine, platform creators.Platform) (pasted, error) {
	told := pasted{Line: line.number, Text: cutText(line.text, 80)}
	err := r.Update(func(tx *db.Tx) error {
		p, known, err := bringIn(r, tx, readLine(line.text, platform, r), partnerships.StatusProspect)
		if err != nil {
			return err
		}
		told.URL, told.Outcome = area.PartnerURL(r, p.ID, ""), ui.Badge{Label: r.T("creators.paste.taken"), Tone: ui.Good}
		if known {
			told.Outcome = ui.Badge{Label: r.T("creators.paste.known"), Icon: "equal"}
		}
		return nil
	})
	if f, ok := fault.As(err); ok && frame.IsMistake(err) {
		told.Outcome, told.Because = ui.Badge{Label: r.T("creators.paste.refused"), Tone: ui.Bad}, f.Message
		return told, nil
	}
	return told, err
}

// readLine understands "Maya Ortiz, @maya, maya@mail.example" in any order: a part with @ inside is an address, one that begins with @ or is the
// address of a page is an account, the rest is the name.
func readLine(text string, platform creators.Platform, r *frame.Request) creators.New {
	n := creators.New{Program: r.Program.ID}
	var name []string
	for _, part := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(",;\t<>|", c) }) {
		for word := range strings.FieldsSeq(part) {
			switch {
			case isAccount(word):
				p := creators.NewProfile{Handle: word}
				if strings.HasPrefix(word, "@") {
					p.Platform = platform
				}
				n.Profiles = append(n.Profiles, p)
			case strings.Contains(word, "@"):
				n.Contact.Email = word
			default:
				name = append(name, word)
			}
		}
	}
	n.Name = strings.Join(name, " ")
	if before, _, ok := strings.Cut(n.Contact.Email, "@"); ok && n.Name == "" && len(n.Profiles) == 0 {
		n.Name = before
	}
	return n
}

func isAccount(word string) bool {
	return strings.HasPrefix(word, "@") || strings.Contains(word, "://") || strings.HasPrefix(word, "www.") || strings.Contains(word, ".com/")
}

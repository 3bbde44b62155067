package ui

import (
	"html/template"
	"strings"
	"unicode/utf8"

	"github.com/skip2/go-qrcode"

	"rapport/internal/base/money"
)

// Component is a part of a page that knows its template: {{ui .Body.Total}}. The values below are all there is; for a part of your own, use Part.
type Component interface {
	part() (template string, data any)
}

// Part renders a template of the page's own source wherever a component may stand, for example in a table cell.
type Part struct {
	Template string
	Data     any
}

func (p Part) part() (string, any) { return p.Template, p.Data }

// Group shows several components after each other in one cell.
type Group []Component

func (g Group) part() (string, any) { return "ui/group", g }

// Tone is what a status means to the reader. Every tone has a picture and words beside its colour.
type Tone string

// The tones.
const (
	Neutral Tone = ""
	Info    Tone = "info"
	Good    Tone = "good"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
)

//icons: point-filled info-circle circle-check clock alert-triangle circle-x arrow-back-up player-pause circle-dashed

// toneIcons are the pictures of tones where the badge names none.
var toneIcons = map[Tone]string{Neutral: "circle-dashed", Info: "info-circle", Good: "circle-check", Warn: "clock", Bad: "alert-triangle"}

// Badge is a word with a tone.
type Badge struct {
	Label string
	Tone  Tone
	Icon  string // "" is the tone's own
	Hint  string // shown on hover
}

func (b Badge) part() (string, any) {
	if b.Icon == "" {
		b.Icon = toneIcons[b.Tone]
	}
	return "ui/badge", b
}

// Status is the badge of a state known to the house ("pending", "held", …): one word, one tone, one picture, the same on every page.
type Status string

func (s Status) part() (string, any) {
	look, ok := statuses[s]
	if !ok {
		panic("BUG: no badge for status " + string(s))
	}
	return "ui/status", struct {
		Status
		statusLook
	}{s, look}
}

type statusLook struct {
	Tone Tone
	Icon string
}

// statuses: commissions, payouts and their batches, partnerships, agreements, tasks, deliveries.
var statuses = map[Status]statusLook{
	"pending":   {Warn, "clock"},
	"approved":  {Info, "circle-check"},
	"paid":      {Good, "circle-check"},
	"held":      {Warn, "player-pause"},
	"rejected":  {Bad, "circle-x"},
	"reversed":  {Bad, "arrow-back-up"},
	"prospect":  {Neutral, "circle-dashed"},
	"applied":   {Info, "inbox"},
	"invited":   {Info, "send"},
	"active":    {Good, "circle-check"},
	"paused":    {Warn, "player-pause"},
	"declined":  {Bad, "circle-x"},
	"ended":     {Neutral, "circle-x"},
	"draft":     {Neutral, "pencil"},
	"prepared":  {Warn, "clock"},
	"released":  {Info, "lock-open"},
	"sent":      {Info, "send"},
	"failed":    {Bad, "alert-triangle"},
	"unknown":   {Warn, "help-circle"},
	"settled":   {Good, "circle-check"},
	"cancelled": {Neutral, "circle-x"},
	"refunded":  {Bad, "arrow-back-up"},
	"counted":   {Good, "circle-check"},
	"uncounted": {Neutral, "circle-x"},
	"open":      {Info, "circle-dashed"},
	"done":      {Good, "circle-check"},
	"overdue":   {Bad, "alert-triangle"},
	"test":      {Neutral, "flask"},
}

//icons: send inbox pencil lock-open help-circle flask clock

// Money is an amount in a cell or sentence; with Why it opens its explanation.
type Money struct {
	Amount money.Amount
	Why    string // address of the explanation, or ""
	About  bool   // an estimate: "about"
}

func (m Money) part() (string, any) { return "ui/money", m }

// Nothing stands for a figure that is not known, and says why on hover and focus.
type Nothing struct{ Because string }

func (n Nothing) part() (string, any) { return "ui/nothing", n }

// WhyLink opens the explanation at URL beside the page; without script it leads there.
type WhyLink struct {
	URL   string
	Label any // what show takes; nil is "Why?"
}

func (w WhyLink) part() (string, any) { return "ui/whylink", w }

// Avatar is a face, or initials where there is none or it does not load.
type Avatar struct {
	Name string
	URL  string
	Size string // "sm", "" or "lg"
}

func (a Avatar) part() (string, any) { return "ui/avatar", a }

// Person is an avatar with the name and a second line, as a link where there is an address.
type Person struct {
	Name, Sub, URL, AvatarURL string
}

func (p Person) part() (string, any) { return "ui/person", p }

// Tile is a figure with its change and its way to the rows behind it.
type Tile struct {
	Label   string
	Value   any    // what show takes; nil is unknown
	Unit    string // "orders"
	Change  *float64
	Against string // "the 30 days before"
	LessIs  Tone   // Bad if a rise is bad (refunds): colours the change
	Small   string // one small line
	Unknown string // why Value is nil
	URL     string
}

func (t Tile) part() (string, any) { return "ui/tile", t }

// Tone tells whether the change is good news.
func (t Tile) Tone() Tone {
	switch {
	case t.Change == nil || *t.Change == 0:
		return Neutral
	case (*t.Change > 0) == (t.LessIs != Bad):
		return Good
	default:
		return Bad
	}
}

// Known says whether there is a figure.
func (t Tile) Known() bool { return t.Value != nil }

// ChangeBy is the change as a fraction.
func (t Tile) ChangeBy() float64 { return *t.Change }

// Way is the direction of the change: "up", "down" or "flat".
func (t Tile) Way() string {
	switch {
	case *t.Change > 0:
		return "up"
	case *t.Change < 0:
		return "down"
	default:
		return "flat"
	}
}

// Tiles lays tiles out in a row that wraps.
type Tiles []Tile

func (t Tiles) part() (string, any) { return "ui/tiles", t }

// EmptyState is one sentence and one button where there is nothing yet.
type EmptyState struct {
	Icon, Title, Text string
	Action            *Action
}

func (e EmptyState) part() (string, any) { return "ui/empty", e }

// Action is a button: a link, or with Post a form of its own.
type Action struct {
	Label, Icon, URL string
	Post             bool
	Hidden           []Pair   // sent along with a Post
	Look             Look     // default is the plain button
	Confirm          *Confirm // asked first; only with Post
	Dialog           bool     // the link's page opens in a dialog
	Disabled         string   // why it cannot be done now; shown, not hidden
	Download         bool
	Full             bool // load the page as a whole: sign-in, another program
}

// Look is how loud a button is.
type Look string

// The looks. One Primary a page.
const (
	Secondary Look = ""
	Primary   Look = "primary"
	Danger    Look = "danger"
	Quiet     Look = "quiet"
)

func (a Action) part() (string, any) { return "ui/action", a }

// Loud is the action as the page's main one.
func (a Action) Loud() Action {
	if a.Look == Secondary {
		a.Look = Primary
	}
	return a
}

// Actions is a row of buttons.
type Actions []Action

func (a Actions) part() (string, any) { return "ui/actions", a }

// Confirm says what will happen, to how many, how much, and whether it can be undone.
type Confirm struct {
	Title   string
	What    string   // "12 creators are paid $1,204.50 by bank file."
	Effects []string // further lines
	Undo    string   // "You can undo this until the file is sent." or "This cannot be undone."
	Button  string   // the verb: "Pay 12 creators"
	Danger  bool
	Type    string // text to be typed first, such as the total
	TypeAs  string // name of the field it is sent as
}

// Flash is a line that says what was done, with undo where there is one.
type Flash struct {
	Tone Tone
	Text string
	Undo *Action
}

func (f Flash) part() (string, any) {
	return "ui/flash", struct {
		Flash
		Icon string
	}{f, toneIcons[f.Tone]}
}

// Progress is work that takes more than a second.
type Progress struct {
	ID          string
	Label       string // what is being done
	Done, Total int    // Total 0: nobody knows
	Detail      string // "412 of 1,000 rows"
	Leave       string // "You can leave this page." or why not
	Poll        string // address that answers with this component again, every 2 s while unfinished
}

func (p Progress) part() (string, any) { return "ui/progress", p }

// Finished says that nothing more will come.
func (p Progress) Finished() bool { return p.Total > 0 && p.Done >= p.Total }

// Checklist is Home's list of first steps.
type Checklist struct {
	Title string
	Items []CheckItem
}

// CheckItem is one step.
type CheckItem struct {
	Label, Hint, URL string
	Done             bool
	Optional         bool
}

func (c Checklist) part() (string, any) { return "ui/checklist", c }

// Done counts the finished steps.
func (c Checklist) Done() (n int) {
	for _, item := range c.Items {
		if item.Done {
			n++
		}
	}
	return n
}

// Next is the index of the first open step, which is the one to do; -1 when all are done.
func (c Checklist) Next() int {
	for i, item := range c.Items {
		if !item.Done && !item.Optional {
			return i
		}
	}
	return -1
}

// Timeline tells what happened, newest first as given.
type Timeline struct{ Events []Event }

// Event is one thing that happened.
type Event struct {
	At    any // time.Time or microseconds
	Title string
	Text  string
	Who   string
	Icon  string
	Tone  Tone
	Value any    // at the right: an amount, a badge
	Why   string // address of the explanation
}

func (t Timeline) part() (string, any) { return "ui/timeline", t }

// Why explains an amount or verdict; the desk and the portal show the same words. On a page of its own the page's title asks the question and Title
// stays empty: the side panel shows the page's title too.
type Why struct {
	Title      string // "Why $12.40?", only where it stands among other things
	Verdict    Component
	Summary    string // what happened, in one or two sentences
	Facts      []Pair // the rule, dates, code, amounts
	Touches    []Event
	Considered []Option // what else was looked at
	Who        string   // who can change it
	Actions    Actions  // "Ask for a review"
}

// Option is something that was considered and did not win.
type Option struct{ What, Because string }

func (w Why) part() (string, any) { return "ui/why", w }

// Pair is a term and what it is.
type Pair struct {
	Label string
	Value any // what show takes
	Hint  string
}

// Definitions is a list of pairs.
type Definitions []Pair

func (d Definitions) part() (string, any) { return "ui/definitions", d }

// CopyField shows something to take along: a link, a code, a caption.
type CopyField struct {
	Label, Value string
	Share        bool   // offer the phone's share sheet too
	ShareTitle   string // for the sheet
	ShareText    string // "" shares Value
	Multiline    bool
	Hint         string
}

func (c CopyField) part() (string, any) { return "ui/copy", c }

// Rows is how many lines a text of several takes on a phone, where some 36 letters go on one.
func (c CopyField) Rows() (n int) {
	for line := range strings.SplitSeq(c.Value, "\n") {
		n += 1 + max(utf8.RuneCountInString(line)-1, 0)/36
	}
	return min(max(n, 3), 12)
}

// QR draws a text as a code that a phone reads.
type QR struct {
	Text, Caption string
	DownloadURL   string
}

func (q QR) part() (string, any) {
	return "ui/qr", struct {
		QR
		Path string
		Side int
	}{q, qrPath(q.Text), qrSide(q.Text)}
}

func qrBitmap(text string) [][]bool {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil // too long for any code: the caption and the link beside it remain
	}
	return code.Bitmap()
}

func qrSide(text string) int { return len(qrBitmap(text)) }

// qrPath draws the dark fields as one path, a unit square each.
func qrPath(text string) string {
	var path []byte
	for y, row := range qrBitmap(text) {
		for x, dark := range row {
			if dark {
				path = appendSquare(path, x, y)
			}
		}
	}
	return string(path)
}

// Tabs are views of the same thing, each with an address of its own.
type Tabs []Link

func (t Tabs) part() (string, any) { return "ui/tabs", t }

// Pager leads through keyset pages.
type Pager struct {
	Prev, Next string // addresses, "" at the ends
	Info       string // "1–50 of 1,204"
}

func (p Pager) part() (string, any) { return "ui/pager", p }

// Phone shows a page of ours as on a phone.
type Phone struct{ Title, URL string }

func (p Phone) part() (string, any) { return "ui/phone", p }

// Card is a titled box around anything.
type Card struct {
	Title, Sub string
	Action     *Action
	Body       any // what show takes
	Flush      bool
}

func (c Card) part() (string, any) { return "ui/card", c }

// HTML is for pieces of markup a handler already has as safe.
type HTML = template.HTML

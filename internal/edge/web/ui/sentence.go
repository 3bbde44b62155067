package ui

import (
	"regexp"
	"slices"
)

// SentenceEditor is terms as a sentence with editable words:
//
//	Text:   "Creators earn {commission} of a sale within {window} of a click"
//	Fields: commission (Percent, "15"), window (Number, "30", Suffix "days")
//
// It is a form: without script the words are plain inputs and the button is always there; with it, the button appears once a word has changed.
type SentenceEditor struct {
	ID     string
	Action string
	Text   string // {name} stands for a field
	Fields []Field
	Submit string
	Error  string
	Hint   string
	Locked bool // read-only: the words are shown bold
	Open   bool // the button is there from the start: a step that is taken by saving
}

func (s SentenceEditor) part() (string, any) { return "ui/sentence", s }

// Piece is a run of words or one editable word.
type Piece struct {
	Words string
	Field *Field
}

var slot = regexp.MustCompile(`\{([a-z_]+)\}`)

// Pieces cuts Text at its slots.
func (s SentenceEditor) Pieces() []Piece {
	var pieces []Piece
	at := 0
	for _, m := range slot.FindAllStringSubmatchIndex(s.Text, -1) {
		pieces = append(pieces, Piece{Words: s.Text[at:m[0]]}, Piece{Field: s.field(s.Text[m[2]:m[3]])})
		at = m[1]
	}
	return append(pieces, Piece{Words: s.Text[at:]})
}

func (s SentenceEditor) field(name string) *Field {
	i := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		panic("BUG: sentence " + s.ID + " has no field " + name)
	}
	_, data := s.Fields[i].part()
	f := data.(Field)
	f.ID = s.ID + "-" + f.Name
	return &f
}

// Width is how many letters wide the word's input is.
func (f Field) Width() int { return max(2, len([]rune(f.Value))+1) }

// Chosen is the label of the selected option.
func (f Field) Chosen() string {
	for _, o := range f.Options {
		if o.Value == f.Value {
			return o.Label
		}
	}
	return f.Value
}

// Wrong lists the fields with an error.
func (s SentenceEditor) Wrong() []Field {
	var wrong []Field
	for _, p := range s.Pieces() {
		if p.Field != nil && p.Field.Error != "" {
			wrong = append(wrong, *p.Field)
		}
	}
	return wrong
}

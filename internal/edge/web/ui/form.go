package ui

import (
	"cmp"
	"unicode"
	"unicode/utf8"

	"rapport/internal/base/fault"
)

// Kind is what a field holds.
type Kind string

// The kinds of fields.
const (
	Text     Kind = "text"
	Email    Kind = "email"
	Password Kind = "password"
	URL      Kind = "url"
	Search   Kind = "search"
	Number   Kind = "number"
	Date     Kind = "date"
	MoneyIn  Kind = "money"   // Value is the decimal amount, Suffix the currency
	Percent  Kind = "percent" // Value is 15 for 15 %
	Select   Kind = "select"
	Area     Kind = "area"
	Check    Kind = "check"
	Radio    Kind = "radio"
	File     Kind = "file"
	ColourIn Kind = "color"
	Hidden   Kind = "hidden"
)

// Field is a labelled input with its hint and its error.
type Field struct {
	Name, Label, Hint, Error string
	Kind                     Kind // "" is Text
	Value                    string
	Options                  []Choice // Select, Radio
	Required, Checked        bool
	Placeholder              string
	Autocomplete             string // "email", "current-password", …
	Suffix                   string // currency or unit
	Min, Max, Step           string
	MaxLength, Rows          int
	Accept                   string // File
	Autofocus, Off           bool
	ID                       string // "" is made of Name
}

func (f Field) part() (string, any) {
	f.Kind = cmp.Or(f.Kind, Text)
	f.ID = cmp.Or(f.ID, "f-"+f.Name)
	if f.Kind == Percent {
		f.Suffix = cmp.Or(f.Suffix, "%")
	}
	if f.Rows == 0 {
		f.Rows = 4
	}
	return "ui/field", f
}

// InputType is the type attribute.
func (f Field) InputType() Kind {
	if f.Kind == MoneyIn || f.Kind == Percent {
		return Text // with inputmode decimal: number fields drop what they cannot read
	}
	return f.Kind
}

// Described is the value of aria-describedby.
func (f Field) Described() string {
	switch {
	case f.Error != "" && f.Hint != "":
		return f.ID + "-error " + f.ID + "-hint"
	case f.Error != "":
		return f.ID + "-error"
	case f.Hint != "":
		return f.ID + "-hint"
	default:
		return ""
	}
}

// Modest is the plain button, for a form that is not the main thing on its page: a form without a look has the primary one.
const Modest Look = "modest"

// Form is fields with a button. It posts to Action; give it the address of the page that shows it, so that a refused form can be reloaded.
type Form struct {
	Action string
	Get    bool
	Fields []Field
	Error  string // of the whole form
	Submit string
	Look   Look // of the button; default Primary
	Cancel *Link
	Hidden []Pair
	Upload bool
	Full   bool // load the answer as a whole page: sign-in
}

func (f Form) part() (string, any) {
	f.Look = cmp.Or(f.Look, Primary)
	return "ui/form", f
}

// Fail puts the faults of err beside their fields, and at the top those that belong to none. Errors that are no faults are left to the caller.
func (f *Form) Fail(err error) (shown bool) {
	first, ok := fault.As(err)
	if !ok {
		return false
	}
	for _, one := range append([]*fault.Error{first}, first.Others...) {
		f.fail(one)
	}
	return true
}

func (f *Form) fail(one *fault.Error) {
	for i := range f.Fields {
		if f.Fields[i].Name == one.Field && one.Field != "" {
			f.Fields[i].Error = Sentence(one.Message)
			return
		}
	}
	if f.Error != "" {
		f.Error += " "
	}
	f.Error += Sentence(one.Message)
}

// Wrong counts the fields with an error.
func (f Form) Wrong() (n int) {
	for _, field := range f.Fields {
		if field.Error != "" {
			n++
		}
	}
	return n
}

// Sentence writes the message of a fault as people read it: with a capital at its beginning and a stop at its end.
func Sentence(message string) string {
	first, size := utf8.DecodeRuneInString(message)
	if message == "" || first == utf8.RuneError {
		return message
	}
	message = string(unicode.ToUpper(first)) + message[size:]
	if last := message[len(message)-1]; last == '.' || last == '!' || last == '?' {
		return message
	}
	return message + "."
}

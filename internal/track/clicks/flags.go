package clicks

import "strings"

// Flags mark a click that was no person's tap. They are never a reason to drop it.
type Flags uint8

// The marks.
const (
	Prefetch    Flags = 1 << iota // the browser fetched ahead; an order that brings the token lifts this mark
	Crawler                       // a program that reads the web
	Preview                       // a chat or network drew a card of the link
	HeadRequest                   // asked for the headers only
)

// Person reports whether the click counts as a person's.
func (f Flags) Person() bool { return f == 0 }

// Has reports whether all of marks are set.
func (f Flags) Has(marks Flags) bool { return f&marks == marks }

func (f Flags) String() string {
	if f == 0 {
		return "person"
	}
	var names []string
	for i, name := range [...]string{"prefetch", "crawler", "preview", "head"} {
		if f.Has(1 << i) {
			names = append(names, name)
		}
	}
	return strings.Join(names, "+")
}

// Device is the kind of screen, as far as the agent says. An iPad that asks for desktop pages calls itself a Macintosh and counts as one.
type Device uint8

// The kinds. Their values are stored; never renumber them.
const (
	DeviceOther Device = iota // televisions, consoles, programs, unknown
	DevicePhone
	DeviceTablet
	DeviceDesktop
)

func (d Device) String() string {
	switch d {
	case DevicePhone:
		return "phone"
	case DeviceTablet:
		return "tablet"
	case DeviceDesktop:
		return "desktop"
	case DeviceOther:
	}
	return "other"
}

package programs

import (
	"sync"
	"time"

	"rapport/internal/base/money"
)

// ID names a program: prg_….
type ID string

// Prefix begins the id of every program.
const Prefix = "prg"

// Model is how a conversion's credit is given to its touches.
type Model string

// The models of attribution.
const (
	ModelLastTouch  Model = "last_touch"
	ModelFirstTouch Model = "first_touch"
)

// Valid reports whether m is one of the models.
func (m Model) Valid() bool { return m == ModelLastTouch || m == ModelFirstTouch }

// Prefer is what wins where a buyer both clicked and used a code.
type Prefer string

// The preferences.
const (
	PreferCode  Prefer = "code"
	PreferClick Prefer = "click"
)

// Valid reports whether p is one of the preferences.
func (p Prefer) Valid() bool { return p == PreferCode || p == PreferClick }

// Schedule is when payouts are prepared.
type Schedule string

// The schedules.
const (
	ScheduleManual  Schedule = "manual"
	ScheduleWeekly  Schedule = "weekly"
	ScheduleMonthly Schedule = "monthly"
)

// Valid reports whether s is one of the schedules.
func (s Schedule) Valid() bool {
	return s == ScheduleManual || s == ScheduleWeekly || s == ScheduleMonthly
}

// Attribution says how credit is given.
type Attribution struct {
	Model      Model  `json:"model"`
	WindowDays int    `json:"window_days"` // a touch counts this many days
	Prefer     Prefer `json:"prefer"`
}

// Program is one affiliate program of the merchant.
type Program struct {
	ID             ID             `json:"id"`
	Name           string         `json:"name"`
	Currency       money.Currency `json:"currency"`
	Timezone       string         `json:"timezone"` // IANA name; days of reports begin at its midnight
	Colour         string         `json:"colour"`   // "#rrggbb", for the portal
	LogoBlob       string         `json:"logo_blob,omitempty"`
	Sites          []string       `json:"sites"` // hosts as ParseSite returns them
	Attribution    Attribution    `json:"attribution"`
	HoldDays       int            `json:"hold_days"` // a commission waits this long before it may be approved by itself
	PayoutSchedule Schedule       `json:"payout_schedule"`
	PayoutMinimum  money.Amount   `json:"payout_minimum"` // in the program's currency
	ClickParameter string         `json:"click_parameter"`
	CreatedAt      time.Time      `json:"created_at"`
	UpdatedAt      time.Time      `json:"updated_at"`
}

// New is what a program is made of. Everything but the name and the currency may be left out; the defaults are in create.go.
type New struct {
	Name           string
	Currency       money.Currency
	Timezone       string
	Colour         string
	LogoBlob       string
	Sites          []string // hosts or addresses, see ParseSite
	Attribution    Attribution
	HoldDays       *int // nil: 30; 0 means that nothing is held
	PayoutSchedule Schedule
	PayoutMinimum  money.Amount // the zero value: no minimum
	ClickParameter string
}

// Change is what of a program is to be changed; nil leaves it as it is.
type Change struct {
	Name           *string
	Timezone       *string
	Colour         *string
	LogoBlob       *string // "" takes the logo away
	Sites          *[]string
	Attribution    AttributionChange
	HoldDays       *int
	PayoutSchedule *Schedule
	PayoutMinimum  *money.Amount
	ClickParameter *string
}

// AttributionChange is what of the attribution settings is to be changed. Conversions that were credited before keep their credits.
type AttributionChange struct {
	Model      *Model
	WindowDays *int
	Prefer     *Prefer
}

// TopicChanged is the event of a program that was made or changed; its payload is Changed.
const TopicChanged = "program.changed"

// Changed is the payload of TopicChanged.
type Changed struct {
	ProgramID ID `json:"program_id"`
}

// locations keeps what was loaded, since reading a time zone means parsing its whole history.
var locations sync.Map // string → *time.Location

// Location is the program's time zone.
func (p Program) Location() *time.Location {
	if zone, ok := locations.Load(p.Timezone); ok {
		return zone.(*time.Location) //nolint:errcheck,forcetypeassert // only this function stores here
	}
	zone, err := time.LoadLocation(p.Timezone)
	if err != nil {
		panic("BUG: a program has a time zone that was never checked: " + err.Error())
	}
	locations.Store(p.Timezone, zone)
	return zone
}

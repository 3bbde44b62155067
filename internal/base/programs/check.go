package programs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/money"
)

// The bounds of what a program may say.
const (
	MaxName       = 100 // characters
	MaxSites      = 20
	MaxWindowDays = 365
	MaxHoldDays   = 365
)

var (
	colourShape    = regexp.MustCompile(`^#[0-9a-f]{6}$`)
	parameterShape = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,39}$`)
)

// tidy brings what people type into the form that is stored. Sites are left to checkSites, which can also refuse them.
func (p Program) tidy() Program {
	p.Name = strings.TrimSpace(p.Name)
	p.Colour = strings.ToLower(strings.TrimSpace(p.Colour))
	p.Timezone = strings.TrimSpace(p.Timezone)
	return p
}

// check returns every fault of the program at once, each with its field's name in the API's body, and the sites in their stored form.
func (p Program) check() (sites []string, err error) {
	sites, faults := checkSites(p.Sites)
	faults = append(faults,
		checkName(p.Name),
		p.checkCurrency(),
		checkTimezone(p.Timezone),
		demand(colourShape.MatchString(p.Colour), "colour", `a colour must be written like "#1f6feb"`),
		demand(p.LogoBlob == "" || id.Valid("blb", p.LogoBlob), "logo_blob", "the logo must be the id of an uploaded picture"),
		demand(p.Attribution.Model.Valid(), "attribution.model", `the model must be "last_touch" or "first_touch"`),
		between(p.Attribution.WindowDays, 1, MaxWindowDays, "attribution.window_days"),
		demand(p.Attribution.Prefer.Valid(), "attribution.prefer", `what is preferred must be "code" or "click"`),
		between(p.HoldDays, 0, MaxHoldDays, "hold_days"),
		demand(p.PayoutSchedule.Valid(), "payout_schedule", `the schedule must be "manual", "weekly" or "monthly"`),
		p.checkMinimum(),
		demand(parameterShape.MatchString(p.ClickParameter), "click_parameter",
			"the click parameter must begin with a letter and have at most 40 letters, digits, hyphens or underscores"),
	)
	return sites, fault.Join(faults...)
}

func checkName(name string) *fault.Error {
	switch {
	case name == "":
		return fault.Invalid("a program needs a name").In("name")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return fault.Invalid("a name must be one line of text").In("name")
	case utf8.RuneCountInString(name) > MaxName:
		return fault.Invalidf("a name must have at most %d characters", MaxName).In("name")
	default:
		return nil
	}
}

func (p Program) checkCurrency() *fault.Error {
	_, err := money.ParseCurrency(string(p.Currency))
	f, _ := fault.As(err)
	return f
}

// checkTimezone refuses "Local" too: the server's own zone is nobody's.
func checkTimezone(name string) *fault.Error {
	_, err := time.LoadLocation(name)
	return demand(err == nil && name != "Local" && name != "", "timezone", `a time zone must be an IANA name like "Europe/Berlin"`)
}

func (p Program) checkMinimum() *fault.Error {
	if p.PayoutMinimum.Currency != p.Currency && p.Currency.Valid() {
		return fault.Invalid("the minimum must be in the program's currency").In("payout_minimum.currency")
	}
	return demand(!p.PayoutMinimum.IsNegative(), "payout_minimum.amount", "the minimum must not be negative")
}

func checkSites(sites []string) (hosts []string, faults []*fault.Error) {
	if len(sites) > MaxSites {
		return nil, []*fault.Error{fault.Invalidf("a program may have at most %d sites", MaxSites).In("sites")}
	}
	hosts = []string{}
	for i, site := range sites {
		host, wrong := parseSite(site)
		switch {
		case wrong != nil:
			faults = append(faults, wrong.In(fmt.Sprintf("sites[%d]", i)))
		case !slices.Contains(hosts, host):
			hosts = append(hosts, host)
		}
	}
	return hosts, faults
}

func demand(ok bool, field, message string) *fault.Error {
	if ok {
		return nil
	}
	return fault.Invalid(message).In(field)
}

func between(n, low, high int, field string) *fault.Error {
	if n >= low && n <= high {
		return nil
	}
	return fault.Invalidf("this must be a number of days from %d to %d", low, high).In(field)
}

package content

import (
	"time"

	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

// CampaignID names a campaign: cmp_…
type CampaignID string

// The prefixes of this room's ids.
const (
	CampaignPrefix = "cmp"
	TaskPrefix     = "tsk"
)

// CampaignStatus is whether creators can be invited.
type CampaignStatus string

// The statuses of a campaign. One that has ended can be opened again.
const (
	CampaignOpen  CampaignStatus = "open"
	CampaignEnded CampaignStatus = "ended"
)

// Campaign is a time-boxed effort in a program.
type Campaign struct {
	ID        CampaignID
	Program   programs.ID
	Name      string
	Brief     string // what is asked of creators; lines of plain text
	Status    CampaignStatus
	StartsAt  time.Time // zero: not said
	EndsAt    time.Time // zero: not said; the status does not follow it by itself
	CreatedAt time.Time
	UpdatedAt time.Time
}

// New is what a campaign is made of.
type New struct {
	Program  programs.ID
	Name     string
	Brief    string
	StartsAt time.Time
	EndsAt   time.Time
}

// Change is what of a campaign is to be changed; nil leaves it as it is, and the zero time takes a date away.
type Change struct {
	Name     *string
	Brief    *string
	Status   *CampaignStatus
	StartsAt *time.Time
	EndsAt   *time.Time
}

// TopicCampaign is the event of a campaign that was made or changed; its payload is CampaignChanged.
const TopicCampaign = "campaign.changed"

// CampaignChanged is the payload of TopicCampaign.
type CampaignChanged struct {
	ID        CampaignID     `json:"id"`
	ProgramID programs.ID    `json:"program_id"`
	Status    CampaignStatus `json:"status"`
}

// The bounds of what may be said, in characters.
const (
	longestName  = 120
	longestBrief = 10_000
	longestNote  = 2000
)

// The years that dates may lie in: others are slips of the keyboard.
const (
	firstYear = 2000
	lastYear  = 2100
)

func (c Change) apply(k Campaign) Campaign {
	set(&k.Name, c.Name)
	set(&k.Brief, c.Brief)
	set(&k.Status, c.Status)
	set(&k.StartsAt, c.StartsAt)
	set(&k.EndsAt, c.EndsAt)
	return k
}

func set[T any](field, to *T) {
	if to != nil {
		*field = *to
	}
}

// check brings a campaign into its stored form and returns all its faults.
func (c Campaign) check() (Campaign, error) {
	var errs [2]error
	c.Name, errs[0] = partnerships.Line(c.Name, longestName, "name")
	c.Brief, errs[1] = partnerships.Prose(c.Brief, longestBrief, "brief")
	c.StartsAt, c.EndsAt = micros(c.StartsAt), micros(c.EndsAt)
	var faults []*fault.Error
	for _, err := range errs {
		if f, ok := fault.As(err); ok {
			faults = append(faults, f)
		}
	}
	faults = append(faults, checkDate("starts_at", c.StartsAt), checkDate("ends_at", c.EndsAt))
	if !c.StartsAt.IsZero() && !c.EndsAt.IsZero() && !c.EndsAt.After(c.StartsAt) {
		faults = append(faults, fault.Invalid("A campaign ends after it starts.").In("ends_at"))
	}
	if c.Status != CampaignOpen && c.Status != CampaignEnded {
		faults = append(faults, fault.Invalid("The status must be open or ended.").In("status"))
	}
	return c, fault.Join(faults...)
}

func checkDate(field string, at time.Time) *fault.Error {
	if at.IsZero() || at.Year() >= firstYear && at.Year() <= lastYear {
		return nil
	}
	return fault.Invalidf("This must be a date from %d to %d.", firstYear, lastYear).In(field)
}

// micros is a time as the database keeps it.
func micros(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

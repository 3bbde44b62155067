package sim

import (
	"time"

	"rapport/internal/base/money"
)

// The bodies of the public contract, as an outside program would write them.

type newProgram struct {
	Name        string      `json:"name"`
	Currency    string      `json:"currency"`
	Sites       []string    `json:"sites"`
	Attribution attribution `json:"attribution"`
	HoldDays    int         `json:"hold_days"`
	Commission  commission  `json:"commission"`
}

type attribution struct {
	Model      string `json:"model"`
	WindowDays int    `json:"window_days"`
	Prefer     string `json:"prefer"`
}

type commission struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

type newCreator struct {
	ProgramID string       `json:"program_id"`
	Name      string       `json:"name"`
	Email     string       `json:"email"`
	Profiles  []newProfile `json:"profiles"`
}

type newProfile struct {
	Platform  string `json:"platform"`
	Handle    string `json:"handle"`
	Followers int64  `json:"followers"`
	Country   string `json:"country"`
	Language  string `json:"language,omitempty"`
	Bio       string `json:"bio"`
}

// newKnowledge is what a program writes down of a creator beside figures.
type newKnowledge struct {
	ProgramID string       `json:"program_id"`
	Tags      []newTag     `json:"tags"`
	Audience  *newAudience `json:"audience,omitempty"`
}

type newTag struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

type newAudience struct {
	Source string  `json:"source"`
	Slices []Slice `json:"slices"`
}

type newTarget struct {
	ProgramID string `json:"program_id"`
	Name      string `json:"name"`
	About     string `json:"about"`
}

type newList struct {
	ProgramID string `json:"program_id"`
	Name      string `json:"name"`
}

type onList struct {
	CreatorIDs []string `json:"creator_ids"`
}

type newApplication struct {
	ProgramID string         `json:"program_id"`
	Name      string         `json:"name"`
	Email     string         `json:"email"`
	Confirmed bool           `json:"email_confirmed"`
	Country   string         `json:"country"`
	Profiles  []namedProfile `json:"profiles"`
	Answers   []string       `json:"answers"`
	Accepted  bool           `json:"accepted"`
}

type namedProfile struct {
	Platform string `json:"platform"`
	Handle   string `json:"handle"`
}

type newPartnership struct {
	ProgramID string `json:"program_id"`
	CreatorID string `json:"creator_id"`
	Status    string `json:"status"`
	GroupID   string `json:"group_id,omitempty"`
}

type newLink struct {
	PartnershipID string `json:"partnership_id"`
	Destination   string `json:"destination"`
	Slug          string `json:"slug"`
}

type newCode struct {
	PartnershipID string `json:"partnership_id"`
	Code          string `json:"code"`
}

type newConversion struct {
	ProgramID  string       `json:"program_id"`
	Kind       string       `json:"kind"`
	ExternalID string       `json:"external_id"`
	Amount     money.Amount `json:"amount"`
	Touches    []apiTouch   `json:"touches,omitempty"`
	Code       string       `json:"code,omitempty"`
	Customer   apiCustomer  `json:"customer"`
	Lines      []apiLine    `json:"lines,omitempty"`
	OccurredAt time.Time    `json:"occurred_at"`
}

type apiTouch struct {
	Click string    `json:"click,omitempty"`
	At    time.Time `json:"at"`
}

type apiCustomer struct {
	ID    string `json:"id"`
	Email string `json:"email"`
	New   bool   `json:"new"`
}

type apiLine struct {
	SKU      string       `json:"sku"`
	Category string       `json:"category"`
	Quantity int64        `json:"quantity"`
	Amount   money.Amount `json:"amount"`
}

type newRefund struct {
	ProgramID            string       `json:"program_id"`
	ConversionExternalID string       `json:"conversion_external_id"`
	ExternalID           string       `json:"external_id"`
	Amount               money.Amount `json:"amount"`
}

type because struct {
	Reason string `json:"reason"`
}

type newPayout struct {
	ProgramID string `json:"program_id"`
	Currency  string `json:"currency"`
	Rail      string `json:"rail"`
}

// made is the answer to everything that creates: its id.
type made struct {
	ID string `json:"id"`
}

type listed[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

type foundCreator struct {
	ID       string       `json:"id"`
	Profiles []newProfile `json:"profiles"`
}

type foundConversion struct {
	ID         string   `json:"id"`
	ExternalID string   `json:"external_id"`
	Credits    []credit `json:"credits"`
}

type credit struct {
	PartnershipID string `json:"partnership_id"`
	ShareBP       int    `json:"share_bp"`
	Because       string `json:"because"`
}

package applications

import (
	"time"

	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// ID names an application: apl_…
type ID string

// Prefix begins the id of every application.
const Prefix = "apl"

// State is how far an application has come.
type State string

// The states, in their order.
const (
	StateUnconfirmed State = "unconfirmed" // the mail address was not shown to be theirs yet
	StateWaiting     State = "waiting"     // for a person, or for facts that a rule asks for
	StateApproved    State = "approved"
	StateRefused     State = "refused"
)

// Open reports whether the application waits for an answer.
func (s State) Open() bool { return s == StateWaiting }

// Submission is what somebody sends who wants to join.
type Submission struct {
	Name     string             `json:"name"`
	Email    string             `json:"email"`
	Country  string             `json:"country,omitempty"`
	Accounts []creators.Account `json:"accounts"` // the first is the main one
	Sent     []string           `json:"sent"`     // answers, by the questions' places
	Accepted bool               `json:"accepted"`
	Terms    string             `json:"terms"` // the sentence they accepted
}

// Application is somebody's wish to join a program.
type Application struct {
	ID          ID
	Program     programs.ID
	Creator     creators.ID     // "" until confirmed
	Partnership partnerships.ID // "" until confirmed
	State       State
	Answers     []Answer
	Terms       string // the sentence they accepted
	Claimed     bool   // see Facts; Address tells where they say they can be reached
	Address     bool   // has shown that the mail address is theirs, see Facts
	Decision    Decision
	DecidedBy   string // a name, or "" where a rule decided
	Reason      string // a person's words, for the applicant
	CreatedAt   time.Time
	ConfirmedAt time.Time
	DecidedAt   time.Time
}

// mostAccounts is how many accounts somebody can name.
const mostAccounts = 6

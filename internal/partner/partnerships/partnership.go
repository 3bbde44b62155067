package partnerships

import (
	"time"

	"rapport/internal/base/programs"
	"rapport/internal/partner/terms"
	"rapport/internal/recruit/creators"
)

// ID names a partnership: par_…
type ID string

// GroupID names a group of partnerships: grp_…
type GroupID string

// The prefixes of this room's ids.
const (
	Prefix      = "par"
	GroupPrefix = "grp"
)

// Partnership is a creator in a program.
type Partnership struct {
	ID        ID
	Program   programs.ID
	Creator   creators.ID
	Group     GroupID // "" for none
	Status    Status
	Terms     terms.Terms // its own; what is not said is left to the group, then to the program
	Note      string      // for the merchant's eyes only
	Import    string      // the import that brought it, while nobody has touched it; else ""
	CreatedAt time.Time
	UpdatedAt time.Time
}

// New is what a partnership is made of.
type New struct {
	Program programs.ID
	Creator creators.ID
	Status  Status  // "": prospect
	Group   GroupID // "": none
}

// TopicChanged is the event of a partnership that was made or changed; its payload is Changed.
const TopicChanged = "partnership.changed"

// Changed is the payload of TopicChanged.
type Changed struct {
	ID        ID          `json:"id"`
	ProgramID programs.ID `json:"program_id"`
	Status    Status      `json:"status"`
}

// longestNote bounds a note, in characters.
const longestNote = 2000

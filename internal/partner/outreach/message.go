package outreach

import (
	"time"

	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// ID names a message: msg_…
type ID string

// Prefix begins the id of every message.
const Prefix = "msg"

// Side is one of the two who talk.
type Side string

// The sides.
const (
	SideBrand   Side = "brand"
	SideCreator Side = "creator"
)

// Other is the side that reads what s writes.
func (s Side) Other() Side {
	if s == SideCreator {
		return SideBrand
	}
	return SideCreator
}

// sideOf reads how a side is stored.
func sideOf(fromCreator bool) Side {
	if fromCreator {
		return SideCreator
	}
	return SideBrand
}

// Channel is the way a message took.
type Channel string

// The channels.
const (
	ChannelPortal Channel = "portal" // written here, read here
	ChannelDM     Channel = "dm"     // sent by hand on the creator's platform and noted here
	ChannelMail   Channel = "mail"   // a mail of ours, or an answer to one
)

// Message is one message of a conversation.
type Message struct {
	ID          ID
	Program     programs.ID
	Partnership partnerships.ID
	From        Side
	Author      string // the name of who wrote it
	Body        string
	At          time.Time
	ReadAt      time.Time // zero: the other side has not read it
	Channel     Channel
}

// New is what a message is made of. Its author is the principal of the request.
type New struct {
	Partnership partnerships.ID
	From        Side
	Body        string
	Channel     Channel // "": portal
	Author      string  // "": the principal; a noted answer has its creator's name
}

// Conversation is a line of the inbox.
type Conversation struct {
	Partnership partnerships.ID
	Program     programs.ID
	Creator     creators.ID
	Last        Message
	Unread      int // messages of the other side
}

// TopicSent is the event of a message; its payload is Sent.
const TopicSent = "message.sent"

// Sent is the payload of TopicSent.
type Sent struct {
	ID            ID              `json:"id"`
	ProgramID     programs.ID     `json:"program_id"`
	PartnershipID partnerships.ID `json:"partnership_id"`
	From          Side            `json:"from"`
}

// longestBody bounds a message, in characters: two printed pages.
const longestBody = 5000

// Follow is the status of a partnership after one side has written.
func Follow(status partnerships.Status, from Side) partnerships.Status {
	switch {
	case from == SideBrand && status == partnerships.StatusProspect:
		return partnerships.StatusContacted
	case from == SideCreator && (status == partnerships.StatusProspect || status == partnerships.StatusContacted):
		return partnerships.StatusReplied
	default:
		return status
	}
}

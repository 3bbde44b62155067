package content

import (
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

// TaskID names a task: tsk_…
type TaskID string

// TaskStatus is how far a promised piece of content is.
type TaskStatus string

// The statuses of a task.
const (
	TaskOpen     TaskStatus = "open"     // the creator is to post
	TaskPosted   TaskStatus = "posted"   // the merchant is to look
	TaskChanges  TaskStatus = "changes"  // the creator is to change it and post again
	TaskAccepted TaskStatus = "accepted" // done
)

// Valid reports whether s is one of the statuses.
func (s TaskStatus) Valid() bool {
	return s == TaskOpen || s == TaskPosted || s == TaskChanges || s == TaskAccepted
}

// Task is one promised piece of content.
type Task struct {
	ID          TaskID
	Program     programs.ID
	Campaign    CampaignID
	Partnership partnerships.ID
	Status      TaskStatus
	URL         string    // of the post; "" before it was posted
	Note        string    // which changes were asked last; kept when it is posted again
	DueAt       time.Time // zero: not said
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// TopicTask is the event of a task that was made or changed; its payload is TaskChanged.
const TopicTask = "task.changed"

// TaskChanged is the payload of TopicTask.
type TaskChanged struct {
	ID            TaskID          `json:"id"`
	ProgramID     programs.ID     `json:"program_id"`
	CampaignID    CampaignID      `json:"campaign_id"`
	PartnershipID partnerships.ID `json:"partnership_id"`
	Status        TaskStatus      `json:"status"`
}

// Move says whether a task may go from one status to another. A post may be corrected while nobody has looked, so posted to posted is a move.
func Move(from, to TaskStatus) error {
	switch {
	case !to.Valid():
		return fault.Invalid("The status must be open, posted, changes or accepted.").In("status")
	case from == TaskAccepted:
		return wrongMove("This post was accepted already.")
	case to == TaskOpen:
		return wrongMove("A task is open only until its first post.")
	case to != TaskPosted && from == TaskOpen:
		return wrongMove("There is no post to look at yet.")
	case to != TaskPosted && from == TaskChanges:
		return wrongMove("Changes were asked for already; the creator posts again first.")
	default:
		return nil
	}
}

func wrongMove(message string) error { return fault.Conflict("wrong_status", message).In("status") }

// longestURL bounds the address of a post, in bytes.
const longestURL = 2000

// ParsePost reads the address of a published post. It may be on any site: a blog counts too.
func ParsePost(raw string) (address string, err error) {
	raw = strings.TrimSpace(raw)
	u, err := url.Parse(raw)
	switch {
	case raw == "":
		return "", fault.Invalid("Paste the address of your post.").In("url")
	case len(raw) > longestURL:
		return "", fault.Invalidf("An address has at most %d bytes.", longestURL).In("url")
	case err != nil || !utf8.ValidString(raw) || strings.ContainsFunc(raw, notInAddress) || u.Host == "" || u.Opaque != "" || u.User != nil,
		u.Scheme != "https" && u.Scheme != "http", !strings.Contains(strings.Trim(u.Hostname(), "."), "."):
		return "", fault.Invalid("This is not the address of a post: it begins with https:// and names a site.").In("url")
	}
	return u.String(), nil
}

func notInAddress(r rune) bool {
	return r == '\\' || unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

package payouts

import (
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/recruit/creators"
)

// ID names a batch: pay_…
type ID string

// ItemID names an item of a batch: pit_…
type ItemID string

// Status is where a batch stands.
type Status string

// The statuses of a batch.
const (
	StatusPreparing  Status = "preparing" // items are being collected
	StatusDraft      Status = "draft"
	StatusApproved   Status = "approved"
	StatusSending    Status = "sending" // the file is being made and the items are being booked
	StatusSent       Status = "sent"
	StatusCancelling Status = "cancelling" // reservations are being given up
	StatusCancelled  Status = "cancelled"
)

// ItemStatus is where an item stands.
type ItemStatus string

// The statuses of an item.
const (
	ItemReserving ItemStatus = "reserving" // some of its commissions are linked
	ItemReserved  ItemStatus = "reserved"
	ItemPaid      ItemStatus = "paid"
	ItemReleasing ItemStatus = "releasing" // its money is available again, some of its commissions are still linked
	ItemReleased  ItemStatus = "released"
	ItemReturning ItemStatus = "returning" // as releasing, after it was paid
	ItemReturned  ItemStatus = "returned"
)

// Batch is a set of payouts released together.
type Batch struct {
	ID           ID
	Program      programs.ID
	Currency     money.Currency
	Rail         string
	Status       Status
	Total        money.Amount
	Items        int64
	PreparedBy   string // usr_… of a person or of the person behind a key; key_… of a key of the command line
	PreparedName string
	ApprovedBy   string
	ApprovedName string
	SentBy       string
	SentName     string
	CreatedAt    time.Time
	ApprovedAt   time.Time
	SentAt       time.Time
	CancelledAt  time.Time
	FileName     string // "" until it is sent
	FileSHA256   []byte

	reached creators.ID // preparing: creators up to this one are done
	hasFile bool
}

// Item is money to one creator.
type Item struct {
	ID          ItemID
	Batch       ID
	Program     programs.ID
	Creator     creators.ID
	Amount      money.Amount
	Status      ItemStatus
	ProviderKey string // the one name this payment has with a rail, for its whole life
	Method      Method // "" where no account is on file
	Shown       string // the account, masked
	Fresh       bool   // the account was changed within the day before
	Failure     string // why it came back
	UpdatedAt   time.Time

	payee, details []byte // sealed
}

// Skipped is a creator who has money and is not in the batch.
type Skipped struct {
	Creator creators.ID
	Amount  money.Amount
	Reason  string // SkipNoAccount
}

// SkipNoAccount is a creator without a payout account, on a rail that needs one.
const SkipNoAccount = "no_account"

// mostItems bounds a batch. Who is left comes into the next one.
const mostItems = 10_000

// Cashier holds what payouts need from outside: the key for accounts and files, and the ways money can travel.
type Cashier struct {
	Box   *secret.Box
	Rails Rails

	units int // bounds a step's work in tests, in place of time; 0: by time
}

// Topics of events. Their payloads are Changed and ItemChanged.
const (
	Topic     = "payout.changed"
	TopicItem = "payout_item.changed"
)

// Changed is the payload of Topic.
type Changed struct {
	ID        ID           `json:"id"`
	ProgramID programs.ID  `json:"program_id"`
	Status    Status       `json:"status"`
	Total     money.Amount `json:"total"`
	Items     int64        `json:"items"`
}

// ItemChanged is the payload of TopicItem.
type ItemChanged struct {
	ID        ItemID       `json:"id"`
	BatchID   ID           `json:"batch_id"`
	ProgramID programs.ID  `json:"program_id"`
	CreatorID creators.ID  `json:"creator_id"`
	Status    ItemStatus   `json:"status"`
	Amount    money.Amount `json:"amount"`
}

// identity is who a principal is when two of them must differ: the person, whichever key or session they use.
func identity(p auth.Principal) string {
	if p.UserID != "" {
		return p.UserID
	}
	return p.ID
}

// require asks for a right on a payout: where the principal may not even look, it does not exist.
func require(p auth.Principal, program programs.ID, perm auth.Permission, thing string) error {
	err := p.Require(program, perm)
	if fault.KindOf(err) == fault.KindNotFound {
		return fault.NotFound(thing)
	}
	return err
}

func wrongStatus(message string) error { return fault.Conflict("wrong_status", message) }

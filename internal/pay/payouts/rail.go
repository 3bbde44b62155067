package payouts

import (
	"strings"

	"rapport/internal/base/money"
	"rapport/internal/recruit/creators"
)

// Rail is a way money travels. On a rail of files, handing the file over is the payment; what does not arrive is booked with Return.
type Rail interface {
	// Name is what batches call the rail: "csv".
	Name() string
	// NeedsAccount reports whether creators without a payout account must be left out.
	NeedsAccount() bool
	// File writes the payments down for whoever executes them.
	File(b Batch, payments []Payment) (File, error)
}

// Rails are the rails of an installation.
type Rails []Rail

func (r Rails) find(name string) (Rail, bool) {
	for _, rail := range r {
		if rail.Name() == name {
			return rail, true
		}
	}
	return nil, false
}

// Names lists the rails, for the page that offers them.
func (r Rails) Names() []string {
	names := make([]string, len(r))
	for i, rail := range r {
		names[i] = rail.Name()
	}
	return names
}

// Payment is an item as a rail sees it.
type Payment struct {
	Key       string // the item's provider key
	Item      ItemID
	Creator   creators.ID
	Name      string // the creator's
	Payee     string // the account's owner; the creator's name where no account is on file
	Method    Method // "" where no account is on file
	Account   string
	Amount    money.Amount
	Reference string // what the payee reads on the statement
}

// File is what a rail wrote.
type File struct {
	Name      string
	MediaType string
	Content   []byte
	SHA256    []byte
}

const longestReference = 35 // bytes; what banks carry unshortened (the limit of SEPA's end-to-end reference)

// reference is "Acme Shoes 4F2A91C07D3E": the program as far as it fits, and the end of the item's id.
func reference(program string, item ItemID) string {
	short := strings.ToUpper(string(item[max(0, len(item)-12):]))
	name := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, program)
	name = strings.Join(strings.Fields(name), " ")
	if room := longestReference - len(short) - 1; len(name) > room {
		name = name[:room]
	}
	return strings.TrimSpace(strings.TrimSpace(name) + " " + short)
}

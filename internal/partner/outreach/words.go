package outreach

import (
	"strings"

	"rapport/internal/recruit/creators"
)

// Words are the sentences a creator reads that stand in no template. They are handed in: the catalogue of all words is the edge's.
type Words struct {
	Platform  func(creators.Platform) string
	Found     func(handle, platform string) string // how the creator was found; both "" where no account is known
	Introduce func(Introduction) string
	Leave     func(link string) string // the way out, below every later mail
}

// Introduction is what the first message to somebody always ends with, whatever its template says: who writes, where the account was found, and
// the way to be left alone.
type Introduction struct{ Brand, Sender, Found, LeaveURL string }

// WithIntroduction ends a message with the introduction in words, unless it stands there already.
func WithIntroduction(body, introduction string) string {
	if strings.Contains(body, introduction) {
		return body
	}
	return strings.TrimRight(body, "\n ") + "\n\n" + introduction
}

// FoundBy says how a creator was found: by the main account, or else by what they publish.
func (w Words) FoundBy(c creators.Creator) string {
	if len(c.Profiles) == 0 {
		return w.Found("", "")
	}
	account := mainOf(c)
	return w.Found(account.Handle, w.Platform(account.Platform))
}

// mainOf is the main account, or else the first.
func mainOf(c creators.Creator) creators.Profile {
	for _, account := range c.Profiles {
		if account.ID == c.Main {
			return account
		}
	}
	return c.Profiles[0]
}

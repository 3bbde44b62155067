package mentions

import (
	"strings"
	"time"

	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// ID names a mention: men_…
type ID string

// Prefix begins the id of every mention.
const Prefix = "men"

// Kind says how a mention came about.
type Kind string

// The kinds.
const (
	KindTag     Kind = "tag"     // tagged the brand's account in a post
	KindMention Kind = "mention" // named the brand's account in a caption or comment
	KindKeyword Kind = "keyword" // a video that a word found
	KindOrder   Kind = "order"   // a buyer who told their name
	KindSearch  Kind = "search"  // added by a person from a search inside a platform
)

// Kinds lists those that arrive by themselves.
var Kinds = []Kind{KindTag, KindMention, KindKeyword, KindOrder}

// State is what became of a mention.
type State string

// The states.
const (
	StateNew       State = "new"       // waits for a person
	StateProspect  State = "prospect"  // a prospect, or somebody who works with the program already
	StateDismissed State = "dismissed" // not for us
)

// Seen is what was found, before it is stored.
type Seen struct {
	Account   creators.Account
	AccountID string // the platform's own id, or ""
	Name      string
	Kind      Kind
	Evidence  string // the platform's id of the post, or the order's number
	URL       string
	Excerpt   string
	Word      string
	About     About // of the word
	Source    string
	PostedAt  time.Time
}

// Mention is what was found.
type Mention struct {
	ID          ID
	Program     programs.ID
	Account     creators.Account
	AccountID   string
	Name        string
	Kind        Kind
	Evidence    string
	URL         string
	Excerpt     string
	Word        string
	Source      string
	PostedAt    time.Time
	FoundAt     time.Time
	RefreshedAt time.Time
	State       State
	Creator     creators.ID
	DecidedBy   string
	DecidedAt   time.Time
}

// Arrival is how something that was found comes in, and why.
type Arrival struct {
	State   State
	Because string // names_us, told_us, word_only
}

// Arrive decides it. It is pure. A word of the brand counts only where the text holds it: YouTube's search finds neighbours of words too.
func Arrive(s Seen) Arrival {
	switch s.Kind {
	case KindTag, KindMention:
		return Arrival{StateProspect, "names_us"}
	case KindOrder, KindSearch:
		return Arrival{StateProspect, "told_us"}
	case KindKeyword:
		if s.About == AboutBrand && holds(s.Excerpt, s.Word) {
			return Arrival{StateProspect, "names_us"}
		}
		return Arrival{StateNew, "word_only"}
	}
	panic("BUG: unknown kind of mention " + string(s.Kind))
}

// holds reports whether a text has the word in it, as whole words: "tea" is not in "steam".
func holds(text, word string) bool {
	squash := func(s string) string {
		return " " + strings.Join(strings.FieldsFunc(creators.Fold(s), func(r rune) bool { return strings.ContainsRune(" \t\n.,;:!?()[]{}\"'#@|/-_–—", r) }), " ") + " "
	}
	word = squash(word)
	return strings.TrimSpace(word) != "" && strings.Contains(squash(text), word)
}

const (
	longestExcerpt = 300
	longestName    = creators.LongestName
	longestURL     = 500
	mostSeen       = 50 // in one transaction
)

func (s Seen) clean() (Seen, bool) {
	account, err := creators.ParseAccount(s.Account.Platform, s.Account.Handle)
	if err != nil || s.Evidence == "" || len(s.Evidence) > 200 {
		return s, false // an account that cannot be written to is no use
	}
	s.Account, s.Name = account, cut(strings.Join(strings.Fields(s.Name), " "), longestName)
	s.Excerpt, s.Word = cut(strings.Join(strings.Fields(s.Excerpt), " "), longestExcerpt), cut(s.Word, longestWord)
	if s.URL = cut(s.URL, longestURL); s.URL != "" && !strings.HasPrefix(s.URL, "https://") {
		s.URL = ""
	}
	return s, true
}

func cut(text string, most int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
	if all := []rune(text); len(all) > most {
		return string(all[:most])
	}
	return text
}

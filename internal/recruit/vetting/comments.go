package vetting

import (
	"strings"
	"unicode"

	"rapport/internal/recruit/creators"
)

// Comments is what is written under the posts. Shares are fractions of the comments read.
type Comments struct {
	Known    bool    `json:"known"`
	Read     int     `json:"read"`
	Posts    int     `json:"posts"`
	Emoji    float64 `json:"emoji_only"`
	OneWord  float64 `json:"one_word"`
	Mention  float64 `json:"mention_only"`
	Repeated float64 `json:"repeated"` // by people who comment under three or more of the posts: engagement pods look so
}

const leastComments = 20

// Hollow is the share of comments without a sentence in them.
func (c Comments) Hollow() float64 { return c.Emoji + c.OneWord + c.Mention }

func (in *Input) comments() (c Comments) {
	posts := map[string]map[creators.PostID]bool{} // under how many posts each author wrote
	written := map[string]int{}
	var emoji, oneWord, mention int
	for post, all := range in.Comments {
		if len(all) > 0 {
			c.Posts++
		}
		for _, one := range all {
			c.Read++
			switch kindOf(one.Text) {
			case commentEmoji:
				emoji++
			case commentWord:
				oneWord++
			case commentMention:
				mention++
			case commentSentence:
			}
			if one.Author != "" {
				if posts[one.Author] == nil {
					posts[one.Author] = map[creators.PostID]bool{}
				}
				posts[one.Author][post] = true
				written[one.Author]++
			}
		}
	}
	if c.Read < leastComments || c.Posts < leastPosts {
		return c
	}
	repeated := 0
	for author, under := range posts {
		if len(under) >= leastPosts {
			repeated += written[author]
		}
	}
	n := float64(c.Read)
	c.Known, c.Emoji, c.OneWord, c.Mention, c.Repeated = true, float64(emoji)/n, float64(oneWord)/n, float64(mention)/n, float64(repeated)/n
	return c
}

type commentKind int

const (
	commentSentence commentKind = iota
	commentEmoji
	commentWord
	commentMention
)

// kindOf sorts a comment by what is left of it without mentions, signs and pictures. A script that is written without spaces has a word for each
// character, so that a Japanese sentence is no single word.
func kindOf(text string) commentKind {
	words, mentions := 0, 0
	for field := range strings.FieldsSeq(text) {
		if strings.HasPrefix(field, "@") {
			mentions++
			continue
		}
		if strings.ContainsFunc(field, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			words += len(tokensOf(field, false, nil))
		}
	}
	switch {
	case words > 1:
		return commentSentence
	case words == 1:
		return commentWord
	case mentions > 0:
		return commentMention
	default:
		return commentEmoji
	}
}

package instagram

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"

	"rapport/internal/base/fault"
	"rapport/internal/edge/platforms"
)

// ParseHashtag checks a hashtag and returns it folded, without #.
func ParseHashtag(text string) (string, error) {
	tag := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(text), "#"))
	if tag == "" || utf8.RuneCountInString(tag) > 100 || !utf8.ValidString(tag) || strings.ContainsAny(tag, " #@.,!?/\\\"'&\t\n") {
		return "", fault.Invalid("A hashtag is one word of letters, digits and underscores.").In("hashtag")
	}
	return tag, nil
}

// HashtagID finds Meta's id of a hashtag, which never changes. It takes one of the thirty. found is false where nobody used it.
func (c Client) HashtagID(ctx context.Context, tag string) (id string, found bool, err error) {
	var answer struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	cost := platforms.Cost{Bucket: Hashtags, Units: 1}
	call := platforms.Call{URL: c.address("ig_hashtag_search"), Query: url.Values{"user_id": {c.Token.Account}, "q": {tag}}, Cost: cost}
	err = c.ask(ctx, call, &answer)
	var e graphError
	if errors.As(err, &e) && e.Code == codeNothing {
		return "", false, nil
	}
	if err != nil || len(answer.Data) == 0 || !digits(answer.Data[0].ID) {
		return "", false, err
	}
	return answer.Data[0].ID, true, nil
}

func digits(text string) bool {
	return text != "" && len(text) <= 40 && !strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

// Trend is what is posted under a hashtag: which other hashtags stand beside it and what posts got, without anybody's name.
type Trend struct {
	Hashtag string         `json:"hashtag"`
	Posts   int            `json:"posts"`
	Likes   int64          `json:"likes"` // over the posts that show them
	Shown   int            `json:"shown"` // posts that show likes
	Beside  map[string]int `json:"beside"`
}

const hashtagFields = "caption,comments_count,like_count,media_type,permalink,timestamp"

// TrendOf reads the most liked posts under a hashtag, or with recent those of the last day: at most fifty.
func (c Client) TrendOf(ctx context.Context, tag, id string, recent bool) (t Trend, err error) {
	if !digits(id) {
		panic("BUG: a hashtag's id that is none")
	}
	edge := "top_media"
	if recent {
		edge = "recent_media"
	}
	var answer struct {
		Data []Media `json:"data"`
	}
	q := url.Values{"user_id": {c.Token.Account}, "fields": {hashtagFields}, "limit": {"50"}}
	if err := c.get(ctx, id+"/"+edge, q, Calls, &answer); err != nil {
		return t, err
	}
	return trendOf(tag, answer.Data[:min(len(answer.Data), 50)]), nil
}

func trendOf(tag string, media []Media) Trend {
	t := Trend{Hashtag: tag, Posts: len(media), Beside: map[string]int{}}
	for _, m := range media {
		if likes := believed(m.Likes); likes != nil {
			t.Likes, t.Shown = t.Likes+*likes, t.Shown+1
		}
		for _, other := range hashtags(m.Caption) {
			if other = strings.ToLower(other); other != tag {
				t.Beside[other]++
			}
		}
	}
	return t
}

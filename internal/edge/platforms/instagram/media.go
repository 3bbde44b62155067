package instagram

import (
	"encoding/json"
	"strings"
	"time"

	"rapport/internal/recruit/creators"
)

// Media is a post as Meta shows it.
type Media struct {
	ID          string `json:"id"`
	Username    string `json:"username"` // of who posted it, where we may know
	Caption     string `json:"caption"`
	MediaType   string `json:"media_type"`
	ProductType string `json:"media_product_type"`
	Permalink   string `json:"permalink"`
	Timestamp   string `json:"timestamp"`
	Likes       *int64 `json:"like_count"` // left out where the owner hides it
	CommentsNo  *int64 `json:"comments_count"`
	Views       *int64 `json:"view_count"`
	Insights    struct {
		Data []insight `json:"data"`
	} `json:"insights"`
}

type insight struct {
	Name   string `json:"name"`
	Values []struct {
		Value json.Number `json:"value"`
	} `json:"values"`
}

// PostedAt is when it was published.
func (m Media) PostedAt() time.Time { return moment(m.Timestamp) }

const (
	longestCaption = 2200 // Instagram's own bound
	mostHashtags   = 30   // Instagram's own bound
	mostInsights   = 20
)

// Post is the media as it is stored.
func (m Media) Post() creators.Post {
	p := creators.Post{
		PlatformID: m.ID, PostedAt: m.PostedAt(), Caption: cut(m.Caption, longestCaption), Hashtags: strings.Join(hashtags(m.Caption), " "),
		URL:    permalink(m.Permalink),
		Counts: creators.PostCounts{Views: believed(m.Views), Likes: believed(m.Likes), Comments: believed(m.CommentsNo)},
	}
	for _, i := range m.Insights.Data[:min(len(m.Insights.Data), mostInsights)] {
		p.Counts = i.into(p.Counts)
	}
	return p
}

// into puts what only the owner is told beside what everybody sees.
func (i insight) into(c creators.PostCounts) creators.PostCounts {
	if len(i.Values) == 0 {
		return c
	}
	n, err := i.Values[0].Value.Int64()
	if err != nil {
		return c
	}
	switch i.Name {
	case "views":
		c.Views = believed(&n)
	case "shares":
		c.Shares = believed(&n)
	case "saved":
		c.Saves = believed(&n)
	}
	return c
}

// permalink keeps addresses at Instagram only: it becomes a link on our pages.
func permalink(address string) string {
	if strings.HasPrefix(address, "https://www.instagram.com/") && len(address) <= creators.LongestURL && !strings.ContainsAny(address, " \"<>\n") {
		return address
	}
	return ""
}

// hashtags are the words with # of a caption, each once, without #.
func hashtags(caption string) (all []string) {
	seen := map[string]bool{}
	for _, word := range strings.Fields(strings.ReplaceAll(caption, "#", " #")) {
		tag, ok := strings.CutPrefix(word, "#")
		tag = strings.TrimRight(tag, ".,!?:;)\"'…")
		if !ok || tag == "" || len(tag) > 100 || seen[strings.ToLower(tag)] {
			continue
		}
		seen[strings.ToLower(tag)] = true
		if all = append(all, tag); len(all) == mostHashtags {
			return all
		}
	}
	return all
}

func cut(text string, most int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
	if all := []rune(text); len(all) > most {
		return string(all[:most])
	}
	return text
}

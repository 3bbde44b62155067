package youtube

import (
	"context"
	"strings"
	"time"

	youtube "google.golang.org/api/youtube/v3"

	"rapport/internal/edge/platforms"
	"rapport/internal/recruit/creators"
)

// Channel is what a channel shows to everybody.
type Channel struct {
	ID          string
	Handle      string // without @; "" where the channel has none
	Title       string
	About       string
	Country     string
	Language    string
	Made        time.Time
	Subscribers *int64 // nil: hidden. YouTube rounds them down to three figures
	Views       *int64
	Videos      *int64
	Uploads     string // the playlist of everything it published
	Topics      []string
	Keywords    string
}

var channelParts = []string{"snippet", "statistics", "contentDetails", "topicDetails", "brandingSettings"}

// Channels reads channels by their ids, fifty for one unit. Those that are gone are left out.
func (r *Reader) Channels(ctx context.Context, ids []string) ([]Channel, error) {
	var all []Channel
	for len(ids) > 0 {
		n := min(len(ids), pageMost)
		some, err := r.channels(ctx, r.service.Channels.List(channelParts).Id(ids[:n]...).MaxResults(pageMost))
		if err != nil {
			return all, err
		}
		all, ids = append(all, some...), ids[n:]
	}
	return all, nil
}

// ByHandle reads the channel of a handle. found is false where there is none.
func (r *Reader) ByHandle(ctx context.Context, handle string) (c Channel, found bool, err error) {
	return first(r.channels(ctx, r.service.Channels.List(channelParts).ForHandle(strings.TrimPrefix(handle, "@"))))
}

// Mine reads the channel of the token. found is false where the person has none any more.
func (r *Reader) Mine(ctx context.Context) (c Channel, found bool, err error) {
	return first(r.channels(ctx, r.service.Channels.List(channelParts).Mine(true)))
}

func first(all []Channel, err error) (c Channel, found bool, _ error) {
	if err != nil || len(all) == 0 {
		return c, false, err
	}
	return all[0], true, nil
}

func (r *Reader) channels(ctx context.Context, call *youtube.ChannelsListCall) ([]Channel, error) {
	answer, err := call.Context(ctx).Do()
	if err != nil {
		return nil, r.failed(ctx, err, ListCost)
	}
	if len(answer.Items) == 0 && answer.Kind == "" { // YouTube leaves items out where there are none, and always says what a list is of
		return nil, platforms.Failed(platforms.FailureNonsense, name, "an answer without a list of channels")
	}
	held, err := readHeld(r.last.Bytes())
	if err != nil {
		return nil, r.failed(ctx, err, ListCost)
	}
	var all []Channel
	for _, item := range answer.Items[:min(len(answer.Items), pageMost)] {
		if item != nil && item.Id != "" && item.Snippet != nil {
			all = append(all, channelOf(item, held))
		}
	}
	return all, nil
}

func channelOf(item *youtube.Channel, held heldCounts) Channel {
	c := Channel{ID: item.Id, Handle: handleOf(item.Snippet.CustomUrl), Title: item.Snippet.Title, About: item.Snippet.Description,
		Country: item.Snippet.Country, Language: item.Snippet.DefaultLanguage, Made: moment(item.Snippet.PublishedAt)}
	if s := item.Statistics; s != nil {
		c.Subscribers = count(s.SubscriberCount, held.has(item.Id, "subscriberCount") && !s.HiddenSubscriberCount)
		c.Views = count(s.ViewCount, held.has(item.Id, "viewCount"))
		c.Videos = count(s.VideoCount, held.has(item.Id, "videoCount"))
	}
	if d := item.ContentDetails; d != nil && d.RelatedPlaylists != nil {
		c.Uploads = d.RelatedPlaylists.Uploads
	}
	if d := item.TopicDetails; d != nil {
		for _, address := range d.TopicCategories[:min(len(d.TopicCategories), mostTopics)] {
			c.Topics = append(c.Topics, topicOf(address))
		}
	}
	if b := item.BrandingSettings; b != nil && b.Channel != nil {
		c.Keywords = b.Channel.Keywords
	}
	return c
}

// mostTopics bounds the topics of a channel that are looked at.
const mostTopics = 20

// topicOf reads "https://en.wikipedia.org/wiki/Lifestyle_(sociology)" as "Lifestyle".
func topicOf(address string) string {
	last := address[strings.LastIndex(address, "/")+1:]
	last, _, _ = strings.Cut(last, "_(")
	return strings.ReplaceAll(last, "_", " ")
}

// handleOf reads customUrl: "@name" for nearly every channel today, else an older name that is no handle.
func handleOf(custom string) string {
	handle, ok := strings.CutPrefix(custom, "@")
	if !ok {
		return ""
	}
	if _, err := creators.ParseAccount(creators.PlatformYouTube, handle); err != nil {
		return ""
	}
	return handle
}

// Account is how the channel is known here: by its handle, else by its id.
func (c Channel) Account() creators.Account {
	if c.Handle != "" {
		return creators.Account{Platform: creators.PlatformYouTube, Handle: c.Handle}
	}
	return creators.Account{Platform: creators.PlatformYouTube, Handle: c.ID}
}

// Counts are the channel's totals as a snapshot holds them. Views of a channel are no likes and have no place there.
func (c Channel) Counts() creators.Counts {
	return creators.Counts{Followers: c.Subscribers, Posts: c.Videos}
}

// Details are what the channel says about itself.
func (c Channel) Details() creators.Details {
	d := creators.Details{URL: c.Account().URL(), DisplayName: cut(c.Title, creators.LongestName), Bio: cut(c.About, creators.LongestBio),
		Country: creators.Country(c.Country), Language: creators.Language(c.Language)}
	if len(c.Topics) > 0 {
		d.Category = cut(c.Topics[0], creators.LongestText)
	}
	if d.Check() != nil { // an odd character somewhere: the figures are worth more than the words
		return creators.Details{URL: d.URL}
	}
	return d
}

func cut(text string, most int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
	if all := []rune(text); len(all) > most {
		return string(all[:most])
	}
	return text
}

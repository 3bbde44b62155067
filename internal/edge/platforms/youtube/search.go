package youtube

import (
	"context"
	"html"
	"time"

	youtube "google.golang.org/api/youtube/v3"
)

// Hit is a video or channel that a search found.
type Hit struct {
	Video     string    `json:"video,omitempty"` // "" for a channel
	Channel   string    `json:"channel"`
	Name      string    `json:"name"` // of the channel
	Title     string    `json:"title"`
	About     string    `json:"about"`
	Published time.Time `json:"published"`
}

// URL is the page of what was found.
func (h Hit) URL() string {
	if h.Video == "" {
		return channelURL(h.Channel)
	}
	return videoURL(h.Video)
}

func channelURL(id string) string { return "https://www.youtube.com/channel/" + id }
func videoURL(id string) string   { return "https://www.youtube.com/watch?v=" + id }

// Found is a page of hits.
type Found struct {
	Hits []Hit  `json:"hits"`
	Next string `json:"next,omitempty"`
}

// Search costs SearchCost units, found or not.
func (r *Reader) Search(ctx context.Context, q Query) (f Found, err error) {
	if q, err = q.Check(); err != nil {
		return f, err
	}
	answer, err := r.searchCall(q).Context(ctx).Do()
	if err != nil {
		return f, r.failed(ctx, err, SearchCost)
	}
	f.Next = answer.NextPageToken
	for _, item := range answer.Items[:min(len(answer.Items), pageMost)] {
		if item == nil || item.Id == nil || item.Snippet == nil {
			continue
		}
		h := Hit{Video: item.Id.VideoId, Channel: item.Snippet.ChannelId, Name: html.UnescapeString(item.Snippet.ChannelTitle),
			Title: html.UnescapeString(item.Snippet.Title), About: item.Snippet.Description, Published: moment(item.Snippet.PublishedAt)}
		if h.Channel == "" {
			h.Channel = item.Id.ChannelId
		}
		if h.Name == "" {
			h.Name = h.Title
		}
		if h.Channel != "" && (h.Video != "" || q.Finds == FindsChannels) {
			f.Hits = append(f.Hits, h)
		}
	}
	return f, nil
}

func (r *Reader) searchCall(q Query) *youtube.SearchListCall {
	call := r.service.Search.List([]string{"snippet"}).Type(string(q.Finds)).MaxResults(pageMost).Order(string(q.Order)).SafeSearch("none")
	set := func(text string, f func(string) *youtube.SearchListCall) {
		if text != "" {
			f(text)
		}
	}
	set(q.Words, call.Q)
	set(q.Region, call.RegionCode)
	set(q.Language, call.RelevanceLanguage)
	set(q.Topic, call.TopicId)
	set(q.Channel, call.ChannelId)
	set(q.Page, call.PageToken)
	if !q.After.IsZero() {
		call.PublishedAfter(q.After.UTC().Format(time.RFC3339))
	}
	if q.Paid {
		call.VideoPaidProductPlacement("true")
	}
	return call
}

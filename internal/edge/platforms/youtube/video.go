package youtube

import (
	"context"
	"strings"
	"time"

	youtube "google.golang.org/api/youtube/v3"

	"rapport/internal/recruit/creators"
)

// Video is one published video.
type Video struct {
	ID, Channel  string
	Name         string // of the channel
	Published    time.Time
	Title, About string
	Tags         []string
	Seconds      *int64
	Views        *int64
	Likes        *int64 // nil: hidden
	Comments     *int64 // nil: switched off
	ForChildren  bool
	Paid         *bool // told to the channel's owner only
}

// Upload is an entry of the playlist of everything a channel published.
type Upload struct {
	Video     string
	Published time.Time
}

// Uploads reads one page, the newest first. A playlist that is not there has no uploads: a channel that never published has none.
func (r *Reader) Uploads(ctx context.Context, playlist, page string) (all []Upload, next string, err error) {
	call := r.service.PlaylistItems.List([]string{"contentDetails"}).PlaylistId(playlist).MaxResults(pageMost)
	if page != "" {
		call.PageToken(page)
	}
	answer, err := call.Context(ctx).Do()
	if isNothing(err) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", r.failed(ctx, err, ListCost)
	}
	for _, item := range answer.Items[:min(len(answer.Items), pageMost)] {
		if item != nil && item.ContentDetails != nil && item.ContentDetails.VideoId != "" {
			all = append(all, Upload{item.ContentDetails.VideoId, moment(item.ContentDetails.VideoPublishedAt)})
		}
	}
	return all, answer.NextPageToken, nil
}

// Videos reads videos by their ids, fifty for one unit. Those that are private or gone are left out. owner asks for what only the owner is told.
func (r *Reader) Videos(ctx context.Context, ids []string, owner bool) ([]Video, error) {
	parts := []string{"snippet", "statistics", "contentDetails", "status"}
	if owner {
		parts = append(parts, "paidProductPlacementDetails")
	}
	var all []Video
	for len(ids) > 0 {
		n := min(len(ids), pageMost)
		answer, err := r.service.Videos.List(parts).Id(ids[:n]...).MaxResults(pageMost).Context(ctx).Do()
		if err != nil {
			return all, r.failed(ctx, err, ListCost)
		}
		held, err := readHeld(r.last.Bytes())
		if err != nil {
			return all, r.failed(ctx, err, ListCost)
		}
		for _, item := range answer.Items[:min(len(answer.Items), pageMost)] {
			if item != nil && item.Id != "" && item.Snippet != nil {
				all = append(all, videoOf(item, held, owner))
			}
		}
		ids = ids[n:]
	}
	return all, nil
}

func videoOf(item *youtube.Video, held heldCounts, owner bool) Video {
	v := Video{ID: item.Id, Channel: item.Snippet.ChannelId, Name: item.Snippet.ChannelTitle, Published: moment(item.Snippet.PublishedAt), Title: item.Snippet.Title,
		About: item.Snippet.Description, Tags: item.Snippet.Tags[:min(len(item.Snippet.Tags), mostHashtags)]}
	if s := item.Statistics; s != nil {
		v.Views = count(s.ViewCount, held.has(item.Id, "viewCount"))
		v.Likes = count(s.LikeCount, held.has(item.Id, "likeCount"))
		v.Comments = count(s.CommentCount, held.has(item.Id, "commentCount"))
	}
	if d := item.ContentDetails; d != nil {
		if n, ok := seconds(d.Duration); ok {
			v.Seconds = &n
		}
	}
	v.ForChildren = item.Status != nil && item.Status.MadeForKids
	if owner && item.PaidProductPlacementDetails != nil {
		paid := item.PaidProductPlacementDetails.HasPaidProductPlacement
		v.Paid = &paid
	}
	return v
}

// longestCaption is how much of a title and description is kept, in characters.
const longestCaption = 2000

// Post is the video as it is stored. The caption is the title and the description below it.
func (v Video) Post() creators.Post {
	tags := Hashtags(v.Title + "\n" + v.About)
	return creators.Post{
		PlatformID: v.ID, PostedAt: v.Published, Caption: cut(strings.TrimSpace(v.Title+"\n"+v.About), longestCaption), Hashtags: strings.Join(tags, " "),
		Seconds: v.Seconds, Sponsored: v.Paid, URL: videoURL(v.ID), Counts: creators.PostCounts{Views: v.Views, Likes: v.Likes, Comments: v.Comments},
	}
}

// Written is a comment below a video.
type Written struct {
	ID     string
	Author string // the channel id of who wrote it: to be hashed, not kept
	At     time.Time
	Text   string
}

// mostWritten is a page of comments, the most that one unit brings.
const mostWritten = 100

// Comments reads the newest comments below a video, not the answers to them, for one unit. open is false where comments are switched off.
func (r *Reader) Comments(ctx context.Context, video string) (all []Written, open bool, err error) {
	answer, err := r.service.CommentThreads.List([]string{"snippet"}).VideoId(video).MaxResults(mostWritten).Order("time").TextFormat("plainText").
		Context(ctx).Do()
	if isNothing(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, true, r.failed(ctx, err, ListCost)
	}
	for _, thread := range answer.Items[:min(len(answer.Items), mostWritten)] {
		if thread == nil || thread.Snippet == nil || thread.Snippet.TopLevelComment == nil || thread.Snippet.TopLevelComment.Snippet == nil {
			continue
		}
		s := thread.Snippet.TopLevelComment.Snippet
		w := Written{ID: thread.Id, At: moment(s.PublishedAt), Text: s.TextDisplay}
		if s.AuthorChannelId != nil {
			w.Author = s.AuthorChannelId.Value
		}
		if w.Author != "" && w.Text != "" {
			all = append(all, w)
		}
	}
	return all, true, nil
}

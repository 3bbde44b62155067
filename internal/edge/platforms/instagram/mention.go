package instagram

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"rapport/internal/base/fault"
)

const (
	tagFields      = "id,username,caption,media_type,permalink,timestamp,like_count,comments_count"
	tagPage        = 50
	mostNotes      = 200
	longestComment = 2200
)

// Tags reads posts that tag the asker, the newest first; next is the cursor of the page after.
func (c Client) Tags(ctx context.Context, after string) (all []Media, next string, err error) {
	q := url.Values{"fields": {tagFields}, "limit": {strconv.Itoa(tagPage)}}
	if after != "" {
		q.Set("after", after)
	}
	var answer struct {
		Data   []Media `json:"data"`
		Paging page    `json:"paging"`
	}
	if err := c.get(ctx, c.Token.Account+"/tags", q, Calls, &answer); err != nil {
		return nil, "", err
	}
	for _, m := range answer.Data[:min(len(answer.Data), tagPage)] {
		if m.ID != "" && username.MatchString(m.Username) {
			all = append(all, m)
		}
	}
	return all, answer.Paging.after(), nil
}

// Note is what Meta tells by webhook: the account was mentioned in a caption, or in a comment below a post.
type Note struct {
	Account string // that was mentioned
	Media   string
	Comment string // "" for a caption
}

// Mentioned reads the post, or the comment with its post, that a note speaks of. found is false where it is gone or its owner is personal.
func (c Client) Mentioned(ctx context.Context, n Note) (m Media, found bool, err error) {
	if !digits(n.Media) || n.Comment != "" && !digits(n.Comment) {
		return m, false, fault.Invalid("The note names no post.")
	}
	var answer struct {
		Media   Media `json:"mentioned_media"`
		Comment struct {
			Text      string `json:"text"`
			Username  string `json:"username"`
			Timestamp string `json:"timestamp"`
			Media     Media  `json:"media"`
		} `json:"mentioned_comment"`
	}
	fields := fmt.Sprintf("mentioned_media.media_id(%s){id,username,caption,media_type,permalink,timestamp,like_count,comments_count}", n.Media)
	if n.Comment != "" {
		fields = fmt.Sprintf("mentioned_comment.comment_id(%s){id,text,username,timestamp,media{id,permalink}}", n.Comment)
	}
	err = c.get(ctx, c.Token.Account, url.Values{"fields": {fields}}, Calls, &answer)
	if isGone(err) {
		return m, false, nil
	}
	if err != nil {
		return m, false, err
	}
	m = answer.Media
	if n.Comment != "" {
		m = Media{ID: n.Comment, Username: answer.Comment.Username, Caption: cut(answer.Comment.Text, longestComment), Permalink: answer.Comment.Media.Permalink,
			Timestamp: answer.Comment.Timestamp}
	}
	return m, m.ID != "" && username.MatchString(m.Username), nil
}

// CheckSignature reports whether Meta sent a webhook: X-Hub-Signature-256 is "sha256=" and the HMAC of the raw body under the app's secret
// (https://developers.facebook.com/docs/graph-api/webhooks/getting-started).
func CheckSignature(secret string, body []byte, header string) bool {
	text, ok := strings.CutPrefix(header, "sha256=")
	given, err := hex.DecodeString(text)
	if !ok || err != nil || secret == "" {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hmac.Equal(given, mac.Sum(nil))
}

// ReadWebhook reads the mentions of a webhook; other fields are let pass.
func ReadWebhook(body []byte) ([]Note, error) {
	var hook struct {
		Object string `json:"object"`
		Entry  []struct {
			ID      string `json:"id"`
			Changes []struct {
				Field string `json:"field"`
				Value struct {
					Media   string `json:"media_id"`
					Comment string `json:"comment_id"`
				} `json:"value"`
			} `json:"changes"`
		} `json:"entry"`
	}
	if err := json.Unmarshal(body, &hook); err != nil {
		return nil, fault.Malformed("The webhook is no JSON.").Because(err)
	}
	var all []Note
	for _, e := range hook.Entry {
		for _, c := range e.Changes {
			n := Note{Account: e.ID, Media: c.Value.Media, Comment: c.Value.Comment}
			if c.Field != "mentions" || !digits(n.Account) || !digits(n.Media) || n.Comment != "" && !digits(n.Comment) {
				continue
			}
			if all = append(all, n); len(all) == mostNotes {
				return all, nil
			}
		}
	}
	return all, nil
}

package instagram

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"rapport/internal/base/fault"
	"rapport/internal/recruit/creators"
)

// Account is a professional account as everybody sees it.
type Account struct {
	ID        string `json:"id"`
	Username  string `json:"username"`
	Name      string `json:"name"`
	Biography string `json:"biography"`
	Website   string `json:"website"`
	Followers *int64 `json:"followers_count"`
	Follows   *int64 `json:"follows_count"`
	MediaNo   *int64 `json:"media_count"`
	Media     struct {
		Data   []Media `json:"data"`
		Paging page    `json:"paging"`
	} `json:"media"`
}

const (
	accountFields = "id,username,name,biography,website,followers_count,follows_count,media_count"
	mediaFields   = "id,caption,like_count,comments_count,view_count,media_type,media_product_type,permalink,timestamp"
	mediaPage     = 25
	mostMedia     = 200
)

// username is what Instagram lets people be called; anything else would end the field's brackets.
var username = regexp.MustCompile(`^[A-Za-z0-9._]{1,30}$`)

// discoveryFields writes the nested fields of business discovery.
func discoveryFields(name, after string) string {
	media := fmt.Sprintf("media.limit(%d)", mediaPage)
	if after != "" {
		media = fmt.Sprintf("media.after(%s).limit(%d)", after, mediaPage)
	}
	return fmt.Sprintf("business_discovery.username(%s){%s,%s{%s}}", name, accountFields, media, mediaFields)
}

// cursor is what Meta's cursors are made of; another one is not sent on.
var cursor = regexp.MustCompile(`^[A-Za-z0-9_=-]{1,500}$`)

// Discover reads a professional account by its name with its newest posts, most of them at most (25 a call). found is false for accounts that are
// not there, personal, or kept to adults: Meta tells these apart from nobody.
func (c Client) Discover(ctx context.Context, handle string, most int) (a Account, found bool, err error) {
	handle = strings.TrimPrefix(strings.TrimSpace(handle), "@")
	if !username.MatchString(handle) {
		return a, false, fault.Invalid("An Instagram name has letters, digits, dots and underscores.").In("handle")
	}
	most = min(most, mostMedia)
	var media []Media
	after := ""
	for range (most+mediaPage-1)/mediaPage + 1 {
		var answer struct {
			Discovery Account `json:"business_discovery"`
		}
		err := c.get(ctx, c.Token.Account, url.Values{"fields": {discoveryFields(handle, after)}}, Calls, &answer)
		if isNobody(err) {
			return a, false, nil
		}
		if err != nil {
			return a, a.Username != "", err
		}
		if a.Username == "" {
			a = answer.Discovery
		}
		media = append(media, answer.Discovery.Media.Data...)
		a.Media.Data = media[:min(len(media), most)]
		if after = answer.Discovery.Media.Paging.Cursors.After; len(media) >= most || !cursor.MatchString(after) || len(answer.Discovery.Media.Data) == 0 {
			break
		}
	}
	return a, a.Username != "", nil
}

func isNobody(err error) bool {
	var e graphError
	return errors.As(err, &e) && (e.Code == codeInvalidID || e.Subcode == subNoUser)
}

// Counts are the account's totals as a snapshot holds them.
func (a Account) Counts() creators.Counts {
	return creators.Counts{Followers: believed(a.Followers), Following: believed(a.Follows), Posts: believed(a.MediaNo)}
}

// Details are what the account says about itself.
func (a Account) Details() creators.Details {
	d := creators.Details{URL: creators.Account{Platform: name, Handle: a.Username}.URL(), DisplayName: cut(a.Name, creators.LongestName),
		Bio: cut(a.Biography, creators.LongestBio)}
	hasLink := a.Website != ""
	d.HasBioLink = &hasLink
	if d.Check() != nil {
		return creators.Details{URL: d.URL}
	}
	return d
}

// Posts are the account's posts as they are stored.
func (a Account) Posts() []creators.Post {
	var all []creators.Post
	for _, m := range a.Media.Data {
		if m.ID != "" && !slices.ContainsFunc(all, func(p creators.Post) bool { return p.PlatformID == m.ID }) {
			all = append(all, m.Post())
		}
	}
	return all
}

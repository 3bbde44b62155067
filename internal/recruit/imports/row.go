package imports

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/recruit/creators"
)

// row is a record that was understood, or the reason why it was not.
type row struct {
	line       int
	unreadable string // the reason; nothing but the line stands beside it
	account    creators.Account
	name       string
	contact    creators.Contact
	owner      *creators.Account // of an entry with several accounts: its first one, whose creator this account belongs to
	about      about
	undated    bool              // the file does not say when; TakenAt is the import's own moment
	snapshot   creators.Snapshot // without a profile
	post       *creators.Post    // for a list of posts; its SeenAt is the snapshot's TakenAt
}

// The limits of texts that only imports bring.
const (
	longestPostID   = 100
	longestCaption  = 5000
	longestHashtags = 2000
)

// parser turns records into rows.
type parser struct {
	layout   layout
	now      time.Time      // the import's moment
	currency money.Currency // of prices that name none
	record   record
	err      error // the first that went wrong in this record
}

// parse returns the row, or why the record is refused.
func (p *parser) parse(r record) (row, error) {
	p.record, p.err = r, nil
	if err := p.checkWidth(); err != nil {
		return row{}, err
	}
	out := row{line: r.line, account: p.account(), name: p.oneLine(FieldName, creators.LongestName), contact: p.contact()}
	out.snapshot = creators.Snapshot{Source: creators.SourceImport, TakenAt: p.time(FieldTakenOn), AudienceCountry: p.country(FieldAudienceCountry)}
	out.snapshot.Counts = creators.Counts{
		Followers: p.count(FieldFollowers), Following: p.count(FieldFollowing), Posts: p.count(FieldPostsTotal), Likes: p.count(FieldLikesTotal),
	}
	out.snapshot.Averages = creators.Averages{
		Engagement: p.count(FieldEngagement), AuthenticEngagement: p.count(FieldAuthenticEngagement), Views: p.count(FieldViewsAvg),
		Likes: p.count(FieldLikesAvg), Comments: p.count(FieldCommentsAvg), Shares: p.count(FieldSharesAvg),
	}
	out.snapshot.Details = p.details()
	out.about = p.about()
	if r.first != nil {
		out.owner = p.ownerOf(r.first)
	}
	if p.layout.kind == KindPosts {
		out.post = p.post()
		out.snapshot.TakenAt = out.post.SeenAt
	}
	if out.snapshot.TakenAt.IsZero() {
		out.undated, out.snapshot.TakenAt = true, p.now
	}
	return out, p.err
}

// checkWidth lets short lines pass (spreadsheets drop empty cells at the end) and refuses text beyond the last column.
func (p *parser) checkWidth() error {
	for _, cell := range p.record.cells[min(p.layout.width, len(p.record.cells)):] {
		if cell != "" {
			return fmt.Errorf("has %d cells where the file has %d columns; perhaps a text with a separator is not in quotation marks",
				len(p.record.cells), p.layout.width)
		}
	}
	return nil
}

// cell is the text of a field, or "" where the file has no such column.
func (p *parser) cell(f Field) string {
	i, ok := p.layout.columns[f]
	if !ok || i >= len(p.record.cells) {
		return ""
	}
	return p.record.cells[i]
}

// fail keeps the first thing that is wrong with the record.
func (p *parser) fail(f Field, err error) {
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("“%s” %w", f, err)
	}
}

func (p *parser) account() creators.Account {
	platform := p.layout.platform
	if name := p.cell(FieldPlatform); !isNothing(name) {
		known, ok := creators.ParsePlatform(name)
		if !ok {
			p.fail(FieldPlatform, errors.New("is not tiktok, instagram, youtube, pinterest or other"))
		}
		platform = known
	}
	field := FieldHandle
	text := p.cell(FieldHandle)
	if text == "" {
		field, text = FieldURL, p.cell(FieldURL)
	}
	a, err := creators.ParseAccount(platform, text)
	if err != nil && p.err == nil {
		f, _ := fault.As(err)
		p.err = fmt.Errorf("“%s”: %s", field, f.Message)
	}
	return a
}

// ownerOf is the account of an entry's first profile.
func (p *parser) ownerOf(first []string) *creators.Account {
	q := parser{layout: p.layout, now: p.now, record: record{cells: first}}
	a := q.account()
	if q.err != nil {
		return nil
	}
	return &a
}

// oneLine is a text of one line with single spaces.
func (p *parser) oneLine(f Field, most int) string {
	cell := p.cell(f)
	if cell == "" {
		return ""
	}
	return p.text(f, strings.Join(strings.Fields(cell), " "), most)
}

func (p *parser) text(f Field, text string, most int) string {
	if len(text) > most && utf8.RuneCountInString(text) > most {
		p.fail(f, fmt.Errorf("is longer than %s characters", thousands(int64(most))))
	}
	if strings.ContainsFunc(text, isControl) {
		p.fail(f, errors.New("holds control characters"))
	}
	return text
}

func isControl(r rune) bool { return (r < ' ' && r != '\n' && r != '\t' && r != '\r') || r == 0x7f }

func (p *parser) count(f Field) *int64 {
	n, err := parseCount(p.cell(f))
	p.fail(f, err)
	return n
}

func (p *parser) time(f Field) time.Time {
	t, err := parseTime(p.cell(f), p.now)
	p.fail(f, err)
	return t
}

func (p *parser) bool(f Field) *bool {
	b, err := parseBool(p.cell(f))
	p.fail(f, err)
	return b
}

// fact is a short text in which "none" and "N/A" say nothing.
func (p *parser) fact(f Field) string {
	if isNothing(p.cell(f)) {
		return ""
	}
	return p.oneLine(f, creators.LongestText)
}

func (p *parser) country(f Field) string { return creators.Country(p.fact(f)) }

func (p *parser) details() creators.Details {
	d := creators.Details{
		DisplayName: p.oneLine(FieldName, creators.LongestName), Bio: p.text(FieldBio, p.cell(FieldBio), creators.LongestBio),
		Country: p.country(FieldCountry), Language: creators.Language(p.fact(FieldLanguage)),
		Category: p.fact(FieldCategory), Subcategory: p.fact(FieldSubcategory),
		Verified: p.bool(FieldVerified), HasBioLink: p.bool(FieldHasBioLink),
	}
	if link := p.cell(FieldURL); strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://") {
		d.URL = p.oneLine(FieldURL, creators.LongestURL)
	}
	return d
}

func (p *parser) contact() creators.Contact {
	c := creators.Contact{Phone: p.oneLine(FieldPhone, creators.LongestPhone)}
	if cell := p.cell(FieldEmail); !isNothing(cell) {
		address, err := creators.ParseEmail(cell)
		if err != nil {
			p.fail(FieldEmail, errors.New("is not an e-mail address"))
		}
		c.Email = address
	}
	return c
}

func (p *parser) post() *creators.Post {
	post := &creators.Post{
		PlatformID: p.oneLine(FieldPost, longestPostID), PostedAt: p.time(FieldPostedAt), SeenAt: p.time(FieldSeenAt),
		Caption: p.text(FieldCaption, p.cell(FieldCaption), longestCaption), Hashtags: p.hashtags(),
	}
	seconds, err := parseSeconds(p.cell(FieldSeconds))
	p.fail(FieldSeconds, err)
	post.Seconds = seconds
	post.Counts = creators.PostCounts{
		Views: p.count(FieldViews), Likes: p.count(FieldLikes), Comments: p.count(FieldComments), Shares: p.count(FieldShares), Saves: p.count(FieldSaves),
	}
	if post.PlatformID == "" {
		p.fail(FieldPost, errors.New("is empty"))
	}
	return post
}

func (p *parser) hashtags() string {
	tags := strings.FieldsFunc(p.oneLine(FieldHashtags, longestHashtags), func(r rune) bool { return r == '#' || r == ' ' || r == ',' || r == ';' })
	return strings.Join(tags, " ")
}

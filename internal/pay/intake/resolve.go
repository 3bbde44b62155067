package intake

import (
	"context"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/track/attribution"
	"rapport/internal/track/clicks"
	"rapport/internal/track/links"
)

// Clicks reads click tokens that are joined by dots, as a shop's cart carries them. What cannot be a token is kept and refused later, so that the
// explanation tells of it.
func Clicks(joined string) (touches []Touch) {
	for token := range strings.SplitSeq(joined, ".") {
		if token = strings.TrimSpace(token); token != "" && len(touches) < mostTouches {
			touches = append(touches, Touch{Click: token})
		}
	}
	return touches
}

// resolve finds out whose touches they are, as of now: a code counts if it belongs to the partnership when the order is received.
func (d Door) resolve(ctx context.Context, tx *db.Tx, program programs.Program, touches []Touch, occurredAt time.Time, known partners) ([]attribution.Touch, error) {
	resolved := make([]attribution.Touch, 0, len(touches))
	for _, t := range touches {
		var r attribution.Touch
		var err error
		if t.Code != "" {
			r, err = resolveCode(ctx, tx, program, t, occurredAt)
		} else {
			r, err = d.resolveClick(ctx, tx, program, t)
		}
		if err != nil {
			return nil, err
		}
		if r.Unusable == "" {
			if r.Unusable, err = known.standing(ctx, tx, r.Partnership); err != nil {
				return nil, err
			}
		}
		resolved = append(resolved, r)
	}
	return resolved, nil
}

func resolveCode(ctx context.Context, tx *db.Tx, program programs.Program, t Touch, occurredAt time.Time) (attribution.Touch, error) {
	r := attribution.Touch{Kind: attribution.TouchCode, At: t.At, Code: t.Code}
	if r.At.IsZero() {
		r.At = occurredAt
	}
	code, found, err := links.FindCodeByText(ctx, tx, program.ID, t.Code)
	if err != nil {
		return r, err
	}
	if !found {
		r.Unusable = attribution.ReasonUnknownCode
		return r, nil
	}
	r.Partnership, r.Code, r.CodeID = code.Partnership, code.Code, string(code.ID)
	return r, nil
}

// resolveClick proves a token. Its own time counts, not the one that was sent beside it, which nobody can prove.
func (d Door) resolveClick(ctx context.Context, tx *db.Tx, program programs.Program, t Touch) (attribution.Touch, error) {
	r := attribution.Touch{Kind: attribution.TouchClick, At: t.At}
	token, err := d.Tokens.Verify(t.Click)
	if err != nil {
		r.Unusable = attribution.ReasonForgedClick
		return r, nil //nolint:nilerr // a forged token is a finding about the order, not a failure
	}
	r.At, r.LinkNo = token.At.UTC(), token.LinkNo
	link, found, err := links.ByNo(ctx, tx, token.LinkNo)
	switch {
	case err != nil:
		return r, err
	case !found:
		r.Unusable = attribution.ReasonUnknownLink
	case link.Program != program.ID:
		r.Unusable = attribution.ReasonOtherProgram
	case token.Flags.Has(clicks.Crawler), token.Flags.Has(clicks.Preview): // a prefetch mark is lifted: browsers reuse the answer
		r.Unusable = attribution.ReasonCrawler
	default:
		r.Partnership = link.Partnership
	}
	return r, nil
}

// partners are the partnerships that one order speaks of, read once.
type partners map[partnerships.ID]partnerships.Partnership

func (known partners) find(ctx context.Context, tx *db.Tx, id partnerships.ID) (p partnerships.Partnership, err error) {
	p, ok := known[id]
	if !ok {
		if p, err = partnerships.Find(ctx, tx, id); err == nil {
			known[id] = p
		}
	}
	return p, err
}

func (known partners) standing(ctx context.Context, tx *db.Tx, id partnerships.ID) (attribution.Reason, error) {
	p, err := known.find(ctx, tx, id)
	if err != nil || p.Status.Earns() {
		return "", err
	}
	return attribution.ReasonPartnerEnded, nil
}

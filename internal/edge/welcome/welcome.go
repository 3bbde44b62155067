package welcome

import (
	"context"
	"reflect"
	"strings"
	"unicode/utf8"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/notify"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/web/text"
	"rapport/internal/partner/applications"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
	"rapport/internal/track/links"
)

// Host is what welcoming needs.
type Host struct {
	Box     *secret.Box
	Links   *links.Index
	BaseURL string // without a slash at the end
	// Fit says how well a creator matches the program's customers, 0–100; nil where the program has described none, or nothing is known.
	Fit func(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID) (*int, error)
}

const lang = text.Default

// Take makes an application real that somebody trusted handed over. Whether the address was shown to be the applicant's decides what rules may do.
func (h Host) Take(ctx context.Context, tx *db.Tx, f applications.Form, s applications.Submission, shown bool) (applications.Application, error) {
	a, err := applications.Enter(ctx, tx, h.Box, f, s, shown)
	if err != nil {
		return a, err
	}
	return h.answer(ctx, tx, a)
}

// Receive makes an application real whose token came back from its mail address, and answers it if a rule does. Called again it only tells.
func (h Host) Receive(ctx context.Context, d *db.DB, token string) (a applications.Application, err error) {
	err = d.Update(ctx, func(tx *db.Tx) (err error) {
		a, err = applications.Confirm(ctx, tx, h.Box, token)
		return err
	})
	if err != nil || !a.State.Open() {
		return a, err
	}
	if _, err := vetting.Make(ctx, d, a.Program, a.Creator); err != nil {
		return a, err
	}
	return h.AnswerByRule(ctx, d, a)
}

// AnswerByRule lets the program's rules answer an application that waits.
func (h Host) AnswerByRule(ctx context.Context, d *db.DB, a applications.Application) (applications.Application, error) {
	err := d.Update(ctx, func(tx *db.Tx) (err error) {
		a, err = h.answer(ctx, tx, a)
		return err
	})
	return a, err
}

func (h Host) answer(ctx context.Context, tx *db.Tx, a applications.Application) (applications.Application, error) {
	form, _, err := applications.FormOf(ctx, tx, a.Program)
	if err != nil {
		return a, err
	}
	facts, err := h.facts(ctx, tx, a)
	if err != nil {
		return a, err
	}
	done, err := applications.AnswerByRule(ctx, tx, a.ID, applications.Decide(form.Rules, facts))
	if err != nil {
		return a, err
	}
	return done.Application, h.follow(ctx, tx, auth.System(), done)
}

// facts are what the rules ask for.
func (h Host) facts(ctx context.Context, tx *db.Tx, a applications.Application) (f applications.Facts, err error) {
	c, err := creators.Find(ctx, tx, a.Creator)
	if err != nil {
		return f, err
	}
	verdicts, err := vetting.Verdicts(ctx, tx, a.Program, []creators.ID{a.Creator})
	if err != nil {
		return f, err
	}
	f = applications.Facts{Verdict: verdicts[a.Creator], Tier: c.Tier, Country: c.Country, Followers: c.Followers, Claimed: a.Claimed, Address: a.Address}
	for _, p := range c.Profiles {
		if p.ID == c.Main {
			f.Platform = p.Platform
		}
	}
	if h.Fit != nil {
		f.Fit, err = h.Fit(ctx, tx, a.Program, a.Creator)
	}
	return f, err
}

// Approve lets an applicant in, by a person.
func (h Host) Approve(ctx context.Context, tx *db.Tx, by auth.Principal, of applications.ID, words string) (applications.Application, error) {
	done, err := applications.Approve(ctx, tx, h.Box, of, by.Name, words)
	if err != nil {
		return done.Application, err
	}
	return done.Application, h.follow(ctx, tx, by, done)
}

// Refuse turns an applicant away, by a person.
func (h Host) Refuse(ctx context.Context, tx *db.Tx, by auth.Principal, of applications.ID, words string) (applications.Application, error) {
	done, err := applications.Refuse(ctx, tx, of, by.Name, words)
	if err != nil {
		return done.Application, err
	}
	return done.Application, h.follow(ctx, tx, by, done)
}

// follow does what an answer brings with it, once.
func (h Host) follow(ctx context.Context, tx *db.Tx, by auth.Principal, done applications.Settled) error {
	if !done.Now {
		return nil
	}
	if err := audit.Record(ctx, tx, by, done.Program, "application."+string(done.State), string(done.ID), nil, done.Decision, done.Reason); err != nil {
		return err
	}
	program, err := programs.Find(ctx, tx, done.Program)
	if err != nil {
		return err
	}
	p, err := partnerships.Find(ctx, tx, done.Partnership)
	if err != nil {
		return err
	}
	if done.State == applications.StateRefused {
		return h.tell(ctx, tx, program, p, "refused", "reason", reason(done.Application))
	}
	if err := h.Equip(ctx, tx, program, p); err != nil {
		return err
	}
	return h.greet(ctx, tx, program, p)
}

// Equip gives a partner a link and a code to share, where they have none.
func (h Host) Equip(ctx context.Context, tx *db.Tx, program programs.Program, p partnerships.Partnership) error {
	c, err := creators.Find(ctx, tx, p.Creator)
	if err != nil {
		return err
	}
	e, err := links.Equip(ctx, tx, program, p, c.Name)
	if err != nil || e.Link.ID == "" {
		return err
	}
	return h.Links.Now(ctx, tx, e.Link)
}

// greet writes to a new partner how to come in.
func (h Host) greet(ctx context.Context, tx *db.Tx, program programs.Program, p partnerships.Partnership) error {
	token, err := h.Enter(ctx, tx, program.ID, p.Creator)
	if err != nil {
		return err
	}
	link := h.BaseURL + "/sign-in/link"
	if token != "" {
		link = h.BaseURL + "/enter/" + token
	}
	return h.tell(ctx, tx, program, p, "approved", "link", link)
}

// Enter makes a sign-in link's token for a creator, or "" where the address that the program has is not the one they sign in with: then they ask for
// a link, which goes to their own.
func (h Host) Enter(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID) (token string, err error) {
	c, err := creators.Find(ctx, tx, creator)
	if err != nil {
		return "", err
	}
	contact, err := creators.ContactOf(ctx, tx, program, creator)
	if err != nil || contact.Email == "" {
		return "", err
	}
	id, err := auth.EnsureCreatorUser(ctx, tx, string(creator), contact.Email, cutName(c.Name), lang)
	if err != nil {
		return "", err
	}
	user, err := auth.FindUser(ctx, tx, id)
	if err != nil || !strings.EqualFold(user.Email, contact.Email) {
		return "", err
	}
	return auth.LoginLink(ctx, tx, id, auth.PurposeInvite, auth.LinkByHand, "")
}

// tell queues a mail to the creator of a partnership, if there is an address; key names its words.
func (h Host) tell(ctx context.Context, tx *db.Tx, program programs.Program, p partnerships.Partnership, key string, pairs ...any) error {
	contact, err := creators.ContactOf(ctx, tx, program.ID, p.Creator)
	if err != nil || contact.Email == "" {
		return err
	}
	c, err := creators.Find(ctx, tx, p.Creator)
	if err != nil {
		return err
	}
	pairs = append([]any{"name", c.Name, "program", program.Name}, pairs...)
	return notify.Queue(ctx, tx, h.Box, notify.Mail{Program: program.ID, To: contact.Email,
		Subject: text.T(lang, "welcome."+key+".subject", pairs...), Text: text.T(lang, "welcome."+key+".text", pairs...)})
}

// cutName brings a creator's name to the length of a user's.
func cutName(name string) string {
	for utf8.RuneCountInString(name) > 100 {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return strings.TrimSpace(name)
}

// mostWaiting is how many applications are looked at again in one round.
const mostWaiting = 2000

// AnswerWaiting lets the rules look again at applications that wait: figures come after an account was connected, and rules are changed. What a
// rule does not settle goes on waiting.
func (h Host) AnswerWaiting(ctx context.Context, d *db.DB) error {
	var after applications.ID
	for range mostWaiting / waitingChunk {
		var some []applications.Application
		err := d.View(ctx, func(tx *db.Tx) (err error) {
			some, err = applications.Waiting(ctx, tx, after, waitingChunk)
			return err
		})
		if err != nil {
			return err
		}
		var changed []applications.Application
		err = d.View(ctx, func(tx *db.Tx) (err error) { changed, err = h.otherwise(ctx, tx, some); return err })
		if err != nil {
			return err
		}
		for _, a := range changed {
			if _, err := h.AnswerByRule(ctx, d, a); err != nil {
				return err
			}
		}
		if len(some) < waitingChunk {
			return nil
		}
		after = some[len(some)-1].ID
	}
	return nil
}

const waitingChunk = 100

// otherwise are the applications that the rules would answer otherwise than they did: the others need no write.
func (h Host) otherwise(ctx context.Context, tx *db.Tx, some []applications.Application) (changed []applications.Application, err error) {
	for _, a := range some {
		form, _, err := applications.FormOf(ctx, tx, a.Program)
		if err != nil {
			return nil, err
		}
		facts, err := h.facts(ctx, tx, a)
		if err != nil {
			return nil, err
		}
		if !reflect.DeepEqual(applications.Decide(form.Rules, facts), a.Decision) {
			changed = append(changed, a)
		}
	}
	return changed, nil
}

package reach_test

import (
	"bytes"
	"context"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/web/desk"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/portal"
	"rapport/internal/edge/web/reach"
	"rapport/internal/edge/web/setup"
	"rapport/internal/edge/web/webtest"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/recruit/creators"
)

var pages = webtest.Parsed(frame.Templates, setup.Templates, desk.Templates, portal.Templates, reach.Templates)

// world is Fernwood Tea with Olga, who owns it, Vera, who may look, and another program; pages are asked over HTTP through the real router.
type world struct {
	*webtest.Site
	box            *secret.Box
	program, other programs.Program
	owner          string // Olga's id
	olga, vera     string // sessions
}

func inWorld(t *testing.T, engine db.Engine, test func(w *world)) {
	t.Parallel()
	w := &world{box: secret.New(bytes.Repeat([]byte{3}, secret.KeySize))}
	w.Site = webtest.Open(t, dbtest.New(t, engine), pages, frame.Deps{Box: w.box, MailSent: true}, setup.Register, desk.Register, portal.Register, reach.Register)
	var olga, vera auth.User
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		ten, err := terms.ParseCommission("percent", "12", "EUR")
		if err != nil {
			return err
		}
		if w.program, err = programs.Create(ctx, tx, programs.New{Name: "Fernwood Tea", Currency: "EUR", Sites: []string{"shop.example"}}); err != nil {
			return err
		}
		if w.other, err = programs.Create(ctx, tx, programs.New{Name: "Elsewhere", Currency: "EUR"}); err != nil {
			return err
		}
		if err := partnerships.SetProgramTerms(ctx, tx, w.program.ID, terms.Terms{Commission: &ten}); err != nil {
			return err
		}
		if olga, err = auth.CreateUser(ctx, tx, auth.NewUser{Email: "olga@acme.example", Name: "Olga", Role: auth.RoleOwner}); err != nil {
			return err
		}
		vera, err = auth.CreateUser(ctx, tx, auth.NewUser{Email: "vera@acme.example", Name: "Vera", Role: auth.RoleViewer, Program: w.program.ID})
		return err
	})
	w.owner = olga.ID
	w.olga, w.vera = w.Session(olga.ID, auth.PurposeInvite), w.Session(vera.ID, auth.PurposeInvite)
	test(w)
}

// to is an address of the program's desk.
func (w *world) to(path string) string { return "/p/" + string(w.program.ID) + path }

// prospect is somebody nobody wrote to yet, with accounts given as "tiktok maya".
func (w *world) prospect(program programs.ID, name string, accounts ...string) (p partnerships.Partnership) {
	w.Helper()
	n := creators.New{Name: name, Program: program}
	for _, a := range accounts {
		platform, handle, _ := strings.Cut(a, " ")
		n.Profiles = append(n.Profiles, creators.NewProfile{Platform: creators.Platform(platform), Handle: handle})
	}
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		c, err := creators.Create(ctx, tx, n)
		if err != nil {
			return err
		}
		p, err = partnerships.Create(ctx, tx, partnerships.New{Program: program, Creator: c.ID})
		return err
	})
	return p
}

func (w *world) status(of partnerships.ID) (s partnerships.Status) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		p, err := partnerships.Find(ctx, tx, of)
		s = p.Status
		return err
	})
	return s
}

func (w *world) thread(of partnerships.ID) (all []outreach.Message) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		all, _, err = outreach.Thread(ctx, tx, of, db.Page{})
		return err
	})
	return all
}

var written = regexp.MustCompile(`(?s)<textarea[^>]*name="body"[^>]*>(.*?)</textarea>`)

// prepared is the message that a page prepared.
func (w *world) prepared(page string) string {
	w.Helper()
	found := written.FindStringSubmatch(page)
	if found == nil {
		w.Fatalf("there is no message:\n%.4000s", page)
	}
	return html.UnescapeString(found[1])
}

// template saves words of the program's own and returns the query that chooses them.
func (w *world) template(name, body string) string {
	w.Helper()
	w.Leads(w.to("/reach/templates"), w.olga, url.Values{"name": {name}, "body": {body}})
	var id outreach.TemplateID
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		all, err := outreach.Templates(ctx, tx, w.program.ID)
		for _, t := range all {
			if t.Name == name {
				id = t.ID
			}
		}
		return err
	})
	return "?template=" + url.QueryEscape(string(id))
}

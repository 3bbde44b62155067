package connect

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/instagram"
	"rapport/internal/edge/platforms/mentions"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
)

// brandCard is the program's own Instagram account: in its name tags are read and others are looked for.
func (s *talking) brandCard(r *frame.Request) ui.Component {
	return brandCard(r, s.brand, s.hasBrand)
}

func brandCard(r *frame.Request, b mentions.Brand, found bool) ui.Component {
	may := r.P.Can(r.Program.ID, auth.PermSettings)
	body := ui.Stack{ui.Words(r.T("talking.brand.text"))}
	connect := ui.Action{Label: r.T("talking.brand.connect"), Icon: "plug", URL: r.To("/platforms/instagram/connect"), Post: true, Look: ui.Primary}
	if !found {
		if may {
			body = append(body, ui.Actions{connect})
		}
		return ui.Card{Title: r.T("talking.brand"), Body: body}
	}
	shown := platforms.Connection{State: b.State, Kind: b.Kind, Platform: creators.PlatformInstagram, Detail: b.Detail, Failures: b.Failures, NextAt: b.NextAt}
	facts := ui.Definitions{{Label: r.T("talking.brand.account"), Value: "@" + b.Handle}, {Label: r.T("connect.column.state"), Value: badge(r, shown)}}
	if !b.LastOKAt.IsZero() {
		facts = append(facts, ui.Pair{Label: r.T("connect.column.read"), Value: b.LastOKAt})
	}
	body = append(body, facts)
	if b.Kind != "" {
		body = append(body, ui.Flash{Tone: ui.Warn, Text: said(r, creators.PlatformInstagram, b.Kind, b.Detail)})
	}
	if may {
		connect.Label, connect.Look = r.T("talking.brand.again"), ""
		body = append(body,
			ui.CopyField{Label: r.T("talking.brand.hook"), Value: r.Deps().BaseURL + "/connect/instagram/hook", Hint: r.T("talking.brand.hook.hint")},
			ui.CopyField{Label: r.T("talking.brand.verify"), Value: verifyToken(r.Deps().Box)},
			ui.Actions{connect, {Label: r.T("talking.brand.disconnect"), URL: r.To("/platforms/instagram/disconnect"), Post: true, Look: ui.Quiet}})
	}
	return ui.Card{Title: r.T("talking.brand"), Body: body}
}

const (
	brandStatePurpose = "brand account state"
	hookPurpose       = "instagram webhook"
	stateFor          = 15 * time.Minute
	longestHook       = 1 << 20
)

// brandState says for which program, and from which browser, the brand's consent was asked. It is signed, not stored.
type brandState struct {
	Program programs.ID
	Session string
	Until   int64
}

func (s brandState) sign(box *secret.Box) (string, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	enc := base64.RawURLEncoding
	return enc.EncodeToString(text) + "." + enc.EncodeToString(box.MAC(brandStatePurpose, text)), nil
}

func readBrandState(box *secret.Box, signed, session string, now time.Time) (s brandState, ok bool) {
	left, right, _ := strings.Cut(signed, ".")
	text, err := base64.RawURLEncoding.DecodeString(left)
	mac, err2 := base64.RawURLEncoding.DecodeString(right)
	if err != nil || err2 != nil || !box.CheckMAC(brandStatePurpose, mac, text) || json.Unmarshal(text, &s) != nil {
		return s, false
	}
	return s, s.Session == session && now.Unix() < s.Until
}

func brandRedirect(r *frame.Request) string { return r.Deps().BaseURL + "/connect/instagram/brand" }

func instagramOf(r *frame.Request) instagram.Platform {
	p, err := r.Deps().Platforms.Platform(creators.PlatformInstagram)
	if i, ok := p.(instagram.Platform); err == nil && ok {
		return i
	}
	return instagram.Platform{}
}

// brandConnect leads on by a link: our own policy lets no form follow to another site.
func brandConnect(w http.ResponseWriter, r *frame.Request) error {
	app, err := r.Deps().Platforms.App(r.Context(), r.Deps().DB, creators.PlatformInstagram)
	if _, failed := platforms.FailureOf(err); failed || err == nil && !app.Connects() {
		return showInstagram(w, r, http.StatusUnprocessableEntity, instagram.Wish{}, r.T("talking.brand.noapp"), nil)
	}
	if err != nil {
		return err
	}
	state, err := brandState{Program: r.Program.ID, Session: r.Session.ID, Until: r.Deps().DB.Now().Add(stateFor).Unix()}.sign(r.Deps().Box)
	if err != nil {
		return err
	}
	p := r.Page("creators", "connect.go.title", "platform", title(r, creators.PlatformInstagram))
	p.Breadcrumb = []ui.Link{{Label: r.T("talking.inside.instagram"), URL: r.To("/platforms/instagram/search")}}
	body := ui.Stack{ui.Words(r.T("talking.brand.text")), ui.CopyField{Label: r.T("connect.apps.redirect"), Value: brandRedirect(r), Hint: r.T("connect.apps.redirect.hint")},
		ui.Actions{{Label: r.T("connect.go", "platform", title(r, creators.PlatformInstagram)), URL: instagramOf(r).BrandURL(app, platforms.Grant{Redirect: brandRedirect(r), State: state}),
			Look: ui.Primary, Full: true}}}
	return r.Render(w, http.StatusOK, "connect_page", p, body)
}

// brandCallback is where Meta sends the browser back.
func brandCallback(w http.ResponseWriter, r *frame.Request) error {
	d, box, q := r.Deps().DB, r.Deps().Box, r.URL.Query()
	s, ok := readBrandState(box, q.Get("state"), r.Session.ID, d.Now())
	if !ok {
		return fault.Conflict("state", "This took too long, or began in another browser. Go back to your program and connect again.")
	}
	if err := r.P.Require(s.Program, auth.PermSettings); err != nil {
		return err
	}
	back := "/p/" + string(s.Program) + "/platforms/instagram/search"
	if q.Get("code") == "" {
		return r.Redirect(w, back, "talking.brand.denied")
	}
	handle, err := keepBrand(r, s, q.Get("code"))
	if f, failed := platforms.FailureOf(err); failed {
		return r.Redirect(w, back, "talking.brand.failed", "because", said(r, creators.PlatformInstagram, f.Kind, f.Detail))
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, back, "talking.brand.done", "handle", handle)
}

func keepBrand(r *frame.Request, s brandState, code string) (handle string, err error) {
	ctx, d, board := r.Context(), r.Deps().DB, r.Deps().Platforms
	app, err := board.App(ctx, d, creators.PlatformInstagram)
	if err != nil {
		return "", err
	}
	caller, p := board.Caller(d, instagram.Rules(), app, ""), instagramOf(r)
	t, err := p.Exchange(ctx, caller, app, platforms.Grant{Redirect: brandRedirect(r)}, code)
	if err != nil {
		return "", err
	}
	who, err := p.Who(ctx, caller, app, t)
	if err != nil {
		return "", err
	}
	return who.Handle, r.Update(func(tx *db.Tx) error {
		if err := mentions.ConnectBrand(ctx, tx, r.Deps().Box, s.Program, who, t, r.P.Name); err != nil {
			return err
		}
		return audit.Record(ctx, tx, r.P, s.Program, "brand.connect", string(s.Program), nil, map[string]any{"handle": who.Handle}, "")
	})
}

func brandDisconnect(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		if err := mentions.DisconnectBrand(r.Context(), tx, r.Program.ID); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, r.Program.ID, "brand.disconnect", string(r.Program.ID), nil, nil, "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/platforms/instagram/search"), "talking.brand.gone")
}

// verifyToken is what Meta repeats when the webhook is set up.
func verifyToken(box *secret.Box) string { return hex.EncodeToString(box.MAC(hookPurpose))[:32] }

// hookVerify answers Meta's question whether the address is ours (graph-api/webhooks/getting-started).
func hookVerify(w http.ResponseWriter, r *frame.Request) error {
	q := r.URL.Query()
	challenge := q.Get("hub.challenge")
	if q.Get("hub.mode") != "subscribe" || !secret.Equal([]byte(q.Get("hub.verify_token")), []byte(verifyToken(r.Deps().Box))) || len(challenge) > 100 {
		return fault.Forbidden("The verify token is another.")
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := io.WriteString(w, challenge)
	return err
}

// hookTake keeps what Meta tells. What nobody signed is refused, and a program that knows no account of that id hears nothing.
func hookTake(w http.ResponseWriter, r *frame.Request) error {
	body, err := io.ReadAll(io.LimitReader(r.Body, longestHook))
	if err != nil {
		return fault.Malformed("The webhook could not be read.").Because(err)
	}
	var app platforms.App
	err = r.View(func(tx *db.Tx) (err error) {
		app, _, err = platforms.FindApp(r.Context(), tx, r.Deps().Box, creators.PlatformInstagram)
		return err
	})
	if err != nil {
		return err
	}
	if !instagram.CheckSignature(app.ClientSecret, body, r.Header.Get("X-Hub-Signature-256")) {
		return fault.Forbidden("The signature does not fit.")
	}
	notes, err := instagram.ReadWebhook(body)
	if err != nil {
		return err
	}
	if len(notes) > 0 {
		if err := r.Update(func(tx *db.Tx) error { return mentions.TakeNotes(r.Context(), tx, notes) }); err != nil {
			return err
		}
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

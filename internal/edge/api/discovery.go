package api

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/csvsafe"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
	"rapport/internal/recruit/vetting"
)

// Fit is how well a creator matches a target.
type Fit struct {
	Score int       `json:"score" doc:"0 to 100: the sum of the parts' points"`
	Sure  int       `json:"sure" doc:"0 to 100: how much of what the target asks is known. What is unknown lowers this, not the score"`
	Parts []FitPart `json:"parts"`
}

// FitPart is one summand of fit.
type FitPart struct {
	Name     string        `json:"name" enum:"topic,audience,country,engagement,verdict,values,recency,language,size,price"`
	Known    bool          `json:"known"`
	Score    int           `json:"score" doc:"0 to 100, of this part alone"`
	Weight   int           `json:"weight"`
	Points   int           `json:"points"`
	Because  string        `json:"because" example:"country.full"`
	Evidence []FitEvidence `json:"evidence"`
}

// FitEvidence is what a part rests on.
type FitEvidence struct {
	Text   string     `json:"text,omitempty"`
	Share  *float64   `json:"share,omitempty" doc:"Fraction of an audience"`
	Source string     `json:"source,omitempty"`
	At     *time.Time `json:"at,omitempty"`
}

// FoundBy is one reason why a creator was found.
type FoundBy struct {
	Code  string   `json:"code" enum:"name,wrote,hashtag,bio,close,topic,like"`
	Words []string `json:"words"`
	Posts int      `json:"posts,omitempty"`
}

// AgeRange is a range of ages, both ends included.
type AgeRange struct {
	From int `json:"from" minimum:"13" maximum:"99"`
	To   int `json:"to,omitempty" minimum:"0" maximum:"99" doc:"0: no end"`
}

// Target says whom a program wants to reach.
type Target struct {
	ID        string     `json:"id"`
	ProgramID string     `json:"program_id"`
	Name      string     `json:"name"`
	About     string     `json:"about"`
	Topics    []string   `json:"topics"`
	Values    []string   `json:"values"`
	Countries []string   `json:"countries"`
	Languages []string   `json:"languages"`
	Ages      []AgeRange `json:"ages"`
	Genders   []string   `json:"genders"`
	Price     string     `json:"price"`
	Words     []string   `json:"words"`
	UpdatedAt time.Time  `json:"updated_at"`
}

type newTarget struct {
	Body struct {
		ProgramID string     `json:"program_id" maxLength:"64"`
		Name      string     `json:"name" maxLength:"100"`
		About     string     `json:"about,omitempty" maxLength:"2000" doc:"A sentence about the customers; what it says fills the fields that are left out"`
		Topics    []string   `json:"topics,omitempty" maxItems:"30"`
		Values    []string   `json:"values,omitempty" maxItems:"30"`
		Countries []string   `json:"countries,omitempty" maxItems:"30"`
		Languages []string   `json:"languages,omitempty" maxItems:"30"`
		Ages      []AgeRange `json:"ages,omitempty" maxItems:"10"`
		Genders   []string   `json:"genders,omitempty" maxItems:"2"`
		Price     string     `json:"price,omitempty" enum:"low,middle,high"`
	}
}

// Shortlist is a named list of creators.
type Shortlist struct {
	ID        string    `json:"id"`
	ProgramID string    `json:"program_id"`
	Name      string    `json:"name"`
	Members   int       `json:"members"`
	CreatedAt time.Time `json:"created_at"`
}

// Added is how many were new.
type Added struct {
	Added int64 `json:"added"`
}

type newList struct {
	Body struct {
		ProgramID string `json:"program_id" maxLength:"64"`
		Name      string `json:"name" maxLength:"100"`
	}
}

type inProgram struct {
	ProgramID string `query:"program_id" required:"true" maxLength:"64"`
}

type addToList struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		CreatorIDs []string `json:"creator_ids" minItems:"1" maxItems:"1000"`
	}
}

type listPage struct {
	Paging
	ID       string `path:"id" maxLength:"64"`
	TargetID string `query:"target_id" maxLength:"64" doc:"Items get their fit to it"`
}

func (a *API) discovery() {
	write(a, operation(http.MethodPost, "/targets", "create-target", "Discovery", "Say whom you want to reach"), http.StatusCreated, a.createTarget)
	read(a, operation(http.MethodGet, "/targets", "list-targets", "Discovery", "List a program's targets"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *inProgram) (List[Target], error) {
			if _, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, ""); err != nil {
				return List[Target]{}, err
			}
			all, err := discovery.Targets(ctx, tx, programs.ID(in.ProgramID))
			return listOf(all, "", shapeTarget), err
		})
	read(a, operation(http.MethodGet, "/targets/{id}", "get-target", "Discovery", "Look at a target"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (Target, error) {
			t, err := seenTarget(ctx, tx, p, in.ID)
			return shapeTarget(t), err
		})
	write(a, operation(http.MethodPost, "/lists", "create-list", "Discovery", "Make a list"), http.StatusCreated, a.createList)
	read(a, operation(http.MethodGet, "/lists", "list-lists", "Discovery", "List a program's lists"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *inProgram) (List[Shortlist], error) {
			if _, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, ""); err != nil {
				return List[Shortlist]{}, err
			}
			all, err := creators.Lists(ctx, tx, programs.ID(in.ProgramID))
			return listOf(all, "", shapeList), err
		})
	write(a, operation(http.MethodPost, "/lists/{id}/creators", "add-to-list", "Discovery", "Put creators on a list"), http.StatusOK, a.addToList)
	read(a, operation(http.MethodGet, "/lists/{id}/creators", "get-list", "Discovery", "Who is on a list"), a.listMembers)
	a.listFile()
}

// seenTarget returns a target of one of the principal's programs.
func seenTarget(ctx context.Context, tx *db.Tx, p auth.Principal, id string) (t discovery.Target, err error) {
	program, err := discovery.ProgramOf(ctx, tx, discovery.TargetID(id))
	if err != nil {
		return t, err
	}
	if err := hidden(p.Require(program, auth.PermView), "target"); err != nil {
		return t, err
	}
	return discovery.FindTarget(ctx, tx, program, discovery.TargetID(id))
}

// seenList returns a list of one of the principal's programs.
func seenList(ctx context.Context, tx *db.Tx, p auth.Principal, id string, perm auth.Permission) (l creators.Shortlist, err error) {
	program, err := discovery.ProgramOf(ctx, tx, creators.ListID(id))
	if err != nil {
		return l, err
	}
	if err := hidden(p.Require(program, perm), "list"); err != nil {
		return l, err
	}
	return creators.FindList(ctx, tx, program, creators.ListID(id))
}

func (a *API) createTarget(ctx context.Context, tx *db.Tx, p auth.Principal, in *newTarget) (int, Target, error) {
	b := in.Body
	if _, err := seenProgram(ctx, tx, p, b.ProgramID, auth.PermManage, "program_id"); err != nil {
		return 0, Target{}, err
	}
	t := a.Search.Read(b.About).Target
	t.Name, t.MadeBy = b.Name, p.Name
	for _, f := range []struct{ to, said *[]string }{{&t.Topics, &b.Topics}, {&t.Values, &b.Values}, {&t.Countries, &b.Countries}, {&t.Languages, &b.Languages}, {&t.Genders, &b.Genders}} {
		if len(*f.said) > 0 {
			*f.to = *f.said
		}
	}
	if b.Price != "" {
		t.Price = discovery.PriceLevel(b.Price)
	}
	if len(b.Ages) > 0 {
		t.Ages = nil
		for _, r := range b.Ages {
			t.Ages = append(t.Ages, discovery.AgeBand(r))
		}
	}
	t, err := discovery.SaveTarget(ctx, tx, programs.ID(b.ProgramID), t)
	if err != nil {
		return 0, Target{}, err
	}
	err = audit.Record(ctx, tx, p, t.Program, "target.create", string(t.ID), nil, map[string]any{"name": t.Name}, "")
	return http.StatusCreated, shapeTarget(t), err
}

func shapeTarget(t discovery.Target) Target {
	out := Target{
		ID: string(t.ID), ProgramID: string(t.Program), Name: t.Name, About: t.About, Topics: filled(t.Topics), Values: filled(t.Values), Countries: filled(t.Countries),
		Languages: filled(t.Languages), Genders: filled(t.Genders), Price: string(t.Price), Words: filled(t.Words), Ages: []AgeRange{}, UpdatedAt: t.UpdatedAt,
	}
	for _, b := range t.Ages {
		out.Ages = append(out.Ages, AgeRange(b))
	}
	return out
}

// filled is never null.
func filled(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}

func (a *API) createList(ctx context.Context, tx *db.Tx, p auth.Principal, in *newList) (int, Shortlist, error) {
	if _, err := seenProgram(ctx, tx, p, in.Body.ProgramID, auth.PermManage, "program_id"); err != nil {
		return 0, Shortlist{}, err
	}
	l, err := creators.CreateList(ctx, tx, programs.ID(in.Body.ProgramID), in.Body.Name, p.Name)
	if err != nil {
		return 0, Shortlist{}, err
	}
	err = audit.Record(ctx, tx, p, l.Program, "list.create", string(l.ID), nil, map[string]any{"name": l.Name}, "")
	return http.StatusCreated, shapeList(l), err
}

func shapeList(l creators.Shortlist) Shortlist {
	return Shortlist{ID: string(l.ID), ProgramID: string(l.Program), Name: l.Name, Members: l.Members, CreatedAt: l.CreatedAt}
}

func (a *API) addToList(ctx context.Context, tx *db.Tx, p auth.Principal, in *addToList) (int, Added, error) {
	l, err := seenList(ctx, tx, p, in.ID, auth.PermManage)
	if err != nil {
		return 0, Added{}, err
	}
	ids := make([]creators.ID, len(in.Body.CreatorIDs))
	for i, id := range in.Body.CreatorIDs {
		c, err := seenCreator(ctx, tx, p, id)
		if err != nil {
			return 0, Added{}, inField(err, at("creator_ids", i, ""))
		}
		ids[i] = c.ID
	}
	added, err := creators.AddToList(ctx, tx, l.Program, l.ID, ids, p.Name)
	if err != nil {
		return 0, Added{}, err
	}
	err = audit.Record(ctx, tx, p, l.Program, "list.add", string(l.ID), nil, map[string]any{"added": added}, "")
	return http.StatusOK, Added{added}, err
}

// listMembers lists who is on a list and may be seen, in the order of the list, with their fit.
func (a *API) listMembers(ctx context.Context, tx *db.Tx, p auth.Principal, in *listPage) (List[Creator], error) {
	l, err := seenList(ctx, tx, p, in.ID, auth.PermView)
	if err != nil {
		return List[Creator]{}, err
	}
	q := discovery.Query{Program: l.Program}
	q.Programs, q.Everywhere = p.Visible()
	if in.TargetID != "" {
		t, err := seenTarget(ctx, tx, p, in.TargetID)
		if err != nil {
			return List[Creator]{}, err
		}
		q.Target = &t
	}
	members, next, err := creators.ListMembers(ctx, tx, l.Program, l.ID, in.page())
	if err != nil {
		return List[Creator]{}, err
	}
	hits, err := a.Search.Look(ctx, tx, q, membersOf(members))
	if err != nil {
		return List[Creator]{}, err
	}
	return creatorsOf(ctx, tx, discovery.Result{Items: hits, Next: next})
}

func membersOf(members []creators.Member) []creators.ID {
	ids := make([]creators.ID, len(members))
	for i, m := range members {
		ids[i] = m.Creator
	}
	return ids
}

// creatorsOf shapes hits.
func creatorsOf(ctx context.Context, tx *db.Tx, r discovery.Result) (List[Creator], error) {
	ids, by := make([]creators.ID, len(r.Items)), make(map[creators.ID]discovery.Hit, len(r.Items))
	for i, h := range r.Items {
		ids[i], by[h.Creator] = h.Creator, h
	}
	all, err := creators.FindMany(ctx, tx, ids)
	out := listOf(all, r.Next, shapeCreator)
	for i := range out.Items {
		h := by[all[i].ID]
		if h.Fit != nil {
			out.Items[i].Fit = new(shapeFit(*h.Fit))
		}
		for _, why := range h.Why {
			out.Items[i].FoundBy = append(out.Items[i].FoundBy, FoundBy{why.Code, filled(why.Words), why.Posts})
		}
	}
	return out, err
}

func shapeFit(f discovery.Fitness) Fit {
	out := Fit{Score: f.Score, Sure: f.Sure, Parts: make([]FitPart, len(f.Parts))}
	for i, p := range f.Parts {
		part := FitPart{Name: string(p.Name), Known: p.Known, Score: p.Score, Weight: p.Weight, Points: p.Points, Because: p.Because, Evidence: make([]FitEvidence, len(p.Evidence))}
		for j, e := range p.Evidence {
			part.Evidence[j] = FitEvidence{Text: e.Text, Source: e.Source, At: e.At}
			if p.Name == discovery.PartAudience {
				part.Evidence[j].Share = &e.Share
			}
		}
		out.Parts[i] = part
	}
	return out
}

// listFile hands a list out as CSV: names and public figures, and the contact that the program has.
func (a *API) listFile() {
	op := operation(http.MethodGet, "/lists/{id}/export", "get-list-file", "Discovery", "A list as a CSV file")
	op.Errors = []int{401, 403, 404, 409, 500}
	op.Responses = map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: "string"}}}}}
	huma.Register(a.huma, op, func(ctx context.Context, in *byID) (*fileAnswer, error) {
		var file bytes.Buffer
		var name string
		err := a.DB.View(ctx, func(tx *db.Tx) error {
			l, err := seenList(ctx, tx, auth.From(ctx), in.ID, auth.PermView)
			if err != nil {
				return err
			}
			name = l.Name + ".csv"
			w, err := csvsafe.NewWriter(&file)
			if err != nil {
				return err
			}
			return a.writeList(ctx, tx, auth.From(ctx), l, w)
		})
		if err != nil {
			return nil, problemOf(a.Log, err)
		}
		return &fileAnswer{"text/csv; charset=utf-8", "attachment; filename*=UTF-8''" + url.PathEscape(name), file.Bytes()}, nil
	})
}

func (a *API) writeList(ctx context.Context, tx *db.Tx, p auth.Principal, l creators.Shortlist, w *csvsafe.Writer) error {
	q := discovery.Query{Program: l.Program}
	q.Programs, q.Everywhere = p.Visible()
	if err := w.Write("name", "platform", "handle", "url", "followers", "tier", "engagement_rate", "country", "language", "email", "verdict"); err != nil {
		return err
	}
	for after, more := "", true; more; more = after != "" {
		members, next, err := creators.ListMembers(ctx, tx, l.Program, l.ID, db.Page{After: after, Limit: 500})
		if err != nil {
			return err
		}
		seen, err := a.Search.Look(ctx, tx, q, membersOf(members))
		if err != nil {
			return err
		}
		ids := make([]creators.ID, len(seen))
		for i, h := range seen {
			ids[i] = h.Creator
		}
		if err := writeMembers(ctx, tx, l.Program, ids, w); err != nil {
			return err
		}
		after = next
	}
	return w.Flush()
}

func writeMembers(ctx context.Context, tx *db.Tx, program programs.ID, ids []creators.ID, w *csvsafe.Writer) error {
	all, err := creators.FindMany(ctx, tx, ids)
	if err != nil {
		return err
	}
	verdicts, err := vetting.Verdicts(ctx, tx, program, ids)
	if err != nil {
		return err
	}
	for _, c := range all {
		contact, err := creators.ContactOf(ctx, tx, program, c.ID)
		if err != nil && fault.KindOf(err) != fault.KindNotFound {
			return err
		}
		var main creators.Profile
		if len(c.Profiles) > 0 {
			main = c.Profiles[0]
		}
		row := []string{c.Name, string(main.Platform), main.Handle, main.URL, count(main.Followers), string(c.Tier), "", c.Country, c.Language, contact.Email, string(verdicts[c.ID])}
		if main.EngagementPPM != nil {
			row[6] = strconv.FormatFloat(float64(*main.EngagementPPM)/1e6, 'f', -1, 64)
		}
		if err := w.Write(row...); err != nil {
			return err
		}
	}
	return nil
}

func count(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

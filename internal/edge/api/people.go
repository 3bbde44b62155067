package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Tag is a topic, a value or a free word with its evidence.
type Tag struct {
	Kind     string     `json:"kind" enum:"topic,value,tag"`
	Text     string     `json:"text" maxLength:"60"`
	PostID   string     `json:"post_id,omitempty" doc:"The post that shows it"`
	PostedAt *time.Time `json:"posted_at,omitempty"`
	Source   string     `json:"source"`
	MadeBy   string     `json:"made_by,omitempty" doc:"Who said so"`
	At       time.Time  `json:"at"`
}

// Share is a part of an audience.
type Share struct {
	Dimension string `json:"dimension" enum:"country,age,gender,city"`
	Key       string `json:"key" maxLength:"60" example:"DE"`
	ShareBP   int    `json:"share_bp" minimum:"0" maximum:"10000" doc:"Basis points: 2500 is a quarter"`
}

// Audience is who follows a profile, as a source said at a time.
type Audience struct {
	ProfileID string    `json:"profile_id"`
	Source    string    `json:"source"`
	TakenAt   time.Time `json:"taken_at"`
	Slices    []Share   `json:"slices"`
}

// Collaboration is work for a brand.
type Collaboration struct {
	ID     string     `json:"id"`
	Brand  string     `json:"brand"`
	PostID string     `json:"post_id,omitempty"`
	At     *time.Time `json:"at,omitempty"`
	Source string     `json:"source"`
	Note   string     `json:"note,omitempty"`
}

// Note is what somebody of the program wrote down.
type Note struct {
	ID     string    `json:"id"`
	Text   string    `json:"text"`
	MadeBy string    `json:"made_by"`
	At     time.Time `json:"at"`
}

// Knowledge is everything a program knows of a creator beyond figures.
type Knowledge struct {
	Tags           []Tag           `json:"tags"`
	Audience       []Audience      `json:"audience"`
	Collaborations []Collaboration `json:"collaborations"`
	Notes          []Note          `json:"notes"`
}

type learnt struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		ProgramID      string             `json:"program_id" maxLength:"64"`
		Tags           []newTag           `json:"tags,omitempty" maxItems:"100"`
		Note           string             `json:"note,omitempty" maxLength:"2000"`
		Collaborations []newCollaboration `json:"collaborations,omitempty" maxItems:"100"`
		Audience       *newAudience       `json:"audience,omitempty" doc:"Of the main profile; shares of one dimension sum to at most 10000"`
	}
}

type newTag struct {
	Kind string `json:"kind" enum:"topic,value,tag"`
	Text string `json:"text" maxLength:"60"`
}

type newCollaboration struct {
	Brand string `json:"brand" maxLength:"100"`
	Note  string `json:"note,omitempty" maxLength:"2000"`
}

type newAudience struct {
	Source string  `json:"source" maxLength:"100" doc:"Where the shares come from: a media kit, a screenshot"`
	Slices []Share `json:"slices" maxItems:"200"`
}

type mergeInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		ProgramID string `json:"program_id" maxLength:"64" doc:"A program in which both are"`
		OtherID   string `json:"other_id" maxLength:"64" doc:"Who turns out to be the same person"`
	}
}

type eraseInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		ProgramID string `json:"program_id" maxLength:"64"`
	}
}

// Erasure says that somebody is being forgotten.
type Erasure struct {
	ID     string `json:"id"`
	Erased bool   `json:"erased"`
}

type suppressionInput struct {
	Body struct {
		ProgramID string `json:"program_id,omitempty" maxLength:"64" doc:"Without it the whole installation"`
		Email     string `json:"email,omitempty" maxLength:"254"`
		Platform  string `json:"platform,omitempty" maxLength:"20"`
		Handle    string `json:"handle,omitempty" maxLength:"200"`
		Reason    string `json:"reason,omitempty" maxLength:"200" doc:"For colleagues; must not name the person"`
	}
}

// Suppression says whether an entry is new. Entries are kept as keyed hashes and can never be listed.
type Suppression struct {
	Added bool `json:"added"`
}

func (a *API) people() {
	read(a, operation(http.MethodGet, "/creators/{id}/knowledge", "get-knowledge", "Creators", "What a program knows of a creator beyond figures"), a.knowledge)
	write(a, operation(http.MethodPost, "/creators/{id}/knowledge", "add-knowledge", "Creators", "Enter tags, past work, an audience or a note"), http.StatusCreated, a.learn)
	read(a, operation(http.MethodGet, "/creators/{id}/export", "export-creator", "Creators", "Everything a program knows of a person, for the person"), a.exportCreator)
	write(a, operation(http.MethodPost, "/creators/{id}/merge", "merge-creators", "Creators", "Make one of two that are the same person"), http.StatusOK, a.mergeCreators)
	writeThen(a, operation(http.MethodPost, "/creators/{id}/erase", "erase-creator", "Creators", "Erase everything known of a person, in the whole installation"),
		http.StatusOK, a.beginErase, a.finishErase)
	write(a, operation(http.MethodPost, "/suppressions", "suppress", "Creators", "Never contact a person again"), http.StatusCreated, a.suppress)
}

// personIn returns a creator of a program in which the principal may do something; any other does not exist.
func personIn(ctx context.Context, tx *db.Tx, p auth.Principal, program, id string, perm auth.Permission) (creators.Creator, error) {
	if _, err := seenProgram(ctx, tx, p, program, perm, "program_id"); err != nil {
		return creators.Creator{}, err
	}
	return creators.FindIn(ctx, tx, creators.ID(id), []programs.ID{programs.ID(program)})
}

func (a *API) knowledge(ctx context.Context, tx *db.Tx, p auth.Principal, in *personQuery) (Knowledge, error) {
	c, err := personIn(ctx, tx, p, in.ProgramID, in.ID, auth.PermView)
	if err != nil {
		return Knowledge{}, err
	}
	return knowledgeOf(ctx, tx, programs.ID(in.ProgramID), c)
}

type personQuery struct {
	ID        string `path:"id" maxLength:"64"`
	ProgramID string `query:"program_id" required:"true" maxLength:"64"`
}

func knowledgeOf(ctx context.Context, tx *db.Tx, program programs.ID, c creators.Creator) (k Knowledge, err error) {
	tags, err := creators.TagsOf(ctx, tx, program, []creators.ID{c.ID})
	if err != nil {
		return k, err
	}
	work, err := creators.CollaborationsOf(ctx, tx, program, []creators.ID{c.ID})
	if err != nil {
		return k, err
	}
	notes, err := creators.NotesOf(ctx, tx, program, c.ID)
	if err != nil {
		return k, err
	}
	profiles := make([]creators.ProfileID, len(c.Profiles))
	for i, one := range c.Profiles {
		profiles[i] = one.ID
	}
	audiences, err := creators.AudienceOf(ctx, tx, program, profiles)
	k = Knowledge{
		Tags: listOf(tags[c.ID], "", shapeTag).Items, Collaborations: listOf(work[c.ID], "", shapeCollaboration).Items,
		Notes: listOf(notes, "", shapeNote).Items, Audience: []Audience{},
	}
	for _, one := range profiles {
		k.Audience = append(k.Audience, listOf(audiences[one], "", shapeAudience).Items...)
	}
	return k, err
}

func shapeTag(t creators.Tag) Tag {
	return Tag{Kind: string(t.Kind), Text: t.Text, PostID: string(t.Post), PostedAt: timeOrNull(t.PostedAt), Source: t.Source, MadeBy: t.MadeBy, At: t.At}
}

func shapeCollaboration(c creators.Collaboration) Collaboration {
	return Collaboration{ID: string(c.ID), Brand: c.Brand, PostID: string(c.Post), At: timeOrNull(c.At), Source: c.Source, Note: c.Note}
}

func shapeNote(n creators.Note) Note {
	return Note{ID: string(n.ID), Text: n.Text, MadeBy: n.MadeBy, At: n.At}
}

func shapeAudience(a creators.Audience) Audience {
	out := Audience{ProfileID: string(a.Profile), Source: a.Source, TakenAt: a.TakenAt, Slices: make([]Share, len(a.Slices))}
	for i, s := range a.Slices {
		out.Slices[i] = Share{Dimension: string(s.Dimension), Key: s.Key, ShareBP: s.ShareBP}
	}
	return out
}

func (a *API) learn(ctx context.Context, tx *db.Tx, p auth.Principal, in *learnt) (int, Knowledge, error) {
	b, program := in.Body, programs.ID(in.Body.ProgramID)
	c, err := personIn(ctx, tx, p, b.ProgramID, in.ID, auth.PermManage)
	if err != nil {
		return 0, Knowledge{}, err
	}
	var tags []creators.Tag
	for _, t := range b.Tags {
		tags = append(tags, creators.Tag{Creator: c.ID, Kind: creators.TagKind(t.Kind), Text: t.Text, Source: creators.SourceEntered, MadeBy: p.Name})
	}
	if _, err := creators.AddTags(ctx, tx, program, tags); err != nil {
		return 0, Knowledge{}, err
	}
	for _, one := range b.Collaborations {
		if err := creators.AddCollaboration(ctx, tx, creators.Collaboration{
			Program: program, Creator: c.ID, Brand: one.Brand, Note: one.Note, Source: creators.SourceEntered, MadeBy: p.Name,
		}); err != nil {
			return 0, Knowledge{}, err
		}
	}
	if b.Note != "" {
		if _, err := creators.AddNote(ctx, tx, program, c.ID, b.Note, p.Name); err != nil {
			return 0, Knowledge{}, err
		}
	}
	if err := setAudience(ctx, tx, p, c, in); err != nil {
		return 0, Knowledge{}, err
	}
	a.Search.Changed(tx, c.ID)
	if err := audit.Record(ctx, tx, p, program, "creator.knowledge", string(c.ID), nil, nil, ""); err != nil {
		return 0, Knowledge{}, err
	}
	k, err := knowledgeOf(ctx, tx, program, c)
	return http.StatusCreated, k, err
}

func setAudience(ctx context.Context, tx *db.Tx, p auth.Principal, c creators.Creator, in *learnt) error {
	told := in.Body.Audience
	if told == nil {
		return nil
	}
	if c.Main == "" {
		return fault.Invalid("This creator has no profile that could have an audience.").In("audience")
	}
	a := creators.Audience{Profile: c.Main, Program: programs.ID(in.Body.ProgramID), TakenAt: tx.Now(), Source: told.Source, MadeBy: p.Name}
	for _, s := range told.Slices {
		a.Slices = append(a.Slices, creators.Slice{Dimension: creators.Dimension(s.Dimension), Key: s.Key, ShareBP: s.ShareBP})
	}
	err := creators.SetAudience(ctx, tx, a)
	if f, ok := fault.As(err); ok {
		return f.In("audience." + f.Field)
	}
	return err
}

// exported is a document by room.
type exported map[string]any

func (a *API) exportCreator(ctx context.Context, tx *db.Tx, p auth.Principal, in *personQuery) (exported, error) {
	c, err := personIn(ctx, tx, p, in.ProgramID, in.ID, auth.PermManage)
	if err != nil {
		return nil, err
	}
	text, err := creators.ExportIn(ctx, tx, c.ID, programs.ID(in.ProgramID), a.Parts)
	if err != nil {
		return nil, err
	}
	var out exported
	return out, json.Unmarshal(text, &out)
}

// requireEverywhere refuses who has not the permission in every program of the people: what is shared about them is not one program's alone.
func requireEverywhere(ctx context.Context, tx *db.Tx, p auth.Principal, perm auth.Permission, ids ...creators.ID) error {
	in, err := creators.ProgramsOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, program := range in {
		if !p.Can(program, perm) {
			return fault.Forbidden("This person is in programs of others as well. Somebody with rights in all of them must do it.")
		}
	}
	return nil
}

func (a *API) mergeCreators(ctx context.Context, tx *db.Tx, p auth.Principal, in *mergeInput) (int, Creator, error) {
	keep, err := personIn(ctx, tx, p, in.Body.ProgramID, in.ID, auth.PermManage)
	if err != nil {
		return 0, Creator{}, err
	}
	gone, err := personIn(ctx, tx, p, in.Body.ProgramID, in.Body.OtherID, auth.PermManage)
	if err != nil {
		return 0, Creator{}, inField(err, "other_id")
	}
	if err := requireEverywhere(ctx, tx, p, auth.PermManage, keep.ID, gone.ID); err != nil {
		return 0, Creator{}, err
	}
	left, err := creators.Merge(ctx, tx, keep.ID, gone.ID, a.Parts)
	if err != nil {
		return 0, Creator{}, inField(err, "other_id")
	}
	c, err := creators.Find(ctx, tx, left)
	if err != nil {
		return 0, Creator{}, err
	}
	err = audit.Record(ctx, tx, p, programs.ID(in.Body.ProgramID), "creator.merge", string(left), nil, map[string]any{"of": []creators.ID{keep.ID, gone.ID}}, "")
	return http.StatusOK, shapeCreator(c), err
}

func (a *API) beginErase(ctx context.Context, tx *db.Tx, p auth.Principal, in *eraseInput) (int, Erasure, error) {
	c, err := personIn(ctx, tx, p, in.Body.ProgramID, in.ID, auth.PermSettings)
	if err != nil {
		return 0, Erasure{}, err
	}
	if err := requireEverywhere(ctx, tx, p, auth.PermSettings, c.ID); err != nil {
		return 0, Erasure{}, err
	}
	err = audit.Record(ctx, tx, p, programs.ID(in.Body.ProgramID), "creator.erase", string(c.ID), nil, nil, "")
	return http.StatusOK, Erasure{ID: string(c.ID)}, err
}

// finishErase erases after the answer was stored; the same request again finds nobody and says so.
func (a *API) finishErase(ctx context.Context, body []byte) ([]byte, error) {
	var e Erasure
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, err
	}
	err := creators.EraseAll(context.WithoutCancel(ctx), a.DB, a.Box, creators.ID(e.ID), a.Parts)
	if err != nil && fault.KindOf(err) != fault.KindNotFound {
		return nil, err
	}
	e.Erased = true
	return json.Marshal(e)
}

func (a *API) suppress(ctx context.Context, tx *db.Tx, p auth.Principal, in *suppressionInput) (int, Suppression, error) {
	b := in.Body
	if b.ProgramID == "" && !(p.InstallationWide() && p.Can("", auth.PermManage)) {
		return 0, Suppression{}, fault.Forbidden("Say in which program.").In("program_id")
	}
	if b.ProgramID != "" {
		if _, err := seenProgram(ctx, tx, p, b.ProgramID, auth.PermManage, "program_id"); err != nil {
			return 0, Suppression{}, err
		}
	}
	s := creators.Suppression{Program: programs.ID(b.ProgramID), Email: b.Email, Reason: b.Reason, MadeBy: p.Name}
	if b.Email == "" {
		account, err := creators.ParseAccount(creators.Platform(b.Platform), b.Handle)
		if err != nil {
			return 0, Suppression{}, err
		}
		s.Account = account
	}
	added, err := creators.Suppress(ctx, tx, a.Box, []creators.Suppression{s})
	if err != nil {
		return 0, Suppression{}, err
	}
	err = audit.Record(ctx, tx, p, s.Program, "suppression.add", b.ProgramID, nil, nil, "")
	return http.StatusCreated, Suppression{Added: added > 0}, err
}

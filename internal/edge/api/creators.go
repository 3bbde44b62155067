package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/ledger"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
	"rapport/internal/recruit/vetting"
)

// Creator is a person who publishes to an audience.
type Creator struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Tier      string    `json:"tier" enum:"nano,micro,macro,mega," doc:"By the main profile's followers; empty while they are unknown"`
	Followers *int64    `json:"followers" doc:"Of the main profile"`
	Country   string    `json:"country"`
	Language  string    `json:"language"`
	Email     string    `json:"email,omitempty" doc:"The contact of the program that was asked about"`
	Profiles  []Profile `json:"profiles"`
	CreatedAt time.Time `json:"created_at"`
	Fit       *Fit      `json:"fit,omitempty" doc:"Where a target was given"`
	FoundBy   []FoundBy `json:"found_by,omitempty" doc:"Why a search found them"`
}

// Profile is one account of a creator.
type Profile struct {
	ID             string     `json:"id"`
	Platform       string     `json:"platform"`
	Handle         string     `json:"handle"`
	URL            string     `json:"url"`
	Followers      *int64     `json:"followers"`
	Following      *int64     `json:"following"`
	Posts          *int64     `json:"posts"`
	Tier           string     `json:"tier"`
	EngagementRate *float64   `json:"engagement_rate" doc:"Fraction: 0.0271 is 2.71 %"`
	Formula        string     `json:"engagement_formula,omitempty"`
	Country        string     `json:"country"`
	Language       string     `json:"language"`
	Bio            string     `json:"bio"`
	Verified       bool       `json:"verified"`
	CountedAt      *time.Time `json:"counted_at"`
}

type newCreator struct {
	Body struct {
		ProgramID string       `json:"program_id,omitempty" maxLength:"64" doc:"With it the creator becomes a prospect there; without it only callers with rights in the whole installation"`
		Name      string       `json:"name" maxLength:"200"`
		Email     string       `json:"email,omitempty" maxLength:"254"`
		Profiles  []newProfile `json:"profiles,omitempty" maxItems:"20"`
	}
}

type newProfile struct {
	Platform  string `json:"platform" maxLength:"20" example:"tiktok"`
	Handle    string `json:"handle" maxLength:"200" doc:"Name, @name or the profile's address"`
	Followers *int64 `json:"followers,omitempty" minimum:"0"`
	Country   string `json:"country,omitempty" maxLength:"100"`
	Language  string `json:"language,omitempty" maxLength:"100"`
	Bio       string `json:"bio,omitempty" maxLength:"2000"`
}

type creatorFilter struct {
	Paging
	ProgramID       string  `query:"program_id" maxLength:"64"`
	Query           string  `query:"q" maxLength:"500" doc:"Words, hashtags, part of a name or handle, or a profile's address"`
	TargetID        string  `query:"target_id" maxLength:"64" doc:"Items get their fit to it"`
	About           string  `query:"about" maxLength:"2000" doc:"A sentence about your customers, in the place of a target"`
	Like            string  `query:"like" maxLength:"64" doc:"The id of a creator to whom others are alike, or best: your ten best by return over the last 365 days, of those with three sales or more (needs program_id)"`
	Platform        string  `query:"platform" enum:"tiktok,instagram,youtube,pinterest,other"`
	Tier            string  `query:"tier" enum:"nano,micro,macro,mega"`
	Country         string  `query:"country" maxLength:"100"`
	Language        string  `query:"language" maxLength:"35"`
	AudienceCountry string  `query:"audience_country" maxLength:"100" doc:"At least a quarter of the audience lives there"`
	AudienceAge     string  `query:"audience_age" enum:"13-17,18-24,25-34,35-44,45-54,55-64,65+" doc:"At least a quarter of the audience is of that age"`
	AudienceGender  string  `query:"audience_gender" enum:"female,male" doc:"At least half of the audience"`
	Topic           string  `query:"topic" maxLength:"60"`
	Verdict         string  `query:"verdict" enum:"fits,look_closer,not_for_us"`
	MinFollowers    int64   `query:"min_followers" minimum:"0" default:"0"`
	MaxFollowers    int64   `query:"max_followers" minimum:"0" default:"10000000000000"`
	MinEngagement   float64 `query:"min_engagement" minimum:"0" maximum:"1" doc:"Fraction: 0.02 is 2 %"`
	MaxPrice        int64   `query:"max_price_minor" minimum:"0" doc:"Of a post, in minor units as the creator asks them"`
	PostedWithin    int     `query:"posted_within_days" minimum:"0" maximum:"3650"`
	HasContact      string  `query:"has_contact" enum:"true,false"`
	NotContacted    bool    `query:"not_contacted"`
	ListID          string  `query:"list_id" maxLength:"64"`
	Status          string  `query:"partnership_status" maxLength:"20"`
	Sort            string  `query:"sort" enum:"fit,relevance,followers,engagement,name,newest" doc:"The usual one is fit where a target is given, else relevance where words are, else name. By fit, what is unknown of somebody counts as a little less than middling"`
}

type creatorInProgram struct {
	ID        string `path:"id" maxLength:"64"`
	ProgramID string `query:"program_id" maxLength:"64"`
}

// Balance is what stands for a creator in one program and currency.
type Balance struct {
	ProgramID string `json:"program_id"`
	Currency  string `json:"currency"`
	Pending   Money  `json:"pending"`
	Available Money  `json:"available" doc:"May be negative after reversals"`
	InTransit Money  `json:"in_transit"`
	Paid      Money  `json:"paid"`
}

func (a *API) creators() {
	write(a, operation(http.MethodPost, "/creators", "create-creator", "Creators", "Add a creator"), http.StatusCreated, a.createCreator)
	read(a, operation(http.MethodGet, "/creators", "list-creators", "Creators", "Find creators"), a.listCreators)
	read(a, operation(http.MethodGet, "/creators/{id}", "get-creator", "Creators", "Look at a creator"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *creatorInProgram) (Creator, error) {
			c, err := seenCreator(ctx, tx, p, in.ID)
			if err != nil {
				return Creator{}, err
			}
			out := shapeCreator(c)
			if in.ProgramID == "" {
				return out, nil
			}
			if _, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, ""); err != nil {
				return Creator{}, err
			}
			contact, err := creators.ContactOf(ctx, tx, programs.ID(in.ProgramID), c.ID)
			out.Email = contact.Email
			return out, err
		})
	read(a, operation(http.MethodGet, "/creators/{id}/balance", "get-balance", "Creators", "What stands for a creator"), a.balance)
}

// seenCreator returns a creator in one of the principal's programs; any other does not exist for it.
func seenCreator(ctx context.Context, tx *db.Tx, p auth.Principal, id string) (creators.Creator, error) {
	visible, all := p.Visible()
	if all {
		return creators.Find(ctx, tx, creators.ID(id))
	}
	return creators.FindIn(ctx, tx, creators.ID(id), visible)
}

func (a *API) createCreator(ctx context.Context, tx *db.Tx, p auth.Principal, in *newCreator) (int, Creator, error) {
	b := in.Body
	if b.ProgramID == "" && !(p.InstallationWide() && p.Can("", auth.PermManage)) {
		return 0, Creator{}, fault.Forbidden("Say in which program; creators outside a program belong to the whole installation.").In("program_id")
	}
	if b.ProgramID != "" {
		if _, err := seenProgram(ctx, tx, p, b.ProgramID, auth.PermManage, "program_id"); err != nil {
			return 0, Creator{}, err
		}
	}
	n := creators.New{Name: b.Name, Contact: creators.Contact{Email: b.Email}, Program: programs.ID(b.ProgramID)}
	for i, profile := range b.Profiles {
		platform, ok := creators.ParsePlatform(profile.Platform)
		if !ok {
			return 0, Creator{}, fault.Invalid("The platform must be tiktok, instagram, youtube, pinterest or other.").In(at("profiles", i, "platform"))
		}
		n.Profiles = append(n.Profiles, creators.NewProfile{
			Platform: platform, Handle: profile.Handle, Counts: creators.Counts{Followers: profile.Followers},
			Details: creators.Details{Country: profile.Country, Language: profile.Language, Bio: profile.Bio},
		})
	}
	if err := creators.CheckSuppressed(ctx, tx, a.Box, n); err != nil {
		return 0, Creator{}, err
	}
	c, err := creators.Create(ctx, tx, n)
	if err != nil {
		return 0, Creator{}, err
	}
	if b.ProgramID != "" {
		if _, err := partnerships.MakeProspect(ctx, tx, programs.ID(b.ProgramID), c.ID, ""); err != nil {
			return 0, Creator{}, err
		}
	}
	if err := audit.Record(ctx, tx, p, programs.ID(b.ProgramID), "creator.create", string(c.ID), nil, map[string]any{"tier": c.Tier, "profiles": len(c.Profiles)}, ""); err != nil {
		return 0, Creator{}, err
	}
	out := shapeCreator(c)
	out.Email = strings.TrimSpace(b.Email)
	return http.StatusCreated, out, nil
}

func (in *creatorFilter) prepare(ctx context.Context, a *API) {
	a.Search.Prepare(ctx, discovery.Query{Words: in.Query})
}

func (a *API) listCreators(ctx context.Context, tx *db.Tx, p auth.Principal, in *creatorFilter) (List[Creator], error) {
	q, err := a.queryOf(ctx, tx, p, in)
	if err != nil {
		return List[Creator]{}, err
	}
	found, err := a.Search.Search(ctx, tx, q)
	if err != nil {
		return List[Creator]{}, err
	}
	return creatorsOf(ctx, tx, found)
}

// queryOf checks what a call names and cuts it to what the principal may see.
func (a *API) queryOf(ctx context.Context, tx *db.Tx, p auth.Principal, in *creatorFilter) (q discovery.Query, err error) {
	q = discovery.Query{
		Program: programs.ID(in.ProgramID), Words: in.Query, Platform: creators.Platform(in.Platform), Tier: creators.Tier(in.Tier), Country: creators.Country(in.Country),
		Language: creators.Language(in.Language), AudienceCountry: creators.Country(in.AudienceCountry), AudienceAge: in.AudienceAge, AudienceGender: in.AudienceGender, Topic: in.Topic, Verdict: vetting.Verdict(in.Verdict),
		MinEngagementPPM: int64(in.MinEngagement * 1e6), NotContacted: in.NotContacted, Status: in.Status, Sort: discovery.Sort(in.Sort), Page: in.page(),
	}
	if in.ProgramID != "" {
		if _, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, ""); err != nil {
			return q, err
		}
		q.Programs = []programs.ID{q.Program}
	} else {
		q.Programs, q.Everywhere = p.Visible()
	}
	if in.MinFollowers > 0 {
		q.MinFollowers = &in.MinFollowers
	}
	if in.MaxFollowers < creators.MaxCount {
		q.MaxFollowers = &in.MaxFollowers
	}
	if in.MaxPrice > 0 {
		q.MaxPriceMinor = &in.MaxPrice
	}
	if in.PostedWithin > 0 {
		q.PostedSince = tx.Now().AddDate(0, 0, -in.PostedWithin)
	}
	if in.HasContact != "" {
		q.HasContact = new(in.HasContact == "true")
	}
	return q, a.named(ctx, tx, p, in, &q)
}

// named looks up what a call names by its id: a target, a creator to be like, a list.
func (a *API) named(ctx context.Context, tx *db.Tx, p auth.Principal, in *creatorFilter, q *discovery.Query) error {
	switch {
	case in.TargetID != "":
		t, err := seenTarget(ctx, tx, p, in.TargetID)
		if err != nil {
			return err
		}
		q.Target = &t
	case in.About != "":
		q.Target = new(a.Search.Read(in.About).Target)
	}
	if err := a.alike(ctx, tx, p, in, q); err != nil {
		return err
	}
	if in.ListID != "" {
		l, err := seenList(ctx, tx, p, in.ListID, auth.PermView)
		if err != nil {
			return err
		}
		q.List, q.Program = l.ID, l.Program
	}
	return nil
}

// likeBest stands in the place of a creator's id.
const likeBest = "best"

// alike looks up whom others are to be like.
func (a *API) alike(ctx context.Context, tx *db.Tx, p auth.Principal, in *creatorFilter, q *discovery.Query) error {
	switch in.Like {
	case "":
		return nil
	case likeBest:
		return a.alikeBest(ctx, tx, q)
	}
	c, err := seenCreator(ctx, tx, p, in.Like)
	q.Like = []creators.ID{c.ID}
	return err
}

func (a *API) alikeBest(ctx context.Context, tx *db.Tx, q *discovery.Query) error {
	if q.Program == "" {
		return fault.Invalid("Say in which program: program_id.").In("like")
	}
	tail, err := a.Tail(ctx, tx)
	if err != nil {
		return err
	}
	best, enough, err := analytics.Best(ctx, tx, q.Program, tail)
	if err != nil {
		return err
	}
	if len(best) == 0 {
		return fault.Invalidf("There is not yet enough to tell the best by return: %d of the %d creators needed brought %d sales or more in the last %d days, and more than they cost.", enough, analytics.BestLeast, analytics.BestSales, analytics.BestDays).In("like").WithCode("not_enough_sales")
	}
	for _, r := range best {
		q.Like = append(q.Like, r.Creator)
	}
	return nil
}

func (a *API) balance(ctx context.Context, tx *db.Tx, p auth.Principal, in *creatorInProgram) (List[Balance], error) {
	c, err := seenCreator(ctx, tx, p, in.ID)
	if err != nil {
		return List[Balance]{}, err
	}
	asked := []programs.ID{programs.ID(in.ProgramID)}
	if in.ProgramID == "" {
		if asked, err = programsOf(ctx, tx, c.ID); err != nil {
			return List[Balance]{}, err
		}
	} else if _, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, ""); err != nil {
		return List[Balance]{}, err
	}
	var found []ledger.Balance
	for _, program := range asked {
		if !p.Can(program, auth.PermView) {
			continue
		}
		balances, err := balancesOf(ctx, tx, program, c.ID)
		if err != nil {
			return List[Balance]{}, err
		}
		found = append(found, balances...)
	}
	return listOf(found, "", shapeBalance), nil
}

func programsOf(ctx context.Context, tx *db.Tx, creator creators.ID) (ids []programs.ID, err error) {
	found, err := partnerships.ListByCreator(ctx, tx, creator)
	for _, p := range found {
		ids = append(ids, p.Program)
	}
	return ids, err
}

// balancesOf lists at least the program's own currency, also for somebody who has earned nothing yet.
func balancesOf(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID) ([]ledger.Balance, error) {
	found, err := ledger.Balances(ctx, tx, program, creator)
	if err != nil || len(found) > 0 {
		return found, err
	}
	p, err := programs.Find(ctx, tx, program)
	return []ledger.Balance{ledger.Empty(program, creator, p.Currency)}, err
}

func shapeBalance(b ledger.Balance) Balance {
	return Balance{
		ProgramID: string(b.Program), Currency: string(b.Currency), Pending: moneyOf(b.Pending), Available: moneyOf(b.Available),
		InTransit: moneyOf(b.InTransit), Paid: moneyOf(b.Paid),
	}
}

func shapeCreator(c creators.Creator) Creator {
	out := Creator{
		ID: string(c.ID), Name: c.Name, Tier: string(c.Tier), Followers: c.Followers, Country: c.Country, Language: c.Language,
		Profiles: make([]Profile, 0, len(c.Profiles)), CreatedAt: c.CreatedAt,
	}
	for _, p := range c.Profiles {
		shaped := Profile{
			ID: string(p.ID), Platform: string(p.Platform), Handle: p.Handle, URL: p.URL, Followers: p.Followers, Following: p.Following, Posts: p.Posts,
			Tier: string(p.Tier), Formula: string(p.Formula), Country: p.Country, Language: p.Language, Bio: p.Bio, Verified: p.Verified,
			CountedAt: timeOrNull(p.CountedAt),
		}
		if p.EngagementPPM != nil {
			shaped.EngagementRate = new(float64(*p.EngagementPPM) / 1e6)
		}
		out.Profiles = append(out.Profiles, shaped)
	}
	return out
}

package api

import (
	"context"
	"net/http"
	"time"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
)

// Vetting is the check-up of one creator for one program.
type Vetting struct {
	CreatorID      string            `json:"creator_id"`
	ProgramID      string            `json:"program_id"`
	Platform       string            `json:"platform" doc:"The report is about one account; figures of several platforms never meet"`
	Handle         string            `json:"handle"`
	MadeAt         time.Time         `json:"made_at"`
	Verdict        string            `json:"verdict" enum:"fits,look_closer,not_for_us" doc:"The one that holds: a person's where there is one"`
	MachineVerdict string            `json:"machine_verdict" enum:"fits,look_closer,not_for_us"`
	Overruled      *VettingOverrule  `json:"overruled"`
	Score          *int              `json:"score" doc:"0 to 100; null where it may not or cannot be computed, see unscored"`
	Unscored       string            `json:"unscored" enum:",youtube_terms,too_little"`
	Reasons        []VettingReason   `json:"reasons" doc:"The three that matter most, each with its proof"`
	Parts          []VettingPart     `json:"parts" doc:"They sum to the score"`
	Engagement     VettingEngagement `json:"engagement"`
	Account        VettingAccount    `json:"account" doc:"Whether the account looks genuine; says nothing of its audience"`
	Audience       VettingAudience   `json:"audience" doc:"Whether the audience looks earned, by behaviour; never a share of fake followers"`
	Views          VettingViews      `json:"views"`
	Rhythm         VettingRhythm     `json:"rhythm"`
	Growth         VettingGrowth     `json:"growth"`
	Ratio          VettingRatio      `json:"likes_per_comment"`
	Variance       VettingVariance   `json:"variance"`
	Comments       VettingComments   `json:"comments"`
	Following      VettingFollowing  `json:"following"`
	Sponsored      VettingSponsored  `json:"sponsored"`
	Match          VettingMatch      `json:"match"`
	Safety         VettingSafety     `json:"safety"`
	Brands         []vetting.Brand   `json:"collaborations"`
	Conflicts      []VettingConflict `json:"conflicts"`
}

// VettingOverrule is a person's word above the machine's.
type VettingOverrule struct {
	Verdict string    `json:"verdict"`
	Note    string    `json:"note"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// VettingReason is one reason of the verdict.
type VettingReason vetting.Reason

// VettingPart is one summand of the score.
type VettingPart vetting.Part

// VettingEngagement is the rate by the platform's own formula.
type VettingEngagement struct {
	Rate      *float64         `json:"rate" doc:"Fraction: 0.0271 is 2.71 %; null where too few posts show what the formula needs"`
	Formula   string           `json:"formula"`
	Basis     string           `json:"basis" enum:",posts,averages"`
	Posts     int              `json:"posts"`
	Hidden    int              `json:"hidden" doc:"Posts left out, since they hide likes or another input"`
	Benchmark *vetting.Against `json:"benchmark" doc:"In percent, by the same formula; null: no comparable benchmark"`
}

// VettingAccount is the judgement of the account alone.
type VettingAccount struct {
	Score   *float64         `json:"score" doc:"Probability that the account looks genuine; null where too little is known"`
	Low     float64          `json:"low"`
	High    float64          `json:"high"`
	Unsure  bool             `json:"unsure"`
	Doubts  []string         `json:"doubts"`
	Reasons []VettingFeature `json:"reasons"`
}

// VettingFeature is one feature of the profile and what it adds, in log-odds.
type VettingFeature vetting.AccountSignal

// VettingAudience is the judgement of the audience.
type VettingAudience struct {
	Standing string          `json:"standing" enum:"looks_earned,mixed_signs,does_not_look_earned,cannot_tell"`
	Sure     string          `json:"sure" enum:"low,medium,high"`
	Signals  []VettingSignal `json:"signals"`
}

// VettingSignal is one behaviour that was looked at.
type VettingSignal vetting.Signal

// The measures, as the room keeps them.
type (
	VettingViews     vetting.Views
	VettingRhythm    vetting.Rhythm
	VettingGrowth    vetting.Growth
	VettingRatio     vetting.Ratio
	VettingVariance  vetting.Variance
	VettingComments  vetting.Comments
	VettingFollowing vetting.Following
	VettingSponsored vetting.Sponsored
	VettingMatch     vetting.Match
	VettingSafety    vetting.Safety
	VettingConflict  vetting.Conflict
)

type overruleVetting struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		ProgramID string `json:"program_id,omitempty" maxLength:"64" doc:"May be left out where the creator is in one of your programs only"`
		Verdict   string `json:"verdict" enum:"fits,look_closer,not_for_us," doc:"Empty takes your word back"`
		Note      string `json:"note,omitempty" maxLength:"2000" doc:"Why; needed with a verdict"`
	}
}

func (a *API) vetting() {
	read(a, operation(http.MethodGet, "/creators/{id}/vetting", "get-vetting", "Creators", "Check a creator up"), a.getVetting)
	write(a, operation(http.MethodPost, "/creators/{id}/vetting/overrule", "overrule-vetting", "Creators", "Put your word above a check-up"), http.StatusOK, a.overruleVetting)
}

func (a *API) getVetting(ctx context.Context, tx *db.Tx, p auth.Principal, in *creatorInProgram) (Vetting, error) {
	c, program, err := seenInProgram(ctx, tx, p, in.ID, in.ProgramID, auth.PermView)
	if err != nil {
		return Vetting{}, err
	}
	found, err := vetting.Look(ctx, tx, program, c)
	return shapeVetting(found), err
}

// seenInProgram returns a creator and the program it is asked about: the one named, or the only one of the caller's that the creator is in.
func seenInProgram(ctx context.Context, tx *db.Tx, p auth.Principal, id, program string, perm auth.Permission) (creators.ID, programs.ID, error) {
	c, err := seenCreator(ctx, tx, p, id)
	if err != nil {
		return "", "", err
	}
	if program == "" {
		all, err := programsOf(ctx, tx, c.ID)
		if err != nil {
			return "", "", err
		}
		for _, one := range all {
			if p.Can(one, perm) && program != "" {
				return "", "", fault.Invalid("The creator is in several of your programs; say which one you mean.").In("program_id")
			}
			if p.Can(one, perm) {
				program = string(one)
			}
		}
		if program == "" {
			return "", "", fault.Invalid("Say for which program.").In("program_id")
		}
	}
	found, err := seenProgram(ctx, tx, p, program, perm, "program_id")
	return c.ID, found.ID, err
}

func (a *API) overruleVetting(ctx context.Context, tx *db.Tx, p auth.Principal, in *overruleVetting) (int, Vetting, error) {
	c, program, err := seenInProgram(ctx, tx, p, in.ID, in.Body.ProgramID, auth.PermManage)
	if err != nil {
		return 0, Vetting{}, err
	}
	before, err := vetting.Keep(ctx, tx, program, c)
	if err != nil {
		return 0, Vetting{}, err
	}
	after, err := vetting.Overrule(ctx, tx, program, c, vetting.Verdict(in.Body.Verdict), in.Body.Note, p.Name)
	if err != nil {
		return 0, Vetting{}, err
	}
	return http.StatusOK, shapeVetting(after), audit.Record(ctx, tx, p, program, "vetting.overrule", string(c), before.Holds(), after.Holds(), in.Body.Note)
}

func shapeVetting(s vetting.Stored) Vetting {
	v := Vetting{
		CreatorID: string(s.Creator), ProgramID: string(s.Program), Platform: string(s.Platform), Handle: s.Handle, MadeAt: s.MadeAt, Verdict: string(s.Holds()),
		MachineVerdict: string(s.Report.Verdict), Unscored: s.Unscored, Reasons: shaped(s.Reasons, func(r vetting.Reason) VettingReason { return VettingReason(r) }),
		Parts: shaped(s.Parts, func(p vetting.Part) VettingPart { return VettingPart(p) }), Brands: shaped(s.Brands, func(b vetting.Brand) vetting.Brand { return b }),
		Conflicts: shaped(s.Conflicts, func(c vetting.Conflict) VettingConflict { return VettingConflict(c) }),
		Engagement: VettingEngagement{
			Formula: s.Engagement.Formula, Basis: s.Engagement.Basis, Posts: s.Engagement.Posts, Hidden: s.Engagement.Hidden, Benchmark: s.Engagement.Against,
		},
		Account: VettingAccount{
			Low: s.Account.Low, High: s.Account.High, Unsure: s.Account.Unsure, Doubts: shaped(s.Account.Doubts, func(d string) string { return d }),
			Reasons: shaped(s.Account.Signals, func(f vetting.AccountSignal) VettingFeature { return VettingFeature(f) }),
		},
		Audience: VettingAudience{
			Standing: string(s.Audience.Standing), Sure: string(s.Audience.Sure),
			Signals: shaped(s.Audience.Signals, func(g vetting.Signal) VettingSignal { return VettingSignal(g) }),
		},
		Views: VettingViews(s.Views), Rhythm: VettingRhythm(s.Rhythm), Growth: VettingGrowth(s.Growth), Ratio: VettingRatio(s.Ratio), Variance: VettingVariance(s.Variance),
		Comments: VettingComments(s.Comments), Following: VettingFollowing(s.Following), Sponsored: VettingSponsored(s.Sponsored), Match: VettingMatch(s.Match),
		Safety: VettingSafety(s.Safety),
	}
	if s.Scored() {
		v.Score = &s.Score
	}
	if s.Engagement.Known {
		v.Engagement.Rate = &s.Engagement.Rate
	}
	if s.Account.Known {
		v.Account.Score = &s.Account.Probability
	}
	if o := s.Overrule; o != nil {
		v.Overruled = &VettingOverrule{Verdict: string(o.Verdict), Note: o.Note, By: o.By, At: o.At}
	}
	return v
}

// shaped maps a list; it is never null.
func shaped[From, To any](from []From, shape func(From) To) []To {
	to := make([]To, len(from))
	for i, f := range from {
		to[i] = shape(f)
	}
	return to
}

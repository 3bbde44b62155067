package applications

import (
	"slices"
	"strconv"

	"rapport/internal/base/fault"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
)

// Outcome is how an application is answered.
type Outcome string

// The outcomes.
const (
	OutcomeApprove Outcome = "approve"
	OutcomeRefuse  Outcome = "refuse"
	OutcomeQueue   Outcome = "queue" // a person decides
)

// Rule answers applications whose facts meet all of its conditions. Empty conditions are met by everybody.
type Rule struct {
	Verdicts     []vetting.Verdict   `json:"verdicts,omitempty"` // any of them
	Tiers        []creators.Tier     `json:"tiers,omitempty"`
	Countries    []string            `json:"countries,omitempty"` // ISO 3166 alpha-2
	Platforms    []creators.Platform `json:"platforms,omitempty"` // of the main account
	MinFit       *int                `json:"min_fit,omitempty"`   // 0–100
	MinFollowers *int64              `json:"min_followers,omitempty"`
	MaxFollowers *int64              `json:"max_followers,omitempty"`
	Then         Outcome             `json:"then"`
	Reason       string              `json:"reason,omitempty"` // what the applicant reads beside the conditions
}

// Facts are what is known of an applicant; empty and nil are unknown.
type Facts struct {
	Verdict   vetting.Verdict
	Tier      creators.Tier
	Country   string
	Platform  creators.Platform
	Fit       *int
	Followers *int64
	Claimed   bool // names an account that is known, without having shown that it is theirs
	Address   bool // has shown that the mail address is theirs
}

// Because is one condition that held, or what stood in the way of a rule.
type Because struct {
	Code string `json:"code"` // verdict, tier, country, platform, fit, min_followers, max_followers, claimed, address, no_rule
	Arg  string `json:"arg,omitempty"`
}

// Decision is the answer with its reasons.
type Decision struct {
	Then    Outcome   `json:"then"`
	Rule    int       `json:"rule"` // its place from 0; -1 where no rule decided
	Because []Because `json:"because"`
	Reason  string    `json:"reason,omitempty"` // the rule's words for the applicant
}

// Decide answers an application by the first rule that holds. An approval also needs that nothing is merely claimed.
func Decide(rules []Rule, f Facts) Decision {
	for i, r := range rules {
		because, holds := r.holds(f)
		if !holds {
			continue
		}
		d := Decision{Then: r.Then, Rule: i, Because: because, Reason: r.Reason}
		if r.Then == OutcomeApprove && f.Claimed {
			d.Then, d.Because = OutcomeQueue, append(because, Because{Code: "claimed"})
		}
		if r.Then == OutcomeApprove && !f.Address {
			d.Then, d.Because = OutcomeQueue, append(because, Because{Code: "address"})
		}
		return d
	}
	return Decision{Then: OutcomeQueue, Rule: -1, Because: []Because{{Code: "no_rule"}}}
}

// condition is one part of a rule, asked of the facts.
type condition struct {
	asked, met bool
	because    Because
}

func (r Rule) holds(f Facts) (because []Because, ok bool) {
	for _, c := range r.conditions(f) {
		switch {
		case !c.asked:
		case !c.met:
			return nil, false
		default:
			because = append(because, c.because)
		}
	}
	return because, true
}

func (r Rule) conditions(f Facts) []condition {
	return []condition{
		{len(r.Verdicts) > 0, f.Verdict != "" && slices.Contains(r.Verdicts, f.Verdict), Because{"verdict", string(f.Verdict)}},
		{len(r.Tiers) > 0, f.Tier != "" && slices.Contains(r.Tiers, f.Tier), Because{"tier", string(f.Tier)}},
		{len(r.Countries) > 0, f.Country != "" && slices.Contains(r.Countries, f.Country), Because{"country", f.Country}},
		{len(r.Platforms) > 0, f.Platform != "" && slices.Contains(r.Platforms, f.Platform), Because{"platform", string(f.Platform)}},
		{r.MinFit != nil, r.MinFit != nil && f.Fit != nil && *f.Fit >= *r.MinFit, Because{"fit", number(f.Fit)}},
		{r.MinFollowers != nil, r.MinFollowers != nil && f.Followers != nil && *f.Followers >= *r.MinFollowers, Because{"min_followers", number(r.MinFollowers)}},
		{r.MaxFollowers != nil, r.MaxFollowers != nil && f.Followers != nil && *f.Followers <= *r.MaxFollowers, Because{"max_followers", number(r.MaxFollowers)}},
	}
}

func number[T int | int64](n *T) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(int64(*n), 10)
}

func (r *Rule) check(field string) (err error) {
	if r.Reason, err = partnerships.Prose(r.Reason, LongestReason, field+".reason"); err != nil {
		return err
	}
	for i, c := range r.Countries {
		if r.Countries[i] = creators.Country(c); len(r.Countries[i]) != 2 {
			return fault.Invalid("Name countries by their names or two-letter codes.").In(field + ".countries")
		}
	}
	switch {
	case r.Then != OutcomeApprove && r.Then != OutcomeRefuse && r.Then != OutcomeQueue:
		return fault.Invalid("A rule approves, refuses or queues.").In(field + ".then")
	case r.Then == OutcomeRefuse && r.Reason == "":
		return fault.Invalid("Write what somebody reads who is refused by this rule.").In(field + ".reason")
	case r.MinFit != nil && (*r.MinFit < 0 || *r.MinFit > 100):
		return fault.Invalid("The fit is between 0 and 100.").In(field + ".min_fit")
	case r.MinFollowers != nil && *r.MinFollowers < 0, r.MaxFollowers != nil && *r.MaxFollowers < 0:
		return fault.Invalid("Followers must not be negative.").In(field + ".min_followers")
	case r.MinFollowers != nil && r.MaxFollowers != nil && *r.MinFollowers > *r.MaxFollowers:
		return fault.Invalid("At most is less than at least.").In(field + ".max_followers")
	}
	return r.checkNames(field)
}

func (r *Rule) checkNames(field string) error {
	for _, v := range r.Verdicts {
		if v != vetting.VerdictFits && v != vetting.VerdictLookCloser && v != vetting.VerdictNotForUs {
			return fault.Invalid("A verdict is fits, look_closer or not_for_us.").In(field + ".verdicts")
		}
	}
	for _, t := range r.Tiers {
		if t != creators.TierNano && t != creators.TierMicro && t != creators.TierMacro && t != creators.TierMega {
			return fault.Invalid("A size is nano, micro, macro or mega.").In(field + ".tiers")
		}
	}
	for _, p := range r.Platforms {
		if !slices.Contains(creators.Platforms, p) {
			return fault.Invalid("A platform is tiktok, instagram, youtube, pinterest or other.").In(field + ".platforms")
		}
	}
	return nil
}

func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

package sim

import (
	"context"
	"fmt"
	"slices"
)

// about is the sentence with which the demo's merchant begins to look for creators.
const about = "We sell loose-leaf tea to women 25–45 in Germany and the United States who care about wellness, mid price"

// shortlisted is how many the demo's merchant has put on a list.
const shortlisted = 12

// learn writes down what a program knows of a creator beside figures: topics, who follows, and for whom else they advertised.
func (d *Driver) learn(ctx context.Context, c *Creator, id string) error {
	k := newKnowledge{ProgramID: d.Program}
	for _, t := range c.Topics {
		k.Tags = append(k.Tags, newTag{"topic", t})
	}
	if c.Audience != nil {
		k.Audience = &newAudience{"creator", c.Audience}
	}
	return d.client.Post(ctx, "/creators/"+id+"/knowledge", d.key("knowledge", c.No), k, nil)
}

// Recruit does what a merchant does who looks for creators: says whom they sell to, makes a list, and gets applications, of which one is answered
// with yes, one with no, and one waits. The program needs an open form.
func (d *Driver) Recruit(ctx context.Context) error {
	if err := d.client.Post(ctx, "/targets", d.key("target", 0), newTarget{d.Program, "People who drink tea", about}, nil); err != nil {
		return err
	}
	if err := d.shortlist(ctx); err != nil {
		return err
	}
	return d.apply(ctx)
}

// shortlist puts the prospects nearest to the sentence on a list.
func (d *Driver) shortlist(ctx context.Context) error {
	var ids []string
	for _, c := range d.market.Creators {
		near := c.Topics[0] == "tea" || c.Topics[0] == "wellness" || c.Topics[0] == "vegan"
		if near && c.Standing == StandingProspect && c.Account == AccountGenuine && len(ids) < shortlisted {
			ids = append(ids, d.Parties[c.No].CreatorID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var list made
	if err := d.client.Post(ctx, "/lists", d.key("list", 0), newList{d.Program, "Tea, first round"}, &list); err != nil {
		return err
	}
	return d.client.Post(ctx, "/lists/"+list.ID+"/creators", d.key("listed", 0), onList{ids}, nil)
}

// applicants are three people who come by themselves.
var applicants = []struct {
	name, handle, country string
	platform              Platform
	answers               []string
	step                  string
}{
	{"Tilda Ellery", "tilda.steeps", "GB", PlatformInstagram, []string{"I film small tea rooms and ask what they drink at home.", "yes"}, "approve"},
	{"Aylin Brandt", "aylin.teezeit", "DE", PlatformTikTok, []string{"Meine Reihe über losen Tee für Anfänger, jeden Sonntag.", "yes"}, ""},
	{"Dario Pell", "dario.deals24", "ES", PlatformTikTok, []string{"Coupons of the day, all brands.", "no"}, "refuse"},
}

func (d *Driver) apply(ctx context.Context) error {
	for i, a := range applicants {
		var answer made
		if err := d.client.Post(ctx, "/applications", d.key("application", i), newApplication{
			ProgramID: d.Program, Name: a.name, Email: fmt.Sprintf("%s@post.example", a.handle), Confirmed: true, Country: a.country,
			Profiles: []namedProfile{{string(a.platform), a.handle}}, Answers: slices.Clone(a.answers), Accepted: true,
		}, &answer); err != nil {
			return err
		}
		if a.step == "" {
			continue
		}
		body := map[string]string{}
		if a.step == "refuse" {
			body["reason"] = "We look for people who write their own posts. Come back when you do."
		}
		if err := d.client.Post(ctx, "/applications/"+answer.ID+"/"+a.step, d.key(a.step, i), body, nil); err != nil {
			return err
		}
	}
	return nil
}

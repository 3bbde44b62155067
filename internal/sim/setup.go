package sim

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Party is what the server calls one of the market's creators.
type Party struct {
	CreatorID     string
	PartnershipID string // "" for prospects
}

// Setup brings the program, creators, partnerships, links and codes to the server, where they do not exist. Every call carries an idempotency
// key made of seed, program and creator, so that a second run finds what the first one made.
func (d *Driver) Setup(ctx context.Context) error {
	if err := d.program(ctx); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(d.opts.Workers)
	for _, c := range d.market.Creators {
		g.Go(func() error {
			if err := d.introduce(ctx, c); err != nil {
				return fmt.Errorf("cannot bring creator %d to the server: %w", c.No, err)
			}
			d.count(func(p *Progress) { p.Creators++ })
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, c := range d.market.partners {
		d.owners[strings.ToLower(c.Code)] = d.Parties[c.No].PartnershipID
	}
	return nil
}

// program makes the program unless the options name one.
func (d *Driver) program(ctx context.Context) error {
	if d.opts.Program != "" {
		d.Program = d.opts.Program
		return nil
	}
	shop := d.market.Params.Shop
	var answer made
	err := d.client.Post(ctx, "/programs", fmt.Sprintf("sim-%d-program", d.market.Seed), newProgram{
		Name: shop.Name, Currency: string(shop.Currency), Sites: []string{shop.Host}, HoldDays: 30,
		Attribution: attribution{"last_touch", d.opts.WindowDays, "code"}, Commission: commission{"percent", "10"},
	}, &answer)
	d.Program = answer.ID
	return err
}

func (d *Driver) introduce(ctx context.Context, c *Creator) error {
	party := &d.Parties[c.No]
	if err := d.creator(ctx, c, party); err != nil {
		return err
	}
	if c.Standing != StandingProspect {
		if err := d.partnership(ctx, c, party); err != nil {
			return err
		}
	}
	if c.Standing == StandingPartner {
		if err := d.tools(ctx, c, party.PartnershipID); err != nil {
			return err
		}
	}
	if err := d.learn(ctx, c, party.CreatorID); err != nil {
		return err
	}
	if err := d.recordCreator(c, *party); err != nil {
		return err
	}
	if d.opts.Known != nil {
		return d.opts.Known(ctx, c, *party)
	}
	return nil
}

func (d *Driver) creator(ctx context.Context, c *Creator, party *Party) error {
	body := newCreator{ProgramID: d.Program, Name: c.Name, Email: c.Email}
	for _, p := range c.Profiles {
		body.Profiles = append(body.Profiles, newProfile{string(p.Platform), p.Handle, p.Followers, c.Country, c.Language, p.Bio})
	}
	var answer made
	err := d.client.Post(ctx, "/creators", d.key("creator", c.No), body, &answer)
	if refusedWith(err, http.StatusConflict) {
		return d.findCreator(ctx, c, party, err)
	}
	party.CreatorID = answer.ID
	return err
}

// findCreator looks for an account that the server already knows.
func (d *Driver) findCreator(ctx context.Context, c *Creator, party *Party, refusal error) error {
	handle := c.Profiles[0].Handle
	var list listed[foundCreator]
	if err := d.client.Get(ctx, "/creators", url.Values{"program_id": {d.Program}, "q": {handle}}, &list); err != nil {
		return err
	}
	for _, found := range list.Items {
		for _, p := range found.Profiles {
			if strings.EqualFold(p.Handle, handle) && p.Platform == string(c.Profiles[0].Platform) {
				party.CreatorID = found.ID
				return nil
			}
		}
	}
	return refusal
}

func (d *Driver) partnership(ctx context.Context, c *Creator, party *Party) error {
	status := "active"
	if c.Standing == StandingApplicant {
		status = "applied"
	}
	var answer made
	err := d.client.Post(ctx, "/partnerships", d.key("partnership", c.No), newPartnership{d.Program, party.CreatorID, status, d.opts.Groups[c.Group]}, &answer)
	if refusedWith(err, http.StatusConflict) {
		var list listed[made]
		if err := d.client.Get(ctx, "/partnerships", url.Values{"program_id": {d.Program}, "creator_id": {party.CreatorID}}, &list); err != nil {
			return err
		}
		if len(list.Items) != 1 {
			return err
		}
		answer, err = list.Items[0], nil
	}
	party.PartnershipID = answer.ID
	return err
}

// tools are the links and the code. One that is taken is taken by an earlier run of the same market: slugs and codes are the market's own.
func (d *Driver) tools(ctx context.Context, c *Creator, partnership string) error {
	for i, l := range c.Links {
		err := d.client.Post(ctx, "/links", d.key(fmt.Sprintf("link%d", i), c.No), newLink{partnership, l.Destination, l.Slug}, nil)
		if err != nil && !refusedWith(err, http.StatusConflict) {
			return err
		}
	}
	err := d.client.Post(ctx, "/codes", d.key("code", c.No), newCode{partnership, c.Code}, nil)
	if refusedWith(err, http.StatusConflict) {
		return nil
	}
	return err
}

func (d *Driver) key(what string, no int) string {
	return fmt.Sprintf("sim-%d-%s-%s-%d", d.market.Seed, d.Program, what, no)
}

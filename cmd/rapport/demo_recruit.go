package main

import (
	"context"
	"net/url"

	"rapport/internal/base/db"
	"rapport/internal/partner/applications"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/discovery"
	"rapport/internal/recruit/vetting"
	"rapport/internal/sim"
)

// demoSearch is a search that finds creators who never wrote these words together.
const demoSearch = "calm tea evenings"

// openDoor opens the program's application form: two questions and two rules.
func (d *demo) openDoor(ctx context.Context, tx *db.Tx) error {
	enough := int64(1000)
	_, err := applications.SaveForm(ctx, tx, applications.Form{
		Program: d.program.ID, Slug: "fernwood", Open: true,
		Intro: "We make skin care and blend tea in small batches. We work with people who write their own words, whatever their size.",
		Questions: []applications.Question{
			{Text: "What would you make about us first?", Kind: applications.QuestionText, Required: true},
			{Text: "Do you mark advertising as advertising?", Kind: applications.QuestionYesNo, Required: true},
		},
		Rules: []applications.Rule{
			{Verdicts: []vetting.Verdict{vetting.VerdictNotForUs}, Then: applications.OutcomeRefuse, Reason: "What we can see of your accounts does not fit what our customers look for."},
			{Verdicts: []vetting.Verdict{vetting.VerdictFits}, MinFollowers: &enough, Then: applications.OutcomeApprove},
		},
	})
	return err
}

// exchanges are the demo's conversations, in turns; the brand begins.
var exchanges = [][]string{
	{"Hello! Your last posts read like our customers talk. Would a sample box help with the next one?",
		"Yes please. I have a quiet week from the 12th and could film two short ones.", "It leaves tomorrow. Mark it as advertising, and say what you do not like, too."},
	{"Your code brought eleven orders last month, more than anybody in your group. Thank you.", "That was the evening video. Should I make a second part with the balm?"},
	{"We change the text on the product page on Monday. Your link stays the same.", "Thanks for telling me before my followers do!"},
}

// talk writes what brand and partners said to each other. The last word of most is the creator's, so that there is something to answer.
func (d *demo) talk(ctx context.Context, market *sim.Market, driver *sim.Driver) error {
	partners := market.Partners()
	for i, turns := range exchanges {
		if i >= len(partners) {
			return nil
		}
		c := partners[i]
		if err := d.d.Update(ctx, func(tx *db.Tx) error {
			for n, body := range turns {
				said := outreach.New{Partnership: partnerships.ID(driver.Parties[c.No].PartnershipID), From: outreach.SideBrand, Body: body, Author: "Robin Marsh"}
				if n%2 == 1 {
					said.From, said.Author = outreach.SideCreator, c.Name
				}
				if _, err := outreach.Send(ctx, tx, said); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// know makes what the clock would make within minutes, so that the first look shows it: what the search stands on, check-ups, a saved search.
func (d *demo) know(ctx context.Context) error {
	if _, err := vetting.RefreshProgram(ctx, d.d, d.program.ID); err != nil {
		return err
	}
	if err := d.search.Rebuild(ctx, d.d); err != nil {
		return err
	}
	return d.d.Update(ctx, func(tx *db.Tx) error {
		_, err := discovery.SaveSearch(ctx, tx, d.program.ID, d.merchant.ID, "Tea and quiet evenings", discovery.Query{Words: demoSearch}, url.Values{"q": {demoSearch}}.Encode())
		return err
	})
}

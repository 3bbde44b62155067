package portal_test

import (
	"context"
	"strings"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/partner/content"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/payouts"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/links"
)

const (
	longName   = "Maximiliana Konstantinopolska-Featherstonehaugh von Hohenlohe"
	arabicName = "ليلى عبد الرحمن الأنصاري"
)

// busy is a full world in which people also talk and ask for posts.
func (w *world) busy() {
	w.Helper()
	w.full()
	w.asks("Spring teas", "Show how you brew it.\nSay that it is an advertisement.", w.DB.Now().Add(72*time.Hour))
	w.asks("Gift sets", "One story with the set.", w.DB.Now().Add(-72*time.Hour))
	changed := w.asks("Iced tea", "One reel.", time.Time{})
	accepted := w.asks("Winter", "", time.Time{})
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		for _, t := range []content.Task{changed, accepted} {
			if _, err := content.Post(ctx, tx, t.ID, "https://www.tiktok.com/@maya/video/1"); err != nil {
				return err
			}
		}
		if _, err := content.Accept(ctx, tx, accepted.ID); err != nil {
			return err
		}
		_, err := content.AskChanges(ctx, tx, changed.ID, "Please say at the beginning that it is an ad.")
		return err
	})
	w.says(outreach.SideBrand, "Hello Maya,\nshall we talk about spring?")
	w.says(outreach.SideCreator, "Yes, gladly!")
	w.says(outreach.SideBrand, "The box is on its way.")
}

// awkward is a busy world with long and foreign names, large sums, many links.
func (w *world) awkward() {
	w.Helper()
	w.busy()
	long := strings.Repeat("Fernwood & Daughters ", 2) + arabicName
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		if w.program, err = programs.Update(ctx, tx, w.program.ID, programs.Change{Name: &long}); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update creators set name = $1 where id = $2`, longName, w.maya.of.Creator)
		return err
	})
	w.asks(strings.Repeat("Unbreakable", 8), strings.Repeat("wordwithoutend", 30), w.DB.Now())
	w.says(outreach.SideBrand, strings.Repeat("https://shop.example/a-very-long-address/", 8)+"\n"+arabicName)
	w.order("2026-WEB-000000000000000000000000000000000000000000001", 1_000_000_000, coded(w.maya))
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		for range 12 {
			if _, err := links.Create(ctx, tx, links.New{Partnership: w.maya.of.ID, Destination: "https://shop.example/" + strings.Repeat("long-path/", 12)}); err != nil {
				return err
			}
		}
		return nil
	})
}

// asks invites Maya into a new campaign.
func (w *world) asks(name, brief string, due time.Time) (t content.Task) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		c, err := content.Create(ctx, tx, content.New{Program: w.program.ID, Name: name, Brief: brief})
		if err != nil {
			return err
		}
		tasks, err := content.Invite(ctx, tx, c.ID, content.Invitation{Partnerships: []partnerships.ID{w.maya.of.ID, w.jo.of.ID}, DueAt: due})
		if err == nil {
			t = tasks[0]
			w.tasks = append(w.tasks, tasks[0])
			w.foreign = append(w.foreign, tasks[1])
		}
		return err
	})
	return t
}

func (w *world) says(from outreach.Side, body string) {
	w.Helper()
	who := auth.Principal{Kind: auth.KindMerchant, Name: "Olga"}
	if from == outreach.SideCreator {
		who = auth.Principal{Kind: auth.KindCreator, Name: "Maya Ortiz"}
	}
	ctx := auth.With(w.Context(), who)
	w.Must(w.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := outreach.Send(ctx, tx, outreach.New{Partnership: w.maya.of.ID, From: from, Body: body})
		return err
	}))
}

// commission is the one of an order.
func (w *world) commission(number string) (c commissions.Commission) {
	w.Helper()
	of := w.conversion(number)
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		all, err := commissions.OfConversion(ctx, tx, of.ID)
		if err == nil {
			c = all[0]
		}
		return err
	})
	return c
}

// payout is what Maya was sent.
func (w *world) payout() payouts.Item { return w.payoutOf(w.maya.of.Creator) }

func (w *world) payoutOf(creator creators.ID) (item payouts.Item) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		items, _, err := payouts.ItemsOfCreator(ctx, tx, w.program.ID, creator, db.Page{})
		if err == nil {
			item = items[0]
		}
		return err
	})
	return item
}

// unread is how many messages wait for Maya.
func (w *world) unread() (n int) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = outreach.Unread(ctx, tx, outreach.SideCreator, partnerships.Filter{Program: w.program.ID, Creator: w.maya.of.Creator})
		return err
	})
	return n
}

// Package content owns campaigns and what creators are asked to publish in them.
//
// The words: a campaign is a time-boxed effort of a program with a brief, which says what is asked. A task is one promised piece of content of
// one partnership in one campaign: open until the creator gives the address of the post, then posted, then accepted, or changes are asked and it
// is posted again.
//
//	open → posted → accepted
//	         ↑ ↓
//	       changes
//
// Laws kept here:
//   - a partnership has one task in a campaign, however often it is invited;
//   - only those who agreed or have begun are invited, only into an open campaign, and never into another program's;
//   - a task moves only along Move; what was accepted stays as it was accepted;
//   - each change is told as the event "task.changed" or "campaign.changed".
//
// A worked example:
//
//	c, _ := content.Create(ctx, tx, content.New{Program: acme, Name: "Spring", Brief: "Show the shoes in the rain.", StartsAt: march, EndsAt: april})
//	tasks, _ := content.Invite(ctx, tx, c.ID, content.Invitation{Partnerships: []partnerships.ID{zoe}, DueAt: april})
//	content.Post(ctx, tx, tasks[0].ID, "https://www.tiktok.com/@zoe/video/1")      // posted
//	content.AskChanges(ctx, tx, tasks[0].ID, "Say that it is an advertisement.")   // changes
//	content.Post(ctx, tx, tasks[0].ID, "https://www.tiktok.com/@zoe/video/2")      // posted
//	content.Accept(ctx, tx, tasks[0].ID)                                           // accepted
//
// The room asks nobody's rights: the caller has checked them, and lists are cut by the filters they are given.
package content

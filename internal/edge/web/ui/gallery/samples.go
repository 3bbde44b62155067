package main

import (
	"net/http"
	"net/url"
	"time"

	"rapport/internal/base/money"
	"rapport/internal/edge/web/ui"
)

func samples() map[string]sample {
	return map[string]sample{
		"GET /{$}":               {"parts", home},
		"GET /creators":          {"parts", creators},
		"GET /campaigns":         {"parts", empty},
		"GET /inbox":             {"parts", board},
		"GET /sales":             {"two", story},
		"GET /payouts":           {"two", forms},
		"GET /reports":           {"parts", charts},
		"GET /portal/{$}":        {"parts", portalHome},
		"GET /portal/share":      {"parts", portalShare},
		"GET /plain":             {"parts", plain},
		"GET /why":               {"parts", whyPage},
		"GET /print":             {"two", printed},
		"POST /creators/pause":   {"parts", confirmPage},
		"POST /payouts":          {"two", forms},
		"GET /portal/tasks":      {"parts", portalHome},
		"GET /portal/earnings":   {"parts", portalHome},
		"GET /portal/messages":   {"parts", portalHome},
		"POST /creators/message": {"parts", confirmPage},
	}
}

const (
	longName   = "Maximiliana Konstantinopolska-Featherstonehaugh von und zu Hohenlohe"
	arabicName = "ليلى عبد الرحمن الأنصاري"
)

func usd(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "USD"} }

func some(f float64) *float64 { return &f }

func desk(active, title string) *ui.Page {
	return &ui.Page{
		Layout: ui.Desk, Title: title, Nav: counted(ui.DeskNav("en", "")), Active: active,
		Program:  ui.Program{Name: "Northwind Tea"},
		Programs: []ui.Link{{Label: "Northwind Tea", URL: "/", Active: true}, {Label: "Southwind Coffee & Roastery International", URL: "/"}},
		User:     ui.User{Name: "Ada Marsh", Role: "Owner"},
		Menu:     []ui.Link{{Label: "Settings", URL: "/", Icon: "settings"}, {Label: "People", URL: "/", Icon: "users"}}, SignOutURL: "/plain",
	}
}

func counted(items []ui.NavItem) []ui.NavItem {
	items[3].Count = 12
	return items
}

func home(*http.Request) *ui.Page {
	p := desk("home", "What needs you today?")
	p.Lead = "Three creators wait for an answer, and October is ready to be paid."
	p.Primary = &ui.Action{Label: "Invite creators", Icon: "user-plus", URL: "/creators"}
	p.Flash = &ui.Flash{Tone: ui.Good, Text: "Mira Holt was approved and told by mail.", Undo: &ui.Action{Label: "Undo", Post: true, URL: "/payouts", Look: ui.Quiet}}
	p.Body = []any{
		ui.Tiles{
			{Label: "Sales by creators", Value: usd(1_284_050), Change: some(0.125), Against: "than the 30 days before", URL: "/sales"},
			{Label: "Owed to creators", Value: usd(128_405), Change: some(-0.042), Against: "than the 30 days before", URL: "/payouts", Small: "$312.00 of it under review"},
			{Label: "Orders", Value: 284, Unit: "orders", Change: some(0), Against: "as the 30 days before"},
			{Label: "Cost per order", Unknown: "No order has been paid for yet, so there is no cost to divide."},
		},
		ui.Checklist{Title: "Get ready for your first sale", Items: []ui.CheckItem{
			{Label: "Tell us about your shop", Done: true, URL: "/"}, {Label: "Write your offer as one sentence", Done: true, URL: "/"},
			{Label: "Connect your shop", Hint: "Orders then arrive by themselves. It takes about two minutes.", URL: "/"},
			{Label: "Invite creators", URL: "/"}, {Label: "Place a test order", URL: "/", Optional: true},
		}},
		ui.Progress{ID: "import", Label: "Reading creators.csv", Done: 412, Total: 1000, Detail: "412 of 1,000 rows", Leave: "You can leave this page; we will tell you when it is done."},
		ui.Actions{
			{Label: "Secondary", URL: "/"}, {Label: "Quiet", Icon: "refresh", URL: "/", Look: ui.Quiet}, {Label: "Cannot", Disabled: "Only the owner can do this."},
			{Label: "End program", Look: ui.Danger, Post: true, URL: "/payouts", Confirm: &ui.Confirm{Title: "End Northwind Tea?", What: "42 creators are told today and their links stop earning.", Effects: []string{"$1,284.05 already earned stays payable."}, Undo: "This cannot be undone.", Button: "End the program", Danger: true, Type: "Northwind Tea"}},
		},
	}
	return p
}

func creators(r *http.Request) *ui.Page {
	p := desk("creators", "Who works with you?")
	p.Tabs = []ui.Link{{Label: "Partners", URL: "/creators", Active: true, Count: 1204}, {Label: "Applications", URL: "/inbox", Count: 3}, {Label: "Find", URL: "/campaigns"}}
	p.Primary = &ui.Action{Label: "Add creators", Icon: "plus", URL: "/payouts"}
	p.Secondary = []ui.Action{{Label: "Import", Icon: "upload", URL: "/payouts"}}
	p.Body = []any{creatorTable(r.URL.Query())}
	return p
}

func creatorTable(query url.Values) ui.Table {
	t := ui.Table{
		ID: "partners", Caption: "Partners", Path: "/creators", Query: query, Search: "Search name or account", Choose: true, Export: "/creators.csv",
		Filters: []ui.Filter{
			{Key: "status", Label: "Status", Options: []ui.Choice{{Value: "active", Label: "Active"}, {Value: "paused", Label: "Paused"}}},
			{Key: "tier", Label: "Size", Options: []ui.Choice{{Value: "nano", Label: "Below 10,000"}, {Value: "micro", Label: "10,000 to 100,000"}}},
		},
		Columns: []ui.Column{
			{Key: "name", Label: "Name", Sort: true, Fixed: true}, {Key: "status", Label: "Status"}, {Key: "followers", Label: "Followers", Sort: true, Figure: true},
			{Key: "rate", Label: "Engagement", Sort: true, Figure: true, Hint: "Likes and comments per follower"}, {Key: "sales", Label: "Sales", Sort: true, Figure: true},
			{Key: "earned", Label: "Earned", Sort: true, Figure: true}, {Key: "since", Label: "Since", Sort: true, Figure: true}, {Key: "note", Label: "Note", Optional: true},
		},
		Rows: creatorRows(), Total: "1–6 of 1,204", Next: "abc",
		Bulk:  []ui.BulkAction{{Label: "Message", Icon: "send", URL: "/creators/message", Dialog: true}, {Label: "Pause", URL: "/creators/pause", Dialog: true}},
		Empty: ui.EmptyState{Icon: "users", Text: "Creators you invite appear here.", Action: &ui.Action{Label: "Invite creators", URL: "/", Look: ui.Primary}},
	}
	if query.Get("tier") == "nano" {
		t.Rows = nil
	}
	return t
}

func creatorRows() []ui.Row {
	day := time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)
	row := func(id, name, sub, status, face string, followers any, rate any, sales, earned int64) ui.Row {
		return ui.Row{ID: id, Label: name, Cells: []any{
			ui.Person{Name: name, Sub: sub, URL: "/sales", AvatarURL: face}, ui.Status(status), followers, rate, usd(sales),
			ui.Money{Amount: usd(earned), Why: "/why"}, day, "Likes short briefs",
		}}
	}
	return []ui.Row{
		row("1", "Mira Holt", "@mira.bakes · Instagram", "active", "", 48_210, "3.1\u202f%", 421_000, 42_100),
		row("2", longName, "@maximiliana.konstantinopolska.and.her.many.cats · TikTok", "paused", "/broken.png", 9_812, "1.2\u202f%", 1_000_000_000, 100_000_000),
		row("3", arabicName, "@layla · YouTube", "applied", "", 120_400, ui.Nothing{Because: "Fewer than three posts are known."}, 0, 0),
		row("4", "Jo", "@jo", "invited", "", nil, nil, 0, 0),
		row("5", "Sam O’Neill", "@sam.on · Pinterest", "declined", "", 0, "0\u202f%", -1_200, -120),
		row("6", "Ines Prado", "@ines.p · Instagram", "active", "", 31_077, "2.4\u202f%", 88_450, 8_845),
	}
}

func empty(*http.Request) *ui.Page {
	p := desk("campaigns", "Which efforts are running?")
	p.Body = []any{
		ui.Card{Body: ui.EmptyState{Icon: "speakerphone", Text: "A campaign asks several creators for the same thing at the same time.", Action: &ui.Action{Label: "Plan a campaign", URL: "/", Look: ui.Primary}}},
		ui.Table{ID: "none", Caption: "Campaigns", Path: "/campaigns", Columns: []ui.Column{{Key: "name", Label: "Name"}}, Empty: ui.EmptyState{Text: "No campaign has ended yet."}},
		ui.Chart{ID: "none-chart", Title: "How did past campaigns do?", Kind: ui.Line},
		ui.Timeline{}, ui.Definitions{},
	}
	return p
}

func board(*http.Request) *ui.Page {
	p := desk("inbox", "Where does each creator stand?")
	card := func(id, name, sub string) ui.BoardCard {
		return ui.BoardCard{ID: id, Title: name, Sub: sub, URL: "/sales", Foot: ui.Badge{Label: "Fits 82 of 100", Tone: ui.Good}}
	}
	p.Body = []any{ui.Board{ID: "pipeline", MoveURL: "/payouts", Columns: []ui.BoardColumn{
		{Key: "prospect", Label: "Prospects", Total: 120, Cards: []ui.BoardCard{card("1", "Mira Holt", "48k · Instagram"), card("2", longName, "9.8k · TikTok"), card("3", arabicName, "120k · YouTube")}, More: "/creators"},
		{Key: "contacted", Label: "Written to", Cards: []ui.BoardCard{card("4", "Jo", "")}},
		{Key: "talking", Label: "Talking"},
		{Key: "partner", Label: "Partners", Cards: []ui.BoardCard{card("5", "Sam O’Neill", "2k · Pinterest")}},
	}}}
	return p
}

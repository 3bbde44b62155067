package main

import (
	"net/http"
	"time"

	"rapport/internal/base/fault"
	"rapport/internal/edge/web/ui"
)

func why() ui.Why {
	return ui.Why{
		Verdict: ui.Status("pending"),
		Summary: "Mira Holt is credited with this order because the buyer used her code MIRA10. She earns 15 % of the $82.67 that count.",
		Facts: []ui.Pair{
			{Label: "Order", Value: "#1042"}, {Label: "Goods after discount", Value: usd(8267)}, {Label: "Rate", Value: "15\u202f%", Hint: "From the group Ambassador"},
			{Label: "Earned", Value: usd(1240)}, {Label: "Payable from", Value: time.Date(2026, 12, 22, 0, 0, 0, 0, time.UTC)},
		},
		Touches: []ui.Event{
			{Title: "Code MIRA10 was used", Text: "Codes count before clicks in this program.", Tone: ui.Good, Icon: "circle-check", At: time.Now().Add(-3 * time.Hour)},
			{Title: "Click on Jo’s link", At: time.Now().Add(-50 * time.Hour)},
		},
		Considered: []ui.Option{{What: "Jo’s click", Because: "It came earlier, but a code was used."}, {What: "Sam’s click", Because: "It came 41 days before the order and the program’s window is 30 days."}},
		Who:        "Ada Marsh and other managers can approve, hold or reject it.",
		Actions:    ui.Actions{{Label: "Ask for a review", URL: "/payouts"}},
	}
}

func whyPage(*http.Request) *ui.Page {
	return &ui.Page{Layout: ui.Plain, Title: "Why $12.40?", Body: []any{why()}}
}

func story(*http.Request) *ui.Page {
	p := desk("sales", "What happened with order #1042?")
	p.Breadcrumb = []ui.Link{{Label: "Sales", URL: "/sales"}, {Label: "Orders", URL: "/sales"}}
	now := time.Now()
	p.Body = [][]any{{
		ui.Card{Title: "What happened", Body: ui.Timeline{Events: []ui.Event{
			{At: now.Add(-time.Minute), Title: "Half of it came back", Text: "Two of four cups were returned.", Tone: ui.Bad, Icon: "arrow-back-up", Value: usd(-620), Why: "/why"},
			{At: now.Add(-26 * time.Hour), Title: "Mira Holt earned", Tone: ui.Good, Icon: "coin", Value: ui.Money{Amount: usd(1240), Why: "/why"}, Who: "by the rule Ambassador"},
			{At: now.Add(-27 * time.Hour), Title: "The order arrived from Shopify", Who: longName},
			{At: now.Add(-90 * 24 * time.Hour), Title: arabicName},
		}}},
		ui.Card{Title: "Terms", Action: &ui.Action{Label: "History", URL: "/", Look: ui.Quiet}, Body: sentence(false)},
		ui.Card{Title: "Terms you cannot change", Body: sentence(true)},
	}, {
		ui.Card{Title: "Order", Sub: "As the shop sent it", Body: ui.Definitions{
			{Label: "Number", Value: "#1042"}, {Label: "Total", Value: usd(40_994)}, {Label: "Customer", Value: ui.Nothing{Because: "Only the shop knows who bought."}},
			{Label: "Status", Value: ui.Group{ui.Status("counted"), ui.Status("test")}}, {Label: "Credited to", Value: ui.Person{Name: "Mira Holt", Sub: "100\u202f%", URL: "/creators"}},
			{Label: "About", Value: ui.Money{Amount: usd(1_000_000_000), About: true}, Hint: "between $9,100,000 and $10,900,000"},
		}},
		ui.Card{Title: "Why $12.40?", Body: why()},
	}}
	return p
}

func sentence(locked bool) ui.SentenceEditor {
	id := "terms"
	if locked {
		id = "locked"
	}
	return ui.SentenceEditor{
		ID: id, Action: "/payouts", Locked: locked, Hint: "Changes count for orders from now on.",
		Text: "Creators earn {commission} of a sale within {window} of a click or with their code; buyers get {offer} off; paid {rhythm}, {hold} after the order, from {least}.",
		Fields: []ui.Field{
			{Name: "commission", Label: "Commission", Kind: ui.Percent, Value: "15", Required: true}, {Name: "window", Label: "Window", Kind: ui.Number, Value: "30", Suffix: "days"},
			{Name: "offer", Label: "Buyer’s offer", Kind: ui.Percent, Value: "120", Error: "An offer is at most 100 %."}, {Name: "rhythm", Label: "Rhythm", Kind: ui.Select, Value: "monthly", Options: []ui.Choice{{Value: "weekly", Label: "weekly"}, {Value: "monthly", Label: "monthly"}}},
			{Name: "hold", Label: "Hold", Kind: ui.Number, Value: "30", Suffix: "days"}, {Name: "least", Label: "Least payout", Kind: ui.MoneyIn, Value: "25", Suffix: "USD"},
		},
	}
}

func forms(*http.Request) *ui.Page {
	p := desk("payouts", "How do you want to pay?")
	p.ReadOnly = &ui.Banner{Text: "This is a test program: nothing here reaches money.", Leave: &ui.Link{Label: "Leave", URL: "/"}}
	form := ui.Form{Action: "/payouts", Submit: "Save", Cancel: &ui.Link{Label: "Cancel", URL: "/"}, Fields: []ui.Field{
		{Name: "name", Label: "Name", Required: true, Value: "Northwind", Hint: "As creators read it."}, {Name: "email", Label: "Mail", Kind: ui.Email, Autocomplete: "email", Required: true},
		{Name: "amount", Label: "Least payout", Kind: ui.MoneyIn, Suffix: "USD", Value: "-3", Required: true, Hint: "Smaller sums wait for the next month."}, {Name: "rate", Label: "Commission", Kind: ui.Percent, Value: "15", Required: true},
		{Name: "rail", Label: "Pay by", Kind: ui.Select, Options: []ui.Choice{{Value: "csv", Label: "Bank file"}, {Value: "paypal", Label: "PayPal"}}, Required: true},
		{Name: "note", Label: "Note", Kind: ui.Area}, {Name: "when", Label: "First day", Kind: ui.Date}, {Name: "file", Label: "Logo", Kind: ui.File, Accept: "image/*"}, {Name: "colour", Label: "Colour", Kind: ui.ColourIn, Value: "#4f46e5"},
		{Name: "how", Label: "Who approves", Kind: ui.Radio, Value: "two", Options: []ui.Choice{{Value: "two", Label: "A second person"}, {Value: "one", Label: "Me, by signing in again"}}, Required: true},
		{Name: "tell", Label: "Tell creators by mail", Kind: ui.Check, Checked: true},
	}}
	form.Fail(fault.Join(fault.Invalid("The amount must not be negative.").In("amount"), fault.Invalid("This address has no @.").In("email")))
	p.Body = [][]any{{ui.Card{Title: "Settings", Body: form}}, {
		ui.Card{Title: "Take along", Body: ui.Group{ui.CopyField{Label: "Link", Value: "https://northwind.example/r/mira", Hint: "Opens your shop’s first page."}}},
		ui.Card{Body: ui.QR{Text: "https://northwind.example/r/mira", Caption: "For stories and stalls", DownloadURL: "/print"}},
		ui.Card{Title: "As Mira sees it", Body: ui.Phone{Title: "Mira’s first page", URL: "/portal/"}},
	}}
	return p
}

func charts(*http.Request) *ui.Page {
	p := desk("reports", "Is it worth it?")
	steps := []string{"Mon 2", "Tue 3", "Wed 4", "Thu 5", "Fri 6", "Sat 7", "Sun 8"}
	p.Body = []any{
		ui.Chart{ID: "clicks", Title: "Do more people click than last week?", Kind: ui.Line, Unit: "clicks", XTitle: "Day", Steps: steps, Note: "Crawlers are not counted.", Series: []ui.Series{
			{Name: "This week", Values: ui.Values(120, 180, 150, 240, 310, 420, 390), Low: ui.Values(100, 160, 130, 210, 280, 380, 340), High: ui.Values(140, 200, 170, 270, 340, 460, 440)},
			{Name: "Last week", Values: ui.Values(90, 140, 160, 170, 260, 300, 280), Previous: true},
		}},
		ui.Chart{ID: "sales", Title: "Who sells most?", Kind: ui.Bar, Unit: "USD", XTitle: "Creator", Steps: []string{"Mira", "Jo", "Sam", "Ines"}, Series: []ui.Series{
			{Name: "Sales", Values: []*float64{some(4210), some(10_000_000), nil, some(884)}},
		}},
	}
	return p
}

func portal(active, title string) *ui.Page {
	return &ui.Page{
		Layout: ui.Portal, Title: title, Nav: ui.PortalNav("en", "/portal"), Active: active, Program: ui.Program{Name: "Northwind Tea", Accent: "#ffd400"},
		User: ui.User{Name: "Mira Holt", Role: "Creator"}, Menu: []ui.Link{{Label: "Your details", URL: "/portal/", Icon: "user"}}, SignOutURL: "/plain",
	}
}

func portalHome(*http.Request) *ui.Page {
	p := portal("home", "Hello Mira")
	p.Nav[4].Count = 2
	p.ReadOnly = &ui.Banner{Text: "You see what Mira sees. Nothing can be changed.", Leave: &ui.Link{Label: "Back to the desk", URL: "/"}}
	p.Body = []any{
		ui.Tiles{{Label: "Payable", Value: ui.Money{Amount: usd(12_840), Why: "/why"}, Small: "paid on 1 Dec"}, {Label: "Waiting", Value: ui.Money{Amount: usd(3_120), Why: "/why"}, Small: "until 22 Dec"}},
		ui.Card{Title: "Lately", Body: ui.Timeline{Events: []ui.Event{{At: time.Now().Add(-time.Hour), Title: "An order with your code", Tone: ui.Good, Icon: "coin", Value: ui.Money{Amount: usd(1240), Why: "/why"}, Why: "/why"}, {At: time.Now().Add(-48 * time.Hour), Title: "12 people clicked", Icon: "pointer"}}}},
	}
	return p
}

func portalShare(*http.Request) *ui.Page {
	p := portal("share", "What can you share?")
	p.Body = []any{
		ui.Card{Body: ui.CopyField{Label: "Your link", Value: "https://northwind.example/r/mira", Share: true, ShareTitle: "Northwind Tea"}},
		ui.Card{Body: ui.CopyField{Label: "Your code", Value: "MIRA10", Hint: "Buyers get 10 % off."}},
		ui.Card{Body: ui.CopyField{Label: "Caption", Multiline: true, Value: "Ad · I work with Northwind Tea and earn when you buy through my link.", Share: true}},
		ui.Card{Body: ui.QR{Text: "https://northwind.example/r/mira", Caption: "Your link as a picture"}},
	}
	return p
}

func plain(*http.Request) *ui.Page {
	return &ui.Page{Layout: ui.Plain, Title: "Sign in", Lead: "to Northwind Tea", Program: ui.Program{Name: "Northwind Tea", Accent: "#0f766e"}, Body: []any{
		ui.Form{Action: "/plain", Submit: "Sign in", Error: "The address or the password is wrong.", Full: true, Fields: []ui.Field{
			{Name: "email", Label: "Mail", Kind: ui.Email, Autocomplete: "username", Required: true}, {Name: "password", Label: "Password", Kind: ui.Password, Autocomplete: "current-password", Required: true},
		}},
	}}
}

func printed(r *http.Request) *ui.Page {
	p := story(r)
	p.Layout = ui.Print
	return p
}

func confirmPage(*http.Request) *ui.Page {
	p := desk("creators", "Pause the chosen creators?")
	p.Body = []any{ui.Form{Action: "/creators/pause", Submit: "Pause them", Look: ui.Danger, Fields: []ui.Field{{Name: "why", Label: "Reason", Kind: ui.Area, Required: true}}}}
	return p
}

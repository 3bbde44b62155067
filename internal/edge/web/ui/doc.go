// Package ui draws pages: four layouts, the parts that stand on them, and the engine that renders a page whole or only what htmx asks for.
//
// # A page
//
// A page package embeds its templates; each file is a page named by its path and defines the block "main". Files that begin with "_" hold blocks for the
// others. The block's dot is the Page; what the handler computed is in Body.
//
//	//go:embed *.html
//	var templates embed.FS                                // sales.html, order.html, _rows.html
//
//	set, err := ui.New(templates, portal.Templates)       // once, when the server starts
//	mux.Handle("GET /assets/", ui.Assets())               // stylesheet, script, font, icons, program colours
//	w.Header().Set("Content-Security-Policy", ui.SecurityPolicy)
//
//	err = set.Render(w, r, http.StatusOK, "sales", &ui.Page{
//	    Layout: ui.Desk, Title: "What was sold?", Lang: "en", Zone: program.Zone,
//	    Nav: ui.DeskNav("en", ""), Active: "sales", Program: ui.Program{Name: "Northwind Tea", Accent: "#0f766e"},
//	    User: ui.User{Name: "Ada Marsh", Role: "Owner"}, SignOutURL: "/signout",
//	    Primary: &ui.Action{Label: "Add an order", URL: "/sales/new"}, Body: body,
//	})
//
//	{{define "main"}}{{with .Body}}
//	  {{ui .Tiles}}
//	  {{ui .Table}}
//	  <p>{{t "sales.count" "n" .Count}} · {{money .Total}} · {{date .Since}} · {{ago .LastAt}}</p>
//	{{end}}{{end}}
//
// Breadcrumb, h1, lead, actions, tabs, flash and the read-only banner come from the Page; "main" holds only what is below them. Render returns an error
// before it has written anything. Answer a POST with 303 to a page, or with 422 and the page of the form again (Form.Fail puts faults beside fields).
//
// # htmx
//
// Links and forms are boosted: <main> is swapped, title and navigation follow, and focus is on the heading. Nothing needs to be done for it. Where the
// answer has another frame (layout, program, version) the page is loaded whole by itself. Put hx-boost="false" on what must leave the frame: sign-in, downloads.
// This is htmx 4: attributes reach descendants only when written with ":inherited" (hx-target:inherited="#rows"), and 4xx answers are swapped in too.
// There is no eval: hx-on, hx-vals="js:" and trigger filters in brackets do not work under our policy, and need not.
//
//	<a href="/sales/1/why" hx-get="/sales/1/why" hx-target="#panel-body" data-panel>   opens beside the page, {{whyLink "/sales/1/why" .Amount}} writes it
//	<a href="/payouts/1/confirm" hx-get="…" hx-target="#dialog-body" data-dialog>       opens in a dialog, Action{Dialog: true} writes it
//
// For both Render gives the page's title as heading and its main block; without script the same address is a whole page.
//
// # Parts
//
// Every part is a struct, drawn by {{ui .X}}; each can stand in a table cell, a pair's value or a card, where {{show .X}} also takes amounts, numbers,
// times, strings and nil (a dash). Part{"name", data} draws a template of your own in such a place.
//
//	Tile, Tiles       ui.Tile{Label: "Owed", Value: amount, Change: &rate, Against: "than the month before", URL: "/payouts"}
//	Table             ui.Table{ID: "sales", Caption: "Sales", Path: "/sales", Query: r.URL.Query(), Columns: …, Rows: …, Next: cursor, Empty: …}
//	                  reads and writes the address: q, sort=name|-name, one name per filter, cols, after, before; bulk actions post "id" values
//	Why, WhyLink      the explanation of an amount or verdict, and the way to it; Money{Amount, Why: url} is an amount with that way
//	Timeline, Board   what happened; cards in stages, moved by POST id, to
//	SentenceEditor    terms as a sentence with editable words; a plain form without script
//	Checklist         first steps with how many are done
//	Form, Field       label, hint, error, every kind of input; Form.Fail(err) shows faults
//	Action, Confirm   a link or a POST button; Confirm says what will happen, to how many, how much, and whether it can be undone
//	Flash             one line after an act, with an Undo action
//	Progress          how far, what, safe to leave; Poll asks every two seconds for itself, answered with Set.Part
//	Badge, Status     words, tone and picture; Status("pending") is the same everywhere
//	Money, Nothing    an amount; a dash that says why
//	Chart             a question, at most four series, the table behind it
//	Card, Definitions, Tabs, Pager, EmptyState, Avatar, Person, CopyField, QR, Phone, Group
//
// Grids: class rp-stack puts parts under each other, rp-columns-2 beside each other where there is room, rp-actions buttons in a row. Beyond that
// Tabler's own classes and variables serve (card, btn, table, row, col). No inline styles or scripts.
//
// # Functions
//
//	t key pairs…   tk prefix suffix pairs…   th key pairs…      words from the catalogue (package text)
//	money   number   unit n "days"   short   percent 0.125   change 0.125   date   datetime   ago   (times or stored microseconds, the program's zone)
//	icon "home"   asset "app.css"   whyLink url label   ui part   show value   initials name   dict pairs…   list items…   idFor "prefix" parts…
//
// An icon is a name of Tabler's set, written as {{icon "x"}} or Icon: "x", so that the build finds it; in other places list it in a comment //icons: x y.
//
// # Laws
//
// Every page is executed by a test: Set.Verify with samples of full, empty and awkward data, which also finds missing keys, unknown icons, double ids, inline
// styles, unlabelled fields. Whatever colour a program takes, words on it and in it can be read (Accent). Everything can be read without script.
//
//	go run ./internal/edge/web/ui/gallery     shows every part
package ui

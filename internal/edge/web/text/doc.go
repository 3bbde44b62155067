// Package text holds every sentence people read, by key, and the forms of numbers, money and dates.
//
// A catalogue file per area lies in catalogue/<language>/<area>.json; its keys are written without the area:
//
//	catalogue/en/creators.json   {"title": "Creators", "count": {"one": "{n} creator", "other": "{n} creators"}}
//
//	text.T("en", "creators.title")              →  "Creators"
//	text.T("en", "creators.count", "n", 1204)   →  "1,204 creators"
//
// In templates: {{t "creators.count" "n" .Total}}. Placeholders stand in braces and are filled from name, value pairs; "n" picks the plural form. A key
// chosen at run time is written in two parts, {{tk "status." .Status}}, so that a test can still see which keys are alive. {{th "key"}} turns
// **two stars** into bold and escapes everything else.
//
// Law, held by tests: every key that is used exists, no key lies dead, every plural has the forms its language needs, every language has every key.
//
// Locale carries the language and the program's time zone and knows the reader's forms: 1,204 · $49.90 · 12.5 % · 22 Nov 2026, 21:30 · 3 hours ago.
package text

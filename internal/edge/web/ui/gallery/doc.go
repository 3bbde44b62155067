// Command gallery shows every part of package ui, for looking at and for the accessibility test.
//
// It owns the samples: full, empty, long, huge, negative, unknown and right-to-left content, a face that does not load, a program colour that is hard to
// read. A part that is added to package ui gets its sample here, with the awkward cases first. Its test opens every page on four screens, light and dark,
// and asks axe; others walk through panel, dialog, table, sentence and keyboard. Nothing else may import it.
//
//	go run ./internal/edge/web/ui/gallery -listen 127.0.0.1:8099    then open /, /creators, /sales, /payouts, /reports, /portal/, /plain
package main

// Package web is the door to all pages: it draws one set of templates, puts the pages of every package on one router, and serves what the browser
// needs beside them.
//
//	frame    who asks, in which program
//	setup    first run, signing in, the first ten minutes, account, settings
//	why      the one explanation of an amount, for both sides
//	desk     what the merchant sees, below /p/{program}
//	portal   what a creator sees, below /c/{partnership}
//
// The law: every page there is stands here, so the test that walks all routes as somebody else walks these.
package web

// Package webtest asks pages over HTTP as a browser does, in tests.
//
// A Site is a database and the real router over it. The worlds of the page packages' tests embed one and add who lives there:
//
//	var pages = webtest.Parsed(frame.Templates, desk.Templates)
//
//	w.Site = webtest.Open(t, d, pages, frame.Deps{Box: box}, desk.Register)
//	w.Do(func(ctx context.Context, tx *db.Tx) error { … })            what people did before
//	olga := w.Session(user.ID, auth.PurposeInvite)                     somebody signed in
//	w.Shows("/p/prg_1/creators", olga, http.StatusOK, "Maya Ortiz")    a page, its status and what it says
//	w.Leads("/p/prg_1/lists", olga, url.Values{"name": {"Spring"}})    a form that is taken answers 303
//
// Every page shown is linted: a page that a browser would have to repair fails the test.
package webtest

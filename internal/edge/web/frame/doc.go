// Package frame carries every page of the desk and the portal: who asks, in which program, and what happens when a handler fails.
//
// A page package registers its addresses on a Mux and gets a Request in which these questions are answered:
//
//	m.Desk("GET /sales", auth.PermView, func(w http.ResponseWriter, r *frame.Request) error {
//		body, err := salesBody(r)                       // r.Program, r.P, r.View(func(tx) …)
//		if err != nil { return err }                    // a fault becomes its page, anything else is logged and becomes a 500
//		return r.Render(w, http.StatusOK, "desk_sales", r.Page("sales", "sales.title"), body)
//	})
//
// Desk addresses stand below /p/{program}, portal addresses below /c/{partnership}, so that every view has an address of its own and two programs
// can be open in two tabs. A program or partnership the person has no part in is answered like one that does not exist.
//
// Laws: nothing changes by GET; a POST comes from our own pages (http.CrossOriginProtection) and never while the portal is looked at for somebody
// else; session cookies are HttpOnly, SameSite=Lax and, over https, __Host-; every answer has the content security policy.
package frame

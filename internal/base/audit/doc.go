// Package audit remembers who did what, when, and what it was before and after.
//
// An entry is written in the transaction of the act it tells of, so there is no act without its entry and no entry without its act. Entries are
// never changed. The subject is the id of what was acted on; before and after are documents (JSON) of the fields that matter, whole enough to
// be read without the rest of the database.
//
// The law: no secret is ever in an entry. Fields tagged `audit:"secret"` are written as "[hidden]" in both documents, at any depth.
//
// A worked example:
//
//	err := audit.Record(ctx, tx, auth.From(ctx), program, "program.update", string(program), before, after, "")
//	// {"hold_days": 30, …} → {"hold_days": 14, …} by Anna (usr_…)
//
// What personal data stands in an entry is what the acting room puts there: leave contacts out.
package audit

// Package imports brings creators and posts from CSV files into the installation: read, mapped, checked row by row, and undone as a whole if it
// was a mistake.
//
// A file has a header; each of its columns is mapped to a Field by its name, or by hand. A file with a column "post" is a list of posts, any
// other a list of creators. Every row ends as one of three:
//
//	taken    it brought something new: a creator, a snapshot of a known profile, a post or a post's newer counts
//	known    it says nothing that is not stored already; importing a file again changes nothing
//	refused  it cannot be used, for the reason that stands beside its line number
//
//	rows read = taken + known + refused      e.g. 3,050 = 2,978 + 63 + 9
//
// A row with a moment (taken_on, seen_at) is compared with what is stored for that account and moment: the same figures are known, other figures
// are refused, since two truths about one moment cannot both be kept. A row without one is known if the profile shows all of it already, else
// it is dated with the import.
//
// Laws kept here:
//   - No write transaction is long: each works in small steps, looks at the clock between them, and leaves the rest to the next.
//   - Nothing is half imported. All rows of an import are hidden until one flip of its state. A file that turns out to be unreadable, a stopped
//     process or a cancelled request leave nothing that anybody sees; CleanAbandoned takes the rest away.
//   - Figures of profiles that were known before, and prospects, follow right after the flip, again in chunks; CleanAbandoned resumes them.
//   - One import works at a time, in the installation. Its lease runs out if the process dies.
//   - Undo hides at once what the import brought, then takes it away in chunks; what others built upon it (another import's snapshot of the
//     profile, a partnership) stays and is theirs from then on. Known profiles get their former figures back.
//
// Contacts (email, phone) belong to a program: without one those columns are named in the report and left out.
package imports

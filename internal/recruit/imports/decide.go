package imports

import (
	"fmt"
	"hash/maphash"
	"maps"
	"time"

	"rapport/internal/base/id"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// outcome is what becomes of a row.
type outcome int

const (
	outcomeTaken outcome = iota
	outcomeKnown
	outcomeRefused
)

// The reasons for refusing a row that is readable in itself.
const (
	reasonOtherFigures = "other figures are known already for this account at the same moment"
	reasonTwice        = "the account stands in the file already, with other figures and no date that would tell them apart"
	reasonAlone        = "asked to be left alone"
	reasonOtherCounts  = "other counts are known already for this post at the same moment"
)

// mark stands for a fact ("this account at this moment") in a fixed size, so that a dry run over millions of rows fits into memory. At 128 bits
// two facts do not meet.
type mark [2]uint64

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func markOf(fact string) mark {
	return mark{maphash.String(seeds[0], fact), maphash.String(seeds[1], fact)}
}

func accountFact(a creators.Account) string { k := a.Key(); return string(k.Platform) + " " + k.Handle }
func momentFact(a creators.Account, at time.Time) string {
	return fmt.Sprintf("%s\x00%d", accountFact(a), at.UnixMicro())
}
func postFact(a creators.Account, platformID string) string {
	return accountFact(a) + "\x01" + platformID
}
func countsFact(a creators.Account, platformID string, at time.Time) string {
	return fmt.Sprintf("%s\x00%d", postFact(a, platformID), at.UnixMicro())
}

// memory is what is known when a row is decided: facts with a digest of what they say. A real run starts each transaction with nothing
// and asks the database about its rows; a dry run, which stores nothing, keeps its memory over the whole file.
type memory map[mark]uint64

func (m memory) learn(fact, says string) { m[markOf(fact)] = maphash.String(seeds[0], says) }

func (m memory) knows(fact string) bool { _, ok := m[markOf(fact)]; return ok }

// compare tells whether a fact is known, and whether it says the same.
func (m memory) compare(fact, says string) (known, same bool) {
	digest, known := m[markOf(fact)]
	return known, known && digest == maphash.String(seeds[0], says)
}

// scene is what the database knows of some rows.
type scene struct {
	memory memory
	refs   map[creators.Account]creators.Ref        // by the accounts' keys
	shown  map[creators.ProfileID]creators.Snapshot // what known profiles show, where a row without a moment asks
	posts  map[creators.PostKey]creators.PostID     // known posts
	latest map[creators.PostID]creators.PostCounts  // newest counts of known posts, where a row without a moment asks
}

// plan is what a step writes.
type plan struct {
	entries   []creators.Entry
	snapshots []creators.Snapshot
	posts     []creators.Post
	counts    []creators.Post
	program   programs.ID
	contacts  map[creators.ID]creators.Contact
	tags      []creators.Tag
	work      []creators.Collaboration
	audiences []creators.Audience
	prices    []creators.Price
	touched   map[creators.ProfileID]bool // → stale
	refusals  []Refusal
	tally     Tally
	undated   memory // what rows without a moment said; the file remembers it once the chunk is stored
}

// add counts what a later step of the same transaction wrote.
func (p *plan) add(next plan) {
	p.tally.add(next.tally)
	p.refusals = append(p.refusals, next.refusals...)
	maps.Copy(p.undated, next.undated)
}

// decider decides rows. It is pure but for the ids it makes.
type decider struct {
	importID ID
	at       time.Time   // for ids
	program  programs.ID // whose contacts the rows bring; "" for the whole installation
	madeBy   string
	alone    creators.LeftAlone
	scene    scene
	file     memory // what earlier rows without a moment said: two of one account cannot be told apart by time
	plan     plan
}

func (d *decider) compare(fact, says string) (known, same bool) {
	if known, same = d.scene.memory.compare(fact, says); known {
		return known, same
	}
	return d.file.compare(fact, says)
}

// note remembers what a row without a moment says, also when it brings nothing new.
func (d *decider) note(r row, fact, says string) {
	if r.undated {
		d.scene.memory.learn(fact, says)
		d.plan.undated.learn(fact, says)
	}
}

func (d *decider) decide(r row) {
	var what outcome
	var reason string
	switch {
	case r.unreadable != "":
		what, reason = outcomeRefused, r.unreadable
	case d.isAlone(r):
		what, reason = outcomeRefused, reasonAlone
	case r.post != nil:
		what, reason = d.decidePost(r)
	default:
		what, reason = d.decideCreator(r)
	}
	switch what {
	case outcomeTaken:
		d.plan.tally.Taken++
	case outcomeKnown:
		d.plan.tally.Known++
		d.touch(r, false)
	case outcomeRefused:
		d.refuse(r.line, reason)
	}
}

// isAlone reports whether the person of a row asked to be left alone, by any of the ways in which they can be recognised.
func (d *decider) isAlone(r row) bool {
	return d.alone.Any() && (d.alone.Email(r.contact.Email) || d.alone.Account(r.account) || r.owner != nil && d.alone.Account(*r.owner))
}

func (d *decider) refuse(line int, reason string) {
	d.plan.tally.Refused++
	d.plan.refusals = append(d.plan.refusals, Refusal{Line: line, Reason: reason})
}

func (d *decider) decideCreator(r row) (outcome, string) {
	fact, says := momentFact(r.account, r.snapshot.TakenAt), r.snapshot.Fingerprint()
	switch known, same := d.compare(fact, says); {
	case same, r.snapshot.IsEmpty() && d.scene.memory.knows(accountFact(r.account)):
		return outcomeKnown, ""
	case known && r.undated:
		return outcomeRefused, reasonTwice
	case known:
		return outcomeRefused, reasonOtherFigures
	}
	d.note(r, fact, says)
	ref, stored := d.scene.refs[r.account.Key()]
	if shown, ok := d.scene.shown[ref.Profile]; stored && r.undated && ok && !r.snapshot.Says(shown) {
		return outcomeKnown, ""
	}
	d.add(r, true)
	return outcomeTaken, ""
}

func (d *decider) decidePost(r row) (outcome, string) {
	fact, says := countsFact(r.account, r.post.PlatformID, r.snapshot.TakenAt), r.post.Counts.Fingerprint()
	switch known, same := d.compare(fact, says); {
	case same:
		return outcomeKnown, ""
	case known:
		return outcomeRefused, reasonOtherCounts
	}
	d.note(r, fact, says)
	ref := d.scene.refs[r.account.Key()]
	post, stored := d.scene.posts[creators.PostKey{Profile: ref.Profile, PlatformID: r.post.PlatformID}]
	if latest, ok := d.scene.latest[post]; stored && r.undated && ok && latest.Fingerprint() == says {
		return outcomeKnown, ""
	}
	ref = d.add(r, !d.scene.memory.knows(momentFact(r.account, r.snapshot.TakenAt)))
	d.addPost(r, ref)
	d.scene.memory.learn(fact, says)
	return outcomeTaken, ""
}

// add plans the row's account, if it is new, and its snapshot, if it is wanted.
func (d *decider) add(r row, snapshot bool) creators.Ref {
	key := r.account.Key()
	ref, stored := d.scene.refs[key]
	r.snapshot.Import = string(d.importID)
	joins := false
	if !stored {
		ref = creators.Ref{Account: key, Import: string(d.importID), Profile: creators.ProfileID(id.New(creators.ProfilePrefix, d.at))}
		if ref.Creator, joins = d.ownerOf(r); !joins {
			ref.Creator = creators.ID(id.New(creators.Prefix, d.at))
		}
		d.scene.refs[key] = ref
	}
	r.snapshot.Profile = ref.Profile
	switch {
	case !stored:
		name := r.name
		if name == "" {
			name = r.account.Handle
		}
		d.plan.entries = append(d.plan.entries, creators.Entry{Creator: ref.Creator, Name: name, Account: r.account, Snapshot: r.snapshot, Joins: joins})
	case snapshot && !r.snapshot.IsEmpty():
		d.plan.snapshots = append(d.plan.snapshots, r.snapshot)
	}
	fresh := !d.scene.memory.knows(accountFact(r.account)) // in a dry run nothing is stored, so that memory alone tells
	if fresh {
		d.scene.memory.learn(accountFact(r.account), "")
		if r.owner == nil || !d.scene.memory.knows(accountFact(*r.owner)) {
			d.plan.tally.Creators++
		}
	}
	if (fresh || snapshot) && !r.snapshot.IsEmpty() {
		d.scene.memory.learn(momentFact(r.account, r.snapshot.TakenAt), r.snapshot.Fingerprint())
		d.plan.tally.Snapshots++
	}
	d.touch(r, stored || joins) // one row alone is complete: a rate takes three posts
	return ref
}

// ownerOf is the creator that an entry's further account joins: its first account's.
func (d *decider) ownerOf(r row) (creators.ID, bool) {
	if r.owner == nil {
		return "", false
	}
	ref, ok := d.scene.refs[r.owner.Key()]
	if ok {
		d.plan.touched[ref.Profile] = true // its creator's figures may change
	}
	return ref.Creator, ok
}

func (d *decider) addPost(r row, ref creators.Ref) {
	p := *r.post
	p.Profile, p.SeenAt, p.Import = ref.Profile, r.snapshot.TakenAt, string(d.importID)
	key := creators.PostKey{Profile: ref.Profile, PlatformID: p.PlatformID}
	if fact := postFact(r.account, p.PlatformID); !d.scene.memory.knows(fact) {
		d.scene.memory.learn(fact, "")
		d.plan.tally.Posts++
	}
	known, stored := d.scene.posts[key]
	if !stored {
		known = creators.PostID(id.New(creators.PostPrefix, d.at))
		d.scene.posts[key], p.ID = known, known
		d.plan.posts = append(d.plan.posts, p)
		d.plan.work = append(d.plan.work, creators.CollaborationsIn(ref.Creator, []creators.Post{p})...)
	}
	p.ID = known
	d.plan.counts = append(d.plan.counts, p)
}

// touch notes that the file names the row's profile, and the contact it gives.
func (d *decider) touch(r row, stale bool) {
	ref, ok := d.scene.refs[r.account.Key()]
	if !ok { // known from an earlier chunk of a dry run
		return
	}
	d.plan.touched[ref.Profile] = d.plan.touched[ref.Profile] || stale
	d.tell(r, ref)
	if _, given := d.plan.contacts[ref.Creator]; d.program != "" && !given && r.contact != (creators.Contact{}) {
		d.plan.contacts[ref.Creator] = r.contact
	}
}

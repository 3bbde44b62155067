package outreach

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/secret"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// Taken is what was done with a letter.
type Taken struct {
	Nature      Nature
	Again       bool            // it had been taken before, and nothing was done
	Partnership partnerships.ID // whose it is; "" where nothing proves it
}

// MailFate is what became of a mail, as the timeline says it.
type MailFate string

// The fates.
const (
	FateBounced   MailFate = "bounced"   // no mail arrives at the address
	FateComplaint MailFate = "complaint" // the creator called it unwanted
	FateAutomatic MailFate = "automatic" // no person answered: an absence, a delay
)

const takenPurpose = "a letter that was taken"

// Receive takes a letter, once however often it comes.
//
// Whose it is must be proven: by the address it came to, which only we and the creator know, or because it names a mail of ours by its Message-ID.
// What it says of its sender proves nothing: a letter without proof is kept for people to look at, and changes nothing.
func Receive(ctx context.Context, d *db.DB, box *secret.Box, l Letter) (taken Taken, err error) {
	err = d.Update(ctx, func(tx *db.Tx) error {
		taken = Taken{Nature: l.Nature()}
		again, err := takenBefore(ctx, tx, box, l)
		if err != nil || again {
			taken.Again = again
			return err
		}
		proven, found, err := whose(ctx, tx, box, l)
		if err != nil {
			return err
		}
		if !found {
			return keepLetter(ctx, tx, l)
		}
		taken.Partnership = proven.partnership.ID
		return take(ctx, tx, box, l, proven)
	})
	return taken, err
}

// takenBefore notes that a letter is here. It may have been hashed under a key of before.
func takenBefore(ctx context.Context, tx *db.Tx, box *secret.Box, l Letter) (bool, error) {
	hashes := box.MACs(takenPurpose, []byte(l.MessageID))
	for _, hash := range hashes[1:] {
		_, found, err := db.One(ctx, tx, db.Column[int64], `select at from letters_taken where hash = $1`, hash)
		if err != nil || found {
			return found, err
		}
	}
	n, err := tx.Exec(ctx, `insert into letters_taken (hash, at) values ($1, $2) on conflict (hash) do nothing`, hashes[0], db.Micros(tx.Now()))
	if err != nil {
		return false, fmt.Errorf("cannot note a letter: %w", err)
	}
	return n == 0, nil
}

// proof is whose a letter is, and which mail of ours says so, "" where the address does.
type proof struct {
	partnership partnerships.Partnership
	mail        string
}

// whose finds the partnership that a letter proves to be of. A mail of ours is the better proof, since a bounce and a complaint count for it alone.
func whose(ctx context.Context, tx *db.Tx, box *secret.Box, l Letter) (p proof, found bool, err error) {
	for _, mail := range l.ours() {
		of, found, err := OfMail(ctx, tx, mail)
		if err != nil {
			return p, false, err
		}
		if found {
			return proofOf(ctx, tx, of, mail)
		}
	}
	for _, to := range l.To {
		if of, ok := ReadReplyAddress(box, to); ok {
			return proofOf(ctx, tx, of, "")
		}
	}
	return p, false, nil
}

// proofOf is nobody where the partnership is gone by now.
func proofOf(ctx context.Context, tx *db.Tx, of partnerships.ID, mail string) (proof, bool, error) {
	p, err := partnerships.Find(ctx, tx, of)
	if fault.KindOf(err) == fault.KindNotFound {
		return proof{}, false, nil
	}
	return proof{p, mail}, err == nil, err
}

// take does what a letter of a known partnership means.
func take(ctx context.Context, tx *db.Tx, box *secret.Box, l Letter, of proof) error {
	switch l.Nature() {
	case NatureReply:
		c, err := creators.Find(ctx, tx, of.partnership.Creator)
		if err != nil {
			return err
		}
		_, err = Send(ctx, tx, New{Partnership: of.partnership.ID, From: SideCreator, Body: l.body(), Channel: ChannelMail, Author: c.Name})
		return err
	case NatureAuto:
		return noteFate(ctx, tx, of.partnership.ID, FateAutomatic)
	case NatureBounce:
		return bounced(ctx, tx, box, l, of)
	case NatureComplaint:
		if of.mail == "" { // whoever knows the address for answers could speak for the creator's mail service
			return noteFate(ctx, tx, of.partnership.ID, FateAutomatic)
		}
		if err := Leave(ctx, tx, box, of.partnership.ID); err != nil {
			return err
		}
		return noteFate(ctx, tx, of.partnership.ID, FateComplaint)
	}
	panic("BUG: unknown nature of a letter: " + string(l.Nature()))
}

// bounced marks the address that a mail of ours went to. A report counts only if it names such a mail, and only for the creator's own address: nobody
// can have another's address marked.
func bounced(ctx context.Context, tx *db.Tx, box *secret.Box, l Letter, of proof) error {
	contact, err := creators.ContactOf(ctx, tx, of.partnership.Program, of.partnership.Creator)
	if err != nil {
		return err
	}
	named := len(l.Bounce.Recipients) == 0 || slices.ContainsFunc(l.Bounce.Recipients, func(r string) bool { return bytes.Equal(folded(r), folded(contact.Email)) })
	if of.mail == "" || contact.Email == "" || !named {
		return noteFate(ctx, tx, of.partnership.ID, FateAutomatic)
	}
	if err := MarkBounced(ctx, tx, box, of.partnership.Program, contact.Email); err != nil {
		return err
	}
	return noteFate(ctx, tx, of.partnership.ID, FateBounced)
}

// noteFate writes the timeline; nobody of ours did it.
func noteFate(ctx context.Context, tx *db.Tx, of partnerships.ID, fate MailFate) error {
	return partnerships.Record(auth.With(ctx, auth.Principal{}), tx, of, partnerships.EventMail, string(fate))
}

// keepLetter keeps what nothing proves to be anybody's. Where one program alone knows the sender's address, it is that program's to look at.
func keepLetter(ctx context.Context, tx *db.Tx, l Letter) error {
	if l.Nature() != NatureReply {
		return nil // a report about a mail that is not ours
	}
	guess, err := guessOf(ctx, tx, l.From)
	if err != nil {
		return err
	}
	return insertLetter(ctx, tx, l, guess)
}

// guessOf is the one partnership whose contact has an address; the zero partnership where there is none, or more than one.
func guessOf(ctx context.Context, tx *db.Tx, from string) (guess partnerships.Partnership, err error) {
	known, err := creators.WithEmail(ctx, tx, from, 2)
	if err != nil || len(known) != 1 || known[0].Program == "" {
		return guess, err
	}
	guess, err = partnerships.Of(ctx, tx, known[0].Program, known[0].Creator)
	if fault.KindOf(err) == fault.KindNotFound {
		return partnerships.Partnership{}, nil
	}
	return guess, err
}

package inbound

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/secret"
	"rapport/internal/partner/outreach"
)

// Mailbox is where answers arrive.
type Mailbox struct {
	Account
	DB  *db.DB
	Box *secret.Box
	Log *slog.Logger
}

// Bounds of one look into a mailbox.
const (
	mostLetters  = 100              // what is left waits for the next look
	mostFetched  = 1 << 20          // bytes of one mail: its words stand before what is attached to it
	lookDeadline = 50 * time.Second // a look begins every minute
	noteDeadline = 5 * time.Second
)

// Look takes the letters that have come since the last look. What fails is told in the state, and tried again at the next look.
func (m *Mailbox) Look(ctx context.Context) error {
	looking, cancel := context.WithTimeout(ctx, lookDeadline)
	defer cancel()
	err := m.look(looking)
	t, ok := errors.AsType[trouble](err)
	if err != nil && !ok || errors.Is(ctx.Err(), context.Canceled) {
		return err // ours, not the mailbox's
	}
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteDeadline)
	defer cancel()
	return errors.Join(err, m.note(noting, t.kind))
}

func (m *Mailbox) look(ctx context.Context) error {
	c, err := m.open(ctx)
	if err != nil {
		return trouble{TroubleUnreachable, withoutAnswer(err)}
	}
	defer c.Close() //nolint:errcheck // everything that was read is stored; there is nothing left to lose
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	if err := c.Login(m.User, m.Password).Wait(); err != nil {
		return trouble{refused(err, TroublePassword), withoutAnswer(err)}
	}
	folder, err := c.Select(m.folder(), &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		return trouble{refused(err, TroubleFolder), withoutAnswer(err)}
	}
	uids, err := m.fresh(ctx, c, folder)
	if err != nil {
		return err
	}
	for _, uid := range uids {
		if err := m.take(ctx, c, uid); err != nil {
			return err
		}
		if err := m.moveTo(ctx, folder.UIDValidity, uid); err != nil {
			return err
		}
	}
	return nil
}

// fresh lists what has come, the oldest first. A mailbox that is seen for the first time begins at its end: what was in it before is nobody's answer to
// us. One whose numbers are no longer those of before (RFC 9051, 2.3.1.1) is read again from the day of the last look; what was taken is known.
func (m *Mailbox) fresh(ctx context.Context, c *imapclient.Client, folder *imap.SelectData) (uids []imap.UID, err error) {
	at, known, err := m.place(ctx)
	if err != nil {
		return nil, err
	}
	criteria := &imap.SearchCriteria{}
	switch {
	case !known && folder.UIDNext > 0:
		return nil, m.moveTo(ctx, folder.UIDValidity, folder.UIDNext-1)
	case known && at.validity == folder.UIDValidity:
		var from imap.UIDSet
		from.AddRange(at.uid+1, 0)
		criteria.UID = []imap.UIDSet{from}
	case known:
		at.uid = 0
		criteria.Since = at.lookedAt.AddDate(0, 0, -1)
	}
	found, err := c.UIDSearch(criteria, nil).Wait()
	if err != nil {
		return nil, trouble{TroubleAnswers, withoutAnswer(err)}
	}
	all, _ := found.All.(imap.UIDSet) // none: nothing was found
	if !known {                       // and the server does not say where its end is
		return nil, m.moveTo(ctx, folder.UIDValidity, last(all))
	}
	return above(all, at.uid, mostLetters), nil
}

// above lists the numbers behind a place, the lowest first and at most so many. What is at the place or before it is left out, since "n:*" always finds
// the last one; a server may answer ranges of any length.
func above(found imap.UIDSet, at imap.UID, most int) (uids []imap.UID) {
	ranges := slices.Clone(found)
	slices.SortFunc(ranges, func(a, b imap.UIDRange) int { return cmp.Compare(a.Start, b.Start) })
	from := uint64(at) + 1
	for _, r := range ranges {
		from = max(from, uint64(r.Start))
		for ; from <= uint64(r.Stop) && len(uids) < most; from++ {
			uids = append(uids, imap.UID(from))
		}
	}
	return uids
}

// last is the highest number, 0 where there is none.
func last(found imap.UIDSet) (uid imap.UID) {
	for _, r := range found {
		uid = max(uid, r.Start, r.Stop)
	}
	return uid
}

// take fetches one mail and lets outreach decide. One that was deleted meanwhile is none.
func (m *Mailbox) take(ctx context.Context, c *imapclient.Client, uid imap.UID) error {
	raw, err := fetch(c, uid)
	if err != nil {
		return trouble{TroubleAnswers, withoutAnswer(err)}
	}
	if raw == nil {
		return nil
	}
	l, err := unharmed(Parse, raw)
	if err == nil {
		_, err = outreach.Receive(ctx, m.DB, m.Box, l)
	}
	if err != nil && fault.KindOf(err) == fault.KindInternal {
		return err
	}
	if err != nil {
		m.Log.Warn("a mail was passed over", "uid", uid, "because", err)
	}
	return nil
}

// unharmed reads a letter with a parser that may panic: it is made of others' code and reads others' bytes, and a letter that ends it would come back at
// every look and hold up all behind it. What it panics with may quote the letter, so the log has its number alone.
func unharmed(parse func([]byte) (outreach.Letter, error), raw []byte) (l outreach.Letter, err error) {
	defer func() {
		if recover() != nil {
			err = fault.Malformed("The parser broke down on this mail.")
		}
	}()
	return parse(raw)
}

// fetch reads the begin of one mail without marking it as read. What the server sends beyond what it was asked for is read past.
func fetch(c *imapclient.Client, uid imap.UID) (raw []byte, err error) {
	begin := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: mostFetched}}
	answers := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{begin}})
	for mail := answers.Next(); mail != nil; mail = answers.Next() {
		of, bytes, readErr := readMail(mail)
		err = errors.Join(err, readErr)
		if of == uid && bytes != nil { // else another's news
			raw = bytes
		}
	}
	return raw, cmp.Or(answers.Close(), err)
}

func readMail(mail *imapclient.FetchMessageData) (of imap.UID, raw []byte, err error) {
	for item := mail.Next(); item != nil; item = mail.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			of = item.UID
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil {
				continue
			}
			bytes, readErr := io.ReadAll(io.LimitReader(item.Literal, mostFetched))
			raw, err = bytes, errors.Join(err, readErr)
		}
	}
	return of, raw, err
}

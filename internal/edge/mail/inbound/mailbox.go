package inbound

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strconv"
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

// Account is how a mailbox is opened.
type Account struct {
	Host, User, Password string
	Port                 int    // 0: 993, or 143 with StartTLS
	Folder               string // "": INBOX
	StartTLS             bool   // instead of TLS from the first byte
	Trust                *tls.Config
}

// Bounds of one look into a mailbox.
const (
	mostLetters  = 100     // what is left waits for the next look
	mostFetched  = 1 << 20 // bytes of one mail: its words stand before what is attached to it
	lookDeadline = time.Minute
)

// Trouble is why a mailbox could not be read.
type Trouble string

// The troubles.
const (
	TroubleUnreachable Trouble = "unreachable" // no connection, no TLS
	TroublePassword    Trouble = "password"    // the log-in was refused
	TroubleFolder      Trouble = "folder"      // there is no such folder
	TroubleAnswers     Trouble = "answers"     // the server said something else than it should
)

// trouble is an error of which people are told the kind.
type trouble struct {
	kind  Trouble
	cause error
}

func (t trouble) Error() string {
	return "cannot read the mailbox (" + string(t.kind) + "): " + t.cause.Error()
}
func (t trouble) Unwrap() error { return t.cause }

// Look takes the letters that have come since the last look. What fails is told in the state, and tried again at the next look.
func (m *Mailbox) Look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookDeadline)
	defer cancel()
	err := m.look(ctx)
	kind := Trouble("")
	if t, ok := errors.AsType[trouble](err); ok {
		kind = t.kind
	} else if err != nil {
		return err // ours, not the mailbox's
	}
	return errors.Join(err, m.note(context.WithoutCancel(ctx), kind))
}

func (m *Mailbox) look(ctx context.Context) error {
	c, err := m.open(ctx)
	if err != nil {
		return trouble{TroubleUnreachable, err}
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
	for _, uid := range uids[:min(len(uids), mostLetters)] {
		if err := m.take(ctx, c, uid); err != nil {
			return err
		}
		if err := m.moveTo(ctx, folder.UIDValidity, uid); err != nil {
			return err
		}
	}
	return nil
}

// refused is the kind of a failure: the server said no, or there was no proper answer.
func refused(err error, kind Trouble) Trouble {
	if _, ok := errors.AsType[*imap.Error](err); ok {
		return kind
	}
	return TroubleAnswers
}

// withoutAnswer drops the words of the server, which may repeat what was sent.
func withoutAnswer(err error) error {
	if said, ok := errors.AsType[*imap.Error](err); ok {
		return fmt.Errorf("the server answered %s %s", said.Type, said.Code)
	}
	return err
}

func (m *Mailbox) folder() string { return cmp.Or(m.Folder, "INBOX") }

func (m *Mailbox) open(ctx context.Context) (*imapclient.Client, error) {
	port := cmp.Or(m.Port, map[bool]int{false: 993, true: 143}[m.StartTLS])
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(m.Host, strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	trust := &tls.Config{MinVersion: tls.VersionTLS12}
	if m.Trust != nil {
		trust = m.Trust.Clone()
	}
	trust.ServerName = m.Host
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if m.StartTLS {
		c, err := imapclient.NewStartTLS(conn, &imapclient.Options{TLSConfig: trust})
		if err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		return c, nil
	}
	safe := tls.Client(conn, trust)
	if err := safe.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return imapclient.New(safe, nil), nil
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
	for _, uid := range found.AllUIDs() {
		if uid > at.uid { // "n:*" always finds the last one, also where it is before n
			uids = append(uids, uid)
		}
	}
	slices.Sort(uids)
	if !known { // and the server does not say where its end is
		if len(uids) == 0 {
			return nil, m.moveTo(ctx, folder.UIDValidity, 0)
		}
		return nil, m.moveTo(ctx, folder.UIDValidity, uids[len(uids)-1])
	}
	return uids, nil
}

// take fetches one mail without marking it as read, and lets outreach decide.
func (m *Mailbox) take(ctx context.Context, c *imapclient.Client, uid imap.UID) error {
	body := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: mostFetched}}
	mails, err := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{body}}).Collect()
	if err != nil {
		return trouble{TroubleAnswers, withoutAnswer(err)}
	}
	for _, mail := range mails {
		if len(mail.BodySection) == 0 || mail.UID != uid {
			continue // deleted meanwhile, or another's news
		}
		l, err := Parse(mail.BodySection[0].Bytes)
		if err == nil {
			_, err = outreach.Receive(ctx, m.DB, m.Box, l)
		}
		switch {
		case err != nil && fault.KindOf(err) == fault.KindInternal:
			return err
		case err != nil:
			m.Log.Warn("a mail was passed over", "uid", uid, "because", err)
		}
	}
	return nil
}

// place is up to where a mailbox was read.
type place struct {
	validity uint32
	uid      imap.UID
	lookedAt time.Time
}

// hash names the mailbox in the database.
func (m *Mailbox) hash() []byte {
	sum := sha256.Sum256([]byte(m.Host + "\x00" + m.User + "\x00" + m.folder()))
	return sum[:]
}

func (m *Mailbox) place(ctx context.Context) (p place, known bool, err error) {
	err = m.DB.View(ctx, func(tx *db.Tx) (err error) {
		p, known, err = db.One(ctx, tx, func(s db.Scanner) (p place, err error) {
			err = s.Scan(&p.validity, &p.uid, db.ScanTime(&p.lookedAt))
			return p, err
		}, `select uid_validity, last_uid, looked_at from mailboxes where hash = $1 and uid_validity > 0`, m.hash())
		return err
	})
	if err != nil {
		return p, false, fmt.Errorf("cannot read up to where the mailbox was read: %w", err)
	}
	return p, known, nil
}

func (m *Mailbox) moveTo(ctx context.Context, validity uint32, uid imap.UID) error {
	return m.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into mailboxes (hash, uid_validity, last_uid, looked_at, trouble) values ($1, $2, $3, $4, '')
			on conflict (hash) do update set uid_validity = excluded.uid_validity, last_uid = excluded.last_uid, looked_at = excluded.looked_at`,
			m.hash(), int64(validity), int64(uid), db.Micros(tx.Now()))
		return err
	})
}

// note keeps how a look went. A mailbox that was never read has numbers of 0.
func (m *Mailbox) note(ctx context.Context, kind Trouble) error {
	return m.DB.Update(ctx, func(tx *db.Tx) error {
		if kind == "" {
			_, err := tx.Exec(ctx, `update mailboxes set looked_at = $2, trouble = '' where hash = $1`, m.hash(), db.Micros(tx.Now()))
			return err
		}
		_, err := tx.Exec(ctx, `insert into mailboxes (hash, uid_validity, last_uid, trouble) values ($1, 0, 0, $2) on conflict (hash) do update set trouble = excluded.trouble`, m.hash(), kind)
		return err
	})
}

// Seen is how the looks into a mailbox go.
type Seen struct {
	LookedAt time.Time // the last one that went well; zero before it
	Trouble  Trouble   // what has come between since
}

// State says how the looks into the mailbox go.
func (m *Mailbox) State(ctx context.Context, tx *db.Tx) (s Seen, err error) {
	s, _, err = db.One(ctx, tx, func(row db.Scanner) (s Seen, err error) {
		err = row.Scan(db.ScanTime(&s.LookedAt), &s.Trouble)
		return s, err
	}, `select looked_at, trouble from mailboxes where hash = $1`, m.hash())
	if err != nil {
		return s, fmt.Errorf("cannot read how the mailbox is: %w", err)
	}
	return s, nil
}

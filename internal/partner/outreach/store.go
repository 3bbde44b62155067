package outreach

import (
	"context"
	"fmt"
	"strconv"

	"rapport/internal/base/db"
	"rapport/internal/partner/partnerships"
)

const columns = `m.id, m.program_id, m.partnership_id, m.from_creator, m.author_name, m.body, m.at, m.read_at, m.channel`

func (m *Message) into(fromCreator *bool) []any {
	return []any{&m.ID, &m.Program, &m.Partnership, fromCreator, &m.Author, &m.Body, db.ScanTime(&m.At), db.ScanTime(&m.ReadAt), &m.Channel}
}

func scan(s db.Scanner) (m Message, err error) {
	var fromCreator bool
	err = s.Scan(m.into(&fromCreator)...)
	m.From = sideOf(fromCreator)
	return m, err
}

func insert(ctx context.Context, tx *db.Tx, m Message) error {
	_, err := tx.Exec(ctx, `insert into messages (id, program_id, partnership_id, from_creator, author_name, body, at, channel) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		m.ID, m.Program, m.Partnership, m.From == SideCreator, m.Author, m.Body, db.Micros(m.At), m.Channel)
	if err != nil {
		return fmt.Errorf("cannot store a message to %s: %w", m.Partnership, err)
	}
	return nil
}

// Thread returns a page of a partnership's messages, the latest first.
func Thread(ctx context.Context, tx *db.Tx, partnership partnerships.ID, page db.Page) (items []Message, next string, err error) {
	args := []any{partnership, page.Bound() + 1}
	older := ``
	if page.After != "" {
		older, args = ` and m.id < $3`, append(args, page.After)
	}
	items, err = db.All(ctx, tx, scan, `select `+columns+` from messages m where m.partnership_id = $1`+older+` order by m.id desc limit $2`, args...)
	if err != nil {
		return nil, "", fmt.Errorf("cannot read the messages of %s: %w", partnership, err)
	}
	items, next = db.Cut(items, page, func(m Message) string { return string(m.ID) })
	return items, next, nil
}

// Inbox returns a page of the conversations of those partnerships that the filter holds, the one with the latest message first. With onlyUnread
// it leaves out those in which nothing waits for the reader. A creator's own inbox is that of Filter{Everywhere: true, Creator: …}.
func Inbox(ctx context.Context, tx *db.Tx, reader Side, f partnerships.Filter, onlyUnread bool, page db.Page) (items []Conversation, next string, err error) {
	held, args, err := f.Holds("m.partnership_id", []any{reader.Other() == SideCreator, page.Bound() + 1})
	if err != nil {
		return nil, "", err
	}
	const unread = ` from messages u where u.partnership_id = m.partnership_id and u.from_creator = $1 and u.read_at is null`
	if onlyUnread {
		held += ` and exists (select 1` + unread + `)`
	}
	if page.After != "" {
		args = append(args, page.After)
		held += ` and m.id < $` + strconv.Itoa(len(args))
	}
	items, err = db.All(ctx, tx, scanConversation, `select `+columns+`, (select count(*)`+unread+`),
			(select creator_id from partnerships where id = m.partnership_id)
		from messages m where not exists (select 1 from messages l where l.partnership_id = m.partnership_id and l.id > m.id) and `+held+
		` order by m.id desc limit $2`, args...)
	if err != nil {
		return nil, "", fmt.Errorf("cannot read an inbox: %w", err)
	}
	items, next = db.Cut(items, page, func(c Conversation) string { return string(c.Last.ID) })
	return items, next, nil
}

func scanConversation(s db.Scanner) (c Conversation, err error) {
	var fromCreator bool
	err = s.Scan(append(c.Last.into(&fromCreator), &c.Unread, &c.Creator)...)
	c.Last.From, c.Program, c.Partnership = sideOf(fromCreator), c.Last.Program, c.Last.Partnership
	return c, err
}

// Unread returns how many messages wait for a reader in the partnerships that the filter holds.
func Unread(ctx context.Context, tx *db.Tx, reader Side, f partnerships.Filter) (n int, err error) {
	held, args, err := f.Holds("m.partnership_id", []any{reader.Other() == SideCreator})
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `select count(*) from messages m where m.from_creator = $1 and m.read_at is null and `+held, args...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("cannot count unread messages: %w", err)
	}
	return n, nil
}

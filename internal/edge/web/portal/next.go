package portal

import (
	"slices"

	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/content"
	"rapport/internal/pay/ledger"
)

// mostNext is how many things to do Home names; more than that is no next thing.
const mostNext = 3

// next is what waits for the creator, the most urgent first: what was asked to be changed, what is to be posted, what was written, and where the
// money should go once there is some.
func (s standing) next(r *frame.Request, p *ui.Page) (list rows) {
	for _, t := range s.tasks {
		list = append(list, s.taskRow(r, t))
	}
	if unread := waitingBehind(p, "messages"); unread > 0 {
		list = append(list, row{Icon: "message-circle", Title: r.T("portal.next.messages", "n", unread, "program", r.Program.Name), URL: r.To("/messages")})
	}
	for _, c := range s.lost {
		list = append(list, lostRow(r, c))
	}
	if !s.hasAccount && s.hasMoney() {
		list = append(list, row{Icon: "wallet", Title: r.T("portal.next.account"), Sub: r.T("portal.next.account.why"), URL: r.To("/earnings/account")})
	}
	return list[:min(len(list), mostNext)]
}

func (s standing) taskRow(r *frame.Request, t content.Task) row {
	name := s.campaigns[t.Campaign].Name
	one := row{Icon: "checklist", Title: r.T("portal.next.task", "campaign", name), Sub: due(r, t), URL: r.To("/tasks/" + string(t.ID))}
	if t.Status == content.TaskChanges {
		one.Title = r.T("portal.next.changes", "campaign", name, "program", r.Program.Name)
	}
	return one
}

func waitingBehind(p *ui.Page, key string) int {
	if i := slices.IndexFunc(p.Nav, func(item ui.NavItem) bool { return item.Key == key }); i >= 0 {
		return p.Nav[i].Count
	}
	return 0
}

func (s standing) hasMoney() bool {
	return slices.ContainsFunc(s.balances, func(b ledger.Balance) bool { return b.Pending.IsPositive() || b.Available.IsPositive() })
}

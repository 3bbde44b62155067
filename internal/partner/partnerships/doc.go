// Package partnerships owns a creator in a program, from prospect to ended, and the groups that partnerships share terms in.
//
// The words: a partnership is open while people still talk (prospect, applied, contacted, replied, negotiating, agreed), running once it has
// begun (active, paused) and over afterwards (ended; lost if it never began). A group is a set of partnerships with common terms. The timeline
// is what happened to one partnership, told once for people.
//
// Laws kept here:
//   - one creator has one partnership in a program, however many ask for it at the same moment;
//   - a status changes only along Move, which is pure and says what is wrong with the others;
//   - a partnership and its group belong to the same program, and amounts in terms are in that program's currency;
//   - each change stands in the timeline and is told as the event "partnership.changed";
//   - a row whose import is not visible does not exist for anybody; who asks for such a creator makes it their own, and so does every change
//     of a row that an import brought. RemoveProspects takes away only what nobody has touched.
//
// A worked example:
//
//	partnerships.SetProgramTerms(ctx, tx, program, ten)       // 10 %
//	vip, _ := partnerships.CreateGroup(ctx, tx, partnerships.NewGroup{Program: program, Name: "VIP", Terms: fifteen})
//	p, _ := partnerships.Create(ctx, tx, partnerships.New{Program: program, Creator: zoe, Status: partnerships.StatusActive, Group: vip.ID})
//	partnerships.EffectiveTerms(ctx, tx, p)                   // 15 %, from the group
//	partnerships.SetStatus(ctx, tx, p.ID, partnerships.StatusProspect)   // refused in "status": it has begun
//
// The room asks nobody's rights: the caller has checked them, and List is cut to the programs it is given. It looks at the tables of other rooms
// twice: List searches creators by their folded names, and RemoveProspects sees whether anything was built on a partnership.
package partnerships

// Package analytics owns the figures: what clicks, conversions and commissions come to, per creator, partnership, group, link, code, day, platform
// or tier, and for a program or a partner as a whole. It stores nothing and decides nothing; access is the caller's to check.
//
// The words, for a program in one currency over days [from, to) of its time zone:
//
//	clicks           people's; marked ones (crawlers, previews, prefetches) stand beside them
//	conversions      credited shares of what happened on those days and was neither a test, cancelled nor refunded in full; half of one is 0.5
//	revenue          commissionable amount less refunds, times the credited share
//	commission       earned less reversed, so nothing of a rejected one; pending (with what is held) + approved + paid
//	cost             commission; fees will join it
//	engagement rate  of the creator's main profile, by its platform's formula; a rate belongs to one account, so sums of accounts have none
//	CTR              clicks ÷ views; unknown while no views of the program's content are known
//	conversion rate  conversions ÷ clicks; whoever only used a code never clicked, so it may exceed 1
//	EPC, CPA         commission ÷ clicks; cost ÷ conversions in the program's currency
//	ROAS, ROI        revenue ÷ cost; (revenue − cost) ÷ cost
//
// A ratio with a missing input or a zero below the line is nil, never 0. Worked example:
//
//	200 clicks, 4 orders of 50.00, one refunded by half, at 10 %: revenue 175.00, commission 17.50,
//	conversion rate 0.02, EPC 0.09, CPA 4.38, ROAS 10, ROI 9
//
// Laws: a commission stands on the day of its conversion, not of its decision. The rows of every dimension sum to the totals, so what has no link,
// code, group, platform or tier stands in a row with an empty key; clicks bring no code, so by code they all stand there. Money in another
// currency than the program's is listed apart (Row.Other) and never added; its conversions are counted. An answered click is counted at once:
// Query.Tail brings those that are not rolled up yet.
//
// This room looks into tables of the rooms below with its own SQL, since a report is a sum over them that none of them could give alone: the
// click roll-ups, conversions, credits, commissions, and the names in partnerships, creators, profiles, partner_groups, links and codes.
package analytics

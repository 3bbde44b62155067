package shopify

import (
	"fmt"

	"rapport/internal/base/money"
)

// Lowering is what a refund takes off the commissionable amount of its order.
type Lowering struct {
	Amount  money.Amount
	Pending money.Amount // what it will take off beyond Amount once the money that is on its way has arrived
	Because []string
}

// Lowering returns the refunded lines after discount and without tax, never more than the money that went back. Goods taken back without money
// lower nothing, nor does shipping. Where money went back without naming lines, it lowers by what Shopify books as given back beyond the lines
// (refund_discrepancy): the buyer keeps the goods for less.
//
// The order's commissionable amount is the ceiling for all its refunds together; the caller, who knows it, keeps it.
func (f Refund) Lowering() Lowering {
	now := f.loweredBy(f.Money.Minor)
	settled := f.loweredBy(f.Money.Minor + f.Pending.Minor)
	l := Lowering{
		Amount:  money.Amount{Minor: now, Currency: f.Currency},
		Pending: money.Amount{Minor: settled - now, Currency: f.Currency},
	}
	l.Because = f.explain(now)
	if settled > now {
		l.Because = append(l.Because, fmt.Sprintf("%s more will come off once the money that is on its way has arrived.", l.Pending.Display()))
	}
	return l
}

// loweredBy is the whole rule, for an amount of money in minor units.
func (f Refund) loweredBy(paidBack int64) int64 {
	switch {
	case len(f.Lines) == 0:
		return max(min(-f.Discrepancy.Minor, paidBack-f.Shipping.Minor), 0)
	default:
		return min(f.goods(), paidBack)
	}
}

// goods are the refunded lines that count, in minor units.
func (f Refund) goods() int64 {
	sum := int64(0)
	for _, l := range f.Lines {
		if l.GiftCard || l.Tip {
			continue
		}
		net := l.Amount.Minor
		if l.TaxesIncluded {
			net -= l.Tax.Minor
		}
		sum += max(net, 0)
	}
	return sum
}

func (f Refund) explain(lowered int64) []string {
	goods := money.Amount{Minor: f.goods(), Currency: f.Currency}
	switch {
	case f.Currency == "":
		return []string{"The refund names neither money nor a currency, so it lowers nothing."}
	case len(f.Lines) == 0 && lowered > 0:
		return []string{fmt.Sprintf("The shop gave %s back without naming goods, apart from shipping.", money.Amount{Minor: lowered, Currency: f.Currency}.Display())}
	case len(f.Lines) == 0 && f.Shipping.IsPositive():
		return []string{"Only shipping was refunded, which never counted."}
	case len(f.Lines) == 0:
		return []string{"No goods were refunded."}
	case f.RateUnknown:
		return []string{
			fmt.Sprintf("Goods worth %s after discounts were refunded.", goods.Display()),
			"The money went back in another currency and nothing shows the rate, so the goods alone decide.",
		}
	case goods.IsZero():
		return []string{"None of the refunded lines counted in the first place."}
	case f.Money.IsZero():
		return []string{fmt.Sprintf("Goods worth %s came back or were taken off, but no money has gone back for them.", goods.Display())}
	case lowered < goods.Minor:
		return []string{fmt.Sprintf("Goods worth %s after discounts were refunded, but only %s went back, so that is what counts.", goods.Display(), f.Money.Display())}
	default:
		return []string{fmt.Sprintf("Goods worth %s after discounts were refunded.", goods.Display())}
	}
}

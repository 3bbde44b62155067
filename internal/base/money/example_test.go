package money_test

import (
	"fmt"

	"rapport/internal/base/money"
)

func ExampleSplit() {
	base, _ := money.Parse("100.00", "EUR")
	rate, _ := money.ParsePercent("12.5")
	whole, _ := rate.Of(base)
	parts, _ := money.Split(whole, []int64{1, 1, 1})
	fmt.Println(whole.Display(), parts)
	// Output: €12.50 [4.17 4.17 4.16]
}

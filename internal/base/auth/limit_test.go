package auth_test

import (
	"fmt"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
)

// Whoever has an IPv6 line may choose any of 2^64 addresses: they count as one.
func TestALimitHoldsForAWholeLine(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ask := func(who string) error {
			return d.Update(t.Context(), func(tx *db.Tx) error { return auth.Limit(t.Context(), tx, "application", who, 3, time.Hour) })
		}
		for i := range 3 {
			if err := ask(fmt.Sprintf("2001:db8:7:7::%x", i+1)); err != nil {
				t.Fatal(err)
			}
		}
		if err := ask("2001:db8:7:7:ffff::1"); fault.KindOf(err) != fault.KindTooMany {
			t.Errorf("a fourth address of the line gives %v", err)
		}
		for _, other := range []string{"2001:db8:7:8::1", "203.0.113.7", "usr_1"} {
			if err := ask(other); err != nil {
				t.Errorf("%s waits for somebody else: %v", other, err)
			}
		}
	})
}

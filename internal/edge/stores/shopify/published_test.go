package shopify

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// published reads a body that Shopify publishes in its documentation and returns what a webhook would carry: the object inside.
func published(t *testing.T, name, wrapper string) []byte {
	t.Helper()
	shared := os.Getenv("RAPPORT_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	raw, err := os.ReadFile(filepath.Join(shared, "data", "payloads", name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the published sample %s is not here; set RAPPORT_SHARED to the folder that holds data/payloads", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	var outer map[string]json.RawMessage
	if err := json.Unmarshal(raw, &outer); err != nil {
		t.Fatal(err)
	}
	return outer[wrapper]
}

func TestThePublishedOrderIsCommissionableAtItsSubtotal(t *testing.T) {
	o := order(t, string(published(t, "shopify_order.json", "order")))
	c := o.Commissionable()
	if c.Amount.String() != "398.00" || partsOf(c) != "132.67 132.67 132.66" {
		t.Errorf("got %s in parts %s: %q", c.Amount, partsOf(c), c.Because)
	}
	if why, _ := o.Excluded(); why != ExclusionNone || len(o.Codes) != 1 || o.Codes[0] != "TENOFF" || o.ID != "450789469" {
		t.Errorf("got %q, codes %q, id %s", why, o.Codes, o.ID)
	}
}

func TestThePublishedRefundLowersByTheMoneyThatWentBack(t *testing.T) {
	l := refund(t, string(published(t, "shopify_refund.json", "refund"))).Lowering()
	if l.Amount.String() != "209.00" || !l.Pending.IsZero() {
		t.Errorf("got %s, pending %s: %q", l.Amount, l.Pending, l.Because)
	}
}

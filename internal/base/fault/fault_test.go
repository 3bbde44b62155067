package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"rapport/internal/base/fault"
)

func TestAWrappedFaultKeepsItsKindAndField(t *testing.T) {
	err := fmt.Errorf("cannot save: %w", fault.Invalid("a name is needed").In("name"))
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.KindInvalid || f.Field != "name" {
		t.Fatalf("got %+v", f)
	}
	if fault.KindOf(errors.New("disk")) != fault.KindInternal {
		t.Fatal("a plain error must stay internal")
	}
}

func TestJoinKeepsEveryFieldAndForgetsNone(t *testing.T) {
	if fault.Join(nil, nil) != nil {
		t.Fatal("nothing wrong must be nil")
	}
	f, _ := fault.As(fault.Join(nil, fault.Invalid("a").In("x"), fault.Invalid("b").In("y")))
	if f.Field != "x" || len(f.Others) != 1 || f.Others[0].Field != "y" {
		t.Fatalf("got %+v", f)
	}
}

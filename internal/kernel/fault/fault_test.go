package fault

import (
	"errors"
	"fmt"
	"testing"
)

var errDisk = errors.New("disk full")

func TestFault(t *testing.T) {
	f := Field("title", "too_long", "max", 200, "got", "가").At(7).Saying("%d over", 3).Because(errDisk)
	if f.Class != Invalid || f.Field != "title" || f.Code != "too_long" || f.Args["max"] != 200 || f.Pos != 7 || f.Detail != "3 over" {
		t.Errorf("%+v", f)
	}
	if want := "too_long (title) got=가 max=200 at 7: 3 over: disk full"; f.Error() != want {
		t.Errorf("%q, want %q", f.Error(), want)
	}
	wrapped := fmt.Errorf("saving: %w", f)
	if Of(wrapped) != f || !errors.Is(wrapped, errDisk) || !Has(wrapped, "too_long") || Has(wrapped, "too_short") {
		t.Error("a wrapped fault is not found")
	}
	for _, c := range []struct {
		target error
		want   bool
	}{{New(Invalid, "too_long"), true}, {New(Invalid, ""), true}, {New(Conflict, "too_long"), false}, {New(Invalid, "other"), false}, {errDisk, true}, {errors.New("disk full"), false}} {
		if got := errors.Is(wrapped, c.target); got != c.want {
			t.Errorf("is %v: %v", c.target, got)
		}
	}
	for _, err := range []error{nil, errDisk, errors.Join(errDisk)} {
		if Of(err) != nil || Has(err, "") {
			t.Errorf("%v carries a fault", err)
		}
	}
	if g := New(Conflict, "odd", "lonely"); g.Args != nil {
		t.Errorf("a name without a value: %v", g.Args)
	}
}

func TestGuardsAndFields(t *testing.T) {
	f := New(Conflict, "guard_failed", "move", "resolve")
	f.Guards = []Guard{{"notes", "guard.incident.notes"}, {"tasks", "guard.incident.tasks"}}
	f.Fields = []*Fault{Field("a", "required"), Field("b", "too_long")}
	if want := "guard_failed move=resolve guard=notes guard=tasks; required (a); too_long (b)"; f.Error() != want {
		t.Errorf("%q, want %q", f.Error(), want)
	}
}

func TestCollect(t *testing.T) {
	a, b, conflict := Field("a", "required"), Field("b", "required"), New(Conflict, "duplicate")
	if err := Collect(nil); err != nil {
		t.Errorf("nothing is %v", err)
	}
	if f := Of(Collect([]*Fault{a})); f == nil || f.Code != "validation" || len(f.Fields) != 1 || f.Class != Invalid {
		t.Errorf("one field: %+v", f)
	}
	if f := Of(Collect([]*Fault{conflict})); f != conflict {
		t.Errorf("one that is no matter of fields: %+v", f)
	}
	if f := Of(Collect([]*Fault{a, b})); f == nil || len(f.Fields) != 2 {
		t.Errorf("two fields: %+v", f)
	}
}

// TestMissingTellsNothing: what is not there and what is not yours look the same.
func TestMissingTellsNothing(t *testing.T) {
	f := Missing("incident", "INC1")
	if f.Class != NotFound || f.Code != "not_found" || f.Detail != "" || f.Unwrap() != nil || len(f.Args) != 2 {
		t.Errorf("%+v", f)
	}
}

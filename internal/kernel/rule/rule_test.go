package rule

import (
	"testing"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

func TestFits(t *testing.T) {
	edge := &record.Edge{Type: "child_of"}
	for _, c := range []struct {
		when, kind string
		change     record.Change
		want       bool
	}{
		{"resolve", "incident", record.Change{Verb: "resolve"}, true}, {"resolve", "problem", record.Change{Verb: "resolve"}, false}, {"resolve", "incident", record.Change{Verb: "close"}, false},
		{"any", "incident", record.Change{Verb: "comment"}, true}, {"any", "problem", record.Change{Verb: "comment"}, false}, {"any", "incident", record.Change{Verb: "link", Link: edge}, true},
		{"link:child_of", "incident", record.Change{Verb: "link", Link: edge}, true}, {"unlink:child_of", "incident", record.Change{Verb: "link", Link: edge}, false}, {"link", "incident", record.Change{Verb: "link", Link: edge}, false},
		{"link:other", "incident", record.Change{Verb: "link", Link: edge}, false}, {"update", "incident", record.Change{Verb: "create"}, false},
	} {
		r := After("r", "incident", c.when, nil)
		if got := r.Fits(c.kind, &c.change); got != c.want {
			t.Errorf("a rule on %s fits %s of %s: %v", c.when, c.change.Verb, c.kind, got)
		}
	}
	if r := Before("r", "incident", "update", nil); !r.Pre || r.Name != "r" || r.On != "incident" {
		t.Errorf("%+v", r)
	}
}

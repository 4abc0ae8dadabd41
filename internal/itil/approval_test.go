package itil

import "testing"

func TestApprovalOutcome(t *testing.T) {
	for _, c := range []struct {
		id   string
		a    Approval
		want string
	}{
		{"TV-APR-1", Approval{Rule: "quorum", K: 3, Approved: 2, Rejected: 1, Pending: 2}, "pending"},
		{"TV-APR-2", Approval{Rule: "quorum", K: 3, Approved: 2, Rejected: 3}, "rejected"},
		{"TV-APR-3", Approval{Rule: "percent", K: 60, Approved: 2, Rejected: 1, Abstained: 1, Pending: 1}, "pending"},
		{"TV-APR-3", Approval{Rule: "percent", K: 60, Approved: 3, Rejected: 1, Abstained: 1}, "approved"},
		{"any: first approval decides", Approval{Rule: "any", Approved: 1, Pending: 4}, "approved"},
		{"any: a rejection decides", Approval{Rule: "any", Rejected: 1, Pending: 4}, "rejected"},
		{"all: waits for the last", Approval{Rule: "all", Approved: 4, Pending: 1}, "pending"},
		{"all: an abstention is no approval", Approval{Rule: "all", Approved: 4, Abstained: 1}, "rejected"},
		{"everybody abstained", Approval{Rule: "percent", K: 50, Abstained: 3}, "rejected"},
	} {
		t.Run(c.id, func(t *testing.T) {
			if got, err := c.a.Outcome(); err != nil || got != c.want {
				t.Errorf("%+v = %s %v, want %s", c.a, got, err, c.want)
			}
		})
	}
	for _, bad := range []Approval{{Rule: "most", Pending: 1}, {Rule: "any"}, {Rule: "quorum", Pending: 2}, {Rule: "percent", K: 120, Pending: 1}, {Rule: "any", Approved: -1}} {
		if out, err := bad.Outcome(); err == nil {
			t.Errorf("%+v = %s, want a fault", bad, out)
		}
	}
}

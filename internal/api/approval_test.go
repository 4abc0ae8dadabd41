package api

import (
	"fmt"
	"testing"
)

// The worked examples of book B §0.5 on approvals, through the API.
func TestApprovalCalculation(t *testing.T) {
	w := newWorld(t, "")
	for n, c := range []struct {
		id   string
		in   m
		want string
	}{
		{"TV-APR-1", m{"rule": "quorum", "k": 3, "approved": 2, "rejected": 1, "pending": 2}, "pending"},
		{"TV-APR-2", m{"rule": "quorum", "k": 3, "approved": 2, "rejected": 3}, "rejected"},
		{"TV-APR-3", m{"rule": "percent", "k": 60, "approved": 2, "rejected": 1, "abstained": 1, "pending": 1}, "pending"},
		{"TV-APR-3", m{"rule": "percent", "k": 60, "approved": 3, "rejected": 1, "abstained": 1}, "approved"},
	} {
		t.Run(fmt.Sprint(c.id, "/", n), func(t *testing.T) {
			if r := w.want(200, "user", "POST", "/calc/approval-outcome", c.in); r.str("outcome") != c.want {
				t.Errorf("%s, want %s", r.raw, c.want)
			}
		})
	}
	w.refuse(422, "not_a_choice", "user", "POST", "/calc/approval-outcome", m{"rule": "most", "pending": 1})
	w.refuse(422, "out_of_range", "user", "POST", "/calc/approval-outcome", m{"rule": "quorum", "pending": 2})
	w.refuse(400, "malformed_json", "user", "POST", "/calc/approval-outcome", m{"rule": "any", "votes": 2})
}

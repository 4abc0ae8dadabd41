package api

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// guards lists the guards that said no.
func (r reply) guards() string {
	var out []string
	list, _ := r.at("failed_guards").([]any)
	for _, g := range list {
		out = append(out, fmt.Sprint(g.(map[string]any)["guard"]))
	}
	return strings.Join(out, " ")
}

// wrong lists what is wrong with which fields.
func (r reply) wrong() string {
	var out []string
	list, _ := r.at("errors").([]any)
	for _, e := range list {
		e := e.(map[string]any)
		out = append(out, fmt.Sprint(e["field"], ":", e["code"]))
	}
	return strings.Join(out, " ")
}

func (w *world) get(who, path string) reply {
	w.t.Helper()
	return w.want(200, who, "GET", path, nil)
}

func (w *world) state(path string) string {
	w.t.Helper()
	return w.get("auditor", path).str("state")
}

// do takes a move and fails the test unless it is taken.
func (w *world) do(who, path, move string, body m) reply {
	w.t.Helper()
	return w.want(200, who, "POST", path+"/actions/"+move, body)
}

const restored = "The service was restored by a restart."

// resolve resolves an incident that is in progress.
func (w *world) resolve(who, path string) reply {
	w.t.Helper()
	return w.do(who, path, "resolve", m{"resolution_code": "fixed", "resolution_notes": restored})
}

// TestHolds: every reason to wait, what it asks for, and what ends it (book B §24).
func TestHolds(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		fresh := func(more m) string {
			return "/incidents/" + w.inProgress(group, category, more).str("id")
		}
		w.run(t, "what each reason asks for", func(t *testing.T) {
			p := fresh(nil)
			for _, c := range []struct {
				body  m
				guard string
			}{
				{m{"hold_reason": "awaiting_customer"}, "customer_told"},
				{m{"hold_reason": "awaiting_customer", "comment": "   "}, "customer_told"},
				{m{"hold_reason": "awaiting_customer", "work_note": "asked them"}, "customer_told"},
				{m{"hold_reason": "awaiting_supplier"}, "follow_up_set"},
				{m{"hold_reason": "awaiting_supplier", "follow_up_at": w.at(-time.Hour)}, "follow_up_set"},
				{m{"hold_reason": "customer_requested_delay"}, "follow_up_set"},
				{m{"hold_reason": "awaiting_evidence"}, "follow_up_set"},
				{m{"hold_reason": "scheduled"}, "follow_up_set"},
				{m{"hold_reason": "awaiting_change"}, "change_linked"},
				{m{"hold_reason": "awaiting_problem"}, "problem_linked"},
			} {
				if r := w.refuse(409, "guard_failed", "resolver", "POST", p+"/actions/hold", c.body); r.guards() != c.guard {
					t.Errorf("%v: %s, want %s", c.body, r.guards(), c.guard)
				}
			}
			if r := w.refuse(422, "validation", "resolver", "POST", p+"/actions/hold", m{}); r.wrong() != "hold_reason:required" {
				t.Errorf("no reason: %s", r.wrong())
			}
			w.refuse(422, "validation", "resolver", "POST", p+"/actions/hold", m{"hold_reason": "lunch"})
			if s := w.state(p); s != "in_progress" {
				t.Errorf("after all that was refused: %s", s)
			}
		})
		w.run(t, "only the assignee holds", func(t *testing.T) {
			p := fresh(nil)
			w.refuse(403, "forbidden", "agent", "POST", p+"/actions/hold", m{"hold_reason": "scheduled", "follow_up_at": w.at(time.Hour)})
			w.refuse(403, "forbidden", "user", "POST", p+"/actions/hold", m{"hold_reason": "scheduled", "follow_up_at": w.at(time.Hour)})
			w.do("resolver", p, "hold", m{"hold_reason": "scheduled", "follow_up_at": w.at(time.Hour)})
			w.refuse(409, "invalid_transition", "resolver", "POST", p+"/actions/hold", m{"hold_reason": "scheduled", "follow_up_at": w.at(time.Hour)})
			w.do("agent", p, "resume", m{})
		})
		w.run(t, "a follow-up that is due takes it up again", func(t *testing.T) {
			for _, reason := range []string{"awaiting_supplier", "customer_requested_delay", "awaiting_evidence", "scheduled"} {
				p := fresh(nil)
				w.do("resolver", p, "hold", m{"hold_reason": reason, "follow_up_at": w.at(2 * time.Hour)})
				w.later(time.Hour)
				if s := w.state(p); s != "on_hold" {
					t.Errorf("%s, an hour early: %s", reason, s)
				}
				w.later(time.Hour)
				got := w.get("resolver", p)
				if got.str("state") != "in_progress" || got.at("hold_reason") != nil || got.at("follow_up_at") != nil || got.str("assignee") != w.ids["resolver"] {
					t.Errorf("%s, when it is due: %s %v %v", reason, got.str("state"), got.at("hold_reason"), got.at("follow_up_at"))
				}
			}
			p := fresh(nil)
			w.do("resolver", p, "hold", m{"hold_reason": "awaiting_customer", "comment": "Call you tomorrow?", "follow_up_at": w.at(time.Hour)})
			w.later(time.Hour)
			if s := w.state(p); s != "in_progress" {
				t.Errorf("a customer's own follow-up: %s", s)
			}
		})
		w.run(t, "whose reply takes it up again", func(t *testing.T) {
			p := fresh(m{"watchers": []string{w.ids["user2"]}})
			w.do("resolver", p, "hold", m{"hold_reason": "awaiting_customer", "comment": "Which mailbox?"})
			w.want(201, "user2", "POST", p+"/comments", m{"body": "I see it too"})
			w.want(201, "agent", "POST", p+"/comments", m{"body": "We asked you something"})
			w.want(201, "agent", "POST", p+"/comments", m{"body": "called them, no answer", "internal": true})
			if s := w.state(p); s != "on_hold" {
				t.Fatalf("what others say took it up: %s", s)
			}
			w.want(201, "user", "POST", p+"/comments", m{"body": "the shared one"})
			if s := w.state(p); s != "in_progress" {
				t.Errorf("the requester's reply did not: %s", s)
			}
			w.do("resolver", p, "hold", m{"hold_reason": "awaiting_supplier", "follow_up_at": w.at(time.Hour)})
			w.want(201, "user", "POST", p+"/comments", m{"body": "any news?"})
			if s := w.state(p); s != "on_hold" {
				t.Errorf("it waits for the supplier, not for the requester: %s", s)
			}
		})
		w.run(t, "the question is not its own answer", func(t *testing.T) {
			r := w.want(201, "resolver", "POST", "/incidents", m{"title": "my own laptop is slow"})
			p := "/incidents/" + r.str("id")
			w.do("agent", p, "assign", m{"group": group, "category": category})
			w.do("resolver", p, "accept", m{})
			w.do("resolver", p, "hold", m{"hold_reason": "awaiting_customer", "comment": "I ask myself"})
			if s := w.state(p); s != "on_hold" {
				t.Fatalf("the comment that came with the hold ended it: %s", s)
			}
			w.want(201, "resolver", "POST", p+"/comments", m{"body": "and answer"})
			if s := w.state(p); s != "in_progress" {
				t.Errorf("a later one did not: %s", s)
			}
		})
	})
}

// TestSilentCustomers: reminders at 2 and 4 business days, resolved at 5, on the clock of
// business days; closed 5 business days later.
func TestSilentCustomers(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		w.closeOn("2026-11-06") // Friday
		r := w.inProgress(group, category, nil)
		p := "/incidents/" + r.str("id")
		w.do("resolver", p, "hold", m{"hold_reason": "awaiting_customer", "comment": "Which mailbox?"})
		tasked := "/incidents/" + w.inProgress(group, category, nil).str("id")
		w.want(201, "resolver", "POST", "/incident_tasks", m{"incident": tasked[len("/incidents/"):], "title": "look at the disk"})
		w.do("resolver", tasked, "hold", m{"hold_reason": "awaiting_customer", "comment": "Which disk?"})
		// Monday 10:00 in Seoul; with the holiday business day 2 is Wednesday, 4 is Monday, 5 is Tuesday.
		for _, c := range []struct {
			after     time.Duration
			reminders float64
			state     string
		}{
			{47 * time.Hour, 0, "on_hold"},
			{48 * time.Hour, 1, "on_hold"},
			{7*24*time.Hour - 20*time.Minute, 1, "on_hold"},
			{7 * 24 * time.Hour, 2, "on_hold"},
			{8*24*time.Hour - 20*time.Minute, 2, "on_hold"},
			{8 * 24 * time.Hour, 0, "resolved"},
		} {
			w.later(monday.Add(c.after).Sub(time.UnixMicro(w.now.Load())))
			got := w.get("auditor", p)
			if got.num("reminders") != c.reminders || got.str("state") != c.state {
				t.Fatalf("after %v: %v reminders, %s; want %v, %s", c.after, got.num("reminders"), got.str("state"), c.reminders, c.state)
			}
		}
		got := w.get("user", p)
		if got.str("resolution_code") != "no_fault_found" || !strings.Contains(got.str("resolution_notes"), "reopen") || !strings.Contains(got.str("resolution_notes"), "재오픈") {
			t.Errorf("resolved as %s with %q", got.str("resolution_code"), got.str("resolution_notes"))
		}
		if said := w.get("user", p+"/comments").items(); len(said) != 4 {
			t.Errorf("the requester heard %d times, want the question, two reminders and the end", len(said))
		}
		if got := w.get("auditor", tasked); got.str("state") != "in_progress" {
			t.Errorf("with an open task it is not the system's to resolve: %s", got.str("state"))
		}
		w.later(7*24*time.Hour - 20*time.Minute)
		if s := w.state(p); s != "resolved" {
			t.Fatalf("closed before 5 business days: %s", s)
		}
		w.later(20 * time.Minute)
		closed := w.get("user", p)
		if closed.str("state") != "closed" || closed.at("closed_at") == nil || w.get("agent", p).str("closure_category") != category {
			t.Errorf("after 5 business days: %s, closed at %v", closed.str("state"), closed.at("closed_at"))
		}
		w.want(201, "admin", "POST", "/settings", m{"name": "incident.autoclose_days", "value": "1"})
		w.refuse(422, "too_small", "admin", "POST", "/settings", m{"name": "incident.customer_days", "value": "0"})
		other := "/incidents/" + w.inProgress(group, category, nil).str("id")
		w.resolve("resolver", other)
		w.later(24 * time.Hour)
		if s := w.state(other); s != "closed" {
			t.Errorf("one business day as set: %s", s)
		}
	})
}

// TestWaiting: what waits for a change or a problem goes on when that is done, with its
// children, and waits for nothing that is finished.
func TestWaiting(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		fresh := func() string { return "/incidents/" + w.inProgress(group, category, nil).str("id") }
		id := func(p string) string { return strings.TrimPrefix(p, "/incidents/") }
		w.run(t, "a change that fixes it", func(t *testing.T) {
			chg := w.want(201, "resolver", "POST", "/changes", m{"title": "raise the pool size"}).str("number")
			other := w.want(201, "resolver", "POST", "/changes", m{"title": "something else"}).str("number")
			p := fresh()
			w.want(201, "resolver", "POST", "/links", m{"type": "resolved_by_change", "from": m{"kind": "incident", "id": id(p)}, "to": m{"kind": "change", "id": other}})
			w.do("resolver", p, "hold", m{"hold_reason": "awaiting_change", "fix_change": chg})
			types := map[string]int{}
			for _, l := range w.get("resolver", p+"/links").items() {
				types[fmt.Sprint(l["type"])]++
			}
			if types["resolved_by_change"] != 2 {
				t.Errorf("links: %v", types)
			}
			w.do("resolver", "/changes/"+other, "cancel", m{})
			if s := w.state(p); s != "on_hold" {
				t.Errorf("another change was cancelled: %s", s)
			}
			w.authorised("/changes/" + chg)
			w.do("resolver", "/changes/"+chg, "start", m{})
			w.do("resolver", "/changes/"+chg, "close", m{})
			if s := w.state(p); s != "in_progress" {
				t.Errorf("the change is closed: %s", s)
			}
			if r := w.refuse(409, "guard_failed", "resolver", "POST", p+"/actions/hold", m{"hold_reason": "awaiting_change", "fix_change": chg}); r.guards() != "change_linked" {
				t.Errorf("waiting for a change that is over: %s", r.guards())
			}
		})
		w.run(t, "what became of the problem", func(t *testing.T) {
			for _, c := range []struct{ move, state, code, note string }{
				{"apply_fix", "resolved", "by_problem", ""}, {"accept_risk", "in_progress", "", "risk"}, {"cancel", "in_progress", "", ""}} {
				prb := w.want(201, "problem", "POST", "/problems", m{"title": "the pool leaks"}).str("id")
				w.do("problem", "/problems/"+prb, "investigate", m{})
				p := fresh()
				w.do("resolver", p, "hold", m{"hold_reason": "awaiting_problem", "problem": prb})
				w.do("problem", "/problems/"+prb, c.move, m{})
				if got := w.get("resolver", p); got.str("state") != c.state || got.str("resolution_code") != c.code {
					t.Errorf("%s: %s %q", c.move, got.str("state"), got.str("resolution_code"))
				}
				if r := w.call("resolver", "POST", "/incidents/"+w.inProgress(group, category, nil).str("id")+"/actions/hold", m{"hold_reason": "awaiting_problem", "problem": prb}); r.guards() != "problem_linked" {
					t.Errorf("waiting for a problem after %s: %d %s", c.move, r.status, r.raw)
				}
				if c.note != "" && !strings.Contains(string(w.get("resolver", p+"/comments").raw), c.note) {
					t.Errorf("%s left no note", c.move)
				}
			}
		})
		w.run(t, "a family that waits for one problem", func(t *testing.T) {
			prb := w.want(201, "problem", "POST", "/problems", m{"title": "the pool leaks"}).str("id")
			w.do("problem", "/problems/"+prb, "investigate", m{})
			parent, kid := fresh(), fresh()
			w.want(201, "agent", "POST", "/links", m{"type": "child_of", "from": m{"kind": "incident", "id": id(kid)}, "to": m{"kind": "incident", "id": id(parent)}})
			w.do("resolver", parent, "hold", m{"hold_reason": "awaiting_problem", "problem": prb})
			if got := w.get("resolver", kid); got.str("state") != "on_hold" || got.str("problem") != prb {
				t.Fatalf("the child: %s", got.str("state"))
			}
			w.do("problem", "/problems/"+prb, "apply_fix", m{})
			for _, p := range []string{parent, kid} {
				if s := w.state(p); s != "resolved" {
					t.Errorf("%s after the fix: %s", p, s)
				}
			}
		})
		w.run(t, "a fix resolves no major incident and leaves no task behind", func(t *testing.T) {
			prb := w.want(201, "problem", "POST", "/problems", m{"title": "the pool leaks"}).str("id")
			w.do("problem", "/problems/"+prb, "investigate", m{})
			major, tasked := fresh(), fresh()
			w.do("resolver", major, "propose_major", m{"reason": "all shops"})
			w.do("mim", major, "confirm_major", m{"mi_commander": w.ids["mim"], "bridge_url": "https://meet.example/1"})
			w.want(201, "resolver", "POST", "/incident_tasks", m{"incident": id(tasked), "title": "restart the node"})
			for _, p := range []string{major, tasked} {
				w.do("resolver", p, "hold", m{"hold_reason": "awaiting_problem", "problem": prb})
			}
			w.do("problem", "/problems/"+prb, "apply_fix", m{})
			for _, p := range []string{major, tasked} {
				if s := w.state(p); s != "in_progress" {
					t.Errorf("%s after the fix: %s", p, s)
				}
			}
		})
	})
}

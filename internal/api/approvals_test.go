package api

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// ask puts a question about an incident, as the agent.
func (w *world) asks(who, target string, stages ...m) reply {
	w.t.Helper()
	return w.want(201, who, "POST", "/approval_rounds", m{"target_kind": "incident", "target": target, "question": "May we buy an emergency licence?", "why": "The old one ran out.", "stages": stages})
}

// voteOf finds somebody's pending vote on a round.
func (w *world) voteOf(round, who string) string {
	w.t.Helper()
	items := w.get("auditor", fmt.Sprintf("/approvals?filter=round=='%s'%%26%%26state=='pending'%%26%%26approver=='%s'", round, w.ids[who])).items()
	if len(items) != 1 {
		w.t.Fatalf("%s has %d pending votes on %s", who, len(items), round)
	}
	return "/approvals/" + items[0]["number"].(string)
}

func (w *world) vote(round, who, move string, body m) reply {
	w.t.Helper()
	return w.do(who, w.voteOf(round, who), move, body)
}

// decisions lists how the votes of a round stand, by approver.
func (w *world) decisions(round string) map[string]string {
	out := map[string]string{}
	for _, v := range w.get("auditor", "/approvals?filter=round=='"+round+"'&limit=100").items() {
		for name, id := range w.ids {
			if v["approver"] == id {
				out[name] += v["state"].(string)
			}
		}
	}
	return out
}

func (w *world) people(names ...string) []string {
	var out []string
	for _, n := range names {
		if w.ids[n] == "" {
			w.person(n, []string{"end_user"})
		}
		out = append(out, w.ids[n])
	}
	return out
}

// TestApprovals: who is asked, how their votes count, and what comes of it.
func TestApprovals(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		ids := w.people("ann", "bob", "cho", "dan", "eve", "boss")
		w.want(200, "admin", "PATCH", "/users/"+w.ids["user"], m{"manager": w.ids["boss"]})
		fresh := func(more m) (number, path string) {
			r := w.inProgress(group, category, more)
			return r.str("number"), "/incidents/" + r.str("number")
		}
		w.run(t, "a quorum closes as soon as it is sure", func(t *testing.T) {
			n, p := fresh(nil)
			r := w.asks("agent", n, m{"rule": "quorum", "k": 3, "approvers": ids[:5]}).str("id")
			if got := w.get("agent", p); got.str("approval") != "pending" || len(got.at("approvers").([]any)) != 5 {
				t.Fatalf("asked: %v %v", got.at("approval"), got.at("approvers"))
			}
			w.vote(r, "ann", "approve", m{})
			w.vote(r, "bob", "approve", m{"comment": "go on"})
			w.vote(r, "cho", "reject", m{"comment": "too dear"})
			round := w.get("agent", "/approval_rounds/"+r) // TV-APR-1
			if round.str("state") != "open" || round.num("approved") != 2 || round.num("rejected") != 1 || round.num("pending") != 2 {
				t.Errorf("TV-APR-1: %s", round.raw)
			}
			if got := w.get("agent", p); len(got.at("approvers").([]any)) != 2 {
				t.Errorf("still asked: %v", got.at("approvers"))
			}
			w.vote(r, "dan", "approve", m{})
			if d := w.decisions(r); d["eve"] != "cancelled" || w.state("/approval_rounds/"+r) != "approved" {
				t.Errorf("decided without eve: %v %s", d, w.state("/approval_rounds/"+r))
			}
			if got := w.get("agent", p); got.str("approval") != "approved" || len(got.at("approvers").([]any)) != 0 {
				t.Errorf("the incident says %v, asks %v", got.at("approval"), got.at("approvers"))
			}
		})
		w.run(t, "a quorum that cannot be reached is a rejection", func(t *testing.T) { // TV-APR-2
			n, p := fresh(nil)
			r := w.asks("agent", n, m{"rule": "quorum", "k": 3, "approvers": ids[:5]}).str("id")
			for _, who := range []string{"ann", "bob"} {
				w.vote(r, who, "approve", m{})
			}
			for _, who := range []string{"cho", "dan", "eve"} {
				w.vote(r, who, "reject", m{"comment": "no"})
			}
			if s := w.get("agent", p).str("approval"); s != "rejected" {
				t.Errorf("TV-APR-2: %s", s)
			}
		})
		w.run(t, "stages in order, and a rejection ends them", func(t *testing.T) {
			n, _ := fresh(nil)
			r := w.asks("agent", n, m{"rule": "any", "manager": true}, m{"name": "board", "rule": "percent", "k": 60, "approvers": ids[:5]}).str("id")
			if d := w.decisions(r); len(d) != 1 || d["boss"] != "pending" {
				t.Fatalf("the requester's manager is first: %v", d)
			}
			w.vote(r, "boss", "approve", m{})
			w.vote(r, "ann", "approve", m{})
			w.vote(r, "bob", "approve", m{})
			w.vote(r, "cho", "reject", m{"comment": "no"})
			w.vote(r, "dan", "abstain", m{})
			if s := w.state("/approval_rounds/" + r); s != "open" { // TV-APR-3
				t.Errorf("TV-APR-3: half of four is %s", s)
			}
			w.vote(r, "eve", "approve", m{})
			if s := w.state("/approval_rounds/" + r); s != "approved" {
				t.Errorf("TV-APR-3: three of four is %s", s)
			}
			other := w.asks("agent", n, m{"rule": "any", "approvers": ids[:2]}, m{"rule": "all", "approvers": ids[2:4]}).str("id")
			w.refuse(422, "validation", "ann", "POST", w.voteOf(other, "ann")+"/actions/reject", m{}) // without saying why
			w.vote(other, "ann", "reject", m{"comment": "not like this"})
			if d := w.decisions(other); len(d) != 2 || d["bob"] != "cancelled" || w.state("/approval_rounds/"+other) != "rejected" {
				t.Errorf("nobody of the second stage is asked: %v", d)
			}
		})
		w.run(t, "nobody decides on their own work", func(t *testing.T) {
			n, p := fresh(nil)
			for _, who := range []string{"user", "resolver", "agent"} { // the requester, the assignee, the one who logged it and asks
				if r := w.want(422, "agent", "POST", "/approval_rounds", m{"target_kind": "incident", "target": n, "question": "May we?", "stages": []m{{"rule": "any", "approvers": []string{w.ids[who]}}}}); !strings.Contains(string(r.raw), "approver_involved") {
					t.Errorf("%s: %s", who, r.raw)
				}
			}
			r := w.asks("agent", n, m{"rule": "any", "approvers": []string{w.ids["other"], w.ids["mim"], w.ids["ann"]}}).str("id")
			vote := w.voteOf(r, "mim")
			if moves := w.get("mim", vote).at("can", "moves"); !slices.Contains(moves.([]any), any("approve")) {
				t.Errorf("before: %v", moves)
			}
			w.do("agent", p, "reassign", m{"group": group, "assignee": w.ids["mim"], "reason": "he knows it"})
			w.refuse(403, "sod_violation", "mim", "POST", vote+"/actions/approve", m{})
			if moves := w.get("mim", vote).at("can", "moves"); slices.Contains(moves.([]any), any("approve")) {
				t.Errorf("drawn in, but may: %v", moves)
			}
			if steps := w.get("auditor", vote+"/history"); !strings.Contains(string(steps.raw), "sod_violation") {
				t.Errorf("the attempt is not in the journal: %s", steps.raw)
			}
			w.refuse(422, "approver_involved", "ann", "POST", w.voteOf(r, "ann")+"/actions/delegate", m{"delegate_to": w.ids["user"]})
			w.refuse(422, "already_asked", "ann", "POST", w.voteOf(r, "ann")+"/actions/delegate", m{"delegate_to": w.ids["other"]})
			w.refuse(404, "not_found", "admin", "POST", vote+"x/actions/approve", m{})
			w.refuse(403, "forbidden", "admin", "POST", vote+"/actions/approve", m{}) // no approval right comes with administration
		})
		w.run(t, "who is asked sees what is public, while they are asked", func(t *testing.T) {
			n, p := fresh(m{"description": "the licence server is silent"})
			w.want(201, "resolver", "POST", p+"/comments", m{"body": "their contract is a mess", "internal": true})
			w.refuse(404, "not_found", "eve", "GET", p, nil)
			r := w.asks("agent", n, m{"rule": "all", "approvers": []string{w.ids["eve"], w.ids["dan"]}}).str("id")
			got := w.want(200, "eve", "GET", p, nil)
			if got.str("description") == "" || got.at("root_cause") != nil || len(got.at("can", "moves").([]any)) != 0 || len(got.at("can", "fields").([]any)) != 0 {
				t.Errorf("eve sees %s", got.raw)
			}
			for _, path := range []string{p + "/comments", p + "/history"} {
				if strings.Contains(string(w.get("eve", path).raw), "mess") {
					t.Errorf("%s shows a work note", path)
				}
			}
			w.refuse(403, "forbidden", "eve", "POST", p+"/comments", m{"body": "hello"})
			vote := w.vote(r, "eve", "approve", m{})
			w.refuse(404, "not_found", "eve", "GET", p, nil)
			seen := w.get("eve", "/approvals/"+vote.str("id"))
			if seen.str("evidence", "fields", "description") != "the licence server is silent" || seen.num("evidence", "version") == 0 || strings.Contains(string(seen.raw), "mess") {
				t.Errorf("the evidence: %s", seen.raw)
			}
			if items := w.get("eve", "/approvals?filter=round=='"+r+"'").items(); len(items) != 2 {
				t.Errorf("the other votes on the same question: %d", len(items))
			}
			w.refuse(404, "not_found", "bob", "GET", "/approvals/"+vote.str("id"), nil)
			w.refuse(404, "not_found", "user", "GET", "/approval_rounds/"+r, nil)
		})
		w.run(t, "what ends ends the question", func(t *testing.T) {
			n, p := fresh(nil)
			r := w.asks("agent", n, m{"rule": "any", "approvers": ids[:1]}).str("id")
			vote := w.voteOf(r, "ann")
			w.do("manager", p, "cancel", m{"reason": "a mistake"})
			if w.state("/approval_rounds/"+r) != "cancelled" || w.decisions(r)["ann"] != "cancelled" || w.get("agent", p).str("approval") != "cancelled" {
				t.Errorf("cancelled: %s %v", w.state("/approval_rounds/"+r), w.decisions(r))
			}
			w.refuse(409, "invalid_transition", "ann", "POST", vote+"/actions/approve", m{})
			w.refuse(422, "target_over", "agent", "POST", "/approval_rounds", m{"target_kind": "incident", "target": n, "question": "May we?", "stages": []m{{"rule": "any", "approvers": ids[:1]}}})
		})
		w.run(t, "two votes at once close a stage once", func(t *testing.T) {
			for range 3 {
				n, _ := fresh(nil)
				r := w.asks("agent", n, m{"rule": "quorum", "k": 2, "approvers": ids[:5]}, m{"rule": "any", "approvers": ids[5:]}).str("id")
				var all sync.WaitGroup
				paths := map[string]string{}
				for _, who := range []string{"ann", "bob", "cho", "dan", "eve"} {
					paths[who] = w.voteOf(r, who)
				}
				for who, path := range paths {
					all.Add(1)
					go func() {
						defer all.Done()
						if s := w.call(who, "POST", path+"/actions/approve", m{}).status; s != 200 && s != 409 {
							t.Errorf("%s: %d", who, s)
						}
					}()
				}
				all.Wait()
				d := w.decisions(r)
				yes := 0
				for _, s := range d {
					if s == "approved" {
						yes++
					}
				}
				if yes != 2 || d["boss"] != "pending" {
					t.Errorf("%d approved of a quorum of two; the next stage: %v", yes, d)
				}
			}
		})
		w.run(t, "what makes no sense is refused with a reason", func(t *testing.T) {
			n, _ := fresh(nil)
			for _, c := range []struct {
				code string
				body m
			}{
				{"required", m{"stages": nil}},
				{"bad_stages", m{"stages": []m{{"rule": "any", "approver": ids[:1]}}}},
				{"bad_stages", m{"stages": "\"승인\""}},
				{"bad_stage_count", m{"stages": []m{}}},
				{"bad_rule", m{"stages": []m{{"rule": "most", "approvers": ids[:1]}}}},
				{"bad_rule", m{"stages": []m{{"rule": "percent", "k": 101, "approvers": ids[:1]}}}},
				{"quorum_too_high", m{"stages": []m{{"rule": "quorum", "k": 3, "approvers": ids[:2]}}}},
				{"bad_stage_time", m{"stages": []m{{"rule": "any", "time": "PT1S", "approvers": ids[:1]}}}},
				{"nobody_may_decide", m{"stages": []m{{"rule": "any"}}}},
				{"unknown_group", m{"stages": []m{{"rule": "any", "group": "nope"}}}},
				{"unknown_approver", m{"stages": []m{{"rule": "any", "approvers": []string{"김서연"}}}}},
				{"unknown_reference", m{"target": "INC9999999"}},
				{"unknown_reference", m{"target_kind": "no such"}},
				{"not_approvable", m{"target_kind": "service", "target": w.want(201, "admin", "POST", "/services", m{"name": "Mail", "criticality": 2}).str("id")}},
				{"too_long", m{"question": strings.Repeat("승", 301)}},
				{"derived_field", m{"policy": "change"}},
			} {
				body := m{"target_kind": "incident", "target": n, "question": "May we?", "stages": []m{{"rule": "any", "approvers": ids[:1]}}}
				for k, v := range c.body {
					body[k] = v
				}
				if r := w.call("agent", "POST", "/approval_rounds", body); r.status != 422 || !strings.Contains(string(r.raw), `"`+c.code+`"`) {
					t.Errorf("%v: %d %s, want %s", c.body, r.status, r.raw, c.code)
				}
			}
			secret := w.want(201, "manager", "POST", "/incidents", m{"title": "salaries are readable", "confidential": true, "group": group}).str("number")
			w.refuse(422, "validation", "other", "POST", "/approval_rounds", m{"target_kind": "incident", "target": secret, "question": "May we?", "stages": []m{{"rule": "any", "approvers": ids[:1]}}})
			w.refuse(403, "forbidden", "user", "POST", "/approval_rounds", m{"target_kind": "incident", "target": n, "question": "May I?", "stages": []m{{"rule": "any", "approvers": ids[:1]}}})
			r := w.asks("agent", secret, m{"rule": "any", "approvers": ids[:1]}).str("id")
			w.refuse(404, "not_found", "other", "GET", "/approval_rounds/"+r, nil)
			w.refuse(404, "not_found", "other", "GET", w.voteOf(r, "ann"), nil)
		})
	})
}

// TestApprovalTime: delegation, reminders, the manager and expiry, in business time.
func TestApprovalTime(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		ids := w.people("ann", "bob", "cho", "boss")
		w.want(200, "admin", "PATCH", "/users/"+w.ids["ann"], m{"manager": w.ids["boss"]})
		n := w.inProgress(group, category, nil).str("number") // Monday 10:00
		run := func() reply { return w.want(200, "admin", "POST", "/jobs/approval.chase/run", m{"as_of": w.at(0)}) }
		w.run(t, "a delegate stands in, and the vote says for whom", func(t *testing.T) {
			d := w.want(201, "ann", "POST", "/delegations", m{"from": w.ids["ann"], "to": w.ids["cho"], "starts_at": w.at(0), "ends_at": w.at(48 * time.Hour), "reason": "휴가"})
			w.refuse(403, "forbidden", "bob", "POST", "/delegations", m{"from": w.ids["ann"], "to": w.ids["bob"], "starts_at": w.at(0), "ends_at": w.at(time.Hour)})
			w.refuse(422, "delegate_self", "bob", "POST", "/delegations", m{"from": w.ids["bob"], "to": w.ids["bob"], "starts_at": w.at(0), "ends_at": w.at(time.Hour)})
			w.refuse(422, "ends_before_start", "bob", "POST", "/delegations", m{"from": w.ids["bob"], "to": w.ids["cho"], "starts_at": w.at(0), "ends_at": w.at(0)})
			r := w.asks("agent", n, m{"rule": "all", "approvers": ids[:2]}).str("id")
			v := w.get("cho", w.voteOf(r, "cho"))
			if v.str("delegated_from") != w.ids["ann"] {
				t.Errorf("cho decides for %s", v.str("delegated_from"))
			}
			w.refuse(422, "already_asked", "bob", "POST", w.voteOf(r, "bob")+"/actions/delegate", m{"delegate_to": w.ids["cho"]})
			w.do("cho", "/approvals/"+v.str("id"), "delegate", m{"delegate_to": w.ids["ann"]}) // handed back
			w.vote(r, "ann", "approve", m{})
			w.vote(r, "bob", "approve", m{})
			r = w.asks("agent", n, m{"rule": "all", "approvers": []string{w.ids["ann"], w.ids["cho"]}}).str("id")
			if d := w.decisions(r); d["ann"] != "pending" || d["cho"] != "pending" {
				t.Errorf("nobody has two votes in a stage: %v", d)
			}
			w.do("agent", "/approval_rounds/"+r, "withdraw", m{})
			w.want(200, "ann", "PATCH", "/delegations/"+d.str("id"), m{"to": w.ids["user"]}) // the requester of the incident
			r = w.asks("agent", n, m{"rule": "any", "approvers": ids[:1]}).str("id")
			if d := w.decisions(r); d["ann"] != "pending" || len(d) != 1 {
				t.Errorf("a delegate who is the requester is skipped: %v", d)
			}
			w.do("agent", "/approval_rounds/"+r, "withdraw", m{})
			w.want(200, "ann", "PATCH", "/delegations/"+d.str("id"), m{"ends_at": w.at(time.Second)})
		})
		w.run(t, "what already waits is passed on when a delegation begins", func(t *testing.T) {
			r := w.asks("agent", n, m{"rule": "any", "approvers": ids[1:2]}).str("id")
			w.want(201, "bob", "POST", "/delegations", m{"from": w.ids["bob"], "to": w.ids["cho"], "starts_at": w.at(time.Hour), "ends_at": w.at(2 * time.Hour), "scope": []string{"incident"}})
			run()
			if d := w.decisions(r); d["bob"] != "pending" {
				t.Errorf("not yet: %v", d)
			}
			w.later(90 * time.Minute)
			run()
			if d := w.decisions(r); d["cho"] != "pending" || len(d) != 1 {
				t.Errorf("bob is away: %v", d)
			}
			w.do("bob", w.voteOf(r, "cho"), "approve", m{}) // back early: it is still theirs
		})
		w.run(t, "silence is reminded, escalated and expires", func(t *testing.T) {
			w.later(-90 * time.Minute)
			r := w.asks("agent", n, m{"rule": "all", "approvers": ids[:1], "time": "PT8H"}).str("id") // due 18:00; half at 14:00
			path := w.voteOf(r, "ann")
			w.later(3 * time.Hour)
			if run(); w.get("ann", path).num("reminders") != 0 {
				t.Error("reminded too early")
			}
			w.later(time.Hour)
			run()
			run()
			if got := w.get("ann", path).num("reminders"); got != 1 {
				t.Errorf("at half of the time: %v", got)
			}
			w.do("agent", "/approval_rounds/"+r, "remind", m{})
			if f := w.refuse(409, "guard_failed", "agent", "POST", "/approval_rounds/"+r+"/actions/remind", m{}); f.guards() != "patient" {
				t.Errorf("reminded again at once: %s", f.raw)
			}
			w.later(4 * time.Hour) // 18:00
			run()
			if got := w.get("ann", path); got.num("reminders") != 3 || got.str("escalated_to") != "" {
				t.Errorf("when due: %s", got.raw)
			}
			if k := w.get("manager", "/kpis/approvals.overdue"); k.num("value") != 0 {
				t.Errorf("due now is not overdue: %s", k.raw)
			}
			w.later(19 * time.Hour) // Tuesday 13:00: half as long again
			run()
			if got := w.get("boss", path); got.str("escalated_to") != w.ids["boss"] {
				t.Errorf("the manager is asked too: %s", got.raw)
			}
			if items := w.get("boss", "/approvals?filter=state=='pending'%26%26escalated_to==me").items(); len(items) != 1 {
				t.Errorf("boss sees %d", len(items))
			}
			w.get("boss", "/incidents/"+n)
			if k := w.get("manager", "/kpis/approvals.overdue"); k.num("value") != 1 {
				t.Errorf("overdue: %s", k.raw)
			}
			w.later(5 * time.Hour)
			run()
			run()
			if w.decisions(r)["ann"] != "expired" || w.state("/approval_rounds/"+r) != "expired" || w.get("agent", "/incidents/"+n).str("approval") != "expired" {
				t.Errorf("nobody decided: %v %s", w.decisions(r), w.state("/approval_rounds/"+r))
			}
			if k := w.get("manager", "/kpis/approvals.expired"); k.num("numerator") != 1 {
				t.Errorf("expired: %s", k.raw)
			}
		})
		w.run(t, "late by days, each step is done once", func(t *testing.T) {
			r := w.asks("agent", n, m{"rule": "quorum", "k": 1, "approvers": ids[:2], "time": "PT2H", "expired_rejects": true}).str("id")
			w.later(14 * 24 * time.Hour)
			run()
			for _, v := range w.get("auditor", "/approvals?filter=round=='"+r+"'").items() {
				if v["state"] != "expired" || v["step"] != 4.0 || v["reminders"] != 2.0 {
					t.Errorf("after two weeks: %v", v)
				}
			}
			if rep := run(); rep.num("done") != 0 {
				t.Errorf("run again: %s", rep.raw)
			}
			if s := w.state("/approval_rounds/" + r); s != "expired" {
				t.Errorf("state %s", s)
			}
		})
	})
}

// TestChangeIsAuthorised: a change starts when it is approved, and not before.
func TestChangeIsAuthorised(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		w.people("ann")
		c := "/changes/" + w.want(201, "resolver", "POST", "/changes", m{"title": "raise the pool size"}).str("number")
		w.refuse(409, "invalid_transition", "resolver", "POST", c+"/actions/start", m{})
		w.refuse(422, "nobody_may_decide", "resolver", "POST", c+"/actions/submit", m{})
		w.person("cm", []string{"change_manager"})
		w.do("resolver", c, "submit", m{})
		if s := w.state(c); s != "authorize" {
			t.Fatalf("submitted: %s", s)
		}
		w.refuse(409, "invalid_transition", "resolver", "POST", c+"/actions/start", m{})
		round := func() string {
			return w.get("auditor", "/approval_rounds?filter=target=='"+w.get("auditor", c).str("id")+"'&order=-created_at").items()[0]["id"].(string)
		}
		w.vote(round(), "cm", "reject", m{"comment": "not on a Friday"})
		if s := w.state(c); s != "new" {
			t.Fatalf("rejected: %s", s)
		}
		w.do("resolver", c, "submit", m{})
		first := round()
		w.want(200, "resolver", "PATCH", c, m{"title": "raise the pool size twice"})
		if s := w.state(c); s != "new" || w.state("/approval_rounds/"+first) != "cancelled" {
			t.Errorf("another change than was asked about: %s %s", s, w.state("/approval_rounds/"+first))
		}
		w.do("resolver", c, "submit", m{"authorisers": []string{w.ids["ann"], w.ids["cm"]}})
		w.vote(round(), "ann", "approve", m{})
		if s := w.state(c); s != "authorize" {
			t.Errorf("all of them: %s", s)
		}
		w.vote(round(), "cm", "approve", m{})
		if s := w.state(c); s != "scheduled" {
			t.Errorf("approved: %s", s)
		}
		w.want(200, "resolver", "PATCH", c, m{"description": "and restart"})
		if s := w.state(c); s != "new" {
			t.Errorf("edited after approval: %s", s)
		}
		w.do("resolver", c, "submit", m{"authorisers": nil})
		w.do("resolver", c, "withdraw", m{})
		if s := w.state(c); s != "new" || w.get("auditor", c).str("approval") != "cancelled" {
			t.Errorf("withdrawn: %s", s)
		}
		w.authorised(c)
		w.do("resolver", c, "start", m{})
		own := "/changes/" + w.want(201, "cm", "POST", "/changes", m{"title": "my own change"}).str("number")
		w.refuse(422, "nobody_may_decide", "cm", "POST", own+"/actions/submit", m{}) // the only change manager is its author
	})
}

// authorised has a change approved by a change manager.
func (w *world) authorised(path string) {
	w.t.Helper()
	if w.ids["cm"] == "" {
		w.person("cm", []string{"change_manager"})
	}
	w.do("resolver", path, "submit", m{})
	r := w.get("auditor", "/approval_rounds?filter=state=='open'%26%26target=='"+w.get("auditor", path).str("id")+"'").items()
	w.vote(r[0]["id"].(string), "cm", "approve", m{})
}

package api

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// The worked examples of book B §24 on priority and cost, through the API.
func TestIncidentCalculations(t *testing.T) {
	w := newWorld(t, "")
	for _, c := range []struct {
		id, calc string
		in, want m
	}{
		{"TV-INC-1", "priority", m{"impact": 2, "urgency": 1}, m{"priority": 2.0}},
		{"TV-INC-2", "priority", m{"users_affected": 30, "service_users": 200, "criticality": 1, "service_status": "degraded", "urgency": 2, "vip": true},
			m{"impact": 2.0, "urgency": 1.0, "priority": 2.0}},
		{"TV-INC-3", "priority", m{"users_affected": 3, "service_users": 4000, "criticality": 3, "service_status": "degraded", "urgency": 3, "workaround_accepted": true},
			m{"impact": 3.0, "urgency": 3.0, "priority": 5.0}},
		{"TV-INC-4", "priority", m{"criticality": 1, "service_status": "down", "urgency": 2}, m{"impact": 1.0, "urgency": 2.0, "priority": 2.0}},
		{"the second matrix: low × low = 4", "priority", m{"impact": 3, "urgency": 3, "matrix": "servicenow"}, m{"priority": 4.0}},
		{"TV-INC-5", "availability", m{"from": "2026-09-01T00:00:00Z", "to": "2026-10-01T00:00:00Z", "losses": []m{
			{"start": "2026-09-01T10:00:00Z", "end": "2026-09-01T11:00:00Z", "loss_pct": "100"},
			{"start": "2026-09-01T10:30:00Z", "end": "2026-09-01T12:30:00Z", "loss_pct": "50"}}}, m{"availability_pct": "99.757", "lost_minutes": "105"}},
		{"TV-INC-6", "incident-cost", m{"effort_hours": "3.5", "hourly_rate": "40000", "outage_hours": "1", "loss": "0.5", "downtime_cost_per_hour": "2000000"},
			m{"labour": "140000", "outage": "1000000", "total": "1140000"}},
	} {
		t.Run(c.id, func(t *testing.T) {
			r := w.want(200, "user", "POST", "/calc/"+c.calc, c.in)
			for k, v := range c.want {
				if r.at(k) != v {
					t.Errorf("%s = %v, want %v", k, r.at(k), v)
				}
			}
		})
	}
	w.refuse(400, "malformed_json", "user", "POST", "/calc/priority", m{"impakt": 1})
	w.refuse(404, "not_found", "user", "POST", "/calc/nothing", m{})
}

// TestIncidentChecks runs the acceptance checks of book B §24 on a real server.
func TestIncidentChecks(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, service := w.desk()
		w.run(t, "AC-B24-1", func(t *testing.T) { w.matrixIsData(t) })
		w.run(t, "AC-B24-2", func(t *testing.T) { w.holdsForCustomers(t, group, category) })
		w.run(t, "AC-B24-3", func(t *testing.T) { w.childrenFollow(t, group, category) })
		w.run(t, "AC-B24-4", func(t *testing.T) { w.majorIncident(t, group, category, service) })
		w.run(t, "AC-B24-5", func(t *testing.T) { w.outagesCount(t, group, category) })
		w.run(t, "problems and changes wake what waits for them", func(t *testing.T) { w.waits(t, group, category) })
		w.run(t, "merge, split, follow-up, ping-pong", func(t *testing.T) { w.wanders(t, group, category) })
		v := w.want(200, "auditor", "GET", "/journal/verify", nil)
		if list, _ := v.at("findings").([]any); len(list) > 0 {
			t.Errorf("verify: %s", v.raw)
		}
	})
}

// matrixIsData: changing the matrix changes only new and edited incidents.
func (w *world) matrixIsData(t *testing.T) {
	old := w.want(201, "agent", "POST", "/incidents", m{"title": "printer jams", "impact": 3, "urgency": 3})
	if old.num("priority") != 5 {
		t.Fatalf("priority %v, want 5", old.num("priority"))
	}
	rule := w.want(200, "manager", "GET", "/priority_rules?filter="+esc("matrix == 'default' && impact == 3 && urgency == 3"), nil).items()[0]
	w.want(200, "manager", "PATCH", "/priority_rules/"+rule["id"].(string), m{"priority": 4})
	if p := w.want(200, "agent", "GET", "/incidents/"+old.str("id"), nil).num("priority"); p != 5 {
		t.Errorf("an untouched incident became P%v", p)
	}
	if p := w.want(200, "agent", "PATCH", "/incidents/"+old.str("id"), m{"title": "printer jams again"}).num("priority"); p != 5 {
		t.Errorf("an edit of the title made it P%v", p)
	}
	if p := w.want(201, "agent", "POST", "/incidents", m{"title": "printer on fire", "impact": 3, "urgency": 3}).num("priority"); p != 4 {
		t.Errorf("a new incident is P%v, want 4", p)
	}
	w.want(200, "manager", "PATCH", "/priority_rules/"+rule["id"].(string), m{"priority": 5})
}

// holdsForCustomers: no silent waiting, a reply wakes it, five business days end it.
func (w *world) holdsForCustomers(t *testing.T, group, category string) {
	i := w.inProgress(group, category, nil)
	path := "/incidents/" + i.str("id")
	r := w.refuse(409, "guard_failed", "resolver", "POST", path+"/actions/hold", m{"hold_reason": "awaiting_customer"})
	if !strings.Contains(string(r.raw), "customer_told") || !strings.Contains(string(r.raw), "public comment") {
		t.Errorf("the guard does not say why: %s", r.raw)
	}
	if ko := w.call("resolver", "POST", path+"/actions/hold", m{"hold_reason": "awaiting_customer"}, "Accept-Language", "ko"); !strings.Contains(string(ko.raw), "공개 댓글") {
		t.Errorf("not in Korean: %s", ko.raw)
	}
	w.refuse(409, "guard_failed", "resolver", "POST", path+"/actions/hold", m{"hold_reason": "awaiting_supplier"})
	w.want(200, "resolver", "POST", path+"/actions/hold", m{"hold_reason": "awaiting_customer", "comment": "Which mailbox?"})
	w.want(201, "user", "POST", path+"/comments", m{"body": "the shared one"})
	if s := w.want(200, "resolver", "GET", path, nil).str("state"); s != "in_progress" {
		t.Fatalf("after the reply: %s", s)
	}
	w.want(200, "resolver", "POST", path+"/actions/hold", m{"hold_reason": "awaiting_customer", "comment": "Still there?"})
	w.later(2 * 24 * time.Hour)
	if n := w.want(200, "resolver", "GET", path, nil).num("reminders"); n != 1 {
		t.Errorf("reminders after 2 business days = %v, want 1", n)
	}
	w.later(4 * 24 * time.Hour) // Sunday: six days, four business days
	if s := w.want(200, "resolver", "GET", path, nil).str("state"); s != "on_hold" {
		t.Fatalf("over the weekend: %s", s)
	}
	w.later(24 * time.Hour) // Monday: the fifth business day
	got := w.want(200, "resolver", "GET", path, nil)
	if got.str("state") != "resolved" || got.str("resolution_code") != "no_fault_found" {
		t.Fatalf("after 5 business days: %s %s", got.str("state"), got.str("resolution_code"))
	}
	w.later(6 * 24 * time.Hour)
	if s := w.want(200, "resolver", "GET", path, nil).str("state"); s != "resolved" {
		t.Errorf("closed too early: %s", s)
	}
	w.later(24 * time.Hour)
	if s := w.want(200, "resolver", "GET", path, nil).str("state"); s != "closed" {
		t.Errorf("5 business days after resolution: %s, want closed", s)
	}
	w.refuse(409, "invalid_transition", "resolver", "POST", path+"/actions/reopen", m{"reason": "again"})
	w.refuse(409, "read_only", "resolver", "PATCH", path, m{"title": "changed after the end"})
}

// childrenFollow: three children are resolved with their parent; an end user reopens one.
func (w *world) childrenFollow(t *testing.T, group, category string) {
	parent := w.inProgress(group, category, m{"title": "core switch down"})
	var kids []string
	for n := range 3 {
		kid := w.want(201, "agent", "POST", "/incidents", m{"title": fmt.Sprint("no network on floor ", n), "requester": w.ids["user"], "category": category})
		w.want(201, "agent", "POST", "/links", m{"type": "child_of", "from": m{"kind": "incident", "id": kid.str("id")}, "to": m{"kind": "incident", "id": parent.str("number")}})
		kids = append(kids, kid.str("id"))
	}
	for _, kid := range kids {
		if got := w.want(200, "agent", "GET", "/incidents/"+kid, nil); got.str("state") != "in_progress" || got.str("parent") != parent.str("id") {
			t.Errorf("a child is %s, want the parent's track", got.str("state"))
		}
	}
	pp := "/incidents/" + parent.str("id")
	w.want(201, "resolver", "POST", pp+"/comments", m{"body": "A technician is on the way."})
	if said := w.want(200, "user", "GET", "/incidents/"+kids[0]+"/comments", nil).items(); len(said) != 1 {
		t.Errorf("the parent's comment did not reach the child: %v", said)
	}
	w.refuse(409, "link_cycle", "agent", "POST", "/links", m{"type": "child_of", "from": m{"kind": "incident", "id": parent.str("id")}, "to": m{"kind": "incident", "id": kids[0]}})
	r := w.refuse(409, "guard_failed", "resolver", "POST", pp+"/actions/resolve", m{"resolution_code": "fixed", "resolution_notes": "done"})
	if !strings.Contains(string(r.raw), "notes_long") {
		t.Errorf("short notes: %s", r.raw)
	}
	task := w.want(201, "resolver", "POST", "/incident_tasks", m{"incident": parent.str("id"), "title": "replace the switch"})
	notes := "The power supply of the switch was replaced."
	r = w.refuse(409, "guard_failed", "resolver", "POST", pp+"/actions/resolve", m{"resolution_code": "fixed", "resolution_notes": notes})
	if !strings.Contains(string(r.raw), "tasks_done") {
		t.Errorf("an open task: %s", r.raw)
	}
	w.want(200, "resolver", "POST", "/incident_tasks/"+task.str("id")+"/actions/complete", m{})
	w.later(time.Hour)
	w.want(200, "resolver", "POST", pp+"/actions/resolve", m{"resolution_code": "fixed", "resolution_notes": notes})
	for _, kid := range kids {
		if got := w.want(200, "agent", "GET", "/incidents/"+kid, nil); got.str("state") != "resolved" || got.str("resolution_notes") != notes {
			t.Errorf("a child is %s with %q", got.str("state"), got.str("resolution_notes"))
		}
	}
	w.want(200, "user", "POST", "/incidents/"+kids[0]+"/actions/reopen", m{"reason": "still no network here"})
	for path, want := range map[string]string{pp: "resolved", "/incidents/" + kids[0]: "in_progress", "/incidents/" + kids[1]: "resolved"} {
		if s := w.want(200, "agent", "GET", path, nil).str("state"); s != want {
			t.Errorf("%s is %s, want %s", path, s, want)
		}
	}
	w.want(200, "agent", "POST", pp+"/actions/reopen", m{"reason": "the switch failed again"})
	if got := w.want(200, "agent", "GET", "/incidents/"+kids[1], nil); got.str("state") != "in_progress" || got.num("reopen_count") != 1 {
		t.Errorf("an agent's reopening did not reach a child: %s", got.str("state"))
	}
}

// majorIncident: ten alike in half an hour, a commander, updates, no end user at the end.
func (w *world) majorIncident(t *testing.T, group, category, service string) {
	var ids []string
	for n := range 10 {
		r := w.want(201, "user", "POST", "/incidents", m{"title": fmt.Sprint("shop is slow for customer ", n), "service": service})
		ids = append(ids, r.str("id"))
		w.later(2 * time.Minute)
	}
	head := "/incidents/" + ids[0]
	if got := w.want(200, "mim", "GET", head, nil); got.str("major") != "candidate" {
		t.Fatalf("ten incidents in 20 minutes: major = %s", got.str("major"))
	}
	if s := w.want(200, "agent", "GET", "/incidents/"+ids[9], nil).at("similar"); s == nil || len(s.([]any)) == 0 {
		t.Errorf("no similar incidents were found: %v", s)
	}
	w.refuse(403, "forbidden", "agent", "POST", head+"/actions/confirm_major", m{"mi_commander": w.ids["mim"]})
	w.refuse(422, "validation", "mim", "POST", head+"/actions/confirm_major", m{})
	got := w.want(200, "mim", "POST", head+"/actions/confirm_major", m{"mi_commander": w.ids["mim"], "bridge_url": "https://meet.example/1"})
	if got.str("problem") == "" || got.str("next_update_at") == "" {
		got = w.want(200, "mim", "GET", head, nil)
		if got.str("problem") == "" || got.str("next_update_at") == "" {
			t.Fatalf("no problem record or no promise of an update: %s", got.raw)
		}
	}
	level := got.num("hierarchic_level")
	w.later(20 * time.Minute)
	message := m{"incident": ids[0], "status": "identified", "text": m{"ko": "원인을 찾았습니다", "en": "We found the cause"}}
	w.refuse(422, "required", "mim", "POST", "/incident_updates", message)
	message["next_update_at"] = w.at(-time.Minute)
	w.refuse(422, "in_the_past", "mim", "POST", "/incident_updates", message)
	message["next_update_at"] = w.at(30 * time.Minute)
	w.want(201, "mim", "POST", "/incident_updates", message)
	w.later(20 * time.Minute)
	if l := w.want(200, "mim", "GET", head, nil).num("hierarchic_level"); l != level {
		t.Errorf("escalated though an update came in time: %v", l)
	}
	w.later(15 * time.Minute)
	if l := w.want(200, "mim", "GET", head, nil).num("hierarchic_level"); l != level+1 {
		t.Errorf("a missing update raised the level to %v, want %v", l, level+1)
	}
	w.want(200, "mim", "POST", head+"/actions/assign", m{"group": group, "category": category})
	w.want(200, "resolver", "POST", head+"/actions/accept", m{})
	done := m{"resolution_code": "fixed", "resolution_notes": "The database got a new index and the shop is fast again."}
	r := w.refuse(409, "guard_failed", "resolver", "POST", head+"/actions/resolve", done)
	if !strings.Contains(string(r.raw), "major_by_manager") {
		t.Errorf("who resolves a major incident: %s", r.raw)
	}
	w.want(200, "mim", "POST", head+"/actions/resolve", done)
	w.refuse(403, "forbidden", "user", "POST", head+"/actions/confirm", m{})
	w.refuse(403, "forbidden", "user", "POST", head+"/actions/reopen", m{"reason": "no"})
	w.later(10 * 24 * time.Hour)
	if s := w.want(200, "mim", "GET", head, nil).str("state"); s != "resolved" {
		t.Errorf("a major incident closed by itself: %s", s)
	}
	w.want(200, "mim", "POST", head+"/actions/close", m{})
}

// outagesCount: availability comes from outage records, overlaps counted once.
func (w *world) outagesCount(t *testing.T, group, category string) {
	svc := w.want(201, "admin", "POST", "/services", m{"name": "Payment", "criticality": 1}).str("id")
	start := time.UnixMicro(w.now.Load()).UTC().Truncate(time.Hour)
	down := w.inProgress(group, category, m{"service": svc, "service_status": "down", "impact_start": start.Format(time.RFC3339)})
	near := w.want(200, "agent", "GET", "/incidents/"+down.str("id")+"/links", nil).items()
	if len(near) != 1 || near[0]["type"] != "caused" {
		t.Fatalf("a service is down, but there is no outage: %v", near)
	}
	w.later(31 * time.Minute)
	slow := w.inProgress(group, category, m{"service": svc, "service_status": "degraded", "impact_start": start.Add(30 * time.Minute).Format(time.RFC3339),
		"detected_at": start.Add(30 * time.Minute).Format(time.RFC3339)})
	w.later(4 * time.Hour)
	r := w.refuse(422, "validation", "mim", "POST", "/incidents/"+down.str("id")+"/actions/resolve",
		m{"resolution_code": "fixed", "resolution_notes": "It was restored before it began, they say.", "restored_at": start.Add(-time.Hour).Format(time.RFC3339)})
	if !strings.Contains(string(r.raw), "restored_at") {
		t.Errorf("which field: %s", r.raw)
	}
	for id, after := range map[string]time.Duration{down.str("id"): time.Hour, slow.str("id"): 150 * time.Minute} {
		w.want(200, "mim", "POST", "/incidents/"+id+"/actions/resolve",
			m{"resolution_code": "fixed", "resolution_notes": "The payment gateway was restarted.", "restored_at": start.Add(after).Format(time.RFC3339)})
	}
	from := start.AddDate(0, 0, -10)
	k := w.want(200, "auditor", "GET", fmt.Sprintf("/kpis/AVL-01?subject=%s&from=%s&to=%s", svc, from.Format(time.RFC3339), from.AddDate(0, 0, 30).Format(time.RFC3339)), nil)
	if v := k.num("value"); v < 99.7569 || v > 99.7570 { // (43200 − 105) / 43200
		t.Errorf("availability %v, want 99.757: %s", v, k.raw)
	}
	none := w.want(200, "auditor", "GET", "/kpis/AVL-01", nil)
	if none.at("value") != nil || none.str("reason") == "" {
		t.Errorf("no subject must be no value with a reason: %s", none.raw)
	}
}

// waits: held incidents go on when what they wait for is done.
func (w *world) waits(t *testing.T, group, category string) {
	prb := w.want(201, "problem", "POST", "/problems", m{"title": "the pool leaks connections"})
	i := w.inProgress(group, category, nil)
	path := "/incidents/" + i.str("id")
	w.refuse(409, "guard_failed", "resolver", "POST", path+"/actions/hold", m{"hold_reason": "awaiting_problem"})
	w.want(200, "resolver", "POST", path+"/actions/hold", m{"hold_reason": "awaiting_problem", "problem": prb.str("number")})
	w.want(200, "problem", "POST", "/problems/"+prb.str("id")+"/actions/investigate", m{})
	w.want(200, "problem", "POST", "/problems/"+prb.str("id")+"/actions/apply_fix", m{})
	if got := w.want(200, "resolver", "GET", path, nil); got.str("state") != "resolved" || got.str("resolution_code") != "by_problem" {
		t.Errorf("after the fix: %s %s", got.str("state"), got.str("resolution_code"))
	}
	chg := w.want(201, "resolver", "POST", "/changes", m{"title": "raise the pool size"})
	j := w.inProgress(group, category, nil)
	path = "/incidents/" + j.str("id")
	w.refuse(409, "guard_failed", "resolver", "POST", path+"/actions/hold", m{"hold_reason": "awaiting_change"})
	w.want(201, "resolver", "POST", "/links", m{"type": "resolved_by_change", "from": m{"kind": "incident", "id": j.str("id")}, "to": m{"kind": "change", "id": chg.str("id")}})
	w.want(200, "resolver", "POST", path+"/actions/hold", m{"hold_reason": "awaiting_change"})
	w.authorised("/changes/" + chg.str("id"))
	w.want(200, "resolver", "POST", "/changes/"+chg.str("id")+"/actions/start", m{})
	w.want(200, "resolver", "POST", "/changes/"+chg.str("id")+"/actions/close", m{})
	if s := w.want(200, "resolver", "GET", path, nil).str("state"); s != "in_progress" {
		t.Errorf("after the change: %s", s)
	}
}

// wanders: what is merged, split, answered after the end, and passed to and fro.
func (w *world) wanders(t *testing.T, group, category string) {
	a := w.inProgress(group, category, m{"title": "VPN drops every hour"})
	b := w.want(201, "user2", "POST", "/incidents", m{"title": "VPN is gone again", "description": "since this morning"})
	bp := "/incidents/" + b.str("id")
	w.refuse(422, "validation", "agent", "POST", bp+"/actions/merge", m{})
	merged := w.want(200, "agent", "POST", bp+"/actions/merge", m{"duplicate_of": a.str("number")})
	if merged.str("state") != "cancelled" || merged.str("resolution_code") != "duplicate" {
		t.Errorf("merged: %s %s", merged.str("state"), merged.str("resolution_code"))
	}
	if ws := w.want(200, "agent", "GET", "/incidents/"+a.str("id"), nil).at("watchers").([]any); len(ws) != 1 || ws[0] != w.ids["user2"] {
		t.Errorf("the other requester does not watch: %v", ws)
	}
	w.want(200, "user2", "GET", "/incidents/"+a.str("id"), nil)
	w.want(200, "agent", "POST", "/incidents/"+a.str("id")+"/actions/split", m{"reason": "also the printer is offline"})
	if found := w.want(200, "agent", "GET", "/incidents?filter="+esc("title == 'also the printer is offline'"), nil).items(); len(found) != 1 {
		t.Errorf("nothing was split off")
	}
	second := w.want(201, "admin", "POST", "/groups", m{"name": "Servers", "tier": 2, "members": []string{w.ids["other"]}}).str("id")
	ap := "/incidents/" + a.str("id")
	w.refuse(409, "guard_failed", "resolver", "POST", ap+"/actions/reassign", m{"group": second})
	got := w.want(200, "resolver", "POST", ap+"/actions/reassign", m{"group": second, "reason": "needs a server engineer"})
	if got.num("functional_level") != 2 || got.num("reassign_count") != 1 {
		t.Errorf("level %v, reassigned %v", got.num("functional_level"), got.num("reassign_count"))
	}
	w.refuse(403, "forbidden", "resolver", "POST", ap+"/actions/accept", m{}) // it is another group's now
	if r := w.refuse(409, "guard_failed", "agent", "POST", ap+"/actions/accept", m{}); !strings.Contains(string(r.raw), "is_member") {
		t.Errorf("an agent of another group accepts: %s", r.raw)
	}
	w.want(200, "agent", "POST", ap+"/actions/reassign", m{"group": group, "reason": "back"})
	if got = w.want(200, "agent", "POST", ap+"/actions/reassign", m{"group": second, "reason": "and forth"}); got.at("ping_pong") != true {
		t.Errorf("three hops and no ping-pong flag")
	}
	w.refuse(422, "use_action", "agent", "PATCH", ap, m{"group": group})

	c := w.inProgress(group, category, m{"title": "keyboard is broken"})
	cp := "/incidents/" + c.str("id")
	w.want(200, "resolver", "POST", cp+"/actions/resolve", m{"resolution_code": "fixed", "resolution_notes": "The user got a new keyboard."})
	w.want(200, "user", "POST", cp+"/actions/confirm", m{})
	w.want(201, "user", "POST", cp+"/comments", m{"body": "the new one is broken too"})
	follow := w.want(200, "agent", "GET", cp+"/links", nil).items()
	if len(follow) != 1 || follow[0]["type"] != "follow_up_of" || follow[0]["reverse"] != true {
		t.Errorf("no follow-up: %v", follow)
	}
}

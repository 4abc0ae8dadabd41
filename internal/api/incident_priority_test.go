package api

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestPriorityRules: the edges of book B §24's rules, through the production's own function.
func TestPriorityRules(t *testing.T) {
	w := newWorld(t, "")
	calc := func(in m) string {
		t.Helper()
		r := w.want(200, "user", "POST", "/calc/priority", in)
		return fmt.Sprint(r.num("impact"), " ", r.num("urgency"), " P", r.num("priority"))
	}
	for name, c := range map[string]struct {
		in   m
		want string
	}{
		"nothing is known":               {m{}, "3 3 P5"},
		"500 users":                      {m{"users_affected": 500}, "1 3 P3"},
		"499 users of a million":         {m{"users_affected": 499, "service_users": 1_000_000}, "2 3 P4"},
		"50 users":                       {m{"users_affected": 50}, "2 3 P4"},
		"49 users of a thousand":         {m{"users_affected": 49, "service_users": 1_000}, "3 3 P5"},
		"25 %":                           {m{"users_affected": 25, "service_users": 100}, "1 3 P3"},
		"just under 25 %":                {m{"users_affected": 24, "service_users": 97}, "2 3 P4"},
		"5 %":                            {m{"users_affected": 10, "service_users": 200}, "2 3 P4"},
		"just under 5 %":                 {m{"users_affected": 9, "service_users": 181}, "3 3 P5"},
		"nobody":                         {m{"users_affected": 0, "service_users": 10}, "3 3 P5"},
		"of nobody":                      {m{"users_affected": 3, "service_users": 0}, "3 3 P5"},
		"down, mission critical":         {m{"service_status": "down", "criticality": 1}, "1 3 P3"},
		"down, business critical":        {m{"service_status": "down", "criticality": 2}, "2 3 P4"},
		"degraded, mission critical":     {m{"service_status": "degraded", "criticality": 1}, "2 3 P4"},
		"degraded, business critical":    {m{"service_status": "degraded", "criticality": 2}, "3 3 P5"},
		"at risk, mission critical":      {m{"service_status": "at_risk", "criticality": 1}, "3 3 P5"},
		"down, of unknown criticality":   {m{"service_status": "down"}, "3 3 P5"},
		"the greater of the two":         {m{"service_status": "down", "criticality": 1, "users_affected": 1}, "1 3 P3"},
		"a VIP":                          {m{"impact": 2, "urgency": 3, "vip": true}, "2 2 P3"},
		"a deadline in 3:59":             {m{"impact": 2, "urgency": 3, "deadline_hours": 3.99}, "2 2 P3"},
		"a deadline in 4:00":             {m{"impact": 2, "urgency": 3, "deadline_hours": 4}, "2 3 P4"},
		"a deadline that has passed":     {m{"impact": 2, "urgency": 3, "deadline_hours": -1}, "2 2 P3"},
		"a VIP with a deadline":          {m{"impact": 2, "urgency": 3, "vip": true, "deadline_hours": 1}, "2 1 P2"},
		"no more urgent than urgent":     {m{"impact": 2, "urgency": 1, "vip": true, "deadline_hours": 1}, "2 1 P2"},
		"a workaround":                   {m{"impact": 1, "urgency": 1, "workaround_accepted": true}, "1 2 P2"},
		"no less urgent than not":        {m{"impact": 1, "urgency": 3, "workaround_accepted": true}, "1 3 P3"},
		"a VIP with a workaround":        {m{"impact": 2, "urgency": 2, "vip": true, "workaround_accepted": true}, "2 2 P3"},
		"security, workaround or not":    {m{"impact": 3, "urgency": 3, "security": true, "workaround_accepted": true}, "3 1 P3"},
		"safety":                         {m{"impact": 3, "urgency": 3, "safety": true}, "3 1 P3"},
		"low and low in ServiceNow's":    {m{"impact": 3, "urgency": 3, "matrix": "servicenow"}, "3 3 P4"},
		"low and medium in ServiceNow's": {m{"impact": 3, "urgency": 2, "matrix": "servicenow"}, "3 2 P4"},
	} {
		if got := calc(c.in); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	for name, matrix := range map[string][3][3]int{"default": {{1, 2, 3}, {2, 3, 4}, {3, 4, 5}}, "servicenow": {{1, 2, 3}, {2, 3, 4}, {3, 4, 4}}} {
		for i := range 3 {
			for u := range 3 {
				if got, want := calc(m{"impact": i + 1, "urgency": u + 1, "matrix": name}), fmt.Sprint(i+1, " ", u+1, " P", matrix[i][u]); got != want {
					t.Errorf("%s: %s, want %s", name, got, want)
				}
			}
		}
	}
	for _, bad := range []m{{"impact": 0}, {"impact": 4}, {"urgency": -1}, {"criticality": 5}, {"users_affected": -1}, {"service_status": "broken"}} {
		w.refuse(422, "validation", "user", "POST", "/calc/priority", bad)
	}
	w.refuse(422, "not_a_choice", "user", "POST", "/calc/priority", m{"matrix": "ours"})
	w.refuse(400, "malformed_json", "user", "POST", "/calc/priority", m{"impact": "high"})
	w.refuse(422, "too_big", "user", "POST", "/calc/incident-cost", m{"loss": "1.5"})
	w.refuse(422, "too_small", "user", "POST", "/calc/incident-cost", m{"effort_hours": "-1"})
	w.refuse(422, "wrong_format", "user", "POST", "/calc/incident-cost", m{"hourly_rate": "many"})
}

// TestPriorityOfRecords: the same rules on records, and what a change of them leaves alone.
func TestPriorityOfRecords(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		shop := w.want(201, "admin", "POST", "/services", m{"name": "Till", "criticality": 1, "user_count": 200}).str("id")
		wiki := w.want(201, "admin", "POST", "/services", m{"name": "Wiki", "criticality": 3, "user_count": 4000}).str("id")
		w.person("ceo", []string{"end_user"})
		w.want(200, "admin", "PATCH", "/users/"+w.ids["ceo"], m{"vip": true})
		report := func(body m) reply {
			if body["title"] == nil {
				body["title"] = "it does not work"
			}
			return w.want(201, "agent", "POST", "/incidents", body)
		}
		says := func(t *testing.T, r reply, impact, urgency, priority float64) {
			t.Helper()
			if r.num("impact") != impact || r.num("effective_urgency") != urgency || r.num("priority") != priority {
				t.Errorf("impact %v, urgency %v, P%v; want %v, %v, P%v", r.num("impact"), r.num("effective_urgency"), r.num("priority"), impact, urgency, priority)
			}
		}
		w.run(t, "TV-INC-1", func(t *testing.T) { says(t, report(m{"impact": 2, "urgency": 1}), 2, 1, 2) })
		w.run(t, "TV-INC-2", func(t *testing.T) {
			says(t, report(m{"service": shop, "service_status": "degraded", "users_affected": 30, "urgency": 2, "requester": w.ids["ceo"]}), 2, 1, 2)
		})
		w.run(t, "TV-INC-3", func(t *testing.T) {
			r := report(m{"service": wiki, "users_affected": 3, "urgency": 3, "workaround_accepted": true})
			says(t, r, 3, 3, 5)
			if r.str("service_status") != "degraded" {
				t.Errorf("the status assumed: %s", r.str("service_status"))
			}
		})
		w.run(t, "TV-INC-4", func(t *testing.T) {
			says(t, report(m{"service": shop, "service_status": "down", "urgency": 2}), 1, 2, 2)
		})
		w.run(t, "facts that change are judged again, what was said by hand stands", func(t *testing.T) {
			p := "/incidents/" + report(m{"service": wiki, "urgency": 2}).str("id")
			says(t, w.get("agent", p), 3, 2, 4)
			says(t, w.want(200, "agent", "PATCH", p, m{"users_affected": 1000}), 1, 2, 2)
			says(t, w.want(200, "agent", "PATCH", p, m{"impact": 3}), 3, 2, 4)
			says(t, w.want(200, "agent", "PATCH", p, m{"urgency": 1}), 3, 1, 3)
			says(t, w.want(200, "agent", "PATCH", p, m{"workaround_accepted": true}), 3, 2, 4)
			says(t, w.want(200, "agent", "PATCH", p, m{"impact": nil}), 1, 2, 2)
			says(t, w.want(200, "agent", "PATCH", p, m{"requester": w.ids["ceo"]}), 1, 1, 1)
		})
		w.run(t, "a deadline that comes near", func(t *testing.T) {
			p := "/incidents/" + report(m{"impact": 2, "urgency": 3, "deadline": w.at(6 * time.Hour)}).str("id")
			says(t, w.get("agent", p), 2, 3, 4)
			w.later(2 * time.Hour)
			says(t, w.get("agent", p), 2, 3, 4)
			w.later(20 * time.Minute)
			says(t, w.get("agent", p), 2, 2, 3)
			version := w.get("agent", p).num("version")
			w.later(time.Hour)
			if v := w.get("agent", p).num("version"); v != version {
				t.Errorf("judged again and again: version %v, then %v", version, v)
			}
			says(t, w.want(200, "agent", "PATCH", p, m{"deadline": w.at(48 * time.Hour)}), 2, 3, 4)
		})
		w.run(t, "overriding it", func(t *testing.T) {
			p := "/incidents/" + report(m{"impact": 3, "urgency": 3}).str("id")
			for _, who := range []string{"agent", "user"} {
				if r := w.call(who, "PATCH", p, m{"priority_override": 1, "reason": "I say so"}); r.status != 403 && r.status != 404 {
					t.Errorf("%s overrides: %d", who, r.status)
				}
			}
			if r := w.refuse(403, "field_forbidden", "agent", "PATCH", p, m{"priority_override": 1, "reason": "I say so"}); r.wrong() != "priority_override:field_forbidden" {
				t.Errorf("an agent: %s", r.wrong())
			}
			if r := w.refuse(422, "validation", "manager", "PATCH", p, m{"priority_override": 2}); r.wrong() != "priority_override:needs_reason" {
				t.Errorf("without a reason: %s", r.wrong())
			}
			if r := w.want(200, "manager", "PATCH", p, m{"priority_override": 2, "reason": "the minister is waiting"}); r.num("priority") != 2 || r.num("impact") != 3 {
				t.Errorf("overridden: P%v", r.num("priority"))
			}
			hist := w.get("manager", p+"/history").items()
			last := hist[len(hist)-1]
			if last["reason"] != "the minister is waiting" || last["actor"] != w.ids["manager"] {
				t.Errorf("the history says %v", last)
			}
			for who, want := range map[string]bool{"agent": false, "manager": true} {
				fields, _ := w.get(who, p).at("can", "fields").([]any)
				if len(fields) == 0 || slices.Contains(fields, any("priority_override")) != want {
					t.Errorf("%s is offered %v", who, fields)
				}
			}
			if r := w.want(200, "manager", "PATCH", p, m{"priority_override": nil, "reason": "he has gone"}); r.num("priority") != 5 {
				t.Errorf("taken back: P%v", r.num("priority"))
			}
			w.refuse(422, "validation", "agent", "PATCH", p, m{"priority": 1})
			w.refuse(422, "validation", "agent", "POST", "/incidents", m{"title": "mine first", "priority": 1})
			w.refuse(403, "field_forbidden", "agent", "POST", "/incidents", m{"title": "mine first", "priority_override": 1, "reason": "please"})
		})
		w.run(t, "another matrix, other thresholds: for what is new", func(t *testing.T) {
			old := "/incidents/" + report(m{"impact": 3, "urgency": 3, "users_affected": 20}).str("id")
			w.want(201, "admin", "POST", "/settings", m{"name": "incident.matrix", "value": "servicenow"})
			w.want(201, "admin", "POST", "/settings", m{"name": "incident.impact_users_medium", "value": "20"})
			says(t, w.get("agent", old), 3, 3, 5)
			says(t, report(m{"impact": 3, "urgency": 3}), 3, 3, 4)
			says(t, report(m{"users_affected": 20}), 2, 3, 4)
			says(t, w.want(200, "agent", "PATCH", old, m{"title": "only words"}), 3, 3, 5)
			says(t, w.want(200, "agent", "PATCH", old, m{"users_affected": 21}), 2, 3, 4)
		})
	})
}

package api

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const bridge = "https://meet.example/1"

// TestMajorCandidates: what makes a candidate, and what does not (book B §24).
func TestMajorCandidates(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		service := func(criticality int) string {
			return w.want(201, "admin", "POST", "/services", m{"name": fmt.Sprint("Service ", w.now.Add(1)), "criticality": criticality, "user_count": 4000}).str("id")
		}
		report := func(who string, body m) string {
			if body["title"] == nil {
				body["title"] = "it does not work"
			}
			return "/incidents/" + w.want(201, who, "POST", "/incidents", body).str("id")
		}
		major := func(p string) string { return w.get("mim", p).str("major") }
		w.run(t, "at once", func(t *testing.T) {
			for name, c := range map[string]struct {
				body   m
				want   string
				reason string
			}{
				"P1":                             {m{"impact": 1, "urgency": 1}, "candidate", "P1"},
				"P2":                             {m{"impact": 1, "urgency": 2}, "none", ""},
				"danger to the public":           {m{"safety": true}, "candidate", "safety"},
				"personal data exposed":          {m{"data_exposed": true}, "candidate", "personal data"},
				"a security incident":            {m{"security": true, "impact": 3}, "none", ""},
				"an important service degraded":  {m{"service": service(1), "service_status": "degraded", "urgency": 2}, "none", ""},
				"a security incident, P1 though": {m{"security": true, "impact": 1}, "candidate", "P1"},
			} {
				c.body["title"], c.body["requester"] = "reported: "+name, w.ids["agent"]
				r := w.want(201, "agent", "POST", "/incidents", c.body)
				got := w.get("auditor", "/incidents/"+r.str("id"))
				if got.str("major") != c.want || !strings.Contains(got.str("major_reason"), c.reason) {
					t.Errorf("%s: %s %q, want %s", name, got.str("major"), got.str("major_reason"), c.want)
				}
			}
			p := report("agent", m{"impact": 3})
			w.want(200, "agent", "PATCH", p, m{"impact": 1, "urgency": 1})
			if got := major(p); got != "candidate" {
				t.Errorf("one that becomes P1: %s", got)
			}
		})
		w.run(t, "TV-INC-4 on a record: down for five minutes", func(t *testing.T) {
			p := report("agent", m{"service": service(1), "service_status": "down", "urgency": 2})
			got := w.get("mim", p)
			if got.num("impact") != 1 || got.num("priority") != 2 || got.str("major") != "none" {
				t.Fatalf("impact %v, P%v, %s", got.num("impact"), got.num("priority"), got.str("major"))
			}
			w.later(4 * time.Minute)
			if s := major(p); s != "none" {
				t.Errorf("after 4 minutes: %s", s)
			}
			w.later(time.Minute)
			if got := w.get("mim", p); got.str("major") != "candidate" || !strings.Contains(got.str("major_reason"), "5 minutes") {
				t.Errorf("after 5 minutes: %s %q", got.str("major"), got.str("major_reason"))
			}
			less := report("agent", m{"service": service(2), "service_status": "down", "urgency": 2})
			w.later(10 * time.Minute)
			if s := major(less); s != "none" {
				t.Errorf("a service that is not mission critical: %s", s)
			}
		})
		w.run(t, "ten of one service in half an hour, once", func(t *testing.T) {
			storm, calm := service(3), service(3)
			var ids []string
			for n := range 10 {
				if n == 9 {
					w.later(3 * time.Minute)
					if s := major(ids[0]); s != "none" {
						t.Fatalf("nine made a candidate: %s", s)
					}
				}
				ids = append(ids, report("user", m{"service": storm, "title": fmt.Sprint("the till is slow ", n)}))
				if n < 9 {
					report("user", m{"title": fmt.Sprint("of no service ", n)})
					report("user", m{"service": calm, "title": fmt.Sprint("elsewhere ", n)})
				}
			}
			w.later(2 * time.Minute)
			if got := w.get("mim", ids[0]); got.str("major") != "candidate" || !strings.Contains(got.str("major_reason"), "10 incidents") {
				t.Fatalf("ten: %s %q", got.str("major"), got.str("major_reason"))
			}
			w.later(30 * time.Minute) // the first is no longer among the latest
			for n := range 12 {
				ids = append(ids, report("user", m{"service": storm, "title": fmt.Sprint("still slow ", n)}))
			}
			w.later(2 * time.Minute)
			if n := w.get("mim", "/incidents?count=true&filter="+esc("service == '"+storm+"' && major != 'none'")).num("total"); n != 1 {
				t.Errorf("one storm made %v candidates", n)
			}
			if n := w.get("mim", "/incidents?count=true&filter="+esc("service == '"+calm+"' && major != 'none'")).num("total"); n != 0 {
				t.Errorf("nine made %v", n)
			}
		})
		w.run(t, "slowly is no storm", func(t *testing.T) {
			s := service(3)
			for n := range 12 {
				report("user", m{"service": s, "title": fmt.Sprint("every four minutes ", n)})
				w.later(4 * time.Minute)
			}
			if n := w.get("mim", "/incidents?count=true&filter="+esc("service == '"+s+"' && major != 'none'")).num("total"); n != 0 {
				t.Errorf("%v candidates", n)
			}
		})
		w.run(t, "ten children in half an hour", func(t *testing.T) {
			parent := report("agent", m{"title": "core switch"})
			for n := range 10 {
				kid := report("user", m{"title": fmt.Sprint("no network in room ", n)})
				w.link("agent", "child_of", kid, parent)
			}
			w.later(2 * time.Minute)
			if s := major(parent); s != "candidate" {
				t.Errorf("the parent: %s", s)
			}
		})
		w.run(t, "thresholds are data", func(t *testing.T) {
			w.want(201, "admin", "POST", "/settings", m{"name": "incident.major_crowd", "value": "3"})
			s, first := service(4), ""
			for n := range 3 {
				p := report("user", m{"service": s, "title": fmt.Sprint("the wiki is slow ", n)})
				if n == 0 {
					first = p
				}
			}
			w.later(2 * time.Minute)
			if got := major(first); got != "candidate" {
				t.Errorf("three, as set: %s", got)
			}
		})
	})
}

// TestMajorIncidents: deciding on a candidate, who may, what comes of it, and the promise
// of updates.
func TestMajorIncidents(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, service := w.desk()
		candidate := func() string {
			p := "/incidents/" + w.inProgress(group, category, m{"service": service}).str("id")
			w.do("resolver", p, "propose_major", m{"reason": "all shops are closed"})
			return p
		}
		level := func(p string) float64 { return w.get("mim", p).num("hierarchic_level") }
		w.run(t, "proposing", func(t *testing.T) {
			p := "/incidents/" + w.inProgress(group, category, nil).str("id")
			w.refuse(403, "forbidden", "user", "POST", p+"/actions/propose_major", m{"reason": "please"})
			w.refuse(409, "guard_failed", "resolver", "POST", p+"/actions/propose_major", m{})
			w.do("resolver", p, "propose_major", m{"reason": "all shops are closed"})
			if r := w.refuse(409, "guard_failed", "agent", "POST", p+"/actions/propose_major", m{"reason": "again"}); r.guards() != "not_major_yet" {
				t.Errorf("twice: %s", r.guards())
			}
		})
		w.run(t, "a candidate nobody decides on escalates every 15 minutes", func(t *testing.T) {
			p := candidate()
			before := level(p)
			for n, c := range []struct {
				wait time.Duration
				want float64
			}{{14 * time.Minute, 0}, {time.Minute, 1}, {14 * time.Minute, 1}, {time.Minute, 2}} {
				w.later(c.wait)
				if l := level(p); l != before+c.want {
					t.Errorf("step %d: level %v, want %v", n, l, before+c.want)
				}
			}
			w.do("mim", p, "demote_major", m{"reason": "one shop only"})
			w.later(time.Hour)
			if got := w.get("mim", p); got.num("hierarchic_level") != before+2 || got.str("major") != "demoted" || got.str("major_reason") != "one shop only" {
				t.Errorf("after it was refused: level %v, %s %q", got.num("hierarchic_level"), got.str("major"), got.str("major_reason"))
			}
		})
		w.run(t, "who confirms, and with what", func(t *testing.T) {
			p := candidate()
			body := m{"mi_commander": w.ids["mim"], "comms_lead": w.ids["manager"], "bridge_url": bridge, "update_interval_min": 15}
			for _, who := range []string{"agent", "resolver", "manager", "admin"} {
				w.refuse(403, "forbidden", who, "POST", p+"/actions/confirm_major", body)
				w.refuse(403, "forbidden", who, "POST", p+"/actions/demote_major", m{"reason": "no"})
			}
			w.refuse(403, "forbidden", "user", "POST", p+"/actions/confirm_major", body)
			w.refuse(404, "not_found", "user2", "POST", p+"/actions/confirm_major", body)
			for missing, body := range map[string]m{"mi_commander:required comms_lead:required bridge_url:required": {}, "bridge_url:required": {"mi_commander": w.ids["mim"]},
				"mi_commander:required comms_lead:required": {"bridge_url": bridge}} {
				if r := w.refuse(422, "validation", "mim", "POST", p+"/actions/confirm_major", body); r.wrong() != missing {
					t.Errorf("%v: %s, want %s", body, r.wrong(), missing)
				}
			}
			for _, bad := range []string{"javascript:alert(1)", "over there", "https://"} {
				if r := w.refuse(422, "validation", "mim", "POST", p+"/actions/confirm_major", m{"mi_commander": w.ids["mim"], "bridge_url": bad}); r.wrong() != "bridge_url:wrong_format" {
					t.Errorf("bridge %q: %s", bad, r.wrong())
				}
			}
			got := w.do("mim", p, "confirm_major", body)
			if got.str("major") != "confirmed" || got.str("comms_lead") != w.ids["manager"] || got.str("next_update_at") != w.at(15*time.Minute) {
				t.Errorf("confirmed: %s", got.raw)
			}
			got = w.get("mim", p)
			if prb := w.get("mim", "/problems/"+got.str("problem")); prb.str("service") != service || prb.str("state") != "new" {
				t.Errorf("its problem: %s", prb.raw)
			}
			types := map[string]int{}
			for _, l := range w.get("auditor", p+"/links").items() {
				types[fmt.Sprint(l["type"])]++
			}
			if types["investigated_by"] != 1 {
				t.Errorf("no problem record: %v", types)
			}
			updates := w.get("mim", "/incident_updates?filter="+esc("incident == '"+got.str("id")+"'")).items()
			if len(updates) != 1 || updates[0]["audience"] != "stakeholders" || updates[0]["status"] != "investigating" || updates[0]["next_update_at"] != got.str("next_update_at") {
				t.Errorf("the stakeholders were told: %v", updates)
			}
			if r := w.refuse(409, "guard_failed", "mim", "POST", p+"/actions/confirm_major", body); r.guards() != "is_candidate" {
				t.Errorf("twice: %s", r.guards())
			}
			var verbs []string
			for _, h := range w.get("mim", p+"/history").items() {
				verbs = append(verbs, fmt.Sprint(h["verb"]))
			}
			if all := strings.Join(verbs, " "); !strings.Contains(all, "create") || !strings.Contains(all, "propose_major") || !strings.Contains(all, "confirm_major") {
				t.Errorf("the timeline: %s", all)
			}
		})
		w.run(t, "a standing bridge, and one person for both roles", func(t *testing.T) {
			w.want(201, "admin", "POST", "/settings", m{"name": "incident.major_bridge", "value": "https://meet.example/standing"})
			got := w.do("mim", candidate(), "confirm_major", m{"mi_commander": w.ids["mim"]})
			if got.str("bridge_url") != "https://meet.example/standing" || got.str("comms_lead") != w.ids["mim"] {
				t.Errorf("%s %s", got.str("bridge_url"), got.str("comms_lead"))
			}
		})
		w.run(t, "a missing update escalates, a given one does not", func(t *testing.T) {
			p := candidate()
			w.do("mim", p, "confirm_major", m{"mi_commander": w.ids["mim"], "bridge_url": bridge})
			id := p[len("/incidents/"):]
			before := level(p)
			w.later(29 * time.Minute)
			if l := level(p); l != before {
				t.Errorf("within the half hour: %v", l)
			}
			w.want(201, "mim", "POST", "/incident_updates", m{"incident": id, "status": "identified", "text": m{"ko": "원인을 찾았습니다", "en": "We found the cause"}, "next_update_at": w.at(20 * time.Minute)})
			w.later(19 * time.Minute)
			if l := level(p); l != before {
				t.Errorf("an update came in time: %v", l)
			}
			w.later(time.Minute)
			if l := level(p); l != before+1 {
				t.Errorf("the promise was broken: level %v, want %v", l, before+1)
			}
			w.later(30 * time.Minute)
			if l := level(p); l != before+2 {
				t.Errorf("and again: level %v, want %v", l, before+2)
			}
			w.want(201, "mim", "POST", "/incident_updates", m{"incident": id, "status": "resolved", "text": m{"ko": "복구되었습니다"}})
			w.later(2 * time.Hour)
			if l := level(p); l != before+2 {
				t.Errorf("after the all-clear: level %v", l)
			}
			w.later(24 * time.Hour)
			if l := level(p); l > 4 {
				t.Errorf("above the top: %v", l)
			}
		})
		w.run(t, "who ends a major incident", func(t *testing.T) {
			p := candidate()
			w.do("mim", p, "confirm_major", m{"mi_commander": w.ids["mim"], "bridge_url": bridge})
			done := m{"resolution_code": "fixed", "resolution_notes": restored}
			for _, who := range []string{"resolver", "agent", "manager", "admin"} {
				if r := w.refuse(409, "guard_failed", who, "POST", p+"/actions/resolve", done); r.guards() != "major_by_manager" {
					t.Errorf("%s resolves: %s", who, r.guards())
				}
				if r := w.refuse(409, "guard_failed", who, "POST", p+"/actions/cancel", m{"reason": "no"}); r.guards() != "major_by_manager" {
					t.Errorf("%s cancels: %s", who, r.guards())
				}
			}
			w.do("mim", p, "resolve", done)
			w.refuse(403, "forbidden", "user", "POST", p+"/actions/confirm", m{})
			w.refuse(403, "forbidden", "user", "POST", p+"/actions/reopen", m{"reason": "no"})
			w.refuse(409, "guard_failed", "manager", "POST", p+"/actions/close", m{})
			w.later(30 * 24 * time.Hour)
			if s := w.state(p); s != "resolved" {
				t.Errorf("a major incident closed by itself: %s", s)
			}
			w.do("agent", p, "reopen", m{"reason": "it is back"})
			w.do("mim", p, "resolve", done)
			w.do("mim", p, "close", m{})
		})
		w.run(t, "demoting needs a reason, and then it is one like others", func(t *testing.T) {
			p := candidate()
			w.do("mim", p, "confirm_major", m{"mi_commander": w.ids["mim"], "bridge_url": bridge})
			if r := w.refuse(409, "guard_failed", "mim", "POST", p+"/actions/demote_major", m{}); r.guards() != "has_reason" {
				t.Errorf("without a reason: %s", r.guards())
			}
			got := w.do("mim", p, "demote_major", m{"reason": "one till only"})
			if got.str("major") != "demoted" || got.at("next_update_at") != nil {
				t.Errorf("%s, next update %v", got.str("major"), got.at("next_update_at"))
			}
			w.refuse(409, "guard_failed", "mim", "POST", p+"/actions/demote_major", m{"reason": "again"})
			w.resolve("resolver", p)
			w.do("user", p, "confirm", m{})
		})
	})
}

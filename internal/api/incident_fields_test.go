package api

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestIncidentFields: what book B §0.2 and §24 say of single fields.
func TestIncidentFields(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, service := w.desk()
		fresh := func(body m) string {
			if body["title"] == nil {
				body["title"] = "it does not work"
			}
			return "/incidents/" + w.want(201, "agent", "POST", "/incidents", body).str("id")
		}
		wrong := func(t *testing.T, want, who, method, path string, body m) {
			t.Helper()
			if r := w.want(422, who, method, path, body); r.wrong() != want {
				t.Errorf("%v: %s, want %s", body, r.wrong(), want)
			}
		}
		w.run(t, "what it begins with", func(t *testing.T) {
			r := w.want(201, "user", "POST", "/incidents", m{"title": "  trimmed  "})
			got := w.get("agent", "/incidents/"+r.str("id"))
			for name, want := range map[string]any{"title": "trimmed", "requester": w.ids["user"], "opened_by": w.ids["user"], "channel": "api", "impact": 3.0, "urgency": 3.0, "priority": 5.0,
				"state": "new", "detection": "user", "functional_level": 1.0, "hierarchic_level": 0.0, "major": "none", "update_interval_min": 30.0, "reopen_count": 0.0, "reassign_count": 0.0,
				"hops": 0.0, "detected_at": got.str("created_at"), "service_status": nil, "version": 1.0} {
				if got.at(name) != want {
					t.Errorf("%s = %v, want %v", name, got.at(name), want)
				}
			}
			if n := got.str("number"); len(n) != 10 || !strings.HasPrefix(n, "INC") {
				t.Errorf("number %q", n)
			}
			if s := w.get("agent", fresh(m{"service": service})).str("service_status"); s != "degraded" {
				t.Errorf("status of a named service: %s", s)
			}
		})
		w.run(t, "what is set once", func(t *testing.T) {
			p := fresh(m{"channel": "phone", "requester": w.ids["user"]})
			if got := w.get("agent", p); got.str("channel") != "phone" || got.str("opened_by") != w.ids["agent"] {
				t.Errorf("%s by %s", got.str("channel"), got.str("opened_by"))
			}
			for _, who := range []string{"agent", "manager", "admin"} {
				wrong(t, "channel:fixed_field", who, "PATCH", p, m{"channel": "email"})
				wrong(t, "opened_by:derived_field", who, "PATCH", p, m{"opened_by": w.ids[who]})
				wrong(t, "number:derived_field", who, "PATCH", p, m{"number": "INC0000000"})
			}
			wrong(t, "opened_by:derived_field", "agent", "POST", "/incidents", m{"title": "by another", "opened_by": w.ids["user"]})
			wrong(t, "channel:not_a_choice", "agent", "POST", "/incidents", m{"title": "by pigeon", "channel": "pigeon"})
		})
		w.run(t, "on whose behalf", func(t *testing.T) {
			w.refuse(403, "forbidden", "user", "POST", "/incidents", m{"title": "for somebody else", "requester": w.ids["user2"]})
			w.want(201, "user", "POST", "/incidents", m{"title": "for myself", "requester": w.ids["user"]})
			fresh(m{"requester": w.ids["user2"]})
		})
		w.run(t, "service, offering and CI", func(t *testing.T) {
			gold := w.want(201, "admin", "POST", "/service_offerings", m{"name": "Shop gold", "service": service}).str("id")
			other := w.want(201, "admin", "POST", "/services", m{"name": "Wiki"}).str("id")
			wrong(t, "offering:not_of_service", "agent", "POST", "/incidents", m{"title": "gold wiki", "service": other, "offering": gold})
			p := fresh(m{"offering": gold})
			if s := w.get("agent", p).str("service"); s != service {
				t.Errorf("the offering's service: %q", s)
			}
			wrong(t, "offering:not_of_service", "agent", "PATCH", p, m{"service": other})
			w.want(200, "agent", "PATCH", p, m{"service": other, "offering": nil})
			ci := w.want(201, "admin", "POST", "/cis", m{"name": "db1"}).str("id")
			dead := w.want(201, "admin", "POST", "/cis", m{"name": "db0", "status": "retired"}).str("id")
			wrong(t, "ci:ci_retired", "agent", "POST", "/incidents", m{"title": "old disk", "ci": dead})
			p = fresh(m{"ci": ci})
			wrong(t, "ci:ci_retired", "agent", "PATCH", p, m{"ci": dead})
			if ids := fmt.Sprint(w.want(200, "agent", "PATCH", p, m{"affected_cis": []string{}}).at("affected_cis")); ids != "["+ci+"]" {
				t.Errorf("the CI is not among the affected: %s", ids)
			}
			if l := w.get("agent", p+"/links").items(); len(l) != 1 || l[0]["type"] != "caused_on" {
				t.Errorf("links: %v", l)
			}
			w.want(200, "admin", "PATCH", "/cis/"+ci, m{"status": "retired"})
			w.want(200, "agent", "PATCH", p, m{"title": "its CI was retired since"})
		})
		w.run(t, "the tree of categories", func(t *testing.T) {
			sub := w.want(201, "admin", "POST", "/categories", m{"name": "switches", "parent": category}).str("id")
			symptom := w.want(201, "admin", "POST", "/categories", m{"name": "no link", "parent": sub}).str("id")
			away := w.want(201, "admin", "POST", "/categories", m{"name": "mail"}).str("id")
			w.want(422, "admin", "POST", "/categories", m{"name": "too deep", "parent": symptom})
			wrong(t, "subcategory:not_under", "agent", "POST", "/incidents", m{"title": "somewhere else", "category": away, "subcategory": sub, "symptom": symptom})
			p := fresh(m{"category": category, "subcategory": sub, "symptom": symptom})
			wrong(t, "category:not_in_use", "agent", "PATCH", p, func() m {
				w.want(200, "admin", "PATCH", "/categories/"+away, m{"active": false})
				return m{"category": away, "subcategory": nil, "symptom": nil}
			}())
			q := fresh(m{})
			wrong(t, "category:required", "agent", "POST", q+"/actions/assign", m{"group": group})
			wrong(t, "group:required", "agent", "POST", q+"/actions/assign", m{"category": category})
		})
		w.run(t, "group and assignee", func(t *testing.T) {
			servers := w.want(201, "admin", "POST", "/groups", m{"name": "Servers", "members": []string{w.ids["other"]}}).str("id")
			asleep := w.want(201, "admin", "POST", "/groups", m{"name": "Dissolved", "active": false, "members": []string{w.ids["other"]}}).str("id")
			wrong(t, "assignee:not_a_member", "agent", "POST", "/incidents", m{"title": "wrong hands", "group": servers, "assignee": w.ids["resolver"]})
			wrong(t, "assignee:needs_group", "agent", "POST", "/incidents", m{"title": "no group", "assignee": w.ids["resolver"]})
			wrong(t, "group:group_inactive", "agent", "POST", "/incidents", m{"title": "nobody there", "group": asleep})
			p := fresh(m{"group": servers, "assignee": w.ids["other"]})
			w.do("agent", p, "assign", m{"group": servers, "category": category})
			wrong(t, "group:use_action", "agent", "PATCH", p, m{"group": group, "assignee": nil})
			wrong(t, "assignee:not_a_member", "agent", "POST", p+"/actions/reassign", m{"group": group, "assignee": w.ids["other"], "reason": "a switch"})
			w.person("leaver", []string{"resolver"})
			w.want(200, "admin", "PATCH", "/groups/"+servers, m{"members": []string{w.ids["other"], w.ids["leaver"]}})
			w.want(200, "admin", "PATCH", "/users/"+w.ids["leaver"], m{"active": false})
			wrong(t, "assignee:user_inactive", "agent", "PATCH", p, m{"assignee": w.ids["leaver"]})
		})
		w.run(t, "times in their order", func(t *testing.T) {
			p := fresh(m{"impact_start": w.at(-2 * time.Hour), "detected_at": w.at(-time.Hour)})
			for _, c := range []struct {
				body m
				want string
			}{
				{m{"impact_start": w.at(-30 * time.Minute)}, "detected_at:before"},
				{m{"detected_at": w.at(-3 * time.Hour)}, "detected_at:before"},
				{m{"restored_at": w.at(-150 * time.Minute)}, "restored_at:before"},
				{m{"restored_at": w.at(-90 * time.Minute)}, "restored_at:before"},
				{m{"mitigated_at": w.at(-3 * time.Hour)}, "mitigated_at:before"},
				{m{"restored_at": w.at(time.Hour)}, "restored_at:in_the_future"},
				{m{"detected_at": w.at(time.Hour)}, "detected_at:in_the_future"},
				{m{"acknowledged_at": w.at(-time.Minute)}, "acknowledged_at:derived_field"},
			} {
				wrong(t, c.want, "agent", "PATCH", p, c.body)
			}
			w.want(200, "agent", "PATCH", p, m{"impact_start": w.at(-3 * time.Hour), "reason": "the logs say so"})
			hist := w.get("agent", p+"/history").items()
			last := hist[len(hist)-1]
			if last["reason"] != "the logs say so" || !strings.Contains(fmt.Sprint(last["fields"]), "impact_start") {
				t.Errorf("the correction is not told: %v", last)
			}
		})
		w.run(t, "resolving", func(t *testing.T) {
			p := "/incidents/" + w.inProgress(group, category, nil).str("id")
			began := time.UnixMicro(w.now.Load())
			w.later(30 * time.Minute)
			wrong(t, "resolution_code:required", "resolver", "POST", p+"/actions/resolve", m{"resolution_notes": restored})
			for _, notes := range []string{"", "done", "열아홉 글자로는 아직 모자랍니다", strings.Repeat(" ", 30)} {
				r := w.call("resolver", "POST", p+"/actions/resolve", m{"resolution_code": "fixed", "resolution_notes": notes})
				if r.status != 409 || r.guards() != "notes_long" {
					t.Errorf("notes %q: %d %s", notes, r.status, r.guards())
				}
			}
			wrong(t, "resolution_code:not_a_choice", "resolver", "POST", p+"/actions/resolve", m{"resolution_code": "magic", "resolution_notes": restored})
			wrong(t, "restored_at:before", "resolver", "POST", p+"/actions/resolve", m{"resolution_code": "fixed", "resolution_notes": restored, "restored_at": "2026-11-01T00:00:00Z"})
			if s := w.state(p); s != "in_progress" {
				t.Fatalf("after all that was refused: %s", s)
			}
			got := w.do("resolver", p, "resolve", m{"resolution_code": "fixed", "resolution_notes": "스무 글자면 충분하다고 책에 쓰여 있습니다"})
			if got.str("restored_at") != w.at(0) || got.str("resolved_at") != w.at(0) || got.str("resolved_by") != w.ids["resolver"] || got.str("closure_category") != category {
				t.Errorf("resolved: %s", got.raw)
			}
			if d := got.str("time_to_restore"); d != "PT30M" || !strings.HasPrefix(got.str("acknowledged_at"), began.UTC().Format("2006-01-02T15:04")) {
				t.Errorf("time to restore %s, acknowledged %s", d, got.str("acknowledged_at"))
			}
			wrong(t, "resolution_notes:too_short", "agent", "PATCH", p, m{"resolution_notes": "done"})
			w.want(200, "agent", "PATCH", p, m{"resolution_notes": restored})
		})
		w.run(t, "reopening", func(t *testing.T) {
			p := "/incidents/" + w.inProgress(group, category, nil).str("id")
			w.refuse(409, "invalid_transition", "user", "POST", p+"/actions/reopen", m{"reason": "not yet resolved"})
			w.resolve("resolver", p)
			if r := w.refuse(409, "guard_failed", "user", "POST", p+"/actions/reopen", m{}); r.guards() != "has_reason" {
				t.Errorf("without a reason: %s", r.guards())
			}
			w.refuse(404, "not_found", "user2", "POST", p+"/actions/reopen", m{"reason": "me too"})
			w.refuse(403, "forbidden", "auditor", "POST", p+"/actions/reopen", m{"reason": "I doubt it"})
			w.do("user", p, "reopen", m{"reason": "it is back"})
			got := w.get("agent", p)
			if got.str("state") != "in_progress" || got.str("assignee") != w.ids["resolver"] || got.str("group") != group || got.num("reopen_count") != 1 ||
				got.at("resolved_at") != nil || got.at("restored_at") != nil || got.at("resolution_code") != nil || got.at("first_resolved_at") == nil {
				t.Errorf("reopened: %s", got.raw)
			}
			if r := w.want(422, "resolver", "POST", p+"/actions/resolve", m{"resolution_notes": restored}); r.wrong() != "resolution_code:required" {
				t.Errorf("resolved again by the old code: %s", r.wrong())
			}
			w.resolve("resolver", p)
			w.want(200, "admin", "PATCH", "/groups/"+group, m{"members": []string{w.ids["agent"], w.ids["mim"]}})
			w.do("agent", p, "reopen", m{"reason": "and again"})
			if got := w.get("agent", p); got.at("assignee") != nil || got.str("group") != group || got.num("reopen_count") != 2 {
				t.Errorf("when the assignee has left: %v of %s", got.at("assignee"), got.str("group"))
			}
			w.want(200, "admin", "PATCH", "/groups/"+group, m{"members": []string{w.ids["resolver"], w.ids["agent"], w.ids["mim"]}})
		})
		w.run(t, "cancelling", func(t *testing.T) {
			p := fresh(m{"requester": w.ids["user"]})
			if r := w.refuse(409, "guard_failed", "user", "POST", p+"/actions/cancel", m{}); r.guards() != "has_reason" {
				t.Errorf("without a reason: %s", r.guards())
			}
			w.do("user", p, "cancel", m{"reason": "it was the plug"})
			q := "/incidents/" + w.inProgress(group, category, nil).str("id")
			w.refuse(403, "forbidden", "user", "POST", q+"/actions/cancel", m{"reason": "it was the plug"})
			w.do("agent", q, "cancel", m{"reason": "it was the plug"})
			s := "/incidents/" + w.inProgress(group, category, nil).str("id")
			w.resolve("resolver", s)
			w.refuse(409, "invalid_transition", "agent", "POST", s+"/actions/cancel", m{"reason": "too late"})
		})
		w.run(t, "wandering between groups", func(t *testing.T) {
			experts := w.want(201, "admin", "POST", "/groups", m{"name": "Experts", "tier": 3, "members": []string{w.ids["other"]}}).str("id")
			p := "/incidents/" + w.inProgress(group, category, nil).str("id")
			if r := w.refuse(409, "guard_failed", "agent", "POST", p+"/actions/reassign", m{"group": experts}); r.guards() != "has_reason" {
				t.Errorf("without a reason: %s", r.guards())
			}
			for n, c := range []struct {
				group    string
				level    float64
				pingPong bool
			}{{experts, 2, false}, {group, 2, false}, {experts, 3, true}} {
				got := w.do("agent", p, "reassign", m{"group": c.group, "reason": "not ours"})
				if got.num("hops") != float64(n+1) || got.num("functional_level") != c.level || got.at("ping_pong") != c.pingPong || got.str("state") != "assigned" || got.at("assignee") != nil {
					t.Errorf("hop %d: level %v, ping-pong %v, %s", n+1, got.num("functional_level"), got.at("ping_pong"), got.str("state"))
				}
			}
			if n := w.get("manager", "/incidents?count=true&filter="+esc("ping_pong")).num("total"); n != 1 {
				t.Errorf("%v ping-pongs", n)
			}
			got := w.do("agent", p, "escalate", m{"reason": "the customer is angry"})
			if got.num("hierarchic_level") != 1 {
				t.Errorf("level %v", got.num("hierarchic_level"))
			}
			if r := w.refuse(409, "guard_failed", "agent", "POST", p+"/actions/escalate", m{}); r.guards() != "has_reason" {
				t.Errorf("without a reason: %s", r.guards())
			}
		})
		w.run(t, "going stale", func(t *testing.T) {
			p1, p2, p5 := fresh(m{"impact": 1, "urgency": 1}), fresh(m{"impact": 2, "urgency": 1}), fresh(m{})
			for _, c := range []struct {
				wait  time.Duration
				stale string
			}{{29 * time.Minute, "false false false"}, {20 * time.Minute, "true false false"}, {90 * time.Minute, "true true false"}, {46 * time.Hour, "true true true"}} {
				w.later(c.wait)
				got := fmt.Sprint(w.get("agent", p1).at("stale"), " ", w.get("agent", p2).at("stale"), " ", w.get("agent", p5).at("stale"))
				if got != c.stale {
					t.Errorf("after another %v: %s, want %s", c.wait, got, c.stale)
				}
			}
			w.want(201, "agent", "POST", p5+"/comments", m{"body": "on it", "internal": true})
			if s := w.get("agent", p5).at("stale"); s != false {
				t.Errorf("after a work note: %v", s)
			}
		})
	})
}

// TestSimilar: what looks like what is already open (book B §24: cosine ≥ 0.75 on one
// service, or the same CI and symptom, within 24 hours).
func TestSimilar(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		_, category, service := w.desk()
		other := w.want(201, "admin", "POST", "/services", m{"name": "Wiki"}).str("id")
		ci := w.want(201, "admin", "POST", "/cis", m{"name": "db1"}).str("id")
		report := func(title string, more m) string {
			body := m{"title": title}
			for k, v := range more {
				body[k] = v
			}
			return w.want(201, "agent", "POST", "/incidents", body).str("id")
		}
		first := report("결제 화면이 열리지 않습니다", m{"service": service})
		old := report("창고 단말기 로그인 오류", m{"service": service})
		onCI := report("disk is full", m{"ci": ci, "symptom": category})
		w.later(23 * time.Hour)
		alike := report("결제 화면이 열리지 않습니다 2층", m{"service": service})
		elsewhere := report("결제 화면이 열리지 않습니다", m{"service": other})
		unlike := report("프린터 용지가 걸렸습니다", m{"service": service})
		sameCI := report("cannot write a file", m{"ci": ci, "symptom": category})
		otherSymptom := report("disk is full", m{"ci": ci})
		w.later(2 * time.Minute)
		w.later(2 * time.Hour)
		late := report("창고 단말기 로그인 오류", m{"service": service})
		w.later(2 * time.Minute)
		for id, want := range map[string]string{alike: first, elsewhere: "", unlike: "", sameCI: onCI, otherSymptom: "", late: ""} {
			list, _ := w.get("agent", "/incidents/"+id).at("similar").([]any)
			if got := strings.Trim(fmt.Sprint(list), "[]"); got != want {
				t.Errorf("%s is like %q, want %q (%s)", id, got, want, old)
			}
		}
		if raw := string(w.want(201, "user", "POST", "/incidents", m{"title": "결제 화면이 열리지 않아요", "service": service}).raw); strings.Contains(raw, "similar") {
			t.Errorf("an end user is shown who else has it: %s", raw)
		}
		c := w.want(200, "user", "POST", "/calc/similarity", m{"a": "결제 화면이 열리지 않습니다", "b": "결제 화면이 열리지 않습니다 2층"})
		if c.at("similar") != true || c.num("cosine") < 0.75 || c.num("cosine") >= 1 {
			t.Errorf("similarity: %s", c.raw)
		}
		if c := w.want(200, "user", "POST", "/calc/similarity", m{"a": "", "b": ""}); c.num("cosine") != 0 {
			t.Errorf("nothing is like nothing: %s", c.raw)
		}
	})
}

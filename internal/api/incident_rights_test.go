package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// can lists what a person may do with a record, sorted.
func (w *world) can(who, path, what string) string {
	w.t.Helper()
	list, _ := w.get(who, path).at("can", what).([]any)
	var out []string
	for _, x := range list {
		out = append(out, fmt.Sprint(x))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// TestIncidentRights: who sees and does what (book B §24 and annex D).
func TestIncidentRights(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		w.person("owner", []string{"service_owner", "end_user"})
		w.person("lead", []string{"team_lead", "end_user"})
		w.person("robot", []string{"integration"})
		w.want(200, "admin", "PATCH", "/groups/"+group, m{"manager": w.ids["lead"]})
		service := w.want(201, "admin", "POST", "/services", m{"name": "Payroll", "owner": w.ids["owner"]}).str("id")
		p := "/incidents/" + w.inProgress(group, category, m{"service": service, "watchers": []string{w.ids["user2"]}}).str("id")
		w.run(t, "what each is offered", func(t *testing.T) {
			for who, want := range map[string][2]string{
				"user":     {"", "urgency watchers"},
				"user2":    {"", ""}, // watches
				"resolver": {"cancel escalate hold merge propose_major reassign resolve split", ""},
				"other":    {"", ""}, // a resolver of another group
				"agent":    {"cancel escalate merge propose_major reassign resolve split", ""},
				"lead":     {"cancel escalate hold merge propose_major reassign resolve split", ""},
				"manager":  {"cancel escalate hold merge propose_major reassign resolve split", ""},
				"mim":      {"cancel confirm_major demote_major escalate hold merge propose_major reassign resolve split", ""},
				"owner":    {"", ""}, "auditor": {"", ""}, "problem": {"", ""},
			} {
				if got := w.can(who, p, "moves"); got != want[0] {
					t.Errorf("%s may take %q, want %q", who, got, want[0])
				}
				got := w.can(who, p, "fields")
				switch {
				case slices.Contains([]string{"user", "user2", "other", "owner", "auditor", "problem"}, who) && got != want[1]:
					t.Errorf("%s may set %q, want %q", who, got, want[1])
				case slices.Contains([]string{"resolver", "agent", "lead", "manager", "mim"}, who) && !strings.Contains(got, "impact"):
					t.Errorf("%s may set only %q", who, got)
				}
			}
		})
		w.run(t, "an end user's own", func(t *testing.T) {
			w.want(200, "user", "PATCH", p, m{"urgency": 2})
			for _, field := range []string{"impact", "title", "description", "category", "service", "group", "assignee", "requester", "users_affected"} {
				if r := w.refuse(403, "field_forbidden", "user", "PATCH", p, m{field: w.ids["user"]}); r.wrong() != field+":field_forbidden" {
					t.Errorf("%s: %s", field, r.wrong())
				}
			}
			w.refuse(403, "field_forbidden", "user", "POST", "/incidents", m{"title": "important", "impact": 1})
			w.refuse(403, "forbidden", "user2", "PATCH", p, m{"urgency": 1})
			w.want(201, "user2", "POST", p+"/comments", m{"body": "me too"})
			w.refuse(403, "forbidden", "user2", "POST", p+"/comments", m{"body": "secretly", "internal": true})
			w.refuse(403, "forbidden", "user", "POST", p+"/actions/resolve", m{"resolution_code": "fixed", "resolution_notes": restored})
		})
		w.run(t, "resolvers work on what is theirs, and read the rest", func(t *testing.T) {
			w.get("other", p)
			w.refuse(403, "forbidden", "other", "PATCH", p, m{"impact": 1})
			w.refuse(403, "forbidden", "other", "POST", p+"/comments", m{"body": "let me"})
			w.refuse(403, "forbidden", "other", "POST", p+"/actions/resolve", m{"resolution_code": "fixed", "resolution_notes": restored})
			w.refuse(403, "field_forbidden", "resolver", "POST", "/incidents", m{"title": "seen by me", "impact": 1})
		})
		w.run(t, "closing", func(t *testing.T) {
			q := "/incidents/" + w.inProgress(group, category, nil).str("id")
			w.resolve("resolver", q)
			for _, who := range []string{"agent", "resolver", "lead"} {
				w.refuse(403, "forbidden", who, "POST", q+"/actions/close", m{})
				w.refuse(403, "forbidden", who, "POST", q+"/actions/confirm", m{})
			}
			w.do("user", q, "confirm", m{})
			w.refuse(409, "read_only", "manager", "PATCH", q, m{"title": "after the end"})
			onBehalf := "/incidents/" + w.inProgress(group, category, nil).str("id")
			w.resolve("resolver", onBehalf)
			if got := w.can("agent", onBehalf, "moves"); got != "reopen" {
				t.Errorf("the agent who opened it may %q", got)
			}
			w.do("manager", onBehalf, "close", m{})
		})
		w.run(t, "a service owner reads what is about the service", func(t *testing.T) {
			w.get("owner", p)
			w.want(201, "owner", "POST", p+"/comments", m{"body": "payday is tomorrow"})
			q := "/incidents/" + w.inProgress(group, category, nil).str("id")
			w.refuse(404, "not_found", "owner", "GET", q, nil)
		})
		w.run(t, "a department that may see its own", func(t *testing.T) {
			unit := w.want(201, "admin", "POST", "/org_units", m{"name": "Accounting"}).str("id")
			for _, who := range []string{"user", "other"} {
				w.want(200, "admin", "PATCH", "/users/"+w.ids[who], m{"unit": unit})
			}
			w.person("colleague", []string{"end_user"})
			w.want(200, "admin", "PATCH", "/users/"+w.ids["colleague"], m{"unit": unit})
			w.refuse(404, "not_found", "colleague", "GET", p, nil)
			w.want(200, "admin", "PATCH", "/services/"+service, m{"dept_visibility": true})
			w.get("colleague", p)
			w.refuse(403, "forbidden", "colleague", "POST", p+"/comments", m{"body": "hello"})
			w.want(200, "agent", "PATCH", p, m{"confidential": true})
			w.refuse(404, "not_found", "colleague", "GET", p, nil)
			w.refuse(404, "not_found", "owner", "GET", p, nil)
		})
		w.run(t, "a program sees what it reported", func(t *testing.T) {
			r := w.want(201, "robot", "POST", "/incidents", m{"title": "disk full on db1", "requester": w.ids["user"], "detection": "monitoring", "impact": 2, "source": "zabbix", "source_id": "4711"})
			w.want(200, "robot", "PATCH", "/incidents/"+r.str("id"), m{"description": "98 %"})
			w.refuse(404, "not_found", "robot", "GET", p, nil)
			w.refuse(409, "duplicate", "robot", "POST", "/incidents", m{"title": "disk full on db1", "requester": w.ids["user"], "source": "zabbix", "source_id": "4711"})
		})
	})
}

// ways are all the ways to a record's data; each is asked of people who must not get there.
func (w *world) ways(p string) []string {
	id := strings.TrimPrefix(p, "/incidents/")
	return []string{"/incidents?limit=500", "/incidents?limit=500&expand=refs", "/incidents?as_of=" + esc(w.at(0)), "/search?q=" + esc("유출") + "&limit=100", "/search?q=breach", "/kpis/incidents.created?group_by=title",
		"/kpis/incidents.open?group_by=number", "/incidents?filter=" + esc("title.contains('breach')"), "/incident_updates?limit=500", "/incident_tasks?limit=500", "/outages?limit=500",
		p, p + "/history", p + "/comments", p + "/links", p + "/clocks", p + "/attachments", "/incidents?filter=" + esc("id == '"+id+"'")}
}

// TestSecurityIncidents: nobody outside the team learns of one, in any way.
func TestSecurityIncidents(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, service := w.desk()
		w.person("guard", []string{"security_manager", "end_user"})
		w.person("owner", []string{"service_owner", "end_user"})
		w.person("boss", []string{"executive", "end_user"})
		w.want(200, "admin", "PATCH", "/services/"+service, m{"owner": w.ids["owner"]})
		r := w.want(201, "agent", "POST", "/incidents", m{"title": "breach: 개인정보 유출 의심", "requester": w.ids["user"], "security": true, "service": service, "service_status": "degraded", "users_affected": 7731})
		p := "/incidents/" + r.str("id")
		if got := w.get("guard", p); got.at("confidential") != true || got.num("effective_urgency") != 1 {
			t.Errorf("confidential %v, urgency %v", got.at("confidential"), got.num("effective_urgency"))
		}
		w.want(201, "guard", "POST", p+"/comments", m{"body": "the breach came by mail", "internal": true})
		w.want(201, "guard", "POST", "/incident_updates", m{"incident": r.str("id"), "status": "investigating", "text": m{"en": "breach under investigation"}, "next_update_at": w.at(time.Hour)})
		w.want(201, "guard", "POST", "/incident_tasks", m{"incident": r.str("id"), "title": "breach forensics"})
		near := "/incidents/" + w.inProgress(group, category, m{"watchers": []string{w.ids["guard"]}}).str("id")
		w.link("guard", "follow_up_of", p, near)
		w.indexed()
		for _, who := range []string{"resolver", "other", "manager", "mim", "problem", "owner", "boss", "user2", "supplier", "admin"} {
			for _, way := range append(w.ways(p), near+"/links", near+"/history") {
				got := w.call(who, "GET", way, nil)
				for _, secret := range []string{"breach", "유출", r.str("id"), r.str("number"), "7731"} {
					if strings.Contains(string(got.raw), secret) && !strings.Contains(way, secret) {
						t.Errorf("%s learns %q by %s: %d %s", who, secret, way, got.status, got.raw)
					}
				}
				if got.status >= 500 {
					t.Errorf("%s %s: %d", who, way, got.status)
				}
			}
			if n := w.call(who, "GET", "/incidents?count=true&filter="+esc("security || confidential"), nil).num("total"); n != 0 {
				t.Errorf("%s counts %v", who, n)
			}
			if n := w.call(who, "GET", "/kpis/incidents.created?filter="+esc("service == '"+service+"'"), nil).num("value"); n != 0 {
				t.Errorf("%s sees %v in a figure", who, n)
			}
			if s := w.call(who, "GET", p, nil).status; s != 404 {
				t.Errorf("%s: %d", who, s)
			}
			if s := w.call(who, "PATCH", p, m{"title": "gone"}).status; s != 404 {
				t.Errorf("%s changes it: %d", who, s)
			}
			if s := w.call(who, "POST", p+"/actions/cancel", m{"reason": "no"}).status; s != 404 {
				t.Errorf("%s cancels it: %d", who, s)
			}
		}
		w.get("auditor", p)
		w.get("user", p)  // who reported it
		w.get("agent", p) // who took the call, as any user who opened something
		if _, told := w.get("agent", p).body["users_affected"]; told {
			t.Error("the agent who took the call sees its inside")
		}
		w.want(200, "guard", "PATCH", p, m{"group": group})
		w.get("resolver", p) // the team
		w.refuse(404, "not_found", "other", "GET", p, nil)
		if n := w.get("resolver", "/incidents?count=true&filter="+esc("security")).num("total"); n != 1 {
			t.Errorf("the team counts %v", n)
		}
	})
}

// TestSuppliers: people from outside see what is assigned to them, and of whom it is about
// nothing.
func TestSuppliers(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, service := w.desk()
		w.want(200, "admin", "PATCH", "/users/"+w.ids["user"], m{"phone": "010-1234-5678", "name": "홍길동"})
		vendor := w.want(201, "admin", "POST", "/groups", m{"name": "Vendor", "members": []string{w.ids["supplier"]}}).str("id")
		p := "/incidents/" + w.inProgress(group, category, m{"service": service, "watchers": []string{w.ids["user2"]}, "title": "their box is dead"}).str("id")
		w.want(201, "resolver", "POST", p+"/comments", m{"body": "they are slow", "internal": true})
		w.refuse(404, "not_found", "supplier", "GET", p, nil)
		prb := w.want(201, "problem", "POST", "/problems", m{"title": "their boxes die"}).str("id")
		w.want(201, "resolver", "POST", "/links", m{"type": "investigated_by", "from": m{"kind": "incident", "id": p[len("/incidents/"):]}, "to": m{"kind": "problem", "id": prb}})
		w.do("resolver", p, "reassign", m{"group": vendor, "reason": "their box"})
		w.indexed()
		if got := w.get("supplier", p); got.str("title") != "their box is dead" || got.str("state") != "assigned" {
			t.Errorf("%s", got.raw)
		}
		private := []string{w.ids["user"], w.ids["user2"], "홍길동", "user@example.com", "user2@example.com", "010-1234", "they are slow", prb, "their boxes die"}
		for _, way := range append(w.ways(p), "/users?limit=500", "/users/"+w.ids["user"], "/users/user@example.com", "/groups?limit=500", "/org_units", "/search?q=user", "/search?q="+esc("홍길동"), "/search?q=slow",
			"/incidents?filter="+esc("requester.name == '홍길동'"), "/incidents?order=requester", "/kpis/incidents.created?group_by=requester", p+"?expand=refs", "/problems", "/book") {
			got := w.call("supplier", "GET", way, nil)
			for _, secret := range private {
				if strings.Contains(string(got.raw), secret) && !strings.Contains(way, secret) && !strings.Contains(way, esc(secret)) {
					t.Errorf("a supplier learns %q by %s: %d %s", secret, way, got.status, got.raw)
				}
			}
		}
		w.get("supplier", "/users/"+w.ids["supplier"])
		w.refuse(403, "forbidden", "supplier", "PATCH", p, m{"title": "ours"})
		w.refuse(403, "forbidden", "supplier", "POST", p+"/actions/cancel", m{"reason": "no"})
		w.do("supplier", p, "accept", m{})
		w.want(201, "supplier", "POST", p+"/comments", m{"body": "a technician comes"})
		w.do("supplier", p, "resolve", m{"resolution_code": "third_party", "resolution_notes": restored})
		if got := w.get("resolver", p); got.str("resolved_by") != w.ids["supplier"] {
			t.Errorf("resolved by %s", got.str("resolved_by"))
		}
	})
}

// TestWatchers: they read what is public, and nothing else.
func TestWatchers(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		p := "/incidents/" + w.inProgress(group, category, m{"watchers": []string{w.ids["user2"]}}).str("id")
		w.want(201, "resolver", "POST", p+"/comments", m{"body": "in the open"})
		w.want(201, "resolver", "POST", p+"/comments", m{"body": "behind the door", "internal": true})
		w.want(200, "resolver", "PATCH", p, m{"cause_hint": "behind the door", "effort": "PT2H"})
		w.indexed()
		if got := w.get("user2", p+"/comments").items(); len(got) != 1 || got[0]["body"] != "in the open" {
			t.Errorf("a watcher reads %v", got)
		}
		for _, way := range append(w.ways(p), "/search?q=door", "/incidents?filter="+esc("search('door')"), "/incidents?order=effort") {
			if got := w.call("user2", "GET", way, nil); strings.Contains(string(got.raw), "behind") || strings.Contains(string(got.raw), "PT2H") || strings.Contains(string(got.raw), "impact\"") {
				t.Errorf("a watcher learns by %s: %s", way, got.raw)
			}
		}
		w.want(200, "agent", "PATCH", p, m{"watchers": []string{}})
		w.refuse(404, "not_found", "user2", "GET", p, nil)
	})
}

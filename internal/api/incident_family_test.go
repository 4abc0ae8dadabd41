package api

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// link makes a link between two incidents.
func (w *world) link(who, typ, from, to string) {
	w.t.Helper()
	w.want(201, who, "POST", "/links", m{"type": typ, "from": m{"kind": "incident", "id": strings.TrimPrefix(from, "/incidents/")}, "to": m{"kind": "incident", "id": strings.TrimPrefix(to, "/incidents/")}})
}

// TestFamilies: parents and children, exactly as book B §24 says.
func TestFamilies(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		made := func(more m) string {
			body := m{"title": "no network on this floor", "requester": w.ids["user"]}
			for k, v := range more {
				body[k] = v
			}
			return "/incidents/" + w.want(201, "agent", "POST", "/incidents", body).str("id")
		}
		working := func() string { return "/incidents/" + w.inProgress(group, category, nil).str("id") }
		w.run(t, "attaching puts a child on its parent's track", func(t *testing.T) {
			parent, kid := working(), made(nil)
			w.link("agent", "child_of", kid, parent)
			got := w.get("agent", kid)
			if got.str("state") != "in_progress" || "/incidents/"+got.str("parent") != parent {
				t.Errorf("the child is %s", got.str("state"))
			}
			held, late := working(), made(nil)
			w.do("resolver", held, "hold", m{"hold_reason": "awaiting_supplier", "follow_up_at": w.at(time.Hour)})
			w.link("agent", "child_of", late, held)
			if got := w.get("agent", late); got.str("state") != "on_hold" || got.str("hold_reason") != "awaiting_supplier" {
				t.Errorf("attached to a held parent: %s %s", got.str("state"), got.str("hold_reason"))
			}
			over, missed := working(), made(nil)
			w.resolve("resolver", over)
			w.link("agent", "child_of", missed, over)
			if got := w.get("agent", missed); got.str("state") != "resolved" || got.str("resolution_notes") != restored {
				t.Errorf("attached to a resolved parent: %s", got.str("state"))
			}
			w.do("manager", over, "close", m{})
			stray := made(nil)
			w.refuse(409, "parent_final", "agent", "POST", "/links", m{"type": "child_of", "from": m{"kind": "incident", "id": stray[len("/incidents/"):]}, "to": m{"kind": "incident", "id": over[len("/incidents/"):]}})
		})
		w.run(t, "which holds are mirrored", func(t *testing.T) {
			chg := w.want(201, "resolver", "POST", "/changes", m{"title": "new firmware"}).str("id")
			prb := w.want(201, "problem", "POST", "/problems", m{"title": "old firmware"}).str("id")
			for reason, mirrored := range map[string]bool{"awaiting_supplier": true, "awaiting_change": true, "awaiting_problem": true,
				"awaiting_customer": false, "awaiting_evidence": false, "scheduled": false, "customer_requested_delay": false} {
				parent, kid := working(), made(nil)
				w.link("agent", "child_of", kid, parent)
				body := m{"hold_reason": reason, "follow_up_at": w.at(time.Hour), "fix_change": chg, "problem": prb}
				if reason == "awaiting_customer" {
					body["comment"] = "Which floor?"
				}
				w.do("resolver", parent, "hold", body)
				want := "in_progress"
				if mirrored {
					want = "on_hold"
				}
				if got := w.get("agent", kid); got.str("state") != want || mirrored && got.str("hold_reason") != reason {
					t.Errorf("%s: the child is %s, want %s", reason, got.str("state"), want)
				}
				w.do("resolver", parent, "resume", m{})
				if s := w.state(kid); s != "in_progress" {
					t.Errorf("%s over: the child is %s", reason, s)
				}
			}
			parent, kid := working(), working()
			w.do("resolver", kid, "hold", m{"hold_reason": "awaiting_customer", "comment": "Which socket?"})
			w.link("agent", "child_of", kid, parent)
			if s := w.state(kid); s != "on_hold" {
				t.Errorf("a child that waits for its own customer: %s", s)
			}
		})
		w.run(t, "words go down, not up and not across", func(t *testing.T) {
			parent, kid, sister := working(), made(nil), made(m{"requester": w.ids["user2"]})
			w.link("agent", "child_of", kid, parent)
			w.link("agent", "child_of", sister, parent)
			w.want(201, "resolver", "POST", parent+"/comments", m{"body": "A technician is on the way."})
			w.want(201, "resolver", "POST", parent+"/comments", m{"body": "the switch is nine years old", "internal": true})
			w.want(201, "user", "POST", kid+"/comments", m{"body": "only my floor smells of smoke"})
			for path, who := range map[string]string{kid: "user", sister: "user2"} {
				raw := string(w.get(who, path+"/comments").raw)
				if !strings.Contains(raw, "technician") || strings.Contains(raw, "nine years") {
					t.Errorf("%s hears of the parent: %s", who, raw)
				}
			}
			for _, path := range []string{parent, sister} {
				if raw := string(w.get("auditor", path+"/comments").raw); strings.Contains(raw, "smoke") {
					t.Errorf("what was said on one child is on %s", path)
				}
			}
			if raw := string(w.get("auditor", kid+"/comments").raw); strings.Contains(raw, "nine years") {
				t.Error("a work note of the parent is on the child")
			}
		})
		w.run(t, "a closed child hears nothing and begins nothing", func(t *testing.T) {
			parent, kid := working(), working()
			w.resolve("resolver", kid)
			w.do("user", kid, "confirm", m{})
			w.refuse(409, "read_only", "agent", "PATCH", kid, m{"parent": parent[len("/incidents/"):]})
			w.link("agent", "child_of", kid, parent)
			before := w.get("auditor", "/incidents?count=true&limit=1").num("total")
			w.want(201, "user", "POST", parent+"/comments", m{"body": "hello?"})
			if n := len(w.get("auditor", kid+"/comments").items()); n != 0 {
				t.Errorf("%d comments on the closed child", n)
			}
			if after := w.get("auditor", "/incidents?count=true&limit=1").num("total"); after != before {
				t.Errorf("a comment on the parent made %v incidents", after-before)
			}
		})
		w.run(t, "resolved together, closed and cancelled apart", func(t *testing.T) {
			parent := working()
			mine, theirs, done := made(nil), made(m{"requester": w.ids["user2"]}), working()
			w.resolve("resolver", done)
			for _, kid := range []string{mine, theirs} {
				w.link("agent", "child_of", kid, parent)
			}
			w.do("resolver", parent, "resolve", m{"resolution_code": "fixed", "resolution_notes": restored, "closure_category": category})
			for path, who := range map[string]string{mine: "user", theirs: "user2"} {
				got := w.get(who, path)
				if got.str("state") != "resolved" || got.str("resolution_code") != "fixed" || got.str("resolution_notes") != restored {
					t.Errorf("%s: %s %q", path, got.str("state"), got.str("resolution_notes"))
				}
				if raw := string(w.get(who, path+"/comments").raw); !strings.Contains(raw, restored) {
					t.Errorf("%s was not told: %s", who, raw)
				}
				if c := w.get("agent", path).str("closure_category"); c != category {
					t.Errorf("a child without a category is closed under %q", c)
				}
			}
			w.do("manager", parent, "close", m{})
			for _, kid := range []string{mine, theirs} {
				if s := w.state(kid); s != "resolved" {
					t.Errorf("the parent was closed: the child is %s", s)
				}
			}
			w.do("user", mine, "confirm", m{})
			if s := w.state(theirs); s != "resolved" {
				t.Errorf("one child was confirmed: the other is %s", s)
			}
			gone, kid := working(), made(nil)
			w.link("agent", "child_of", kid, gone)
			w.do("agent", gone, "cancel", m{"reason": "opened in error"})
			if s := w.state(kid); s != "in_progress" {
				t.Errorf("the parent was cancelled: the child is %s", s)
			}
		})
		w.run(t, "who reopens whom", func(t *testing.T) {
			for _, c := range []struct {
				who, which                  string
				parent, mine, theirs, other string
			}{
				{"user", "parent", "in_progress", "resolved", "resolved", "resolved"},
				{"user", "mine", "resolved", "in_progress", "resolved", "resolved"},
				{"agent", "mine", "resolved", "in_progress", "resolved", "resolved"},
				{"agent", "parent", "in_progress", "in_progress", "in_progress", "closed"},
				{"resolver", "parent", "in_progress", "in_progress", "in_progress", "closed"},
			} {
				fam := map[string]string{"parent": working(), "mine": made(nil), "theirs": made(m{"requester": w.ids["user2"]}), "other": made(m{"requester": w.ids["user2"]})}
				for _, kid := range []string{"mine", "theirs", "other"} {
					w.link("agent", "child_of", fam[kid], fam["parent"])
				}
				w.resolve("resolver", fam["parent"])
				if c.other == "closed" {
					w.do("user2", fam["other"], "confirm", m{})
				}
				w.do(c.who, fam[c.which], "reopen", m{"reason": "it is back"})
				for name, want := range map[string]string{"parent": c.parent, "mine": c.mine, "theirs": c.theirs, "other": c.other} {
					if s := w.state(fam[name]); s != want {
						t.Errorf("%s reopened %s: %s is %s, want %s", c.who, c.which, name, s, want)
					}
				}
			}
		})
		w.run(t, "tasks and major children are in the way", func(t *testing.T) {
			parent, kid := working(), made(nil)
			w.link("agent", "child_of", kid, parent)
			task := w.want(201, "agent", "POST", "/incident_tasks", m{"incident": kid[len("/incidents/"):], "title": "swap the cable"}).str("id")
			if r := w.refuse(409, "guard_failed", "resolver", "POST", parent+"/actions/resolve", m{"resolution_code": "fixed", "resolution_notes": restored}); r.guards() != "tasks_done" {
				t.Errorf("a child's task is open: %s", r.guards())
			}
			w.do("agent", "/incident_tasks/"+task, "complete", m{})
			w.do("agent", kid, "propose_major", m{"reason": "the bank is on it"})
			w.do("mim", kid, "confirm_major", m{"mi_commander": w.ids["mim"], "bridge_url": "https://meet.example/1"})
			w.resolve("resolver", parent)
			if s := w.state(kid); s != "in_progress" {
				t.Errorf("a major child was resolved by a resolver's parent: %s", s)
			}
			tasked := working()
			open := w.want(201, "resolver", "POST", "/incident_tasks", m{"incident": tasked[len("/incidents/"):], "title": "swap the cable"}).str("id")
			w.do("agent", tasked, "cancel", m{"reason": "opened in error"})
			if s := w.state("/incident_tasks/" + open); s != "cancelled" {
				t.Errorf("the task of a cancelled incident is %s", s)
			}
		})
		w.run(t, "three levels, no more and no rings", func(t *testing.T) {
			a, b, c, d := made(nil), made(nil), made(nil), made(nil)
			w.link("agent", "child_of", b, a)
			w.link("agent", "child_of", c, b)
			ends := func(from, to string) m {
				return m{"type": "child_of", "from": m{"kind": "incident", "id": from[len("/incidents/"):]}, "to": m{"kind": "incident", "id": to[len("/incidents/"):]}}
			}
			w.refuse(409, "link_too_deep", "agent", "POST", "/links", ends(d, c))
			w.refuse(409, "link_too_deep", "agent", "POST", "/links", ends(a, d))
			w.refuse(409, "link_cycle", "agent", "POST", "/links", ends(a, c))
			w.refuse(409, "link_cycle", "agent", "POST", "/links", ends(a, a))
			w.want(200, "agent", "PATCH", d, m{"parent": b[len("/incidents/"):]}) // a field that mirrors the link
			if got := w.get("agent", d+"/links").items(); len(got) != 1 || got[0]["type"] != "child_of" {
				t.Errorf("links of one whose parent field was set: %v", got)
			}
			w.want(204, "agent", "DELETE", "/links", ends(d, b))
			if got := w.get("agent", d); got.at("parent") != nil {
				t.Errorf("the field did not follow the link: %v", got.at("parent"))
			}
		})
	})
}

// TestMergeAndSplit: what becomes of people, words, children and clocks of duplicates.
func TestMergeAndSplit(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, service := w.desk()
		stay := "/incidents/" + w.inProgress(group, category, m{"title": "VPN drops every hour"}).str("id")
		dup := "/incidents/" + w.want(201, "user2", "POST", "/incidents", m{"title": "VPN is gone again", "description": "since this morning", "watchers": []string{w.ids["manager"]}}).str("id")
		kid := "/incidents/" + w.want(201, "agent", "POST", "/incidents", m{"title": "VPN of a colleague", "requester": w.ids["user"]}).str("id")
		w.link("agent", "child_of", kid, dup)
		w.refuse(403, "forbidden", "user2", "POST", dup+"/actions/merge", m{"duplicate_of": stay[len("/incidents/"):]})
		w.refuse(409, "guard_failed", "agent", "POST", dup+"/actions/cancel", m{"resolution_code": "duplicate", "reason": "seen before"})
		w.refuse(409, "guard_failed", "agent", "POST", dup+"/actions/cancel", m{})
		if r := w.refuse(422, "validation", "agent", "POST", dup+"/actions/merge", m{"duplicate_of": dup[len("/incidents/"):]}); r.wrong() != "duplicate_of:cycle" {
			t.Errorf("merged into itself: %s", r.wrong())
		}
		w.do("agent", dup, "merge", m{"duplicate_of": stay[len("/incidents/"):]})
		got := w.get("agent", dup)
		if got.str("state") != "cancelled" || got.str("resolution_code") != "duplicate" || "/incidents/"+got.str("duplicate_of") != stay {
			t.Errorf("the duplicate: %s %s", got.str("state"), got.str("resolution_code"))
		}
		if ws := fmt.Sprint(w.get("agent", stay).at("watchers")); !strings.Contains(ws, w.ids["user2"]) || !strings.Contains(ws, w.ids["manager"]) {
			t.Errorf("watchers: %s", ws)
		}
		if raw := string(w.get("agent", stay+"/comments").raw); !strings.Contains(raw, "since this morning") {
			t.Errorf("its words did not come along: %s", raw)
		}
		if p := "/incidents/" + w.get("agent", kid).str("parent"); p != stay {
			t.Errorf("its child hangs on %s", p)
		}
		w.want(201, "resolver", "POST", stay+"/comments", m{"body": "A new certificate is coming."})
		if raw := string(w.get("user2", stay+"/comments").raw); !strings.Contains(raw, "certificate") || strings.Contains(raw, "since this morning") {
			t.Errorf("the other requester reads: %s", raw)
		}
		w.refuse(409, "invalid_transition", "agent", "POST", dup+"/actions/merge", m{"duplicate_of": stay[len("/incidents/"):]})
		w.resolve("resolver", stay)
		w.do("manager", stay, "close", m{})
		late := "/incidents/" + w.want(201, "agent", "POST", "/incidents", m{"title": "VPN, once more", "requester": w.ids["user2"], "service": service}).str("id")
		w.refuse(422, "record_final", "agent", "POST", late+"/actions/merge", m{"duplicate_of": stay[len("/incidents/"):]})

		w.refuse(409, "guard_failed", "agent", "POST", late+"/actions/split", m{})
		w.do("agent", late, "split", m{"reason": "also the printer is offline"})
		found := w.get("agent", "/incidents?filter="+esc("title == 'also the printer is offline'")).items()
		if len(found) != 1 || found[0]["requester"] != w.ids["user2"] || found[0]["service"] != service || found[0]["state"] != "new" {
			t.Fatalf("split off: %v", found)
		}
		if l := w.get("agent", late+"/links").items(); len(l) != 1 || l[0]["type"] != "split_from" || l[0]["reverse"] != true {
			t.Errorf("links: %v", l)
		}

		secret := "/incidents/" + w.want(201, "agent", "POST", "/incidents", m{"title": "phishing mail", "requester": w.ids["agent"], "security": true}).str("id")
		other := "/incidents/" + w.want(201, "agent", "POST", "/incidents", m{"title": "strange mail", "requester": w.ids["user2"]}).str("id")
		w.refuse(422, "validation", "agent", "POST", late+"/actions/merge", m{"duplicate_of": "nothing"})
		w.do("agent", other, "merge", m{"duplicate_of": secret[len("/incidents/"):]})
		w.refuse(404, "not_found", "user2", "GET", secret, nil)
	})
}

// TestFollowUp: a closed incident is never reopened; its requester's reply begins a new one.
func TestFollowUp(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, service := w.desk()
		p := "/incidents/" + w.inProgress(group, category, m{"title": "keyboard is broken", "service": service, "impact": 2, "urgency": 2}).str("id")
		w.resolve("resolver", p)
		w.do("user", p, "confirm", m{"comment": "thank you"})
		for _, who := range []string{"user", "agent", "manager", "mim", "resolver"} {
			if r := w.call(who, "POST", p+"/actions/reopen", m{"reason": "again"}); r.status != 409 || r.str("code") != "invalid_transition" {
				t.Errorf("%s reopens a closed incident: %d %s", who, r.status, r.str("code"))
			}
		}
		w.want(201, "agent", "POST", p+"/comments", m{"body": "the invoice went out"})
		if l := w.get("agent", p+"/links").items(); len(l) != 0 {
			t.Errorf("an agent's comment began something: %v", l)
		}
		w.want(201, "user", "POST", p+"/comments", m{"body": "the new one is broken too"})
		l := w.get("agent", p+"/links").items()
		if len(l) != 1 || l[0]["type"] != "follow_up_of" || l[0]["reverse"] != true {
			t.Fatalf("links: %v", l)
		}
		next := w.get("user", "/incidents/"+fmt.Sprint(l[0]["record"].(map[string]any)["id"]))
		if next.str("requester") != w.ids["user"] || next.str("description") != "the new one is broken too" || next.str("state") != "new" || next.str("service") != service || next.num("priority") != 3 {
			t.Errorf("the follow-up: %s", next.raw)
		}
		if got := w.get("agent", p); got.str("state") != "closed" {
			t.Errorf("the closed one is %s", got.str("state"))
		}
		w.want(201, "admin", "POST", "/settings", m{"name": "incident.follow_up_on_reply", "value": "false"})
		w.want(201, "user", "POST", p+"/comments", m{"body": "never mind"})
		if l := w.get("agent", p+"/links").items(); len(l) != 1 {
			t.Errorf("with follow-ups switched off: %v", l)
		}
	})
}

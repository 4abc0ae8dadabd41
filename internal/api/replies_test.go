package api

import (
	"strings"
	"testing"
)

// TestCannedResponses: whose they are, what their places may be, and what comes of them on
// a record.
func TestCannedResponses(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		w.person("lead", []string{"team_lead", "end_user"})
		w.want(200, "admin", "PATCH", "/groups/"+group, m{"manager": w.ids["lead"]})
		w.want(200, "admin", "PATCH", "/users/"+w.ids["user"], m{"name": "김서연", "lang": "ko"})
		canned := func(name string, more m) m {
			out := m{"name": name, "title": m{"ko": "인사", "en": "Greeting"}, "body": m{"ko": "{{requester.name}}님, {{number}}: {{assignee.name}} {{priority}}", "en": "Hello {{requester.name}}"}, "scope": "personal"}
			for k, v := range more {
				out[k] = v
			}
			return out
		}
		mine := w.want(201, "resolver", "POST", "/canned_responses", canned("mine", nil))
		if mine.str("owner") != w.ids["resolver"] {
			t.Errorf("a personal one belongs to whoever makes it: %s", mine.raw)
		}
		ours := w.want(201, "lead", "POST", "/canned_responses", canned("ours", m{"scope": "group", "group": group, "set_state": "hold"}))
		w.want(201, "manager", "POST", "/canned_responses", canned("net", m{"scope": "global", "category": category}))
		w.run(t, "whose", func(t *testing.T) {
			w.refuse(404, "not_found", "agent", "GET", "/canned_responses/"+mine.str("id"), nil)
			w.refuse(404, "not_found", "admin", "GET", "/canned_responses/"+mine.str("id"), nil)
			w.refuse(404, "not_found", "other", "GET", "/canned_responses/"+ours.str("id"), nil)
			w.refuse(403, "forbidden", "agent", "PATCH", "/canned_responses/"+ours.str("id"), m{"active": false})
			w.want(200, "lead", "PATCH", "/canned_responses/"+ours.str("id"), m{"title": m{"en": "Ours"}})
			w.refuse(403, "forbidden", "user", "GET", "/canned_responses", nil)
			w.refuse(403, "forbidden", "user", "POST", "/canned_responses", canned("x", nil))
			for _, scope := range []string{"group", "global"} {
				if r := w.call("resolver", "POST", "/canned_responses", canned("x", m{"scope": scope, "group": group})); r.status != 403 {
					t.Errorf("a resolver makes one for %s: %d %s", scope, r.status, r.raw)
				}
			}
			if r := w.call("resolver", "POST", "/canned_responses", canned("x", m{"owner": w.ids["agent"]})); r.status/100 == 2 {
				t.Errorf("one in another's name: %s", r.raw)
			}
		})
		w.run(t, "what is wrong with it", func(t *testing.T) {
			for _, c := range []struct {
				more m
				code string
			}{
				{m{"body": m{"ko": "{{requester.nome}}"}}, "bad_placeholder"}, {m{"body": m{"en": "{{number"}}, "bad_placeholder"}, {m{"body": m{"en": "{{}}"}}, "bad_placeholder"},
				{m{"body": m{"en": "{{cause_hint}}"}}, "bad_placeholder"}, {m{"body": m{"en": "{{requester.password_hash}}"}}, "bad_placeholder"},
				{m{"body": m{"en": "{{requester.manager.manager.manager.name}}"}}, "bad_placeholder"}, {m{"body": m{"en": "{{watchers.name}}"}}, "bad_placeholder"},
				{m{"body": m{"en": strings.Repeat("가", 8001)}}, "too_long"}, {m{"body": m{}}, "required"}, {m{"on": "nothing"}, "unknown_kind"},
				{m{"set_state": "fly"}, "no_such_move"}, {m{"set_state": "auto_resume"}, "no_such_move"}, {m{"name": "two words"}, "no_spaces"}, {m{"uses": 5}, "derived_field"},
			} {
				r := w.want(422, "resolver", "POST", "/canned_responses", canned("x", c.more))
				if r.str("code") != c.code && !strings.Contains(string(r.raw), `"`+c.code+`"`) {
					t.Errorf("%v: %s, want %s", c.more, r.raw, c.code)
				}
			}
			w.refuse(422, "required", "lead", "POST", "/canned_responses", canned("x", m{"scope": "group"}))
		})
		i := w.want(201, "agent", "POST", "/incidents", m{"title": "mail does not arrive", "requester": w.ids["user"]})
		p := "/incidents/" + i.str("id") + "/replies"
		find := func(who, query, name string) m {
			for _, it := range w.want(200, who, "GET", p+query, nil).items() {
				if it["name"] == name {
					return it
				}
			}
			return nil
		}
		w.run(t, "filled in", func(t *testing.T) {
			if got := find("agent", "", "net"); got != nil {
				t.Errorf("one for another category: %v", got)
			}
			w.refuse(403, "forbidden", "resolver", "GET", p, nil) // not yet in its group's hands
		})
		w.want(200, "agent", "POST", "/incidents/"+i.str("id")+"/actions/assign", m{"group": group, "category": category})
		w.run(t, "in the reader's language", func(t *testing.T) {
			got := find("resolver", "", "mine")
			if got["text"] != "김서연님, "+i.str("number")+": {{담당자}} P5 계획" || got["gaps"].([]any)[0] != "{{담당자}}" {
				t.Errorf("a reply to a Korean: %v", got)
			}
			if got := find("resolver", "?internal=true", "mine"); got["text"] != "Hello 김서연" {
				t.Errorf("a note among colleagues: %v", got)
			}
			w.want(200, "resolver", "POST", "/incidents/"+i.str("id")+"/actions/accept", m{})
			if got := find("resolver", "", "ours"); got["move"] != "hold" || len(got["gaps"].([]any)) != 0 || !strings.Contains(got["text"].(string), "Resolver") {
				t.Errorf("with everything known: %v", got)
			}
			if got := find("agent", "", "ours"); got["move"] != nil {
				t.Errorf("a move that is not the agent's: %v", got)
			}
			if find("resolver", "", "net") == nil || find("resolver", "", "received") == nil {
				t.Error("of its category, and the seeded ones, are not there")
			}
			w.refuse(403, "forbidden", "user", "GET", p+"?internal=true", nil)
			if got := w.want(200, "user", "GET", p, nil).items(); len(got) != 0 {
				t.Errorf("an end user is offered %v", got)
			}
		})
		w.run(t, "counted", func(t *testing.T) {
			r := w.want(200, "resolver", "POST", p+"/"+mine.str("id"), m{})
			if !strings.Contains(r.str("text"), "Resolver") {
				t.Errorf("used: %s", r.raw)
			}
			w.want(200, "resolver", "POST", p+"/"+mine.str("id"), m{})
			if got := w.want(200, "resolver", "GET", "/canned_responses/"+mine.str("id"), nil); got.num("uses") != 2 {
				t.Errorf("uses: %s", got.raw)
			}
			w.refuse(404, "not_found", "agent", "POST", p+"/"+mine.str("id"), m{})
			w.want(200, "resolver", "PATCH", "/canned_responses/"+mine.str("id"), m{"active": false})
			w.refuse(404, "not_found", "resolver", "POST", p+"/"+mine.str("id"), m{})
		})
	})
}

// TestAlikeOnTheRecord: what is alike and resolved comes first, with how; nothing the asker may not see.
func TestAlikeOnTheRecord(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, service := w.desk()
		one := w.inProgress(group, category, m{"title": "Outlook keeps asking for the password", "service": service})
		w.want(200, "resolver", "POST", "/incidents/"+one.str("id")+"/actions/resolve", m{"resolution_code": "fixed", "resolution_notes": "Removed the stale credential from the vault."})
		two := w.want(201, "agent", "POST", "/incidents", m{"title": "Outlook asks for a password again", "requester": w.ids["user2"], "service": service})
		w.want(201, "agent", "POST", "/incidents", m{"title": "the coffee machine is broken", "requester": w.ids["user"], "service": service})
		new := w.want(201, "agent", "POST", "/incidents", m{"title": "Outlook asking for password", "requester": w.ids["user"]})
		w.indexed()
		p := "/incidents/" + new.str("id") + "/similar"
		got := w.want(200, "agent", "GET", p, nil).items()
		if len(got) != 2 || got[0]["number"] != one.str("number") || got[0]["resolution"] != "Removed the stale credential from the vault." || got[1]["number"] != two.str("number") {
			t.Errorf("alike: %v", got)
		}
		if got := w.want(200, "user", "GET", p, nil).items(); len(got) != 1 {
			t.Errorf("the user sees %v", got)
		}
		w.refuse(404, "not_found", "user2", "GET", p, nil)
		if got := w.want(200, "admin", "GET", "/groups/"+group+"/similar", nil).items(); len(got) != 0 {
			t.Errorf("a group is like %v", got)
		}
	})
}

package api

import (
	"slices"
	"strings"
	"testing"
)

func (w *world) mention(who string) string {
	return "[@" + strings.ToUpper(who[:1]) + who[1:] + "](user:" + w.ids[who] + ")"
}

func watchersOf(r reply) []string {
	list, _ := r.at("watchers").([]any)
	var out []string
	for _, v := range list {
		out = append(out, v.(string))
	}
	return out
}

// TestMentions: who is named follows the record; nobody is named who may not know, and
// nothing is said when somebody is refused.
func TestMentions(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		i := w.inProgress(group, category, nil)
		p := "/incidents/" + i.str("id")
		say := func(text string, internal bool) m { return m{"body": text, "internal": internal} }

		w.want(201, "resolver", "POST", p+"/comments", say(w.mention("agent")+" please look, "+w.mention("user")+" and "+w.mention("resolver"), false))
		got := watchersOf(w.want(200, "resolver", "GET", p, nil))
		if !slices.Equal(got, []string{w.ids["agent"]}) { // the requester has it anyway, and oneself is no news
			t.Errorf("followers: %v", got)
		}
		w.refuse(404, "not_found", "user2", "GET", p, nil)
		w.want(201, "resolver", "POST", p+"/comments", say("for your information "+w.mention("user2"), false))
		w.want(200, "user2", "GET", p, nil)

		before := len(w.want(200, "resolver", "GET", p+"/comments", nil).items())
		for _, c := range []struct {
			who, code, text string
			internal        bool
		}{
			{"resolver", "mention_outside", w.mention("user"), true},
			{"resolver", "mention_outside", w.mention("manager") + " and " + w.mention("user2"), true},
			{"resolver", "unknown_mention", "[@Nobody](user:01900000-0000-7000-8000-000000000000)", false},
			{"resolver", "unknown_mention", "[@Nobody](user:nonsense)", true},
			{"user2", "mention_forbidden", w.mention("supplier"), false},
		} {
			r := w.refuse(422, c.code, c.who, "POST", p+"/comments", say(c.text, c.internal))
			if f, _ := r.at("errors").([]any); len(f) == 0 {
				t.Errorf("%s: no field is named: %s", c.code, r.raw)
			}
		}
		w.want(200, "admin", "PATCH", "/users/"+w.ids["other"], m{"active": false})
		w.refuse(422, "mention_inactive", "resolver", "POST", p+"/comments", say(w.mention("other"), true))
		w.refuse(422, "mention_outside", "resolver", "POST", p+"/actions/hold", m{"hold_reason": "awaiting_customer", "comment": "which one is it?", "work_note": w.mention("user")})
		if n := len(w.want(200, "resolver", "GET", p+"/comments", nil).items()); n != before {
			t.Errorf("%d things were said although they were refused", n-before)
		}
		if s := w.want(200, "resolver", "GET", p, nil).str("state"); s != "in_progress" {
			t.Errorf("a refused mention moved the incident to %s", s)
		}
		w.want(201, "resolver", "POST", p+"/comments", say("`"+w.mention("other")+"` in code is nobody", true))
		w.want(201, "resolver", "POST", p+"/comments", say(w.mention("manager"), true))
		if got := watchersOf(w.want(200, "resolver", "GET", p, nil)); !slices.Contains(got, w.ids["manager"]) {
			t.Errorf("followers after a work note: %v", got)
		}
	})
}

// TestWhomToMention: of a work note only those who may read it, of a reply anybody the
// writer sees; found by parts of the name and by initial consonants.
func TestWhomToMention(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		for name, roles := range map[string][]string{"seoyeon": {"resolver", "end_user"}, "doyun": {"end_user"}} {
			w.person(name, roles)
		}
		w.want(200, "admin", "PATCH", "/users/"+w.ids["seoyeon"], m{"name": "김서연"})
		w.want(200, "admin", "PATCH", "/users/"+w.ids["doyun"], m{"name": "김도윤"})
		i := w.inProgress(group, category, nil)
		p := "/incidents/" + i.str("id") + "/people"
		names := func(who, query string) []string {
			var out []string
			for _, it := range w.want(200, who, "GET", p+query, nil).items() {
				out = append(out, it["name"].(string))
			}
			return out
		}
		for _, c := range []struct {
			who, query string
			want       []string
		}{
			{"resolver", "?q=김", []string{"김도윤", "김서연"}}, {"resolver", "?q=ㄱㅅㅇ", []string{"김서연"}}, {"resolver", "?q=ㄱ", []string{"김도윤", "김서연"}},
			{"resolver", "?q=김&internal=true", []string{"김서연"}}, {"resolver", "?q=ㄱㄷㅇ&internal=true", nil}, {"resolver", "?q=SEOYEON", []string{"김서연"}},
			{"resolver", "?q=user&internal=true", nil}, {"resolver", "?q=nobodyiscalledso", nil}, {"user", "?q=서연", []string{"김서연"}},
		} {
			if got := names(c.who, c.query); !slices.Equal(got, c.want) {
				t.Errorf("%s finds with %s: %v, want %v", c.who, c.query, got, c.want)
			}
		}
		if got := names("resolver", "?internal=true"); slices.Contains(got, "User") || !slices.Contains(got, "Agent") || !slices.Contains(got[:4], "Mim") {
			t.Errorf("before anything is typed: %v; the group first, no end user", got)
		}
		for _, it := range w.want(200, "resolver", "GET", p+"?q=ㄱㄷㅇ", nil).items() {
			if it["sees"] != false {
				t.Errorf("an end user sees another's incident: %v", it)
			}
		}
		w.refuse(403, "forbidden", "user", "GET", p+"?internal=true", nil)
		w.refuse(404, "not_found", "user2", "GET", p, nil)
		w.refuse(403, "forbidden", "auditor", "GET", p, nil)
		if got := names("resolver", "?q="+strings.Repeat("ㄱ", 5000)); got != nil {
			t.Errorf("a very long name: %v", got)
		}
	})
}

// TestWatch: following is one's own matter, for those who work on the record.
func TestWatch(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		i := w.inProgress(group, category, nil)
		p := "/incidents/" + i.str("id")
		for range 2 { // asked twice, done once
			w.want(204, "agent", "PUT", p+"/watch", nil)
		}
		if got := watchersOf(w.want(200, "agent", "GET", p, nil)); !slices.Equal(got, []string{w.ids["agent"]}) {
			t.Errorf("followers: %v", got)
		}
		w.refuse(403, "forbidden", "auditor", "PUT", p+"/watch", nil)
		w.refuse(404, "not_found", "user2", "PUT", p+"/watch", nil)
		w.want(200, "resolver", "PATCH", p, m{"watchers": []string{w.ids["agent"], w.ids["user2"]}})
		w.want(204, "user2", "DELETE", p+"/watch", nil) // who was put there may go
		w.refuse(404, "not_found", "user2", "GET", p, nil)
		w.want(204, "agent", "DELETE", p+"/watch", nil)
		if got := watchersOf(w.want(200, "agent", "GET", p, nil)); got != nil {
			t.Errorf("followers: %v", got)
		}
		w.refuse(404, "not_found", "admin", "PUT", "/groups/"+group+"/watch", nil)
	})
}

// TestLookup: what stands behind numbers, as far as one may see it, in one call.
func TestLookup(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		a := w.want(201, "user", "POST", "/incidents", m{"title": "the printer is on fire"}).str("number")
		b := w.want(201, "user2", "POST", "/incidents", m{"title": "a secret of user2"}).str("number")
		ask := m{"numbers": []string{a, strings.ToLower(b), a, "INC9999999", "XYZ0000001", "12", "", "INC"}}
		for who, want := range map[string]int{"agent": 2, "user": 1, "user2": 1} {
			got := w.want(200, who, "POST", "/lookup", ask)
			if len(got.items()) != want || strings.Contains(string(got.raw), "secret") != (who != "user") {
				t.Errorf("%s: %s", who, got.raw)
			}
		}
		w.refuse(422, "required", "agent", "POST", "/lookup", m{})
		w.refuse(422, "too_many", "agent", "POST", "/lookup", m{"numbers": slices.Repeat([]string{a}, 201)})
	})
}

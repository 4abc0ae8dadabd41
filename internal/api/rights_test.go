package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/itil/role"
)

// TestCreateRights: what is made must be allowed by the grants that hold for it when it
// is made, not by those of other records of the kind.
func TestCreateRights(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		mine := m{"title": "my laptop is slow", "comment": "since this morning"}
		w.want(201, "user", "POST", "/incidents", mine)
		w.refuse(403, "forbidden", "user", "POST", "/incidents", m{"title": "my laptop is slow", "work_note": "an insider's word"})
		w.refuse(403, "field_forbidden", "user", "POST", "/incidents", m{"title": "my laptop is slow", "assignee": w.ids["resolver"]})
		w.want(201, "agent", "POST", "/incidents", m{"title": "for the team", "impact": 2, "work_note": "seen before"})
		// An agent may make what they then see only as the end user that they are as well;
		// but a security manager makes nothing else than security incidents.
		own := w.want(201, "agent", "POST", "/incidents", m{"title": "phishing mail opened", "security": true, "impact": 2})
		if _, told := own.body["impact"]; told || own.str("title") == "" {
			t.Errorf("an agent outside the team sees of it: %s", own.raw)
		}
		w.refuse(403, "forbidden", "agent", "POST", "/incidents", m{"title": "phishing mail opened", "security": true, "work_note": "not of the team"})
		w.person("ciso", []string{role.SecurityManager, role.EndUser})
		w.want(201, "ciso", "POST", "/incidents", m{"title": "stolen laptop", "security": true, "impact": 1})
		w.want(201, "ciso", "POST", "/incidents", m{"title": "my mouse is broken", "urgency": 3})
		w.refuse(403, "field_forbidden", "ciso", "POST", "/incidents", m{"title": "my mouse is broken", "impact": 1})
		w.person("guard", []string{role.SecurityManager})
		w.refuse(403, "forbidden", "guard", "POST", "/incidents", m{"title": "my mouse is broken"})
	})
}

// TestTokenRights: a token of some roles makes none of more.
func TestTokenRights(t *testing.T) {
	w := newWorld(t, "")
	w.person("both", []string{role.Agent, role.EndUser})
	narrow := w.want(201, "both", "POST", "/tokens", m{"name": "narrow", "roles": []string{role.EndUser}})
	w.tokens["narrow"] = narrow.str("token")
	w.refuse(403, "forbidden", "narrow", "POST", "/tokens", m{"name": "wide", "roles": []string{role.Agent}})
	again := w.want(201, "narrow", "POST", "/tokens", m{"name": "as narrow"})
	w.tokens["again"] = again.str("token")
	if roles := fmt.Sprint(w.want(200, "again", "GET", "/session", nil).at("roles")); roles != "[end_user]" {
		t.Errorf("a token made by a token of one role has %s", roles)
	}
	w.refuse(403, "forbidden", "narrow", "POST", "/tokens", m{"name": "another's", "user": "agent@example.com"})
}

// TestSecretsAreNotGuessed: nothing hidden can be found out by asking again and again.
func TestSecretsAreNotGuessed(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		secret := "tablespace"
		for n, hint := range []string{secret, "aaa", "zzz"} {
			i := w.inProgress(group, category, m{"title": fmt.Sprint("case ", n)})
			w.want(200, "resolver", "PATCH", "/incidents/"+i.str("id"), m{"cause_hint": hint, "effort": fmt.Sprintf("PT%dH", n+1)})
		}
		hidden := w.want(201, "agent", "POST", "/incidents", m{"title": "xylophone affair", "security": true, "watchers": []string{w.ids["agent"]}})
		all := w.want(200, "user", "GET", "/incidents?count=true", nil).num("total")
		if all != 3 {
			t.Fatalf("a user sees %v", all)
		}
		for _, filter := range []string{"cause_hint.startsWith('t')", "cause_hint < 'tb'", "cause_hint >= 'ta'", "cause_hint == '" + secret + "'", "!(cause_hint == 'aaa')", "cause_hint != 'aaa'", "empty(cause_hint)", "!empty(cause_hint)",
			"size(cause_hint) == 10", "cause_hint.lowerAscii().contains('space')", "cause_hint in ['aaa']", "(cause_hint < 'tb' ? 1 : 2) == 1", "effort > duration('1h')", "effort - duration('1h') > duration('30m')", "true || cause_hint == 'x'",
			"title.contains('xylophone')", "security", "confidential && title < 'z'", "id == '" + hidden.str("id") + "'", "number == '" + hidden.str("number") + "'", "search('xylophone')", "parent == null && size(similar) >= 0"} {
			if n := w.want(200, "user", "GET", "/incidents?count=true&filter="+esc(filter), nil).num("total"); n != 0 {
				t.Errorf("%s tells a user of %v", filter, n)
			}
		}
		for _, order := range []string{"cost", "-cost", "title,-effort"} {
			if items := w.want(200, "user", "GET", "/incidents?order="+order, nil).items(); len(items) != 0 {
				t.Errorf("sorted by %s a user sees %d", order, len(items))
			}
		}
		for _, hop := range []string{"parent.cause_hint == 'a'", "problem.root_cause == 'a'", "requester.phone == '1'", "requester.email != '' && requester.roles == null"} {
			w.refuse(422, "filter_hidden_field", "user", "GET", "/incidents?filter="+esc(hop), nil)
		}
		for _, by := range []string{"cause_hint", "effort", "size(cause_hint)"} {
			if r := w.call("user", "GET", "/kpis/incidents.created?group_by="+esc(by), nil); r.status == 200 && r.num("value") != 0 || strings.Contains(string(r.raw), secret) {
				t.Errorf("grouped by %s: %s", by, r.raw)
			}
		}
		for _, key := range []string{hidden.str("id"), hidden.str("number"), strings.ToLower(hidden.str("number"))} {
			for _, tail := range []string{"", "/history", "/comments", "/links", "/attachments", "/clocks", "?as_of=2026-11-02T02:00:00Z"} {
				w.refuse(404, "not_found", "user", "GET", "/incidents/"+key+tail, nil)
			}
		}
		// Whoever refers to it hears the same as of what is not there.
		follower := "/incidents/" + w.inProgress(group, category, m{"title": "a follower"}).str("id")
		missing := w.refuse(422, "validation", "resolver", "PATCH", follower, m{"parent": "INC9999999"})
		there := w.refuse(422, "validation", "resolver", "PATCH", follower, m{"parent": hidden.str("number")})
		if strings.ReplaceAll(string(there.raw), hidden.str("number"), "INC9999999") != string(missing.raw) {
			t.Errorf("a hidden record answers differently from a missing one:\n%s\n%s", there.raw, missing.raw)
		}
	})
}

// TestPastRights: what became confidential is so in its past, and what was confidential
// stays so.
func TestPastRights(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		i := w.want(201, "agent", "POST", "/incidents", m{"title": "salary list in the mail", "watchers": []string{w.ids["agent"]}})
		path := "/incidents/" + i.str("id")
		open := time.UnixMicro(w.now.Load()).UTC().Add(time.Minute)
		w.later(time.Hour)
		w.want(200, "agent", "PATCH", path, m{"confidential": true, "title": "private matter"})
		closed := time.UnixMicro(w.now.Load()).UTC().Add(time.Minute)
		w.later(time.Hour)
		at := func(t time.Time) string { return "as_of=" + t.Format(time.RFC3339) }
		w.refuse(404, "not_found", "other", "GET", path+"?"+at(open), nil)
		for _, when := range []time.Time{open, closed} {
			if r := w.want(200, "other", "GET", "/incidents?count=true&"+at(when), nil); len(r.items()) != 0 || r.num("total") != 0 {
				t.Errorf("as of %s a stranger is told %s", when, r.raw)
			}
			if r := w.want(200, "agent", "GET", "/incidents?count=true&"+at(when), nil); len(r.items()) != 1 || r.num("total") != 1 {
				t.Errorf("as of %s the agent is told %s", when, r.raw)
			}
		}
		w.want(200, "agent", "PATCH", path, m{"confidential": false, "title": "harmless"})
		w.later(time.Hour)
		w.want(200, "other", "GET", path, nil)
		w.want(200, "other", "GET", path+"?"+at(open), nil)
		w.refuse(404, "not_found", "other", "GET", path+"?"+at(closed), nil)
		items := w.want(200, "other", "GET", "/incidents?count=true&"+at(open), nil).items()
		if len(items) != 1 || items[0]["title"] != "salary list in the mail" {
			t.Errorf("what was open then and is now: %v", items)
		}
		if can := items[0]["can"].(m); len(can["moves"].([]any)) != 0 {
			t.Errorf("the past can be changed: %v", can)
		}
	})
}

// TestFiguresOpen: the records of every group of a figure can be listed, whatever it is
// grouped by.
func TestFiguresOpen(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, service := w.desk()
		w.want(201, "admin", "POST", "/custom_fields", m{"on": "incident", "name": "x_day", "type": "date", "label": m{"ko": "날", "en": "Day"}})
		w.inProgress(group, category, m{"service": service, "x_day": "2026-11-02", "deadline": "2026-11-03T00:00:00.25Z"})
		w.later(25 * time.Hour)
		w.inProgress(group, category, m{"title": `he said "it's down"`, "users_affected": 7})
		w.want(201, "agent", "POST", "/incidents", m{"title": "장애 접수"})
		for _, by := range []string{"state", "service", "priority", "title", "created_at", "day(created_at)", "weekday(created_at)", "hour(created_at)", "deadline", "x_day", "users_affected", "ping_pong", "time_to_acknowledge",
			"service.name", "requester.name", "assignee == me", "priority < 3 || ping_pong", "created_at - detected_at", "(empty(service) ? 'none' : 'some')", "group,state", "size(title)"} {
			r := w.want(200, "resolver", "GET", "/kpis/incidents.created?group_by="+esc(by), nil)
			groups, _ := r.at("groups").([]any)
			n := 0.0
			for _, g := range groups {
				g := g.(m)
				u, err := url.Parse(g["records_url"].(string))
				if err != nil {
					t.Fatal(err)
				}
				opened := w.want(200, "resolver", "GET", u.Path+"?count=true&"+u.RawQuery, nil)
				if opened.num("total") != g["n"].(float64) {
					t.Errorf("by %s: group %v of %v opens %v", by, g["key"], g["n"], opened.num("total"))
				}
				n += g["n"].(float64)
			}
			if n != 3 {
				t.Errorf("by %s: %d groups of %v in all, want 3", by, len(groups), n)
			}
		}
	})
}

// TestFilterFaults: a filter that cannot be asked says where and why, in the caller's language.
func TestFilterFaults(t *testing.T) {
	w := newWorld(t, "")
	for _, tt := range []struct {
		filter, code string
		pos          float64
		ko, en       string
	}{
		{"titel == 'a'", "filter_unknown_field", 1, "조건식에 없는 항목이 있습니다: titel", "The filter names an unknown field: titel"},
		{"title == '장애' && statte == 'new'", "filter_unknown_field", 18, "조건식에 없는 항목이 있습니다: statte", "The filter names an unknown field: statte"},
		{"title.contain('a')", "filter_unknown_function", 1, "조건식에 없는 함수가 있습니다: title.contain", "There is no such function: title.contain"},
		{"priority / 0 == 1", "filter_not_queryable", 10, "조회할 수 없는 표현입니다: /", "This cannot be asked of the database: /"},
		{"title.matches('(a+)+$')", "filter_not_queryable", 1, "조회할 수 없는 표현입니다: title.matches", "This cannot be asked of the database: title.matches"},
		{"priority == 'high'", "filter_type", 10, "조건식의 형식이 맞지 않습니다: ==", "The types in the filter do not fit: =="},
		{"title", "filter_not_condition", 1, "참 또는 거짓이 되는 조건이어야 합니다.", "A filter must be true or false."},
		{"state == 'asleep'", "filter_not_a_choice", 10, "가능한 값이 아닙니다: 'asleep'", "This is never one of its values: 'asleep'"},
		{"deadline > timestamp('soon')", "filter_bad_literal", 22, "값을 읽을 수 없습니다: 'soon'", "The value cannot be read: 'soon'"},
		{"priority <", "filter_syntax", 11, "조건식을 이해할 수 없습니다.", "The filter cannot be read."},
		{strings.Repeat("(", 3000), "filter_too_deep", 61, "조건식이 너무 복잡합니다.", "The filter is nested too deeply."},
		{strings.Repeat("x", 9000), "filter_too_long", 8193, "조건식이 너무 깁니다(최대 8192자).", "The filter is too long (at most 8192 characters)."},
		{"priority in [" + strings.Repeat("1,", 1200) + "2]", "filter_too_many_parts", 13, "조건식의 요소가 너무 많습니다(최대 1000개).", "The filter has too many parts (at most 1000)."},
	} {
		for lang, want := range map[string]string{"ko": tt.ko, "en": tt.en} {
			r := w.refuse(422, tt.code, "agent", "GET", "/incidents?filter="+esc(tt.filter), nil, "Accept-Language", lang)
			if r.num("position") != tt.pos || want != "" && r.str("title") != want {
				t.Errorf("%.40s in %s: %q at %v, want %q at %v", tt.filter, lang, r.str("title"), r.num("position"), want, tt.pos)
			}
		}
	}
}

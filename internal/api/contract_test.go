package api

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestContractRecords: reading and writing one record.
func TestContractRecords(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, service := w.desk()
		r := w.want(201, "agent", "POST", "/incidents", m{"title": "first", "description": "words"})
		p := "/incidents/" + r.str("id")
		w.run(t, "created", func(t *testing.T) {
			if r.header.Get("Location") != base+p || r.header.Get("ETag") != `"1"` || r.header.Get("Content-Type") != "application/json" || r.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("headers: %v", r.header)
			}
			for _, key := range []string{r.str("id"), r.str("number"), strings.ToLower(r.str("number")), strings.ToUpper(r.str("id"))} {
				if got := w.get("agent", "/incidents/"+key); got.str("id") != r.str("id") {
					t.Errorf("by %s: %s", key, got.raw)
				}
			}
		})
		w.run(t, "unchanged", func(*testing.T) {
			w.want(304, "agent", "GET", p, nil, "If-None-Match", `"1"`)
			w.want(200, "agent", "GET", p, nil, "If-None-Match", `"2"`)
		})
		w.run(t, "a merge patch", func(t *testing.T) {
			got := w.want(200, "agent", "PATCH", p, m{"description": nil, "tags": []string{"a", "b"}})
			if got.at("description") != nil || len(got.at("tags").([]any)) != 2 || got.str("title") != "first" || got.header.Get("ETag") != `"2"` {
				t.Errorf("patched: %s", got.raw)
			}
			if r := w.refuse(422, "validation", "agent", "PATCH", p, m{"title": nil}); r.wrong() != "title:required" {
				t.Errorf("null for what is needed: %s", r.wrong())
			}
			if got := w.want(200, "agent", "PATCH", p, m{}); got.header.Get("ETag") != `"2"` {
				t.Errorf("an empty patch made version %s", got.header.Get("ETag"))
			}
			if got := w.want(200, "agent", "PATCH", p, m{"title": "first"}); got.header.Get("ETag") != `"2"` {
				t.Errorf("a patch that says nothing new made version %s", got.header.Get("ETag"))
			}
			c := w.want(201, "admin", "POST", "/categories", m{"name": "words", "label": m{"ko": "말", "en": "words"}})
			got = w.want(200, "admin", "PATCH", "/categories/"+c.str("id"), m{"label": m{"en": "other words"}})
			if got.str("label", "ko") != "말" || got.str("label", "en") != "other words" {
				t.Errorf("a patch inside an object: %v", got.at("label"))
			}
			got = w.want(200, "admin", "PATCH", "/categories/"+c.str("id"), m{"label": m{"ko": nil}})
			if label, _ := got.at("label").(map[string]any); len(label) != 1 {
				t.Errorf("null inside an object: %v", label)
			}
			w.want(200, "admin", "PATCH", "/services/"+service, m{"downtime_cost": m{"amount": "100", "currency": "KRW"}})
			if got := w.want(200, "admin", "PATCH", "/services/"+service, m{"downtime_cost": m{"amount": "200"}}); got.str("downtime_cost", "amount") != "200" || got.str("downtime_cost", "currency") != "KRW" {
				t.Errorf("an amount alone: %v", got.at("downtime_cost"))
			}
		})
		w.run(t, "versions", func(t *testing.T) {
			w.want(200, "agent", "PATCH", p, m{"title": "second"}, "If-Match", `"2"`)
			for _, stale := range []string{`"2"`, `"99"`, `W/"2"`, "2"} {
				w.refuse(412, "stale_version", "agent", "PATCH", p, m{"title": "third"}, "If-Match", stale)
				w.refuse(412, "stale_version", "agent", "POST", p+"/actions/assign", m{"group": group, "category": category}, "If-Match", stale)
			}
			for _, bad := range []string{"yesterday", `"0"`, `"-1"`, `"1", "2"`, `""`} {
				w.refuse(400, "malformed", "agent", "PATCH", p, m{"title": "third"}, "If-Match", bad)
			}
			w.want(200, "agent", "PATCH", p, m{"title": "third"}, "If-Match", "*")
			w.want(200, "agent", "POST", p+"/actions/assign", m{"group": group, "category": category}, "If-Match", `"4"`)
		})
		w.run(t, "state changes by actions alone", func(t *testing.T) {
			for _, body := range []m{{"state": "closed"}, {"state": nil}, {"title": "x y z", "state": "new"}} {
				w.refuse(422, "use_action", "agent", "PATCH", p, body)
			}
			w.refuse(422, "use_action", "agent", "POST", "/incidents", m{"title": "born closed", "state": "closed"})
			w.refuse(404, "no_such_move", "agent", "POST", p+"/actions/close_it", m{})
			w.refuse(404, "not_found", "user2", "POST", p+"/actions/close_it", m{})
			w.refuse(404, "no_such_move", "agent", "POST", "/categories/"+category+"/actions/close", m{})
			if r := w.refuse(403, "field_forbidden", "resolver", "POST", p+"/actions/accept", m{"title": "and renamed"}); r.wrong() != "title:field_forbidden" {
				t.Errorf("a field that the move does not take: %s", r.wrong())
			}
		})
		w.run(t, "amounts, durations and times in their one form", func(t *testing.T) {
			got := w.want(200, "agent", "PATCH", p, m{"effort": "PT90M", "hourly_rate": m{"amount": "1200.50", "currency": "KRW"}, "detected_at": "2026-11-02T09:30:00+09:00"})
			if got.str("effort") != "PT1H30M" || got.str("hourly_rate", "amount") != "1200.5" || got.str("hourly_rate", "currency") != "KRW" || got.str("detected_at") != "2026-11-02T00:30:00Z" {
				t.Errorf("%s %v %s", got.str("effort"), got.at("hourly_rate"), got.str("detected_at"))
			}
			for field, values := range map[string][]any{"effort": {"90", 90, "PT", "-PT1H", "one hour"}, "hourly_rate": {"1200", 1200, m{"amount": "1200"}, m{"amount": "many", "currency": "KRW"}, m{"amount": "1", "currency": "won"}, m{"amount": "1", "currency": "KRW", "tax": "1"}},
				"detected_at": {"yesterday", "2026-11-02", 1762041600, "2026-13-01T00:00:00Z", "2026-11-02T00:30:00"}, "users_affected": {"many", 1.5, -1, true}, "watchers": {"user", []any{1}, []any{"nobody"}}, "workaround_accepted": {"maybe", 1}} {
				w.want(200, "agent", "PATCH", p, m{field: nil})
				for _, v := range values {
					if s, ok := v.(string); ok && field == "watchers" && s == "user" { // text stands for a list, as in a file
						w.refuse(422, "validation", "agent", "PATCH", p, m{field: v})
						continue
					}
					if r := w.refuse(422, "validation", "agent", "PATCH", p, m{field: v}); !strings.HasPrefix(r.wrong(), field+":") {
						t.Errorf("%s = %v: %s", field, v, r.wrong())
					}
				}
			}
		})
		w.run(t, "all that is wrong at once", func(t *testing.T) {
			r := w.refuse(422, "validation", "agent", "POST", "/incidents", m{"title": "ab", "impact": 7, "colour": "red", "service": "nowhere", "requester": w.ids["user"]})
			if r.wrong() != "colour:unknown_field impact:not_a_choice service:unknown_reference title:too_short" {
				t.Errorf("%s", r.wrong())
			}
		})
	})
}

// TestContractLists: pages, counts, fields, and parameters that are wrong.
func TestContractLists(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		for n := range 9 {
			w.want(201, "agent", "POST", "/incidents", m{"title": fmt.Sprint("number ", n), "urgency": n%3 + 1})
		}
		w.run(t, "fields and counts", func(t *testing.T) {
			r := w.get("agent", "/incidents?fields=number,title&limit=2&count=true")
			first := r.items()[0]
			if len(first) != 4 || first["id"] == nil || first["kind"] != "incident" || first["number"] == nil || r.num("total") != 9 || r.str("next_cursor") == "" {
				t.Errorf("%s", r.raw)
			}
			if _, told := w.get("agent", "/incidents?limit=1").body["total"]; told {
				t.Error("counted without being asked")
			}
			if r := w.get("agent", "/incidents?limit=500"); len(r.items()) != 9 || r.at("next_cursor") != nil {
				t.Errorf("the largest page: %d, %v", len(r.items()), r.at("next_cursor"))
			}
			if r := w.get("agent", "/incidents?filter="+esc("urgency == 1 && title.contains('number')")+"&order=-number&count=true"); r.num("total") != 3 || r.items()[0]["title"] != "number 6" {
				t.Errorf("filtered: %s", r.raw)
			}
			if r := w.get("agent", "/incidents?filter="+esc("urgency == 9")+"&count=true"); r.num("total") != 0 || r.at("items") == nil {
				t.Errorf("none: %s", r.raw)
			}
		})
		w.run(t, "cursors", func(t *testing.T) {
			cursor := w.get("agent", "/incidents?limit=2&order=number").str("next_cursor")
			if r := w.get("agent", "/incidents?limit=2&order=number&cursor="+cursor); r.items()[0]["title"] != "number 2" {
				t.Errorf("the second page: %s", r.raw)
			}
			raw, err := base64.RawURLEncoding.DecodeString(cursor)
			if err != nil {
				t.Fatal(err)
			}
			forged := func(change func(c map[string]any)) string {
				var c map[string]any
				if err := json.Unmarshal(raw, &c); err != nil {
					t.Fatal(err)
				}
				change(c)
				out, _ := json.Marshal(c)
				return base64.RawURLEncoding.EncodeToString(out)
			}
			for name, bad := range map[string]string{
				"noise": "abc", "not base64": "%25%25", "cut": cursor[:len(cursor)/2], "of another order": w.get("agent", "/incidents?limit=2&order=-title").str("next_cursor"),
				"a value too many": forged(func(c map[string]any) { c["v"] = append(c["v"].([]any), "x") }), "no values": forged(func(c map[string]any) { delete(c, "v") }),
				"an id that is none": forged(func(c map[string]any) { c["v"].([]any)[1] = "' OR 1=1 --" }), "a null id": forged(func(c map[string]any) { c["v"].([]any)[1] = nil }),
				"an object for a value": forged(func(c map[string]any) { c["v"].([]any)[0] = m{} }), "not JSON": base64.RawURLEncoding.EncodeToString([]byte("{")), "huge": strings.Repeat("A", 20_000),
			} {
				r := w.refuse(422, "bad_cursor", "agent", "GET", "/incidents?limit=2&order=number&cursor="+bad, nil)
				if r.wrong() != "cursor:bad_cursor" {
					t.Errorf("%s: %s", name, r.wrong())
				}
			}
			// A forged place is only a place: what lies behind it is still the caller's own.
			other := forged(func(c map[string]any) { c["v"].([]any)[0] = "INC0000000" })
			if r := w.get("user2", "/incidents?limit=2&order=number&cursor="+other); len(r.items()) != 0 {
				t.Errorf("somebody else's: %s", r.raw)
			}
		})
		w.run(t, "parameters that are wrong", func(t *testing.T) {
			for _, c := range []struct {
				query  string
				status int
				code   string
			}{
				{"limit=501", 422, "out_of_range"}, {"limit=0", 422, "out_of_range"}, {"limit=-1", 422, "out_of_range"}, {"limit=ten", 422, "out_of_range"}, {"limit=1e2", 422, "out_of_range"}, {"limit=99999999999999999999", 422, "out_of_range"},
				{"fields=nothing", 422, "unknown_field"}, {"fields=number,", 422, "unknown_field"}, {"order=luck", 422, "unknown_field"}, {"order=description", 422, "not_sortable"}, {"order=number,title,state,impact,urgency", 422, "too_many"},
				{"count=yes", 422, "not_a_choice"}, {"expand=all", 422, "not_a_choice"}, {"as_of=yesterday", 422, "wrong_format"},
				{"filtr=" + esc("impact == 1"), 422, "unknown_parameter"}, {"page=2", 422, "unknown_parameter"},
				{"filter=" + esc("impact == 1") + "&filter=" + esc("impact == 2"), 400, "malformed"}, {"filter=%zz", 400, "malformed"}, {"filter=%ff%fe", 400, "malformed"}, {"filter=" + esc("title == 'a\x00b'"), 400, "malformed"},
				{"filter=" + esc("title == 'a' ; drop table incident"), 422, "filter_syntax"}, {"filter=" + esc("title.matches('(a+)+$')"), 422, "filter_not_queryable"},
				{"filter=" + esc("password_hash == 'x'"), 422, "filter_unknown_field"}, {"filter=" + esc("requester.password_hash == 'x'"), 422, "filter_type"}, {"filter=" + esc("title"), 422, "filter_not_condition"},
			} {
				r := w.call("agent", "GET", "/incidents?"+c.query, nil)
				if r.status != c.status || r.str("code") != c.code {
					t.Errorf("%.60s: %d %s, want %d %s", c.query, r.status, r.raw, c.status, c.code)
				}
			}
			for _, path := range []string{"/search?q=a&limits=3", "/kpis/INC-01?since=now", "/incidents/INC0000001?field=title", "/book?lang=ko", "/jobs?x=1"} {
				if r := w.call("admin", "GET", path, nil); r.status != 422 || r.str("code") != "unknown_parameter" {
					t.Errorf("%s: %d %s", path, r.status, r.raw)
				}
			}
			for _, path := range []string{"/search?q=%ff", "/search?q=a%00b", "/incidents/%ff", "/incidents/a%00b", "/%ff"} {
				if r := w.call("agent", "GET", path, nil); r.status != 400 || r.str("code") != "malformed" {
					t.Errorf("%s: %d %s", path, r.status, r.raw)
				}
			}
			for _, q := range []string{"", "   ", "'", `"`, "a OR", "*", "%", "-", strings.Repeat("가", 5000), "a AND NOT b NEAR c", "((("} {
				if r := w.call("agent", "GET", "/search?q="+esc(q), nil); r.status != 200 && r.status != 422 {
					t.Errorf("search %.30q: %d %s", q, r.status, r.raw)
				}
			}
			w.refuse(422, "out_of_range", "agent", "GET", "/search?q=a&limit=0", nil)
			w.refuse(422, "out_of_range", "agent", "GET", "/search?q=a&limit=501", nil)
			w.refuse(403, "forbidden", "user", "GET", "/problems?filter="+esc("nothing == 1"), nil)
		})
	})
}

// TestContractSubresources: history, comments, links and clocks of a record.
func TestContractSubresources(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		p := "/incidents/" + w.inProgress(group, category, nil).str("id")
		id := p[len("/incidents/"):]
		w.run(t, "history", func(t *testing.T) {
			w.want(200, "resolver", "PATCH", p, m{"title": "another title", "reason": "typo"})
			var verbs []string
			for _, h := range w.get("resolver", p+"/history").items() {
				verbs = append(verbs, fmt.Sprint(h["verb"]))
			}
			if strings.Join(verbs, " ") != "create assign accept update" {
				t.Errorf("verbs: %v", verbs)
			}
			hist := w.get("resolver", p+"/history").items()
			last := hist[3]
			turn := last["fields"].([]any)[0].(map[string]any)
			if last["reason"] != "typo" || last["actor"] != w.ids["resolver"] || last["via"] != "api" || turn["field"] != "title" || turn["old"] != "mail does not arrive" || turn["new"] != "another title" || len(fmt.Sprint(last["hash"])) != 64 {
				t.Errorf("the last step: %v", last)
			}
			if raw := string(w.get("user", p+"/history").raw); strings.Contains(raw, "typo") || strings.Contains(raw, "groups_visited") {
				t.Errorf("an end user's history: %s", raw)
			}
		})
		w.run(t, "as it was", func(t *testing.T) {
			was := w.at(0)
			w.later(time.Hour)
			w.want(200, "resolver", "PATCH", p, m{"title": "a third title"})
			for at, want := range map[string]string{was: "another title", w.at(0): "a third title"} {
				got := w.get("resolver", p+"?as_of="+url.QueryEscape(at))
				if got.str("title") != want || len(got.at("can", "moves").([]any)) != 0 {
					t.Errorf("at %s: %s", at, got.raw)
				}
			}
			w.refuse(404, "not_found", "resolver", "GET", p+"?as_of=2020-01-01T00:00:00Z", nil)
			if n := len(w.get("resolver", "/incidents?as_of="+url.QueryEscape(was)+"&filter="+esc("title == 'another title'")).items()); n != 1 {
				t.Errorf("the list as it was: %d", n)
			}
		})
		w.run(t, "clocks hang here", func(t *testing.T) {
			if got := w.get("user", p+"/clocks"); string(got.raw) != `{"items":[]}`+"\n" {
				t.Errorf("%s", got.raw)
			}
		})
		w.run(t, "comments", func(t *testing.T) {
			r := w.want(201, "user", "POST", p+"/comments", m{"body": "  안녕하세요  "})
			if r.str("body") != "안녕하세요" || r.at("internal") != false || r.str("author") != w.ids["user"] {
				t.Errorf("%s", r.raw)
			}
			for _, bad := range []m{{}, {"body": ""}, {"body": " \n"}, {"body": 5}, {"body": "a\x00b"}, {"body": "a", "internal": "yes"}, {"body": "a", "colour": "red"}, {"text": "a"}, {"body": strings.Repeat("가", 30_000)}} {
				if r := w.call("agent", "POST", p+"/comments", bad); r.status != 422 {
					t.Errorf("%.40v: %d %s", bad, r.status, r.raw)
				}
			}
			w.refuse(403, "forbidden", "user", "POST", p+"/comments", m{"body": "a", "internal": true})
			w.refuse(403, "forbidden", "other", "POST", p+"/comments", m{"body": "a"})
			w.refuse(404, "not_found", "user2", "POST", p+"/comments", m{"body": "a"})
		})
		w.run(t, "links", func(t *testing.T) {
			prb := w.want(201, "problem", "POST", "/problems", m{"title": "a cause"})
			link := func(change m) m {
				out := m{"type": "investigated_by", "from": m{"kind": "incident", "id": id}, "to": m{"kind": "problem", "id": prb.str("number")}}
				for k, v := range change {
					if v == nil {
						delete(out, k)
					} else {
						out[k] = v
					}
				}
				return out
			}
			for _, c := range []struct {
				body   m
				status int
				code   string
			}{
				{link(m{"type": nil}), 422, "required"}, {link(m{"from": nil}), 422, "required"}, {link(m{"to": nil}), 422, "required"}, {link(m{"to": m{"kind": "problem"}}), 422, "required"}, {link(m{"from": m{"id": id}}), 422, "required"},
				{link(m{"type": "hates"}), 422, "unknown_link"}, {link(m{"type": "caused_by_change"}), 422, "link_target"}, {link(m{"to": m{"kind": "problem", "id": "PRB9999999"}}), 422, "unknown_reference"},
				{link(m{"to": m{"kind": "unicorn", "id": prb.str("id")}}), 422, "link_target"}, {link(m{"from": m{"kind": "problem", "id": prb.str("id")}}), 422, "unknown_link"}, {link(m{"from": m{"kind": "unicorn", "id": id}}), 404, "not_found"},
				{link(m{"evidence": "none"}), 422, "validation"}, {link(m{"from": m{"kind": "incident", "id": "INC9999999"}}), 404, "not_found"},
			} {
				r := w.call("resolver", "POST", "/links", c.body)
				if r.status != c.status || r.str("code") != c.code {
					t.Errorf("%v: %d %s, want %d %s", c.body, r.status, r.raw, c.status, c.code)
				}
			}
			w.refuse(403, "forbidden", "user", "POST", "/links", link(nil))
			w.refuse(404, "not_found", "user2", "POST", "/links", link(nil))
			r := w.want(201, "resolver", "POST", "/links", link(m{"reason": "the same stack trace"}))
			if r.str("type") != "investigated_by" || r.str("from") != id || r.str("to") != prb.str("id") || r.str("created_by") != "user:"+w.ids["resolver"] {
				t.Errorf("%s", r.raw)
			}
			w.want(201, "resolver", "POST", "/links", link(nil)) // it stands already
			for path, reverse := range map[string]bool{p: false, "/problems/" + prb.str("id"): true} {
				near := w.get("auditor", path+"/links").items()
				if len(near) != 1 || near[0]["reverse"] != reverse {
					t.Errorf("%s: %v", path, near)
				}
			}
			if near := w.get("user", p+"/links").items(); len(near) != 0 {
				t.Errorf("an end user is led to %v", near)
			}
			second := w.want(201, "problem", "POST", "/problems", m{"title": "another cause"}).str("id")
			w.want(201, "resolver", "POST", "/links", link(m{"to": m{"kind": "problem", "id": second}})) // n:1 by a field: it moves
			if near := w.get("auditor", p+"/links").items(); len(near) != 1 {
				t.Errorf("two where there may be one: %v", near)
			}
			w.want(204, "resolver", "DELETE", "/links", link(m{"to": m{"kind": "problem", "id": second}, "reason": "it was another stack"}))
			w.refuse(404, "not_found", "resolver", "DELETE", "/links", link(m{"to": m{"kind": "problem", "id": second}}))
			if raw := string(w.get("resolver", p+"/history").raw); !strings.Contains(raw, "the same stack trace") || !strings.Contains(raw, "it was another stack") {
				t.Errorf("the reasons are not told: %s", raw)
			}
		})
	})
}

// TestContractIdempotency: every change that is not an update may be asked for twice.
func TestContractIdempotency(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		p := "/incidents/" + w.inProgress(group, category, nil).str("id")
		chg := w.want(201, "resolver", "POST", "/changes", m{"title": "new firmware"}).str("id")
		for n, c := range []struct {
			path        string
			body, other m
			status      int
		}{
			{p + "/comments", m{"body": "once"}, m{"body": "twice"}, 201},
			{p + "/actions/hold", m{"hold_reason": "scheduled", "follow_up_at": w.at(time.Hour)}, m{"hold_reason": "scheduled", "follow_up_at": w.at(2 * time.Hour)}, 200},
			{"/links", m{"type": "resolved_by_change", "from": m{"kind": "incident", "id": p[len("/incidents/"):]}, "to": m{"kind": "change", "id": chg}}, m{"type": "caused_by_change", "from": m{"kind": "incident", "id": p[len("/incidents/"):]}, "to": m{"kind": "change", "id": chg}}, 201},
			{"/incident_tasks", m{"incident": p[len("/incidents/"):], "title": "once"}, m{"incident": p[len("/incidents/"):], "title": "twice"}, 201},
		} {
			key := fmt.Sprint("key ", n)
			first := w.want(c.status, "resolver", "POST", c.path, c.body, "Idempotency-Key", key)
			again := w.want(c.status, "resolver", "POST", c.path, c.body, "Idempotency-Key", key)
			var a, b any
			_ = json.Unmarshal(first.raw, &a)
			_ = json.Unmarshal(again.raw, &b)
			if fmt.Sprint(a) != fmt.Sprint(b) || again.header.Get("Idempotency-Replayed") != "true" {
				t.Errorf("%s: %s, then %s", c.path, first.raw, again.raw)
			}
			w.refuse(409, "idempotency_reuse", "resolver", "POST", c.path, c.other, "Idempotency-Key", key)
			w.refuse(409, "idempotency_reuse", "resolver", "POST", "/incidents", c.body, "Idempotency-Key", key)
		}
		if n := len(w.get("resolver", p+"/comments").items()); n != 1 {
			t.Errorf("%d comments", n)
		}
		w.refuse(400, "idempotency_key", "resolver", "POST", "/incidents", m{"title": "a long key"}, "Idempotency-Key", strings.Repeat("k", 201))
		// What was refused is no answer to keep: once it is right, it is done.
		w.refuse(422, "validation", "agent", "POST", "/incidents", m{"title": "ab"}, "Idempotency-Key", "late")
		w.want(201, "agent", "POST", "/incidents", m{"title": "abc"}, "Idempotency-Key", "late")
		// Kept 48 hours.
		w.want(201, "agent", "POST", "/incidents", m{"title": "tomorrow"}, "Idempotency-Key", "day")
		w.later(47 * time.Hour)
		if r := w.want(201, "agent", "POST", "/incidents", m{"title": "tomorrow"}, "Idempotency-Key", "day"); r.header.Get("Idempotency-Replayed") != "true" {
			t.Error("forgotten within 48 hours")
		}
		w.later(3 * time.Hour)
		if r := w.want(201, "agent", "POST", "/incidents", m{"title": "tomorrow"}, "Idempotency-Key", "day"); r.header.Get("Idempotency-Replayed") == "true" {
			t.Error("kept for ever")
		}
	})
}

// TestContractOperation: what machines and administrators ask.
func TestContractOperation(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		bare := func(method, path string) *http.Response {
			t.Helper()
			req, err := http.NewRequest(method, w.srv.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = res.Body.Close() })
			return res
		}
		w.run(t, "open doors", func(t *testing.T) {
			for path, kind := range map[string]string{"/healthz": "application/json", "/readyz": "application/json", "/openapi.json": "application/json", "/docs": "text/html", "/metrics": "text/plain", "/healthz?verbose": "application/json"} {
				if res := bare("GET", path); res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), kind) {
					t.Errorf("%s: %d %s", path, res.StatusCode, res.Header.Get("Content-Type"))
				}
			}
			if csp := bare("GET", "/docs").Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
				t.Errorf("/docs may load %q", csp)
			}
			for _, path := range []string{"/nowhere", "/api", "/api/v2/incidents", "/api/v1/incidents/1/2/3/4"} {
				if res := bare("GET", path); res.StatusCode != 404 || res.Header.Get("Content-Type") != "application/problem+json" {
					t.Errorf("%s: %d %s", path, res.StatusCode, res.Header.Get("Content-Type"))
				}
			}
		})
		w.run(t, "the wrong method", func(t *testing.T) {
			for _, c := range []struct{ method, path, allow string }{
				{"PUT", "/incidents", "GET, POST"}, {"DELETE", "/incidents/INC0000001", "GET, PATCH"}, {"POST", "/incidents/INC0000001", "GET, PATCH"}, {"GET", "/links", "GET, POST, DELETE"}, {"PATCH", "/session", "GET, POST, DELETE"},
			} {
				r := w.call("agent", c.method, c.path, nil)
				if c.method == "GET" { // /links is also a path of records
					if r.status != 404 {
						t.Errorf("%s %s: %d", c.method, c.path, r.status)
					}
					continue
				}
				if r.status != 405 || r.str("code") != "method_not_allowed" || r.header.Get("Allow") != c.allow {
					t.Errorf("%s %s: %d, allow %q, want %q: %s", c.method, c.path, r.status, r.header.Get("Allow"), c.allow, r.raw)
				}
			}
		})
		w.run(t, "jobs", func(t *testing.T) {
			if jobs := w.get("auditor", "/jobs"); len(jobs.items()) < 7 || jobs.at("dead") == nil {
				t.Errorf("%s", jobs.raw)
			}
			w.refuse(403, "forbidden", "agent", "GET", "/jobs", nil)
			w.refuse(403, "forbidden", "auditor", "POST", "/jobs/incident.stale/run", m{})
			w.refuse(404, "not_found", "admin", "POST", "/jobs/incident.nothing/run", m{})
			for _, bad := range []any{m{"as_of": "now"}, m{"as_of": 5}, m{"as_of": nil}} {
				w.refuse(422, "wrong_format", "admin", "POST", "/jobs/incident.stale/run", bad)
			}
			w.refuse(422, "validation", "admin", "POST", "/jobs/incident.stale/run", m{"as_off": w.at(0)})
			group, category, _ := w.desk()
			p := "/incidents/" + w.inProgress(group, category, nil).str("id")
			w.resolve("resolver", p)
			asOf := w.at(8 * 24 * time.Hour)
			for n, want := range []float64{1, 0} { // the same as_of twice changes nothing the second time
				if r := w.want(200, "admin", "POST", "/jobs/incident.autoclose/run", m{"as_of": asOf}); r.num("done") != want || r.num("failed") != 0 {
					t.Errorf("run %d: %s", n+1, r.raw)
				}
			}
			for _, j := range w.get("admin", "/jobs").items() {
				if j["name"] == "incident.autoclose" && (j["as_of"] != asOf || j["error"] != nil) {
					t.Errorf("how it went: %v", j)
				}
			}
			for _, j := range w.get("admin", "/jobs").items() { // each twice, as of one moment
				name := fmt.Sprint(j["name"])
				w.want(200, "admin", "POST", "/jobs/"+name+"/run", m{})
				before, err := w.h.Engine.Store().Heads(w.as("admin"))
				if err != nil {
					t.Fatal(err)
				}
				w.want(200, "admin", "POST", "/jobs/"+name+"/run", m{})
				after, err := w.h.Engine.Store().Heads(w.as("admin"))
				if err != nil || fmt.Sprint(before) != fmt.Sprint(after) {
					t.Errorf("%s changes something every time", name)
				}
			}
		})
		w.run(t, "the test clock", func(t *testing.T) {
			w.refuse(422, "wrong_format", "", "PUT", "/_test/clock", m{"now": "later"})
			w.refuse(422, "validation", "", "PUT", "/_test/clock", m{"then": w.at(0)})
		})
	})
}

// TestContractErrors: a problem says what, where and how to go on, in the caller's words.
func TestContractErrors(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		r := w.refuse(422, "validation", "agent", "POST", "/incidents", m{"title": "ab"})
		if r.str("type") != "about:blank" || r.num("status") != 422 || r.str("title") == "" || r.header.Get("Content-Language") != "en" {
			t.Errorf("%s", r.raw)
		}
		for ask, want := range map[string]string{"ko": "ko", "ko-KR,ko;q=0.9,en;q=0.8": "ko", "en-US": "en", "fr, en;q=0.5": "en", "fr": "ko", "": "ko"} {
			r := w.refuse(422, "validation", "agent", "POST", "/incidents", m{"title": "ab"}, "Accept-Language", ask)
			korean := strings.Contains(string(r.raw), "최소")
			if r.header.Get("Content-Language") != want || korean != (want == "ko") {
				t.Errorf("asked for %q: %s %s", ask, r.header.Get("Content-Language"), r.raw)
			}
		}
		w.want(200, "agent", "PATCH", "/users/"+w.ids["agent"], m{"lang": "en"})
		if r := w.refuse(422, "validation", "agent", "POST", "/incidents", m{"title": "ab"}, "Accept-Language", "fr"); r.header.Get("Content-Language") != "en" {
			t.Errorf("their own language: %s", r.header.Get("Content-Language"))
		}
		for _, who := range []string{"", "nobody"} {
			w.tokens["nobody"] = "maru_wrong"
			if r := w.call(who, "GET", "/incidents", nil); r.status != 401 || !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%q: %d %v", who, r.status, r.header)
			}
		}
		if r := w.call("", "GET", "/incidents", nil, "Authorization", "Basic abc"); r.status != 401 {
			t.Errorf("another scheme: %d", r.status)
		}
	})
}

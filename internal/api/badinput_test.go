package api

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestBadInput: what is wrong has its status and its code, and nothing is lost.
func TestBadInput(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		i := w.want(201, "agent", "POST", "/incidents", m{"title": "first"})
		path := "/incidents/" + i.str("id")
		long := strings.Repeat("(", 10_000) + "true" + strings.Repeat(")", 10_000)
		for _, c := range []struct {
			name, who, method, path string
			body                    any
			status                  int
			code                    string
		}{
			{"malformed JSON", "agent", "POST", "/incidents", `{"title": `, 400, "malformed_json"},
			{"two JSON values", "agent", "POST", "/incidents", `{"title": "abc"} {}`, 400, "malformed_json"},
			{"not an object", "agent", "POST", "/incidents", `["title"]`, 400, "malformed_json"},
			{"null", "agent", "POST", "/incidents", `null`, 400, "malformed_json"},
			{"invalid UTF-8", "agent", "POST", "/incidents", []byte("{\"title\": \"a\xff\xfebc\"}"), 400, "malformed_json"},
			{"NUL in a text", "agent", "POST", "/incidents", m{"title": "a\x00bc"}, 422, "validation"},
			{"nested beyond reason", "agent", "POST", "/incidents", `{"title":` + strings.Repeat("[", 20_000), 400, "malformed_json"},
			{"an unknown field", "agent", "POST", "/incidents", m{"title": "abc", "colour": "red"}, 422, "validation"},
			{"a wrong type", "agent", "POST", "/incidents", m{"title": 5}, 422, "validation"},
			{"a wrong number", "agent", "POST", "/incidents", m{"title": "abc", "impact": 9}, 422, "validation"},
			{"a huge number", "agent", "POST", "/incidents", `{"title":"abc","users_affected":1e400}`, 422, "validation"},
			{"no title", "agent", "POST", "/incidents", m{}, 422, "validation"},
			{"a short title", "agent", "POST", "/incidents", m{"title": "ab"}, 422, "validation"},
			{"a wrong choice", "agent", "POST", "/incidents", m{"title": "abc", "detection": "crystal ball"}, 422, "validation"},
			{"a reference to nothing", "agent", "POST", "/incidents", m{"title": "abc", "service": "nowhere"}, 422, "validation"},
			{"a derived field", "agent", "POST", "/incidents", m{"title": "abc", "priority": 1}, 422, "validation"},
			{"a secret field", "admin", "PATCH", "/users/" + w.ids["user"], m{"password_hash": "x"}, 422, "validation"},
			{"state by PATCH", "agent", "PATCH", path, m{"state": "closed"}, 422, "use_action"},
			{"an unknown move", "agent", "POST", path + "/actions/explode", m{}, 404, "no_such_move"},
			{"an automatic move", "agent", "POST", path + "/actions/auto_close", m{}, 403, "forbidden"},
			{"a move from the wrong state", "agent", "POST", path + "/actions/resume", m{}, 409, "invalid_transition"},
			{"an unknown kind", "agent", "GET", "/unicorns", nil, 404, "not_found"},
			{"an unknown record", "agent", "GET", "/incidents/INC9999999", nil, 404, "not_found"},
			{"a record of another kind", "agent", "GET", "/problems/" + i.str("id"), nil, 404, "not_found"},
			{"somebody else's record", "user2", "GET", path, nil, 404, "not_found"},
			{"somebody else's record's history", "user2", "GET", path + "/history", nil, 404, "not_found"},
			{"somebody else's record changed", "user2", "PATCH", path, m{"description": "mine now"}, 404, "not_found"},
			{"nobody", "", "GET", "/incidents", nil, 401, "sign_in"},
			{"a filter that cannot be read", "agent", "GET", "/incidents?filter=" + esc("priority <"), nil, 422, "filter_syntax"},
			{"a filter of wrong types", "agent", "GET", "/incidents?filter=" + esc("priority == 'high'"), nil, 422, "filter_type"},
			{"a filter on an unknown field", "agent", "GET", "/incidents?filter=" + esc("priorty == 1"), nil, 422, "filter_unknown_field"},
			{"a filter 10,000 deep", "agent", "GET", "/incidents?filter=" + esc(long), nil, 422, "filter_too_long"},
			{"a filter 2,000 deep", "agent", "GET", "/incidents?filter=" + esc(long[8_000:12_004]), nil, 422, "filter_too_deep"},
			{"an order by nothing", "agent", "GET", "/incidents?order=luck", nil, 422, "unknown_field"},
			{"a foreign cursor", "agent", "GET", "/incidents?cursor=abc", nil, 422, "bad_cursor"},
			{"a limit beyond reason", "agent", "GET", "/incidents?limit=100000", nil, 422, "out_of_range"},
			{"as of no time", "agent", "GET", "/incidents?as_of=yesterday", nil, 422, "wrong_format"},
			{"a link of no type", "agent", "POST", "/links", m{"type": "hates", "from": m{"kind": "incident", "id": i.str("id")}, "to": m{"kind": "incident", "id": i.str("id")}}, 422, "unknown_link"},
			{"a record linked to itself", "agent", "POST", "/links", m{"type": "child_of", "from": m{"kind": "incident", "id": i.str("id")}, "to": m{"kind": "incident", "id": i.str("id")}}, 409, "link_cycle"},
			{"an empty comment", "agent", "POST", path + "/comments", m{"body": " "}, 422, "required"},
			{"an unknown job", "admin", "POST", "/jobs/nothing/run", m{}, 404, "not_found"},
			{"a job run by nobody in charge", "agent", "POST", "/jobs/incident.stale/run", m{}, 403, "forbidden"},
			{"an unknown KPI", "agent", "GET", "/kpis/INC-99", nil, 404, "not_found"},
			{"a KPI of no time", "agent", "GET", "/kpis/incidents.created?from=now", nil, 422, "wrong_format"},
		} {
			w.run(t, c.name, func(*testing.T) {
				begin := time.Now()
				r := w.refuse(c.status, c.code, c.who, c.method, c.path, c.body)
				if took := time.Since(begin); took > 10*time.Second { // far less where nothing else runs
					t.Errorf("refusing took %v", took)
				}
				if r.str("title") == "" || strings.Contains(string(r.raw), "SELECT") {
					t.Errorf("the answer says too little or too much: %s", r.raw)
				}
			})
		}
		w.run(t, "a position in a filter", func(*testing.T) {
			r := w.refuse(422, "filter_unknown_field", "agent", "GET", "/incidents?filter="+esc("priority == 1 && asignee == me"), nil)
			if r.num("position") != 18 || !strings.Contains(r.str("detail"), "assignee") {
				t.Errorf("position %v, detail %q", r.num("position"), r.str("detail"))
			}
		})
		w.run(t, "a 100 MB body", func(*testing.T) {
			big := append([]byte(`{"title":"`), bytes.Repeat([]byte("x"), 100<<20)...)
			w.refuse(413, "too_large", "agent", "POST", "/incidents", big)
		})
		w.run(t, "versions", func(*testing.T) {
			w.want(200, "agent", "PATCH", path, m{"title": "second"}, "If-Match", `"1"`)
			w.refuse(412, "stale_version", "agent", "PATCH", path, m{"title": "third"}, "If-Match", `"1"`)
			w.refuse(400, "malformed", "agent", "PATCH", path, m{"title": "third"}, "If-Match", "yesterday")
			if v := w.want(200, "agent", "GET", path, nil); v.str("title") != "second" || v.header.Get("ETag") != `"2"` {
				t.Errorf("title %q, ETag %s", v.str("title"), v.header.Get("ETag"))
			}
		})
		w.run(t, "a cookie from another site", func(*testing.T) {
			_, _, err := w.h.Door.Add(w.as("admin"), "web@example.com", "Web", []string{"agent"}, "long enough password")
			if err != nil {
				t.Fatal(err)
			}
			in := w.want(200, "", "POST", "/session", m{"email": "web@example.com", "password": "long enough password"})
			cookie := in.header.Get("Set-Cookie")
			if !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
				t.Errorf("cookie %s", cookie)
			}
			pair, _, _ := strings.Cut(cookie, ";")
			w.want(201, "", "POST", "/incidents", m{"title": "from the console"}, "Cookie", pair, "Origin", w.srv.URL)
			w.refuse(403, "bad_origin", "", "POST", "/incidents", m{"title": "from elsewhere"}, "Cookie", pair, "Origin", "https://evil.example")
			w.want(204, "", "DELETE", "/session", nil, "Cookie", pair, "Origin", w.srv.URL)
			w.refuse(401, "session_ended", "", "GET", "/incidents", nil, "Cookie", pair)
		})
		w.run(t, "guessing a password", func(*testing.T) {
			code := 0
			for n := range 15 {
				code = w.call("", "POST", "/session", m{"email": "kim@example.com", "password": fmt.Sprint("guess number ", n)}).status
			}
			if code != http.StatusTooManyRequests {
				t.Errorf("after 15 guesses: %d", code)
			}
		})
	})
}

// TestIdempotency: a key is an answer, once.
func TestIdempotency(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		body := m{"title": "created once"}
		first := w.want(201, "agent", "POST", "/incidents", body, "Idempotency-Key", "k1")
		again := w.want(201, "agent", "POST", "/incidents", body, "Idempotency-Key", "k1")
		if first.str("id") != again.str("id") || again.header.Get("Idempotency-Replayed") != "true" || again.header.Get("Location") != first.header.Get("Location") {
			t.Errorf("the second answer differs: %s", again.raw)
		}
		w.refuse(409, "idempotency_reuse", "agent", "POST", "/incidents", m{"title": "something else"}, "Idempotency-Key", "k1")
		if other := w.want(201, "resolver", "POST", "/incidents", body, "Idempotency-Key", "k1"); other.str("id") == first.str("id") {
			t.Error("one person's key gave another person's answer")
		}
		done := make(chan reply, 12)
		for range cap(done) {
			go func() {
				done <- w.call("agent", "POST", "/incidents", m{"title": "created in a race"}, "Idempotency-Key", "k2")
			}()
		}
		ids := map[string]bool{}
		for range cap(done) {
			r := <-done
			if r.status != 201 {
				t.Errorf("a racer got %d: %s", r.status, r.raw)
			}
			ids[r.str("id")] = true
		}
		if len(ids) != 1 {
			t.Errorf("a race made %d incidents", len(ids))
		}
		if n := len(w.want(200, "agent", "GET", "/incidents?filter="+esc("title == 'created in a race'"), nil).items()); n != 1 {
			t.Errorf("%d incidents are there", n)
		}
	})
}

// TestTooCostly: a question that would take for ever is given up, and says so; the next
// one is answered.
func TestTooCostly(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		for n := range 30 {
			w.want(201, "agent", "POST", "/incidents", m{"title": fmt.Sprint("a long story ", n), "description": strings.Repeat("가나다라마바사 ", 8000)})
		}
		var parts []string
		for i := range 150 {
			parts = append(parts, fmt.Sprintf("description.contains('마바사 가나다라마바%d')", i))
		}
		for _, path := range []string{"/incidents?filter=", "/incidents?count=true&filter=", "/kpis/incidents.created?filter="} {
			var rec *httptest.ResponseRecorder
			// In place of the store's own five seconds; a busy machine may need the first for finding out who asks.
			for _, patience := range []time.Duration{60 * time.Millisecond, 120 * time.Millisecond, 240 * time.Millisecond} {
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				req := httptest.NewRequestWithContext(ctx, "GET", base+path+esc(strings.Join(parts, " || ")), nil)
				req.Header.Set("Authorization", "Bearer "+w.tokens["agent"])
				rec = httptest.NewRecorder()
				w.srv.Config.Handler.ServeHTTP(rec, req)
				cancel()
				if rec.Code != 500 {
					break
				}
			}
			if rec.Code != 422 || !strings.Contains(rec.Body.String(), `"code":"too_costly"`) {
				t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
			}
		}
		if n := w.get("agent", "/incidents?count=true&limit=1").num("total"); n != 30 {
			t.Errorf("afterwards: %v", n)
		}
	})
}

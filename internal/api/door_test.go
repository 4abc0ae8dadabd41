package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

const long = "long enough password"

// TestSessions: who comes in by the browser, and from where.
func TestSessions(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		if _, _, err := w.h.Door.Add(w.as("admin"), "web@example.com", "Web", []string{"agent", "end_user"}, long); err != nil {
			t.Fatal(err)
		}
		in := w.want(200, "", "POST", "/session", m{"email": " WEB@example.com", "password": long})
		cookie := in.header.Get("Set-Cookie")
		for _, must := range []string{"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"} {
			if !strings.Contains(cookie, must) {
				t.Errorf("cookie without %s: %s", must, cookie)
			}
		}
		pair, _, _ := strings.Cut(cookie, ";")
		body := m{"title": "from the console"}
		w.run(t, "from our own pages", func(*testing.T) {
			w.want(201, "", "POST", "/incidents", body, "Cookie", pair, "Origin", w.srv.URL)
			w.want(201, "", "POST", "/incidents", body, "Cookie", pair, "Sec-Fetch-Site", "same-origin")
			w.want(201, "", "POST", "/incidents", body, "Cookie", pair) // no browser: nothing forges its requests
			if me := w.want(200, "", "GET", "/session", nil, "Cookie", pair); me.str("name") != "Web" {
				t.Errorf("who: %s", me.raw)
			}
		})
		w.run(t, "from elsewhere", func(*testing.T) {
			r := w.want(201, "", "POST", "/incidents", body, "Cookie", pair)
			for _, c := range []struct{ method, path string }{{"POST", "/incidents"}, {"PATCH", "/incidents/" + r.str("id")}, {"POST", "/incidents/" + r.str("id") + "/actions/cancel"}, {"POST", "/incidents/" + r.str("id") + "/comments"},
				{"POST", "/incidents/" + r.str("id") + "/attachments"}, {"POST", "/links"}, {"DELETE", "/links"}, {"DELETE", "/session"}, {"POST", "/tokens"}, {"POST", "/presence"}, {"POST", "/calc/priority"}} {
				for _, from := range [][2]string{{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Origin", w.srv.URL + ".evil.example"}, {"Origin", "http://127.0.0.1"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}} {
					w.refuse(403, "bad_origin", "", c.method, c.path, m{}, "Cookie", pair, from[0], from[1])
				}
			}
			w.want(200, "", "GET", "/incidents", nil, "Cookie", pair, "Origin", "https://evil.example") // safe: it changes nothing, and the browser keeps the answer
			w.refuse(403, "bad_origin", "", "POST", "/session", m{"email": "web@example.com", "password": long}, "Origin", "https://evil.example")
			w.want(201, "agent", "POST", "/incidents", body, "Origin", "https://partner.example") // a token is not sent by a browser's own accord
		})
		w.run(t, "the end of it", func(*testing.T) {
			w.want(204, "", "DELETE", "/session", nil, "Cookie", pair, "Origin", w.srv.URL)
			w.refuse(401, "session_ended", "", "GET", "/incidents", nil, "Cookie", pair)
			again := w.want(200, "", "POST", "/session", m{"email": "web@example.com", "password": long}, "Cookie", pair) // an ended cookie is no obstacle
			pair, _, _ = strings.Cut(again.header.Get("Set-Cookie"), ";")
			w.later(13 * time.Hour)
			w.refuse(401, "session_ended", "", "GET", "/incidents", nil, "Cookie", pair)
			w.refuse(401, "session_ended", "", "GET", "/incidents", nil, "Cookie", cookieName+"=forged")
		})
		w.run(t, "who does not come in", func(*testing.T) {
			w.refuse(401, "bad_credentials", "", "POST", "/session", m{"email": "web@example.com", "password": long + "!"})
			w.refuse(401, "bad_credentials", "", "POST", "/session", m{"email": "nobody@example.com", "password": long})
			w.refuse(401, "bad_credentials", "", "POST", "/session", m{"email": "kim@example.com"})
			w.refuse(401, "bad_credentials", "", "POST", "/session", m{"email": []string{"web@example.com"}, "password": long})
			w.refuse(422, "validation", "", "POST", "/session", m{"mail": "web@example.com", "password": long})
			u := w.get("admin", "/users?filter="+esc("email == 'web@example.com'")).items()[0]
			w.want(200, "admin", "PATCH", "/users/"+fmt.Sprint(u["id"]), m{"active": false})
			w.refuse(401, "bad_credentials", "", "POST", "/session", m{"email": "web@example.com", "password": long})
		})
	})
}

// TestGuessing: ten tries at once, then one every six seconds, by address and by account.
func TestGuessing(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		var r reply
		n := 0
		for ; n < 15; n++ {
			if r = w.call("", "POST", "/session", m{"email": "kim@example.com", "password": fmt.Sprint("guess number ", n)}); r.status != http.StatusUnauthorized {
				break
			}
		}
		if n != 10 || r.status != http.StatusTooManyRequests || r.str("code") != "too_many_tries" || r.header.Get("Retry-After") == "" {
			t.Errorf("try %d: %d %s, Retry-After %q", n+1, r.status, r.raw, r.header.Get("Retry-After"))
		}
		w.refuse(429, "too_many_tries", "", "POST", "/session", m{"email": "another@example.com", "password": long}) // the same address
		w.refuse(429, "too_many_tries", "", "POST", "/setup", m{"link": "setup_guess", "email": "x@example.com", "name": "X", "password": long})
		w.get("agent", "/incidents") // who is in already goes on
	})
}

// TestTokens: what a program may do is at most what its person may, for as long as it may.
func TestTokens(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		made := func(who string, body m) string {
			t.Helper()
			r := w.want(201, who, "POST", "/tokens", body)
			if !strings.HasPrefix(r.str("token"), "maru_") {
				t.Fatalf("%s", r.raw)
			}
			w.tokens["program"] = r.str("token")
			return r.str("id")
		}
		made("agent", m{"name": "scoped", "roles": []string{"end_user"}})
		w.refuse(403, "field_forbidden", "program", "POST", "/incidents", m{"title": "as an agent", "impact": 1})
		w.want(201, "program", "POST", "/incidents", m{"title": "as a user"})
		made("agent", m{"name": "too much", "roles": []string{"admin"}})
		if me := w.get("program", "/session"); len(me.at("roles").([]any)) != 0 {
			t.Errorf("a token gave its person roles: %s", me.raw)
		}
		w.refuse(403, "forbidden", "program", "GET", "/incidents", nil)
		made("agent", m{"name": "for an hour", "expires_at": w.at(time.Hour)})
		w.get("program", "/incidents")
		w.later(time.Hour)
		w.refuse(401, "bad_token", "program", "GET", "/incidents", nil)
		id := made("agent", m{"name": "revoked"})
		w.do("agent", "/api_tokens/"+id, "revoke", m{})
		w.refuse(401, "bad_token", "program", "GET", "/incidents", nil)
		w.refuse(403, "forbidden", "agent", "POST", "/tokens", m{"name": "of another", "user": "admin@example.com"})
		made("admin", m{"name": "of another", "user": "user@example.com"})
		if me := w.get("program", "/session"); me.str("id") != w.ids["user"] {
			t.Errorf("whose: %s", me.raw)
		}
		w.refuse(422, "required", "agent", "POST", "/tokens", m{})
		w.refuse(422, "wrong_format", "agent", "POST", "/tokens", m{"name": "x", "expires_at": "soon"})
		w.refuse(422, "validation", "agent", "POST", "/tokens", m{"name": "x", "role": "admin"})
		raw := string(w.get("admin", "/api_tokens?limit=500").raw)
		if strings.Contains(raw, w.tokens["program"]) || strings.Contains(raw, "token_hash") {
			t.Error("the list tells secrets")
		}
		if hist := string(w.get("admin", "/api_tokens/"+id+"/history").raw); strings.Contains(hist, "token_hash") && strings.Contains(hist, w.tokens["program"]) {
			t.Error("the history tells secrets")
		}
	})
}

// TestErasure: a person's data goes, the chain stays.
func TestErasure(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		p := "/users/" + w.ids["user2"]
		w.want(200, "admin", "PATCH", p, m{"phone": "010-9999-8888", "employee_number": "E-4711"})
		r := w.want(201, "user2", "POST", "/incidents", m{"title": "before I was forgotten"})
		for _, who := range []string{"agent", "auditor", "user2", "manager"} {
			if s := w.call(who, "POST", p+"/erase", m{"reason": "please"}).status; s != 403 {
				t.Errorf("%s erases: %d", who, s)
			}
		}
		w.want(404, "supplier", "POST", p+"/erase", m{})
		w.want(200, "admin", "POST", p+"/erase", m{"reason": "asked to be forgotten"}, "Idempotency-Key", "once")
		for _, way := range []string{p, p + "/history", "/users?limit=500", "/search?q=user2", "/search?q=4711"} {
			raw := string(w.call("admin", "GET", way, nil).raw)
			for _, secret := range []string{"010-9999-8888", "E-4711", "user2@example.com", `"User2"`} {
				if strings.Contains(raw, secret) {
					t.Errorf("%s still tells %s", way, secret)
				}
			}
		}
		if got := w.get("agent", "/incidents/"+r.str("id")); got.str("requester") != w.ids["user2"] {
			t.Errorf("what they reported: %s", got.raw)
		}
		w.refuse(403, "forbidden", "admin", "POST", "/incidents/"+r.str("id")+"/erase", m{})
		if v := w.get("auditor", "/journal/verify"); len(v.at("findings").([]any)) > 0 {
			t.Errorf("verify: %s", v.raw)
		}
	})
}

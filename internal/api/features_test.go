package api

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestCustomFields: a field is added at run time, and lists, filters, sorts and forms know it.
func TestCustomFields(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		before := w.want(201, "agent", "POST", "/incidents", m{"title": "before the field"})
		w.want(201, "admin", "POST", "/custom_fields", m{"on": "incident", "name": "x_floor", "type": "int", "label": m{"ko": "층", "en": "Floor"}, "indexed": true, "min": 0, "max": 99})
		w.want(201, "admin", "POST", "/custom_fields", m{"on": "incident", "name": "x_building", "type": "choice", "choices": []string{"본관", "별관"}, "label": m{"ko": "건물", "en": "Building"}})
		w.refuse(403, "forbidden", "agent", "POST", "/custom_fields", m{"on": "incident", "name": "x_more", "type": "int", "label": m{"ko": "더"}})
		w.want(422, "admin", "POST", "/custom_fields", m{"on": "incident", "name": "priority", "type": "int", "label": m{"ko": "우선"}})
		for n := range 5 {
			w.want(201, "agent", "POST", "/incidents", m{"title": fmt.Sprint("on floor ", n), "x_floor": n, "x_building": []string{"본관", "별관"}[n%2]})
		}
		w.want(422, "agent", "POST", "/incidents", m{"title": "too high", "x_floor": 100})
		w.want(422, "agent", "POST", "/incidents", m{"title": "nowhere", "x_building": "신관"})
		got := w.want(200, "agent", "GET", "/incidents?order=-x_floor&filter="+esc("x_floor >= 2 && x_building == '본관'"), nil).items()
		if len(got) != 2 || got[0]["x_floor"] != 4.0 || got[1]["x_floor"] != 2.0 {
			t.Errorf("list by custom fields: %v", got)
		}
		p := "/incidents/" + before.str("id")
		w.want(200, "agent", "PATCH", p, m{"x_floor": 7})
		hist := w.want(200, "agent", "GET", p+"/history", nil)
		if !strings.Contains(string(hist.raw), "x_floor") {
			t.Errorf("the history does not know it: %s", hist.raw)
		}
		if !strings.Contains(string(w.want(200, "agent", "GET", "/book", nil).raw), `"x_floor"`) {
			t.Error("the book does not know it")
		}
		k := w.want(200, "agent", "GET", "/kpis/incidents.created?group_by=x_building", nil)
		if groups, _ := k.at("groups").([]any); len(groups) != 3 {
			t.Errorf("a figure by a custom field: %s", k.raw)
		}
	})
}

// TestPastAndPeople: as-of, history, erasure, and that the chain shows a later hand.
func TestPastAndPeople(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		i := w.want(201, "agent", "POST", "/incidents", m{"title": "first title", "impact": 2})
		p := "/incidents/" + i.str("id")
		was := time.UnixMicro(w.now.Load()).UTC()
		w.later(time.Hour)
		w.want(200, "agent", "PATCH", p, m{"title": "second title", "impact": 1, "urgency": 1})
		w.want(201, "agent", "POST", p+"/comments", m{"body": "only for us", "internal": true})
		at := "as_of=" + was.Add(time.Minute).Format(time.RFC3339)
		if old := w.want(200, "agent", "GET", p+"?"+at, nil); old.str("title") != "first title" || old.num("version") != 1 {
			t.Errorf("as it was: %s", old.raw)
		}
		w.refuse(404, "not_found", "agent", "GET", p+"?as_of="+was.Add(-time.Hour).Format(time.RFC3339), nil)
		if list := w.want(200, "agent", "GET", "/incidents?"+at+"&filter="+esc("title == 'first title'"), nil).items(); len(list) != 1 {
			t.Errorf("a list as it was: %v", list)
		}
		if list := w.want(200, "agent", "GET", "/incidents?"+at+"&filter="+esc("title == 'second title'"), nil).items(); len(list) != 0 {
			t.Errorf("a list as it was knows the future: %v", list)
		}

		w.want(200, "admin", "PATCH", "/users/"+w.ids["user2"], m{"phone": "010-1234-5678"})
		hist := w.want(200, "admin", "GET", "/users/"+w.ids["user2"]+"/history", nil)
		if !strings.Contains(string(hist.raw), "010-1234-5678") {
			t.Fatalf("the history should know the number still: %s", hist.raw)
		}
		w.refuse(403, "forbidden", "agent", "POST", "/users/"+w.ids["user2"]+"/erase", m{})
		w.want(200, "admin", "POST", "/users/"+w.ids["user2"]+"/erase", m{"reason": "asked to be forgotten"})
		hist = w.want(200, "admin", "GET", "/users/"+w.ids["user2"]+"/history", nil)
		for _, secret := range []string{"010-1234-5678", "user2@example.com", "User2"} {
			if strings.Contains(string(hist.raw), secret) {
				t.Errorf("after erasure the history still says %s", secret)
			}
		}
		v := w.want(200, "auditor", "GET", "/journal/verify", nil)
		if list, _ := v.at("findings").([]any); len(list) > 0 {
			t.Errorf("after erasure: %s", v.raw)
		}
		w.refuse(403, "forbidden", "agent", "GET", "/journal/verify", nil)
		w.want(201, "auditor", "POST", "/journal/checkpoint", m{})
		if v := w.want(200, "auditor", "GET", "/journal/verify", nil); v.num("checkpoints") < 1 {
			t.Errorf("checkpoints: %s", v.raw)
		}
	})
}

// TestSecrets: work notes, internal fields and confidential records reach nobody who may
// not see them, by any way.
func TestSecrets(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		i := w.inProgress(group, category, m{"title": "payroll export fails"})
		p := "/incidents/" + i.str("id")
		w.want(201, "resolver", "POST", p+"/comments", m{"body": "암호는 하늘입니다", "internal": true})
		w.want(200, "resolver", "PATCH", p, m{"cause_hint": "somebody dropped a table", "effort": "PT3H30M", "hourly_rate": m{"amount": "40000", "currency": "KRW"}})
		if c := w.want(200, "resolver", "GET", p, nil); c.str("cost", "amount") != "140000" {
			t.Errorf("cost: %v", c.at("cost"))
		}
		w.indexed()
		w.refuse(403, "forbidden", "user", "POST", p+"/comments", m{"body": "mine", "internal": true})
		for _, path := range []string{p, p + "/history", p + "/comments", p + "/links", "/incidents", "/search?q=payroll", "/book", p + "?as_of=" + time.UnixMicro(w.now.Load()+1).UTC().Format(time.RFC3339)} {
			raw := string(w.want(200, "user", "GET", path, nil).raw)
			for _, secret := range []string{"하늘", "dropped a table", "40000", "groups_visited"} {
				if strings.Contains(raw, secret) {
					t.Errorf("%s tells an end user %q: %s", path, secret, raw)
				}
			}
		}
		if found := w.want(200, "user", "GET", "/search?q="+esc("하늘"), nil).items(); len(found) != 0 {
			t.Errorf("an end user finds a record by its work note: %v", found)
		}
		if found := w.want(200, "resolver", "GET", "/search?q="+esc("하늘"), nil).items(); len(found) != 1 {
			t.Errorf("a resolver does not find a record by its work note: %v", found)
		}
		// Neither by filtering nor by sorting can a masked field be guessed.
		if n := len(w.want(200, "user", "GET", "/incidents?filter="+esc("cause_hint.contains('table')"), nil).items()); n != 0 {
			t.Errorf("an end user filters by an internal field: %d", n)
		}
		if k := w.call("user", "GET", "/kpis/INC-05", nil); k.status != 403 {
			t.Errorf("costs for an end user: %d", k.status)
		}

		s := w.want(201, "agent", "POST", "/incidents", m{"title": "phishing mail opened", "security": true, "requester": w.ids["agent"]})
		sp := "/incidents/" + s.str("id")
		for _, who := range []string{"other", "user", "user2", "supplier"} {
			w.refuse(404, "not_found", who, "GET", sp, nil)
			if w.call(who, "GET", "/incidents?count=true&filter="+esc("title.contains('phishing')"), nil).num("total") != 0 {
				t.Errorf("%s counts a confidential incident", who)
			}
			k := w.call(who, "GET", "/kpis/incidents.created?filter="+esc("security"), nil)
			if k.num("value") != 0 {
				t.Errorf("%s sees a confidential incident in a figure: %s", who, k.raw)
			}
		}
		w.want(200, "auditor", "GET", sp, nil)
		w.refuse(403, "forbidden", "auditor", "PATCH", sp, m{"title": "an auditor's hand"})

		sup := w.want(201, "admin", "POST", "/groups", m{"name": "Vendor", "members": []string{w.ids["supplier"]}}).str("id")
		w.want(200, "resolver", "POST", p+"/actions/reassign", m{"group": sup, "reason": "their product"})
		raw := w.want(200, "supplier", "GET", p, nil)
		if _, told := raw.body["requester"]; told || raw.str("title") == "" {
			t.Errorf("a supplier sees the requester: %s", raw.raw)
		}
	})
}

// TestFiles: content-addressed, sniffed, limited, never served as a page.
func TestFiles(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		i := w.want(201, "user", "POST", "/incidents", m{"title": "see the picture"})
		p := "/incidents/" + i.str("id") + "/attachments"
		form := func(part, name string, content []byte, internal bool) (string, []byte) {
			var buf bytes.Buffer
			mw := multipart.NewWriter(&buf)
			if internal {
				_ = mw.WriteField("internal", "true")
			}
			fw, _ := mw.CreateFormFile(part, name)
			_, _ = fw.Write(content)
			_ = mw.Close()
			return mw.FormDataContentType(), buf.Bytes()
		}
		send := func(who, name string, content []byte, internal bool) reply {
			kind, body := form("file", name, content, internal)
			return w.call(who, "POST", p, body, "Content-Type", kind)
		}
		w.run(t, "what the browser may show, and what it may only save", func(t *testing.T) {
			png := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01")
			for _, c := range []struct {
				name, sniffed string
				content       []byte
				inline        bool
			}{
				{"화면 캡처.png", "text/html", []byte("<html><script>alert(1)</script></html>"), false},
				{"page.html", "text/html", []byte("<!doctype html><script>alert(1)</script>"), false},
				{"drawing.svg", "", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), false},
				{"feed.xml", "text/xml", []byte(`<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>`), false},
				{"doc.pdf", "application/pdf", []byte("%PDF-1.7 ..."), false},
				{"app.js", "text/plain", []byte("alert(1)"), false},
				{"page.html", "image/png", png, true},
				{"shot.png", "image/png", png, true},
			} {
				r := send("user", c.name, c.content, false)
				if r.status != 201 || !strings.HasPrefix(r.str("type"), c.sniffed) || r.num("size") != float64(len(c.content)) {
					t.Fatalf("%s: %d %s", c.name, r.status, r.raw)
				}
				got := w.want(200, "user", "GET", p+"/"+r.str("id"), nil)
				how, kind := "attachment", "application/octet-stream"
				if c.inline {
					how, kind = "inline", "image/png"
				}
				h := got.header
				if !bytes.Equal(got.raw, c.content) || h.Get("Content-Type") != kind || !strings.HasPrefix(h.Get("Content-Disposition"), how) || h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
					t.Errorf("%s is served as %s, %s", c.name, h.Get("Content-Type"), h.Get("Content-Disposition"))
				}
			}
		})
		w.run(t, "names", func(t *testing.T) {
			for given, want := range map[string]string{`..\..\화면 캡처.png`: "화면 캡처.png", "/etc/passwd": "passwd", "..": "file", "a\r\nSet-Cookie: x=1": "a%0D%0ASet-Cookie: x=1", strings.Repeat("가", 300) + ".txt": strings.Repeat("가", 146) + ".txt"} {
				r := send("user", given, []byte("text"), false)
				if r.status != 201 || r.str("name") != want {
					t.Errorf("%.20q: %d %s", given, r.status, r.raw)
				}
				got := w.want(200, "user", "GET", p+"/"+r.str("id"), nil)
				if got.header.Get("Set-Cookie") != "" {
					t.Errorf("%q wrote a header", given)
				}
			}
			a, b := send("user", "one.txt", []byte("the same"), false), send("user", "two.txt", []byte("the same"), false)
			if a.str("sha256") != b.str("sha256") || a.str("id") == b.str("id") {
				t.Errorf("the same bytes: %s %s", a.raw, b.raw)
			}
		})
		w.run(t, "too much, and nothing", func(t *testing.T) {
			if r := send("user", "big.bin", make([]byte, 26<<20), false); r.status != 413 || r.str("code") != "too_large" {
				t.Errorf("26 MB: %d %s", r.status, r.raw)
			}
			if r := send("user", "almost.bin", make([]byte, 25<<20), false); r.status != 201 {
				t.Errorf("25 MB: %d %s", r.status, r.raw)
			}
			if r := send("user", "empty.txt", nil, false); r.status != 422 {
				t.Errorf("an empty file: %d", r.status)
			}
			kind, body := form("document", "a.txt", []byte("x"), false)
			w.refuse(422, "unknown_field", "user", "POST", p, body, "Content-Type", kind)
			w.refuse(422, "required", "user", "POST", p, []byte("--b--\r\n"), "Content-Type", "multipart/form-data; boundary=b")
			w.refuse(422, "too_many", "user", "POST", p, []byte("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"b\"\r\n\r\ny\r\n--b--\r\n"), "Content-Type", "multipart/form-data; boundary=b")
			kind, body = form("file", "cut.bin", make([]byte, 10_000), false)
			before := len(w.get("user", p).items())
			w.refuse(400, "malformed", "user", "POST", p, body[:len(body)/2], "Content-Type", kind)
			if n := len(w.get("user", p).items()); n != before {
				t.Error("an upload that was cut off is a file")
			}
			w.refuse(400, "malformed", "user", "POST", p, m{"file": "x"})
		})
		w.run(t, "whose", func(t *testing.T) {
			before := len(w.get("user", p).items())
			secret := send("agent", "secret.txt", []byte("internal"), true)
			if secret.status != 201 || secret.at("internal") != true {
				t.Fatalf("an internal file: %s", secret.raw)
			}
			last := w.want(201, "agent", "POST", p, []byte("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=\"internal\"\r\n\r\ntrue\r\n--b--\r\n"), "Content-Type", "multipart/form-data; boundary=b")
			if last.at("internal") != true {
				t.Errorf("said after the file: %s", last.raw)
			}
			if r := send("user", "mine.txt", []byte("internal"), true); r.status != 403 {
				t.Errorf("an end user's internal file: %d", r.status)
			}
			w.refuse(404, "not_found", "user", "GET", p+"/"+secret.str("id"), nil)
			w.refuse(404, "not_found", "user2", "GET", p, nil)
			if r := send("user2", "theirs.txt", []byte("x"), false); r.status != 404 {
				t.Errorf("on somebody else's: %d", r.status)
			}
			if r := send("auditor", "theirs.txt", []byte("x"), false); r.status != 403 {
				t.Errorf("an auditor's: %d", r.status)
			}
			if n := len(w.get("user", p).items()); n != before {
				t.Errorf("an end user sees %d files, want %d", n, before)
			}
			mine := send("user", "mine.txt", []byte("x"), false).str("id")
			w.refuse(403, "forbidden", "auditor", "DELETE", p+"/"+mine, nil)
			w.want(204, "agent", "DELETE", p+"/"+mine, nil)
			w.refuse(404, "not_found", "agent", "GET", p+"/"+mine, nil)
			w.refuse(404, "not_found", "agent", "DELETE", p+"/"+mine, nil)
			if raw := string(w.get("user", "/incidents/"+i.str("id")+"/history").raw); strings.Contains(raw, "secret.txt") || !strings.Contains(raw, "mine.txt") {
				t.Errorf("the history: %s", raw)
			}
		})
	})
}

// TestLists: pages, orders, counts, one hop, search, on both databases.
func TestLists(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		_, _, service := w.desk()
		for n := range 25 {
			body := m{"title": fmt.Sprintf("네트워크장애 %02d", n), "impact": n%3 + 1, "urgency": n%2 + 1}
			if n%5 == 0 {
				body["service"], body["impact"] = service, n%3+1
			}
			w.want(201, "agent", "POST", "/incidents", body)
			w.now.Add(int64(time.Second / time.Microsecond))
		}
		seen := map[string]bool{}
		var last float64
		cursor := ""
		for pages := 0; ; pages++ {
			r := w.want(200, "agent", "GET", "/incidents?order=priority,-created_at&limit=7&count=true&fields=number,priority&cursor="+cursor, nil)
			for _, it := range r.items() {
				if seen[it["number"].(string)] || it["priority"].(float64) < last || it["title"] != nil {
					t.Errorf("page %d: %v", pages, it)
				}
				seen[it["number"].(string)], last = true, it["priority"].(float64)
			}
			if r.num("total") != 25 {
				t.Errorf("total %v", r.num("total"))
			}
			if cursor = r.str("next_cursor"); cursor == "" {
				break
			}
		}
		if len(seen) != 25 {
			t.Errorf("paged over %d of 25", len(seen))
		}
		for filter, want := range map[string]float64{"service.name == 'Shop'": 5, "service.criticality == 2 && priority <= 2": 3, "requester.email == 'agent@example.com'": 25,
			"title.contains('장애 0')": 10, "priority in [1, 2] || empty(service) && urgency == 1": 16, "created_at > now - duration('PT10S')": 9, "me in watchers": 0, "state != 'new'": 0} {
			r := w.want(200, "agent", "GET", "/incidents?count=true&limit=1&filter="+esc(filter), nil)
			if r.num("total") != want {
				t.Errorf("%s: %v, want %v", filter, r.num("total"), want)
			}
		}
		w.indexed()
		for q, want := range map[string]int{"장애": 25, "네트워크": 25, "INC0000007": 1, "inc7": 1, "없는말": 0, "장애 07": 1, "-장애": 0} {
			if n := len(w.want(200, "agent", "GET", "/search?kind=incident&limit=50&q="+esc(q), nil).items()); n != want {
				t.Errorf("search %q: %d, want %d", q, n, want)
			}
		}
		r := w.want(200, "agent", "GET", "/incidents?expand=refs&limit=1&filter="+esc("service != null"), nil)
		if refs, _ := r.at("refs").(map[string]any); len(refs) < 2 {
			t.Errorf("refs: %v", refs)
		}
	})
}

// TestStream: changes arrive, a stranger hears nothing, a browser goes on where it was.
func TestStream(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		listen := func(who, from string) (<-chan string, func()) {
			ctx, cancel := context.WithCancel(context.Background())
			req, _ := http.NewRequestWithContext(ctx, "GET", w.srv.URL+base+"/stream", nil)
			req.Header.Set("Authorization", "Bearer "+w.tokens[who])
			if from != "" {
				req.Header.Set("Last-Event-ID", from)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			out := make(chan string, 100)
			go func() {
				defer close(out)
				defer func() { _ = res.Body.Close() }()
				buf := make([]byte, 4096)
				for {
					n, err := res.Body.Read(buf)
					if n > 0 {
						out <- string(buf[:n])
					}
					if err != nil {
						return
					}
				}
			}()
			return out, cancel
		}
		until := func(ch <-chan string, what string) string {
			all := ""
			for end := time.After(2 * time.Minute); ; { // a long transaction beside it holds the journal's readers back
				select {
				case s := <-ch:
					if all += s; strings.Contains(all, what) {
						return all
					}
				case <-end:
					t.Fatalf("never heard %q, only %q", what, all)
				}
			}
		}
		mine, stop1 := listen("user", "")
		defer stop1()
		theirs, stop2 := listen("user2", "")
		defer stop2()
		hello := until(mine, "hello")
		until(theirs, "hello")
		i := w.want(201, "user", "POST", "/incidents", m{"title": "live"})
		until(mine, i.str("number"))
		w.want(201, "user2", "POST", "/incidents", m{"title": "theirs"})
		if heard := until(theirs, `"verb":"create"`); strings.Contains(heard, i.str("id")) {
			t.Errorf("a stranger heard of it: %s", heard)
		}
		_, id, _ := strings.Cut(hello, "id: ")
		id, _, _ = strings.Cut(id, "\n")
		again, stop3 := listen("user", id)
		defer stop3()
		until(again, i.str("number"))
		w.want(204, "agent", "POST", "/presence", m{"kind": "incident", "id": i.str("id"), "doing": "writing"})
		until(again, `"doing":"writing"`)
		w.refuse(404, "not_found", "user2", "POST", "/presence", m{"kind": "incident", "id": i.str("id")})
		// A work note is told to those inside, and a comment after it to all.
		inside, stop4 := listen("agent", "")
		defer stop4()
		until(inside, "hello")
		w.want(201, "agent", "POST", "/incidents/"+i.str("id")+"/comments", m{"body": "between us", "internal": true})
		w.want(201, "agent", "POST", "/incidents/"+i.str("id")+"/comments", m{"body": "hello there"})
		until(inside, `"verb":"note"`)
		if heard := until(again, `"verb":"comment"`); strings.Contains(heard, `"verb":"note"`) || strings.Contains(heard, "hello there") {
			t.Errorf("an end user heard %q", heard)
		}
		for _, bad := range []string{"yesterday", "1:2:3:x", "-1", "'; drop table journal", strings.Repeat("9", 40)} {
			w.refuse(422, "bad_cursor", "user", "GET", "/stream", nil, "Last-Event-ID", bad)
		}
	})
}

// TestBook: what is drawn from the book is all there.
func TestBook(t *testing.T) {
	w := newWorld(t, "")
	b := w.want(200, "agent", "GET", "/book", nil)
	var kinds []string
	for _, k := range b.at("kinds").([]any) {
		kinds = append(kinds, k.(map[string]any)["name"].(string))
	}
	if all := strings.Join(kinds, " "); !strings.Contains(all, "incident") || strings.Contains(all, "custom_field") {
		t.Errorf("kinds for an agent: %s", all)
	}
}

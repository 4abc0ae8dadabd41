package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/itil/role"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

// A world is one running server with a clock that tests move and one person per role.
type world struct {
	t      *testing.T
	h      *house.House
	srv    *httptest.Server
	now    *atomic.Int64
	tokens map[string]string
	ids    map[string]string
}

// monday is when every test world begins: Monday 2026-11-02 10:00 in Seoul.
var monday = time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)

// everyDatabase runs do in a fresh world on each database, beside other such tests:
// worlds share nothing.
func everyDatabase(t *testing.T, do func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	storagetest.Databases(t, func(t *testing.T, url string) { do(t, newWorld(t, url)) })
}

func newWorld(t *testing.T, url string) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{t: t, now: &atomic.Int64{}, tokens: map[string]string{}, ids: map[string]string{}}
	w.now.Store(monday.UnixMicro())
	clock := func() time.Time { return time.UnixMicro(w.now.Load()) }
	h, err := house.Open(ctx, house.Config{Data: t.TempDir(), Database: url, Manual: true, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	w.h = h
	s := New(h, Options{TestClock: func(at time.Time) { w.now.Store(at.UnixMicro()) }})
	w.srv = httptest.NewServer(s)
	t.Cleanup(func() {
		s.Close()
		w.srv.Close()
		if err := h.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	for _, p := range []struct {
		name  string
		roles []string
	}{{"admin", []string{role.Admin, role.EndUser}}, {"agent", []string{role.Agent, role.EndUser}}, {"resolver", []string{role.Resolver, role.EndUser}},
		{"other", []string{role.Resolver, role.EndUser}}, {"manager", []string{role.IncidentManager, role.EndUser}}, {"mim", []string{role.MajorIncidentManager, role.EndUser}},
		{"user", []string{role.EndUser}}, {"user2", []string{role.EndUser}}, {"auditor", []string{role.Auditor}}, {"supplier", []string{role.Supplier}},
		{"problem", []string{role.ProblemManager, role.EndUser}}} {
		w.person(p.name, p.roles)
	}
	return w
}

func (w *world) person(name string, roles []string) {
	w.t.Helper()
	ctx := context.Background()
	id, _, err := w.h.Door.Add(ctx, name+"@example.com", strings.ToUpper(name[:1])+name[1:], roles, "")
	if err != nil {
		w.t.Fatal(err)
	}
	_, token, err := w.h.Door.NewToken(ctx, record.Actor{ID: id}, id, "test", nil, time.Time{})
	if err != nil {
		w.t.Fatal(err)
	}
	w.tokens[name], w.ids[name] = token, string(id)
}

// as gives a context that acts as a person.
func (w *world) as(name string) context.Context {
	w.t.Helper()
	a, err := w.h.Door.Actor(context.Background(), name+"@example.com")
	if err != nil {
		w.t.Fatal(err)
	}
	return permit.As(context.Background(), a)
}

// A reply is what a call came to.
type reply struct {
	status int
	body   map[string]any
	raw    []byte
	header http.Header
}

func (r reply) str(path ...string) string { s, _ := r.at(path...).(string); return s }
func (r reply) num(path ...string) float64 {
	n, _ := r.at(path...).(float64)
	return n
}

func (r reply) at(path ...string) any {
	var v any = r.body
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[p]
	}
	return v
}

func (r reply) items() []map[string]any {
	list, _ := r.body["items"].([]any)
	out := make([]map[string]any, len(list))
	for i, it := range list {
		out[i], _ = it.(map[string]any)
	}
	return out
}

// call sends one request as a person; body may be nil, a string or anything that marshals.
func (w *world) call(who, method, path string, body any, header ...string) reply {
	w.t.Helper()
	var rd io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		rd = strings.NewReader(b)
	case []byte:
		rd = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			w.t.Fatal(err)
		}
		rd = bytes.NewReader(raw)
	}
	if !strings.HasPrefix(path, "/api/") && !strings.HasPrefix(path, "/openapi") {
		path = base + path
	}
	req, err := http.NewRequest(method, w.srv.URL+path, rd)
	if err != nil {
		w.t.Fatal(err)
	}
	if who != "" {
		req.Header.Set("Authorization", "Bearer "+w.tokens[who])
	}
	req.Header.Set("Accept-Language", "en")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	out := reply{status: res.StatusCode, raw: raw, header: res.Header, body: map[string]any{}}
	_ = json.Unmarshal(raw, &out.body)
	return out
}

// want sends a request and fails the test unless it comes to the status.
func (w *world) want(status int, who, method, path string, body any, header ...string) reply {
	w.t.Helper()
	r := w.call(who, method, path, body, header...)
	if r.status != status {
		w.t.Fatalf("%s %s as %s: %d, want %d: %s", method, path, who, r.status, status, r.raw)
	}
	return r
}

// refuse is want with the problem's code.
func (w *world) refuse(status int, code, who, method, path string, body any, header ...string) reply {
	w.t.Helper()
	r := w.want(status, who, method, path, body, header...)
	if r.str("code") != code || r.header.Get("Content-Type") != "application/problem+json" {
		w.t.Fatalf("%s %s as %s: code %q, want %q: %s", method, path, who, r.str("code"), code, r.raw)
	}
	return r
}

// later moves the clock and runs what falls due.
func (w *world) later(d time.Duration) {
	w.t.Helper()
	at := time.UnixMicro(w.now.Load()).Add(d)
	w.want(200, "", "PUT", "/_test/clock", map[string]any{"now": record.FormatTime(at)})
}

// indexed waits until everything written so far can be found. PostgreSQL holds readers of
// the journal back for as long as any transaction that began before is still open, in
// whatever database: beside other tests that may take a while.
func (w *world) indexed() {
	w.t.Helper()
	name := fmt.Sprint("mark", record.NewID())
	w.want(201, "admin", "POST", "/categories", m{"name": name})
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if err := w.h.Engine.CatchUp(context.Background()); err != nil {
			w.t.Fatal(err)
		}
		if len(w.get("admin", "/search?kind=category&q="+name).items()) == 1 {
			return
		}
		if time.Now().After(end) {
			w.t.Fatal("what was written cannot be found")
		}
	}
}

// at gives a moment that lies so far from the world's own, as the API writes it.
func (w *world) at(d time.Duration) string {
	return record.FormatTime(time.UnixMicro(w.now.Load()).Add(d))
}

type m = map[string]any

// desk makes a group of the resolver and the agent, a category and a service.
func (w *world) desk() (group, category, service string) {
	w.t.Helper()
	group = w.want(201, "admin", "POST", "/groups", m{"name": "Network", "members": []string{w.ids["resolver"], w.ids["agent"], w.ids["mim"]}}).str("id")
	category = w.want(201, "admin", "POST", "/categories", m{"name": "network"}).str("id")
	service = w.want(201, "admin", "POST", "/services", m{"name": "Shop", "criticality": 2, "user_count": 4000}).str("id")
	return group, category, service
}

// inProgress makes an incident of the user that the resolver works on.
func (w *world) inProgress(group, category string, more m) reply {
	w.t.Helper()
	body := m{"title": "mail does not arrive", "requester": w.ids["user"]}
	for k, v := range more {
		body[k] = v
	}
	r := w.want(201, "agent", "POST", "/incidents", body)
	path := "/incidents/" + r.str("id") + "/actions/"
	w.want(200, "agent", "POST", path+"assign", m{"group": group, "category": category})
	return w.want(200, "resolver", "POST", path+"accept", m{})
}

// run is t.Run with the world failing the subtest it is used in.
func (w *world) run(t *testing.T, name string, do func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		was := w.t
		w.t = t
		defer func() { w.t = was }()
		do(t)
	})
}

package api

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/maru-itsm/maru/internal/house"
)

// TestSetup: the first administrator comes in by a link that works once; there is no
// default password.
func TestSetup(t *testing.T) {
	ctx := context.Background()
	h, err := house.Open(ctx, house.Config{Data: t.TempDir(), Manual: true})
	if err != nil {
		t.Fatal(err)
	}
	s := New(h, Options{})
	w := &world{t: t, h: h, srv: httptest.NewServer(s), tokens: map[string]string{}}
	t.Cleanup(func() {
		w.srv.Close()
		_ = h.Close(ctx)
	})
	link, err := h.Door.FirstLink(ctx)
	if err != nil || link == "" {
		t.Fatal(link, err)
	}
	me := m{"link": link, "email": "first@example.kr", "name": "첫 관리자", "password": "a long enough password"}
	w.refuse(401, "bad_setup_link", "", "POST", "/setup", m{"link": "setup_guess", "email": "x@example.kr", "name": "X", "password": "a long enough password"})
	w.refuse(422, "too_short", "", "POST", "/setup", m{"link": link, "email": "first@example.kr", "name": "A", "password": "short"})
	in := w.want(200, "", "POST", "/setup", me)
	if roles, _ := in.at("roles").([]any); len(roles) == 0 || roles[0] != "admin" {
		t.Errorf("who came in: %s", in.raw)
	}
	w.refuse(401, "bad_setup_link", "", "POST", "/setup", me)
	if again, err := h.Door.FirstLink(ctx); again != "" || err != nil {
		t.Errorf("a second first link: %q %v", again, err)
	}
	w.want(200, "", "POST", "/session", m{"email": "FIRST@example.kr ", "password": "a long enough password"})
	w.refuse(401, "bad_credentials", "", "POST", "/session", m{"email": "first@example.kr", "password": "another password"})
}

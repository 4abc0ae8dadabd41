package api

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/people"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

const cookieName = "maru_session"

// identify finds out who asks: by bearer token, or by session cookie.
func (s *Server) identify(r *http.Request, open bool) (context.Context, error) {
	ctx := r.Context()
	var a record.Actor
	var err error
	if h := r.Header.Get("Authorization"); h != "" {
		token, ok := strings.CutPrefix(h, "Bearer ")
		if !ok {
			return ctx, fault.New(fault.Unidentified, "bad_token")
		}
		a, err = s.h.Door.ByToken(ctx, strings.TrimSpace(token))
	} else if c, cerr := r.Cookie(cookieName); cerr == nil {
		if err := sameOrigin(r); err != nil {
			return ctx, err
		}
		a, err = s.h.Door.BySession(ctx, c.Value)
	} else {
		err = fault.New(fault.Unidentified, "sign_in")
	}
	switch {
	case err == nil:
		return permit.As(ctx, a), nil
	case open:
		return ctx, nil
	}
	return ctx, err
}

// sameOrigin refuses unsafe requests that a browser sends from another site.
func sameOrigin(r *http.Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return nil
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		if site := r.Header.Get("Sec-Fetch-Site"); site == "" || site == "same-origin" || site == "none" {
			return nil
		}
		return fault.New(fault.Forbidden, "bad_origin")
	}
	if u, err := url.Parse(origin); err != nil || !strings.EqualFold(u.Host, r.Host) {
		return fault.New(fault.Forbidden, "bad_origin")
	}
	return nil
}

func remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (s *Server) cookie(w http.ResponseWriter, value string, age time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: value, Path: "/", HttpOnly: true, Secure: s.o.Secure, SameSite: http.SameSiteLaxMode, MaxAge: int(age / time.Second)})
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := sameOrigin(r); err != nil {
		return err
	}
	body, err := object(r, "email", "password")
	if err != nil {
		return err
	}
	secret, a, err := s.h.Door.SignIn(r.Context(), textOf(body, "email"), textOf(body, "password"), r.UserAgent(), remote(r))
	if err != nil {
		return err
	}
	s.cookie(w, secret, people.SessionFor)
	return s.me(w, permit.As(r.Context(), a))
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if c, err := r.Cookie(cookieName); err == nil {
		if err := s.h.Door.SignOut(r.Context(), c.Value); err != nil {
			return err
		}
	}
	s.cookie(w, "", -time.Second)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) whoami(w http.ResponseWriter, r *http.Request) error { return s.me(w, r.Context()) }

func (s *Server) me(w http.ResponseWriter, ctx context.Context) error {
	a, err := permit.From(ctx)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, map[string]any{"id": a.ID, "name": a.Name, "roles": list(a.Roles), "groups": list(a.Groups), "unit": a.Unit, "lang": a.Lang})
}

func (s *Server) setup(w http.ResponseWriter, r *http.Request) error {
	body, err := object(r, "link", "email", "name", "password")
	if err != nil {
		return err
	}
	secret, a, err := s.h.Door.Setup(r.Context(), textOf(body, "link"), textOf(body, "email"), textOf(body, "name"), textOf(body, "password"), r.UserAgent(), remote(r))
	if err != nil {
		return err
	}
	s.cookie(w, secret, people.SessionFor)
	return s.me(w, permit.As(r.Context(), a))
}

// newToken makes a token for the caller; an administrator may make one for another.
func (s *Server) newToken(w http.ResponseWriter, r *http.Request) error {
	body, err := object(r, "name", "user", "roles", "expires_at")
	if err != nil {
		return err
	}
	a, err := permit.From(r.Context())
	if err != nil {
		return err
	}
	user := a
	if email := textOf(body, "user"); email != "" {
		if user, err = s.h.Door.Actor(r.Context(), email); err != nil {
			return err
		}
		if user.ID != a.ID && !a.Has(role.Admin) {
			return fault.New(fault.Forbidden, "forbidden", "verb", permit.Create, "kind", kind.APIToken)
		}
	}
	var expires time.Time
	if t := textOf(body, "expires_at"); t != "" {
		if expires, err = time.Parse(time.RFC3339, t); err != nil {
			return fault.Field("expires_at", "wrong_format", "type", "time")
		}
	}
	name := textOf(body, "name")
	if name == "" {
		return fault.Field("name", "required")
	}
	roles := textsOf(body, "roles")
	if user.ID == a.ID && a.Via == "api" { // a token makes none that may do more than itself
		if len(roles) == 0 {
			roles = a.Roles
		}
		if len(roles) == 0 || slices.ContainsFunc(roles, func(r string) bool { return !a.Has(r) }) {
			return fault.New(fault.Forbidden, "forbidden", "verb", permit.Create, "kind", kind.APIToken)
		}
	}
	id, secret, err := s.h.Door.NewToken(r.Context(), a, user.ID, name, roles, expires)
	if err != nil {
		return err
	}
	return answer(w, http.StatusCreated, map[string]any{"id": id, "token": secret})
}

// invite makes a user who sets a password by a one-time link.
func (s *Server) invite(w http.ResponseWriter, r *http.Request) error {
	if err := s.admin(r); err != nil {
		return err
	}
	body, err := object(r, "email", "name", "roles")
	if err != nil {
		return err
	}
	id, link, err := s.h.Door.Add(r.Context(), textOf(body, "email"), textOf(body, "name"), textsOf(body, "roles"), "")
	if err != nil {
		return err
	}
	return answer(w, http.StatusCreated, map[string]any{"id": id, "link": "/setup?link=" + link})
}

// admin refuses everybody but administrators.
func (s *Server) admin(r *http.Request) error {
	a, err := permit.From(r.Context())
	if err != nil {
		return err
	}
	if !a.Has(role.Admin) {
		return fault.New(fault.Forbidden, "forbidden", "verb", "administer", "kind", "")
	}
	return nil
}

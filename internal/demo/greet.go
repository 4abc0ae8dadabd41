package demo

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/maru-itsm/maru/internal/house"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

// Peek reads what the house that c names holds, without keeping it open.
func Peek(ctx context.Context, c house.Config) (s State, err error) {
	if c.Database == "" || c.Database == "sqlite" {
		if _, err := os.Stat(filepath.Join(c.Data, "maru.db")); errors.Is(err, os.ErrNotExist) {
			return s, nil
		}
	}
	c.Manual = true
	h, err := house.Open(ctx, c)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, h.Close(ctx)) }()
	return StateOf(ctx, h)
}

// Numbers is how much there is.
type Numbers struct{ People, Services, Incidents, Open int64 }

// Count counts what the actor in ctx may see.
func Count(ctx context.Context, h *house.House) (n Numbers, err error) {
	for _, c := range []struct {
		to           *int64
		kind, filter string
	}{{&n.People, kind.User, ""}, {&n.Services, kind.Service, ""}, {&n.Incidents, kind.Incident, ""}, {&n.Open, kind.Incident, "state in ['new', 'assigned', 'in_progress', 'on_hold']"}} {
		if *c.to, err = h.Engine.Count(ctx, c.kind, c.filter); err != nil {
			return n, err
		}
	}
	return n, nil
}

// A Login is one way in.
type Login struct{ Role, Email, Name string }

// Logins lists one for every role that has grants.
func Logins(ctx context.Context, h *house.House) ([]Login, error) {
	k := h.Engine.Schema().Kind(kind.User)
	var out []Login
	for _, r := range GrantedRoles(h) {
		u, err := h.Engine.Store().Lookup(ctx, k, k.Field("email"), r+"@"+domain)
		if err != nil {
			return nil, err
		}
		if u != nil {
			out = append(out, Login{Role: r, Email: u.Text("email"), Name: u.Text("name")})
		}
	}
	return out, nil
}

package demo

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

// rights reads the journal again, entry by entry, and asks the policy whether whoever did
// it was allowed to, on the record as it was just before.
func rights(t *testing.T, ctx context.Context, h *house.House) {
	actors := map[record.ID]record.Actor{}
	for _, u := range all(t, ctx, h, kind.User, "") {
		a, err := h.Door.Actor(ctx, u.Text("email"))
		if err != nil {
			t.Fatal(err)
		}
		actors[u.ID()] = a
	}
	asked := 0
	for _, name := range []string{kind.Incident, kind.IncidentTask, kind.IncidentUpdate, kind.Problem, kind.Change, kind.Service, kind.ConfigurationItem, kind.Category, kind.Group} {
		k := h.Engine.Schema().Kind(name)
		for _, r := range all(t, ctx, h, name, "") {
			entries, err := h.Engine.Store().History(ctx, r.ID())
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range entries {
				if e.Via != "web" && e.Via != "api" { // rules and jobs are not people
					if !strings.HasPrefix(e.Via, "rule:") && !strings.HasPrefix(e.Via, "job:") {
						t.Errorf("%s: something came through %q", r.Number(), e.Via)
					}
					continue
				}
				if e.Verb == permit.Link && i > 0 && entries[i-1].Change == e.Change && entries[i-1].Verb != permit.Link {
					continue // a link that mirrors the field which was set
				}
				asked++
				mayOf(t, ctx, h, k, actors, entries, i)
			}
		}
	}
	t.Logf("%d acts of %d people asked for again", asked, len(actors))
}

func mayOf(t *testing.T, ctx context.Context, h *house.House, k *record.Kind, actors map[record.ID]record.Actor, entries []*journal.Entry, i int) {
	t.Helper()
	e, end := entries[i], i
	if e.Verb == permit.Create { // asked of what was made
		end = i + 1
	}
	r, err := journal.Rebuild(k, append([]*journal.Entry(nil), entries[:end]...), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), journal.NewKeys(h.Engine.Store()).Within(ctx, nil))
	if err != nil || r == nil {
		t.Fatalf("%s: %v", entries[0].Record, err)
	}
	a, known := actors[e.Actor]
	env := query.Env{Now: e.At, Actor: a, Get: func(kind string, id record.ID) (*record.Record, error) {
		v, err := h.Engine.Get(ctx, kind, string(id))
		return v.Record, err
	}}
	ok, err := h.Engine.Policy().May(a, env, r, e.Verb)
	if err != nil || !ok || !known {
		t.Errorf("%s %s: %s (%v) may not %s: %v", k.Name, r.Number(), a.Name, a.Roles, e.Verb, err)
	}
}

package demo

import (
	"fmt"
	"slices"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// hands are what an acting person can do in one change. Engine.WithinAt asks no right,
// because importers and jobs stand on it; here every verb and field is asked for as at the
// front door, so that nobody in the demo has done what they may not.
type hands struct {
	record.Tx
	e    *engine.Engine
	env  query.Env
	seen []*record.Record // as the actor saw them: what a right is asked of before a first change
}

func newHands(e *engine.Engine, a record.Actor, tx record.Tx, seen []*record.Record) *hands {
	return &hands{Tx: tx, e: e, env: query.Env{Now: tx.Now(), Actor: a, Get: tx.Get}, seen: seen}
}

// sees gives the record that the actor is about to change.
func (h *hands) sees(kind string, id record.ID) (*record.Record, error) {
	for i, r := range h.seen {
		if r != nil && r.ID() == id {
			h.seen[i] = nil // from now on the plan knows better
			return r, nil
		}
	}
	return h.Get(kind, id)
}

func (h *hands) refuse(verb, what, kind string) error {
	return fmt.Errorf("demo: %s (%v) may not %s %s of %s", h.Actor().Name, h.Actor().Roles, verb, what, kind)
}

func (h *hands) may(r *record.Record, verb string) error {
	ok, err := h.e.Policy().May(h.Actor(), h.env, r, verb)
	if err == nil && !ok {
		err = h.refuse(verb, r.Number(), r.Kind.Name)
	}
	return err
}

// fields refuses values that the test does not let through.
func (h *hands) fields(kind, verb string, values record.Values, sees func(*record.Field) bool) error {
	k := h.e.Schema().Kind(kind)
	for name := range values {
		if f := k.Field(name); f == nil || f.Derived || f.Secret || !sees(f) {
			return h.refuse(verb, "field "+name, kind)
		}
	}
	return nil
}

// Create implements record.Tx.
func (h *hands) Create(kind string, values record.Values) (*record.Record, error) {
	if err := h.fields(kind, permit.Create, values, h.e.Policy().CreateMask(h.Actor(), kind).Sees); err != nil {
		return nil, err
	}
	r, err := h.Tx.Create(kind, values)
	if err != nil {
		return nil, err
	}
	return r, h.may(r, permit.Create)
}

// Update implements record.Tx.
func (h *hands) Update(kind string, id record.ID, values record.Values) error {
	r, err := h.sees(kind, id)
	if err != nil {
		return err
	}
	mask, err := h.e.Policy().Mask(h.Actor(), h.env, r, permit.Update)
	if err != nil {
		return err
	}
	if err := h.fields(kind, permit.Update, values, func(f *record.Field) bool { return !f.Fixed && mask.Sees(f) }); err != nil {
		return err
	}
	if err := h.may(r, permit.Update); err != nil {
		return err
	}
	return h.Tx.Update(kind, id, values)
}

// UpdateFor is Update with a reason.
func (h *hands) UpdateFor(kind string, id record.ID, reason string, values record.Values) error {
	r, err := h.sees(kind, id)
	if err != nil {
		return err
	}
	if err := h.may(r, permit.Update); err != nil {
		return err
	}
	return h.Tx.Move(kind, id, permit.Update, record.Input{Values: values, Reason: reason})
}

// Move implements record.Tx.
func (h *hands) Move(kind string, id record.ID, move string, in record.Input) error {
	r, err := h.sees(kind, id)
	if err != nil {
		return err
	}
	m, _ := lifecycle.Find(r.Kind.Life, move, r.State())
	if m == nil || m.Auto {
		return h.refuse(move, r.Number()+" in "+r.State(), kind)
	}
	err = h.fields(kind, move, in.Values, func(f *record.Field) bool {
		return slices.Contains(m.Needs, f.Name) || slices.Contains(m.Takes, f.Name)
	})
	if err != nil {
		return err
	}
	if err := h.may(r, move); err != nil {
		return err
	}
	if in.Comment != "" {
		if err := h.may(r, permit.Comment); err != nil {
			return err
		}
	}
	if in.Note != "" {
		if err := h.may(r, permit.Note); err != nil {
			return err
		}
	}
	return h.Tx.Move(kind, id, move, in)
}

// Comment implements record.Tx.
func (h *hands) Comment(kind string, id record.ID, body string, internal bool) error {
	r, err := h.sees(kind, id)
	if err != nil {
		return err
	}
	verb := permit.Comment
	if internal {
		verb = permit.Note
	}
	if err := h.may(r, verb); err != nil {
		return err
	}
	return h.Tx.Comment(kind, id, body, internal)
}

// Link links as whoever may link from the record it begins at.
func (h *hands) Link(link, kind string, from, to record.ID) error {
	r, err := h.sees(kind, from)
	if err != nil {
		return err
	}
	if err := h.may(r, permit.Link); err != nil {
		return err
	}
	return h.Tx.Link(link, from, to)
}

package engine

import (
	"slices"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// moveFor finds the move that verb names; nil for the verbs that are not moves.
func (p *plan) moveFor(it *item, verb string) (*record.Move, error) {
	switch verb {
	case "create", permit.Update, permit.Comment, permit.Note, permit.Attach, permit.Link, permit.Erase:
		return nil, nil
	}
	if it.kind.Life == nil {
		return nil, fault.New(fault.NotFound, "no_such_move", "move", verb, "kind", it.kind.Name)
	}
	m, exists := lifecycle.Find(it.kind.Life, verb, it.after.State())
	switch {
	case m != nil:
		return m, nil
	case exists:
		return nil, fault.New(fault.Conflict, "invalid_transition", "move", verb, "state", it.after.State())
	}
	return nil, fault.New(fault.NotFound, "no_such_move", "move", verb, "kind", it.kind.Name)
}

// step takes a move: guards first, then the new state and the move's own effects.
func (p *plan) step(it *item, m *record.Move) error {
	if len(p.stack) == 1 && !p.ruled() { // the fields that came with it may name the actor, too
		if err := p.fourEyes(it.after, m); err != nil {
			return err
		}
	}
	s := it.kind.NewStruct()
	it.after.Fill(s)
	var no []fault.Guard
	for _, g := range m.Guards {
		if !g.OK(p, s) {
			no = append(no, fault.Guard{Name: g.Name, Key: "guard." + it.kind.Name + "." + g.Name})
		}
	}
	if len(no) > 0 {
		f := fault.New(fault.Conflict, "guard_failed", "move", m.Name)
		f.Guards = no
		return f
	}
	if m.Set != nil {
		if err := m.Set(p, s); err != nil {
			return err
		}
		it.after.Absorb(s)
	}
	if m.To != "" {
		it.after.Set("state", m.To)
	}
	return nil
}

// Can says what an actor may do with a record now.
type Can struct {
	Moves  []string `json:"moves"`
	Fields []string `json:"fields"`
	Verbs  []string `json:"verbs"`
}

// can reads the verdict; guards are not asked, they explain themselves when they refuse.
func (e *Engine) can(v permit.Verdict, r *record.Record) Can {
	c := Can{Moves: []string{}, Fields: []string{}, Verbs: []string{}}
	if r.Kind.Life != nil {
		for _, m := range r.Kind.Life.Moves() {
			if !m.Auto && m.Starts(r.Kind.Life, r.State()) && v.May(m.Name) {
				c.Moves = append(c.Moves, m.Name)
			}
		}
	}
	for _, verb := range []string{permit.Comment, permit.Note, permit.Attach, permit.Link, permit.Inside} {
		if v.May(verb) {
			c.Verbs = append(c.Verbs, verb)
		}
	}
	mask := v.Mask(permit.Update)
	if mask.Empty() || e.frozen(r) {
		return c
	}
	for _, f := range r.Kind.Fields {
		if f.Settable() && !f.Fixed && mask.Sees(f) && (!f.Override || v.May(permit.Override)) {
			c.Fields = append(c.Fields, f.Name)
		}
	}
	return c
}

// spared takes out the moves that are not the actor's to run on this very record.
func (c Can) spared(a record.Actor, env query.Env, r *record.Record) (Can, error) {
	if r.Kind.Life == nil {
		return c, nil
	}
	for _, m := range r.Kind.Life.Moves() {
		if len(m.NotBy) == 0 || !slices.Contains(c.Moves, m.Name) {
			continue
		}
		no, err := conflict(a, env.Get, r, &m)
		if err != nil {
			return c, err
		}
		if no != "" {
			c.Moves = slices.DeleteFunc(slices.Clone(c.Moves), func(name string) bool { return name == m.Name })
		}
	}
	return c, nil
}

// frozen reports whether a record in a final state takes no more edits.
func (e *Engine) frozen(r *record.Record) bool {
	return r.Kind.Life != nil && r.Kind.Life.Final(r.State())
}

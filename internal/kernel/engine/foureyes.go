package engine

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// conflict gives the field by which a move is not the actor's to run: nobody approves
// what they had a hand in. Empty = none. What rules and jobs do is nobody's.
func conflict(a record.Actor, get func(kind string, id record.ID) (*record.Record, error), r *record.Record, m *record.Move) (string, error) {
	if a.System {
		return "", nil
	}
	for _, name := range m.NotBy {
		at := r
		first, field, hop := strings.Cut(name, ".")
		if !hop {
			field = first
		} else if id := r.Ref(first); id == "" {
			continue
		} else if far, err := get(r.Kind.Field(first).To, id); err == nil {
			at = far
		} else if f := fault.Of(err); f != nil && f.Class == fault.NotFound {
			continue
		} else {
			return "", err
		}
		if at.Ref(field) == a.ID || slices.Contains(at.Refs(field), a.ID) {
			return name, nil
		}
	}
	return "", nil
}

// fourEyes refuses a move to whom its NotBy names, and remembers that they tried.
func (p *plan) fourEyes(r *record.Record, m *record.Move) error {
	fresh := func(kind string, id record.ID) (*record.Record, error) {
		recs, err := p.e.store.Get(p.ctx, p.e.schema.Kind(kind), id)
		if err == nil && len(recs) == 0 {
			err = fault.Missing(kind, string(id))
		}
		if err != nil {
			return nil, err
		}
		return recs[0], nil
	}
	field, err := conflict(p.actor, fresh, r, m)
	if err != nil || field == "" {
		return err
	}
	p.e.log.Warn("four eyes", "move", m.Name, "kind", r.Kind.Name, "record", r.ID(), "actor", p.actor.ID, "field", field)
	raw, err := json.Marshal(map[string]any{"move": m.Name, "code": "sod_violation", "field": field, "internal": true})
	if err != nil {
		return err
	}
	b := &storage.Batch{Journal: []*journal.Entry{{Change: p.id, At: p.now, Recorded: p.now, Actor: p.actor.ID, Via: p.actor.Via, Kind: r.Kind.Name, Record: r.ID(),
		Version: r.Version(), Verb: journal.Refused, Diff: raw}}}
	if err := p.e.store.Apply(p.ctx, b); err != nil {
		return err
	}
	p.e.watch.wake()
	f := fault.New(fault.Forbidden, "sod_violation", "move", m.Name)
	f.Field = field
	return f
}

package engine

import (
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// The plan is the record.Tx that rules and guards see: what it has planned so far
// lies over what the store holds.
var _ record.Tx = (*plan)(nil)

func (p *plan) Now() time.Time          { return p.now }
func (p *plan) Actor() record.Actor     { return p.actor }
func (p *plan) Setting(n string) string { return p.e.Setting(n) }

// Change implements record.Ask.
func (p *plan) Change() *record.Change {
	if len(p.stack) == 0 {
		return &record.Change{}
	}
	return p.stack[len(p.stack)-1]
}

// Kind implements record.Ask.
func (p *plan) Kind(name string) *record.Kind { return p.e.schema.Kind(name) }

// Get implements record.Ask.
func (p *plan) Get(kind string, id record.ID) (*record.Record, error) {
	if it := p.items[id]; it != nil && it.kind.Name == kind {
		return it.after, nil
	}
	return p.e.cached(p.ctx, kind, id)
}

// Find implements record.Ask.
func (p *plan) Find(kind, filter string, args map[string]any, limit int) ([]*record.Record, error) {
	k := p.e.schema.Kind(kind)
	if k == nil {
		return nil, fault.New(fault.Invalid, "unknown_kind", "kind", kind)
	}
	b, err := p.e.filter(k, filter, p.env(args))
	if err != nil {
		return nil, err
	}
	// What the plan holds is asked of the plan; the store may give as many more.
	recs, err := p.e.matching(p.ctx, k, b, limit+len(p.order))
	if err != nil {
		return nil, err
	}
	recs = slices.DeleteFunc(recs, func(r *record.Record) bool { return p.items[r.ID()] != nil })
	recs = recs[:min(len(recs), limit)]
	for _, it := range p.order {
		if it.kind.Name != kind {
			continue
		}
		ok, err := b.Eval(it.after)
		if err != nil {
			return nil, err
		}
		if ok && len(recs) < limit {
			recs = append(recs, it.after)
		}
	}
	return recs, nil
}

// Fits implements record.Ask.
func (p *plan) Fits(kind string, r *record.Record, filter string, args map[string]any) (bool, error) {
	k := p.e.schema.Kind(kind)
	if k == nil {
		return false, fault.New(fault.Invalid, "unknown_kind", "kind", kind)
	}
	b, err := p.e.filter(k, filter, p.env(args))
	if err != nil || r == nil {
		return false, err
	}
	return b.Eval(r)
}

// Linked implements record.Ask.
func (p *plan) Linked(id record.ID, link string, reverse bool) ([]record.ID, error) {
	edges, err := p.edgesOf(id, link, reverse)
	if err != nil {
		return nil, err
	}
	out := make([]record.ID, len(edges))
	for i, e := range edges {
		out[i] = e.To
		if reverse {
			out[i] = e.From
		}
	}
	return out, nil
}

// edgesOf reads links through the plan.
func (p *plan) edgesOf(id record.ID, link string, reverse bool) ([]record.Edge, error) {
	var out []record.Edge
	if it := p.items[id]; it == nil || it.before != nil {
		stored, err := p.e.store.Edges(p.ctx, id, link, reverse)
		if err != nil {
			return nil, err
		}
		out = stored
	}
	for _, w := range p.edges {
		end := w.Edge.From
		if reverse {
			end = w.Edge.To
		}
		if w.Edge.Type != link || end != id {
			continue
		}
		if w.Remove {
			out = slices.DeleteFunc(out, func(e record.Edge) bool { return e.From == w.Edge.From && e.To == w.Edge.To })
		} else {
			out = append(out, w.Edge)
		}
	}
	return out, nil
}

// Create implements record.Tx.
func (p *plan) Create(kind string, values record.Values) (*record.Record, error) {
	k := p.e.schema.Kind(kind)
	if k == nil {
		return nil, fault.New(fault.Invalid, "unknown_kind", "kind", kind)
	}
	it, err := p.create(k)
	if err != nil {
		return nil, err
	}
	return it.after, p.change(it, "create", record.Input{Values: values})
}

// Update implements record.Tx.
func (p *plan) Update(kind string, id record.ID, values record.Values) error {
	it, err := p.load(kind, id)
	if err != nil {
		return err
	}
	return p.change(it, permit.Update, record.Input{Values: values})
}

// Move implements record.Tx.
func (p *plan) Move(kind string, id record.ID, move string, in record.Input) error {
	it, err := p.load(kind, id)
	if err != nil {
		return err
	}
	return p.change(it, move, in)
}

// Comment implements record.Tx.
func (p *plan) Comment(kind string, id record.ID, body string, internal bool) error {
	it, err := p.load(kind, id)
	if err != nil {
		return err
	}
	return p.comment(it, body, internal)
}

// MaxComment is the longest comment, in bytes.
const MaxComment = 64 << 10

// comment adds to the conversation and lets rules hear it.
func (p *plan) comment(it *item, body string, internal bool) error {
	body = strings.TrimSpace(body)
	switch {
	case body == "":
		return fault.Field("body", "required")
	case len(body) > MaxComment:
		return fault.Field("body", "too_long", "max", MaxComment)
	case !cleanText(body):
		return fault.Field("body", "invalid_text")
	}
	c := storage.Comment{ID: record.NewID(), Kind: it.kind.Name, Record: it.after.ID(), At: p.now, Author: p.actor.ID, Body: body, Internal: internal}
	p.said = append(p.said, c)
	verb := permit.Comment
	ch := &record.Change{Verb: verb, Before: it.after.Clone(), After: it.after, Input: record.Input{Comment: body}, Within: p.within()}
	if internal {
		verb = permit.Note
		ch.Verb, ch.Input = verb, record.Input{Note: body}
	}
	p.log(it, &step{verb: verb, via: p.via, note: map[string]any{"comment": c.ID, "body": body, "internal": internal}})
	leave, err := p.enter(ch)
	if err != nil {
		return err
	}
	defer leave()
	return p.rules(it.kind.Name, ch, false)
}

package engine

import (
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// linkOf finds a declared link type and the kind it begins at.
func (e *Engine) linkOf(name string) (*record.Kind, *record.Link) {
	for _, k := range e.schema.Kinds() {
		for i := range k.Links {
			if k.Links[i].Name == name {
				return k, &k.Links[i]
			}
		}
	}
	return nil, nil
}

// Link implements record.Tx.
func (p *plan) Link(link string, from, to record.ID) error {
	k, l := p.e.linkOf(link)
	if l == nil {
		return fault.Field("type", "unknown_link", "type", link)
	}
	if from == to {
		return fault.New(fault.Conflict, "link_cycle", "type", link)
	}
	a, err := p.load(k.Name, from)
	if err != nil {
		return err
	}
	toKind, err := p.target(l, to)
	if err != nil {
		return err
	}
	if l.Mirror != "" && a.after.Ref(l.Mirror) != to { // the field leads, the link follows
		return p.change(a, permit.Update, record.Input{Values: record.Values{l.Mirror: to}, Reason: p.why})
	}
	out, err := p.edgesOf(from, link, false)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(out, func(e record.Edge) bool { return e.To == to }) {
		return nil // it stands already
	}
	oneTo, oneFrom := strings.HasSuffix(l.Card, ":1"), strings.HasPrefix(l.Card, "1:")
	if oneTo && len(out) > 0 {
		return fault.New(fault.Conflict, "link_taken", "type", link)
	}
	if err := p.treeHolds(l, from, to); err != nil {
		return err
	}
	by := "user:" + string(p.actor.ID)
	if strings.HasPrefix(p.via, "rule:") {
		by = p.via
	}
	edge := record.Edge{ID: record.NewID(), Type: link, FromKind: k.Name, From: from, ToKind: toKind, To: to, CreatedAt: p.now, CreatedBy: by}
	p.edges = append(p.edges, storage.EdgeWrite{Edge: edge, SingleFrom: oneTo, SingleTo: oneFrom})
	return p.linked(a, edge, "link")
}

// Unlink implements record.Tx.
func (p *plan) Unlink(link string, from, to record.ID) error {
	k, l := p.e.linkOf(link)
	if l == nil {
		return fault.Field("type", "unknown_link", "type", link)
	}
	a, err := p.load(k.Name, from)
	if err != nil {
		return err
	}
	out, err := p.edgesOf(from, link, false)
	if err != nil {
		return err
	}
	if l.Mirror != "" && a.after.Ref(l.Mirror) == to {
		return p.change(a, permit.Update, record.Input{Values: record.Values{l.Mirror: nil}, Reason: p.why})
	}
	i := slices.IndexFunc(out, func(e record.Edge) bool { return e.To == to })
	if i < 0 {
		return fault.Missing("link", string(to))
	}
	p.edges = append(p.edges, storage.EdgeWrite{Edge: out[i], Remove: true})
	return p.linked(a, out[i], "unlink")
}

// linked journals a change of links on the record it begins at and lets rules see it.
func (p *plan) linked(a *item, edge record.Edge, verb string) error {
	c := &record.Change{Verb: verb, Before: a.after.Clone(), After: a.after, Link: &edge, Within: p.within()}
	leave, err := p.enter(c)
	if err != nil {
		return err
	}
	defer leave()
	p.log(a, &step{verb: verb, reason: p.why, via: p.via, note: map[string]any{"link": edge.Type, "to_kind": edge.ToKind, "to": edge.To}})
	return p.rules(a.kind.Name, c, false)
}

// target finds the kind of the far end, which must be one the link leads to. Records are
// not taken away, so one that was there a moment ago still is.
func (p *plan) target(l *record.Link, to record.ID) (string, error) {
	for _, kind := range l.To {
		_, err := p.Get(kind, to)
		if err == nil {
			return kind, nil
		}
		if f := fault.Of(err); f == nil || f.Class != fault.NotFound {
			return "", err
		}
	}
	return "", fault.Field("to", "link_target", "kinds", strings.Join(l.To, ", "))
}

// treeHolds refuses cycles and paths that grow too deep. Every record on the way up is
// held to the version it was read at before its link was: of two links that would close
// a cycle together, each writes a record that is on the other's way, and one is late.
func (p *plan) treeHolds(l *record.Link, from, to record.ID) error {
	if !l.Tree || l.Deep == 0 && p.leaf(l.Name, from) {
		return nil
	}
	up, at := 1, to
	for {
		kind, err := p.target(l, at)
		if err != nil {
			return err
		}
		it, err := p.load(kind, at)
		if err != nil {
			return err
		}
		p.held = append(p.held, it)
		next, err := p.Linked(at, l.Name, false)
		if err != nil {
			return err
		}
		if len(next) == 0 {
			break
		}
		if at = next[0]; at == from || up > 100 {
			return fault.New(fault.Conflict, "link_cycle", "type", l.Name)
		}
		up++
	}
	if l.Deep == 0 {
		return nil
	}
	down, err := p.height(l.Name, from, l.Deep)
	if err != nil {
		return err
	}
	if up+down > l.Deep {
		return fault.New(fault.Conflict, "link_too_deep", "type", l.Name, "max", l.Deep)
	}
	return nil
}

// leaf reports whether a record is new and nothing in the plan leads to it: whatever it
// hangs under, no circle can close.
func (p *plan) leaf(link string, id record.ID) bool {
	it := p.items[id]
	return it != nil && it.before == nil && !slices.ContainsFunc(p.edges, func(w storage.EdgeWrite) bool { return w.Edge.Type == link && w.Edge.To == id })
}

// height counts the edges of the longest path that ends at id, up to most + 1.
func (p *plan) height(link string, id record.ID, most int) (int, error) {
	if most < 0 {
		return 0, nil
	}
	kids, err := p.Linked(id, link, true)
	if err != nil {
		return 0, err
	}
	tallest := 0
	for _, kid := range kids {
		h, err := p.height(link, kid, most-1)
		if err != nil {
			return 0, err
		}
		tallest = max(tallest, h+1)
	}
	return tallest, nil
}

// mirrors keeps links equal to the reference fields that mirror them: setting the field
// sets the link.
func (p *plan) mirrors(it *item, before *record.Record) error {
	for i := range it.kind.Links {
		l := &it.kind.Links[i]
		if l.Mirror == "" {
			continue
		}
		was, is := record.ID(""), it.after.Ref(l.Mirror)
		if before != nil {
			was = before.Ref(l.Mirror)
		}
		if was == is {
			continue
		}
		if was != "" {
			if err := p.Unlink(l.Name, it.after.ID(), was); err != nil && !fault.Has(err, "not_found") {
				return err
			}
		}
		if is != "" {
			if err := p.Link(l.Name, it.after.ID(), is); err != nil {
				return err
			}
		}
	}
	return nil
}

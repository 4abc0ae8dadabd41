package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// GetAsOf reads a record as it was at t. Whoever may see it now, and might have seen it
// then, sees of its past what they might see both now and then.
func (e *Engine) GetAsOf(ctx context.Context, kind, key string, t time.Time) (View, error) {
	a, err := permit.From(ctx)
	if err != nil {
		return View{}, err
	}
	k, err := e.kindNamed(kind)
	if err != nil {
		return View{}, err
	}
	now, err := e.find(ctx, a, k, key)
	if err != nil {
		return View{}, err
	}
	past, err := e.rewind(ctx, k, []record.ID{now.ID()}, t)
	if err != nil {
		return View{}, err
	}
	if len(past) == 0 {
		return View{}, fault.Missing(kind, clip(key))
	}
	v, err := e.viewAsOf(a, e.env(ctx, a, e.Now()), past[0], now)
	if err == nil && v.Mask.Empty() {
		err = fault.Missing(kind, clip(key))
	}
	return v, err
}

// viewAsOf masks a record as it was by what the actor may see of it now and might have
// seen then; now is nil where it has not changed since.
func (e *Engine) viewAsOf(a record.Actor, env query.Env, was, now *record.Record) (View, error) {
	v := View{Record: was, Can: Can{Moves: []string{}, Fields: []string{}, Verbs: []string{}}} // the past cannot be changed
	mask, err := e.Policy().Mask(a, env, was, permit.Read)
	if err != nil || now == nil {
		v.Mask = mask
		return v, err
	}
	today, err := e.Policy().Mask(a, env, now, permit.Read)
	v.Mask = mask.Both(today)
	return v, err
}

// rewind rebuilds records as they were at t; those that did not exist yet are left out.
func (e *Engine) rewind(ctx context.Context, k *record.Kind, ids []record.ID, t time.Time) ([]*record.Record, error) {
	entries, err := e.store.Past(ctx, ids, t)
	if err != nil {
		return nil, err
	}
	cipher := e.cipher.Within(ctx, nil)
	out := make([]*record.Record, 0, len(ids))
	for _, id := range ids {
		r, err := journal.Rebuild(k, entries[id], t, cipher)
		if err != nil {
			return nil, err
		}
		if r != nil {
			out = append(out, r)
		}
	}
	return out, nil
}

// listAsOf answers a list for a moment in the past: records nobody has touched since
// come from their table, the others are rebuilt from the journal. The rights must hold
// now as well as then.
func (e *Engine) listAsOf(ctx context.Context, q storage.Query, rights []query.Bound, t time.Time, count bool) (listed, error) {
	touched, err := e.store.Touched(ctx, q.Kind, t)
	if err != nil {
		return listed{}, err
	}
	still := q
	still.Where = append(slices.Clone(q.Where), query.IDs(touched, true))
	f, err := e.listNow(ctx, still, count)
	if err != nil {
		return f, err
	}
	f.now = map[record.ID]*record.Record{}
	for chunk := range slices.Chunk(touched, 500) {
		seen, err := e.store.List(ctx, storage.Query{Kind: q.Kind, Where: append(slices.Clone(rights), query.IDs(chunk, false)), Limit: len(chunk)})
		if err != nil {
			return f, err
		}
		ids := make([]record.ID, len(seen))
		for i, r := range seen {
			ids[i] = r.ID()
			f.now[r.ID()] = r
		}
		past, err := e.rewind(ctx, q.Kind, ids, t)
		if err != nil {
			return f, err
		}
		for _, r := range past {
			ok, err := query.All(q.Where...).Eval(r)
			if err != nil {
				return f, err
			}
			if ok {
				f.total++
			}
			if ok && (q.After == nil || compareCursor(q.Order, r, q.After) > 0) {
				f.recs = append(f.recs, r)
			}
		}
		if len(f.recs) > 4*q.Limit { // keep only what can be on the page
			f.recs = best(q, f.recs)
		}
	}
	f.recs = best(q, f.recs)
	return f, nil
}

func best(q storage.Query, recs []*record.Record) []*record.Record {
	slices.SortFunc(recs, func(a, b *record.Record) int {
		return compareCursor(q.Order, a, append(sortValues(q.Order, b), b.ID()))
	})
	return recs[:min(len(recs), q.Limit)]
}

func sortValues(order []storage.Order, r *record.Record) []any {
	out := make([]any, len(order), len(order)+1)
	for i, o := range order {
		out[i] = r.At(o.Field)
	}
	return out
}

// compareCursor orders r against the sort values and id of another place in the list,
// as the databases do: empty values last, the id last of all in the first key's direction.
func compareCursor(order []storage.Order, r *record.Record, at []any) int {
	for i, o := range order {
		if c := compareValues(r.At(o.Field), at[i], o.Desc); c != 0 {
			return c
		}
	}
	last, _ := at[len(order)].(record.ID)
	c := strings.Compare(string(r.ID()), string(last))
	if len(order) > 0 && order[0].Desc {
		c = -c
	}
	return c
}

func compareValues(a, b any, desc bool) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	c := 0
	switch x := a.(type) {
	case string:
		c = strings.Compare(x, b.(string))
	case record.ID:
		c = strings.Compare(string(x), string(b.(record.ID)))
	case record.Date:
		c = strings.Compare(string(x), string(b.(record.Date)))
	case int64:
		c = cmp.Compare(x, b.(int64))
	case time.Duration:
		c = cmp.Compare(x, b.(time.Duration))
	case time.Time:
		c = x.Compare(b.(time.Time))
	case bool:
		if y := b.(bool); x != y {
			c = map[bool]int{true: 1, false: -1}[x]
		}
	case record.Decimal:
		c = x.Rat().Cmp(decimalOf(b).Rat())
	case record.Money:
		c = x.Amount.Rat().Cmp(decimalOf(b).Rat())
	}
	if desc {
		c = -c
	}
	return c
}

func decimalOf(v any) record.Decimal {
	if m, ok := v.(record.Money); ok {
		return m.Amount
	}
	d, _ := v.(record.Decimal)
	return d
}

// History gives what happened to a record, as much of it as the actor may know.
func (e *Engine) History(ctx context.Context, kind, key string) ([]journal.Step, error) {
	v, err := e.Get(ctx, kind, key)
	if err != nil {
		return nil, err
	}
	entries, err := e.store.History(ctx, v.Record.ID())
	if err != nil {
		return nil, err
	}
	visible := func(name string) bool {
		f := v.Record.Kind.Field(name)
		return f != nil && v.Mask.Sees(f)
	}
	steps, err := journal.Steps(v.Record.Kind, entries, e.cipher.Within(ctx, nil), visible, v.Mask.Internal())
	return slices.DeleteFunc(steps, func(s journal.Step) bool { return !e.endVisible(ctx, s) }), err
}

// endVisible reports whether the actor may see the record that a step links to; other
// steps lead nowhere.
func (e *Engine) endVisible(ctx context.Context, s journal.Step) bool {
	if s.Verb != "link" && s.Verb != "unlink" {
		return true
	}
	var note struct {
		Kind string    `json:"to_kind"`
		To   record.ID `json:"to"`
	}
	a, err := permit.From(ctx)
	if err == nil {
		err = json.Unmarshal(s.Note, &note)
	}
	if err != nil {
		return false
	}
	r, err := e.cached(ctx, note.Kind, note.To)
	if err != nil {
		return false
	}
	ok, err := e.Policy().May(a, e.env(ctx, a, e.Now()), r, permit.Read)
	return ok && err == nil
}

// Comments gives the conversation of a record; work notes only to those inside.
func (e *Engine) Comments(ctx context.Context, kind, key string) ([]storage.Comment, error) {
	v, err := e.Get(ctx, kind, key)
	if err != nil {
		return nil, err
	}
	all, err := e.store.Comments(ctx, v.Record.ID())
	return slices.DeleteFunc(all, func(c storage.Comment) bool { return c.Internal && !v.Mask.Internal() }), err
}

// Attachments lists the files of a record that the actor may see.
func (e *Engine) Attachments(ctx context.Context, kind, key string) ([]storage.Attachment, error) {
	v, err := e.Get(ctx, kind, key)
	if err != nil {
		return nil, err
	}
	all, err := e.store.Attachments(ctx, v.Record.ID())
	return slices.DeleteFunc(all, func(a storage.Attachment) bool { return a.Internal && !v.Mask.Internal() }), err
}

// A Neighbour is a linked record that the actor may see.
type Neighbour struct {
	Edge    record.Edge
	Reverse bool // the link ends at the record asked about
	View    View
}

// Links gives a record's neighbours in both directions; those the actor may not see
// are not there.
func (e *Engine) Links(ctx context.Context, kind, key string) ([]Neighbour, error) {
	v, err := e.Get(ctx, kind, key)
	if err != nil {
		return nil, err
	}
	var out []Neighbour
	for _, reverse := range []bool{false, true} {
		edges, err := e.store.Edges(ctx, v.Record.ID(), "", reverse)
		if err != nil {
			return nil, err
		}
		for _, edge := range edges {
			k, id := edge.ToKind, edge.To
			if reverse {
				k, id = edge.FromKind, edge.From
			}
			far, err := e.Get(ctx, k, string(id))
			if f := fault.Of(err); f != nil && f.Class == fault.NotFound {
				continue
			}
			if err != nil {
				return nil, err
			}
			out = append(out, Neighbour{Edge: edge, Reverse: reverse, View: far})
		}
	}
	return out, nil
}

// Retold rebuilds records from the journal alone, for whoever verifies. It asks no right.
func (e *Engine) Retold(ctx context.Context, k *record.Kind, ids []record.ID) (map[record.ID]*record.Record, error) {
	recs, err := e.rewind(ctx, k, ids, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		return nil, err
	}
	out := make(map[record.ID]*record.Record, len(recs))
	for _, r := range recs {
		out[r.ID()] = r
	}
	return out, nil
}

package engine

import (
	"context"
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// work is what a job sees: the engine, at the moment the job is for.
type work struct {
	ctx  context.Context
	e    *Engine
	via  string
	asOf time.Time
}

var _ rule.Work = work{}

// Work gives a job its hands. What it does is journaled under "job:<name>" and
// happens at asOf.
func (e *Engine) Work(ctx context.Context, name string, asOf time.Time) rule.Work {
	return work{ctx: ctx, e: e, via: "job:" + name, asOf: record.Instant(asOf)}
}

func (w work) Setting(name string) string { return w.e.Setting(name) }

// Each implements rule.Work. It walks by id, so records that stop fitting while it
// works are not skipped over and none is met twice.
func (w work) Each(kind, filter string, args map[string]any, do func(record.Tx, *record.Record) error) (done, failed int, err error) {
	k := w.e.schema.Kind(kind)
	if k == nil {
		return 0, 0, fault.New(fault.Invalid, "unknown_kind", "kind", kind)
	}
	env := w.e.env(w.ctx, System(w.via), w.asOf)
	env.Vars = args
	where, err := w.e.filter(k, filter, env)
	if err != nil {
		return 0, 0, err
	}
	q := storage.Query{Kind: k, Where: []query.Bound{where}, Limit: 500}
	for {
		recs, err := w.e.store.List(w.ctx, q)
		if err != nil {
			return done, failed, err
		}
		for _, r := range recs {
			if err := w.alone(k, r, where, do, &done, &failed); err != nil {
				return done, failed, err
			}
		}
		if len(recs) < q.Limit {
			return done, failed, nil
		}
		q.After = []any{recs[len(recs)-1].ID()}
	}
}

// Due implements rule.Work. It reads by the index of the field, a page at a time; what is
// still due after its turn is left for the next run.
func (w work) Due(kind, field string, do func(record.Tx, *record.Record) error) (done, failed int, err error) {
	k := w.e.schema.Kind(kind)
	if k == nil {
		return 0, 0, fault.New(fault.Invalid, "unknown_kind", "kind", kind)
	}
	env := w.e.env(w.ctx, System(w.via), w.asOf)
	where, err := w.e.filter(k, field+" <= now", env)
	if err != nil {
		return 0, 0, err
	}
	q := storage.Query{Kind: k, Where: []query.Bound{where}, Order: []storage.Order{{Field: k.Field(field)}}, Limit: 500}
	for {
		recs, err := w.e.store.List(w.ctx, q)
		if err != nil {
			return done, failed, err
		}
		for some := range slices.Chunk(recs, atOnce) {
			n, err := w.together(k, some, where, do)
			if fault.Of(err) == nil {
				done += n
				if err != nil {
					return done, failed, err
				}
				continue
			}
			for _, r := range some { // one of them stands in the way of the others
				if err := w.alone(k, r, where, do, &done, &failed); err != nil {
					return done, failed, err
				}
			}
		}
		if len(recs) < q.Limit {
			return done, failed, nil
		}
		last := recs[len(recs)-1]
		q.After = []any{last.Get(field), last.ID()}
	}
}

// alone changes one record and counts it; a fault in it is counted and told, and stops
// nobody else.
func (w work) alone(k *record.Kind, r *record.Record, where query.Bound, do func(record.Tx, *record.Record) error, done, failed *int) error {
	fits, err := w.one(k, r.ID(), where, do)
	switch {
	case err == nil && fits:
		*done++
	case err != nil && fault.Of(err) == nil:
		return err
	case err != nil:
		*failed++
		w.e.log.Warn("job could not change a record", "job", w.via, "record", r.Number(), "error", err)
	}
	return nil
}

// atOnce is how many due records share one change: what waits for the disk is the change.
const atOnce = 100

// together changes those that still fit in one change.
func (w work) together(k *record.Kind, some []*record.Record, where query.Bound, do func(record.Tx, *record.Record) error) (n int, err error) {
	ids := make([]record.ID, len(some))
	for i, r := range some {
		ids[i] = r.ID()
	}
	err = w.e.withinAt(w.ctx, System(w.via), w.asOf, func(p *plan) error {
		now, err := p.e.store.Get(p.ctx, k, ids...)
		if err != nil {
			return err
		}
		slices.SortFunc(now, func(a, b *record.Record) int { return slices.Index(ids, a.ID()) - slices.Index(ids, b.ID()) })
		n = 0
		for _, r := range now {
			it := p.hold(r)
			fits, err := where.Eval(it.after)
			if err != nil {
				return err
			}
			if !fits {
				continue
			}
			n++
			if err := do(p, it.after); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// one changes one record if it still fits when it is looked at again.
func (w work) one(k *record.Kind, id record.ID, where query.Bound, do func(record.Tx, *record.Record) error) (fits bool, err error) {
	err = w.e.withinAt(w.ctx, System(w.via), w.asOf, func(p *plan) error {
		it, err := p.load(k.Name, id)
		if err != nil {
			return err
		}
		if fits, err = where.Eval(it.after); err != nil || !fits {
			return err
		}
		return do(p, it.after)
	})
	return fits, err
}

// Fetch implements rule.Work.
func (w work) Fetch(url string) ([]byte, error) {
	if w.e.fetch == nil {
		return nil, fault.Field("url", "not_reached")
	}
	return w.e.fetch(w.ctx, url)
}

// Look implements rule.Work.
func (w work) Look(do func(q record.Ask) error) error {
	p := w.e.plan(w.ctx, System(w.via))
	p.now = w.asOf
	return do(p)
}

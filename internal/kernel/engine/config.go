package engine

import (
	"context"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// configMost is how many records of a configuration kind are held in memory; a kind that
// grew beyond it is asked in the store like any other.
const configMost = 2_000

// A held kind is all records of one configuration kind, oldest first. It stands until
// this node writes one of them, or for as long as a cached record does.
type heldKind struct {
	recs    []*record.Record
	kind    *record.Kind
	touches int64
	at      time.Time
}

// matching finds records as rules and derivations ask for them: oldest first. What is
// configuration is small and asked at every change, so it is answered from memory.
func (e *Engine) matching(ctx context.Context, k *record.Kind, b query.Bound, limit int) ([]*record.Record, error) {
	if k.Config {
		held, err := e.config(ctx, k)
		if err != nil {
			return nil, err
		}
		if held != nil {
			return pick(held.recs, b, limit)
		}
	}
	return e.store.List(ctx, oldest(k, limit, b))
}

func oldest(k *record.Kind, limit int, where ...query.Bound) storage.Query {
	return storage.Query{Kind: k, Where: where, Limit: limit, Order: []storage.Order{{Field: k.Field("created_at")}}}
}

func pick(recs []*record.Record, b query.Bound, limit int) ([]*record.Record, error) {
	var out []*record.Record
	for _, r := range recs {
		if len(out) == limit {
			break
		}
		ok, err := b.Eval(r)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, r)
		}
	}
	return out, nil
}

// config holds a configuration kind; nil when it has grown too large to hold.
func (e *Engine) config(ctx context.Context, k *record.Kind) (*heldKind, error) {
	touches := e.Touches(k.Name)
	if v, ok := e.held.Load(k.Name); ok {
		h := v.(*heldKind)
		if h.kind == k && h.touches == touches && time.Since(h.at) < cacheFor {
			if h.recs == nil {
				return nil, nil
			}
			return h, nil
		}
	}
	recs, err := e.store.List(ctx, oldest(k, configMost+1))
	if err != nil {
		return nil, err
	}
	h := &heldKind{recs: recs, kind: k, touches: touches, at: time.Now()}
	if len(recs) > configMost {
		h.recs = nil
	} else if h.recs == nil {
		h.recs = []*record.Record{}
	}
	e.held.Store(k.Name, h)
	if h.recs == nil {
		return nil, nil
	}
	return h, nil
}

package engine

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// cacheFor is how old a cached record may be. It bounds what another node may have
// changed meanwhile, until this one hears of it; its own changes drop out at once.
const (
	cacheFor  = 2 * time.Second
	cacheSize = 20_000
)

// A cache holds records that others refer to: people, groups, services. It is never
// read for a record that is about to be changed.
type cache struct {
	mu    sync.RWMutex
	recs  map[record.ID]cachedRecord
	drops [stripes]uint64 // by id: what was read before a drop is not kept after it
}

type cachedRecord struct {
	rec *record.Record // nil = known to be absent
	at  time.Time
}

func newCache() *cache { return &cache{recs: map[record.ID]cachedRecord{}} }

func (c *cache) drop(id record.ID) {
	c.mu.Lock()
	delete(c.recs, id)
	c.drops[stripe(id)]++
	c.mu.Unlock()
}

// look gives what is kept of id, and how often its like has been dropped.
func (c *cache) look(id record.ID) (hit cachedRecord, ok bool, drops uint64) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	hit, ok = c.recs[id]
	return hit, ok, c.drops[stripe(id)]
}

// keep keeps what was read since look, unless it may be over already.
func (c *cache) keep(id record.ID, rec cachedRecord, drops uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.drops[stripe(id)] != drops {
		return
	}
	if len(c.recs) >= cacheSize {
		clear(c.recs)
	}
	c.recs[id] = rec
}

// stripes is how many sorts of ids are told apart where one an id would be too many.
const stripes = 64

// stripe spreads ids by their last, random characters.
func stripe(id record.ID) int {
	if len(id) < 2 {
		return 0
	}
	return int(id[len(id)-1]^id[len(id)-2]<<2) % stripes
}

// cached reads one record by id for a reference; fault.NotFound when absent.
func (e *Engine) cached(ctx context.Context, kind string, id record.ID) (*record.Record, error) {
	hit, ok, drops := e.cache.look(id)
	if !ok || time.Since(hit.at) > cacheFor || hit.rec != nil && hit.rec.Kind.Name != kind {
		k := e.schema.Kind(kind)
		if k == nil {
			return nil, fault.Missing(kind, string(id))
		}
		recs, err := e.store.Get(ctx, k, id)
		if err != nil {
			return nil, err
		}
		hit = cachedRecord{at: time.Now()}
		if len(recs) == 1 {
			hit.rec = recs[0]
		}
		e.cache.keep(id, hit, drops)
	}
	if hit.rec == nil {
		return nil, fault.Missing(kind, string(id))
	}
	return hit.rec, nil
}

// forget drops what a batch has changed.
func (e *Engine) forget(b *storage.Batch) {
	for i := range b.Writes {
		w := &b.Writes[i]
		if w.Guards() {
			continue
		}
		e.cache.drop(w.Record.ID())
		e.counterOf(w.Record.Kind.Name).Add(1)
	}
}

func (e *Engine) counterOf(kind string) *atomic.Int64 {
	v, ok := e.touched.Load(kind)
	if !ok {
		v, _ = e.touched.LoadOrStore(kind, &atomic.Int64{})
	}
	return v.(*atomic.Int64)
}

// Touches counts the changes of records of kinds that this node has made or heard of:
// whoever keeps what it made of them looks here whether it still stands.
func (e *Engine) Touches(kinds ...string) (n int64) {
	for _, k := range kinds {
		n += e.counterOf(k).Load()
	}
	return n
}

// A lease is a block of numbers of one kind. It grows while numbers are taken quickly
// and shrinks again, so that a quiet desk loses few numbers at a restart.
type lease struct {
	mu       sync.Mutex
	next, to int64
	size     int64
	taken    time.Time
}

// number gives the next number of kind k.
func (e *Engine) number(ctx context.Context, k *record.Kind) (string, error) {
	v, _ := e.numbers.LoadOrStore(k.Name, &lease{size: 1})
	l := v.(*lease)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next >= l.to {
		if time.Since(l.taken) < 200*time.Millisecond {
			l.size = min(l.size*4, 256)
		} else {
			l.size = 1
		}
		first, err := e.store.Lease(ctx, k.Name, l.size)
		if err != nil {
			return "", err
		}
		l.next, l.to, l.taken = first, first+l.size, time.Now()
	}
	l.next++
	return k.FormatNumber(l.next - 1), nil
}

// Reserve makes sure that the next number of a kind lies behind n.
func (e *Engine) Reserve(ctx context.Context, kind string, n int64) error {
	v, _ := e.numbers.LoadOrStore(kind, &lease{size: 1})
	l := v.(*lease)
	l.mu.Lock()
	defer l.mu.Unlock()
	first, err := e.store.Lease(ctx, kind, 1)
	if err == nil && first <= n {
		_, err = e.store.Lease(ctx, kind, n-first)
	}
	l.next, l.to = 0, 0 // what this node holds may lie before n
	return err
}

package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// watchers are the readers of the journal that wait for this node's next change.
type watchers struct {
	mu  sync.Mutex
	set map[chan struct{}]struct{}
}

// wake tells every reader that there is something new; it never waits.
func (w *watchers) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for ch := range w.set {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

func (w *watchers) join() (chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.set == nil {
		w.set = map[chan struct{}]struct{}{}
	}
	w.set[ch] = struct{}{}
	return ch, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.set, ch)
	}
}

const (
	followPage  = 500
	followEvery = time.Second // how soon another node's changes are seen
)

// Follow reads the journal from cursor ("" = from its beginning) and hands each page on
// with the cursor behind it, until ctx ends or do fails.
func (e *Engine) Follow(ctx context.Context, cursor string, do func(es []*journal.Entry, next string) error) error {
	ch, leave := e.watch.join()
	defer leave()
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		es, next, err := e.store.Tail(ctx, cursor, followPage)
		if err != nil {
			return err
		}
		if len(es) > 0 || next != cursor {
			if err := do(es, next); err != nil {
				return err
			}
			cursor = next
		}
		if len(es) == followPage {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ch:
		case <-tick.C:
		}
	}
}

// Ends gives the cursor behind the last entry there is now.
func (e *Engine) Ends(ctx context.Context) (string, error) { return e.store.End(ctx) }

// farBehind is how many entries a reader may have missed before it is told to start over.
const farBehind = 2_000

// Resume reports whether a reader may go on from a cursor: ok is false when so much has
// happened since that looking afresh is less work. A cursor that was never given is
// storage.ErrCursor.
func (e *Engine) Resume(ctx context.Context, cursor string) (ok bool, err error) {
	es, _, err := e.store.Tail(ctx, cursor, farBehind)
	return len(es) < farBehind, err
}

// heed drops what this node keeps of records that another node has changed, and takes up
// its changes of configuration, until ctx ends.
func (e *Engine) heed(ctx context.Context) {
	cursor, err := e.store.End(ctx)
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		if err != nil && ctx.Err() == nil {
			e.log.Error("what other nodes do cannot be heard", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		cursor, err = e.heard(ctx, cursor)
	}
}

// heard takes in what was written after a cursor.
func (e *Engine) heard(ctx context.Context, cursor string) (string, error) {
	for {
		es, next, err := e.store.Tail(ctx, cursor, followPage)
		if err != nil || len(es) == 0 {
			return cursor, err
		}
		configured := false
		for _, x := range es {
			e.cache.drop(x.Record)
			if x.Verb == permit.Erase {
				e.cipher.Forget(x.Record)
			}
			e.counterOf(x.Kind).Add(1)
			configured = configured || x.Kind == CustomKind || x.Kind == SettingKind
		}
		if configured {
			if err := e.reload(ctx); err != nil {
				return cursor, err
			}
		}
		cursor = next
	}
}

// KeepUp runs a follower that carries its own cursor under a name, on one node of all,
// until ctx ends. What fails is tried again.
func (e *Engine) KeepUp(ctx context.Context, name string, follow func(cursor string) error) {
	for ctx.Err() == nil {
		ran, err := e.store.Alone(ctx, "reader:"+name, func() error {
			cursor, err := e.store.Marked(ctx, name)
			if err != nil {
				return err
			}
			err = follow(cursor)
			if errors.Is(err, storage.ErrCursor) { // another database's, or an older Maru's: everything is read again
				err = errors.Join(err, e.store.Mark(ctx, name, ""))
			}
			return err
		})
		if err != nil && ctx.Err() == nil {
			e.log.Error("a reader of the journal stumbled", "reader", name, "error", err)
		}
		pause := time.Second
		if !ran {
			pause = 5 * time.Second
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

package table

import (
	"context"
	"errors"
	"sync"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// A Waiting batch, with its statements already written by its caller's own goroutine.
type Waiting struct {
	Ctx  context.Context
	Ops  []Op
	Err  error
	done chan struct{}
}

// A Line is where batches wait for a writer, who takes as many as there are. An adapter
// embeds it.
type Line struct {
	d     dialect.Dialect
	queue chan *Waiting
	gate  sync.RWMutex // held by senders; closed when shutting down
	shut  bool
	once  sync.Once
}

// NewLine makes a line in which so many may wait before others wait for a place.
func NewLine(d dialect.Dialect, most int) *Line { return &Line{d: d, queue: make(chan *Waiting, most)} }

// ErrClosed is given to whoever comes after the end.
var ErrClosed = errors.New("storage: the store is closed")

// Apply implements storage.Store.
func (l *Line) Apply(ctx context.Context, b *storage.Batch) error { return l.submit(ctx, b) }

// Bulk implements storage.Store.
func (l *Line) Bulk(ctx context.Context, bs []*storage.Batch) error { return l.submit(ctx, bs...) }

// submit hands batches over, to be written whole or not at all, and waits for the answer.
func (l *Line) submit(ctx context.Context, bs ...*storage.Batch) error {
	w := &Waiting{Ctx: ctx, done: make(chan struct{})}
	for _, b := range bs {
		ops, err := Ops(l.d, b)
		if err != nil {
			return err
		}
		w.Ops = append(w.Ops, ops...)
	}
	l.gate.RLock()
	if l.shut {
		l.gate.RUnlock()
		return ErrClosed
	}
	l.queue <- w
	l.gate.RUnlock()
	<-w.done // even when ctx ends: the caller must learn whether it happened
	return w.Err
}

// Serve gives run what waits, at most so many at once, until the line is closed and empty.
func (l *Line) Serve(most int, run func(ws []*Waiting)) {
	for first := range l.queue {
		ws := append(make([]*Waiting, 0, most), first)
	more:
		for len(ws) < most {
			select {
			case w, ok := <-l.queue:
				if !ok {
					break more
				}
				ws = append(ws, w)
			default:
				break more
			}
		}
		run(ws)
		for _, w := range ws {
			close(w.done)
		}
	}
}

// Stop lets nobody in any more, and then calls after, once.
func (l *Line) Stop(after func()) {
	l.once.Do(func() {
		l.gate.Lock()
		l.shut = true
		close(l.queue)
		l.gate.Unlock()
		after()
	})
}

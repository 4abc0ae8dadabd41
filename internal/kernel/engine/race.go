package engine

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// attempts is how often a change that lost a race is thought through again.
const attempts = 14

// A race is a change that others may be racing for the same record.
type race struct {
	e    *Engine
	ctx  context.Context
	try  int
	turn chan struct{} // held; nil = none
}

func (e *Engine) race(ctx context.Context) *race { return &race{e: e, ctx: ctx} }

// again reports whether a change that failed is to be thought through again, and waits
// until it may. The first losers wait a moment, never the same; who loses on takes
// turns with those of this node who race for the record, so that each of them gets
// through however many they are.
func (r *race) again(err error) bool {
	r.leave()
	if r.try++; !errors.Is(err, storage.ErrStale) || r.try >= attempts {
		return false
	}
	var b *storage.Breach
	if errors.As(err, &b); b == nil || r.try < 3 {
		select {
		case <-r.ctx.Done():
		case <-time.After(rand.N(4 * time.Millisecond)):
		}
		return r.ctx.Err() == nil
	}
	turn := r.e.turns[stripe(b.Record)]
	select {
	case turn <- struct{}{}:
		r.turn = turn
		return true
	case <-r.ctx.Done():
		return false
	}
}

// leave gives the turn to the next.
func (r *race) leave() {
	if r.turn != nil {
		<-r.turn
		r.turn = nil
	}
}

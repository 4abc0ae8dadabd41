package notify

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A hub passes on that a person's inbox is not what it was, to whoever listens on this node.
type hub struct {
	mu   sync.Mutex
	set  map[chan struct{}]record.ID
	wake chan struct{}
}

// Listen gives a channel that says when a person's inbox has changed; it may say so once
// for many changes.
func (t *Teller) Listen(person record.ID) (<-chan struct{}, func()) {
	h := &t.live
	ch := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.set[ch] = person
	return ch, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.set, ch)
	}
}

// say wakes those who listen for one of the people.
func (h *hub) say(people ...record.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch, person := range h.set {
		if slices.Contains(people, person) {
			select {
			case ch <- struct{}{}:
			default:
			}
		}
	}
}

func (h *hub) quiet() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.set) == 0
}

// stir makes wakeUp look at once.
func (h *hub) stir() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// lookEvery is how soon what another node told is heard here.
const lookEvery = time.Second

// wakeUp looks who has been told something, here or by another node, until ctx ends.
func (t *Teller) wakeUp(ctx context.Context) {
	_, last, err := t.e.Store().News(ctx, -1)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err != nil && ctx.Err() == nil {
			t.log.Error("who has been told something cannot be read", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.live.wake:
		case <-tick.C:
			if t.live.quiet() {
				continue
			}
		}
		var people []record.ID
		people, last, err = t.e.Store().News(ctx, last)
		t.live.say(people...)
	}
}

package engine_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/journal"
)

// TestFollowResumes: a reader that goes away again and again, and comes back with the
// cursor it had, hears everything once, while several write.
func TestFollowResumes(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		engines := []*engine.Engine{w.Engine, w.Engine}
		if w.url != "" {
			engines[1], _ = w.node()
		}
		start, err := w.Ends(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		const writers, each = 6, 12
		var wg sync.WaitGroup
		for g := range writers {
			wg.Go(func() {
				for i := range each {
					if _, err := engines[g%2].Do(w.admin, engine.Request{Kind: "thing", Verb: "create", Body: map[string]any{"title": fmt.Sprint("t", g, " ", i)}}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		heard := map[string]int{}
		cursor, leaves := start, 0
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		for len(heard) < writers*each && ctx.Err() == nil {
			err := w.Follow(ctx, cursor, func(es []*journal.Entry, next string) error {
				for _, e := range es {
					heard[string(e.Record)]++
				}
				cursor = next
				if leaves++; leaves%2 == 0 || len(heard) >= writers*each {
					return errOdd // the line breaks after the page was handed on
				}
				return nil
			})
			if !errors.Is(err, errOdd) {
				t.Fatalf("after %d of %d: %v", len(heard), writers*each, err)
			}
		}
		wg.Wait()
		for id, n := range heard {
			if n != 1 {
				t.Errorf("%s was heard %d times", id, n)
			}
		}
		if end, err := w.Ends(context.Background()); err != nil || end != cursor {
			t.Errorf("the end is %q, the reader is at %q: %v", end, cursor, err)
		}
	})
}

// TestFollowWakes: a change on this node is heard at once, not at the next look.
func TestFollowWakes(t *testing.T) {
	w := once(t)
	start, err := w.Ends(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	heard, done := make(chan time.Time, 10), make(chan error)
	go func() {
		done <- w.Follow(ctx, start, func([]*journal.Entry, string) error { heard <- time.Now(); return nil })
	}()
	time.Sleep(50 * time.Millisecond)
	begin := time.Now()
	for range 8 { // a look a second would hear of all eight after eight seconds
		w.thing(`{"title":"xx"}`)
		select {
		case <-heard:
		case <-time.After(10 * time.Second):
			t.Fatal("nothing was heard")
		}
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("eight changes were heard only after %v", took)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want canceled", err)
	}
}

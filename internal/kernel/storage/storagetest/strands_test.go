package storagetest_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// verify recomputes every chain.
func verify(t *testing.T, w *world) journal.Verdict {
	t.Helper()
	v, err := journal.Verify(w.ctx, w, ed25519.PublicKey{}, nil, nil)
	if err != nil || len(v.Findings) > 0 {
		t.Errorf("verify: %+v %v", v.Findings, err)
	}
	return v
}

// tail follows the journal until stop is closed, and then to its end.
func tail(w *world, stop <-chan struct{}) (got []*journal.Entry, err error) {
	cursor, last := "", false
	for {
		es, next, err := w.Tail(w.ctx, cursor, 7)
		if err != nil {
			return got, err
		}
		got = append(got, es...)
		switch {
		case len(es) > 0:
			cursor, last = next, false
			continue
		case next != cursor:
			return got, fmt.Errorf("the cursor moved from %q to %q over nothing", cursor, next)
		case last:
			return got, nil
		}
		select {
		case <-stop:
			last = true
		case <-time.After(time.Millisecond):
		}
	}
}

// TestStrands: 16 writers, some of whose batches fail, on one store and where two may
// be open on both: positions have no gaps, every hash hangs on the one before, and a
// reader misses nothing and meets nothing twice.
func TestStrands(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stores := []storage.Store{w.Store, w.Store}
		if w.url != "" {
			stores[1] = w.open(t)
		}
		stop, read := make(chan struct{}), make(chan error)
		var got []*journal.Entry
		go func() {
			var err error
			got, err = tail(w, stop)
			read <- err
		}()
		var mu sync.Mutex
		want := map[string]bool{string(w.ann) + "create": true, string(w.bob) + "create": true}
		var wg sync.WaitGroup
		for g := range 16 {
			wg.Go(func() {
				for i := range 15 {
					b := inserting(w.one(nil))
					for range i % 3 {
						b.Journal = append(b.Journal, entry(b.Writes[0].Record, fmt.Sprint("step", len(b.Journal))))
					}
					if i%5 == 4 {
						b.Writes = append(b.Writes, storage.Write{Record: w.one(record.Values{"color": "pink"})})
					}
					err := stores[g%2].Apply(w.ctx, b)
					if (err != nil) != (i%5 == 4) {
						t.Error(err)
					}
					if err == nil {
						mu.Lock()
						for _, e := range b.Journal {
							want[string(e.Record)+e.Verb] = true
						}
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		close(stop)
		if err := <-read; err != nil {
			t.Fatal(err)
		}
		for _, e := range got {
			key := string(e.Record) + e.Verb
			if !want[key] {
				t.Errorf("%s was read twice, or never written", key)
			}
			delete(want, key)
		}
		if len(want) > 0 {
			t.Errorf("%d entries were never read", len(want))
		}
		v := verify(t, w)
		if int(v.Entries) != len(got) {
			t.Errorf("%d entries verified, %d read", v.Entries, len(got))
		}
		if w.url != "" && v.Strands < 2 {
			t.Errorf("%d strands, want several", v.Strands)
		}
		gapless(t, w)
	})
}

func gapless(t *testing.T, w *world) {
	t.Helper()
	heads, err := w.Heads(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range heads {
		es, err := w.Strand(w.ctx, h.Strand, 1, int(h.Pos)+10)
		if err != nil || int64(len(es)) != h.Pos {
			t.Fatalf("strand %d has %d entries up to %d: %v", h.Strand, len(es), h.Pos, err)
		}
		for i, e := range es {
			if e.Pos != int64(i+1) || e.Strand != h.Strand {
				t.Fatalf("strand %d: place %d holds entry %d of %d", h.Strand, i+1, e.Pos, e.Strand)
			}
		}
		some, err := w.Strand(w.ctx, h.Strand, h.Pos, 10)
		if err != nil || len(some) != 1 || string(some[0].Hash) != string(h.Hash) {
			t.Errorf("strand %d from its head: %v %v", h.Strand, some, err)
		}
	}
}

// TestTailResumes: from any cursor the rest follows; a cursor that is none of ours
// is refused, so that no reader is told everything twice.
func TestTailResumes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 20 {
			w.add(t, nil)
		}
		all := since(t, w, "", 22)
		for i := range all {
			es, _, err := w.Tail(w.ctx, all[i].cursor, 100)
			if err != nil || len(es) != len(all)-i-1 {
				t.Fatalf("after entry %d: %d entries, want %d: %v", i, len(es), len(all)-i-1, err)
			}
		}
		for _, odd := range []string{"x", "-1", "a,b", "1,b", ",", "1,-1", "99999999999999999999", "'", "\x00"} {
			if es, _, err := w.Tail(w.ctx, odd, 100); !errors.Is(err, storage.ErrCursor) || len(es) != 0 {
				t.Errorf("cursor %q: %d entries, %v", odd, len(es), err)
			}
		}
		end, err := w.End(w.ctx)
		if err != nil || end != all[len(all)-1].cursor {
			t.Errorf("end %q, want %q: %v", end, all[len(all)-1].cursor, err)
		}
		w.add(t, nil)
		if es := since(t, w, end, 1); len(es) != 1 {
			t.Errorf("after the end: %d entries", len(es))
		}
	})
}

type placed struct {
	*journal.Entry
	cursor string
}

// since reads on entry by entry from a cursor, and must find n.
func since(t *testing.T, w *world, cursor string, n int) []placed {
	t.Helper()
	var out []placed
	for {
		es, next, err := w.Tail(w.ctx, cursor, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(es) == 0 {
			break
		}
		cursor = next
		out = append(out, placed{es[0], next})
	}
	if len(out) != n {
		t.Fatalf("%d entries, want %d", len(out), n)
	}
	return out
}

func TestEndOfNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		empty := place{w.url, t.TempDir()}
		s := w.Store
		if w.url == "" {
			s = empty.open(t)
			if end, err := s.End(w.ctx); err != nil || end != "" {
				t.Errorf("end of an empty journal: %q %v", end, err)
			}
		}
		if es, next, err := s.Tail(w.ctx, "", 0); err != nil || len(es) != 0 || next != "" {
			t.Errorf("nothing of the tail: %v %q %v", es, next, err)
		}
	})
}

// TestPast: what was known at a moment, and what has been touched since.
func TestPast(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hour := func(n int) time.Time { return morning.Add(time.Duration(n) * time.Hour) }
		told := func(r *record.Record, hours ...int) {
			b := &storage.Batch{}
			for _, h := range hours {
				e := entry(r, fmt.Sprint("h", h))
				e.At = hour(h)
				b.Journal = append(b.Journal, e)
			}
			if err := w.Apply(w.ctx, b); err != nil {
				t.Fatal(err)
			}
		}
		rs := w.add(t, nil, nil, nil) // each has an entry at hour 0
		told(rs[0], 1, 2, 3)
		told(rs[1], 5)
		told(rs[0], 2) // written late, effective early
		past, err := w.Past(w.ctx, []record.ID{rs[0].ID(), rs[1].ID(), record.NewID()}, hour(2))
		if err != nil || len(past) != 2 || len(past[rs[0].ID()]) != 4 || len(past[rs[1].ID()]) != 1 {
			t.Errorf("past at 2: %v %v", past, err)
		}
		for i, e := range past[rs[0].ID()] {
			if i > 0 && e.Seq <= past[rs[0].ID()][i-1].Seq {
				t.Error("entries are not in the order of their writing")
			}
		}
		for _, c := range []struct{ hour, n int }{{-1, 3}, {0, 2}, {1, 2}, {3, 1}, {5, 0}} {
			ids, err := w.Touched(w.ctx, w.thing, hour(c.hour))
			if err != nil || len(ids) != c.n {
				t.Errorf("touched after %d: %d, want %d: %v", c.hour, len(ids), c.n, err)
			}
		}
	})
}

// TestKeys: a person's key is made once, and once thrown away never made again.
func TestKeys(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		key, other := []byte("0123456789abcdef0123456789abcdef"), make([]byte, 32)
		ann, bob := record.NewID(), record.NewID()
		apply := func(b *storage.Batch) error { return w.Apply(w.ctx, b) }
		if err := apply(&storage.Batch{Keys: []storage.PersonKey{{Person: ann, Key: key}}}); err != nil {
			t.Fatal(err)
		}
		if err := apply(&storage.Batch{Keys: []storage.PersonKey{{Person: ann, Key: other}}}); !errors.Is(err, storage.ErrStale) {
			t.Errorf("a second key: %v, want ErrStale", err)
		}
		got, err := w.Keys(w.ctx, []record.ID{ann, bob})
		if err != nil || len(got) != 1 || string(got[ann]) != string(key) {
			t.Errorf("keys %v %v", got, err)
		}
		if err := apply(&storage.Batch{Erase: []record.ID{ann, bob}}); err != nil {
			t.Fatal(err)
		}
		for _, person := range []record.ID{ann, bob} { // bob never had one
			if err := apply(&storage.Batch{Keys: []storage.PersonKey{{Person: person, Key: other}}}); !errors.Is(err, storage.ErrStale) {
				t.Errorf("a key for an erased person: %v, want ErrStale", err)
			}
		}
		got, err = w.Keys(w.ctx, []record.ID{ann, bob})
		if k, known := got[ann]; err != nil || len(got) != 2 || k != nil || !known {
			t.Errorf("erased persons must be known and without a key: %v %v", got, err)
		}
	})
}

// TestCloseLosesNothing: what was acknowledged is there after Close, and what was
// refused because of it is not.
func TestCloseLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.Store
		if w.url != "" {
			s = w.open(t)
		}
		var mu sync.Mutex
		done := map[record.ID]bool{}
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				for {
					r := w.one(nil)
					err := s.Apply(context.Background(), inserting(r))
					mu.Lock()
					done[r.ID()] = err == nil
					mu.Unlock()
					if err != nil {
						return
					}
				}
			})
		}
		time.Sleep(40 * time.Millisecond)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		wg.Wait()
		if err := s.Close(); err != nil {
			t.Errorf("closed twice: %v", err)
		}
		again := w.open(t)
		acked := 0
		for id, ok := range done {
			recs, err := again.Get(w.ctx, w.thing, id)
			if err != nil || (len(recs) == 1) != ok {
				t.Fatalf("acknowledged %v, and there are %d: %v", ok, len(recs), err)
			}
			if ok {
				acked++
			}
		}
		if acked < 32 {
			t.Errorf("only %d were acknowledged: nothing was tested", acked)
		}
	})
}

// TestCancelled: a change whose caller has gone before it began is not made, and one
// that began is told the truth.
func TestCancelled(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(w.ctx)
		cancel()
		r := w.one(nil)
		if err := w.Apply(ctx, inserting(r)); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want canceled", err)
		}
		if got, err := w.Get(w.ctx, w.thing, r.ID()); err != nil || len(got) != 0 {
			t.Errorf("it was made all the same: %v %v", got, err)
		}
		verify(t, w)
	})
}

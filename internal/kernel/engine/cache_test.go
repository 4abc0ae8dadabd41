package engine

import (
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// TestCacheKeepsNothingOver: what was read before a change and comes after it is not kept.
func TestCacheKeepsNothingOver(t *testing.T) {
	c := newCache()
	id, other := record.NewID(), record.NewID()
	for stripe(other) == stripe(id) {
		other = record.NewID()
	}
	rec := cachedRecord{at: time.Now()}
	_, ok, drops := c.look(id)
	if ok {
		t.Fatal("kept before it was read")
	}
	c.drop(other)
	c.keep(id, rec, drops)
	if _, ok, _ = c.look(id); !ok {
		t.Error("another record's change dropped it")
	}
	_, _, drops = c.look(id)
	c.drop(id) // while it is being read
	c.keep(id, rec, drops)
	if _, ok, _ = c.look(id); ok {
		t.Error("kept what was over")
	}
	_, _, drops = c.look(id)
	c.keep(id, rec, drops)
	if _, ok, _ = c.look(id); !ok {
		t.Error("not kept")
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := newCache()
	used := map[int]bool{}
	for range cacheSize + 10 {
		id := record.NewID()
		used[stripe(id)] = true
		c.keep(id, cachedRecord{}, 0)
	}
	if len(c.recs) > cacheSize || len(used) < 48 {
		t.Errorf("%d records, %d stripes used", len(c.recs), len(used))
	}
	for _, id := range []record.ID{"", "x", "é"} {
		c.drop(id)
	}
}

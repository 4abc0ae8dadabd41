package storagetest_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// breaks applies a batch that must be refused.
func breaks(t *testing.T, w *world, what string, b *storage.Batch, want error, field string) {
	t.Helper()
	err := w.Apply(w.ctx, b)
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
		return
	}
	var br *storage.Breach
	if !errors.As(err, &br) {
		t.Errorf("%s: %v is no Breach", what, err)
	} else if field != "" && br.Field != field {
		t.Errorf("%s: field %q, want %q", what, br.Field, field)
	}
}

func TestBreaches(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		first := w.add(t, record.Values{"code": "c1", "source": "mail", "source_id": "<1@x>"})[0]
		taken := w.one(nil)
		taken.Set("number", first.Number())
		again := w.one(nil)
		again.Set("id", string(first.ID()))
		for _, c := range []struct {
			what  string
			batch *storage.Batch
			err   error
			field string
		}{
			{"update at a version that is over", updating(first, 7, record.Values{"title": "x"}), storage.ErrStale, ""},
			{"update of nothing", updating(w.one(nil), 1, record.Values{"title": "x"}), storage.ErrStale, ""},
			{"a code that is taken", inserting(w.one(record.Values{"code": "c1"})), storage.ErrDuplicate, "code"},
			{"a number that is taken", inserting(taken), storage.ErrDuplicate, "number"},
			{"an id that is taken", inserting(again), storage.ErrDuplicate, "id"},
			{"a source that has been imported", inserting(w.one(record.Values{"source": "mail", "source_id": "<1@x>"})), storage.ErrDuplicate, "source"},
			{"a choice that is none", inserting(w.one(record.Values{"color": "pink"})), storage.ErrCheck, "color"},
			{"an update to a choice that is none", updating(first, 1, record.Values{"color": "RED"}), storage.ErrCheck, "color"},
			{"a reference to nobody", inserting(w.one(record.Values{"owner": record.NewID()})), storage.ErrMissing, "owner"},
			{"an update to a reference to nobody", updating(first, 1, record.Values{"parent": record.NewID()}), storage.ErrMissing, "parent"},
			{"a reference to another kind", inserting(w.one(record.Values{"owner": first.ID()})), storage.ErrMissing, "owner"},
			{"a reference that is no id", inserting(w.one(record.Values{"owner": record.ID("bob")})), storage.ErrCheck, "owner"},
			{"a day that is none", inserting(w.one(record.Values{"day": record.Date("2026-02-30")})), storage.ErrCheck, "day"},
			{"too many decimals", inserting(w.one(record.Values{"rate": record.Decimal("0.0001")})), storage.ErrCheck, "rate"},
			{"too many digits", inserting(w.one(record.Values{"rate": record.Decimal("1234567890123456")})), storage.ErrCheck, "rate"},
			{"JSON that is none", inserting(w.one(record.Values{"data": record.RawJSON(`{"a":`)})), storage.ErrCheck, "data"},
			{"a record without a number", inserting(w.one(record.Values{"number": nil})), storage.ErrCheck, "number"},
		} {
			breaks(t, w, c.what, c.batch, c.err, c.field)
		}
		if got := w.get(t, w.thing, first.ID()); got.Version() != 1 || got.Get("color") != nil {
			t.Errorf("what was refused left its mark: %v", differ(first, got))
		}
		w.add(t, record.Values{"code": nil}, record.Values{"code": nil}, record.Values{"source": "mail"}, record.Values{"source": "mail"}) // empty keys never collide
	})
}

func TestLinkBreaches(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		rs := w.add(t, nil, nil, nil)
		link := func(typ string, from, to *record.Record, oneFrom, oneTo bool) *storage.Batch {
			return &storage.Batch{Edges: []storage.EdgeWrite{{SingleFrom: oneFrom, SingleTo: oneTo, Edge: record.Edge{ID: record.NewID(), Type: typ,
				FromKind: "thing", From: from.ID(), ToKind: "thing", To: to.ID(), CreatedAt: morning, CreatedBy: "test"}}}}
		}
		for _, b := range []*storage.Batch{link("child_of", rs[0], rs[1], true, false), link("child_of", rs[2], rs[1], true, false),
			link("replaces", rs[0], rs[1], true, true), link("near", rs[0], rs[1], false, false), link("near", rs[0], rs[2], false, false)} {
			if err := w.Apply(w.ctx, b); err != nil {
				t.Fatal(err)
			}
		}
		breaks(t, w, "a second parent", link("child_of", rs[0], rs[2], true, false), storage.ErrCard, "one_from")
		breaks(t, w, "a second successor", link("replaces", rs[2], rs[1], true, true), storage.ErrCard, "one_to")
		breaks(t, w, "the same link twice", link("near", rs[0], rs[1], false, false), storage.ErrDuplicate, "")
	})
}

func TestIdempotencyKey(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		idem := &storage.Idem{Key: "ann|k1", Request: []byte{0, 1, 0xff}, Status: 201, Answer: []byte("{\"a\":\"\x00\"}"), Kind: "thing", Record: record.NewID(), At: morning}
		b := inserting(w.one(nil))
		b.Idem = idem
		if err := w.Apply(w.ctx, b); err != nil {
			t.Fatal(err)
		}
		late := w.one(nil)
		b2 := inserting(late)
		b2.Idem = &storage.Idem{Key: "ann|k1", Request: []byte{9}, Answer: []byte{}, Kind: "thing", At: morning}
		breaks(t, w, "a key twice", b2, storage.ErrIdem, "")
		if got, err := w.Get(w.ctx, w.thing, late.ID()); err != nil || len(got) != 0 {
			t.Errorf("what came with a used key was written: %v %v", got, err)
		}
		got, err := w.Store.Idem(w.ctx, "ann|k1")
		if err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", idem) {
			t.Errorf("remembered %+v, want %+v: %v", got, idem, err)
		}
		if got, err := w.Store.Idem(w.ctx, "bob|k1"); got != nil || err != nil {
			t.Errorf("another's key: %v %v", got, err)
		}
		for _, c := range []struct {
			at   time.Time
			want int64
		}{{morning, 0}, {morning.Add(time.Microsecond), 1}, {morning.Add(time.Hour), 0}} {
			if n, err := w.Tidy(w.ctx, c.at); err != nil || n != c.want {
				t.Errorf("tidied %d before %v, want %d: %v", n, c.at, c.want, err)
			}
		}
	})
}

// TestWholeOrNothing: a batch that fails in its last statement leaves nothing behind.
func TestWholeOrNothing(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		old := w.add(t, nil)[0]
		heads, err := w.Heads(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		fresh := w.one(record.Values{"labels": []string{"whole"}})
		b := inserting(fresh)
		b.Writes = append(b.Writes, updating(old, 1, record.Values{"title": "changed"}).Writes...)
		b.Edges = []storage.EdgeWrite{{Edge: record.Edge{ID: record.NewID(), Type: "near", FromKind: "thing", From: fresh.ID(), ToKind: "thing", To: old.ID(), CreatedAt: morning}}}
		b.Comments = []storage.Comment{{ID: record.NewID(), Kind: "thing", Record: fresh.ID(), At: morning, Body: "x"}}
		b.Files = []storage.Attachment{{ID: record.NewID(), Kind: "thing", Record: fresh.ID(), At: morning}}
		person := record.NewID()
		b.Keys = []storage.PersonKey{{Person: person, Key: make([]byte, 32)}}
		b.Idem = &storage.Idem{Key: "k", Request: []byte{1}, Answer: []byte{1}, At: morning}
		last := &storage.Batch{Keys: []storage.PersonKey{{Person: person, Key: make([]byte, 32)}}} // stale: the key is made above
		if err := w.Bulk(w.ctx, []*storage.Batch{b, last}); !errors.Is(err, storage.ErrStale) {
			t.Fatalf("%v, want ErrStale", err)
		}
		nothingLeft(t, w, fresh, old, person)
		after, err := w.Heads(w.ctx)
		if err != nil || fmt.Sprint(after) != fmt.Sprint(heads) {
			t.Errorf("heads %v, want %v: %v", after, heads, err)
		}
		w.add(t, nil) // and the chain goes on
		verify(t, w)
	})
}

func nothingLeft(t *testing.T, w *world, fresh, old *record.Record, person record.ID) {
	t.Helper()
	if got, err := w.Get(w.ctx, w.thing, fresh.ID()); err != nil || len(got) != 0 {
		t.Errorf("record: %v %v", got, err)
	}
	if got := w.get(t, w.thing, old.ID()); got.Version() != 1 || got.Text("title") != old.Text("title") {
		t.Errorf("update: %v", differ(old, got))
	}
	if n, err := w.Count(w.ctx, w.thing, w.where(t, "'whole' in labels"), 0); err != nil || n != 0 {
		t.Errorf("list member: %d %v", n, err)
	}
	if got, err := w.Edges(w.ctx, fresh.ID(), "", false); err != nil || len(got) != 0 {
		t.Errorf("edges: %v %v", got, err)
	}
	if got, err := w.Comments(w.ctx, fresh.ID()); err != nil || len(got) != 0 {
		t.Errorf("comments: %v %v", got, err)
	}
	if got, err := w.Attachments(w.ctx, fresh.ID()); err != nil || len(got) != 0 {
		t.Errorf("files: %v %v", got, err)
	}
	if got, err := w.History(w.ctx, fresh.ID()); err != nil || len(got) != 0 {
		t.Errorf("journal: %v %v", got, err)
	}
	if got, err := w.Keys(w.ctx, []record.ID{person}); err != nil || len(got) != 0 {
		t.Errorf("keys: %v %v", got, err)
	}
	if got, err := w.Store.Idem(w.ctx, "k"); err != nil || got != nil {
		t.Errorf("idempotency key: %v %v", got, err)
	}
}

// TestReferencesWithinABatch: records may refer to each other whichever comes first.
func TestReferencesWithinABatch(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		a, b, c := w.one(nil), w.one(nil), w.one(nil)
		a.Set("parent", b.ID())
		b.Set("parent", c.ID())
		c.Set("parent", a.ID())
		self := w.one(nil)
		self.Set("parent", self.ID())
		w.insert(t, a, b, c, self)
		for _, r := range []*record.Record{a, b, c, self} {
			if d := differ(r, w.get(t, w.thing, r.ID())); len(d) > 0 {
				t.Error(d)
			}
		}
	})
}

func TestBulk(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		var bs []*storage.Batch
		var all []*record.Record
		for range 300 {
			r := w.one(record.Values{"labels": []string{"bulk"}})
			all, bs = append(all, r), append(bs, inserting(r))
		}
		if err := w.Bulk(w.ctx, bs); err != nil {
			t.Fatal(err)
		}
		if n, err := w.Count(w.ctx, w.thing, w.where(t, "'bulk' in labels"), 0); err != nil || n != 300 {
			t.Errorf("%d records, want 300: %v", n, err)
		}
		bad := w.one(record.Values{"color": "pink"})
		err := w.Bulk(w.ctx, []*storage.Batch{inserting(w.one(record.Values{"labels": []string{"half"}})), inserting(bad)})
		var br *storage.Breach
		if !errors.As(err, &br) || br.Record != bad.ID() || br.Field != "color" {
			t.Errorf("a bad row among good ones: %v, want a breach that names it", err)
		}
		if n, err := w.Count(w.ctx, w.thing, w.where(t, "'half' in labels"), 0); err != nil || n != 0 {
			t.Errorf("%d records of a failed bulk: %v", n, err)
		}
		if err := w.Bulk(w.ctx, nil); err != nil {
			t.Errorf("nothing in bulk: %v", err)
		}
		got, err := w.Get(w.ctx, w.thing, all[0].ID(), all[7].ID(), record.NewID(), "nonsense", "")
		if err != nil || len(got) != 2 {
			t.Errorf("get of two and three that are not there: %v %v", got, err)
		}
		verify(t, w)
	})
}

func TestLease(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		var mu sync.Mutex
		given := map[int64]bool{}
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				for i := range 20 {
					n := int64((g+i)%5 + 1)
					first, err := w.Lease(w.ctx, "INC", n)
					mu.Lock()
					if err != nil || first < 1 {
						t.Errorf("lease: %d %v", first, err)
					}
					for x := first; x < first+n; x++ {
						if given[x] {
							t.Errorf("%d was given twice", x)
						}
						given[x] = true
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for x := range int64(len(given)) {
			if !given[x+1] {
				t.Errorf("%d was never given", x+1)
			}
		}
		if first, err := w.Lease(w.ctx, "CHG", 1); err != nil || first != 1 {
			t.Errorf("another counter begins at %d: %v", first, err)
		}
	})
}

// TestOneWinner: of many writers on one record exactly one wins each version.
func TestOneWinner(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		r := w.add(t, nil)[0]
		var mu sync.Mutex
		won := map[int64]int{}
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				for i := range 10 {
					recs, err := w.Get(w.ctx, w.thing, r.ID())
					if err != nil {
						t.Error(err)
						return
					}
					n := recs[0].Version()
					err = w.Apply(w.ctx, updating(recs[0], n, record.Values{"body": fmt.Sprint(g, " ", i)}))
					switch {
					case err == nil:
						mu.Lock()
						won[n]++
						mu.Unlock()
					case !errors.Is(err, storage.ErrStale):
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		last := w.get(t, w.thing, r.ID()).Version()
		for n := int64(1); n < last; n++ {
			if won[n] != 1 {
				t.Errorf("version %d was won %d times", n, won[n])
			}
		}
		if int64(len(won)) != last-1 {
			t.Errorf("%d winners, and the record is at %d", len(won), last)
		}
		es, err := w.History(w.ctx, r.ID())
		if err != nil || int64(len(es)) != last {
			t.Fatalf("%d entries, want %d: %v", len(es), last, err)
		}
		for i, e := range es {
			if e.Version != int64(i+1) {
				t.Fatalf("entry %d tells of version %d", i, e.Version)
			}
		}
		verify(t, w)
	})
}

// TestDelete: a deleted record is gone from every list, and only at the expected version.
func TestDelete(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		rs := w.add(t, record.Values{"labels": []string{"gone"}}, nil)
		r := rs[0]
		del := func(n int64) *storage.Batch {
			return &storage.Batch{Writes: []storage.Write{{Record: r, Expect: n, Delete: true}}, Journal: []*journal.Entry{entry(r, "delete")}}
		}
		breaks(t, w, "delete at another version", del(3), storage.ErrStale, "")
		if err := w.Apply(w.ctx, updating(rs[1], 1, record.Values{"parent": r.ID()})); err != nil {
			t.Fatal(err)
		}
		breaks(t, w, "delete of what is referred to", del(1), storage.ErrMissing, "")
		if err := w.Apply(w.ctx, updating(rs[1], 2, record.Values{"parent": nil})); err != nil {
			t.Fatal(err)
		}
		if err := w.Apply(w.ctx, del(1)); err != nil {
			t.Fatal(err)
		}
		breaks(t, w, "delete twice", del(1), storage.ErrStale, "")
		if got, err := w.Get(w.ctx, w.thing, r.ID()); err != nil || len(got) != 0 {
			t.Errorf("deleted, and still there: %v %v", got, err)
		}
		if n, err := w.Count(w.ctx, w.thing, w.where(t, "'gone' in labels"), 0); err != nil || n != 0 {
			t.Errorf("a list still finds it: %d %v", n, err)
		}
	})
}

// TestGuard: a write that changes nothing still holds the batch to a version.
func TestGuard(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		rs := w.add(t, nil, nil)
		guarded := func(n int64, title string) *storage.Batch {
			b := updating(rs[0], w.get(t, w.thing, rs[0].ID()).Version(), record.Values{"title": title})
			b.Writes = append(b.Writes, storage.Write{Record: rs[1], Expect: n})
			return b
		}
		if err := w.Apply(w.ctx, guarded(1, "held")); err != nil {
			t.Fatal(err)
		}
		breaks(t, w, "a guard at another version", guarded(2, "not held"), storage.ErrStale, "")
		if got := w.get(t, w.thing, rs[0].ID()).Text("title"); got != "held" {
			t.Errorf("title %q", got)
		}
		if d := differ(rs[1], w.get(t, w.thing, rs[1].ID())); len(d) > 0 {
			t.Errorf("a guard changed the record: %v", d)
		}
	})
}

func TestLookups(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		r := w.add(t, record.Values{"code": "Ä-1", "source": "snow", "source_id": "abc"})[0]
		for _, c := range []struct {
			field, value string
			found        bool
		}{{"code", "Ä-1", true}, {"code", "ä-1", false}, {"code", "", false}, {"code", "%", false}, {"number", r.Number(), true}, {"number", "THG", false}} {
			got, err := w.Lookup(w.ctx, w.thing, w.thing.Field(c.field), c.value)
			if err != nil || (got != nil) != c.found {
				t.Errorf("lookup %s %q: %v %v", c.field, c.value, got, err)
			}
		}
		if got, err := w.BySource(w.ctx, w.thing, "snow", "abc"); err != nil || got == nil || got.ID() != r.ID() {
			t.Errorf("by source: %v %v", got, err)
		}
		if got, err := w.BySource(w.ctx, w.thing, "snow", "ABC"); err != nil || got != nil {
			t.Errorf("by another source: %v %v", got, err)
		}
		if n, err := w.Count(w.ctx, w.thing, []query.Bound{query.IDs([]record.ID{r.ID(), record.NewID()}, false)}, 0); err != nil || n != 1 {
			t.Errorf("by ids: %d %v", n, err)
		}
	})
}

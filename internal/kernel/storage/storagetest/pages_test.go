package storagetest_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// tied makes n things whose fields repeat and are often empty.
func tied(w *world, n int) []*record.Record {
	texts := []any{nil, "a", "B", "b", "가", "나", "Z", "é", "𝕏", "\uffee"}
	owners := []any{w.ann, nil, w.bob}
	out := make([]*record.Record, n)
	for i := range out {
		v := record.Values{"title": fmt.Sprint("t", i%4)}
		set := func(name string, every int, value any) {
			if i%every != 0 {
				v[name] = value
			}
		}
		set("body", 3, texts[i%len(texts)])
		set("color", 3, []string{"red", "green", "blue"}[i/3%3])
		set("level", 4, int64(i%3+1))
		set("order", 5, int64(i%7-3))
		set("flag", 3, i%2 == 0)
		set("rate", 4, record.Unscaled(int64(i%6-3), 3))
		set("part", 4, record.Unscaled(int64(i%5), 6))
		set("price", 3, record.Money{Amount: record.Unscaled(int64(i%4*100-150), 4), Currency: []string{"KRW", "USD"}[i%2]})
		set("took", 4, time.Duration(i%5-2)*time.Minute)
		set("at", 3, morning.Add(time.Duration(i%5)*time.Microsecond))
		set("day", 4, record.Date(fmt.Sprintf("20%02d-01-01", i%4)))
		set("owner", 2, owners[i%3])
		for name, x := range v {
			if x == nil {
				delete(v, name)
			}
		}
		out[i] = w.one(v)
	}
	return out
}

// before says how two values of a field are ordered, by rules of its own.
func before(a, b any) int {
	switch x := a.(type) {
	case string:
		return strings.Compare(x, b.(string))
	case record.ID:
		return strings.Compare(string(x), string(b.(record.ID)))
	case record.Date:
		return strings.Compare(string(x), string(b.(record.Date)))
	case int64:
		return cmp.Compare(x, b.(int64))
	case time.Duration:
		return cmp.Compare(x, b.(time.Duration))
	case time.Time:
		return x.Compare(b.(time.Time))
	case record.Decimal:
		return x.Rat().Cmp(b.(record.Decimal).Rat())
	case record.Money:
		return x.Amount.Rat().Cmp(b.(record.Money).Amount.Rat())
	case bool:
		return cmp.Compare(fmt.Sprint(x), fmt.Sprint(b))
	}
	panic(fmt.Sprintf("no order of %T", a))
}

// sorted orders records as a list must: empty values last whichever the direction, and
// the id last of all, in the direction of the first key.
func sorted(rs []*record.Record, order []storage.Order) []*record.Record {
	out := slices.Clone(rs)
	slices.SortFunc(out, func(a, b *record.Record) int {
		for _, o := range order {
			x, y := a.At(o.Field), b.At(o.Field)
			switch {
			case x == nil && y == nil:
				continue
			case x == nil:
				return 1
			case y == nil:
				return -1
			}
			if c := before(x, y); c != 0 {
				if o.Desc {
					c = -c
				}
				return c
			}
		}
		c := strings.Compare(string(a.ID()), string(b.ID()))
		if len(order) > 0 && order[0].Desc {
			c = -c
		}
		return c
	})
	return out
}

// orders reads "-at,title" for the kind.
func orders(k *record.Kind, s string) []storage.Order {
	var out []storage.Order
	for _, name := range strings.Split(s, ",") {
		name, desc := strings.CutPrefix(name, "-")
		out = append(out, storage.Order{Field: k.Field(name), Desc: desc})
	}
	return out
}

// walk reads a list page by page.
func walk(t *testing.T, w *world, q storage.Query) []*record.Record {
	t.Helper()
	var out []*record.Record
	for {
		page, err := w.List(w.ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, page...)
		if len(page) < q.Limit {
			return out
		}
		last := page[len(page)-1]
		q.After = nil
		for _, o := range q.Order {
			v := last.At(o.Field)
			if m, ok := v.(record.Money); ok {
				v = m.Amount
			}
			q.After = append(q.After, v)
		}
		q.After = append(q.After, last.ID())
		if len(out) > 1000 {
			t.Fatal("the list does not end")
		}
	}
}

// samePlaces compares two lists of records by id.
func samePlaces(t *testing.T, got, want []*record.Record) {
	t.Helper()
	ids := func(rs []*record.Record) []record.ID {
		out := make([]record.ID, len(rs))
		for i, r := range rs {
			out[i] = r.ID()
		}
		return out
	}
	g, w := ids(got), ids(want)
	if slices.Equal(g, w) {
		return
	}
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("%d records, want %d; they part at %d", len(g), len(w), i)
		}
	}
}

// TestPages: over ties and empty values every record stands on exactly one page, and
// both databases have them in the same order.
func TestPages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		all := tied(w, 60)
		w.insert(t, all...)
		keys := []string{"id", "-id", "title,-id"}
		for _, name := range []string{"number", "title", "body", "color", "level", "order", "flag", "rate", "part", "price", "took", "at", "day", "owner", "created_at", "version"} {
			keys = append(keys, name, "-"+name)
		}
		keys = append(keys, "color,-at", "-color,at", "-at,-level,title", "owner,price,-day", "flag,order", "-version,-created_at", "version,created_at", "level,-level")
		for _, key := range keys {
			t.Run(key, func(t *testing.T) {
				order := orders(w.thing, key)
				want := sorted(all, order)
				for _, size := range []int{1, 7, 60, 61} {
					samePlaces(t, walk(t, w, storage.Query{Kind: w.thing, Order: order, Limit: size}), want)
				}
			})
		}
		t.Run("no order", func(t *testing.T) {
			samePlaces(t, walk(t, w, storage.Query{Kind: w.thing, Limit: 7}), sorted(all, nil))
		})
		t.Run("filtered", func(t *testing.T) {
			some := slices.DeleteFunc(slices.Clone(all), func(r *record.Record) bool { return r.Get("color") == "red" })
			order := orders(w.thing, "-price,title")
			samePlaces(t, walk(t, w, storage.Query{Kind: w.thing, Where: w.where(t, "color != 'red'"), Order: order, Limit: 4}), sorted(some, order))
		})
		t.Run("nothing", func(t *testing.T) {
			if got := walk(t, w, storage.Query{Kind: w.thing, Where: []query.Bound{query.Never()}, Limit: 4}); len(got) != 0 {
				t.Errorf("%d records fit never", len(got))
			}
		})
	})
}

// TestPagesWhileWriting: records added and changed meanwhile disturb no others.
func TestPagesWhileWriting(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		all := tied(w, 40)
		w.insert(t, all...)
		seen := map[record.ID]int{}
		q := storage.Query{Kind: w.thing, Order: orders(w.thing, "-level,title"), Limit: 5}
		for {
			page, err := w.List(w.ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page {
				seen[r.ID()]++
			}
			if len(page) < q.Limit {
				break
			}
			last := page[len(page)-1]
			q.After = []any{last.Get("level"), last.Get("title"), last.ID()}
			w.add(t, record.Values{"level": int64(2)}, nil)
		}
		for _, r := range all {
			if seen[r.ID()] != 1 {
				t.Errorf("%s was on %d pages", r.Number(), seen[r.ID()])
			}
		}
	})
}

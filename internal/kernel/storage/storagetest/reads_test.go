package storagetest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// groupText writes groups in a form that does not depend on their order.
func groupText(gs []storage.Group) string {
	var lines []string
	for _, g := range gs {
		slices.Sort(g.Values)
		lines = append(lines, fmt.Sprint(g.Key, " ", g.Count, " ", g.Values))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestGroups counts by every kind of term and compares with a count in memory.
func TestGroups(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		all := tied(w, 60)
		w.insert(t, all...)
		seoul := time.FixedZone("Asia/Seoul", 9*3600)
		env := query.Env{Now: morning, Zone: seoul}
		term := func(src string) query.Term {
			e, err := query.CompileTerm(w.schema, w.thing, src)
			if err != nil {
				t.Fatalf("%s: %v", src, err)
			}
			return e.Bind(env)
		}
		for _, c := range []struct{ by, value string }{
			{"", ""}, {"color", ""}, {"level", ""}, {"flag", ""}, {"owner", ""}, {"day", ""}, {"rate", ""}, {"took", ""}, {"order", ""}, {"at", ""}, {"title", ""},
			{"color level", ""}, {"price.currency", ""}, {"price.amount", ""}, {"month(created_at)", ""}, {"hour(created_at)", ""}, {"weekday(created_at)", ""}, {"owner.name", ""},
			{"color == 'red' ? 'warm' : 'cold'", ""}, {"", "order"}, {"color", "rate"}, {"color flag", "took"}, {"owner", "part"}, {"level", "price.amount"}, {"", "at - created_at"}, {"color", "level"},
		} {
			t.Run(c.by+"/"+c.value, func(t *testing.T) {
				var by []query.Term
				words := strings.Fields(c.by)
				if strings.Contains(c.by, "?") {
					words = []string{c.by}
				}
				for _, src := range words {
					by = append(by, term(src))
				}
				var value *query.Term
				if c.value != "" {
					v := term(c.value)
					value = &v
				}
				got, err := w.Groups(w.ctx, w.thing, w.where(t, "color != 'blue'"), by, value)
				if err != nil {
					t.Fatal(err)
				}
				if g, want := groupText(got), groupText(grouped(t, w, all, by, value, env)); g != want {
					t.Errorf("groups\n%s\n--- want ---\n%s", g, want)
				}
			})
		}
	})
}

// grouped is Groups in memory.
func grouped(t *testing.T, w *world, rs []*record.Record, by []query.Term, value *query.Term, env query.Env) []storage.Group {
	t.Helper()
	found := map[string]*storage.Group{}
	env.Get = func(kind string, id record.ID) (*record.Record, error) {
		recs, err := w.Get(w.ctx, w.schema.Kind(kind), id)
		if err != nil || len(recs) == 0 {
			return nil, err
		}
		return recs[0], nil
	}
	if len(by) == 0 && value == nil {
		found["[]"] = &storage.Group{}
	}
	for _, r := range rs {
		if r.Get("color") == "blue" {
			continue
		}
		var key []any
		for _, term := range by {
			v, err := within(term, env, r)
			if err != nil {
				t.Fatal(err)
			}
			key = append(key, v)
		}
		name := fmt.Sprint(key)
		if found[name] == nil {
			found[name] = &storage.Group{Key: key}
		}
		g := found[name]
		g.Count++
		if value == nil {
			continue
		}
		v, err := within(*value, env, r)
		if err != nil {
			t.Fatal(err)
		}
		switch v := v.(type) {
		case int64:
			g.Values = append(g.Values, float64(v))
		case time.Duration:
			g.Values = append(g.Values, v.Seconds())
		case record.Decimal:
			f, _ := v.Rat().Float64()
			g.Values = append(g.Values, f)
		}
	}
	var out []storage.Group
	for _, name := range slices.Sorted(maps.Keys(found)) {
		out = append(out, *found[name])
	}
	return out
}

// within evaluates a term; its own environment cannot hop, so a hop is asked by hand.
func within(term query.Term, env query.Env, r *record.Record) (any, error) {
	f := term.Field()
	v, err := term.Eval(r)
	if err == nil && v == nil && f != nil && f.Name == "name" && r.Ref("owner") != "" {
		far, err := env.Get("user", r.Ref("owner"))
		return far.Get("name"), err
	}
	return v, err
}

func TestCountCap(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.insert(t, tied(w, 30)...)
		for _, c := range []struct{ most, want int64 }{{0, 30}, {10, 10}, {30, 30}, {31, 30}, {1, 1}} {
			if n, err := w.Count(w.ctx, w.thing, nil, int(c.most)); err != nil || n != c.want {
				t.Errorf("counted up to %d: %d, want %d: %v", c.most, n, c.want, err)
			}
		}
		if n, err := w.Count(w.ctx, w.thing, w.where(t, "color == 'red'"), 5); err != nil || n != 5 {
			t.Errorf("a filtered count: %d %v", n, err)
		}
	})
}

// TestTimeout: a query that would run for minutes ends with ErrTimeout soon after its time.
func TestTimeout(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var rs []*record.Record
		for range 30 {
			rs = append(rs, w.one(record.Values{"body": strings.Repeat("가나다라마바사 ", 8000)}))
		}
		w.insert(t, rs...)
		var parts []string
		for i := range 150 {
			parts = append(parts, fmt.Sprintf("body.contains('마바사 가나다라마바%d')", i))
		}
		slow := w.where(t, strings.Join(parts, " || "))
		slow = append(slow, w.where(t, strings.Join(parts, "||"))...)
		for name, ask := range map[string]func(ctx context.Context) error{
			"list": func(ctx context.Context) error {
				_, err := w.List(ctx, storage.Query{Kind: w.thing, Where: slow, Limit: 1})
				return err
			},
			"count":  func(ctx context.Context) error { _, err := w.Count(ctx, w.thing, slow, 0); return err },
			"groups": func(ctx context.Context) error { _, err := w.Groups(ctx, w.thing, slow, nil, nil); return err },
		} {
			begin := time.Now()
			ctx, cancel := context.WithTimeout(w.ctx, 60*time.Millisecond)
			err := ask(ctx)
			cancel()
			if !errors.Is(err, storage.ErrTimeout) {
				t.Errorf("%s: %v after %v, want ErrTimeout", name, err, time.Since(begin))
			}
			if took := time.Since(begin); took > 4500*time.Millisecond {
				t.Errorf("%s: gave up only after %v", name, took)
			}
		}
		ctx, cancel := context.WithCancel(w.ctx)
		cancel()
		if _, err := w.List(ctx, storage.Query{Kind: w.thing, Limit: 1}); err == nil || errors.Is(err, storage.ErrTimeout) {
			t.Errorf("a caller who has gone: %v, want what the context says", err)
		}
		if n, err := w.Count(w.ctx, w.thing, nil, 0); err != nil || n != 30 {
			t.Errorf("afterwards: %d %v", n, err)
		}
	})
}

// TestAlone: under one name one runs at a time, through however many handles.
func TestAlone(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		stores := []storage.Store{w.Store, w.Store}
		if w.url != "" {
			stores[1] = w.open(t)
		}
		var inside, ran, refused atomic.Int64
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				for range 10 {
					ok, err := stores[g%2].Alone(w.ctx, "x", func() error {
						if inside.Add(1) != 1 {
							t.Error("two at once")
						}
						time.Sleep(time.Millisecond)
						inside.Add(-1)
						return nil
					})
					if err != nil {
						t.Error(err)
					}
					if ok {
						ran.Add(1)
					} else {
						refused.Add(1)
					}
				}
			})
		}
		wg.Wait()
		if ran.Load() == 0 || refused.Load() == 0 {
			t.Errorf("%d ran, %d were refused: nothing was tested", ran.Load(), refused.Load())
		}
		ok, err := w.Alone(w.ctx, "x", func() error {
			other, err := stores[1].Alone(w.ctx, "y", func() error { return nil })
			if !other || err != nil {
				t.Errorf("another name must not wait: %v %v", other, err)
			}
			again, err := w.Alone(w.ctx, "x", func() error { t.Error("entered twice"); return nil })
			if again || err != nil {
				t.Errorf("entered twice: %v %v", again, err)
			}
			return errStumbled
		})
		if !ok || !errors.Is(err, errStumbled) {
			t.Errorf("what it returns is passed on: %v %v", ok, err)
		}
		panics(t, w)
		if ok, err := stores[1].Alone(w.ctx, "x", func() error { return nil }); !ok || err != nil {
			t.Errorf("after an error and a panic the name is not free: %v %v", ok, err)
		}
	})
}

var errStumbled = errors.New("stumbled")

func panics(t *testing.T, w *world) {
	defer func() {
		if recover() == nil {
			t.Error("the panic was swallowed")
		}
	}()
	_, _ = w.Alone(w.ctx, "x", func() error { panic("x") })
}

func TestMarks(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		if v, err := w.Marked(w.ctx, "none"); v != "" || err != nil {
			t.Errorf("a mark nobody made: %q %v", v, err)
		}
		for _, v := range []string{"one", "두 번째\n'", ""} {
			if err := w.Mark(w.ctx, "m", v); err != nil {
				t.Fatal(err)
			}
			if got, err := w.Marked(w.ctx, "m"); got != v || err != nil {
				t.Errorf("mark %q came back as %q: %v", v, got, err)
			}
		}
	})
}

package query_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

var (
	seedFlag = flag.Uint64("seed", 0, "run the differential tests with this seed only")
	countFlg = flag.Int("filters", 700, "how many filters each seed asks")
)

func seeds() []uint64 {
	if *seedFlag != 0 {
		return []uint64{*seedFlag}
	}
	return []uint64{1, 2, 3, 4}
}

// answers asks one filter of all three evaluators: the ids of the things that match, by
// evaluator. A refusal to compile is the error.
func (w *world) answers(src string) (map[string][]string, error) {
	f, err := query.Compile(w.schema, w.thing, src, vars...)
	if err != nil {
		return nil, err
	}
	return w.ask(f.Bind(w.env)), nil
}

func (w *world) ask(b query.Bound) map[string][]string {
	out := map[string][]string{}
	for _, r := range w.things {
		ok, err := b.Eval(r)
		switch {
		case err != nil:
			out["memory"] = append(out["memory"], err.Error())
		case ok:
			out["memory"] = append(out["memory"], string(r.ID()))
		}
	}
	for name, st := range w.stores {
		gs, err := st.Groups(context.Background(), w.thing, []query.Bound{b}, []query.Term{query.FieldTerm(w.thing, "id")}, nil)
		if err != nil {
			out[name] = append(out[name], err.Error())
		}
		for _, g := range gs {
			out[name] = append(out[name], fmt.Sprint(g.Key[0]))
		}
	}
	for name := range out {
		slices.Sort(out[name])
	}
	return out
}

// agree reports whether every database that is there answers as memory does.
func (w *world) agree(a map[string][]string) bool {
	for name := range w.stores {
		if !slices.Equal(a["memory"], a[name]) {
			return false
		}
	}
	return true
}

// explain shows how the evaluators disagree about a filter.
func (w *world) explain(src string) string {
	var b strings.Builder
	f, err := query.Compile(w.schema, w.thing, src, vars...)
	if err != nil {
		return err.Error()
	}
	a, _ := w.answers(src)
	for _, d := range []struct {
		name string
		d    dialect.Dialect
	}{{"memory", 0}, {"sqlite", dialect.SQLite}, {"postgres", dialect.Postgres}} {
		fmt.Fprintf(&b, "\n  %s matches %d", d.name, len(a[d.name]))
		if d.name != "memory" {
			wr := query.NewWriter(d.d)
			sql, err := f.Bind(w.env).SQL(wr, "t")
			fmt.Fprintf(&b, ": %s %v %v", sql, wr.Args(), err)
		}
	}
	for _, id := range slices.Concat(a["memory"], a["sqlite"], a["postgres"]) {
		r := w.byID[record.ID(id)]
		if r == nil {
			fmt.Fprintf(&b, "\n  %s", id)
			break
		}
		if in := [3]bool{slices.Contains(a["memory"], id), slices.Contains(a["sqlite"], id), slices.Contains(a["postgres"], id)}; in != [3]bool{true, true, true} {
			fmt.Fprintf(&b, "\n  thing %s is in %v:", id, in)
			for _, u := range f.Uses() {
				from := r
				if u.Via != "" {
					ref, _ := r.Get(u.Via).(record.ID)
					if from = w.byID[ref]; from == nil {
						continue
					}
				}
				fmt.Fprintf(&b, " %s.%s=%#v", u.Via, u.Field, from.Get(u.Field))
			}
			break
		}
	}
	return b.String()
}

// TestPostgres says loudly when the tests of this package prove nothing about PostgreSQL.
func TestPostgres(t *testing.T) { storagetest.Postgres(t) }

// TestThreeEvaluators: memory, SQLite and PostgreSQL give the same answer to any filter
// the language can say, over records with anything in them.
func TestThreeEvaluators(t *testing.T) {
	used := map[string]int{}
	for _, seed := range seeds() {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			w := newWorld(t, seed, 12, 60)
			g := newGenerator(w)
			refused, faults, some := map[string]int{}, 0, 0
			for n := 0; n < *countFlg && faults < 8; n++ {
				x := g.make("bool", 1+n%4)
				a, err := w.answers(x.String())
				if err != nil {
					if f := fault.Of(err); f == nil || f.Pos == 0 {
						t.Errorf("seed %d: %s: a refusal without a position: %v", seed, x, err)
					}
					refused[fault.Of(err).Code]++
					continue
				}
				if m := len(a["memory"]); m > 0 && m < len(w.things) {
					some++
				}
				if w.agree(a) {
					continue
				}
				faults++
				small := shrink(x, func(src string) bool {
					a, err := w.answers(src)
					return err == nil && !w.agree(a)
				})
				t.Errorf("seed %d: the evaluators disagree about %s%s", seed, small, w.explain(small.String()))
			}
			t.Logf("refused: %v; %d of %d filters told some things from others", refused, some, *countFlg)
			for code, n := range refused {
				if code != "filter_not_a_choice" || n > *countFlg/10 {
					t.Errorf("seed %d: %d generated filters refused with %s", seed, n, code)
				}
			}
			if some < *countFlg/4 {
				t.Errorf("seed %d: only %d filters tell anything apart: the test proves little", seed, some)
			}
			for p, n := range g.used {
				used[p.pat+" "+strings.Join(p.in, " ")] += n
			}
		})
	}
	if os.Getenv(storagetest.PostgresEnv) == "" {
		storagetest.Skip(t, storagetest.PostgresEnv+" names no PostgreSQL: no three evaluators to compare")
	}
	for _, p := range grammar() {
		if used[p.pat+" "+strings.Join(p.in, " ")] == 0 && *seedFlag == 0 {
			t.Errorf("never generated: %s of %v", p.pat, p.in)
		}
	}
}

// TestBoundsAgree: conditions put together by the program mean the same everywhere too.
func TestBoundsAgree(t *testing.T) {
	w := newWorld(t, 5, 12, 60)
	g := newGenerator(w)
	var bound func(depth int) query.Bound
	bound = func(depth int) query.Bound {
		switch n := w.rng.IntN(10); {
		case depth > 0 && n < 3:
			return query.All(bound(depth-1), bound(depth-1), bound(depth-1))
		case depth > 0 && n < 6:
			return query.Any(bound(depth-1), bound(depth-1))
		case n == 6:
			return pick(w, []query.Bound{query.Always(), query.Never(), {}})
		case n == 7:
			ids := make([]record.ID, w.rng.IntN(40))
			for i := range ids {
				ids[i] = pick(w, w.things).ID()
			}
			return query.IDs(ids, w.rng.IntN(2) == 0)
		case n == 8:
			f := pick(w, w.thing.Fields)
			v := w.value(f)
			if f.Many() || f.Type == record.JSON || f.Type == record.I18n || f.Type == record.Cash {
				v = nil // those can only be asked for being empty
			}
			return query.FieldIs(w.thing, f.Name, v)
		}
		f, err := query.Compile(w.schema, w.thing, g.make("bool", 2).String(), vars...)
		if err != nil {
			return query.Never()
		}
		return f.Bind(w.env)
	}
	for range 500 {
		b := bound(2)
		a := w.ask(b)
		if !w.agree(a) {
			wr := query.NewWriter(dialect.Postgres)
			sql, err := b.SQL(wr, "t")
			t.Fatalf("memory %d, sqlite %d, postgres %d: %s %v %v", len(a["memory"]), len(a["sqlite"]), len(a["postgres"]), sql, wr.Args(), err)
		}
		if b.IsAlways() && len(a["memory"]) != len(w.things) || b.IsNever() && len(a["memory"]) != 0 {
			t.Fatalf("always %v, never %v: %d", b.IsAlways(), b.IsNever(), len(a["memory"]))
		}
		for name, st := range w.stores {
			n, err := st.Count(context.Background(), w.thing, []query.Bound{b}, 0)
			if err != nil || int(n) != len(a["memory"]) {
				t.Fatal(name, "counts", n, err)
			}
		}
	}
}

// TestTermsAgree: groups have the same keys and counts in memory and in both databases,
// and so have the values collected for a figure.
func TestTermsAgree(t *testing.T) {
	w := newWorld(t, 6, 12, 80)
	g := newGenerator(w)
	var terms []string
	for typ, names := range g.leaves {
		if typ != "any" && typ != "list" && typ != "nearlist" && typ != "listvar" && typ != "dec2field" && typ != "dec4field" && typ != "dec6field" {
			terms = append(terms, names...)
		}
	}
	slices.Sort(terms)
	for n := range 300 {
		typ := pick(w, []string{"bool", "text", "int", "span", "time", "day"})
		terms = append(terms, g.make(typ, 1+n%3).String())
	}
	for i, src := range slices.Compact(terms) {
		first, err := query.CompileTerm(w.schema, w.thing, src, vars...)
		if err != nil {
			if src != "limit" && !fault.Has(err, "filter_not_a_choice") { // a decimal that is no field's has no scale
				t.Errorf("%s: %v", src, err)
			}
			continue
		}
		second, err := query.CompileTerm(w.schema, w.thing, []string{"grade", "flag", "x_day"}[i%3])
		if err != nil {
			t.Fatal(err)
		}
		by := []query.Term{first.Bind(w.env), second.Bind(w.env)}
		for _, by := range [][]query.Term{by[:1], by} {
			want := map[string]int64{}
			for _, r := range w.things {
				key := ""
				for _, term := range by {
					v, err := term.Eval(r)
					if err != nil {
						t.Fatal(src, err)
					}
					key += fmt.Sprintf("%T %v|", v, v)
				}
				want[key]++
			}
			for name, st := range w.stores {
				got := map[string]int64{}
				gs, err := st.Groups(context.Background(), w.thing, nil, by, nil)
				if err != nil {
					t.Errorf("%s by %s: %v", name, src, err)
					continue
				}
				for _, grp := range gs {
					key := ""
					for _, v := range grp.Key {
						key += fmt.Sprintf("%T %v|", v, v)
					}
					got[key] += grp.Count
				}
				for key := range want {
					if got[key] != want[key] {
						t.Fatalf("%s by %s: %d of %s, want %d; %d groups, want %d", name, src, got[key], key, want[key], len(got), len(want))
					}
				}
			}
		}
		w.valuesAgree(t, src, by[0])
		w.groupsOpen(t, src, by[0])
	}
}

// groupsOpen checks that every group can be opened: Is lists the records that have its key.
func (w *world) groupsOpen(t *testing.T, src string, term query.Term) {
	t.Helper()
	groups := map[any]int{}
	for _, r := range w.things {
		v, err := term.Eval(r)
		if err != nil {
			t.Fatal(src, err)
		}
		groups[v]++
	}
	for v, n := range groups {
		if d, ok := v.(time.Duration); ok && d.Abs() > 290*365*24*time.Hour {
			continue // longer than any literal
		}
		if at, ok := v.(time.Time); ok && (at.Year() < 1 || at.Year() > 9999) {
			continue // likewise
		}
		cond := query.Is(src, v)
		f, err := query.Compile(w.schema, w.thing, cond, vars...)
		if err != nil {
			t.Errorf("%s: %v", cond, err)
			continue
		}
		opened := 0
		for _, r := range w.things {
			if ok, err := f.Bind(w.env).Eval(r); ok && err == nil {
				opened++
			}
		}
		if opened != n {
			t.Errorf("%s opens %d of %d", cond, opened, n)
		}
	}
}

// valuesAgree compares the values collected of a term.
func (w *world) valuesAgree(t *testing.T, src string, term query.Term) {
	t.Helper()
	switch term.Type() {
	case record.Int, record.Number, record.Span:
	default:
		return
	}
	all := map[string][]float64{}
	for name, st := range w.stores {
		gs, err := st.Groups(context.Background(), w.thing, nil, nil, &term)
		if err != nil || len(gs) > 1 {
			t.Errorf("%s collects %s: %d groups, %v", name, src, len(gs), err)
			return
		}
		for _, grp := range gs {
			all[name] = grp.Values
			slices.Sort(all[name])
		}
	}
	n := 0
	for _, r := range w.things {
		if v, _ := term.Eval(r); v != nil {
			n++
		}
	}
	if len(w.stores) > 1 && !slices.Equal(all["sqlite"], all["postgres"]) || len(all["sqlite"]) != n {
		t.Errorf("values of %s: %d in memory,\n sqlite %v\n postgres %v", src, n, all["sqlite"], all["postgres"])
	}
}

// TestOrdersAgree: every field sorts alike in both databases, empty values last, in
// pages as in one list.
func TestOrdersAgree(t *testing.T) {
	w := newWorld(t, 7, 12, 60)
	list := func(st storage.Store, order []storage.Order, page int) (ids []record.ID) {
		q := storage.Query{Kind: w.thing, Order: order, Limit: page}
		for {
			recs, err := st.List(context.Background(), q)
			if err != nil {
				t.Errorf("%T by %s: %v", st, order[0].Field.Name, err)
				return ids
			}
			for _, r := range recs {
				ids = append(ids, r.ID())
			}
			if len(recs) < page || len(ids) > 200 {
				return ids
			}
			last := recs[len(recs)-1]
			q.After = nil
			for _, o := range order {
				v := last.At(o.Field)
				if m, ok := v.(record.Money); ok {
					v = m.Amount
				}
				q.After = append(q.After, v)
			}
			q.After = append(q.After, last.ID())
		}
	}
	for i, f := range w.thing.Fields {
		if f.Many() || f.Type == record.JSON || f.Type == record.I18n || f.Type == record.RichText {
			continue // the engine refuses to sort by these
		}
		other := w.thing.Field([]string{"count", "created_at", "owner", "title"}[i%4])
		for _, desc := range []bool{false, true} {
			for _, order := range [][]storage.Order{{{Field: f, Desc: desc}}, {{Field: w.thing.Field("flag"), Desc: !desc}, {Field: f, Desc: desc}}, {{Field: f, Desc: desc}, {Field: other}}} {
				lite := list(w.stores["sqlite"], order, 500)
				pg := lite
				if st := w.stores["postgres"]; st != nil {
					pg = list(st, order, 500)
				}
				if !slices.Equal(lite, pg) || len(lite) != len(w.things) {
					t.Errorf("by %s desc=%v: the databases disagree", f.Name, desc)
					continue
				}
				for name, st := range w.stores {
					if paged := list(st, order, 17); !slices.Equal(paged, lite) {
						t.Errorf("%s by %s desc=%v, %d keys: pages give %d, the list %d, or in another order", name, f.Name, desc, len(order), len(paged), len(lite))
					}
				}
				for n, id := range lite[1:] {
					a, b := w.byID[lite[n]].At(order[0].Field), w.byID[id].At(order[0].Field)
					if a == nil && b != nil {
						t.Errorf("by %s: an empty value comes before %v", f.Name, b)
					}
				}
			}
		}
	}
}

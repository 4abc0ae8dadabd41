package storagetest_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// custom is one field of every type that a customer may add; those that can be sorted
// are indexed.
func custom(t *testing.T) []*record.Field {
	t.Helper()
	var out []*record.Field
	for _, f := range []record.Field{
		{Name: "x_text", Type: record.Text}, {Name: "x_rich", Type: record.RichText}, {Name: "x_choice", Type: record.Choice, Choices: []string{"a", "b", "다"}},
		{Name: "x_int", Type: record.Int}, {Name: "x_dec", Type: record.Number}, {Name: "x_pct", Type: record.Pct}, {Name: "x_span", Type: record.Span},
		{Name: "x_time", Type: record.Time}, {Name: "x_day", Type: record.Day}, {Name: "x_bool", Type: record.Bool}, {Name: "x_ref", Type: record.Reference, To: "user"},
		{Name: "x_refs", Type: record.References, To: "user"}, {Name: "x_texts", Type: record.Texts},
	} {
		f.Indexed = f.Type != record.RichText && f.Type != record.References && f.Type != record.Texts
		c, err := record.NewCustom(f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// customised is each with the custom fields in place.
func customised(t *testing.T, do func(t *testing.T, w *world)) {
	each(t, func(t *testing.T, w *world) {
		w.customise(t, custom(t))
		do(t, w)
	})
}

func (w *world) customise(t *testing.T, fs []*record.Field) {
	t.Helper()
	if err := w.schema.Customise("thing", fs); err != nil {
		t.Fatal(err)
	}
	w.use(t, w.schema)
}

func TestCustomValues(t *testing.T) {
	customised(t, func(t *testing.T, w *world) {
		for name, values := range map[string][]any{
			"x_text": {"한글 '\"\\", strings.Repeat("𝕏", 200), "null", "1", "true"}, "x_rich": {"# 제목\n\n*x*\n"}, "x_choice": {"a", "다"},
			"x_int": {int64(0), int64(math.MaxInt64), int64(math.MinInt64), int64(1)<<53 + 1}, "x_dec": {record.Decimal("999999999999.999999"), record.Decimal("-0.000001"), record.Decimal("0")},
			"x_pct": {record.Decimal("33.333333")}, "x_span": {time.Duration(0), 36 * time.Hour, -time.Second},
			"x_time": {at("9999-12-31T23:59:59.999999Z"), at("1969-12-31T23:59:59.999999Z"), at("0001-01-01T00:00:00.000001Z")}, "x_day": {record.Date("2024-02-29")},
			"x_bool": {true, false}, "x_ref": {w.ann}, "x_refs": {[]record.ID{w.bob, w.ann}}, "x_texts": {[]string{"가", `"`, "null"}},
		} {
			f := w.thing.Field(name)
			for _, v := range values {
				made, set := w.one(record.Values{name: v}), w.one(nil)
				w.insert(t, made, set)
				if err := w.Apply(w.ctx, updating(set, 1, record.Values{name: v})); err != nil {
					t.Fatal(err)
				}
				for how, id := range map[string]record.ID{"inserted": made.ID(), "updated": set.ID()} {
					if got := w.get(t, w.thing, id).At(f); !record.Same(got, v) {
						t.Errorf("%s %s: %#v came back as %#v", how, name, v, got)
					}
				}
			}
		}
	})
}

// tiedCustom are records whose custom fields repeat and are often empty.
func tiedCustom(w *world, n int) []*record.Record {
	out := make([]*record.Record, n)
	for i := range out {
		v := record.Values{}
		set := func(name string, every int, value any) {
			if i%every != 0 {
				v[name] = value
			}
		}
		set("x_text", 3, []string{"a", "B", "가", "é", "𝕏", "b"}[i%6])
		set("x_choice", 4, []string{"a", "b", "다"}[i%3])
		set("x_int", 3, int64(i%5-2))
		set("x_dec", 4, record.Unscaled(int64(i%7-3)*100, 6))
		set("x_pct", 5, record.Unscaled(int64(i%3)*1_500_000, 6))
		set("x_span", 3, time.Duration(i%4-1)*time.Hour)
		set("x_time", 4, morning.Add(time.Duration(i%5)*time.Microsecond))
		set("x_day", 3, record.Date(fmt.Sprintf("20%02d-01-01", i%4)))
		set("x_bool", 3, i%2 == 0)
		set("x_ref", 2, []record.ID{w.ann, w.bob}[i/2%2])
		set("x_refs", 3, []record.ID{w.ann, w.bob}[:i%2+1])
		set("x_texts", 4, []string{"t", "u"}[i%2:])
		out[i] = w.one(v)
	}
	return out
}

func TestCustomPages(t *testing.T) {
	customised(t, func(t *testing.T, w *world) {
		all := tiedCustom(w, 40)
		w.insert(t, all...)
		var keys []string
		for _, name := range []string{"x_text", "x_choice", "x_int", "x_dec", "x_pct", "x_span", "x_time", "x_day", "x_bool", "x_ref"} {
			keys = append(keys, name, "-"+name, "title,-"+name)
		}
		for _, key := range append(keys, "x_bool,-x_dec,x_day") {
			t.Run(key, func(t *testing.T) {
				order := orders(w.thing, key)
				for _, size := range []int{1, 7} {
					samePlaces(t, walk(t, w, storage.Query{Kind: w.thing, Order: order, Limit: size}), sorted(all, order))
				}
			})
		}
	})
}

// TestCustomFilters asks conditions of the database and of memory.
func TestCustomFilters(t *testing.T) {
	customised(t, func(t *testing.T, w *world) {
		all := tiedCustom(w, 40)
		w.insert(t, all...)
		for _, src := range []string{"x_text == 'a'", "x_text != 'a'", "x_text > 'a'", "x_text in ['a', '가']", "x_text.contains('é')", "x_text.startsWith('B')", "x_choice == '다'", "x_int == -2", "x_int > 0", "x_int in [1, 2]",
			"x_dec == 0.0003", "x_dec < 0.0", "x_dec >= 0.0001", "x_pct == 1.5", "x_span > duration('1h')", "x_span == duration('0s')", "x_time == timestamp('2026-03-08T09:00:00.123457Z')", "x_time < now", "x_day >= date('2002-01-01')",
			"x_bool", "!x_bool", "x_bool == false", "x_ref == '" + string(w.ann) + "'", "x_ref.name == 'Ann'", "'" + string(w.bob) + "' in x_refs", "'t' in x_texts", "empty(x_int)", "!empty(x_text)", "x_texts.size() == 2", "empty(x_refs)",
			"x_time > created_at", "x_ref == owner", "x_day < today", "month(x_time) == '2026-03'"} {
			where := w.where(t, src)
			env := query.Env{Now: morning, Get: func(kind string, id record.ID) (*record.Record, error) {
				return w.get(t, w.schema.Kind(kind), id), nil
			}}
			f, err := query.Compile(w.schema, w.thing, src)
			if err != nil {
				t.Fatal(err)
			}
			var want []*record.Record
			for _, r := range all {
				ok, err := f.Bind(env).Eval(r)
				if err != nil {
					t.Fatal(err)
				}
				if ok {
					want = append(want, r)
				}
			}
			t.Run(src, func(t *testing.T) {
				samePlaces(t, walk(t, w, storage.Query{Kind: w.thing, Where: where, Limit: 100}), sorted(want, nil))
			})
		}
	})
}

func TestCustomGroups(t *testing.T) {
	customised(t, func(t *testing.T, w *world) {
		all := tiedCustom(w, 40)
		for _, r := range all {
			r.Set("color", "red")
		}
		w.insert(t, all...)
		for _, name := range []string{"x_text", "x_choice", "x_int", "x_dec", "x_pct", "x_span", "x_time", "x_day", "x_bool", "x_ref"} {
			by := []query.Term{query.FieldTerm(w.thing, name)}
			got, err := w.Groups(w.ctx, w.thing, nil, by, nil)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if g, want := groupText(got), groupText(grouped(t, w, all, by, nil, query.Env{})); g != want {
				t.Errorf("by %s\n%s\n--- want ---\n%s", name, g, want)
			}
		}
		for _, name := range []string{"x_int", "x_dec", "x_pct", "x_span"} {
			value := query.FieldTerm(w.thing, name)
			got, err := w.Groups(w.ctx, w.thing, nil, nil, &value)
			if err != nil {
				t.Errorf("values of %s: %v", name, err)
			} else if g, want := groupText(got), groupText(grouped(t, w, all, nil, &value, query.Env{})); g != want {
				t.Errorf("values of %s\n%s\n--- want ---\n%s", name, g, want)
			}
		}
	})
}

// TestCustomFieldsOfOthers: whoever writes one custom field leaves alone those that it
// does not know: retired ones, and ones that another node has just added.
func TestCustomFieldsOfOthers(t *testing.T) {
	customised(t, func(t *testing.T, w *world) {
		r := w.add(t, record.Values{"x_text": "kept", "x_int": int64(7), "x_texts": []string{"kept"}})[0]
		all := custom(t)
		w.customise(t, slices.DeleteFunc(custom(t), func(f *record.Field) bool { return f.Name == "x_text" || f.Name == "x_texts" }))
		seen := w.get(t, w.thing, r.ID())
		if seen.Get("x_text") != nil || seen.Int("x_int") != 7 {
			t.Errorf("a retired field shows: %v", seen.Get("x_text"))
		}
		if err := w.Apply(w.ctx, updating(seen, 1, record.Values{"x_int": int64(8), "x_bool": true})); err != nil {
			t.Fatal(err)
		}
		if err := w.Apply(w.ctx, updating(w.get(t, w.thing, r.ID()), 2, record.Values{"x_int": nil})); err != nil {
			t.Fatal(err)
		}
		w.customise(t, all)
		got := w.get(t, w.thing, r.ID())
		if got.Get("x_text") != "kept" || got.Get("x_int") != nil || got.Get("x_bool") != true || !record.Same(got.Get("x_texts"), []string{"kept"}) {
			t.Errorf("x_text %v x_int %v x_bool %v x_texts %v", got.Get("x_text"), got.Get("x_int"), got.Get("x_bool"), got.Get("x_texts"))
		}
		if n, err := w.Count(w.ctx, w.thing, w.where(t, "empty(x_int) && x_bool"), 0); err != nil || n != 1 {
			t.Errorf("an emptied custom field is not empty to a filter: %d %v", n, err)
		}
	})
}

// TestCustomIndexes: an index comes with its field and goes with it.
func TestCustomIndexes(t *testing.T) {
	customised(t, func(t *testing.T, w *world) {
		count := func() (n int) {
			for _, line := range shape(t, w) {
				if strings.Contains(line, "x_") && strings.Contains(line, "INDEX") {
					n++
				}
			}
			return n
		}
		if n := count(); n != 10 {
			t.Errorf("%d indexes on custom fields, want 10", n)
		}
		w.customise(t, nil)
		if n := count(); n != 0 {
			t.Errorf("%d indexes of fields that are gone", n)
		}
	})
}

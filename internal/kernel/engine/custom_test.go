package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
)

// define adds a custom field.
func (w *world) define(ctx context.Context, js string) (*engine.Outcome, error) {
	return w.Do(ctx, engine.Request{Kind: engine.CustomKind, Verb: "create", Body: body(js)})
}

func TestDefineAtRunTime(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		old := w.thing(`{"title":"old"}`)
		_, err := w.do(w.admin, old.ID(), "update", `{"x_floor":3}`)
		w.refused(err, "invalid:validation unknown_field(x_floor)")
		for _, js := range []string{`{"on":"thing","name":"x_floor","type":"int","label":{"ko":"층","en":"Floor"},"min":-2,"max":40,"indexed":true}`, `{"on":"thing","name":"x_note","type":"text","label":{"en":"Note"},"searchable":true}`,
			`{"on":"thing","name":"x_room","type":"choice","label":{"en":"Room"},"choices":["a1","b2"]}`, `{"on":"thing","name":"x_who","type":"reference","to":"user","label":{"en":"Who"}}`, `{"on":"thing","name":"x_inside","type":"text","label":{"en":"Inside"},"internal_only":true}`} {
			if _, err := w.define(w.admin, js); err != nil {
				t.Fatalf("%s: %v", js, err)
			}
		}
		r := w.must(w.agent, old.ID(), "update", `{"x_floor":3,"x_note":"칠이 벗겨짐","x_room":"b2","x_who":"u0@example.com","x_inside":"hush"}`)
		for name, v := range map[string]any{"x_floor": int64(3), "x_note": "칠이 벗겨짐", "x_room": "b2", "x_who": w.ada, "x_inside": "hush"} {
			if got := w.get(r.ID()).Get(name); got != v {
				t.Errorf("%s is %#v, want %#v", name, got, v)
			}
		}
		for js, want := range map[string]string{`{"x_floor":41}`: "too_big(x_floor)", `{"x_floor":"low"}`: "wrong_format(x_floor)", `{"x_room":"c3"}`: "not_a_choice(x_room)", `{"x_who":"u9@example.com"}`: "unknown_reference(x_who)"} {
			_, err := w.do(w.agent, r.ID(), "update", js)
			w.refused(err, "invalid:validation "+want)
		}
		w.thing(`{"title":"high","x_floor":30}`)
		w.thing(`{"title":"low","x_floor":-2}`)
		if got := w.pages(w.agent, engine.ListRequest{Kind: "thing", Filter: "x_floor >= 0", Order: "-x_floor", Limit: 1}); got != "high old" {
			t.Errorf("filtered and sorted by it: %s", got)
		}
		if got := w.pages(w.agent, engine.ListRequest{Kind: "thing", Order: "x_floor", Limit: 1}); got != "low old high" {
			t.Errorf("sorted by it: %s", got)
		}
		if gs, err := w.Groups(w.agent, "thing", "", []string{"x_room"}, "x_floor"); err != nil || len(gs) != 2 {
			t.Errorf("grouped by it: %v %v", gs, err)
		}
		if err := w.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		if found, err := w.Search(w.agent, "벗겨짐", nil, 5); err != nil || len(found) != 1 {
			t.Errorf("%d found by its words: %v", len(found), err)
		}
		if v, err := w.GetAsOf(w.agent, "thing", old.Number(), w.now()); err != nil || v.Record.Int("x_floor") != 3 {
			t.Errorf("as of now: %v", err)
		}
		w.whole()
	})
}

func TestCustomRefusals(t *testing.T) {
	w := once(t)
	ok := `{"on":"thing","name":"x_a","type":"text","label":{"en":"A"}}`
	if _, err := w.define(w.admin, ok); err != nil {
		t.Fatal(err)
	}
	bend := func(from, to string) string { return strings.Replace(ok, from, to, 1) }
	for js, want := range map[string]string{
		ok:                                            "invalid:duplicate(name)",
		bend(`"x_a"`, `"x_b"`):                        "fine",
		bend(`"x_a"`, `"floor"`):                      "invalid:bad_custom_field(name)",
		bend(`"x_a"`, `"x_a__b"`):                     "invalid:bad_custom_field(name)",
		bend(`"x_a"`, `"x_a'; drop"`):                 "invalid:bad_custom_field(name)",
		bend(`"x_a"`, `"title"`):                      "invalid:duplicate(name)",
		bend(`"thing"`, `"thong"`):                    "invalid:unknown_kind(on)",
		bend(`"thing"`, `"user"`):                     "invalid:not_customisable(on)",
		bend(`"thing"`, `"custom_field"`):             "invalid:not_customisable(on)",
		bend(`"text"`, `"money"`):                     "invalid:validation not_a_choice(type)",
		bend(`"text"`, `"reference"`):                 "invalid:bad_custom_field(name)",
		bend(`"text"`, `"choice"`):                    "invalid:bad_custom_field(name)",
		bend(`"label"`, `"min":5,"max":3,"label"`):    "invalid:bad_custom_field(name)",
		bend(`"text"`, `"choice","choices":["a\"b"]`): "invalid:invalid_text(choices)",
		bend(`"x_a","type":"text"`, `"x_c","type":"reference","to":"nobody"`):        "invalid:unknown_kind(to)",
		bend(`"x_a","type":"text"`, `"x_d","type":"rich_text","indexed":true`):       "invalid:bad_custom_field(name)",
		bend(`,"label":{"en":"A"}`, ``):                                              "invalid:validation required(label)",
		bend(`"x_a","type":"text"`, `"x_e","type":"text","indexed":true,"max":1000`): "invalid:bad_custom_field(name)",
		bend(`"x_a","type":"text"`, `"x_f","type":"int","searchable":true`):          "invalid:bad_custom_field(name)",
	} {
		_, err := w.define(w.admin, js)
		if got := say(err); got != want {
			t.Errorf("%s: %s, want %s", js, got, want)
		}
	}
	_, err := w.define(w.agent, bend(`"x_a"`, `"x_z"`))
	w.refused(err, "forbidden:forbidden")
}

// TestRequiredLater: a custom field that becomes required is asked of new records by
// those who may set it, and holds nothing else up.
func TestRequiredLater(t *testing.T) {
	w := once(t, rule.After("sibling", "thing", "finish", func(tx record.Tx, _ *record.Change) error {
		_, err := tx.Create("thing", record.Values{"title": "consequence"})
		return err
	}))
	old := w.thing(`{"title":"old","owner":"u2@example.com"}`)
	if _, err := w.define(w.admin, `{"on":"thing","name":"x_must","type":"text","label":{"en":"Must"},"required":true}`); err != nil {
		t.Fatal(err)
	}
	_, err := w.do(w.agent, "", "create", `{"title":"new"}`)
	w.refused(err, "invalid:validation required(x_must)")
	full := w.must(w.agent, "", "create", `{"title":"new","x_must":"there"}`)
	_, err = w.do(w.agent, full.ID(), "update", `{"x_must":null}`)
	w.refused(err, "invalid:validation required(x_must)")
	w.must(w.guest, "", "create", `{"title":"from the portal","owner":"u2@example.com"}`)
	w.must(w.agent, old.ID(), "update", `{"title":"older"}`)
	w.must(w.agent, old.ID(), "start", `{}`)
	w.must(w.agent, old.ID(), "finish", `{"why":"ready"}`)
	if _, failed, err := w.Work(context.Background(), "x", w.now()).Each("thing", "state == 'new' && empty(x_must)", nil, func(tx record.Tx, r *record.Record) error {
		return tx.Move("thing", r.ID(), "expire", record.Input{})
	}); err != nil || failed != 0 {
		t.Errorf("a job: %d failed, %v", failed, err)
	}
}

// TestRetire: a retired field is gone from everywhere and its values are not; its name
// cannot come to mean something else.
func TestRetire(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		out, err := w.define(w.admin, `{"on":"thing","name":"x_a","type":"text","label":{"en":"A"},"indexed":true}`)
		if err != nil {
			t.Fatal(err)
		}
		r := w.thing(`{"title":"aa","x_a":"kept"}`)
		set := func(js string) error {
			_, err := w.Do(w.admin, engine.Request{Kind: engine.CustomKind, ID: string(out.Record.ID()), Verb: "update", Body: body(js)})
			return err
		}
		w.refused(set(`{"type":"int"}`), "invalid:validation fixed_field(type)")
		w.refused(set(`{"retired":true}`), "fine")
		_, err = w.do(w.admin, r.ID(), "update", `{"x_a":"b"}`)
		w.refused(err, "invalid:validation unknown_field(x_a)")
		_, err = w.List(w.admin, engine.ListRequest{Kind: "thing", Filter: "x_a == 'kept'"})
		w.refused(err, "invalid:filter_unknown_field(filter)")
		_, err = w.define(w.admin, `{"on":"thing","name":"x_a","type":"int","label":{"en":"A"}}`)
		w.refused(err, "invalid:duplicate(name)")
		w.must(w.admin, r.ID(), "update", `{"title":"bb"}`)
		w.refused(set(`{"retired":false,"label":{"ko":"가"}}`), "fine")
		if got := w.get(r.ID()).Get("x_a"); got != "kept" {
			t.Errorf("after its return: %v", got)
		}
		w.whole()
	})
}

// TestIndexOverLongValues is refused while it can be, and does not keep Maru from
// starting again.
func TestIndexOverLongValues(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		out, err := w.define(w.admin, `{"on":"thing","name":"x_long","type":"text","label":{"en":"Long"}}`)
		if err != nil {
			t.Fatal(err)
		}
		set := func(js string) error {
			_, err := w.Do(w.admin, engine.Request{Kind: engine.CustomKind, ID: string(out.Record.ID()), Verb: "update", Body: body(js)})
			return err
		}
		r := w.thing(`{"title":"aa","x_long":"` + strings.Repeat("𠀀", record.MaxKey+1) + `"}`)
		w.refused(set(`{"indexed":true}`), "invalid:too_long(indexed)")
		w.must(w.admin, r.ID(), "update", `{"x_long":"`+strings.Repeat("𠀀", record.MaxKey)+`"}`)
		w.refused(set(`{"indexed":true}`), "fine")
		_, err = w.do(w.admin, r.ID(), "update", `{"x_long":"`+strings.Repeat("𠀀", record.MaxKey+1)+`"}`)
		w.refused(err, "invalid:validation too_long(x_long)")
	})
}

// TestOtherNodesHear: what one node configures or changes, the others soon know.
func TestOtherNodesHear(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		if w.url == "" {
			return // one process holds the folder
		}
		other, _ := w.node()
		ctx, stop := context.WithCancel(context.Background())
		ran := make(chan struct{})
		go func() { other.Run(ctx); close(ran) }()
		defer func() { stop(); <-ran }()
		time.Sleep(100 * time.Millisecond)
		if _, err := w.define(w.admin, `{"on":"thing","name":"x_a","type":"text","label":{"en":"A"}}`); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Do(w.admin, engine.Request{Kind: engine.SettingKind, Verb: "create", Body: body(`{"name":"thing.days","value":"9"}`)}); err != nil {
			t.Fatal(err)
		}
		until := time.Now().Add(10 * time.Second)
		for other.Setting("thing.days") != "9" || other.Schema().Kind("thing").Field("x_a") == nil {
			if time.Now().After(until) {
				t.Fatal("the other node knows nothing of it")
			}
			time.Sleep(20 * time.Millisecond)
		}
		out, err := other.Do(w.admin, engine.Request{Kind: "thing", Verb: "create", Body: body(`{"title":"aa","x_a":"there"}`)})
		if err != nil || w.get(out.Record.ID()).Get("x_a") != "there" {
			t.Errorf("%v", err)
		}
	})
}

// TestNodesShareNumbers: no number is given twice, and none before what was reserved.
func TestNodesShareNumbers(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		engines := []*engine.Engine{w.Engine, w.Engine}
		if w.url != "" {
			engines[1], _ = w.node()
		}
		errs := make(chan error)
		for g := range 6 {
			go func() {
				var err error
				for range 15 {
					_, e := engines[g%2].Do(w.admin, engine.Request{Kind: "thing", Verb: "create", Body: map[string]any{"title": "numbered"}})
					if e != nil {
						err = e
					}
				}
				errs <- err
			}()
		}
		for range 6 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		gs, err := w.Groups(w.admin, "thing", "", []string{"number"}, "")
		if err != nil || len(gs) != 90 {
			t.Errorf("%d numbers of 90 records: %v", len(gs), err)
		}
		if err := w.Reserve(context.Background(), "thing", 70000); err != nil {
			t.Fatal(err)
		}
		if r := w.thing(`{"title":"next"}`); r.Number() != "THG0070001" {
			t.Errorf("after 70000 comes %s", r.Number())
		}
		if err := w.Reserve(context.Background(), "thing", 5); err != nil {
			t.Fatal(err)
		}
		if r := w.thing(`{"title":"next"}`); r.Number() < "THG0070002" {
			t.Errorf("a reservation of what is over gives %s", r.Number())
		}
		if n := fmt.Sprint(w.Touches("thing")); n == "0" || w.Touches("none") != 0 {
			t.Errorf("touches %s", n)
		}
	})
}

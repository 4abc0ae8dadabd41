package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
)

func TestRulesRun(t *testing.T) {
	var log []string
	saw := func(name string) func(tx record.Tx, c *record.Change) error {
		return func(tx record.Tx, c *record.Change) error {
			before := "nothing"
			if c.Before != nil {
				before = c.Before.Text("title")
			}
			log = append(log, fmt.Sprintf("%s: %s %s→%s", name, c.Verb, before, c.After.Text("title")))
			return nil
		}
	}
	w := once(t, rule.After("after", "thing", "any", saw("after")), rule.Before("before", "thing", "update", saw("before")), rule.After("other", "user", "any", saw("other")),
		rule.Before("upper", "thing", "update", func(_ record.Tx, c *record.Change) error {
			c.After.Set("title", strings.ToUpper(c.After.Text("title")))
			return nil
		}),
		rule.Before("refuse", "thing", "start", func(_ record.Tx, c *record.Change) error {
			if c.Input.Reason == "" {
				return fault.New(fault.Conflict, "reason_wanted")
			}
			return nil
		}))
	log = nil
	r := w.thing(`{"title":"aa"}`)
	w.must(w.admin, r.ID(), "update", `{"title":"bb"}`)
	w.must(w.admin, r.ID(), "comment", `{"body":"x"}`)
	_, err := w.do(w.admin, r.ID(), "start", `{}`)
	w.refused(err, "conflict:reason_wanted")
	w.must(w.admin, r.ID(), "start", `{"reason":"so"}`)
	want := "after: create nothing→aa|before: update aa→bb|after: update aa→BB|after: comment BB→BB|after: start BB→BB"
	if got := strings.Join(log, "|"); got != want {
		t.Errorf("rules saw %s, want %s", got, want)
	}
	if got := w.get(r.ID()).State(); got != "active" {
		t.Errorf("state %s", got)
	}
}

// TestRunawayRules: a rule that sets itself off is stopped with a fault, whichever way it
// does, and nothing of it stays.
func TestRunawayRules(t *testing.T) {
	w := once(t,
		rule.After("update", "thing", "update", func(tx record.Tx, c *record.Change) error {
			return tx.Update("thing", c.After.ID(), record.Values{"why": c.After.Text("why") + "x"})
		}),
		rule.After("comment", "thing", "comment", func(tx record.Tx, c *record.Change) error { return tx.Comment("thing", c.After.ID(), "again", false) }),
		rule.After("link", "thing", "link:near", func(tx record.Tx, c *record.Change) error {
			far, err := tx.Create("user", record.Values{"name": "next"})
			if err != nil {
				return err
			}
			return tx.Link("near", c.After.ID(), far.ID())
		}),
		rule.After("create", "thing", "create", func(tx record.Tx, c *record.Change) error {
			if c.After.Text("title") != "breed" {
				return nil
			}
			_, err := tx.Create("thing", record.Values{"title": "breed"})
			return err
		}),
		rule.After("swarm", "thing", "start", func(tx record.Tx, _ *record.Change) error {
			for range 3000 {
				if _, err := tx.Create("user", record.Values{"name": "one of many"}); err != nil {
					return err
				}
			}
			return nil
		}))
	r := w.thing(`{"title":"xx"}`)
	for verb, js := range map[string]string{"update": `{"title":"yy"}`, "comment": `{"body":"hi"}`, "start": `{}`} {
		_, err := w.do(w.admin, r.ID(), verb, js)
		w.refused(err, "conflict:too_many_consequences")
	}
	_, err := w.do(w.admin, "", "create", `{"title":"breed"}`)
	w.refused(err, "conflict:too_many_consequences")
	_, err = w.Do(w.admin, engine.Request{Kind: "thing", ID: string(r.ID()), Verb: "link", Link: &engine.LinkRequest{Type: "near", To: string(w.ada)}})
	w.refused(err, "conflict:too_many_consequences")
	if got := w.verbs(r.ID()); got != "create/api@1" {
		t.Errorf("journal %s", got)
	}
	if n, err := w.Count(w.admin, "user", ""); err != nil || n != 3 {
		t.Errorf("%d users: %v", n, err)
	}
}

// TestOneRecordManySteps: however often a change touches a record, it is written once,
// and the journal tells every step under its own name.
func TestOneRecordManySteps(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		r := w.thing(`{"title":"one","owner":"u2@example.com"}`)
		w.must(w.admin, r.ID(), "start", `{"comment":"go"}`)
		got := w.get(r.ID())
		if got.Version() != 2 || got.Text("why") != "set twice" {
			t.Errorf("version %d, why %q", got.Version(), got.Text("why"))
		}
		if got := w.verbs(r.ID()); got != "create/api@1 start/api@2 comment/api@2 update/rule:twice@2" {
			t.Errorf("journal %s", got)
		}
		if v, err := w.Get(w.admin, "user", string(w.eve)); err != nil || v.Record.Text("phone") != "2" || v.Record.Version() != 2 {
			t.Errorf("the owner: %v %v", v.Record.Text("phone"), err)
		}
		w.whole()
	}, rule.After("twice", "thing", "start", func(tx record.Tx, c *record.Change) error {
		for _, why := range []string{"set", "set twice"} {
			if err := tx.Update("thing", c.After.ID(), record.Values{"why": why}); err != nil {
				return err
			}
		}
		for _, n := range []string{"1", "2"} {
			if err := tx.Update("user", c.After.Ref("owner"), record.Values{"phone": n}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// TestPersonTwiceInOneChange: a new person whose personal fields one change touches
// again and again has one key all the same.
func TestPersonTwiceInOneChange(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		var id record.ID
		err := w.Within(context.Background(), engine.System("x"), func(tx record.Tx) error {
			r, err := tx.Create("user", record.Values{"name": "Nora", "email": "nora@example.com"})
			id = r.ID()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		steps, err := w.History(w.admin, "user", string(id))
		if err != nil || len(steps) != 2 {
			t.Fatal(len(steps), err)
		}
		for _, f := range steps[1].Fields {
			if f.Field == "phone" && string(f.New) != `"02-000"` {
				t.Errorf("phone %s", f.New)
			}
		}
		w.whole()
	}, rule.After("phone", "user", "create", func(tx record.Tx, c *record.Change) error {
		return tx.Update("user", c.After.ID(), record.Values{"phone": "02-000"})
	}))
}

// TestPlanSeesItself: what a rule asks, it is told as the change will leave it.
func TestPlanSeesItself(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		var ids []record.ID
		for i := range 5 {
			ids = append(ids, w.thing(fmt.Sprintf(`{"title":"t%d","color":"green"}`, i)).ID())
			w.pass(1000)
		}
		err := w.Within(context.Background(), engine.System("x"), func(tx record.Tx) error {
			find := func(filter string, limit int) string {
				t.Helper()
				rs, err := tx.Find("thing", filter, map[string]any{"c": "green"}, limit)
				if err != nil {
					t.Fatal(err)
				}
				var out []string
				for _, r := range rs {
					out = append(out, r.Text("title"))
				}
				return strings.Join(out, " ")
			}
			for i, color := range []any{"red", nil} { // the first two fit no more
				if err := tx.Update("thing", ids[i], record.Values{"color": color}); err != nil {
					return err
				}
			}
			if _, err := tx.Create("thing", record.Values{"title": "fresh", "color": "green"}); err != nil {
				return err
			}
			for _, c := range []struct {
				limit int
				want  string
			}{{1, "t2"}, {2, "t2 t3"}, {3, "t2 t3 t4"}, {4, "t2 t3 t4 fresh"}, {9, "t2 t3 t4 fresh"}} {
				if got := find("color == c", c.limit); got != c.want {
					t.Errorf("up to %d: %q, want %q", c.limit, got, c.want)
				}
			}
			if got := find("color == 'red' || title == 'fresh'", 9); got != "t0 fresh" {
				t.Errorf("what was planned: %q", got)
			}
			if _, err := tx.Find("none", "", nil, 1); say(err) != "invalid:unknown_kind" {
				t.Errorf("no such kind: %v", err)
			}
			if _, err := tx.Get("thing", record.NewID()); say(err) != "notfound:not_found" {
				t.Errorf("no such record: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestSettings(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		set := func(ctx context.Context, js string) error {
			_, err := w.Do(ctx, engine.Request{Kind: engine.SettingKind, Verb: "create", Body: body(js)})
			return err
		}
		if w.Setting("thing.days") != "5" || w.Setting("none") != "" {
			t.Errorf("defaults %q %q", w.Setting("thing.days"), w.Setting("none"))
		}
		w.refused(set(w.agent, `{"name":"thing.days","value":"7"}`), "forbidden:forbidden")
		w.refused(set(w.admin, `{"name":"thing.hours","value":"7"}`), "invalid:unknown_setting(name)")
		w.refused(set(w.admin, `{"name":"thing.days","value":"seven"}`), "invalid:wrong_format(value)")
		w.refused(set(w.admin, `{"name":"thing.mood","value":"sad"}`), "invalid:not_a_choice(value)")
		w.refused(set(w.admin, `{"name":"thing.days","value":"7"}`), "fine")
		w.refused(set(w.admin, `{"name":"thing.days","value":"8"}`), "conflict:duplicate(name)")
		if w.Setting("thing.days") != "7" {
			t.Errorf("%q", w.Setting("thing.days"))
		}
		if n := len(w.Settings()); n != 2 {
			t.Errorf("%d settings are declared", n)
		}
	})
}

package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
)

func TestCreate(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		out, err := w.do(w.agent, "", "create", fmt.Sprintf(`{"title":" 첫째 ","owner":%q,"friends":["u0@example.com","u0@example.com","u1@example.com"],"price":{"amount":"1.50","currency":"KRW"},"took":"PT90M","rate":0.5,"comment":"hello","work_note":"psst","reason":"because"}`, "u2@example.com"))
		if err != nil {
			t.Fatal(err)
		}
		r := w.get(out.Record.ID())
		want := record.Values{"title": "첫째", "owner": w.eve, "friends": []record.ID{w.ada, w.gus}, "price": record.Money{Amount: "1.5", Currency: "KRW"}, "took": 90 * time.Minute, "rate": record.Decimal("0.5"), "level": int64(2), "double": int64(4),
			"state": "new", "version": int64(1), "created_by": w.gus, "updated_by": w.gus, "created_at": morning, "updated_at": morning, "color": nil, "done_at": nil}
		for name, v := range want {
			if got := r.Get(name); !record.Same(got, v) {
				t.Errorf("%s is %#v, want %#v", name, got, v)
			}
		}
		if !strings.HasPrefix(r.Number(), "THG00") || !out.Changed {
			t.Errorf("number %q", r.Number())
		}
		if got := w.verbs(r.ID()); got != "create/api@1 comment/api@1 note/api@1" {
			t.Errorf("journal %s", got)
		}
		if c := out.View.Can; fmt.Sprint(c.Moves) != "[start]" || fmt.Sprint(c.Verbs) != "[comment note attach link inside]" || strings.Contains(fmt.Sprint(c.Fields), "state") || strings.Contains(fmt.Sprint(c.Fields), "origin") || !strings.Contains(fmt.Sprint(c.Fields), "inside") {
			t.Errorf("can %+v", c)
		}
		by, err := w.Get(w.agent, "thing", strings.ToLower(r.Number()))
		if err != nil || by.Record.ID() != r.ID() {
			t.Errorf("by its number: %v", err)
		}
		w.whole()
	})
}

func TestRefusals(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		r := w.thing(`{"title":"the one","code":"c1"}`)
		blue := w.thing(`{"title":"blue","color":"blue"}`)
		anon := context.Background()
		for _, c := range []struct {
			who      context.Context
			id       record.ID
			verb, js string
			want     string
		}{
			{anon, "", "create", `{"title":"xx"}`, "unidentified:sign_in"},
			{w.agent, "", "create", `{}`, "invalid:validation required(title)"},
			{w.agent, "", "create", `{"title":"x","level":9,"titel":"y","double":4,"rate":"1.234"}`, "invalid:validation derived_field(double) not_a_choice(level) wrong_format(rate) unknown_field(titel) too_short(title)"},
			{w.agent, "", "create", `{"title":"x"}`, "invalid:validation too_short(title)"},
			{w.agent, "", "create", `{"title":"xx","state":"done"}`, "invalid:use_action(state)"},
			{w.agent, "", "create", `{"title":"xx","owner":"nobody@example.com"}`, "invalid:validation unknown_reference(owner)"},
			{w.agent, "", "create", `{"title":"xx","parent":"` + string(blue.ID()) + `"}`, "invalid:validation unknown_reference(parent)"},
			{w.agent, "", "create", `{"title":"xx","friends":["u0@example.com","x"]}`, "invalid:validation unknown_reference(friends)"},
			{w.agent, "", "create", `{"title":"xx","color":"red","level":3}`, "invalid:too_bright(color)"},
			{w.agent, "", "create", `{"title":"xx","color":"blue"}`, "forbidden:forbidden"},
			{w.agent, "", "create", `{"title":"xx","code":"c1"}`, "conflict:duplicate(code)"},
			{w.agent, "", "create", `{"title":"xx","comment":7}`, "invalid:validation wrong_type(comment)"},
			{w.agent, "", "create", `{"title":"xx","reason":"a\u0000b"}`, "invalid:validation invalid_text(reason)"},
			{w.agent, "", "create", `{"title":"a\u0000b"}`, "invalid:validation invalid_text(title)"},
			{w.agent, "", "create", `{"title":"xx","comment":"a\u0000b"}`, "invalid:validation invalid_text(comment)"},
			{w.agent, "", "create", `{"title":"xx","rate":"99999999999999999"}`, "invalid:validation too_big(rate)"},
			{w.guest, "", "create", `{"title":"xx","level":1}`, "forbidden:field_forbidden(level)"},
			{w.guest, "", "create", `{"title":"xx"}`, "forbidden:forbidden"},
			{w.guest, r.ID(), "update", `{"title":"mine"}`, "notfound:not_found"},
			{w.agent, blue.ID(), "update", `{"title":"seen"}`, "notfound:not_found"},
			{w.agent, record.NewID(), "update", `{}`, "notfound:not_found"},
			{w.agent, "THG9999999", "update", `{}`, "notfound:not_found"},
			{w.agent, "\x00", "update", `{}`, "notfound:not_found"},
			{w.agent, record.ID(strings.Repeat("x", 5000)), "update", `{}`, "notfound:not_found"},
			{w.agent, r.ID(), "update", `{"origin":"late"}`, "invalid:validation fixed_field(origin)"},
			{w.agent, r.ID(), "update", `{"color":"blue"}`, "fine"},
			{w.admin, r.ID(), "update", `{"id":"x"}`, "invalid:validation derived_field(id)"},
			{w.admin, r.ID(), "update", `{"version":7}`, "invalid:validation derived_field(version)"},
			{w.admin, r.ID(), "fly", `{}`, "notfound:no_such_move"},
			{w.admin, r.ID(), "finish", `{"why":"x"}`, "conflict:invalid_transition"},
			{w.admin, r.ID(), "expire", `{}`, "forbidden:forbidden"},
			{w.admin, r.ID(), "start", `{"title":"not now"}`, "forbidden:field_forbidden(title)"},
			{w.admin, r.ID(), "comment", `{"body":"  "}`, "invalid:required(body)"},
			{w.admin, r.ID(), "comment", `{"body":"` + strings.Repeat("x", engine.MaxComment+1) + `"}`, "invalid:validation too_long(body)"},
			{w.admin, r.ID(), "comment", `{"body":"x","title":"y"}`, "forbidden:field_forbidden(title)"},
			{w.admin, r.ID(), "erase", `{}`, "forbidden:forbidden"},
			{w.admin, r.ID(), "read", `{}`, "notfound:no_such_move"},
		} {
			_, err := w.do(c.who, c.id, c.verb, c.js)
			if got := say(err); got != c.want {
				t.Errorf("%.60s %s %.100s: %s, want %s (%v)", c.id, c.verb, c.js, got, c.want, err)
			}
		}
		if _, err := w.Do(w.agent, engine.Request{Kind: "none", Verb: "create"}); say(err) != "notfound:not_found" {
			t.Errorf("no such kind: %v", err)
		}
		w.whole()
	})
}

func TestUpdate(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		r := w.thing(`{"title":"before","body":"text","code":"c","friends":["u0@example.com"]}`)
		w.pass(time.Hour)
		out, err := w.do(w.agent, r.ID(), "update", `{"title":"after","body":null,"code":"","friends":[],"level":3}`)
		if err != nil || !out.Changed {
			t.Fatal(out, err)
		}
		got := w.get(r.ID())
		want := record.Values{"title": "after", "body": nil, "code": nil, "friends": nil, "level": int64(3), "double": int64(6), "version": int64(2), "updated_by": w.gus, "updated_at": morning.Add(time.Hour), "created_at": morning, "created_by": w.ada}
		for name, v := range want {
			if !record.Same(got.Get(name), v) {
				t.Errorf("%s is %#v, want %#v", name, got.Get(name), v)
			}
		}
		w.pass(time.Hour)
		out, err = w.do(w.agent, r.ID(), "update", `{"title":"after"}`)
		if err != nil || out.Changed || w.get(r.ID()).Version() != 2 {
			t.Errorf("an update that changes nothing: %v, version %d, %v", out.Changed, w.get(r.ID()).Version(), err)
		}
		if got := w.verbs(r.ID()); got != "create/api@1 update/api@2" {
			t.Errorf("journal %s", got)
		}
		w.whole()
	})
}

func TestMoves(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		r := w.must(w.agent, "", "create", `{"title":"work"}`)
		w.must(w.agent, r.ID(), "start", `{"color":"green","comment":"on it","reason":"asked to"}`)
		_, err := w.do(w.agent, r.ID(), "finish", `{"why":"ready"}`)
		w.refused(err, "conflict:guard_failed guard.thing.owned guard.thing.four_eyes")
		w.must(w.agent, r.ID(), "update", `{"owner":"u0@example.com"}`)
		_, err = w.do(w.admin, r.ID(), "finish", `{}`)
		w.refused(err, "invalid:validation required(why)")
		_, err = w.do(w.agent, r.ID(), "finish", `{"why":"ready"}`)
		w.refused(err, "conflict:guard_failed guard.thing.four_eyes")
		w.pass(time.Minute)
		done := w.must(w.admin, r.ID(), "finish", `{"why":"ready"}`)
		if done.State() != "done" || !done.Time("done_at").Equal(morning.Add(time.Minute)) || done.Ref("done_by") != w.ada {
			t.Errorf("%s %v %v", done.State(), done.Time("done_at"), done.Ref("done_by"))
		}
		said, err := w.Comments(w.agent, "thing", string(r.ID()))
		if err != nil || len(said) != 2 || said[0].Body != "on it" || said[1].Body != "done: ready" || said[1].Author != w.ada {
			t.Errorf("said %+v %v", said, err)
		}
		if got := w.verbs(r.ID()); got != "create/api@1 start/api@2 comment/api@2 update/api@3 finish/api@4 comment/rule:move:finish@4" {
			t.Errorf("journal %s", got)
		}
		_, err = w.do(w.agent, r.ID(), "update", `{"title":"too late"}`)
		w.refused(err, "conflict:read_only")
		if v, err := w.Get(w.agent, "thing", string(r.ID())); err != nil || fmt.Sprint(v.Can.Moves, v.Can.Fields) != "[reopen] []" {
			t.Errorf("can %+v %v", v.Can, err)
		}
		w.must(w.agent, r.ID(), "comment", `{"body":"thanks"}`)
		w.must(w.agent, r.ID(), "reopen", `{}`)
		if err := w.Within(context.Background(), engine.System("job:x"), func(tx record.Tx) error { return tx.Move("thing", r.ID(), "expire", record.Input{}) }); err != nil {
			t.Errorf("an automatic move by a job: %v", err)
		}
		if got := w.get(r.ID()).State(); got != "gone" {
			t.Errorf("state %s", got)
		}
		w.whole()
	})
}

func TestIfMatch(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		r := w.thing(`{"title":"one"}`)
		match := func(version int64, title string) error {
			_, err := w.Do(w.admin, engine.Request{Kind: "thing", ID: r.Number(), Verb: "update", Body: map[string]any{"title": title}, IfMatch: version})
			return err
		}
		w.refused(match(1, "two"), "fine")
		w.refused(match(1, "three"), "stale:stale_version")
		w.refused(match(9, "three"), "stale:stale_version")
		w.refused(match(2, "three"), "fine")
		var wg sync.WaitGroup
		var mu sync.Mutex
		got := map[string]int{}
		for i := range 8 {
			wg.Go(func() {
				err := match(3, fmt.Sprint("racer ", i))
				mu.Lock()
				got[say(err)]++
				mu.Unlock()
			})
		}
		wg.Wait()
		if got["fine"] != 1 || got["stale:stale_version"] != 7 {
			t.Errorf("of eight who saw version 3: %v", got)
		}
	})
}

// TestRetry: changes that race for one record all succeed, one after another.
func TestRetry(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		r := w.thing(`{"title":"hot"}`)
		var wg sync.WaitGroup
		for g := range 12 {
			wg.Go(func() {
				for i := range 4 {
					if _, err := w.do(w.agent, r.ID(), "comment", fmt.Sprintf(`{"body":"%d %d"}`, g, i)); err != nil {
						t.Errorf("a comment among many: %v", err)
					}
				}
			})
		}
		wg.Wait()
		said, err := w.Comments(w.admin, "thing", string(r.ID()))
		if err != nil || len(said) != 48 || w.get(r.ID()).Version() != 49 {
			t.Errorf("%d comments at version %d: %v", len(said), w.get(r.ID()).Version(), err)
		}
		w.whole()
	})
}

func TestIdempotency(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		ask := func(ctx context.Context, key, title string) (*engine.Outcome, error) {
			return w.Do(ctx, engine.Request{Kind: "thing", Verb: "create", Body: map[string]any{"title": title}, Idem: &engine.Idem{Key: key, Request: []byte(title),
				Answer: func(o *engine.Outcome) (int, []byte) { return 201, []byte(o.Record.Number()) }}})
		}
		first, err := ask(w.agent, "k", "one")
		if err != nil || first.Replay != nil {
			t.Fatal(first, err)
		}
		again, err := ask(w.agent, "k", "one")
		if err != nil || again.Replay == nil || string(again.Replay.Answer) != first.Record.Number() || again.Replay.Status != 201 || again.Replay.Record != first.Record.ID() {
			t.Errorf("again: %+v %v", again, err)
		}
		_, err = ask(w.agent, "k", "two")
		w.refused(err, "conflict:idempotency_reuse")
		if other, err := ask(w.admin, "k", "two"); err != nil || other.Replay != nil {
			t.Errorf("another's key: %+v %v", other, err)
		}
		_, err = ask(w.agent, strings.Repeat("k", 201), "x")
		w.refused(err, "malformed:idempotency_key")
		var wg sync.WaitGroup
		var mu sync.Mutex
		numbers := map[string]int{}
		for range 8 {
			wg.Go(func() {
				out, err := ask(w.agent, "race", "race")
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err != nil:
					t.Error(err)
				case out.Replay != nil:
					numbers[string(out.Replay.Answer)]++
				default:
					numbers[out.Record.Number()]++
				}
			})
		}
		wg.Wait()
		n, err := w.Count(w.admin, "thing", "title == 'race'")
		if err != nil || n != 1 || len(numbers) != 1 {
			t.Errorf("%d records, answers %v: %v", n, numbers, err)
		}
		noop := engine.Request{Kind: "thing", ID: first.Record.Number(), Verb: "update", Body: map[string]any{"title": "one"}, Idem: &engine.Idem{Key: "noop", Answer: func(*engine.Outcome) (int, []byte) { return 200, []byte("{}") }}}
		for range 2 {
			if _, err := w.Do(w.agent, noop); err != nil {
				t.Errorf("a change of nothing: %v", err)
			}
		}
	})
}

// TestTimeIsTakenOnce: everything in one change happened at the same moment.
func TestTimeIsTakenOnce(t *testing.T) {
	w := once(t, rule.After("echo", "thing", "create", func(tx record.Tx, c *record.Change) error {
		return tx.Comment("thing", c.After.ID(), tx.Now().Format(time.RFC3339Nano), true)
	}))
	w.config.Now = nil
	tick := 0
	moving := w.config
	moving.Store = w.store
	moving.Schema = w.Schema()
	moving.Now = func() time.Time { tick++; return morning.Add(time.Duration(tick) * time.Second) }
	e, err := engine.New(context.Background(), moving)
	if err != nil {
		t.Fatal(err)
	}
	out, err := e.Do(w.agent, engine.Request{Kind: "thing", Verb: "create", Body: body(`{"title":"xx","comment":"hi"}`)})
	if err != nil {
		t.Fatal(err)
	}
	at := out.Record.Time("created_at")
	es, err := w.store.History(context.Background(), out.Record.ID())
	if err != nil || len(es) != 3 {
		t.Fatal(len(es), err)
	}
	for _, x := range es {
		if !x.At.Equal(at) || !x.Recorded.Equal(at) || x.Change != es[0].Change {
			t.Errorf("%s at %v in %s, want %v in %s", x.Verb, x.At, x.Change, at, es[0].Change)
		}
	}
	said, err := w.store.Comments(context.Background(), out.Record.ID())
	if err != nil || len(said) != 2 || !said[0].At.Equal(at) || said[1].Body != at.Format(time.RFC3339Nano) || !out.Record.Time("updated_at").Equal(at) {
		t.Errorf("%+v %v", said, err)
	}
}

// TestWithin: what a batch plans lands together or not at all, and when it is told.
func TestWithin(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		sys := engine.System("import:x")
		err := w.Within(context.Background(), sys, func(tx record.Tx) error {
			if _, err := tx.Create("thing", record.Values{"title": "half"}); err != nil {
				return err
			}
			return errOdd
		})
		if n, cerr := w.Count(w.admin, "thing", "title == 'half'"); !errors.Is(err, errOdd) || cerr != nil || n != 0 {
			t.Errorf("%v, and %d records", err, n)
		}
		past := morning.Add(-1000 * time.Hour)
		var id record.ID
		err = w.WithinAt(context.Background(), sys, past, func(tx record.Tx) error {
			r, err := tx.Create("thing", record.Values{"title": "old", "owner": record.Ref(""), "level": 3, "friends": []record.ID{}, "color": State("green"), "due": time.Time{}})
			if err != nil {
				return err
			}
			id = r.ID()
			seen, err := tx.Get("thing", id)
			if err != nil || seen.Text("title") != "old" {
				t.Errorf("the plan does not see what it planned: %v", err)
			}
			if err := tx.Update("thing", id, record.Values{"title": "older"}); err != nil {
				return err
			}
			return tx.Move("thing", id, "start", record.Input{Comment: "moved"})
		})
		if err != nil {
			t.Fatal(err)
		}
		r := w.get(id)
		if r.Text("title") != "older" || r.State() != "active" || !r.Time("created_at").Equal(past) || r.Version() != 1 || r.Get("owner") != nil || r.Get("due") != nil || r.Int("double") != 6 {
			t.Errorf("%v %v %v version %d", r.Text("title"), r.State(), r.Time("created_at"), r.Version())
		}
		if got := w.verbs(id); got != "create/import:x@1 start/import:x@1 comment/import:x@1" {
			t.Errorf("journal %s", got)
		}
		es, err := w.store.History(context.Background(), id)
		if err != nil || !es[0].At.Equal(past) {
			t.Errorf("at %v: %v", es[0].At, err)
		}
		if err := w.Within(context.Background(), sys, func(record.Tx) error { return nil }); err != nil {
			t.Errorf("nothing at all: %v", err)
		}
		w.whole()
	})
}

// TestNobody: without an actor there is no answer, and an empty one is none.
func TestNobody(t *testing.T) {
	w := once(t)
	r := w.thing(`{"title":"xx"}`)
	for name, ctx := range map[string]context.Context{"no actor": context.Background(), "an empty actor": permit.As(context.Background(), record.Actor{}), "only a role": permit.As(context.Background(), record.Actor{Roles: []string{"admin"}})} {
		for what, err := range map[string]error{
			"get": second(w.Get(ctx, "thing", string(r.ID()))), "list": second(w.List(ctx, engine.ListRequest{Kind: "thing"})), "count": second(w.Count(ctx, "thing", "")), "groups": second(w.Groups(ctx, "thing", "", nil, "")),
			"search": second(w.Search(ctx, "xx", nil, 1)), "history": second(w.History(ctx, "thing", string(r.ID()))), "past": second(w.GetAsOf(ctx, "thing", string(r.ID()), morning)), "links": second(w.Links(ctx, "thing", string(r.ID()))),
			"comments": second(w.Comments(ctx, "thing", string(r.ID()))), "files": second(w.Attachments(ctx, "thing", string(r.ID()))), "do": second(w.do(ctx, r.ID(), "update", `{}`)),
		} {
			if f := fault.Of(err); f == nil || f.Class != fault.Unidentified {
				t.Errorf("%s with %s: %v", what, name, err)
			}
		}
		if title, ok := w.Title(ctx, "", "thing", r.ID()); ok {
			t.Errorf("title with %s: %v", name, title)
		}
	}
}

func second[A any](_ A, err error) error { return err }

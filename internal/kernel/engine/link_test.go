package engine_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// link adds or, with a minus before the type, removes a link.
func (w *world) link(ctx context.Context, typ string, from, to record.ID) error {
	typ, remove := strings.CutPrefix(typ, "-")
	_, err := w.Do(ctx, engine.Request{Kind: "thing", ID: string(from), Verb: "link", Link: &engine.LinkRequest{Type: typ, To: string(to), Remove: remove}})
	return err
}

// ends lists the titles that links of a type lead to.
func (w *world) ends(id record.ID, typ string) string {
	w.t.Helper()
	edges, err := w.store.Edges(context.Background(), id, typ, false)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, e := range edges {
		out = append(out, w.get(e.To).Text("title"))
	}
	return strings.Join(out, " ")
}

// some makes things with these titles.
func (w *world) some(names string) map[string]record.ID {
	out := map[string]record.ID{}
	for _, n := range strings.Fields(names) {
		out[n] = w.thing(fmt.Sprintf(`{"title":%q}`, n)).ID()
	}
	return out
}

func TestLinks(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		x := w.some("aa bb cc")
		blue := w.thing(`{"title":"blue","color":"blue"}`).ID()
		for _, c := range []struct {
			who      context.Context
			typ      string
			from, to record.ID
			want     string
		}{
			{w.agent, "near", x["aa"], x["bb"], "fine"}, {w.agent, "near", x["aa"], x["bb"], "fine"}, {w.agent, "near", x["aa"], x["cc"], "fine"}, {w.agent, "near", x["aa"], w.eve, "fine"}, {w.agent, "near", x["aa"], x["aa"], "conflict:link_cycle"},
			{w.agent, "near", x["aa"], blue, "invalid:unknown_reference(to)"}, {w.agent, "near", x["aa"], record.NewID(), "invalid:unknown_reference(to)"}, {w.agent, "near", blue, x["aa"], "notfound:not_found"}, {w.guest, "near", x["aa"], x["bb"], "notfound:not_found"},
			{w.agent, "far", x["aa"], x["bb"], "invalid:unknown_link(type)"}, {w.agent, "replaces", x["aa"], w.eve, "invalid:unknown_reference(to)"}, {w.admin, "near", x["aa"], blue, "fine"},
			{w.agent, "replaces", x["aa"], x["bb"], "fine"}, {w.agent, "replaces", x["aa"], x["cc"], "conflict:link_taken"}, {w.agent, "replaces", x["cc"], x["bb"], "conflict:link_taken"}, {w.agent, "-replaces", x["cc"], x["bb"], "notfound:not_found"}, {w.agent, "-replaces", x["aa"], x["bb"], "fine"}, {w.agent, "replaces", x["cc"], x["bb"], "fine"},
		} {
			if got := say(w.link(c.who, c.typ, c.from, c.to)); got != c.want {
				t.Errorf("%s from %s to %s: %s, want %s", c.typ, c.from, c.to, got, c.want)
			}
		}
		if got := w.verbs(x["aa"]); got != "create/api@1 link/api@2 link/api@3 link/api@4 link/api@5 link/api@6 unlink/api@7" {
			t.Errorf("journal %s", got)
		}
		for who, want := range map[context.Context]int{w.agent: 3, w.admin: 4} { // the blue one only for the admin
			if ns, err := w.Links(who, "thing", string(x["aa"])); err != nil || len(ns) != want {
				t.Errorf("%d neighbours, want %d: %v", len(ns), want, err)
			}
		}
		ns, err := w.Links(w.agent, "thing", string(x["bb"]))
		if err != nil || len(ns) != 2 || !ns[0].Reverse || ns[0].Edge.CreatedBy != "user:"+string(w.gus) {
			t.Errorf("from the other end: %+v %v", ns, err)
		}
		_, err = w.Do(w.agent, engine.Request{Kind: "user", ID: string(w.eve), Verb: "link", Link: &engine.LinkRequest{Type: "near", To: string(x["aa"])}})
		w.refused(err, "forbidden:forbidden")
	})
}

// TestMirror: a link and the field that mirrors it are one fact, set from either side.
func TestMirror(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		x := w.some("aa bb cc")
		agree := func(want string) {
			t.Helper()
			field := ""
			if id := w.get(x["aa"]).Ref("parent"); id != "" {
				field = w.get(id).Text("title")
			}
			if got := w.ends(x["aa"], "child_of"); got != want || field != want {
				t.Errorf("the link leads to %q, the field says %q, want %q", got, field, want)
			}
		}
		w.must(w.agent, x["aa"], "update", `{"parent":"`+string(x["bb"])+`"}`)
		agree("bb")
		w.must(w.agent, x["aa"], "update", `{"parent":"`+string(x["cc"])+`"}`)
		agree("cc")
		w.refused(w.link(w.agent, "child_of", x["aa"], x["bb"]), "fine")
		agree("bb")
		w.refused(w.link(w.agent, "child_of", x["aa"], x["bb"]), "fine")
		agree("bb")
		w.refused(w.link(w.agent, "-child_of", x["aa"], x["cc"]), "notfound:not_found")
		w.refused(w.link(w.agent, "-child_of", x["aa"], x["bb"]), "fine")
		agree("")
		born := w.must(w.agent, "", "create", `{"title":"born","parent":"`+string(x["aa"])+`"}`)
		if got := w.ends(born.ID(), "child_of"); got != "aa" {
			t.Errorf("born under %q", got)
		}
		w.must(w.agent, born.ID(), "update", `{"parent":null}`)
		if got := w.ends(born.ID(), "child_of"); got != "" {
			t.Errorf("set free, and still under %q", got)
		}
		w.whole()
	})
}

func TestTrees(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		x := w.some("aa bb cc dd ee")
		for _, c := range []struct{ from, to, want string }{
			{"bb", "aa", "fine"}, {"cc", "bb", "fine"}, {"aa", "cc", "conflict:link_cycle"}, {"aa", "bb", "conflict:link_cycle"}, {"dd", "cc", "fine"}, {"ee", "dd", "conflict:link_too_deep"}, {"aa", "ee", "conflict:link_too_deep"}, {"ee", "cc", "fine"}, {"bb", "ee", "conflict:link_cycle"},
		} {
			if got := say(w.link(w.agent, "child_of", x[c.from], x[c.to])); got != c.want {
				t.Errorf("%s under %s: %s, want %s", c.from, c.to, got, c.want)
			}
		}
		_, err := w.do(w.agent, x["aa"], "update", `{"parent":"`+string(x["dd"])+`"}`)
		w.refused(err, "conflict:link_cycle")
		_, err = w.do(w.agent, x["aa"], "update", `{"parent":"`+string(x["aa"])+`"}`)
		w.refused(err, "conflict:link_cycle")
		w.must(w.agent, x["bb"], "update", `{"parent":null}`) // with what hangs below
		w.refused(w.link(w.agent, "child_of", x["aa"], x["dd"]), "fine")
		w.whole()
	})
}

// TestNoCycleTogether: links that are fine one by one and a cycle together do not all
// come to be, however they race.
func TestNoCycleTogether(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		for round := range 12 {
			x := w.some("aa bb cc")
			if round%2 == 1 { // trees that stand already
				w.refused(w.link(w.admin, "after", w.thing(`{"title":"below"}`).ID(), x["aa"]), "fine")
			}
			var wg sync.WaitGroup
			for _, l := range [][2]string{{"aa", "bb"}, {"bb", "cc"}, {"cc", "aa"}} {
				wg.Go(func() {
					if got := say(w.link(w.admin, "after", x[l[0]], x[l[1]])); got != "fine" && got != "conflict:link_cycle" {
						t.Errorf("%s after %s: %s", l[0], l[1], got)
					}
				})
			}
			wg.Wait()
			links := 0
			for _, id := range x {
				if w.ends(id, "after") != "" {
					links++
				}
			}
			if links != 2 {
				t.Fatalf("round %d: %d of three links that close a cycle stand, want 2", round, links)
			}
		}
	})
}

// TestNoCycleBySwap: two that hang on one parent and are moved under each other.
func TestNoCycleBySwap(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		for round := range 8 {
			x := w.some("top aa bb")
			for _, n := range []string{"aa", "bb"} {
				w.must(w.admin, x[n], "update", `{"parent":"`+string(x["top"])+`"}`)
			}
			var wg sync.WaitGroup
			for _, l := range [][2]string{{"aa", "bb"}, {"bb", "aa"}} {
				wg.Go(func() {
					_, err := w.do(w.admin, x[l[0]], "update", `{"parent":"`+string(x[l[1]])+`"}`)
					if got := say(err); got != "fine" && got != "conflict:link_cycle" {
						t.Errorf("%s under %s: %s", l[0], l[1], got)
					}
				})
			}
			wg.Wait()
			if w.ends(x["aa"], "child_of") == "bb" && w.ends(x["bb"], "child_of") == "aa" {
				t.Fatalf("round %d: each is under the other", round)
			}
		}
	})
}

func TestOneToOneRace(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		x := w.some("aa bb cc dd target")
		var wg sync.WaitGroup
		for _, n := range []string{"aa", "bb", "cc", "dd"} {
			wg.Go(func() {
				if got := say(w.link(w.admin, "replaces", x[n], x["target"])); got != "fine" && got != "conflict:link_taken" {
					t.Error(got)
				}
			})
		}
		wg.Wait()
		edges, err := w.store.Edges(context.Background(), x["target"], "replaces", true)
		if err != nil || len(edges) != 1 {
			t.Errorf("%d replace it: %v", len(edges), err)
		}
	})
}

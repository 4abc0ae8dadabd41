package engine_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
)

// rainbow makes nine things whose values repeat and are often empty.
func (w *world) rainbow() {
	for i := range 9 {
		js := fmt.Sprintf(`{"title":"t%d"`, i)
		if i%3 > 0 {
			js += fmt.Sprintf(`,"price":{"amount":"%d.5","currency":"KRW"},"day":"2026-01-0%d","took":"PT%dH","rate":"0.%d","due":"2026-01-01T00:00:0%dZ"`, i%3, i%3, i%3, i%3, i%3)
		}
		if i%2 == 0 {
			js += fmt.Sprintf(`,"color":"%s"`, []string{"red", "green"}[i/2%2])
		}
		w.thing(js + `,"code":"` + fmt.Sprint("c", i) + `"}`)
		w.pass(time.Second)
	}
}

// pages reads a list page by page.
func (w *world) pages(ctx context.Context, req engine.ListRequest) string {
	w.t.Helper()
	var out []string
	for range 100 {
		p, err := w.List(ctx, req)
		if err != nil {
			w.t.Fatalf("%+v: %v", req, err)
		}
		if s := titles(p.Views); s != "" {
			out = append(out, s)
		}
		if req.Cursor = p.Next; p.Next == "" {
			return strings.Join(out, " ")
		}
	}
	w.t.Fatal("the list does not end")
	return ""
}

func TestListPages(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.rainbow()
		for order, want := range map[string]string{
			"": "t8 t7 t6 t5 t4 t3 t2 t1 t0", "updated_at": "t0 t1 t2 t3 t4 t5 t6 t7 t8", "-title": "t8 t7 t6 t5 t4 t3 t2 t1 t0", "color,title": "t2 t6 t0 t4 t8 t1 t3 t5 t7", "-color,-title": "t8 t4 t0 t6 t2 t7 t5 t3 t1",
			"price,title": "t1 t4 t7 t2 t5 t8 t0 t3 t6", "-price,title": "t2 t5 t8 t1 t4 t7 t0 t3 t6", "day,-title": "t7 t4 t1 t8 t5 t2 t6 t3 t0", "took, title": "t1 t4 t7 t2 t5 t8 t0 t3 t6", "-rate,title": "t2 t5 t8 t1 t4 t7 t0 t3 t6", "due,title": "t1 t4 t7 t2 t5 t8 t0 t3 t6",
			"number": "t0 t1 t2 t3 t4 t5 t6 t7 t8", "-code": "t8 t7 t6 t5 t4 t3 t2 t1 t0", "level,title": "t0 t1 t2 t3 t4 t5 t6 t7 t8", "state,-created_at": "t8 t7 t6 t5 t4 t3 t2 t1 t0",
		} {
			for _, limit := range []int{1, 2, 9, 500} {
				if got := w.pages(w.admin, engine.ListRequest{Kind: "thing", Order: order, Limit: limit}); got != want {
					t.Errorf("by %q in pages of %d: %s, want %s", order, limit, got, want)
				}
			}
		}
		if got := w.pages(w.admin, engine.ListRequest{Kind: "thing", Filter: "color == 'red'", Order: "title", Limit: 2}); got != "t0 t4 t8" {
			t.Errorf("filtered: %s", got)
		}
		p, err := w.List(w.admin, engine.ListRequest{Kind: "thing", Filter: "!empty(color)", Limit: 2, Count: true})
		if err != nil || p.Total != 5 || p.More || len(p.Views) != 2 {
			t.Errorf("counted %d: %v", p.Total, err)
		}
	})
}

func TestListRefusals(t *testing.T) {
	w := once(t)
	w.rainbow()
	first, err := w.List(w.admin, engine.ListRequest{Kind: "thing", Order: "title", Limit: 2})
	if err != nil || first.Next == "" {
		t.Fatal(err)
	}
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	for _, c := range []struct {
		req  engine.ListRequest
		want string
	}{
		{engine.ListRequest{Kind: "none"}, "notfound:not_found"}, {engine.ListRequest{Kind: "thing", Limit: -1}, "invalid:out_of_range(limit)"}, {engine.ListRequest{Kind: "thing", Limit: 501}, "invalid:out_of_range(limit)"},
		{engine.ListRequest{Kind: "thing", Order: "titel"}, "invalid:unknown_field(order)"}, {engine.ListRequest{Kind: "thing", Order: "title,"}, "invalid:unknown_field(order)"}, {engine.ListRequest{Kind: "thing", Order: "friends"}, "invalid:not_sortable(order)"}, {engine.ListRequest{Kind: "thing", Order: "body"}, "invalid:not_sortable(order)"}, {engine.ListRequest{Kind: "user", Order: "hash"}, "invalid:unknown_field(order)"},
		{engine.ListRequest{Kind: "thing", Order: "title,level,code,day,due"}, "invalid:too_many(order)"}, {engine.ListRequest{Kind: "thing", Filter: "titel == 'x'"}, "invalid:filter_unknown_field(filter)"}, {engine.ListRequest{Kind: "thing", Filter: "title =="}, "invalid:filter_syntax(filter)"}, {engine.ListRequest{Kind: "thing", Filter: "title == 1"}, "invalid:filter_type(filter)"}, {engine.ListRequest{Kind: "thing", Filter: "title"}, "invalid:filter_not_condition(filter)"},
		{engine.ListRequest{Kind: "thing", Order: "-title", Cursor: first.Next}, "invalid:bad_cursor(cursor)"}, {engine.ListRequest{Kind: "thing", Cursor: "x"}, "invalid:bad_cursor(cursor)"}, {engine.ListRequest{Kind: "thing", Cursor: strings.Repeat("x", 20000)}, "invalid:bad_cursor(cursor)"}, {engine.ListRequest{Kind: "thing", Order: "title", Cursor: encode(`{"o":"title,","v":["a"]}`)}, "invalid:bad_cursor(cursor)"},
		{engine.ListRequest{Kind: "thing", Order: "title", Cursor: encode(`{"o":"title,","v":["a","not an id"]}`)}, "invalid:bad_cursor(cursor)"}, {engine.ListRequest{Kind: "thing", Order: "title", Cursor: encode(`{"o":"title,","v":["a",{"x":1}]}`)}, "invalid:bad_cursor(cursor)"}, {engine.ListRequest{Kind: "thing", Order: "title", Cursor: encode(`{"o":"title,","v":[7,"018f0000-0000-7000-8000-000000000000"]}`)}, "invalid:bad_cursor(cursor)"},
		{engine.ListRequest{Kind: "thing", Order: "title", Cursor: encode(`{"o":"title,","v":["a\u0000","018f0000-0000-7000-8000-000000000000"]}`)}, "invalid:bad_cursor(cursor)"}, {engine.ListRequest{Kind: "thing", Order: "price", Cursor: encode(`{"o":"price,","v":["1e5","018f0000-0000-7000-8000-000000000000"]}`)}, "invalid:bad_cursor(cursor)"},
		{engine.ListRequest{Kind: "thing", Order: "title", Cursor: first.Next}, "fine"}, {engine.ListRequest{Kind: "thing", Order: "price", Cursor: encode(`{"o":"price,","v":["1.5","018f0000-0000-7000-8000-000000000000"]}`)}, "fine"}, {engine.ListRequest{Kind: "thing", Order: "price", Cursor: encode(`{"o":"price,","v":[null,"018f0000-0000-7000-8000-000000000000"]}`)}, "fine"},
	} {
		_, err := w.List(w.admin, c.req)
		if got := say(err); got != c.want {
			t.Errorf("%.120s: %s, want %s", fmt.Sprintf("%+v", c.req), got, c.want)
		}
	}
}

// TestWhatYouMayNotSee is not there: in no list, count, group, filter, order or title.
func TestWhatYouMayNotSee(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.thing(`{"title":"mine","owner":"u2@example.com","inside":"secret plan","level":1}`)
		other := w.thing(`{"title":"other"}`)
		w.thing(`{"title":"blue","color":"blue"}`)
		for who, want := range map[context.Context]string{w.admin: "blue mine other", w.agent: "mine other", w.guest: "mine"} {
			if got := w.pages(who, engine.ListRequest{Kind: "thing", Order: "title"}); got != want {
				t.Errorf("sees %s, want %s", got, want)
			}
			n, err := w.Count(who, "thing", "")
			if err != nil || int(n) != len(strings.Fields(want)) {
				t.Errorf("counts %d: %v", n, err)
			}
			gs, err := w.Groups(who, "thing", "", []string{"state"}, "")
			if err != nil || int(gs[0].Count) != len(strings.Fields(want)) {
				t.Errorf("groups %v: %v", gs, err)
			}
		}
		for what, req := range map[string]engine.ListRequest{"filter": {Kind: "thing", Filter: "inside.contains('secret')"}, "filter on a masked field": {Kind: "thing", Filter: "level == 1"}, "order": {Kind: "thing", Order: "inside"}, "order on a masked field": {Kind: "thing", Order: "-level"}} {
			if got := w.pages(w.guest, req); got != "" {
				t.Errorf("%s: what is masked can be guessed: %s", what, got)
			}
		}
		if gs, err := w.Groups(w.guest, "thing", "", []string{"inside"}, ""); err != nil || len(gs) != 0 {
			t.Errorf("groups of a masked field: %v %v", gs, err)
		}
		if gs, err := w.Groups(w.guest, "thing", "", nil, "level"); err != nil || len(gs) != 0 {
			t.Errorf("values of a masked field: %v %v", gs, err)
		}
		_, err := w.List(w.guest, engine.ListRequest{Kind: "thing", Filter: "owner.email == 'u2@example.com'"})
		w.refused(err, "invalid:filter_hidden_field(filter)")
		if got := w.pages(w.guest, engine.ListRequest{Kind: "thing", Filter: "owner.name == 'guest'"}); got != "mine" {
			t.Errorf("a hop to a name one may read: %q", got)
		}
		_, err = w.Get(w.guest, "thing", string(other.ID()))
		_, missing := w.Get(w.guest, "thing", "THG7777777")
		if say(err) != say(missing) {
			t.Errorf("hidden is %v, missing is %v", err, missing)
		}
		v, err := w.Get(w.guest, "thing", w.pages1(w.guest))
		if err != nil || v.Mask.Sees(v.Record.Kind.Field("inside")) || v.Mask.Sees(v.Record.Kind.Field("level")) || !v.Mask.Sees(v.Record.Kind.Field("title")) || fmt.Sprint(v.Can) != "{[] [title body owner] [comment]}" {
			t.Errorf("%+v %v", v.Can, err)
		}
		if title, ok := w.Title(w.guest, "", "thing", other.ID()); ok {
			t.Errorf("title of what one may not see: %v", title)
		}
		if title, ok := w.Title(w.agent, "", "thing", other.ID()); !ok || title.Title != "other" || title.Number != other.Number() {
			t.Errorf("title %v", title)
		}
	})
}

// pages1 gives the number of the first thing somebody sees.
func (w *world) pages1(ctx context.Context) string {
	p, err := w.List(ctx, engine.ListRequest{Kind: "thing"})
	if err != nil || len(p.Views) == 0 {
		w.t.Fatal(err)
	}
	return p.Views[0].Record.Number()
}

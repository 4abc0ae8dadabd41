package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

func TestRecordAsOf(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		r := w.thing(`{"title":"first","price":{"amount":"1","currency":"KRW"},"friends":["u0@example.com"],"data":{"b":1,"a":"<&>"},"inside":"x"}`)
		w.pass(time.Hour)
		w.must(w.agent, r.ID(), "update", `{"title":"second","price":null,"friends":["u1@example.com","u0@example.com"]}`)
		w.pass(time.Hour)
		w.must(w.agent, r.ID(), "start", `{"comment":"go"}`)
		w.pass(time.Hour)
		for _, c := range []struct {
			after time.Duration
			want  record.Values
		}{
			{0, record.Values{"title": "first", "price": record.Money{Amount: "1", Currency: "KRW"}, "state": "new", "version": int64(1), "friends": []record.ID{w.ada}, "data": record.RawJSON(`{"a":"\u003c\u0026\u003e","b":1}`), "updated_by": w.ada, "number": r.Number(), "double": int64(4)}},
			{59 * time.Minute, record.Values{"title": "first"}}, {time.Hour, record.Values{"title": "second", "price": nil, "version": int64(2), "friends": []record.ID{w.gus, w.ada}, "state": "new", "updated_by": w.gus}}, {9 * time.Hour, record.Values{"state": "active", "version": int64(3), "title": "second"}},
		} {
			v, err := w.GetAsOf(w.agent, "thing", r.Number(), morning.Add(c.after))
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range c.want {
				if got := v.Record.Get(name); !record.Same(got, want) {
					t.Errorf("after %v: %s is %#v, want %#v", c.after, name, got, want)
				}
			}
			if len(v.Can.Moves)+len(v.Can.Fields)+len(v.Can.Verbs) != 0 {
				t.Errorf("the past can be changed: %+v", v.Can)
			}
		}
		_, err := w.GetAsOf(w.agent, "thing", r.Number(), morning.Add(-time.Second))
		w.refused(err, "notfound:not_found")
		_, err = w.GetAsOf(w.guest, "thing", r.Number(), morning)
		w.refused(err, "notfound:not_found")
	})
}

// TestListAsOf: a list of the past is what the list was, with its filter, its order, its
// pages and its count.
func TestListAsOf(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		type moment struct {
			at    time.Time
			lists map[string]string
		}
		reqs := map[string]engine.ListRequest{"all": {Kind: "thing", Order: "title"}, "newest": {Kind: "thing", Order: "-updated_at,title"}, "green": {Kind: "thing", Filter: "color == 'green'", Order: "-title"}, "prices": {Kind: "thing", Order: "-price,title"}, "done": {Kind: "thing", Filter: "state != 'new' || level == 3", Order: "level,title"}, "empty": {Kind: "thing", Filter: "empty(color)", Order: "day,title"}, "counted": {Kind: "thing", Filter: "color != 'red'", Order: "title"}}
		var moments []moment
		take := func() {
			m := moment{at: w.now(), lists: map[string]string{}}
			for name, req := range reqs {
				m.lists[name] = w.pages(w.agent, req)
			}
			moments = append(moments, m)
			w.pass(time.Hour)
		}
		take()
		w.rainbow()
		take()
		things := strings.Fields(w.pages(w.admin, engine.ListRequest{Kind: "thing", Order: "title"}))
		hidden := map[string]bool{} // what the agent may not see today, they may not see in the past either
		for i, title := range things {
			p, err := w.List(w.admin, engine.ListRequest{Kind: "thing", Filter: "title == '" + title + "'"})
			if err != nil || len(p.Views) != 1 {
				t.Fatal(err)
			}
			id := p.Views[0].Record.ID()
			switch i % 4 {
			case 0:
				w.must(w.admin, id, "update", fmt.Sprintf(`{"title":"z%d","color":"green","price":{"amount":"7","currency":"KRW"}}`, i))
			case 1:
				w.must(w.admin, id, "start", `{"color":null}`)
			case 2:
				w.must(w.admin, id, "update", `{"color":"blue"}`) // out of the agent's sight
				hidden[title] = true
			}
			if i == 4 {
				take()
			}
		}
		w.thing(`{"title":"late","color":"green"}`)
		take()
		for _, m := range moments {
			for name, req := range reqs {
				was := strings.Join(slices.DeleteFunc(strings.Fields(m.lists[name]), func(title string) bool { return hidden[title] }), " ")
				m.lists[name] = was
				req.AsOf = m.at
				for _, req.Limit = range []int{1, 4, 100} {
					if got := w.pages(w.agent, req); got != was {
						t.Errorf("%s as of %v in pages of %d: %s, was %s", name, m.at.Format("15:04:05"), req.Limit, got, was)
					}
				}
			}
			p, err := w.List(w.agent, engine.ListRequest{Kind: "thing", Filter: "color != 'red'", Limit: 1, Count: true, AsOf: m.at})
			if n := len(strings.Fields(m.lists["counted"])); err != nil || p.Total != int64(n) {
				t.Errorf("counted %d as of %v, was %d: %v", p.Total, m.at, n, err)
			}
		}
	})
}

func TestHistory(t *testing.T) {
	w := once(t)
	r := w.thing(`{"title":"one","owner":"u2@example.com","inside":"plan"}`)
	w.must(w.admin, r.ID(), "update", `{"inside":"other plan","reason":"because"}`)
	w.must(w.admin, r.ID(), "comment", `{"body":"public"}`)
	w.must(w.admin, r.ID(), "note", `{"body":"private"}`)
	text := func(steps any, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%s", steps)
	}
	outside, inside := text(w.History(w.guest, "thing", string(r.ID()))), text(w.History(w.agent, "thing", string(r.ID())))
	for _, word := range []string{"plan", "private", "because", "level"} {
		if strings.Contains(outside, word) {
			t.Errorf("outside, %q is told: %s", word, outside)
		}
		if !strings.Contains(inside, word) {
			t.Errorf("inside, %q is not told: %s", word, inside)
		}
	}
	if !strings.Contains(outside, "public") || !strings.Contains(outside, "title") {
		t.Errorf("outside: %s", outside)
	}
	said, err := w.Comments(w.guest, "thing", string(r.ID()))
	if err != nil || len(said) != 1 {
		t.Errorf("%+v %v", said, err)
	}
	_, err = w.History(w.guest, "thing", w.thing(`{"title":"other"}`).Number())
	w.refused(err, "notfound:not_found")
}

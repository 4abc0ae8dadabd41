package api

import (
	"net/url"
	"testing"
)

// TestSavedViews: one's own, a group's and everyone's views; nobody else's, and none that
// could not be shown.
func TestSavedViews(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, _, _ := w.desk()
		view := func(more m) m {
			out := m{"label": m{"en": "Mine and urgent"}, "on": "incident", "filter": "priority <= 2", "order": "-priority,number", "columns": []string{"number", "title"}}
			for k, v := range more {
				out[k] = v
			}
			return out
		}
		mine := w.want(201, "agent", "POST", "/saved_views", view(nil))
		if mine.str("owner") != w.ids["agent"] || mine.str("audience") != "mine" {
			t.Errorf("a view belongs to whoever makes it: %s", mine.raw)
		}
		w.want(201, "agent", "POST", "/saved_views", view(m{"audience": "group", "group": group}))
		shared := w.want(201, "agent", "POST", "/saved_views", view(m{"audience": "shared"}))
		for who, want := range map[string]int{"agent": 3, "resolver": 2, "other": 1, "user": 1, "admin": 3} {
			if got := len(w.want(200, who, "GET", "/saved_views?filter="+url.QueryEscape("on == 'incident' && !retired"), nil).items()); got != want {
				t.Errorf("%s sees %d views, want %d", who, got, want)
			}
		}
		w.refuse(404, "not_found", "other", "GET", "/saved_views/"+mine.str("id"), nil)
		w.refuse(403, "forbidden", "other", "PATCH", "/saved_views/"+shared.str("id"), m{"position": 1})
		w.want(200, "agent", "PATCH", "/saved_views/"+shared.str("id"), m{"position": 1, "label": m{"ko": "급한 건"}})
		w.want(200, "admin", "PATCH", "/saved_views/"+shared.str("id"), m{"retired": true})
		if r := w.call("user", "POST", "/saved_views", view(m{"owner": w.ids["agent"]})); r.status/100 == 2 {
			t.Errorf("a view made in another's name: %s", r.raw)
		}
		for _, c := range []struct {
			more m
			code string
		}{
			{m{"on": "nothing"}, "unknown_kind"}, {m{"order": "-nothing"}, "unknown_field"}, {m{"columns": []string{"nothing"}}, "unknown_field"}, {m{"group_by": "nothing"}, "unknown_field"},
			{m{"audience": "group"}, "required"}, {m{"audience": "everybody"}, "validation"},
		} {
			w.refuse(422, c.code, "agent", "POST", "/saved_views", view(c.more))
		}
		w.refuse(422, "not_your_group", "other", "POST", "/saved_views", view(m{"audience": "group", "group": group}))
		if r := w.want(422, "agent", "POST", "/saved_views", view(m{"filter": "priority <= "})); r.str("code") == "" {
			t.Errorf("a filter that cannot be read: %s", r.raw)
		}
	})
}

package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// TestDashboards: one's own, a group's and everyone's; nobody else's, none that could not
// be shown, and every fault at its tile.
func TestDashboards(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, _, service := w.desk()
		tile := func(more m) m {
			out := m{"id": "a", "type": "kpi", "w": 1, "h": 1, "kpi": "incidents.open"}
			for k, v := range more {
				if v == nil {
					delete(out, k)
				} else {
					out[k] = v
				}
			}
			return out
		}
		board := func(more m, tiles ...m) m {
			out := m{"label": m{"ko": "우리 판", "en": "Ours"}, "tiles": tiles}
			for k, v := range more {
				out[k] = v
			}
			return out
		}
		mine := w.want(201, "agent", "POST", "/dashboards", board(m{"common": m{"service": []string{service}, "priority": []string{}}}, tile(nil)))
		if mine.str("owner") != w.ids["agent"] || mine.str("audience") != "mine" || mine.str("period") != "30d" {
			t.Errorf("a dashboard belongs to whoever makes it: %s", mine.raw)
		}
		path := "/dashboards/" + mine.str("id")
		w.want(201, "agent", "POST", "/dashboards", board(m{"audience": "group", "group": group}))
		shared := w.want(201, "agent", "POST", "/dashboards", board(m{"audience": "shared"}))
		for who, want := range map[string]int{"agent": 3, "resolver": 2, "other": 1, "user": 1, "admin": 3} {
			if got := len(w.want(200, who, "GET", "/dashboards?filter="+url.QueryEscape("!template && !retired"), nil).items()); got != want {
				t.Errorf("%s sees %d dashboards, want %d", who, got, want)
			}
			if got := len(w.want(200, who, "GET", "/dashboards?filter=template", nil).items()); got != 3 {
				t.Errorf("%s sees %d templates, want 3", who, got)
			}
		}
		w.refuse(404, "not_found", "other", "GET", path, nil)
		w.refuse(403, "forbidden", "other", "PATCH", "/dashboards/"+shared.str("id"), m{"retired": true})
		w.refuse(403, "field_forbidden", "agent", "POST", "/dashboards", board(m{"template": true}))
		w.refuse(403, "field_forbidden", "agent", "PATCH", path, m{"template": true})
		if r := w.call("user", "POST", "/dashboards", board(m{"owner": w.ids["agent"]})); r.status/100 == 2 {
			t.Errorf("a dashboard made in another's name: %s", r.raw)
		}
		w.refuse(422, "not_your_group", "other", "POST", "/dashboards", board(m{"audience": "group", "group": group}))
		w.refuse(422, "required", "agent", "POST", "/dashboards", board(m{"audience": "group"}))

		// The second who saves is told.
		w.want(200, "agent", "PATCH", path, m{"period": "7d"}, "If-Match", `"1"`)
		w.refuse(412, "stale_version", "agent", "PATCH", path, m{"period": "90d"}, "If-Match", `"1"`)

		// What may stand, in every sort of tile.
		good := []m{tile(nil), tile(m{"id": "b", "title": m{"ko": "열려 있는 것"}, "filter": "priority <= 2 && group in my_groups"}),
			tile(m{"id": "c", "type": "series", "kpi": "incidents.created", "step": "week", "by": "priority", "look": "bar", "w": 4, "h": 3}),
			tile(m{"id": "d", "type": "series", "kpi": "incidents.open", "by": "service", "look": "bar"}),
			tile(m{"id": "e", "type": "count", "kpi": nil, "kind": "incident", "view": "open", "look": "number"}),
			tile(m{"id": "f", "type": "count", "kpi": nil, "kind": "change", "by": "state", "look": "donut"}),
			tile(m{"id": "g", "type": "list", "kpi": nil, "kind": "incident", "filter": "state == 'new'", "order": "-priority,number", "columns": []string{"number", "title"}, "rows": 5}),
			tile(m{"id": "h", "type": "note", "kpi": nil, "text": "# 안내"})}
		w.want(200, "agent", "PATCH", path, m{"tiles": good})

		for i, c := range []struct {
			tile        m
			place, code string
		}{
			{m{"type": "gauge"}, "type", "not_a_choice"}, {m{"w": 5}, "w", "out_of_range"}, {m{"h": 0}, "h", "out_of_range"}, {m{"id": ""}, "id", "required"}, {m{"id": "h"}, "id", "duplicate"},
			{m{"kpi": "INC-99"}, "kpi", "unknown_kpi"}, {m{"filter": "priority <= "}, "filter", "filter_syntax"}, {m{"filter": "nothing == 1"}, "filter", "filter_unknown_field"},
			{m{"title": m{"fr!": "x"}}, "title", "wrong_type"}, {m{"title": m{"ko": strings.Repeat("가", 201)}}, "title", "too_long"},
			{m{"type": "series", "kpi": "incidents.open", "step": "day", "look": "line"}, "step", "not_over_time"}, {m{"type": "series", "kpi": "AVL-01", "by": "service", "look": "bar"}, "kpi", "not_divided"},
			{m{"type": "series", "kpi": "incidents.created", "look": "line"}, "by", "required"}, {m{"type": "series", "kpi": "incidents.created", "step": "year", "look": "line"}, "step", "not_a_choice"},
			{m{"type": "series", "kpi": "incidents.created", "by": "nothing", "look": "line"}, "by", "unknown_field"}, {m{"type": "series", "kpi": "incidents.created", "by": "tags", "look": "line"}, "by", "filter_type"},
			{m{"type": "series", "kpi": "incidents.created", "step": "day", "look": "pie"}, "look", "not_a_choice"},
			{m{"type": "count", "kind": "nothing", "look": "number"}, "kind", "unknown_kind"}, {m{"type": "count", "kind": "incident", "view": "nothing", "look": "number"}, "view", "unknown_view"},
			{m{"type": "count", "kind": "incident", "look": "donut"}, "by", "required"}, {m{"type": "list", "kind": "incident", "columns": []string{"nothing"}, "rows": 5}, "columns", "unknown_field"},
			{m{"type": "list", "kind": "incident", "columns": []string{"number"}, "rows": 21}, "rows", "out_of_range"}, {m{"type": "note"}, "text", "required"}, {m{"type": "note", "text": strings.Repeat("글", 4001)}, "text", "too_long"},
			{m{"type": "list", "kind": "user", "columns": []string{"password"}, "rows": 5}, "columns", "unknown_field"},
		} {
			r := w.want(422, "agent", "PATCH", path, m{"tiles": append(good[:8:8], tile(c.tile), tile(m{"id": fmt.Sprint("x", i), "w": 1}))})
			errs, _ := r.at("errors").([]any)
			found := false
			for _, e := range errs {
				found = found || e.(m)["field"] == "tiles.8."+c.place && e.(m)["code"] == c.code && e.(m)["message"] != ""
			}
			if !found && (c.place != "id" || c.code != "required") {
				t.Errorf("%v: want %s at tiles.8.%s: %s", c.tile, c.code, c.place, r.raw)
			}
		}
		for _, c := range []struct {
			body any
			code string
		}{
			{m{"tiles": "x"}, "validation"}, {m{"tiles": []m{{"id": "a", "typo": 1}}}, "bad_layout"}, {m{"tiles": m{}}, "bad_layout"}, {m{"common": []string{}}, "bad_layout"},
			{m{"common": m{"nothing": []string{}}}, "validation"}, {m{"common": m{"title": []string{}}}, "validation"}, {m{"common": m{"service": []string{""}}}, "validation"},
			{m{"period": "10y"}, "validation"}, {m{"tiles": make([]m, 41)}, "too_many"},
		} {
			w.refuse(422, c.code, "agent", "PATCH", path, c.body)
		}
		// A tile of 40 KB of filter is refused, not kept.
		w.want(422, "agent", "PATCH", path, m{"tiles": []m{tile(m{"filter": strings.Repeat("priority == 1 || ", 2500) + "priority == 2"})}})
		if got := w.get("agent", path); len(got.at("tiles").([]any)) != 8 {
			t.Errorf("a refused change left %s", got.raw)
		}
		w.want(200, "agent", "PATCH", path, m{"retired": true})
	})
}

// TestCountsByGroup: how many in each group, each leading to its records, with the asker's
// own rights.
func TestCountsByGroup(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		for i, who := range []string{"user", "user", "user", "user2"} {
			w.want(201, "agent", "POST", "/incidents", m{"title": "to be counted", "requester": w.ids[who], "impact": 3, "urgency": 1 + i%2*2})
		}
		w.want(201, "agent", "POST", "/incidents", m{"title": "nobody's business", "requester": w.ids["user2"], "confidential": true})
		of := m{"of": []m{{"kind": "incident", "group_by": "requester"}, {"kind": "incident", "filter": "title.contains('counted')", "group_by": "urgency"}, {"kind": "incident", "group_by": "nothing"}, {"kind": "incident", "filter": "x) || (true", "group_by": "state"}, {"kind": "journal_key"}, {"kind": "setting"}}}
		got := w.want(200, "user", "POST", "/counts", of).items()
		for i, want := range []any{3.0, 3.0} {
			if got[i]["total"] != want {
				t.Errorf("question %d: %v", i, got[i])
			}
		}
		for i, code := range map[int]string{2: "filter_unknown_field", 4: "not_found", 5: "forbidden"} {
			if got[i]["total"] != nil || got[i]["code"] != code {
				t.Errorf("question %d: %v, want %s", i, got[i], code)
			}
		}
		if got[3]["total"] != nil {
			t.Errorf("a filter breaks out: %v", got[3])
		}
		for _, g := range got[1]["groups"].([]any) {
			g := g.(m)
			u, err := url.Parse(g["records_url"].(string))
			if err != nil {
				t.Fatal(err)
			}
			if l := w.get("user", "/incidents?"+u.RawQuery); float64(len(l.items())) != g["n"] {
				t.Errorf("%v leads to %s", g, l.raw)
			}
		}
	})
}

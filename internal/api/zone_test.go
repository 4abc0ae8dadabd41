package api

import (
	"net/url"
	"testing"
	"time"
)

// TestZone: months, weeks, days and hours are those of the organisation's zone, in the
// database as in memory, from the moment on that somebody sets it.
func TestZone(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		w.later(time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC).Sub(monday))
		w.want(201, "agent", "POST", "/incidents", m{"title": "late in November, early in December", "requester": w.ids["user"]})
		look := func(want map[string]any) {
			t.Helper()
			for term, v := range want {
				r := w.get("auditor", "/kpis/incidents.created?group_by="+url.QueryEscape(term))
				groups, _ := r.at("groups").([]any)
				if len(groups) != 1 || groups[0].(m)["key"].(m)[term] != v {
					t.Errorf("%s: want %v: %s", term, v, r.raw)
					continue
				}
				u, err := url.Parse(groups[0].(m)["records_url"].(string))
				if err != nil {
					t.Fatal(err)
				}
				for _, past := range []string{"", "&as_of=" + url.QueryEscape(w.at(0))} { // asked of the database, and in memory
					if l := w.get("auditor", "/incidents?"+u.RawQuery+past); len(l.items()) != 1 {
						t.Errorf("%s%s leads to %s", term, past, l.raw)
					}
				}
			}
		}
		look(map[string]any{"month(created_at)": "2026-12", "week(created_at)": "2026-11-30", "day(created_at)": "2026-12-01", "hour(created_at)": 8.0, "weekday(created_at)": 2.0})
		set := w.want(201, "admin", "POST", "/settings", m{"name": "organisation.zone", "value": "America/New_York"})
		look(map[string]any{"month(created_at)": "2026-11", "week(created_at)": "2026-11-30", "day(created_at)": "2026-11-30", "hour(created_at)": 18.0, "weekday(created_at)": 1.0})
		for _, bad := range []string{"Asia/Seoull", "Local", "../etc/passwd", "서울"} {
			w.refuse(422, "wrong_format", "admin", "PATCH", "/settings/"+set.str("id"), m{"value": bad})
		}
		look(map[string]any{"month(created_at)": "2026-11"})
	})
}

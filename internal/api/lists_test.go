package api

import (
	"encoding/csv"
	"strings"
	"testing"
)

// TestCounts: many counts in one call, each with the asker's own rights.
func TestCounts(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		for _, title := range []string{"one of three", "two of three", "three of three"} {
			w.want(201, "agent", "POST", "/incidents", m{"title": title, "requester": w.ids["user"]})
		}
		w.want(201, "agent", "POST", "/incidents", m{"title": "of somebody else", "requester": w.ids["user2"]})
		of := m{"of": []m{{"kind": "incident"}, {"kind": "incident", "filter": "requester == me"}, {"kind": "incident", "filter": "no_such == 1"}, {"kind": "nothing"}}}
		for who, want := range map[string][]any{"agent": {4.0, 0.0, nil, nil}, "user": {3.0, 3.0, nil, nil}} {
			got := w.want(200, who, "POST", "/counts", of).items()
			for i := range want {
				if got[i]["total"] != want[i] {
					t.Errorf("%s, question %d: %v, want %v", who, i, got[i], want[i])
				}
			}
			if got[2]["code"] != "filter_unknown_field" {
				t.Errorf("a bad filter says %v", got[2])
			}
		}
		w.refuse(422, "required", "agent", "POST", "/counts", m{})
	})
}

// TestExport: the whole list in words, with what the asker may not see left out and
// nothing that a spreadsheet would run.
func TestExport(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		w.want(201, "agent", "POST", "/incidents", m{"title": "=HYPERLINK(\"http://x\")", "requester": w.ids["user"], "impact": 1, "urgency": 1})
		for range 3 {
			w.want(201, "agent", "POST", "/incidents", m{"title": "메일이 오지 않습니다", "requester": w.ids["user2"]})
		}
		get := func(who, query string) [][]string {
			t.Helper()
			r := w.want(200, who, "GET", "/export/incidents?fields=number,title,priority,state,requester"+query, nil)
			rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(r.raw), "\ufeff"))).ReadAll()
			if err != nil || !strings.HasPrefix(string(r.raw), "\ufeff") || !strings.Contains(r.header.Get("Content-Disposition"), "incidents.csv") {
				t.Fatalf("%v: %s", err, r.raw)
			}
			return rows
		}
		rows := get("agent", "&order=number")
		if len(rows) != 5 || strings.Join(rows[0], "|") != "Number|Title|Priority|State|Requester" || strings.Join(rows[1][1:], "|") != "'=HYPERLINK(\"http://x\")|P1 Critical|New|User" {
			t.Errorf("in English: %q", rows)
		}
		if rows := get("agent", "&order=number&lang=ko"); rows[0][1] != "제목" || rows[1][2] != "P1 긴급" {
			t.Errorf("in Korean: %q", rows)
		}
		if rows := get("user", ""); len(rows) != 2 {
			t.Errorf("a user gets their own only: %q", rows)
		}
		w.refuse(422, "filter_unknown_field", "agent", "GET", "/export/incidents?filter="+esc("nothing == 1"), nil)
		w.refuse(404, "not_found", "agent", "GET", "/export/nothings", nil)
	})
}

package api

import (
	"testing"
	"time"
)

// TestSince: how long a field has had its value, by the journal, and only for those who may
// see the record.
func TestSince(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		began := w.at(0)
		a := w.want(201, "agent", "POST", "/incidents", m{"title": "stays as it was"}).str("id")
		b := w.want(201, "agent", "POST", "/incidents", m{"title": "moves on after an hour"}).str("id")
		w.later(time.Hour)
		moved := w.at(0)
		w.want(200, "agent", "POST", "/incidents/"+b+"/actions/assign", m{"group": group, "category": category})
		w.later(time.Hour)
		w.want(200, "agent", "PATCH", "/incidents/"+b, m{"title": "a new title is no new state"})
		ask := m{"kind": "incident", "field": "state", "ids": []string{a, b, "01900000-0000-7000-8000-000000000000"}}
		got := map[any]any{}
		for _, i := range w.want(200, "agent", "POST", "/since", ask).items() {
			got[i["id"]] = i["at"]
		}
		if len(got) != 2 || !same(t, got[a], began) || !same(t, got[b], moved) {
			t.Errorf("since: %v, want %s at %s and %s at %s", got, a, began, b, moved)
		}
		if got := w.want(200, "user2", "POST", "/since", ask).items(); len(got) != 0 {
			t.Errorf("one who may not see them is told %v", got)
		}
		w.refuse(422, "required", "agent", "POST", "/since", m{"kind": "incident", "field": "state"})
		w.refuse(422, "unknown_kind", "agent", "POST", "/since", m{"kind": "nothing", "field": "state", "ids": []string{a}})
		w.refuse(422, "unknown_field", "agent", "POST", "/since", m{"kind": "incident", "field": "luck", "ids": []string{a}})
		w.refuse(422, "too_many", "agent", "POST", "/since", m{"kind": "incident", "field": "state", "ids": make([]string, maxSince+1)})
	})
}

func same(t *testing.T, got any, want string) bool {
	t.Helper()
	text, _ := got.(string)
	a, err := time.Parse(time.RFC3339Nano, text)
	b, err2 := time.Parse(time.RFC3339Nano, want)
	return err == nil && err2 == nil && a.Equal(b)
}

// TestMeasures: many figures in one call say what each says alone; a bad one spoils no other.
func TestMeasures(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		for range 3 {
			w.want(201, "agent", "POST", "/incidents", m{"title": "counted once each", "impact": 2, "urgency": 2})
		}
		day := 24 * time.Hour
		of := m{"of": []m{{"code": "incidents.open"}, {"code": "incidents.created", "from": w.at(-day), "to": w.at(day), "group_by": "priority"},
			{"code": "incidents.created", "from": w.at(-2 * day), "to": w.at(-day)}, {"code": "no.such"}, {"code": "INC-01", "from": "yesterday"}, {"code": "INC-01"}}}
		got := w.want(200, "manager", "POST", "/kpis", of).items()
		for i, want := range []any{3.0, 3.0, 0.0, nil, nil, nil} {
			if got[i]["value"] != want {
				t.Errorf("question %d: %v, want %v", i, got[i], want)
			}
		}
		if groups, _ := got[1]["groups"].([]any); len(groups) != 1 {
			t.Errorf("grouped: %v", got[1])
		}
		if got[3]["fault"] != "not_found" || got[4]["fault"] == nil || got[5]["reason"] != "no_data" || got[5]["fault"] != nil {
			t.Errorf("faults: %v, %v, %v", got[3], got[4], got[5])
		}
		w.refuse(422, "required", "manager", "POST", "/kpis", m{})
		w.refuse(422, "too_many", "manager", "POST", "/kpis", m{"of": make([]m, maxMeasures+1)})
	})
}

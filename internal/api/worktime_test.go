package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// hours writes a calendar down: the same windows on weekdays 1 to last.
func hours(tz string, last int, windows string, holidays ...string) m {
	rows := []m{}
	for d := 1; d <= last; d++ {
		for _, w := range strings.Fields(windows) {
			start, end, _ := strings.Cut(w, "-")
			rows = append(rows, m{"weekday": d, "start": start, "end": end})
		}
	}
	return m{"timezone": tz, "weekly": rows, "holidays": slices.Concat([]string{}, holidays)}
}

// AC-B1-1: the worked examples of book B §1.3 that are arithmetic, through the API.
func TestSLADue(t *testing.T) {
	w := newWorld(t, "")
	kr := hours("Asia/Seoul", 5, "09:00-18:00", "2026-09-24", "2026-09-25", "2026-09-26", "2026-10-03", "2026-10-05", "2026-10-09")
	ny := func(windows string) m { return hours("America/New_York", 7, windows) }
	pause := func(from, to string) []m { return []m{{"start": from + ":00+09:00", "end": to + ":00+09:00"}} }
	for _, c := range []struct {
		id    string
		cal   m
		start string
		min   int
		pause []m
		want  string
	}{
		{"TV-SLA-1", kr, "2026-09-23T16:30:00+09:00", 480, nil, "2026-09-28T06:30:00Z"},
		{"TV-SLA-2", kr, "2026-09-23T16:30:00+09:00", 480, pause("2026-09-28T10:00", "2026-09-28T13:00"), "2026-09-29T00:30:00Z"},
		{"TV-SLA-3", kr, "2026-09-23T16:30:00+09:00", 480, pause("2026-09-24T10:00", "2026-09-27T13:00"), "2026-09-28T06:30:00Z"},
		{"TV-SLA-4", kr, "2026-10-02T17:00:00+09:00", 120, nil, "2026-10-06T01:00:00Z"},
		{"TV-SLA-5", kr, "2026-10-10T11:00:00+09:00", 60, nil, "2026-10-12T01:00:00Z"},
		{"TV-SLA-6", kr, "2026-10-12T09:00:00+09:00", 27 * 60, nil, "2026-10-14T09:00:00Z"},
		{"TV-SLA-7", hours("Asia/Seoul", 5, "09:00-12:00 13:00-18:00"), "2026-10-12T11:30:00+09:00", 60, nil, "2026-10-12T04:30:00Z"},
		{"TV-SLA-9", ny("00:00-24:00"), "2026-03-08T00:30:00-05:00", 240, nil, "2026-03-08T09:30:00Z"},
		{"TV-SLA-10", ny("00:00-06:00"), "2026-03-08T00:00:00-05:00", 360, nil, "2026-03-09T05:00:00Z"},
		{"TV-SLA-11", ny("00:00-06:00"), "2026-11-01T00:00:00-04:00", 360, nil, "2026-11-01T10:00:00Z"},
		{"TV-SLA-12", ny("02:30-08:00"), "2026-03-08T00:00:00-05:00", 60, nil, "2026-03-08T08:00:00Z"},
	} {
		t.Run(c.id, func(t *testing.T) {
			in := m{"calendar": c.cal, "start": c.start, "target": fmt.Sprintf("PT%dM", c.min), "steps": []int{50, 75, 90, 100}}
			if c.pause != nil {
				in["pauses"] = c.pause
			}
			r := w.want(200, "user", "POST", "/calc/sla-due", in)
			if r.str("due_at") != c.want {
				t.Errorf("%s, want %s", r.raw, c.want)
			}
			steps, _ := r.at("steps").([]any)
			if last, _ := steps[len(steps)-1].(map[string]any); last["at"] != c.want {
				t.Errorf("at 100 %%: %v", last)
			}
			if c.id == "TV-SLA-2" {
				if p, _ := r.at("pauses").([]any); len(p) != 1 || p[0].(map[string]any)["elapsed_s"] != 9000.0 {
					t.Errorf("pauses %v, want 2.5 h elapsed", p)
				}
			}
		})
	}
	t.Run("TV-SLA-8", func(t *testing.T) {
		r := w.want(200, "user", "POST", "/calc/sla-due", m{"calendar": kr, "start": "2026-09-23T16:30:00+09:00", "duration_s": 28800, "steps": []int{50, 75, 90}})
		got := fmt.Sprint(r.at("steps"))
		for _, at := range []string{"02:30:00Z", "04:30:00Z", "05:42:00Z"} {
			if !strings.Contains(got, "2026-09-28T"+at) {
				t.Errorf("steps %s, want %s among them", got, at)
			}
		}
		counted, _ := r.at("counted").([]any) // Wed 16:30-18:00 and Mon 09:00-15:30
		special, _ := r.at("special_days").([]any)
		if len(counted) != 2 || len(special) != 3 {
			t.Errorf("derivation: %s", r.raw)
		}
	})
	t.Run("V-CAL-1", func(t *testing.T) {
		r := w.want(200, "user", "POST", "/calc/service-minutes", m{"calendar": hours("Asia/Seoul", 5, "09:00-18:00", "2026-06-03", "2026-06-06"),
			"from": "2026-06-01T00:00:00+09:00", "to": "2026-07-01T00:00:00+09:00"})
		if r.num("minutes") != 11340 {
			t.Errorf("%s", r.raw)
		}
	})
	w.refuse(422, "unknown_zone", "user", "POST", "/calc/sla-due", m{"calendar": hours("Asia/Soul", 5, "09:00-18:00"), "start": "2026-10-12T09:00:00Z", "target": "PT1H"})
	w.refuse(422, "windows_overlap", "user", "POST", "/calc/sla-due", m{"calendar": hours("Asia/Seoul", 1, "09:00-18:00 17:00-19:00"), "start": "2026-10-12T09:00:00Z", "target": "PT1H"})
	w.refuse(422, "bad_window", "user", "POST", "/calc/sla-due", m{"calendar": hours("Asia/Seoul", 1, "오전9시-18:00"), "start": "2026-10-12T09:00:00Z", "target": "PT1H"})
	w.refuse(422, "no_service_time", "user", "POST", "/calc/sla-due", m{"calendar": hours("Asia/Seoul", 0, ""), "start": "2026-10-12T09:00:00Z", "target": "PT1H"})
	w.refuse(422, "required", "user", "POST", "/calc/sla-due", m{"calendar": kr, "start": "2026-10-12T09:00:00Z"})
	w.refuse(422, "out_of_range", "user", "POST", "/calc/sla-due", m{"calendar": kr, "start": "2026-10-12T09:00:00Z", "duration_s": int64(1) << 60})
	w.refuse(422, "out_of_range", "user", "POST", "/calc/sla-due", m{"calendar": kr, "start": "2026-10-12T09:00:00Z", "duration_s": 60, "steps": []int{0}})
	w.refuse(400, "malformed_json", "user", "POST", "/calc/sla-due", m{"calendar": m{"timezone": "UTC", "weekley": []m{}}, "start": "2026-10-12T09:00:00Z", "duration_s": 60})
}

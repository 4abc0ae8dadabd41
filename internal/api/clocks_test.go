package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/itil/role"
)

// seoulTime moves the clock to "12 09:00" of October 2026 in Seoul, whose 12th is a Monday.
func (w *world) seoulTime(s string) time.Time {
	w.t.Helper()
	at, err := time.Parse("2006-01-02 15:04 -0700", "2026-10-"+s+" +0900")
	if err != nil {
		w.t.Fatal(err)
	}
	w.now.Store(at.UnixMicro())
	return at
}

// clocks gives the clocks of a record as "metric state due", due by the clock of Seoul.
func (w *world) clocks(path string) []string {
	w.t.Helper()
	var out []string
	for _, c := range w.want(200, "agent", "GET", path+"/clocks", nil).items() {
		s := fmt.Sprint(c["metric"], " ", c["state"])
		if due, ok := c["due_at"].(string); ok {
			at, err := time.Parse(time.RFC3339, due)
			if err != nil {
				w.t.Fatal(err)
			}
			s += at.Add(9 * time.Hour).UTC().Format(" 02 15:04")
		}
		out = append(out, s)
	}
	return out
}

func (w *world) says(path string, want ...string) {
	w.t.Helper()
	if got := w.clocks(path); !slices.Equal(got, want) {
		w.t.Errorf("clocks are %q, want %q", got, want)
	}
}

// runs runs a job as of now.
func (w *world) runs(name string) reply {
	w.t.Helper()
	return w.want(200, "admin", "POST", "/jobs/"+name+"/run", m{"as_of": time.UnixMicro(w.now.Load()).UTC().Format(time.RFC3339Nano)})
}

// notes counts the work notes of a record that hold a text.
func (w *world) notesWith(path, text string) (n int) {
	w.t.Helper()
	for _, c := range w.want(200, "resolver", "GET", path+"/comments", nil).items() {
		if body, _ := c["body"].(string); strings.Contains(body, text) && c["internal"] == true {
			n++
		}
	}
	return n
}

const (
	working  = "state != 'resolved' && state != 'closed' && state != 'cancelled'"
	finished = "state in ['resolved', 'closed']"
	waiting  = "state == 'on_hold' && hold_reason in ['awaiting_customer', 'customer_requested_delay']"
)

// promise declares a target of resolution for a priority.
func (w *world) promise(priority int, value string, more m) reply {
	w.t.Helper()
	in := m{"name": fmt.Sprint("P", priority, " ", value, " ", more["metric"]), "metric": "resolution", "start_cond": fmt.Sprintf("priority == %d && %s", priority, working), "stop_cond": finished,
		"pause_cond": waiting, "cancel_cond": "state == 'cancelled'", "value": value}
	for k, v := range more {
		in[k] = v
	}
	return w.want(201, "slm", "POST", "/sla_targets", in)
}

// TestClocks: AC-B1-2 to AC-B1-5, with the values of TV-SLA-2 and TV-SLA-13.
func TestClocks(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		w.person("slm", []string{role.SLM})
		group, category, _ := w.desk()
		all := w.seeded("service_calendars", "is_24x7")["id"]
		always := m{"calendar": all, "precedence": 1, "steps": []m{{"at_percent": 50}, {"at_percent": 75}, {"at_percent": 100}}}
		p3 := w.promise(3, "PT27H", nil)
		w.promise(1, "PT4H", always)

		t.Run("AC-B1-2", func(t *testing.T) {
			w.t = t
			w.seoulTime("12 09:00")
			p := "/incidents/" + w.inProgress(group, category, m{"impact": 2, "urgency": 2}).str("id")
			w.says(p, "resolution running 14 18:00")
			if due := w.want(200, "agent", "GET", p, nil).str("due_at"); due != "2026-10-14T09:00:00Z" {
				t.Errorf("due_at %s", due)
			}
			w.seoulTime("12 10:00")
			w.do("resolver", p, "hold", m{"hold_reason": "awaiting_customer", "comment": "어느 층입니까?"})
			w.says(p, "resolution paused")
			w.seoulTime("12 13:00")
			w.want(201, "user", "POST", p+"/comments", m{"body": "2층입니다"})
			w.says(p, "resolution running 15 12:00")
			r := w.want(200, "agent", "GET", p+"/clocks", nil).items()[0]
			d, _ := r["derivation"].(map[string]any)
			if segs, _ := r["segments"].([]any); len(segs) != 3 || len(d["counted"].([]any)) != 5 || r["paused"] != "PT3H" || r["elapsed"] != "PT1H" || r["remaining"] != "PT26H" && r["remaining"] != "P1DT2H" {
				t.Errorf("clock: %v", r)
			}
			w.seoulTime("15 12:00") // stopped exactly at the due time
			w.do("resolver", p, "resolve", m{"resolution_code": "workaround", "resolution_notes": "단말기를 다시 시작하여 서비스를 복구했습니다."})
			w.says(p, "resolution met 15 12:00")
			if due := w.want(200, "agent", "GET", p, nil).at("due_at"); due != nil {
				t.Errorf("due_at of what is resolved: %v", due)
			}
			w.seoulTime("15 15:00")
			w.want(200, "user", "POST", p+"/actions/reopen", m{"reason": "다시 안 됩니다"})
			w.says(p, "resolution running 15 15:00")
		})
		t.Run("AC-B1-3", func(t *testing.T) { // TV-SLA-13
			w.t = t
			w.seoulTime("12 09:00")
			p := "/incidents/" + w.inProgress(group, category, m{"impact": 2, "urgency": 2}).str("id")
			w.seoulTime("12 15:00")
			w.want(200, "agent", "PATCH", p, m{"impact": 1, "urgency": 1})
			w.says(p, "resolution cancelled 14 18:00", "resolution breached_running 12 13:00")
			c := w.want(200, "agent", "GET", p+"/clocks", nil).items()
			if c[1]["breached_at"] != "2026-10-12T04:00:00Z" || c[1]["detected_at"] != "2026-10-12T06:00:00Z" || c[0]["reason"] != "superseded" || c[1]["supersedes"] != c[0]["id"] {
				t.Errorf("clocks: %v", c)
			}
			if n := w.notesWith(p, "SLA resolution"); n != 1 {
				t.Errorf("%d messages, want one", n)
			}
			w.runs("sla.tick")
			w.runs("sla.tick")
			if n := w.notesWith(p, "SLA resolution"); n != 1 {
				t.Errorf("%d messages after the sweep, want one", n)
			}
		})
		t.Run("AC-B1-4", func(t *testing.T) {
			w.t = t
			w.seoulTime("12 09:00")
			p := "/incidents/" + w.inProgress(group, category, m{"impact": 2, "urgency": 2}).str("id")
			w.closeOn("2026-10-13")
			w.says(p, "resolution running 15 18:00")
			if due := w.want(200, "agent", "GET", p, nil).str("due_at"); due != "2026-10-15T09:00:00Z" {
				t.Errorf("due_at %s", due)
			}
			if w.notesWith(p, "2026-10-13 창립기념일") != 1 {
				t.Error("the history does not name the holiday")
			}
			if !strings.Contains(string(w.want(200, "auditor", "GET", p+"/history", nil).raw), "창립기념일") {
				t.Error("the journal does not name the holiday")
			}
		})
		t.Run("AC-B1-5", func(t *testing.T) {
			w.t = t
			w.seoulTime("15 09:00")
			old := "/incidents/" + w.inProgress(group, category, m{"impact": 2, "urgency": 2}).str("id")
			w.want(200, "slm", "PATCH", "/sla_targets/"+p3.str("id"), m{"value": "PT9H"})
			fresh := "/incidents/" + w.inProgress(group, category, m{"impact": 2, "urgency": 2}).str("id")
			w.says(old, "resolution running 19 18:00")
			w.says(fresh, "resolution running 15 18:00")
			a, b := w.want(200, "agent", "GET", old+"/clocks", nil).items()[0], w.want(200, "agent", "GET", fresh+"/clocks", nil).items()[0]
			if a["target_version"] != 1.0 || b["target_version"] != 2.0 {
				t.Errorf("versions %v and %v", a["target_version"], b["target_version"])
			}
			before := w.clocks(old)
			if r := w.runs("sla.verify"); r.num("failed") != 0 {
				t.Errorf("verify: %s", r.raw)
			}
			w.says(old, before...)
		})
		t.Run("targets that cannot be asked", func(t *testing.T) {
			w.t = t
			for field, c := range map[string][2]string{"start_cond": {"priorty == 1", "filter_unknown_field"}, "stop_cond": {"state ==", "filter_syntax"}, "reset_cond": {"changed('x'", "filter_syntax"},
				"pause_cond": {"title", "filter_not_condition"}, "value": {"PT0S", ""}} {
				in := m{"name": "bad " + field, "metric": "response", "start_cond": working, "stop_cond": finished, "value": "PT1H"}
				in[field] = c[0]
				r := w.call("slm", "POST", "/sla_targets", in)
				if r.status != 422 || !strings.Contains(string(r.raw), `"`+field+`"`) || !strings.Contains(string(r.raw), c[1]) {
					t.Errorf("%s: %d %s", field, r.status, r.raw)
				}
			}
			w.refuse(403, "forbidden", "agent", "POST", "/sla_targets", m{"name": "mine", "metric": "response", "start_cond": working, "stop_cond": finished, "value": "PT1H"})
			w.want(404, "user2", "GET", "/incidents/"+w.inProgress(group, category, nil).str("id")+"/clocks", nil)
		})
	})
}

// TestClocksOfGroups: an OLA runs while a group has the record, a UC while a supplier
// does, and update intervals begin anew with each public word.
func TestClocksOfGroups(t *testing.T) {
	w := newWorld(t, "")
	w.person("slm", []string{role.SLM})
	group, category, _ := w.desk()
	w.promise(3, "PT8H", m{"kind": "ola", "per_group": true, "name": "OLA", "start_cond": "group != null && " + working, "pause_cond": nil})
	w.promise(3, "PT4H", m{"kind": "uc", "name": "UC", "metric": "custom", "start_cond": "state == 'on_hold' && hold_reason == 'awaiting_supplier'", "stop_cond": "!(state == 'on_hold' && hold_reason == 'awaiting_supplier')", "pause_cond": nil})
	w.promise(3, "PT2H", m{"metric": "update_interval", "name": "Updates", "start_cond": working, "reset_cond": "verb == 'comment' && !by_requester || changed('priority')"})
	w.seoulTime("12 09:00")
	p := "/incidents/" + w.inProgress(group, category, m{"impact": 2, "urgency": 2}).str("id")
	w.says(p, "update_interval running 12 11:00", "resolution running 12 17:00")
	w.seoulTime("12 10:00")
	w.want(201, "user", "POST", p+"/comments", m{"body": "아직 안 됩니다"})
	w.says(p, "update_interval running 12 11:00", "resolution running 12 17:00")
	w.want(201, "resolver", "POST", p+"/comments", m{"body": "보고 있습니다"})
	w.says(p, "update_interval met 12 11:00", "resolution running 12 17:00", "update_interval running 12 12:00")
	w.do("resolver", p, "hold", m{"hold_reason": "awaiting_supplier", "follow_up_at": "2026-10-20T00:00:00Z", "comment": "공급자를 기다립니다"})
	if got := w.clocks(p); !slices.Contains(got, "custom running 12 14:00") {
		t.Errorf("no supplier's clock: %q", got)
	}
	w.seoulTime("12 11:00")
	w.want(200, "resolver", "POST", p+"/actions/resume", m{})
	if got := w.clocks(p); !slices.Contains(got, "custom met 12 14:00") {
		t.Errorf("the supplier's clock runs on: %q", got)
	}
	w.seoulTime("12 12:00")
	for i := range 3 {
		w.want(201, "resolver", "POST", p+"/comments", m{"body": fmt.Sprint("still at it ", i)})
	}
	w.do("resolver", p, "resolve", m{"resolution_code": "workaround", "resolution_notes": "The switch was started anew."})
	w.seoulTime("13 09:00")
	w.want(200, "user", "POST", p+"/actions/reopen", m{"reason": "다시 안 됩니다"})
	if got := w.clocks(p); !slices.Contains(got, "update_interval running 13 11:00") {
		t.Errorf("after the reopening: %q", got)
	}
	seqs, items := map[float64]bool{}, w.want(200, "slm", "GET", "/sla_clocks?limit=100&filter="+esc("metric == 'update_interval'"), nil).items()
	for _, c := range items {
		seqs[c["seq"].(float64)] = true
	}
	if len(items) < 5 || len(seqs) < len(items)-1 { // a reopened one counts from one again: those before are over
		t.Errorf("%d update intervals with the sequences %v", len(items), seqs)
	}
}

// TestClocksSleep: what fell due while the house was down is told once, in the order of
// time, with the time at which it was due; a machine set back tells nothing twice.
func TestClocksSleep(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		w.person("slm", []string{role.SLM})
		group, category, _ := w.desk()
		w.promise(3, "PT8H", m{"steps": []m{{"at_percent": 50}, {"at_remaining": "PT1H"}, {"at_percent": 150}}})
		w.seoulTime("12 09:00")
		p := "/incidents/" + w.inProgress(group, category, m{"impact": 2, "urgency": 2}).str("id")
		w.seoulTime("12 12:59")
		w.runs("sla.tick")
		if n := w.notesWith(p, "SLA"); n != 0 {
			t.Errorf("%d notes too early", n)
		}
		w.seoulTime("15 09:00") // three days
		if r := w.runs("sla.tick"); r.num("done") != 1 || r.num("failed") != 0 {
			t.Errorf("tick: %s", r.raw)
		}
		var body string
		for _, c := range w.want(200, "resolver", "GET", p+"/comments", nil).items() {
			if s, _ := c["body"].(string); strings.Contains(s, "SLA") {
				body = s
			}
		}
		lines := strings.Split(body, "\n")
		if len(lines) != 4 || !strings.Contains(lines[0], "50") || !strings.Contains(lines[1], "PT1H") || !strings.Contains(lines[2], "넘겼") || !strings.Contains(lines[3], "150") || !strings.Contains(lines[2], "2026-10-12 17:00") {
			t.Errorf("told: %q", lines)
		}
		w.says(p, "resolution breached_running 12 17:00")
		w.seoulTime("12 10:00") // and back
		w.runs("sla.tick")
		w.runs("sla.verify")
		w.says(p, "resolution breached_running 12 17:00")
		if n := w.notesWith(p, "SLA"); n != 1 {
			t.Errorf("%d notes, want one", n)
		}
	})
}

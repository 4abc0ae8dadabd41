package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// recordsOf gives the query of a figure's records_url, which must lead to path.
func recordsOf(t *testing.T, k reply, path string) string {
	t.Helper()
	u, ok := strings.CutPrefix(k.str("records_url"), base+path)
	if !ok {
		t.Fatalf("records_url %q", k.str("records_url"))
	}
	return u
}

// TestIncidentFigures: every KPI of book B §24 and annex C on twelve incidents whose
// figures are known by hand, each opened down to its records.
func TestIncidentFigures(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, service := w.desk()
		second := w.want(201, "admin", "POST", "/groups", m{"name": "Servers", "members": []string{w.ids["other"]}}).str("id")
		ci := w.want(201, "admin", "POST", "/cis", m{"name": "db1"}).str("id")
		chg := w.want(201, "resolver", "POST", "/changes", m{"title": "new firmware"}).str("id")
		w.want(200, "admin", "PATCH", "/services/"+service, m{"downtime_cost": m{"amount": "600000", "currency": "KRW"}})
		for _, code := range []string{"INC-01", "INC-01.p90", "INC-02", "INC-05", "INC-06", "incidents.age", "incidents.detect", "incidents.acknowledge", "incidents.resolve.mean", "incidents.with_ci", "SD-01", "SD-03", "SD-06"} {
			if k := w.get("auditor", "/kpis/"+code); k.at("value") != nil || k.str("reason") != "no_data" || k.str("status") != "no_data" || k.num("n") != 0 {
				t.Errorf("%s of nothing: %s", code, k.raw)
			}
		}
		for _, code := range []string{"INC-03", "INC-04", "incidents.created", "incidents.open"} { // counts and sums of nothing are 0
			if k := w.get("auditor", "/kpis/"+code); k.num("value") != 0 || k.at("value") == nil {
				t.Errorf("%s of nothing: %s", code, k.raw)
			}
		}

		// Ten incidents restored after 10, 20 … 100 minutes, detected 5 minutes after the impact began.
		var all []string
		for n := 1; n <= 10; n++ {
			more := m{"title": fmt.Sprint("figure ", n), "impact": 3, "urgency": 3, "impact_start": w.at(-5 * time.Minute)}
			switch {
			case n <= 2:
				more["ci"] = ci
			case n == 3:
				more["detection"] = "monitoring"
			case n == 4:
				more["caused_by_change"] = chg
			case n == 5:
				more["service"], more["service_status"], more["users_affected"] = service, "down", 30
			}
			p := "/incidents/" + w.inProgress(group, category, more).str("id")
			if n == 6 { // wanders
				w.do("resolver", p, "reassign", m{"group": second, "reason": "servers"})
				w.do("agent", p, "reassign", m{"group": group, "reason": "network"})
				w.do("resolver", p, "accept", m{})
			}
			if n <= 4 {
				w.want(201, "resolver", "POST", p+"/comments", m{"body": "We are on it."})
			}
			w.later(time.Duration(10*n) * time.Minute)
			done := m{"resolution_code": "fixed", "resolution_notes": restored}
			if n == 7 {
				done["resolution_code"] = "known_error"
			}
			if n == 8 {
				done["effort"], done["hourly_rate"] = "PT2H", m{"amount": "50000", "currency": "KRW"}
			}
			w.do("resolver", p, "resolve", done)
			all = append(all, p)
		}
		w.do("user", all[8], "reopen", m{"reason": "it is back"}) // resolved once, open now
		phone := w.want(201, "agent", "POST", "/incidents", m{"title": "password forgotten", "requester": w.ids["user"], "channel": "phone", "group": group, "urgency": 1})
		pp := "/incidents/" + phone.str("id")
		w.do("agent", pp, "assign", m{"group": group, "category": category})
		w.do("agent", pp, "accept", m{})
		w.later(20 * time.Minute)
		w.resolve("agent", pp)
		big := "/incidents/" + w.inProgress(group, category, m{"impact": 1, "urgency": 2}).str("id")
		w.do("resolver", big, "propose_major", m{"reason": "all shops"})
		w.do("mim", big, "confirm_major", m{"mi_commander": w.ids["mim"], "bridge_url": bridge})
		w.later(90 * time.Minute)
		w.resolve("mim", big)

		// 12 incidents: 10 … 100 min (the ninth reopened, so restored no more), 20 min, 90 min.
		for code, want := range map[string][3]float64{ // value, numerator, n
			"incidents.created":          {12, 12, 12},
			"incidents.open":             {1, 1, 1},
			"incidents.resolved":         {11, 11, 11},
			"INC-01":                     {50 * 60, 0, 11},                          // 10 20 20 30 40 50 60 70 80 90 100
			"INC-01.p90":                 {90 * 60, 0, 11},                          // the tenth of eleven
			"INC-02":                     {100.0 / 12, 1, 12},                       // one of twelve that were ever resolved
			"INC-03":                     {1, 1, 1},                                 //
			"INC-03.time":                {90 * 60, 90 * 60, 1},                     //
			"INC-04":                     {30 * 55, 30 * 55, 1},                     // 30 users, 50 + 5 minutes
			"INC-05":                     {(550_000 + 100_000) / 11.0, 650_000, 11}, // 55 min × 600,000/h and 2 h × 50,000
			"INC-06":                     {100.0 / 11, 1, 11},                       //
			"incidents.detect":           {5 * 60, 0, 10},                           //
			"incidents.detect.p90":       {5 * 60, 0, 10},                           //
			"incidents.user_restore":     {55 * 60, 0, 9},                           // 15 25 35 45 55 65 75 85 105
			"incidents.resolve.mean":     {(10 + 20 + 30 + 40 + 50 + 60 + 70 + 80 + 100 + 20 + 90) * 60 / 11.0, 570 * 60, 11},
			"incidents.acknowledge":      {0, 0, 12},
			"incidents.misassigned":      {100.0 / 12, 1, 12},
			"incidents.with_ci":          {200.0 / 12, 2, 12},
			"incidents.monitored":        {100.0 / 12, 1, 12},
			"incidents.by_change":        {100.0 / 12, 1, 12},
			"incidents.reassignments":    {2, 2, 12},
			"incidents.reopenings":       {1, 1, 12},
			"SD-01":                      {100.0 / 11, 1, 11},
			"SD-03":                      {0, 0, 4},
			"SD-06":                      {2.0 / 12, 2, 12},
			"incidents.acknowledge.p90":  {0, 0, 12},
			"incidents.user_restore.p90": {89 * 60, 0, 9}, // 85 and a fifth of the way to 105
		} {
			k := w.get("manager", "/kpis/"+code)
			if d := k.num("value") - want[0]; d > 1e-6 || d < -1e-6 || k.at("value") == nil || k.num("n") != want[2] {
				t.Errorf("%s = %v of %v, want %v of %v", code, k.at("value"), k.num("n"), want[0], want[2])
			}
			if want[1] != 0 && k.num("numerator") != want[1] {
				t.Errorf("%s: numerator %v, want %v", code, k.at("numerator"), want[1])
			}
			path := "/incidents"
			if code == "INC-04" {
				path = "/outages"
			}
			if n := w.get("manager", path+recordsOf(t, k, path)+"&count=true&limit=1").num("total"); n != want[2] {
				t.Errorf("%s: its records are %v, want %v", code, n, want[2])
			}
		}
		if k := w.get("manager", "/kpis/INC-05"); k.str("currency") != "KRW" {
			t.Errorf("money of which country: %s", k.raw)
		}
		w.run(t, "groups add up to the whole, and each opens", func(t *testing.T) {
			for _, by := range []string{"priority", "category.name", "major", "detection", "resolution_code", "service", "ci", "priority,state", "assignee", "first_contact", "requester"} {
				k := w.get("manager", "/kpis/incidents.created?group_by="+by)
				sum := 0.0
				for _, g := range k.at("groups").([]any) {
					g := reply{body: g.(map[string]any)}
					sum += g.num("value")
					if n := w.get("manager", "/incidents"+recordsOf(t, g, "/incidents")+"&count=true&limit=1").num("total"); n != g.num("value") {
						t.Errorf("by %s, %v: %v records, want %v", by, g.at("key"), n, g.num("value"))
					}
				}
				if sum != 12 {
					t.Errorf("by %s: %v in all", by, sum)
				}
			}
		})
		w.run(t, "periods are half open", func(t *testing.T) {
			at := w.get("manager", all[1]).str("created_at")
			moment, err := time.Parse(time.RFC3339, at)
			if err != nil {
				t.Fatal(err)
			}
			after := url.QueryEscape(moment.Add(time.Microsecond).Format(time.RFC3339Nano))
			for q, want := range map[string]float64{"from=" + url.QueryEscape(at) + "&to=" + after: 1, "to=" + url.QueryEscape(at): 1, "from=" + after: 10} {
				if k := w.get("manager", "/kpis/incidents.created?"+q); k.num("value") != want {
					t.Errorf("%s: %v, want %v", q, k.num("value"), want)
				}
			}
		})
		w.run(t, "what is asked wrongly", func(t *testing.T) {
			w.refuse(422, "filter_unknown_field", "manager", "GET", "/kpis/INC-01?filter=nothing", nil)
			w.want(422, "manager", "GET", "/kpis/INC-01?group_by=nothing", nil)
			w.refuse(422, "too_many", "manager", "GET", "/kpis/incidents.created?group_by=priority,state,major,impact", nil)
			w.refuse(422, "unknown_parameter", "manager", "GET", "/kpis/INC-01?group=priority", nil)
			w.refuse(403, "forbidden", "user", "GET", "/kpis/INC-05", nil)
			w.refuse(404, "not_found", "user", "GET", "/kpis/INC-99", nil)
		})
		w.run(t, "two currencies have no sum", func(t *testing.T) {
			p := "/incidents/" + w.inProgress(group, category, nil).str("id")
			w.do("resolver", p, "resolve", m{"resolution_code": "fixed", "resolution_notes": restored, "effort": "PT1H", "hourly_rate": m{"amount": "40", "currency": "USD"}})
			k := w.get("manager", "/kpis/INC-05")
			if k.at("value") != nil || k.str("reason") != "mixed_currencies" {
				t.Errorf("%s", k.raw)
			}
			k = w.get("manager", "/kpis/INC-05?filter="+esc("cost.currency == 'USD'"))
			if k.num("value") != 40 || k.str("currency") != "USD" {
				t.Errorf("in one of them: %s", k.raw)
			}
		})
		w.run(t, "a first contact that does not hold", func(t *testing.T) {
			w.do("user", pp, "reopen", m{"reason": "it did not work"})
			if got := w.get("manager", pp); got.at("first_contact") != false {
				t.Errorf("reopened within five days: %v", got.at("first_contact"))
			}
		})
	})
}

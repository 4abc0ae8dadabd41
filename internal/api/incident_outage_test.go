package api

import (
	"fmt"
	"testing"
	"time"
)

// outagesOf lists the outages that an incident caused, as the auditor sees them.
func (w *world) outagesOf(p string) []reply {
	w.t.Helper()
	var out []reply
	for _, l := range w.get("auditor", p+"/links").items() {
		if l["type"] == "caused" {
			out = append(out, w.get("auditor", "/outages/"+fmt.Sprint(l["record"].(map[string]any)["id"])))
		}
	}
	return out
}

// TestOutages: an outage is open for as long as an incident says its service is less than
// whole, at the incident's own times, and costs what it costs (book B §24, A §7).
func TestOutages(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		n := 0
		service := func() string {
			n++
			return w.want(201, "admin", "POST", "/services", m{"name": fmt.Sprint("Service ", n), "criticality": 2, "downtime_cost": m{"amount": "2000000", "currency": "KRW"}}).str("id")
		}
		fresh := func(more m) string { return "/incidents/" + w.inProgress(group, category, more).str("id") }
		only := func(t *testing.T, p string) reply {
			t.Helper()
			all := w.outagesOf(p)
			if len(all) != 1 {
				t.Fatalf("%d outages", len(all))
			}
			return all[0]
		}
		w.run(t, "assumed is not reported", func(t *testing.T) {
			p := fresh(m{"service": service()})
			if got := w.get("agent", p).str("service_status"); got != "degraded" || len(w.outagesOf(p)) != 0 {
				t.Errorf("a named service: %s, %d outages", got, len(w.outagesOf(p)))
			}
			w.want(200, "agent", "PATCH", p, m{"title": "another title", "service": service()})
			if len(w.outagesOf(p)) != 0 {
				t.Error("another service is no outage either")
			}
			w.want(200, "agent", "PATCH", p, m{"service_status": "degraded"})
			if o := only(t, p); o.str("kind") != "degraded" || o.str("capacity_loss_pct") != "50" {
				t.Errorf("reported: %s", o.raw)
			}
			for _, status := range []string{"ok", "at_risk"} {
				if q := fresh(m{"service": service(), "service_status": status}); len(w.outagesOf(q)) != 0 {
					t.Errorf("%s is an outage", status)
				}
			}
			if q := fresh(m{"service_status": "down"}); len(w.outagesOf(q)) != 0 {
				t.Error("an outage of no service")
			}
		})
		w.run(t, "opened with the impact, ended with the service", func(t *testing.T) {
			svc := service()
			p := fresh(m{"service": svc, "service_status": "down", "impact_start": w.at(-30 * time.Minute), "users_affected": 40})
			o := only(t, p)
			if o.str("service") != svc || o.str("kind") != "full" || o.str("capacity_loss_pct") != "100" || o.str("started_at") != w.at(-30*time.Minute) || o.num("affected_users") != 40 || o.str("state") != "open" || o.at("user_minutes_lost") != nil {
				t.Errorf("open: %s", o.raw)
			}
			w.want(200, "agent", "PATCH", p, m{"service_status": "degraded", "users_affected": 60})
			if o := only(t, p); o.str("kind") != "degraded" || o.str("capacity_loss_pct") != "50" || o.num("affected_users") != 60 {
				t.Errorf("it got better: %s", o.raw)
			}
			w.want(200, "agent", "PATCH", p, m{"impact_start": w.at(-time.Hour)})
			if o := only(t, p); o.str("started_at") != w.at(-time.Hour) {
				t.Errorf("the start was corrected: %s", o.str("started_at"))
			}
			w.later(time.Hour)
			w.resolve("resolver", p)
			o = only(t, p)
			if o.str("state") != "ended" || o.str("restored_at") != w.at(0) || o.str("user_minutes_lost") != "3600" { // 60 users × 120 min × 50 %
				t.Errorf("ended: %s", o.raw)
			}
			w.want(200, "agent", "PATCH", p, m{"restored_at": w.at(-30 * time.Minute), "reason": "the log says so"})
			o = only(t, p)
			if o.str("restored_at") != w.at(-30*time.Minute) || o.str("user_minutes_lost") != "2700" {
				t.Errorf("the end was corrected: %s", o.raw)
			}
			if c := w.get("agent", p).str("cost", "amount"); c != "1500000" { // 1.5 h × 50 % × 2,000,000
				t.Errorf("cost %s", c)
			}
		})
		w.run(t, "restored before it is resolved", func(t *testing.T) {
			p := fresh(m{"service": service(), "service_status": "down"})
			w.later(time.Hour)
			w.want(200, "agent", "PATCH", p, m{"restored_at": w.at(-10 * time.Minute)})
			if o := only(t, p); o.str("state") != "ended" || o.str("restored_at") != w.at(-10*time.Minute) {
				t.Errorf("restored: %s", o.raw)
			}
			w.want(200, "agent", "PATCH", p, m{"title": "still looking for the cause"})
			only(t, p)
			q := fresh(m{"service": service(), "service_status": "down"})
			w.later(time.Hour)
			w.want(200, "agent", "PATCH", q, m{"service_status": "ok"})
			if o := only(t, q); o.str("state") != "ended" || o.str("restored_at") != w.at(0) {
				t.Errorf("ok again: %s", o.raw)
			}
			w.later(time.Hour)
			w.want(200, "agent", "PATCH", q, m{"service_status": "down"})
			if all := w.outagesOf(q); len(all) != 2 || all[1].str("started_at") != w.at(0) {
				t.Errorf("and down again: %d outages", len(all))
			}
		})
		w.run(t, "another service", func(t *testing.T) {
			right := service()
			p := fresh(m{"service": service(), "service_status": "down"})
			w.later(10 * time.Minute)
			w.want(200, "agent", "PATCH", p, m{"service": right})
			all := w.outagesOf(p)
			if len(all) != 2 || all[0].str("state") != "ended" || all[1].str("state") != "open" || all[1].str("service") != right {
				t.Errorf("%d outages: %s", len(all), all[len(all)-1].raw)
			}
		})
		w.run(t, "reopened, cancelled, merged", func(t *testing.T) {
			p := fresh(m{"service": service(), "service_status": "down"})
			w.later(time.Hour)
			w.resolve("resolver", p)
			w.later(time.Hour)
			w.do("user", p, "reopen", m{"reason": "it is down again"})
			if all := w.outagesOf(p); len(all) != 2 || all[1].str("started_at") != w.at(0) || all[1].str("state") != "open" {
				t.Errorf("reopened: %d outages", len(all))
			}
			w.do("agent", p, "cancel", m{"reason": "never mind"})
			for _, o := range w.outagesOf(p) {
				if o.str("state") != "ended" {
					t.Errorf("cancelled: %s", o.raw)
				}
			}
			stay := fresh(nil)
			q := fresh(m{"service": service(), "service_status": "down"})
			w.do("agent", q, "merge", m{"duplicate_of": stay[len("/incidents/"):]})
			if o := only(t, q); o.str("state") != "ended" {
				t.Errorf("merged: %s", o.raw)
			}
		})
		w.run(t, "TV-INC-6 on a record", func(t *testing.T) {
			p := fresh(m{"service": service(), "service_status": "degraded"})
			w.want(200, "agent", "PATCH", p, m{"effort": "PT3H30M", "hourly_rate": m{"amount": "40000", "currency": "KRW"}})
			if c := w.get("agent", p).str("cost", "amount"); c != "140000" {
				t.Errorf("while it lasts: %s", c)
			}
			w.later(time.Hour)
			w.resolve("resolver", p)
			if c := w.get("agent", p); c.str("cost", "amount") != "1140000" || c.str("cost", "currency") != "KRW" {
				t.Errorf("3.5 h × 40,000 + 1 h × 0.5 × 2,000,000 = %s", c.at("cost"))
			}
			q := fresh(m{"service": service()}) // degraded as assumed: no outage, no cost
			w.later(time.Hour)
			w.resolve("resolver", q)
			if c := w.get("agent", q).at("cost"); c != nil {
				t.Errorf("nothing was reported, and it cost %v", c)
			}
		})
	})
}

// TestAvailability: TV-INC-5 as outage records, overlaps counted once, and what there is
// to say when there is nothing to say.
func TestAvailability(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		svc := w.want(201, "admin", "POST", "/services", m{"name": "Payment"})
		ask := func(subject, from, to string) reply {
			return w.get("auditor", "/kpis/AVL-01?subject="+subject+"&from="+from+"&to="+to)
		}
		from, to := "2026-10-01T00:00:00Z", "2026-10-31T00:00:00Z" // 30 days
		if k := ask(svc.str("id"), from, to); k.num("value") != 100 || k.num("denominator") != 43200*60 {
			t.Errorf("without an outage: %s", k.raw)
		}
		for _, o := range []m{
			{"kind": "full", "capacity_loss_pct": "100", "started_at": "2026-10-05T10:00:00Z", "restored_at": "2026-10-05T11:00:00Z"},
			{"kind": "degraded", "capacity_loss_pct": "50", "started_at": "2026-10-05T10:30:00Z", "restored_at": "2026-10-05T12:30:00Z"},
			{"kind": "full", "capacity_loss_pct": "100", "started_at": "2026-11-01T00:00:00Z"}, // after the month, and not over
		} {
			o["summary"], o["service"] = "Payment", svc.str("id")
			w.want(201, "manager", "POST", "/outages", o)
		}
		for _, subject := range []string{svc.str("id"), svc.str("number")} {
			k := ask(subject, from, to)
			if k.num("denominator")-k.num("numerator") != 105*60 || k.num("value") < 99.75694 || k.num("value") > 99.75695 || k.num("n") != 2 {
				t.Errorf("TV-INC-5: %s", k.raw)
			}
			if recs := w.get("auditor", "/outages"+recordsOf(t, k, "/outages")); len(recs.items()) != 2 {
				t.Errorf("the records behind it: %s", recs.raw)
			}
		}
		// The one that is not over counts until now: Monday 01:00 UTC, 25 h of 48.
		if k := ask(svc.str("id"), "2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z"); k.num("denominator")-k.num("numerator") != 25*3600 {
			t.Errorf("still down: %s", k.raw)
		}
		if k := w.get("auditor", "/kpis/AVL-01"); k.at("value") != nil || k.str("reason") != "no_subject" || k.at("records_url") != nil || k.str("status") != "no_data" {
			t.Errorf("of nothing: %s", k.raw)
		}
		w.refuse(422, "unknown_reference", "auditor", "GET", "/kpis/AVL-01?subject=SVC9999999&from="+from+"&to="+to, nil)
		w.refuse(422, "needs_period", "auditor", "GET", "/kpis/AVL-01?subject="+svc.str("id"), nil)
		w.refuse(422, "needs_period", "auditor", "GET", "/kpis/AVL-01?subject="+svc.str("id")+"&from="+to+"&to="+from, nil)
		w.refuse(422, "before", "manager", "POST", "/outages", m{"summary": "Payment", "service": svc.str("id"), "started_at": to, "restored_at": from})
	})
}

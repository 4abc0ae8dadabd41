package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/itil/role"
)

// seeded finds a record that the house came with.
func (w *world) seeded(plural, filter string) m {
	w.t.Helper()
	items := w.want(200, "admin", "GET", "/"+plural+"?filter="+esc(filter), nil).items()
	if len(items) != 1 {
		w.t.Fatalf("%d %s where %s", len(items), plural, filter)
	}
	return items[0]
}

// closeOn makes a day a company holiday of the standard calendar.
func (w *world) closeOn(date string) {
	w.t.Helper()
	set := w.seeded("holiday_sets", "country == 'KR'")
	entries, _ := set["entries"].([]any)
	w.want(200, "admin", "PATCH", "/holiday_sets/"+set["id"].(string), m{"entries": append(entries, m{"date": date, "kind": "company", "label": "창립기념일"})})
}

func TestCalendars(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		w.person("slm", []string{role.SLM})
		std := w.seeded("service_calendars", "standard")
		if std["is_24x7"] != false || len(std["holiday_sets"].([]any)) != 1 {
			t.Errorf("the standard calendar: %v", std)
		}
		if all := w.seeded("service_calendars", "is_24x7"); all["standard"] == true {
			t.Errorf("24x7: %v", all)
		}
		week := []m{{"weekday": 1, "start": "09:00", "end": "12:00"}, {"weekday": 1, "start": "13:00", "end": "18:00"}}
		made := w.want(201, "slm", "POST", "/service_calendars", m{"name": "월요일만 Mondays", "timezone": "Asia/Seoul", "weekly": week, "holiday_sets": std["holiday_sets"],
			"exceptions": []m{{"date": "2026-11-09", "kind": "closed", "label": m{"ko": "워크숍", "en": "Workshop"}}}})
		p := "/service_calendars/" + made.str("number")
		for _, c := range []struct {
			field string
			value any
			code  string
		}{
			{"timezone", "Asia/Soul", "unknown_zone"},
			{"weekly", []m{{"weekday": 1, "start": "09:00", "end": "12:00"}, {"weekday": 1, "start": "11:00", "end": "18:00"}}, "windows_overlap"},
			{"weekly", []m{{"weekday": 8, "start": "09:00", "end": "12:00"}}, "wrong_weekday"},
			{"weekly", []m{{"weekday": 1, "start": "09:00", "end": "25:00"}}, "bad_window"},
			{"weekly", []m{{"day": "월", "start": "09:00", "end": "12:00"}}, "bad_rows"},
			{"weekly", m{"mon": "09:00-18:00"}, "bad_rows"},
			{"exceptions", []m{{"date": "2026-02-30", "kind": "closed"}}, "wrong_format"},
			{"exceptions", m{}, "bad_rows"},
		} {
			w.refuse(422, c.code, "slm", "PATCH", p, m{c.field: c.value})
		}
		w.refuse(403, "forbidden", "agent", "PATCH", p, m{"name": "mine"})
		w.refuse(422, "standard_needed", "slm", "PATCH", "/service_calendars/"+std["id"].(string), m{"standard": false})
		w.want(200, "slm", "PATCH", p, m{"standard": true})
		if now := w.seeded("service_calendars", "standard"); now["number"] != made.str("number") {
			t.Errorf("standard is %v", now["number"])
		}
	})
}

func TestHolidaySets(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		w.person("slm", []string{role.SLM})
		set := w.seeded("holiday_sets", "country == 'KR'")
		p := "/holiday_sets/" + set["id"].(string)
		dates := func() []string {
			var out []string
			for _, e := range w.want(200, "user", "GET", p, nil).at("entries").([]any) {
				out = append(out, e.(map[string]any)["date"].(string))
			}
			return out
		}
		for _, d := range []string{"2025-06-03", "2026-06-03", "2026-10-05", "2027-02-09"} {
			if !slices.Contains(dates(), d) {
				t.Errorf("%s is no holiday in Korea", d)
			}
		}
		if set["days"].(float64) != float64(len(dates())) || !slices.IsSorted(dates()) {
			t.Errorf("%v days: %v", set["days"], dates())
		}
		w.closeOn("2026-11-06")
		ics := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261223\r\nDTEND;VALUE=DATE:20261226\r\nSUMMARY;LANGUAGE=ko:연말\r\n 휴무\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
		r := w.want(200, "slm", "PATCH", p, m{"ics": ics})
		if got := dates(); r.at("ics") != nil || !slices.Contains(got, "2026-12-24") || !slices.Contains(got, "2026-10-09") || !slices.Contains(got, "2027-01-01") || !slices.Contains(got, "2026-11-06") {
			t.Errorf("after the import: %v, %v", r.at("ics"), got)
		}
		for _, c := range []struct {
			field string
			value any
			code  string
		}{
			{"ics", "<html>", "bad_calendar"},
			{"ics", strings.Replace(ics, "VALUE=DATE:20261223", "VALUE=DATE:금요일", 1), "no_holidays"},
			{"entries", []m{{"date": "2026-1-1"}}, "wrong_format"},
			{"entries", []m{{"date": "2026-01-01"}, {"date": "2026-01-01"}}, "day_twice"},
			{"entries", []m{{"date": "2026-01-01", "kind": "휴일"}}, "not_a_choice"},
			{"feed_url", "file:///etc/passwd", "wrong_format"},
		} {
			w.refuse(422, c.code, "slm", "PATCH", p, m{c.field: c.value})
		}
		w.refuse(403, "forbidden", "user", "PATCH", p, m{"entries": []m{}})
	})
}

// TestHolidayFeeds: a feed is read weekly; what cannot be read changes nothing, and the
// own network is not asked unless a setting says so.
func TestHolidayFeeds(t *testing.T) {
	w := newWorld(t, "")
	var page atomic.Value
	var asked atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = rw.Write([]byte(page.Load().(string)))
	}))
	defer srv.Close()
	event := func(date string) string {
		return "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:" + date + "\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	}
	page.Store(event("20270303"))
	r := w.want(201, "admin", "POST", "/holiday_sets", m{"name": "feed", "feed_url": srv.URL + "/kr.ics", "entries": []m{{"date": "2026-12-31", "kind": "company"}}})
	p := "/holiday_sets/" + r.str("id")
	run := func(result, entries string) {
		t.Helper()
		w.want(200, "admin", "POST", "/jobs/servicelevel.holidays/run", m{"as_of": time.UnixMicro(w.now.Load()).UTC().Format(time.RFC3339)})
		r := w.want(200, "admin", "GET", p, nil)
		raw, _ := json.Marshal(r.at("entries"))
		var rows []struct{ Date string }
		_ = json.Unmarshal(raw, &rows)
		var got []string
		for _, x := range rows {
			got = append(got, x.Date)
		}
		if r.str("refresh_result") != result || strings.Join(got, " ") != entries {
			t.Errorf("%s %v, want %s %s", r.str("refresh_result"), got, result, entries)
		}
	}
	day := (24 * time.Hour).Microseconds()
	run("private_address", "2026-12-31")
	w.want(201, "admin", "POST", "/settings", m{"name": "fetch.private_addresses", "value": "true"})
	run("private_address", "2026-12-31") // not again within a day
	w.now.Add(day)
	run("ok", "2026-12-31 2027-03-03")
	page.Store(event("20270304"))
	w.now.Add(6 * day)
	run("ok", "2026-12-31 2027-03-03")
	w.now.Add(day)
	run("ok", "2026-12-31 2027-03-04")
	page.Store("<html>Sign in</html>")
	w.now.Add(7 * day)
	run("unreadable", "2026-12-31 2027-03-04")
	if n := asked.Load(); n != 3 {
		t.Errorf("asked %d times, want 3", n)
	}
}

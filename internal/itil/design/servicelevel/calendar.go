package servicelevel

import (
	_ "embed" // the holidays of Korea
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/ical"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/job"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
	"github.com/maru-itsm/maru/internal/kernel/worktime"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// A Calendar says when service is given (book A §0.3): exceptions beat holidays, which
// beat the week.
type Calendar struct {
	record.Base
	Name       string         `maru:"name,required,unique,search,max=100"`
	Timezone   string         `maru:"timezone,required,max=64,default=Asia/Seoul"`
	Weekly     record.RawJSON `maru:"weekly,required"` // [{weekday 1–7, start, end}]
	Sets       []record.ID    `maru:"holiday_sets,to=holiday_set,max=20"`
	Exceptions record.RawJSON `maru:"exceptions"` // [{date, kind closed|open, start, end, label}]
	Standard   bool           `maru:"standard"`   // the organisation's own business days
	AllDay     bool           `maru:"is_24x7,derived"`
}

// A HolidaySet is a list of days without service. Holidays are data, never rules: a
// decree of this morning is an entry of this morning.
type HolidaySet struct {
	record.Base
	Name      string          `maru:"name,required,unique,search,max=100"`
	Country   string          `maru:"country,max=2"`
	Entries   record.RawJSON  `maru:"entries"` // [{date, label, kind}]
	Days      int             `maru:"days,derived"`
	Feed      string          `maru:"feed_url,max=500"`
	ICS       record.Markdown `maru:"ics"` // iCalendar to read entries from; empty again once it was read
	Refreshed *time.Time      `maru:"refreshed_at,derived"`
	Result    string          `maru:"refresh_result,derived,one=ok|not_reached|private_address|too_large|unreadable|no_holidays"`
}

// maxEntries is more days off than anybody's calendar has.
const maxEntries = 5_000

func deriveCalendar(q record.Ask, c *Calendar) error {
	cal, err := itil.CalendarOf(q, q.Change().After)
	if err != nil {
		return err
	}
	c.AllDay = cal.AroundTheClock()
	return nil
}

// checkCalendar keeps one calendar the standard one.
func checkCalendar(q record.Ask, c *Calendar) error {
	was := q.Change().Before
	if was != nil && was.Bool("standard") && !c.Standard && q.Change().Within == nil {
		return fault.Field("standard", "standard_needed")
	}
	return nil
}

// oneStandard takes the standard from the calendar that had it.
func oneStandard(tx record.Tx, c *record.Change) error {
	if !c.After.Bool("standard") || c.Before != nil && c.Before.Bool("standard") {
		return nil
	}
	others, err := tx.Find(kind.ServiceCalendar, "standard", nil, 10)
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.ID() == c.After.ID() {
			continue
		}
		if err := tx.Update(kind.ServiceCalendar, o.ID(), record.Values{"standard": false}); err != nil {
			return err
		}
	}
	return nil
}

func deriveHolidays(q record.Ask, h *HolidaySet) error {
	rows, err := worktime.ParseRows[worktime.HolidayRow]("entries", h.Entries)
	if err != nil {
		return err
	}
	if h.ICS != "" {
		cal, err := itil.BusinessCalendar(q)
		if err != nil {
			return err
		}
		read, err := ical.Holidays([]byte(h.ICS), cal.Zone(), q.Now())
		if err != nil {
			return err
		}
		rows, h.ICS = ical.Merge(sorted(rows), read.Days, today(q.Now(), cal)), ""
	}
	if len(rows) > maxEntries {
		return fault.Field("entries", "too_many", "max", maxEntries)
	}
	rows = sorted(rows)
	for i, r := range rows {
		if _, err := time.Parse(time.DateOnly, r.Date); err != nil {
			return fault.Field("entries", "wrong_format", "type", "date").Saying("%q", r.Date[:min(len(r.Date), 40)])
		}
		if i > 0 && rows[i-1].Date == r.Date {
			return fault.Field("entries", "day_twice", "date", r.Date)
		}
		if r.Kind == "" {
			rows[i].Kind = "public"
		} else if !slices.Contains(holidayKinds, r.Kind) {
			return fault.Field("entries", "not_a_choice", "choices", strings.Join(holidayKinds, ", "))
		}
	}
	h.Days = len(rows)
	if rows == nil {
		rows = []worktime.HolidayRow{}
	}
	h.Entries, err = json.Marshal(rows)
	return err
}

func today(now time.Time, cal *worktime.Calendar) string {
	return now.In(cal.Zone()).Format(time.DateOnly)
}

var holidayKinds = []string{"public", "substitute", "temporary", "company"}

func sorted(rows []worktime.HolidayRow) []worktime.HolidayRow {
	slices.SortStableFunc(rows, func(a, b worktime.HolidayRow) int { return strings.Compare(a.Date, b.Date) })
	return rows
}

func checkHolidays(_ record.Ask, h *HolidaySet) error {
	if h.Feed != "" && !strings.HasPrefix(h.Feed, "https://") && !strings.HasPrefix(h.Feed, "http://") {
		return fault.Field("feed_url", "wrong_format", "type", "http(s) URL")
	}
	return nil
}

// refreshEvery is how often feeds are asked anew.
const refreshEvery = 7 * 24 * time.Hour

// refreshHolidays reads feeds that were not read for a week. What cannot be read leaves
// the entries as they are, says why, and is tried again the next day.
func refreshHolidays(w rule.Work, asOf time.Time) (rep job.Report, err error) {
	var due []*record.Record
	var cal *worktime.Calendar
	err = w.Look(func(q record.Ask) error {
		if cal, err = itil.BusinessCalendar(q); err != nil {
			return err
		}
		sets, err := q.Find(kind.HolidaySet, "feed_url != null", nil, 500)
		for _, s := range sets {
			age := refreshEvery
			if s.Text("refresh_result") != "ok" {
				age = 24 * time.Hour
			}
			if t := s.Time("refreshed_at"); t.IsZero() || !asOf.Before(t.Add(age)) {
				due = append(due, s)
			}
		}
		return err
	})
	if err != nil {
		return rep, err
	}
	for _, s := range due {
		values := record.Values{"refreshed_at": asOf}
		var read ical.Reading
		raw, err := w.Fetch(s.Text("feed_url"))
		if err == nil {
			read, err = ical.Holidays(raw, cal.Zone(), asOf)
		}
		values["refresh_result"] = resultOf(err)
		if err != nil && fault.Of(err) == nil {
			return rep, err
		}
		done, failed, err := w.Each(kind.HolidaySet, "id == set", map[string]any{"set": string(s.ID())}, func(tx record.Tx, now *record.Record) error {
			if len(read.Days) > 0 {
				entries, _ := now.Get("entries").(record.RawJSON)
				have, err := worktime.ParseRows[worktime.HolidayRow]("entries", entries)
				if err != nil {
					return err
				}
				raw, err := json.Marshal(ical.Merge(have, read.Days, today(asOf, cal)))
				if err != nil {
					return err
				}
				values["entries"] = record.RawJSON(raw)
			}
			return tx.Update(kind.HolidaySet, now.ID(), values)
		})
		if err != nil {
			return rep, err
		}
		rep.Done += done
		rep.Failed += failed
		if values["refresh_result"] != "ok" {
			rep.Failed++
		}
	}
	return rep, nil
}

// resultOf says in a word how a refresh went.
func resultOf(err error) string {
	f := fault.Of(err)
	switch {
	case err == nil:
		return "ok"
	case f == nil:
		return "not_reached"
	case slices.Contains([]string{"not_reached", "private_address", "too_large", "no_holidays"}, f.Code):
		return f.Code
	case f.Field == "url":
		return "not_reached"
	}
	return "unreadable"
}

//go:embed korea.csv
var korea string

// koreanHolidays reads the list that comes with the house.
func koreanHolidays() []worktime.HolidayRow {
	var out []worktime.HolidayRow
	for line := range strings.Lines(korea) {
		f := strings.SplitN(strings.TrimSpace(line), ",", 4)
		if len(f) == 4 && !strings.HasPrefix(line, "#") {
			out = append(out, worktime.HolidayRow{Date: f[0], Kind: f[1], Label: worktime.Label{"ko": f[2], "en": f[3]}})
		}
	}
	return out
}

// seeds are the calendars that a new installation begins with.
func seeds() []itil.Seed {
	week := func(last int, start, end string) record.RawJSON {
		var rows []worktime.WeeklyRow
		for d := 1; d <= last; d++ {
			rows = append(rows, worktime.WeeklyRow{Weekday: d, Start: start, End: end})
		}
		return rawOf(rows)
	}
	return []itil.Seed{
		{Kind: kind.HolidaySet, Key: "kr", Values: record.Values{"name": "대한민국 공휴일 (Public holidays of Korea)", "country": "KR", "entries": rawOf(koreanHolidays())}},
		{Kind: kind.ServiceCalendar, Key: "business", Values: record.Values{"name": "업무 시간 (Business hours)", "timezone": "Asia/Seoul", "weekly": week(5, "09:00", "18:00"), "standard": true},
			Finds: map[string]itil.Found{"holiday_sets": {Kind: kind.HolidaySet, Filter: "country == 'KR'"}}},
		{Kind: kind.ServiceCalendar, Key: "24x7", Values: record.Values{"name": "24×7", "timezone": "Asia/Seoul", "weekly": week(7, "00:00", "24:00")}},
	}
}

// rawOf writes rows, which always marshal.
func rawOf[T any](rows []T) record.RawJSON {
	raw, _ := json.Marshal(rows)
	return raw
}

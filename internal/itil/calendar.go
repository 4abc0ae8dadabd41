package itil

import (
	"bytes"
	"slices"
	"sync"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
	"github.com/maru-itsm/maru/internal/kernel/worktime"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

// ZoneSetting names the organisation's time zone: the months, days and hours that figures
// are grouped by are of it. Working hours are of the zone of their calendar.
const ZoneSetting = "organisation.zone"

// Settings every process may read.
var Settings = []rule.Setting{
	{Name: ZoneSetting, Default: "Asia/Seoul", Type: record.Text},
	{Name: "fetch.private_addresses", Default: "false", Type: record.Bool}, // may feeds lie in the own network?
}

// BusinessCalendar gives the organisation's own calendar: the service calendar that is
// the standard one.
func BusinessCalendar(q record.Ask) (*worktime.Calendar, error) {
	found, err := q.Find(kind.ServiceCalendar, "standard", nil, 1)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.New(fault.Conflict, "no_standard_calendar")
	}
	return CalendarOf(q, found[0])
}

// WorkCalendar is BusinessCalendar for a job.
func WorkCalendar(w rule.Work) (c *worktime.Calendar, err error) {
	err = w.Look(func(q record.Ask) error {
		c, err = BusinessCalendar(q)
		return err
	})
	return c, err
}

// A made calendar is kept with what it was made of.
type made struct {
	from [][]byte
	c    *worktime.Calendar
}

// calendars are those made lately, by the id of their record: they are asked at every
// change, and making one takes a hundred times as long as asking it.
var calendars sync.Map

// CalendarOf makes the calendar that a service_calendar record describes.
func CalendarOf(q record.Ask, r *record.Record) (*worktime.Calendar, error) {
	weekly, _ := r.Get("weekly").(record.RawJSON)
	exceptions, _ := r.Get("exceptions").(record.RawJSON)
	from := [][]byte{[]byte(r.Text("timezone")), weekly, exceptions}
	for _, id := range r.Refs("holiday_sets") {
		set, err := q.Get(kind.HolidaySet, id)
		if err != nil {
			return nil, unknown("holiday_sets", err)
		}
		entries, _ := set.Get("entries").(record.RawJSON)
		from = append(from, entries)
	}
	if v, ok := calendars.Load(r.ID()); ok && slices.EqualFunc(v.(made).from, from, bytes.Equal) {
		return v.(made).c, nil
	}
	s := worktime.Sheet{Timezone: r.Text("timezone")}
	var err error
	if s.Weekly, err = worktime.ParseRows[worktime.WeeklyRow]("weekly", weekly); err != nil {
		return nil, err
	}
	if s.Exceptions, err = worktime.ParseRows[worktime.ExceptionRow]("exceptions", exceptions); err != nil {
		return nil, err
	}
	for _, raw := range from[3:] {
		rows, err := worktime.ParseRows[worktime.HolidayRow]("holiday_sets", raw)
		if err != nil {
			return nil, err
		}
		s.Holidays = append(s.Holidays, rows...)
	}
	c, err := s.Compile()
	if err != nil {
		return nil, err
	}
	calendars.Store(r.ID(), made{from, c})
	return c, nil
}

// Package worktime is calendars and the arithmetic of working time: how much service
// lies in an interval, when so much of it will have passed, and which hours were counted.
//
// All intervals are half-open [start, end). Wall-clock windows become instants by one
// rule on days on which clocks change: a boundary that the clocks skip moves to the first
// instant after the gap; one that they show twice is the first of both for a window's
// start and the last for its end. Time is counted in elapsed instants.
package worktime

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
)

// A Window is a weekly stretch of wall-clock time; End is at most 24 h.
type Window struct {
	Weekday    time.Weekday
	Start, End time.Duration // since midnight
}

// A Holiday is a civil date without service.
type Holiday struct {
	Date string // 2006-01-02
	Name Label
}

// An Exception says what holds on one civil date, whatever the week and the holidays
// say; without windows there is no service.
type Exception struct {
	Date    string
	Windows []Window // their Weekday is ignored
	Name    Label
}

// A Label is a text by language.
type Label map[string]string

// Hours is what a calendar is made of: exceptions beat holidays, which beat the week.
type Hours struct {
	Zone       *time.Location
	Week       []Window
	Holidays   []Holiday
	Exceptions []Exception
}

// A Calendar answers questions about its Hours. It is safe for concurrent use; what it
// has worked out of the years it was asked about it keeps.
type Calendar struct {
	hours Hours
	week  [7][]wall     // by weekday, sorted
	days  map[int64]day // irregular civil days, by number
	last  int64         // the last day that can have service
	grow  sync.Mutex
	index atomic.Pointer[index]
}

// A wall is a window in seconds since local midnight.
type wall struct{ start, end int64 }

// A day is a civil day that the week does not decide.
type day struct {
	walls   []wall
	name    Label
	holiday bool // no exception
}

// Limits of one calendar.
const (
	MaxWindows = 24     // of one day
	MaxDays    = 20_000 // holidays and exceptions
)

// The years that calendars know; outside of them no service is counted.
const (
	FirstYear = 1970
	LastYear  = 2129
)

// ErrNever is given when a calendar has not so much service before its years end.
var ErrNever = fault.New(fault.Invalid, "no_service_time")

// Compile makes a calendar ready, or says which part of it is wrong.
func Compile(h Hours) (*Calendar, error) {
	if h.Zone == nil {
		return nil, fault.Field("timezone", "required")
	}
	c := &Calendar{hours: h, days: make(map[int64]day, len(h.Holidays)+len(h.Exceptions)), last: civil(LastYear+1, time.January, 1)}
	for i, w := range h.Week {
		if w.Weekday < time.Sunday || w.Weekday > time.Saturday {
			return nil, fault.Field("weekly", "wrong_weekday").Saying("window %d", i+1)
		}
	}
	for d := range c.week {
		of := slices.DeleteFunc(slices.Clone(h.Week), func(w Window) bool { return int(w.Weekday) != d })
		walls, err := wallsOf("weekly", time.Weekday(d).String(), of)
		if err != nil {
			return nil, err
		}
		c.week[d] = walls
	}
	if len(h.Holidays)+len(h.Exceptions) > MaxDays {
		return nil, fault.Field("holidays", "too_many", "max", MaxDays)
	}
	for _, x := range h.Holidays {
		n, err := dayNumber(x.Date)
		if err != nil {
			return nil, fault.Field("holidays", "wrong_format", "type", "date").Saying("%q", clip(x.Date))
		}
		if was, twice := c.days[n]; twice && len(was.name) > 0 { // two sets may name the same day
			continue
		}
		c.days[n] = day{name: x.Name, holiday: true}
	}
	for _, x := range h.Exceptions {
		n, err := dayNumber(x.Date)
		if err != nil {
			return nil, fault.Field("exceptions", "wrong_format", "type", "date").Saying("%q", clip(x.Date))
		}
		if was, twice := c.days[n]; twice && !was.holiday {
			return nil, fault.Field("exceptions", "day_twice", "date", x.Date)
		}
		walls, err := wallsOf("exceptions", x.Date, x.Windows)
		if err != nil {
			return nil, err
		}
		c.days[n] = day{walls: walls, name: x.Name}
	}
	if len(h.Week) == 0 {
		c.last = civil(FirstYear, time.January, 1)
		for n := range c.days {
			c.last = max(c.last, n)
		}
	}
	return c, nil
}

// wallsOf checks the windows of one day and sorts them. They may touch, not overlap.
func wallsOf(field, when string, in []Window) ([]wall, error) {
	if len(in) > MaxWindows {
		return nil, fault.Field(field, "too_many", "max", MaxWindows).Saying("%s", when)
	}
	var out []wall
	for _, w := range in {
		if w.Start < 0 || w.End > 24*time.Hour || w.Start >= w.End || w.Start%time.Second != 0 || w.End%time.Second != 0 {
			return nil, fault.Field(field, "bad_window", "window", text(w)).Saying("%s", when)
		}
		out = append(out, wall{int64(w.Start / time.Second), int64(w.End / time.Second)})
	}
	slices.SortFunc(out, func(a, b wall) int { return int(a.start - b.start) })
	for i := 1; i < len(out); i++ {
		if out[i].start < out[i-1].end {
			return nil, fault.Field(field, "windows_overlap", "a", clock(out[i-1].start)+"-"+clock(out[i-1].end), "b", clock(out[i].start)+"-"+clock(out[i].end)).Saying("%s", when)
		}
	}
	return out, nil
}

func text(w Window) string {
	return clock(int64(w.Start/time.Second)) + "-" + clock(int64(w.End/time.Second))
}

func clock(sec int64) string {
	s := fmt.Sprintf("%02d:%02d", sec/3600, sec%3600/60)
	if sec%60 != 0 {
		s += fmt.Sprintf(":%02d", sec%60)
	}
	return s
}

func clip(s string) string { return s[:min(len(s), 40)] }

// must is for calendars that the program itself writes.
func must(h Hours) *Calendar {
	c, err := Compile(h)
	if err != nil {
		panic("worktime: " + err.Error())
	}
	return c
}

// Always is service around the clock in a zone.
func Always(zone *time.Location) *Calendar {
	h := Hours{Zone: zone}
	for d := time.Sunday; d <= time.Saturday; d++ {
		h.Week = append(h.Week, Window{d, 0, 24 * time.Hour})
	}
	return must(h)
}

// Hours gives what the calendar was made of; it must not be changed.
func (c *Calendar) Hours() Hours { return c.hours }

// Zone gives the zone that the calendar's dates and clock times are of.
func (c *Calendar) Zone() *time.Location { return c.hours.Zone }

// AroundTheClock reports whether there is service at every moment.
func (c *Calendar) AroundTheClock() bool {
	full := func(walls []wall) bool {
		next := int64(0)
		for _, w := range walls {
			if w.start != next {
				return false
			}
			next = w.end
		}
		return next == 24*3600
	}
	for _, walls := range c.week {
		if !full(walls) {
			return false
		}
	}
	for _, d := range c.days {
		if !full(d.walls) {
			return false
		}
	}
	return true
}

// walls gives the windows of a civil day.
func (c *Calendar) walls(n int64) []wall {
	if len(c.days) > 0 {
		if d, ok := c.days[n]; ok {
			return d.walls
		}
	}
	return c.week[weekday(n)]
}

// A Day is one civil day of a calendar and why it is as it is.
type Day struct {
	Date    string
	Windows []Span // in UTC; none = no service
	Holiday bool
	Special bool // an exception decides
	Name    Label
}

// Day tells of the civil day that holds t.
func (c *Calendar) Day(t time.Time) Day {
	return c.dayOf(c.dayNumber(t))
}

// dayNumber gives the number of the civil day that holds t.
func (c *Calendar) dayNumber(t time.Time) int64 {
	y, m, d := t.In(c.hours.Zone).Date()
	return civil(y, m, d)
}

func (c *Calendar) dayOf(n int64) Day {
	special, irregular := c.days[n]
	out := Day{Date: date(n), Holiday: irregular && special.holiday, Special: irregular && !special.holiday, Name: special.name}
	p := periodsOf(c.hours.Zone, (n-2)*86400, (n+3)*86400)
	for _, w := range c.walls(n) {
		if s, e := p.first(n*86400+w.start), p.last(n*86400+w.end); s < e {
			out.Windows = append(out.Windows, Span{time.Unix(s, 0).UTC(), time.Unix(e, 0).UTC()})
		}
	}
	return out
}

// civil gives the number of a civil day, counted from 1970-01-01.
func civil(y int, m time.Month, d int) int64 {
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

func dayNumber(date string) (int64, error) {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return 0, err
	}
	return t.Unix() / 86400, nil
}

func date(n int64) string { return time.Unix(n*86400, 0).UTC().Format(time.DateOnly) }

// weekday gives the weekday of a civil day; 1970-01-01 was a Thursday.
func weekday(n int64) int { return int(((n+4)%7 + 7) % 7) }

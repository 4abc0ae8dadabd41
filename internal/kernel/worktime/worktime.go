// Package worktime is calendars and the arithmetic of working time: windows of service,
// how much of it lies in an interval, and when so much of it will have passed.
//
// All intervals are half-open [start, end). Local wall-clock windows are turned into
// instants day by day, so days on which clocks change have their real length.
package worktime

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// A Window is a daily stretch of wall-clock time; End ≤ 24 h.
type Window struct {
	Weekday    time.Weekday
	Start, End time.Duration // since midnight
}

// A Day is an exception for one civil date: it beats holidays and the week.
type Day struct {
	Date    string // 2006-01-02
	Windows []Window
}

// A Calendar says when service is given.
type Calendar struct {
	Zone       *time.Location
	Week       []Window
	Holidays   map[string]bool // civil dates without service
	Exceptions map[string]Day
}

// A Span is one interval of instants, [Start, End).
type Span struct{ Start, End time.Time }

// Always is service around the clock in a zone.
func Always(zone *time.Location) *Calendar {
	c := &Calendar{Zone: zone}
	for d := time.Sunday; d <= time.Saturday; d++ {
		c.Week = append(c.Week, Window{d, 0, 24 * time.Hour})
	}
	return c
}

// Weekdays is service from start to end on Monday to Friday.
func Weekdays(zone *time.Location, start, end time.Duration, holidays ...string) *Calendar {
	c := &Calendar{Zone: zone, Holidays: map[string]bool{}}
	for d := time.Monday; d <= time.Friday; d++ {
		c.Week = append(c.Week, Window{d, start, end})
	}
	for _, h := range holidays {
		c.Holidays[h] = true
	}
	return c
}

// day gives the windows of the civil day that holds t (in the calendar's zone).
func (c *Calendar) day(t time.Time) []Span {
	y, m, d := t.In(c.Zone).Date()
	date := fmt.Sprintf("%04d-%02d-%02d", y, m, d)
	week := c.Week
	if x, ok := c.Exceptions[date]; ok {
		week = x.Windows
	} else if c.Holidays[date] {
		return nil
	}
	weekday := time.Date(y, m, d, 12, 0, 0, 0, c.Zone).Weekday()
	var out []Span
	for _, w := range week {
		if w.Weekday == weekday {
			out = append(out, Span{wall(y, m, d, w.Start, c.Zone), wall(y, m, d, w.End, c.Zone)})
		}
	}
	slices.SortFunc(out, func(a, b Span) int { return a.Start.Compare(b.Start) })
	return out
}

// wall turns a wall-clock time into an instant; 24:00 is the next midnight.
func wall(y int, m time.Month, d int, at time.Duration, zone *time.Location) time.Time {
	return time.Date(y, m, d, int(at/time.Hour), int(at%time.Hour/time.Minute), int(at%time.Minute/time.Second), 0, zone)
}

// maxDays bounds every walk over a calendar: ten years without a window is no calendar.
const maxDays = 3660

// ErrNoService is given when a calendar has no window to count in.
var ErrNoService = errors.New("worktime: the calendar gives no service within ten years")

// Windows lists the service windows within [s, e), in order, in UTC.
func (c *Calendar) Windows(s, e time.Time) []Span {
	var out []Span
	for t := noon(s, c.Zone); !t.Add(-36 * time.Hour).After(e); t = t.AddDate(0, 0, 1) {
		for _, w := range c.day(t) {
			if x, ok := overlap(w, Span{s, e}); ok {
				out = append(out, x)
			}
		}
	}
	return out
}

func noon(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 12, 0, 0, 0, zone)
}

func overlap(a, b Span) (Span, bool) {
	s, e := a.Start, a.End
	if b.Start.After(s) {
		s = b.Start
	}
	if b.End.Before(e) {
		e = b.End
	}
	return Span{s.UTC(), e.UTC()}, s.Before(e)
}

// Between gives how much service lies in [s, e).
func (c *Calendar) Between(s, e time.Time) time.Duration {
	var sum time.Duration
	for _, w := range c.Windows(s, e) {
		sum += w.End.Sub(w.Start)
	}
	return sum
}

// Add gives the instant at which d of service has passed since start, not counting
// what lies in pauses. Work that ends exactly at closing time is due then.
func (c *Calendar) Add(start time.Time, d time.Duration, pauses ...Span) (time.Time, error) {
	if d <= 0 {
		return start.UTC(), nil
	}
	pauses = Merge(pauses)
	t := noon(start, c.Zone)
	for range maxDays {
		for _, w := range c.day(t) {
			open, ok := overlap(w, Span{start, w.End})
			if !ok {
				continue
			}
			for _, s := range Subtract([]Span{open}, pauses) {
				if have := s.End.Sub(s.Start); have < d {
					d -= have
				} else {
					return s.Start.Add(d).UTC(), nil
				}
			}
		}
		t = t.AddDate(0, 0, 1)
	}
	return time.Time{}, ErrNoService
}

// AddDays gives the instant n business days after t: the same wall-clock time on the
// n-th following day that has service.
func (c *Calendar) AddDays(t time.Time, n int) (time.Time, error) {
	local := t.In(c.Zone)
	for range maxDays {
		if n <= 0 {
			return local.UTC(), nil
		}
		local = local.AddDate(0, 0, 1)
		if len(c.day(local)) > 0 {
			n--
		}
	}
	return time.Time{}, ErrNoService
}

// Merge sorts spans and joins those that touch or overlap.
func Merge(in []Span) []Span {
	all := slices.DeleteFunc(slices.Clone(in), func(s Span) bool { return !s.Start.Before(s.End) })
	slices.SortFunc(all, func(a, b Span) int { return a.Start.Compare(b.Start) })
	var out []Span
	for _, s := range all {
		if n := len(out); n > 0 && !s.Start.After(out[n-1].End) {
			if s.End.After(out[n-1].End) {
				out[n-1].End = s.End
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// Subtract gives what is left of from without what; what must be merged.
func Subtract(from, what []Span) []Span {
	var out []Span
	for _, f := range from {
		for _, w := range what {
			if !w.Start.Before(f.End) {
				break
			}
			if !w.End.After(f.Start) {
				continue
			}
			if w.Start.After(f.Start) {
				out = append(out, Span{f.Start, w.Start})
			}
			f.Start = w.End
			if !f.Start.Before(f.End) {
				break
			}
		}
		if f.Start.Before(f.End) {
			out = append(out, f)
		}
	}
	return out
}

package worktime

import (
	"math"
	"slices"
	"time"
)

// Instants that calendars can speak of at all; what lies beyond counts as these.
var (
	earliest = time.Date(FirstYear, time.January, 1, 0, 0, 0, 0, time.UTC).Add(-48 * time.Hour)
	latest   = time.Date(LastYear+1, time.January, 1, 0, 0, 0, 0, time.UTC).Add(48 * time.Hour)
)

func nanos(t time.Time) int64 {
	switch {
	case t.Before(earliest):
		return earliest.UnixNano()
	case t.After(latest):
		return latest.UnixNano()
	}
	return t.UnixNano()
}

func instant(ns int64) time.Time { return time.Unix(0, ns).UTC() }

// Between gives how much service lies in [s, e); none when e is before s.
func (c *Calendar) Between(s, e time.Time) time.Duration {
	if !s.Before(e) {
		return 0
	}
	a, b := nanos(s), nanos(e)
	x := c.over(a, b)
	return time.Duration(x.at(b) - x.at(a))
}

// Elapsed is Between without what lies in pauses.
func (c *Calendar) Elapsed(s, e time.Time, pauses ...Span) time.Duration {
	sum := c.Between(s, e)
	for _, p := range merged(pauses) {
		if o, ok := overlap(p, Span{s, e}); ok {
			sum -= c.Between(o.Start, o.End)
		}
	}
	return sum
}

// Add gives the instant at which d of service has passed since start, not counting
// what lies in pauses. Work that ends exactly at closing time is due then; work that
// takes no time is due at once, open or not.
func (c *Calendar) Add(start time.Time, d time.Duration, pauses ...Span) (time.Time, error) {
	if d <= 0 {
		return start.UTC(), nil
	}
	at := start
	for _, p := range merged(pauses) {
		if !p.End.After(at) {
			continue
		}
		if p.Start.After(at) {
			have := c.Between(at, p.Start)
			if d <= have {
				break
			}
			d -= have
		}
		at = p.End
	}
	return c.after(nanos(at), int64(d))
}

// after gives the instant at which d > 0 of service has passed since t.
func (c *Calendar) after(t, d int64) (time.Time, error) {
	for hi := t; ; {
		x := c.over(t, hi)
		have := x.at(t)
		if d > math.MaxInt64-have {
			return time.Time{}, ErrNever
		}
		if due, ok := x.reach(have + d); ok {
			return instant(due), nil
		}
		if x.to > LastYear || hi >= nanos(latest) {
			return time.Time{}, ErrNever
		}
		hi = x.hi
	}
}

// Back gives the latest instant from which d of service passes until end: the opposite
// of Add.
func (c *Calendar) Back(end time.Time, d time.Duration) (time.Time, error) {
	if d <= 0 {
		return end.UTC(), nil
	}
	t := nanos(end)
	for lo := t; ; {
		x := c.over(lo, t)
		if left := x.at(t) - int64(d); left >= 0 {
			i := 0 // the last stretch with no more than left before it
			for j := len(x.list); i < j; {
				if m := int(uint(i+j) >> 1); x.list[m].before > left {
					j = m
				} else {
					i = m + 1
				}
			}
			s := x.list[i-1]
			return instant(s.open + left - s.before), nil
		}
		if x.from <= FirstYear {
			return time.Time{}, ErrNever
		}
		lo = x.lo - 1
	}
}

// Open reports whether there is service at t.
func (c *Calendar) Open(t time.Time) bool {
	ns := nanos(t)
	x := c.over(ns, ns)
	i := x.firstAfter(ns)
	return i < len(x.list) && x.list[i].open <= ns
}

// Next gives the first instant from t on at which there is service.
func (c *Calendar) Next(t time.Time) (time.Time, error) {
	ns := nanos(t)
	for hi := ns; ; {
		x := c.over(ns, hi)
		if i := x.firstAfter(ns); i < len(x.list) {
			return instant(max(ns, x.list[i].open)), nil
		}
		if x.to > LastYear || hi >= nanos(latest) {
			return time.Time{}, ErrNever
		}
		hi = x.hi
	}
}

// Windows lists the service within [s, e), in order, in UTC. Windows that touch are one,
// so service around the clock is one window.
func (c *Calendar) Windows(s, e time.Time) []Span { return c.First(math.MaxInt, s, e) }

// First lists at most so many windows.
func (c *Calendar) First(most int, s, e time.Time) []Span {
	if !s.Before(e) {
		return nil
	}
	a, b := nanos(s), nanos(e)
	x := c.over(a, b)
	var out []Span
	for i := x.firstAfter(a); i < len(x.list) && x.list[i].open < b && len(out) < most; i++ {
		out = append(out, Span{instant(max(a, x.list[i].open)), instant(min(b, x.list[i].close))})
	}
	return out
}

// AddDays gives the instant n business days after t, or before it when n is negative:
// the same wall-clock time on the n-th following day that has service.
func (c *Calendar) AddDays(t time.Time, n int) (time.Time, error) {
	if n == 0 {
		return t.UTC(), nil
	}
	local := t.In(c.hours.Zone)
	first, end := civil(FirstYear, time.January, 1), civil(LastYear+1, time.January, 1)
	at, step := c.dayNumber(t), int64(1)
	if n < 0 {
		step = -1
	}
	for left := n; left != 0; {
		at += step
		if at < first || at >= end || step > 0 && at > c.last {
			return time.Time{}, ErrNever
		}
		if len(c.walls(at)) > 0 {
			left -= int(step)
		}
	}
	sec := at*86400 + int64(local.Hour()*3600+local.Minute()*60+local.Second())
	p := periodsOf(c.hours.Zone, (at-2)*86400, (at+3)*86400)
	return time.Unix(p.first(sec), int64(local.Nanosecond())).UTC(), nil
}

// A Derivation shows how a due time came about: the service that was counted.
type Derivation struct {
	Start, Due time.Time
	Allowed    time.Duration
	Counted    []Span // the first MaxCounted
	More       bool   // there are more
	Paused     []Span
	Closed     []Day // holidays and exceptions between start and due: see Special
}

// MaxCounted is how many intervals, and how many special days, a derivation lists.
const MaxCounted = 200

// Derive is Add that shows its work.
func (c *Calendar) Derive(start time.Time, d time.Duration, pauses ...Span) (Derivation, error) {
	out := Derivation{Start: start.UTC(), Allowed: max(d, 0), Paused: Merge(pauses)}
	var err error
	if out.Due, err = c.Add(start, d, pauses...); err != nil {
		return out, err
	}
	out.Counted = Subtract(c.First(MaxCounted+1+len(out.Paused), out.Start, out.Due), out.Paused)
	if len(out.Counted) > MaxCounted {
		out.Counted, out.More = out.Counted[:MaxCounted:MaxCounted], true
	}
	out.Closed = c.Special(out.Start, out.Due)
	return out, nil
}

// Special tells of the holidays and exceptions from the day of s to that of e, at most
// MaxCounted of them.
func (c *Calendar) Special(s, e time.Time) []Day {
	first, last := c.dayNumber(s), c.dayNumber(e)
	var hit []int64
	for n := range c.days {
		if first <= n && n <= last {
			hit = append(hit, n)
		}
	}
	slices.Sort(hit)
	var out []Day
	for _, n := range hit[:min(len(hit), MaxCounted)] {
		out = append(out, c.dayOf(n))
	}
	return out
}

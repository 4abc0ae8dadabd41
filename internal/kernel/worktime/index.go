package worktime

import (
	"time"
)

// A stretch is unbroken service, in nanoseconds since 1970.
type stretch struct{ open, close, before int64 } // before: service in the index before open

// An index is the service of some years with running sums, so that every question is a
// binary search. It never changes; a larger one takes its place.
type index struct {
	from, to int   // years, to excluded
	lo, hi   int64 // complete for instants in [lo, hi)
	list     []stretch
}

// firstAfter gives the number of the first stretch that closes after t.
func (x *index) firstAfter(t int64) int {
	i, j := 0, len(x.list)
	for i < j {
		if m := int(uint(i+j) >> 1); x.list[m].close > t {
			j = m
		} else {
			i = m + 1
		}
	}
	return i
}

// at gives the service before t.
func (x *index) at(t int64) int64 {
	i := x.firstAfter(t)
	if i == len(x.list) {
		if i == 0 {
			return 0
		}
		return x.list[i-1].before + x.list[i-1].close - x.list[i-1].open
	}
	return x.list[i].before + max(0, t-x.list[i].open)
}

// reach gives the first instant before which there is total > 0 of service: what ends
// exactly at closing time ends then.
func (x *index) reach(total int64) (int64, bool) {
	i, j := 0, len(x.list)
	for i < j {
		m := int(uint(i+j) >> 1)
		if s := &x.list[m]; s.before+s.close-s.open >= total {
			j = m
		} else {
			i = m + 1
		}
	}
	if i == len(x.list) {
		return 0, false
	}
	return x.list[i].open + total - x.list[i].before, true
}

// over gives an index that is complete from lo to hi, both included, as far as the
// calendar's years go.
func (c *Calendar) over(lo, hi int64) *index {
	x := c.index.Load()
	if x != nil && x.lo <= lo && hi < x.hi {
		return x
	}
	from, to := c.year(lo)-1, c.year(hi)+2
	if x != nil && x.from <= max(from, FirstYear) && x.to >= min(to, LastYear+1) {
		return x // it has all there is
	}
	c.grow.Lock()
	defer c.grow.Unlock()
	if x = c.index.Load(); x != nil { // by half of what there is, so that growing is seldom
		if from < x.from {
			from -= (x.to - x.from) / 2
		}
		if to > x.to {
			to += (x.to - x.from) / 2
		}
		from, to = min(from, x.from), max(to, x.to)
	}
	from, to = min(max(from, FirstYear), LastYear), max(min(to, LastYear+1), FirstYear+1)
	if x == nil || from < x.from || to > x.to {
		x = c.build(from, to)
		c.index.Store(x)
	}
	return x
}

func (c *Calendar) year(t int64) int { return time.Unix(0, t).In(c.hours.Zone).Year() }

// build works the years from from to to out.
func (c *Calendar) build(from, to int) *index {
	first, end := civil(from, time.January, 1), civil(to, time.January, 1)
	p := periodsOf(c.hours.Zone, (first-2)*86400, (end+2)*86400)
	x := &index{from: from, to: to, lo: p.first(first*86400) * 1e9, list: make([]stretch, 0, c.guess(int(end-first)))}
	for n := first; n < end && n <= c.last; n++ {
		for _, w := range c.walls(n) {
			open, shut := p.first(n*86400+w.start)*1e9, p.last(n*86400+w.end)*1e9
			if open >= shut {
				continue // within a gap
			}
			if k := len(x.list) - 1; k >= 0 && open <= x.list[k].close { // midnight, or an hour that comes twice
				x.list[k].close = max(x.list[k].close, shut)
				continue
			}
			x.list = append(x.list, stretch{open: open, close: shut})
		}
	}
	x.hi = p.first(end*86400) * 1e9
	sum := int64(0)
	for i := range x.list {
		x.list[i].before = sum
		sum += x.list[i].close - x.list[i].open
	}
	return x
}

// guess says how many stretches so many days have.
func (c *Calendar) guess(days int) int {
	if c.AroundTheClock() {
		return 1
	}
	week := 0
	for _, walls := range c.week {
		week += len(walls)
	}
	return days*week/7 + len(c.days) + 1
}

// A period is a time in which a zone's clocks differ from UTC by off seconds.
type period struct{ from, to, off int64 }

// periods are those of a zone in order. Questions must rise, give or take a day.
type periods struct {
	list []period
	i    int
}

// slack is more than clocks anywhere differ from UTC, in seconds.
const slack = 26 * 3600

// periodsOf lists a zone's periods that touch [from, to], in seconds since 1970.
func periodsOf(zone *time.Location, from, to int64) *periods {
	p := &periods{}
	for at := from; ; {
		t := time.Unix(at, 0).In(zone)
		_, off := t.Zone()
		_, end := t.ZoneBounds()
		q := period{from: at, to: to + slack, off: int64(off)}
		if !end.IsZero() && end.Unix() <= to {
			// Go ends a zone's year after 365 days where it reckons beyond its table
			// (2040-12-31): look again a day later, the offset is right.
			q.to = end.Unix()
			if end.Unix() <= at {
				q.to = at + 86400
			}
		}
		p.list = append(p.list, q)
		if q.to > to {
			return p
		}
		at = q.to
	}
}

// first gives the first instant at which clocks show local second l, or the end of the
// gap that swallowed it.
func (p *periods) first(l int64) int64 { return p.instant(l, true) }

// last gives the last such instant.
func (p *periods) last(l int64) int64 { return p.instant(l, false) }

func (p *periods) instant(l int64, first bool) int64 {
	for p.i < len(p.list)-1 && p.list[p.i].to <= l-slack {
		p.i++
	}
	if q := &p.list[p.i]; q.from < l-slack && l+slack < q.to {
		return l - q.off
	}
	found, at, gap := false, int64(0), int64(0)
	for j := p.i; j < len(p.list) && p.list[j].from < l+slack; j++ {
		q := &p.list[j]
		if u := l - q.off; q.from <= u && u < q.to {
			if first {
				return u
			}
			found, at = true, u
		}
		if j > 0 && gap == 0 && q.from+q.off > l && q.from+p.list[j-1].off <= l {
			gap = q.from
		}
	}
	switch {
	case found:
		return at
	case gap != 0:
		return gap
	}
	return l - p.list[p.i].off // outside of what was asked for
}

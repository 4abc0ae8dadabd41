package worktime

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// zones are twenty, with every sort of change of clocks: at midnight, by half an hour, a
// day skipped, winter time that is the negative one, none at all.
var zones = []string{"Asia/Seoul", "UTC", "America/New_York", "America/Los_Angeles", "America/Sao_Paulo", "America/Havana", "America/St_Johns", "America/Santiago",
	"Europe/London", "Europe/Berlin", "Europe/Dublin", "Europe/Moscow", "Africa/Casablanca", "Africa/Cairo", "Asia/Tehran", "Asia/Kathmandu", "Asia/Gaza",
	"Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham"}

// A minutewise calendar knows nothing but a clock: it looks at what the clock shows at
// every minute of a stretch of time, and marks those that are open.
type minutewise struct {
	from time.Time // a full minute
	open []bool
}

// mark works out which of n minutes are open by the letter of book B §1.2 rule 2.
func mark(h Hours, from time.Time, n int) minutewise {
	const pad = 3 * 24 * 60
	first, last := map[int64]int{}, map[int64]int{} // by what the clock shows, in minutes
	var walls []int64
	start := from.Add(-pad * time.Minute)
	var days []string
	for i := range n + 2*pad {
		at := start.Add(time.Duration(i) * time.Minute)
		_, off := at.In(h.Zone).Zone()
		w := (at.Unix() + int64(off)) / 60
		if _, known := first[w]; !known {
			first[w] = i
		}
		last[w] = i
		walls = append(walls, w)
	}
	for d, _ := time.Parse(time.DateOnly, start.AddDate(0, 0, 1).Format(time.DateOnly)); d.Before(from.Add(time.Duration(n+pad/2) * time.Minute)); d = d.AddDate(0, 0, 1) {
		days = append(days, d.Format(time.DateOnly))
	}
	boundary := func(day time.Time, min int, where map[int64]int) int {
		l := day.Unix()/60 + int64(min)
		if i, ok := where[l]; ok {
			return i
		}
		return slices.IndexFunc(walls, func(w int64) bool { return w > l }) // never shown: the first that shows more
	}
	out := minutewise{from, make([]bool, n)}
	for _, day := range days {
		d, _ := time.Parse(time.DateOnly, day)
		var today []Window
		for _, w := range h.Week {
			if w.Weekday == d.Weekday() {
				today = append(today, w)
			}
		}
		if slices.ContainsFunc(h.Holidays, func(x Holiday) bool { return x.Date == day }) {
			today = nil
		}
		for _, x := range h.Exceptions {
			if x.Date == day {
				today = x.Windows
			}
		}
		for _, w := range today {
			s, e := boundary(d, int(w.Start/time.Minute), first), boundary(d, int(w.End/time.Minute), last)
			for i := max(s, pad); i >= 0 && i < min(e, n+pad); i++ {
				out.open[i-pad] = true
			}
		}
	}
	return out
}

// random makes hours around a day on which some zone's clocks may change.
func random(rng *rand.Rand, zone *time.Location, from time.Time, days int) Hours {
	windows := func() (out []Window) {
		at := 0
		for range rng.IntN(4) {
			s := at + rng.IntN(24*60-at)
			e := s + 1 + rng.IntN(24*60-s)
			if rng.IntN(6) == 0 {
				e = 24 * 60
			}
			if rng.IntN(3) > 0 { // most people open at full quarters
				s, e = s/15*15, (e+14)/15*15
			}
			s = max(s, at)
			if s >= e {
				continue
			}
			out = append(out, Window{Start: time.Duration(s) * time.Minute, End: time.Duration(e) * time.Minute})
			if at = e; at >= 24*60 {
				break
			}
		}
		return out
	}
	h := Hours{Zone: zone}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if rng.IntN(5) == 0 {
			h.Week = append(h.Week, Window{d, 0, 24 * time.Hour})
			continue
		}
		for _, w := range windows() {
			w.Weekday = d
			h.Week = append(h.Week, w)
		}
	}
	seen := map[string]bool{}
	for range rng.IntN(4) {
		date := from.AddDate(0, 0, rng.IntN(days)).Format(time.DateOnly)
		h.Holidays = append(h.Holidays, Holiday{Date: date})
		if rng.IntN(3) == 0 && !seen[date] {
			seen[date] = true
			h.Exceptions = append(h.Exceptions, Exception{Date: date, Windows: windows()})
		}
	}
	return h
}

// changeNear gives a day near a change of the zone's clocks, or any day.
func changeNear(rng *rand.Rand, z *time.Location) time.Time {
	at := time.Date(1995+rng.IntN(60), time.Month(1+rng.IntN(12)), 1+rng.IntN(28), 0, 0, 0, 0, time.UTC)
	if rng.IntN(5) == 0 && z.String() == "Pacific/Apia" {
		at = time.Date(2011, 12, 1, 0, 0, 0, 0, time.UTC)
	}
	if _, end := at.In(z).ZoneBounds(); !end.IsZero() && end.Sub(at) < 400*24*time.Hour {
		at = end.Add(-time.Duration(rng.IntN(4*24)) * time.Hour).Truncate(24 * time.Hour)
	}
	return at
}

func TestMinuteByMinute(t *testing.T) {
	const days, calendars = 8, 2000
	n := days * 24 * 60
	for k, name := range zones {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(uint64(k), 20260603))
			z := zone(t, name)
			for i := range calendars / len(zones) {
				from := changeNear(rng, z)
				h := random(rng, z, from, days)
				c, err := Compile(h)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, rng, c, mark(h, from, n))
				if t.Failed() {
					t.Fatalf("calendar %d from %v: %+v", i, from, h)
				}
			}
		})
	}
}

// compare asks both the same, and then what must hold of the calendar's own answers.
func compare(t *testing.T, rng *rand.Rand, c *Calendar, m minutewise) {
	t.Helper()
	n := len(m.open)
	at := func(i int) time.Time { return m.from.Add(time.Duration(i) * time.Minute) }
	sum := make([]int, n+1) // open minutes before
	for i, o := range m.open {
		sum[i+1] = sum[i]
		if o {
			sum[i+1]++
		}
	}
	minutes := func(d time.Duration) int { return int(d / time.Minute) }
	for range 40 {
		a, b := rng.IntN(n), rng.IntN(n)
		a, b = min(a, b), max(a, b)
		if got, want := c.Between(at(a), at(b)), time.Duration(sum[b]-sum[a])*time.Minute; got != want {
			t.Errorf("between %v and %v: %v, want %v", at(a), at(b), got, want)
		}
		if c.Open(at(a)) != m.open[a] {
			t.Errorf("open at %v: %v", at(a), c.Open(at(a)))
		}
		if i := slices.Index(m.open[a:], true); i >= 0 {
			if got, err := c.Next(at(a)); err != nil || !got.Equal(at(a+i)) {
				t.Errorf("next after %v: %v %v, want %v", at(a), got, err, at(a+i))
			}
		}
		var pauses []Span
		paused := make([]bool, n)
		for range rng.IntN(4) {
			s := rng.IntN(n)
			e := min(n, s+1+rng.IntN(1000))
			pauses = append(pauses, Span{at(s), at(e)})
			for j := s; j < e; j++ {
				paused[j] = true
			}
		}
		target := 1 + rng.IntN(2000)
		left, want := target, -1
		for j := a; j < n && left > 0; j++ {
			if m.open[j] && !paused[j] {
				if left--; left == 0 {
					want = j + 1
				}
			}
		}
		if want < 0 {
			continue
		}
		d := time.Duration(target) * time.Minute
		due, err := c.Add(at(a), d, pauses...)
		if err != nil || !due.Equal(at(want)) {
			t.Errorf("%v from %v without %v: %v %v, want %v", d, at(a), pauses, due, err, at(want))
			continue
		}
		if got := c.Elapsed(at(a), due, pauses...); got != d {
			t.Errorf("elapsed until due: %v, want %v", got, d)
		}
		invariants(t, rng, c, at(a), due, d, pauses)
	}
	windows := c.Windows(at(0), at(n))
	for i, w := range windows {
		if !w.Start.Before(w.End) || i > 0 && !windows[i-1].End.Before(w.Start) {
			t.Errorf("windows %v", windows)
		}
		if minutes(w.End.Sub(at(0))) > n {
			t.Errorf("window %v ends too late", w)
		}
	}
}

// invariants hold whatever the calendar: parts add up, a pause moves the due time by its
// service and closed time does not, Back undoes Add, a derivation counts what is allowed.
func invariants(t *testing.T, rng *rand.Rand, c *Calendar, start, due time.Time, d time.Duration, pauses []Span) {
	t.Helper()
	mid := start.Add(time.Duration(rng.Int64N(int64(due.Sub(start)) + 1)))
	if a, b, all := c.Elapsed(start, mid, pauses...), c.Elapsed(mid, due, pauses...), c.Elapsed(start, due, pauses...); a+b != all {
		t.Errorf("%v + %v is not %v", a, b, all)
	}
	part := c.Elapsed(start, mid, pauses...)
	if rest := d - part; rest > 0 { // stop and go on
		if got, err := c.Add(mid, rest, pauses...); err != nil || !got.Equal(due) {
			t.Errorf("going on at %v: %v %v, want %v", mid, got, err, due)
		}
	}
	p := Span{mid, mid.Add(time.Duration(rng.IntN(600)) * time.Minute)}
	more, err := c.Add(start, d, append(slices.Clone(pauses), p)...)
	if err != nil {
		t.Error(err)
		return
	}
	extra := c.Elapsed(start, due, pauses...) - c.Elapsed(start, due, append(slices.Clone(pauses), p)...)
	if extra == 0 && !more.Equal(due) {
		t.Errorf("a pause in closed time moved %v to %v", due, more)
	}
	if got := c.Elapsed(start, more, append(slices.Clone(pauses), p)...); got != d {
		t.Errorf("with a pause more %v is counted, want %v", got, d)
	}
	plain, err := c.Add(start, d)
	if err != nil {
		t.Error(err)
		return
	}
	if back, err := c.Back(plain, d); err != nil || c.Between(back, plain) != d || back.Before(start) && c.Between(back, start) != 0 {
		t.Errorf("%v back from %v: %v %v, began at %v", d, plain, back, err, start)
	}
	der, err := c.Derive(start, d, pauses...)
	sum := time.Duration(0)
	for _, s := range der.Counted {
		sum += s.End.Sub(s.Start)
	}
	if err != nil || sum != d || !der.Due.Equal(due) {
		t.Errorf("derivation counts %v of %v until %v: %v", sum, d, der.Due, err)
	}
}

func TestAnswersDoNotDependOnWhatWasAskedBefore(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	h := random(rng, zone(t, "America/New_York"), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), 30)
	old, err := Compile(h)
	if err != nil {
		t.Fatal(err)
	}
	for range 300 {
		fresh, err := Compile(h)
		if err != nil {
			t.Fatal(err)
		}
		a := time.Date(1971+rng.IntN(150), time.Month(1+rng.IntN(12)), 1, rng.IntN(24), rng.IntN(60), 0, 0, time.UTC)
		d := time.Duration(rng.IntN(200_000)) * time.Minute
		x, err1 := old.Add(a, d)
		y, err2 := fresh.Add(a, d)
		if !x.Equal(y) || (err1 == nil) != (err2 == nil) {
			t.Fatalf("%v from %v: %v %v, and %v %v", d, a, x, err1, y, err2)
		}
	}
}

func FuzzSheet(f *testing.F) {
	for _, s := range []string{
		`{"timezone":"Asia/Seoul","weekly":[{"weekday":1,"start":"09:00","end":"18:00"}],"holidays":["2026-06-03",{"date":"2026-06-06","label":{"ko":"현충일"}}]}`,
		`{"timezone":"America/Havana","weekly":[{"weekday":7,"start":"00:00","end":"24:00"}],"exceptions":[{"date":"2026-11-01","kind":"open","start":"00:30","end":"01:30"}]}`,
		`{"timezone":"UTC","weekly":[],"exceptions":[{"date":"0001-01-01","kind":"open","start":"00:00","end":"24:00"},{"date":"9999-12-31","kind":"closed"}]}`,
	} {
		f.Add([]byte(s), int64(1_780_000_000), int64(3600))
	}
	f.Fuzz(func(t *testing.T, raw []byte, start, sec int64) {
		var s Sheet
		if json.Unmarshal(raw, &s) != nil {
			return
		}
		c, err := s.Compile()
		if err != nil {
			return
		}
		at := time.Unix(start%4_000_000_000, 0)
		d := time.Duration(sec%(1<<32)) * time.Second
		due, err := c.Add(at, d)
		if err == nil && d > 0 && c.Between(at, due) != d {
			t.Errorf("%v from %v is due %v, which is %v", d, at, due, c.Between(at, due))
		}
	})
}

func FuzzParseClock(f *testing.F) {
	for _, s := range []string{"09:00", "24:00", "24:00:01", "23:59:59", "오전 9", "9:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := ParseClock(s)
		if ok && (d < 0 || d > 24*time.Hour || clock(int64(d/time.Second)) != s && clock(int64(d/time.Second))+":00" != s) {
			t.Errorf("%q is %v", s, d)
		}
	})
}

package clock

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/worktime"
)

var seoul = time.FixedZone("KST", 9*3600)

// office is Monday to Friday, 9 to 18.
func office(t testing.TB, holidays ...string) *worktime.Calendar {
	t.Helper()
	h := worktime.Hours{Zone: seoul}
	for d := time.Monday; d <= time.Friday; d++ {
		h.Week = append(h.Week, worktime.Window{Weekday: d, Start: 9 * time.Hour, End: 18 * time.Hour})
	}
	for _, d := range holidays {
		h.Holidays = append(h.Holidays, worktime.Holiday{Date: d})
	}
	c, err := worktime.Compile(h)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// at reads "12 09:00" as a moment of October 2026, whose 12th is a Monday.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	x, err := time.ParseInLocation("2006-01 02 15:04", "2026-10 "+s, seoul)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// says compares what a clock is with "state due", in Seoul.
func says(t *testing.T, c *Clock, want string) {
	t.Helper()
	got := string(c.State)
	if !c.Due.IsZero() {
		got += " " + c.Due.In(seoul).Format("02 15:04")
	}
	if got != want {
		t.Errorf("the clock says %s, want %s", got, want)
	}
	contiguous(t, c)
}

func contiguous(t *testing.T, c *Clock) {
	t.Helper()
	next := c.Started
	for i, s := range c.Segments {
		if !s.From.Equal(next) || !s.To.IsZero() && s.To.Before(s.From) || s.To.IsZero() && i != len(c.Segments)-1 {
			t.Fatalf("segments: %+v", c.Segments)
		}
		next = s.To
	}
	if c.State.Over() == next.IsZero() {
		t.Fatalf("%s with segments %+v", c.State, c.Segments)
	}
}

// The vectors of book B §1.3 that are behaviour; those of arithmetic stand in worktime.
func TestClockVectors(t *testing.T) {
	kr, always := office(t), worktime.Always(seoul)
	p3 := Offer{ID: "p3", Key: "sla/resolution", Precedence: 3, Cal: kr, Target: 27 * time.Hour, Retro: true, RetroPause: true, Reopen: Continue}
	p1 := Offer{ID: "p1", Key: "sla/resolution", Precedence: 1, Cal: always, Target: 4 * time.Hour, Steps: []Step{{Percent: 50}, {Percent: 75}, {Percent: 100}, {Percent: 200}},
		Retro: true, RetroPause: true, Reopen: Continue, Since: at(t, "12 09:00")}
	raised := func(t *testing.T, pauses ...string) (old, now *Clock) {
		t.Helper()
		open := p3
		open.Facts.Start = true
		first, err := Decide(nil, []Offer{open, p1}, at(t, "12 09:00"))
		ok(t, err)
		has := []Attached{first[0].Attached}
		for i := 0; i+1 < len(pauses); i += 2 {
			open.Facts.Pause = true
			_, err := Decide(has, []Offer{open, p1}, at(t, pauses[i]))
			ok(t, err)
			says(t, has[0].Clock, "paused")
			open.Facts.Pause = false
			_, err = Decide(has, []Offer{open, p1}, at(t, pauses[i+1]))
			ok(t, err)
		}
		raised := p1
		raised.Facts.Start, open.Facts.Start = true, false
		next, err := Decide(has, []Offer{open, raised}, at(t, "12 15:00"))
		ok(t, err)
		if len(next) != 1 || next[0].Supersedes != has[0].Clock {
			t.Fatalf("begun: %+v", next)
		}
		return has[0].Clock, next[0].Clock
	}
	t.Run("TV-SLA-13", func(t *testing.T) {
		old, c := raised(t)
		if old.State != Cancelled || old.Reason != Superseded {
			t.Errorf("the old clock is %s (%s)", old.State, old.Reason)
		}
		says(t, c, "breached_running 12 13:00")
		if !c.Breached.Equal(at(t, "12 13:00")) || !c.Detected.Equal(at(t, "12 15:00")) {
			t.Errorf("breached %v, detected %v", c.Breached, c.Detected)
		}
		told, err := c.Tick(at(t, "12 15:00")) // one message: 50, 75 and 100 %, and the breach
		ok(t, err)
		if len(told) != 4 || told[0].Step != 0 || !told[0].At.Equal(at(t, "12 11:00")) || told[1].Step != 1 {
			t.Errorf("told of %+v", told)
		}
		if again, err := c.Tick(at(t, "12 15:01")); err != nil || len(again) != 0 {
			t.Errorf("told twice: %+v %v", again, err)
		}
	})
	t.Run("TV-SLA-14", func(t *testing.T) {
		_, c := raised(t, "12 10:00", "12 12:30")
		says(t, c, "running 12 15:30")
		if left := c.Remaining(at(t, "12 15:00")); left != 30*time.Minute {
			t.Errorf("%v left, want 30 min", left)
		}
	})
	for how, want := range map[Reopen]string{Continue: "running 13 12:00", Restart: "running 13 14:00", CountAll: "breached_running 12 13:00"} {
		t.Run("TV-SLA-15/"+string(how), func(t *testing.T) {
			o := Offer{ID: "r", Key: "sla/resolution", Cal: kr, Target: 4 * time.Hour, Reopen: how, Since: at(t, "12 09:00"), Facts: Facts{Start: true}}
			first, err := Decide(nil, []Offer{o}, at(t, "12 09:00"))
			ok(t, err)
			has := []Attached{first[0].Attached}
			stop := o
			stop.Facts.Stop = true
			_, err = Decide(has, []Offer{stop}, at(t, "12 11:00"))
			ok(t, err)
			says(t, has[0].Clock, "met 12 13:00")
			next, err := Decide(has, []Offer{o}, at(t, "13 10:00"))
			ok(t, err)
			c := has[0].Clock
			if how == Restart {
				c = next[0].Clock
				says(t, has[0].Clock, "met 12 13:00")
			} else if len(next) != 0 {
				t.Errorf("a new clock began: %+v", next)
			}
			says(t, c, want)
		})
	}
	t.Run("TV-SLA-16", func(t *testing.T) {
		group := func(g string, here bool) Offer {
			return Offer{ID: "ola", Key: "ola/resolution/" + g, Cal: kr, Target: 8 * time.Hour, Reopen: Restart, Facts: Facts{Start: here, Stop: !here}}
		}
		begun, err := Decide(nil, []Offer{group("A", true), group("B", false)}, at(t, "12 17:00"))
		ok(t, err)
		a := begun[0]
		begun, err = Decide([]Attached{a.Attached}, []Offer{group("A", false), group("B", true)}, at(t, "13 10:00"))
		ok(t, err)
		if len(begun) != 1 || begun[0].Key != "ola/resolution/B" {
			t.Fatalf("begun: %+v", begun)
		}
		if got := a.Clock.Elapsed(at(t, "20 10:00")); got != 2*time.Hour || a.Clock.State != Met {
			t.Errorf("%v charged to A (%s), want 2 h", got, a.Clock.State)
		}
		begun, err = Decide([]Attached{a.Attached, begun[0].Attached}, []Offer{group("A", true), group("B", false)}, at(t, "14 10:00"))
		ok(t, err)
		if len(begun) != 1 || begun[0].Clock == a.Clock || begun[0].Clock.Elapsed(at(t, "14 11:00")) != time.Hour {
			t.Errorf("back at A: %+v", begun)
		}
	})
	t.Run("TV-SLA-17", func(t *testing.T) {
		var past []time.Duration
		for _, h := range []int{1, 2, 2, 3, 4, 5, 6, 7, 9, 10} {
			past = append(past, time.Duration(h)*time.Hour)
		}
		p, n, known := Chance(past, 3*time.Hour, 8*time.Hour, 0)
		if !known || n != 6 || fmt.Sprintf("%.3f", p) != "0.333" {
			t.Errorf("P = %.3f of %d", p, n)
		}
		if _, _, known := Chance(past, 3*time.Hour, 8*time.Hour, 30); known {
			t.Error("ten are enough")
		}
		if _, _, known := Chance(past, 11*time.Hour, 8*time.Hour, 0); known {
			t.Error("an answer from nothing")
		}
	})
	t.Run("TV-SLA-18", func(t *testing.T) {
		for stop, want := range map[time.Duration]string{0: "met 12 13:00", time.Microsecond: "breached_stopped 12 13:00"} {
			c, err := Start(kr, 4*time.Hour, nil, at(t, "12 09:00"), at(t, "12 09:00"))
			ok(t, err)
			ok(t, c.Stop(at(t, "12 13:00").Add(stop)))
			says(t, c, want)
		}
	})
}

func TestPauses(t *testing.T) {
	kr := office(t)
	start := func(target time.Duration) *Clock {
		c, err := Start(kr, target, []Step{{Percent: 50}, {Remaining: 30 * time.Minute}}, at(t, "12 09:00"), at(t, "12 09:00"))
		ok(t, err)
		return c
	}
	t.Run("what is left is frozen", func(t *testing.T) {
		c := start(4 * time.Hour)
		ok(t, c.Pause(at(t, "12 11:00"), "awaiting_customer"))
		ok(t, c.Recount(at(t, "20 11:00")))
		says(t, c, "paused")
		if c.Remaining(at(t, "20 11:00")) != 2*time.Hour || !c.Next(at(t, "20 11:00")).IsZero() {
			t.Errorf("%v left, next %v", c.Remaining(at(t, "20 11:00")), c.Next(at(t, "20 11:00")))
		}
		ok(t, c.Resume(at(t, "20 11:00")))
		says(t, c, "running 20 13:00")
	})
	t.Run("a pause comes too late", func(t *testing.T) {
		c := start(4 * time.Hour)
		ok(t, c.Pause(at(t, "12 14:00"), "awaiting_customer"))
		says(t, c, "paused 12 13:00")
		ok(t, c.Resume(at(t, "13 14:00")))
		says(t, c, "breached_running 12 13:00")
		ok(t, c.Stop(at(t, "13 15:00")))
		says(t, c, "breached_stopped 12 13:00")
	})
	t.Run("a pause at the very end", func(t *testing.T) {
		c := start(4 * time.Hour)
		ok(t, c.Pause(at(t, "12 13:00"), "awaiting_customer"))
		says(t, c, "paused")
		ok(t, c.Resume(at(t, "14 10:00")))
		ok(t, c.Stop(at(t, "14 10:00")))
		says(t, c, "met 14 10:00")
	})
	t.Run("twice is once", func(t *testing.T) {
		c := start(4 * time.Hour)
		for range 2 {
			ok(t, c.Pause(at(t, "12 11:00"), "awaiting_customer"))
		}
		for range 2 {
			ok(t, c.Resume(at(t, "12 12:00")))
		}
		if len(c.Segments) != 3 {
			t.Errorf("segments %+v", c.Segments)
		}
		says(t, c, "running 12 14:00")
	})
	t.Run("time goes backwards", func(t *testing.T) {
		c := start(4 * time.Hour)
		ok(t, c.Pause(at(t, "12 11:00"), "awaiting_customer"))
		ok(t, c.Resume(at(t, "12 10:00"))) // a machine whose clock was set back
		says(t, c, "running 12 13:00")
		ok(t, c.Stop(at(t, "12 09:30")))
		says(t, c, "met 12 13:00")
	})
	t.Run("a breach stays one when the calendar changes", func(t *testing.T) {
		c := start(4 * time.Hour)
		ok(t, c.Recount(at(t, "12 14:00")))
		c.Cal = office(t, "2026-10-12")
		ok(t, c.Recount(at(t, "12 14:01")))
		says(t, c, "breached_running 12 13:00")
	})
	t.Run("a running one moves with it", func(t *testing.T) {
		c := start(12 * time.Hour)
		says(t, c, "running 13 12:00")
		c.Cal = office(t, "2026-10-13")
		ok(t, c.Recount(at(t, "12 14:00")))
		says(t, c, "running 14 12:00")
		if !c.Original.Equal(at(t, "13 12:00")) {
			t.Errorf("original %v", c.Original)
		}
	})
}

func TestResetBeginsTheNextInterval(t *testing.T) {
	o := Offer{ID: "update", Key: "sla/update_interval", Cal: office(t), Target: 2 * time.Hour, Facts: Facts{Start: true}}
	begun, err := Decide(nil, []Offer{o}, at(t, "12 09:00"))
	ok(t, err)
	has := []Attached{begun[0].Attached}
	o.Facts.Reset = true
	for n, c := range []struct{ when, state, due string }{{"12 10:00", "met 12 11:00", "running 12 12:00"}, {"12 13:00", "breached_stopped 12 12:00", "running 12 15:00"}} {
		begun, err := Decide(has, []Offer{o}, at(t, c.when))
		ok(t, err)
		says(t, has[n].Clock, c.state)
		has = append(has, begun[0].Attached)
		says(t, has[n+1].Clock, c.due)
	}
}

func TestWhoseDefinitionWins(t *testing.T) {
	o := func(id string, precedence int, fits bool) Offer {
		return Offer{ID: id, Key: "sla/resolution", Precedence: precedence, Cal: office(t), Target: time.Hour, Facts: Facts{Start: fits}}
	}
	begun, err := Decide(nil, []Offer{o("general", 9, true), o("vip", 1, true), o("none", 0, false)}, at(t, "12 09:00"))
	ok(t, err)
	if len(begun) != 1 || begun[0].ID != "vip" {
		t.Errorf("begun: %+v", begun)
	}
	has := []Attached{begun[0].Attached}
	if begun, err = Decide(has, []Offer{o("vip", 1, false), o("general", 9, false)}, at(t, "12 09:30")); err != nil || len(begun) != 0 || has[0].Clock.State != Running {
		t.Errorf("a start condition that no longer holds ended the clock: %v %+v", err, has[0].Clock)
	}
	gone := o("vip", 1, true)
	gone.Facts.Cancel = true
	if begun, err = Decide(has, []Offer{gone}, at(t, "12 09:40")); err != nil || len(begun) != 0 || has[0].Clock.State != Cancelled {
		t.Errorf("cancelled: %v %+v", err, has[0].Clock)
	}
	if _, err := Start(office(t), 0, nil, at(t, "12 09:00"), at(t, "12 09:00")); err == nil {
		t.Error("a target of nothing")
	}
}

// TestThreeDaysAsleep: what was missed comes in the order of time, once, with its time.
func TestThreeDaysAsleep(t *testing.T) {
	c, err := Start(office(t), 8*time.Hour, []Step{{Percent: 150}, {Percent: 50}, {Remaining: time.Hour}, {Percent: 100}}, at(t, "12 16:00"), at(t, "12 16:00"))
	ok(t, err)
	if next := c.Next(at(t, "12 16:00")); !next.Equal(at(t, "13 11:00")) {
		t.Errorf("next at %v", next.In(seoul))
	}
	told, err := c.Tick(at(t, "15 16:00"))
	ok(t, err)
	var got []string
	for _, e := range told {
		got = append(got, fmt.Sprint(e.Step, " ", e.At.In(seoul).Format("02 15:04")))
	}
	if want := []string{"1 13 11:00", "2 13 14:00", "-1 13 15:00", "3 13 15:00", "0 14 10:00"}; !slices.Equal(got, want) {
		t.Errorf("told of %v, want %v", got, want)
	}
	if next := c.Next(at(t, "15 16:00")); !next.IsZero() {
		t.Errorf("next at %v", next)
	}
	if !c.Breached.Equal(at(t, "13 15:00")) || !c.Detected.Equal(at(t, "15 16:00")) {
		t.Errorf("breached %v, detected %v", c.Breached, c.Detected)
	}
}

// TestRandomLives drives clocks through random lives, with and without sleeping ticks, and
// holds what they say against their segments, counted minute by minute.
func TestRandomLives(t *testing.T) {
	kr := office(t, "2026-10-14")
	rng := rand.New(rand.NewPCG(4, 4))
	for range 400 {
		begin := at(t, "12 00:00").Add(time.Duration(rng.IntN(5000)) * time.Minute)
		target := time.Duration(1+rng.IntN(1500)) * time.Minute
		steps := []Step{{Percent: 50}, {Percent: 90}, {Percent: 120}}
		awake, err := Start(kr, target, steps, begin, begin)
		ok(t, err)
		asleep, err := Start(kr, target, steps, begin, begin)
		ok(t, err)
		now := begin
		var told []Event
		for range 12 {
			now = now.Add(time.Duration(rng.IntN(900)) * time.Minute)
			told = tickUntil(t, awake, now, told)
			do := rng.IntN(5)
			for _, c := range []*Clock{awake, asleep} {
				switch do {
				case 0, 1:
					ok(t, c.Pause(now, "x"))
				case 2, 3:
					ok(t, c.Resume(now))
				case 4:
					ok(t, c.Stop(now))
					ok(t, c.Reopen(now.Add(time.Hour), Continue))
				}
				contiguous(t, c)
			}
			if do == 4 {
				now = now.Add(time.Hour)
			}
			counted(t, kr, awake, now)
			ok(t, asleep.Recount(now))
			if awake.State != asleep.State || !awake.Due.Equal(asleep.Due) || !awake.Breached.Equal(asleep.Breached) {
				t.Fatalf("awake %s %v, asleep %s %v", awake.State, awake.Due, asleep.State, asleep.Due)
			}
		}
		now = now.Add(24 * time.Hour)
		told = tickUntil(t, awake, now, told)
		slept, err := asleep.Tick(now)
		ok(t, err)
		if !slices.EqualFunc(told, slept, func(a, b Event) bool { return a.Step == b.Step && a.At.Equal(b.At) }) {
			t.Fatalf("awake was told %v, asleep %v", told, slept)
		}
	}
}

// tickUntil wakes a clock at every moment it asks for.
func tickUntil(t *testing.T, c *Clock, now time.Time, told []Event) []Event {
	t.Helper()
	for range 20 {
		next := c.Next(now)
		if next.IsZero() || !next.Before(now) {
			break
		}
		some, err := c.Tick(next.Add(time.Microsecond))
		ok(t, err)
		told = append(told, some...)
	}
	some, err := c.Tick(now)
	ok(t, err)
	return append(told, some...)
}

// counted counts a clock's segments minute by minute.
func counted(t *testing.T, cal *worktime.Calendar, c *Clock, now time.Time) {
	t.Helper()
	var sum, used time.Duration
	due := time.Time{}
	for m := c.Started; m.Before(now); m = m.Add(time.Minute) {
		i := slices.IndexFunc(c.Segments, func(s Segment) bool { return !m.Before(s.From) && (s.To.IsZero() || m.Before(s.To)) })
		if i < 0 || c.Segments[i].Pause || !cal.Open(m) {
			continue
		}
		if used += time.Minute; used == c.Target {
			due = m.Add(time.Minute)
		}
		sum += time.Minute
	}
	if got := c.Elapsed(now); got != sum {
		t.Fatalf("elapsed %v, want %v: %+v", got, sum, c.Segments)
	}
	if late := used > c.Target; late && (c.Breached.IsZero() || !c.Breached.Equal(due)) {
		t.Fatalf("breached %v, used up at %v: %+v", c.Breached, due, c.Segments)
	}
	all, paused := c.Wall(now)
	if all != now.Sub(c.Started) || paused > all {
		t.Fatalf("%v by the wall, %v paused, since %v", all, paused, now.Sub(c.Started))
	}
}

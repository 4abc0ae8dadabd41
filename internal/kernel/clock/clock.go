// Package clock is stopwatches in working time: when a promise about a record starts,
// pauses, stops and is broken (book B §1.2).
//
// A clock's segments are the truth; everything else about it follows from them and from
// its calendar, and can be worked out again. Nothing here knows what a record is: what
// conditions say of one comes in as Facts.
package clock

import (
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/worktime"
)

// A State is how a clock stands.
type State string

// The states of a clock. A broken promise runs on until somebody keeps it late.
const (
	Running         State = "running"
	Paused          State = "paused"
	Met             State = "met"
	BreachedRunning State = "breached_running"
	BreachedStopped State = "breached_stopped"
	Cancelled       State = "cancelled"
)

// Over reports whether nothing happens to a clock by itself any more.
func (s State) Over() bool { return s == Met || s == BreachedStopped || s == Cancelled }

// A Reopen says what becomes of a stopped clock when the work is taken up again.
type Reopen string

// The ways to take up again.
const (
	Continue Reopen = "continue"  // the time while it was stopped is a pause
	Restart  Reopen = "restart"   // a new clock begins
	CountAll Reopen = "count_all" // the time while it was stopped counts
)

// A Segment is a stretch in which a clock ran or was paused. Those of one clock are
// contiguous; only the last may be open.
type Segment struct {
	Pause  bool
	From   time.Time
	To     time.Time // zero = open
	Reason string
}

// A Step is one escalation on the way: at so many percent of the target, or when so much
// of it is left.
type Step struct {
	Percent   int
	Remaining time.Duration // where Percent is 0
}

// after gives how much must have passed for the step.
func (s Step) after(target time.Duration) time.Duration {
	if s.Percent == 0 {
		return max(0, target-s.Remaining)
	}
	return target/100*time.Duration(s.Percent) + target%100*time.Duration(s.Percent)/100
}

// A Clock is one promise being kept or broken. Cal and Target never change after it began;
// when a calendar itself changes, Recount works the clock out anew.
type Clock struct {
	Cal      *worktime.Calendar
	Target   time.Duration
	Steps    []Step
	Segments []Segment
	State    State
	Started  time.Time
	Stopped  time.Time // zero while it goes on
	Due      time.Time // zero while it is paused and not broken: it moves on with the pause
	Original time.Time // Due when it began
	Breached time.Time // when it was due, not when somebody noticed
	Detected time.Time // when somebody noticed
	Fired    []int     // what Tick has told of: steps by their number, and Breach
	Reason   string    // why it was cancelled
}

// Start begins a clock that counts from start, which may be past. pauses are what it
// would have been paused for; the last may be open.
func Start(cal *worktime.Calendar, target time.Duration, steps []Step, start, now time.Time, pauses ...Segment) (*Clock, error) {
	if target <= 0 {
		return nil, fault.Field("target", "too_small", "min", "PT1S")
	}
	if start.After(now) {
		start = now
	}
	c := &Clock{Cal: cal, Target: target, Steps: steps, Started: start, State: Running}
	at := start
	for _, p := range pauses {
		if !p.Pause || !p.To.IsZero() && !p.To.After(at) {
			continue
		}
		if p.From.After(at) {
			c.Segments = append(c.Segments, Segment{From: at, To: p.From})
			at = p.From
		}
		p.From = at
		c.Segments = append(c.Segments, p)
		if p.To.IsZero() {
			c.State = Paused
			break
		}
		at = p.To
	}
	if c.State == Running {
		c.Segments = append(c.Segments, Segment{From: at})
	}
	var err error
	if c.Original, err = cal.Add(start, target); err != nil {
		return nil, err
	}
	return c, c.Recount(now)
}

// last gives the segment that goes on, or nil.
func (c *Clock) last() *Segment {
	if n := len(c.Segments); n > 0 && c.Segments[n-1].To.IsZero() {
		return &c.Segments[n-1]
	}
	return nil
}

// end closes the segment that goes on. A machine whose time was set back does not make
// a segment end before it began.
func (c *Clock) end(at time.Time) time.Time {
	s := c.last()
	if s == nil {
		return at
	}
	if at.Before(s.From) {
		at = s.From
	}
	s.To = at
	if s.From.Equal(s.To) && len(c.Segments) > 1 { // nothing happened in it
		c.Segments = c.Segments[:len(c.Segments)-1]
	}
	return at
}

// begin opens a segment, or goes on with the last one when that is of the same sort.
func (c *Clock) begin(s Segment) {
	if n := len(c.Segments); n > 0 {
		if l := &c.Segments[n-1]; l.Pause == s.Pause && l.Reason == s.Reason && l.To.Equal(s.From) {
			l.To = s.To
			return
		}
	}
	c.Segments = append(c.Segments, s)
}

// Pause holds the clock.
func (c *Clock) Pause(at time.Time, reason string) error {
	if c.State.Over() || c.held() {
		return nil
	}
	if err := c.Recount(at); err != nil { // what broke before the pause stays broken
		return err
	}
	at = c.end(at)
	c.begin(Segment{Pause: true, From: at, Reason: reason})
	return c.Recount(at)
}

// Resume lets it go on.
func (c *Clock) Resume(at time.Time) error {
	if c.State.Over() || !c.held() {
		return nil
	}
	at = c.end(at)
	c.begin(Segment{From: at})
	return c.Recount(at)
}

// held reports whether the segment that goes on is a pause.
func (c *Clock) held() bool { s := c.last(); return s != nil && s.Pause }

// Stop keeps the promise, in time or late: exactly at the due time is in time.
func (c *Clock) Stop(at time.Time) error {
	if c.State.Over() {
		return nil
	}
	c.Stopped = c.end(at)
	return c.Recount(c.Stopped)
}

// Cancel ends a clock that counts for nothing any more.
func (c *Clock) Cancel(at time.Time, reason string) {
	if c.State == Cancelled {
		return
	}
	c.Stopped = c.end(at)
	c.State, c.Reason = Cancelled, reason
}

// Reopen takes a stopped clock up again. With Restart nothing happens here: the caller
// begins a new one.
func (c *Clock) Reopen(at time.Time, how Reopen) error {
	if !c.State.Over() || c.State == Cancelled || how == Restart {
		return nil
	}
	if at.Before(c.Stopped) {
		at = c.Stopped
	}
	switch {
	case how == CountAll:
		c.begin(Segment{From: c.Stopped})
	case at.After(c.Stopped):
		c.begin(Segment{Pause: true, From: c.Stopped, To: at, Reason: Stopped})
		c.begin(Segment{From: at})
	default:
		c.begin(Segment{From: at})
	}
	c.Stopped = time.Time{}
	return c.Recount(at)
}

// Stopped is the reason of the pause between a stop and taking up again.
const Stopped = "stopped"

// Pauses gives the clock's pauses; the last may be open.
func (c *Clock) Pauses() []Segment {
	return slices.DeleteFunc(slices.Clone(c.Segments), func(s Segment) bool { return !s.Pause })
}

// spans gives the pauses as the calendar wants them: an open one lasts until now.
func (c *Clock) spans(now time.Time) []worktime.Span {
	var out []worktime.Span
	for _, s := range c.Segments {
		if !s.Pause {
			continue
		}
		if s.To.IsZero() {
			s.To = now
		}
		if s.From.Before(s.To) {
			out = append(out, worktime.Span{Start: s.From, End: s.To})
		}
	}
	return out
}

// dueAt gives the due time as it is known at a moment.
func (c *Clock) dueAt(at time.Time) (time.Time, error) {
	pauses := c.spans(at)
	due, err := c.Cal.Add(c.Started, c.Target, pauses...)
	for _, p := range pauses {
		if due.Equal(p.Start) { // paused with nothing left, and not a moment late
			due = p.End
		}
	}
	return due, err
}

// Recount works due time and state out anew from the segments and the calendar. A breach
// that was found stays one, whatever becomes of the calendar.
func (c *Clock) Recount(now time.Time) error {
	if c.State == Cancelled {
		return nil
	}
	at := now
	if !c.Stopped.IsZero() {
		at = c.Stopped
	}
	if s := c.last(); s != nil && at.Before(s.From) {
		at = s.From
	}
	due, err := c.dueAt(at)
	if err != nil {
		return err
	}
	frozen := c.held() && !due.Before(c.last().From)
	if c.Breached.IsZero() && !frozen && at.After(due) {
		c.Breached, c.Detected = due, now
	}
	broken := !c.Breached.IsZero()
	if broken {
		due = c.Breached
	}
	c.Due = due
	switch {
	case !c.Stopped.IsZero() && broken:
		c.State = BreachedStopped
	case !c.Stopped.IsZero():
		c.State = Met
	case c.held() && broken:
		c.State = Paused
	case c.held():
		c.State, c.Due = Paused, time.Time{}
	case broken:
		c.State = BreachedRunning
	default:
		c.State = Running
	}
	return nil
}

// Elapsed gives how much of the target had passed at a moment.
func (c *Clock) Elapsed(at time.Time) (sum time.Duration) {
	for _, s := range c.Segments {
		if !s.Pause {
			sum += c.Cal.Between(s.From, s.until(at))
		}
	}
	return sum
}

// until gives where a segment ends when it is looked at.
func (s Segment) until(at time.Time) time.Time {
	if s.To.IsZero() || s.To.After(at) {
		return at
	}
	return s.To
}

// Remaining gives what is left of the target; negative when it is used up.
func (c *Clock) Remaining(at time.Time) time.Duration { return c.Target - c.Elapsed(at) }

// Percent gives how much of the target has passed; it may be more than 100.
func (c *Clock) Percent(at time.Time) float64 {
	return 100 * float64(c.Elapsed(at)) / float64(c.Target)
}

// Wall gives the time by the wall since the clock began, and how much of it was paused.
func (c *Clock) Wall(at time.Time) (all, paused time.Duration) {
	for _, s := range c.Segments {
		d := max(0, s.until(at).Sub(s.From))
		all += d
		if s.Pause {
			paused += d
		}
	}
	return all, paused
}

// Derive shows how the due time comes about.
func (c *Clock) Derive(now time.Time) (worktime.Derivation, error) {
	at := now
	if !c.Stopped.IsZero() {
		at = c.Stopped
	}
	return c.Cal.Derive(c.Started, c.Target, c.spans(at)...)
}

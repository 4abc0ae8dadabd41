package clock

import (
	"slices"
	"time"
)

// An Event is what happened to a clock by itself.
type Event struct {
	At   time.Time // when it was due to happen
	Step int       // its number, or -1 for the breach
}

// Breach is the Step of the event that is no step.
const Breach = -1

// stepAt gives when a step is to be taken; zero when it is not known yet, or never.
func (c *Clock) stepAt(i int, now time.Time) time.Time {
	d := c.Steps[i].after(c.Target)
	at, err := c.Cal.Add(c.Started, d, c.spans(now)...)
	if err != nil {
		return time.Time{} // its calendar ends before
	}
	return at
}

// Tick takes what was due until now, in the order of time, and says what it was. Asked
// again it says nothing. After a long sleep everything comes at once, each with its time.
func (c *Clock) Tick(now time.Time) ([]Event, error) {
	if c.State.Over() {
		return nil, nil
	}
	if err := c.Recount(now); err != nil {
		return nil, err
	}
	var out []Event
	if !c.Breached.IsZero() && !slices.Contains(c.Fired, Breach) {
		c.Fired = append(c.Fired, Breach)
		out = append(out, Event{At: c.Breached, Step: Breach})
	}
	passed := c.Elapsed(now)
	for i, s := range c.Steps {
		if slices.Contains(c.Fired, i) || passed < s.after(c.Target) {
			continue
		}
		c.Fired = append(c.Fired, i)
		out = append(out, Event{At: c.stepAt(i, now), Step: i})
	}
	slices.SortStableFunc(out, func(a, b Event) int { return a.At.Compare(b.At) })
	return out, nil
}

// Next gives when Tick will next have something to say if nobody touches the clock; zero
// when it will not.
func (c *Clock) Next(now time.Time) time.Time {
	if c.State != Running && c.State != BreachedRunning {
		return time.Time{}
	}
	var next time.Time
	sooner := func(at time.Time) {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if c.State == Running {
		sooner(c.Due)
	}
	for i := range c.Steps {
		if !slices.Contains(c.Fired, i) {
			sooner(c.stepAt(i, now))
		}
	}
	return next
}

// Chance gives how likely a promise is to be broken, from how long the like of it took:
// of those that took longer than what has passed, the share that took longer than the
// target (book B §1.2 rule 11). There is no answer from fewer than least.
func Chance(history []time.Duration, elapsed, target time.Duration, least int) (p float64, n int, ok bool) {
	late := 0
	for _, t := range history {
		if t > elapsed {
			n++
			if t > max(target, elapsed) {
				late++
			}
		}
	}
	if len(history) < least || n == 0 {
		return 0, n, false
	}
	return float64(late) / float64(n), n, true
}

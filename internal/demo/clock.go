package demo

import (
	"sync/atomic"
	"time"
)

// A Clock is the house's time while a company is being made: it stands where it was set,
// and runs with the real one when released.
type Clock struct {
	base func() time.Time
	at   atomic.Pointer[time.Time]
}

// NewClock returns a clock that follows base; nil = the wall clock.
func NewClock(base func() time.Time) *Clock {
	if base == nil {
		base = time.Now
	}
	return &Clock{base: base}
}

// Now gives the time: house.Config wants it.
func (c *Clock) Now() time.Time {
	if t := c.at.Load(); t != nil {
		return *t
	}
	return c.base()
}

func (c *Clock) set(t time.Time) { c.at.Store(&t) }

func (c *Clock) release() { c.at.Store(nil) }

package clock

import (
	"cmp"
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/worktime"
)

// Facts are what a definition's conditions say of a record after a change.
type Facts struct {
	Start, Stop, Reset, Pause, Cancel bool
	Reason                            string // of the pause
}

// An Offer is one definition, asked about one record.
type Offer struct {
	ID         string // of the definition
	Key        string // one clock a key: kind and metric, and for parallel ones whose it is
	Precedence int    // of those that fit under one key the lowest wins
	Facts      Facts
	Cal        *worktime.Calendar
	Target     time.Duration
	Steps      []Step
	Since      time.Time // when the promise began, if that is not now
	Retro      bool      // a clock that takes the place of another counts from Since
	RetroPause bool      // and is paused for what that one was
	Reopen     Reopen
}

// An Attached is a clock that a record has.
type Attached struct {
	ID    string // of the definition
	Key   string
	Clock *Clock
}

// Superseded is why a clock is cancelled whose place another takes.
const Superseded = "superseded"

// Begun is a clock that begins, and what it takes the place of.
type Begun struct {
	Attached
	Supersedes *Clock // nil = nothing
}

// Decide brings the clocks of a record up to date after a change (book B §1.2 rule 1):
// new ones are attached first, then each is cancelled, stopped, reset, paused or resumed,
// in that order. It changes clocks in place and gives those that begin.
func Decide(has []Attached, offers []Offer, now time.Time) ([]Begun, error) {
	var begun []Begun
	fresh := map[*Clock]bool{}
	for _, o := range winners(offers) {
		b, err := attach(has, o, now)
		if err != nil {
			return nil, err
		}
		if b != nil {
			begun = append(begun, *b)
			fresh[b.Clock] = true
			has = append(has, b.Attached)
		}
	}
	for _, a := range has {
		i := slices.IndexFunc(offers, func(o Offer) bool { return o.ID == a.ID && o.Key == a.Key })
		if i < 0 || a.Clock.State.Over() {
			continue // its definition is gone: it runs on as it was
		}
		again, err := step(a, offers[i], now, fresh[a.Clock])
		if err != nil {
			return nil, err
		}
		if again != nil {
			begun = append(begun, *again)
		}
	}
	return begun, nil
}

// winners gives the offer of each key that a new clock would be of.
func winners(offers []Offer) []Offer {
	var fit []Offer
	for _, o := range offers {
		if o.Facts.Start && !o.Facts.Stop && !o.Facts.Cancel {
			fit = append(fit, o)
		}
	}
	slices.SortStableFunc(fit, func(a, b Offer) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Precedence, b.Precedence), cmp.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(fit, func(a, b Offer) bool { return a.Key == b.Key })
}

// attach begins a clock for an offer, takes up the one there is, or does nothing.
func attach(has []Attached, o Offer, now time.Time) (*Begun, error) {
	var old *Attached // the latest under the key that counts
	for i := range has {
		if has[i].Key == o.Key && has[i].Clock.State != Cancelled {
			old = &has[i]
		}
	}
	b := &Begun{Attached: Attached{ID: o.ID, Key: o.Key}}
	start := now
	if !o.Since.IsZero() {
		start = o.Since
	}
	var pauses []Segment
	switch {
	case old == nil:
	case old.ID == o.ID && !old.Clock.State.Over():
		return nil, nil
	case old.ID == o.ID && o.Reopen != Restart:
		return nil, old.Clock.Reopen(now, o.Reopen)
	case old.ID == o.ID:
		start = now
	default:
		if !o.Retro {
			start = now
		} else if o.RetroPause {
			pauses = old.Clock.Pauses()
			if old.Clock.State.Over() && o.Reopen != CountAll {
				pauses = append(pauses, Segment{Pause: true, From: old.Clock.Stopped, To: now, Reason: Stopped})
			}
		}
		old.Clock.Cancel(now, Superseded)
		b.Supersedes = old.Clock
	}
	var err error
	b.Clock, err = Start(o.Cal, o.Target, o.Steps, start, now, pauses...)
	return b, err
}

// step takes one clock through what its conditions say; a reset begins the next one.
func step(a Attached, o Offer, now time.Time, fresh bool) (*Begun, error) {
	c, f := a.Clock, o.Facts
	switch {
	case f.Cancel:
		c.Cancel(now, "")
		return nil, nil
	case f.Stop:
		return nil, c.Stop(now)
	case f.Reset && !fresh:
		if err := c.Stop(now); err != nil {
			return nil, err
		}
		next, err := Start(c.Cal, c.Target, c.Steps, now, now)
		if err != nil {
			return nil, err
		}
		if f.Pause {
			err = next.Pause(now, f.Reason)
		}
		return &Begun{Attached: Attached{a.ID, a.Key, next}}, err
	case f.Pause:
		return nil, c.Pause(now, f.Reason)
	}
	return nil, c.Resume(now)
}

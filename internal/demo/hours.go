package demo

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/worktime"
)

// shifts makes the calendars that people work by; holidays are those of the organisation.
func (b *builder) shifts() (map[string]*worktime.Calendar, error) {
	week := func(from, to time.Weekday, start, end time.Duration) (out []worktime.Window) {
		for d := from; d <= to; d++ {
			out = append(out, worktime.Window{Weekday: d, Start: start, End: end})
		}
		return out
	}
	days := b.town.office.Hours().Holidays
	out := map[string]*worktime.Calendar{"always": b.town.always}
	for shift, h := range map[string]worktime.Hours{
		"store":  {Week: week(time.Sunday, time.Saturday, 9*time.Hour+30*time.Minute, 22*time.Hour)},
		"desk":   {Week: append(week(time.Monday, time.Friday, 8*time.Hour+30*time.Minute, 19*time.Hour), week(time.Saturday, time.Saturday, 10*time.Hour, 15*time.Hour)...), Holidays: days},
		"office": {Week: append(week(time.Monday, time.Friday, 9*time.Hour, 12*time.Hour), week(time.Monday, time.Friday, 13*time.Hour, 18*time.Hour+20*time.Minute)...), Holidays: days},
	} {
		h.Zone = b.town.zone
		c, err := worktime.Compile(h)
		if err != nil {
			return nil, err
		}
		out[shift] = c
	}
	return out, nil
}

// later gives when somebody who works by a calendar is done with what takes d.
func later(c *worktime.Calendar, from time.Time, d time.Duration) time.Time {
	at, err := c.Add(from, d)
	if err != nil {
		return from.Add(d)
	}
	return at
}

// about gives a duration around a median, with a long tail: most are near, few far off.
func about(rng *rand.Rand, median time.Duration, spread float64) time.Duration {
	return time.Duration(float64(median) * math.Exp(rng.NormFloat64()*spread))
}

// How trouble spreads over the hours of a day, by whose hours it follows.
var curves = map[string][24]float64{
	"office": {0, 0, 0, 0, 0, 0, 0, 1, 6, 14, 13, 10, 4, 10, 11, 9, 8, 7, 3, 1.5, 1, .6, .3, .1},
	"store":  {0, 0, 0, 0, 0, 0, 0, 0, 1, 5, 9, 9, 8, 7, 6, 6, 7, 9, 10, 8, 6, 4, .5, 0},
	"online": {2, 1, .6, .4, .3, .3, .6, 1.2, 3, 6, 7, 6, 6, 6, 6, 6, 5, 5, 5, 6, 7, 8, 7, 4},
	"ops":    {4, 5, 6, 6, 5, 4, 4, 4, 4, 6, 6, 5, 4, 5, 6, 5, 4, 4, 4, 4, 5, 5, 5, 4},
}

// And over the days of a week, Sunday first.
var weeks = map[string][7]float64{
	"office": {.04, 1.5, 1.12, 1, 1, .95, .1},
	"store":  {1.35, .85, .8, .85, .9, 1.1, 1.5},
	"online": {.9, 1.25, 1.05, 1, 1, 1.05, .85},
	"ops":    {.8, 1.2, 1, 1, 1, 1, .8},
}

// arrivals draws the times between from and to at which trouble of one kind of hours
// begins, perDay of it on a mean day. There is more of it now than a year ago.
func arrivals(rng *rand.Rand, zone *time.Location, office *worktime.Calendar, when string, perDay float64, from, to time.Time) []time.Time {
	curve, total := curves[when], 0.0
	for _, w := range curve {
		total += w
	}
	var out []time.Time
	y, m, d := from.In(zone).Date()
	for day := time.Date(y, m, d, 0, 0, 0, 0, zone); day.Before(to); day = day.AddDate(0, 0, 1) {
		y, m, d := day.Date()
		rate := perDay * weeks[when][day.Weekday()] * (0.85 + 0.3*float64(day.Sub(from))/float64(to.Sub(from)))
		if left := to.Sub(day); left < season { // the year's busiest weeks are coming
			rate *= 1 + .5*(1-float64(left)/float64(season))
		}
		if when == "office" && office.Day(day).Holiday {
			rate *= .05
		}
		for h, w := range curve {
			for range poisson(rng, rate*w/total) {
				at := time.Date(y, m, d, h, rng.IntN(60), rng.IntN(60), 0, zone)
				if at.After(from) && at.Before(to) {
					out = append(out, at.UTC())
				}
			}
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// poisson draws how often something happens that happens mean times.
func poisson(rng *rand.Rand, mean float64) (n int) {
	for limit, p := math.Exp(-mean), rng.Float64(); p > limit; n++ {
		p *= rng.Float64()
	}
	return n
}

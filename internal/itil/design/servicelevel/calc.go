package servicelevel

import (
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/worktime"

	"github.com/maru-itsm/maru/internal/itil"
)

// maxSpans bounds what one calculation is asked about.
const maxSpans = 10_000

// A dueQuestion asks when so much service will have passed.
type dueQuestion struct {
	Calendar worktime.Sheet  `json:"calendar"`
	Start    time.Time       `json:"start"`
	Seconds  *int64          `json:"duration_s"` // or target
	Target   string          `json:"target"`     // ISO 8601
	Pauses   []worktime.Span `json:"pauses"`
	Steps    []int           `json:"steps"` // in percent of the target
}

// A dayAnswer is a day that is not as its week says.
type dayAnswer struct {
	Date  string         `json:"date"`
	Why   string         `json:"why"` // holiday or exception
	Label worktime.Label `json:"label,omitempty"`
}

// A stepAnswer is when so many percent of a target will have passed.
type stepAnswer struct {
	Percent int       `json:"percent"`
	At      time.Time `json:"at"`
}

// A pauseAnswer is how much had passed when a pause began.
type pauseAnswer struct {
	worktime.Span
	Elapsed int64 `json:"elapsed_s"` // when it began
}

// A dueAnswer is a due time with what was counted on the way.
type dueAnswer struct {
	Due     time.Time       `json:"due_at"`
	Target  string          `json:"target"`
	Counted []worktime.Span `json:"counted"`
	More    bool            `json:"more,omitempty"`
	Pauses  []pauseAnswer   `json:"pauses,omitempty"`
	Closed  []dayAnswer     `json:"special_days,omitempty"`
	Steps   []stepAnswer    `json:"steps,omitempty"`
}

// DueCalc is POST /calc/sla-due (book B §1.2 rules 2 to 4).
var DueCalc = itil.Calculation("sla-due", func(in dueQuestion) (dueAnswer, error) {
	var out dueAnswer
	c, err := in.Calendar.Compile()
	if err != nil {
		return out, err
	}
	d, err := in.length()
	if err != nil {
		return out, err
	}
	switch {
	case in.Start.IsZero():
		return out, fault.Field("start", "required")
	case len(in.Pauses) > maxSpans:
		return out, fault.Field("pauses", "too_many", "max", maxSpans)
	case len(in.Steps) > 100:
		return out, fault.Field("steps", "too_many", "max", 100)
	}
	for _, p := range in.Pauses {
		if p.End.Before(p.Start) {
			return out, fault.Field("pauses", "before", "other", "start")
		}
	}
	der, err := c.Derive(in.Start, d, in.Pauses...)
	if err != nil {
		return out, err
	}
	out = dueAnswer{Due: der.Due, Target: record.FormatDuration(d), Counted: der.Counted, More: der.More, Closed: daysOf(der.Closed)}
	if out.Counted == nil {
		out.Counted = []worktime.Span{}
	}
	for _, p := range der.Paused {
		if p.Start.Before(der.Due) {
			out.Pauses = append(out.Pauses, pauseAnswer{p, int64(c.Elapsed(in.Start, p.Start, der.Paused...) / time.Second)})
		}
	}
	for _, pct := range in.Steps {
		if pct < 1 || pct > 300 {
			return out, fault.Field("steps", "out_of_range", "min", 1, "max", 300)
		}
		at, err := c.Add(in.Start, share(d, pct), der.Paused...)
		if err != nil {
			return out, err
		}
		out.Steps = append(out.Steps, stepAnswer{pct, at})
	}
	return out, nil
})

// length gives what was asked for, which must be said once.
func (q *dueQuestion) length() (time.Duration, error) {
	if (q.Seconds == nil) == (q.Target == "") {
		return 0, fault.Field("target", "required")
	}
	if q.Seconds == nil {
		d, err := record.ParseDuration(q.Target)
		if err != nil || d < 0 {
			return 0, fault.Field("target", "wrong_format", "type", "duration").Because(err)
		}
		return d, nil
	}
	if *q.Seconds < 0 || *q.Seconds > maxSeconds {
		return 0, fault.Field("duration_s", "out_of_range", "min", 0, "max", maxSeconds)
	}
	return time.Duration(*q.Seconds) * time.Second, nil
}

// maxSeconds is more service than any calendar has, and fits in a time.Duration.
const maxSeconds = 200 * 366 * 24 * 3600

// share gives so many percent of d, without overflow.
func share(d time.Duration, pct int) time.Duration {
	return d/100*time.Duration(pct) + d%100*time.Duration(pct)/100
}

func daysOf(in []worktime.Day) []dayAnswer {
	var out []dayAnswer
	for _, d := range in {
		why := "holiday"
		if d.Special {
			why = "exception"
		}
		out = append(out, dayAnswer{d.Date, why, d.Name})
	}
	return out
}

// ServiceMinutesCalc is POST /calc/service-minutes (book A §0.3).
var ServiceMinutesCalc = itil.Calculation("service-minutes", func(in struct {
	Calendar worktime.Sheet  `json:"calendar"`
	From     time.Time       `json:"from"`
	To       time.Time       `json:"to"`
	Exclude  []worktime.Span `json:"exclude"`
}) (map[string]any, error) {
	c, err := in.Calendar.Compile()
	if err != nil {
		return nil, err
	}
	if !in.From.Before(in.To) {
		return nil, fault.Field("to", "before", "other", "from")
	}
	if len(in.Exclude) > maxSpans {
		return nil, fault.Field("exclude", "too_many", "max", maxSpans)
	}
	without := worktime.Merge(in.Exclude)
	windows := worktime.Subtract(c.First(worktime.MaxCounted+1+len(without), in.From, in.To), without)
	out := map[string]any{"minutes": float64(c.Elapsed(in.From, in.To, without...)) / float64(time.Minute), "special_days": daysOf(c.Special(in.From, in.To))}
	if len(windows) > worktime.MaxCounted {
		windows = windows[:worktime.MaxCounted]
		out["more"] = true
	}
	out["windows"] = windows
	if windows == nil {
		out["windows"] = []worktime.Span{}
	}
	return out, nil
})

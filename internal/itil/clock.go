package itil

import (
	"encoding/json"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/clock"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/worktime"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

// A SegmentRow is one segment of a clock as it is kept.
type SegmentRow struct {
	Kind   string     `json:"kind"` // run or pause
	From   time.Time  `json:"from"`
	To     *time.Time `json:"to,omitempty"`
	Reason string     `json:"reason,omitempty"`
}

// A StepRow is one escalation of a target.
type StepRow struct {
	Percent   int    `json:"at_percent,omitempty"`
	Remaining string `json:"at_remaining,omitempty"` // ISO 8601
}

// ParseSteps reads the escalations of a target.
func ParseSteps(raw []byte) ([]clock.Step, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var rows []StepRow
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, fault.Field("steps", "bad_rows").Saying("%v", err)
	}
	if len(rows) > 20 {
		return nil, fault.Field("steps", "too_many", "max", 20)
	}
	out := make([]clock.Step, len(rows))
	for i, r := range rows {
		out[i].Percent = r.Percent
		if (r.Percent == 0) == (r.Remaining == "") || r.Percent < 0 || r.Percent > 300 {
			return nil, fault.Field("steps", "out_of_range", "min", 1, "max", 300)
		}
		if r.Remaining != "" {
			d, err := record.ParseDuration(r.Remaining)
			if err != nil || d < 0 {
				return nil, fault.Field("steps", "wrong_format", "type", "duration")
			}
			out[i].Remaining = d
		}
	}
	return out, nil
}

// ServiceCalendar makes the calendar with an id; none is the standard one.
func ServiceCalendar(q record.Ask, id record.ID) (*worktime.Calendar, error) {
	if id == "" {
		return BusinessCalendar(q)
	}
	r, err := q.Get(kind.ServiceCalendar, id)
	if err != nil {
		return nil, err
	}
	return CalendarOf(q, r)
}

// ClockOf makes the clock that an sla_clock record keeps.
func ClockOf(q record.Ask, r *record.Record) (*clock.Clock, error) {
	cal, err := ServiceCalendar(q, r.Ref("calendar"))
	if err != nil {
		return nil, err
	}
	allowed, _ := r.Get("allowed").(time.Duration)
	c := &clock.Clock{Cal: cal, Target: allowed, State: clock.State(r.Text("state")), Started: r.Time("started_at"), Stopped: r.Time("stopped_at"), Due: r.Time("due_at"),
		Original: r.Time("original_due_at"), Breached: r.Time("breached_at"), Detected: r.Time("detected_at"), Reason: r.Text("reason")}
	steps, _ := r.Get("steps").(record.RawJSON)
	if c.Steps, err = ParseSteps(steps); err != nil {
		return nil, err
	}
	var rows []SegmentRow
	for name, into := range map[string]any{"segments": &rows, "fired": &c.Fired} {
		raw, _ := r.Get(name).(record.RawJSON)
		if len(raw) == 0 {
			continue
		}
		if err := json.Unmarshal(raw, into); err != nil {
			return nil, err
		}
	}
	for _, s := range rows {
		seg := clock.Segment{Pause: s.Kind == "pause", From: s.From, Reason: s.Reason}
		if s.To != nil {
			seg.To = *s.To
		}
		c.Segments = append(c.Segments, seg)
	}
	return c, nil
}

// ClockValues are what an sla_clock record keeps of a clock at a moment.
func ClockValues(c *clock.Clock, now time.Time) (record.Values, error) {
	rows := make([]SegmentRow, len(c.Segments))
	for i, s := range c.Segments {
		rows[i] = SegmentRow{Kind: "run", From: s.From, Reason: s.Reason}
		if s.Pause {
			rows[i].Kind = "pause"
		}
		if !s.To.IsZero() {
			rows[i].To = &s.To
		}
	}
	segments, err := json.Marshal(rows)
	if err != nil {
		return nil, err
	}
	fired, err := json.Marshal(append([]int{}, c.Fired...))
	if err != nil {
		return nil, err
	}
	at := now
	if !c.Stopped.IsZero() {
		at = c.Stopped
	}
	wall, paused := c.Wall(at)
	v := record.Values{"state": string(c.State), "started_at": c.Started, "segments": record.RawJSON(segments), "fired": record.RawJSON(fired), "breached": !c.Breached.IsZero(),
		"elapsed": c.Elapsed(at).Truncate(time.Second), "elapsed_wall": wall.Truncate(time.Second), "pause_total": paused.Truncate(time.Second), "reason": c.Reason}
	for name, t := range map[string]time.Time{"stopped_at": c.Stopped, "due_at": c.Due, "original_due_at": c.Original, "breached_at": c.Breached, "detected_at": c.Detected, "next_at": c.Next(now)} {
		v[name] = nil
		if !t.IsZero() {
			v[name] = record.Instant(t)
		}
	}
	return v, nil
}

package api

import (
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/worktime"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// A Clock is how one promise about a record stands (book B §1.1).
type Clock struct {
	ID            record.ID         `json:"id"`
	Number        string            `json:"number"`
	Kind          string            `json:"kind" enum:"sla,ola,uc"`
	Metric        string            `json:"metric" enum:"response,resolution,update_interval,fulfilment,approval,access_revocation,custom"`
	Target        record.ID         `json:"target" doc:"the promise: an SLA target"`
	TargetName    string            `json:"target_name"`
	TargetVersion int64             `json:"target_version" doc:"of the target when the clock began: later edits leave it alone"`
	State         string            `json:"state" enum:"running,paused,met,breached_running,breached_stopped,cancelled"`
	StartedAt     time.Time         `json:"started_at"`
	DueAt         *time.Time        `json:"due_at" doc:"none while it is paused"`
	OriginalDueAt *time.Time        `json:"original_due_at"`
	StoppedAt     *time.Time        `json:"stopped_at"`
	BreachedAt    *time.Time        `json:"breached_at" doc:"when it was due, not when it was noticed"`
	DetectedAt    *time.Time        `json:"detected_at" doc:"when the breach was noticed"`
	Allowed       string            `json:"allowed" doc:"ISO 8601"`
	Elapsed       string            `json:"elapsed" doc:"in service time, ISO 8601"`
	Remaining     string            `json:"remaining" doc:"in service time, ISO 8601; negative when overdue"`
	Paused        string            `json:"paused" doc:"ISO 8601"`
	Percent       float64           `json:"percent" doc:"of what is allowed"`
	Calendar      record.ID         `json:"calendar"`
	CalendarName  string            `json:"calendar_name"`
	Timezone      string            `json:"timezone"`
	Group         record.ID         `json:"group,omitempty"`
	Supersedes    record.ID         `json:"supersedes,omitempty" doc:"the clock whose place it took"`
	Reason        string            `json:"reason,omitempty" doc:"why it was cancelled"`
	Segments      []itil.SegmentRow `json:"segments" doc:"the truth: when it ran and when it was paused"`
	Derivation    *Derivation       `json:"derivation,omitempty" doc:"how the due time comes about"`
}

// A Derivation is the service that was counted on the way to a due time.
type Derivation struct {
	DueAt       time.Time       `json:"due_at"`
	Counted     []worktime.Span `json:"counted" doc:"the first intervals of service that count; together what is allowed, unless there are more"`
	More        bool            `json:"more"`
	SpecialDays []SpecialDay    `json:"special_days" doc:"holidays and exceptions on the way"`
}

// A SpecialDay is a day that is not as its week says.
type SpecialDay struct {
	Date  string            `json:"date"`
	Why   string            `json:"why" enum:"holiday,exception"`
	Label map[string]string `json:"label,omitempty"`
	Open  []worktime.Span   `json:"open"`
}

// clockOf reads a clock as it stands now.
func clockOf(q record.Ask, r *record.Record) (Clock, error) {
	c, err := itil.ClockOf(q, r)
	if err != nil {
		return Clock{}, err
	}
	if !c.State.Over() {
		if err := c.Recount(q.Now()); err != nil {
			return Clock{}, err
		}
	}
	at := q.Now()
	if !c.Stopped.IsZero() {
		at = c.Stopped
	}
	_, paused := c.Wall(at)
	iso := func(d time.Duration) string { return record.FormatDuration(d.Truncate(time.Second)) }
	when := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		t = record.Instant(t)
		return &t
	}
	out := Clock{ID: r.ID(), Number: r.Number(), Kind: r.Text("kind"), Metric: r.Text("metric"), Target: r.Ref("target"), TargetVersion: r.Int("target_version"),
		State: string(c.State), StartedAt: c.Started, DueAt: when(c.Due), OriginalDueAt: when(c.Original), StoppedAt: when(c.Stopped), BreachedAt: when(c.Breached),
		DetectedAt: when(c.Detected), Allowed: iso(c.Target), Elapsed: iso(c.Elapsed(at)), Remaining: iso(c.Remaining(at)), Paused: iso(paused), Percent: c.Percent(at),
		Calendar: r.Ref("calendar"), Timezone: c.Cal.Zone().String(), Group: r.Ref("owner_group"), Supersedes: r.Ref("supersedes"), Reason: c.Reason}
	for name, ref := range map[*string]struct {
		kind string
		id   record.ID
	}{&out.TargetName: {kind.SLATarget, out.Target}, &out.CalendarName: {kind.ServiceCalendar, out.Calendar}} {
		if named, err := q.Get(ref.kind, ref.id); err == nil {
			*name = named.Title()
		}
	}
	for _, s := range c.Segments {
		row := itil.SegmentRow{Kind: "run", From: s.From, To: when(s.To), Reason: s.Reason}
		if s.Pause {
			row.Kind = "pause"
		}
		out.Segments = append(out.Segments, row)
	}
	if c.Due.IsZero() || out.State == "cancelled" {
		return out, nil
	}
	d, err := c.Derive(at)
	if err != nil {
		return out, err
	}
	out.Derivation = &Derivation{DueAt: d.Due, Counted: list(d.Counted), More: d.More, SpecialDays: []SpecialDay{}}
	for _, day := range d.Closed {
		why := "holiday"
		if day.Special {
			why = "exception"
		}
		out.Derivation.SpecialDays = append(out.Derivation.SpecialDays, SpecialDay{day.Date, why, day.Name, list(day.Windows)})
	}
	return out, nil
}

package incident

import (
	"fmt"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/job"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// How fast a crowd must gather, and how soon a candidate must be looked at (book B §24).
const (
	crowd       = 10
	crowdWithin = 30 * time.Minute
	downFor     = 5 * time.Minute
	acceptIn    = 15 * time.Minute
)

func proposed(q record.Ask, i *Incident) error {
	i.Major, i.MajorSince, i.MajorReason = "candidate", now(q), clip(itil.Reason(q))
	return nil
}

func clip(s string) string {
	if r := []rune(s); len(r) > 500 {
		return string(r[:500])
	}
	return s
}

func confirmed(q record.Ask, i *Incident) error {
	i.Major, i.MajorSince = "confirmed", now(q)
	at := q.Now().Add(time.Duration(i.UpdateEvery) * time.Minute)
	i.NextUpdate = &at
	return nil
}

func demoted(q record.Ask, i *Incident) error {
	i.Major, i.MajorReason, i.NextUpdate = "demoted", clip(itil.Reason(q)), nil
	return nil
}

func updateOverdue(q record.Ask, i *Incident) error {
	at := q.Now().Add(time.Duration(i.UpdateEvery) * time.Minute)
	i.NextUpdate = &at
	return escalated(q, i)
}

// openProblem makes sure a major incident has a problem record, and tells the stakeholders.
func openProblem(tx record.Tx, i *Incident) error {
	_, err := tx.Create(kind.IncidentUpdate, record.Values{"incident": i.ID, "audience": "stakeholders", "status": "investigating",
		"text": record.Words{"ko": "중대 장애로 확인되어 원인을 조사하고 있습니다: " + i.Title, "en": "Confirmed as a major incident; we are investigating: " + i.Title}})
	if err != nil || i.Problem != "" {
		return err
	}
	values := record.Values{"title": i.Title}
	if i.Service != "" {
		values["service"] = i.Service
	}
	p, err := tx.Create(kind.Problem, values)
	if err != nil {
		return err
	}
	return tx.Update(kind.Incident, i.ID, record.Values{"problem": p.ID()})
}

// candidate flags P1 and exposed personal data or safety at once.
func candidate(tx record.Tx, c *record.Change) error {
	r := c.After
	if r.Text("major") != "none" || r.Text("source") != "" || State(r.State()) == Resolved || State(r.State()) == Closed || State(r.State()) == Cancelled {
		return nil
	}
	if c.Before != nil && c.Before.Int("priority") == r.Int("priority") && c.Before.Bool("safety") == r.Bool("safety") && c.Before.Bool("security") == r.Bool("security") {
		return nil
	}
	var reason string
	switch {
	case r.Int("priority") == 1:
		reason = "P1"
	case r.Bool("safety"):
		reason = "public safety"
	case r.Bool("security") && r.Int("impact") == 1:
		reason = "personal data may be exposed"
	default:
		return nil
	}
	return tx.Move(kind.Incident, r.ID(), "flag_major", record.Input{Reason: reason})
}

// detectMajor looks for what only time or numbers show, for candidates nobody looks at,
// and for major incidents whose next update is overdue.
func detectMajor(w rule.Work, asOf time.Time) (job.Report, error) {
	var rep job.Report
	add := func(done, failed int, err error) error {
		rep.Done += done
		rep.Failed += failed
		return err
	}
	flag := func(reason string) func(record.Tx, *record.Record) error {
		return func(tx record.Tx, r *record.Record) error {
			return tx.Move(kind.Incident, r.ID(), "flag_major", record.Input{Reason: reason})
		}
	}
	open := "state in ['new', 'assigned', 'in_progress', 'on_hold'] && empty(source)"
	if err := add(w.Each(kind.Incident, open+" && major == 'none' && service_status == 'down' && service.criticality == 1 && detected_at <= t",
		map[string]any{"t": asOf.Add(-downFor)}, flag("a mission-critical service is down for 5 minutes"))); err != nil {
		return rep, err
	}
	if err := crowds(w, asOf, flag, add); err != nil {
		return rep, err
	}
	if err := add(w.Each(kind.Incident, open+" && major == 'candidate' && hierarchic_level < 1 && major_since <= t",
		map[string]any{"t": asOf.Add(-acceptIn)}, func(tx record.Tx, r *record.Record) error {
			return tx.Move(kind.Incident, r.ID(), "escalate", record.Input{Reason: "nobody has accepted or refused the candidate within 15 minutes"})
		})); err != nil {
		return rep, err
	}
	err := add(w.Each(kind.Incident, open+" && major == 'confirmed' && next_update_at <= t", map[string]any{"t": asOf},
		func(tx record.Tx, r *record.Record) error {
			return tx.Move(kind.Incident, r.ID(), "overdue_update", record.Input{Reason: "the promised update is overdue",
				Note: fmt.Sprintf("The update promised for %s is missing.", record.FormatTime(r.Time("next_update_at")))})
		}))
	return rep, err
}

// crowds flags the oldest of ten open incidents of one service, and a parent of ten
// children, that came within half an hour.
func crowds(w rule.Work, asOf time.Time, flag func(string) func(record.Tx, *record.Record) error, add func(int, int, error) error) error {
	heads := map[record.ID]string{}
	err := w.Look(func(q record.Ask) error {
		recent, err := q.Find(kind.Incident, "state in ['new', 'assigned', 'in_progress', 'on_hold'] && empty(source) && created_at > t",
			map[string]any{"t": asOf.Add(-crowdWithin)}, 2_000)
		if err != nil {
			return err
		}
		for head, n := range gather(recent) {
			if n >= crowd {
				heads[head] = fmt.Sprintf("%d incidents within 30 minutes", n)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for id, reason := range heads {
		if err := add(w.Each(kind.Incident, "id == head && major == 'none' && state in ['new', 'assigned', 'in_progress', 'on_hold']",
			map[string]any{"head": string(id)}, flag(reason))); err != nil {
			return err
		}
	}
	return nil
}

// gather counts recent incidents by the one that stands for them: their parent, or the
// oldest of their service.
func gather(recent []*record.Record) map[record.ID]int {
	oldest := map[record.ID]*record.Record{}
	for _, r := range recent {
		s := r.Ref("service")
		if o := oldest[s]; s != "" && (o == nil || r.Time("created_at").Before(o.Time("created_at"))) {
			oldest[s] = r
		}
	}
	out := map[record.ID]int{}
	for _, r := range recent {
		if s := r.Ref("service"); s != "" {
			out[oldest[s].ID()]++
		}
		if p := r.Ref("parent"); p != "" {
			out[p]++
		}
	}
	return out
}

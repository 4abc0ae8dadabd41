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

func proposed(q record.Ask, i *Incident) error {
	i.Major, i.MajorSince, i.MajorReason = "candidate", now(q), clip(itil.Reason(q))
	i.MajorDue = inTime(q, span(q, "major_decide_within"))
	return nil
}

func inTime(q record.Ask, d time.Duration) *time.Time { t := q.Now().Add(d); return &t }

func clip(s string) string {
	if r := []rune(s); len(r) > 500 {
		return string(r[:500])
	}
	return s
}

// confirmed completes the roles: until somebody else takes over communication it is the
// commander's, and the standing conference serves when no other is named.
func confirmed(q record.Ask, i *Incident) error {
	i.Major, i.MajorSince, i.MajorDue = "confirmed", now(q), nil
	if i.CommsLead == "" {
		i.CommsLead = i.Commander
	}
	if standing := q.Setting("incident.major_bridge"); i.Bridge == "" && standing != "none" {
		i.Bridge = standing
	}
	i.NextUpdate = inTime(q, time.Duration(i.UpdateEvery)*time.Minute)
	return nil
}

func demoted(q record.Ask, i *Incident) error {
	i.Major, i.MajorReason, i.MajorDue, i.NextUpdate = "demoted", clip(itil.Reason(q)), nil, nil
	return nil
}

// decisionOverdue escalates a candidate that nobody decided on, again and again.
func decisionOverdue(q record.Ask, i *Incident) error {
	i.MajorDue = inTime(q, span(q, "major_decide_within"))
	return escalated(q, i)
}

func updateOverdue(q record.Ask, i *Incident) error {
	i.NextUpdate = inTime(q, time.Duration(i.UpdateEvery)*time.Minute)
	return escalated(q, i)
}

// openProblem makes sure a major incident has a problem record, and tells the stakeholders.
func openProblem(tx record.Tx, i *Incident) error {
	_, err := tx.Create(kind.IncidentUpdate, record.Values{"incident": i.ID, "audience": "stakeholders", "status": "investigating", "next_update_at": *i.NextUpdate,
		"text": record.Words{"ko": "중대 장애로 확인되어 원인을 조사하고 있습니다: " + i.Title, "en": "Confirmed as a major incident; we are investigating: " + i.Title}})
	if err != nil || i.Problem != "" {
		return err
	}
	values := record.Values{"title": i.Title}
	if i.Confidential { // more people see problems than see this
		values["title"] = "Confidential major incident"
	}
	if i.Service != "" {
		values["service"] = i.Service
	}
	p, err := tx.Create(kind.Problem, values)
	if err != nil {
		return err
	}
	return tx.Update(kind.Incident, i.ID, record.Values{"problem": p.ID()})
}

// candidate flags P1, danger to the public and exposed personal data at once.
func candidate(tx record.Tx, c *record.Change) error {
	r := c.After
	if r.Text("major") != "none" || itil.Imported(tx.Actor()) || isFinal(r.State()) || State(r.State()) == Resolved {
		return nil
	}
	if c.Before != nil && !changed(c.Before, r, "priority", "safety", "data_exposed") {
		return nil
	}
	var reason string
	switch {
	case r.Int("priority") == 1:
		reason = "P1"
	case r.Bool("safety"):
		reason = "public safety"
	case r.Bool("data_exposed"):
		reason = "personal data is exposed"
	default:
		return nil
	}
	return tx.Move(kind.Incident, r.ID(), "flag_major", record.Input{Reason: reason})
}

// detectMajor looks for what only time or numbers show, for candidates nobody decides on,
// and for major incidents whose next update is overdue.
func detectMajor(w rule.Work, asOf time.Time) (job.Report, error) {
	var rep job.Report
	each := func(filter string, t time.Time, do func(tx record.Tx, r *record.Record) error) error {
		done, failed, err := w.Each(kind.Incident, isOpen+" && "+filter, map[string]any{"t": t}, do)
		rep.Done, rep.Failed = rep.Done+done, rep.Failed+failed
		return err
	}
	down := span(w, "major_down_for")
	if err := each("major == 'none' && service_status == 'down' && service.criticality == 1 && detected_at <= t", asOf.Add(-down),
		flag(fmt.Sprintf("a mission-critical service has been down for %d minutes", down/time.Minute))); err != nil {
		return rep, err
	}
	heads, err := crowds(w, asOf)
	if err != nil {
		return rep, err
	}
	for id, reason := range heads {
		if err := each("major == 'none' && id == '"+string(id)+"'", asOf, flag(reason)); err != nil {
			return rep, err
		}
	}
	if err := each("major == 'candidate' && major_due_at <= t", asOf, func(tx record.Tx, r *record.Record) error {
		return tx.Move(kind.Incident, r.ID(), "overdue_decision", record.Input{Reason: "nobody has confirmed or refused the candidate in time"})
	}); err != nil {
		return rep, err
	}
	return rep, each("major == 'confirmed' && next_update_at <= t", asOf, func(tx record.Tx, r *record.Record) error {
		return tx.Move(kind.Incident, r.ID(), "overdue_update", record.Input{Reason: "the promised update is overdue",
			Note: fmt.Sprintf("The update promised for %s is missing.", record.FormatTime(r.Time("next_update_at")))})
	})
}

// flag makes a candidate of an incident, unless its service has one, or a major incident,
// already: one storm is one major incident.
func flag(reason string) func(record.Tx, *record.Record) error {
	return func(tx record.Tx, r *record.Record) error {
		if s := r.Ref("service"); s != "" {
			other, err := tx.Find(kind.Incident, isOpen+" && service == s && major in ['candidate', 'confirmed']", map[string]any{"s": string(s)}, 1)
			if err != nil || len(other) > 0 {
				return err
			}
		}
		return tx.Move(kind.Incident, r.ID(), "flag_major", record.Input{Reason: reason})
	}
}

// crowds finds the oldest of many incidents of one service, and a parent of many children,
// that came within the half hour, with the reason to flag them.
func crowds(w rule.Work, asOf time.Time) (map[record.ID]string, error) {
	within, most := span(w, "major_crowd_within"), whole(w, "major_crowd")
	heads := map[record.ID]string{}
	err := w.Look(func(q record.Ask) error {
		recent, err := q.Find(kind.Incident, isOpen+" && created_at > t", map[string]any{"t": asOf.Add(-within)}, 5_000)
		if err != nil {
			return err
		}
		for head, n := range gather(recent) {
			if n >= most {
				heads[head] = fmt.Sprintf("%d incidents within %d minutes", n, within/time.Minute)
			}
		}
		return nil
	})
	return heads, err
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

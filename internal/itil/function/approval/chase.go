package approval

import (
	"time"

	"github.com/maru-itsm/maru/internal/kernel/job"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
	"github.com/maru-itsm/maru/internal/kernel/worktime"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// chase reminds at half of the time and when it is over, then asks the approver's manager
// too, then lets the vote expire. Business time counts. A step is done once, however
// often and late the job runs.
func chase(w rule.Work, asOf time.Time) (job.Report, error) {
	var rep job.Report
	cal, err := itil.WorkCalendar(w)
	if err != nil {
		return rep, err
	}
	if err := takeOver(w, asOf, &rep); err != nil {
		return rep, err
	}
	_, failed, err := w.Each(kind.Approval, "state == 'pending' && next_at <= t", map[string]any{"t": asOf}, func(tx record.Tx, v *record.Record) error {
		for v.State() == string(Pending) && !v.Time("next_at").IsZero() && !v.Time("next_at").After(asOf) {
			if err := step(tx, cal, v); err != nil {
				return err
			}
			next, err := itil.FindOne(tx, kind.Approval, v.ID())
			if err != nil {
				return err
			}
			v = next
			rep.Done++
		}
		return nil
	})
	rep.Failed += failed
	return rep, err
}

// step does the next step of chasing a vote and says when the one after it is due.
func step(tx record.Tx, cal *worktime.Calendar, v *record.Record) error {
	begin, due := v.Time("created_at"), v.Time("due_at")
	whole := cal.Between(begin, due)
	after := func(percent int) (any, error) {
		t, err := cal.Add(begin, whole*time.Duration(percent)/100)
		return record.Instant(t), err
	}
	escalate, expire := itil.Whole(tx.Setting, "approval.escalate_after"), itil.Whole(tx.Setting, "approval.expire_after")
	n := v.Int("step")
	var next any
	var err error
	switch n {
	case 0:
		next = due
	case 1:
		next, err = after(escalate)
	case 2:
		if expire > 0 {
			next, err = after(max(expire, escalate))
		}
	}
	if err != nil {
		return err
	}
	if err := tx.Update(kind.Approval, v.ID(), record.Values{"step": n + 1, "next_at": next}); err != nil {
		return err
	}
	switch n {
	case 0:
		return tx.Move(kind.Approval, v.ID(), "remind", record.Input{Reason: "half of the time is over"})
	case 1:
		return tx.Move(kind.Approval, v.ID(), "remind", record.Input{Reason: "it is due"})
	case 2:
		return escalateUp(tx, v)
	}
	return tx.Move(kind.Approval, v.ID(), "expire", record.Input{Reason: "nobody decided in time"})
}

// escalateUp lets the approver's manager decide as well.
func escalateUp(tx record.Tx, v *record.Record) error {
	r, err := itil.FindOne(tx, kind.ApprovalRound, v.Ref("round"))
	if err != nil {
		return err
	}
	others, err := stageVotes(tx, r.ID(), int(v.Int("stage")))
	if err != nil {
		return err
	}
	taken := append(holders(others, v.ID()), v.Ref("approver"), v.Ref("delegated_from"))
	m, err := managerOf(tx, v.Ref("approver"), r.Refs("barred"), taken)
	if err != nil || m == "" {
		return err
	}
	return tx.Move(kind.Approval, v.ID(), "escalate", record.Input{Values: record.Values{"escalated_to": m}, Reason: "overdue"})
}

// takeOver passes on what waits for those whose delegation has begun.
func takeOver(w rule.Work, asOf time.Time, rep *job.Report) error {
	var away []record.ID
	err := w.Look(func(q record.Ask) error {
		ds, err := q.Find(kind.Delegation, "starts_at <= t && ends_at > t", map[string]any{"t": asOf}, 5_000)
		for _, d := range ds {
			away = append(away, d.Ref("from"))
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range away {
		_, failed, err := w.Each(kind.Approval, "state == 'pending' && approver == f && delegated_from == null", map[string]any{"f": string(id)}, func(tx record.Tx, v *record.Record) error {
			passed, err := passOn(tx, v)
			if passed && err == nil {
				rep.Done++
			}
			return err
		})
		if rep.Failed += failed; err != nil {
			return err
		}
	}
	return nil
}

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

// What a requester reads when a held incident resolves itself, and when it waits.
const (
	silentNotes = "고객 회신이 없어 자동으로 해결 처리되었습니다. 계속되면 이 건을 재오픈해 주세요. / Resolved automatically because we heard nothing more. If it still happens, reopen it."
	problemDone = "연결된 문제의 해결책이 적용되었습니다. / The fix of the linked problem has been applied."
	askAgain    = "회신을 기다리고 있습니다. 확인 후 답글을 남겨 주세요. / We are waiting for your answer; please reply here."
)

// followHolds reminds silent customers, resolves what they left, and takes up again
// what was put off until now.
func followHolds(w rule.Work, asOf time.Time) (job.Report, error) {
	var rep job.Report
	cal, err := itil.WorkCalendar(w)
	if err != nil {
		return rep, err
	}
	_, rep.Failed, err = w.Each(kind.Incident, "state == 'on_hold' && hold_reason == 'awaiting_customer'", nil, func(tx record.Tx, r *record.Record) error {
		passed := func(days int) (bool, error) {
			due, err := cal.AddDays(r.Time("held_since"), days)
			return err == nil && !asOf.Before(due), err
		}
		if silent, err := passed(whole(tx, "customer_days")); silent || err != nil {
			if err != nil {
				return err
			}
			rep.Done++
			return settleOrResume(tx, r, "no_fault_found", silentNotes, "no reply from the customer")
		}
		if at := r.Time("follow_up_at"); !at.IsZero() && !asOf.Before(at) {
			rep.Done++
			return tx.Move(kind.Incident, r.ID(), "auto_resume", record.Input{Reason: "the follow-up is due"})
		}
		for n, days := range []int{whole(tx, "first_reminder_days"), whole(tx, "second_reminder_days")} {
			due, err := passed(days)
			if err != nil {
				return err
			}
			if due && int(r.Int("reminders")) == n {
				rep.Done++
				return tx.Move(kind.Incident, r.ID(), "remind", record.Input{Comment: askAgain})
			}
		}
		return nil
	})
	if err != nil {
		return rep, err
	}
	done, failed, err := w.Each(kind.Incident, "state == 'on_hold' && hold_reason != 'awaiting_customer' && follow_up_at <= t", map[string]any{"t": asOf},
		func(tx record.Tx, r *record.Record) error {
			return tx.Move(kind.Incident, r.ID(), "auto_resume", record.Input{Reason: "the follow-up is due"})
		})
	rep.Done, rep.Failed = rep.Done+done, rep.Failed+failed
	return rep, err
}

// settleOrResume resolves a held incident without a hand on it. Where resolving is not
// the system's to do, because it is a major incident, has open tasks or no category, it is
// taken up again and says why.
func settleOrResume(tx record.Tx, r *record.Record, code, notes, reason string) error {
	var why string
	switch done, err := tasksDoneOf(tx, r.ID()); {
	case err != nil:
		return err
	case r.Text("major") == "confirmed":
		why = "only the major-incident manager resolves a major incident"
	case !done:
		why = "some of its tasks are open"
	case r.Ref("category") == "" && r.Ref("closure_category") == "":
		why = "it has no category"
	default:
		return tx.Move(kind.Incident, r.ID(), "auto_resolve", record.Input{Reason: reason, Comment: notes,
			Values: record.Values{"resolution_code": code, "resolution_notes": notes}})
	}
	return tx.Move(kind.Incident, r.ID(), "auto_resume", record.Input{Reason: reason, Note: fmt.Sprintf("Not resolved automatically (%s): %s.", reason, why)})
}

// autoClose closes what has been resolved for five business days; never a major incident.
func autoClose(w rule.Work, asOf time.Time) (job.Report, error) {
	cal, err := itil.WorkCalendar(w)
	if err != nil {
		return job.Report{}, err
	}
	n := whole(w, "autoclose_days")
	var rep job.Report
	_, rep.Failed, err = w.Each(kind.Incident, "state == 'resolved' && major != 'confirmed' && (closure_category != null || category != null) && resolved_at <= t",
		map[string]any{"t": asOf.AddDate(0, 0, -n)}, func(tx record.Tx, r *record.Record) error {
			end, err := cal.AddDays(r.Time("resolved_at"), n)
			if err != nil || asOf.Before(end) {
				return err
			}
			rep.Done++
			return tx.Move(kind.Incident, r.ID(), "auto_close", record.Input{Reason: fmt.Sprintf("resolved for %d business days", n)})
		})
	return rep, err
}

// goStale marks open incidents that nobody has touched for too long.
func goStale(w rule.Work, asOf time.Time) (job.Report, error) {
	var rep job.Report
	for _, s := range []struct{ filter, after string }{{"priority == 1", "stale_p1"}, {"priority == 2", "stale_p2"}, {"priority > 2", "stale_other"}} {
		done, failed, err := w.Each(kind.Incident, "state in ['new', 'assigned', 'in_progress'] && !stale && touched_at <= t && "+s.filter,
			map[string]any{"t": asOf.Add(-span(w, s.after))}, func(tx record.Tx, r *record.Record) error {
				return tx.Move(kind.Incident, r.ID(), "go_stale", record.Input{})
			})
		rep.Done, rep.Failed = rep.Done+done, rep.Failed+failed
		if err != nil {
			return rep, err
		}
	}
	return rep, nil
}

// watchDeadlines judges the urgency of incidents again whose business deadline has come
// near.
func watchDeadlines(w rule.Work, asOf time.Time) (job.Report, error) {
	done, failed, err := w.Each(kind.Incident, isOpen+" && !deadline_near && deadline < t",
		map[string]any{"t": asOf.Add(span(w, "deadline_near"))}, func(tx record.Tx, r *record.Record) error {
			return tx.Move(kind.Incident, r.ID(), "near_deadline", record.Input{Reason: "the business deadline is near"})
		})
	return job.Report{Done: done, Failed: failed}, err
}

package incident

import (
	"strconv"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/job"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

var settings = []rule.Setting{
	{Name: "incident.matrix", Default: "default", Type: record.Text},
	{Name: "incident.customer_days", Default: "5", Type: record.Int},  // business days a customer may stay silent
	{Name: "incident.autoclose_days", Default: "5", Type: record.Int}, // business days until a resolved incident closes
	{Name: "incident.follow_up_on_reply", Default: "true", Type: record.Bool},
}

func days(q interface{ Setting(string) string }, name string) int {
	n, err := strconv.Atoi(q.Setting(name))
	if err != nil || n < 1 {
		return 5
	}
	return n
}

// What a requester reads when a held incident resolves itself.
const (
	silentNotes = "고객 회신이 없어 자동으로 해결 처리되었습니다. 계속되면 이 건에 답글을 달거나 재오픈해 주세요. / Resolved automatically because we heard nothing more. Reply or reopen if it still happens."
	problemDone = "연결된 문제의 해결책이 적용되었습니다. / The fix of the linked problem has been applied."
)

// followHolds reminds silent customers, resolves what they left, and takes up again
// what was put off until now.
func followHolds(w rule.Work, asOf time.Time) (job.Report, error) {
	var rep job.Report
	cal, err := itil.BusinessCalendar(w.Setting)
	if err != nil {
		return rep, err
	}
	limit := days(w, "incident.customer_days")
	rep.Done, rep.Failed, err = w.Each(kind.Incident, "state == 'on_hold' && hold_reason == 'awaiting_customer'", nil, func(tx record.Tx, r *record.Record) error {
		since := r.Time("held_since")
		end, err := cal.AddDays(since, limit)
		if err != nil {
			return err
		}
		if !asOf.Before(end) {
			return tx.Move(kind.Incident, r.ID(), "auto_resolve", record.Input{Reason: "no reply from the customer",
				Values: record.Values{"resolution_code": "no_fault_found", "resolution_notes": silentNotes}, Comment: silentNotes})
		}
		if at := r.Time("follow_up_at"); !at.IsZero() && !asOf.Before(at) {
			return tx.Move(kind.Incident, r.ID(), "auto_resume", record.Input{Reason: "the follow-up is due"})
		}
		for n, after := range []int{2, 4} {
			due, err := cal.AddDays(since, after)
			if err != nil {
				return err
			}
			if int(r.Int("reminders")) == n && !asOf.Before(due) {
				return tx.Move(kind.Incident, r.ID(), "remind", record.Input{
					Comment: "회신을 기다리고 있습니다. 확인 후 답글을 남겨 주세요. / We are waiting for your answer; please reply here."})
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

// autoClose closes what has been resolved for five business days; never a major incident.
func autoClose(w rule.Work, asOf time.Time) (job.Report, error) {
	cal, err := itil.BusinessCalendar(w.Setting)
	if err != nil {
		return job.Report{}, err
	}
	n := days(w, "incident.autoclose_days")
	done, failed, err := w.Each(kind.Incident, "state == 'resolved' && major != 'confirmed' && resolved_at <= t",
		map[string]any{"t": asOf.AddDate(0, 0, -n)}, func(tx record.Tx, r *record.Record) error {
			end, err := cal.AddDays(r.Time("resolved_at"), n)
			if err != nil || asOf.Before(end) {
				return err
			}
			return tx.Move(kind.Incident, r.ID(), "auto_close", record.Input{Reason: "resolved for five business days"})
		})
	return job.Report{Done: done, Failed: failed}, err
}

// goStale marks open incidents that nobody has touched for too long.
func goStale(w rule.Work, asOf time.Time) (job.Report, error) {
	var rep job.Report
	for _, s := range []struct {
		filter string
		after  time.Duration
	}{{"priority == 1", 30 * time.Minute}, {"priority == 2", 2 * time.Hour}, {"priority > 2", 48 * time.Hour}} {
		done, failed, err := w.Each(kind.Incident, "state in ['new', 'assigned', 'in_progress'] && !stale && empty(source) && updated_at <= t && "+s.filter,
			map[string]any{"t": asOf.Add(-s.after)}, func(tx record.Tx, r *record.Record) error {
				return tx.Move(kind.Incident, r.ID(), "go_stale", record.Input{})
			})
		rep.Done, rep.Failed = rep.Done+done, rep.Failed+failed
		if err != nil {
			return rep, err
		}
	}
	return rep, nil
}

// reply hears what people write: a requester's answer takes a held incident up again,
// one on a closed incident begins a new one, and what is said on a parent is said to
// its children.
func reply(tx record.Tx, c *record.Change) error {
	r := c.After
	mine := tx.Actor().ID != "" && (tx.Actor().ID == r.Ref("requester") || tx.Actor().ID == r.Ref("opened_by"))
	switch State(r.State()) {
	case OnHold:
		if mine && r.Text("hold_reason") == "awaiting_customer" {
			return tx.Move(kind.Incident, r.ID(), "auto_resume", record.Input{Reason: "the requester replied"})
		}
	case Closed:
		if tx.Actor().ID == r.Ref("requester") && tx.Setting("incident.follow_up_on_reply") == "true" {
			return followUp(tx, r, c.Input.Comment)
		}
	}
	kids, err := tx.Linked(r.ID(), "child_of", true)
	if err != nil {
		return err
	}
	for _, kid := range kids {
		if err := tx.Comment(kind.Incident, kid, c.Input.Comment, false); err != nil {
			return err
		}
	}
	return nil
}

// followUp opens a new incident for a reply to a closed one.
func followUp(tx record.Tx, r *record.Record, body string) error {
	values := record.Values{"title": clipTitle("Re: " + r.Text("title")), "description": body, "requester": r.Ref("requester")}
	for _, name := range []string{"service", "ci", "category", "impact", "urgency"} {
		if v := r.Get(name); v != nil {
			values[name] = v
		}
	}
	n, err := tx.Create(kind.Incident, values)
	if err != nil {
		return err
	}
	return tx.Link("follow_up_of", n.ID(), r.ID())
}

func clipTitle(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200])
	}
	return s
}

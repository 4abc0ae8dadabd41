package approval

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Limits of one question.
const (
	maxStages    = 10
	maxApprovers = 50
)

// readStages reads the plan of a round; a typo in it is refused, not ignored.
func readStages(raw record.RawJSON) ([]itil.ApprovalStage, error) {
	if len(raw) == 0 {
		return nil, fault.Field("stages", "required")
	}
	var out []itil.ApprovalStage
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&out); err != nil {
		return nil, fault.Field("stages", "bad_stages").Because(err)
	}
	if len(out) == 0 || len(out) > maxStages {
		return nil, fault.Field("stages", "bad_stage_count", "max", maxStages)
	}
	for n, s := range out {
		if len([]rune(s.Name)) > 100 {
			return nil, fault.Field("stages", "too_long", "max", 100)
		}
		if s.Role != "" && !slices.Contains(role.All, s.Role) {
			return nil, fault.Field("stages", "bad_stages")
		}
		if d, err := record.ParseDuration(cmp.Or(s.Time, "PT1H")); err != nil || d < time.Minute || d > 366*24*time.Hour {
			return nil, fault.Field("stages", "bad_stage_time", "stage", n+1)
		}
	}
	return out, nil
}

// candidates are those whom a stage asks: the people it names, without whom had a hand in
// the matter. Where a person chose them (strict), whoever cannot be asked is an error.
func candidates(q record.Ask, target *record.Record, s *itil.ApprovalStage, barred []record.ID, strict bool) ([]record.ID, error) {
	var out []record.ID
	add := func(id record.ID) error {
		code, err := unfit(q, id, barred, nil)
		if err == nil && code == "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
		return err
	}
	for _, id := range s.Approvers {
		code, err := unfit(q, id, barred, nil)
		if err != nil {
			return nil, err
		}
		if code != "" && strict {
			return nil, fault.Field("stages", code)
		}
		if err := add(id); err != nil {
			return nil, err
		}
	}
	if s.Group != "" {
		g, err := q.Get(kind.Group, s.Group)
		if err != nil {
			return nil, fault.Field("stages", "unknown_group").Because(err)
		}
		for _, id := range g.Refs("members") {
			if err := add(id); err != nil {
				return nil, err
			}
		}
	}
	if s.Role != "" {
		users, err := q.Find(kind.User, "r in roles && active", map[string]any{"r": s.Role}, maxApprovers+1)
		if err != nil {
			return nil, err
		}
		for _, u := range users {
			if err := add(u.ID()); err != nil {
				return nil, err
			}
		}
	}
	if s.Manager {
		m, err := managerOf(q, cmp.Or(target.Ref("requester"), target.Ref("owner"), target.Ref("created_by")), barred, nil)
		if err != nil {
			return nil, err
		}
		if m != "" && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	switch {
	case len(out) == 0:
		return nil, fault.Field("stages", "nobody_may_decide")
	case len(out) > maxApprovers:
		return nil, fault.Field("stages", "too_many_approvers", "max", maxApprovers)
	}
	return out, nil
}

// unfit gives why somebody cannot be asked: empty when they can.
func unfit(q record.Ask, id record.ID, barred, taken []record.ID) (string, error) {
	if slices.Contains(barred, id) {
		return "approver_involved", nil
	}
	if slices.Contains(taken, id) {
		return "already_asked", nil
	}
	u, err := q.Get(kind.User, id)
	if f := fault.Of(err); f != nil && f.Class == fault.NotFound {
		return "unknown_approver", nil
	}
	if err != nil {
		return "", err
	}
	if !u.Bool("active") {
		return "approver_inactive", nil
	}
	return "", nil
}

// managerOf walks up from somebody to the first manager who can be asked; empty when the
// way up ends before.
func managerOf(q record.Ask, id record.ID, barred, taken []record.ID) (record.ID, error) {
	for range 20 { // longer than any ladder; people cannot be their own managers
		u, err := q.Get(kind.User, id)
		if err != nil {
			if f := fault.Of(err); f != nil && f.Class == fault.NotFound {
				return "", nil
			}
			return "", err
		}
		if id = u.Ref("manager"); id == "" {
			return "", nil
		}
		if code, err := unfit(q, id, barred, taken); err != nil || code == "" {
			return id, err
		}
	}
	return "", nil
}

// holders are those who may cast one of the votes, but for one.
func holders(votes []*record.Record, but record.ID) []record.ID {
	var out []record.ID
	for _, v := range votes {
		if v.ID() == but || v.State() == string(Cancelled) {
			continue
		}
		for _, name := range asked {
			if id := v.Ref(name); id != "" {
				out = append(out, id)
			}
		}
	}
	return out
}

// openStage puts a stage to its approvers, or to those who stand in for them.
func openStage(tx record.Tx, round record.ID, n int) error {
	r, err := itil.FindOne(tx, kind.ApprovalRound, round)
	if err != nil {
		return err
	}
	raw, _ := r.Get("stages").(record.RawJSON)
	stages, err := readStages(raw)
	if err != nil {
		return err
	}
	s := &stages[n]
	of := r.Text("target_kind")
	target, err := itil.FindOne(tx, of, r.Ref("target"))
	if err != nil {
		return err
	}
	who, err := candidates(tx, target, s, r.Refs("barred"), false)
	if f := fault.Of(err); f != nil && f.Class == fault.Invalid && n > 0 { // they left meanwhile; the vote that opened the stage stands
		if err := tx.Update(kind.ApprovalRound, round, record.Values{"stage": int64(n)}); err != nil {
			return err
		}
		return tx.Move(kind.ApprovalRound, round, "reject", record.Input{Reason: "nobody is left to decide the next stage"})
	}
	if err != nil {
		return err
	}
	due, half, err := clock(tx, s)
	if err != nil {
		return err
	}
	seen, err := itil.Evidence(target, record.FormatTime(tx.Now()))
	if err != nil {
		return err
	}
	values := record.Values{"stage": int64(n), "rule": s.Rule, "k": int64(s.K), "due_at": due, "approved": int64(0), "rejected": int64(0), "abstained": int64(0), "pending": int64(len(who))}
	if err := tx.Update(kind.ApprovalRound, round, values); err != nil {
		return err
	}
	taken := slices.Clone(who)
	for _, id := range who {
		v := record.Values{"question": r.Text("question"), "about": r.Text("about"), "round": round, "stage": int64(n), "target_kind": of, "target": r.Text("target"),
			"asked_by": r.Ref("asked_by"), "approver": id, "due_at": due, "next_at": half, "evidence": seen, "confidential": r.Bool("confidential")}
		to, err := standIn(tx, id, of, r.Refs("barred"), taken)
		if err != nil {
			return err
		}
		if to != "" {
			v["approver"], v["delegated_from"] = to, id
			taken = append(taken, to)
		}
		if _, err := tx.Create(kind.Approval, v); err != nil {
			return err
		}
	}
	return tx.Move(kind.ApprovalRound, round, "follow", record.Input{})
}

// clock gives when a stage that begins now is due, and when half of its time is over.
func clock(q record.Ask, s *itil.ApprovalStage) (due, half time.Time, err error) {
	cal, err := itil.BusinessCalendar(q)
	if err != nil {
		return due, half, err
	}
	d := itil.Span(q.Setting, "approval.time")
	if s.Time != "" {
		if d, err = record.ParseDuration(s.Time); err != nil {
			return due, half, err
		}
	}
	if due, err = cal.Add(q.Now(), d); err != nil {
		return due, half, err
	}
	half, err = cal.Add(q.Now(), d/2)
	return record.Instant(due), record.Instant(half), err
}

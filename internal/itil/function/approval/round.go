package approval

import (
	"fmt"
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// RoundState is how a question stands.
type RoundState string

// The states of a round.
const (
	Open  RoundState = "open"
	Yes   RoundState = "approved"
	No    RoundState = "rejected"
	Late  RoundState = "expired"
	Ended RoundState = "cancelled"
)

// A Round is one question about one record, put to its approvers stage by stage.
type Round struct {
	record.Base
	Question     string          `maru:"question,required,fixed,search,min=3,max=300"`
	Why          record.Markdown `maru:"why,fixed,search,max=20000"`
	TargetKind   string          `maru:"target_kind,required,fixed,max=60"`
	Target       string          `maru:"target,required,fixed,of=target_kind,max=40"`
	About        string          `maru:"about,derived,search,max=300"`
	Policy       string          `maru:"policy,derived,max=60"` // which process asks; empty = a person does
	Stages       record.RawJSON  `maru:"stages,required,fixed,section=approval"`
	Stage        int             `maru:"stage,derived,section=approval"` // the stage being decided, from 0
	Of           int             `maru:"stage_count,derived,section=approval"`
	Rule         string          `maru:"rule,derived,one=any|all|quorum|percent,section=approval"`
	K            int             `maru:"k,derived,section=approval"`
	Approved     int             `maru:"approved,derived,section=approval"` // votes of the stage being decided
	Rejected     int             `maru:"rejected,derived,section=approval"`
	Abstained    int             `maru:"abstained,derived,section=approval"`
	Waiting      int             `maru:"pending,derived,section=approval"`
	AskedBy      record.Ref      `maru:"asked_by,derived,to=user,index,section=people"`
	Barred       []record.ID     `maru:"barred,derived,to=user,section=people"` // had a hand in it: whoever asks, and whom the record names as involved
	Voters       []record.ID     `maru:"voters,derived,to=user,section=people"` // everybody who was asked
	Confidential bool            `maru:"confidential,derived,section=people"`
	Due          *time.Time      `maru:"due_at,derived,section=time"` // of the stage being decided
	RemindedAt   *time.Time      `maru:"reminded_at,derived,section=time"`
	DecidedAt    *time.Time      `maru:"decided_at,derived,section=time"`
	State        RoundState      `maru:"state,derived"`
}

var roundLife = lifecycle.Machine[RoundState, Round]{
	Begin: Open, All: lifecycle.In(Open, Yes, No, Late, Ended), Ends: lifecycle.In(Yes, No, Late, Ended),
	State: func(r *Round) *RoundState { return &r.State },
	Steps: []lifecycle.Move[RoundState, Round]{
		{Name: "remind", From: lifecycle.In(Open), If: []lifecycle.Guard[Round]{{Name: "patient", OK: patient}}, Set: nudged, Then: remindAll},
		{Name: "withdraw", From: lifecycle.In(Open), To: Ended, Set: settled, Then: ended},
		{Name: "count", From: lifecycle.In(Open), Auto: true, Then: count},
		{Name: "follow", From: lifecycle.In(Open), Auto: true, Then: follow},
		{Name: "approve", From: lifecycle.In(Open), To: Yes, Auto: true, Set: settled, Then: ended},
		{Name: "reject", From: lifecycle.In(Open), To: No, Auto: true, Set: settled, Then: ended},
		{Name: "expire", From: lifecycle.In(Open), To: Late, Auto: true, Set: settled, Then: ended},
		{Name: "cancel", From: lifecycle.In(Open), To: Ended, Auto: true, Set: settled, Then: ended},
	},
}

// deriveRound completes a question when it is put.
func deriveRound(q record.Ask, r *Round) error {
	if q.Change().Before != nil {
		return nil
	}
	if r.TargetKind == "" || r.Target == "" {
		return nil // what is required is found missing in a moment
	}
	target, err := itil.FindOne(q, r.TargetKind, record.ID(r.Target))
	if err != nil {
		return err
	}
	k := target.Kind
	if k.Field("approvers") == nil {
		return fault.Field("target_kind", "not_approvable", "kind", k.Name)
	}
	if k.Life != nil && k.Life.Final(target.State()) {
		return fault.Field("target", "target_over", "state", target.State())
	}
	r.AskedBy, r.Confidential = q.Actor().ID, target.Bool("confidential")
	r.About = clip(target.Number()+" "+target.Text(k.Title), 300)
	r.Barred = barred(r.AskedBy, target)
	stages, err := readStages(r.Stages)
	if err != nil {
		return err
	}
	r.Of = len(stages)
	for n := range stages {
		who, err := candidates(q, target, &stages[n], r.Barred, r.Policy == "")
		if err != nil {
			return err
		}
		if _, err := (itil.Approval{Rule: stages[n].Rule, K: stages[n].K, Pending: len(who)}).Outcome(); err != nil {
			return fault.Field("stages", "bad_rule", "stage", n+1).Because(err)
		}
		if stages[n].Rule == "quorum" && stages[n].K > len(who) {
			return fault.Field("stages", "quorum_too_high", "stage", n+1, "max", len(who))
		}
	}
	return nil
}

func barred(asker record.ID, target *record.Record) []record.ID {
	out := itil.Involved(target)
	if asker != "" && !slices.Contains(out, asker) {
		out = append(out, asker)
	}
	return out
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// opened puts the first stage to its approvers.
func opened(tx record.Tx, c *record.Change) error { return openStage(tx, c.After.ID(), 0) }

// stageVotes are the votes of one stage.
func stageVotes(q record.Ask, round record.ID, stage int) ([]*record.Record, error) {
	return q.Find(kind.Approval, "round == r && stage == n", map[string]any{"r": string(round), "n": int64(stage)}, 500)
}

// count counts the votes of the stage being decided, and closes it as soon as what is
// pending cannot change its outcome.
func count(tx record.Tx, r *Round) error {
	stages, err := readStages(r.Stages)
	if err != nil {
		return err
	}
	votes, err := stageVotes(tx, r.ID, r.Stage)
	if err != nil {
		return err
	}
	a := itil.Approval{Rule: r.Rule, K: r.K}
	late := false
	for _, v := range votes {
		switch VoteState(v.State()) {
		case Approved:
			a.Approved++
		case Rejected:
			a.Rejected++
		case Abstained:
			a.Abstained++
		case Expired:
			late = true
			if stages[r.Stage].Strict {
				a.Rejected++
			} else {
				a.Abstained++
			}
		case Pending:
			a.Pending++
		}
	}
	err = tx.Update(kind.ApprovalRound, r.ID, record.Values{"approved": int64(a.Approved), "rejected": int64(a.Rejected), "abstained": int64(a.Abstained), "pending": int64(a.Pending)})
	if err != nil {
		return err
	}
	out, err := a.Outcome()
	if err != nil {
		return err
	}
	if out == "pending" {
		return sync(tx, r.TargetKind, record.ID(r.Target), "")
	}
	if err := lapse(tx, votes, "the stage was decided without it"); err != nil {
		return err
	}
	switch {
	case out == "approved" && r.Stage+1 < len(stages):
		return openStage(tx, r.ID, r.Stage+1)
	case out == "approved":
		return tx.Move(kind.ApprovalRound, r.ID, "approve", record.Input{})
	case late && !slices.ContainsFunc(votes, func(v *record.Record) bool { return v.State() == string(Rejected) }):
		return tx.Move(kind.ApprovalRound, r.ID, "expire", record.Input{Reason: "nobody decided in time"})
	}
	return tx.Move(kind.ApprovalRound, r.ID, "reject", record.Input{})
}

// lapse ends the votes that nobody waits for any more.
func lapse(tx record.Tx, votes []*record.Record, why string) error {
	for _, v := range votes {
		if v.State() == string(Pending) {
			if err := tx.Move(kind.Approval, v.ID(), "lapse", record.Input{Reason: why}); err != nil {
				return err
			}
		}
	}
	return nil
}

func settled(q record.Ask, r *Round) error {
	now := q.Now()
	r.DecidedAt = &now
	return nil
}

// ended tidies up after the outcome, whichever it is.
func ended(tx record.Tx, r *Round) error {
	votes, err := stageVotes(tx, r.ID, r.Stage)
	if err != nil {
		return err
	}
	if err := lapse(tx, votes, "the question is settled"); err != nil {
		return err
	}
	if err := tx.Update(kind.ApprovalRound, r.ID, record.Values{"pending": int64(0)}); err != nil {
		return err
	}
	return sync(tx, r.TargetKind, record.ID(r.Target), string(r.State))
}

// follow brings a round in step with the record it is about.
func follow(tx record.Tx, r *Round) error {
	target, err := itil.FindOne(tx, r.TargetKind, record.ID(r.Target))
	if err != nil {
		return err
	}
	secret := target.Bool("confidential")
	if err := tx.Update(kind.ApprovalRound, r.ID, record.Values{"barred": barred(r.AskedBy, target), "confidential": secret}); err != nil {
		return err
	}
	votes, err := tx.Find(kind.Approval, "round == r", map[string]any{"r": string(r.ID)}, 5_000)
	if err != nil {
		return err
	}
	voters := slices.Clone(r.Voters)
	for _, v := range votes {
		for _, name := range asked {
			if id := v.Ref(name); id != "" && !slices.Contains(voters, id) {
				voters = append(voters, id)
			}
		}
		if v.Bool("confidential") != secret {
			if err := tx.Update(kind.Approval, v.ID(), record.Values{"confidential": secret}); err != nil {
				return err
			}
		}
	}
	if err := tx.Update(kind.ApprovalRound, r.ID, record.Values{"voters": voters}); err != nil {
		return err
	}
	return sync(tx, r.TargetKind, record.ID(r.Target), "")
}

// asked are the fields of a vote that name who may cast it.
var asked = []string{"approver", "delegated_from", "escalated_to"}

// sync writes on the target how what is asked about it stands, and who is asked.
func sync(tx record.Tx, of string, target record.ID, outcome string) error {
	open, err := tx.Find(kind.ApprovalRound, "target == t && state == 'open'", map[string]any{"t": string(target)}, 500)
	if err != nil {
		return err
	}
	votes, err := tx.Find(kind.Approval, "target == t && state == 'pending'", map[string]any{"t": string(target)}, 5_000)
	if err != nil {
		return err
	}
	var who []record.ID
	for _, v := range votes {
		for _, name := range asked {
			if id := v.Ref(name); id != "" && !slices.Contains(who, id) {
				who = append(who, id)
			}
		}
	}
	values := record.Values{"approvers": who}
	switch {
	case len(open) > 0:
		values["approval"] = "pending"
	case outcome != "":
		values["approval"] = outcome
	}
	return tx.Update(of, target, values)
}

// patience is how long people wait before they remind again.
const patience = time.Hour

func patient(q record.Ask, r *Round) bool {
	return r.RemindedAt == nil || q.Now().Sub(*r.RemindedAt) >= patience
}

func nudged(q record.Ask, r *Round) error {
	now := q.Now()
	r.RemindedAt = &now
	return nil
}

func remindAll(tx record.Tx, r *Round) error {
	votes, err := stageVotes(tx, r.ID, r.Stage)
	if err != nil {
		return err
	}
	for _, v := range votes {
		if v.State() != string(Pending) {
			continue
		}
		if err := tx.Move(kind.Approval, v.ID(), "remind", record.Input{Reason: fmt.Sprintf("reminded by %s", tx.Actor().Name)}); err != nil {
			return err
		}
	}
	return nil
}

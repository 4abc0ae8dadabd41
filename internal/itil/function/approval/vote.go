package approval

import (
	"cmp"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// VoteState is one approver's decision.
type VoteState string

// The decisions.
const (
	Pending   VoteState = "pending"
	Approved  VoteState = "approved"
	Rejected  VoteState = "rejected"
	Abstained VoteState = "abstained"
	Expired   VoteState = "expired"
	Cancelled VoteState = "cancelled" // no longer asked: the stage was decided without it, or the question fell away
)

// A Vote is one approver's part in a question: one record each, so that each has its own
// list, clock, delegate and history. In the API and on screens it is the approval.
type Vote struct {
	record.Base
	Question      string          `maru:"question,derived,search,max=300"`
	About         string          `maru:"about,derived,search,max=300"` // number and title of what it is about, as it was asked
	Round         record.Ref      `maru:"round,derived,to=approval_round,index"`
	Stage         int             `maru:"stage,derived"`
	TargetKind    string          `maru:"target_kind,derived,max=60"`
	Target        string          `maru:"target,derived,of=target_kind,max=40"`
	AskedBy       record.Ref      `maru:"asked_by,derived,to=user,section=people"`
	Approver      record.Ref      `maru:"approver,derived,to=user,section=people"`
	DelegatedFrom record.Ref      `maru:"delegated_from,derived,to=user,section=people"` // for whom the approver stands in
	EscalatedTo   record.Ref      `maru:"escalated_to,derived,to=user,section=people"`   // the manager who may decide as well
	DelegateTo    record.Ref      `maru:"delegate_to,to=user,section=people"`
	Comment       record.Markdown `maru:"comment,max=10000"`
	DecidedAt     *time.Time      `maru:"decided_at,derived,section=time"`
	DecidedBy     record.Ref      `maru:"decided_by,derived,to=user,section=people"`
	Due           *time.Time      `maru:"due_at,derived,section=time"`
	Next          *time.Time      `maru:"next_at,derived,section=time"` // when chasing does its next step; empty = never
	Step          int             `maru:"step,derived,section=time"`    // steps of chasing done
	Reminders     int             `maru:"reminders,derived,section=time"`
	TimeToDecide  *time.Duration  `maru:"time_to_decide,derived,section=figures"`
	Evidence      record.RawJSON  `maru:"evidence,derived,section=approval"` // what the approver was shown: see itil.Evidence
	Confidential  bool            `maru:"confidential,derived,section=people"`
	State         VoteState       `maru:"state,derived"`
}

// notTheirs keeps whoever had a hand in the matter from deciding it.
const notTheirs = "round.barred"

var voteLife = lifecycle.Machine[VoteState, Vote]{
	Begin: Pending, All: lifecycle.In(Pending, Approved, Rejected, Abstained, Expired, Cancelled),
	Ends:  lifecycle.In(Approved, Rejected, Abstained, Expired, Cancelled),
	State: func(v *Vote) *VoteState { return &v.State },
	Steps: []lifecycle.Move[VoteState, Vote]{
		{Name: "approve", From: lifecycle.In(Pending), To: Approved, Takes: "comment", NotBy: notTheirs, Set: decide, Then: voted},
		{Name: "reject", From: lifecycle.In(Pending), To: Rejected, Needs: "comment", NotBy: notTheirs, Set: decide, Then: voted},
		{Name: "abstain", From: lifecycle.In(Pending), To: Abstained, Takes: "comment", NotBy: notTheirs, Set: decide, Then: voted},
		{Name: "delegate", From: lifecycle.In(Pending), Takes: "delegate_to", Set: delegate, Then: handed},
		{Name: "stand_in", From: lifecycle.In(Pending), Takes: "delegate_to", Auto: true, Set: delegate, Then: handed}, // by a delegation
		{Name: "remind", From: lifecycle.In(Pending), Auto: true, Set: reminded},
		{Name: "escalate", From: lifecycle.In(Pending), Auto: true, Takes: "escalated_to", Then: handed},
		{Name: "expire", From: lifecycle.In(Pending), To: Expired, Auto: true, Set: ran, Then: voted},
		{Name: "lapse", From: lifecycle.In(Pending), To: Cancelled, Auto: true, Set: ran},
	},
}

// decide keeps who decided when, and what of the matter they could see at that moment.
func decide(q record.Ask, v *Vote) error {
	target, err := itil.FindOne(q, v.TargetKind, record.ID(v.Target))
	if err != nil {
		return err
	}
	if v.Evidence, err = itil.Evidence(target, record.FormatTime(q.Now())); err != nil {
		return err
	}
	took := q.Now().Sub(v.CreatedAt).Truncate(time.Second)
	v.DecidedBy, v.TimeToDecide = q.Actor().ID, &took
	return ran(q, v)
}

// ran ends the vote's clock.
func ran(q record.Ask, v *Vote) error {
	now := q.Now()
	v.DecidedAt, v.Next = &now, nil
	return nil
}

func reminded(_ record.Ask, v *Vote) error {
	v.Reminders++
	return nil
}

// voted counts the stage again. The round is written by every vote, so of two that come
// at once the second is thought through again, and a stage closes once.
func voted(tx record.Tx, v *Vote) error {
	return tx.Move(kind.ApprovalRound, v.Round, "count", record.Input{})
}

// handed lets those read the matter who are asked now, and no one else.
func handed(tx record.Tx, v *Vote) error {
	return tx.Move(kind.ApprovalRound, v.Round, "follow", record.Input{})
}

// delegate passes the vote on, or back. Nobody gets a second vote in a stage by it.
func delegate(q record.Ask, v *Vote) error {
	to := v.DelegateTo
	v.DelegateTo = ""
	if to == "" {
		return fault.Field("delegate_to", "required")
	}
	r, err := itil.FindOne(q, kind.ApprovalRound, v.Round)
	if err != nil {
		return err
	}
	if to == v.DelegatedFrom {
		v.Approver, v.DelegatedFrom = to, ""
		return nil
	}
	others, err := stageVotes(q, v.Round, v.Stage)
	if err != nil {
		return err
	}
	if code, err := unfit(q, to, r.Refs("barred"), holders(others, v.ID)); code != "" || err != nil {
		return cmp.Or(err, error(fault.Field("delegate_to", code)))
	}
	if to == v.Approver {
		return fault.Field("delegate_to", "already_asked")
	}
	v.Approver, v.DelegatedFrom = to, cmp.Or(v.DelegatedFrom, v.Approver)
	if v.EscalatedTo == to {
		v.EscalatedTo = ""
	}
	return nil
}

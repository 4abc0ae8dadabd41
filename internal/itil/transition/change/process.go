// Package change is change management. For now it declares as much of a change as
// incidents wait for, cause and are resolved by, and its authorisation.
package change

import (
	"slices"

	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Process is change management.
var Process = itil.Process{
	Name: "change",
	Records: []record.Any{record.Type[Change]{Kind: kind.Change, Plural: "changes", Prefix: "CHG", Life: life,
		List: "number title state service owner"}},
	Grants: []permit.Grant{
		{Role: role.Agent, May: "read comment", Kind: kind.Change},
		{Role: role.Resolver, May: "read create update comment note attach link submit withdraw start close cancel", Kind: kind.Change},
		{Role: role.TeamLead, May: "read comment", Kind: kind.Change},
		{Role: role.IncidentManager, May: "read comment", Kind: kind.Change},
		{Role: role.MajorIncidentManager, May: "read create comment link", Kind: kind.Change},
		{Role: role.Auditor, May: "read inside", Kind: kind.Change},
		{Role: role.ChangeManager, May: "*", Kind: kind.Change},
		{Role: role.Admin, May: "*", Kind: kind.Change},
		{Role: role.Anyone, May: "read", Kind: kind.Change, Where: itil.Asked},
	},
	Rules: slices.Concat(itil.AskedOf(kind.Change), []rule.Rule{
		rule.After("change.edited", kind.Change, "update", edited),
		rule.After("change.authorised", kind.ApprovalRound, "approve", outcome("authorise")),
		rule.After("change.rejected", kind.ApprovalRound, "reject", outcome("return")),
		rule.After("change.undecided", kind.ApprovalRound, "expire", outcome("return")),
		rule.After("change.unasked", kind.ApprovalRound, "cancel", outcome("return")),
		rule.After("change.question_withdrawn", kind.ApprovalRound, "withdraw", outcome("return")),
	}),
}

// State is the state of a change.
type State string

// The states of a change.
const (
	New       State = "new"
	Authorise State = "authorize" // waits for its approval
	Scheduled State = "scheduled" // approved; may be implemented
	Implement State = "implement"
	Closed    State = "closed"
	Cancelled State = "cancelled"
)

// A Change adds, modifies or removes anything that could affect services.
type Change struct {
	record.Base
	itil.Approvable
	Title       string          `maru:"title,required,search,min=3,max=200"`
	Description record.Markdown `maru:"description,search"`
	Service     record.Ref      `maru:"service,to=service,index"`
	Owner       record.Ref      `maru:"owner,to=user,involved,index"`                // implements it
	Authorisers []record.ID     `maru:"authorisers,to=user,max=20,section=approval"` // all of whom must approve; empty = any change manager
	State       State           `maru:"state,derived"`
}

var life = lifecycle.Machine[State, Change]{
	Begin: New, All: lifecycle.In(New, Authorise, Scheduled, Implement, Closed, Cancelled), Ends: lifecycle.In(Closed, Cancelled),
	State: func(c *Change) *State { return &c.State },
	Steps: []lifecycle.Move[State, Change]{
		{Name: "submit", From: lifecycle.In(New), To: Authorise, Takes: "authorisers", Then: ask},
		{Name: "withdraw", From: lifecycle.In(Authorise), To: New, Then: unask},
		{Name: "authorise", From: lifecycle.In(Authorise), To: Scheduled, Auto: true},
		{Name: "return", From: lifecycle.In(Authorise), To: New, Auto: true},
		{Name: "revise", From: lifecycle.In(Authorise, Scheduled), To: New, Auto: true, Then: unask},
		{Name: "start", From: lifecycle.In(Scheduled), To: Implement},
		{Name: "close", From: lifecycle.In(Implement), To: Closed},
		{Name: "cancel", To: Cancelled},
	},
}

// policy is the name under which a change is asked about.
const policy = "change"

// ask puts the change to those it names, or to the change managers.
func ask(tx record.Tx, c *Change) error {
	s := itil.ApprovalStage{Rule: "any", Role: role.ChangeManager}
	if len(c.Authorisers) > 0 {
		s = itil.ApprovalStage{Rule: "all", Approvers: c.Authorisers}
	}
	_, err := itil.AskApproval(tx, kind.Change, c.ID, itil.Asking{Policy: policy, Question: c.Title, Stages: []itil.ApprovalStage{s}})
	return err
}

func unask(tx record.Tx, c *Change) error {
	return itil.CancelApprovals(tx, c.ID, policy, "the change went back")
}

// outcome moves a change by what was decided about it.
func outcome(move string) func(record.Tx, *record.Change) error {
	return func(tx record.Tx, c *record.Change) error {
		if c.After.Text("target_kind") != kind.Change || c.After.Text("policy") != policy {
			return nil
		}
		chg, err := itil.FindOne(tx, kind.Change, c.After.Ref("target"))
		if err != nil || chg.State() != string(Authorise) {
			return err
		}
		return tx.Move(kind.Change, chg.ID(), move, record.Input{Reason: c.Input.Reason})
	}
}

// material fields are what was approved: another change of them is another change.
var material = []string{"title", "description", "service", "owner"}

// edited takes a change back to its beginning when it becomes another than was approved.
func edited(tx record.Tx, c *record.Change) error {
	if s := State(c.After.State()); c.Before == nil || s != Authorise && s != Scheduled {
		return nil
	}
	for _, f := range c.After.Changed(c.Before) {
		if slices.Contains(material, f.Name) {
			return tx.Move(kind.Change, c.After.ID(), "revise", record.Input{Reason: "edited after approval was asked"})
		}
	}
	return nil
}

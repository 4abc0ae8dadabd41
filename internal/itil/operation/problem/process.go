// Package problem is problem management. For now it declares as much of a problem as
// incidents are investigated by and wait for.
package problem

import (
	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Process is problem management.
var Process = itil.Process{
	Name: "problem",
	Records: []record.Any{record.Type[Problem]{Kind: kind.Problem, Plural: "problems", Prefix: "PRB", Life: life,
		List: "number title state service owner"}},
	Grants: []permit.Grant{
		{Role: role.Agent, May: "read comment", Kind: kind.Problem},
		{Role: role.Resolver, May: "read inside create update comment note attach link investigate apply_fix", Kind: kind.Problem},
		{Role: role.TeamLead, May: "read comment", Kind: kind.Problem},
		{Role: role.IncidentManager, May: "read comment link", Kind: kind.Problem},
		{Role: role.MajorIncidentManager, May: "read inside create comment note link", Kind: kind.Problem},
		{Role: role.Auditor, May: "read inside", Kind: kind.Problem},
		{Role: role.ProblemManager, May: "*", Kind: kind.Problem},
		{Role: role.Admin, May: "*", Kind: kind.Problem},
	},
}

// State is the state of a problem.
type State string

// The states of a problem.
const (
	New           State = "new"
	Investigating State = "investigating"
	FixApplied    State = "fix_applied"
	RiskAccepted  State = "risk_accepted"
	Closed        State = "closed"
	Cancelled     State = "cancelled"
)

// A Problem is the cause, or potential cause, of one or more incidents.
type Problem struct {
	record.Base
	Title       string          `maru:"title,required,search,min=3,max=200"`
	Description record.Markdown `maru:"description,search"`
	Service     record.Ref      `maru:"service,to=service,index"`
	Owner       record.Ref      `maru:"owner,to=user,index"`
	RootCause   record.Markdown `maru:"root_cause,internal"`
	State       State           `maru:"state,derived"`
}

var life = lifecycle.Machine[State, Problem]{
	Begin: New, All: lifecycle.In(New, Investigating, FixApplied, RiskAccepted, Closed, Cancelled), Ends: lifecycle.In(Closed, Cancelled),
	State: func(p *Problem) *State { return &p.State },
	Steps: []lifecycle.Move[State, Problem]{
		{Name: "investigate", From: lifecycle.In(New), To: Investigating},
		{Name: "apply_fix", From: lifecycle.In(Investigating), To: FixApplied},
		{Name: "accept_risk", From: lifecycle.In(New, Investigating), To: RiskAccepted},
		{Name: "close", From: lifecycle.In(FixApplied, RiskAccepted), To: Closed},
		{Name: "cancel", From: lifecycle.In(New, Investigating), To: Cancelled},
	},
}

// Package approval is how the organisation says yes or no: who is asked, in which order,
// how their votes count, what they saw, and what happens when they stay silent (book B
// §0.5). Every process asks through it; people may ask about any record that allows it.
package approval

import (
	"time"

	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Process is approval.
var Process = itil.Process{
	Name: "approval",
	Records: []record.Any{
		record.Type[Vote]{Kind: kind.Approval, Plural: "approvals", Prefix: "APR", Title: "question", Life: voteLife,
			List:    "number question about approver state due_at decided_at",
			Indexes: []string{"approver state", "round stage", "state next_at", "target state"}},
		record.Type[Round]{Kind: kind.ApprovalRound, Plural: "approval_rounds", Title: "question", Life: roundLife,
			Derive:  deriveRound,
			List:    "question about state asked_by due_at decided_at",
			Indexes: []string{"target state"}},
		record.Type[Delegation]{Kind: kind.Delegation, Plural: "delegations", Title: "reason", Check: checkDelegation,
			List: "from to starts_at ends_at scope reason"},
	},
	Grants: grants,
	Rules: []rule.Rule{
		rule.After("approval.open", kind.ApprovalRound, permit.Create, opened),
		rule.After("approval.delegated", kind.Delegation, permit.Create, delegated),
		rule.After("approval.redelegated", kind.Delegation, permit.Update, delegated),
	},
	Jobs:  []rule.Job{{Name: "approval.chase", Every: 5 * time.Minute, Run: chase}},
	Calcs: []itil.Calc{itil.ApprovalOutcome},
	Settings: []rule.Setting{
		{Name: "approval.time", Default: "PT16H", Type: record.Span, Min: 60},         // business time to decide when the stage names none
		{Name: "approval.escalate_after", Default: "150", Type: record.Int, Min: 100}, // percent of that time
		{Name: "approval.expire_after", Default: "200", Type: record.Int},             // percent of that time; 0 = never
	},
	KPIs: []measure.KPI{
		{Code: "approvals.decide", Kind: kind.Approval, How: measure.Median, Where: "time_to_decide != null", Value: "time_to_decide", At: "decided_at", By: "target_kind", Unit: "seconds", Better: "lower"},
		{Code: "approvals.overdue", Kind: kind.Approval, How: measure.Count, Where: "state == 'pending' && due_at < now", By: "target_kind", Unit: "count", Better: "lower"},
		{Code: "approvals.expired", Kind: kind.Approval, How: measure.Share, Where: "state in ['approved', 'rejected', 'abstained', 'expired']", Hit: "state == 'expired'", At: "decided_at", By: "target_kind", Unit: "percent", Better: "lower"},
	},
	Views: []itil.View{
		{Name: "my_approvals", Kind: kind.Approval, Filter: "state == 'pending' && (" + mine + ")", Order: "due_at,number"},
		{Name: "asked_by_me", Kind: kind.ApprovalRound, Filter: "asked_by == me", Order: "-created_at"},
	},
}

// Conditions of grants. A vote is cast by whom it is asked of, by the one they stand in
// for, or by the manager it was escalated to.
const (
	mine  = "approver == me || escalated_to == me"
	votes = mine + " || delegated_from == me"
)

var grants = []permit.Grant{
	{Role: role.Anyone, May: "read approve reject abstain delegate", Kind: kind.Approval, Where: votes},
	{Role: role.Anyone, May: "read", Kind: kind.Approval, Where: "asked_by == me || me in round.voters"}, // what the others on the same question said
	{Role: role.Agent, May: "read", Kind: kind.Approval, Where: "!confidential"},
	{Role: role.Resolver, May: "read", Kind: kind.Approval, Where: "!confidential"},
	{Role: role.TeamLead, May: "read", Kind: kind.Approval, Where: "!confidential"},
	{Role: role.IncidentManager, May: "read", Kind: kind.Approval, Where: "!confidential"},
	{Role: role.MajorIncidentManager, May: "read", Kind: kind.Approval, Where: "!confidential"},
	{Role: role.ChangeManager, May: "read", Kind: kind.Approval, Where: "!confidential"},
	{Role: role.Auditor, May: "read inside", Kind: kind.Approval},
	{Role: role.Admin, May: "read", Kind: kind.Approval, Where: "!confidential"},

	{Role: role.Anyone, May: "read", Kind: kind.ApprovalRound, Where: "asked_by == me || me in voters"},
	{Role: role.Anyone, May: "withdraw remind", Kind: kind.ApprovalRound, Where: "asked_by == me"},
	{Role: role.Agent, May: "create", Kind: kind.ApprovalRound},
	{Role: role.Resolver, May: "create", Kind: kind.ApprovalRound},
	{Role: role.TeamLead, May: "create", Kind: kind.ApprovalRound},
	{Role: role.IncidentManager, May: "create", Kind: kind.ApprovalRound},
	{Role: role.MajorIncidentManager, May: "create", Kind: kind.ApprovalRound},
	{Role: role.ChangeManager, May: "create", Kind: kind.ApprovalRound},
	{Role: role.Agent, May: "read remind", Kind: kind.ApprovalRound, Where: "!confidential"},
	{Role: role.Resolver, May: "read remind", Kind: kind.ApprovalRound, Where: "!confidential"},
	{Role: role.TeamLead, May: "read remind", Kind: kind.ApprovalRound, Where: "!confidential"},
	{Role: role.IncidentManager, May: "read remind withdraw", Kind: kind.ApprovalRound, Where: "!confidential"},
	{Role: role.MajorIncidentManager, May: "read remind withdraw", Kind: kind.ApprovalRound, Where: "!confidential"},
	{Role: role.ChangeManager, May: "read remind withdraw", Kind: kind.ApprovalRound, Where: "!confidential"},
	{Role: role.Auditor, May: "read inside", Kind: kind.ApprovalRound},
	{Role: role.Admin, May: "read remind withdraw", Kind: kind.ApprovalRound, Where: "!confidential"},

	{Role: role.Anyone, May: "read", Kind: kind.Delegation, Where: "from == me || to == me"},
	{Role: role.Anyone, May: "create update", Kind: kind.Delegation, Where: "from == me"},
	{Role: role.Auditor, May: "read inside", Kind: kind.Delegation},
	{Role: role.Admin, May: "read create update", Kind: kind.Delegation},
}

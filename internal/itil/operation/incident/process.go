// Package incident restores normal service as quickly as possible and keeps the harm to
// the business small (book B §24).
package incident

import (
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Process is incident management.
var Process = itil.Process{
	Name: "incident",
	Records: []record.Any{
		record.Type[Incident]{
			Kind: kind.Incident, Plural: "incidents", Prefix: "INC",
			Life: life, Derive: deriveIncident, Check: checkIncident,
			List:    "number title priority state service group assignee updated_at",
			Indexes: []string{"state updated_at", "state priority", "service created_at", "group state", "priority updated_at", "ping_pong updated_at"},
			Links: []record.Link{
				{Name: "child_of", To: []string{kind.Incident}, Card: "n:1", Tree: true, Deep: 2, Mirror: "parent"},
				{Name: "duplicate_of", To: []string{kind.Incident}, Card: "n:1", Tree: true, Mirror: "duplicate_of"},
				{Name: "follow_up_of", To: []string{kind.Incident}, Card: "n:1", Tree: true},
				{Name: "split_from", To: []string{kind.Incident}, Card: "n:1", Tree: true},
				{Name: "caused_on", To: []string{kind.ConfigurationItem}, Card: "n:1", Mirror: "ci"},
				{Name: "caused", To: []string{kind.Outage}, Card: "1:n"},
				{Name: "investigated_by", To: []string{kind.Problem}, Card: "n:1", Mirror: "problem"},
				{Name: "caused_by_change", To: []string{kind.Change}, Card: "n:1", Mirror: "caused_by_change"},
				{Name: "resolved_by_change", To: []string{kind.Change}, Card: "n:n"},
			},
		},
		record.Type[Task]{Kind: kind.IncidentTask, Plural: "incident_tasks", Prefix: "ITSK", Life: taskLife,
			List: "number title incident group assignee state due_at"},
		record.Type[Update]{Kind: kind.IncidentUpdate, Plural: "incident_updates", Check: checkUpdate,
			List: "incident status audience text next_update_at created_at"},
		record.Type[PriorityRule]{Kind: kind.PriorityRule, Plural: "priority_rules", Config: true, Check: checkCell,
			List: "matrix impact urgency priority"},
	},
	Grants:   grants,
	KPIs:     figures,
	Settings: settings,
	Seeds:    matrixSeeds(),
	Calcs:    []itil.Calc{PriorityCalc, CostCalc, SimilarityCalc},
	Rules: slices.Concat(itil.AskedOf(kind.Incident), []rule.Rule{
		rule.After("incident.candidate", kind.Incident, "any", onChange(candidate)),
		rule.After("incident.outage", kind.Incident, "any", onChange(outages)),
		rule.After("incident.track", kind.Incident, "any", onChange(keepOnTrack)),
		rule.After("incident.fix", kind.Incident, "any", onChange(linkFix)),
		rule.After("incident.adopt", kind.Incident, "link:child_of", adopted),
		rule.After("incident.reply", kind.Incident, permit.Comment, reply),
		rule.After("incident.noted", kind.Incident, permit.Note, noticed),
		rule.After("incident.problem_fixed", kind.Problem, "apply_fix", problemMoved),
		rule.After("incident.problem_accepted", kind.Problem, "accept_risk", problemMoved),
		rule.After("incident.problem_cancelled", kind.Problem, "cancel", problemMoved),
		rule.After("incident.change_closed", kind.Change, "close", changeDone),
		rule.After("incident.change_cancelled", kind.Change, "cancel", changeDone),
		rule.After("incident.updated", kind.IncidentUpdate, permit.Create, updated),
	}),
	Jobs: []rule.Job{
		{Name: "incident.autoclose", Every: 15 * time.Minute, Run: autoClose},
		{Name: "incident.hold_followup", Every: 5 * time.Minute, Run: followHolds},
		{Name: "incident.mi_detect", Every: time.Minute, Run: detectMajor},
		{Name: "incident.dup_cluster", Every: time.Minute, Run: findSimilar},
		{Name: "incident.stale", Every: 15 * time.Minute, Run: goStale},
		{Name: "incident.deadline", Every: 15 * time.Minute, Run: watchDeadlines},
	},
	Views: []itil.View{
		{Name: "my_work", Kind: kind.Incident, Filter: "assignee == me && " + isOpen, Order: "priority,created_at"},
		{Name: "my_groups", Kind: kind.Incident, Filter: "group in my_groups && " + isOpen, Order: "priority,created_at"},
		{Name: "unassigned", Kind: kind.Incident, Filter: "assignee == null && state in ['new', 'assigned']", Order: "priority,created_at"},
		{Name: "open", Kind: kind.Incident, Filter: isOpen, Order: "priority,created_at"},
		{Name: "major", Kind: kind.Incident, Filter: "major in ['candidate', 'confirmed'] && " + isOpen, Order: "priority,-created_at"},
		{Name: "ping_pong", Kind: kind.Incident, Filter: "ping_pong && " + isOpen, Order: "-updated_at"},
		{Name: "mine", Kind: kind.Incident, Filter: "requester == me || opened_by == me", Order: "-updated_at"},
	},
}

// onChange keeps a rule on "any" from hearing comments, notes and links, which change no field.
func onChange(do func(record.Tx, *record.Change) error) func(record.Tx, *record.Change) error {
	return func(tx record.Tx, c *record.Change) error {
		switch c.Verb {
		case permit.Comment, permit.Note, "link", "unlink":
			return nil
		}
		return do(tx, c)
	}
}

func deriveIncident(q record.Ask, i *Incident) error { return i.derive(q) }

func checkIncident(q record.Ask, i *Incident) error { return i.check(q) }

// Conditions of grants.
const (
	own   = "requester == me || opened_by == me"
	seen  = "requester == me || opened_by == me || me in watchers || (service.dept_visibility && requester.unit == my_unit && my_unit != '' && !confidential)"
	team  = "!confidential || group in my_groups || assignee == me || me in watchers"
	hands = "group in my_groups || assignee == me"                // whose work it is
	lead  = hands + " || group.manager == me"                     // whose people's work it is
	made  = "!confidential || opened_by == me || (" + hands + ")" // what may be handed in, security incidents too
)

// What each may do: the desk, those who work on it, and those who run the process. Only
// the requester, or time, closes an incident before a manager does; a major incident is
// confirmed, demoted, resolved and closed by its manager alone.
const (
	desk    = "update comment note attach link assign reassign accept resume resolve reopen cancel merge split escalate propose_major"
	work    = "update comment note attach link reassign accept resume reopen cancel merge split escalate propose_major"
	manages = "read inside " + desk + " hold close override"
)

// What an end user sees and fills in: plain words about their own matter.
const (
	userSees   = "title description requester opened_by channel service offering ci location category urgency deadline priority group assignee watchers due_at closed_at resolution_code resolution_notes resolved_at hold_reason follow_up_at major next_update_at reopen_count duplicate_of tags approval approvers"
	userWrites = "title description requester service offering ci location category urgency watchers tags deadline"
)

var grants = []permit.Grant{
	{Role: role.EndUser, May: "read", Kind: kind.Incident, Where: seen, Fields: userSees},
	{Role: role.Anyone, May: "read", Kind: kind.Incident, Where: itil.Asked},
	{Role: role.EndUser, May: "create", Kind: kind.Incident, Where: "requester == me", Fields: userWrites},
	{Role: role.EndUser, May: "update", Kind: kind.Incident, Where: own, Fields: "urgency watchers"},
	{Role: role.EndUser, May: "comment attach", Kind: kind.Incident, Where: own + " || me in watchers"},
	{Role: role.EndUser, May: "confirm", Kind: kind.Incident, Where: "requester == me && major != 'confirmed'"},
	{Role: role.EndUser, May: "reopen", Kind: kind.Incident, Where: "(" + own + ") && major != 'confirmed'"},
	{Role: role.EndUser, May: "cancel", Kind: kind.Incident, Where: "requester == me && state in ['new', 'assigned']"},
	{Role: role.Agent, May: "create", Kind: kind.Incident, Where: made},
	{Role: role.Agent, May: "read inside " + desk, Kind: kind.Incident, Where: team},
	{Role: role.Agent, May: "hold", Kind: kind.Incident, Where: "assignee == me"},
	{Role: role.Resolver, May: "read inside", Kind: kind.Incident, Where: team},
	{Role: role.Resolver, May: work, Kind: kind.Incident, Where: hands},
	{Role: role.Resolver, May: "hold resolve", Kind: kind.Incident, Where: "assignee == me"},
	{Role: role.TeamLead, May: "create", Kind: kind.Incident, Where: made},
	{Role: role.TeamLead, May: "read inside", Kind: kind.Incident, Where: team},
	{Role: role.TeamLead, May: work + " assign hold resolve override", Kind: kind.Incident, Where: lead},
	{Role: role.Supplier, May: "read comment attach", Kind: kind.Incident, Where: "group in my_groups",
		Fields: "title description service ci category impact urgency priority group assignee due_at service_status detected_at hold_reason follow_up_at resolution_code resolution_notes resolved_at closed_at tags"},
	{Role: role.Supplier, May: "accept resume", Kind: kind.Incident, Where: "group in my_groups && !confidential"},
	{Role: role.Supplier, May: "hold resolve", Kind: kind.Incident, Where: "assignee == me && !confidential"},
	{Role: role.IncidentManager, May: "create", Kind: kind.Incident, Where: made},
	{Role: role.IncidentManager, May: manages, Kind: kind.Incident, Where: team},
	{Role: role.MajorIncidentManager, May: "create", Kind: kind.Incident, Where: made},
	{Role: role.MajorIncidentManager, May: manages + " confirm_major demote_major", Kind: kind.Incident, Where: "(major in ['candidate', 'confirmed'] && !security) || " + team},
	{Role: role.SecurityManager, May: manages + " create confirm_major demote_major", Kind: kind.Incident, Where: "security"},
	{Role: role.ServiceOwner, May: "read inside comment", Kind: kind.Incident, Where: "service.owner == me && !confidential"},
	{Role: role.ProblemManager, May: "read inside comment note link", Kind: kind.Incident, Where: team},
	{Role: role.Auditor, May: "read inside", Kind: kind.Incident},
	{Role: role.Integration, May: "read create update comment attach", Kind: kind.Incident, Where: "created_by == me"},
	{Role: role.Admin, May: "create", Kind: kind.Incident, Where: made},
	{Role: role.Admin, May: manages, Kind: kind.Incident, Where: team},

	{Role: role.Agent, May: taskWork, Kind: kind.IncidentTask, Where: taskTeam},
	{Role: role.Resolver, May: taskWork, Kind: kind.IncidentTask, Where: taskTeam},
	{Role: role.TeamLead, May: taskWork, Kind: kind.IncidentTask, Where: taskTeam},
	{Role: role.Supplier, May: "read comment attach start complete", Kind: kind.IncidentTask, Where: "group in my_groups || assignee == me"},
	{Role: role.IncidentManager, May: taskWork, Kind: kind.IncidentTask, Where: taskTeam},
	{Role: role.MajorIncidentManager, May: taskWork, Kind: kind.IncidentTask, Where: "(incident.major in ['candidate', 'confirmed'] && !incident.security) || " + taskTeam},
	{Role: role.SecurityManager, May: taskWork, Kind: kind.IncidentTask, Where: "incident.security"},
	{Role: role.Auditor, May: "read inside", Kind: kind.IncidentTask},
	{Role: role.Admin, May: taskWork, Kind: kind.IncidentTask, Where: taskTeam},

	{Role: role.EndUser, May: "read", Kind: kind.IncidentUpdate, Where: "audience == 'public'"},
	{Role: role.Agent, May: "read create", Kind: kind.IncidentUpdate, Where: ofTeam},
	{Role: role.Resolver, May: "read create", Kind: kind.IncidentUpdate, Where: ofTeam},
	{Role: role.TeamLead, May: "read create", Kind: kind.IncidentUpdate, Where: ofTeam},
	{Role: role.ServiceOwner, May: "read", Kind: kind.IncidentUpdate, Where: "audience != 'internal' && !incident.confidential"},
	{Role: role.Executive, May: "read", Kind: kind.IncidentUpdate, Where: "audience != 'internal' && !incident.confidential"},
	{Role: role.IncidentManager, May: "read create update", Kind: kind.IncidentUpdate, Where: ofTeam},
	{Role: role.MajorIncidentManager, May: "read create update", Kind: kind.IncidentUpdate, Where: "(incident.major in ['candidate', 'confirmed'] && !incident.security) || " + ofTeam},
	{Role: role.SecurityManager, May: "read create update", Kind: kind.IncidentUpdate, Where: "incident.security"},
	{Role: role.Auditor, May: "read inside", Kind: kind.IncidentUpdate},
	{Role: role.Admin, May: "read create update", Kind: kind.IncidentUpdate, Where: ofTeam},

	{Role: role.Anyone, May: "read", Kind: kind.PriorityRule},
	{Role: role.IncidentManager, May: "*", Kind: kind.PriorityRule},
	{Role: role.Admin, May: "*", Kind: kind.PriorityRule},
}

// What belongs to a confidential incident stays with those who see the incident.
const (
	ofTeam   = "!incident.confidential || incident.group in my_groups || incident.assignee == me"
	taskTeam = ofTeam + " || group in my_groups || assignee == me"
	taskWork = "read create update comment note attach start complete cancel"
)

// Package incident restores normal service as quickly as possible and keeps the harm to
// the business small (book B §24).
package incident

import (
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
			Indexes: []string{"state updated_at", "state priority", "service created_at", "group state", "priority updated_at"},
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
		record.Type[PriorityRule]{Kind: kind.PriorityRule, Plural: "priority_rules", Config: true,
			List: "matrix impact urgency priority"},
	},
	Grants:   grants,
	KPIs:     figures,
	Settings: settings,
	Seeds:    matrixSeeds(),
	Calcs:    []itil.Calc{PriorityCalc, CostCalc, SimilarityCalc},
	Rules: []rule.Rule{
		rule.After("incident.candidate", kind.Incident, "any", onChange(candidate)),
		rule.After("incident.outage", kind.Incident, "any", onChange(outages)),
		rule.After("incident.track", kind.Incident, "any", onChange(keepOnTrack)),
		rule.After("incident.adopt", kind.Incident, "link:child_of", adopted),
		rule.After("incident.reply", kind.Incident, permit.Comment, reply),
		rule.After("incident.problem_fixed", kind.Problem, "apply_fix", problemMoved),
		rule.After("incident.problem_accepted", kind.Problem, "accept_risk", problemMoved),
		rule.After("incident.problem_cancelled", kind.Problem, "cancel", problemMoved),
		rule.After("incident.change_closed", kind.Change, "close", changeDone),
		rule.After("incident.change_cancelled", kind.Change, "cancel", changeDone),
		rule.After("incident.updated", kind.IncidentUpdate, permit.Create, updated),
	},
	Jobs: []rule.Job{
		{Name: "incident.autoclose", Every: 15 * time.Minute, Run: autoClose},
		{Name: "incident.hold_followup", Every: 5 * time.Minute, Run: followHolds},
		{Name: "incident.mi_detect", Every: time.Minute, Run: detectMajor},
		{Name: "incident.dup_cluster", Every: time.Minute, Run: findSimilar},
		{Name: "incident.stale", Every: 15 * time.Minute, Run: goStale},
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
	own    = "requester == me || opened_by == me"
	seen   = "requester == me || opened_by == me || me in watchers || (service.dept_visibility && requester.unit == my_unit && my_unit != '' && !confidential)"
	team   = "!confidential || group in my_groups || assignee == me || me in watchers"
	worker = "assign reassign accept hold resume resolve close reopen cancel merge split escalate propose_major"
)

// What an end user sees and fills in: plain words about their own matter.
const (
	userSees   = "title description requester opened_by channel service ci category urgency priority group assignee watchers due_at closed_at resolution_code resolution_notes resolved_at hold_reason follow_up_at major next_update_at reopen_count duplicate_of tags"
	userWrites = "title description requester service ci category urgency watchers tags deadline"
)

var grants = []permit.Grant{
	{Role: role.EndUser, May: "read", Kind: kind.Incident, Where: seen, Fields: userSees},
	{Role: role.EndUser, May: "create", Kind: kind.Incident, Where: own, Fields: userWrites},
	{Role: role.EndUser, May: "update", Kind: kind.Incident, Where: own, Fields: "description urgency watchers"},
	{Role: role.EndUser, May: "comment attach", Kind: kind.Incident, Where: own + " || me in watchers"},
	{Role: role.EndUser, May: "confirm reopen", Kind: kind.Incident, Where: "(" + own + ") && major != 'confirmed'"},
	{Role: role.EndUser, May: "cancel", Kind: kind.Incident, Where: "requester == me && state in ['new', 'assigned']"},
	{Role: role.Agent, May: "create", Kind: kind.Incident}, // also what they may not see once it is confidential
	{Role: role.Resolver, May: "create", Kind: kind.Incident},
	{Role: role.TeamLead, May: "create", Kind: kind.Incident},
	{Role: role.IncidentManager, May: "create", Kind: kind.Incident},
	{Role: role.MajorIncidentManager, May: "create", Kind: kind.Incident},
	{Role: role.Admin, May: "create", Kind: kind.Incident},
	{Role: role.Agent, May: "read inside update comment note attach link " + worker, Kind: kind.Incident, Where: team},
	{Role: role.Resolver, May: "read inside update comment note attach link " + worker, Kind: kind.Incident, Where: team},
	{Role: role.TeamLead, May: "read inside update comment note attach link " + worker, Kind: kind.Incident, Where: team},
	{Role: role.Supplier, May: "read comment attach", Kind: kind.Incident, Where: "group in my_groups",
		Fields: "title description service ci category impact urgency priority group assignee due_at service_status detected_at hold_reason follow_up_at resolution_code resolution_notes resolved_at closed_at tags"},
	{Role: role.Supplier, May: "accept hold resume resolve", Kind: kind.Incident, Where: "group in my_groups && !confidential"},
	{Role: role.IncidentManager, May: "* override", Kind: kind.Incident, Where: team},
	{Role: role.MajorIncidentManager, May: "* override", Kind: kind.Incident, Where: "!confidential || major in ['candidate', 'confirmed'] || " + team},
	{Role: role.SecurityManager, May: "*", Kind: kind.Incident, Where: "security"},
	{Role: role.ServiceOwner, May: "read inside comment", Kind: kind.Incident, Where: "service.owner == me && !security"},
	{Role: role.ProblemManager, May: "read inside comment note link", Kind: kind.Incident, Where: team},
	{Role: role.Auditor, May: "read inside", Kind: kind.Incident},
	{Role: role.Integration, May: "read create comment", Kind: kind.Incident, Where: "created_by == me"},
	{Role: role.Admin, May: "* override", Kind: kind.Incident, Where: team},

	{Role: role.Agent, May: "read create update comment note attach start complete cancel", Kind: kind.IncidentTask, Where: taskTeam},
	{Role: role.Resolver, May: "read create update comment note attach start complete cancel", Kind: kind.IncidentTask, Where: taskTeam},
	{Role: role.IncidentManager, May: "*", Kind: kind.IncidentTask},
	{Role: role.MajorIncidentManager, May: "*", Kind: kind.IncidentTask},
	{Role: role.Auditor, May: "read inside", Kind: kind.IncidentTask},
	{Role: role.Admin, May: "*", Kind: kind.IncidentTask},

	{Role: role.EndUser, May: "read", Kind: kind.IncidentUpdate, Where: "audience == 'public'"},
	{Role: role.Agent, May: "read create", Kind: kind.IncidentUpdate},
	{Role: role.Resolver, May: "read create", Kind: kind.IncidentUpdate},
	{Role: role.ServiceOwner, May: "read", Kind: kind.IncidentUpdate, Where: "audience != 'internal'"},
	{Role: role.Executive, May: "read", Kind: kind.IncidentUpdate, Where: "audience != 'internal'"},
	{Role: role.IncidentManager, May: "read create update", Kind: kind.IncidentUpdate},
	{Role: role.MajorIncidentManager, May: "read create update", Kind: kind.IncidentUpdate},
	{Role: role.Auditor, May: "read inside", Kind: kind.IncidentUpdate},
	{Role: role.Admin, May: "read create update", Kind: kind.IncidentUpdate},

	{Role: role.Anyone, May: "read", Kind: kind.PriorityRule},
	{Role: role.IncidentManager, May: "*", Kind: kind.PriorityRule},
	{Role: role.Admin, May: "*", Kind: kind.PriorityRule},
}

// taskTeam keeps the tasks of confidential incidents with those who see these.
const taskTeam = "!incident.confidential || group in my_groups || assignee == me"

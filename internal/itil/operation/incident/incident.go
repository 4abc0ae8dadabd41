package incident

import (
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// An Incident is an unplanned interruption to a service, or a reduction in its quality
// (book B §24).
type Incident struct {
	itil.Task
	Parent           record.Ref      `maru:"parent,to=incident,index,section=links"`
	DuplicateOf      record.Ref      `maru:"duplicate_of,to=incident,section=links"`
	Category         record.Ref      `maru:"category,to=category,section=what"`
	Subcategory      record.Ref      `maru:"subcategory,to=category,section=what"`
	Symptom          record.Ref      `maru:"symptom,to=category,section=what"`
	ServiceStatus    string          `maru:"service_status,one=down|degraded|at_risk|ok,section=what"`
	UsersAffected    *int            `maru:"users_affected,min=0,section=priority"`
	Workaround       bool            `maru:"workaround_accepted,section=priority"`
	Deadline         *time.Time      `maru:"deadline,section=priority"`
	Safety           bool            `maru:"safety,section=priority"`
	Security         bool            `maru:"security,section=priority"`
	EffectiveUrgency int             `maru:"effective_urgency,derived,one=1|2|3,section=priority"`
	ImpactStart      *time.Time      `maru:"impact_start,section=time"`
	Detected         *time.Time      `maru:"detected_at,section=time"`
	Acknowledged     *time.Time      `maru:"acknowledged_at,derived,section=time"`
	Mitigated        *time.Time      `maru:"mitigated_at,section=time"`
	Restored         *time.Time      `maru:"restored_at,section=time"`
	Resolved         *time.Time      `maru:"resolved_at,derived,index,section=time"`
	ResolvedBy       record.Ref      `maru:"resolved_by,derived,to=user,section=time"`
	Detection        string          `maru:"detection,required,one=monitoring|user|supplier|security|test,default=user,section=origin"`
	HoldReason       string          `maru:"hold_reason,one=awaiting_customer|awaiting_supplier|awaiting_change|awaiting_problem|awaiting_evidence|scheduled,section=hold"`
	FollowUp         *time.Time      `maru:"follow_up_at,section=hold"`
	HeldSince        *time.Time      `maru:"held_since,derived,section=hold"`
	Reminders        int             `maru:"reminders,derived,section=hold"`
	FunctionalLevel  int             `maru:"functional_level,derived,one=1|2|3,default=1,section=escalation"`
	HierarchicLevel  int             `maru:"hierarchic_level,derived,min=0,max=4,section=escalation"`
	Major            string          `maru:"major,derived,index,one=none|candidate|confirmed|demoted,default=none,section=major"`
	MajorReason      string          `maru:"major_reason,derived,section=major"`
	MajorSince       *time.Time      `maru:"major_since,derived,section=major"`
	Commander        record.Ref      `maru:"mi_commander,to=user,section=major"`
	CommsLead        record.Ref      `maru:"comms_lead,to=user,section=major"`
	Bridge           string          `maru:"bridge_url,max=500,section=major"`
	UpdateEvery      int             `maru:"update_interval_min,min=5,max=1440,default=30,section=major"`
	NextUpdate       *time.Time      `maru:"next_update_at,derived,section=major"`
	ResolutionCode   string          `maru:"resolution_code,one=fixed|workaround|known_error|user_education|no_fault_found|third_party|duplicate|auto_recovered|by_change|by_problem,section=closure"`
	ResolutionNotes  record.Markdown `maru:"resolution_notes,search,section=closure"`
	CauseHint        record.Markdown `maru:"cause_hint,internal,section=closure"`
	ClosureCategory  record.Ref      `maru:"closure_category,to=category,section=closure"`
	Problem          record.Ref      `maru:"problem,to=problem,index,section=links"`
	CausedBy         record.Ref      `maru:"caused_by_change,to=change,section=links"`
	Reopened         int             `maru:"reopen_count,derived,section=figures"`
	Reassigned       int             `maru:"reassign_count,derived,section=figures"`
	Hops             int             `maru:"hops,derived,section=figures"`
	Visited          []record.ID     `maru:"groups_visited,derived,internal,to=group,section=figures"`
	PingPong         bool            `maru:"ping_pong,derived,section=figures"`
	Stale            bool            `maru:"stale,derived,section=figures"`
	Similar          []record.ID     `maru:"similar,derived,internal,to=incident,section=figures"`
	Effort           *time.Duration  `maru:"effort,internal,min=0,section=money"`
	Rate             *record.Money   `maru:"hourly_rate,internal,section=money"`
	Cost             *record.Money   `maru:"cost,derived,internal,section=money"`
	TimeToAck        *time.Duration  `maru:"time_to_acknowledge,derived,section=figures"`
	TimeToRestore    *time.Duration  `maru:"time_to_restore,derived,section=figures"` // restored − detected
	TimeToResolve    *time.Duration  `maru:"time_to_resolve,derived,section=figures"` // resolved − detected
	UserMinutes      int             `maru:"user_minutes_lost,derived,section=figures"`
	State            State           `maru:"state,derived"`
}

// derive sets what follows from the rest.
func (i *Incident) derive(q record.Ask) error {
	if err := i.Settle(q); err != nil {
		return err
	}
	c := q.Change()
	if i.Detected == nil {
		at := i.CreatedAt
		i.Detected = &at
	}
	if i.Service != "" && i.ServiceStatus == "" {
		i.ServiceStatus = "degraded"
	}
	i.Confidential = i.Confidential || i.Security
	if !q.Actor().System {
		i.Stale = false
	}
	if err := i.prioritise(q); err != nil {
		return err
	}
	if err := i.follow(q, c); err != nil {
		return err
	}
	i.measure()
	return i.price(q)
}

// follow counts how an incident wanders between groups.
func (i *Incident) follow(q record.Ask, c *record.Change) error {
	was := record.ID("")
	if c.Before != nil {
		was = c.Before.Ref("group")
	}
	if i.Group == was || i.Group == "" || i.fromElsewhere() {
		return nil
	}
	if was != "" {
		i.Reassigned++
		i.Hops++
		if slices.Contains(i.Visited, i.Group) && i.Hops >= 3 {
			i.PingPong = true
		}
	}
	if !slices.Contains(i.Visited, i.Group) {
		i.Visited = append(slices.Clone(i.Visited), i.Group)
	}
	g, err := q.Get(kind.Group, i.Group)
	if err != nil {
		return fault.Field("group", "unknown_reference")
	}
	if was == "" {
		return nil
	}
	old, err := q.Get(kind.Group, was)
	if err == nil && g.Int("tier") > old.Int("tier") {
		i.FunctionalLevel = min(i.FunctionalLevel+1, 3)
	}
	return nil
}

// fromElsewhere reports whether another system counted before us.
func (i *Incident) fromElsewhere() bool { return i.Source != "" }

// measure derives the durations that figures are made of.
func (i *Incident) measure() {
	i.TimeToAck = between(i.Detected, i.Acknowledged)
	i.TimeToRestore = between(i.Detected, i.Restored)
	i.TimeToResolve = between(i.Detected, i.Resolved)
	i.UserMinutes = 0
	if lost := between(i.impactBegan(), i.Restored); lost != nil && i.UsersAffected != nil {
		i.UserMinutes = *i.UsersAffected * int(*lost/time.Minute)
	}
}

// impactBegan gives when users began to suffer: the impact's start, or else the detection.
func (i *Incident) impactBegan() *time.Time {
	if i.ImpactStart != nil {
		return i.ImpactStart
	}
	return i.Detected
}

func between(from, to *time.Time) *time.Duration {
	if from == nil || to == nil || to.Before(*from) {
		return nil
	}
	d := to.Sub(*from).Truncate(time.Second)
	return &d
}

// check refuses what single fields cannot.
func (i *Incident) check(q record.Ask) error {
	var faults []*fault.Fault
	if before(i.Detected, i.ImpactStart) {
		faults = append(faults, fault.Field("detected_at", "before", "other", "impact_start"))
	}
	if before(i.Restored, i.impactBegan()) {
		other := "detected_at"
		if i.ImpactStart != nil {
			other = "impact_start"
		}
		faults = append(faults, fault.Field("restored_at", "before", "other", other))
	}
	if before(i.Restored, i.Detected) && !before(i.Restored, i.impactBegan()) {
		faults = append(faults, fault.Field("restored_at", "before", "other", "detected_at"))
	}
	c := q.Change()
	if i.Override != nil && !q.Actor().System && (c.Before == nil || !record.Same(c.Before.Get("priority_override"), int64(*i.Override))) {
		if !anyRole(q, role.IncidentManager, role.MajorIncidentManager, role.TeamLead, role.Admin) {
			faults = append(faults, fault.Field("priority_override", "needs_role", "role", role.IncidentManager))
		} else if itil.Reason(q) == "" {
			faults = append(faults, fault.Field("priority_override", "needs_reason"))
		}
	}
	if c.Verb == "update" && c.Before != nil && c.Before.State() != string(New) && c.Before.Ref("group") != i.Group && !q.Actor().System {
		faults = append(faults, fault.Field("group", "use_action", "action", "reassign"))
	}
	if i.Parent != "" && i.Parent == i.ID || i.DuplicateOf != "" && i.DuplicateOf == i.ID {
		faults = append(faults, fault.Field("parent", "cycle"))
	}
	return fault.Collect(faults)
}

func before(a, b *time.Time) bool { return a != nil && b != nil && a.Before(*b) }

func anyRole(q record.Ask, roles ...string) bool { return slices.ContainsFunc(roles, q.Actor().Has) }

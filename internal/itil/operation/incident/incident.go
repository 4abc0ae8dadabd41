package incident

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// An Incident is an unplanned interruption to a service, or a reduction in its quality
// (book B §24).
type Incident struct {
	itil.Task
	itil.Approvable
	Parent           record.Ref      `maru:"parent,to=incident,index,section=links"`
	DuplicateOf      record.Ref      `maru:"duplicate_of,to=incident,section=links"`
	Location         string          `maru:"location,max=200,section=what"`
	Category         record.Ref      `maru:"category,to=category,section=what"`
	Subcategory      record.Ref      `maru:"subcategory,to=category,section=what"`
	Symptom          record.Ref      `maru:"symptom,to=category,section=what"`
	ServiceStatus    string          `maru:"service_status,one=down|degraded|at_risk|ok,section=what"`
	UsersAffected    *int            `maru:"users_affected,min=0,section=priority"`
	Workaround       bool            `maru:"workaround_accepted,section=priority"`
	Deadline         *time.Time      `maru:"deadline,section=priority"`
	DeadlineNear     bool            `maru:"deadline_near,derived,section=priority"`
	Safety           bool            `maru:"safety,section=priority"`
	Security         bool            `maru:"security,section=priority"`
	DataExposed      bool            `maru:"data_exposed,section=priority"` // personal data may be in wrong hands
	EffectiveUrgency int             `maru:"effective_urgency,derived,one=1|2|3,section=priority"`
	ImpactStart      *time.Time      `maru:"impact_start,section=time"`
	Detected         *time.Time      `maru:"detected_at,section=time"`
	Acknowledged     *time.Time      `maru:"acknowledged_at,derived,section=time"`
	FirstReply       *time.Time      `maru:"first_reply_at,derived,section=time"` // of a human who is not the requester
	Mitigated        *time.Time      `maru:"mitigated_at,section=time"`
	Restored         *time.Time      `maru:"restored_at,section=time"`
	Resolved         *time.Time      `maru:"resolved_at,derived,index,section=time"`
	ResolvedBy       record.Ref      `maru:"resolved_by,derived,to=user,section=time"`
	FirstResolved    *time.Time      `maru:"first_resolved_at,derived,index,section=time"` // stays when it is reopened
	Detection        string          `maru:"detection,required,one=monitoring|user|supplier|security|test,default=user,section=origin"`
	HoldReason       string          `maru:"hold_reason,one=awaiting_customer|customer_requested_delay|awaiting_supplier|awaiting_change|awaiting_problem|awaiting_evidence|scheduled,section=hold"`
	FollowUp         *time.Time      `maru:"follow_up_at,section=hold"`
	HeldSince        *time.Time      `maru:"held_since,derived,section=hold"`
	Reminders        int             `maru:"reminders,derived,section=hold"`
	FunctionalLevel  int             `maru:"functional_level,derived,one=1|2|3,default=1,section=escalation"`
	HierarchicLevel  int             `maru:"hierarchic_level,derived,min=0,max=4,section=escalation"`
	Major            string          `maru:"major,derived,index,one=none|candidate|confirmed|demoted,default=none,section=major"`
	MajorReason      string          `maru:"major_reason,derived,section=major"`
	MajorSince       *time.Time      `maru:"major_since,derived,section=major"`
	MajorDue         *time.Time      `maru:"major_due_at,derived,section=major"` // when a candidate must have been decided on
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
	Fix              record.Ref      `maru:"fix_change,to=change,section=links"` // the change it waits for; all of them are links
	Reopened         int             `maru:"reopen_count,derived,section=figures"`
	Reassigned       int             `maru:"reassign_count,derived,section=figures"`
	Hops             int             `maru:"hops,derived,section=figures"`
	Visited          []record.ID     `maru:"groups_visited,derived,internal,to=group,section=figures"`
	PingPong         bool            `maru:"ping_pong,derived,section=figures"`
	Touched          *time.Time      `maru:"touched_at,derived,section=figures"` // when a person last did or said something
	Stale            bool            `maru:"stale,derived,section=figures"`
	Similar          []record.ID     `maru:"similar,derived,internal,to=incident,section=figures"`
	Effort           *time.Duration  `maru:"effort,internal,min=0,section=money"`
	Rate             *record.Money   `maru:"hourly_rate,internal,section=money"`
	Cost             *record.Money   `maru:"cost,derived,internal,section=money"`
	FirstContact     bool            `maru:"first_contact,derived,section=figures"`        // the desk resolved it at once, and it held
	TimeToDetect     *time.Duration  `maru:"time_to_detect,derived,section=figures"`       // detected − impact start
	TimeToAck        *time.Duration  `maru:"time_to_acknowledge,derived,section=figures"`  // acknowledged − detected
	TimeToReply      *time.Duration  `maru:"time_to_first_reply,derived,section=figures"`  // first human reply − created, in business time
	TimeToRestore    *time.Duration  `maru:"time_to_restore,derived,section=figures"`      // restored − detected
	UserTimeToRest   *time.Duration  `maru:"user_time_to_restore,derived,section=figures"` // restored − impact start
	TimeToResolve    *time.Duration  `maru:"time_to_resolve,derived,section=figures"`      // resolved − detected
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
	if c.Before == nil && i.Location == "" && !itil.Imported(q.Actor()) {
		if u, err := q.Get(kind.User, i.Requester); err == nil {
			i.Location = u.Text("location")
		}
	}
	i.Security = i.Security || i.DataExposed
	i.Confidential = i.Confidential || i.Security
	if c.Before == nil || !q.Actor().System || itil.Imported(q.Actor()) {
		i.Touched, i.Stale = now(q), false
	}
	if i.FirstResolved == nil {
		i.FirstResolved = i.Resolved
	}
	if err := i.prioritise(q); err != nil {
		return err
	}
	if err := i.follow(q, c); err != nil {
		return err
	}
	if err := i.measure(q); err != nil {
		return err
	}
	return i.price(q)
}

// follow counts how an incident wanders between groups.
func (i *Incident) follow(q record.Ask, c *record.Change) error {
	was := record.ID("")
	if c.Before != nil {
		was = c.Before.Ref("group")
	}
	if i.Group == was || i.Group == "" {
		return nil
	}
	back := slices.Contains(i.Visited, i.Group)
	if !back {
		i.Visited = append(slices.Clone(i.Visited), i.Group)
	}
	if was == "" || itil.Imported(q.Actor()) { // another system has counted
		return nil
	}
	i.Reassigned++
	i.Hops++
	if back && i.Hops >= whole(q, "ping_pong_hops") {
		i.PingPong = true
	}
	g, err := q.Get(kind.Group, i.Group)
	if err != nil {
		return fault.Field("group", "unknown_reference")
	}
	old, err := q.Get(kind.Group, was)
	if err == nil && g.Int("tier") > old.Int("tier") {
		i.FunctionalLevel = min(i.FunctionalLevel+1, 3)
	}
	return nil
}

// measure derives the durations that figures are made of.
func (i *Incident) measure(q record.Ask) error {
	i.TimeToDetect = between(i.ImpactStart, i.Detected)
	i.TimeToAck = between(i.Detected, i.Acknowledged)
	i.TimeToRestore = between(i.Detected, i.Restored)
	i.UserTimeToRest = between(i.ImpactStart, i.Restored)
	i.TimeToResolve = between(i.Detected, i.Resolved)
	if i.TimeToReply != nil || i.FirstReply == nil {
		return nil
	}
	cal, err := itil.BusinessCalendar(q)
	if err != nil {
		return err
	}
	d := cal.Between(i.CreatedAt, *i.FirstReply).Truncate(time.Second)
	i.TimeToReply = &d
	return nil
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
	if itil.Imported(q.Actor()) { // what happened elsewhere happened
		return nil
	}
	faults := append(i.checkTimes(q), i.checkPlace(q)...)
	c := q.Change()
	if c.Verb == "update" && c.Before != nil && c.Before.State() != string(New) && c.Before.Ref("group") != i.Group && !q.Actor().System {
		faults = append(faults, fault.Field("group", "use_action", "action", "reassign"))
	}
	if i.Bridge != "" && !webAddress(i.Bridge) {
		faults = append(faults, fault.Field("bridge_url", "wrong_format", "type", "URL"))
	}
	if i.State == Resolved && utf8.RuneCountInString(strings.TrimSpace(string(i.ResolutionNotes))) < whole(q, "notes_min") && c.Before != nil && changed(c.Before, c.After, "resolution_notes") {
		faults = append(faults, fault.Field("resolution_notes", "too_short", "min", whole(q, "notes_min")))
	}
	if i.Parent != "" && i.Parent == i.ID {
		faults = append(faults, fault.Field("parent", "cycle"))
	}
	if i.DuplicateOf != "" && i.DuplicateOf == i.ID {
		faults = append(faults, fault.Field("duplicate_of", "cycle"))
	}
	return fault.Collect(faults)
}

// checkTimes holds the times of an incident to their order: impact start ≤ detected ≤
// restored, none of them to come.
func (i *Incident) checkTimes(q record.Ask) []*fault.Fault {
	var faults []*fault.Fault
	wrong := func(field, other string) { faults = append(faults, fault.Field(field, "before", "other", other)) }
	if before(i.Detected, i.ImpactStart) {
		wrong("detected_at", "impact_start")
	}
	switch {
	case before(i.Restored, i.ImpactStart):
		wrong("restored_at", "impact_start")
	case before(i.Restored, i.Detected):
		wrong("restored_at", "detected_at")
	}
	switch {
	case before(i.Mitigated, i.ImpactStart):
		wrong("mitigated_at", "impact_start")
	case i.ImpactStart == nil && before(i.Mitigated, i.Detected):
		wrong("mitigated_at", "detected_at")
	}
	c := q.Change()
	for _, at := range []struct {
		field string
		t     *time.Time
	}{{"impact_start", i.ImpactStart}, {"detected_at", i.Detected}, {"mitigated_at", i.Mitigated}, {"restored_at", i.Restored}} {
		if at.t != nil && at.t.After(q.Now()) && (c.Before == nil || changed(c.Before, c.After, at.field)) {
			faults = append(faults, fault.Field(at.field, "in_the_future"))
		}
	}
	return faults
}

// checkPlace holds subcategory and symptom to the tree of categories. A node without a
// parent fits everywhere.
func (i *Incident) checkPlace(q record.Ask) []*fault.Fault {
	c := q.Change()
	var faults []*fault.Fault
	for _, p := range []struct {
		field string
		id    record.ID
		under []record.ID
	}{{"category", i.Category, nil}, {"subcategory", i.Subcategory, []record.ID{i.Category}}, {"symptom", i.Symptom, []record.ID{i.Subcategory, i.Category}}} {
		if p.id == "" || c.Before != nil && !changed(c.Before, c.After, p.field) {
			continue
		}
		r, err := q.Get(kind.Category, p.id)
		if err != nil {
			continue // a missing end is found by the store
		}
		if !r.Bool("active") {
			faults = append(faults, fault.Field(p.field, "not_in_use", "name", r.Title()))
		}
		if up := r.Ref("parent"); p.under != nil && up != "" && !slices.Contains(p.under, up) {
			faults = append(faults, fault.Field(p.field, "not_under", "name", r.Title()))
		}
	}
	return faults
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func before(a, b *time.Time) bool { return a != nil && b != nil && a.Before(*b) }

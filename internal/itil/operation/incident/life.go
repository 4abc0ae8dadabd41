package incident

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// State is the state of an incident.
type State string

// The states of an incident.
const (
	New        State = "new"
	Assigned   State = "assigned"
	InProgress State = "in_progress"
	OnHold     State = "on_hold"
	Resolved   State = "resolved"
	Closed     State = "closed"
	Cancelled  State = "cancelled"
)

type (
	move  = lifecycle.Move[State, Incident]
	guard = lifecycle.Guard[Incident]
)

var (
	in         = lifecycle.In[State]
	unresolved = in(New, Assigned, InProgress, OnHold)
	ends       = in(Closed, Cancelled)
)

func isFinal(state string) bool { return slices.Contains(ends, State(state)) }

var life = lifecycle.Machine[State, Incident]{
	Begin: New, All: in(New, Assigned, InProgress, OnHold, Resolved, Closed, Cancelled), Ends: ends,
	State: func(i *Incident) *State { return &i.State },
	Steps: []move{
		{Name: "assign", From: in(New), To: Assigned, Needs: "group category", Takes: "assignee subcategory symptom"},
		{Name: "reassign", From: in(Assigned, InProgress, OnHold), To: Assigned, Needs: "group", Takes: "assignee", If: []guard{hasReason}, Set: released},
		{Name: "accept", From: in(Assigned), To: InProgress, If: []guard{isMember}, Set: accepted},
		{Name: "hold", From: in(InProgress), To: OnHold, Needs: "hold_reason", Takes: "follow_up_at problem caused_by_change",
			If: []guard{customerTold, followUpSet, changeLinked, problemLinked}, Set: held},
		{Name: "resume", From: in(OnHold), To: InProgress, Set: resumed},
		{Name: "resolve", From: in(InProgress), To: Resolved, Needs: "resolution_code resolution_notes",
			Takes: "restored_at mitigated_at closure_category cause_hint effort caused_by_change", If: []guard{notesLong, tasksDone, majorByManager}, Set: resolved, Then: settled},
		{Name: "confirm", From: in(Resolved), To: Closed, Takes: "closure_category", If: []guard{categorised}, Set: closed},
		{Name: "close", From: in(Resolved), To: Closed, Takes: "closure_category closure_code closure_notes", If: []guard{categorised}, Set: closed},
		{Name: "reopen", From: in(Resolved), To: InProgress, If: []guard{hasReason}, Set: reopened, Then: reopenChildren},
		{Name: "cancel", From: unresolved, To: Cancelled, Takes: "resolution_code duplicate_of", If: []guard{hasReason, duplicateLinked}, Set: cancelled, Then: endOutages},
		{Name: "merge", From: unresolved, To: Cancelled, Needs: "duplicate_of", Set: merged, Then: mergeInto},
		{Name: "split", From: unresolved, If: []guard{hasReason}, Then: splitOff},
		{Name: "escalate", From: unresolved, If: []guard{hasReason}, Set: escalated},
		{Name: "propose_major", From: unresolved, If: []guard{hasReason, notMajorYet}, Set: proposed},
		{Name: "confirm_major", From: unresolved, Needs: "mi_commander", Takes: "comms_lead bridge_url update_interval_min", If: []guard{isCandidate}, Set: confirmed, Then: openProblem},
		{Name: "demote_major", From: unresolved, If: []guard{hasReason, isMajor}, Set: demoted},

		{Name: "flag_major", From: unresolved, Auto: true, If: []guard{notMajorYet}, Set: proposed},
		{Name: "overdue_update", From: unresolved, Auto: true, If: []guard{isMajor}, Set: updateOverdue},
		{Name: "remind", From: in(OnHold), Auto: true, Set: reminded},
		{Name: "go_stale", From: unresolved, Auto: true, Set: func(_ record.Ask, i *Incident) error { i.Stale = true; return nil }},
		{Name: "auto_resume", From: in(OnHold), To: InProgress, Auto: true, Set: resumed},
		{Name: "auto_resolve", From: unresolved, To: Resolved, Auto: true, Needs: "resolution_code resolution_notes", Set: resolved, Then: settled},
		{Name: "auto_close", From: in(Resolved), To: Closed, Auto: true, If: []guard{notMajor}, Set: closed},
		{Name: "follow_start", From: in(New, Assigned, OnHold), To: InProgress, Auto: true, Set: resumed},
		{Name: "follow_hold", From: in(New, Assigned, InProgress), To: OnHold, Auto: true, Needs: "hold_reason", Takes: "follow_up_at problem", Set: held},
		{Name: "follow_reopen", From: in(Resolved), To: InProgress, Auto: true, Set: reopened, Then: reopenChildren},
	},
}

// minNotes is how many characters it takes to say how service was restored.
const minNotes = 20

// The guards. Each has its sentence in the locale under guard.incident.<name>.
var (
	hasReason = when("has_reason", func(q record.Ask, _ *Incident) bool { return strings.TrimSpace(itil.Reason(q)) != "" })
	isMember  = when("is_member", func(q record.Ask, i *Incident) bool {
		if q.Actor().System || q.Actor().Has(role.IncidentManager) {
			return true
		}
		for _, g := range q.Actor().Groups {
			if g == i.Group {
				return true
			}
		}
		return false
	})
	customerTold = when("customer_told", func(q record.Ask, i *Incident) bool {
		return i.HoldReason != "awaiting_customer" || strings.TrimSpace(q.Change().Input.Comment) != ""
	})
	followUpSet = when("follow_up_set", func(q record.Ask, i *Incident) bool {
		switch i.HoldReason {
		case "awaiting_change", "awaiting_problem", "awaiting_customer": // the last has its own reminders
			return true
		}
		return i.FollowUp != nil && i.FollowUp.After(q.Now())
	})
	changeLinked = when("change_linked", func(q record.Ask, i *Incident) bool {
		if i.HoldReason != "awaiting_change" || i.CausedBy != "" {
			return true
		}
		ids, err := q.Linked(i.ID, "resolved_by_change", false)
		return err == nil && len(ids) > 0
	})
	problemLinked = when("problem_linked", func(_ record.Ask, i *Incident) bool { return i.HoldReason != "awaiting_problem" || i.Problem != "" })
	notesLong     = when("notes_long", func(_ record.Ask, i *Incident) bool {
		return utf8.RuneCountInString(strings.TrimSpace(string(i.ResolutionNotes))) >= minNotes
	})
	tasksDone = when("tasks_done", func(q record.Ask, i *Incident) bool {
		open, err := q.Find(kind.IncidentTask, "incident == subject && !(state in ['done', 'cancelled'])", map[string]any{"subject": string(i.ID)}, 1)
		return err == nil && len(open) == 0
	})
	majorByManager = when("major_by_manager", func(q record.Ask, i *Incident) bool {
		return i.Major != "confirmed" || q.Actor().System || anyRole(q, role.MajorIncidentManager)
	})
	categorised     = when("categorised", func(_ record.Ask, i *Incident) bool { return i.ClosureCategory != "" || i.Category != "" })
	duplicateLinked = when("duplicate_linked", func(_ record.Ask, i *Incident) bool {
		return i.ResolutionCode != "duplicate" || i.DuplicateOf != ""
	})
	notMajor    = when("not_major", func(_ record.Ask, i *Incident) bool { return i.Major != "confirmed" })
	isMajor     = when("is_major", func(_ record.Ask, i *Incident) bool { return i.Major == "confirmed" })
	isCandidate = when("is_candidate", func(_ record.Ask, i *Incident) bool { return i.Major == "candidate" })
	notMajorYet = when("not_major_yet", func(_ record.Ask, i *Incident) bool { return i.Major == "none" || i.Major == "demoted" })
)

func when(name string, ok func(record.Ask, *Incident) bool) guard { return guard{Name: name, OK: ok} }

func now(q record.Ask) *time.Time { t := q.Now(); return &t }

func accepted(q record.Ask, i *Incident) error {
	if id := q.Actor().ID; id != "" {
		i.Assignee = id
	}
	if i.Acknowledged == nil {
		i.Acknowledged = now(q)
	}
	return nil
}

// released lets go of an assignee who is not named for the new group.
func released(q record.Ask, i *Incident) error {
	if _, named := q.Change().Input.Values["assignee"]; !named {
		i.Assignee = ""
	}
	i.HoldReason, i.FollowUp, i.HeldSince, i.Reminders = "", nil, nil, 0
	return nil
}

func held(q record.Ask, i *Incident) error {
	i.HeldSince, i.Reminders = now(q), 0
	if i.HoldReason == "awaiting_customer" && i.FollowUp == nil {
		cal, err := itil.BusinessCalendar(q.Setting)
		if err != nil {
			return err
		}
		at, err := cal.AddDays(q.Now(), days(q, "incident.customer_days"))
		i.FollowUp = &at
		return err
	}
	return nil
}

func resumed(q record.Ask, i *Incident) error {
	i.HoldReason, i.FollowUp, i.HeldSince, i.Reminders = "", nil, nil, 0
	if i.Acknowledged == nil {
		i.Acknowledged = now(q)
	}
	return nil
}

func reminded(_ record.Ask, i *Incident) error { i.Reminders++; return nil }

func resolved(q record.Ask, i *Incident) error {
	i.Resolved, i.ResolvedBy = now(q), q.Actor().ID
	if i.Restored == nil {
		i.Restored = now(q)
	}
	if i.ClosureCategory == "" {
		i.ClosureCategory = i.Category
	}
	i.HoldReason, i.FollowUp, i.HeldSince, i.Reminders, i.NextUpdate = "", nil, nil, 0, nil
	return nil
}

func closed(q record.Ask, i *Incident) error {
	i.ClosedAt = now(q)
	if i.ClosureCategory == "" {
		i.ClosureCategory = i.Category
	}
	return nil
}

func reopened(_ record.Ask, i *Incident) error {
	i.Reopened++
	i.Resolved, i.ResolvedBy, i.Restored = nil, "", nil
	return nil
}

func cancelled(q record.Ask, i *Incident) error {
	i.ClosedAt = now(q)
	i.HoldReason, i.FollowUp, i.HeldSince, i.NextUpdate = "", nil, nil, nil
	return nil
}

func merged(q record.Ask, i *Incident) error {
	i.ResolutionCode = "duplicate"
	return cancelled(q, i)
}

func escalated(_ record.Ask, i *Incident) error {
	i.HierarchicLevel = min(i.HierarchicLevel+1, 4)
	return nil
}

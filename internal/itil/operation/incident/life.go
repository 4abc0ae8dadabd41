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
		{Name: "hold", From: in(InProgress), To: OnHold, Needs: "hold_reason", Takes: "follow_up_at problem fix_change caused_by_change",
			If: []guard{customerTold, followUpSet, changeLinked, problemLinked}, Set: held},
		{Name: "resume", From: in(OnHold), To: InProgress, Set: resumed},
		{Name: "resolve", From: in(InProgress), To: Resolved, Needs: "resolution_code resolution_notes",
			Takes: "closure_category restored_at mitigated_at cause_hint effort hourly_rate caused_by_change fix_change problem", If: []guard{notesLong, tasksDone, majorByManager, categorised}, Set: resolved, Then: settled},
		{Name: "confirm", From: in(Resolved), To: Closed, Takes: "closure_category", If: []guard{categorised}, Set: closed},
		{Name: "close", From: in(Resolved), To: Closed, Takes: "closure_category closure_code closure_notes", If: []guard{categorised, majorByManager}, Set: closed},
		{Name: "reopen", From: in(Resolved), To: InProgress, If: []guard{hasReason}, Set: reopened, Then: reopenChildren},
		{Name: "cancel", From: unresolved, To: Cancelled, Takes: "resolution_code duplicate_of", If: []guard{hasReason, duplicateLinked, majorByManager}, Set: cancelled, Then: stopped},
		{Name: "merge", From: unresolved, To: Cancelled, Needs: "duplicate_of", If: []guard{majorByManager}, Set: merged, Then: mergeInto},
		{Name: "split", From: unresolved, If: []guard{hasReason}, Then: splitOff},
		{Name: "escalate", From: unresolved, If: []guard{hasReason}, Set: escalated},
		{Name: "propose_major", From: unresolved, If: []guard{hasReason, notMajorYet}, Set: proposed},
		{Name: "confirm_major", From: unresolved, Needs: "mi_commander comms_lead bridge_url", Takes: "update_interval_min", If: []guard{isCandidate}, Set: confirmed, Then: openProblem},
		{Name: "demote_major", From: in(New, Assigned, InProgress, OnHold, Resolved), If: []guard{hasReason, isMajor}, Set: demoted},

		{Name: "flag_major", From: unresolved, Auto: true, If: []guard{notMajorYet}, Set: proposed},
		{Name: "overdue_decision", From: unresolved, Auto: true, If: []guard{isCandidate}, Set: decisionOverdue},
		{Name: "overdue_update", From: unresolved, Auto: true, If: []guard{isMajor}, Set: updateOverdue},
		{Name: "near_deadline", From: unresolved, Auto: true, Set: func(_ record.Ask, i *Incident) error { i.DeadlineNear = true; return nil }},
		{Name: "remind", From: in(OnHold), Auto: true, Set: reminded},
		{Name: "go_stale", From: unresolved, Auto: true, Set: func(_ record.Ask, i *Incident) error { i.Stale = true; return nil }},
		{Name: "auto_resume", From: in(OnHold), To: InProgress, Auto: true, Set: resumed},
		{Name: "auto_resolve", From: unresolved, To: Resolved, Auto: true, Needs: "resolution_code resolution_notes closure_category", Set: resolved, Then: settled},
		{Name: "auto_close", From: in(Resolved), To: Closed, Auto: true, If: []guard{categorised, notMajor}, Set: closed},
		{Name: "follow_start", From: in(New, Assigned, OnHold), To: InProgress, Auto: true, Set: resumed},
		{Name: "follow_hold", From: in(New, Assigned, InProgress), To: OnHold, Auto: true, Needs: "hold_reason", Takes: "follow_up_at problem", Set: held},
		{Name: "follow_reopen", From: in(Resolved), To: InProgress, Auto: true, Set: reopened, Then: reopenChildren},
	},
}

// The guards. Each has its sentence in the locale under guard.incident.<name>.
var (
	hasReason = when("has_reason", func(q record.Ask, _ *Incident) bool { return strings.TrimSpace(itil.Reason(q)) != "" })
	isMember  = when("is_member", func(q record.Ask, i *Incident) bool {
		return q.Actor().System || slices.Contains(q.Actor().Groups, i.Group)
	})
	customerTold = when("customer_told", func(q record.Ask, i *Incident) bool {
		return i.HoldReason != "awaiting_customer" || strings.TrimSpace(q.Change().Input.Comment) != ""
	})
	followUpSet = when("follow_up_set", func(q record.Ask, i *Incident) bool {
		switch i.HoldReason {
		case "", "awaiting_change", "awaiting_problem", "awaiting_customer": // a customer has reminders of their own
			return true
		}
		return i.FollowUp != nil && i.FollowUp.After(q.Now())
	})
	changeLinked = when("change_linked", func(q record.Ask, i *Incident) bool {
		if i.HoldReason != "awaiting_change" {
			return true
		}
		if i.Fix != "" {
			return comesYet(q, kind.Change, i.Fix, changeEnds)
		}
		ids, err := q.Linked(i.ID, "resolved_by_change", false)
		return err == nil && slices.ContainsFunc(append(ids, i.CausedBy), func(id record.ID) bool { return comesYet(q, kind.Change, id, changeEnds) })
	})
	problemLinked = when("problem_linked", func(q record.Ask, i *Incident) bool {
		return i.HoldReason != "awaiting_problem" || comesYet(q, kind.Problem, i.Problem, problemEnds)
	})
	notesLong = when("notes_long", func(q record.Ask, i *Incident) bool {
		return utf8.RuneCountInString(strings.TrimSpace(string(i.ResolutionNotes))) >= whole(q, "notes_min")
	})
	tasksDone = when("tasks_done", func(q record.Ask, i *Incident) bool {
		done, err := tasksDoneOf(q, i.ID)
		return err == nil && done
	})
	majorByManager = when("major_by_manager", func(q record.Ask, i *Incident) bool {
		return i.Major != "confirmed" || q.Actor().System || q.Actor().Has(role.MajorIncidentManager) || i.Security && q.Actor().Has(role.SecurityManager)
	})
	categorised     = when("categorised", func(_ record.Ask, i *Incident) bool { return i.ClosureCategory != "" || i.Category != "" })
	duplicateLinked = when("duplicate_linked", func(_ record.Ask, i *Incident) bool {
		return i.ResolutionCode != "duplicate" || i.DuplicateOf != ""
	})
	notMajor    = when("not_major", func(_ record.Ask, i *Incident) bool { return i.Major != "confirmed" })
	isMajor     = when("is_major", func(_ record.Ask, i *Incident) bool { return i.Major == "candidate" || i.Major == "confirmed" })
	isCandidate = when("is_candidate", func(_ record.Ask, i *Incident) bool { return i.Major == "candidate" })
	notMajorYet = when("not_major_yet", func(_ record.Ask, i *Incident) bool { return i.Major == "none" || i.Major == "demoted" })
)

// The moves that end the waiting for a problem and for a change; rules hear them.
var (
	problemEnds = []string{"apply_fix", "accept_risk", "cancel"}
	changeEnds  = []string{"close", "cancel"}
)

// comesYet reports whether something can be waited for: it is there, and one of the moves
// that end the waiting is still to come.
func comesYet(q record.Ask, kind string, id record.ID, ends []string) bool {
	if id == "" {
		return false
	}
	r, err := q.Get(kind, id)
	return err == nil && slices.ContainsFunc(r.Kind.Life.Moves(), func(m record.Move) bool {
		return slices.Contains(ends, m.Name) && m.Starts(r.Kind.Life, r.State())
	})
}

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
		cal, err := itil.BusinessCalendar(q)
		if err != nil {
			return err
		}
		at, err := cal.AddDays(q.Now(), whole(q, "customer_days"))
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
	i.FirstContact = i.atFirstContact(q)
	i.HoldReason, i.FollowUp, i.HeldSince, i.Reminders, i.NextUpdate, i.MajorDue = "", nil, nil, 0, nil, nil
	return nil
}

// atFirstContact reports whether the desk resolved it within the first interaction: the
// agent who took it up, before it went to anybody else, within the hour (book B §2.2).
func (i *Incident) atFirstContact(q record.Ask) bool {
	a := q.Actor()
	return a.ID != "" && a.Has(role.Agent) && a.ID == i.OpenedBy && i.Reassigned == 0 && i.Reopened == 0 && i.FunctionalLevel == 1 &&
		q.Now().Sub(i.CreatedAt) <= span(q, "first_contact_within")
}

func closed(q record.Ask, i *Incident) error {
	i.ClosedAt = now(q)
	if i.ClosureCategory == "" {
		i.ClosureCategory = i.Category
	}
	return nil
}

// reopened keeps the assignee who is still there to do it, and hands it to the group
// otherwise. What was found out about the resolution has proved wrong.
func reopened(q record.Ask, i *Incident) error {
	i.Reopened++
	if i.FirstContact && i.Resolved != nil {
		cal, err := itil.BusinessCalendar(q)
		if err != nil {
			return err
		}
		holds, err := cal.AddDays(*i.Resolved, whole(q, "first_contact_days"))
		if err != nil {
			return err
		}
		i.FirstContact = !q.Now().Before(holds)
	}
	i.Resolved, i.ResolvedBy, i.Restored, i.ResolutionCode, i.ResolutionNotes = nil, "", nil, "", ""
	if !i.OnDuty(q) {
		i.Assignee = ""
	}
	return nil
}

func cancelled(q record.Ask, i *Incident) error {
	i.ClosedAt = now(q)
	i.HoldReason, i.FollowUp, i.HeldSince, i.NextUpdate, i.MajorDue = "", nil, nil, nil, nil
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

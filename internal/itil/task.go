package itil

import (
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

// A Task is what every piece of work has (book B §0.2).
type Task struct {
	record.Base
	Title        string          `maru:"title,required,search,min=3,max=200"`
	Description  record.Markdown `maru:"description,search"`
	Requester    record.Ref      `maru:"requester,required,to=user,involved,index,section=people"`
	OpenedBy     record.Ref      `maru:"opened_by,derived,to=user,involved,index,section=people"`
	Channel      string          `maru:"channel,fixed,one=portal|email|phone|chat|walk_in|event|api|system,section=origin"`
	Service      record.Ref      `maru:"service,to=service,section=what"`
	Offering     record.Ref      `maru:"offering,to=service_offering,section=what"`
	CI           record.Ref      `maru:"ci,to=ci,section=what"`
	AffectedCIs  []record.ID     `maru:"affected_cis,to=ci,section=what"`
	Impact       int             `maru:"impact,required,one=1|2|3,default=3,section=priority"`
	Urgency      int             `maru:"urgency,required,one=1|2|3,default=3,section=priority"`
	Priority     int             `maru:"priority,derived,one=1|2|3|4|5,section=priority"`
	Override     *int            `maru:"priority_override,override,one=1|2|3|4|5,section=priority"`
	Group        record.Ref      `maru:"group,to=group,section=people"`
	Assignee     record.Ref      `maru:"assignee,to=user,among=group.members,involved,index,section=people"`
	DueAt        *time.Time      `maru:"due_at,derived,section=time"`
	Watchers     []record.ID     `maru:"watchers,to=user,max=100,section=people"`
	Confidential bool            `maru:"confidential,section=people"`
	ClosedAt     *time.Time      `maru:"closed_at,derived,index,section=time"`
	ClosureCode  string          `maru:"closure_code,max=60,section=closure"`
	ClosureNotes record.Markdown `maru:"closure_notes,section=closure"`
}

// Settle completes and checks what every task has. Derivations of processes call it first.
func (t *Task) Settle(q record.Ask) error {
	c := q.Change()
	if c.Before == nil {
		if t.Requester == "" {
			t.Requester = q.Actor().ID
		}
		if _, told := c.Input.Values["opened_by"]; !told {
			t.OpenedBy = q.Actor().ID
		}
		if t.Channel == "" {
			t.Channel = channelOf(q.Actor())
		}
	}
	if t.CI != "" && !slices.Contains(t.AffectedCIs, t.CI) {
		t.AffectedCIs = append(slices.Clone(t.AffectedCIs), t.CI)
	}
	if t.CI != "" && (c.Before == nil || c.Before.Ref("ci") != t.CI) && !Imported(q.Actor()) {
		ci, err := q.Get(kind.ConfigurationItem, t.CI)
		if err != nil {
			return unknown("ci", err)
		}
		if ci.Text("status") == "retired" {
			return fault.Field("ci", "ci_retired", "ci", ci.Title())
		}
	}
	if err := t.settleOffering(q, c); err != nil {
		return err
	}
	return t.settleAssignee(q, c)
}

// settleOffering holds the offering to the service; the offering alone says which
// service is meant.
func (t *Task) settleOffering(q record.Ask, c *record.Change) error {
	if t.Offering == "" || c.Before != nil && c.Before.Ref("offering") == t.Offering && c.Before.Ref("service") == t.Service {
		return nil
	}
	o, err := q.Get(kind.ServiceOffering, t.Offering)
	if err != nil {
		return unknown("offering", err)
	}
	switch {
	case t.Service == "":
		t.Service = o.Ref("service")
	case t.Service != o.Ref("service"):
		return fault.Field("offering", "not_of_service", "offering", o.Title())
	}
	return nil
}

// settleAssignee holds the group to those that work, and the assignee to the active
// members of the group.
func (t *Task) settleAssignee(q record.Ask, c *record.Change) error {
	if t.Group != "" && (c.Before == nil || c.Before.Ref("group") != t.Group) && !Imported(q.Actor()) {
		if g, err := q.Get(kind.Group, t.Group); err != nil {
			return unknown("group", err)
		} else if !g.Bool("active") {
			return fault.Field("group", "group_inactive", "group", g.Title())
		}
	}
	if t.Assignee == "" || c.Before != nil && c.Before.Ref("assignee") == t.Assignee && c.Before.Ref("group") == t.Group {
		return nil
	}
	if Imported(q.Actor()) { // what happened elsewhere happened
		return nil
	}
	if t.Group == "" {
		return fault.Field("assignee", "needs_group")
	}
	u, err := q.Get(kind.User, t.Assignee)
	if err != nil {
		return unknown("assignee", err)
	}
	if !u.Bool("active") {
		return fault.Field("assignee", "user_inactive", "user", u.Title())
	}
	g, err := q.Get(kind.Group, t.Group)
	if err != nil {
		return unknown("group", err)
	}
	if !slices.Contains(g.Refs("members"), t.Assignee) {
		return fault.Field("assignee", "not_a_member", "group", g.Title())
	}
	return nil
}

// OnDuty reports whether the assignee could work on the task now: active, and still a
// member of its group. Shifts and absences come with the service desk's rota.
func (t *Task) OnDuty(q record.Ask) bool {
	if t.Assignee == "" || t.Group == "" {
		return t.Assignee != ""
	}
	u, err := q.Get(kind.User, t.Assignee)
	if err != nil || !u.Bool("active") {
		return false
	}
	g, err := q.Get(kind.Group, t.Group)
	return err == nil && slices.Contains(g.Refs("members"), t.Assignee)
}

func unknown(field string, err error) error {
	if f := fault.Of(err); f != nil && f.Class == fault.NotFound {
		return fault.Field(field, "unknown_reference")
	}
	return err
}

// ImportVia begins the Via of everything an importer does.
const ImportVia = "import:"

// Imported reports whether an importer is telling what happened elsewhere.
func Imported(a record.Actor) bool { return a.System && strings.HasPrefix(a.Via, ImportVia) }

// channelOf gives the channel of a task nobody named one for.
func channelOf(a record.Actor) string {
	switch {
	case a.System:
		return "system"
	case a.Via == "api":
		return "api"
	}
	return "portal"
}

// Reason gives why the change at hand is made.
func Reason(q record.Ask) string { return q.Change().Input.Reason }

package incident

import (
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

// TaskState is the state of an incident task.
type TaskState string

// The states of an incident task.
const (
	TaskOpen      TaskState = "open"
	TaskDoing     TaskState = "in_progress"
	TaskDone      TaskState = "done"
	TaskCancelled TaskState = "cancelled"
)

// A Task is a piece of an incident's work that somebody else does.
type Task struct {
	record.Base
	Incident    record.Ref      `maru:"incident,required,fixed,to=incident,index"`
	Title       string          `maru:"title,required,search,min=3,max=200"`
	Description record.Markdown `maru:"description,search"`
	Group       record.Ref      `maru:"group,to=group"`
	Assignee    record.Ref      `maru:"assignee,to=user,index"`
	Due         *time.Time      `maru:"due_at"`
	Done        *time.Time      `maru:"done_at,derived"`
	State       TaskState       `maru:"state,derived"`
}

var taskLife = lifecycle.Machine[TaskState, Task]{
	Begin: TaskOpen, All: lifecycle.In(TaskOpen, TaskDoing, TaskDone, TaskCancelled), Ends: lifecycle.In(TaskDone, TaskCancelled),
	State: func(t *Task) *TaskState { return &t.State },
	Steps: []lifecycle.Move[TaskState, Task]{
		{Name: "start", From: lifecycle.In(TaskOpen), To: TaskDoing, Takes: "assignee"},
		{Name: "complete", From: lifecycle.In(TaskOpen, TaskDoing), To: TaskDone, Set: func(q record.Ask, t *Task) error { t.Done = now(q); return nil }},
		{Name: "cancel", To: TaskCancelled},
	},
}

// An Update is one message about an incident to those whom it concerns.
type Update struct {
	record.Base
	Incident   record.Ref   `maru:"incident,required,fixed,to=incident,index"`
	Audience   string       `maru:"audience,required,one=internal|stakeholders|public,default=stakeholders"`
	Status     string       `maru:"status,required,one=investigating|identified|monitoring|resolved"`
	Text       record.Words `maru:"text,required,search"`
	NextUpdate *time.Time   `maru:"next_update_at"`
}

// checkUpdate holds a message to a promise: until all is well it says when the next comes.
func checkUpdate(q record.Ask, u *Update) error {
	switch {
	case u.NextUpdate == nil && u.Status != "resolved":
		return fault.Field("next_update_at", "required")
	case u.NextUpdate != nil && q.Change().Before == nil && !u.NextUpdate.After(q.Now()):
		return fault.Field("next_update_at", "in_the_past")
	}
	return nil
}

// updated moves a major incident's promise of the next update.
func updated(tx record.Tx, c *record.Change) error {
	i, err := tx.Get(kind.Incident, c.After.Ref("incident"))
	if err != nil || i.Text("major") != "confirmed" {
		return err
	}
	return tx.Update(kind.Incident, i.ID(), record.Values{"next_update_at": c.After.Get("next_update_at")})
}

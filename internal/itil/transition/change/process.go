// Package change is change management. For now it declares as much of a change as
// incidents wait for, cause and are resolved by.
package change

import (
	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Process is change management.
var Process = itil.Process{
	Name: "change",
	Records: []record.Any{record.Type[Change]{Kind: kind.Change, Plural: "changes", Prefix: "CHG", Life: life,
		List: "number title state service owner"}},
	Grants: []permit.Grant{
		{Role: role.Agent, May: "read comment", Kind: kind.Change},
		{Role: role.Resolver, May: "read create update comment note attach link start close cancel", Kind: kind.Change},
		{Role: role.TeamLead, May: "read comment", Kind: kind.Change},
		{Role: role.IncidentManager, May: "read comment", Kind: kind.Change},
		{Role: role.MajorIncidentManager, May: "read create comment link", Kind: kind.Change},
		{Role: role.Auditor, May: "read inside", Kind: kind.Change},
		{Role: role.ChangeManager, May: "*", Kind: kind.Change},
		{Role: role.Admin, May: "*", Kind: kind.Change},
	},
}

// State is the state of a change.
type State string

// The states of a change.
const (
	New       State = "new"
	Implement State = "implement"
	Closed    State = "closed"
	Cancelled State = "cancelled"
)

// A Change adds, modifies or removes anything that could affect services.
type Change struct {
	record.Base
	Title       string          `maru:"title,required,search,min=3,max=200"`
	Description record.Markdown `maru:"description,search"`
	Service     record.Ref      `maru:"service,to=service,index"`
	Owner       record.Ref      `maru:"owner,to=user,index"`
	State       State           `maru:"state,derived"`
}

var life = lifecycle.Machine[State, Change]{
	Begin: New, All: lifecycle.In(New, Implement, Closed, Cancelled), Ends: lifecycle.In(Closed, Cancelled),
	State: func(c *Change) *State { return &c.State },
	Steps: []lifecycle.Move[State, Change]{
		{Name: "start", From: lifecycle.In(New), To: Implement},
		{Name: "close", From: lifecycle.In(Implement), To: Closed},
		{Name: "cancel", To: Cancelled},
	},
}

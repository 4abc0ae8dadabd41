// Package availability is availability management. For now it declares the outage and
// the arithmetic of availability that incidents feed.
package availability

import (
	"math/big"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Process is availability management.
var Process = itil.Process{
	Name: "availability",
	Records: []record.Any{record.Type[Outage]{Kind: kind.Outage, Plural: "outages", Prefix: "OUT", Title: "summary", Life: life, Derive: deriveOutage, Check: checkOutage,
		List: "number summary service state started_at restored_at capacity_loss_pct", Indexes: []string{"service started_at"}}},
	Grants: []permit.Grant{
		{Role: role.EndUser, May: "read", Kind: kind.Outage, Fields: "summary service started_at restored_at kind"},
		{Role: role.Agent, May: "read comment", Kind: kind.Outage},
		{Role: role.Resolver, May: "read comment", Kind: kind.Outage},
		{Role: role.TeamLead, May: "read comment", Kind: kind.Outage},
		{Role: role.IncidentManager, May: "read create update comment note end", Kind: kind.Outage},
		{Role: role.MajorIncidentManager, May: "read create update comment note end", Kind: kind.Outage},
		{Role: role.ServiceOwner, May: "read comment", Kind: kind.Outage},
		{Role: role.Auditor, May: "read inside", Kind: kind.Outage},
		{Role: role.AvailabilityManager, May: "*", Kind: kind.Outage},
		{Role: role.Admin, May: "*", Kind: kind.Outage},
	},
	Calcs: []itil.Calc{AvailabilityCalc},
	KPIs: []measure.KPI{
		{Code: "AVL-01", Kind: kind.Outage, How: measure.Own, Unit: "percent", Better: "higher", Target: "99.5", Warn: "99", Figure: figure},
		{Code: "outages.count", Kind: kind.Outage, How: measure.Count, At: "started_at", By: "service", Unit: "count", Better: "lower"},
	},
}

// State is the state of an outage.
type State string

// The states of an outage.
const (
	Open  State = "open"
	Ended State = "ended"
)

// An Outage is a time in which a service gave less than agreed.
type Outage struct {
	record.Base
	Summary  string         `maru:"summary,required,search,max=200"`
	Service  record.Ref     `maru:"service,required,to=service"`
	Kind     string         `maru:"kind,required,one=full|degraded,default=full"`
	Loss     record.Percent `maru:"capacity_loss_pct,required,default=100"`
	Started  time.Time      `maru:"started_at,required"`
	Restored *time.Time     `maru:"restored_at"`
	Users    *int           `maru:"affected_users,min=0"`
	Lost     record.Decimal `maru:"user_minutes_lost,derived,scale=2"` // users × loss × minutes; empty while it lasts
	State    State          `maru:"state,derived"`
}

var life = lifecycle.Machine[State, Outage]{
	Begin: Open, All: lifecycle.In(Open, Ended), Ends: lifecycle.In(Ended),
	State: func(o *Outage) *State { return &o.State },
	Steps: []lifecycle.Move[State, Outage]{
		{Name: "end", From: lifecycle.In(Open), To: Ended, Needs: "restored_at"},
		{Name: "correct", From: lifecycle.In(Ended), To: Ended, Takes: "started_at restored_at capacity_loss_pct affected_users", Needs: "restored_at"},
	},
}

func deriveOutage(_ record.Ask, o *Outage) error {
	o.Lost = ""
	pct := record.Decimal(o.Loss).Rat()
	if o.Users == nil || o.Restored == nil || pct == nil || o.Restored.Before(o.Started) {
		return nil
	}
	lost := big.NewRat(int64(*o.Users)*int64(o.Restored.Sub(o.Started)/time.Second), 60*100)
	o.Lost = record.RatDecimal(lost.Mul(lost, pct), 2)
	return nil
}

func checkOutage(_ record.Ask, o *Outage) error {
	if o.Restored != nil && o.Restored.Before(o.Started) {
		return fault.Field("restored_at", "before", "other", "started_at")
	}
	return nil
}

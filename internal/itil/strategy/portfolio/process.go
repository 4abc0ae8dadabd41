// Package portfolio is service portfolio management. For now it declares the service
// itself, as far as other processes need it.
package portfolio

import (
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Process is service portfolio management.
var Process = itil.Process{
	Name: "portfolio",
	Records: []record.Any{record.Type[Service]{Kind: kind.Service, Plural: "services", Prefix: "SVC", Config: true,
		List: "number name criticality status owner"}},
	Grants: []permit.Grant{
		{Role: role.Anyone, May: "read", Kind: kind.Service, Fields: "name description status criticality owner support_group"},
		{Role: role.Agent, May: "read", Kind: kind.Service},
		{Role: role.Resolver, May: "read", Kind: kind.Service},
		{Role: role.Auditor, May: "read inside", Kind: kind.Service},
		{Role: role.ServiceOwner, May: "read inside update comment", Kind: kind.Service, Where: "owner == me"},
		{Role: role.PortfolioManager, May: "*", Kind: kind.Service},
		{Role: role.Admin, May: "*", Kind: kind.Service},
	},
}

// A Service is what the business buys: criticality 1 mission critical … 4 administrative.
type Service struct {
	record.Base
	Name           string          `maru:"name,required,unique,search,max=200"`
	Description    record.Markdown `maru:"description,search"`
	Criticality    int             `maru:"criticality,required,one=1|2|3|4,default=3"`
	Status         string          `maru:"status,required,one=pipeline|operational|retired,default=operational"`
	Owner          record.Ref      `maru:"owner,to=user"`
	SupportGroup   record.Ref      `maru:"support_group,to=group"`
	UserCount      *int            `maru:"user_count,min=0"`
	DeptVisibility bool            `maru:"dept_visibility"`                      // colleagues of one unit see each other's records
	DowntimeCost   *record.Money   `maru:"downtime_cost,internal,section=money"` // an hour
}

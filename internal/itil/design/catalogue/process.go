// Package catalogue is service catalogue management. For now it declares the offering
// itself, as far as other processes need it.
package catalogue

import (
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Process is service catalogue management.
var Process = itil.Process{
	Name: "catalogue",
	Records: []record.Any{record.Type[Offering]{Kind: kind.ServiceOffering, Plural: "service_offerings", Prefix: "OFF", Config: true,
		List: "number name service tier status"}},
	Grants: []permit.Grant{
		{Role: role.Anyone, May: "read", Kind: kind.ServiceOffering, Where: "status == 'published'", Fields: "name description service tier status"},
		{Role: role.Agent, May: "read", Kind: kind.ServiceOffering},
		{Role: role.Resolver, May: "read", Kind: kind.ServiceOffering},
		{Role: role.ServiceOwner, May: "read", Kind: kind.ServiceOffering, Where: "service.owner == me"},
		{Role: role.Auditor, May: "read inside", Kind: kind.ServiceOffering},
		{Role: role.CatalogueManager, May: "*", Kind: kind.ServiceOffering},
		{Role: role.Admin, May: "*", Kind: kind.ServiceOffering},
	},
}

// An Offering is one level at which a service is offered to those who may have it.
type Offering struct {
	record.Base
	Name        string          `maru:"name,required,unique,search,max=200"`
	Description record.Markdown `maru:"description,search"`
	Service     record.Ref      `maru:"service,required,to=service,index"`
	Tier        string          `maru:"tier,required,one=basic|standard|premium|custom,default=standard"`
	Status      string          `maru:"status,required,one=draft|published|suspended|retired,default=published"`
}

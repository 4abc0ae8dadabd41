// Package configuration is service asset and configuration management. For now it
// declares the configuration item itself, as far as other processes need it.
package configuration

import (
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Process is service asset and configuration management.
var Process = itil.Process{
	Name: "configuration",
	Records: []record.Any{record.Type[Item]{Kind: kind.ConfigurationItem, Plural: "cis", Prefix: "CI",
		List: "number name class status service"}},
	Grants: []permit.Grant{
		{Role: role.EndUser, May: "read", Kind: kind.ConfigurationItem, Where: "user == me", Fields: "name class status"},
		{Role: role.Agent, May: "read comment", Kind: kind.ConfigurationItem},
		{Role: role.Resolver, May: "read comment", Kind: kind.ConfigurationItem},
		{Role: role.Auditor, May: "read inside", Kind: kind.ConfigurationItem},
		{Role: role.ConfigManager, May: "*", Kind: kind.ConfigurationItem},
		{Role: role.Admin, May: "*", Kind: kind.ConfigurationItem},
	},
}

// An Item is a configuration item: anything managed in order to deliver a service.
type Item struct {
	record.Base
	Name        string     `maru:"name,required,search,max=200"`
	Class       string     `maru:"class,max=60,default=server"`
	Status      string     `maru:"status,required,one=planned|installed|operational|maintenance|retired,default=operational"`
	Service     record.Ref `maru:"service,to=service,index"`
	Criticality int        `maru:"criticality,one=1|2|3|4|5,default=5"`
	Owner       record.Ref `maru:"owner,to=user"`
	User        record.Ref `maru:"user,to=user,index"`
	Group       record.Ref `maru:"support_group,to=group"`
}

// Package servicedesk is the service desk: the one place users turn to. For now it
// keeps the categories that the desk sorts work by.
package servicedesk

import (
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Process is the service desk.
var Process = itil.Process{
	Name: "servicedesk",
	Records: []record.Any{record.Type[Category]{Kind: kind.Category, Plural: "categories", Config: true,
		List: "name parent group active", Check: checkCategory}},
	Grants: []permit.Grant{
		{Role: role.Anyone, May: "read", Kind: kind.Category},
		{Role: role.IncidentManager, May: "*", Kind: kind.Category},
		{Role: role.Admin, May: "*", Kind: kind.Category},
	},
	Settings: itil.Settings,
	Calcs:    []itil.Calc{itil.ApprovalOutcome},
}

// A Category is one node of the tree of categories: category, subcategory, symptom.
type Category struct {
	record.Base
	Name   string       `maru:"name,required,unique,search,max=100"`
	Label  record.Words `maru:"label"`
	Parent record.Ref   `maru:"parent,to=category"`
	Group  record.Ref   `maru:"group,to=group"` // who usually gets it
	Active bool         `maru:"active,default=true"`
}

// levels is how deep the tree may be.
const levels = 3

func checkCategory(q record.Ask, c *Category) error {
	next := c.Parent
	for level := 1; next != ""; level++ {
		if level >= levels || next == c.ID {
			return fault.Field("parent", "too_deep", "max", levels)
		}
		r, err := q.Get(kind.Category, next)
		if err != nil {
			return err
		}
		next = r.Ref("parent")
	}
	return nil
}

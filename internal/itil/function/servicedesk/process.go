// Package servicedesk is the service desk: the one place users turn to. For now it keeps
// the categories that the desk sorts work by, and the replies it keeps ready.
package servicedesk

import (
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Process is the service desk.
var Process = itil.Process{
	Name: "servicedesk",
	Records: []record.Any{
		record.Type[Category]{Kind: kind.Category, Plural: "categories", Title: "label", Config: true, Derive: nameCategory, List: "name parent group active", Check: checkCategory},
		record.Type[CannedResponse]{Kind: kind.CannedResponse, Plural: "canned_responses", Title: "name", Config: true,
			List: "name title on scope group category uses active", Derive: deriveCanned, Check: checkCanned},
	},
	Grants: append([]permit.Grant{
		{Role: role.Anyone, May: "read", Kind: kind.Category},
		{Role: role.IncidentManager, May: "*", Kind: kind.Category},
		{Role: role.Admin, May: "*", Kind: kind.Category},
	}, cannedGrants...),
	Seeds:    cannedSeeds,
	KPIs:     figures,
	Settings: itil.Settings,
}

// figures are the KPIs of the desk (book B annex C) that rest on incidents alone. What
// came from another system does not tell what its first contact was.
var figures = []measure.KPI{
	{Code: "SD-01", Kind: kind.Incident, How: measure.Share, Where: "resolved_at != null && empty(source)", Hit: "first_contact", At: "resolved_at", Unit: "percent", Better: "higher", Target: "60", Warn: "50"},
	{Code: "SD-03", Kind: kind.Incident, How: measure.Median, Where: "time_to_first_reply != null", Value: "time_to_first_reply", At: "first_reply_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "SD-06", Kind: kind.Incident, How: measure.Mean, Value: "hops", At: "created_at", By: "category", Unit: "count", Better: "lower"},
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

// nameCategory gives a category that nobody has found words for its name as words, and
// keeps them in step until somebody does.
func nameCategory(q record.Ask, c *Category) error {
	plain := func(name string) record.Words { return record.Words{"ko": name, "en": name} }
	before := q.Change().Before
	if len(c.Label) == 0 || before != nil && before.Text("name") != c.Name && record.Same(c.Label, plain(before.Text("name"))) {
		c.Label = plain(c.Name)
	}
	return nil
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

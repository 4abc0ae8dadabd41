package house

import (
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// A SavedView is a way to look at the list of a kind that somebody keeps: for themselves,
// for a group they are in, or for everyone. It shows nobody a record they may not read.
type SavedView struct {
	record.Base
	Label    record.Words `maru:"label,required"`
	On       string       `maru:"on,required,fixed,max=60"`
	Owner    record.Ref   `maru:"owner,fixed,to=user,index"` // whoever made it, unless an administrator says otherwise
	Filter   string       `maru:"filter,max=4000"`
	Order    string       `maru:"order,max=300"`
	Columns  []string     `maru:"columns,max=60"`
	GroupBy  string       `maru:"group_by,max=60"`
	Audience string       `maru:"audience,required,one=mine|group|shared,default=mine"`
	Group    record.Ref   `maru:"group,to=group"` // whose it is too, with audience group
	Position int          `maru:"position,min=0"` // its place among the tabs
	Retired  bool         `maru:"retired"`
}

func savedViews(e **engine.Engine) record.Any {
	return record.Type[SavedView]{Kind: kind.SavedView, Plural: "saved_views", Title: "label", List: "label on audience group owner position",
		Derive: func(q record.Ask, v *SavedView) error {
			if q.Change().Before == nil && v.Owner == "" {
				v.Owner = q.Actor().ID
			}
			return nil
		},
		Check: func(q record.Ask, v *SavedView) error { return checkView((*e).Schema(), q, v) }}
}

var viewGrants = []permit.Grant{
	{Role: role.Anyone, May: "read create update", Kind: kind.SavedView, Where: "owner == me"},
	{Role: role.Anyone, May: "read", Kind: kind.SavedView, Where: "audience == 'shared' || audience == 'group' && group in my_groups"},
	{Role: role.Admin, May: "*", Kind: kind.SavedView},
	{Role: role.Auditor, May: "read", Kind: kind.SavedView},
}

// checkView refuses a view that could not be shown. A field that goes away later is told
// of by the list, at its place in the filter.
func checkView(s *record.Schema, q record.Ask, v *SavedView) error {
	k := s.Kind(v.On)
	if k == nil {
		return fault.Field("on", "unknown_kind", "kind", v.On)
	}
	if v.Retired { // what no longer fits can still be put away
		return nil
	}
	if v.Filter != "" {
		if _, err := query.Compile(s, k, v.Filter); err != nil {
			return err
		}
	}
	known := func(field string, list []string) error {
		for _, n := range list {
			if f := k.Field(strings.TrimPrefix(n, "-")); f == nil || f.Secret {
				return fault.Field(field, "unknown_field", "field", n)
			}
		}
		return nil
	}
	for _, x := range []struct {
		field string
		names []string
	}{{"order", names(v.Order)}, {"columns", v.Columns}, {"group_by", names(v.GroupBy)}} {
		if err := known(x.field, x.names); err != nil {
			return err
		}
	}
	return checkAudience(q.Actor(), v.Audience, &v.Group)
}

// checkAudience lets nobody share with a group they are not in.
func checkAudience(a record.Actor, audience string, group *record.Ref) error {
	switch {
	case audience != "group":
		*group = ""
	case *group == "":
		return fault.Field("group", "required")
	case !a.System && !a.Has(role.Admin) && !slices.Contains(a.Groups, *group):
		return fault.Field("group", "not_your_group")
	}
	return nil
}

// names cuts a list of names at its commas.
func names(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

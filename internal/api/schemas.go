package api

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/maru-itsm/maru/internal/kernel/job"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

type (
	shape = *huma.Schema
	props = map[string]*huma.Schema
)

var (
	free   shape = &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
	str    shape = &huma.Schema{Type: huma.TypeString}
	whole  shape = &huma.Schema{Type: huma.TypeInteger}
	yes    shape = &huma.Schema{Type: huma.TypeBoolean}
	moment shape = &huma.Schema{Type: huma.TypeString, Format: "date-time"}
)

// members is an object of these members.
func members(p props, required ...string) shape {
	return &huma.Schema{Type: huma.TypeObject, Properties: p, Required: required}
}

func array(of shape) shape { return &huma.Schema{Type: huma.TypeArray, Items: of} }

func orNull(s shape) shape {
	c := *s
	c.Nullable = true
	return &c
}

func itemsOf(of shape) shape { return members(props{"items": array(of)}, "items") }

// component puts the schema of a Go type among the components and refers to it.
func component[T any](r huma.Registry) shape {
	return r.Schema(typeOf[T](), true, "")
}

// answers describes what routes answer with, by the name that the table of routes gives.
func answers(r huma.Registry) map[string]shape {
	number := shape(&huma.Schema{Type: huma.TypeNumber}) //nolint:unconvert // a shape, not a schema: what takes it asks for one
	near := members(props{"id": str, "type": str, "reverse": yes, "created_at": moment, "created_by": str,
		"record": members(props{"kind": str, "id": str, "number": str, "title": str, "state": str})})
	canned := members(props{"id": str, "name": str, "title": free, "text": str, "gaps": array(str), "move": orNull(str), "scope": str, "uses": whole}, "id", "text", "gaps")
	figure := props{"value": orNull(number), "numerator": orNull(number), "denominator": orNull(number), "n": whole, "status": orNull(str),
		"reason": {Type: huma.TypeString, Description: "why there is no value"}, "currency": str, "records_url": orNull(str)}
	group := props{"key": free}
	word := members(props{"name": str, "label": free})
	kpi := props{"code": str, "kind": str, "name": free, "unit": str, "better": str, "target": orNull(str), "warning": orNull(str), "group_by": orNull(str), "at": orNull(str), "rhythm": yes, "divisible": yes}
	for name, s := range figure {
		group[name], kpi[name] = s, s
	}
	kpi["groups"] = array(members(group))
	return map[string]shape{
		"me":      members(props{"id": str, "name": str, "roles": array(str), "groups": array(str), "unit": str, "lang": str}),
		"search":  itemsOf(members(props{"kind": str, "id": str, "number": str, "title": str, "state": orNull(str), "updated_at": moment, "rank": number, "url": str})),
		"link":    component[record.Edge](r),
		"links":   itemsOf(near),
		"history": itemsOf(component[journal.Step](r)),
		"trail": members(props{"items": array(members(props{"seq": whole, "kind": str, "id": str, "number": str, "title": str, "step": component[journal.Step](r)})),
			"next_cursor": orNull(str)}, "items", "next_cursor"),
		"administration": members(props{
			"grants":   array(members(props{"role": str, "kind": str, "verbs": array(str), "where": str, "fields": array(str)})),
			"verbs":    array(word),
			"kinds":    array(members(props{"name": str, "label": free, "config": yes, "moves": array(word), "fields": array(word)})),
			"settings": array(members(props{"name": str, "process": str, "label": free, "type": str, "default": str, "value": str, "min": whole, "choices": array(str)})),
			"jobs":     array(word)}, "grants", "verbs", "kinds", "settings", "jobs"),
		"people_found": itemsOf(members(props{"id": str, "name": str, "sees": {Type: huma.TypeBoolean, Description: "sees the record already"}}, "id", "name", "sees")),
		"replies":      itemsOf(canned), "reply": canned,
		"similar":     itemsOf(members(props{"kind": str, "id": str, "number": str, "title": str, "state": orNull(str), "resolution": str, "same": array(str)}, "kind", "id", "number", "title")),
		"clocks":      itemsOf(component[Clock](r)),
		"comment":     component[storage.Comment](r),
		"comments":    itemsOf(component[storage.Comment](r)),
		"attachment":  component[storage.Attachment](r),
		"attachments": itemsOf(component[storage.Attachment](r)),
		"kpi":         members(kpi, "code", "value", "n"),
		"jobs":        members(props{"items": array(component[job.Status](r)), "dead": array(component[job.Dead](r))}, "items", "dead"),
		"job_report":  component[job.Report](r),
	}
}

// bodies describes what routes take.
func bodies() map[string]shape {
	place := members(props{"kind": str, "id": {Type: huma.TypeString, Description: "id or number"}}, "kind", "id")
	return map[string]shape{
		"free":        free,
		"credentials": members(props{"email": str, "password": {Type: huma.TypeString, Format: "password"}}, "email", "password"),
		"comment":     members(props{"body": str, "internal": {Type: huma.TypeBoolean, Description: "a work note"}}, "body"),
		"link":        members(props{"type": str, "from": place, "to": place, "reason": str}, "type", "from", "to"),
		"as_of":       members(props{"as_of": moment}),
		"file":        members(props{"file": {Type: huma.TypeString, Format: "binary"}, "internal": yes}, "file"),
	}
}

// parameters gives the types of query parameters that are not plain text.
var parameters = props{"limit": {Type: huma.TypeInteger}, "count": {Type: huma.TypeBoolean}, "as_of": moment, "from": moment, "to": moment,
	"expand": {Type: huma.TypeString, Enum: []any{"refs"}}}

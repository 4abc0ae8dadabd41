package api

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A document is an OpenAPI description, read as plain JSON.
type document struct {
	t    *testing.T
	root map[string]any
}

// find follows a reference within the document.
func (d *document) find(ref string) any {
	path, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return nil
	}
	var v any = d.root
	for _, part := range strings.Split(path, "/") {
		o, _ := v.(map[string]any)
		v = o[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
	}
	return v
}

var schemaTypes = []string{"string", "number", "integer", "boolean", "object", "array", "null"}

// walk looks at every value of the document.
func (d *document) walk(at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok && d.find(ref) == nil {
			d.t.Errorf("%s: %s leads nowhere", at, ref)
		}
		for name, sub := range v {
			d.walk(at+"/"+name, sub)
		}
	case []any:
		for i, sub := range v {
			d.walk(fmt.Sprint(at, "/", i), sub)
		}
	}
}

// schema checks one schema, and the schemas in it.
func (d *document) schema(at string, v any) {
	s, ok := v.(map[string]any)
	if !ok {
		d.t.Errorf("%s is no schema: %v", at, v)
		return
	}
	var types []string
	switch typ := s["type"].(type) {
	case string:
		types = []string{typ}
	case []any:
		for _, x := range typ {
			types = append(types, fmt.Sprint(x))
		}
	}
	for _, typ := range types {
		if !slices.Contains(schemaTypes, typ) {
			d.t.Errorf("%s: type %q", at, typ)
		}
	}
	if _, old := s["nullable"]; old {
		d.t.Errorf("%s: nullable belongs to OpenAPI 3.0", at)
	}
	if enum, ok := s["enum"].([]any); ok {
		if len(enum) == 0 || slices.Contains(types, "null") != slices.Contains(enum, nil) {
			d.t.Errorf("%s: the enum %v does not fit the types %v", at, enum, types)
		}
	}
	if slices.Contains(types, "array") && s["items"] == nil {
		d.t.Errorf("%s: an array of what?", at)
	}
	properties, _ := s["properties"].(map[string]any)
	for name, sub := range properties {
		d.schema(at+"."+name, sub)
	}
	required, _ := s["required"].([]any)
	for _, name := range required {
		if properties[fmt.Sprint(name)] == nil {
			d.t.Errorf("%s: required %v is not described", at, name)
		}
	}
	if items := s["items"]; items != nil {
		d.schema(at+"[]", items)
	}
}

func (d *document) content(at string, v any) {
	content, _ := v.(map[string]any)
	for kind, media := range content {
		if !strings.Contains(kind, "/") {
			d.t.Errorf("%s: media type %q", at, kind)
		}
		d.schema(at+" "+kind, media.(map[string]any)["schema"])
	}
}

var inPath = regexp.MustCompile(`\{([^}]+)\}`)

// operation checks one operation against the OpenAPI 3.1 structure.
func (d *document) operation(at, path string, op map[string]any) {
	declared := map[string]bool{}
	params, _ := op["parameters"].([]any)
	for _, p := range params {
		p := p.(map[string]any)
		name, in := fmt.Sprint(p["name"]), fmt.Sprint(p["in"])
		if declared[in+" "+name] {
			d.t.Errorf("%s: parameter %s is there twice", at, name)
		}
		declared[in+" "+name] = true
		if !slices.Contains([]string{"path", "query", "header", "cookie"}, in) || p["schema"] == nil || in == "path" && p["required"] != true {
			d.t.Errorf("%s: parameter %v", at, p)
		}
		d.schema(at+" "+name, p["schema"])
	}
	for _, m := range inPath.FindAllStringSubmatch(path, -1) {
		if !declared["path "+m[1]] {
			d.t.Errorf("%s: {%s} is not declared", at, m[1])
		}
		delete(declared, "path "+m[1])
	}
	for p := range declared {
		if strings.HasPrefix(p, "path ") {
			d.t.Errorf("%s: %s is not in the path", at, p)
		}
	}
	if body, ok := op["requestBody"].(map[string]any); ok {
		if content, _ := body["content"].(map[string]any); len(content) == 0 {
			d.t.Errorf("%s: a body of nothing", at)
		}
		d.content(at, body["content"])
	}
	responses, _ := op["responses"].(map[string]any)
	good := 0
	for status, r := range responses {
		r := r.(map[string]any)
		if r["description"] == nil || r["description"] == "" {
			d.t.Errorf("%s %s: no description", at, status)
		}
		if strings.HasPrefix(status, "2") {
			good++
		}
		if _, has := r["content"]; has && status == "204" {
			d.t.Errorf("%s: 204 with a body", at)
		}
		d.content(at+" "+status, r["content"])
	}
	if good != 1 || responses["default"] == nil {
		d.t.Errorf("%s: responses %v", at, responses)
	}
}

// TestOpenAPI holds the description to the structure of OpenAPI 3.1, to what is declared,
// and to what the server really answers.
func TestOpenAPI(t *testing.T) {
	w := newWorld(t, "")
	var root map[string]any
	if err := json.Unmarshal(w.call("", "GET", "/openapi.json", nil).raw, &root); err != nil {
		t.Fatal(err)
	}
	d := &document{t, root}
	info, _ := root["info"].(map[string]any)
	if v := fmt.Sprint(root["openapi"]); !strings.HasPrefix(v, "3.1.") || info["title"] == nil || info["version"] == nil {
		t.Fatalf("openapi %s, info %v", v, info)
	}
	d.walk("#", root)
	components := root["components"].(map[string]any)
	for name, s := range components["schemas"].(map[string]any) {
		d.schema(name, s)
	}
	schemes := components["securitySchemes"].(map[string]any)
	for _, need := range root["security"].([]any) {
		for name := range need.(map[string]any) {
			if schemes[name] == nil {
				t.Errorf("security %s is not described", name)
			}
		}
	}
	paths := root["paths"].(map[string]any)
	ids := map[string]string{}
	for path, item := range paths {
		if !strings.HasPrefix(path, "/") {
			t.Errorf("path %q", path)
		}
		for method, op := range item.(map[string]any) {
			op := op.(map[string]any)
			id := fmt.Sprint(op["operationId"])
			if was := ids[id]; was != "" || op["operationId"] == nil {
				t.Errorf("%s and %s are both %q", was, path, id)
			}
			ids[id] = method + " " + path
			d.operation(method+" "+path, path, op)
		}
	}
	has := func(method, path string) {
		item, _ := paths[path].(map[string]any)
		if item[method] == nil {
			t.Errorf("%s %s is not described", method, path)
		}
	}
	for _, k := range w.h.Engine.Schema().Kinds() {
		all := base + "/" + k.Plural
		for _, p := range [][2]string{{"get", all}, {"post", all}, {"get", all + "/{id}"}, {"patch", all + "/{id}"}, {"get", all + "/{id}/history"}, {"get", all + "/{id}/links"}, {"get", all + "/{id}/clocks"},
			{"get", all + "/{id}/comments"}, {"post", all + "/{id}/comments"}, {"get", all + "/{id}/attachments"}, {"post", all + "/{id}/attachments"}} {
			has(p[0], p[1])
		}
		if k.Life == nil {
			continue
		}
		for _, m := range k.Life.Moves() {
			path := all + "/{id}/actions/" + m.Name
			if _, told := paths[path]; told == m.Auto {
				t.Errorf("%s: described %v, automatic %v", path, told, m.Auto)
			}
		}
	}
	for _, rt := range (&Server{}).table() {
		if !strings.Contains(rt.path, "{plural}") && !strings.Contains(rt.path, "/_test/") {
			has(strings.ToLower(rt.method), rt.path)
		}
	}
	d.answers(w)
}

// answers holds real answers to their description.
func (d *document) answers(w *world) {
	group, category, service := w.desk()
	p := "/incidents/" + w.inProgress(group, category, m{"service": service, "service_status": "down", "watchers": []string{w.ids["user2"]}, "tags": []string{"a"}}).str("id")
	w.want(201, "resolver", "POST", p+"/comments", m{"body": "hello"})
	one := base + "/incidents/{id}"
	for _, c := range []struct{ who, method, asked, path, status string }{
		{"resolver", "GET", p, one, "200"}, {"user", "GET", p, one, "200"}, {"auditor", "GET", p + "?expand=refs", one, "200"}, {"resolver", "GET", "/incidents?count=true&limit=1", base + "/incidents", "200"},
		{"resolver", "GET", p + "/history", one + "/history", "200"}, {"resolver", "GET", p + "/links", one + "/links", "200"}, {"resolver", "GET", p + "/comments", one + "/comments", "200"}, {"resolver", "GET", p + "/clocks", one + "/clocks", "200"},
		{"manager", "GET", "/kpis/INC-01?group_by=priority", base + "/kpis/{code}", "200"}, {"manager", "GET", "/kpis/incidents.created?group_by=state", base + "/kpis/{code}", "200"}, {"resolver", "GET", "/search?q=mail", base + "/search", "200"},
		{"admin", "GET", "/jobs", base + "/jobs", "200"}, {"admin", "GET", "/session", base + "/session", "200"}, {"admin", "GET", "/users?limit=2", base + "/users", "200"}, {"agent", "GET", "/outages", base + "/outages", "200"},
		{"agent", "GET", "/services/" + service, base + "/services/{id}", "200"}, {"agent", "POST", p + "/comments", one + "/comments", "201"},
	} {
		var body any
		if c.method == "POST" {
			body = m{"body": "again"}
		}
		r := w.call(c.who, c.method, c.asked, body)
		var v any
		if err := json.Unmarshal(r.raw, &v); err != nil || fmt.Sprint(r.status) != c.status {
			d.t.Errorf("%s: %d %v", c.asked, r.status, err)
			continue
		}
		media := d.find("#/paths/" + strings.ReplaceAll(c.path, "/", "~1") + "/" + strings.ToLower(c.method) + "/responses/" + c.status + "/content")
		d.fits(c.method+" "+c.asked, media.(map[string]any)["application/json"].(map[string]any)["schema"], v)
	}
	problem := w.call("agent", "POST", "/incidents", m{"title": "ab"})
	d.fits("a problem", d.find("#/components/schemas/Problem"), any(problem.body))
}

// fits holds a value to a schema. A member that is not described does not fit.
func (d *document) fits(at string, schema, v any) {
	s, _ := schema.(map[string]any)
	if ref, ok := s["$ref"].(string); ok {
		d.fits(at, d.find(ref), v)
		return
	}
	var types []string
	switch typ := s["type"].(type) {
	case string:
		types = []string{typ}
	case []any:
		for _, x := range typ {
			types = append(types, fmt.Sprint(x))
		}
	default:
		return // says nothing
	}
	is := "null"
	switch x := v.(type) {
	case string:
		is = "string"
	case bool:
		is = "boolean"
	case float64:
		if is = "number"; x == float64(int64(x)) && slices.Contains(types, "integer") {
			is = "integer"
		}
	case []any:
		is = "array"
		for i, sub := range x {
			d.fits(fmt.Sprint(at, "[", i, "]"), s["items"], sub)
		}
	case map[string]any:
		is = "object"
		properties, _ := s["properties"].(map[string]any)
		for name, sub := range x {
			if properties[name] != nil {
				d.fits(at+"."+name, properties[name], sub)
			} else if s["additionalProperties"] == nil || s["additionalProperties"] == false {
				d.t.Errorf("%s: %s is not described", at, name)
			}
		}
	}
	if !slices.Contains(types, is) {
		d.t.Errorf("%s: %v is %s, described as %v", at, v, is, types)
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, v) {
		d.t.Errorf("%s: %v is not among %v", at, v, enum)
	}
}
